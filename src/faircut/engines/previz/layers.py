"""Premultiplied BGRA pictures on planes, and how they are laid over one another.

All pictures are uint8 (height, width, 4), premultiplied: an antialiased shape drawn in (b, g, r, 255) on zeros
already is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.engines.previz.camera_path import Path, coverage
from faircut.engines.previz.geometry import Matrix, Plane, Pose, View, homography
from faircut.engines.previz.palette import Rgb

Picture = npt.NDArray[Any]
"""uint8. OpenCV's stubs lose element types, so the alias does not insist."""
Field = npt.NDArray[Any]
"""float32."""
_SHIFT = 4
_MOST_PIXELS = 3_400_000
"""Of one canvas: what keeps memory bounded at 2048x1152. A little softer there beats a gigabyte."""


def bgra(colour: Rgb, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """A colour for OpenCV's drawing, premultiplied by ``alpha``."""
    red, green, blue = (float(min(max(channel, 0), 255)) * alpha for channel in colour)
    return blue, green, red, 255.0 * alpha


class Canvas:
    """A picture of a piece of the reference view, addressed in frame heights from the centre of the horizon.

    ``x`` grows to the right, ``y`` upwards; one unit is the frame's height. ``box`` is (left, top, right, bottom) in
    reference pixels; ``scale`` texture pixels per reference pixel.
    """

    def __init__(self, view: View, box: tuple[float, float, float, float], scale: float) -> None:
        self.view, self.scale = view, scale
        self.left, self.top = math.floor(box[0]), math.floor(box[1])
        self.width = max(2, math.ceil((box[2] - self.left) * scale))
        self.height = max(2, math.ceil((box[3] - self.top) * scale))
        self.pixels: Picture = np.zeros((self.height, self.width, 4), np.uint8)

    @property
    def unit(self) -> float:
        """Texture pixels in one frame height."""
        return self.view.height * self.scale

    def xs(self) -> Field:
        """(width,) x of each column's centre."""
        reference = (np.arange(self.width, dtype=np.float32) + 0.5) / self.scale + self.left
        return ((reference - self.view.cx) / self.view.height).astype(np.float32)

    def ys(self) -> Field:
        """(height,) y of each row's centre, upwards."""
        reference = (np.arange(self.height, dtype=np.float32) + 0.5) / self.scale + self.top
        return ((self.view.cy - reference) / self.view.height).astype(np.float32)

    def shows(self, x: Any, y: Any) -> Any:
        """Whether points (numbers or arrays) lie on the canvas."""
        u, v = x * self.view.height + self.view.cx - self.left, self.view.cy - y * self.view.height - self.top
        return (u >= 0) & (u * self.scale < self.width) & (v >= 0) & (v * self.scale < self.height)

    def to_pixels(self, points: Any) -> npt.NDArray[np.float64]:
        """(n, 2) units to texture pixels."""
        array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        u = (array[:, 0] * self.view.height + self.view.cx - self.left) * self.scale
        v = (self.view.cy - array[:, 1] * self.view.height - self.top) * self.scale
        return np.stack([u, v], 1)

    def polygon(self, points: Any, colour: Rgb, alpha: float = 1.0) -> None:
        """A filled, antialiased polygon."""
        pixels = np.round((self.to_pixels(points) - 0.5) * (1 << _SHIFT)).astype(np.int32)
        low, high = pixels.min(0) >> _SHIFT, pixels.max(0) >> _SHIFT
        box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

        def draw(target: Picture, tone: tuple[float, ...], x: int, y: int) -> None:
            cv2.fillPoly(target, [pixels - np.array([x, y], np.int32) * (1 << _SHIFT)], tone, cv2.LINE_AA, _SHIFT)

        self._draw(alpha, draw, colour, box)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Rgb, alpha: float = 1.0, angle: float = 0.0
    ) -> None:
        """A filled, antialiased ellipse with half-axes in units."""
        (u, v), one = self.to_pixels([(x, y)])[0], 1 << _SHIFT
        axes = (max(1, round(rx * self.unit * one)), max(1, round(ry * self.unit * one)))
        reach_x, reach_y = (
            (max(axes) >> _SHIFT, max(axes) >> _SHIFT) if angle else (axes[0] >> _SHIFT, axes[1] >> _SHIFT)
        )
        box = (int(u) - reach_x, int(v) - reach_y, int(u) + reach_x, int(v) + reach_y)

        def draw(target: Picture, tone: tuple[float, ...], dx: int, dy: int) -> None:
            centre = (round((u - 0.5 - dx) * one), round((v - 0.5 - dy) * one))
            cv2.ellipse(target, centre, axes, angle, 0, 360, tone, -1, cv2.LINE_AA, _SHIFT)

        self._draw(alpha, draw, colour, box)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], width: float, colour: Rgb, alpha: float = 1.0
    ) -> None:
        """A stroke with flat ends, ``width`` in units."""
        (ax, ay), (bx, by) = a, b
        length = math.hypot(bx - ax, by - ay) or 1e-6
        nx, ny = -(by - ay) / length * width / 2, (bx - ax) / length * width / 2
        self.polygon([(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)], colour, alpha)

    def _draw(
        self,
        alpha: float,
        draw: Callable[[Picture, tuple[float, ...], int, int], object],
        colour: Rgb,
        box: tuple[int, int, int, int],
    ) -> None:
        if alpha >= 0.999:
            draw(self.pixels, bgra(colour), 0, 0)
            return
        x0, y0, x1, y1 = (
            max(0, box[0] - 3),
            max(0, box[1] - 3),
            min(self.width, box[2] + 4),
            min(self.height, box[3] + 4),
        )
        if x0 < x1 and y0 < y1:
            over = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
            draw(over, bgra(colour), x0, y0)
            over_onto(self.pixels[y0:y1, x0:x1], cv2.convertScaleAbs(over, alpha=alpha))

    def fill(self, colour: npt.NDArray[Any], alpha: npt.NDArray[Any] | float = 1.0) -> None:
        """Lays red, green, blue (broadcastable to height, width, 3; 0..255) over the canvas with alpha 0..1."""
        cover = np.broadcast_to(np.asarray(alpha, np.float32), (self.height, self.width))
        tone = np.broadcast_to(np.asarray(colour, np.float32), (self.height, self.width, 3))
        over = np.empty((self.height, self.width, 4), np.float32)
        over[..., :3] = tone[..., ::-1] * cover[..., None]
        over[..., 3] = cover * 255
        over_onto(self.pixels, cv2.convertScaleAbs(over))


