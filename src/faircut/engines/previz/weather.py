"""Rain, snow, dust and embers as drifting sheets of light on the luma plane, and splashes on the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.engines.previz.palette import Palette
from faircut.engines.previz.scenery import tile_noise
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.staging import PhysicsPlan

Plane8 = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One depth of particles: a tile that wraps around, its velocity in pixels a second, how much it follows the
    camera."""

    tile: Plane8
    velocity: tuple[float, float]
    follow: float
    swing: float = 0.0


class Weather:
    """All particles of one shot. Drawn on the Y plane only: light added, colour left alone, which is quick and looks
    right
    for water, snow and motes."""

    def __init__(
        self, physics: PhysicsPlan, palette: Palette, width: int, height: int, horizon: float, seed: tuple[object, ...]
    ) -> None:
        self._width, self._height = width, height
        rng = generator("weather", *seed)
        unit = height / 720
        # Drops of rain fall at some nine metres a second; the picture holds no more than 55 degrees.
        slant = min(max(physics.wind / 9, -1.4), 1.4)
        night = palette.name in ("night", "dusk")
        self.sheets: list[Sheet] = []
        if physics.rain:
            for depth, (length, count, speed, light) in enumerate(
                ((70, 0.9, 2100, 52), (42, 1.6, 1500, 36), (22, 2.6, 1000, 24))
            ):
                tile: Plane8 = np.zeros((height, width), np.uint8)
                for _ in range(int(150 * count * (0.1 + 1.25 * physics.rain) * width / 1280)):
                    x, y = rng.uniform(0, width), rng.uniform(0, height)
                    tall = length * unit * rng.uniform(0.6, 1.2)
                    _wrapped_line(
                        tile,
                        x,
                        y,
                        tall * slant,
                        tall,
                        int(light * rng.uniform(0.5, 1.0) * (0.9 if night else 1.15)),
                        1 if depth else 2,
                    )
                self.sheets.append(Sheet(tile, (speed * unit * slant, speed * unit), 1.0 - 0.3 * depth))
        if physics.snow:
            for depth, (radius, count, speed, light) in enumerate(
                ((4.2, 0.5, 150, 150), (2.6, 1.3, 100, 130), (1.5, 2.6, 62, 105))
            ):
                tile = np.zeros((height, width), np.uint8)
                for _ in range(int(110 * count * (0.1 + 1.25 * physics.snow) * width / 1280)):
                    _wrapped_disc(
                        tile,
                        rng.uniform(0, width),
                        rng.uniform(0, height),
                        radius * unit * rng.uniform(0.6, 1.3),
                        int(light * rng.uniform(0.6, 1.0)),
                    )
                tile = cv2.GaussianBlur(tile, (0, 0), max(0.5, (1.4 - depth * 0.4) * unit))
                self.sheets.append(
                    Sheet(
                        tile,
                        (
                            physics.wind * 14 * unit * (1 - depth * 0.25),
                            speed * unit * (1 + abs(physics.wind) / 40),
                        ),
                        1.0 - 0.3 * depth,
                        16 * unit,
                    )
                )
        if physics.dust:
            for depth, (radius, count, light) in enumerate(((3.0, 0.5, 70), (1.6, 1.6, 56))):
                tile = np.zeros((height, width), np.uint8)
                for _ in range(int(320 * count * physics.dust * width / 1280)):
                    _wrapped_disc(
                        tile,
                        rng.uniform(0, width),
                        rng.uniform(0, height),
                        radius * unit * rng.uniform(0.5, 1.4),
                        int(light * rng.uniform(0.4, 1.0)),
                    )
                tile = cv2.GaussianBlur(tile, (0, 0), max(0.6, (2.0 - depth) * unit))
                self.sheets.append(
                    Sheet(tile, (physics.wind * 11 * unit / (1 + depth), -7 * unit), 0.9 - 0.3 * depth, 9 * unit)
                )
            # Between the motes a veil that drifts by, which is what much dust looks like from afar.
            veil = cv2.resize(
                np.clip(tile_noise(rng, 256, 3, 4), 0, 1), (width, height), interpolation=cv2.INTER_LINEAR
            )
            self.sheets.append(
                Sheet((veil * 62 * physics.dust**1.3).astype(np.uint8), (physics.wind * 9 * unit, 0.0), 0.3)
            )
        if physics.embers:
            tile = np.zeros((height, width), np.uint8)
            for _ in range(int(120 * physics.embers * width / 1280)):
                _wrapped_disc(
                    tile,
                    rng.uniform(0, width),
                    rng.uniform(0, height),
                    1.7 * unit * rng.uniform(0.6, 1.5),
                    int(190 * rng.uniform(0.5, 1.0)),
                )
            tile = cv2.max(tile, cv2.GaussianBlur(tile, (0, 0), 3 * unit))
            self.sheets.append(Sheet(tile, (physics.wind * 9 * unit, -46 * unit), 0.8, 14 * unit))
        self._splashes = self._seed_splashes(physics, rng, horizon) if physics.rain else []

    def _seed_splashes(
        self, physics: PhysicsPlan, rng: np.random.Generator, horizon: float
    ) -> list[tuple[float, float, float, float]]:
        """(x, y, size, phase): each spot splashes again and again, its place hashed by how often it has."""
        top = min(max(horizon + self._height * 0.05, self._height * 0.55), self._height * 0.9)
        spots = []
        for _ in range(int(46 * (0.1 + 1.25 * physics.rain) * self._width / 1280)):
            y = top + (self._height - top) * rng.uniform() ** 0.8
            spots.append(
                (
                    rng.uniform(0, self._width),
                    y,
                    (0.3 + 0.7 * (y - top) / (self._height - top + 1)) * self._height / 110,
                    rng.uniform(),
                )
            )
        return spots

    def draw(self, luma: Plane8, seconds: float, pan: tuple[float, float], fade: float) -> None:
        """Adds the particles to a Y plane in place. ``pan``: how far the camera has moved the far picture, in
        pixels."""
        for sheet in self.sheets:
            swing = sheet.swing * math.sin(1.3 * seconds + sheet.follow * 7)
            dx = sheet.velocity[0] * seconds + pan[0] * sheet.follow + swing
            dy = sheet.velocity[1] * seconds + pan[1] * sheet.follow
            _add_wrapped(luma, sheet.tile, round(dx), round(dy))
        for index, (x, y, size, phase) in enumerate(self._splashes):
            life = (seconds * 2.9 + phase) % 1
            again = int(seconds * 2.9 + phase)
            u = (x + again * 977 * (1 + index % 7) + pan[0]) % self._width
            if life > 0.55 or fade <= 0:
                continue
            grow = life / 0.55
            rx, ry = size * (0.25 + grow), size * (0.25 + grow) * 0.34
            x0, x1, y0, y1 = int(u - rx) - 2, int(u + rx) + 3, int(y - ry) - 2, int(y + ry) + 3
            if x0 < 0 or y0 < 0 or x1 > self._width or y1 > self._height:
                continue
            ring = np.zeros((y1 - y0, x1 - x0), np.uint8)
            cv2.ellipse(
                ring,
                (round((u - x0) * 16), round((y - y0) * 16)),
                (round(rx * 16), round(ry * 16)),
                0,
                0,
                360,
                int(70 * (1 - grow)),
                1,
                cv2.LINE_AA,
                4,
            )
            luma[y0:y1, x0:x1] = cv2.add(luma[y0:y1, x0:x1], ring)


