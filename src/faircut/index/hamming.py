"""Range search over binary codes by brute force: the truth that faster indexes are tested against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs within the radius: ``query`` and ``row`` index the queries and the codes, ``distance`` is in bits."""

    query: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]


class BruteForceIndex:
    """Compares each query with each code in numpy. Slow, obvious, and what the others are tested against."""

    def __init__(self, code_bytes: int) -> None:
        self._codes = np.empty((0, code_bytes), np.uint8)

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        self._codes = np.concatenate([self._codes, codes])

    def search(self, queries: npt.NDArray[np.uint8], radius: int) -> Hits:
        """Every pair at ``radius`` bits or fewer, ordered by query, then row."""
        found: list[tuple[int, int, int]] = []
        for number, query in enumerate(queries):
            distances = np.bitwise_count(self._codes ^ query).sum(axis=1, dtype=np.int64)
            found += [(number, int(row), int(distances[row])) for row in np.flatnonzero(distances <= radius)]
        table = np.array(found, np.int64).reshape(-1, 3)
        return Hits(table[:, 0], table[:, 1], table[:, 2])
