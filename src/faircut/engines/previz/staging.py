"""What a shot says, what its prose says and what is left to the engine, merged into numbers that renderers execute."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeVar, cast

from faircut.directives import MOVE_RANGES, Angle, Camera, Drop, Framing, Lighting, Move, MoveKind, Physics, Speed
from faircut.domain import Shot
from faircut.engines.previz.prose import parse_shot

_T = TypeVar("_T")

EARTH: Final = 9.81
CALM: Final = 1.5
"""Metres a second of wind, to the right, when nothing is said of it."""
_AMOUNTS: Final[dict[MoveKind, float]] = {
    MoveKind.STATIC: 0.0,
    MoveKind.PAN: 0.3,
    MoveKind.TILT: 0.25,
    MoveKind.ROLL: 8.0,
    MoveKind.ZOOM: 1.4,
    MoveKind.DOLLY: 0.28,
    MoveKind.TRUCK: 0.3,
    MoveKind.CRANE: 0.3,
    MoveKind.ORBIT: 16.0,
}
_PACES: Final = {Speed.SLOW: 0.6, Speed.NORMAL: 1.0, Speed.FAST: 1.6}
_RESTITUTIONS: Final[dict[str, float]] = {
    "rubber": 0.82, "bouncy": 0.85, "basketball": 0.76, "tennis": 0.73, "ping": 0.85, "beach": 0.6,
    "bowling": 0.2, "cannonball": 0.15, "steel": 0.55, "metal": 0.5, "glass": 0.55, "marble": 0.6, "wooden": 0.45,
    "ball": 0.7, "stone": 0.25, "rock": 0.22, "box": 0.2, "crate": 0.2, "apple": 0.3, "coin": 0.4,
}  # fmt: skip
"""Coefficients of restitution on a hard floor, rounded from common lab tables; 0.25 for anything else."""


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """A camera with nothing left open but the lens (None: 40 mm) and the clip that it may take its motion from.

    Every move has its amount.
    """

    moves: tuple[Move, ...] = ()
    framing: Framing = Framing.WIDE
    angle: Angle = Angle.EYE
    lens_mm: float | None = None
    handheld: float = 0.0
    follow: bool = False
    dutch_degrees: float = 0.0
    motion_from: str | None = None

    @property
    def title(self) -> str:
        """The move in the words of a slate: "dolly in + pan left"."""
        names = [_title(move) for move in self.moves if move.kind is not MoveKind.STATIC]
        if self.motion_from:
            names.append(f"as in {self.motion_from}")
        if self.handheld:
            names.append("handheld")
        if self.follow:
            names.append("follow")
        return " + ".join(names) or "static"


@dataclass(frozen=True, slots=True)
class DropPlan:
    """A thing that falls. ``height_m`` None: as the frame allows. ``bounces`` None: until it rests."""

    what: str
    height_m: float | None = None
    restitution: float = 0.25
    bounces: int | None = None


@dataclass(frozen=True, slots=True)
class PhysicsPlan:
    """Physics with nothing left open. Units as in :class:`faircut.directives.Physics`."""

    gravity: float = EARTH
    wind: float = CALM
    rain: float = 0.0
    snow: float = 0.0
    dust: float = 0.0
    embers: float = 0.0
    fog: float = 0.0
    thunder: bool = False
    drop: DropPlan | None = None


def merged(first: _T | None, second: _T) -> _T:
    """The directives of ``first``, field by field, and those of ``second`` where ``first`` says nothing (None or ()).

    Where one excludes the other (a clip's motion and moves, a light's colour and temperature), ``first`` wins too.
    """
    if first is None:
        return second
    chosen: dict[str, Any] = {}
    for each in fields(cast(Any, first)):
        mine, theirs = getattr(first, each.name), getattr(second, each.name)
        if mine is None or mine == ():
            chosen[each.name] = theirs
        elif is_dataclass(mine) and not isinstance(mine, type) and theirs is not None:
            chosen[each.name] = merged(mine, theirs)
        else:
            chosen[each.name] = mine
    for one, other in (("moves", "motion_from"), ("colour", "temperature_k")):
        if one in chosen and getattr(first, one) and not getattr(first, other):
            chosen[other] = None
        if one in chosen and getattr(first, other) and not getattr(first, one):
            chosen[one] = () if one == "moves" else None
    return type(first)(**chosen)


def stated(shot: Shot, prose: str) -> tuple[Camera, Lighting, Physics]:
    """All that a shot states: its typed directives, then what ``prose`` adds to them."""
    read = parse_shot(prose)
    return (
        merged(shot.camera, read.camera or Camera()),
        merged(shot.lighting, read.lighting or Lighting()),
        merged(shot.physics, read.physics or Physics()),
    )


def with_amount(move: Move) -> Move:
    """The move with a signed amount; one that none was given for follows from its speed."""
    if move.amount is not None:
        return move
    size = _AMOUNTS[move.kind]
    if move.kind is MoveKind.ZOOM:
        size = size ** _PACES[move.speed]
    elif move.kind is not MoveKind.STATIC:
        size *= _PACES[move.speed]
        size = min(max(size, MOVE_RANGES[move.kind].least), MOVE_RANGES[move.kind].most)
    return replace(move, amount=-size if move.reverse else size)


def amount_of(move: Move) -> float:
    """The signed amount of a move; see :func:`with_amount`."""
    return with_amount(move).amount or 0.0


def plan_physics(said: Physics) -> PhysicsPlan:
    """Physics with the Earth's gravity, calm air and clear weather where nothing is said."""
    default = PhysicsPlan()

    def value(name: str) -> Any:
        mine = getattr(said, name)
        return getattr(default, name) if mine is None else mine

    names = ("gravity", "wind", "rain", "snow", "dust", "embers", "fog", "thunder")
    return PhysicsPlan(**{name: value(name) for name in names}, drop=_plan_drop(said.drop) if said.drop else None)


def _plan_drop(drop: Drop) -> DropPlan:
    words = drop.what.lower().split()
    known = [value for word, value in _RESTITUTIONS.items() if word in words]
    fallback = 0.7 if words and words[-1].endswith(("ball", "balls")) else 0.25
    restitution = drop.restitution if drop.restitution is not None else (known[0] if known else fallback)
    return DropPlan(drop.what, drop.height_m, restitution, drop.bounces)


def _title(move: Move) -> str:
    names = {
        MoveKind.PAN: ("pan right", "pan left"),
        MoveKind.TILT: ("tilt up", "tilt down"),
        MoveKind.ROLL: ("roll right", "roll left"),
        MoveKind.ZOOM: ("zoom in", "zoom out"),
        MoveKind.DOLLY: ("dolly in", "dolly out"),
        MoveKind.TRUCK: ("truck right", "truck left"),
        MoveKind.CRANE: ("crane up", "crane down"),
        MoveKind.ORBIT: ("orbit right", "orbit left"),
        MoveKind.STATIC: ("static", "static"),
    }
    return names[move.kind][amount_of(move) < 0]
