"""The videos engine against a local double of a ``/v1/videos`` server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_http import Fault, Reply
from fake_videos import FakeVideos, error

from faircut.domain import Asset, EngineResult, GenerationRequest, MediaKind, Ratio, Shot, Size
from faircut.engines.http_task import Unkept
from faircut.engines.videos import VideosEngine
from faircut.errors import (
    EngineBusy,
    EngineError,
    EngineNotReady,
    EngineOutputInvalid,
    EngineRefusedSafety,
    EngineUncertain,
    FaircutError,
    InputError,
    LimitExceeded,
)
from faircut.protocols import EngineJob, EngineStopped


@pytest.fixture
def server() -> Iterator[FakeVideos]:
    made = FakeVideos()
    with made.running():
        yield made


def options(server: FakeVideos, **more: Any) -> dict[str, Any]:
    quick = {"poll_s": 0.001, "retry_s": 0.0, "settle_s": 0.0, "request_timeout_s": 20}
    return {"base_url": server.address + server.root, **quick, **more}


def asked(**more: Any) -> GenerationRequest:
    given = {"size": Size.P480, "duration": 5, "seed": 7, "engine": "videos", "audio": False}
    return GenerationRequest((Shot("a paper boat"),), **{**given, **more})


def run(
    server: FakeVideos,
    tmp_path: Path,
    request: GenerationRequest | None = None,
    *,
    note: Any = None,
    progress: Any = None,
    **more: Any,
) -> EngineResult:
    job = EngineJob(
        request or asked(),
        tmp_path / "output.mp4",
        tmp_path,
        options(server, **more),
        end_user="u1",
        max_bytes=1 << 20,
        note=note,
    )
    return VideosEngine().generate(job, progress or (lambda _share, _message: None))


def fields(server: FakeVideos) -> dict[str, str]:
    (form,) = server.forms
    return {name: value.decode() for name, (file, value, _) in form.items() if not file}


def test_a_video_is_asked_for_watched_and_copied(server: FakeVideos, tmp_path: Path) -> None:
    seen: list[float] = []
    made = run(server, tmp_path, progress=lambda share, _message: seen.append(share))
    assert (tmp_path / "output.mp4").read_bytes() == server.file
    assert fields(server) == {
        "prompt": "a paper boat",
        "seconds": "5",
        "size": "854x480",
        "width": "854",
        "height": "480",
        "fps": "24",
        "num_frames": "120",
        "seed": "7",
        "user": "u1",
    }
    assert made.timeline[0]["task"] == "video_0000"
    # The server told 40 per cent.
    assert any(abs(share - (0.02 + 0.88 * 0.4)) < 1e-9 for share in seen)
    assert seen == sorted(seen)


def test_openai_itself_gets_its_own_fields_alone(server: FakeVideos, tmp_path: Path) -> None:
    server.strict = True
    run(server, tmp_path, dialect="openai", model="some-model", pixels={"480p 16:9": "1280x720"})
    assert fields(server) == {
        "prompt": "a paper boat",
        "seconds": "5",
        "size": "1280x720",
        "model": "some-model",
    }


def test_sound_and_further_fields_are_sent_where_the_operator_says_so(server: FakeVideos, tmp_path: Path) -> None:
    run(server, tmp_path, asked(audio=True), sound=True, parameters={"num_inference_steps": 40})
    sent = fields(server)
    assert (sent["generate_sound"], sent["sound_duration"], sent["num_inference_steps"]) == ("true", "5", "40")


def test_an_image_goes_along_under_a_name_that_says_nothing(server: FakeVideos, tmp_path: Path) -> None:
    path = tmp_path / "grandmother at home.png"
    cv2.imwrite(str(path), np.full((64, 64, 3), 90, np.uint8))
    image = Asset("Image 1", MediaKind.IMAGE, "d", 1, path=path, name=path.name)
    run(server, tmp_path, asked(images=(image,), first_frame="Image 1"))
    (form,) = server.forms
    assert form["input_reference"] == ("image-1.png", path.read_bytes(), "image/png")


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("reply", "kind", "field"),
    [
        (error(400, "moderation_blocked", "Blocked by our moderation system."), EngineRefusedSafety, "prompt"),
        (error(400, "content_policy_violation", "No."), EngineRefusedSafety, "prompt"),
        (error(400, "invalid_value", "Invalid value: 5.", "seconds"), InputError, "duration"),
        (error(422, "", "wrong", "size"), InputError, "size"),
        (error(413, "", "too large", "input_reference"), LimitExceeded, "Image 1"),
        (error(401, "invalid_api_key", "Incorrect."), EngineNotReady, "engine"),
        (error(429, "insufficient_quota", "Pay."), EngineBusy, "engine"),
    ],
)
def test_a_refusal_is_typed_and_never_sent_again(
    server: FakeVideos, tmp_path: Path, reply: Any, kind: type[FaircutError], field: str, late: bool
) -> None:
    if late:
        server.script, server.failure = [("failed", 0)], reply.body["error"]
        kind, field = (kind, field) if kind is EngineRefusedSafety else (EngineError, "engine")
    else:
        server.refusal = reply
    with pytest.raises(kind) as raised:
        run(server, tmp_path)
    assert (type(raised.value), raised.value.field) == (kind, field)
    assert server.times("POST") == 1


def test_validation_errors_of_fastapi_servers_are_quoted(server: FakeVideos, tmp_path: Path) -> None:
    body = {"detail": [{"loc": ["body", "fps"], "msg": "Input should be less than 60", "type": "less_than"}]}
    server.refusal = Reply(422, body)
    with pytest.raises(InputError, match="less than 60"):
        run(server, tmp_path)


def test_limits_and_passing_faults_are_waited_out(server: FakeVideos, tmp_path: Path) -> None:
    busy = Fault("answer", status=429, body={}, headers={"Retry-After": "0"})
    server.fails("POST", busy, busy)
    server.fails("GET", Fault("answer", status=502, body=b"<html>"), Fault("drop"), Fault("garbage"), one=True)
    run(server, tmp_path)
    assert len(server.videos) == 1


def test_a_lost_video_is_found_by_what_was_asked_for(server: FakeVideos, tmp_path: Path) -> None:
    server.put({"prompt": "another", "seconds": "5", "size": "854x480"})
    server.fails("POST", Fault("drop", before=False))
    made = run(server, tmp_path)
    assert made.timeline[0]["task"] == "video_0001"
    assert server.times("POST") == 1


@pytest.mark.parametrize("twins", [0, 2])
def test_a_video_that_may_be_lost_is_not_asked_for_again(server: FakeVideos, tmp_path: Path, twins: int) -> None:
    for _ in range(twins):
        server.put({"prompt": "a paper boat", "seconds": "5", "size": "854x480"})
    server.fails("POST", Fault("drop"))
    with pytest.raises(EngineUncertain):
        run(server, tmp_path)
    assert server.times("POST") == 1


def test_the_next_run_goes_on_with_the_video_of_the_last(server: FakeVideos, tmp_path: Path) -> None:
    note = Unkept()
    note.write({"task": server.put({"prompt": "x"})["id"]})
    made = run(server, tmp_path, note=note)
    assert made.timeline[0]["task"] == "video_0000"
    assert server.times("POST") == 0


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("endless", EngineOutputInvalid),
        ("declared", EngineOutputInvalid),
        (b"", EngineOutputInvalid),
        ("truncated", EngineError),
        ("dead", EngineError),
        ("gone", EngineError),
        ("redirect http://10.0.0.1/", FaircutError),
        ("redirect https://localhost:443/", FaircutError),
    ],
)
def test_a_result_that_cannot_be_had_is_a_typed_error(
    server: FakeVideos, tmp_path: Path, what: bytes | str, kind: type[FaircutError]
) -> None:
    server.file = what
    with pytest.raises(kind):
        run(server, tmp_path, retries=1)
    assert not (tmp_path / "output.mp4").exists()


@pytest.mark.parametrize("status", ["cancelled", "expired", "dreaming"])
def test_odd_ends_are_errors(server: FakeVideos, tmp_path: Path, status: str) -> None:
    server.script = [("in_progress", 10), (status, 0)]
    with pytest.raises(EngineError, match=status):
        run(server, tmp_path)


def test_a_stopped_job_is_deleted_at_the_server(server: FakeVideos, tmp_path: Path) -> None:
    server.script = [("in_progress", 10)]

    def stop(_share: float, message: str) -> None:
        if message == "The service makes it.":
            raise EngineStopped

    with pytest.raises(EngineStopped):
        run(server, tmp_path, progress=stop)
    assert server.videos == {}


def test_the_key_is_sent_and_stays_with_the_server(server: FakeVideos, tmp_path: Path) -> None:
    server.key = "secret"
    with pytest.raises(EngineNotReady):
        run(server, tmp_path)
    run(server, tmp_path, api_key="secret")
    assert (tmp_path / "output.mp4").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"base_url": "http://127.0.0.1:1/v1"}, "no connection"),
        ({"seconds": []}, "at least 1"),
        ({"pixels": {"480p": "1x1"}}, "write pixels"),
        ({"dialect": "martian"}, "Input should be"),
    ],
)
def test_check_says_what_is_missing(server: FakeVideos, change: dict[str, Any], words: str | None) -> None:
    status = VideosEngine().check(options(server, **change), reach=True)
    assert status.ready is (words is None)
    assert words is None or words in status.problems[0].message
    assert server.times("POST") == 0


def test_without_an_address_it_is_not_ready() -> None:
    assert not VideosEngine().check({}, reach=False).ready


def test_what_it_can_do_is_what_the_operator_says() -> None:
    engine = VideosEngine()
    able = engine.capabilities({"seconds": [4, 8, 12], "sizes": ["720p"], "ratios": ["16:9", "9:16"], "fps": 16})
    assert (able.durations, able.sizes, able.ratios, able.fps) == (
        (4, 8, 12),
        (Size.P720,),
        (Ratio.R16_9, Ratio.R9_16),
        16.0,
    )
    assert (able.most_images, able.most_clips, able.most_sounds, able.sound) == (1, 0, 0, False)
    price = engine.price(asked(duration=8), {"price_per_second": 0.1})
    assert (price.amount, price.unit) == (0.8, "USD")
    assert engine.price(asked(), {}).amount is None
