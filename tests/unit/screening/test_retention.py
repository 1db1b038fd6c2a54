"""Files of refused requests are removed when their time is over; what anybody may still need stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from faircut.appeals import AppealState
from faircut.domain import JobState, Verdict
from faircut.ledger import SqlLedger
from faircut.retention import Retention
from faircut.store.blobs import BlobStore
from faircut.store.database import open_database
from faircut.store.models import AppealRow, DecisionRow, JobRow, UploadRow

DAYS = 30.0
OLD, LATELY = DAYS + 1, DAYS - 1


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")


class Place:
    """A data folder with files that somebody sent."""

    def __init__(self, home: Path) -> None:
        self.database = open_database(f"sqlite:///{home / 'faircut.db'}")
        self.ledger = SqlLedger(self.database, home / "ledger.head")
        self.blobs = BlobStore(home / "uploads")

    def sweep(self, days: float = DAYS) -> tuple[str, ...]:
        return Retention(self.database, self.ledger, self.blobs, days).sweep()


class File:
    """A file that was sent long ago, and what was done with it since."""

    def __init__(self, place: Place, name: str) -> None:
        self.place = place
        self.name = name
        self.digest = place.blobs.put_bytes(name.encode())
        self.age(OLD)

    def age(self, days: float) -> Self:
        then = time.time() - days * 86400
        os.utime(self.place.blobs.path(self.digest), (then, then))
        return self

    def again(self) -> Self:
        self.place.blobs.put_bytes(self.name.encode())
        return self

    def decide(self, verdict: Verdict = Verdict.BLOCK, *, days: float = OLD) -> Self:
        return self._add(
            DecisionRow(
                id=self.name,
                asset_digest=self.digest,
                input="Image 1",
                stage="upload",
                verdict=verdict.value,
                owner="ada",
                body={},
                created_at=ago(days),
            )
        )

    def upload(self, *, days: float = OLD) -> Self:
        return self._add(
            UploadRow(
                id=self.name,
                owner="ada",
                kind="image",
                digest=self.digest,
                size=9,
                name="a.png",
                decision_id=self.name,
                created_at=ago(days),
            )
        )

    def job(self, state: JobState) -> Self:
        return self._add(
            JobRow(
                id=self.name,
                owner="ada",
                state=state.value,
                progress=0.0,
                message="",
                cancel_requested=False,
                request={"images": [{"digest": self.digest}], "clips": [], "sounds": []},
                decision_ids=[],
                timeline=[],
                created_at=ago(OLD),
                updated_at=ago(OLD),
            )
        )

    def appeal(self, state: AppealState) -> Self:
        return self._add(
            AppealRow(
                id=self.name,
                decision_id=self.name,
                owner="ada",
                words="It is mine.",
                text=None,
                state=state.value,
                note="",
                created_at=ago(OLD),
            )
        )

    def _add(self, row: Any) -> Self:
        with self.place.database.write() as session:
            session.add(row)
        return self


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.database.close()


def test_what_nobody_needs_is_removed_and_said_so(place: Place) -> None:
    gone = [
        File(place, "refused upload").decide().upload(),
        File(place, "upload that waits for review").decide(Verdict.REVIEW).upload(),
        File(place, "of a refused job").decide().job(JobState.REFUSED),
        File(place, "fine, of a request whose words were not").decide(Verdict.ALLOW),
        File(place, "of an appeal that was answered").decide().appeal(AppealState.UPHELD),
        File(place, "nothing was ever decided about"),
    ]
    kept = [
        File(place, "allowed upload").decide(Verdict.ALLOW).upload(),
        File(place, "of a job that waits").decide(Verdict.ALLOW).job(JobState.QUEUED),
        File(place, "of a released video").decide(Verdict.ALLOW).job(JobState.RELEASED),
        File(place, "of a job that failed").decide(Verdict.ALLOW).job(JobState.FAILED),
        File(place, "of an open appeal").decide().appeal(AppealState.OPEN),
        File(place, "decided about lately").decide(days=LATELY),
        File(place, "uploaded lately").decide().upload(days=LATELY),
        File(place, "sent again").decide().again(),
        File(place, "sent lately").decide().age(LATELY),
    ]
    removed = set(place.sweep())
    assert {file.name for file in (*gone, *kept) if file.digest in removed} == {file.name for file in gone}
    assert {file.name for file in (*gone, *kept) if place.blobs.has(file.digest)} == {file.name for file in kept}
    events = list(place.ledger.events(kind="upload.removed"))
    assert {event.subject for event in events} == removed
    assert {event.payload["days"] for event in events} == {DAYS}
    assert place.sweep() == ()
    with place.database.read() as session:
        assert session.get(DecisionRow, "refused upload") is not None


def test_nothing_is_removed_without_the_setting(place: Place) -> None:
    file = File(place, "refused upload").decide().upload()
    assert place.sweep(0) == ()
    assert place.blobs.has(file.digest)
