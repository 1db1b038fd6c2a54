"""Still pictures drawn by code, with enough corners and texture for local features."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]


def mural(seed: int, width: int = 640, height: int = 360) -> Picture:
    """(height, width) grey: overlapping discs, boxes and triangles of all sizes over a soft ground."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(60, 190, (6, 9)).astype(np.uint8)
    canvas = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(140):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = int(4 + 60 * rng.random() ** 2.5)
        grey, kind = int(rng.integers(0, 256)), int(rng.integers(0, 3))
        if kind == 0:
            cv2.circle(canvas, (x, y), size // 2, grey, -1, cv2.LINE_AA)
        elif kind == 1:
            box = cv2.boxPoints(((float(x), float(y)), (float(size), size * 0.6), float(rng.uniform(0, 180))))
            cv2.fillConvexPoly(canvas, box.astype(np.int32), grey, cv2.LINE_AA)
        else:
            corners = np.array([x, y]) + rng.integers(-size, size + 1, (3, 2))
            cv2.fillPoly(canvas, [corners.astype(np.int32)], grey, cv2.LINE_AA)
    return np.asarray(canvas, np.uint8)


def placed(picture: Picture, ground: Picture, left: int, top: int, width: int, height: int) -> Picture:
    """``picture``, scaled, upon ``ground``."""
    shown = ground.copy()
    shown[top : top + height, left : left + width] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return shown
