"""What the key moments of a query and a reference say of time: which is nearest, and which stretch each stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, MediaKind
from faircut.fingerprints import keypoints
from faircut.index.store import Entry
from faircut.match.alignment import Votes
from faircut.match.frames import FrameHit, FrameMatcher

_SHARPENED = 8
"""Hits of one reference that are compared with the moments beside theirs."""
_NEIGHBOURS = 2.1
"""Seconds to either side within which these lie."""
_WEIGHTIEST = 40.0
"""Agreeing places beyond which a vote weighs no more."""
_STAND = 0.5
"""Seconds to either side that a moment stands for at most, where the next one follows soon."""
_SOON = 1.6


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """A query's local features: the fingerprint, and ``times`` of its key moments by number."""

    fingerprint: Fingerprint
    times: npt.NDArray[np.float64]

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> FeatureQuery:
        starts = keypoints.boundaries(fingerprint)[:-1]
        return cls(fingerprint, fingerprint.times[starts].astype(np.float64))


def sharpened(
    hits: list[FrameHit], query: FeatureQuery, frames: FrameMatcher, *, within: float = _NEIGHBOURS
) -> list[FrameHit]:
    """The hits of one reference, some of them moved to the moment of it that agrees best.

    A search stops at the first moment that agrees; in a slow scene its neighbours agree as well, and the one with most
    points in common is the nearest in time.
    """
    if hits[0].reference.kind is MediaKind.IMAGE or len(np.unique(hits[0].entry.times)) < 2:
        return list(hits)
    numbers = {float(time): number for number, time in enumerate(query.times)}
    chosen = set(np.unique(np.linspace(0, len(hits) - 1, _SHARPENED).round().astype(int)).tolist())
    sharp: list[FrameHit] = []
    for place, hit in enumerate(hits):
        best = None
        if place in chosen:
            best = frames.compare(
                query.fingerprint,
                numbers[hit.query_time],
                hit.entry,
                hit.reference_time,
                within=within,
                mirrored=hit.mirrored,
                inverted=hit.inverted,
            )
        sharp.append(best if best is not None and best.inliers > hit.inliers else hit)
    return sharp


def votes_of(hits: list[FrameHit]) -> Votes:
    """What the hits of one reference say of time."""
    stood = [_stood_for(hit.entry, hit.reference_time) for hit in hits]
    return Votes(
        np.array([hit.query_time for hit in hits]),
        np.array([hit.reference_time for hit in hits]),
        np.array([begin for begin, _ in stood]),
        np.array([end for _, end in stood]),
        np.array([min(hit.inliers, _WEIGHTIEST) for hit in hits]) / _WEIGHTIEST,
    )


def _stood_for(entry: Entry, time: float) -> tuple[float, float]:
    """The stretch of a reference that one of its key moments stands for.

    Moments follow one another as soon as the picture has changed and a second has passed: so a longer gap is a scene
    that stays as it is from its moment on.
    """
    if entry.reference.kind is MediaKind.IMAGE:
        return time, time
    times = np.unique(entry.times)
    place = int(np.searchsorted(times, time - 1e-4))
    following = float(times[place + 1]) if place + 1 < len(times) else max(entry.duration, time)
    gap = following - time
    end = time + min(gap / 2, _STAND) if gap <= _SOON else following - _STAND
    before = time - float(times[place - 1]) if place else 2 * time
    return time - min(before / 2, _STAND), end
