"""Runs of hits of one reference by local features: where in the picture the copy stands, and the sighting they make."""

from __future__ import annotations

import numpy as np

from faircut.domain import MediaKind, Segment
from faircut.fingerprints import keypoints
from faircut.index.store import Entry
from faircut.match.frames import FrameHit
from faircut.match.sightings import Moment, Polygon, Sighting
from faircut.match.timeline import Line
from faircut.match.transforms import area, describe, intersection

SAME_PLACE = 0.3
"""Share of the two outlines' union that they must have in common."""
_MOMENTS = 3


def share_shown(hits: list[FrameHit]) -> float:
    """Share of the query's picture that shows the reference."""
    return float(np.median([area(outline(hit)) for hit in hits]))


def outline(hit: FrameHit) -> Polygon:
    """Where the copy stands in the query."""
    return np.array(hit.region_query, np.float64).reshape(-1, 2)


def in_one_place(hits: list[FrameHit]) -> list[FrameHit]:
    """Those that stand where the strongest one stands, or next in time to one that does."""
    if not hits:
        return []
    order = sorted(hits, key=lambda hit: hit.query_time)
    seed = max(range(len(order)), key=lambda number: order[number].inliers)
    kept = [order[seed]]
    for step in (range(seed + 1, len(order)), range(seed - 1, -1, -1)):
        last = order[seed]
        for number in step:
            if overlap(outline(order[number]), outline(last)) >= SAME_PLACE:
                last = order[number]
                kept.append(last)
    return sorted(kept, key=lambda hit: hit.query_time)


def overlap(one: Polygon, other: Polygon) -> float:
    """Intersection over union."""
    shared = area(intersection(one, other))
    return shared / max(area(one) + area(other) - shared, 1e-9)


def _telling(hit: FrameHit, line: Line | None) -> float:
    """How much a hit says about what was done to the picture: where the camera moves, another moment of the reference
    than the very one that is shown says something about the camera."""
    late = 0.0 if line is None else abs(float(line.at(hit.query_time)) - hit.reference_time)
    return hit.inliers / (1.0 + 5.0 * late)


def sighting(
    entry: Entry, run: list[FrameHit], query: Segment | None, shown: Segment | None, line: Line | None
) -> Sighting:
    """What a run of hits shows; ``query`` is None for an image, whose best moment is told."""
    best = max(run, key=lambda hit: _telling(hit, line))
    if query is None and entry.reference.kind is not MediaKind.IMAGE:
        moment = round(best.reference_time, 3)
        shown = Segment(moment, moment)
    spread = [run[number] for number in np.unique(np.linspace(0, len(run) - 1, _MOMENTS).round().astype(int))]
    region, part = outline(best), np.array(best.region_reference, np.float64).reshape(-1, 2)
    return Sighting(
        reference=entry.reference,
        algorithm=keypoints.ALGORITHM,
        moments=tuple(
            Moment(round(hit.query_time, 3), round(hit.reference_time, 3), inliers=hit.inliers) for hit in spread
        ),
        distinct=len(run),
        query=query,
        shown=shown,
        line=line,
        inliers=float(np.median([hit.inliers for hit in run])),
        transform=describe(best.homography, region, part, mirrored=best.mirrored),
        mirrored=best.mirrored,
        inverted=best.inverted,
        homography=best.homography,
        region=region,
        part=part,
        looks=len(run),
    )
