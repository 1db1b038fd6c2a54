"""Callbacks: what is told, how often, and that nothing is forgotten."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from studio_doubles import request

from faircut.domain import Job, JobState, JobStep
from faircut.ledger import SqlLedger
from faircut.store.database import Database, open_database
from faircut.store.models import CallbackRow, JobRow
from faircut.studio import callbacks
from faircut.studio.callbacks import (
    PAUSES_S,
    CallbackOutbox,
    CallbackSender,
    message_id,
    shown_secret,
    signature_headers,
)
from faircut.studio.job_search import JobQuery, JobSearch
from faircut.studio.jobs import JobStore
from support.receiver import Receiver, receiving


class Told:
    """Jobs with callbacks over one database."""

    def __init__(self, home: Path, receiver: Receiver) -> None:
        self.receiver = receiver
        self.database: Database = open_database(f"sqlite:///{home / 'faircut.db'}")
        self.jobs = JobStore(self.database, SqlLedger(self.database, home / "ledger.head"))
        self.outbox = CallbackOutbox(self.database)
        self.sender = self.make_sender()

    def make_sender(self) -> CallbackSender:
        return CallbackSender(
            self.outbox,
            lambda job: {"id": job.id, "status": job.state.value},
            lambda owner: f"secret of {owner}".encode(),
            [self.receiver.host],
        )

    def submit(self, **client: Any) -> Job:
        asked = {"door": "ark", "callback_url": self.receiver.url("/told"), **client}
        return self.jobs.add(request(), "digest", owner="ada", idempotency_key=None, client=asked)

    def send(self) -> list[str]:
        """One round by hand: takes what is due, sends it, and returns what was told."""
        for due in self.outbox.take(10):
            self.outbox.done(due, acknowledged=self.sender.send(due))
        return [json.loads(body)["status"] for _, body in self.receiver.posts]

    def hurry(self) -> None:
        """As if every pause were over."""
        with self.database.write() as session:
            session.execute(update(CallbackRow).values(due_at="2000"))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    with receiving() as receiver:
        made = Told(tmp_path, receiver)
        yield made
        made.database.close()


def test_each_change_is_told_once(told: Told) -> None:
    job = told.submit()
    assert told.send() == [], "who sends a request knows that it is queued"
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    assert told.send() == told.send() == ["running"]
    told.jobs.report(job.id, 0.5, "half", None)
    assert told.send() == ["running"], "progress is no change"
    told.jobs.fail(job.id, {"code": "engine.failed", "message": "x", "remedy": "y", "field": None})
    assert told.send() == told.send() == ["running", "failed"]


def test_whoever_was_down_is_told_how_things_stand(told: Told) -> None:
    job = told.submit()
    told.receiver.answers = [503]
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    assert told.send() == ["running"]
    assert told.send() == ["running"], "the next attempt waits"
    told.jobs.release(job.id, "0" * 64)
    told.hurry()
    assert told.send() == ["running", "released"]
    told.hurry()
    assert told.send() == ["running", "released"]


def test_change_is_given_up_after_four_attempts_and_the_next_is_told(told: Told) -> None:
    job = told.submit()
    told.receiver.answers = [500, 404, 302, 500]
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    for _ in range(6):
        told.send()
        told.hurry()
    assert len(told.receiver.posts) == 1 + len(PAUSES_S)
    ids = {headers["webhook-id"] for headers, _ in told.receiver.posts}
    assert ids == {message_id(told.jobs.get(job.id))}, "attempts at the same change can be told apart from others"
    told.jobs.cancel(job.id)
    assert told.send()[-1] == "cancelled"


def test_pauses_grow(told: Told) -> None:
    job = told.submit()
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    told.receiver.answers = [500] * 3
    waits = []
    for _ in range(3):
        told.send()
        with told.database.read() as session:
            row = session.get(CallbackRow, job.id)
            assert row is not None
            waits.append((datetime.fromisoformat(row.due_at) - datetime.now(UTC)).total_seconds())
        told.hurry()
    assert all(pause - 2 < wait <= pause for wait, pause in zip(waits, PAUSES_S, strict=True))


def test_what_was_not_told_is_told_after_a_restart_by_one_of_several(told: Told, tmp_path: Path) -> None:
    job = told.submit()
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    told.database.close()
    again = Told(tmp_path, told.receiver)
    other = CallbackOutbox(again.database)
    assert len(again.outbox.take(5)) == 1
    assert other.take(5) == (), "the first has it for a minute"
    again.hurry()
    assert again.send() == ["running"]
    again.database.close()


def test_sender_sends_by_itself_and_outlives_a_body_that_breaks(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "_POLL_S", 0.01)
    monkeypatch.setattr(callbacks, "PAUSES_S", (0.0, 0.0, 0.0))
    breaks = [True]

    def render(job: Job) -> dict[str, Any]:
        if breaks:
            breaks.pop()
            raise ValueError("no words")
        return {"status": job.state.value}

    sender = CallbackSender(told.outbox, render, lambda _: b"secret", [told.receiver.host])
    sender.start()
    try:
        for job in [told.submit() for _ in range(6)]:
            told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
        assert len(told.receiver.wait(6)) == 6
    finally:
        sender.stop()


def test_private_address_is_not_called(told: Told) -> None:
    job = told.submit(callback_url="https://10.1.2.3/told")
    told.jobs.begin(job.id, JobStep.GENERATE, 0.1, "", None)
    (due,) = told.outbox.take(1)
    assert not told.sender.send(due)


def test_signature_is_that_of_the_standard() -> None:
    """The published example of the Standard Webhooks specification."""
    shown = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    secret = base64.b64decode(shown)
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signature_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "Content-Type": "application/json",
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert shown_secret(secret) == f"whsec_{shown}"


def test_time_that_a_client_set_ends_a_job(told: Told) -> None:
    late = told.submit(expires_at="2001-01-01T00:00:00.000000+00:00")
    told.submit(expires_at="2999-01-01T00:00:00.000000+00:00")
    assert told.jobs.expire() == (late.id,)
    ended = told.jobs.get(late.id)
    assert (ended.state, (ended.error or {})["code"]) == (JobState.FAILED, "job.expired")
    assert told.send() == ["failed"]
    running = told.submit()
    assert told.jobs.why_stop(running.id) is None
    with told.database.write() as session:
        row = session.get(JobRow, running.id)
        assert row is not None
        row.client = {**(row.client or {}), "expires_at": "2001-01-01T00:00:00.000000+00:00"}
    stopped = told.jobs.why_stop(running.id)
    assert stopped is not None
    assert stopped.code == "job.expired"
    found = JobSearch(told.database).find
    assert found(JobQuery("ark", "ada", states={JobState.FAILED}, expired=True))[1] == 1
    assert found(JobQuery("ark", "ada", states={JobState.FAILED}, expired=False))[1] == 0


def test_pages_follow_one_another_in_both_orders(told: Told) -> None:
    ids = [told.submit().id for _ in range(5)]
    found = JobSearch(told.database).find
    for oldest, expected in ((True, ids), (False, ids[::-1])):
        seen: list[str] = []
        while True:
            page, total = found(
                JobQuery("ark", "ada", after=seen[-1] if seen else None, limit=2, oldest=oldest),
            )
            assert total == 5
            if not page:
                break
            seen += [job.id for job in page]
        assert seen == expected
    told.jobs.hide(ids[2], actor="ada")
    assert found(JobQuery("ark", "ada"))[1] == 4
    assert found(JobQuery("videos", "ada"))[1] == found(JobQuery("ark", "eve"))[1] == 0
