"""Four-legged animals, all from one skeleton. They face right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad, knee

_DARK = rgb(38, 32, 34)


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions of a quadruped in units of its standing height."""

    body: float
    belly: float
    leg: float
    thick: float
    neck: float
    neck_angle: float
    head: float
    snout: float
    ears: str
    tail: str
    patch: str = ""


_BUILDS = {
    "dog": Build(0.80, 0.19, 0.40, 0.050, 0.22, 0.85, 0.125, 0.16, "flop", "up"),
    "cat": Build(0.80, 0.17, 0.36, 0.044, 0.17, 0.75, 0.125, 0.05, "point", "long", "stripes"),
    "fox": Build(0.82, 0.17, 0.37, 0.042, 0.20, 0.75, 0.120, 0.17, "point", "brush", "chest"),
    "horse": Build(0.78, 0.15, 0.50, 0.042, 0.34, 0.95, 0.085, 0.17, "small", "mane", "mane"),
    "cow": Build(1.0, 0.22, 0.40, 0.050, 0.20, 0.35, 0.115, 0.17, "flop", "thin", "spots"),
    "deer": Build(0.64, 0.12, 0.42, 0.028, 0.30, 1.05, 0.070, 0.12, "antlers", "stub", "chest"),
    "elephant": Build(0.86, 0.27, 0.36, 0.085, 0.12, 0.3, 0.17, 0.0, "trunk", "thin"),
    "bear": Build(0.98, 0.26, 0.36, 0.085, 0.20, 0.35, 0.145, 0.11, "round", "stub"),
    "lion": Build(1.0, 0.19, 0.40, 0.055, 0.20, 0.6, 0.135, 0.09, "round", "tuft", "ruff"),
    "rabbit": Build(0.52, 0.23, 0.19, 0.042, 0.12, 0.9, 0.15, 0.05, "long", "puff"),
    "sheep": Build(0.78, 0.27, 0.34, 0.042, 0.16, 0.55, 0.10, 0.11, "flop", "stub", "wool"),
}


