"""The chance that what was seen is a copy, from what was counted.

By codes: a logistic function of two counts, fitted by ``python -m benchmarks.picture_calibration`` on 61 sightings (23
of copies, 38 of strangers) in drawn films, with all bounds of the matcher loosened so that it is wrong often enough to
learn from. By local features: the chance that one moment is a copy, which :mod:`.frames` knows, and more for each
doubling of the moments that agree in time; strangers that agreed in time at all were none in the same run, so the
weight of that is a cautious choice, not a fit.
"""

from __future__ import annotations

import math

from faircut.match import frames
from faircut.match.sightings import Sighting

_LEAST = 1e-9
_MOST_MOMENTS = 8
"""Moments beyond which more of them prove nothing more."""


def by_codes(distance: float, distinct: int) -> float:
    """From the mean bits between the codes that agree, and how many of these differ from one another."""
    return _logistic(-0.249 * distance + 1.833 * math.log2(1 + min(distinct, _MOST_MOMENTS)) + 16.88)


def by_features(inliers: float, moments: int) -> float:
    """From the local features that agree, median over the moments, and the number of these."""
    alone = min(max(frames.probability(round(inliers)), _LEAST), 1.0 - _LEAST)
    return _logistic(math.log(alone / (1.0 - alone)) + math.log2(min(moments, _MOST_MOMENTS)))


def of(sighting: Sighting) -> float:
    """The chance that a sighting is a copy. Either stage suffices, and each that agrees raises it."""
    wrong = 1.0
    if sighting.distance is not None:
        wrong *= 1.0 - by_codes(sighting.distance, sighting.distinct)
    if sighting.inliers is not None:
        wrong *= 1.0 - by_features(sighting.inliers, sighting.looks)
    return 1.0 - wrong


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 30.0), -30.0)))
