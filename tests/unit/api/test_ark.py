"""The Ark task API: what it reads, what it refuses and how, what it tells of a task. SDKs: ``tests/conformance``."""

from __future__ import annotations

import base64
import http.client
import json
import time
import wave
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.api.ark.schemas import TaskIn
from faircut.api.ark.translate import Translated, translate
from faircut.directives import MoveKind
from faircut.domain import JobState, Ratio, Size
from faircut.errors import FaircutError
from support.media import tune, wander, write_video
from support.receiver import receiving

TASKS = "/api/v3/contents/generations/tasks"
MODEL = "doubao-seedance-2-0-260128"


def data_url(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def text(words: str = "a boat in the rain") -> dict[str, Any]:
    return {"type": "text", "text": words}


def image(url: str, role: str | None = None) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


def clip(url: str) -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}, "role": "reference_video"}


def sound(url: str) -> dict[str, Any]:
    return {"type": "audio_url", "audio_url": {"url": url}, "role": "reference_audio"}


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Data URLs of a wide and a tall picture, a clip, a long clip and a sound, all nobody's."""
    folder = tmp_path_factory.mktemp("media")
    cv2.imwrite(str(folder / "wide.png"), cv2.resize(wander(0.1, 41)[0], (800, 450)))
    cv2.imwrite(str(folder / "tall.png"), cv2.resize(wander(0.1, 42)[0], (450, 800)))
    cv2.imwrite(str(folder / "tiny.png"), cv2.resize(wander(0.1, 43)[0], (200, 200)))
    write_video(folder / "clip.mp4", wander(6.5, 44))
    write_video(folder / "short.mp4", wander(1, 45))
    with wave.open(str(folder / "tune.wav"), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((tune(9, 46) * 20_000).astype("<i2").tobytes())
    kinds = {".png": "image/png", ".mp4": "video/mp4", ".wav": "audio/wav"}
    return {path.stem: data_url(path, kinds[path.suffix]) for path in folder.iterdir()}


@pytest.fixture
def read(service) -> Callable[..., Translated]:  # type: ignore[no-untyped-def]
    def read(*content: dict[str, Any], key: str | None = None, **params: Any) -> Translated:
        body = TaskIn.model_validate({"model": MODEL, "content": list(content), **params})
        return translate(body, service.faircut, owner="me", base_url="http://here", key=key)

    return read


def test_defaults_are_those_of_the_documentation(read) -> None:  # type: ignore[no-untyped-def]
    got = read(text())
    request = got.request
    assert (request.size, request.ratio, request.duration, request.audio) == (Size.P720, Ratio.R16_9, 5, True)
    assert request.engine == "tiny"
    assert 0 <= request.seed < 2**32
    assert (request.first_frame, request.files) == (None, ())
    assert got.client["execution_expires_after"] == 172_800
    assert (got.priority, got.client["end_user"], got.client["return_last_frame"]) == (0, None, False)


def test_parameters_win_over_flags_and_flags_are_gone_from_the_prompt(read) -> None:  # type: ignore[no-untyped-def]
    request = read(text("a boat --dur 9 --rs 480p --ratio 1:1 --seed 7"), duration=4, generate_audio=False).request
    assert (request.duration, request.size, request.ratio, request.seed) == (4, Size.P480, Ratio.R1_1, 7)
    assert [shot.prompt for shot in request.shots] == ["a boat"]
    assert not request.audio


def test_first_frame_needs_no_role_when_it_is_alone(read, media) -> None:  # type: ignore[no-untyped-def]
    request = read(text(), image(media["tall"])).request
    assert (request.first_frame, request.last_frame, request.ratio) == ("Image 1", None, Ratio.R9_16)
    assert request.images[0].name is None, "a data URL has no name that could be judged"


def test_first_and_last_frame_are_told_by_their_roles(read, media) -> None:  # type: ignore[no-untyped-def]
    request = read(image(media["wide"], "last_frame"), text(), image(media["tall"], "first_frame")).request
    assert (request.first_frame, request.last_frame) == ("Image 2", "Image 1")


def test_references_are_numbered_by_kind_and_suggest_length_and_ratio(read, media) -> None:  # type: ignore[no-untyped-def]
    got = read(
        text(),
        clip(media["clip"]),
        image(media["tall"], "reference_image"),
        sound(media["tune"]),
        duration=-1,
        ratio="adaptive",
    )
    assert [asset.label for asset in got.request.files] == ["Image 1", "Video 1", "Audio 1"]
    assert got.request.duration == 9, "the sound is the longest"
    assert got.request.ratio is Ratio.R16_9, "the clip comes first"
    assert got.request.first_frame is None
    assert got.fields["Video 1"] == "content[1].video_url"


def test_fixed_camera_is_a_typed_directive_of_every_shot(read) -> None:  # type: ignore[no-untyped-def]
    shots = read(text("Shot 1: a boat\nShot 2: a lighthouse"), camera_fixed=True).request.shots
    assert [[move.kind for move in shot.camera.moves] for shot in shots] == [[MoveKind.STATIC]] * 2


def test_seed_repeats_under_an_idempotency_key_only(read) -> None:  # type: ignore[no-untyped-def]
    assert read(text(), key="k1").request.seed == read(text(), key="k1", seed=-1).request.seed
    assert read(text(), key="k1").request.seed != read(text(), key="k2").request.seed
    assert len({read(text()).request.seed for _ in range(8)}) > 1


@pytest.mark.parametrize(
    ("content", "params", "field"),
    [
        ([text()], {"resolution": "4k"}, "resolution"),
        ([text()], {"ratio": "2:1"}, "ratio"),
        ([text()], {"duration": 3}, "duration"),
        ([text()], {"duration": 16}, "duration"),
        ([text("x --seed 4294967296")], {}, "seed"),
        ([text("x --fps 30")], {}, "frames"),
        ([text()], {"frames": 49}, "frames"),
        ([text()], {"service_tier": "flex"}, "service_tier"),
        ([text()], {"draft": True}, "draft"),
        ([text()], {"tools": [{"type": "web_search"}]}, "tools"),
        ([text()], {"output_format": "mov"}, "output_format"),
        ([text()], {"omni_reference_task_type": "edit"}, "omni_reference_task_type"),
        ([{"type": "draft_task", "draft_task": {"id": "cgt-1"}}], {}, "content[0]"),
        ([text()], {"callback_url": "http://127.0.0.1/x"}, "callback_url"),
        ([text()], {"callback_url": "https://127.0.0.1/x"}, "callback_url"),
        ([text()], {"callback_url": "https://[::1]/x"}, "callback_url"),
        ([text()], {"callback_url": "file:///etc/passwd"}, "callback_url"),
        ([text(), *[image("data:,", "reference_image")] * 10], {}, "content[10].image_url"),
        ([text(), *[clip("data:,")] * 4], {}, "content[4].video_url"),
        ([text(), *[sound("data:,")] * 4], {}, "content[4].audio_url"),
        ([image("https://127.0.0.1/a.png")], {}, "content[0].image_url"),
        ([image("http://example.invalid/a.png")], {}, "content[0].image_url"),
        ([image("file:///etc/passwd")], {}, "content[0].image_url"),
        ([image("data:image/png;base64,!!!!")], {}, "content[0].image_url"),
        ([image("data:image/png;base64,AAAA")], {}, "content[0].image_url"),
        ([image("asset://up_unknown")], {}, "content[0].image_url"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(read, content, params, field) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FaircutError) as error:
        read(*content, **params)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("names", "roles", "field"),
    [
        (["wide", "tall"], ["first_frame", "reference_image"], "content[1].image_url"),
        (["wide", "tall"], ["first_frame", "first_frame"], "content[1].image_url"),
        (["wide"], ["last_frame"], "content[0].image_url"),
        (["wide", "tall"], [None, None], "content[0].image_url"),
    ],
)
def test_scenes_exclude_one_another(read, media, names, roles, field) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FaircutError) as error:
        read(*[image(media[name], role) for name, role in zip(names, roles, strict=True)])
    assert (error.value.code, error.value.field) == ("input.roles", field)


def test_all_files_at_fault_are_named_at_once(read, media) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FaircutError) as error:
        read(text(), image(media["tiny"], "reference_image"), clip(media["short"]), sound(media["tune"]))
    assert error.value.field == "content[1].image_url"
    assert [each.field for each in error.value.others] == ["content[2].video_url"]
    with pytest.raises(FaircutError) as error:
        read(image(media["tune"], "reference_image"), clip("data:video/mp4;base64,AAAA"))
    assert "Image 1" in error.value.message
    assert [each.field for each in error.value.others] == ["content[1].video_url"]


