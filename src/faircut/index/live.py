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

The catalogue is the truth, and each :meth:`LiveIndex.view` compares what is held with what is registered. Most is held
in mapped segments that all processes share (:mod:`faircut.index.segments`); what none of them has is read from the
catalogue and held in memory, so that it is found by the next query of every process. Once that is much, whichever
process finds the writer's lock free turns it into a segment, joined with small ones before it: the work of one such
step is bounded, and the others go on with what they hold. A segment that is damaged or gone is dropped, and its content
comes from the catalogue again. Without a folder, or when it cannot be written, everything is in memory.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from faircut.domain import Fingerprint, Reference
from faircut.index.rows import Part, Placed, Rows, Scheme
from faircut.index.segment_file import DamagedSegment
from faircut.index.segments import Manifest, Named, SegmentFolder, Writer
from faircut.index.views import View, placed

S = TypeVar("S", bound=Scheme)
_LOG = logging.getLogger("faircut.index")

FLUSH_ROWS = 1 << 17
"""Codes in memory from which on they become a segment."""
STEP_ROWS = 1 << 22
"""Most codes that one segment gets while somebody waits for an answer: some seconds of work."""
SEGMENT_ROWS = 1 << 24
"""Most codes of a segment at all."""

_BLOCK_ROWS = 14 << 20
"""Codes that are read at once: with those of one more film no more than a segment holds, so that a great load is
written once and not joined again and again."""
_GREAT_ROWS = 1 << 20
_PAGE = 32
LOCK_S = 60.0
"""Seconds for which it is worth waiting for another process that writes, where somebody asked for that."""


class RegisteredSource(Protocol):
    """Where registered fingerprints come from: the catalogue."""

    def revision(self) -> int: ...

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """Every living reference that has a fingerprint of ``algorithm``, as it stands now, by its ``seq``."""
        ...

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """In order of ``seq``, those registered after ``after_seq``."""
        ...


