"""The registered picture codes of one algorithm, as they stood when an asset's examination began."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.index.hits import CodeHits
from faircut.index.multi_hash import HammingScheme
from faircut.index.store import Entry
from faircut.index.views import View


class PictureShelf:
    """A view of the index, with the entries that were looked at kept at hand. For one examination, by one thread."""

    def __init__(self, algorithm: str, view: View[HammingScheme]) -> None:
        self.algorithm = algorithm
        self._view = view
        self._entries: dict[int, Entry] = {}
        self._answers: dict[bytes, tuple[int, CodeHits]] = {}

    def __len__(self) -> int:
        """Registered codes."""
        return len(self._view)

    def lookup(self, codes: npt.NDArray[np.uint8], radius: int) -> CodeHits:
        """``codes``: (n, 32) uint8. Codes within ``radius`` bits that are not excluded.

        Several stages ask about the same frames: the index is asked about each once, unless it is then asked further.
        """
        keys = [code.tobytes() for code in codes]
        fresh = [number for number, key in enumerate(keys) if self._answers.get(key, (-1,))[0] < radius]
        found = self._view.search(codes[fresh], radius)
        edges = np.searchsorted(found.query, np.arange(len(fresh) + 1)).tolist()
        for place, number in enumerate(fresh):
            mine = slice(edges[place], edges[place + 1])
            hits = CodeHits(
                found.query[mine],
                found.entry[mine],
                found.row[mine],
                found.distance[mine],
                found.cut[place : place + 1],
            )
            self._answers[keys[number]] = radius, hits
        return _within([self._answers[key][1] for key in keys], radius)

    def entry(self, number: int) -> Entry:
        """The reference that a hit's number stands for."""
        if number not in self._entries:
            self._entries[number] = self._view.entry(number)
        return self._entries[number]

    def of(self, reference_id: str) -> Entry | None:
        """The codes of one reference; None where it has none."""
        number = number_of(self._view, reference_id)
        return None if number is None else self.entry(number)


def _within(answers: list[CodeHits], radius: int) -> CodeHits:
    """Answers to single codes as one to all of them, without what is further than the radius."""
    query = np.repeat(np.arange(len(answers)), [len(each) for each in answers])
    none = np.empty(0, np.int64)
    entry, row, distance, cut = (
        np.concatenate([none, *(getattr(each, name) for each in answers)])
        for name in ("entry", "row", "distance", "cut")
    )
    near = np.flatnonzero(distance <= radius)
    return CodeHits(query[near], entry[near], row[near], distance[near], cut)


def number_of(view: View[Any], reference_id: str) -> int | None:
    """The number of a reference's entry in a view; None where it has none."""
    for placed in view.parts:
        if reference_id in placed.part.rows.ids:
            number = list(placed.part.rows.ids).index(reference_id)
            if number not in placed.buried:
                return placed.first + number
    return None
