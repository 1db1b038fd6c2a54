"""``/v1/videos``: what it reads, what it refuses and how. The ``openai`` package: ``tests/conformance``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import cv2
import pytest

from faircut.domain import JobState, Ratio, Size
from support.media import wander, write_video

VIDEOS = "/v1/videos"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "harbour.png"
    cv2.imwrite(str(path), cv2.resize(wander(0.1, 51)[0], (640, 360)))
    return path


def made(service, client, **sent: Any):  # type: ignore[no-untyped-def]
    """Sends a request for an engine that takes its time, and returns the job, stopped again."""
    form = {"files": sent.pop("files")} if "files" in sent else {}
    fields = {"prompt": "a boat", "model": "slow", **sent}
    answer = client.post(VIDEOS, data=fields, **form) if form else client.post(VIDEOS, json=fields)
    assert answer.status_code == 200, answer.text
    job = service.faircut.studio.get(answer.json()["id"])
    service.faircut.studio.cancel(job.id)
    return job, answer.json()


def test_json_and_form_mean_the_same(service, picture) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    inline = f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
    one, told = made(service, client, seconds=8, size="1792x1024", seed=5, input_reference={"image_url": inline})
    with picture.open("rb") as file:
        two, _ = made(service, client, seconds="8", size="1792x1024", seed="5", files={"input_reference": file})
    for job in (one, two):
        request = job.request
        assert (request.size, request.ratio, request.duration, request.seed) == (Size.P1080, Ratio.R16_9, 8, 5)
        assert (request.first_frame, len(request.images)) == ("Image 1", 1)
    assert one.request.images[0].digest == two.request.images[0].digest
    assert [job.request.images[0].name for job in (one, two)] == [None, "harbour.png"]
    assert (told["object"], told["status"], told["progress"]) == ("video", "queued", 0)
    assert (told["size"], told["seconds"], told["prompt"]) == ("1920x1080", "8", "a boat")


def test_defaults_are_those_of_the_documentation(service) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    job, told = made(service, client)
    assert (job.request.size, job.request.ratio, job.request.duration) == (Size.P720, Ratio.R9_16, 4)
    assert (told["size"], told["model"]) == ("720x1280", "slow")
    assert job.client["door"] == "videos"
    assert len({made(service, client)[0].request.seed for _ in range(4)}) > 1


def test_clip_is_a_reference_and_upload_goes_by_its_id(service, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    path = write_video(tmp_path / "clip.mp4", wander(2, 52))
    with path.open("rb") as file:
        upload = client.post("/v1/uploads", files={"file": file}).json()["id"]
    job, _ = made(service, client, input_reference={"file_id": upload}, user="viewer")
    assert (len(job.request.clips), job.request.first_frame) == (1, None)
    assert job.client["end_user"] == "viewer"
    other = service.client("other").post(VIDEOS, json={"prompt": "x", "input_reference": {"file_id": upload}})
    assert (other.status_code, other.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x", "seconds": "3"}, "seconds"),
        ({"prompt": "x", "seconds": "eight"}, "seconds"),
        ({"prompt": "x", "seconds": 99}, "seconds"),
        ({"prompt": "x", "size": "big"}, "size"),
        ({"prompt": "x", "size": "100x2000"}, "size"),
        ({"prompt": "x", "seed": -1}, "seed"),
        ({"prompt": "x", "n": 4}, "n"),
        ({"prompt": "x", "input_reference": {}}, "input_reference"),
        ({"prompt": "x", "input_reference": {"image_url": "https://10.0.0.1/a.png"}}, "input_reference"),
        ({"prompt": "x", "input_reference": {"image_url": "data:image/png;base64,AAAA"}}, "input_reference"),
    ],
)
def test_bad_requests_name_the_parameter(service, body, param) -> None:  # type: ignore[no-untyped-def]
    answer = service.client("maker").post(VIDEOS, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["type"]) == (400, param, "invalid_request_error")
    assert set(error) == {"code", "message", "param", "type"}


def test_body_that_is_neither_json_nor_form_is_refused(service) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    assert client.post(VIDEOS, content=b"\xff\x00").status_code == 400
    broken = client.post(VIDEOS, content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (broken.status_code, broken.json()["error"]["type"]) == (400, "invalid_request_error")
    sound = client.post(VIDEOS, data={"prompt": "x"}, files={"input_reference": ("a.png", b"not a picture")})
    assert sound.json()["error"]["param"] == "input_reference"


def test_video_that_is_not_finished_has_no_content(service) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    job, told = made(service, client)
    answer = client.get(f"{VIDEOS}/{told['id']}/content")
    assert (answer.status_code, answer.headers["x-should-retry"]) == (409, "false")
    assert client.get(f"{VIDEOS}/{told['id']}/content", params={"variant": "spritesheet"}).status_code == 400
    service.faircut.studio.wait(job.id, timeout=30)
    ended = client.get(f"{VIDEOS}/{told['id']}")
    assert (ended.json()["status"], ended.json()["error"]["code"]) == ("failed", "cancelled")
    assert ended.headers["openai-poll-after-ms"] == "1000"


def test_refusal_is_answered_at_once_and_queues_nothing(service) -> None:  # type: ignore[no-untyped-def]
    before = len(service.faircut.studio.list())
    answer = service.client("maker").post(VIDEOS, json={"prompt": "Shot 1: a boat\nShot 2: Captain Lumen"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "moderation_blocked", "prompt")
    assert "Shot 2" in error["message"]
    assert answer.headers["faircut-decisions"].startswith("dec_")
    assert len(service.faircut.studio.list()) == before


def test_deleting_stops_what_is_being_made_and_hides_it_here_only(service) -> None:  # type: ignore[no-untyped-def]
    client = service.client(secret=service.key("generate"))
    told = client.post(VIDEOS, json={"prompt": "a boat", "model": "slow"}).json()
    assert client.delete(f"{VIDEOS}/{told['id']}").json() == {
        "id": told["id"],
        "object": "video.deleted",
        "deleted": True,
    }
    assert client.get(f"{VIDEOS}/{told['id']}").status_code == 404
    assert client.get(VIDEOS).json() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }
    assert service.faircut.studio.wait(told["id"], timeout=30).state is JobState.CANCELLED


@pytest.mark.parametrize("path", ["/job_1/remix", "/edits", "/extensions", "/characters"])
def test_what_is_not_offered_says_so(service, path: str) -> None:  # type: ignore[no-untyped-def]
    answer = service.client("maker").post(f"{VIDEOS}{path}", json={"prompt": "x"})
    assert answer.status_code == 404
    assert "not offered" in answer.json()["error"]["message"]