class LiveIndex(Generic[S]):
    """Holds the codes of ``algorithm`` and gives views of them. Thread-safe.

    ``span``: seconds of media that one code looks at, from its time on. ``folder``: where indexes are kept; each has a
    folder of its own in it.
    """

    def __init__(
        self, source: RegisteredSource, algorithm: str, scheme: S, *, span: float = 0.0, folder: Path | None = None
    ) -> None:
        self._source = source
        self._algorithm = algorithm
        self._scheme = scheme
        self._span = span
        self._folder = None if folder is None else SegmentFolder(folder, algorithm, scheme)
        self._stamp: tuple[int, int, int] | None = None
        self._manifest = Manifest()
        self._lock = threading.Lock()
        self._segments: dict[Named, Part] = {}
        self._tail: list[Part] = []
        self._flush_at = FLUSH_ROWS
        self._damaged = False
        self._view: View[S] = View(-1, scheme, (), {}, span)

    def view(self) -> View[S]:
        """Everything that is registered now. Raises what the catalogue raises."""
        with self._lock:
            revision = self._source.revision()
            if revision != self._view.revision:
                living = self._source.registered(self._algorithm)
                self._adopt(living)
                self._take_in(living)
                self._bury(living)
                self._view = self._seen_at(revision, living)
            return self._view

    def compact(self, *, timeout: float = 0.0) -> bool:
        """Joins segments into few large ones and leaves out what the catalogue no longer has, on disk too.

        This may take minutes where millions of codes are held; queries of other processes go on meanwhile. False when
        another process held the writer's lock for ``timeout`` seconds, or there is no folder.
        """
        self.view()
        with self._lock:
            done = self._rewrite(self._view.references, timeout=timeout, most=None)
            self._view = self._seen_at(self._view.revision, self._view.references)
            return done

    def _seen_at(self, revision: int, living: Mapping[int, Reference]) -> View[S]:
        parts = placed([*self._segments.values(), *self._tail], living, self._span)
        return View(revision, self._scheme, parts, living, self._span)

    def _take_in(self, living: Mapping[int, Reference]) -> None:
        """Reads what is registered and not held, a block at a time."""
        while missing := sorted(living.keys() - self._held(living)):
            block: list[tuple[int, str, Fingerprint]] = []
            size = 0
            for seq, reference, fingerprint in self._read(missing):
                if living[seq].id == reference.id:
                    block.append((seq, reference.id, fingerprint))
                    size += len(fingerprint)
                    if size >= _BLOCK_ROWS:
                        break
            if not block:
                # Removed since we asked; the next revision will say so.
                return
            self._keep(block)
            # What was read is copied by now, and is much where a great load is taken in.
            del block
            if self._in_memory() >= self._flush_at or self._damaged:
                # In the middle of a great load it is worth waiting for another process that does the same, and a few
                # large segments are worth the while.
                great = size >= _GREAT_ROWS
                self._rewrite(living, timeout=LOCK_S if great else 0.0, most=SEGMENT_ROWS if great else STEP_ROWS)

    def _held(self, living: Mapping[int, Reference]) -> set[int]:
        return {
            seq
            for part in (*self._segments.values(), *self._tail)
            for seq, name in zip(part.rows.seqs.tolist(), part.rows.ids, strict=True)
            if seq in living and living[seq].id == name
        }

    def _read(self, seqs: Sequence[int]) -> Iterator[tuple[int, Reference, Fingerprint]]:
        """The fingerprints under some numbers. One that was removed in the meantime is left out."""
        wanted = deque(seqs)
        while wanted:
            passed = 0
            for seq, reference, fingerprint in self._source.fingerprints(self._algorithm, wanted[0] - 1):
                while wanted and wanted[0] < seq:
                    wanted.popleft()
                if not wanted:
                    return
                if wanted[0] == seq:
                    wanted.popleft()
                    yield seq, reference, fingerprint
                elif (passed := passed + 1) >= _PAGE:
                    break
            else:
                return

    def _keep(self, block: list[tuple[int, str, Fingerprint]]) -> None:
        """Adds a part to those in memory, joined with those before it that are no larger: a few remain."""
        self._tail.append(Part(Rows.of(block, self._scheme.code_bytes), self._scheme))
        while len(self._tail) > 1:
            before, last = self._tail[-2].rows, self._tail[-1].rows
            if len(before) > 2 * len(last) or len(before) + len(last) > SEGMENT_ROWS:
                return
            pieces = [(rows, range(len(rows.ids))) for rows in (before, last)]
            self._tail[-2:] = [Part(Rows.joined(pieces, self._scheme.code_bytes), self._scheme)]

    def _adopt(self, living: Mapping[int, Reference]) -> None:
        """Maps the segments that the manifest names by now, and lets go of what they make superfluous."""
        if self._folder is None:
            return
        stamp = self._folder.stamp()
        if stamp == self._stamp and stamp is not None:
            return
        for _ in range(3):
            stamp = self._folder.stamp()
            manifest = self._folder.manifest()
            segments: dict[Named, Part] = {}
            self._damaged = False
            for named in manifest.segments:
                try:
                    segments[named] = self._segments.get(named) or self._folder.open(named)
                except (DamagedSegment, OSError) as error:
                    _LOG.warning("index segment dropped, its content is read from the catalogue: %s", error)
                    self._damaged = True
            if len(segments) == len(manifest.segments) or self._folder.stamp() == stamp:
                break
            # Replaced while we were opening them.
        self._stamp, self._manifest, self._segments = stamp, manifest, segments
        covered = {seq for part in segments.values() for seq in part.rows.seqs.tolist()}
        self._tail = [
            part for part in self._tail if any(seq in living and seq not in covered for seq in part.rows.seqs.tolist())
        ]

    def _bury(self, living: Mapping[int, Reference]) -> None:
        """Notes in the manifest what segments hold and the catalogue has no longer, if the writer's lock is free."""
        if self._folder is None or self._dead(living) <= self._manifest.tombstones:
            return
        try:
            with self._folder.writing() as writer:
                if writer is not None:
                    self._adopt(living)
                    writer.publish(list(self._segments), self._dead(living))
                    self._adopt(living)
        except OSError as error:
            _LOG.warning("the index folder cannot be written: %s", error)

    def _dead(self, living: Mapping[int, Reference]) -> frozenset[int]:
        held = (seq for part in self._segments.values() for seq in part.rows.seqs.tolist())
        return frozenset(seq for seq in held if seq not in living)

    def _rewrite(self, living: Mapping[int, Reference], *, timeout: float, most: int | None) -> bool:
        """Makes a segment of up to ``most`` codes of what is in memory; without ``most``, joins all that there is.

        False when another process is writing, or nothing can be written.
        """
        if self._folder is None:
            return False
        try:
            with self._folder.writing(timeout) as writer:
                if writer is None:
                    return False
                # Another process may have written the same a moment ago.
                self._adopt(living)
                if most is None or self._tail:
                    self._join(writer, living, most)
        except OSError as error:
            _LOG.warning("the index folder cannot be written, so more is held in memory: %s", error)
            self._flush_at = 2 * self._in_memory()
            return False
        self._flush_at = FLUSH_ROWS
        return True

    def _in_memory(self) -> int:
        return sum(len(part.rows) for part in self._tail)

    def _join(self, writer: Writer, living: Mapping[int, Reference], most: int | None) -> None:
        """Writes what is in memory, with segments that it is time to join, and publishes that."""
        laid = placed([*self._segments.values(), *self._tail], living, self._span)
        pieces = [_Piece(named, each) for named, each in zip_longest(self._segments, laid)]
        kept, groups = _all_of_them(pieces) if most is None else _step(pieces, most)
        for group in groups:
            if len(group) == 1 and not group[0].dead_seqs:
                joined = group[0].rows
            else:
                joined = Rows.joined([(each.rows, each.numbers) for each in group], self._scheme.code_bytes)
            if len(joined.ids):
                kept.append(writer.write(Part(joined, self._scheme)))
        writer.publish(kept, frozenset(seq for each in pieces if each.named in kept for seq in each.dead_seqs))
        self._adopt(living)


