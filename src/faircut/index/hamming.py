"""Range search over binary codes. Brute force is the truth; the fast index must agree with it exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import faiss
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs within the radius: ``query`` and ``row`` index the queries and the codes, ``distance`` is in bits."""

    query: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]


class HammingIndex(Protocol):
    """All codes within a radius, none left out."""

    def add(self, codes: npt.NDArray[np.uint8]) -> None: ...

    def search(self, queries: npt.NDArray[np.uint8], radius: int) -> Hits:
        """Every pair at ``radius`` bits or fewer, ordered by query, then row."""
        ...


class BruteForceIndex:
    """Compares each query with each code in numpy. Slow, obvious, and what the others are tested against."""

    def __init__(self, code_bytes: int) -> None:
        self._codes = np.empty((0, code_bytes), np.uint8)

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        self._codes = np.concatenate([self._codes, codes])

    def search(self, queries: npt.NDArray[np.uint8], radius: int) -> Hits:
        found: list[tuple[int, int, int]] = []
        for number, query in enumerate(queries):
            distances = np.bitwise_count(self._codes ^ query).sum(axis=1, dtype=np.int64)
            found += [(number, int(row), int(distances[row])) for row in np.flatnonzero(distances <= radius)]
        table = np.array(found, np.int64).reshape(-1, 3)
        return Hits(table[:, 0], table[:, 1], table[:, 2])


class FaissIndex:
    """faiss' exhaustive binary index: exact, multi-threaded, some millions of codes a core and millisecond."""

    def __init__(self, code_bytes: int) -> None:
        self._index = faiss.IndexBinaryFlat(code_bytes * 8)
        self._bytes = code_bytes

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        if len(codes):
            self._index.add(np.ascontiguousarray(codes))

    def search(self, queries: npt.NDArray[np.uint8], radius: int) -> Hits:
        if not len(queries) or not self._index.ntotal:
            empty = np.empty(0, np.int64)
            return Hits(empty, empty, empty)
        # faiss returns what is strictly below its radius.
        limits, distances, rows = self._index.range_search(np.ascontiguousarray(queries), radius + 1)
        query = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
        order = np.lexsort((rows, query))
        return Hits(query[order], rows[order].astype(np.int64), distances[order].astype(np.int64))
