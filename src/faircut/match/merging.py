"""Many sightings to few: what a better one already says of the same part of the query is folded into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from faircut.domain import Segment
from faircut.match.sightings import Polygon, Sighting
from faircut.match.transforms import area, intersection

_COVERED = 0.5
"""Share of the lesser sighting's time and of its region that the better one must hold."""
_SAME_TIME = 0.75
"""Seconds by which two stages may differ on where in the reference a moment lies."""
_SAME_STILL = 2.0
"""The same for a picture that stands still in the query: local features cannot tell it from those beside it."""
_SAME_PICTURE = 1.5
"""The same for single pictures: of local features, one moment a second is kept."""
_APART = 0.5
"""Seconds between two sightings on one line of time that are one all the same."""
_FURTHER, _SAME_LINE = 1.5, 0.2
"""The same on the very same line, and the seconds by which that may differ."""
_LONGER = 1.5
_PACE = 0.02
_MOVING = 3
"""Distinct frames from which codes tell one line from another."""
_TOUCH = 0.1
"""Seconds by which neighbours may reach over one another."""
_WHOLE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def merged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """One for each stretch and region of the query and each protected thing, in the order of the query."""
    kept: list[Sighting] = []
    for each in sorted(sightings, key=_order):
        rivals = [number for number, better in enumerate(kept) if better.subject == each.subject]
        same = next((number for number in rivals if _continue_each_other(kept[number], each)), None)
        if same is not None:
            kept[same] = _joined(kept[same], each, [kept[number] for number in rivals if number != same])
        elif not _covered([kept[number] for number in rivals], each):
            kept.append(replace(each, algorithms=each.algorithms | {each.algorithm}))
    return sorted(kept, key=lambda each: (each.query or Segment(0, 0), -score(each)))


def _order(each: Sighting) -> tuple[bool, bool, float, str]:
    """Codes know the time of a frame, local features that of a moment, and a single picture says least of time."""
    single = each.query is not None and each.line is None
    return each.distance is None, single, -weight(each), each.reference.id


def score(sighting: Sighting) -> float:
    """0..1: how alike the two are."""
    if sighting.distance is not None:
        return max(0.0, 1.0 - sighting.distance / 128)
    return 1.0 - float(np.exp(-(sighting.inliers or 0.0) / 25))


def weight(sighting: Sighting) -> float:
    """Likeness times seconds: what decides between two sightings of the same thing."""
    return score(sighting) * (sighting.query.seconds if sighting.query else 1.0)


def share_of(region: Polygon | None, other: Polygon | None) -> float:
    """How much of a region lies within another, both convex; None stands for the whole picture."""
    if other is None:
        return 1.0
    mine = _WHOLE if region is None else region
    whole = area(mine)
    return area(intersection(mine, other)) / whole if whole > 0 else 0.0


def _covered(better: list[Sighting], other: Sighting) -> bool:
    """Whether better ones together hold most of the time and the region of another."""
    there = [each for each in better if share_of(other.region, each.region) >= _COVERED]
    if other.query is None or any(each.query is None for each in there):
        return bool(there)
    spans = sorted(each.query for each in there if each.query is not None and each.query.overlap(other.query) > 0)
    held, upto = 0.0, other.query.start
    for span in spans:
        held += max(0.0, min(span.end, other.query.end) - max(span.start, upto))
        upto = max(upto, span.end)
    return bool(spans) and held >= _COVERED * max(other.query.seconds, 1e-6)


def _continue_each_other(one: Sighting, other: Sighting) -> bool:
    """Whether both see the same frames of the same reference in the same place, at once or one after the other."""
    if one.reference.id != other.reference.id or one.mirrored != other.mirrored or one.inverted != other.inverted:
        return False
    if max(share_of(other.region, one.region), share_of(one.region, other.region)) < _COVERED:
        return False
    if one.query is None or other.query is None:
        starts = [each.shown.start if each.shown is not None else 0.0 for each in (one, other)]
        return one.query is other.query and abs(starts[0] - starts[1]) <= _SAME_PICTURE
    if one.line is None or other.line is None or (one.line.speed < 0) != (other.line.speed < 0):
        return False
    gap = max(one.query.start, other.query.start) - min(one.query.end, other.query.end)
    middle = (max(one.query.start, other.query.start) + min(one.query.end, other.query.end)) / 2
    apart = abs(float(one.line.at(middle)) - float(other.line.at(middle)))
    if gap > _APART:
        return gap <= _FURTHER and apart <= _SAME_LINE and abs(one.line.speed - other.line.speed) <= _PACE
    return apart <= (_SAME_TIME if one.line.speed or other.line.speed else _SAME_STILL)


def _joined(better: Sighting, other: Sighting, rivals: list[Sighting]) -> Sighting:
    """Both as one, with the times of the better one as far as it reaches; it goes no further than to its ``rivals``."""
    algorithms = better.algorithms | other.algorithms | {other.algorithm}
    joined = replace(better, algorithms=algorithms, ambiguous=better.ambiguous and other.ambiguous)
    if better.query is not None and other.query is not None and better.line is not None:
        spans = [each.query for each in rivals if each.query is not None and each.distance is not None]
        earliest = max((span.end for span in spans if span.end <= better.query.start + _TOUCH), default=0.0)
        latest = min((span.start for span in spans if span.start >= better.query.end - _TOUCH), default=np.inf)
        query = Segment(
            min(better.query.start, max(other.query.start, earliest)),
            max(better.query.end, min(other.query.end, latest)),
        )
        # Over a short part of a slow scene many lines fit; the one that fits all of it speaks for the part too.
        longer = other if _fits_better(other, better) else better
        joined = replace(joined, query=query, line=longer.line, shown=_shown(longer, better, other, query))
    if better.inliers is None and other.inliers is not None:
        # Local features know where in the picture; codes only know that it is there.
        joined = replace(
            joined,
            inliers=other.inliers,
            looks=other.looks,
            homography=other.homography,
            region=other.region,
            part=other.part,
        )
        if better.transform == "as is" and better.bars is None:
            joined = replace(joined, transform=other.transform)
    return joined


def _fits_better(one: Sighting, other: Sighting) -> bool:
    """Whether the one's line is to be preferred for being longer, since the other's is of a slow scene."""
    if one.query is None or other.query is None or one.line is None or other.line is None:
        return False
    slow = other.distance is None or other.distinct < _MOVING
    longer = one.query.seconds > _LONGER * other.query.seconds
    return slow and longer and abs(one.line.speed - other.line.speed) > _PACE


def _shown(longer: Sighting, one: Sighting, other: Sighting, query: Segment) -> Segment | None:
    if one.shown is None or other.shown is None or longer.line is None or query == longer.query:
        return longer.shown
    ends = np.sort(longer.line.at(np.array([query.start, query.end])))
    # What lies outside both would be outside the reference or excluded.
    low = max(float(ends[0]), min(one.shown.start, other.shown.start) - _APART, 0.0)
    high = min(float(ends[1]), max(one.shown.end, other.shown.end) + _APART)
    return Segment(round(low, 3), round(max(low, high), 3))
