"""What the controls of a shot offer in the studio: the directives in words for people, with their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faircut.directives import MOVE_RANGES, RANGES, Angle, Framing, MoveKind, Side, TimeOfDay, TransitionKind
from faircut.studio.directive_limits import LONGEST_CAPTION, LONGEST_THING, LONGEST_TITLE

_DIRECTIONS: Final = {
    MoveKind.PAN: ("left", "right"),
    MoveKind.TILT: ("down", "up"),
    MoveKind.ROLL: ("anticlockwise", "clockwise"),
    MoveKind.ZOOM: ("out", "in"),
    MoveKind.DOLLY: ("out", "in"),
    MoveKind.TRUCK: ("left", "right"),
    MoveKind.CRANE: ("down", "up"),
    MoveKind.ORBIT: ("left", "right"),
}
_UNITS: Final = {
    MoveKind.PAN: "% of the frame",
    MoveKind.TILT: "% of the frame",
    MoveKind.ROLL: "°",
    MoveKind.ZOOM: "×",
    MoveKind.DOLLY: "% of the way",
    MoveKind.TRUCK: "% of the frame",
    MoveKind.CRANE: "% of the frame",
    MoveKind.ORBIT: "°",
}


@dataclass(frozen=True, slots=True)
class MoveControl:
    """A kind of move: its range, and the words for a negative and a positive amount. ``unit`` is for people."""

    kind: str
    least: float
    most: float
    back: str
    forth: str
    unit: str


@dataclass(frozen=True, slots=True)
class Controls:
    """All that a shot's panel offers."""

    moves: tuple[MoveControl, ...]
    framings: tuple[str, ...]
    angles: tuple[str, ...]
    times: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str], ...]
    weathers: tuple[str, ...]
    gravities: tuple[tuple[str, float], ...]
    transitions: tuple[str, ...]
    wind: float
    longest_title: int
    longest_caption: int
    longest_thing: int


CONTROLS: Final = Controls(
    moves=tuple(
        MoveControl(kind.value, MOVE_RANGES[kind].least, MOVE_RANGES[kind].most, *_DIRECTIONS[kind], _UNITS[kind])
        for kind in MoveKind
        if kind is not MoveKind.STATIC
    ),
    framings=tuple(Framing),
    angles=tuple(Angle),
    times=tuple((each.value, "golden hour" if each is TimeOfDay.GOLDEN else each.value) for each in TimeOfDay),
    sides=tuple(
        (each.value, f"the {each.value}" if each in (Side.LEFT, Side.RIGHT, Side.FRONT) else each.value)
        for each in Side
    ),
    weathers=("rain", "snow", "fog", "dust", "embers"),
    gravities=(("Earth", 9.81), ("Moon", 1.62), ("Mars", 3.71), ("Jupiter", 24.8)),
    transitions=tuple(TransitionKind),
    wind=RANGES["physics.wind"].most,
    longest_title=LONGEST_TITLE,
    longest_caption=LONGEST_CAPTION,
    longest_thing=LONGEST_THING,
)
