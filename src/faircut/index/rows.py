"""Codes of many references laid end to end, and the parts of an index that are made of them.

A part is immutable: its arrays lie in memory or are mapped from a file, and nothing tells the two apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """``codes`` (n, bytes) uint8, ``times`` (n,) float32 and ``quality`` (n,) uint8 of several references.

    Those of reference ``i`` are rows ``starts[i]`` to ``starts[i + 1]``; ``ids[i]`` is its id, ``seqs[i]`` the number
    under which the catalogue holds its fingerprint, ``durations[i]`` its length in seconds.
    """

    ids: tuple[str, ...]
    seqs: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    durations: npt.NDArray[np.float64]
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, prints: Sequence[tuple[int, str, Fingerprint]], code_bytes: int) -> Rows:
        """From number, reference id and fingerprint. Raises ValueError when a code is not of ``code_bytes``."""
        for _, name, each in prints:
            if len(each) and each.codes.shape[1] != code_bytes:
                raise ValueError(f"codes of {each.codes.shape[1]} bytes in {name}, not of {code_bytes}")
        shown = [each for _, _, each in prints if len(each)]
        return cls(
            ids=tuple(name for _, name, _ in prints),
            seqs=np.array([seq for seq, _, _ in prints], np.int64),
            starts=np.cumsum([0, *(len(each) for _, _, each in prints)], dtype=np.int64),
            durations=np.array([each.duration for _, _, each in prints], np.float64),
            codes=np.concatenate([np.empty((0, code_bytes), np.uint8), *(each.codes for each in shown)]),
            times=np.concatenate([np.empty(0, np.float32), *(each.times for each in shown)]),
            quality=np.concatenate([np.empty(0, np.uint8), *(each.quality for each in shown)]),
        )

    @classmethod
    def joined(cls, pieces: Sequence[tuple[Rows, Sequence[int]]], code_bytes: int) -> Rows:
        """The references numbered in each pair, in that order, copied out of their rows."""
        spans = [
            (rows, number, int(rows.starts[number]), int(rows.starts[number + 1]))
            for rows, numbers in pieces
            for number in numbers
        ]

        def gather(name: str, empty: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return np.concatenate([empty, *(getattr(rows, name)[first:last] for rows, _, first, last in spans)])

        return cls(
            ids=tuple(rows.ids[number] for rows, number, _, _ in spans),
            seqs=np.array([rows.seqs[number] for rows, number, _, _ in spans], np.int64),
            starts=np.cumsum([0, *(last - first for _, _, first, last in spans)], dtype=np.int64),
            durations=np.array([rows.durations[number] for rows, number, _, _ in spans], np.float64),
            codes=gather("codes", np.empty((0, code_bytes), np.uint8)),
            times=gather("times", np.empty(0, np.float32)),
            quality=gather("quality", np.empty(0, np.uint8)),
        )


class Scheme(Protocol):
    """How rows are made findable. ``name`` is ``name-vN``: change it whenever the tables or their meaning change.

    ``parameters`` are what else the tables depend on; tables made with others are not used.
    """

    name: str
    parameters: Mapping[str, int | str]
    code_bytes: int
    min_quality: int
    """Codes below are kept and never found."""

    def build(self, rows: Rows) -> Arrays:
        """The tables of some rows: arrays of fixed size, little-endian, by name."""
        ...


class Part:
    """Rows with their tables. ``tables`` given: mapped from a file; otherwise built when first asked for."""

    def __init__(self, rows: Rows, scheme: Scheme, tables: Arrays | None = None) -> None:
        self.rows = rows
        self._scheme = scheme
        self._tables = tables
        self._kept: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def tables(self) -> Arrays:
        with self._lock:
            if self._tables is None:
                self._tables = self._scheme.build(self.rows)
            return self._tables

    def kept(self, what: str, make: Callable[[], Any]) -> Any:
        """Something that a search derives from the part, made once."""
        with self._lock:
            if what not in self._kept:
                self._kept[what] = make()
            return self._kept[what]


@dataclass(frozen=True, slots=True)
class Placed:
    """A part within a view. ``first``: number of its first reference there. ``buried``: numbers within the part of
    references that are gone. ``dead``: (k, 2) rows, from and until, growing, that are never found: all rows of those,
    and excluded segments of others."""

    part: Part
    first: int
    buried: frozenset[int] = frozenset()
    dead: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))

    def alive(self, rows: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
        """Which of the rows may be found."""
        if not len(self.dead):
            return np.ones(len(rows), bool)
        place = np.searchsorted(self.dead[:, 0], rows, side="right") - 1
        hidden = (place >= 0) & (rows < self.dead[np.maximum(place, 0), 1])
        alive: npt.NDArray[np.bool_] = ~hidden
        return alive

    def locate(self, rows: npt.NDArray[np.integer[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Number of the reference in the view, and number of the row within that reference."""
        starts = self.part.rows.starts
        owner = np.searchsorted(starts, rows, side="right") - 1
        return owner + self.first, rows - starts[owner]


def spans_of(mask: npt.NDArray[np.bool_], offset: int = 0) -> npt.NDArray[np.int64]:
    """(k, 2) stretches, from and until, in which ``mask`` is set, moved by ``offset``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2).astype(np.int64) + offset
