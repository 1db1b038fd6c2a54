"""Generation jobs as rows. Every end of a job is a ledger event in the same transaction as the row that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from faircut import wire
from faircut.domain import GenerationRequest, Job, JobState, JobStep, new_id
from faircut.errors import Conflict, NotFound
from faircut.protocols import Ledger
from faircut.store.database import Database, now
from faircut.store.models import JobRow

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)
_ON_RECORD = ("door", "model", "end_user")
"""What the ledger keeps of what a client said. Addresses may hold secrets, and stay out."""


class JobStore:
    """Jobs in ``database``, their ends in ``ledger``. Each call is one short transaction."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def add(
        self,
        request: GenerationRequest,
        request_digest: str,
        *,
        owner: str,
        idempotency_key: str | None,
        client: Mapping[str, Any] | None = None,
    ) -> Job:
        """Queues a job, or returns the one that ``owner`` queued earlier under the same key.

        ``client`` is kept with the job; who it acts for goes into the ledger. Raises Conflict when the earlier one
        asked for something else.
        """
        body = wire.dump(request)
        with self._database.write() as session:
            if idempotency_key is not None:
                query = select(JobRow).where(JobRow.owner == owner, JobRow.idempotency_key == idempotency_key)
                known = session.scalars(query).one_or_none()
                if known is not None:
                    if known.request != body:
                        raise Conflict(
                            "The idempotency key was used for a different request.",
                            field="idempotency_key",
                            remedy="Use a new key for a new request.",
                        )
                    return _job(known)
            at = now()
            row = JobRow(
                id=new_id("job"),
                owner=owner,
                idempotency_key=idempotency_key,
                state=JobState.QUEUED,
                step=None,
                progress=0.0,
                message="Waiting for a worker.",
                seconds_left=None,
                cancel_requested=False,
                request=body,
                decision_ids=[],
                timeline=[],
                error=None,
                released_digest=None,
                client=None if client is None else dict(client),
                created_at=at,
                updated_at=at,
            )
            session.add(row)
            session.flush()
            self._ledger.append_in(
                session,
                "job.submitted",
                row.id,
                {
                    "engine": request.engine,
                    "request": request_digest,
                    "inputs": [a.digest for a in request.files],
                    **{key: client[key] for key in _ON_RECORD if client is not None and client.get(key) is not None},
                },
                actor=owner,
            )
            return _job(row)

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        with self._database.read() as session:
            return _job(_row(session, job_id))

    def list(self, *, owner: str | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs first, all owners' or one's."""
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(JobRow.owner == owner)
        with self._database.read() as session:
            return tuple(_job(row) for row in session.scalars(query))

    def queued(self) -> tuple[str, ...]:
        """Ids of jobs that no worker has begun, oldest first."""
        query = select(JobRow.id).where(JobRow.state == JobState.QUEUED.value).order_by(JobRow.created_at, JobRow.id)
        with self._database.read() as session:
            return tuple(session.scalars(query))

    def open(self) -> tuple[str, ...]:
        """Ids of jobs that have not ended, oldest first."""
        query = select(JobRow.id).where(JobRow.state.in_(_OPEN)).order_by(JobRow.created_at, JobRow.id)
        with self._database.read() as session:
            return tuple(session.scalars(query))

    def cancel_requested(self, job_id: str) -> bool:
        with self._database.read() as session:
            return session.scalars(select(JobRow.cancel_requested).where(JobRow.id == job_id)).one()

    def begin(self, job_id: str, step: JobStep, progress: float, message: str, seconds_left: float | None) -> Job:
        """Marks a step as begun and the job as running; a job that has ended stays as it is."""

        def change(row: JobRow) -> None:
            row.state, row.step = JobState.RUNNING, step
            row.progress, row.message, row.seconds_left = max(progress, row.progress), message, seconds_left

        return self._change(job_id, change)

    def report(self, job_id: str, progress: float, message: str, seconds_left: float | None) -> Job:
        """Progress within a step; never goes back."""

        def change(row: JobRow) -> None:
            row.progress, row.seconds_left = max(progress, row.progress), seconds_left
            row.message = message or row.message

        return self._change(job_id, change)

    def note_decisions(self, job_id: str, decision_ids: Sequence[str]) -> Job:
        """Adds Decisions to the job's record, in order, each once."""

        def change(row: JobRow) -> None:
            row.decision_ids = [*row.decision_ids, *(each for each in decision_ids if each not in row.decision_ids)]

        return self._change(job_id, change)

    def note_timeline(self, job_id: str, timeline: Sequence[Mapping[str, Any]]) -> Job:
        """Keeps what the engine says happens when."""

        def change(row: JobRow) -> None:
            row.timeline = [dict(each) for each in timeline]

        return self._change(job_id, change)

    def request_cancel(self, job_id: str, *, actor: str) -> Job:
        """Cancels a waiting job at once, and asks the worker of a running one to stop.

        Raises NotFound, and Conflict when the job has ended otherwise.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            state = JobState(row.state)
            if state is JobState.CANCELLED:
                return _job(row)
            if state.final:
                raise Conflict(f"The job has ended: {state}.", field=job_id, remedy="There is nothing left to cancel.")
            row.cancel_requested, row.updated_at = True, now()
            row.message = "Being cancelled."
            if state is JobState.QUEUED:
                self._end(session, row, JobState.CANCELLED, "Cancelled.", {}, actor)
            return _job(row)

    def refuse(self, job_id: str, message: str, decision_ids: Sequence[str]) -> Job:
        """Ends the job as refused: an answer, not a fault."""
        return self._finish(job_id, JobState.REFUSED, message, {"decisions": list(decision_ids)})

    def fail(self, job_id: str, error: Mapping[str, str | None]) -> Job:
        """Ends the job as failed: our fault, or the engine's."""
        return self._finish(job_id, JobState.FAILED, error.get("message") or "", {"error": dict(error)}, error=error)

    def cancel(self, job_id: str) -> Job:
        """Ends the job as cancelled, once its engine is gone."""
        return self._finish(job_id, JobState.CANCELLED, "Cancelled.", {})

    def release(self, job_id: str, digest: str) -> Job:
        """Ends the job as released. Its event is the ``release`` that the released store wrote before this."""
        with self._database.write() as session:
            row = _row(session, job_id)
            if not JobState(row.state).final:
                row.state, row.released_digest, row.step = JobState.RELEASED, digest, JobStep.RELEASE
                row.progress, row.message, row.seconds_left, row.updated_at = 1.0, "Released.", 0.0, now()
            return _job(row)

    def _finish(
        self,
        job_id: str,
        state: JobState,
        message: str,
        payload: Mapping[str, Any],
        *,
        error: Mapping[str, str | None] | None = None,
    ) -> Job:
        with self._database.write() as session:
            row = _row(session, job_id)
            if not JobState(row.state).final:
                row.error = None if error is None else dict(error)
                self._end(session, row, state, message, payload, "studio")
            return _job(row)

    def _end(
        self, session: Session, row: JobRow, state: JobState, message: str, payload: Mapping[str, Any], actor: str
    ) -> None:
        row.state, row.message, row.seconds_left, row.updated_at = state, message, None, now()
        where = {"step": row.step, **payload}
        self._ledger.append_in(session, f"job.{state}", row.id, where, actor=actor, key=f"job:{row.id}:end")

    def _change(self, job_id: str, change: Callable[[JobRow], None]) -> Job:
        with self._database.write() as session:
            row = _row(session, job_id)
            if not JobState(row.state).final:
                change(row)
                row.updated_at = now()
            return _job(row)


def _row(session: Session, job_id: str) -> JobRow:
    row = session.get(JobRow, job_id)
    if row is None:
        raise NotFound(f"There is no job {job_id!r}.", field="job", remedy="Check the id that submitting returned.")
    return row


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        state=JobState(row.state),
        request=wire.load(GenerationRequest, row.request),
        created_at=datetime.fromisoformat(row.created_at),
        updated_at=datetime.fromisoformat(row.updated_at),
        owner=row.owner,
        step=None if row.step is None else JobStep(row.step),
        progress=row.progress,
        message=row.message,
        seconds_left=row.seconds_left,
        decision_ids=tuple(row.decision_ids),
        released_digest=row.released_digest,
        error=row.error,
        timeline=tuple(row.timeline),
        client=row.client or {},
    )
