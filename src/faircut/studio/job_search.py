"""Jobs as the doors list them: by the door they came through, filtered, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, tuple_

from faircut.domain import Job, JobState
from faircut.errors import JobExpired, NotFound
from faircut.store.database import Database
from faircut.store.models import JobRow
from faircut.studio.jobs import job_of


@dataclass(frozen=True, slots=True)
class JobQuery:
    """What to look for. ``owner`` None means everybody's.

    ``expired`` True asks for jobs whose time ran out, False leaves them out; to ``states`` they have failed.
    The page begins after ``offset`` jobs or, with ``after``, after that job. The newest come first unless ``oldest``.
    """

    door: str
    owner: str | None
    states: Collection[JobState] | None = None
    expired: bool | None = None
    model: str | None = None
    ids: Collection[str] | None = None
    after: str | None = None
    offset: int = 0
    limit: int = 20
    oldest: bool = False


class JobSearch:
    """Finds jobs that their door has not hidden."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: JobQuery) -> tuple[tuple[Job, ...], int]:
        """A page of jobs, and how many there are on all pages. Raises NotFound when there is no job ``after``."""
        where = _conditions(query)
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(JobRow).where(*where)) or 0
            if query.after is not None:
                mark = session.get(JobRow, query.after)
                if mark is None or (query.owner is not None and mark.owner != query.owner):
                    raise NotFound(f"There is no job {query.after!r}.", field="after", remedy="List from the start.")
                here, there = tuple_(JobRow.created_at, JobRow.id), tuple_(mark.created_at, mark.id)
                where.append(here > there if query.oldest else here < there)
            order = [JobRow.created_at, JobRow.id] if query.oldest else [JobRow.created_at.desc(), JobRow.id.desc()]
            rows = session.scalars(
                select(JobRow).where(*where).order_by(*order).offset(query.offset).limit(query.limit)
            )
            return tuple(job_of(row) for row in rows), total


def _conditions(query: JobQuery) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        JobRow.client["door"].as_string() == query.door,
        JobRow.client["hidden_at"].as_string().is_(None),
    ]
    if query.owner is not None:
        where.append(JobRow.owner == query.owner)
    if query.states is not None:
        where.append(JobRow.state.in_([each.value for each in query.states]))
    if query.expired is not None:
        code = func.coalesce(JobRow.error["code"].as_string(), "")
        where.append(code == JobExpired.code if query.expired else code != JobExpired.code)
    if query.model is not None:
        where.append(JobRow.client["model"].as_string() == query.model)
    if query.ids is not None:
        where.append(JobRow.id.in_(list(query.ids)))
    return where
