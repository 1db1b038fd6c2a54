"""Houses, castles, towers, lighthouses and windmills."""

from __future__ import annotations

import math

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad

_WOOD, _GLOW, _WHITE = rgb(122, 84, 54), rgb(255, 222, 150), rgb(250, 248, 242)


def house(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A cottage: gable roof, door, windows, chimney."""
    roof = mix(rgb(150, 72, 54), rgb(86, 92, 112), rng.uniform())
    pad.poly([(0.3, 0.6), (0.3, 0.98), (0.42, 0.98), (0.42, 0.6)], rgb(128, 92, 80))
    pad.poly([(-0.62, 0.0), (-0.62, 0.54), (0.62, 0.54), (0.62, 0.0)], colour)
    pad.poly([(0.22, 0.0), (0.22, 0.54), (0.62, 0.54), (0.62, 0.0)], colour * 0.88)
    pad.poly([(-0.74, 0.5), (-0.2, 0.94), (0.58, 0.94), (0.74, 0.5)], roof)
    pad.poly([(-0.74, 0.5), (-0.2, 0.94), (0.16, 0.5)], roof * 1.12)
    pad.poly([(-0.6, 0.5), (-0.2, 0.83), (0.04, 0.5)], colour)
    pad.poly([(-0.12, 0.0), (-0.12, 0.32), (0.06, 0.32), (0.06, 0.0)], _WOOD)
    for x, y in ((-0.48, 0.18), (0.3, 0.18), (-0.3, 0.54)):
        pad.poly([(x - 0.02, y - 0.02), (x - 0.02, y + 0.18), (x + 0.2, y + 0.18), (x + 0.2, y - 0.02)], _WHITE)
        pad.poly([(x, y), (x, y + 0.16), (x + 0.18, y + 0.16), (x + 0.18, y)], _GLOW)
        pad.stroke([(x + 0.09, y), (x + 0.09, y + 0.16)], 0.014, _WHITE)
    for puff in range(3):
        drift = (phase + puff / 3) % 1
        pad.oval(0.36 - drift * 0.1, 1.0 + drift * 0.18, 0.03 + drift * 0.035, 0.028 + drift * 0.03, rgb(206, 206, 210))
    del motion


def _battlement(pad: Pad, x0: float, x1: float, y: float, size: float, tone: Rgb) -> None:
    count = max(2, round((x1 - x0) / (size * 2)))
    step = (x1 - x0) / (count * 2 - 1)
    for index in range(count):
        left = x0 + index * 2 * step
        pad.poly([(left, y), (left, y + size), (left + step, y + size), (left + step, y)], tone)


def castle(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A castle with towers, flags and a gate."""
    flag = mix(rgb(196, 52, 60), rgb(62, 84, 166), rng.uniform())
    for x, wide, tall, tone in ((-0.5, 0.09, 0.72, 0.84), (0.5, 0.09, 0.66, 0.84), (0.12, 0.12, 0.80, 0.92)):
        pad.poly([(x - wide, 0), (x - wide, tall), (x + wide, tall), (x + wide, 0)], colour * tone)
        pad.poly([(x + wide * 0.3, 0), (x + wide * 0.3, tall), (x + wide, tall), (x + wide, 0)], colour * tone * 0.85)
        pad.poly([(x - wide * 1.35, tall), (x, tall + wide * 2.2), (x + wide * 1.35, tall)], rgb(88, 94, 122))
        wave = 0.012 * math.sin(math.tau * phase + x * 5)
        pad.stroke([(x, tall + wide * 2.2), (x, tall + wide * 2.2 + 0.08)], 0.008, rgb(60, 54, 52))
        pad.poly(
            [
                (x, tall + wide * 2.2 + 0.08),
                (x - 0.09, tall + wide * 2.2 + 0.06 + wave),
                (x, tall + wide * 2.2 + 0.035),
            ],
            flag,
        )
        pad.oval(x - wide * 0.2, tall * 0.72, 0.018, 0.034, _GLOW)
    pad.poly([(-0.44, 0), (-0.44, 0.36), (0.46, 0.36), (0.46, 0)], colour)
    _battlement(pad, -0.44, 0.46, 0.36, 0.05, colour)
    for x in (-0.36, 0.36):
        pad.poly([(x - 0.13, 0), (x - 0.13, 0.5), (x + 0.13, 0.5), (x + 0.13, 0)], colour * 1.05)
        pad.poly([(x + 0.04, 0), (x + 0.04, 0.5), (x + 0.13, 0.5), (x + 0.13, 0)], colour * 0.9)
        _battlement(pad, x - 0.15, x + 0.15, 0.5, 0.05, colour * 1.02)
        pad.oval(x - 0.02, 0.36, 0.016, 0.04, rgb(62, 54, 56))
    pad.poly([(-0.09, 0), (-0.09, 0.15), (0.09, 0.15), (0.09, 0)], rgb(70, 52, 42))
    pad.oval(0, 0.15, 0.09, 0.09, rgb(70, 52, 42))
    del motion


def tower(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A stone tower."""
    pad.poly([(-0.16, 0), (-0.13, 0.76), (0.13, 0.76), (0.16, 0)], colour)
    pad.poly([(0.05, 0), (0.04, 0.76), (0.13, 0.76), (0.16, 0)], colour * 0.85)
    pad.poly([(-0.17, 0.74), (-0.17, 0.84), (0.17, 0.84), (0.17, 0.74)], colour * 1.05)
    _battlement(pad, -0.17, 0.17, 0.84, 0.045, colour * 1.05)
    for y in (0.2, 0.42, 0.62):
        pad.oval(-0.02, y, 0.022, 0.045, _GLOW)
    pad.poly([(-0.05, 0), (-0.05, 0.1), (0.05, 0.1), (0.05, 0)], _WOOD * 0.8)
    del phase, rng, motion


def lighthouse(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A lighthouse with red bands."""
    red = rgb(204, 56, 48)
    for index in range(5):
        y0, y1 = index * 0.155, (index + 1) * 0.155
        w0, w1 = 0.13 - 0.011 * index, 0.13 - 0.011 * (index + 1)
        pad.poly([(-w0, y0), (-w1, y1), (w1, y1), (w0, y0)], red if index % 2 else colour)
    pad.poly([(-0.1, 0.775), (-0.1, 0.8), (0.1, 0.8), (0.1, 0.775)], rgb(60, 60, 66))
    pad.poly([(-0.06, 0.8), (-0.06, 0.9), (0.06, 0.9), (0.06, 0.8)], _GLOW)
    pad.blob([(-0.085, 0.9), (0.0, 1.0), (0.085, 0.9)], red)
    pad.poly([(-0.035, 0), (-0.035, 0.08), (0.035, 0.08), (0.035, 0)], _WOOD)
    del phase, rng, motion


def windmill(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A tower mill; its sails turn."""
    pad.blob([(-0.2, 0.0), (-0.2, 0.0), (-0.13, 0.62), (0.13, 0.62), (0.2, 0.0), (0.2, 0.0)], colour)
    pad.blob([(-0.15, 0.58), (-0.1, 0.74), (0.1, 0.74), (0.15, 0.58)], rgb(122, 68, 52))
    pad.poly([(-0.05, 0), (-0.05, 0.14), (0.05, 0.14), (0.05, 0)], _WOOD)
    pad.oval(0, 0.36, 0.032, 0.045, rgb(80, 100, 116))
    for blade in range(4):
        angle = math.tau * (phase / 4 + blade / 4)
        c, s = math.cos(angle), math.sin(angle)

        def at(r: float, w: float, c: float = c, s: float = s) -> tuple[float, float]:
            return c * r - s * w, 0.64 + s * r + c * w

        pad.poly([at(0.08, 0.005), at(0.42, 0.005), at(0.42, 0.085), at(0.08, 0.085)], mix(colour, _WHITE, 0.5))
        pad.stroke([at(0, 0), at(0.43, 0)], 0.018, _WOOD)
    pad.oval(0, 0.64, 0.026, 0.026, _WOOD)
    del rng, motion
