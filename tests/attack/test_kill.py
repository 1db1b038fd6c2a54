"""``kill -9`` of the worker at every boundary of every step: the job ends once, nothing gets out that should not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_doubles import Bench, request

from faircut.domain import JobState, JobStep
from faircut.provenance import ProvenanceState

DOUBLES = Path(__file__).parents[1] / "doubles"
BOUNDARIES = [f"{side} {step}" for step in JobStep for side in ("before", "after")]
INSIDE = {"before generate": "during generate", "before release": "before event", "before event": "after event"}
for earlier, inside in INSIDE.items():
    BOUNDARIES.insert(BOUNDARIES.index(earlier) + 1, inside)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose databases and certificates are made, since every case needs them."""
    made = Bench(tmp_path_factory.mktemp("template") / "home")
    made.studio.start()
    made.close()
    return made.home


@pytest.fixture
def bench(tmp_path: Path, template: Path) -> Iterator[Bench]:
    shutil.copytree(template, tmp_path / "home")
    made = Bench(tmp_path / "home")
    yield made
    made.close()


def work(bench: Bench, job_id: str, boundary: str | None = None) -> int:
    """Runs a worker in a process of its own until the job ends, or until it kills itself at ``boundary``."""
    arguments = [sys.executable, str(DOUBLES / "crash_worker.py"), str(bench.home), job_id]
    done = subprocess.run([*arguments, *([boundary] if boundary else [])], timeout=120, capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def assert_nothing_unscreened(bench: Bench) -> None:
    """Holds at any moment, dead workers or not."""
    events = {event.subject: event for event in bench.ledger.events(kind="release")}
    for digest in bench.released_files():
        decision = bench.decisions.get(events[digest].payload["decision"])
        assert decision.allows
        assert decision.asset_digest == digest
        assert "provenance" in decision.required
        bench.studio.released.verify(digest)
    assert bench.ledger.verify(released=bench.studio.released.root).intact


def assert_released_once(bench: Bench, job_id: str) -> None:
    job = bench.studio.get(job_id)
    assert job.state is JobState.RELEASED
    assert bench.released_files() == [job.released_digest]
    assert bench.events("release") == [job.released_digest]
    assert bench.events("release.refused") == []
    assert bench.reader.read(bench.studio.output(job_id)).state is ProvenanceState.TRUSTED
    assert bench.quarantined() == []
    assert_nothing_unscreened(bench)


def assert_no_engine_left(bench: Bench) -> None:
    """The engine of a killed worker notices and ends; a moment is granted to the kernel."""
    deadline = time.monotonic() + 5
    for pid in {int(line) for line in (bench.home / "runs").read_text().split()}:
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < deadline, f"engine {pid} is alive"
            os.sched_yield()


@pytest.mark.parametrize("boundary", ["during generate", "after generate", "after screen_signed", "after event"])
def test_worker_killed_once(bench: Bench, boundary: str) -> None:
    job = bench.studio.submit(request(), owner="ada")
    assert work(bench, job.id, boundary) == -signal.SIGKILL
    assert_nothing_unscreened(bench)
    assert bench.released_files() == []
    assert (bench.events("release") == []) is (boundary != "after event")
    assert work(bench, job.id) == 0
    assert_released_once(bench, job.id)
    assert_no_engine_left(bench)
    runs = len((bench.home / "runs").read_text().split())
    assert runs == (2 if boundary in ("during generate", "after generate") else 1)


def test_worker_killed_at_every_boundary_in_turn(bench: Bench) -> None:
    job = bench.studio.submit(request(), owner="ada")
    for boundary in BOUNDARIES:
        assert work(bench, job.id, boundary) == -signal.SIGKILL, boundary
        assert_nothing_unscreened(bench)
    assert work(bench, job.id) == 0
    assert_released_once(bench, job.id)


def test_refusal_survives_the_worker(bench: Bench) -> None:
    job = bench.studio.submit(request(engine="tainted"), owner="ada")
    assert work(bench, job.id, "after screen_output") == -signal.SIGKILL
    assert work(bench, job.id) == 0
    assert bench.studio.get(job.id).state is JobState.REFUSED
    assert bench.events("job.refused") == [job.id]
    assert bench.released_files() == []
    assert bench.events("release") == []
    assert bench.quarantined() == [job.id, f"{job.id}/output.mp4"]
    assert_nothing_unscreened(bench)


def test_cancel_while_no_worker_lives(bench: Bench) -> None:
    job = bench.studio.submit(request(), owner="ada")
    assert work(bench, job.id, "during generate") == -signal.SIGKILL
    assert bench.studio.cancel(job.id).state is JobState.RUNNING
    assert work(bench, job.id) == 0
    assert bench.studio.get(job.id).state is JobState.CANCELLED
    assert bench.quarantined() == []
    assert bench.released_files() == []


def test_cancel_after_the_release_event_comes_too_late(bench: Bench) -> None:
    job = bench.studio.submit(request(), owner="ada")
    assert work(bench, job.id, "after event") == -signal.SIGKILL
    bench.studio.cancel(job.id)
    assert work(bench, job.id) == 0
    assert_released_once(bench, job.id)


def test_another_live_worker_takes_up_the_job(bench: Bench) -> None:
    bench.studio.start()
    slow = [bench.studio.submit(request(engine="slow"), owner="ada").id for _ in range(bench.settings.workers)]
    for job_id in slow:
        bench.studio.wait_until(job_id, lambda job: job.step is JobStep.GENERATE, timeout=30)
    job = bench.studio.submit(request(), owner="ada")  # this process is full, so the other one has it
    assert work(bench, job.id, "during generate") == -signal.SIGKILL
    assert bench.studio.get(job.id).state is JobState.RUNNING
    for job_id in slow:
        bench.studio.cancel(job_id)
        assert bench.studio.wait(job_id, timeout=30).state is JobState.CANCELLED
    assert bench.studio.wait(job.id, timeout=30).state is JobState.RELEASED
    assert_released_once(bench, job.id)
