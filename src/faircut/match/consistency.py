"""Whether a picture agrees as a whole, where what agrees in it is found over and over.

Letters, tiles and windows repeat, so points of two title cards in one typeface agree by the dozen though the words are
others. In a copy, wherever both pictures have detail, the same stands there; in another card most places contradict.
How much of the detail must agree depends on how far the agreeing points are like others of their own picture: a few
places prove a picture of which no part is found twice, but not a page of writing (the burstiness of features: Jégou,
Douze and Schmid, CVPR 2009).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.fingerprints.keypoints import Places
from faircut.match.geometry import NEAR, near_pairs

_CELL = 0.06
"""Of the longer side of the reference: a place in which detail is compared."""
_DETAIL = 2
"""Points in a cell, of either picture, that are detail."""
_FINEST = 0.1
"""Quantile of the sizes of a picture's points that counts as the finest that it has: finer detail of the other picture,
as that of an original has next to a copy of few pixels, is not expected of it."""
_SPOT = 0.01
"""Of the longer side: how far from where it should be a point may stand."""
_APART = 0.03
"""The same: from where on a point that looks alike is another one."""
_ALIKE = 40
"""Bits between codes of points of one picture that are of the same kind, as two letters e are."""
_BY_CHANCE = 0.25
_SLOPE = 2.5
_MOST = 0.8
"""What share of the detail must agree: ``_SLOPE`` of that share of the agreeing points that repeat which is above
``_BY_CHANCE``, and never more than this. All were chosen on drawn cards and films: see ``docs/fingerprints.md``."""

Codes = npt.NDArray[np.uint8]


class Consistency(NamedTuple):
    """``agreeing``: share of the places with detail in both pictures where some of it is the same. ``repeating``: share
    of the reference's points that agree and look like others elsewhere in the reference."""

    agreeing: float
    repeating: float

    @property
    def enough(self) -> bool:
        """Whether so much agrees as a copy would have it."""
        return self.agreeing >= min(_SLOPE * (self.repeating - _BY_CHANCE), _MOST)


def consistency(
    query: Places, asked: Codes, reference: Places, known: Codes, homography: npt.NDArray[np.float64]
) -> Consistency:
    """``asked`` (n, 16) and ``known`` (m, 16): codes of the points at ``query`` and ``reference``.

    ``homography``: (3, 3), from query to reference, both in 0..1 of their width and height.
    """
    extent = np.array([1.0, 1.0 / reference.aspect]) / max(1.0, 1.0 / reference.aspect)
    here, shown = _mapped(query.xy, homography)
    there, seen = _mapped(reference.xy, np.linalg.inv(homography))
    here, there = here * extent, reference.xy * extent
    one, other, bits = near_pairs(asked, known)
    near = shown[one] & (bits <= NEAR)
    near[near] = np.linalg.norm(here[one[near]] - there[other[near]], axis=1) <= _SPOT
    one, other = one[near], other[near]
    if not len(one):
        return Consistency(0.0, 1.0)
    grown = float(np.median(reference.size[other] / query.size[one]))
    seen[other] = True
    finest = np.quantile(query.size[shown], _FINEST) * grown, np.quantile(reference.size[seen], _FINEST) / grown
    seen, shown = seen & (reference.size >= finest[0]), shown & (query.size >= finest[1])
    same, cells = np.unique(other), _cells(there)
    detail = np.intersect1d(_crowded(cells[seen]), _crowded(_cells(here[shown])))
    agreeing = float(np.isin(detail, cells[same]).mean()) if len(detail) else 1.0
    return Consistency(agreeing, _repeating(there, known, same))


def _mapped(
    xy: npt.NDArray[np.float32], matrix: npt.NDArray[np.floating[Any]]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """(n, 2) where points of one picture stand in the other, and (n,) which of them stand in it at all."""
    projected = np.column_stack([xy, np.ones(len(xy))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        there = projected[:, :2] / projected[:, 2:]
    return there, (projected[:, 2] > 0) & ((there >= 0) & (there <= 1)).all(axis=1)


def _cells(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    cells: npt.NDArray[np.int64] = (xy / _CELL).astype(np.int64) @ np.array([1, 1 << 16])
    return cells


def _crowded(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    numbers, points = np.unique(cells, return_counts=True)
    crowded: npt.NDArray[np.int64] = numbers[points >= _DETAIL]
    return crowded


def _repeating(there: npt.NDArray[np.float64], known: Codes, same: npt.NDArray[np.intp]) -> float:
    one, other, bits = near_pairs(known[same], known)
    twins = (bits <= _ALIKE) & (np.abs(there[same[one]] - there[other]).max(axis=1) > _APART)
    return len(np.unique(one[twins])) / len(same)