def _quadruped(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str, shape: Build) -> None:
    moving = motion in ("walk", "run", "jump")
    reach = (0.20 if motion == "run" else 0.12) * (shape.leg / 0.44) if moving else 0.0
    lift = 0.10 if motion == "run" else 0.05
    bob = (
        (0.05 if motion == "run" else 0.012) * math.sin(math.tau * phase * 2)
        if moving
        else 0.008 * math.sin(math.tau * phase)
    )
    hop = 0.18 * max(0.0, math.sin(math.tau * phase)) if motion == "jump" or (shape.ears == "long" and moving) else 0.0
    back, chest, y = -shape.body / 2 + 0.1, shape.body / 2 - 0.1, shape.leg + shape.belly + bob + hop
    pitch = 0.06 * math.sin(math.tau * phase) if motion == "run" else 0.0
    deep = colour * 0.72

    def leg(x: float, base_y: float, offset: float, hind: bool, tone: Rgb) -> None:
        angle = math.tau * (phase + offset)
        foot = (x + math.cos(angle) * reach, max(0.0, -math.sin(angle)) * lift * (1 if moving else 0) + hop + 0.02)
        hip = (x, base_y - shape.belly * 0.35)
        joint = knee(hip, foot, shape.leg * 0.56, shape.leg * 0.62, -1.0 if hind else 1.0)
        pad.limb(hip, joint, shape.thick * (1.5 if hind else 1.25), shape.thick, tone)
        pad.limb(joint, foot, shape.thick * 0.9, shape.thick * 0.66, tone)
        pad.limb(
            (foot[0] - 0.004, foot[1]),
            (foot[0] + shape.thick * 0.7, foot[1] - 0.004),
            shape.thick * 0.66,
            shape.thick * 0.5,
            tone * 0.8,
        )

    gap = 0.5 if motion != "run" else 0.12
    leg(back + 0.05, y - pitch, 0.0 + gap, True, deep)
    leg(chest - 0.03, y + pitch, 0.5 if motion != "run" else 0.62, False, deep)
    _tail(pad, shape, colour, back, y - pitch, phase, moving)
    hump = shape.belly * (1.25 if shape.ears in ("long",) else 1.0)
    pad.oval(
        back + 0.07,
        y - pitch + shape.belly * 0.08,
        0.17 + shape.belly * 0.22,
        shape.belly * 0.92 * hump / shape.belly,
        colour,
    )
    pad.oval(chest - 0.05, y + pitch + shape.belly * 0.02, 0.15 + shape.belly * 0.3, shape.belly * 1.06, colour)
    pad.blob(
        [
            (back - 0.06, y - pitch + shape.belly * 0.75),
            (0.0, y + shape.belly * 0.95),
            (chest + 0.02, y + pitch + shape.belly * 1.04),
            (chest + 0.04, y + pitch - shape.belly * 0.9),
            (0.02, y - shape.belly * 0.72),
            (back, y - pitch - shape.belly * 0.6),
        ],
        colour,
    )
    if shape.patch == "spots":
        for _ in range(5):
            pad.oval(
                rng.uniform(back, chest),
                y + rng.uniform(-0.6, 0.5) * shape.belly,
                rng.uniform(0.04, 0.1),
                rng.uniform(0.03, 0.07),
                _DARK * 1.3,
                rng.uniform(0, 90),
            )
    if shape.patch == "wool":
        for index in range(16):
            angle = math.tau * index / 16
            pad.oval(
                math.cos(angle) * shape.body * 0.46,
                y + math.sin(angle) * shape.belly * 0.86,
                0.10,
                0.09,
                colour * (1.02 if index % 2 else 0.94),
            )
        pad.oval(0, y, shape.body * 0.42, shape.belly * 0.8, colour)
    if shape.patch == "stripes":
        for x in np.linspace(back + 0.05, chest - 0.05, 5):
            pad.stroke(
                [(float(x), y + shape.belly * 0.82), (float(x) - 0.025, y + shape.belly * 0.25)], 0.026, colour * 0.72
            )
    leg(back + 0.0, y - pitch, 0.0, True, colour * 0.96)
    leg(chest + 0.02, y + pitch, 0.5 + (0.5 if motion != "run" else 0.0), False, colour * 0.96)
    root = (chest + 0.04, y + pitch + shape.belly * 0.5)
    nod = 0.05 * math.sin(math.tau * phase * 2) if moving else 0.02 * math.sin(math.tau * phase)
    tip = (
        root[0] + math.cos(shape.neck_angle + nod) * shape.neck,
        root[1] + math.sin(shape.neck_angle + nod) * shape.neck,
    )
    if shape.patch == "mane":
        pad.limb((root[0] - 0.06, root[1] + 0.06), (tip[0] - 0.05, tip[1] + 0.07), 0.07, 0.05, _DARK * 1.2)
    pad.limb((root[0] - 0.03, root[1] - 0.03), tip, shape.belly * 0.78, shape.head * 0.8, colour)
    if shape.patch == "chest":
        pad.limb(
            (root[0] + 0.04, root[1] - 0.06),
            (tip[0] + 0.01, tip[1] - 0.05),
            shape.belly * 0.4,
            shape.head * 0.4,
            mix(colour, rgb(250, 246, 236), 0.8),
        )
    _head(pad, shape, colour, tip, phase)


def _tail(pad: Pad, shape: Build, colour: Rgb, back: float, y: float, phase: float, moving: bool) -> None:
    wag = math.sin(math.tau * phase * (2 if moving else 1)) * 0.05
    root = (back - 0.06, y + shape.belly * 0.45)
    if shape.tail == "up":
        pad.limb(root, (root[0] - 0.14, root[1] + 0.17 + wag), 0.04, 0.018, colour)
    elif shape.tail == "long":
        pad.stroke(
            [
                root,
                (root[0] - 0.14, root[1] + 0.04),
                (root[0] - 0.2, root[1] + 0.18 + wag),
                (root[0] - 0.15 + wag, root[1] + 0.30),
            ],
            0.052,
            colour * 0.95,
        )
    elif shape.tail == "brush":
        pad.limb(root, (root[0] - 0.22, root[1] - 0.02 + wag), 0.03, 0.085, colour)
        pad.limb(
            (root[0] - 0.22, root[1] - 0.02 + wag),
            (root[0] - 0.34, root[1] - 0.03 + wag),
            0.085,
            0.02,
            rgb(246, 240, 230),
        )
    elif shape.tail == "mane":
        pad.blob(
            [
                root,
                (root[0] - 0.12, root[1] - 0.02),
                (root[0] - 0.17 + wag, root[1] - 0.30),
                (root[0] - 0.07 + wag, root[1] - 0.34),
                (root[0] - 0.02, root[1] - 0.12),
            ],
            _DARK * 1.2,
        )
    elif shape.tail in ("thin", "tuft"):
        end = (root[0] - 0.08 + wag, root[1] - 0.26)
        pad.stroke([root, (root[0] - 0.07, root[1] - 0.06), end], 0.026, colour * 0.9)
        pad.oval(end[0], end[1] - 0.02, 0.032, 0.045, _DARK * 1.3)
    elif shape.tail == "puff":
        pad.oval(root[0] + 0.0, root[1] - 0.12, 0.075, 0.075, rgb(248, 244, 240))
    else:
        pad.limb(root, (root[0] - 0.05, root[1] + 0.02), 0.04, 0.025, colour)


