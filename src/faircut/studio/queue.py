"""The order in which waiting jobs begin: in turn between owners, first come first served within each.

The owner with the fewest jobs under way is served next, among equals whoever was served longest ago: round robin where
all jobs are alike, and no owner's long queue or long jobs make another wait for more than one turn of everybody (the
fair queueing of J. Nagle, RFC 970, with jobs under way in place of bytes sent). ``priority`` only orders an owner's own
jobs.

Every process may admit jobs. It does so in a write transaction on the database that all share, so that no two of them
admit the same job, and never more than all live workers together can run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from faircut.domain import JobState
from faircut.store.database import Database
from faircut.store.models import JobRow

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)
_ADVISORY_LOCK = 0x6661697263757402
"""PostgreSQL advisory lock held while jobs are admitted; on SQLite the write transaction is exclusive."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The job that its ``owner`` would begin next, and when it came (ISO 8601, then its id)."""

    job_id: str
    owner: str
    since: str


def pick(waiting: Sequence[Waiting], running: Mapping[str, int], served: Mapping[str, int]) -> Waiting | None:
    """Whose turn it is among ``waiting``, one job an owner; None when nobody waits.

    ``running``: jobs under way by owner. ``served``: a number that grows with each admission, by owner: that of the
    last one; owners who were never served come first.
    """
    return min(
        waiting,
        key=lambda each: (running.get(each.owner, 0), served.get(each.owner, -1), each.since, each.job_id),
        default=None,
    )


class JobQueue:
    """Waiting jobs in ``database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(self, capacity: int) -> tuple[str, ...]:
        """Lets as many jobs begin as have room beside those under way, and returns their ids in order.

        ``capacity`` is how many jobs all live workers together run at a time.
        """
        with self._database.read() as session:
            if (
                not session.scalar(select(select(JobRow.id).where(_waits()).exists()))
                or _under_way(session) >= capacity
            ):
                return ()
        admitted = []
        with self._database.write() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
            room = capacity - _under_way(session)
            while room > 0 and (chosen := self._next(session)) is not None:
                row = session.get_one(JobRow, chosen.job_id)
                row.admission = (session.scalar(select(func.max(JobRow.admission))) or 0) + 1
                session.flush()
                admitted.append(chosen.job_id)
                room -= 1
        return tuple(admitted)

    def admitted(self) -> tuple[str, ...]:
        """Ids of jobs that were admitted and have not ended, in the order of their admission."""
        query = select(JobRow.id).where(_has_begun()).order_by(JobRow.admission)
        with self._database.read() as session:
            return tuple(session.scalars(query))

    def _next(self, session: Session) -> Waiting | None:
        rank = func.row_number().over(
            partition_by=JobRow.owner, order_by=(JobRow.priority.desc(), JobRow.created_at, JobRow.id)
        )
        ranked = select(JobRow.id, JobRow.owner, JobRow.created_at, rank.label("rank")).where(_waits()).subquery()
        first = [
            Waiting(row.id, row.owner, row.created_at)
            for row in session.execute(select(ranked).where(ranked.c.rank == 1))
        ]
        owners = [each.owner for each in first]
        running = session.execute(select(JobRow.owner, func.count()).where(_has_begun()).group_by(JobRow.owner))
        served = session.execute(
            select(JobRow.owner, func.max(JobRow.admission)).where(JobRow.owner.in_(owners)).group_by(JobRow.owner)
        )
        return pick(
            first,
            {each[0]: each[1] for each in running},
            {owner: last for owner, last in served if last is not None},
        )


def _waits() -> ColumnElement[bool]:
    return (JobRow.state == JobState.QUEUED.value) & JobRow.admission.is_(None)


def _has_begun() -> ColumnElement[bool]:
    return JobRow.state.in_(_OPEN) & JobRow.admission.is_not(None)


def _under_way(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(JobRow).where(_has_begun())) or 0
