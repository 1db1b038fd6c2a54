"""Paper cut-outs: coloured shapes with fibre and shadow, laid over one another like the sheets of a shadow theatre.

Colours are RGB, 0..255. A :class:`Cutout` is drawn once in its own coordinates and baked into a :class:`Sheet`; a
sheet is placed in frame after frame by an affine map, which is all the animation there is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
"""(height, width, 3) RGB."""
Matrix = npt.NDArray[np.float64]
"""(2, 3), from a sheet's coordinates to the frame's."""
Colour = tuple[float, float, float]
Point = tuple[float, float]
Part = tuple[slice, slice]
"""Rows and columns of a sheet."""

_SHIFT = 4
_SHADOW_TINT = np.array([14.0, 8.0, 26.0], np.float32)


def curve(points: Sequence[Point], *, steps: int = 10) -> list[Point]:
    """A closed smooth outline through ``points`` (uniform Catmull-Rom spline)."""
    given = np.array(points, float)
    before, here, after, beyond = (np.roll(given, shift, axis=0)[:, None] for shift in (1, 0, -1, -2))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    spline = 0.5 * (
        2 * here
        + (after - before) * t
        + (2 * before - 5 * here + 4 * after - beyond) * t**2
        + (3 * here - before - 3 * after + beyond) * t**3
    )
    return [(float(x), float(y)) for x, y in spline.reshape(-1, 2)]


def oval(x: float, y: float, rx: float, ry: float, *, angle: float = 0.0, sides: int = 40) -> list[Point]:
    """An ellipse's outline, turned by ``angle`` degrees."""
    turn = math.radians(angle)
    outline = []
    for step in range(sides):
        a = 2 * math.pi * step / sides
        u, v = rx * math.cos(a), ry * math.sin(a)
        outline.append((x + u * math.cos(turn) - v * math.sin(turn), y + u * math.sin(turn) + v * math.cos(turn)))
    return outline


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex outline around some points."""
    around = cv2.convexHull(np.array(points, np.float32))[:, 0]
    return [(float(x), float(y)) for x, y in around]


def box(x: float, y: float, width: float, height: float) -> list[Point]:
    """A rectangle's outline from its top left corner."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def band(points: Sequence[Point], width: float) -> list[Point]:
    """The outline of a strip of paper that bends smoothly through ``points``."""
    line = np.array(points, float)
    if len(line) > 2:
        # An open spline: mirror the ends, run it closed, and keep the part between the first and the last point.
        ends = [tuple(2 * line[-1] - line[-2]), tuple(2 * line[0] - line[1])]
        smooth = curve([*map(tuple, line.tolist()), *ends], steps=6)
        line = np.array(smooth[: 6 * (len(line) - 1) + 1])
    along = np.gradient(line, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across *= width / 2 / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    outline = np.concatenate([line + across, (line - across)[::-1]])
    return [(float(x), float(y)) for x, y in outline]


def fibres(height: int, width: int, seed: int) -> npt.NDArray[np.float32]:
    """The unevenness of handmade paper as a factor around 1: (height, width) float32."""
    rng = np.random.default_rng(seed)
    fine = rng.normal(0, 1, (height, width)).astype(np.float32)
    along = cv2.GaussianBlur(fine, (0, 0), sigmaX=3.0, sigmaY=0.7)
    coarse = rng.normal(0, 1, (height // 14 + 2, width // 14 + 2)).astype(np.float32)
    cloudy = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain: npt.NDArray[np.float32] = (1.0 + 0.05 * along + 0.028 * cloudy).astype(np.float32)
    return grain


def _coverage(points: Sequence[Point], scale: float, part: Part) -> npt.NDArray[np.float32]:
    rows, columns = part
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    fixed = np.round((np.array(points) * scale - (columns.start, rows.start)) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_AA, _SHIFT)
    cover: npt.NDArray[np.float32] = mask.astype(np.float32) / np.float32(255)
    return cover


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished cut-out: (height, width, 4) uint8, colour premultiplied; ``scale`` pixels a unit of its drawing."""

    pixels: npt.NDArray[np.uint8]
    scale: float

    def place(self, frame: Frame, matrix: Matrix) -> None:
        """Lays the sheet over ``frame``. ``matrix`` maps the drawing's units to the frame's pixels."""
        mapping = matrix.copy()
        mapping[:, :2] /= self.scale
        height, width = self.pixels.shape[:2]
        corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], float) @ mapping.T
        left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
        right = min(int(corners[:, 0].max()) + 2, frame.shape[1])
        bottom = min(int(corners[:, 1].max()) + 2, frame.shape[0])
        if right <= left or bottom <= top:
            return
        mapping[:, 2] -= (left, top)
        laid = cv2.warpAffine(self.pixels, mapping, (int(right - left), int(bottom - top)), flags=cv2.INTER_LINEAR)
        under = frame[top:bottom, left:right]
        clear = cv2.cvtColor(cv2.bitwise_not(laid[:, :, 3]), cv2.COLOR_GRAY2RGB)
        frame[top:bottom, left:right] = cv2.add(cv2.multiply(under, clear, scale=1 / 255), laid[:, :, :3])


class Cutout:
    """A sheet being made: shapes are glued on one after the other, each with a little shadow on those below."""

    def __init__(self, width: float, height: float, *, scale: float = 1.0, seed: int = 0) -> None:
        self.scale = scale
        self._shape = (max(2, round(height * scale)), max(2, round(width * scale)))
        self._rgb = np.zeros((*self._shape, 3), np.float32)
        self._mask = np.zeros(self._shape, np.float32)
        self._grain = fibres(*self._shape, seed)

    def glue(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        lift: float = 2.0,
        foot: Colour | None = None,
        opacity: float = 1.0,
    ) -> None:
        """Adds a filled outline. ``lift``: how far it stands off, in units. ``foot``: its colour at the lower edge."""
        part = self._part(points, lift)
        if part is None:
            return
        cover = _coverage(points, self.scale, part) * opacity
        rgb = self._rgb[part]
        if lift > 0:
            rgb *= 1 - 0.42 * (self._cast(cover, lift) * (1 - cover))[:, :, None]
        paint = np.array(colour, np.float32)[None, None, :]
        if foot is not None:
            heights = [y for _, y in points]
            rows = np.arange(part[0].start, part[0].stop, dtype=np.float32) / self.scale
            ramp = np.clip((rows - min(heights)) / max(max(heights) - min(heights), 1e-6), 0, 1)
            paint = (paint + ramp[:, None, None] * (np.array(foot, np.float32) - paint)).astype(np.float32)
        c = cover[:, :, None]
        rgb += (paint * self._grain[part][:, :, None] - rgb) * c
        np.maximum(self._mask[part], cover, out=self._mask[part])

    def cut(self, points: Sequence[Point]) -> None:
        """Cuts a hole."""
        whole = (slice(0, self._shape[0]), slice(0, self._shape[1]))
        keep = 1 - _coverage(points, self.scale, whole)
        self._mask *= keep
        self._rgb *= keep[:, :, None]

    def write(self, text: str, x: float, y: float, size: float, colour: Colour) -> None:
        """Bold letters centred on ``x`` with their foot at ``y``; ``size`` is the font's, in units."""
        face, points = cv2.FontFace("sans"), round(size * self.scale)
        wide = cv2.getTextSize(self._shape[::-1], text, (0, 0), face, points, 800)[2]
        at = (round(x * self.scale - wide / 2), round(y * self.scale))
        letters = np.zeros((*self._shape, 3), np.uint8)
        cv2.putText(letters, text, at, (255, 255, 255), face, points, 800)
        c = letters[:, :, :1].astype(np.float32) / np.float32(255)
        self._rgb += (np.array(colour, np.float32) - self._rgb) * c
        np.maximum(self._mask, c[:, :, 0], out=self._mask)

    def bake(self, *, shadow: float = 5.0, depth: float = 0.4) -> Sheet:
        """The finished sheet with its shadow, ``shadow`` units away and ``depth`` dark."""
        mask, rgb = self._mask, self._rgb
        if shadow > 0:
            cast = self._cast(mask, shadow) * depth * (1 - mask)
            rgb = np.asarray(rgb + cast[:, :, None] * _SHADOW_TINT, np.float32)
            mask = (mask + cast).astype(np.float32)
        pixels = np.dstack([rgb, mask * 255]).clip(0, 255).round()
        return Sheet(np.ascontiguousarray(pixels, np.uint8), self.scale)

    def _part(self, points: Sequence[Point], lift: float) -> Part | None:
        """The part of the sheet that an outline and its shadow touch."""
        outline = np.array(points) * self.scale
        margin = 3 * lift * self.scale + 2
        left, top = np.maximum(np.floor(outline.min(axis=0) - 2), 0).astype(int)
        right, bottom = np.minimum(np.ceil(outline.max(axis=0) + margin), self._shape[::-1]).astype(int)
        return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None

    def _cast(self, cover: npt.NDArray[np.float32], distance: float) -> npt.NDArray[np.float32]:
        reach = distance * self.scale
        blurred = cv2.GaussianBlur(cover, (0, 0), max(reach * 0.6, 0.5))
        move = np.array([[1, 0, reach * 0.5], [0, 1, reach * 0.8]], np.float32)
        return np.asarray(cv2.warpAffine(blurred, move, (cover.shape[1], cover.shape[0])), np.float32)


def sky(width: int, height: int, colours: Sequence[Colour], *, seed: int) -> Sheet:
    """An opaque sheet, its colours running into one another from top to bottom."""
    stops = np.linspace(0, 1, len(colours))
    rows = np.linspace(0, 1, height)
    ramp = np.stack([np.interp(rows, stops, [colour[k] for colour in colours]) for k in range(3)], axis=1)
    rgb = np.repeat(ramp[:, None, :], width, axis=1) * fibres(height, width, seed)[:, :, None]
    alpha = np.full((height, width, 1), 255.0)
    return Sheet(np.concatenate([np.clip(rgb, 0, 255), alpha], axis=2).astype(np.uint8), 1.0)


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera looks (units of the sheets), how close, and how it is tilted (degrees)."""

    x: float
    y: float
    zoom: float = 1.0
    roll: float = 0.0

    def view(self, frame: Frame, depth: float = 1.0) -> Matrix:
        """The map of a sheet that lies ``depth`` near: 0 stays where it is, 1 moves with the camera, 2 twice as far."""
        height, width = frame.shape[:2]
        zoom = self.zoom**depth
        turn = math.radians(self.roll * min(depth, 1.0))
        c, s = zoom * math.cos(turn), zoom * math.sin(turn)
        x, y = self.x * depth + width / 2 * (1 - depth), self.y * depth + height / 2 * (1 - depth)
        return np.array([[c, -s, width / 2 - c * x + s * y], [s, c, height / 2 - s * x - c * y]])


def pose(pivot: Point, at: Point, *, angle: float = 0.0, size: float = 1.0, mirrored: bool = False) -> Matrix:
    """Turns a part by ``angle`` degrees about its ``pivot`` and puts the pivot ``at`` a place."""
    turn = math.radians(angle)
    c, s = size * math.cos(turn), size * math.sin(turn)
    sign = -1.0 if mirrored else 1.0
    return np.array([[sign * c, -s, at[0] - sign * c * pivot[0] + s * pivot[1]],
                     [sign * s, c, at[1] - sign * s * pivot[0] - c * pivot[1]]])  # fmt: skip


def chain(outer: Matrix, inner: Matrix) -> Matrix:
    """``inner`` first, then ``outer``."""
    square = np.vstack([inner, [0, 0, 1]])
    joined: Matrix = outer @ square
    return joined


def moved(x: float, y: float, size: float = 1.0) -> Matrix:
    """A (3, 3) map, to be multiplied from the right: ``size`` times as large, then ``x`` and ``y`` along."""
    return np.array([[size, 0, x], [0, size, y], [0, 0, 1]])


def centre(matrix: Matrix, point: Point) -> Point:
    """Where ``matrix`` puts a point."""
    x, y = matrix @ np.array([point[0], point[1], 1.0])
    return float(x), float(y)


def glow(frame: Frame, at: Point, radius: float, colour: Colour, strength: float = 1.0) -> None:
    """Adds light around a point of the frame."""
    left, top = max(int(at[0] - radius), 0), max(int(at[1] - radius), 0)
    right, bottom = min(int(at[0] + radius) + 1, frame.shape[1]), min(int(at[1] + radius) + 1, frame.shape[0])
    if right <= left or bottom <= top:
        return
    x = (np.arange(left, right, dtype=np.float32) - at[0]) / radius
    y = (np.arange(top, bottom, dtype=np.float32) - at[1]) / radius
    fall = np.clip(1 - x[None, :] ** 2 - y[:, None] ** 2, 0, 1) ** 2 * strength
    light = (fall[:, :, None] * np.array(colour, np.float32)).clip(0, 255).astype(np.uint8)
    frame[top:bottom, left:right] = cv2.add(frame[top:bottom, left:right], light)
