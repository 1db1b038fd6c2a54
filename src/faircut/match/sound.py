"""Finds stretches of registered sound in an asset, by Chromaprint codes in time order.

Codes that a query shares with a reference (or that differ in one bit) vote for an offset between the two; the offsets
with most votes are checked over their whole overlap by the share of differing bits, which gives the segment its
ends. Only sound at the reference's own speed is found: a changed speed needs another fingerprint.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Asset, Fingerprint, Match, MediaKind, Segment, Stage
from faircut.fingerprints import chromaprint
from faircut.fingerprints.chromaprint import CODE_SECONDS
from faircut.index.store import Entry, FingerprintStore
from faircut.protocols import CatalogueReader

MAX_BIT_ERROR = 0.28
"""Share of differing bits over two seconds, up to which sound counts as the same. Unrelated sound lies near 0.5."""
MIN_SECONDS = 3.0
"""Shortest stretch that counts as evidence."""

_BITS = 32
_SMOOTH = 16
_MIN_VOTES = 3
_MAX_CANDIDATES = 24
_MAX_POSTINGS = 256
_MIN_DISTINCT = 8
_MIN_CODES = 4
_FLIPS = np.concatenate([np.zeros(1, np.uint32), np.uint32(1) << np.arange(_BITS, dtype=np.uint32)])


@dataclass(frozen=True, slots=True)
class _Track:
    entry: Entry
    codes: npt.NDArray[np.uint32]


class SoundMatcher:
    """A Detector over ``chromaprint-v1`` fingerprints. Thread-safe."""

    name = "sound"
    version = chromaprint.ALGORITHM
    stages = frozenset({Stage.UPLOAD, Stage.OUTPUT, Stage.DATASET, Stage.PUBLISHED})
    kinds = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._lock = threading.Lock()
        self._reset()
        self._store = FingerprintStore(
            catalogue,
            chromaprint.ALGORITHM,
            min_quality=1,
            span=CODE_SECONDS,
            on_add=self._add,
            on_rebuild=self._reset,
        )

    def _reset(self) -> None:
        self._tracks: list[_Track] = []
        self._sorted: tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32], npt.NDArray[np.int32]] | None = None

    def _add(self, entry: Entry) -> None:
        self._tracks.append(_Track(entry, as_integers(entry.codes)))
        self._sorted = None

    def _postings(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """All usable codes in order of value, with the track and the position that each stands at."""
        if self._sorted is None:
            places = [np.flatnonzero(track.entry.usable) for track in self._tracks]
            values = np.concatenate(
                [np.empty(0, np.uint32), *(track.codes[at] for track, at in zip(self._tracks, places, strict=True))]
            )
            owner = np.repeat(np.arange(len(places), dtype=np.int32), [len(at) for at in places])
            position = np.concatenate([np.empty(0, np.int32), *places]).astype(np.int32)
            order = np.argsort(values, kind="stable")
            self._sorted = values[order], owner[order], position[order]
        return self._sorted

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:
        """No sound fingerprint means that the file has no sound: nothing to find."""
        fingerprint = fingerprints.get(chromaprint.ALGORITHM)
        with self._lock:
            self._store.refresh()
            if fingerprint is None or len(fingerprint) < _MIN_CODES:
                return ()
            codes = as_integers(fingerprint.codes)
            heard = fingerprint.quality > 0
            found: list[Match] = []
            for track, offset in self._candidates(codes, heard):
                found += _stretches(asset, fingerprint, codes, heard, self._tracks[track], offset)
        return _without_overlaps(found)

    def _candidates(self, codes: npt.NDArray[np.uint32], heard: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        """(track, offset in codes) pairs that several codes vote for, the strongest first."""
        values, owners, positions = self._postings()
        places = np.flatnonzero(heard)
        if not len(values) or not len(places):
            return
        wanted = (codes[places][:, None] ^ _FLIPS[None, :]).reshape(-1)
        place = np.repeat(places, len(_FLIPS))
        low = np.searchsorted(values, wanted, side="left")
        count = np.searchsorted(values, wanted, side="right") - low
        # A code that stands everywhere (a held tone, hiss) tells nothing about where we are.
        telling = (count > 0) & (count <= _MAX_POSTINGS)
        low, count, place = low[telling], count[telling], place[telling]
        rows = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
        key = owners[rows].astype(np.int64) << 32 | (positions[rows] - np.repeat(place, count) + (1 << 30))
        keys, votes = np.unique(key, return_counts=True)
        # A true offset rarely falls on whole codes: its votes spread over two neighbours.
        beside = np.isin(keys + 1, keys)
        joint = votes.copy()
        joint[beside] += votes[np.searchsorted(keys, keys[beside] + 1)]
        for best in np.argsort(-joint, kind="stable")[:_MAX_CANDIDATES]:
            if joint[best] < _MIN_VOTES:
                return
            track, offset = int(keys[best] >> 32), int(keys[best] & 0xFFFFFFFF) - (1 << 30)
            yield track, offset
            if beside[best]:
                yield track, offset + 1


def as_integers(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """(n, 4) little-endian bytes to (n,) uint32."""
    return np.ascontiguousarray(codes).view("<u4").reshape(-1).astype(np.uint32)


def _stretches(
    asset: Asset,
    fingerprint: Fingerprint,
    codes: npt.NDArray[np.uint32],
    heard: npt.NDArray[np.bool_],
    track: _Track,
    offset: int,
) -> Iterator[Match]:
    first, last = max(0, -offset), min(len(codes), len(track.codes) - offset)
    if last - first < _MIN_CODES:
        return
    mine, theirs = codes[first:last], track.codes[first + offset : last + offset]
    wrong = np.bitwise_count(mine ^ theirs).astype(np.float64) / _BITS
    tells = heard[first:last] & track.entry.usable[first + offset : last + offset]
    wrong[~tells] = 0.5
    width = min(_SMOOTH, len(wrong))
    smooth = np.convolve(wrong, np.ones(width), mode="same") / np.convolve(np.ones(len(wrong)), np.ones(width), "same")
    good = np.concatenate([[False], smooth <= MAX_BIT_ERROR, [False]])
    edges = np.flatnonzero(np.diff(good.astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        query = _segment(fingerprint, first + int(begin), first + int(end) - 1)
        if query.seconds < MIN_SECONDS or len(np.unique(mine[begin:end])) < min(_MIN_DISTINCT, width):
            continue
        error = float(wrong[begin:end].mean())
        shift = float(track.entry.times[first + offset]) - float(fingerprint.times[first])
        reference = Segment(
            round(max(query.start + shift, 0.0), 3), round(min(query.end + shift, track.entry.duration), 3)
        )
        protected = track.entry.reference
        yield Match(
            detector=SoundMatcher.version,
            input=asset.label,
            work_id=protected.work_id,
            element_id=protected.element_id,
            reference_id=protected.id,
            score=round(1.0 - 2.0 * error, 4),
            query=query,
            reference=reference,
            evidence={"bit_error_rate": round(error, 4), "codes": int(end - begin)},
        )


def _segment(fingerprint: Fingerprint, first: int, last: int) -> Segment:
    """The stretch that codes first..last stand for.

    A code looks 2.6 s ahead and agrees once about half of that is shared, so ends inside the query lie half a
    code further in; at the query's own ends everything there is belongs to the stretch.
    """
    start = float(fingerprint.times[first]) + CODE_SECONDS / 2
    end = float(fingerprint.times[last]) + CODE_SECONDS / 2
    if last >= len(fingerprint) - 1 - _SMOOTH // 4:
        end = fingerprint.duration
    if first <= _SMOOTH // 4:
        start = float(fingerprint.times[0])
    return Segment(round(start, 3), round(max(end, start), 3))


def _without_overlaps(found: list[Match]) -> tuple[Match, ...]:
    kept: list[Match] = []
    for match in sorted(found, key=lambda each: -each.score * (each.query or Segment(0, 0)).seconds):
        mine = match.query or Segment(0, 0)
        same = [each for each in kept if (each.work_id, each.element_id) == (match.work_id, match.element_id)]
        if all((each.query or Segment(0, 0)).overlap(mine) < 0.5 * mine.seconds for each in same):
            kept.append(match)
    return tuple(sorted(kept, key=lambda each: each.query or Segment(0, 0)))
