"""How many jobs an owner may have open at once, and start in a day: the same at every door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faircut.config import Settings
from faircut.domain import JobState
from faircut.errors import QuotaExceeded
from faircut.store.models import JobRow

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)
_DAY = timedelta(hours=24)
_SOON_S = 10
"""When to ask again while jobs are open: about as long as a short one takes."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """``open_jobs`` at once and ``day_jobs`` within 24 hours for each owner; 0 sets no limit."""

    open_jobs: int = 0
    day_jobs: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Quotas:
        return cls(settings.max_open_jobs, settings.max_jobs_a_day)

    def check(self, session: Session, owner: str) -> None:
        """Raises QuotaExceeded when ``owner`` may not start another job now. Call it where the job is added."""
        if self.open_jobs:
            query = select(func.count()).select_from(JobRow).where(JobRow.owner == owner, JobRow.state.in_(_OPEN))
            if (count := session.scalar(query) or 0) >= self.open_jobs:
                raise QuotaExceeded(
                    f"{count} of your jobs are open; {self.open_jobs} are allowed at once.",
                    field="max_open_jobs",
                    remedy="Wait until one has ended, or cancel one.",
                    retry_after=_SOON_S,
                )
        if self.day_jobs:
            present = datetime.now(UTC)
            since = (present - _DAY).isoformat(timespec="microseconds")
            started = (
                select(JobRow.created_at)
                .where(JobRow.owner == owner, JobRow.created_at > since)
                .order_by(JobRow.created_at.desc())
                .offset(self.day_jobs - 1)
                .limit(1)
            )
            if (oldest := session.scalar(started)) is not None:
                left = datetime.fromisoformat(oldest) + _DAY - present
                raise QuotaExceeded(
                    f"You have started {self.day_jobs} jobs in the last 24 hours, which is all that is allowed.",
                    field="max_jobs_a_day",
                    remedy=f"Try again in {_spoken(left)}, or ask the operator for more.",
                    retry_after=max(1, int(left.total_seconds()) + 1),
                )


def _spoken(left: timedelta) -> str:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} hours"
