"""Words in the picture: slate and mark of a previz, captions of abstract props, titles and captions of a shot.

The letters are those that OpenCV carries with it: Rubik for Latin, Greek and Cyrillic, others for Chinese, Japanese,
Korean and Arabic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from faircut.engines.previz.layers import Picture, over_onto

_REGULAR: Final = 500
_BOLD: Final = 700
_SAFE: Final = 0.90
"""Share of the frame's width and height that titles keep within, as broadcasters do (EBU R 95: 90 % for graphics)."""
_RAMP: Final = 8
"""Frames in which words come and go."""


def lettering(text: str, height_px: float, opacity: float, weight: int = _REGULAR) -> Picture:
    """A line of white text with a soft shadow, premultiplied BGRA. ``height_px``: height of a capital."""
    return block([text], height_px, opacity, weight)


def block(lines: Sequence[str], height_px: float, opacity: float, weight: int = _REGULAR) -> Picture:
    """Centred lines of white text with a soft shadow, premultiplied BGRA. ``height_px``: height of a capital."""
    font, size = cv2.FontFace("sans"), max(4, round(height_px * 3 / 0.7))
    pad, step = round(height_px * 1.8), round(size * 1.22)
    widths = [_width(line, font, size, weight) for line in lines]
    mask = np.zeros((pad * 2 + step * (len(lines) - 1) + round(size * 1.15), max(widths) + pad * 2, 3), np.uint8)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        at = (round((mask.shape[1] - width) / 2), pad + round(size * 0.9) + step * number)
        cv2.putText(mask, line, at, (255, 255, 255), font, size, weight)
    shape = (max(2, mask.shape[1] // 3), max(2, mask.shape[0] // 3))
    ink = cv2.resize(mask[..., 0], shape, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    shadow = np.clip(cv2.GaussianBlur(ink, (0, 0), max(0.9, height_px / 7)) * 1.9, 0, 0.75)
    alpha = np.clip(ink + shadow * (1 - ink), 0, 1) * opacity
    picture = np.zeros((*ink.shape, 4), np.uint8)
    picture[..., :3] = (ink * 245 * opacity)[..., None]
    picture[..., 3] = np.maximum(alpha * 255, picture[..., 0])
    return picture


def _width(text: str, font: cv2.FontFace, size: int, weight: int) -> int:
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), font, size, weight)
    return max(2, int(width))


def wrapped(text: str, height_px: float, most_px: float, weight: int = _REGULAR) -> list[str]:
    """The text in lines no wider than ``most_px``: at line ends and spaces, inside words that are wider alone."""
    font, size = cv2.FontFace("sans"), max(4, round(height_px * 3 / 0.7))
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if _width(longer, font, size, weight) <= most_px * 3:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while _width(line, font, size, weight) > most_px * 3 and len(line) > 1:
                fits = next(
                    (n for n in range(len(line) - 1, 0, -1) if _width(line[:n], font, size, weight) <= most_px * 3), 1
                )
                lines.append(line[:fits])
                line = line[fits:]
        if line:
            lines.append(line)
    return lines


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

    def draw(self, frame: Picture, share: float = 1.0) -> None:
        """Stamps both on a BGRA frame in place; ``share`` 0 leaves them away."""
        for picture, at in ((self._slate, self._slate_at), (self._mark, self._mark_at)):
            if share > 0:
                stamp(frame, picture if share >= 1 else cv2.convertScaleAbs(picture, alpha=share), *at)


class Words:
    """Title and caption of one shot: the title large across the middle, the caption at the foot, both in the safe area
    and as small as it takes."""

    def __init__(self, width: int, height: int, title: str, caption: str) -> None:
        short = min(width, height)
        self._placed: list[tuple[Picture, int, int]] = []
        if title.strip():
            # With a caption below, the title keeps to the upper part.
            tall, at = (0.40, 0.38) if caption.strip() else (0.50, 0.50)
            picture = _fitted(title, short * 0.075, short * 0.026, width * _SAFE * 0.92, height * tall, _BOLD)
            self._placed.append((picture, (width - picture.shape[1]) // 2, round(height * at - picture.shape[0] / 2)))
        if caption.strip():
            size = short * 0.032
            picture = _fitted(caption, size, short * 0.02, width * _SAFE * 0.86, height * 0.28, _REGULAR)
            # The shadow's margin may leave the safe area, the letters may not; the slate's row stays free.
            foot = round(height * (1 + _SAFE) / 2 - size * 1.2)
            self._placed.append((picture, (width - picture.shape[1]) // 2, foot + round(size * 0.6) - picture.shape[0]))

    def draw(self, frame: Picture, index: int, frames: int, share: float = 1.0) -> None:
        """Lays the words over a BGRA frame of a shot in place; they come and go softly."""
        ramp = min(_RAMP, max(1, frames // 4))
        opacity = min(1.0, (index + 1) / ramp, (frames - index) / ramp) * share
        for picture, x, y in self._placed:
            if opacity > 0:
                stamp(frame, picture if opacity >= 1 else cv2.convertScaleAbs(picture, alpha=opacity), x, y)


def _fitted(text: str, largest: float, smallest: float, most_wide: float, most_tall: float, weight: int) -> Picture:
    """Text in the largest size that fits; in the smallest one, cut off with an ellipsis, when none does."""
    size = largest
    while True:
        lines = wrapped(text, size, most_wide, weight)
        tall = len(lines) * size / 0.7 * 1.22
        if tall <= most_tall or size <= smallest:
            break
        size = max(size * 0.88, smallest)
    room = max(1, int(most_tall / (size / 0.7 * 1.22)))
    if len(lines) > room:
        lines = [*lines[: room - 1], lines[room - 1][:-1].rstrip() + "…"]
    return block(lines, size, 1.0, weight)
