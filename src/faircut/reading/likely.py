"""Whether a picture may hold writing, told from its edges in five milliseconds: the search proper takes forty times
as long.

Writing is the one thing that rises and falls in brightness many times within a hand's breadth, along every direction in
which it may be set, and does so in a strip: so a place is likely where strong edges of both signs lie densely, both
along rows and along columns.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

LOOKED_AT = 640
"""Pixels of the longer side of the picture that is looked at."""
_STRONG = 12.0
"""Grey levels from one pixel to the next but one that make an edge."""
_BLOCK = 16
"""Pixels of the side of a place."""
_DENSE = 0.03
"""Share of a place and its neighbours that edges of either sign must fill. This and the two above were chosen on words
drawn in eight fonts at five sizes, and on murals, noise and previz films without words; see docs/reading.md."""


def likely_places(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which places of a grey picture (height, width), 16 pixels to a side, may hold writing."""
    levels = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.int16)
    across = np.zeros(levels.shape, np.float32)
    down = np.zeros(levels.shape, np.float32)
    across[:, 1:-1] = levels[:, 2:] - levels[:, :-2]
    down[1:-1] = levels[2:] - levels[:-2]
    dense = np.ones(_places(levels.shape), bool)
    for edges in (across, down):
        for sign in (1, -1):
            strong = (edges * sign > _STRONG).astype(np.float32)
            share = np.asarray(cv2.boxFilter(strong, -1, (2 * _BLOCK, _BLOCK)), np.float32)
            dense &= _blocks(share) > _DENSE
    return dense


def _places(shape: tuple[int, ...]) -> tuple[int, int]:
    return -(-shape[0] // _BLOCK), -(-shape[1] // _BLOCK)


def _blocks(share: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The greatest value of each place."""
    rows, columns = _places(share.shape)
    padded = np.zeros((rows * _BLOCK, columns * _BLOCK), np.float32)
    padded[: share.shape[0], : share.shape[1]] = share
    return np.asarray(padded.reshape(rows, _BLOCK, columns, _BLOCK).max(axis=(1, 3)), np.float32)
