"""Drawn subjects: a sketch pad in units of the subject's height, volume shading from the outline, and the sprite
itself."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from faircut.engines.previz.layers import Picture, bgra
from faircut.engines.previz.palette import Palette, Rgb

Point = tuple[float, float]
_SHIFT = 4


class Pad:
    """Draws in units of the subject's height: x to the right from the middle, y up from the ground. Faces right."""

    def __init__(self, height_px: float, reach: float) -> None:
        self.unit = height_px * 2
        self.half = reach
        self.width = math.ceil(self.unit * reach * 2)
        self.rows = math.ceil(self.unit * 1.36)
        self.pixels: Picture = np.zeros((self.rows, self.width, 4), np.uint8)

    def _at(self, points: Sequence[Point]) -> np.ndarray:
        array = np.asarray(points, dtype=np.float64)
        u = (array[:, 0] + self.half) * self.unit
        v = self.rows - self.unit * 0.10 - array[:, 1] * self.unit
        return np.round((np.stack([u, v], 1) - 0.5) * (1 << _SHIFT)).astype(np.int32)

    def poly(self, points: Sequence[Point], colour: Rgb) -> None:
        """A filled polygon with straight edges."""
        cv2.fillPoly(self.pixels, [self._at(points)], bgra(colour), cv2.LINE_AA, _SHIFT)

    def blob(self, points: Sequence[Point], colour: Rgb) -> None:
        """A filled closed curve through the midpoints of a polygon's edges (Chaikin's corner cutting)."""
        curve = np.asarray(points, dtype=np.float64)
        for _ in range(3):
            following = np.roll(curve, -1, axis=0)
            curve = np.stack([curve * 0.75 + following * 0.25, curve * 0.25 + following * 0.75], 1).reshape(-1, 2)
        self.poly([(float(x), float(y)) for x, y in curve], colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Rgb, angle: float = 0.0) -> None:
        """A filled ellipse; ``angle`` in degrees, anticlockwise."""
        t = np.linspace(0, math.tau, 48, endpoint=False)
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        px, py = np.cos(t) * rx, np.sin(t) * ry
        self.poly([(float(x + a * c - b * s), float(y + a * s + b * c)) for a, b in zip(px, py, strict=True)], colour)

    def limb(self, a: Point, b: Point, ra: float, rb: float, colour: Rgb) -> None:
        """A tapering capsule from a to b."""
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        points = [
            (a[0] + ra * math.cos(angle + t), a[1] + ra * math.sin(angle + t))
            for t in np.linspace(math.pi / 2, math.pi * 1.5, 12)
        ]
        points += [
            (b[0] + rb * math.cos(angle + t), b[1] + rb * math.sin(angle + t))
            for t in np.linspace(-math.pi / 2, math.pi / 2, 12)
        ]
        self.poly(points, colour)

    def stroke(self, points: Sequence[Point], width: float, colour: Rgb) -> None:
        """A line of constant width with round joints."""
        for a, b in itertools.pairwise(points):
            self.limb(a, b, width / 2, width / 2, colour)


def knee(hip: Point, foot: Point, thigh: float, shin: float, bend: float) -> Point:
    """The joint between two bones of given lengths (two-bone inverse kinematics); ``bend`` +1 bends towards +x."""
    dx, dy = foot[0] - hip[0], foot[1] - hip[1]
    distance = min(max(math.hypot(dx, dy), 1e-6), thigh + shin - 1e-6)
    along = (thigh * thigh - shin * shin + distance * distance) / (2 * distance)
    out = math.sqrt(max(thigh * thigh - along * along, 0.0)) * bend
    ux, uy = dx / distance, dy / distance
    return hip[0] + ux * along - uy * out, hip[1] + uy * along + ux * out


