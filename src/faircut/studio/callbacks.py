"""Tells clients of changes of their jobs: signed POSTs to addresses that they named, until they are acknowledged.

What is left to tell is a row for each job, not an entry for each change: whoever was down for a while is told how
things stand, not what it missed. Rows outlive restarts. Signatures are those of the Standard Webhooks specification.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from faircut.domain import Job
from faircut.errors import FaircutError
from faircut.net import Guard, post
from faircut.store.database import Database
from faircut.store.models import CallbackRow, JobRow
from faircut.studio.jobs import job_of

ACKNOWLEDGE_S = 5.0
"""A receiver that has not answered with a status of 2xx by then is told again."""
PAUSES_S = (5.0, 30.0, 180.0)
"""Seconds before each further attempt; after the last one the change is given up."""

_LOG = logging.getLogger("faircut.callbacks")
_POLL_S = 0.5
_SENDERS = 4
_LEASE_S = 60.0
SECRET_PREFIX = "whsec_"  # noqa: S105  what makes it recognisable, as the specification has it

Render = Callable[[Job], Mapping[str, Any]]
"""The body of a callback: the job as the door that it came through tells of it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job whose client is to be told, and for the how manieth time this change is tried (from 0)."""

    job: Job
    url: str
    attempt: int


class CallbackOutbox:
    """What is left to tell. Several processes may share it: each takes a job for as long as it takes to send.

    :meth:`faircut.studio.jobs.JobStore.add` makes the rows, in the transaction that makes the job.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, limit: int) -> tuple[Due, ...]:
        """Jobs that changed since their client was told, for the caller to send. They are its own for a minute."""
        if limit < 1:
            return ()
        changed = (
            sa.select(CallbackRow, JobRow)
            .join(JobRow, JobRow.id == CallbackRow.job_id)
            .where(CallbackRow.open.is_(True), CallbackRow.told != JobRow.state, CallbackRow.due_at <= _at(0.0))
            .order_by(CallbackRow.due_at)
            .limit(limit)
        )
        with self._database.read() as session:
            if session.execute(changed.limit(1)).first() is None:
                return ()
        with self._database.write() as session:
            due = []
            for row, job in session.execute(changed).all():
                row.due_at = _at(_LEASE_S)
                due.append(Due(job_of(job), row.url, row.attempts))
            return tuple(due)

    def done(self, due: Due, *, acknowledged: bool) -> bool:
        """Notes what became of an attempt. True when the change was given up."""
        with self._database.write() as session:
            row = session.get(CallbackRow, due.job.id)
            if row is None:
                return False
            lost = not acknowledged and due.attempt >= len(PAUSES_S)
            if acknowledged or lost:
                row.told, row.attempts, row.due_at = due.job.state, 0, _at(0.0)
                row.open = not due.job.state.final
            else:
                row.attempts, row.due_at = due.attempt + 1, _at(PAUSES_S[due.attempt])
            return lost


class CallbackSender:
    """Sends what the outbox holds, from a thread of its own, between :meth:`start` and :meth:`stop`."""

    def __init__(
        self,
        outbox: CallbackOutbox,
        render: Render,
        secret_of: Callable[[str], bytes],
        trusted_hosts: Collection[str] = (),
    ) -> None:
        self._outbox = outbox
        self._render = render
        self._secret_of = secret_of
        self._guard = Guard(frozenset(trusted_hosts), field="callback_url")
        self._ending = threading.Event()
        # No more is taken than can be sent at once: what waits here would outlast its lease.
        self._idle = _SENDERS
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="faircut-callbacks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Waits for what is being sent."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="faircut-callback") as pool:
            while not self._ending.is_set():
                try:
                    for due in self._outbox.take(self._idle):
                        with self._lock:
                            self._idle -= 1
                        pool.submit(self._send_and_note, due)
                except OperationalError as error:
                    _LOG.warning("The callbacks could not be read, trying again: %s", error)
                self._ending.wait(_POLL_S)

    def _send_and_note(self, due: Due) -> None:
        try:
            acknowledged = False
            try:
                acknowledged = self.send(due)
            except Exception:  # noqa: BLE001  a body that cannot be written must not end the thread
                _LOG.exception("The callback of %s broke.", due.job.id)
            if self._outbox.done(due, acknowledged=acknowledged):
                _LOG.warning("The client of %s could not be told that it is %s.", due.job.id, due.job.state)
        finally:
            with self._lock:
                self._idle += 1

    def send(self, due: Due) -> bool:
        """One attempt. True when the receiver acknowledged it."""
        body = json.dumps(self._render(due.job), ensure_ascii=False, separators=(",", ":")).encode()
        headers = signature_headers(self._secret_of(due.job.owner), message_id(due.job), _now(), body)
        try:
            status = post(due.url, body, headers, guard=self._guard, timeout_s=ACKNOWLEDGE_S)
        except FaircutError as error:
            _LOG.info("The callback of %s failed: %s", due.job.id, error.message)
            return False
        return 200 <= status < 300


def message_id(job: Job) -> str:
    """The same for every attempt at telling of one change, so that receivers can leave out what they have."""
    return f"msg_{hashlib.sha256(f'{job.id} {job.state}'.encode()).hexdigest()[:32]}"


def signature_headers(secret: bytes, message: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of the Standard Webhooks specification: HMAC-SHA-256 over id, time and body."""
    seconds = str(int(at.timestamp()))
    digest = hmac.digest(secret, b".".join((message.encode(), seconds.encode(), body)), "sha256")
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def shown_secret(secret: bytes) -> str:
    """A secret as receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def _now() -> datetime:
    return datetime.now(UTC)


def _at(seconds: float) -> str:
    return (_now() + timedelta(seconds=seconds)).isoformat(timespec="microseconds")
