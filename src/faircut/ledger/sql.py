"""The ledger on SQL: one table, one writer at a time, each event bound to the one before."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session, SessionTransaction

from faircut.domain import Event
from faircut.errors import Conflict, IntegrityError
from faircut.ledger.canonical import canonical_json
from faircut.ledger.chain import GENESIS, event_hash, to_event
from faircut.ledger.head import EMPTY, Head, HeadFile
from faircut.ledger.verify import LedgerReport, verify_ledger
from faircut.protocols import Progress, no_progress
from faircut.store.database import Database, now
from faircut.store.models import EventRow

_LOG = logging.getLogger("faircut.ledger")
_PENDING = "faircut.ledger.pending"
_ADVISORY_LOCK = 0x6661697263757401
"""PostgreSQL advisory lock held from an append to the end of its transaction."""

_PAGE = 500
_LAST = select(EventRow.seq, EventRow.hash).order_by(EventRow.seq.desc()).limit(1)
_HASH = select(EventRow.hash).where(EventRow.seq == bindparam("seq"))


class SqlLedger:
    """Append-only events in ``database``, with a head checkpoint in ``head_file`` (``<home>/ledger.head``).

    Several processes may append: on SQLite the write transaction is exclusive, on PostgreSQL an advisory lock
    serialises appends until their transactions end.
    """

    def __init__(self, database: Database, head_file: Path) -> None:
        self._database = database
        self._head = HeadFile(head_file)

    def append(
        self, kind: str, subject: str, payload: Mapping[str, Any], *, actor: str, key: str | None = None
    ) -> Event:
        """Appends one event in a transaction of its own; durable before it returns.

        With ``key``, appending twice returns the first event. Raises InputError when the payload is not JSON,
        Conflict when ``key`` belongs to an event of another kind or subject.
        """
        with self._database.write() as session:
            return self.append_in(session, kind, subject, payload, actor=actor, key=key)

    def append_in(
        self,
        session: Session,
        kind: str,
        subject: str,
        payload: Mapping[str, Any],
        *,
        actor: str,
        key: str | None = None,
    ) -> Event:
        """Appends within the caller's ``Database.write()`` transaction: change and event stand or fall together.

        Call it last in the transaction, since on PostgreSQL other appends wait from here to the commit. Raises as
        :meth:`append` does, and IntegrityError when the session is not one that ``Database.write()`` opened.
        """
        if not session.connection().get_execution_options().get("faircut_write"):
            raise IntegrityError(
                "An event was appended in a read transaction, which is never committed.",
                remedy="Open the session with Database.write().",
            )
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        if key is not None:
            known = session.scalars(select(EventRow).where(EventRow.key == key)).one_or_none()
            if known is not None:
                return _same(known, kind, subject)
        last = session.execute(_LAST).first()
        if last is None:
            self._begin()
        row = EventRow(
            seq=1 if last is None else last.seq + 1,
            at=now(),
            kind=kind,
            subject=subject,
            actor=actor,
            payload=canonical_json(payload),
            previous=GENESIS if last is None else last.hash,
            key=key,
        )
        row.hash = event_hash(
            seq=row.seq,
            at=row.at,
            kind=row.kind,
            subject=row.subject,
            actor=row.actor,
            payload=row.payload,
            previous=row.previous,
            key=row.key,
        )
        session.add(row)
        session.flush()
        if not session.info.get(_PENDING):
            session.info[_PENDING] = True
            sqlalchemy_event.listen(session, "after_transaction_end", self._after_end)
        return to_event(row)

    def events(
        self, *, subject: str | None = None, kind: str | None = None, limit: int | None = None
    ) -> Iterator[Event]:
        """Events in order of ``seq``; with ``limit`` only the newest so many, still in order."""
        query = select(EventRow)
        if subject is not None:
            query = query.where(EventRow.subject == subject)
        if kind is not None:
            query = query.where(EventRow.kind == kind)
        if limit is not None:
            with self._database.read() as session:
                newest = session.scalars(query.order_by(EventRow.seq.desc()).limit(limit)).all()
            yield from (to_event(row) for row in reversed(newest))
            return
        last = 0
        while True:
            page = query.where(EventRow.seq > last).order_by(EventRow.seq).limit(_PAGE)
            with self._database.read() as session:
                rows = session.scalars(page).all()
            yield from (to_event(row) for row in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def find(self, key: str) -> Event | None:
        """The event that was appended with ``key``, if any."""
        with self._database.read() as session:
            row = session.scalars(select(EventRow).where(EventRow.key == key)).one_or_none()
        return None if row is None else to_event(row)

    def verify(self, progress: Progress = no_progress, *, released: Path | None = None) -> LedgerReport:
        """Checks every byte of every event, the chain, the head file and, given their folder, the released files."""
        return verify_ledger(self._database, self._head, progress, released=released)

    def adopt_head(self, *, actor: str) -> Event:
        """Accepts the present end of the ledger as its head, and says so in the ledger.

        For an operator who restored a backup or attached a second machine: until then :meth:`verify` keeps
        reporting a head file that is missing, damaged or does not belong to this table.
        """
        try:
            before = self._head.read()
            was = "missing" if before is None else f"{before.seq} {before.hash}"
        except IntegrityError:
            was = "damaged"
        event = self.append("ledger.head_adopted", "ledger", {"was": was}, actor=actor)
        with self._head.locked():
            self._head.write(Head(event.seq, event.hash))
        return event

    def _begin(self) -> None:
        # Written before the first commit, so that a head file missing later was removed by somebody.
        with self._head.locked():
            if not self._head.path.exists():
                self._head.write(EMPTY)

    def _after_end(self, _session: Session, transaction: SessionTransaction) -> None:
        # After the outermost end only: the connection is back in its pool, so reading the head cannot starve it.
        if transaction.parent is not None:
            return
        try:
            self._advance()
        except OSError as error:
            # The event is committed; a head that lags is sound, an exception would claim that nothing happened.
            _LOG.warning("The ledger's head file could not be written: %s", error)

    def _advance(self) -> None:
        """Moves the head to the newest committed event, unless the old head shows that something is wrong."""
        with self._head.locked():
            try:
                head = self._head.read()
            except IntegrityError:
                return  # kept as evidence for verify
            if head is None:
                return
            with self._database.glance() as connection:
                last = connection.execute(_LAST).first()
                if last is None or last.seq <= head.seq:
                    return
                known = connection.execute(_HASH, {"seq": head.seq}).scalar_one_or_none()
            if head == EMPTY or known == head.hash:
                self._head.write(Head(last.seq, last.hash))


def _same(row: EventRow, kind: str, subject: str) -> Event:
    if (row.kind, row.subject) != (kind, subject):
        raise Conflict(
            f"The ledger key {row.key!r} belongs to event {row.seq}, {row.kind} of {row.subject}.",
            remedy="Use a key of its own for each thing that happens once.",
        )
    return to_event(row)
