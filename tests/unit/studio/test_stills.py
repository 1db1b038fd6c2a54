"""Pictures of released videos: the very frame, judged by itself, on record before it is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from studio_doubles import Bench, request

from faircut.domain import Job, Stage, Verdict
from faircut.errors import Conflict, IntegrityError
from faircut.media.decode import frame_at
from faircut.studio.stills import Still, StillRefused


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("stills") / "home")
    made.studio.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def job(bench: Bench) -> Job:
    return bench.studio.wait(bench.studio.submit(request(), owner="ada").id, timeout=60)


def test_still_that_may_not_leave_is_refused_each_time(bench: Bench, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.screener, "_verdict", lambda _asset: Verdict.BLOCK)
    for _ in range(2):
        with pytest.raises(StillRefused):
            bench.studio.stills.open(job, Still.THUMBNAIL)
    assert bench.ledger.find(f"still:{job.id}:{Still.THUMBNAIL}") is None


def test_last_frame_is_that_of_the_released_file_to_the_pixel(bench: Bench, job: Job) -> None:
    path, digest = bench.studio.stills.open(job, Still.LAST_FRAME)
    shown = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(shown, frame_at(bench.studio.output(job.id), 100, "output"))
    event = bench.ledger.find(f"still:{job.id}:{Still.LAST_FRAME}")
    assert event is not None
    assert (event.kind, event.subject, event.payload["of"]) == ("release.still", digest, job.released_digest)
    decision = bench.decisions.get(event.payload["decision"])
    assert (decision.stage, decision.asset_digest, decision.allows) == (Stage.OUTPUT, digest, True)


def test_it_is_judged_once(bench: Bench, job: Job) -> None:
    first = bench.studio.stills.open(job, Still.LAST_FRAME)
    before = len(bench.decisions.all())
    assert bench.studio.stills.open(job, Still.LAST_FRAME) == first
    assert len(bench.decisions.all()) == before


def test_changed_picture_is_not_handed_out(bench: Bench, job: Job) -> None:
    path, _ = bench.studio.stills.open(job, Still.THUMBNAIL)
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(IntegrityError):
        bench.studio.stills.open(job, Still.THUMBNAIL)
    path.write_bytes(data)
    assert bench.studio.stills.open(job, Still.THUMBNAIL)[0] == path


def test_job_without_a_video_has_no_picture(bench: Bench, tmp_path: Path) -> None:
    refused = bench.studio.submit(request("forbidden"), owner="ada")
    ended = bench.studio.wait(refused.id, timeout=60)
    with pytest.raises(Conflict):
        bench.studio.stills.open(ended, Still.LAST_FRAME)
