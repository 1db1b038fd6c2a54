"""Whether a key moment that does not agree with a line of time says that the line does not hold there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import keypoints, pdq
from faircut.index.store import Entry
from faircut.match.feature_moments import FeatureQuery
from faircut.match.frames import FrameHit
from faircut.match.query import PictureQuery, bits
from faircut.match.sightings import Polygon
from faircut.match.timeline import Line

Floats = npt.NDArray[np.float64]

_RICH = 80
"""Points that a moment of the query must have to be missed when it does not agree."""
_WITHIN = 40
"""The same for one of the reference, in the part of it that the query shows."""
_COMPANION = 0.7
"""Seconds within which the reference must have a key moment for silence to mean anything."""
_ALIKE = 40
"""Bits between that moment and the one that the line points at, beyond which it is another picture by then."""
_BESIDE = 0.3
"""Seconds to either side for which the reference must be dark, and the query not."""
_FULL = 90
"""PDQ's quality of a picture that no change of brightness makes of a dark one."""
_MOST_OF_IT = 0.55
"""Share of the query's picture under which most of what it shows is something else."""


class Silence(NamedTuple):
    """(n,) for each key moment of a query: whether it is ``bound`` to agree, or ``possible`` that it does."""

    bound: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]


def silence(
    query: PictureQuery,
    features: FeatureQuery,
    line: Line,
    entry: Entry,
    codes: Entry | None,
    run: Sequence[FrameHit],
    shown: float,
) -> Silence:
    """What it means that a moment does not agree, if the line held there.

    Where the reference has no key moment, in darkness or blur, there is nothing to agree with; nor where the query, or
    the part of the reference that it shows, has hardly a point. Where the reference has one that does not look the same
    any more by then, the moment may agree, but need not. Where the reference is dark and the query is not, the line
    does not hold. ``shown``: share of the query's picture that shows the reference.
    """
    times = features.times
    target = line.at(times)
    moments, points = _moments(entry, target, _window(run))
    rich = moments[points >= min(_WITHIN, points.max(initial=1))]
    there = np.abs(target[:, None] - rich[None]) <= _COMPANION
    told = features.points >= _RICH
    possible = there.any(axis=1) & told
    if codes is None:
        return Silence(possible, possible)
    alike = bits(codes.codes[_rows(codes, target)][:, None], codes.codes[_rows(codes, rich)][None]) <= _ALIKE
    bound: npt.NDArray[np.bool_] = (there & alike).any(axis=1) & told
    if shown >= _MOST_OF_IT:
        bound |= _plain(query, codes, times, target)
    return Silence(bound, possible | bound)


def _plain(query: PictureQuery, codes: Entry, times: Floats, target: Floats) -> npt.NDArray[np.bool_]:
    """Where the query shows something and the reference is dark or of one colour."""
    plain = np.zeros(len(times), bool)
    for number, (time, there) in enumerate(zip(times.tolist(), target.tolist(), strict=True)):
        mine = query.quality[np.abs(query.times - time) <= _BESIDE]
        rows = _rows(codes, np.array([there - _BESIDE, there + _BESIDE]))
        theirs = codes.quality[rows[0] : rows[1] + 1]
        plain[number] = mine.min(initial=100) >= _FULL and theirs.max() < pdq.FAINT_QUALITY
    return plain


def _rows(codes: Entry, target: Floats) -> npt.NDArray[np.intp]:
    """The codes that stand at these times."""
    return np.clip(np.searchsorted(codes.times, target + 1e-3, side="right") - 1, 0, len(codes.times) - 1)


def _moments(entry: Entry, target: Floats, window: Polygon) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Times of the reference's key moments around ``target``, and how many points of each stand in the window."""
    first, last = np.searchsorted(entry.times, [target.min() - _COMPANION, target.max() + _COMPANION])
    rows = entry.codes[first:last]
    moments, number = np.unique(entry.times[first:last], return_inverse=True)
    if not len(rows):
        return moments.astype(np.float64), np.zeros(0, np.intp)
    xy = keypoints.places(rows).xy
    inside = ((xy >= window.min(axis=0)) & (xy <= window.max(axis=0))).all(axis=1)
    return moments.astype(np.float64), np.bincount(number[inside], minlength=len(moments))


def _window(run: Sequence[FrameHit]) -> Polygon:
    """The part of the reference that the query shows, in the median."""
    corners = np.array([_bounds(hit.region_reference) for hit in run])
    window: Polygon = np.median(corners, axis=0)
    return window


def _bounds(polygon: list[list[float]]) -> Polygon:
    corners = np.array(polygon, np.float64).reshape(-1, 2)
    return np.stack([corners.min(axis=0), corners.max(axis=0)]) if len(corners) else np.array([[0.0, 0.0], [1.0, 1.0]])
