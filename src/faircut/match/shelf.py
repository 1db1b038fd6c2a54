"""The registered picture codes of one algorithm, and the index over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import pdq
from faircut.index.hamming import FaissIndex, HammingIndex
from faircut.index.store import Entry, FingerprintStore
from faircut.protocols import CatalogueReader


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs within the radius: number of the query code, of the entry, row within the entry, and bits apart."""

    query: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]


class PictureShelf:
    """In step with the catalogue after each ``refresh``. Not thread-safe: its owner holds a lock."""

    def __init__(self, catalogue: CatalogueReader, algorithm: str) -> None:
        self.algorithm = algorithm
        self._reset()
        self._store = FingerprintStore(
            catalogue, algorithm, min_quality=pdq.FAINT_QUALITY, on_add=self._add, on_rebuild=self._reset
        )

    def _reset(self) -> None:
        self._index: HammingIndex = FaissIndex(pdq.CODE_BYTES)
        self.entries: list[Entry] = []
        self._starts: list[int] = [0]
        self._rows: list[npt.NDArray[np.intp]] = []

    def _add(self, entry: Entry) -> None:
        self._index.add(entry.codes[entry.usable])
        self.entries.append(entry)
        self._rows.append(np.flatnonzero(entry.usable))
        self._starts.append(self._starts[-1] + len(self._rows[-1]))

    def refresh(self) -> None:
        """Takes in what the catalogue has changed."""
        self._store.refresh()

    def __len__(self) -> int:
        """Codes that can be found."""
        return self._starts[-1]

    def lookup(self, codes: npt.NDArray[np.uint8], radius: int) -> Found:
        """``codes``: (n, 32) uint8. Every usable code within ``radius`` bits."""
        hits = self._index.search(codes, radius)
        owner = np.searchsorted(np.array(self._starts), hits.row, side="right") - 1
        rows = np.empty(len(owner), np.int64)
        for number in np.unique(owner):
            mine = owner == number
            rows[mine] = self._rows[number][hits.row[mine] - self._starts[number]]
        return Found(hits.query, owner.astype(np.int64), rows, hits.distance)
