"""The studio with a worker in this process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from studio_doubles import Bench, request

from faircut.domain import Job, JobState, JobStep, MediaKind, Stage
from faircut.errors import Conflict
from faircut.provenance import ProvenanceState
from faircut.studio.pace import SHARES, Pace, progress_at
from faircut.studio.queue import JobQueue
from faircut.studio.worker import Slots, workflow_database_url


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("studio") / "home", engine_timeout_s=60)
    made.studio.start()
    yield made
    made.close()


def finish(bench: Bench, job: Job) -> Job:
    return bench.studio.wait(job.id, timeout=60)


def settled(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within five seconds: a worker tidies up just after a job has ended."""
    pause = threading.Event()
    deadline = time.monotonic() + 5
    while not (true := condition()) and time.monotonic() < deadline:
        pause.wait(0.02)
    return true


def emptied(bench: Bench, job: Job) -> bool:
    """Whether quarantine holds nothing of the job."""
    return settled(lambda: not (bench.studio.quarantine.root / job.id).exists())


def test_request_with_files_is_released_signed_and_on_record(bench: Bench) -> None:
    image = bench.upload(b"an image", "Image 1", MediaKind.IMAGE)
    changes: list[Job] = []
    job = bench.studio.submit(replace(request(audio=True), images=(image,)), owner="ada")
    job = bench.studio.wait(job.id, timeout=60, on_change=changes.append)
    assert job.state is JobState.RELEASED, job
    assert (job.progress, job.seconds_left, job.error) == (1.0, 0.0, None)
    path = bench.studio.output(job.id)
    with av.open(str(path)) as container:
        assert (len(container.streams.video), len(container.streams.audio)) == (1, 1)
    report = bench.reader.read(path)
    assert report.state is ProvenanceState.TRUSTED
    assert report.record is not None
    assert report.record["job"] == job.id
    assert report.record["inputs"] == [{"label": "Image 1", "sha256": image.digest}]
    assert report.actions[0].software == "Faircut tiny tiny-v1"
    decisions = [bench.decisions.get(each) for each in job.decision_ids]
    assert [(each.input, each.stage) for each in decisions] == [
        ("prompt", Stage.PROMPT),
        ("Image 1", Stage.UPLOAD),
        ("output", Stage.OUTPUT),
        ("output", Stage.OUTPUT),
    ]
    assert decisions[-1].asset_digest == job.released_digest
    assert job.timeline == ({"t": 1.0, "event": "cut"},)
    shares = [change.progress for change in changes]
    assert shares == sorted(shares)
    assert emptied(bench, job)
    with pytest.raises(Conflict):
        bench.studio.cancel(job.id)


@pytest.mark.parametrize(("prompt", "words"), [("a forbidden thing", "Red Thing"), ("a doubtful thing", "review")])
def test_refused_inputs_spend_nothing(bench: Bench, prompt: str, words: str) -> None:
    runs = (bench.home / "runs").read_text() if (bench.home / "runs").exists() else ""
    job = finish(bench, bench.studio.submit(request(prompt), owner="ada"))
    assert (job.state, job.step, job.error) == (JobState.REFUSED, JobStep.SCREEN_INPUTS, None)
    assert words in job.message
    assert len(job.decision_ids) == 1
    assert bench.events("job.refused")[-1] == job.id
    assert ((bench.home / "runs").read_text() if (bench.home / "runs").exists() else "") == runs
    assert emptied(bench, job)


def test_refused_output_is_kept_as_evidence_and_not_released(bench: Bench) -> None:
    before = bench.released_files()
    job = finish(bench, bench.studio.submit(request(engine="tainted"), owner="ada"))
    assert (job.state, job.step) == (JobState.REFUSED, JobStep.SCREEN_OUTPUT)
    assert settled(lambda: bench.studio.quarantine.evidence(job.id) is not None)
    kept = bench.studio.quarantine.evidence(job.id)
    assert kept is not None
    assert settled(lambda: kept.stat().st_mode & 0o777 == 0o600)
    assert bench.released_files() == before
    with pytest.raises(Conflict):
        bench.studio.output(job.id)
    assert bench.studio.quarantine.purge(job.id)


@pytest.mark.parametrize(
    ("engine", "prompt", "code"),
    [("broken", "dies", "engine.failed"), ("wrong", "duration", "engine.output_invalid")],
)
def test_fault_of_the_engine_fails_the_job(bench: Bench, engine: str, prompt: str, code: str) -> None:
    job = finish(bench, bench.studio.submit(request(prompt, engine=engine), owner="ada"))
    assert (job.state, job.step) == (JobState.FAILED, JobStep.GENERATE)
    assert job.error is not None
    assert job.error["code"] == code
    assert bench.events("job.failed")[-1] == job.id
    assert emptied(bench, job)


