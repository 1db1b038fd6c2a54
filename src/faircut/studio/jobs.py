"""Generation jobs as rows. Every end of a job is a ledger event in the same transaction as the row that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from faircut import wire
from faircut.domain import GenerationRequest, Job, JobState, JobStep, new_id
from faircut.errors import Conflict, JobCancelled, JobExpired, NotFound
from faircut.protocols import Ledger
from faircut.store.database import Database, now
from faircut.store.models import CallbackRow, JobRow
from faircut.studio.quotas import Quotas

T = TypeVar("T")

# Written once: a statement that is the same object each time costs half.
_STAMP = select(JobRow.owner, JobRow.updated_at).where(JobRow.id == bindparam("id"))
_GOES_ON = select(JobRow.cancel_requested, JobRow.client).where(JobRow.id == bindparam("id"))

_ON_RECORD = ("door", "model", "end_user")
"""What the ledger keeps of what a client said. Addresses may hold secrets, and stay out."""

_OF_SERVICE = ("service", "task", "request_id", "model", "usage")
"""What the ledger keeps of what a service said. What it makes of a prompt stays out."""


class JobStore:
    """Jobs in ``database``, their ends in ``ledger``. Each call is one short transaction."""

    def __init__(self, database: Database, ledger: Ledger, quotas: Quotas | None = None) -> None:
        self._database = database
        self._ledger = ledger
        self._quotas = quotas or Quotas()

    def add(
        self,
        request: GenerationRequest,
        request_digest: str,
        *,
        owner: str,
        idempotency_key: str | None,
        client: Mapping[str, Any] | None = None,
        decision_ids: Sequence[str] = (),
        priority: int = 0,
    ) -> Job:
        """Queues a job, or returns the one that ``owner`` queued earlier under the same key.

        ``client`` is kept with the job; who it acts for goes into the ledger. ``decision_ids`` are of Decisions that
        were made about it already. Raises Conflict when the earlier one asked for something else, QuotaExceeded.
        """
        body = wire.dump(request)
        with self._database.write() as session:
            if (known := _known(session, body, owner, idempotency_key)) is not None:
                return known
            self._quotas.check(session, owner)
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
                decision_ids=list(decision_ids),
                priority=priority,
                timeline=[],
                error=None,
                released_digest=None,
                client=None if client is None else dict(client),
                created_at=at,
                updated_at=at,
            )
            session.add(row)
            session.flush()
            if client is not None and client.get("callback_url"):
                told = JobState.QUEUED.value
                url = client["callback_url"]
                session.add(CallbackRow(job_id=row.id, url=url, told=told, attempts=0, due_at=at, open=True))
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
            return job_of(row)

    def known(self, request: GenerationRequest, *, owner: str, idempotency_key: str | None) -> Job | None:
        """The job that ``owner`` queued under the key, if any. Raises Conflict when it asked for something else."""
        with self._database.read() as session:
            return _known(session, wire.dump(request), owner, idempotency_key)

    def check_quota(self, owner: str) -> None:
        """Raises QuotaExceeded when ``owner`` may not start another job now; :meth:`add` checks it again."""
        with self._database.read() as session:
            self._quotas.check(session, owner)

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        with self._database.read() as session:
            return job_of(_row(session, job_id))

    def stamp(self, job_id: str) -> tuple[str, str]:
        """Its owner, and when the row last changed. Raises NotFound."""
        with self._database.glance() as connection:
            found = connection.execute(_STAMP, {"id": job_id}).first()
        row = _there(found, job_id)
        return row.owner, row.updated_at

    def list(self, *, owner: str | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs first, all owners' or one's."""
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(JobRow.owner == owner)
        with self._database.read() as session:
            return tuple(job_of(row) for row in session.scalars(query))

    def why_stop(self, job_id: str) -> JobCancelled | JobExpired | None:
        """Why a job must not go on: its owner cancelled it, or the time that its owner gave it is over."""
        with self._database.glance() as connection:
            cancelled, client = connection.execute(_GOES_ON, {"id": job_id}).one()
        if cancelled:
            return JobCancelled("The job was cancelled.", field=job_id, remedy="Submit it again if you want it made.")
        until = (client or {}).get("expires_at")
        return _expired(job_id) if until is not None and until <= now() else None

    def expire(self) -> tuple[str, ...]:
        """Ends the waiting jobs whose time is over, and returns their ids."""
        until = JobRow.client["expires_at"].as_string()
        query = select(JobRow).where(JobRow.state == JobState.QUEUED.value, until <= now())
        with self._database.read() as session:
            if session.scalars(query.limit(1)).first() is None:
                return ()
        with self._database.write() as session:
            rows = list(session.scalars(query))
            for row in rows:
                error = _expired(row.id).as_dict()
                row.error = dict(error)
                self._end(session, row, JobState.FAILED, error["message"] or "", {"error": row.error}, "studio")
            return tuple(row.id for row in rows)

    def hide(self, job_id: str, *, actor: str) -> Job:
        """Takes a job out of what its door lists. The ledger keeps all of it. Raises NotFound."""
        with self._database.write() as session:
            row = _row(session, job_id)
            if (row.client or {}).get("hidden_at") is None:
                row.client = {**(row.client or {}), "hidden_at": now()}
                session.flush()
                self._ledger.append_in(session, "job.hidden", row.id, {"state": row.state}, actor=actor)
            return job_of(row)

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
        """Keeps what the engine says happens when. What a service of somebody else's made goes into the ledger too."""
        remote = [each for each in timeline if each.get("event") == "remote"]
        with self._database.write() as session:
            row = _row(session, job_id)
            if not JobState(row.state).final:
                row.timeline, row.updated_at = [dict(each) for each in timeline], now()
            session.flush()
            for each in remote:
                made = {key: each[key] for key in _OF_SERVICE if each.get(key) is not None}
                key = f"job:{row.id}:remote:{each.get('task')}"
                self._ledger.append_in(session, "job.remote", row.id, made, actor="studio", key=key)
            return job_of(row)

    def request_cancel(self, job_id: str, *, actor: str) -> Job:
        """Cancels a waiting job at once, and asks the worker of a running one to stop.

        Raises NotFound, and Conflict when the job has ended otherwise.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            state = JobState(row.state)
            if state is JobState.CANCELLED:
                return job_of(row)
            if state.final:
                raise Conflict(f"The job has ended: {state}.", field=job_id, remedy="There is nothing left to cancel.")
            row.cancel_requested, row.updated_at = True, now()
            row.message = "Being cancelled."
            if state is JobState.QUEUED:
                self._end(session, row, JobState.CANCELLED, "Cancelled.", {}, actor)
            return job_of(row)

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
            return job_of(row)

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
            return job_of(row)

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
            return job_of(row)


def _known(session: Session, body: Any, owner: str, idempotency_key: str | None) -> Job | None:
    if idempotency_key is None:
        return None
    query = select(JobRow).where(JobRow.owner == owner, JobRow.idempotency_key == idempotency_key)
    row = session.scalars(query).one_or_none()
    if row is not None and row.request != body:
        raise Conflict(
            "The idempotency key was used for a different request.",
            field="idempotency_key",
            remedy="Use a new key for a new request.",
        )
    return None if row is None else job_of(row)


def _expired(job_id: str) -> JobExpired:
    return JobExpired(
        "The job had not ended by the time that was set for it.",
        field=job_id,
        remedy="Submit it again, with more time.",
    )


def _row(session: Session, job_id: str) -> JobRow:
    return _there(session.get(JobRow, job_id), job_id)


def _there(found: T | None, job_id: str) -> T:
    if found is None:
        raise NotFound(f"There is no job {job_id!r}.", field="job", remedy="Check the id that submitting returned.")
    return found


def job_of(row: JobRow) -> Job:
    """A row as the vocabulary has it."""
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
