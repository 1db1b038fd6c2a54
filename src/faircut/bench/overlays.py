"""Edits that cover part of the picture: captions, logos, and the bands of a meme."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from faircut.bench.pictures import Picture, Take, pasted, plain

_CAPTIONS = (
    ("WAIT FOR IT", "part 2 in the comments"),
    ("nobody expected this", "FOLLOW FOR MORE"),
    ("POV: monday morning", "who did this"),
    ("BEST SCENE EVER", "no spoilers please"),
    ("me explaining the plan", "my dog, listening"),
    ("LIKE AND SUBSCRIBE", "link below"),
)
_FONTS = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SIMPLEX)


def text(picture: Picture, take: Take) -> Picture:
    """Two lines of outlined caption, together a quarter of the height, at the top, in the middle or at the bottom."""
    height, width = picture.shape[:2]
    rng = take.rng(21)
    lines = _CAPTIONS[int(rng.integers(len(_CAPTIONS)))]
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    colour = [(255, 255, 255), (255, 230, 40), (90, 240, 255)][int(rng.integers(3))]
    top = [0.03, 0.375, 0.72][int(rng.integers(3))] * height
    result = picture.copy()
    for number, line in enumerate(lines):
        _write(result, line, font, colour, top=top + number * 0.125 * height, tall=0.125 * height, width=width)
    return result


def _write(
    picture: Picture, line: str, font: int, colour: tuple[int, int, int], *, top: float, tall: float, width: int
) -> None:
    (wide, high), base = cv2.getTextSize(line, font, 1.0, 2)
    scale = min(0.92 * tall / (high + base), 0.94 * width / wide)
    thick = max(1, round(scale * 2.4))
    (wide, high), base = cv2.getTextSize(line, font, scale, thick)
    place = (round((width - wide) / 2), round(top + (tall + high - base) / 2))
    if colour != (0, 0, 0):
        # OpenCV 5 draws filled letters and has no outline: the same line all round, in black, is one.
        around = max(1, round(scale * 1.6))
        for x, y in ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)):
            shifted = (place[0] + x * around, place[1] + y * around)
            cv2.putText(picture, line, shifted, font, scale, (0, 0, 0), thick, cv2.LINE_AA)
    cv2.putText(picture, line, place, font, scale, colour, thick, cv2.LINE_AA)


def logo(picture: Picture, take: Take) -> Picture:
    """A badge a quarter of the height, mostly opaque, near a corner."""
    height, width = picture.shape[:2]
    rng = take.rng(22)
    side = max(8, round(height / 4))
    colour, letters = int(rng.integers(4)), "XKZQ"[int(rng.integers(4))]
    badge, mask = _badge(side, colour, letters)
    margin = round(0.04 * height)
    right, bottom = bool(rng.integers(2)), bool(rng.integers(2))
    left = width - side - margin if right else margin
    top = height - side - margin if bottom else margin
    result = picture.copy()
    window = result[top : top + side, left : left + side]
    alpha = mask[: window.shape[0], : window.shape[1], None] * 0.92
    window[:] = (window * (1 - alpha) + badge[: window.shape[0], : window.shape[1]] * alpha).astype(np.uint8)
    return result


@lru_cache(maxsize=16)
def _badge(side: int, colour: int, letter: str) -> tuple[Picture, npt.NDArray[np.float32]]:
    fill = [(220, 40, 60), (30, 90, 200), (20, 150, 110), (240, 150, 20)][colour]
    large = 256
    badge, mask = plain((large, large), fill), np.zeros((large, large), np.float32)
    cv2.circle(mask, (128, 128), 124, 1.0, -1, cv2.LINE_AA)
    cv2.circle(badge, (128, 128), 106, (255, 255, 255), 9, cv2.LINE_AA)
    font = cv2.FONT_HERSHEY_TRIPLEX
    (wide, high), _ = cv2.getTextSize(letter, font, 5.0, 14)
    cv2.putText(badge, letter, (128 - wide // 2, 128 + high // 2), font, 5.0, (255, 255, 255), 14, cv2.LINE_AA)
    small = cv2.resize(badge, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.asarray(
        cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA), np.float32
    )


def meme(picture: Picture, take: Take) -> Picture:
    """White bands with captions above and below, each 16 to 22 % of the picture's height."""
    height, width = picture.shape[:2]
    rng = take.rng(23)
    lines = _CAPTIONS[int(rng.integers(len(_CAPTIONS)))]
    band = round(float(rng.uniform(0.16, 0.22)) * height)
    result = pasted(plain((width, height + 2 * band), (255, 255, 255)), picture, 0, band)
    for line, top in ((lines[0], 0), (lines[1], height + band)):
        _write(result, line, cv2.FONT_HERSHEY_DUPLEX, (0, 0, 0), top=top, tall=0.8 * band, width=width)
    return result
