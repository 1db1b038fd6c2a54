"""Many sightings to few: what a better one already says of the same part of the query is folded into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from faircut.domain import Segment
from faircut.match.sightings import Polygon, Sighting

_COVERED = 0.5
"""Share of the lesser sighting's time and of its region that the better one must hold."""
_SAME_TIME = 0.75
"""Seconds by which two stages may differ on where in the reference a moment lies."""
_WHOLE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def merged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """One for each stretch and region of the query and each protected thing, in the order of the query."""
    kept: list[Sighting] = []
    for each in sorted(sightings, key=lambda each: (-weight(each), each.reference.id)):
        for number, better in enumerate(kept):
            if better.subject == each.subject and _covers(better, each):
                kept[number] = _confirmed(better, each)
                break
        else:
            kept.append(replace(each, algorithms=each.algorithms | {each.algorithm}))
    return sorted(kept, key=lambda each: (each.query or Segment(0, 0), -score(each)))


def score(sighting: Sighting) -> float:
    """0..1: how alike the two are."""
    if sighting.distance is not None:
        return max(0.0, 1.0 - sighting.distance / 128)
    return 1.0 - float(np.exp(-(sighting.inliers or 0.0) / 25))


def weight(sighting: Sighting) -> float:
    """Likeness times seconds: what decides between two sightings of the same thing."""
    return score(sighting) * (sighting.query.seconds if sighting.query else 1.0)


def _covers(better: Sighting, other: Sighting) -> bool:
    if better.query is not None and other.query is not None:
        shared = better.query.overlap(other.query)
        if shared < _COVERED * max(other.query.seconds, 1e-6):
            return False
    return share_of(other.region, better.region) >= _COVERED


def share_of(region: Polygon | None, other: Polygon | None) -> float:
    """How much of a region lies within another; None stands for the whole picture."""
    if other is None:
        return 1.0
    mine = _WHOLE if region is None else region
    hull_a, hull_b = (cv2.convexHull(each.astype(np.float32)) for each in (mine, other))
    area = cv2.contourArea(hull_a)
    if area <= 0:
        return 1.0
    shared, _ = cv2.intersectConvexConvex(hull_a, hull_b)
    return float(shared) / area


def _confirmed(better: Sighting, other: Sighting) -> Sighting:
    """The better one, with what another stage adds to it when both see the same frames of the reference."""
    if other.reference.id != better.reference.id or not _agree(better, other):
        return better
    algorithms = better.algorithms | other.algorithms | {other.algorithm}
    if better.inliers is None and other.inliers is not None:
        # Local features know where in the picture; codes only know that it is there.
        return replace(
            better,
            algorithms=algorithms,
            inliers=other.inliers,
            homography=other.homography,
            region=other.region if other.region is not None else better.region,
            part=other.part if other.part is not None else better.part,
        )
    if better.distance is None and other.distance is not None:
        return replace(better, algorithms=algorithms, distance=other.distance, bars=other.bars)
    return replace(better, algorithms=algorithms)


def _agree(one: Sighting, other: Sighting) -> bool:
    if one.line is None or other.line is None or one.query is None or other.query is None:
        return one.mirrored == other.mirrored
    middle = (max(one.query.start, other.query.start) + min(one.query.end, other.query.end)) / 2
    return abs(float(one.line.at(middle)) - float(other.line.at(middle))) <= _SAME_TIME
