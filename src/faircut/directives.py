"""Camera, lighting, physics, cuts and words on screen, as a request states them: frozen types in real units.

The words are those of the set: a *pan* turns the camera, a *truck* carries it sideways, a *dolly* carries it forward.
Right, up, in and, for a roll of the camera, clockwise are positive; an orbit to the right carries the camera to its
right around the subject. What is None was not said; an engine fills it in from the
prose of the shot, then from the seed. The local engine executes what is said to the letter; for the others it is put
into words, see :mod:`faircut.engines.phrasing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class MoveKind(StrEnum):
    """Camera moves."""

    STATIC = "static"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    DOLLY = "dolly"
    TRUCK = "truck"
    CRANE = "crane"
    ORBIT = "orbit"


class MoveUnit(StrEnum):
    """What a move's amount counts."""

    NONE = ""
    FRAME_WIDTHS = "frame widths"
    FRAME_HEIGHTS = "frame heights"
    DEGREES = "degrees"
    FACTOR = "times"
    SHARE = "share of the distance to the subject"


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that a number may be, both included, and what it counts."""

    least: float
    most: float
    unit: str = ""


RANGES: Final[dict[str, Range]] = {
    "camera.lens_mm": Range(14.0, 200.0, "mm"),
    "camera.handheld": Range(0.0, 2.0),
    "camera.dutch_degrees": Range(-20.0, 20.0, "degrees"),
    "lighting.temperature_k": Range(1800.0, 15000.0, "kelvin"),
    "lighting.intensity": Range(0.25, 2.0),
    "physics.gravity": Range(0.5, 30.0, "m/s²"),
    "physics.wind": Range(-40.0, 40.0, "m/s"),
    "physics.rain": Range(0.0, 1.0),
    "physics.snow": Range(0.0, 1.0),
    "physics.dust": Range(0.0, 1.0),
    "physics.embers": Range(0.0, 1.0),
    "physics.fog": Range(0.0, 1.0),
    "physics.drop.height_m": Range(0.1, 60.0, "metres"),
    "physics.drop.restitution": Range(0.0, 0.95),
    "physics.drop.bounces": Range(0, 12),
    "transition.seconds": Range(0.1, 2.0, "seconds"),
    "clips.start": Range(0.0, 3600.0, "seconds"),
    "clips.speed": Range(0.25, 4.0),
}
"""What the numbers of a shot may be, by their path in it. Amounts of moves are in :data:`MOVE_RANGES`."""


@dataclass(frozen=True, slots=True)
class MoveRange:
    """The unit of a kind of move, and the smallest and largest size of an amount. The sign is the direction."""

    unit: MoveUnit
    least: float
    most: float


MOVE_RANGES: Final[dict[MoveKind, MoveRange]] = {
    MoveKind.STATIC: MoveRange(MoveUnit.NONE, 0.0, 0.0),
    MoveKind.PAN: MoveRange(MoveUnit.FRAME_WIDTHS, 0.02, 0.6),
    MoveKind.TILT: MoveRange(MoveUnit.FRAME_HEIGHTS, 0.02, 0.6),
    MoveKind.ROLL: MoveRange(MoveUnit.DEGREES, 1.0, 20.0),
    MoveKind.ZOOM: MoveRange(MoveUnit.FACTOR, 1.05, 3.0),
    MoveKind.DOLLY: MoveRange(MoveUnit.SHARE, 0.03, 0.6),
    MoveKind.TRUCK: MoveRange(MoveUnit.FRAME_WIDTHS, 0.02, 0.6),
    MoveKind.CRANE: MoveRange(MoveUnit.FRAME_HEIGHTS, 0.02, 0.6),
    MoveKind.ORBIT: MoveRange(MoveUnit.DEGREES, 3.0, 40.0),
}
"""Pans and tilts are measured at the centre of the frame, trucks and cranes at the subject's depth, over the whole
move. A zoom of 1.5 makes everything one and a half times as large; -1.5 is the same move backwards."""


class Speed(StrEnum):
    """How briskly a move goes that states no amount."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class Framing(StrEnum):
    """How much of the subject is in the frame."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE = "close"


class Angle(StrEnum):
    """Where the camera stands in height."""

    EYE = "eye"
    LOW = "low"
    HIGH = "high"
    AERIAL = "aerial"


@dataclass(frozen=True, slots=True)
class Move:
    """One camera move. ``amount`` is in the unit of :data:`MOVE_RANGES`; None leaves its size to ``speed``.

    ``reverse`` gives the direction where there is no amount: left, down, out, anticlockwise. ``start`` and ``end`` are
    shares of the shot (0..1) between which the camera moves, a twentieth apart at least.
    """

    kind: MoveKind
    amount: float | None = None
    speed: Speed = Speed.NORMAL
    reverse: bool = False
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class Camera:
    """How a shot is photographed.

    ``lens_mm`` is a focal length on a 36 mm wide picture (14 to 200); ``handheld`` is a strength (0 to 2);
    ``dutch_degrees`` tilts the horizon (-20 to 20). With ``motion_from`` ("Video 1") the camera moves as in that clip.
    """

    moves: tuple[Move, ...] = ()
    framing: Framing | None = None
    angle: Angle | None = None
    lens_mm: float | None = None
    handheld: float | None = None
    follow: bool | None = None
    dutch_degrees: float | None = None
    motion_from: str | None = None


class TimeOfDay(StrEnum):
    """The light that a time of day brings."""

    DAWN = "dawn"
    DAY = "day"
    GOLDEN = "golden"
    DUSK = "dusk"
    NIGHT = "night"


class Side(StrEnum):
    """Where the main light comes from, as the camera sees it."""

    LEFT = "left"
    RIGHT = "right"
    ABOVE = "above"
    BELOW = "below"
    FRONT = "front"
    BEHIND = "behind"


class Sky(StrEnum):
    """What the sky is like."""

    CLEAR = "clear"
    OVERCAST = "overcast"
    STORM = "storm"


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of a shot.

    ``colour`` is that of the light as ``#rrggbb``; ``temperature_k`` a correlated colour temperature (1,800 to 15,000
    kelvin); give one of the two. ``intensity`` is a factor on exposure (0.25 to 2).
    """

    time: TimeOfDay | None = None
    side: Side | None = None
    colour: str | None = None
    temperature_k: float | None = None
    intensity: float | None = None
    sky: Sky | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A thing that falls. ``height_m`` 0.1 to 60 metres; None: as the frame allows. ``restitution`` 0 to 0.95; None: by
    its material. ``bounces`` 0 to 12; None: until it rests."""

    what: str
    height_m: float | None = None
    restitution: float | None = None
    bounces: int | None = None


@dataclass(frozen=True, slots=True)
class Physics:
    """What moves by itself. ``gravity`` in m/s² (0.5 to 30) and ``wind`` in m/s (-40 to 40, to the right positive);
    rain, snow, dust, embers and fog are strengths 0 to 1."""

    gravity: float | None = None
    wind: float | None = None
    rain: float | None = None
    snow: float | None = None
    dust: float | None = None
    embers: float | None = None
    fog: float | None = None
    thunder: bool | None = None
    drop: Drop | None = None


class TransitionKind(StrEnum):
    """How one shot becomes the next."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE = "fade"
    WIPE = "wipe"


@dataclass(frozen=True, slots=True)
class Transition:
    """How a shot begins. ``seconds`` 0.1 to 2, within the shot and the one before; a fade goes through black."""

    kind: TransitionKind = TransitionKind.CUT
    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Placement:
    """What a shot does with a clip: from ``start`` seconds of it, at ``speed`` (0.25 to 4)."""

    label: str
    start: float = 0.0
    speed: float = 1.0
