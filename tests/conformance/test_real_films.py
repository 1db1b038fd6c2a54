"""On real films: copies are refused with the right segment, bystanders pass, and what they make is released."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import av
import cv2
import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Decision, JobState, MediaKind, Shot, Size, Verdict
from faircut.provenance.reader import ProvenanceState
from support.media import Edit, reencode

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

FILMS = {
    "Big Buck Bunny": "big-buck-bunny-480p-30s.mp4",
    "Sintel": "sintel-720p-16s.mp4",
    "Tears of Steel": "tears-of-steel-800x332-70s-vp8.webm",
}
INNOCENT = ("crystal-720x480-12s.mp4", "frog-720x480-8s.mp4", "chair-480x720-22s.mp4")


@pytest.fixture(scope="module")
def faircut(real_media: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    home = tmp_path_factory.mktemp("home")
    works = [
        {"title": title, "party": "Blender Foundation", "references": [{"path": str(real_media / name)}]}
        for title, name in FILMS.items()
    ]
    (home / "films.json").write_text(json.dumps({"parties": [{"name": "Blender Foundation"}], "works": works}))
    with Faircut(Settings(home=home)) as opened:
        opened.catalogue.import_file(home / "films.json", actor="test")
        yield opened


def picture_reason(decision: Decision):  # type: ignore[no-untyped-def]
    (reason,) = [each for each in decision.reasons if each.code == "protected.picture"]
    return reason


def assert_segment(found, start: float, end: float) -> None:  # type: ignore[no-untyped-def]
    assert found is not None
    assert found.start == pytest.approx(start, abs=0.5)
    assert found.end == pytest.approx(end, abs=0.5)


@pytest.mark.parametrize("title", FILMS)
@pytest.mark.parametrize("start", [1.0, 6.0])
def test_a_mirrored_small_slow_poor_copy_of_each_film_is_refused(
    faircut: Faircut, real_media: Path, tmp_path: Path, title: str, start: float
) -> None:
    edit = Edit(start=start, seconds=8, mirror=True, height=360, fps=15, crf=35)
    copy = reencode(real_media / FILMS[title], tmp_path / "copy.mp4", edit)
    decision = faircut.uploads.add(copy, "copy.mp4", owner="test").decision
    assert decision.verdict is Verdict.BLOCK
    assert {reason.work for reason in decision.reasons} == {title}
    reason = picture_reason(decision)
    assert reason.evidence["transform"] == "mirrored"
    assert_segment(reason.query_segment, 0, 8)
    assert_segment(reason.reference_segment, start, start + 8)
    assert reason.evidence["pictures"][0]["reference"]
    (sound,) = [each for each in decision.reasons if each.code == "protected.sound"]
    assert_segment(sound.query_segment, 0, 8)
    assert_segment(sound.reference_segment, start, start + 8)


def test_an_independent_encode_of_another_cut_is_refused(faircut: Faircut, real_media: Path) -> None:
    decision = faircut.screen_file(real_media / "big-buck-bunny-720p-30s-vp8.webm", actor="test")
    assert decision.verdict is Verdict.BLOCK
    assert {reason.work for reason in decision.reasons} == {"Big Buck Bunny"}
    assert_segment(picture_reason(decision).query_segment, 0, 30)
    assert_segment(picture_reason(decision).reference_segment, 0, 30)


@pytest.mark.parametrize("name", INNOCENT)
def test_bystanders_pass(faircut: Faircut, real_media: Path, name: str) -> None:
    decision = faircut.uploads.add(real_media / name, name, owner="test").decision
    assert decision.allows, decision.reasons
    assert set(decision.required) == {"media", "picture", "sound", "on_screen_text"}


def test_a_still_of_a_film_is_refused_as_an_image(faircut: Faircut, real_media: Path, tmp_path: Path) -> None:
    with av.open(str(real_media / FILMS["Tears of Steel"])) as container:
        frame = next(frame for frame in container.decode(video=0) if (frame.time or 0) >= 20)
    cv2.imwrite(str(tmp_path / "still.jpg"), frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 70])
    decision = faircut.uploads.add(tmp_path / "still.jpg", "still.jpg", owner="test", kind=MediaKind.IMAGE).decision
    assert decision.verdict is Verdict.BLOCK
    assert picture_reason(decision).reference_segment.start == pytest.approx(20, abs=0.5)


def test_a_job_of_innocent_clips_is_released_signed_and_plays(faircut: Faircut, real_media: Path) -> None:
    chair, frog = (
        faircut.uploads.add(real_media / name, name, owner="test")
        for name in ("chair-480x720-22s.mp4", "frog-720x480-8s.mp4")
    )
    request = faircut.build_request(
        shots=[Shot("Video 1, slow pan left"), Shot("Video 2, slow dolly in, golden hour")],
        clips=[chair, frog],
        size=Size.P480,
        duration=6,
    )
    faircut.studio.start()
    try:
        job = faircut.studio.wait(faircut.studio.submit(request, owner="test").id, timeout=300)
    finally:
        faircut.studio.stop()
    assert job.state is JobState.RELEASED, (job.error, job.message)
    path = faircut.studio.output(job.id)
    with av.open(str(path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    with av.open(str(path)) as container:
        loud = max(abs(frame.to_ndarray()).max() for frame in container.decode(audio=0))
    assert pictures == 6 * 24
    assert loud > 0.01
    assert faircut.signer.reader.read(path).state is ProvenanceState.TRUSTED
    # An outsider: another process with the c2pa library and the published root certificate, and nothing of ours.
    outsider = subprocess.run(
        [sys.executable, "-I", "-c", _OUTSIDER, str(path)], input=_root(faircut), capture_output=True, check=True
    )
    assert outsider.stdout.decode().strip() == "Trusted"


def _root(faircut: Faircut) -> bytes:
    from faircut.provenance.authority import open_authority

    return open_authority(faircut.home / "provenance").root


_OUTSIDER = """
import json, sys
import c2pa
settings = {"trust": {"trust_anchors": sys.stdin.read()}, "verify": {"verify_trust": True}}
with c2pa.Context.from_dict(settings) as context, open(sys.argv[1], "rb") as file:
    with c2pa.Reader("video/mp4", file, context=context) as reader:
        print(json.loads(reader.json())["validation_state"])
"""
