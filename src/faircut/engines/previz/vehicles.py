"""Vehicles in side view, facing right. Wheels turn with the phase; phase 1 is one turn."""

from __future__ import annotations

import math

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad

_TYRE, _HUB, _GLASS = rgb(36, 36, 40), rgb(182, 186, 192), rgb(120, 162, 184)


def _wheel(pad: Pad, x: float, r: float, phase: float, *, thin: bool = False) -> None:
    pad.oval(x, r, r, r, _TYRE)
    pad.oval(x, r, r * (0.86 if thin else 0.6), r * (0.86 if thin else 0.6), _HUB if not thin else rgb(176, 196, 204))
    if thin:
        pad.oval(x, r, r * 0.84, r * 0.84, rgb(150, 172, 180))
    for spoke in range(5):
        angle = -math.tau * phase / 5 + math.tau * spoke / 5
        pad.stroke([(x, r), (x + math.cos(angle) * r * 0.55, r + math.sin(angle) * r * 0.55)], r * 0.12, _TYRE * 1.8)
    pad.oval(x, r, r * 0.14, r * 0.14, _HUB)


def car(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A saloon with a chrome line and lit lamps."""
    b = 0.012 * math.sin(math.tau * phase * 2) if motion == "drive" else 0.0
    dark = colour * 0.62
    pad.blob([(-0.78, 0.52 + b), (-0.52, 0.98 + b), (0.34, 1.02 + b), (0.78, 0.52 + b)], colour * 0.92)
    pad.poly([(-0.62, 0.58 + b), (-0.44, 0.90 + b), (-0.06, 0.92 + b), (-0.06, 0.58 + b)], _GLASS)
    pad.poly([(0.0, 0.58 + b), (0.0, 0.92 + b), (0.28, 0.91 + b), (0.60, 0.58 + b)], _GLASS)
    pad.poly(
        [(0.06, 0.88 + b), (0.14, 0.91 + b), (0.34, 0.6 + b), (0.24, 0.6 + b)], mix(_GLASS, rgb(255, 255, 255), 0.5)
    )
    pad.blob(
        [
            (-1.40, 0.26 + b),
            (-1.42, 0.56 + b),
            (-0.9, 0.62 + b),
            (0.8, 0.60 + b),
            (1.36, 0.52 + b),
            (1.46, 0.26 + b),
            (1.3, 0.16 + b),
            (-1.3, 0.16 + b),
        ],
        colour,
    )
    pad.blob([(-1.38, 0.26 + b), (1.42, 0.26 + b), (1.34, 0.14 + b), (-1.3, 0.14 + b)], dark)
    pad.stroke([(-1.3, 0.43 + b), (1.34, 0.43 + b)], 0.016, mix(colour, rgb(255, 255, 255), 0.5))
    pad.stroke([(-0.03, 0.58 + b), (-0.03, 0.22 + b)], 0.014, dark)
    pad.stroke([(0.03, 0.5 + b), (0.14, 0.5 + b)], 0.02, _HUB)
    pad.oval(1.36, 0.44 + b, 0.06, 0.05, rgb(255, 244, 206))
    pad.oval(-1.36, 0.45 + b, 0.04, 0.05, rgb(226, 60, 48))
    for x in (-0.86, 0.86):
        pad.oval(x, 0.26, 0.31, 0.3, dark * 0.55)
        _wheel(pad, x, 0.25, phase)
    del rng


def truck(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A box lorry."""
    b = 0.008 * math.sin(math.tau * phase * 2) if motion == "drive" else 0.0
    cargo = mix(colour, rgb(240, 236, 226), 0.72)
    pad.poly([(-1.25, 0.20 + b), (-1.25, 0.98 + b), (0.52, 0.98 + b), (0.52, 0.20 + b)], cargo)
    pad.poly([(-1.25, 0.56 + b), (-1.25, 0.66 + b), (0.52, 0.66 + b), (0.52, 0.56 + b)], colour)
    pad.blob(
        [(0.52, 0.16 + b), (0.52, 0.82 + b), (0.86, 0.82 + b), (1.1, 0.5 + b), (1.22, 0.44 + b), (1.24, 0.16 + b)],
        colour,
    )
    pad.poly([(0.64, 0.48 + b), (0.64, 0.74 + b), (0.85, 0.74 + b), (1.02, 0.48 + b)], _GLASS)
    pad.oval(1.18, 0.3 + b, 0.035, 0.04, rgb(255, 244, 206))
    pad.poly([(-1.25, 0.14 + b), (-1.25, 0.2 + b), (1.2, 0.2 + b), (1.2, 0.14 + b)], rgb(52, 52, 58))
    for x in (-0.95, -0.62, 0.86):
        _wheel(pad, x, 0.145, phase)
    del rng


def bus(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A single-decker with a row of windows."""
    b = 0.008 * math.sin(math.tau * phase * 2) if motion == "drive" else 0.0
    pad.blob(
        [(-1.5, 0.12 + b), (-1.52, 0.98 + b), (-1.3, 1.0 + b), (1.35, 1.0 + b), (1.54, 0.9 + b), (1.52, 0.12 + b)],
        colour,
    )
    pad.poly([(-1.5, 0.36 + b), (-1.5, 0.42 + b), (1.51, 0.42 + b), (1.51, 0.36 + b)], rgb(244, 240, 230))
    for x in np.arange(-1.36, 1.0, 0.4):
        pad.poly(
            [(float(x), 0.52 + b), (float(x), 0.86 + b), (float(x) + 0.33, 0.86 + b), (float(x) + 0.33, 0.52 + b)],
            _GLASS,
        )
    pad.poly([(1.06, 0.16 + b), (1.06, 0.86 + b), (1.28, 0.86 + b), (1.28, 0.16 + b)], _GLASS * 0.85)
    pad.poly([(1.33, 0.46 + b), (1.33, 0.88 + b), (1.49, 0.84 + b), (1.5, 0.46 + b)], _GLASS)
    pad.oval(1.47, 0.26 + b, 0.035, 0.04, rgb(255, 244, 206))
    for x in (-0.95, 0.78):
        _wheel(pad, x, 0.15, phase)
    del rng


def train(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A locomotive and a coach on rails."""
    pad.stroke([(-2.4, 0.015), (2.4, 0.015)], 0.03, rgb(92, 88, 88))
    for start, end in ((-2.35, -0.35), (-0.25, 1.6)):
        pad.blob(
            [(start, 0.14), (start, 0.86), (start + 0.06, 0.92), (end - 0.06, 0.92), (end, 0.86), (end, 0.14)],
            colour if start < -1 else colour * 0.85,
        )
        for x in np.arange(start + 0.14, end - 0.3, 0.34):
            pad.poly(
                [(float(x), 0.5), (float(x), 0.76), (float(x) + 0.24, 0.76), (float(x) + 0.24, 0.5)], rgb(255, 226, 160)
            )
        for x in np.arange(start + 0.3, end - 0.1, 0.5):
            _wheel(pad, float(x), 0.085, phase)
    pad.blob([(1.4, 0.14), (1.4, 0.92), (1.75, 0.92), (2.2, 0.5), (2.3, 0.2), (2.25, 0.12)], colour * 0.85)
    pad.poly([(1.72, 0.56), (1.7, 0.82), (1.8, 0.82), (2.02, 0.56)], _GLASS)
    pad.oval(2.18, 0.32, 0.04, 0.045, rgb(255, 246, 214))
    pad.poly([(-2.35, 0.3), (-2.35, 0.36), (2.2, 0.36), (2.24, 0.3)], rgb(238, 226, 196))
    del rng, motion


def bicycle(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A bicycle, with a rider when it moves."""
    back, front, r = (-0.52, 0.34), (0.54, 0.34), 0.33
    _wheel(pad, back[0], r, phase, thin=True)
    _wheel(pad, front[0], r, phase, thin=True)
    crank, seat, bar = (-0.05, 0.34), (-0.2, 0.86), (0.4, 0.9)
    for a, b in (
        (back, crank),
        (back, (-0.17, 0.76)),
        (crank, (-0.2, 0.84)),
        (crank, (0.4, 0.74)),
        ((-0.18, 0.74), (0.38, 0.78)),
        (front, bar),
    ):
        pad.stroke([a, b], 0.042, colour)
    pad.limb((-0.3, 0.87), (-0.1, 0.88), 0.04, 0.03, _TYRE)
    pad.stroke([(0.34, 0.96), bar, (0.5, 0.96)], 0.035, _TYRE)
    if motion == "drive":
        angle = -math.tau * phase
        shirt, skin = mix(colour[::-1].copy(), rgb(220, 200, 180), 0.3), rgb(214, 166, 130)
        for offset, tone in ((math.pi, 0.7), (0.0, 1.0)):
            pedal = (crank[0] + math.cos(angle + offset) * 0.13, crank[1] + math.sin(angle + offset) * 0.13)
            knee_at = ((seat[0] + pedal[0]) / 2 + 0.2, (seat[1] + pedal[1]) / 2 + 0.08)
            pad.limb((seat[0], seat[1] + 0.08), knee_at, 0.075, 0.055, rgb(58, 62, 82) * tone)
            pad.limb(knee_at, pedal, 0.055, 0.04, rgb(58, 62, 82) * tone)
        pad.limb((seat[0], seat[1] + 0.1), (0.08, 1.02), 0.10, 0.10, shirt)
        pad.limb((0.08, 1.02), (0.4, 0.98), 0.05, 0.035, shirt * 1.05)
        pad.oval(0.18, 1.16, 0.085, 0.09, skin)
        pad.blob([(0.08, 1.16), (0.1, 1.28), (0.24, 1.27), (0.27, 1.18)], colour * 0.9)
    del rng


def sailboat(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A sloop: hull, mast, main sail and jib."""
    hull = mix(rgb(122, 76, 50), colour * 0.6, 0.3)
    pad.stroke([(0.0, 0.12), (0.0, 0.98)], 0.02, rgb(92, 66, 48))
    belly = 0.02 * math.sin(math.tau * phase)
    pad.blob(
        [(-0.02, 0.94), (-0.02, 0.94), (-0.26 - belly, 0.5), (-0.44, 0.2), (-0.44, 0.2), (-0.02, 0.19), (-0.02, 0.19)],
        colour,
    )
    pad.blob([(0.02, 0.9), (0.02, 0.9), (0.2 + belly, 0.52), (0.42, 0.18), (0.42, 0.18), (0.05, 0.2)], colour * 0.92)
    pad.stroke([(-0.24, 0.5), (-0.04, 0.52)], 0.008, colour * 0.75)
    pad.stroke([(-0.34, 0.34), (-0.04, 0.35)], 0.008, colour * 0.75)
    pad.blob([(-0.52, 0.15), (-0.5, 0.15), (0.56, 0.17), (0.58, 0.17), (0.36, 0.0), (-0.38, 0.0)], hull)
    pad.stroke([(-0.5, 0.13), (0.52, 0.145)], 0.018, rgb(238, 226, 200))
    pad.poly([(0.0, 0.98), (0.0, 1.04), (-0.1, 1.01 + belly)], rgb(214, 62, 52))
    del rng, motion


def ship(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A steamer."""
    pad.blob([(-1.1, 0.32), (-1.08, 0.32), (1.14, 0.36), (1.2, 0.38), (0.96, 0.0), (-0.98, 0.0)], colour)
    pad.stroke([(-1.0, 0.28), (1.08, 0.31)], 0.03, rgb(236, 228, 210))
    pad.poly([(-0.72, 0.32), (-0.72, 0.5), (0.62, 0.5), (0.7, 0.33)], rgb(240, 236, 226))
    pad.poly([(-0.5, 0.5), (-0.5, 0.62), (0.4, 0.62), (0.46, 0.5)], rgb(228, 224, 214))
    for x in np.arange(-0.62, 0.56, 0.14):
        pad.oval(float(x), 0.41, 0.03, 0.03, rgb(84, 108, 128))
    for x in (-0.26, 0.1):
        pad.poly([(x, 0.62), (x - 0.02, 0.9), (x + 0.16, 0.9), (x + 0.16, 0.62)], rgb(196, 74, 56))
        pad.poly([(x - 0.02, 0.82), (x - 0.02, 0.9), (x + 0.16, 0.9), (x + 0.16, 0.82)], rgb(48, 46, 50))
        for puff in range(3):
            drift = (phase + puff / 3) % 1
            pad.oval(
                x + 0.05 - drift * 0.5,
                0.95 + drift * 0.22,
                0.05 + drift * 0.07,
                0.045 + drift * 0.05,
                rgb(186, 186, 190),
            )
    del rng, motion


def plane(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """An airliner seen from the side."""
    accent = rgb(52, 104, 176)
    pad.poly([(-1.2, 0.56), (-1.5, 0.98), (-1.28, 0.98), (-0.86, 0.6)], accent)
    pad.blob([(-1.4, 0.5), (-1.0, 0.62), (0.9, 0.64), (1.3, 0.54), (1.42, 0.45), (1.2, 0.36), (-0.6, 0.34)], colour)
    pad.poly([(-0.9, 0.37), (-0.8, 0.42), (1.3, 0.42), (1.38, 0.4), (1.2, 0.36), (-0.6, 0.34)], colour * 0.75)
    for x in np.arange(-0.8, 0.92, 0.15):
        pad.oval(float(x), 0.53, 0.03, 0.034, rgb(88, 120, 146))
    pad.poly([(1.02, 0.56), (1.14, 0.6), (1.28, 0.53), (1.1, 0.52)], rgb(60, 80, 100))
    pad.poly([(0.25, 0.44), (-0.52, 0.1), (-0.78, 0.1), (-0.28, 0.45)], colour * 0.86)
    pad.limb((-0.18, 0.28), (0.06, 0.28), 0.055, 0.06, rgb(150, 156, 166))
    pad.poly([(-1.1, 0.52), (-1.42, 0.64), (-1.5, 0.62), (-1.3, 0.5)], colour * 0.86)
    del rng, phase, motion


def rocket(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A rocket with a round window; a flame when it launches or flies."""
    accent = rgb(206, 62, 52)
    if motion in ("launch", "fly", "float"):
        flick = 0.05 * math.sin(math.tau * phase * 3)
        for length, wide, tone in (
            (0.26, 0.085, rgb(255, 128, 46)),
            (0.19, 0.058, rgb(255, 204, 82)),
            (0.11, 0.03, rgb(255, 250, 226)),
        ):
            pad.blob(
                [(-wide, 0.14), (wide, 0.14), (wide * 0.7, 0.05), (0.0, 0.14 - length - flick), (-wide * 0.7, 0.05)],
                tone,
            )
    for side in (-1, 1):
        pad.blob([(side * 0.09, 0.36), (side * 0.23, 0.2), (side * 0.24, 0.06), (side * 0.09, 0.16)], accent)
    pad.blob([(-0.1, 0.13), (-0.125, 0.5), (-0.09, 0.82), (0.0, 1.04), (0.09, 0.82), (0.125, 0.5), (0.1, 0.13)], colour)
    pad.blob([(-0.083, 0.84), (0.0, 1.04), (0.083, 0.84), (0.0, 0.80)], accent)
    pad.oval(0.0, 0.62, 0.058, 0.058, rgb(112, 118, 128))
    pad.oval(0.0, 0.62, 0.042, 0.042, rgb(112, 190, 226))
    pad.oval(0.014, 0.634, 0.014, 0.012, rgb(240, 250, 255))
    pad.stroke([(-0.112, 0.36), (0.112, 0.36)], 0.02, accent)
    pad.blob([(-0.07, 0.15), (0.07, 0.15), (0.09, 0.09), (-0.09, 0.09)], rgb(84, 88, 98))
    del rng


def ufo(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A saucer or a drone: dome, rim, running lights."""
    pad.oval(0, 0.64, 0.42, 0.3, rgb(140, 206, 220))
    pad.oval(0.08, 0.72, 0.14, 0.1, rgb(220, 246, 250))
    pad.oval(0, 0.46, 1.0, 0.2, colour)
    pad.oval(0, 0.42, 0.86, 0.13, colour * 0.72)
    for index in range(7):
        x = -0.75 + index * 0.25
        bright = 0.55 + 0.45 * math.sin(math.tau * (phase + index / 7))
        pad.oval(x, 0.45 - 0.05 * (1 - abs(x)), 0.045, 0.04, rgb(255, 220, 110) * bright)
    del rng, motion
