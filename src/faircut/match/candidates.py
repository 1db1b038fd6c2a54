"""From a few codes of the query to all pairs of moments that agree, one reference and one way of laying at a time.

The index answers few questions, because each costs as much as the catalogue is large. What it finds says where to look:
around each hit, all samples of the query are compared with the reference directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import pdq
from faircut.index.store import Entry
from faircut.match.query import AS_IS, NEGATIVE, TURNED, PictureQuery, bits
from faircut.match.shelf import PictureShelf

SEARCH_RADIUS = 40
"""Bits. Different films lie 88 apart at the least (3,570 frames), re-encodes of one film 0 to 30."""
FAINT_RADIUS = 24
"""Bits, where one of the two pictures is dim or plain. Alone it is no proof, so policy sends it to review. Of 38,704
pairs of darkened drawn and innocent frames none was nearer than 96, of 192 noisy gradients none nearer than 40."""

EVERY = 0.25
"""Seconds between the samples that are compared directly."""
_ASKED = 15
"""Frames of a clip of 15 s, or less, that the index is asked about; longer ones a frame a second."""
_ASKED_RARE = 5
"""The same for quarter turns and negatives: each frame of these costs six and two codes."""
PATIENT = 20_000
"""Registered codes, most of an hour, up to which the index is asked about every sample."""
_MOST = 48
"""References and ways that are compared directly, those with most hits first."""
_BLOCK = 16.0
_FASTEST = 2.0
_SLACK = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Pairs of moments of one reference laid one way, (n,) seconds each, and their (n,) distances in bits.

    ``bars``: what was done to the bars, for the evidence.
    """

    entry: Entry
    way: int
    query: npt.NDArray[np.float64]
    reference: npt.NDArray[np.float64]
    distance: npt.NDArray[np.int64]
    bars: str | None


def candidates(query: PictureQuery, shelf: PictureShelf, bars: str | None) -> Iterator[Candidate]:
    """References that may be in the query, those with most hits first."""
    if not len(shelf) or not (query.known | query.dim).any():
        return
    votes: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for frames, ways in _questions(query, len(shelf)):
        codes = np.stack([query.laid(way, frames) for way in ways], axis=1).reshape(-1, pdq.CODE_BYTES)
        found = shelf.lookup(codes, SEARCH_RADIUS)
        times, laid = query.times[frames][found.query // len(ways)], np.array(ways)[found.query % len(ways)]
        for number in np.unique(found.entry):
            mine = np.flatnonzero(found.entry == number)
            reference = shelf.entry(number).times[found.row[mine]]
            for way in np.unique(laid[mine]):
                these = laid[mine] == way
                pairs = zip(times[mine][these].tolist(), reference[these].tolist(), strict=True)
                votes.setdefault((int(number), int(way)), []).extend(pairs)
    ranked = sorted(votes, key=lambda key: (-len({moment for moment, _ in votes[key]}), key))
    for number, way in ranked[:_MOST]:
        close = _around(query, shelf.entry(number), way, np.array(votes[number, way]), bars)
        if len(close.query):
            yield close


def _questions(query: PictureQuery, registered: int) -> Iterator[tuple[npt.NDArray[np.intp], tuple[int, ...]]]:
    """Which frames are looked up in which ways."""
    seconds = float(query.times[-1] - query.times[0])
    # A clip of a second or two is sampled more finely, so that it too has several moments to agree.
    every = min(EVERY, max(seconds / 12, 0.02))
    patient = registered <= PATIENT
    plain = query.samples(every, dim=True) if patient else sparse(query)[::2]
    rare = query.samples(every * 2 if patient else min(seconds / _ASKED_RARE, 3.0))
    few = query.samples(every * 4 if patient else min(seconds / _ASKED_RARE, 3.0))
    yield from ((frames, ways) for frames, ways in ((plain, AS_IS), (rare, TURNED), (few, NEGATIVE)) if len(frames))


def sparse(query: PictureQuery) -> npt.NDArray[np.intp]:
    """Frames that a large catalogue is asked about: every other one in order of time, and the others for single
    pictures alone."""
    seconds = float(query.times[-1] - query.times[0])
    return query.samples(min(seconds / _ASKED, 1.0) / 2, dim=True)


def _around(query: PictureQuery, entry: Entry, way: int, votes: npt.NDArray[np.float64], bars: str | None) -> Candidate:
    """All samples of the query near a vote against all codes of the reference near it. ``votes``: (n, 2) seconds."""
    seconds = float(query.times[-1] - query.times[0])
    every = min(EVERY, max(seconds / 12, 0.02))
    # Writing on black stands for a second or two: a few more looks make it several moments.
    dim = query.samples(every / 2, dim=True)
    samples = np.union1d(query.samples(every), dim[query.dim[dim]])
    usable = np.flatnonzero(entry.usable)
    times = entry.times[usable].astype(np.float64)
    parts: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.int64]]] = []
    for start in np.arange(query.times[0], query.times[-1] + 1e-6, _BLOCK):
        asked = samples[(query.times[samples] >= start) & (query.times[samples] < start + _BLOCK)]
        # A vote reaches a block further: a shot of the next block may have none of its own.
        near = votes[(votes[:, 0] >= start - _BLOCK) & (votes[:, 0] < start + 2 * _BLOCK)]
        if not len(asked) or not len(near):
            continue
        reach = _FASTEST * min(_BLOCK, seconds) + 1.0
        marks = np.unique(np.round(near[:, 1]))
        place = np.clip(np.searchsorted(marks, times), 0, len(marks) - 1)
        gap = np.minimum(np.abs(times - marks[place]), np.abs(times - marks[np.maximum(place - 1, 0)]))
        rows = usable[gap <= reach]
        if not len(rows):
            continue
        distance = bits(query.laid(way, asked)[:, None], entry.codes[rows][None])
        distance[_faint(query, entry, asked, rows) & (distance > FAINT_RADIUS)] = pdq.BITS
        sharp = distance <= np.minimum(distance.min(axis=1, keepdims=True) + _SLACK, SEARCH_RADIUS)
        one, other = np.nonzero(sharp)
        parts.append((asked[one], rows[other], distance[one, other]))
    if not parts:
        empty = np.empty(0)
        return Candidate(entry, way, empty, empty, empty.astype(np.int64), bars)
    frames, rows, distances = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Candidate(entry, way, query.times[frames], entry.times[rows].astype(np.float64), distances, bars)


def _faint(
    query: PictureQuery, entry: Entry, frames: npt.NDArray[np.intp], rows: npt.NDArray[np.intp]
) -> npt.NDArray[np.bool_]:
    faint: npt.NDArray[np.bool_] = (
        np.minimum(query.quality[frames][:, None], entry.quality[rows][None]) < pdq.MIN_QUALITY
    )
    return faint
