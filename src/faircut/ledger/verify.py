"""Finds what was changed in the ledger, and says where.

Each event's hash covers all of its columns and the hash before it. A changed column therefore breaks its own row
only, and the rows around it tell whether it was the content, the hash or the link that was touched. Somebody who
rewrites a row *and* every hash after it leaves a consistent chain; the head file then no longer fits. Somebody who
rewrites that too is found only by comparing with a head kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DatabaseError

from faircut.errors import InputError, IntegrityError, NotFound
from faircut.ledger.canonical import canonical_json
from faircut.ledger.chain import GENESIS, event_hash
from faircut.ledger.head import Head, HeadFile
from faircut.protocols import Progress
from faircut.store.blobs import BlobStore, sha256_file
from faircut.store.database import Database
from faircut.store.models import EventRow

_TEXTS = ("at", "kind", "subject", "actor", "payload", "previous", "hash", "key")
_CONTENT = "at, kind, subject, actor, payload or key"
_MOST = 1000
"""Problems kept in detail; beyond them only the count would grow."""


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """One thing that is wrong. ``seq`` is the event at fault (None: not one event), ``where`` the column or file."""

    seq: int | None
    what: str
    where: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What verification saw: ``count`` events up to ``head`` (None when empty), ``files`` released files hashed."""

    count: int
    head: Head | None
    files: int
    problems: tuple[LedgerProblem, ...]

    @property
    def intact(self) -> bool:
        """True when nothing at all was found."""
        return not self.problems


class _Line(NamedTuple):
    """A row as stored. ``bad`` names the columns whose bytes are not text."""

    seq: int
    at: str
    kind: str
    subject: str
    actor: str
    payload: str
    previous: str
    hash: str
    key: str | None
    bad: tuple[str, ...]

    def hashed(self, *, seq: int | None = None, previous: str | None = None) -> str | None:
        """The hash that this content should carry, or None when it is not even text."""
        if self.bad:
            return None
        return event_hash(
            seq=self.seq if seq is None else seq,
            at=self.at,
            kind=self.kind,
            subject=self.subject,
            actor=self.actor,
            payload=self.payload,
            previous=self.previous if previous is None else previous,
            key=self.key,
        )


@dataclass(slots=True)
class _Findings:
    problems: list[LedgerProblem] = field(default_factory=list)

    def add(self, seq: int | None, what: str, where: str, expected: str, found: str) -> None:
        if len(self.problems) < _MOST:
            self.problems.append(LedgerProblem(seq, what, where, expected, found))


def verify_ledger(
    database: Database, head_file: HeadFile, progress: Progress, *, released: Path | None = None
) -> LedgerReport:
    """Reads every event and, given the folder ``released``, every file in it. Changes nothing.

    ``progress`` is told the share done. Damage that keeps the database from being read at all is a problem in
    the report too.
    """
    findings = _Findings()
    # Before the rows: an event committed meanwhile must not make the head look as if it ran ahead of the table.
    try:
        checkpoint = head_file.read()
        readable = True
    except IntegrityError as error:
        findings.add(None, error.message, head_file.path.name, "a checkpoint", "something else")
        checkpoint, readable = None, False
    walk = _Walk(findings, checkpoint)
    releases: list[tuple[int, str]] = []
    with database.engine.connect() as connection:
        try:
            total = connection.execute(select(func.count()).select_from(EventRow)).scalar_one()
            for line in _lines(connection):
                walk.step(line)
                if line.kind == "release":
                    releases.append((line.seq, line.subject))
                if walk.count % 256 == 0:
                    progress(min(1.0, walk.count / max(total, 1)) * (0.5 if released else 1.0), "reading events")
        except DatabaseError as error:
            findings.add(
                walk.seq + 1, "The database cannot be read any further.", "file", "a readable row", str(error.orig)
            )
    walk.finish()
    _check_head(findings, checkpoint, readable, walk, head_file.path.name)
    files = 0 if released is None else _check_released(findings, BlobStore(released), releases, progress)
    head = None if walk.last is None else Head(walk.last.seq, walk.last.hash)
    progress(1.0, "verified")
    order = sorted(findings.problems, key=lambda problem: (problem.seq is None, problem.seq or 0))
    return LedgerReport(walk.count, head, files, tuple(order))


