"""Shots as they are sent and told: prose, and typed camera, lighting, physics, transition, words and clips."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from faircut import wire
from faircut.api.problems import invalid
from faircut.directives import (
    MOVE_RANGES,
    RANGES,
    Angle,
    Camera,
    Framing,
    Lighting,
    MoveKind,
    Physics,
    Placement,
    Side,
    Sky,
    Speed,
    TimeOfDay,
    Transition,
    TransitionKind,
)
from faircut.domain import Shot
from faircut.studio.directive_limits import (
    LONGEST_CAPTION,
    LONGEST_THING,
    LONGEST_TITLE,
    MOST_MOVES,
    MOST_PLACEMENTS,
)

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

_AMOUNTS = "; ".join(
    f"{kind} {reach.least:g} to {reach.most:g} {reach.unit}" for kind, reach in MOVE_RANGES.items() if reach.unit
)


def _ranged(path: str, words: str = "", default: float | None = None) -> Any:
    """A number within the range that the directives have for it."""
    reach = RANGES[path]
    unit = f", {reach.unit}" if reach.unit else ""
    description = f"{words or path.rpartition('.')[2].replace('_', ' ')}{unit}"
    return Field(default, ge=reach.least, le=reach.most, allow_inf_nan=False, description=description)


class In(BaseModel):
    """Base of everything that is sent to us: unknown fields are errors, and so is text that is not Unicode."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    @field_validator("*")
    @classmethod
    def _well_formed(cls, value: Any) -> Any:
        # JSON can spell half of a surrogate pair; neither the database nor an answer could hold it.
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
                raise ValueError("The text holds half of a surrogate pair, which is not a character")
        return value


class MoveIn(In):
    """One camera move. Without an ``amount`` its size follows from ``speed``, its direction from ``reverse``."""

    kind: MoveKind
    amount: Number | None = Field(
        None, description=f"Size, by kind: {_AMOUNTS}. Right, up, in and clockwise are positive, the others negative."
    )
    speed: Speed = Speed.NORMAL
    reverse: bool = Field(False, description="Left, down, out, anticlockwise, where there is no amount.")
    start: Share = Field(0.0, description="Share of the shot at which the camera begins to move.")
    end: Share = Field(1.0, description="Share of the shot at which it stands still again.")

    @field_validator("amount")
    @classmethod
    def _in_range(cls, amount: float | None, info: Any) -> float | None:
        kind = info.data.get("kind")
        if amount is None or kind is None:
            return amount
        reach = MOVE_RANGES[kind]
        if not reach.least <= abs(amount) <= reach.most:
            raise PydanticCustomError(
                "move_amount",
                "A {kind} of {amount} is out of range: {least} to {most} {unit}, or the same below zero",
                {
                    "kind": kind.value,
                    "amount": f"{amount:g}",
                    "least": f"{reach.least:g}",
                    "most": f"{reach.most:g}",
                    "unit": reach.unit.value,
                },
            )
        return amount


class CameraIn(In):
    """How a shot is photographed. What is absent follows from the prose, then from the seed."""

    moves: list[MoveIn] = Field(default_factory=list, max_length=MOST_MOVES)
    framing: Framing | None = None
    angle: Angle | None = None
    lens_mm: float | None = _ranged("camera.lens_mm", "Focal length on a 36 mm wide picture")
    handheld: float | None = _ranged("camera.handheld", "Strength of the hand's shake")
    follow: bool | None = Field(None, description="Whether the camera keeps the subject in its frame.")
    dutch_degrees: float | None = _ranged("camera.dutch_degrees", "Tilt of the horizon")
    motion_from: str | None = Field(None, max_length=20, description="Move as in this clip: `Video 1`.")


