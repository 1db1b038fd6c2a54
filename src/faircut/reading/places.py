"""Where writing stands in a picture: differentiable binarisation (Liao et al., arXiv 1911.08947) over PP-OCRv6."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.reading.models import FINDER, open_model

Picture = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]
"""(4, 2) corners in pixels, clockwise; from the first to the second lies a long side."""

_STEP = 32
"""The network halves its input five times."""
_INK = 0.3
_SURE = 0.5
_GROW = 1.6
"""How far the shrunken kernels that the network draws grow back, as a multiple of area over perimeter (from the paper;
the value is that of the released model, as are the two above)."""
_THINNEST = 3.0
"""Pixels of the network's map: thinner places hold no letters."""


class Finder:
    """Finds lines of writing. Thread-safe; the model is loaded with the first one."""

    def __init__(self) -> None:
        self._session: Any = open_model(FINDER)

    def find(self, picture: Picture, longest: int) -> list[Quad]:
        """Quads around lines of writing in a (height, width, 3) BGR picture, looked at ``longest`` pixels large."""
        height, width = picture.shape[:2]
        scale = longest / max(height, width)
        size = _multiple(width * scale), _multiple(height * scale)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        batch = np.ascontiguousarray(small.astype(np.float32).transpose(2, 0, 1)[None] / np.float32(127.5) - 1)
        (ink,) = self._session.run(None, {"x": batch})
        quads = _quads(ink[0, 0])
        stretch = np.array([width / size[0], height / size[1]], np.float32)
        return [quad * stretch for quad in quads]


def _multiple(pixels: float) -> int:
    return max(_STEP, round(pixels / _STEP) * _STEP)


def _quads(ink: npt.NDArray[np.float32]) -> list[Quad]:
    mask = cv2.dilate((ink > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        centre, (one, other), angle = cv2.minAreaRect(outline)
        box = np.asarray(cv2.boxPoints((centre, (one, other), angle)), np.float32)
        if min(one, other) < _THINNEST or _inside(ink, box) < _SURE:
            continue
        # A rectangle that is offset by a distance is a rectangle again, larger by it on every side.
        grown = 2 * one * other * _GROW / (2 * (one + other))
        found.append(_lying((centre[0], centre[1]), one + grown, other + grown, angle))
    return found


def _inside(ink: npt.NDArray[np.float32], corners: npt.NDArray[np.float32]) -> float:
    """Mean of the map within a quad."""
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = ink[top:bottom, left:right]
    if not part.size:
        return 0.0
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).round().astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _lying(centre: tuple[float, float], one: float, other: float, angle: float) -> Quad:
    """A rectangle's corners, clockwise from the upper left of how its long side would be read from left to right."""
    if one < other:
        one, other, angle = other, one, angle + 90
    turn = (angle + 90) % 180 - 90
    if turn < -60:
        turn += 180
    radians = np.deg2rad(turn)
    along = np.array([np.cos(radians), np.sin(radians)]) * one / 2
    across = np.array([-np.sin(radians), np.cos(radians)]) * other / 2
    middle = np.array(centre)
    return np.array(
        [middle - along - across, middle + along - across, middle + along + across, middle - along + across],
        np.float32,
    )