def test_links_are_fetched_from_hosts_that_the_operator_trusts(service, media) -> None:  # type: ignore[no-untyped-def]
    faircut = service.faircut
    with receiving() as server:
        png = base64.b64decode(media["wide"].partition(",")[2])
        server.files["/a%20harbour.png"] = ("image/png", png)
        server.files["/page.png"] = ("text/html; charset=utf-8", png)
        trusting = faircut.settings.model_copy(update={"trusted_hosts": (server.host,)})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(faircut, "settings", trusting)

            def get(path: str) -> Translated:
                body = TaskIn.model_validate({"model": MODEL, "content": [image(server.url(path))]})
                return translate(body, faircut, owner="me", base_url="", key=None)

            (asset,) = get("/a%20harbour.png").request.images
            assert (asset.name, asset.size) == ("a harbour.png", len(png)), "the name is judged as words"
            with pytest.raises(FaircutError, match="text/html"):
                get("/page.png")
            with pytest.raises(FaircutError) as gone:
                get("/gone.png")
            assert gone.value.field == "content[0].image_url"
            patch.setattr(faircut, "settings", trusting.model_copy(update={"fetch_links": False}))
            with pytest.raises(FaircutError, match="does not fetch"):
                get("/a%20harbour.png")


# Over HTTP


