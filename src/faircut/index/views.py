"""What an index held at one moment, to be searched: see :mod:`faircut.index.live`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from faircut.domain import Reference
from faircut.index.hits import CodeHits
from faircut.index.inverted import LONGEST, InvertedScheme, Listed
from faircut.index.multi_hash import HammingScheme
from faircut.index.rows import Part, Placed, Scheme, spans_of
from faircut.index.store import Entry

S = TypeVar("S", bound=Scheme)


@dataclass(frozen=True, slots=True)
class View(Generic[S]):
    """What was registered at one revision of the catalogue. ``references``: those that live, by ``seq``."""

    revision: int
    scheme: S
    parts: tuple[Placed, ...]
    references: Mapping[int, Reference]
    span: float

    def __len__(self) -> int:
        """Codes held, those that cannot be found included."""
        return sum(len(each.part.rows) for each in self.parts)

    def numbers(self) -> list[int]:
        """Numbers of the living entries."""
        return [
            each.first + number
            for each in self.parts
            for number in range(len(each.part.rows.ids))
            if number not in each.buried
        ]

    def entry(self, number: int) -> Entry:
        """One reference and its codes; arrays may be mapped from a file. Raises KeyError when it is gone."""
        placed = next((each for each in reversed(self.parts) if each.first <= number), None)
        local = -1 if placed is None else int(number) - placed.first
        if placed is None or not 0 <= local < len(placed.part.rows.ids) or local in placed.buried:
            raise KeyError(number)
        rows = placed.part.rows
        reference = self.references[int(rows.seqs[local])]
        span = slice(int(rows.starts[local]), int(rows.starts[local + 1]))
        times, quality = rows.times[span], rows.quality[span]
        excluded = excluded_rows(reference, times, self.span)
        return Entry(
            reference=reference,
            codes=rows.codes[span],
            times=times,
            quality=quality,
            excluded=excluded,
            min_quality=self.scheme.min_quality,
            duration=float(rows.durations[local]),
        )

    def search(self: View[HammingScheme], queries: npt.NDArray[np.uint8], radius: int) -> CodeHits:
        """Usable codes within ``radius`` bits of the ``queries`` (n, 32); see :mod:`faircut.index.multi_hash`."""
        return self.scheme.search(self.parts, queries, radius)

    def lookup(
        self: View[InvertedScheme],
        keys: npt.NDArray[np.uint32],
        signatures: npt.NDArray[np.uint64] | None = None,
        *,
        max_distance: int = 64,
        longest: int = LONGEST,
        budget: int | None = None,
        askers: npt.NDArray[np.int64] | None = None,
    ) -> Listed:
        """Usable rows listed under the ``keys`` (n,); see :mod:`faircut.index.inverted`."""
        return self.scheme.lookup(
            self.parts,
            keys,
            signatures,
            max_distance=max_distance,
            longest=longest,
            budget=budget,
            askers=askers,
        )


def excluded_rows(reference: Reference, times: npt.NDArray[Any], span: float) -> npt.NDArray[np.bool_]:
    """Which codes at ``times`` look at an excluded segment, where each sees ``span`` seconds from its time on."""
    excluded = np.zeros(len(times), bool)
    for segment in reference.exclude:
        excluded |= (times + span >= segment.start) & (times < segment.end)
    return excluded


def placed(parts: Sequence[Part], references: Mapping[int, Reference], span: float) -> tuple[Placed, ...]:
    """The parts end to end. What is none of the ``references``, or what an earlier part has already, is dead."""
    laid: list[Placed] = []
    seen: set[int] = set()
    first = 0
    for part in parts:
        rows = part.rows
        buried: set[int] = set()
        dead = [np.empty((0, 2), np.int64)]
        for number, (seq, name) in enumerate(zip(rows.seqs.tolist(), rows.ids, strict=True)):
            begin, end = int(rows.starts[number]), int(rows.starts[number + 1])
            reference = references.get(seq)
            if reference is None or reference.id != name or seq in seen:
                buried.add(number)
                dead.append(np.array([[begin, end]], np.int64))
            else:
                seen.add(seq)
                if reference.exclude:
                    dead.append(spans_of(excluded_rows(reference, rows.times[begin:end], span), begin))
        laid.append(Placed(part, first, frozenset(buried), np.concatenate(dead)))
        first += len(rows.ids)
    return tuple(laid)
