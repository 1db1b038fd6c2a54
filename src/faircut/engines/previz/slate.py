"""The small lettering of a previz: slate in the lower left, mark in the upper right, captions of abstract props."""

from __future__ import annotations

import cv2
import numpy as np

from faircut.engines.previz.layers import Picture, over_onto


def lettering(text: str, height_px: float, opacity: float) -> Picture:
    """A line of white text with a soft shadow, premultiplied BGRA. ``height_px``: height of a capital."""
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, height_px / 21 * 3
    (width, tall), base = cv2.getTextSize(text, font, scale, 2)
    pad = round(height_px * 1.8)
    mask = np.zeros((tall + base + pad * 2, width + pad * 2), np.uint8)
    cv2.putText(mask, text, (pad, pad + tall), font, scale, 255, max(2, round(height_px / 6)), cv2.LINE_AA)
    size = (max(2, mask.shape[1] // 3), max(2, mask.shape[0] // 3))
    ink = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    shadow = np.clip(cv2.GaussianBlur(ink, (0, 0), max(0.9, height_px / 7)) * 1.9, 0, 0.75)
    alpha = np.clip(ink + shadow * (1 - ink), 0, 1) * opacity
    picture = np.zeros((*ink.shape, 4), np.uint8)
    picture[..., :3] = (ink * 245 * opacity)[..., None]
    picture[..., 3] = np.maximum(alpha * 255, picture[..., 0])
    return picture


def stamp(frame: Picture, picture: Picture, x: int, y: int) -> None:
    """Lays lettering over a frame, cut at the frame's edges."""
    h, w = frame.shape[:2]
    x0, y0, x1, y1 = max(0, x), max(0, y), min(w, x + picture.shape[1]), min(h, y + picture.shape[0])
    if x0 < x1 and y0 < y1:
        over_onto(frame[y0:y1, x0:x1], np.ascontiguousarray(picture[y0 - y : y1 - y, x0 - x : x1 - x]))


class Marks:
    """Slate and mark of one shot, drawn once and stamped on every frame."""

    def __init__(self, width: int, height: int, number: int, title: str) -> None:
        size = max(8.0, min(width, height) * 0.0165)
        self._slate = lettering(f"{number}   {title}", size, 0.78)
        self._mark = lettering("PREVIZ", size * 0.92, 0.62)
        margin = round(min(width, height) * 0.018)
        self._slate_at = (margin, height - margin - self._slate.shape[0])
        self._mark_at = (width - margin - self._mark.shape[1], margin)

    def draw(self, frame: Picture) -> None:
        """Stamps both on a BGRA frame in place."""
        stamp(frame, self._slate, *self._slate_at)
        stamp(frame, self._mark, *self._mark_at)
