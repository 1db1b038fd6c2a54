"""Things and buildings, and the abstract prop that stands for a word the renderer does not know."""

from __future__ import annotations

import math

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad

_WOOD, _GLOW, _WHITE = rgb(122, 84, 54), rgb(255, 222, 150), rgb(250, 248, 242)


def ball(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A ball with two seams that turn."""
    pad.oval(0, 0.5, 0.5, 0.5, colour)
    turn = math.tau * phase
    for offset in (0.0, math.pi / 2):
        squeeze = math.cos(turn + offset)
        t = np.linspace(-math.pi / 2, math.pi / 2, 17)
        pad.stroke(
            [(float(math.sin(a) * 0.0 + squeeze * math.cos(a) * 0.49), float(0.5 + math.sin(a) * 0.49)) for a in t],
            0.035,
            mix(colour, _WHITE, 0.75),
        )
    pad.oval(-0.17, 0.7, 0.11, 0.075, mix(colour, _WHITE, 0.55), 35)
    del rng, motion


def balloon(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A toy balloon on a string."""
    sway = 0.03 * math.sin(math.tau * phase)
    pad.stroke([(0, 0.5), (sway, 0.34), (-sway, 0.18), (sway, 0.0)], 0.012, rgb(90, 84, 84))
    pad.blob([(-0.05, 0.5), (-0.3, 0.72), (-0.27, 1.02), (0.0, 1.16), (0.27, 1.02), (0.3, 0.72), (0.05, 0.5)], colour)
    pad.poly([(-0.03, 0.545), (0.03, 0.545), (0.045, 0.5), (-0.045, 0.5)], colour * 0.8)
    pad.oval(-0.09, 0.92, 0.045, 0.075, mix(colour, _WHITE, 0.7), 20)
    del rng, motion


def hot_air_balloon(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A hot-air balloon with striped envelope and basket."""
    light = mix(colour, rgb(255, 236, 190), 0.7)
    for index, (wide, tone) in enumerate(((0.42, colour), (0.31, light), (0.18, colour * 0.95), (0.06, light))):
        pad.blob(
            [
                (-wide * 0.25, 0.28),
                (-wide * 1.05, 0.58),
                (-wide * 0.9, 0.9),
                (0, 1.1 - index * 0.005),
                (wide * 0.9, 0.9),
                (wide * 1.05, 0.58),
                (wide * 0.25, 0.28),
            ],
            tone,
        )
    for x in (-0.055, 0.055):
        pad.stroke([(x * 1.3, 0.33), (x, 0.13)], 0.007, rgb(70, 60, 54))
    pad.blob([(-0.07, 0.13), (0.07, 0.13), (0.06, 0.02), (-0.06, 0.02)], _WOOD)
    pad.oval(0, 0.24 + 0.01 * math.sin(math.tau * phase), 0.018, 0.04, _GLOW)
    del rng, motion


def kite(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A kite with a tail."""
    sway = 0.05 * math.sin(math.tau * phase)
    pad.stroke([(0, 0.35), (-0.12 + sway, 0.2), (0.04 - sway, 0.08), (-0.1 + sway, -0.04)], 0.018, colour * 0.8)
    for x, y in ((-0.11 + sway, 0.2), (0.03 - sway, 0.08)):
        pad.poly(
            [(x - 0.06, y + 0.03), (x, y), (x - 0.06, y - 0.03), (x + 0.06, y + 0.03), (x, y), (x + 0.06, y - 0.03)],
            rgb(250, 204, 80),
        )
    pad.poly([(0, 1.05), (0.32, 0.74), (0, 0.32), (-0.32, 0.74)], colour)
    pad.poly([(0, 1.05), (0.32, 0.74), (0, 0.74)], mix(colour, rgb(255, 220, 120), 0.65))
    pad.poly([(0, 0.32), (-0.32, 0.74), (0, 0.74)], mix(colour, rgb(255, 220, 120), 0.65))
    del rng, motion


def lantern(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A lantern with a burning heart."""
    flick = 0.02 * math.sin(math.tau * phase * 2)
    iron = rgb(62, 54, 52)
    pad.stroke([(-0.16, 0.84), (-0.1, 1.0), (0.1, 1.0), (0.16, 0.84)], 0.03, iron)
    pad.blob([(-0.26, 0.16), (-0.3, 0.5), (-0.2, 0.8), (0.2, 0.8), (0.3, 0.5), (0.26, 0.16)], colour)
    pad.oval(0, 0.42, 0.16 + flick, 0.24 + flick, _GLOW)
    pad.oval(0, 0.38, 0.07, 0.13 + flick, rgb(255, 250, 226))
    for x in (-0.13, 0.13):
        pad.stroke([(x, 0.14), (x * 1.2, 0.48), (x, 0.82)], 0.02, iron)
    pad.blob([(-0.28, 0.78), (-0.12, 0.92), (0.12, 0.92), (0.28, 0.78)], iron)
    pad.blob([(-0.28, 0.02), (-0.24, 0.17), (0.24, 0.17), (0.28, 0.02)], iron)
    del rng, motion


def _flame(pad: Pad, x: float, y: float, size: float, phase: float) -> None:
    for scale, tone, speed in ((1.0, rgb(238, 96, 38), 1), (0.72, rgb(252, 158, 52), 2), (0.42, rgb(255, 230, 140), 3)):
        sway = 0.12 * size * math.sin(math.tau * (phase * speed) + scale * 5)
        pad.blob(
            [
                (x - size * 0.3 * scale, y),
                (x - size * 0.34 * scale, y + size * 0.35 * scale),
                (x + sway, y + size * 1.15 * scale),
                (x + size * 0.34 * scale, y + size * 0.35 * scale),
                (x + size * 0.3 * scale, y),
            ],
            tone,
        )


def candle(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A candle."""
    pad.blob([(-0.2, 0.0), (-0.22, 0.06), (0.22, 0.06), (0.2, 0.0)], rgb(146, 112, 66))
    pad.poly([(-0.1, 0.04), (-0.1, 0.62), (0.1, 0.62), (0.1, 0.04)], colour)
    pad.oval(0, 0.62, 0.1, 0.03, colour * 1.05)
    pad.stroke([(0, 0.62), (0.0, 0.69)], 0.016, rgb(50, 40, 40))
    _flame(pad, 0, 0.66, 0.24, phase)
    del rng, motion


def fire(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A wood fire."""
    for x, size, shift in ((-0.16, 0.6, 0.3), (0.17, 0.55, 0.7), (0.0, 0.85, 0.0)):
        _flame(pad, x, 0.1, size, (phase + shift) % 1)
    for a, b in (((-0.42, 0.03), (0.3, 0.17)), ((0.42, 0.03), (-0.3, 0.17)), ((-0.3, 0.05), (0.34, 0.05))):
        pad.limb(a, b, 0.05, 0.045, _WOOD * 0.7)
    del colour, rng, motion


def tree(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A broad tree in leaf."""
    sway = 0.012 * math.sin(math.tau * phase)
    pad.blob([(-0.07, 0), (-0.04, 0.3), (-0.1, 0.5), (0.02, 0.42), (0.12, 0.52), (0.045, 0.3), (0.08, 0)], _WOOD * 0.9)
    for tone in (0.72, 0.9, 1.1):
        for _ in range(8):
            angle, r = rng.uniform(0, math.tau), rng.uniform(0.05, 0.26)
            size = {0.72: 0.2, 0.9: 0.16, 1.1: 0.09}[tone]
            pad.oval(
                math.cos(angle) * r * 1.25 + sway,
                0.66 + math.sin(angle) * r * 0.85 + (tone - 0.72) * 0.16,
                size,
                size * 0.86,
                colour * tone,
            )
    del motion


def flower(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A flower."""
    sway = 0.04 * math.sin(math.tau * phase)
    pad.stroke([(0, 0), (0.02, 0.35), (sway, 0.72)], 0.035, rgb(76, 130, 62))
    pad.blob([(0.01, 0.2), (0.2, 0.42), (0.26, 0.36), (0.12, 0.22)], rgb(88, 146, 70))
    pad.blob([(0.01, 0.3), (-0.18, 0.5), (-0.24, 0.42), (-0.1, 0.3)], rgb(80, 136, 66))
    for petal in range(8):
        angle = math.tau * petal / 8
        pad.oval(
            sway + math.cos(angle) * 0.14,
            0.78 + math.sin(angle) * 0.14,
            0.11,
            0.065,
            colour * (1.0 if petal % 2 else 0.88),
            math.degrees(angle),
        )
    pad.oval(sway, 0.78, 0.085, 0.085, rgb(244, 196, 72))
    del rng, motion


def chair(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A wooden chair."""
    for x, tone in ((-0.2, 0.7), (0.26, 0.7), (-0.28, 1.0), (0.2, 1.0)):
        pad.limb((x, 0.46), (x * 1.06, 0.015), 0.026, 0.02, colour * tone)
    pad.blob([(-0.34, 0.44), (-0.3, 0.52), (0.32, 0.52), (0.3, 0.44)], colour)
    for x in (-0.3, -0.2):
        pad.limb((x, 0.5), (x - 0.04, 1.0), 0.028, 0.022, colour * (1.0 if x < -0.25 else 0.75))
    for y in (0.68, 0.82, 0.96):
        pad.limb((-0.33, y), (-0.22, y), 0.026, 0.026, colour * 1.05)
    del phase, rng, motion


def table(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A table with a bowl on it."""
    for x, tone in ((-0.6, 0.7), (0.6, 0.7), (-0.7, 1.0), (0.7, 1.0)):
        pad.limb((x, 0.86), (x, 0.015), 0.045, 0.03, colour * tone)
    pad.blob([(-0.86, 0.86), (-0.82, 0.96), (0.82, 0.96), (0.86, 0.86)], colour)
    pad.blob([(-0.2, 1.08), (0.2, 1.08), (0.1, 0.94), (-0.1, 0.94)], rgb(92, 128, 156))
    del phase, rng, motion


def cup(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A steaming cup on a saucer."""
    pad.oval(0, 0.06, 0.5, 0.06, colour * 0.88)
    pad.stroke([(0.26, 0.58), (0.44, 0.52), (0.42, 0.32), (0.24, 0.26)], 0.06, colour * 0.92)
    pad.blob([(-0.32, 0.68), (-0.3, 0.22), (-0.14, 0.06), (0.14, 0.06), (0.3, 0.22), (0.32, 0.68)], colour)
    pad.oval(0, 0.66, 0.3, 0.05, colour * 1.04)
    pad.oval(0, 0.655, 0.27, 0.038, rgb(92, 58, 40))
    for index in range(3):
        x = -0.12 + index * 0.12
        sway = 0.04 * math.sin(math.tau * phase + index * 2)
        pad.stroke([(x, 0.76), (x + sway, 0.86), (x - sway, 0.98)], 0.022, rgb(236, 236, 236))
    del rng, motion


def lamp(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A standing lamp."""
    pad.oval(0, 0.02, 0.16, 0.03, rgb(70, 62, 58))
    pad.stroke([(0, 0.02), (0, 0.74)], 0.024, rgb(88, 76, 66))
    pad.poly([(-0.2, 0.68), (-0.12, 0.98), (0.12, 0.98), (0.2, 0.68)], colour)
    pad.poly([(-0.19, 0.69), (-0.15, 0.84), (0.15, 0.84), (0.19, 0.69)], _GLOW)
    del phase, rng, motion


def book(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A closed book standing at an angle."""
    pad.poly([(-0.42, 0.02), (-0.42, 0.96), (0.24, 1.0), (0.24, 0.06)], colour)
    pad.poly([(0.24, 0.06), (0.24, 1.0), (0.42, 0.92), (0.42, 0.0)], rgb(238, 230, 210))
    pad.poly([(-0.42, 0.02), (-0.42, 0.96), (-0.32, 0.97), (-0.32, 0.03)], colour * 0.72)
    pad.stroke([(-0.2, 0.8), (0.12, 0.82)], 0.03, rgb(224, 184, 96))
    pad.oval(-0.04, 0.5, 0.13, 0.15, rgb(224, 184, 96))
    pad.oval(-0.04, 0.5, 0.09, 0.11, colour)
    del phase, rng, motion


def box(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A crate."""
    pad.poly([(-0.5, 0), (-0.5, 0.82), (0.3, 0.82), (0.3, 0)], colour)
    pad.poly([(0.3, 0), (0.3, 0.82), (0.56, 0.96), (0.56, 0.14)], colour * 0.78)
    pad.poly([(-0.5, 0.82), (-0.24, 0.96), (0.56, 0.96), (0.3, 0.82)], colour * 1.12)
    for a, b in (
        ((-0.47, 0.04), (-0.47, 0.78)),
        ((0.27, 0.04), (0.27, 0.78)),
        ((-0.48, 0.04), (0.28, 0.04)),
        ((-0.48, 0.78), (0.28, 0.78)),
        ((-0.46, 0.06), (0.26, 0.76)),
    ):
        pad.stroke([a, b], 0.055, colour * 0.84)
    del phase, rng, motion


def umbrella(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """An open umbrella."""
    pad.stroke([(0, 0.95), (0, 0.12), (0.06, 0.03), (0.13, 0.08)], 0.026, _WOOD)
    for index, (x0, x1) in enumerate(((-0.6, -0.3), (-0.3, 0.0), (0.0, 0.3), (0.3, 0.6))):
        pad.blob(
            [
                (x0, 0.56),
                (x0, 0.56),
                (x0 * 0.7, 0.86),
                (0, 0.98),
                (x1 * 0.7, 0.86),
                (x1, 0.56),
                (x1, 0.56),
                ((x0 + x1) / 2, 0.64),
            ],
            colour * (1.0 if index % 2 else 0.84),
        )
    del phase, rng, motion


def tent(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A ridge tent with light inside."""
    pad.poly([(-0.8, 0), (-0.1, 0.94), (0.75, 0.8), (1.0, 0)], colour * 0.82)
    pad.poly([(-0.8, 0), (-0.1, 0.94), (0.5, 0)], colour)
    pad.poly([(-0.32, 0), (-0.1, 0.72), (0.08, 0)], _GLOW)
    del phase, rng, motion


def bottle(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A bottle with a label."""
    pad.blob(
        [(-0.17, 0.0), (-0.19, 0.5), (-0.07, 0.7), (-0.06, 0.96), (0.06, 0.96), (0.07, 0.7), (0.19, 0.5), (0.17, 0.0)],
        colour,
    )
    pad.poly([(-0.16, 0.14), (-0.16, 0.42), (0.16, 0.42), (0.16, 0.14)], rgb(238, 228, 204))
    pad.stroke([(-0.1, 0.52), (-0.1, 0.08)], 0.022, mix(colour, _WHITE, 0.5))
    del phase, rng, motion


def bench(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A park bench."""
    iron = rgb(56, 60, 64)
    for x in (-0.75, 0.75):
        pad.stroke([(x, 0), (x, 0.46), (x - 0.04, 1.0)], 0.05, iron)
        pad.stroke([(x + 0.12, 0.0), (x + 0.1, 0.46)], 0.05, iron)
    for y in (0.62, 0.76, 0.9):
        pad.limb((-0.92, y), (0.92, y), 0.045, 0.045, colour)
    for y in (0.44, 0.5):
        pad.limb((-0.92, y), (0.95, y), 0.035, 0.035, colour * 0.86)
    del phase, rng, motion


def prop(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """An abstract sculpture on a plinth: what a word looks like that has no drawing. The form comes from the seed."""
    pad.poly([(-0.3, 0), (-0.27, 0.16), (0.27, 0.16), (0.3, 0)], rgb(206, 200, 190))
    pad.poly([(-0.3, 0.14), (-0.3, 0.18), (0.3, 0.18), (0.3, 0.14)], rgb(226, 220, 210))
    count = int(rng.integers(5, 8))
    radii = rng.uniform(0.7, 1.15, count)
    turn = rng.uniform(0, math.tau)
    outline = [
        (
            math.cos(turn + math.tau * k / count) * 0.36 * radii[k],
            0.59 + math.sin(turn + math.tau * k / count) * 0.39 * radii[k],
        )
        for k in range(count)
    ]
    pad.blob(outline, colour)
    hole = rng.uniform(-0.06, 0.06, 2)
    pad.oval(float(hole[0]), 0.6 + float(hole[1]), 0.14, 0.17, colour * 0.5, float(rng.uniform(-40, 40)))
    pad.blob(
        [(x * 0.82 - 0.05, 0.62 + (y - 0.59) * 0.82 + 0.04) for x, y in outline[: count // 2 + 1]] + [(0.0, 0.72)],
        mix(colour, _WHITE, 0.14),
    )
    pad.oval(float(hole[0]), 0.6 + float(hole[1]), 0.12, 0.15, colour * 0.42, float(rng.uniform(-40, 40)))
    del phase, motion