class _Piece:
    """A segment, or something in memory (``named`` None), and which of its references live."""

    def __init__(self, named: Named | None, laid: Placed) -> None:
        self.named = named
        self.rows = laid.part.rows
        self.numbers = [number for number in range(len(self.rows.ids)) if number not in laid.buried]
        self.dead_seqs = [int(self.rows.seqs[number]) for number in laid.buried]
        self.living_rows = len(self.rows) - sum(
            int(self.rows.starts[number + 1] - self.rows.starts[number]) for number in laid.buried
        )


def _step(pieces: list[_Piece], most: int) -> tuple[list[Named], list[list[_Piece]]]:
    """What is in memory as one segment, with the last ones before it that are no larger, and those half dead.

    Each code is so rewritten a few times only, however many are added one by one.
    """
    group = [each for each in pieces if each.named is None]
    size = sum(each.living_rows for each in group)
    older = [each for each in pieces if each.named is not None]
    while older and len(older[-1].rows) <= 2 * size and size + older[-1].living_rows <= most:
        group.insert(0, older.pop())
        size += group[0].living_rows
    for each in [each for each in older if each.living_rows <= len(each.rows) // 2]:
        if size + each.living_rows <= most:
            older.remove(each)
            group.insert(0, each)
            size += each.living_rows
    return [each.named for each in older if each.named is not None], [group]


def _all_of_them(pieces: list[_Piece]) -> tuple[list[Named], list[list[_Piece]]]:
    """As few segments as may be, without anything dead; large ones that have nothing dead stay as they are."""
    kept: list[Named] = []
    groups: list[list[_Piece]] = [[]]
    size = 0
    for each in pieces:
        if each.named is not None and not each.dead_seqs and len(each.rows) > SEGMENT_ROWS // 2:
            kept.append(each.named)
            continue
        if size + each.living_rows > SEGMENT_ROWS and groups[-1]:
            groups.append([])
            size = 0
        groups[-1].append(each)
        size += each.living_rows
    if len(groups[-1]) == 1 and (last := groups[-1][0]).named is not None and not last.dead_seqs:
        kept.append(last.named)
        groups.pop()
    return kept, groups
