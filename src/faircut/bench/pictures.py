"""What an edit of a picture is handed, and the few ways to bring pictures to a size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""(height, width, 3) RGB, uint8."""


@dataclass(frozen=True, slots=True)
class Take:
    """What an edit knows beside the picture.

    ``seed`` is that of the whole clip: what an editor would set once (a crop box, a corner, a colour) follows from it
    alone and stays. ``time``: seconds since the clip began, for what moves. ``seconds``: how long the clip is.
    ``others``: the pictures that other videos show at this moment, for edits that join videos.
    """

    seed: int = 0
    time: float = 0.0
    seconds: float = 8.0
    others: tuple[Picture, ...] = ()

    def rng(self, salt: int = 0) -> np.random.Generator:
        """The same choices in every frame of a clip."""
        return np.random.default_rng([self.seed, salt])

    def moving_rng(self, salt: int = 0) -> np.random.Generator:
        """Other choices in every frame, the same on every run."""
        return np.random.default_rng([self.seed, salt, round(self.time * 1000) + 1])

    def other(self, number: int, size: tuple[int, int]) -> Picture:
        """The picture of another video, filling ``size`` (width, height); a drawn one where too few were handed in."""
        if number < len(self.others):
            return filled(self.others[number], size)
        return drawn(size, self.seed * 31 + number, self.time)


PictureEdit = Callable[[Picture, Take], Picture]
"""Returns a new picture, maybe of another size; never writes into the one that it is given."""


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """Scales to (width, height), whatever that does to the ratio."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    method = cv2.INTER_AREA if size[0] * size[1] < width * height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def filled(picture: Picture, size: tuple[int, int]) -> Picture:
    """Scales so that ``size`` (width, height) is filled, and cuts off what stands over on both sides alike."""
    height, width = picture.shape[:2]
    factor = max(size[0] / width, size[1] / height)
    large = resized(picture, (max(size[0], round(width * factor)), max(size[1], round(height * factor))))
    left, top = (large.shape[1] - size[0]) // 2, (large.shape[0] - size[1]) // 2
    return np.ascontiguousarray(large[top : top + size[1], left : left + size[0]])


def fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """Scales so that all of it lies within ``size`` (width, height), keeping its ratio."""
    height, width = picture.shape[:2]
    factor = min(size[0] / width, size[1] / height)
    return resized(picture, (max(2, round(width * factor)), max(2, round(height * factor))))


def bounded(picture: Picture, longest: int) -> Picture:
    """Scales down until no side is longer than ``longest``; never up."""
    return picture if max(picture.shape[:2]) <= longest else fitted(picture, (longest, longest))


def pasted(ground: Picture, picture: Picture, left: int, top: int) -> Picture:
    """A copy of ``ground`` with ``picture`` lying on it, cut off at the edges."""
    result = ground.copy()
    height, width = ground.shape[:2]
    first_x, first_y = max(left, 0), max(top, 0)
    last_x, last_y = min(left + picture.shape[1], width), min(top + picture.shape[0], height)
    if last_x > first_x and last_y > first_y:
        result[first_y:last_y, first_x:last_x] = picture[first_y - top : last_y - top, first_x - left : last_x - left]
    return result


def plain(size: tuple[int, int], colour: tuple[int, int, int] = (0, 0, 0)) -> Picture:
    """A plain picture of ``size`` (width, height)."""
    picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = colour
    return picture


def even(picture: Picture) -> Picture:
    """Without the last row and column where their number is odd: 4:2:0 chroma has one sample for two."""
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    return np.ascontiguousarray(picture[:height, :width])


def drawn(size: tuple[int, int], seed: int, time: float = 0.0) -> Picture:
    """A landscape of soft shapes that a camera wanders over: an innocent video where there is none to use."""
    rng = np.random.default_rng([seed, 77])
    width, height = size
    land = cv2.resize(rng.integers(0, 255, (8, 12, 3)).astype(np.uint8), (320, 200), interpolation=cv2.INTER_CUBIC)
    for _ in range(24):
        centre = (int(rng.integers(0, 320)), int(rng.integers(0, 200)))
        colour = tuple(int(each) for each in rng.integers(0, 255, 3))
        cv2.circle(land, centre, int(rng.integers(4, 30)), colour, -1, cv2.LINE_AA)
    phase = rng.uniform(0, 6.28, 2)
    x = 80 * (1 + 0.9 * np.sin(0.21 * time + phase[0]))
    y = 50 * (1 + 0.9 * np.sin(0.17 * time + phase[1]))
    window = cv2.getRectSubPix(land, (160, 100), (80 + x, 50 + y))
    return filled(np.asarray(window, np.uint8), (width, height))
