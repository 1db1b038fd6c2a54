"""Bytes on disk and catalogue changed behind the back of a job: nothing gets out that no fitting Decision covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from studio_doubles import Bench, request

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import CheckOutcome, JobState, MediaKind, Stage, Verdict
from faircut.errors import IntegrityError
from faircut.media.assets import asset_from_file
from support.media import wander, write_video


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    boundaries: dict[str, object] = {}
    made = Bench(tmp_path / "home", observe=lambda reached: boundaries.get(reached, lambda: None)())  # type: ignore[operator]
    made.at = boundaries  # type: ignore[attr-defined]
    made.studio.start()
    yield made
    made.close()


@pytest.mark.parametrize("verdict", [Verdict.ALLOW, Verdict.BLOCK])
def test_a_work_registered_before_the_release_is_judged_too(bench: Bench, verdict: Verdict) -> None:
    def register() -> None:
        bench.screener.outdated.update(each.id for each in bench.decisions.all())
        bench.screener._verdict = lambda _asset: verdict  # type: ignore[method-assign]

    bench.at["before release"] = register  # type: ignore[attr-defined]
    job = bench.studio.wait(bench.studio.submit(request(), owner="ada").id, timeout=60)
    assert job.state is (JobState.RELEASED if verdict is Verdict.ALLOW else JobState.REFUSED)
    assert len(job.decision_ids) == 4
    assert bench.decisions.get(job.decision_ids[-1]).verdict is verdict
    assert bench.events("release") == ([job.released_digest] if verdict is Verdict.ALLOW else [])
    assert len(bench.released_files()) == len(bench.events("release"))
    if verdict is Verdict.ALLOW:
        (event,) = bench.ledger.events(kind="release")
        assert event.payload["decision"] == job.decision_ids[-1]


def test_an_upload_replaced_on_disk_reaches_no_engine(bench: Bench) -> None:
    image = bench.upload(b"an image", "Image 1", MediaKind.IMAGE)
    path = bench.uploads.open(image.digest)

    def swap() -> None:
        path.chmod(0o600)
        path.write_bytes(b"AN IMAGE")

    bench.at["before generate"] = swap  # type: ignore[attr-defined]
    job = bench.studio.submit(replace(request(), images=(image,)), owner="ada")
    job = bench.studio.wait(job.id, timeout=60)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error["code"] == "ledger.integrity"
    assert bench.released_files() == []


def test_a_released_file_changed_on_disk_is_not_handed_out(bench: Bench) -> None:
    job = bench.studio.wait(bench.studio.submit(request(), owner="ada").id, timeout=60)
    path = bench.studio.output(job.id)
    assert bench.studio.output(job.id) == path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(IntegrityError):
        bench.studio.output(job.id)


def test_remembered_fingerprints_do_not_vouch_for_other_bytes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", wander(1, 1))
    asset = asset_from_file(path, "Video 1")
    with Faircut(Settings(home=tmp_path / "home")) as faircut:
        assert faircut.screener.screen(asset, Stage.UPLOAD, actor="t").allows
        write_video(path, wander(1, 2))
        decision = faircut.screener.screen(asset, Stage.UPLOAD, actor="t")
        assert decision.verdict is Verdict.BLOCK
        assert decision.checks[0].outcome is CheckOutcome.FAILED


def test_the_catalogue_outdates_a_decision(tmp_path: Path) -> None:
    with Faircut(Settings(home=tmp_path / "home")) as faircut:
        decision = faircut.screen_text("a lighthouse", actor="t")
        assert faircut.screener.is_current(decision.id)
        faircut.catalogue.add_party("North Pictures", actor="t")
        assert not faircut.screener.is_current(decision.id)
