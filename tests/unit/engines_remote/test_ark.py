"""The ark engine against a local double of the Ark API that behaves, and misbehaves, as documented."""

from __future__ import annotations

import base64
import os
import signal
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_ark import KEY, FakeArk, error
from fake_http import Fault
from studio_doubles import write_video

from faircut.directives import Camera, Move, MoveKind
from faircut.domain import Asset, EngineResult, GenerationRequest, MediaKind, Ratio, Shot, Size
from faircut.engines.ark import ArkEngine
from faircut.engines.ark_errors import error_of
from faircut.engines.ark_options import ark_options
from faircut.engines.http import Api, Rejected
from faircut.engines.http_task import Unkept
from faircut.errors import (
    EngineBusy,
    EngineError,
    EngineInputUnreadable,
    EngineNotReady,
    EngineOutputInvalid,
    EngineRefused,
    EngineRefusedCopyright,
    EngineRefusedPerson,
    EngineRefusedSafety,
    EngineRefusedSound,
    EngineTimeout,
    EngineUncertain,
    FaircutError,
    InputError,
    LimitExceeded,
)
from faircut.protocols import EngineJob, EngineStopped

SAFETY, COPYRIGHT, PERSON = EngineRefusedSafety, EngineRefusedCopyright, EngineRefusedPerson


@pytest.fixture
def ark() -> Iterator[FakeArk]:
    made = FakeArk()
    with made.running() as base_url:
        made.base_url = base_url  # type: ignore[attr-defined]
        yield made


def options(ark: FakeArk, **more: Any) -> dict[str, Any]:
    quick = {"poll_s": 0.001, "retry_s": 0.0, "settle_s": 0.0, "request_timeout_s": 20}
    return {"base_url": ark.base_url, "api_key": KEY, **quick, **more}  # type: ignore[attr-defined]


def picture(path: Path, label: str, size: tuple[int, int] = (640, 480)) -> Asset:
    noise = np.random.default_rng(len(label)).integers(0, 255, (size[1] // 16, size[0] // 16, 3), np.uint8)
    cv2.imwrite(str(path), cv2.resize(noise, size))
    return Asset(label, MediaKind.IMAGE, f"{path.name}", path.stat().st_size, path=path)


def sound(path: Path, label: str, seconds: float = 3.0) -> Asset:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(seconds * 8000) * 2))
    return Asset(label, MediaKind.AUDIO, f"{path.name}", path.stat().st_size, path=path)


def asked(*, prompt: str = "a red kite over the dunes", **more: Any) -> GenerationRequest:
    return GenerationRequest((Shot(prompt),), **{"size": Size.P480, "duration": 4, "seed": 7, "engine": "ark", **more})


def run(
    ark: FakeArk,
    tmp_path: Path,
    request: GenerationRequest | None = None,
    *,
    note: Any = None,
    progress: Any = None,
    end_user: str = "u1",
    max_bytes: int = 1 << 20,
    links: Any = None,
    **more: Any,
) -> EngineResult:
    job = EngineJob(
        request or asked(),
        tmp_path / "output.mp4",
        tmp_path,
        options(ark, **more),
        end_user=end_user,
        max_bytes=max_bytes,
        note=note,
        links=links or {},
    )
    return ArkEngine().generate(job, progress or (lambda _share, _message: None))


def sent(ark: FakeArk) -> dict[str, Any]:
    (only,) = [each for each in ark.asked if each.method == "POST"]
    return only.json()