@dataclass(frozen=True, slots=True)
class Sprite:
    """A subject as pictures, one for each phase of its motion. ``foot`` is the ground contact in picture pixels.

    ``glow``: (x, y, radius, strength) in units of its height, for things that shine.
    """

    phases: tuple[Picture, ...]
    foot: tuple[float, float]
    height_px: float
    height_m: float
    glow: tuple[float, float, float, float] | None = None
    stride: float = 0.8
    """Distance that one cycle of phases covers, in heights."""

    def phase(self, share: float) -> Picture:
        """The picture at a share of the cycle, 0..1."""
        return self.phases[int(share * len(self.phases)) % len(self.phases)]


Painter = Callable[[Pad, Rgb, float, np.random.Generator, str], None]
"""Draws one phase (0..1) of a subject in a colour on a pad; the last argument is its motion."""


def shade(picture: Picture, palette: Palette, glowing: bool) -> Picture:
    """Lights a flat drawing as if its outline were inflated: normals from the blurred silhouette, Lambert's law, a
    rim."""
    height, width = picture.shape[:2]
    sigma = max(1.0, height * 0.035)
    size = (max(2, width // 3), max(2, height // 3))
    small = cv2.resize(picture[..., 3], size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    bulge = cv2.GaussianBlur(small, (0, 0), sigma / 3) * 0.7 + cv2.GaussianBlur(small, (0, 0), sigma / 9) * 0.3
    gx, gy = cv2.Sobel(bulge, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(bulge, cv2.CV_32F, 0, 1, ksize=3)
    scale = sigma / 3 * 0.9
    nx, ny = -gx * scale, gy * scale
    norm = np.sqrt(nx * nx + ny * ny + 1)
    lx, ly, lz = palette.direction
    light = np.clip((nx * lx + ny * ly + max(lz, 0.15)) / norm, 0, 1)
    rim = np.clip((nx * lx + ny * ly) / norm - 0.28, 0, 1) * 1.1
    light = np.clip(light * 0.95 + rim, 0, 1.6)[..., None]
    factor = (palette.ambient[::-1] + palette.key[::-1] * light).astype(np.float32)
    # Faces that look at the camera must stay readable at night and against the light.
    factor = np.maximum(factor, 0.32)
    if glowing:
        # What is painted in the colours of light shines by itself.
        tone = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.int16)
        shines = ((tone[..., 2] > 205) & (tone[..., 2] - tone[..., 0] > 45))[..., None]
        factor = np.where(shines, np.maximum(factor, 0.97), factor).astype(np.float32)
    full = cv2.resize(
        np.dstack([factor, np.ones_like(light)]).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    lit = cv2.multiply(picture, full, dtype=cv2.CV_8U)
    limit = cv2.cvtColor(np.ascontiguousarray(picture[..., 3]), cv2.COLOR_GRAY2BGRA)
    shaded: Picture = cv2.min(lit, limit)
    return shaded


def build(
    painter: Painter,
    colour: Rgb,
    palette: Palette,
    rng_factory: Callable[[], np.random.Generator],
    *,
    height_px: float,
    height_m: float,
    motion: str,
    phases: int,
    reach: float,
    glow: tuple[float, float, float, float] | None = None,
    stride: float = 0.8,
    lift: float = 0.0,
) -> Sprite:
    """Draws, lights and scales a subject. ``height_px``: its height on screen at the closest moment. ``reach``: half
    its
    width in heights."""
    height_px = max(8.0, height_px)
    pictures = []
    pad = Pad(height_px, reach)
    for index in range(phases):
        pad = Pad(height_px, reach)
        painter(pad, colour, index / phases, rng_factory(), motion)
        size = (math.ceil(pad.width / 2), math.ceil(pad.rows / 2))
        pictures.append(shade(cv2.resize(pad.pixels, size, interpolation=cv2.INTER_AREA), palette, glow is not None))
    foot = (pad.half * pad.unit / 2, (pad.rows - pad.unit * (0.10 + lift)) / 2)
    return Sprite(tuple(pictures), foot, height_px, height_m, glow, stride)