class LightingIn(In):
    """The light of a shot. Give ``colour`` or ``temperature_k``, not both."""

    time: TimeOfDay | None = None
    side: Side | None = Field(None, description="Where the main light comes from, as the camera sees it.")
    colour: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$", description="Colour of the light, `#rrggbb`.")
    temperature_k: float | None = _ranged("lighting.temperature_k", "Colour temperature")
    intensity: float | None = _ranged("lighting.intensity", "Factor on exposure")
    sky: Sky | None = None

    @model_validator(mode="after")
    def _one_colour(self) -> LightingIn:
        if self.colour is not None and self.temperature_k is not None:
            raise PydanticCustomError("one_colour", "Give a colour or a temperature_k, not both")
        return self


class DropIn(In):
    """A thing that falls under the shot's gravity."""

    what: str = Field(min_length=1, max_length=LONGEST_THING, description="Such as `a red rubber ball`.")
    height_m: float | None = _ranged("physics.drop.height_m", "Absent: as the frame allows")
    restitution: float | None = _ranged("physics.drop.restitution", "Absent: by its material")
    bounces: int | None = Field(None, ge=0, le=12, description="Absent: until it rests.")


class PhysicsIn(In):
    """What moves by itself."""

    gravity: float | None = _ranged("physics.gravity", "9.81 where nothing is said")
    wind: float | None = _ranged("physics.wind", "To the right positive")
    rain: float | None = _ranged("physics.rain")
    snow: float | None = _ranged("physics.snow")
    dust: float | None = _ranged("physics.dust")
    embers: float | None = _ranged("physics.embers")
    fog: float | None = _ranged("physics.fog")
    thunder: bool | None = None
    drop: DropIn | None = None


class TransitionIn(In):
    """How a shot begins; the first one can only fade in."""

    kind: TransitionKind = TransitionKind.CUT
    seconds: float = _ranged("transition.seconds", "Within this shot and the one before", 0.5)


class PlacementIn(In):
    """What a shot shows of a clip: from ``start`` seconds of it, at ``speed`` times its pace."""

    label: str = Field(max_length=20, description="`Video 1` …")
    start: float = _ranged("clips.start", "Where in the clip the shot begins", 0.0)
    speed: float = _ranged("clips.speed", "Times its own pace", 1.0)


class ShotIn(In):
    """One shot: what it shows, and for how long (absent: an equal share of what is left).

    The prompt may say everything in prose. What the typed directives state wins over it.
    """

    prompt: str
    seconds: float | None = Field(default=None, gt=0, le=60)
    camera: CameraIn | None = None
    lighting: LightingIn | None = None
    physics: PhysicsIn | None = None
    transition: TransitionIn | None = None
    title: str = Field("", max_length=LONGEST_TITLE, description="Words that stand large over the shot.")
    caption: str = Field("", max_length=LONGEST_CAPTION, description="Words at the foot of the picture.")
    clips: list[PlacementIn] = Field(default_factory=list, max_length=MOST_PLACEMENTS)

    def shot(self) -> Shot:
        """The shot in our own terms."""
        return wire.load(Shot, self.model_dump())


class ShotOut(BaseModel):
    """One shot as it was asked for, in the form in which it can be sent again."""

    prompt: str
    seconds: float | None
    camera: Camera | None
    lighting: Lighting | None
    physics: Physics | None
    transition: Transition | None
    title: str
    caption: str
    clips: list[Placement]


def shot_out(shot: Shot) -> ShotOut:
    return ShotOut(
        prompt=shot.prompt,
        seconds=shot.seconds,
        camera=shot.camera,
        lighting=shot.lighting,
        physics=shot.physics,
        transition=shot.transition,
        title=shot.title,
        caption=shot.caption,
        clips=list(shot.clips),
    )


_SHOTS = TypeAdapter(list[ShotIn])


def read_shots(data: Any) -> tuple[Shot, ...]:
    """Shots from plain values, as JSON or TOML hold them: a list, or an object with the list as ``shots``.

    Raises InputError naming the first field at fault, with all others as ``others``.
    """
    if isinstance(data, dict) and set(data) == {"shots"}:
        data = data["shots"]
    try:
        return tuple(each.shot() for each in _SHOTS.validate_python(data))
    except ValidationError as error:
        raise invalid(
            error.errors(), "shots", "The API's description of a shot names each field and its range."
        ) from error
