"""Removes files of refused requests once they have been kept for as long as the operator wants them.

What was decided about them, the pictures that show why, and the thinned fingerprints by which works that are
registered later are looked for stay on record. The ledger says that a file was removed.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from faircut.domain import JobState, Verdict
from faircut.protocols import Ledger
from faircut.store.blobs import BlobStore
from faircut.store.database import Database
from faircut.store.models import AppealRow, DecisionRow, JobRow, UploadRow

_LOG = logging.getLogger("faircut.retention")
_EVERY_S = 3600.0
_FILES = ("images", "clips", "sounds")
_OPEN_APPEAL = "open"


class Retention:
    """``days``: how long files of refused requests are kept in ``uploads``; 0 keeps them for good."""

    def __init__(self, database: Database, ledger: Ledger, uploads: BlobStore, days: float) -> None:
        self._database = database
        self._ledger = ledger
        self._uploads = uploads
        self._days = days
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def sweep(self) -> tuple[str, ...]:
        """Removes what is due, and returns the digests.

        A file stays while somebody may still use it or need it: when an upload of it was allowed, when a job names it
        that did not end as refused, while an appeal against a Decision about it is open, and until nobody has sent it
        and nothing was decided about it for so many days.
        """
        if not self._days:
            return ()
        since = datetime.now(UTC) - timedelta(days=self._days)
        old = {digest for digest in self._uploads.digests() if self._touched(digest) < since}
        if not old:
            return ()
        with self._database.read() as session:
            due = old - _wanted(session, since.isoformat(timespec="microseconds"))
        removed = []
        for digest in sorted(due):
            # Whoever sent it again meanwhile has touched it.
            if self._touched(digest) < since:
                # First on record: a file that is gone without a word would look like a loss.
                self._ledger.append("upload.removed", digest, {"refused": True, "days": self._days}, actor="system")
                self._uploads.delete(digest)
                removed.append(digest)
        return tuple(removed)

    def start(self) -> None:
        """Sweeps every hour in a thread of its own, until :meth:`stop`."""
        if self._days and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends after the sweep that is under way."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.sweep()
            except (OperationalError, OSError) as error:
                _LOG.warning("Files of refused requests could not be removed, trying again: %s", error)
            self._ending.wait(_EVERY_S)

    def _touched(self, digest: str) -> datetime:
        try:
            seconds = self._uploads.path(digest).stat().st_mtime
        except FileNotFoundError:
            return datetime.now(UTC)  # another process was quicker
        return datetime.fromtimestamp(seconds, UTC)


def _wanted(session: Session, since: str) -> set[str]:
    """Digests of files that may still be used, or that were dealt with after ``since`` (ISO 8601)."""
    allowed = select(UploadRow.digest).join(DecisionRow, DecisionRow.id == UploadRow.decision_id)
    found = set(session.scalars(allowed.where(DecisionRow.verdict == Verdict.ALLOW.value)))
    found.update(session.scalars(select(UploadRow.digest).where(UploadRow.created_at >= since)))
    found.update(session.scalars(select(DecisionRow.asset_digest).where(DecisionRow.created_at >= since)))
    appealed = select(DecisionRow.asset_digest).join(AppealRow, AppealRow.decision_id == DecisionRow.id)
    found.update(session.scalars(appealed.where(AppealRow.state == _OPEN_APPEAL)))
    asked = select(JobRow.request).where(JobRow.state != JobState.REFUSED.value).execution_options(yield_per=500)
    for request in session.scalars(asked):
        found.update(file["digest"] for kind in _FILES for file in request[kind])
    return found
