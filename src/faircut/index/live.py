"""An index of one algorithm's registered codes that is always in step with the catalogue.

    index = LiveIndex(catalogue, "pdq-v1", HammingScheme(min_quality=20), folder=catalogue.index_folder)
    view = index.view()                     # takes in what any process has registered or removed since
    hits = view.search(codes, radius=40)    # codes: (n, 32) uint8
    for number in np.unique(hits.entry):
        entry = view.entry(number)          # Entry: reference, codes, times, quality, excluded, usable, duration
        rows = hits.row[hits.entry == number]
        entry.times[rows], entry.reference.work_id

A view never changes: any thread may use it for as long as it likes while the index goes on. What is excluded or removed
is not found, at once and without rebuilding anything. Numbers of entries are those of one view and no other.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference
from faircut.index.hits import CodeHits
from faircut.index.inverted import LONGEST, InvertedScheme, Listed
from faircut.index.multi_hash import HammingScheme
from faircut.index.rows import Part, Placed, Rows, Scheme, spans_of
from faircut.index.store import Entry

S = TypeVar("S", bound=Scheme)
_BLOCK_ROWS = 1 << 20
_MOST_ROWS = 1 << 22
_PAGE = 32


class RegisteredSource(Protocol):
    """Where registered fingerprints come from: the catalogue."""

    def revision(self) -> int: ...

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """Every living reference that has a fingerprint of ``algorithm``, as it stands now, by its ``seq``."""
        ...

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """In order of ``seq``, those registered after ``after_seq``."""
        ...


@dataclass(frozen=True, slots=True)
class View(Generic[S]):
    """What was registered at one revision of the catalogue. ``references``: those that live, by id."""

    revision: int
    scheme: S
    parts: tuple[Placed, ...]
    references: Mapping[str, Reference]
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
        reference = self.references[rows.ids[local]]
        span = slice(int(rows.starts[local]), int(rows.starts[local + 1]))
        times, quality = rows.times[span], rows.quality[span]
        excluded = excluded_rows(reference, times, self.span)
        return Entry(
            reference=reference,
            codes=rows.codes[span],
            times=times,
            quality=quality,
            excluded=excluded,
            usable=(quality >= self.scheme.min_quality) & ~excluded,
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
    ) -> Listed:
        """Usable rows listed under the ``keys`` (n,); see :mod:`faircut.index.inverted`."""
        return self.scheme.lookup(self.parts, keys, signatures, max_distance=max_distance, longest=longest)


class LiveIndex(Generic[S]):
    """Holds the codes of ``algorithm`` and gives views of them. Thread-safe.

    ``span``: seconds of media that one code looks at, from its time on. ``folder``: where segments are kept and shared
    with other processes; without one everything is in memory.
    """

    def __init__(
        self, source: RegisteredSource, algorithm: str, scheme: S, *, span: float = 0.0, folder: Path | None = None
    ) -> None:
        self._source = source
        self._algorithm = algorithm
        self._scheme = scheme
        self._span = span
        self._folder = folder
        self._lock = threading.Lock()
        self._parts: list[Part] = []
        self._view: View[S] = View(-1, scheme, (), {}, span)

    def view(self) -> View[S]:
        """Everything that is registered now. Raises what the catalogue raises."""
        with self._lock:
            revision = self._source.revision()
            if revision != self._view.revision:
                living = self._source.registered(self._algorithm)
                self._take_in(living)
                references = {reference.id: reference for reference in living.values()}
                self._view = View(revision, self._scheme, self._placed(references), references, self._span)
            return self._view

    def _take_in(self, living: Mapping[int, Reference]) -> None:
        known = {name for part in self._parts for name in part.rows.ids}
        missing = [seq for seq, reference in living.items() if reference.id not in known]
        block: list[tuple[str, Fingerprint]] = []
        for reference, fingerprint in self._read(missing):
            block.append((reference.id, fingerprint))
            if sum(len(each) for _, each in block) >= _BLOCK_ROWS:
                self._keep(block)
                block = []
        if block:
            self._keep(block)

    def _read(self, seqs: Iterable[int]) -> Iterator[tuple[Reference, Fingerprint]]:
        """The fingerprints of some references. One that was removed in the meantime is left out."""
        wanted = deque(sorted(seqs))
        while wanted:
            passed = 0
            for seq, reference, fingerprint in self._source.fingerprints(self._algorithm, wanted[0] - 1):
                while wanted and wanted[0] < seq:
                    wanted.popleft()
                if not wanted:
                    return
                if wanted[0] == seq:
                    wanted.popleft()
                    yield reference, fingerprint
                elif (passed := passed + 1) >= _PAGE:
                    break
            else:
                return

    def _keep(self, block: list[tuple[str, Fingerprint]]) -> None:
        """Adds a part, and joins it with those before it that are no larger: there are never more than log(n)."""
        self._parts.append(Part(Rows.of(block, self._scheme.code_bytes), self._scheme))
        while len(self._parts) > 1:
            before, last = self._parts[-2].rows, self._parts[-1].rows
            if len(before) > 2 * len(last) or len(before) + len(last) > _MOST_ROWS:
                return
            pieces = [(rows, range(len(rows.ids))) for rows in (before, last)]
            self._parts[-2:] = [Part(Rows.joined(pieces, self._scheme.code_bytes), self._scheme)]

    def _placed(self, references: Mapping[str, Reference]) -> tuple[Placed, ...]:
        placed: list[Placed] = []
        first = 0
        seen: set[str] = set()
        for part in self._parts:
            rows = part.rows
            buried: set[int] = set()
            dead: list[npt.NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
            for number, name in enumerate(rows.ids):
                begin, end = int(rows.starts[number]), int(rows.starts[number + 1])
                reference = references.get(name)
                if reference is None or name in seen:
                    buried.add(number)
                    dead.append(np.array([[begin, end]], np.int64))
                elif reference.exclude:
                    dead.append(spans_of(excluded_rows(reference, rows.times[begin:end], self._span), begin))
                seen.add(name)
            placed.append(Placed(part, first, frozenset(buried), np.concatenate(dead)))
            first += len(rows.ids)
        return tuple(placed)


def excluded_rows(reference: Reference, times: npt.NDArray[Any], span: float) -> npt.NDArray[np.bool_]:
    """Which codes at ``times`` look at an excluded segment, where each sees ``span`` seconds from its time on."""
    excluded = np.zeros(len(times), bool)
    for segment in reference.exclude:
        excluded |= (times + span >= segment.start) & (times < segment.end)
    return excluded