def _wrapped_line(tile: Plane8, x: float, y: float, dx: float, dy: float, light: int, width: int) -> None:
    h, w = tile.shape
    for ox in (-w, 0, w):
        for oy in (-h, 0, h):
            a, b = (x + ox, y + oy), (x + ox + dx, y + oy + dy)
            if max(a[0], b[0]) >= 0 and min(a[0], b[0]) < w and b[1] >= 0 and a[1] < h:
                cv2.line(
                    tile,
                    (round(a[0] * 16), round(a[1] * 16)),
                    (round(b[0] * 16), round(b[1] * 16)),
                    light,
                    width,
                    cv2.LINE_AA,
                    4,
                )


def _wrapped_disc(tile: Plane8, x: float, y: float, radius: float, light: int) -> None:
    h, w = tile.shape
    for ox in (-w, 0, w):
        for oy in (-h, 0, h):
            u, v = x + ox, y + oy
            if -radius < u < w + radius and -radius < v < h + radius:
                cv2.circle(tile, (round(u * 16), round(v * 16)), max(6, round(radius * 16)), light, -1, cv2.LINE_AA, 4)


def _add_wrapped(luma: Plane8, tile: Plane8, dx: int, dy: int) -> None:
    h, w = tile.shape
    x, y = dx % w, dy % h
    for ty, ly, hh in ((0, y, h - y), (h - y, 0, y)):
        for tx, lx, ww in ((0, x, w - x), (w - x, 0, x)):
            if hh and ww:
                region = luma[ly : ly + hh, lx : lx + ww]
                cv2.add(region, tile[ty : ty + hh, tx : tx + ww], region)
