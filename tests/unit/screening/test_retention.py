"""Files of refused requests are removed when their time is over; what anybody may still need stays."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from faircut.appeals import AppealState
from faircut.domain import JobState, Verdict
from faircut.ledger import SqlLedger
from faircut.retention import Retention
from faircut.store.blobs import BlobStore
from faircut.store.database import Database, open_database
from faircut.store.models import AppealRow, DecisionRow, JobRow, UploadRow

DAYS = 30.0


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")


class Place:
    """A data folder with one file that somebody sent, and what was done with it since."""

    def __init__(self, home: Path) -> None:
        self.database: Database = open_database(f"sqlite:///{home / 'faircut.db'}")
        self.ledger = SqlLedger(self.database, home / "ledger.head")
        self.blobs = BlobStore(home / "uploads")
        self.digest = self.blobs.put_bytes(b"a picture")
        self.age(DAYS + 1)

    def age(self, days: float) -> None:
        then = time.time() - days * 86400
        os.utime(self.blobs.path(self.digest), (then, then))

    def add(self, row: Any) -> Self:
        with self.database.write() as session:
            session.add(row)
        return self

    def decide(self, verdict: Verdict = Verdict.BLOCK, *, days: float = DAYS + 1) -> Self:
        return self.add(
            DecisionRow(
                id="dec",
                asset_digest=self.digest,
                input="Image 1",
                stage="upload",
                verdict=verdict.value,
                owner="ada",
                body={},
                created_at=ago(days),
            )
        )

    def upload(self, *, days: float = DAYS + 1) -> Self:
        return self.add(
            UploadRow(
                id="up",
                owner="ada",
                kind="image",
                digest=self.digest,
                size=9,
                name="a.png",
                decision_id="dec",
                created_at=ago(days),
            )
        )

    def job(self, state: JobState) -> Self:
        file = {"digest": self.digest}
        return self.add(
            JobRow(
                id="job",
                owner="ada",
                state=state.value,
                progress=0.0,
                message="",
                cancel_requested=False,
                request={"images": [file], "clips": [], "sounds": []},
                decision_ids=[],
                timeline=[],
                created_at=ago(DAYS + 1),
                updated_at=ago(DAYS + 1),
            )
        )

    def appeal(self, state: AppealState) -> Self:
        return self.add(
            AppealRow(
                id="app",
                decision_id="dec",
                owner="ada",
                words="It is mine.",
                text=None,
                state=state.value,
                note="",
                created_at=ago(DAYS + 1),
            )
        )

    def sweep(self, days: float = DAYS) -> tuple[str, ...]:
        return Retention(self.database, self.ledger, self.blobs, days).sweep()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


GONE: dict[str, Callable[[Place], object]] = {
    "a refused upload": lambda place: place.decide().upload(),
    "one that waits for review": lambda place: place.decide(Verdict.REVIEW).upload(),
    "one of a refused job": lambda place: place.decide().job(JobState.REFUSED),
    "one that was fine, of a request whose words were not": lambda place: place.decide(Verdict.ALLOW),
    "one whose appeal was answered": lambda place: place.decide().appeal(AppealState.UPHELD),
    "one that nothing was ever decided about": lambda place: None,
}

KEPT: dict[str, Callable[[Place], object]] = {
    "an allowed upload": lambda place: place.decide(Verdict.ALLOW).upload(),
    "one of a job that waits": lambda place: place.decide(Verdict.ALLOW).job(JobState.QUEUED),
    "one of a released video": lambda place: place.decide(Verdict.ALLOW).job(JobState.RELEASED),
    "one of a job that failed": lambda place: place.decide(Verdict.ALLOW).job(JobState.FAILED),
    "one with an open appeal": lambda place: place.decide().appeal(AppealState.OPEN),
    "one that was decided about lately": lambda place: place.decide(days=DAYS - 1),
    "one that was uploaded lately": lambda place: place.decide().upload(days=DAYS - 1),
    "one that was sent again": lambda place: place.decide().blobs.put_bytes(b"a picture"),
}


@pytest.mark.parametrize("what", GONE)
def test_what_nobody_needs_is_removed_and_said_so(place: Place, what: str) -> None:
    GONE[what](place)
    assert place.sweep() == (place.digest,)
    assert not place.blobs.has(place.digest)
    (event,) = place.ledger.events(kind="upload.removed")
    assert (event.subject, event.payload["days"]) == (place.digest, DAYS)
    assert place.sweep() == ()
    with place.database.read() as session:
        assert session.get(DecisionRow, "dec") is not None or what.endswith("decided about")


@pytest.mark.parametrize("what", KEPT)
def test_what_somebody_may_need_is_kept(place: Place, what: str) -> None:
    KEPT[what](place)
    assert place.sweep() == ()
    assert place.blobs.has(place.digest)
    assert list(place.ledger.events(kind="upload.removed")) == []


def test_nothing_is_removed_before_its_time_or_without_the_setting(place: Place) -> None:
    place.decide()
    assert place.sweep(0) == ()
    place.age(DAYS - 1)
    assert place.sweep() == ()
    assert place.blobs.has(place.digest)