def test_cancel_kills_the_engine_and_leaves_nothing(bench: Bench) -> None:
    job = bench.studio.submit(request(engine="slow"), owner="ada")
    running = bench.studio.wait_until(job.id, lambda job: job.progress >= progress_at(JobStep.GENERATE, 0.5), 60)
    assert running.seconds_left is not None
    bench.studio.cancel(job.id)
    assert finish(bench, job).state is JobState.CANCELLED
    assert bench.events("job.cancelled")[-1] == job.id
    assert emptied(bench, job)
    assert bench.released_files() == [each.released_digest for each in bench.studio.list() if each.released_digest]


def test_job_of_another_process_is_picked_up(bench: Bench) -> None:
    script = (
        "import sys; from pathlib import Path; from studio_doubles import Bench, request\n"
        "print(Bench(Path(sys.argv[1])).studio.submit(request(), owner='eve').id)"
    )
    doubles = str(Path(__file__).parents[2] / "doubles")
    done = subprocess.run(
        [sys.executable, "-c", script, str(bench.home)],
        cwd=doubles,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert bench.studio.wait(done.stdout.strip(), timeout=60).state is JobState.RELEASED


def test_screener_that_breaks_fails_the_job_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.screener, "screen", broken)
    job = finish(bench, bench.studio.submit(request(), owner="ada"))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert "ZeroDivisionError" in str(job.error["message"])


def test_screener_without_decisions_releases_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.screener, "screen_request", lambda *_, **__: ())
    job = finish(bench, bench.studio.submit(request(), owner="ada"))
    assert job.state is JobState.FAILED
    assert bench.studio.workers() == 1


def test_one_worker_a_process(bench: Bench, tmp_path: Path) -> None:
    other = Bench(tmp_path / "other")
    with pytest.raises(Conflict):
        other.studio.start()
    other.close()
    assert finish(bench, bench.studio.submit(request(), owner="ada")).state is JobState.RELEASED


def test_stopped_worker_leaves_its_job_to_the_next(bench: Bench) -> None:
    job = bench.studio.submit(request(engine="slow"), owner="ada")
    bench.studio.wait_until(job.id, lambda job: job.progress >= progress_at(JobStep.GENERATE, 0.5), 60)
    bench.studio.stop()
    assert bench.studio.workers() == 0
    assert bench.studio.get(job.id).state is JobState.RUNNING
    bench.studio.start()
    bench.studio.cancel(job.id)
    assert finish(bench, job).state is JobState.CANCELLED
    assert bench.ledger.verify(released=bench.studio.released.root).intact


def test_a_job_whose_turn_came_when_its_worker_died_is_taken_up(bench: Bench) -> None:
    bench.studio.stop()
    job = bench.studio.submit(request(), owner="ada")
    # What a process leaves behind that is killed after the transaction and before it hands the job over.
    assert JobQueue(bench.database).admit(1) == (job.id,)
    bench.studio.start()
    assert finish(bench, job).state is JobState.RELEASED


def test_slots_say_how_many_jobs_all_workers_run(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    _, held = slots.take(3)
    _, other = slots.take(2)
    assert slots.capacity() == 5
    other.close()
    assert slots.capacity() == 3
    held.close()
    assert slots.capacity() == 0


def test_slots_are_freed_by_closing_and_never_shared(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    first, held = slots.take()
    second, other = slots.take()
    assert (first, second, slots.count_held()) == ("slot-0", "slot-1", 2)
    held.close()
    with slots.free() as free:
        assert free == ["slot-0"]
        third, last = slots.take()
        assert third == "slot-2"
    last.close()
    other.close()


def test_workflow_database_follows_the_main_one(tmp_path: Path) -> None:
    assert workflow_database_url(tmp_path, None) == f"sqlite:///{tmp_path}/dbos.db"
    assert workflow_database_url(tmp_path, "sqlite:///elsewhere.db") == f"sqlite:///{tmp_path}/dbos.db"
    url = "postgresql+psycopg://user:secret@host/faircut"
    assert workflow_database_url(tmp_path, url) == "postgresql://user:secret@host/faircut"


def test_pace_learns_and_progress_adds_up() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert progress_at(JobStep.SCREEN_INPUTS, 0.0) == 0.0
    assert progress_at(JobStep.RELEASE, 1.0) == pytest.approx(1.0)
    pace, asked = Pace(), request()
    assert pace.left("job", asked, JobStep.GENERATE, 0.0) is None
    for step in JobStep:
        pace.begin("job", step)
        pace.done("job", asked)
    known = pace.left("job", asked, JobStep.GENERATE, 0.0)
    assert known is not None
    assert 0 <= known < 1
