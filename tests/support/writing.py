"""Pictures with words drawn in them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from support.pictures import mural

Picture = npt.NDArray[np.uint8]


def painted(seed: int = 3, width: int = 640, height: int = 360, *, busy: bool = False) -> Picture:
    """(height, width, 3) BGR without a word: a soft ground, or a mural."""
    if busy:
        return np.asarray(cv2.applyColorMap(mural(seed, width, height), cv2.COLORMAP_OCEAN), np.uint8)
    ground = np.random.default_rng(seed).integers(40, 110, (4, 6, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def lettered(
    words: str,
    ground: Picture | None = None,
    *,
    at: tuple[float, float] = (0.5, 0.5),
    pixels: int = 30,
    turn: float = 0.0,
    font: int = cv2.FONT_HERSHEY_DUPLEX,
) -> Picture:
    """``ground`` with white words, dark around, their middle at shares of width and height, ``turn`` degrees leftwards.

    ``pixels``: height of a capital.
    """
    picture = (painted() if ground is None else ground).copy()
    scale = pixels / 22
    (width, tall), _ = cv2.getTextSize(words, font, scale, 2)
    side = 2 * (max(width, tall) // 2 + 12)
    ink, edge = np.zeros((side, side), np.uint8), np.zeros((side, side), np.uint8)
    origin = ((side - width) // 2, (side + tall) // 2)
    cv2.putText(edge, words, origin, font, scale, 255, 7, cv2.LINE_AA)
    cv2.putText(ink, words, origin, font, scale, 255, 2, cv2.LINE_AA)
    turned = cv2.getRotationMatrix2D((side / 2, side / 2), turn, 1.0)
    ink, edge = (cv2.warpAffine(each, turned, (side, side), flags=cv2.INTER_CUBIC) for each in (ink, edge))
    height, across = picture.shape[:2]
    left, top = round(at[0] * across - side / 2), round(at[1] * height - side / 2)
    for y in range(side):
        row = top + y
        first, last = max(left, 0), min(left + side, across)
        if 0 <= row < height and first < last:
            dark = edge[y, first - left : last - left, None] / 255
            light = ink[y, first - left : last - left, None] / 255
            line = picture[row, first:last] * (1 - dark)
            picture[row, first:last] = (line * (1 - light) + 255 * light).round().astype(np.uint8)
    return picture