def over_onto(target: Picture, source: Picture) -> None:
    """source over target, in place; both premultiplied, of one shape."""
    inverse = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(source, 3)), cv2.COLOR_GRAY2BGRA)
    inverse[..., 3] = inverse[..., 0]
    cv2.multiply(target, inverse, target, 1 / 255)
    cv2.add(target, source, target)


def add_glow(target: Picture, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
    """Adds a soft round light to a premultiplied picture, at a pixel; keeps alpha."""
    r = math.ceil(radius)
    x0, x1, y0, y1 = (
        max(0, int(x) - r),
        min(target.shape[1], int(x) + r),
        max(0, int(y) - r),
        min(target.shape[0], int(y) + r),
    )
    if x0 >= x1 or y0 >= y1:
        return
    yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    fall = np.clip(1 - np.hypot(xx - x, yy - y) / radius, 0, 1) ** 2 * strength
    patch = target[y0:y1, x0:x1]
    light = fall[..., None] * np.array(colour[::-1], np.float32)
    limit = patch[..., 3:].astype(np.float32)
    patch[..., :3] = np.minimum(patch[..., :3] + light, np.maximum(limit, patch[..., :3])).astype(np.uint8)


@dataclass(slots=True, eq=False)
class Layer:
    """A picture on a plane. ``left``, ``top`` and ``scale`` say where in the reference view it lies.

    ``reference`` is the view that it was painted in, where that is not the shot's own.

    ``shift_m(seconds)`` moves it in the world, ``slide(seconds)`` in the picture (pixels), ``sway`` shears it about
    its foot
    (amplitude, hertz), ``opacity(seconds)`` fades it. ``depth`` orders the layers; the far ones are drawn first.
    """

    picture: Picture
    left: float
    top: float
    scale: float
    plane: Plane
    depth: float
    shift_m: Callable[[float], tuple[float, float, float]] | None = None
    slide: Callable[[float], tuple[float, float]] | None = None
    sway: tuple[float, float] | None = None
    opacity: Callable[[float], float] | None = None
    opaque: bool = False
    foot: float = 0.0
    reference: View | None = None
    bounds: tuple[int, int, int, int] = field(default=(0, 0, 0, 0))

    def matrix(self, view: View, pose: Pose, seconds: float) -> Matrix:
        """Texture pixels to frame pixels."""
        shift = self.shift_m(seconds) if self.shift_m else (0.0, 0.0, 0.0)
        placed = np.array([[1 / self.scale, 0, self.left], [0, 1 / self.scale, self.top], [0, 0, 1]])
        if self.sway:
            k = self.sway[0] * math.sin(math.tau * self.sway[1] * seconds + self.depth)
            placed = np.array([[1, k, -k * self.foot], [0, 1, 0], [0, 0, 1]]) @ placed
        if self.slide:
            dx, dy = self.slide(seconds)
            placed = np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]]) @ placed
        if self.reference is not None and self.reference.lens != view.lens:
            # Painted as the camera that is filmed with sees it, whose own place is the origin there.
            pose = replace(pose, centre=pose.centre + np.array([0.0, 0.0, view.retreat_m]))
            view = self.reference
        matrix: Matrix = homography(view, pose, self.plane, shift) @ placed
        return matrix

    def paint(self, frame: Picture, view: View, pose: Pose, seconds: float) -> None:
        """Lays the layer over a frame, touching only the rows and columns that it can reach."""
        matrix = self.matrix(view, pose, seconds)
        opacity = self.opacity(seconds) if self.opacity else 1.0
        paint_warped(frame, self.picture, matrix, self.bounds, opacity, self.opaque)


