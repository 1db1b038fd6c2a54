"""Range search among 256-bit codes by multi-index hashing.

Norouzi, Punjani, Fleet, "Fast Search in Hamming Space with Multi-Index Hashing" (CVPR 2012): a code is cut into 12
chunks of 21 or 22 bits, and each chunk is the key of a table of its own. Two codes that differ in few bits agree on
some chunk, or differ there in one bit: so the rows listed under the chunks of a query, and under those with one bit
flipped, are candidates, whose distance is then counted in full.

Up to 23 bits apart, some chunk must differ in one bit at most: nothing is missed. Beyond, it is chance, and the answer
is a part of the truth, never more; :data:`EXACT_RADIUS` says how large a part. Catalogues of up to
:data:`EXHAUSTIVE` codes are compared one by one instead, which is exact for any radius.

A chunk's leading bits alone are looked up while a table is small, since a list should hold some rows: that only adds
candidates. Content that stands everywhere fills single lists without end; a query looks at no more than
:data:`BUDGET` candidates a part, takes the longest lists thinner, evenly, and says how many it passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from faircut.index.hits import CodeHits
from faircut.index.postings import directory_bits, expanded, fair_limits, ordered, thinned
from faircut.index.rows import Arrays, Part, Placed, Rows

CHUNKS = 12
CODE_BYTES = 32
EXACT_RADIUS = 2 * CHUNKS - 1
"""Bits up to which nothing is missed. Beyond, of pairs that differ in random bits (20,000 each), 99.4 % are found at 31
and 86 % at 40; of frames of real films (three pairs of files, 7,000 pairs of frames) 99.8 % from 24 to 31 bits apart,
97 % from 32 to 40, 86 % from 41 to 48."""

EXHAUSTIVE = 1 << 17
"""Codes in all up to which each is compared."""
BUDGET = 1 << 16
"""Most candidates that one query looks at in one part."""

_BITS = 8 * CODE_BYTES
_WIDTHS = [_BITS * (chunk + 1) // CHUNKS - _BITS * chunk // CHUNKS for chunk in range(CHUNKS)]
_NARROWEST = min(_WIDTHS)
_LOAD = 4
_LEAST_TABLED = 1 << 17
_BLOCK = 1 << 16
_GATHER = 1 << 17


class HammingScheme:
    """Tables for codes of 32 bytes. Codes of less than ``min_quality`` are kept and never found."""

    name = "multi-hash-v1"
    code_bytes = CODE_BYTES

    def __init__(self, *, min_quality: int) -> None:
        self.min_quality = min_quality
        self.parameters: Mapping[str, int | str] = {"min_quality": min_quality}

    def build(self, rows: Rows) -> Arrays:
        """``begins`` (12, 2**bits + 1) uint32, positions in the lists. Those are most of an index, so the rows
        in them are split into ``low`` (12 n,) uint16 and ``high`` (12 n,) uint8."""
        if len(rows) < _LEAST_TABLED:
            return {}
        shown = np.flatnonzero(rows.quality >= self.min_quality).astype(np.uint32)
        bits = directory_bits(len(shown), _NARROWEST, load=_LOAD)
        begins = np.empty((CHUNKS, (1 << bits) + 1), "<u4")
        low = np.empty(CHUNKS * len(shown), "<u2")
        high = np.empty(CHUNKS * len(shown), np.uint8 if len(rows) <= 1 << 24 else "<u2")
        keys = np.empty(len(shown), np.uint32)
        for number, width in enumerate(_WIDTHS):
            for start in range(0, len(shown), _BLOCK):
                block = slice(start, start + _BLOCK)
                keys[block] = chunk(rows.codes[shown[block]], number)
            beginnings, order = ordered(keys, width, bits)
            listed = slice(number * len(shown), (number + 1) * len(shown))
            begins[number] = beginnings + np.uint32(listed.start)
            low[listed] = shown[order] & np.uint32(0xFFFF)
            high[listed] = shown[order] >> np.uint32(16)
        return {"begins": begins, "low": low, "high": high}

    def search(self, parts: Sequence[Placed], queries: npt.NDArray[np.uint8], radius: int) -> CodeHits:
        """See :class:`CodeHits`. ``queries``: (n, 32) uint8; ``radius`` in bits."""
        if queries.ndim != 2 or queries.shape[1] != CODE_BYTES:
            raise ValueError(f"queries of shape {queries.shape}, not (n, {CODE_BYTES})")
        queries = np.ascontiguousarray(queries)
        small = sum(len(each.part.rows) for each in parts) <= EXHAUSTIVE
        found = []
        for each in parts:
            if small or not each.part.tables:
                query, row, distance = _exhaustive(each.part, queries, radius, self.min_quality)
                cut = np.zeros(len(queries), np.int64)
            else:
                query, row, distance, cut = _looked_up(each.part, queries, radius)
            alive = each.alive(row)
            entry, place = each.locate(row[alive])
            found.append(CodeHits(query[alive], entry, place, distance[alive], cut))
        return CodeHits.joined(found, len(queries))


def chunk(codes: npt.NDArray[np.uint8], number: int) -> npt.NDArray[np.uint32]:
    """(n, 32) uint8 to (n,) uint32: bits 0 to 20 of each code for chunk 0, 21 to 41 for chunk 1 …, as numbers."""
    words = np.ascontiguousarray(codes).view(">u8")
    width = _WIDTHS[number]
    word, offset = divmod(sum(_WIDTHS[:number]), 64)
    inside = 64 - offset
    value = words[:, word].astype(np.uint64)
    if inside >= width:
        value >>= np.uint64(inside - width)
    else:
        rest = np.uint64(width - inside)
        value = value << rest | words[:, word + 1].astype(np.uint64) >> (np.uint64(64) - rest)
    return (value & np.uint64((1 << width) - 1)).astype(np.uint32)


def _exhaustive(
    part: Part, queries: npt.NDArray[np.uint8], radius: int, min_quality: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    def flat() -> tuple[Any, npt.NDArray[np.int64]]:
        shown = np.flatnonzero(part.rows.quality >= min_quality)
        index = faiss.IndexBinaryFlat(_BITS)
        if len(shown):
            index.add(np.ascontiguousarray(part.rows.codes[shown]))
        return index, shown

    index, shown = part.kept("flat", flat)
    if not len(queries) or not len(shown):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    # faiss returns what is strictly below its radius.
    limits, distances, rows = index.range_search(queries, radius + 1)
    query = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
    return query, shown[rows], distances.astype(np.int64)


def _looked_up(
    part: Part, queries: npt.NDArray[np.uint8], radius: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    begins, lower, upper = (part.tables[name] for name in ("begins", "low", "high"))
    bits = (begins.shape[1] - 1).bit_length() - 1
    shifts = np.array(_WIDTHS, np.uint32)[:, None] - np.uint32(bits)
    flips = np.concatenate([np.zeros(1, np.uint32), np.uint32(1) << np.arange(bits, dtype=np.uint32)])
    keys = np.stack([chunk(queries, number) for number in range(CHUNKS)])
    probes = ((keys >> shifts).T[:, :, None] ^ flips).reshape(-1)
    places = probes.astype(np.int64) + np.repeat(np.tile(np.arange(CHUNKS) * begins.shape[1], len(queries)), len(flips))
    flat = begins.reshape(-1)
    low = flat[places].astype(np.int64)
    count = flat[places + 1].astype(np.int64) - low
    per_query = count.reshape(len(queries), CHUNKS * len(flips))
    cut = np.maximum(per_query.sum(axis=1) - BUDGET, 0)
    keep = count
    if cut.any():
        keep = np.minimum(per_query, fair_limits(per_query, BUDGET)[:, None]).reshape(-1)
        cut = (per_query - keep.reshape(per_query.shape)).sum(axis=1)
    owner = np.repeat(np.arange(len(queries)), per_query.shape[1])
    some = np.flatnonzero(keep)
    low, count, keep, owner = low[some], count[some], keep[some], owner[some]
    halves, other_halves = _halves(part.rows.codes)
    theirs, other_theirs = _halves(queries)
    found: list[tuple[npt.NDArray[np.int64], ...]] = []
    edges = np.concatenate([[0], np.cumsum(keep)])
    start = 0
    while start < len(keep):
        stop = max(start + 1, int(np.searchsorted(edges, edges[start] + _GATHER, side="right")) - 1)
        block = slice(start, stop)
        if cut.any():
            which, position = thinned(low[block], count[block], keep[block])
        else:
            which, position = expanded(low[block], keep[block])
        row = upper[position].astype(np.int64) << 16 | lower[position]
        query = owner[block][which]
        # Of unrelated codes the first half alone differs in more, and the second need not be read.
        differing = _counted(halves[row], theirs[query])
        near = np.flatnonzero(differing <= radius)
        row, query, differing = row[near], query[near], differing[near]
        differing = differing + _counted(other_halves[row], other_theirs[query])
        near = np.flatnonzero(differing <= radius)
        found.append((query[near], row[near], differing[near].astype(np.int64)))
        start = stop
    query, row, distance = (
        np.concatenate([np.empty(0, np.int64), *(each[column] for each in found)]) for column in range(3)
    )
    # A near code comes up in several chunks.
    _, first = np.unique(query * len(part.rows) + row, return_index=True)
    return query[first], row[first], distance[first], cut


def _halves(codes: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.complex128], npt.NDArray[np.complex128]]:
    """(n,) the first and the last 16 bytes of codes. As numbers of 16 bytes, they are fetched in one piece."""
    wide = codes.reshape(-1).view(np.complex128).reshape(-1, 2)
    return wide[:, 0], wide[:, 1]


def _counted(one: npt.NDArray[np.complex128], other: npt.NDArray[np.complex128]) -> npt.NDArray[np.uint8]:
    """(n,) differing bits of halves, 0..128."""
    bits = np.bitwise_count(one.view(np.uint64) ^ other.view(np.uint64))
    counted: npt.NDArray[np.uint8] = bits[0::2] + bits[1::2]
    return counted