def _lines(connection: Connection) -> Iterator[_Line]:
    if connection.dialect.name == "sqlite":
        # Raw bytes and storage class: the driver would stop at text that is not UTF-8, and hide a change of type.
        columns = ", ".join(f'CAST("{name}" AS BLOB), typeof("{name}")' for name in _TEXTS)
    else:
        columns = ", ".join(f"\"{name}\", 'text'" for name in _TEXTS)
    query = f"SELECT seq, {columns} FROM events ORDER BY seq"  # noqa: S608  column names are constants of this module
    for row in connection.execution_options(stream_results=True, yield_per=500).execute(text(query)):
        values: dict[str, str | None] = {}
        bad = []
        for index, name in enumerate(_TEXTS):
            raw, storage = row[1 + 2 * index], row[2 + 2 * index]
            value, sound = _decode(raw)
            optional = name == "key" and raw is None
            if not sound or not (optional or storage == "text"):
                bad.append(name)
            values[name] = value
        yield _Line(
            seq=row[0],
            at=values["at"] or "",
            kind=values["kind"] or "",
            subject=values["subject"] or "",
            actor=values["actor"] or "",
            payload=values["payload"] or "",
            previous=values["previous"] or "",
            hash=values["hash"] or "",
            key=values["key"],
            bad=tuple(bad),
        )


def _decode(raw: bytes | str | None) -> tuple[str | None, bool]:
    if not isinstance(raw, bytes):
        return raw, True
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace"), False


@dataclass(slots=True)
class _Strange:
    """A row that does not have its own hash, with the hash before it and the link after it."""

    line: _Line
    before: str
    after: str | None = None


class _Walk:
    """Goes through the rows in order, judging each by itself and by its neighbours."""

    def __init__(self, findings: _Findings, checkpoint: Head | None) -> None:
        self._findings = findings
        self._checkpoint = checkpoint
        self._strange: list[_Strange] = []
        self._missing: list[range] = []
        self._moved: set[int] = set()
        self._pending: _Strange | None = None
        self.count = 0
        self.seq = 0
        self.last: _Line | None = None
        self.at_checkpoint: _Line | None = None

    def step(self, line: _Line) -> None:
        self.count += 1
        if self._checkpoint is not None and line.seq == self._checkpoint.seq:
            self.at_checkpoint = line
        before = GENESIS if self.last is None else self.last.hash
        if line.hashed() != line.hash:
            self._note(line, before)
            return
        if line.seq <= self.seq:
            self._findings.add(
                line.seq, "There are two events of this number.", "seq", str(self.seq + 1), str(line.seq)
            )
            return
        if line.seq > self.seq + 1:
            self._missing.append(range(self.seq + 1, line.seq))
        elif line.previous != before and self._pending is None:
            self._blame_link(line, before)
        self._link(line)
        self.seq, self.last, self._pending = line.seq, line, None

    def finish(self) -> None:
        """Explains the rows that did not fit, once everything around them is known."""
        for strange in self._strange:
            self._explain(strange)
        for gap in self._missing:
            which = f"{gap[0]}" if len(gap) == 1 else f"{gap[0]} to {gap[-1]}"
            self._findings.add(gap[0], "Missing from the ledger.", "row", which, "nothing")

    def is_accounted(self, seq: int) -> bool:
        """Whether something has been said of this event already."""
        said = seq in self._moved or any(strange.line.seq == seq for strange in self._strange)
        return said or any(seq in gap for gap in self._missing)

    def _note(self, line: _Line, before: str) -> None:
        strange = _Strange(line, before)
        self._link(line)
        if len(self._strange) < _MOST:
            self._strange.append(strange)
        origin = next((seq for seq in (*self._gaps(), self.seq + 1) if line.hashed(seq=seq) == line.hash), None)
        if line.seq <= 0 or (origin is not None and origin <= self.seq):
            return  # a row from elsewhere says nothing about what should stand here
        if origin is None and line.seq > self.seq + 1:
            self._missing.append(range(self.seq + 1, line.seq))
        self.seq = self.seq + 1 if origin is not None else line.seq
        self.last, self._pending = line, strange

    def _link(self, line: _Line) -> None:
        if self._pending is not None:
            self._pending.after = line.previous

    def _blame_link(self, line: _Line, before: str) -> None:
        if self.last is None:
            self._findings.add(line.seq, "The first event names a predecessor.", "previous", GENESIS, line.previous)
            return
        self._findings.add(
            self.last.seq,
            "The event was replaced, with a hash that fits the new content.",
            "row",
            line.previous,
            before,
        )

    def _gaps(self) -> Iterator[int]:
        for gap in self._missing:
            yield from gap[:_MOST]

    def _explain(self, strange: _Strange) -> None:
        line = strange.line
        if line.bad:
            self._findings.add(line.seq, "The column is not text.", ", ".join(line.bad), "UTF-8 text", "other bytes")
            return
        own = line.hashed() or ""
        if line.hashed(previous=strange.before) == line.hash:
            self._findings.add(
                line.seq, "The link to the event before was changed.", "previous", strange.before, line.previous
            )
            return
        if (origin := self._origin(line)) is not None:
            self._missing = [part for gap in self._missing for part in _without(gap, origin)]
            self._moved.add(origin)
            self.seq = max(self.seq, origin)
            self._findings.add(origin, "The event was given another number.", "seq", str(origin), str(line.seq))
            return
        checkpointed = self._checkpoint is not None and self._checkpoint == Head(line.seq, own)
        if strange.after == own or checkpointed:
            self._findings.add(line.seq, "The event's hash was changed.", "hash", own, line.hash)
            return
        self._findings.add(line.seq, "The event was changed after it was written.", _suspect(line), line.hash, own)

    def _origin(self, line: _Line) -> int | None:
        near = (line.seq - 1, line.seq + 1)
        others = (other.line.seq for other in self._strange)
        return next(
            (
                seq
                for seq in (*self._gaps(), self.seq, self.seq + 1, *near, *others)
                if line.hashed(seq=seq) == line.hash
            ),
            None,
        )


