"""Levels of the query and of what is registered, as they are laid beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.fingerprints import levels
from faircut.fingerprints.levels import STEP_SECONDS
from faircut.index.live import LOCK_S, LiveIndex
from faircut.index.rows import Arrays, Rows
from faircut.index.views import View
from faircut.protocols import CatalogueReader


class LevelScheme:
    """Rows that are read by reference and never searched: see :class:`faircut.index.rows.Scheme`."""

    name = "levels-plain-v1"
    code_bytes = levels.CODE_BYTES
    min_quality = 1
    parameters: Mapping[str, int | str] = {}

    def build(self, _rows: Rows) -> Arrays:
        """No tables."""
        return {}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Levels in order of time: (n, 15) ``codes`` at ``first`` + k steps; ``usable``: which of them may be compared."""

    codes: npt.NDArray[np.uint8]
    first: float
    usable: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    def between(self, start: float, end: float) -> Sheet:
        """The part from ``start`` to ``end`` seconds."""
        low, high = (int(np.clip((at - self.first) / STEP_SECONDS, 0, len(self))) for at in (start, end))
        return Sheet(self.codes[low : high + 1], self.first + low * STEP_SECONDS, self.usable[low : high + 1])

    def decibels(self) -> npt.NDArray[np.float32]:
        """(n, 28)."""
        return levels.read(self.codes)


def sheet_of(fingerprint: Fingerprint | None) -> Sheet | None:
    """Of a query; None where there is nothing to compare."""
    if fingerprint is None or not len(fingerprint):
        return None
    return Sheet(fingerprint.codes, float(fingerprint.times[0]), fingerprint.quality > 0)


class Shelf:
    """The levels of what is registered. Thread-safe."""

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._index = LiveIndex(catalogue, levels.ALGORITHM, LevelScheme(), folder=catalogue.index_folder)
        self._numbers: tuple[View[Any], Mapping[str, int]] | None = None

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        return self._index.compact(timeout=LOCK_S)

    def sheet(self, reference: str) -> Sheet | None:
        """Of a reference by its id; None for one that was registered before there were levels."""
        view = self._index.view()
        if self._numbers is None or self._numbers[0] is not view:
            self._numbers = view, _numbers(view)
        number = self._numbers[1].get(reference)
        if number is None:
            return None
        entry = view.entry(number)
        return Sheet(entry.codes, float(entry.times[0]), entry.usable) if len(entry.codes) else None


def _numbers(view: View[LevelScheme]) -> dict[str, int]:
    return {
        name: placed.first + number
        for placed in view.parts
        for number, name in enumerate(placed.part.rows.ids)
        if number not in placed.buried
    }