def paint_warped(
    frame: Picture,
    picture: Picture,
    matrix: Matrix,
    bounds: tuple[int, int, int, int],
    opacity: float = 1.0,
    opaque: bool = False,
) -> None:
    """picture, mapped by ``matrix`` (3x3, picture to frame pixels), over frame; ``bounds`` is where it is not empty."""
    x0, y0, x1, y1 = bounds
    corners = np.array([(x0, y0, 1), (x1, y0, 1), (x1, y1, 1), (x0, y1, 1)], dtype=np.float64) @ matrix.T
    height, width = frame.shape[:2]
    if opacity <= 0.004 or (corners[:, 2] <= 1e-6).all():
        return
    if (corners[:, 2] <= 1e-6).any():
        left, top, right, bottom = 0, 0, width, height
    else:
        xy = corners[:, :2] / corners[:, 2:]
        left, top = max(0, math.floor(xy[:, 0].min()) - 1), max(0, math.floor(xy[:, 1].min()) - 1)
        right, bottom = min(width, math.ceil(xy[:, 0].max()) + 1), min(height, math.ceil(xy[:, 1].max()) + 1)
    if left >= right or top >= bottom:
        return
    local = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ matrix
    border = cv2.BORDER_REPLICATE if opaque else cv2.BORDER_CONSTANT
    size = (right - left, bottom - top)
    # Texture coordinates count pixel corners, OpenCV's count pixel centres.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    local = np.linalg.inv(half) @ local @ half
    if abs(local[2, 0]) < 1e-12 and abs(local[2, 1]) < 1e-12:
        warped = cv2.warpAffine(picture, (local / local[2, 2])[:2], size, flags=cv2.INTER_LINEAR, borderMode=border)
    else:
        warped = cv2.warpPerspective(picture, local, size, flags=cv2.INTER_LINEAR, borderMode=border)
    if opacity < 0.996:
        warped = cv2.convertScaleAbs(warped, alpha=opacity)
    region = frame[top:bottom, left:right]
    if opaque and opacity >= 0.996:
        region[:] = warped
    else:
        # The frame is opaque, so its own alpha need not be right.
        inverse = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(warped, 3)), cv2.COLOR_GRAY2BGRA)
        cv2.multiply(region, inverse, region, 1 / 255)
        cv2.add(region, warped, region)


def alpha_bounds(picture: Picture) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of what is not transparent."""
    x, y, w, h = cv2.boundingRect(cv2.extractChannel(picture, 3))
    return x, y, x + w, y + h


def canvas_for(
    view: View,
    path: Path,
    frames: int,
    plane: Plane,
    quality: float = 1.0,
    pad: float = 0.0,
    below: float | None = None,
) -> Canvas:
    """A canvas that holds all that a shot can see of a plane, fine enough for its closest moment.

    ``pad``: extra pixels on both sides. ``below``: the reference row that nothing is seen below.
    """
    left, top, right, bottom, scale = coverage(view, path, frames, plane)
    left, right = left - pad, right + pad
    if below is not None:
        bottom = min(bottom, max(below, top + 8))
    finest = math.sqrt(_MOST_PIXELS / ((right - left) * (bottom - top)))
    return Canvas(view, (left, top, right, bottom), min(scale * quality, finest))


def layer_from(canvas: Canvas, plane: Plane, depth: float, **options: Any) -> Layer:
    """The canvas, cropped to what is on it, as a layer."""
    x0, y0, x1, y1 = alpha_bounds(canvas.pixels)
    options.setdefault("foot", canvas.top + y1 / canvas.scale)
    if x1 <= x0 or y1 <= y0:
        x0, y0, x1, y1 = 0, 0, 2, 2
    if options.get("opaque"):
        x0, y0, x1, y1 = 0, 0, canvas.width, canvas.height
    picture = np.ascontiguousarray(canvas.pixels[y0:y1, x0:x1])
    return Layer(
        picture, canvas.left + x0 / canvas.scale, canvas.top + y0 / canvas.scale, canvas.scale, plane, depth,
        reference=canvas.view, bounds=(0, 0, x1 - x0, y1 - y0), **options,
    )  # fmt: skip
