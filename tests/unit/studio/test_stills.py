"""Pictures of released videos: the very frame, judged by itself, on record before it is handed out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import c2pa
import cv2
import numpy as np
import pytest
from studio_doubles import Bench, request

from faircut.domain import Job, Stage, Verdict
from faircut.errors import Conflict, IntegrityError
from faircut.media.decode import frame_at
from faircut.provenance.signer import C2paSigner
from faircut.studio import stills
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
    assert bench.ledger.find(f"signed-still:{job.id}:{Still.THUMBNAIL}") is None


def test_last_frame_is_that_of_the_released_file_to_the_pixel(bench: Bench, job: Job) -> None:
    path, digest = bench.studio.stills.open(job, Still.LAST_FRAME)
    shown = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(shown, frame_at(bench.studio.output(job.id), 100, "output"))
    event = bench.ledger.find(f"signed-still:{job.id}:{Still.LAST_FRAME}")
    assert event is not None
    assert (event.kind, event.subject, event.payload["of"]) == ("release.still", digest, job.released_digest)
    decision = bench.decisions.get(event.payload["decision"])
    assert (decision.stage, decision.asset_digest, decision.allows) == (Stage.OUTPUT, digest, True)
    assert "provenance" in decision.required


@pytest.mark.parametrize(("which", "what"), [(Still.LAST_FRAME, "last frame"), (Still.THUMBNAIL, "thumbnail")])
def test_pictures_have_the_credentials_of_their_video(bench: Bench, job: Job, which: Still, what: str) -> None:
    path, _ = bench.studio.stills.open(job, which)
    picture, video = bench.reader.read(path), bench.reader.read(bench.studio.output(job.id))
    assert (picture.state, picture.signer) == ("trusted", video.signer)
    opened, taken = picture.actions
    assert (opened.action, taken.action) == ("c2pa.opened", "c2pa.converted")
    assert taken.digital_source_type == video.actions[0].digital_source_type
    assert taken.description == f"{what} of a video: {video.actions[0].description}"
    assert picture.record is not None
    assert video.record is not None
    assert picture.record == {**video.record, "of": job.released_digest, "picture": what}
    # The video's own statement travels with the picture.
    with path.open("rb") as file, c2pa.Reader(file) as reader:
        store = json.loads(reader.json())
    manifest = store["manifests"][store["active_manifest"]]
    (parent,) = manifest["ingredients"]
    assert parent["relationship"] == "parentOf"
    assert store["manifests"][parent["active_manifest"]]["title"] == job.id


def test_picture_that_could_not_be_signed_is_not_handed_out(
    bench: Bench, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsigned(_self: object, source: Path, target: Path, *_: object) -> None:
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(C2paSigner, "sign_still", unsigned)
    monkeypatch.setattr(stills, "_key", lambda job_id, which: f"as if not made before: {job_id} {which}")
    with pytest.raises(StillRefused):
        bench.studio.stills.open(job, Still.THUMBNAIL)


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