def test_a_request_is_handed_over_watched_and_copied(ark: FakeArk, tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    made = run(ark, tmp_path, progress=lambda share, message: seen.append((share, message)))
    assert (tmp_path / "output.mp4").read_bytes() == ark.file
    body = sent(ark)
    assert body["content"] == [{"type": "text", "text": "a red kite over the dunes"}]
    assert {key: body[key] for key in ("model", "resolution", "ratio", "duration", "seed", "generate_audio")} == {
        "model": "dreamina-seedance-2-0-260128",
        "resolution": "480p",
        "ratio": "16:9",
        "duration": 4,
        "seed": 7,
        "generate_audio": True,
    }
    assert body["safety_identifier"] == "u1"
    assert body["watermark"] is False
    (record,) = made.timeline
    assert (record["service"], record["task"], record["request_id"]) == ("ark", next(iter(ark.tasks)), "r1")
    assert record["usage"]["total_tokens"] == 108_900
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert [word for _, word in seen][:3] == [
        "Handing the job over.",
        "The job waits at the service.",
        "The service makes it.",
    ]
    assert shares[-1] == 1.0


def test_files_go_as_data_with_the_role_that_the_request_gives_them(ark: FakeArk, tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a.png", "Image 1"), picture(tmp_path / "b.jpg", "Image 2")
    beat = sound(tmp_path / "c.wav", "Audio 1")
    run(ark, tmp_path, asked(prompt="Image 1 dances to Audio 1", images=(first, second), sounds=(beat,)))
    content = sent(ark)["content"]
    assert [(each["type"], each.get("role")) for each in content] == [
        ("text", None),
        ("image_url", "reference_image"),
        ("image_url", "reference_image"),
        ("audio_url", "reference_audio"),
    ]
    kind, _, data = content[1]["image_url"]["url"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == (tmp_path / "a.png").read_bytes()
    assert content[2]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert content[3]["audio_url"]["url"].startswith("data:audio/wav;base64,")


def test_first_and_last_frame_are_sent_as_such(ark: FakeArk, tmp_path: Path) -> None:
    images = (picture(tmp_path / "a.png", "Image 1"), picture(tmp_path / "b.png", "Image 2"))
    run(ark, tmp_path, asked(images=images, first_frame="Image 1", last_frame="Image 2"))
    assert [each.get("role") for each in sent(ark)["content"]] == [None, "first_frame", "last_frame"]


def test_directives_become_words(ark: FakeArk, tmp_path: Path) -> None:
    shot = Shot("a boat", camera=Camera(moves=(Move(MoveKind.PAN, amount=-0.25),)))
    run(ark, tmp_path, replace(asked(), shots=(shot,)))
    assert "pans left" in sent(ark)["content"][0]["text"]


def test_a_clip_goes_as_a_link_where_the_service_can_fetch_it(ark: FakeArk, tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", (640, 480), 2)
    clip = Asset("Video 1", MediaKind.VIDEO, "d1", 1, path=tmp_path / "a.mp4")
    request = asked(clips=(clip,))
    with pytest.raises(InputError, match="public address") as refused:
        run(ark, tmp_path, request)
    assert refused.value.field == "Video 1"
    with pytest.raises(EngineNotReady, match="public https address"):
        run(ark, tmp_path, request, clip_links=True)
    assert ark.times("POST") == 0
    link = "https://faircut.example/links/job_1/clips/1?expires=1&signature=x"
    run(ark, tmp_path, request, clip_links=True, links={"Video 1": link})
    run(ark, tmp_path, request, assets={"d1": "asset-2026"})
    sent_urls = [each.json()["content"][1]["video_url"]["url"] for each in ark.asked if each.method == "POST"]
    assert sent_urls == [link, "asset://asset-2026"]
    price = ArkEngine().price(request, {})
    # Two seconds of clip are paid for as well, at the lower rate, and at least those.
    assert (price.tokens, price.amount, price.least) == (57_645, pytest.approx(0.2479, abs=1e-4), True)


SENT = ["prompt", "Image 1", "Image 2", "Audio 1"]
CODES: list[tuple[str, str, type[FaircutError], str]] = [
    ("InputTextSensitiveContentDetected", "", SAFETY, "prompt"),
    ("InputImageSensitiveContentDetected", "the input image 'content[2]' may", SAFETY, "Image 2"),
    ("InputImageSensitiveContentDetected", "", SAFETY, "Image 1, Image 2"),
    ("InputVideoSensitiveContentDetected", "", SAFETY, "prompt"),
    ("InputAudioSensitiveContentDetected", "", SAFETY, "Audio 1"),
    ("OutputVideoSensitiveContentDetected", "", SAFETY, "output"),
    ("OutputImageSensitiveContentDetected", "", SAFETY, "output"),
    ("OutputTextSensitiveContentDetected", "", SAFETY, "output"),
    ("OutputAudioSensitiveContentDetected", "", EngineRefusedSound, "output"),
    ("InputTextSensitiveContentDetected.PolicyViolation", "", COPYRIGHT, "prompt"),
    ("InputImageSensitiveContentDetected.PolicyViolation", "content[1] may", COPYRIGHT, "Image 1"),
    ("InputAudioSensitiveContentDetected.PolicyViolation", "", COPYRIGHT, "Audio 1"),
    ("OutputVideoSensitiveContentDetected.PolicyViolation", "", COPYRIGHT, "output"),
    ("OutputAudioSensitiveContentDetected.PolicyViolation", "", EngineRefusedSound, "output"),
    ("InputImageSensitiveContentDetected.PrivacyInformation", "content[1] may", PERSON, "Image 1"),
    ("InputVideoSensitiveContentDetected.PrivacyInformation", "content[99] may", PERSON, "prompt"),
    ("OutputImageSensitiveContentDetected.DeepFake", "", PERSON, "output"),
    ("SensitiveContentDetected", "", SAFETY, "prompt"),
    ("SensitiveContentDetected.SevereViolation", "", SAFETY, "prompt"),
    ("SensitiveContentDetected.Violence", "", SAFETY, "prompt"),
    ("SensitiveContentDetected.SomethingNew", "", EngineRefused, "prompt"),
    ("InputTextRiskDetection", "", SAFETY, "prompt"),
    ("InputImageRiskDetection", "content[2] may", SAFETY, "Image 2"),
    ("OutputTextRiskDetection", "", SAFETY, "output"),
    ("OutputImageRiskDetection", "", SAFETY, "output"),
    ("ContentSecurityDetectionError", "", SAFETY, "prompt"),
]


@pytest.mark.parametrize(
    ("code", "said", "kind", "field"), CODES, ids=[f"{code}-{said[:3]}" for code, said, _, _ in CODES]
)
def test_each_code_has_our_reason_and_names_our_input(
    code: str, said: str, kind: type[FaircutError], field: str
) -> None:
    refused = error_of(Rejected(400, code, f"It failed because {said or 'it'} may not."), SENT)
    assert (type(refused), refused.field) == (kind, field)
    assert code in refused.message
    assert refused.remedy


@pytest.mark.parametrize("late", [False, True], ids=["at once", "in the task"])
@pytest.mark.parametrize(("code", "said", "kind", "field"), [CODES[0], CODES[1], CODES[12], CODES[16]])
def test_a_refusal_has_our_reason_names_our_input_and_is_never_sent_again(
    ark: FakeArk, tmp_path: Path, code: str, said: str, kind: type[FaircutError], field: str, late: bool
) -> None:
    message = f"The request failed because {said or 'it'} may not. Request id: 0217"
    if late:
        ark.script, ark.failure = ["running", "failed"], {"code": code, "message": message}
    else:
        ark.refusal = error(400, code, message)
    images = (picture(tmp_path / "a.png", "Image 1"), picture(tmp_path / "b.png", "Image 2"))
    request = asked(images=images, sounds=(sound(tmp_path / "c.wav", "Audio 1"),))
    with pytest.raises(EngineRefused) as refused:
        run(ark, tmp_path, request)
    assert type(refused.value) is kind
    assert refused.value.field == field
    assert code in refused.value.message
    assert "Request id: 0217" in refused.value.message
    assert refused.value.remedy
    assert ark.times("POST") == 1


@pytest.mark.parametrize(
    ("status", "code", "kind", "field"),
    [
        (400, "InvalidParameter", InputError, "engine"),
        (400, "InvalidParameter.TaskTypeConstraint", InputError, "engine"),
        (400, "MissingParameter.content", InputError, "engine"),
        (413, "RequestTooLarge", LimitExceeded, "engine"),
        (401, "AuthenticationError", EngineNotReady, "engine"),
        (403, "AccessDenied", EngineNotReady, "engine"),
        (403, "AccountOverdueError", EngineNotReady, "engine"),
        (403, "OperationDenied.ServiceOverdue", EngineNotReady, "engine"),
        (403, "OperationDenied.ServiceNotOpen", EngineNotReady, "engine"),
        (404, "ModelNotOpen", EngineNotReady, "engine"),
        (404, "InvalidEndpointOrModel.NotFound", EngineNotReady, "engine"),
        (429, "QuotaExceeded", EngineBusy, "engine"),
        (429, "SetLimitExceeded", EngineBusy, "engine"),
        (400, "SomethingNew", InputError, "engine"),
        (418, "Teapot", EngineError, "engine"),
    ],
)
def test_other_documented_errors_say_whose_turn_it_is_and_are_not_repeated(
    ark: FakeArk, tmp_path: Path, status: int, code: str, kind: type[FaircutError], field: str
) -> None:
    ark.refusal = error(status, code, "No.")
    with pytest.raises(kind) as raised:
        run(ark, tmp_path)
    assert type(raised.value) is kind
    assert raised.value.field == field
    assert ark.times("POST") == 1
    assert ark.tasks == {}


def test_a_parameter_at_fault_names_our_file(ark: FakeArk, tmp_path: Path) -> None:
    ark.refusal = error(400, "InvalidParameter", "The image is not valid.", "content[1].image_url")
    with pytest.raises(InputError) as raised:
        run(ark, tmp_path, asked(images=(picture(tmp_path / "a.png", "Image 1"),)))
    assert raised.value.field == "Image 1"


@pytest.mark.parametrize(
    "code",
    [
        "ModelAccountRpmRateLimitExceeded",
        "RateLimitExceeded.EndpointRPMExceeded",
        "AccountRateLimitExceeded",
        "InflightBatchsizeExceeded",
        "ServerOverloaded",
    ],
)
def test_rate_limits_are_waited_out_and_one_task_is_made(ark: FakeArk, tmp_path: Path, code: str) -> None:
    busy = Fault("answer", status=429, body=error(429, code, "Slow down.").body, headers={"Retry-After": "0"})
    ark.fails("POST", busy, busy)
    run(ark, tmp_path)
    assert (ark.times("POST"), len(ark.tasks)) == (3, 1)


def test_a_limit_that_stays_ends_as_busy(ark: FakeArk, tmp_path: Path) -> None:
    ark.most_open = 0
    with pytest.raises(EngineBusy, match="Too many tasks"):
        run(ark, tmp_path, retries=2)
    assert ark.times("POST") == 3


@pytest.mark.parametrize("kind", ["drop", "garbage"])
def test_a_task_whose_answer_got_lost_is_found_again_and_not_sent_twice(
    ark: FakeArk, tmp_path: Path, kind: str
) -> None:
    ark.fails("POST", Fault(kind, before=False))
    ark.put({"safety_identifier": "somebody else", "execution_expires_after": 172_800})
    made = run(ark, tmp_path)
    assert ark.times("POST") == 1
    assert made.timeline[0]["task"] == list(ark.tasks)[1]


def test_a_task_that_may_be_lost_is_not_sent_again(ark: FakeArk, tmp_path: Path) -> None:
    ark.fails("POST", Fault("drop"))
    # The same person's task of a moment ago is not taken for it.
    ark.put({"safety_identifier": "u1", "execution_expires_after": 3600})
    with pytest.raises(EngineUncertain, match="not known whether"):
        run(ark, tmp_path)
    assert ark.times("POST") == 1
    assert ark.times("GET") == 3


def test_an_answer_that_never_comes_is_the_same_as_a_lost_one(ark: FakeArk, tmp_path: Path) -> None:
    ark.fails("POST", Fault("hang", before=False))
    run(ark, tmp_path, request_timeout_s=0.5)
    assert (ark.times("POST"), len(ark.tasks)) == (1, 1)


@pytest.mark.parametrize("acted", [True, False])
def test_an_error_of_the_service_is_looked_into_before_the_task_is_sent_again(
    ark: FakeArk, tmp_path: Path, acted: bool
) -> None:
    ark.fails("POST", Fault("answer", before=not acted, status=500, body={"error": {"code": "InternalServiceError"}}))
    run(ark, tmp_path)
    assert len(ark.tasks) == 1
    assert ark.times("POST") == (1 if acted else 2)


def test_nobody_at_the_address_is_an_error_that_says_so(ark: FakeArk, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no connection"):
        run(ark, tmp_path, base_url="http://127.0.0.1:1/api/v3", retries=1)


def test_the_next_run_goes_on_with_the_task_of_the_last(ark: FakeArk, tmp_path: Path) -> None:
    note = Unkept()
    ark.script = ["running"]
    stop_at = iter(range(100))

    def crash(_share: float, message: str) -> None:
        if message == "The service makes it." and next(stop_at) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(ark, tmp_path, note=note, progress=crash)
    (task,) = ark.tasks
    assert note.read()["task"] == task
    assert ark.times("DELETE") == 0
    ark.scripts[task] = ["succeeded"]
    made = run(ark, tmp_path, note=note)
    assert made.timeline[0]["task"] == task
    assert ark.times("POST") == 1


def test_the_next_run_looks_for_a_task_that_was_just_being_sent(ark: FakeArk, tmp_path: Path) -> None:
    note = Unkept()
    ark.fails("POST", Fault("drop", before=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("faircut.engines.ark._Tasks.find", _die)
        with pytest.raises(KeyboardInterrupt):
            run(ark, tmp_path, note=note)
    assert "task" not in note.read()
    assert "tag" in note.read()
    made = run(ark, tmp_path, note=note)
    assert made.timeline[0]["task"] == next(iter(ark.tasks))
    assert ark.times("POST") == 1


def _die(*_: object) -> None:
    """The process ends here, in the middle of things."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "fault",
    [
        Fault("answer", status=503, body={}),
        Fault("answer", status=429, body={}, headers={"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"}),
        Fault("drop"),
        Fault("garbage"),
        Fault("answer", status=200, body=[1, 2]),
    ],
    ids=["503", "429", "drop", "garbage", "no object"],
)
def test_looking_goes_on_through_passing_faults(ark: FakeArk, tmp_path: Path, fault: Fault) -> None:
    ark.fails("GET", fault, fault, one=True)
    run(ark, tmp_path)
    assert (tmp_path / "output.mp4").read_bytes() == ark.file


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("expired", EngineTimeout, "expired"),
        ("cancelled", EngineError, "cancelled at the service"),
        ("dreaming", EngineError, "'dreaming'"),
    ],
)
def test_ends_without_a_result_are_told_apart(
    ark: FakeArk, tmp_path: Path, status: str, kind: type[FaircutError], words: str
) -> None:
    ark.script = ["running", status]
    with pytest.raises(kind, match=words):
        run(ark, tmp_path)


def test_a_task_that_the_service_forgot_ends_in_an_error(ark: FakeArk, tmp_path: Path) -> None:
    note = Unkept()
    note.write({"task": "cgt-long-gone"})
    with pytest.raises(EngineError, match="no such task"):
        run(ark, tmp_path, note=note)
    assert ark.times("POST") == 0


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("endless", EngineOutputInvalid, "larger than"),
        ("declared", EngineOutputInvalid, "larger than"),
        (b"", EngineOutputInvalid, "empty"),
        ("truncated", EngineError, "breaks? off|broke off"),
        ("dead", EngineError, "status 404"),
        ("gone", EngineError, "status 503"),
        ("redirect http://169.254.169.254/latest/meta-data", FaircutError, "plain http|private"),
        ("redirect https://localhost/", FaircutError, "private network"),
        ("redirect file:///etc/passwd", FaircutError, "no URL|not an http"),
    ],
)
def test_a_result_that_cannot_be_had_is_a_typed_error_and_leaves_nothing(
    ark: FakeArk, tmp_path: Path, what: bytes | str, kind: type[FaircutError], words: str
) -> None:
    ark.file = what
    with pytest.raises(kind, match=words):
        run(ark, tmp_path, retries=1)
    assert not (tmp_path / "output.mp4").exists()
    assert ark.times("POST") == 1


def test_a_link_that_died_is_asked_for_anew(ark: FakeArk, tmp_path: Path) -> None:
    ark.file = "dead once"
    run(ark, tmp_path)
    assert (tmp_path / "output.mp4").read_bytes() == b"alive"


def test_the_key_goes_to_the_api_alone(ark: FakeArk, tmp_path: Path) -> None:
    other = FakeArk()
    with other.running():
        ark.file = f"redirect {other.address}/steal"
        with pytest.raises(FaircutError):
            run(ark, tmp_path)
    assert other.asked == []


@pytest.mark.parametrize(("status", "left"), [("queued", "cancelled"), ("running", "running")])
def test_a_stopped_job_is_cancelled_at_the_service_where_that_is_possible(
    ark: FakeArk, tmp_path: Path, status: str, left: str
) -> None:
    ark.script = [status]

    def stop(_share: float, message: str) -> None:
        if message in ("The job waits at the service.", "The service makes it."):
            raise EngineStopped

    with pytest.raises(EngineStopped):
        run(ark, tmp_path, progress=stop)
    assert ark.times("DELETE") == 1
    assert [task["status"] for task in ark.tasks.values()] == [left]


def test_a_stop_in_the_middle_of_handing_over_leaves_no_task_behind(ark: FakeArk, tmp_path: Path) -> None:
    """As in an engine's process: SIGTERM raises, but not before the task's id is known."""
    create = ark.create
    ark.script = ["queued"]

    def stopped_meanwhile(body: dict[str, Any]) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return create(body)

    def stop(_number: int, _frame: Any) -> None:
        raise EngineStopped

    ark.create = stopped_meanwhile  # type: ignore[method-assign]
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(EngineStopped):
            run(ark, tmp_path)
        assert signal.getsignal(signal.SIGTERM) is stop
    finally:
        signal.signal(signal.SIGTERM, before)
    assert [task["status"] for task in ark.tasks.values()] == ["cancelled"]


def test_looking_ends_when_the_service_stays_broken(ark: FakeArk, tmp_path: Path) -> None:
    ark.fails("GET", *[Fault("answer", status=503, body={})] * 200, one=True)
    with pytest.raises(EngineBusy, match="503"):
        run(ark, tmp_path)


def test_pauses_grow_with_jitter_and_keep_to_retry_after() -> None:
    waited: list[float] = []
    service = FakeArk()
    busy = Fault("answer", status=429, body={}, headers={"Retry-After": "7"})
    late = Fault("answer", status=429, body={}, headers={"Retry-After": "4000"})
    with service.running() as base_url:
        told = ark_options({"base_url": base_url, "api_key": KEY, "retry_s": 1.0, "retries": 6})
        service.fails("GET", *[Fault("answer", status=500, body={})] * 3, busy, late)
        with Api(told, pause=waited.append, jitter=lambda: 0.5) as api, pytest.raises(EngineBusy):
            api.call("GET", "/contents/generations/tasks")
    # Three quarters of 1, 2 and 4 seconds; then as long as was asked for; an hour is not waited.
    assert waited == [0.75, 1.5, 3.0, 7.0]


def test_without_a_key_nothing_is_sent(ark: FakeArk, tmp_path: Path) -> None:
    with pytest.raises(EngineNotReady, match="no key"):
        run(ark, tmp_path, api_key="")
    assert ark.asked == []


@pytest.mark.parametrize(
    ("files", "kind", "field", "words"),
    [
        (lambda at: {"images": (picture(at / "a.png", "Image 1", (200, 400)),)}, LimitExceeded, "Image 1", "200x400"),
        (lambda at: {"images": (picture(at / "a.png", "Image 1", (1600, 320)),)}, LimitExceeded, "Image 1", "times"),
        (
            lambda at: {
                "images": (picture(at / "a.png", "Image 1"),),
                "sounds": (sound(at / "b.wav", "Audio 1", 1.0),),
            },
            LimitExceeded,
            "Audio 1",
            "1.0 seconds",
        ),
        (
            lambda at: {
                "images": (picture(at / "a.png", "Image 1"),),
                "sounds": (sound(at / "b.wav", "Audio 1", 9), sound(at / "c.wav", "Audio 2", 9)),
            },
            LimitExceeded,
            "Audio 2",
            "together",
        ),
        (lambda at: {"sounds": (sound(at / "b.wav", "Audio 1"),)}, InputError, "Audio 1", "together with"),
    ],
)
def test_files_that_seedance_does_not_take_are_refused_before_anything_is_sent(
    ark: FakeArk, tmp_path: Path, files: Any, kind: type[FaircutError], field: str, words: str
) -> None:
    with pytest.raises(kind, match=words) as raised:
        run(ark, tmp_path, asked(**files(tmp_path)))
    assert raised.value.field == field
    assert ark.times("POST") == 0


def test_a_file_that_is_no_picture_is_named(ark: FakeArk, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    broken = Asset("Image 1", MediaKind.IMAGE, "x", 8, path=tmp_path / "a.png")
    with pytest.raises(EngineInputUnreadable) as raised:
        run(ark, tmp_path, asked(images=(broken,)))
    assert raised.value.field == "Image 1"


def test_capabilities_follow_the_model() -> None:
    engine = ArkEngine()
    usual = engine.capabilities({})
    assert (usual.durations[0], usual.durations[-1]) == (4, 15)
    assert usual.sizes == (Size.P480, Size.P720, Size.P1080)
    assert engine.capabilities({"model": "dreamina-seedance-2-0-fast-260128"}).sizes == (Size.P480, Size.P720)
    assert engine.capabilities({"model": "doubao-seedance-2-5-260628"}).durations[-1] == 30
    assert engine.capabilities({"model": "ep-123", "family": "2.0-mini"}).sizes == (Size.P480, Size.P720)
    assert not engine.check({"model": "ep-123", "api_key": "x"}, reach=False).ready


VOLC = "https://ark.cn-beijing.volces.com/api/v3"


@pytest.mark.parametrize(
    ("given", "size", "seconds", "amount", "unit"),
    [
        # 720p, 16:9: 1280 x 720 x 24 / 1024 = 21,600 tokens a second.
        ({}, Size.P720, 5, 0.756, "USD"),
        ({"model": "dreamina-seedance-2-5-260628"}, Size.P720, 5, 1.1556, "USD"),
        ({"model": "dreamina-seedance-2-0-fast-260128"}, Size.P720, 5, 0.6048, "USD"),
        ({}, Size.P1080, 10, 3.7422, "USD"),
        ({"base_url": VOLC, "model": "doubao-seedance-2-0-260128"}, Size.P720, 5, 4.968, "CNY"),
        ({"price_per_million": 1.0}, Size.P720, 10, 0.216, "USD"),
        ({"model": "dreamina-seedance-2-0-mini-260615"}, Size.P720, 5, None, "USD"),
    ],
)
def test_the_price_is_known_before_anything_is_sent(
    given: dict[str, Any], size: Size, seconds: int, amount: float | None, unit: str
) -> None:
    price = ArkEngine().price(asked(size=size, duration=seconds), given)
    assert price.amount == (None if amount is None else pytest.approx(amount, abs=1e-4))
    assert (price.unit, price.least) == (unit, False)


def test_a_picture_of_another_ratio_costs_by_its_pixels() -> None:
    square = ArkEngine().price(asked(size=Size.P720, ratio=Ratio.R1_1, duration=4), {})
    assert square.tokens == 960 * 960 * 24 * 4 // 1024


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"api_key": ""}, "no key"),
        ({"api_key": "wrong"}, "does not accept the key"),
        ({"base_url": "http://127.0.0.1:1"}, "no connection"),
        ({"base_url": "ftp://x"}, "https://host"),
        ({"poll_s": "soon"}, "number"),
        ({"colour": "red"}, "not permitted"),
        ({"api_key_file": "/nowhere/key", "api_key": ""}, "cannot be read"),
        ({"api_key_file": "/nowhere/key"}, "not both"),
    ],
)
def test_check_says_what_is_missing_without_spending(ark: FakeArk, change: dict[str, Any], words: str | None) -> None:
    status = ArkEngine().check(options(ark, **change), reach=True)
    assert status.ready is (words is None)
    if words is not None:
        assert words in status.problems[0].message
        assert KEY not in f"{status.problems[0]}"
    assert ark.times("POST") == 0
    assert KEY not in str(status.facts)


def test_the_key_may_lie_in_a_file(ark: FakeArk, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    run(ark, tmp_path, api_key="", api_key_file=str(tmp_path / "key"))
    assert len(ark.tasks) == 1
