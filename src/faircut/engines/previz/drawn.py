"""From a subject's kind to its sprite: which painter, how wide, how many phases, whether it shines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faircut.engines.previz import animals, buildings, creatures, figures, lexicon, things, vehicles
from faircut.engines.previz.palette import Palette, rgb
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.sprites import Painter, Sprite, build
from faircut.engines.previz.subjects import SubjectPlan


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a painter is used. ``reach``: half the width in heights; ``phases`` a cycle; ``stride``: heights a cycle
    covers;
    ``seconds``: a cycle of a subject that stays where it is."""

    painter: Painter
    reach: float = 0.6
    phases: int = 1
    stride: float = 0.8
    seconds: float = 1.6
    glow: tuple[float, float, float, float] | None = None
    feet: bool = False


_QUADRUPEDS: Final = {
    "dog": 0.95,
    "cat": 0.95,
    "fox": 1.1,
    "horse": 0.95,
    "cow": 1.05,
    "deer": 0.85,
    "elephant": 1.0,
    "bear": 1.0,
    "lion": 1.05,
    "rabbit": 0.75,
    "sheep": 0.9,
}
_LAMP: Final = (0.0, 0.42, 1.6, 0.8)
DRAWINGS: Final[dict[str, Drawing]] = {
    "person": Drawing(figures.person, 0.5, 16, 0.62, 2.4, feet=True), "child": Drawing(figures.child, 0.5, 16, 0.62,
        1.6, feet=True),
    "robot": Drawing(figures.robot, 0.5, 16, 0.55, 2.0, feet=True), "astronaut": Drawing(figures.astronaut, 0.5, 16,
        0.6, 3.0, feet=True),
    **{name: Drawing(animals.quadruped(name), reach, 16, 0.62, 2.2, feet=True) for name, reach in _QUADRUPEDS.items()},
    "bird": Drawing(creatures.bird, 0.75, 12, 3.0, 0.55), "fish": Drawing(creatures.fish, 0.95, 12, 1.4, 0.7),
    "whale": Drawing(creatures.whale, 1.65, 16, 2.4, 2.4),
    "butterfly": Drawing(creatures.butterfly, 0.65, 10, 2.0, 0.4),
    "dragon": Drawing(creatures.dragon, 1.2, 14, 2.0, 0.9),
    "car": Drawing(vehicles.car, 1.6, 10, 1.5, 1.0), "truck": Drawing(vehicles.truck, 1.4, 10, 0.9, 1.0),
    "bus": Drawing(vehicles.bus, 1.7, 10, 0.94, 1.0),
    "train": Drawing(vehicles.train, 2.5, 10, 0.53, 1.0), "bicycle": Drawing(vehicles.bicycle, 1.0, 12, 2.0, 1.2),
    "sailboat": Drawing(vehicles.sailboat, 0.7, 12, 2.0, 3.0), "ship": Drawing(vehicles.ship, 1.35, 12, 2.0, 3.0),
    "plane": Drawing(vehicles.plane, 1.6, 1), "rocket": Drawing(vehicles.rocket, 0.35, 8, 1.0, 0.25, (0.0, 0.03, 0.35,
        0.7)),
    "ufo": Drawing(vehicles.ufo, 1.15, 8, 1.0, 0.8, (0.0, 0.4, 1.0, 0.35)),
    "ball": Drawing(things.ball, 0.6, 12, 3.14, 1.5), "balloon": Drawing(things.balloon, 0.45, 12, 1.0, 3.0),
    "hot_air_balloon": Drawing(things.hot_air_balloon, 0.55, 8, 1.0, 2.0), "kite": Drawing(things.kite, 0.5, 10, 1.0,
        1.4),
    "lantern": Drawing(things.lantern, 0.5, 8, 1.0, 0.9, _LAMP), "candle": Drawing(things.candle, 0.4, 8, 1.0, 0.7,
        (0.0, 0.8, 1.6, 0.8)),
    "fire": Drawing(things.fire, 0.65, 10, 1.0, 0.7, (0.0, 0.5, 2.2, 0.9)), "house": Drawing(buildings.house, 0.85, 10,
        1.0, 3.0, (-0.05, 0.3, 0.8, 0.3)),
    "castle": Drawing(buildings.castle, 0.75, 10, 1.0, 1.6), "tower": Drawing(buildings.tower, 0.35),
    "lighthouse": Drawing(buildings.lighthouse, 0.35, 1, glow=(0.0, 0.85, 0.6, 0.8)),
    "windmill": Drawing(buildings.windmill, 0.6, 24, 1.0, 1.5), "tree": Drawing(things.tree, 0.65, 10, 1.0, 3.0),
    "flower": Drawing(things.flower, 0.45, 10, 1.0, 2.4),
    "chair": Drawing(things.chair, 0.5), "table": Drawing(things.table, 1.0), "cup": Drawing(things.cup, 0.6, 10, 1.0,
        2.0),
    "lamp": Drawing(things.lamp, 0.35, 1, glow=(0.0, 0.8, 0.9, 0.6)), "book": Drawing(things.book, 0.55),
    "box": Drawing(things.box, 0.65),
    "umbrella": Drawing(things.umbrella, 0.7), "tent": Drawing(things.tent, 1.1, 1, glow=(0.0, 0.25, 0.9, 0.4)),
    "bottle": Drawing(things.bottle, 0.35),
    "bench": Drawing(things.bench, 1.05), "prop": Drawing(things.prop, 0.55),
}  # fmt: skip


def drawing_of(kind: str) -> Drawing:
    """The drawing of a subject kind of the lexicon; the abstract prop for anything else."""
    return DRAWINGS.get(lexicon.SUBJECTS[kind].painter if kind in lexicon.SUBJECTS else kind, DRAWINGS["prop"])


def height_of(kind: str) -> float:
    """Height in metres."""
    return lexicon.SUBJECTS[kind].height_m if kind in lexicon.SUBJECTS else 1.2


def sprite_of(subject: SubjectPlan, palette: Palette, height_px: float, number: int = 0) -> Sprite:
    """The sprite of a subject at a size on screen. The same look (words and seed) gives the same drawing; ``number``
    varies
    the members of a group."""
    drawing = drawing_of(subject.kind)
    colour = rgb(*subject.colour)
    if number:
        colour = colour * generator("member", subject.look, number).uniform(0.78, 1.15)
    still = subject.motion == "stand" and subject.kind in ("car", "truck", "bus", "train", "bicycle", "ball")
    return build(
        drawing.painter, colour, palette, lambda: generator("look", subject.look, number), height_px=height_px,
        height_m=height_of(subject.kind),
        motion=subject.motion, phases=1 if still else drawing.phases, reach=drawing.reach, glow=drawing.glow,
        stride=drawing.stride,
    )  # fmt: skip
