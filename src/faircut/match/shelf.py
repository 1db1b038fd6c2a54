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

    def __len__(self) -> int:
        """Registered codes."""
        return len(self._view)

    def lookup(self, codes: npt.NDArray[np.uint8], radius: int) -> CodeHits:
        """``codes``: (n, 32) uint8. Codes within ``radius`` bits that are not excluded."""
        return self._view.search(codes, radius)

    def entry(self, number: int) -> Entry:
        """The reference that a hit's number stands for."""
        if number not in self._entries:
            self._entries[number] = self._view.entry(number)
        return self._entries[number]

    def of(self, reference_id: str) -> Entry | None:
        """The codes of one reference; None where it has none."""
        number = number_of(self._view, reference_id)
        return None if number is None else self.entry(number)


def number_of(view: View[Any], reference_id: str) -> int | None:
    """The number of a reference's entry in a view; None where it has none."""
    for placed in view.parts:
        if reference_id in placed.part.rows.ids:
            number = list(placed.part.rows.ids).index(reference_id)
            if number not in placed.buried:
                return placed.first + number
    return None
