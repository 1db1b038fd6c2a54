"""Stretches of registered sound by Chromaprint codes in time order, at the reference's own speed.

Codes that a query shares with a reference (or that differ in one bit) vote for an offset between the two; the offsets
with most votes are checked over their whole overlap by the share of differing bits, which gives the segment its ends.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Segment
from faircut.fingerprints import chromaprint
from faircut.fingerprints.chromaprint import CODE_SECONDS
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.live import LOCK_S, LiveIndex
from faircut.index.store import Entry
from faircut.index.views import View
from faircut.match.sound_hearings import Hearing
from faircut.match.sound_probability import by_codes
from faircut.protocols import CatalogueReader

MAX_BIT_ERROR = 0.28
"""Share of differing bits over two seconds, up to which sound counts as the same. Unrelated sound lies near 0.5."""
MIN_SECONDS = 3.0
"""Shortest stretch that counts as evidence."""

MIN_GAIN = 0.12
"""What the share of differing bits must be below that of the same two sounds moved against each other."""

_BITS = 32
_TURNS = (0.21, 0.34, 0.47, 0.58, 0.73)
_SMOOTH = 16
_MIN_VOTES = 3
_MAX_CANDIDATES = 24
_MAX_POSTINGS = 256
_MIN_DISTINCT = 8
_MIN_CODES = 4
_FLIPS = np.concatenate([np.zeros(1, np.uint32), np.uint32(1) << np.arange(_BITS, dtype=np.uint32)])


def as_integers(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """(n, 4) little-endian bytes to (n,) uint32."""
    return np.ascontiguousarray(codes).view("<u4").reshape(-1).astype(np.uint32)


def _listed(codes: npt.NDArray[np.uint8], _times: npt.NDArray[np.float32]) -> Listing:
    return Listing(keys=as_integers(codes))


class CodeSearch:
    """Hears ``chromaprint-v1`` fingerprints. Thread-safe. ``least``: gain over chance below which nothing is heard."""

    def __init__(self, catalogue: CatalogueReader, *, least: float = MIN_GAIN) -> None:
        self._least = least
        scheme = InvertedScheme(
            "chromaprint-codes-v1", code_bytes=chromaprint.CODE_BYTES, key_bits=_BITS, describe=_listed, min_quality=1
        )
        self._index = LiveIndex(
            catalogue, chromaprint.ALGORITHM, scheme, span=CODE_SECONDS, folder=catalogue.index_folder
        )

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        return self._index.compact(timeout=LOCK_S)

    def hear(self, fingerprint: Fingerprint) -> list[Hearing]:
        """Everything registered that is in a query."""
        view = self._index.view()
        if len(fingerprint) < _MIN_CODES or not len(view):
            return []
        codes, heard = as_integers(fingerprint.codes), fingerprint.quality > 0
        found: list[Hearing] = []
        for entry, offset in _candidates(view, codes, heard):
            found += _stretches(fingerprint, codes, heard, entry, offset, self._least)
        return found


def _candidates(
    view: View[InvertedScheme], codes: npt.NDArray[np.uint32], heard: npt.NDArray[np.bool_]
) -> Iterator[tuple[Entry, int]]:
    """(reference, offset in codes) pairs that several codes vote for, the strongest first."""
    places = np.flatnonzero(heard)
    wanted = (codes[places][:, None] ^ _FLIPS[None, :]).reshape(-1)
    # A code that stands everywhere (a held tone, hiss) tells nothing about where we are.
    hits = view.lookup(wanted, longest=_MAX_POSTINGS)
    place = places[hits.query // len(_FLIPS)]
    keys, votes = np.unique(hits.entry << 32 | (hits.row - place + (1 << 30)), return_counts=True)
    # A true offset rarely falls on whole codes: its votes spread over two neighbours.
    beside = np.isin(keys + 1, keys)
    joint = votes.copy()
    joint[beside] += votes[np.searchsorted(keys, keys[beside] + 1)]
    for best in np.argsort(-joint, kind="stable")[:_MAX_CANDIDATES]:
        if joint[best] < _MIN_VOTES:
            return
        entry, offset = view.entry(int(keys[best] >> 32)), int(keys[best] & 0xFFFFFFFF) - (1 << 30)
        yield entry, offset
        if beside[best]:
            yield entry, offset + 1


def _stretches(
    fingerprint: Fingerprint,
    codes: npt.NDArray[np.uint32],
    heard: npt.NDArray[np.bool_],
    entry: Entry,
    offset: int,
    least: float,
) -> Iterator[Hearing]:
    first, last = max(0, -offset), min(len(codes), len(entry.codes) - offset)
    if last - first < _MIN_CODES:
        return
    mine, theirs = codes[first:last], as_integers(entry.codes[first + offset : last + offset])
    wrong = np.bitwise_count(mine ^ theirs).astype(np.float64) / _BITS
    tells = heard[first:last] & entry.usable[first + offset : last + offset]
    wrong[~tells] = 0.5
    width = min(_SMOOTH, len(wrong))
    smooth = np.convolve(wrong, np.ones(width), mode="same") / np.convolve(np.ones(len(wrong)), np.ones(width), "same")
    good = np.concatenate([[False], smooth <= MAX_BIT_ERROR, [False]])
    edges = np.flatnonzero(np.diff(good.astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        query = _segment(fingerprint, first + int(begin), first + int(end) - 1)
        distinct = len(np.unique(mine[begin:end]))
        if query.seconds < MIN_SECONDS or distinct < min(_MIN_DISTINCT, width):
            continue
        error = float(wrong[begin:end].mean())
        chance = _chance(mine[begin:end], theirs[begin:end])
        if error > chance - least:
            continue
        shift = float(entry.times[first + offset]) - float(fingerprint.times[first])
        yield Hearing(
            algorithm=chromaprint.ALGORITHM,
            reference=entry.reference,
            query=query,
            heard=Segment(max(query.start + shift, 0.0), min(query.end + shift, entry.duration)),
            score=1.0 - 2.0 * error,
            probability=by_codes(error, chance),
            blur=CODE_SECONDS / 2,
            details={"bit_error_rate": round(error, 4), "moved": round(chance, 4), "codes": int(end - begin)},
        )


def _chance(mine: npt.NDArray[np.uint32], theirs: npt.NDArray[np.uint32]) -> float:
    """The share of differing bits when the two are moved against each other: small where sound is the same all along,
    as hiss, hum and held chords are, and then agreement says nothing."""
    turns = sorted({max(round(len(mine) * share), 1) for share in _TURNS})
    return float(np.median([np.bitwise_count(mine ^ np.roll(theirs, turn)).mean() / _BITS for turn in turns]))


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
    return Segment(start, max(end, start))