def _head(pad: Pad, shape: Build, colour: Rgb, tip: tuple[float, float], phase: float) -> None:
    x, y, r = tip[0], tip[1], shape.head
    face = mix(colour, rgb(60, 52, 52), 0.75) if shape.patch == "wool" else colour
    if shape.patch == "ruff":
        pad.oval(x - r * 0.3, y - r * 0.15, r * 1.75, r * 1.8, colour * 0.55)
        pad.oval(x - r * 0.2, y - r * 0.1, r * 1.4, r * 1.45, colour * 0.66)
    if shape.ears == "long":
        for dx in (-0.5, -0.05):
            pad.limb(
                (x + r * dx, y + r * 0.6),
                (x + r * (dx - 0.55), y + r * 2.6 + 0.02 * math.sin(math.tau * phase)),
                r * 0.24,
                r * 0.2,
                face * (0.85 if dx < -0.2 else 1),
            )
    if shape.ears == "antlers":
        for dx, tone in ((0.15, 0.8), (-0.1, 1.0)):
            bone = rgb(196, 166, 124) * tone
            base, top = (x + r * dx, y + r * 0.8), (x - r * 0.6 + r * dx * 3, y + r * 4.0)
            pad.stroke([base, (x - r * 0.9 + r * dx * 2, y + r * 2.2), top], r * 0.26, bone)
            pad.stroke(
                [(x - r * 0.7 + r * dx * 2, y + r * 1.9), (x + r * 0.5 + r * dx * 2, y + r * 2.9)], r * 0.22, bone
            )
    if shape.snout:
        pad.limb((x, y - r * 0.1), (x + r * 0.5 + shape.snout, y - r * 0.42), r * 0.78, r * 0.40, face)
        nose = (x + r * 0.72 + shape.snout, y - r * 0.28)
    else:
        nose = (x, y)
    pad.oval(x, y, r, r * 0.95, face)
    if shape.ears == "trunk":
        sway = 0.03 * math.sin(math.tau * phase)
        pad.stroke(
            [
                (x + r * 0.8, y - r * 0.1),
                (x + r * 1.25, y - r * 1.0),
                (x + r * 1.15 + sway, y - r * 2.2),
                (x + r * 1.45 + sway, y - r * 2.9),
            ],
            r * 0.5,
            face,
        )
        pad.limb((x + r * 0.75, y - r * 0.6), (x + r * 1.7, y - r * 1.2), r * 0.12, r * 0.05, rgb(244, 238, 222))
        pad.blob(
            [
                (x - r * 1.25, y + r * 0.9),
                (x + r * 0.05, y + r * 0.95),
                (x + r * 0.1, y - r * 0.6),
                (x - r * 0.5, y - r * 1.3),
                (x - r * 1.35, y - r * 0.4),
            ],
            colour * 0.84,
        )
    else:
        pad.oval(nose[0], nose[1], r * 0.2, r * 0.17, _DARK)
    if shape.ears == "flop":
        pad.limb((x - r * 0.35, y + r * 0.5), (x - r * 0.75, y - r * 0.55), r * 0.26, r * 0.34, face * 0.72)
    elif shape.ears == "point":
        for dx, tone in ((0.25, 0.8), (-0.35, 1.0)):
            pad.poly(
                [
                    (x + r * (dx - 0.38), y + r * 0.55),
                    (x + r * (dx + 0.4), y + r * 0.7),
                    (x + r * (dx - 0.12), y + r * 1.6),
                ],
                face * tone,
            )
    elif shape.ears in ("round", "small", "antlers"):
        pad.oval(x - r * 0.45, y + r * 0.85, r * 0.32, r * 0.38, face * 0.8)
    pad.oval(x + r * 0.36, y + r * 0.22, r * 0.13, r * 0.15, _DARK)
    pad.oval(x + r * 0.40, y + r * 0.27, r * 0.045, r * 0.05, rgb(250, 250, 250))


def quadruped(name: str) -> Callable[[Pad, Rgb, float, np.random.Generator, str], None]:
    """The painter of one of the quadrupeds."""
    shape = _BUILDS[name]

    def paint(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
        _quadruped(pad, colour, phase, rng, motion, shape)

    return paint
