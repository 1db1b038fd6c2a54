"""Bars and borders found and taken off, ``pdq-framed-v1``: PDQ codes of what is inside the frame.

A letterboxed copy differs from its film in almost half of PDQ's bits. The 64x64 planes that come out of the decoder
are enough to find rows and columns that stay one colour for the whole clip, to a fraction of a row, and to
stretch what is left back to 64x64: the codes then lie 2 to 13 bits from those of the unboxed film (mean over 43
frames of three films and nine kinds of bars; at most 28).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.fingerprints.pdq import PdqHasher

ALGORITHM = "pdq-framed-v1"

_SIDE = 64
_UNIFORM = 16
"""Grey levels by which a bar may vary, over its area and over time: coding noise stays below, pictures do not."""
_LEAST_REMOVED = 1.0
_LEAST_LEFT = 16
_BUFFER = 4096
"""Frames that may show where the bars are, before the answer is final: nearly three minutes, 16 MiB."""


@dataclass(frozen=True, slots=True)
class Box:
    """The part of a 64x64 plane inside the bars, in rows and columns and fractions of them."""

    top: float
    bottom: float
    left: float
    right: float


class BoxFinder:
    """Looks for bars: what stays one colour over all planes given to it."""

    def __init__(self) -> None:
        self._low = np.full((_SIDE, _SIDE), 255, np.uint8)
        self._high = np.zeros((_SIDE, _SIDE), np.uint8)
        self._sum = np.zeros((_SIDE, _SIDE))
        self._count = 0

    def add(self, planes: npt.NDArray[np.uint8]) -> None:
        """``planes``: (n, 64, 64) uint8."""
        np.minimum(self._low, planes.min(axis=0), out=self._low)
        np.maximum(self._high, planes.max(axis=0), out=self._high)
        self._sum += planes.sum(axis=0, dtype=np.float64)
        self._count += len(planes)

    def box(self) -> Box | None:
        """What is inside the bars; None where there are none, or where nearly all is one colour."""
        if not self._count:
            return None
        mean = self._sum / self._count
        top, bottom = _ends(self._low, self._high, mean)
        left, right = _ends(self._low.T, self._high.T, mean.T)
        removed = max(top, _SIDE - bottom, left, _SIDE - right)
        if removed < _LEAST_REMOVED or bottom - top < _LEAST_LEFT or right - left < _LEAST_LEFT:
            return None
        return Box(top, bottom, left, right)


def _ends(
    low: npt.NDArray[np.uint8], high: npt.NDArray[np.uint8], mean: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Where along the first axis the picture begins and ends."""
    spread = high.max(axis=1).astype(int) - low.min(axis=1).astype(int)
    content = np.flatnonzero(spread > _UNIFORM)
    if len(content) < 2:
        return 0.0, 0.0
    first, last = int(content[0]), int(content[-1])
    begin = first + _dark_share(mean, first, -1) if first else 0.0
    end = last + 1 - _dark_share(mean, last, +1) if last < _SIDE - 1 else float(_SIDE)
    return begin, end


def _dark_share(mean: npt.NDArray[np.float64], row: int, outward: int) -> float:
    """How much of a row at the edge is still bar: area scaling mixes the two in proportion."""
    bar = float(mean[row + outward].mean())
    mixed, full = mean[row] - bar, mean[row - outward] - bar
    power = float((full**2).sum())
    if power < 1.0:
        return 0.0
    return 1.0 - float(np.clip((mixed * full).sum() / power, 0.0, 1.0))


def _stretch(begin: float, end: float) -> npt.NDArray[np.float32]:
    """(64, 64) weights that take rows ``begin``..``end`` to 64 rows; rows that are partly bar are left out."""
    first, last = int(np.ceil(begin - 1e-3)), int(np.floor(end + 1e-3)) - 1
    centre = np.clip(begin + (np.arange(_SIDE) + 0.5) * (end - begin) / _SIDE - 0.5, first, last)
    below = np.minimum(np.floor(centre).astype(int), max(last - 1, first))
    share = (centre - below).astype(np.float32)
    weights = np.zeros((_SIDE, _SIDE), np.float32)
    rows = np.arange(_SIDE)
    weights[rows, below] = 1 - share
    weights[rows, np.minimum(below + 1, last)] += share
    return weights


def unframe(planes: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """The inside of the box stretched to the whole plane: (n, 64, 64) uint8 to the same."""
    stretched = _stretch(box.top, box.bottom) @ planes.astype(np.float32) @ _stretch(box.left, box.right).T
    whole: npt.NDArray[np.uint8] = np.clip(np.rint(stretched), 0, 255).astype(np.uint8)
    return whole


class FramedHasher:
    """Like PdqHasher, for what is inside the bars. ``finish`` gives None for a picture without bars."""

    def __init__(self, *, dihedral: bool, drop_within: int = 0) -> None:
        self._finder = BoxFinder()
        self._hasher = PdqHasher(dihedral=dihedral, drop_within=drop_within)
        self._waiting: list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]] = []
        self._frames = 0
        self._decided = False
        self._box: Box | None = None

    def add(self, planes: npt.NDArray[np.uint8], times: npt.NDArray[np.float64]) -> None:
        """``planes``: (n, 64, 64) uint8; ``times``: (n,) seconds, growing."""
        if self._decided:
            if self._box is not None:
                self._hasher.add(unframe(planes, self._box), times)
            return
        self._finder.add(planes)
        self._waiting.append((planes, times))
        self._frames += len(planes)
        if self._frames >= _BUFFER:
            self._decide()

    def _decide(self) -> None:
        self._decided = True
        self._box = self._finder.box()
        waiting, self._waiting = self._waiting, []
        if self._box is not None:
            for planes, times in waiting:
                self._hasher.add(unframe(planes, self._box), times)

    def finish(self, duration: float | None = None) -> Fingerprint | None:
        """The Fingerprint of what is inside the bars, where there are any."""
        if not self._decided:
            self._decide()
        if self._box is None:
            return None
        plain = self._hasher.finish(duration)
        return Fingerprint(ALGORITHM, plain.codes, plain.times, plain.quality, plain.duration)