@pytest.fixture(scope="module")
def made(service, media) -> tuple[httpx.Client, dict[str, Any]]:  # type: ignore[no-untyped-def]
    """A task that has succeeded, made by a key of its own."""
    client = service.client(secret=service.key("generate"))
    upload = client.post("/v1/uploads", files={"file": ("mine.png", base64.b64decode(media["wide"].partition(",")[2]))})
    body = {
        "model": MODEL,
        "content": [text(), image(f"asset://{upload.json()['id']}", "reference_image")],
        "resolution": "480p",
        "duration": 4,
        "safety_identifier": "viewer-1",
        "return_last_frame": True,
    }
    answer = client.post(TASKS, json=body, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 200, answer.text
    job = service.faircut.studio.wait(answer.json()["id"], timeout=60)
    assert job.state is JobState.RELEASED, job
    return client, client.get(f"{TASKS}/{job.id}").json()


def test_request_is_judged_once_and_its_user_is_on_record(service, made) -> None:  # type: ignore[no-untyped-def]
    _, task = made
    faircut = service.faircut
    job = faircut.studio.get(task["id"])
    decisions = [faircut.decisions.get(each) for each in job.decision_ids]
    assert [each.stage.value for each in decisions] == ["prompt", "upload", "output", "output"]
    (event,) = faircut.ledger.events(subject=job.id, kind="job.submitted")
    assert (event.payload["door"], event.payload["model"], event.payload["end_user"]) == ("ark", MODEL, "viewer-1")


def test_repeating_under_the_same_key_gives_the_same_task(service, made) -> None:  # type: ignore[no-untyped-def]
    client, task = made
    upload = client.get("/v1/uploads").json()["items"][0]["id"]
    body = {
        "model": MODEL,
        "content": [text(), image(f"asset://{upload}", "reference_image")],
        "resolution": "480p",
        "duration": 4,
    }
    again = client.post(TASKS, json=body, headers={"Idempotency-Key": "once"})
    assert again.json()["id"] == task["id"]
    other = client.post(TASKS, json={**body, "duration": 5}, headers={"Idempotency-Key": "once"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "OperationDenied")
    assert other.headers["x-should-retry"] == "false"


def test_task_belongs_to_its_key_and_its_door(service, made) -> None:  # type: ignore[no-untyped-def]
    client, task = made
    other = service.client("other")
    assert other.get(f"{TASKS}/{task['id']}").json()["error"]["code"] == "ResourceNotFound"
    assert other.delete(f"{TASKS}/{task['id']}").status_code == 404
    assert other.get(TASKS).json() == {"total": 0, "items": []}
    assert client.get(f"/v1/videos/{task['id']}").status_code == 404
    assert client.get(f"/v1/generations/{task['id']}").json()["state"] == "released"
    assert service.client("reader").get(TASKS).json()["error"]["code"] == "AccessDenied"
    assert service.client(None).get(TASKS).json()["error"]["code"] == "AuthenticationError"


def test_lists_are_filtered_and_paged(made) -> None:  # type: ignore[no-untyped-def]
    client, task = made

    def found(**query: Any) -> tuple[int, int]:
        answer = client.get(TASKS, params=query).json()
        return answer["total"], len(answer["items"])

    assert found() == found(**{"filter.status": "succeeded"}) == found(**{"filter.model": MODEL}) == (1, 1)
    assert found(**{"filter.task_ids": [task["id"], "job_x"]}) == (1, 1)
    assert found(page_num=2) == (1, 0)
    assert found(**{"filter.model": "ep-1"}) == found(**{"filter.status": "expired"}) == (0, 0)
    assert found(**{"filter.service_tier": "flex"}) == (0, 0)
    wrong = client.get(TASKS, params={"filter.status": "lost"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "InvalidParameter")


def test_links_work_without_a_key_until_they_expire_or_are_changed(service, made) -> None:  # type: ignore[no-untyped-def]
    _, task = made
    link = httpx.URL(task["content"]["video_url"])
    video = httpx.get(link, timeout=60)
    assert (video.status_code, video.headers["content-type"]) == (200, "video/mp4")
    assert service.faircut.studio.get(task["id"]).released_digest in video.headers["etag"]
    assert httpx.get(link, headers={"Range": "bytes=0-3"}, timeout=60).content == video.content[:4]
    last = httpx.get(task["content"]["last_frame_url"], timeout=60)
    assert last.content.startswith(b"\x89PNG")
    assert httpx.get(task["content"]["last_frame_url"], timeout=60).headers["etag"] == last.headers["etag"]
    assert video.headers["cross-origin-resource-policy"] == "cross-origin", "pages of clients show it"
    assert httpx.head(link, timeout=60).headers["content-length"] == str(len(video.content))
    until = int(link.params["expires"])
    assert 24 * 3600 <= until - time.time() <= 25 * 3600
    for changed in (
        link.copy_set_param("expires", str(until + 1)),
        link.copy_set_param("signature", link.params["signature"][:-1]),
        link.copy_set_param("signature", "é"),
        httpx.URL(task["content"]["last_frame_url"]).copy_with(path=link.path),
    ):
        assert httpx.get(changed, timeout=60).status_code == 403, changed


def test_links_and_record_go_with_the_key_and_with_the_record(service, made) -> None:  # type: ignore[no-untyped-def]
    client, task = made
    link = task["content"]["video_url"]
    key = service.faircut.studio.get(task["id"]).owner
    assert client.delete(f"{TASKS}/{task['id']}").json() == {}
    assert httpx.get(link, timeout=60).status_code == 404
    assert client.get(f"{TASKS}/{task['id']}").status_code == 404
    assert client.get(TASKS).json()["total"] == 0
    (event,) = service.faircut.ledger.events(subject=task["id"], kind="job.hidden")
    assert event.actor == key
    assert service.faircut.studio.released.event_of(task["id"]) is not None, "the ledger keeps all of it"


def test_refusal_names_every_input_before_anything_is_made(service, films, media) -> None:  # type: ignore[no-untyped-def]
    client = service.client("maker")
    before = len(service.faircut.studio.list())
    answer = client.post(
        TASKS,
        json={
            "model": MODEL,
            "content": [
                image(media["wide"], "reference_image"),
                clip(data_url(films["cut"], "video/mp4")),
                text("Shot 1: Captain Lumen\nShot 2: a boat"),
            ],
        },
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "InputTextSensitiveContentDetected.PolicyViolation")
    assert (error["param"], error["type"]) == ("content[2].text", "BadRequest")
    assert "Captain Lumen" in error["message"]
    assert "Video 1" in error["message"], "all others are named too"
    assert "Image 1" not in error["message"]
    ids = answer.headers["faircut-decisions"].split(", ")
    assert [service.faircut.decisions.get(each).input for each in ids] == ["prompt", "Video 1"]
    page = service.signed_in("maker")
    for each in ids:
        assert f"{service.base}/decisions/{each}." in error["message"]
        assert page.get(f"/decisions/{each}").status_code == 200
    assert len(service.faircut.studio.list()) == before


def test_kind_of_the_first_input_at_fault_is_in_the_code(service, films) -> None:  # type: ignore[no-untyped-def]
    body = {"model": MODEL, "content": [text(), clip(data_url(films["cut"], "video/mp4"))]}
    error = service.client("maker").post(TASKS, json=body).json()["error"]
    assert error["code"] == "InputVideoSensitiveContentDetected.PolicyViolation"
    assert error["param"] == "content[1].video_url"


def test_verdict_is_the_same_at_every_door(service) -> None:  # type: ignore[no-untyped-def]
    words = "Captain Lumen and the Lantern Keeper at Cinder Quay"
    client, faircut = service.client("maker"), service.faircut
    job = client.post("/v1/generations", json={"shots": [{"prompt": words}], "engine": "slow"}).json()
    native = faircut.studio.wait(job["id"], timeout=60)
    answers = [
        client.post(TASKS, json={"model": MODEL, "content": [text(words)]}),
        client.post("/v1/videos", json={"prompt": words}),
    ]
    ids = [native.decision_ids[0], *(each.headers["faircut-decisions"] for each in answers)]
    found = [faircut.decisions.get(each) for each in ids]
    assert len({each.asset_digest for each in found}) == 1
    assert {each.verdict.value for each in found} == {"block"}
    first, *others = ([(r.code, r.input, r.work_id, r.element_id, r.message) for r in each.reasons] for each in found)
    assert others == [first, first]


def test_what_needs_review_has_the_plain_code(service) -> None:  # type: ignore[no-untyped-def]
    body = {"model": MODEL, "content": [text("fog over Cinder Quay")]}
    error = service.client("maker").post(TASKS, json=body).json()["error"]
    assert error["code"] == "InputTextSensitiveContentDetected"
    assert "a person has to look at it" in error["message"]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=st.none() | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_user_behind_a_request_never_changes_the_decision(service, who: str | None) -> None:  # type: ignore[no-untyped-def]
    body = {"model": MODEL, "content": [text("Captain Lumen")], "safety_identifier": who}
    answer = service.client("maker").post(TASKS, json=body)
    (decision_id,) = answer.headers["faircut-decisions"].split(", ")
    decision = service.faircut.decisions.get(decision_id)
    assert (answer.status_code, decision.verdict.value) == (400, "block")
    assert [reason.element for reason in decision.reasons] == ["Captain Lumen"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": [text()]}, "MissingParameter"),
        ({"model": MODEL}, "MissingParameter"),
        ({"model": MODEL, "content": []}, "InvalidParameter"),
        ({"model": MODEL, "content": [{"type": "text"}]}, "MissingParameter"),
        ({"model": MODEL, "content": [{"type": "smell", "text": "x"}]}, "InvalidParameter"),
        ({"model": MODEL, "content": [text("")]}, "InvalidParameter"),
        ({"model": MODEL, "content": [text()], "negative_prompt": "x"}, "InvalidParameter"),
        ({"model": MODEL, "content": [text()], "priority": 10}, "InvalidParameter"),
        ({"model": MODEL, "content": [text()], "execution_expires_after": 60}, "InvalidParameter"),
        ({"model": "gpt", "content": [text()]}, "InvalidEndpointOrModel.NotFound"),
        ("nonsense", "InvalidParameter"),
    ],
)
def test_bad_requests_have_the_codes_of_the_documentation(service, body, code) -> None:  # type: ignore[no-untyped-def]
    answer = service.client("maker").post(TASKS, json=body)
    assert answer.status_code == (404 if code.endswith("NotFound") else 400)
    assert answer.json()["error"]["code"] == code
    assert set(answer.json()["error"]) == {"code", "message", "param", "type"}


def test_body_that_is_too_large_is_refused_before_it_is_read(service) -> None:  # type: ignore[no-untyped-def]
    server = http.client.HTTPConnection(httpx.URL(service.base).netloc.decode(), timeout=30)
    with closing(server):
        server.putrequest("POST", TASKS)
        server.putheader("Content-Length", str(65 * 2**20))
        server.endheaders()
        answer = server.getresponse()
        error = json.loads(answer.read())["error"]
    assert (answer.status, error["code"], answer.headers["connection"]) == (400, "InvalidParameter", "close")


def test_unknown_address_under_the_door_is_told_in_its_words(service) -> None:  # type: ignore[no-untyped-def]
    answer = service.client("maker").get("/api/v3/models")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ResourceNotFound")


def test_registration_between_sending_and_making_counts(service, media) -> None:  # type: ignore[no-untyped-def]
    """Decisions made at the door are relied on only while they would be made again."""
    faircut = service.faircut
    client = service.client("other")
    blocker = client.post(TASKS, json={"model": "slow", "content": [text()], "duration": 4}).json()["id"]
    second = client.post(TASKS, json={"model": "slow", "content": [text()], "duration": 4}).json()["id"]
    waits = client.post(TASKS, json={"model": MODEL, "content": [text("the Gilded Heron flies")], "duration": 4}).json()
    work = faircut.catalogue.works()[0]
    faircut.catalogue.add_element("character", "The Gilded Heron", work=work.id, actor="tests")
    for each in (blocker, second):
        faircut.studio.cancel(each)
    assert faircut.studio.wait(waits["id"], timeout=60).state is JobState.REFUSED
    task = client.get(f"{TASKS}/{waits['id']}").json()
    assert task["status"] == "failed"
    assert task["error"]["code"] == "InputTextSensitiveContentDetected.PolicyViolation"
    assert "Gilded Heron" in task["error"]["message"]
