"""What the key moments of a query and a reference say of time: which is nearest, and which stretch each stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, MediaKind
from faircut.fingerprints import keypoints, pdq
from faircut.index.store import Entry
from faircut.match.alignment import Votes
from faircut.match.frames import FrameHit, FrameMatcher
from faircut.match.looks import Looks
from faircut.match.query import CUT, bits

_SHARPENED = 6
"""Hits of one reference that are compared with the moments beside theirs."""
_NEIGHBOURS, _NEAREST = 2.1, 4
"""Seconds to either side within which these lie, and how many of them, the nearest, in a clip."""
_WEIGHTIEST = 40.0
"""Agreeing places beyond which a vote weighs no more."""
_SHARPNESS = 3.0
"""Power of the agreeing places with which moments beside one another count."""
_NARROWER = 0.6
"""Share of its own stretch that a moment stands for, where its neighbours are known too."""
_STAND = 0.5
"""Seconds to either side that a moment stands for at most, where the next one follows soon."""
_SOON = 1.6
_SAME_FRAME = 0.01
_DENSE, _MANY = 0.8, 12
"""Seconds between the moments of a stretch that are asked first, where at least so many can be."""


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """A query's local features: what is looked at, and ``times`` and numbers of ``points`` of its key moments."""

    looks: Looks
    times: npt.NDArray[np.float64]
    points: npt.NDArray[np.intp]

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> FeatureQuery:
        starts = keypoints.boundaries(fingerprint)
        return cls(Looks(fingerprint), fingerprint.times[starts[:-1]].astype(np.float64), np.diff(starts))


def sharpened(
    hits: list[FrameHit],
    query: FeatureQuery,
    frames: FrameMatcher,
    *,
    within: float = _NEIGHBOURS,
    most: int | None = _NEAREST,
) -> list[FrameHit]:
    """The hits of one reference, some of them moved to the moment of it that agrees best, of the ``most`` nearest.

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
                query.looks,
                numbers[hit.query_time],
                hit.entry,
                hit.reference_time,
                within=within,
                most=most,
                mirrored=hit.mirrored,
                inverted=hit.inverted,
            )
        sharp.append(best if best is not None and best.inliers >= hit.inliers else hit)
    return sharp


def cuts_of(codes: Entry) -> npt.NDArray[np.float64]:
    """Times of a reference, by its ``pdq-v1`` codes, from which on it shows something altogether different."""
    told = np.minimum(codes.quality[1:], codes.quality[:-1]) >= pdq.FAINT_QUALITY
    cut = (bits(codes.codes[1:], codes.codes[:-1]) >= CUT) & told
    cuts: npt.NDArray[np.float64] = codes.times[1:][cut].astype(np.float64)
    return cuts


def votes_of(hits: list[FrameHit], cuts: npt.NDArray[np.float64] | None = None) -> Votes:
    """What the hits of one reference say of time.

    The moments beside one that agrees say more: where it agrees with those far less, it is near in time, and nearer to
    the one with which it agrees more; in a still scene it agrees with all of them, and may lie anywhere, between the
    ``cuts`` of the reference.
    """
    begin, end = np.array([_told_of(hit) for hit in hits], np.float64).reshape(-1, 2).T
    weight = np.array([min(hit.inliers, _WEIGHTIEST) for hit in hits]) / _WEIGHTIEST
    query, low, high = np.array([hit.query_time for hit in hits]), None, None
    if cuts is not None:
        shown = np.array([hit.reference_time for hit in hits]) + _SAME_FRAME
        shot = np.searchsorted(cuts, shown, side="right")
        low, high = np.concatenate([[-np.inf], cuts])[shot], np.concatenate([cuts, [np.inf]])[shot]
    return Votes(query, (begin + end) / 2, begin, end, weight, low, high)


def _told_of(hit: FrameHit) -> tuple[float, float]:
    """The stretch of the reference in which the moment lies that a hit shows."""
    spans = np.array(
        [_stood_for(hit.entry, time) for time, _ in hit.beside] or [_stood_for(hit.entry, hit.reference_time)]
    )
    if len(spans) < 2:
        return float(spans[0, 0]), float(spans[0, 1])
    share = np.array([inliers for _, inliers in hit.beside], np.float64)
    share = (share / share.max()) ** _SHARPNESS
    share /= share.sum()
    middles = spans.mean(axis=1)
    centre = float(share @ middles)
    spread = float(np.sqrt(share @ (middles - centre) ** 2))
    half = float(share @ (spans[:, 1] - spans[:, 0])) / 2
    reach = max(half * _NARROWER, spread)
    return centre - reach, centre + reach


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


def spread(times: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Those that are ``known``, and moments so far from them, and from one another, that each tells something; all, if
    few do."""
    chosen = known.copy()
    following = np.append(np.where(known, times, np.inf), np.inf)
    following = np.minimum.accumulate(following[::-1])[::-1]
    last = -np.inf
    for number, time in enumerate(times.tolist()):
        if not known[number] and time - last >= _DENSE and following[number] - time >= _DENSE / 2:
            chosen[number] = True
        if chosen[number]:
            last = time
    return chosen if np.count_nonzero(chosen) >= _MANY else np.ones(len(times), bool)
