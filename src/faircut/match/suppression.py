"""What must not match by itself: content of negative references, and what stands in works of several parties alike.

A studio's logo, a slate or a leader opens films of many owners. Whoever shows it has copied none of them; whoever shows
it together with what follows has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from faircut.domain import MediaKind, Segment
from faircut.index.store import Entry
from faircut.match.merging import share_of
from faircut.match.query import bits
from faircut.match.sightings import Sighting
from faircut.match.stretches import VERIFY_RADIUS

MARGIN = 4
"""Bits by which a match must be nearer than a "never match this" to count."""
_SHARE = 0.8
"""The same for local features: a "never match this" of fewer agreeing places than this share is the lesser one."""
_LEAST_LEFT = 1.0
"""Seconds that must be left of a match when what a "never match this" explains is cut out."""
COMMON_SECONDS = 15.0
"""A stretch that references of different parties share, up to this long, is a logo or a leader."""
COMMON_SHARE = 0.25
"""And no more than this share of either: two registrations of one film share all of it."""
_BEYOND = 2.0
"""Seconds by which a match must go beyond what is shared to be evidence of more."""
_STEP = 0.25

CodesOf = Callable[[str], Entry | None]


def without_negatives(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Positive sightings less the stretches that a negative reference explains at least as well."""
    never = [each for each in sightings if each.reference.negative is not None]
    kept: list[Sighting] = []
    for each in sightings:
        if each.reference.negative is None:
            spans = [other.query for other in never if _silenced(each, other)]
            kept += [each] if not spans else _cut_out(each, spans)
    return kept


def _silenced(each: Sighting, never: Sighting) -> bool:
    if not never.reference.silences(each.reference) or share_of(each.region, never.region) < _SHARE:
        return False
    if never.distance is not None:
        return each.distance is None or never.distance <= each.distance + MARGIN
    if each.distance is not None:
        return False
    return (never.inliers or 0.0) >= _SHARE * (each.inliers or 0.0)


def _cut_out(sighting: Sighting, spans: Sequence[Segment | None]) -> list[Sighting]:
    """What is left of a sighting outside the spans; None spans all."""
    if sighting.query is None or any(span is None for span in spans):
        return []
    left = [sighting.query]
    for span in spans:
        if span is not None:
            left = [
                piece
                for whole in left
                for piece in (
                    Segment(whole.start, min(whole.end, span.start)),
                    Segment(max(whole.start, span.end), whole.end),
                )
                if piece.seconds >= _LEAST_LEFT
            ]
    if left == [sighting.query]:
        return [sighting]
    return [] if sighting.line is None else [_part(sighting, piece) for piece in left]


def _part(sighting: Sighting, query: Segment) -> Sighting:
    shown = sighting.shown
    if shown is not None and sighting.line is not None:
        low, high = np.sort(sighting.line.at(np.array([query.start, query.end]))).tolist()
        shown = Segment(round(max(low, shown.start), 3), round(max(min(high, shown.end), max(low, shown.start)), 3))
    moments = tuple(each for each in sighting.moments if query.start <= each.query < query.end)
    return replace(sighting, query=query, shown=shown, moments=moments or sighting.moments[:1])


def without_common(sightings: Sequence[Sighting], codes_of: CodesOf) -> list[Sighting]:
    """Sightings less those of nothing but what stands in works of different parties alike.

    ``codes_of``: a reference's ``pdq-v1`` codes, by its id.
    """
    common = [each for each in sightings if _common(each, sightings, codes_of)]
    # What codes know to be common, local features see too, if not quite at the same time.
    return [each for each in sightings if not any(each is other or _same_piece(each, other) for other in common)]


def _same_piece(each: Sighting, common: Sighting) -> bool:
    if each.reference.id != common.reference.id:
        return False
    if each.query is None or common.query is None:
        return each.query is common.query
    inside = common.query.overlap(each.query) >= _SHARE * each.query.seconds
    return inside and _seconds_of(each) <= _seconds_of(common) + _BEYOND


def _common(each: Sighting, sightings: Sequence[Sighting], codes_of: CodesOf) -> bool:
    mine = codes_of(each.reference.id)
    if mine is None or each.reference.kind is not MediaKind.VIDEO:
        return False
    for other in sightings:
        if other.reference.party_id == each.reference.party_id or other.reference.kind is not MediaKind.VIDEO:
            continue
        theirs = codes_of(other.reference.id)
        pair = _same_moment(each, other)
        if theirs is None or pair is None:
            continue
        shared = shared_stretch(mine, pair[0], theirs, pair[1])
        short = shared <= min(COMMON_SECONDS, COMMON_SHARE * min(mine.duration, theirs.duration))
        if shared > 0 and short and (each.query is None or _seconds_of(each) <= shared + _BEYOND):
            return True
    return False


def _seconds_of(sighting: Sighting) -> float:
    return sighting.shown.seconds if sighting.shown is not None else 0.0


def _same_moment(one: Sighting, other: Sighting) -> tuple[float, float] | None:
    """A moment of each reference that the same frame of the query shows."""
    if one.query is None or other.query is None:
        return (one.moments[0].reference, other.moments[0].reference) if one.query is other.query else None
    if one.query.overlap(other.query) <= 0 and one.query != other.query:
        return None
    middle = (max(one.query.start, other.query.start) + min(one.query.end, other.query.end)) / 2
    times = [
        float(each.line.at(middle)) if each.line is not None else each.moments[0].reference for each in (one, other)
    ]
    return times[0], times[1]


def shared_stretch(one: Entry, at: float, other: Entry, there: float) -> float:
    """Seconds around two moments for which two references show the same; 0 when they differ at once."""
    reach = np.arange(0.0, COMMON_SECONDS * 2, _STEP)
    total = 0.0
    for way in (1.0, -1.0):
        mine, theirs = at + way * reach, there + way * reach
        inside = (mine >= 0) & (theirs >= 0) & (mine < one.duration) & (theirs < other.duration)
        agree = (bits(_codes_at(one, mine), _codes_at(other, theirs)) <= VERIFY_RADIUS) & inside
        total += float(len(agree) if agree.all() else agree.argmin()) * _STEP
    return total


def _codes_at(
    entry: Entry, times: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rows = np.clip(np.searchsorted(entry.times, times + 1e-3, side="right") - 1, 0, len(entry.times) - 1)
    return np.asarray(entry.codes[rows], np.uint8)
