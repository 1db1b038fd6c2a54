"""Creatures that fly or swim: birds, fish, whales, butterflies, dragons. They face right."""

from __future__ import annotations

import itertools
import math

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad

_DARK = rgb(38, 32, 34)


def bird(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A flying bird: wings beat once a cycle."""
    beat = math.sin(math.tau * phase)
    y = 0.45 - beat * 0.03
    light = mix(colour, rgb(250, 246, 240), 0.55)

    def wing(tone: Rgb, spread: float) -> None:
        up = beat * 0.42 + 0.1
        pad.blob(
            [
                (0.06, y + 0.08),
                (-0.02, y + 0.1 + up * 0.6),
                (-0.16 - spread, y + 0.06 + up * 1.15),
                (-0.34 - spread, y + up * 0.95),
                (-0.2, y + up * 0.25),
                (-0.12, y + 0.02),
            ],
            tone,
        )

    wing(colour * 0.72, -0.12)
    pad.poly([(-0.25, y), (-0.5, y + 0.06), (-0.52, y - 0.03), (-0.24, y - 0.06)], colour * 0.8)
    pad.blob(
        [(-0.30, y + 0.0), (-0.1, y + 0.12), (0.15, y + 0.12), (0.28, y + 0.04), (0.12, y - 0.11), (-0.12, y - 0.1)],
        colour,
    )
    pad.blob([(-0.16, y - 0.02), (0.1, y + 0.02), (0.22, y - 0.01), (0.1, y - 0.1), (-0.1, y - 0.09)], light)
    pad.oval(0.26, y + 0.09, 0.085, 0.08, colour)
    pad.poly([(0.33, y + 0.11), (0.45, y + 0.07), (0.33, y + 0.05)], rgb(236, 168, 60))
    pad.oval(0.285, y + 0.11, 0.014, 0.016, _DARK)
    wing(colour * 1.04, 0.0)
    del rng, motion


def fish(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A fish that sways its tail."""
    sway = math.sin(math.tau * phase) * 0.09
    pale = mix(colour, rgb(255, 250, 236), 0.6)
    pad.blob(
        [
            (-0.42, 0.5),
            (-0.78 - abs(sway) * 0.3, 0.76 + sway),
            (-0.66, 0.5 + sway),
            (-0.78 - abs(sway) * 0.3, 0.24 + sway),
        ],
        colour * 0.8,
    )
    pad.blob([(-0.1, 0.7), (0.05, 0.98), (-0.3, 0.88), (-0.36, 0.62)], colour * 0.85)
    pad.blob([(-0.52, 0.5 + sway * 0.4), (-0.2, 0.78), (0.25, 0.8), (0.58, 0.52), (0.25, 0.22), (-0.2, 0.24)], colour)
    pad.blob([(-0.3, 0.42), (0.2, 0.44), (0.5, 0.46), (0.25, 0.25), (-0.15, 0.27)], pale)
    for x in (-0.12, 0.12):
        pad.stroke([(x, 0.72), (x - 0.03, 0.5), (x, 0.3)], 0.05, pale)
    pad.blob([(0.1, 0.44), (-0.12, 0.3 - sway), (-0.06, 0.46)], colour * 0.78)
    pad.oval(0.36, 0.58, 0.06, 0.065, rgb(252, 252, 250))
    pad.oval(0.38, 0.58, 0.032, 0.036, _DARK)
    del rng, motion


def whale(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A whale or dolphin that beats its fluke."""
    sway = math.sin(math.tau * phase) * 0.12
    belly = mix(colour, rgb(236, 240, 244), 0.7)
    pad.blob(
        [(-1.15, 0.48 + sway), (-1.5, 0.72 + sway * 1.7), (-1.38, 0.48 + sway * 1.3), (-1.55, 0.28 + sway * 1.7)],
        colour * 0.85,
    )
    pad.limb((-0.55, 0.5), (-1.22, 0.48 + sway), 0.17, 0.06, colour)
    pad.blob(
        [
            (-1.25, 0.48 + sway),
            (-0.6, 0.68),
            (0.2, 0.86),
            (0.9, 0.78),
            (1.18, 0.5),
            (0.9, 0.28),
            (0.1, 0.16),
            (-0.6, 0.36),
        ],
        colour,
    )
    pad.blob([(-0.4, 0.36), (0.4, 0.42), (1.1, 0.44), (0.9, 0.28), (0.2, 0.17)], belly)
    pad.blob([(0.05, 0.84), (-0.2, 1.04), (-0.28, 0.78)], colour * 0.9)
    pad.blob([(0.35, 0.36), (0.05, 0.06 - sway * 0.4), (0.12, 0.38)], colour * 0.8)
    pad.oval(0.82, 0.54, 0.03, 0.032, _DARK)
    pad.stroke([(1.1, 0.44), (0.8, 0.44)], 0.012, colour * 0.6)
    del rng, motion


def butterfly(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A butterfly; its wings open and close."""
    open_ = 0.35 + 0.65 * abs(math.sin(math.tau * phase))
    dark = colour * 0.35
    for side, tone in ((-1, 0.85), (1, 1.0)):
        w = side * open_
        pad.blob([(0, 0.55), (w * 0.2, 0.95), (w * 0.52, 0.98), (w * 0.5, 0.62)], dark)
        pad.blob([(w * 0.03, 0.58), (w * 0.2, 0.9), (w * 0.46, 0.92), (w * 0.44, 0.64)], colour * tone)
        pad.blob([(0, 0.5), (w * 0.44, 0.52), (w * 0.38, 0.18), (w * 0.1, 0.22)], dark)
        pad.blob(
            [(w * 0.03, 0.48), (w * 0.38, 0.48), (w * 0.33, 0.24), (w * 0.1, 0.27)],
            mix(colour, rgb(255, 226, 140), 0.35) * tone,
        )
        pad.oval(w * 0.34, 0.78, 0.045 * open_, 0.045, rgb(252, 246, 230))
    pad.limb((0, 0.28), (0, 0.72), 0.028, 0.034, _DARK)
    del rng, motion


def dragon(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A winged serpent."""
    beat = math.sin(math.tau * phase)
    y = 0.42 - beat * 0.03
    belly = mix(colour, rgb(244, 222, 160), 0.6)

    def wing(tone: Rgb, shift: float) -> None:
        up = 0.30 + beat * 0.34
        tips = [
            (-0.55 + shift, y + up),
            (-0.36 + shift, y + up * 0.45),
            (-0.20 + shift, y + up * 0.55),
            (-0.12 + shift, y + 0.1),
        ]
        pad.poly([(0.05 + shift, y + 0.1), (-0.12 + shift, y + 0.1 + up * 1.5), *tips], tone)
        pad.stroke(
            [(0.05 + shift, y + 0.1), (-0.12 + shift, y + 0.1 + up * 1.5), (-0.55 + shift, y + up)], 0.025, colour * 0.6
        )

    wing(colour * 0.6, 0.1)
    spine = [
        (-0.95, y - 0.05 + 0.06 * math.sin(math.tau * phase + 2)),
        (-0.65, y - 0.1),
        (-0.35, y),
        (0.0, y + 0.04),
        (0.25, y + 0.06),
        (0.42, y + 0.2),
        (0.55, y + 0.3),
    ]
    for index, (a, b) in enumerate(itertools.pairwise(spine)):
        radius = (0.02, 0.05, 0.09, 0.13, 0.10, 0.075, 0.07)
        pad.limb(a, b, radius[index], radius[index + 1], colour)
    pad.limb((-0.3, y - 0.06), (0.24, y - 0.02), 0.05, 0.06, belly)
    pad.poly([(-0.92, y - 0.05), (-1.1, y + 0.06), (-1.08, y - 0.12)], colour * 0.7)
    pad.limb((0.53, y + 0.31), (0.74, y + 0.26), 0.085, 0.045, colour)
    pad.poly([(0.5, y + 0.36), (0.36, y + 0.5), (0.54, y + 0.39)], rgb(240, 224, 190))
    pad.oval(0.60, y + 0.335, 0.02, 0.024, rgb(255, 210, 70))
    pad.oval(0.605, y + 0.335, 0.008, 0.018, _DARK)
    pad.limb((-0.05, y - 0.1), (0.02, y - 0.22), 0.05, 0.03, colour * 0.9)
    wing(colour * 0.82, 0.0)
    del rng, motion