def _without(gap: range, seq: int) -> Iterator[range]:
    if seq not in gap:
        yield gap
        return
    if seq > gap.start:
        yield range(gap.start, seq)
    if seq + 1 < gap.stop:
        yield range(seq + 1, gap.stop)


def _suspect(line: _Line) -> str:
    """The column at fault where its form gives it away, else all that the hash covers."""
    try:
        if canonical_json(json.loads(line.payload)) != line.payload:
            return "payload"
    except (ValueError, InputError, RecursionError):
        return "payload"
    try:
        sound = datetime.fromisoformat(line.at).isoformat(timespec="microseconds") == line.at
    except ValueError:
        sound = False
    return _CONTENT if sound else "at"


def _check_head(findings: _Findings, checkpoint: Head | None, readable: bool, walk: _Walk, name: str) -> None:
    if checkpoint is None:
        if readable and walk.count:
            findings.add(
                None, "The head file is gone, so a shortened ledger would go unnoticed.", name, "a file", "none"
            )
        return
    if checkpoint.seq > walk.seq:
        findings.add(
            walk.seq + 1,
            "The end of the ledger was cut off.",
            "row",
            f"events up to {checkpoint.seq}, {checkpoint.hash}",
            f"events up to {walk.seq}",
        )
        return
    if checkpoint.seq == 0 or walk.is_accounted(checkpoint.seq):
        return
    found = "nothing" if walk.at_checkpoint is None else walk.at_checkpoint.hash
    if found != checkpoint.hash:
        findings.add(
            checkpoint.seq,
            "The event is not the one that was on record; it, or the whole chain up to it, was written anew.",
            "hash",
            checkpoint.hash,
            found,
        )


def _check_released(findings: _Findings, store: BlobStore, releases: list[tuple[int, str]], progress: Progress) -> int:
    """Each released file hashes to its digest, and each file in the store has its event."""
    files = 0
    for index, (seq, digest) in enumerate(releases):
        progress(0.5 + 0.5 * index / len(releases), "hashing released files")
        try:
            visible = store.path(digest)
        except NotFound:
            findings.add(seq, "The release names no file.", "subject", "a SHA-256", digest)
            continue
        # Between the event and the rename the bytes wait under their digest in "incoming".
        path = next((each for each in (visible, store.root / "incoming" / digest) if each.is_file()), None)
        if path is None:
            findings.add(seq, "The released file is gone.", str(visible), digest, "nothing")
            continue
        files += 1
        if (found := sha256_file(path)) != digest:
            findings.add(seq, "The released file was changed.", str(path), digest, found)
    known = {digest for _, digest in releases}
    for digest in store.digests():
        if digest not in known:
            findings.add(None, "A file was put among the released ones without an event.", digest, "an event", "none")
    return files
