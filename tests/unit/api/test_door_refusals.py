"""Refusals in the words of other services' APIs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from faircut.api.ark.tasks import _code
from faircut.api.doors.answers import refused
from faircut.api.doors.dialects import ARK, VIDEOS, TaskRunning, TaskTypeConstraint
from faircut.api.doors.models import UnknownModel
from faircut.api.doors.refusals import code_of, refusal
from faircut.api.problems import problem_response
from faircut.domain import CheckOutcome, CheckRun, Decision, MediaKind, Reason, Stage, Verdict
from faircut.errors import (
    AddressRefused,
    Conflict,
    FetchUnavailable,
    Forbidden,
    InputError,
    LimitExceeded,
    NotFound,
    QuotaExceeded,
    StorageError,
    Unauthenticated,
)

PASSED = (CheckRun("names", "names-v2", CheckOutcome.PASSED, 1.0),)
FAILED = (CheckRun("names", "names-v2", CheckOutcome.FAILED, 1.0),)


def decision(
    name: str, kind: MediaKind, verdict: Verdict, *reasons: Reason, stage: Stage = Stage.UPLOAD, checks=PASSED
) -> Decision:  # type: ignore[no-untyped-def]
    now = datetime.now(UTC)
    return Decision(f"dec_{name}", name, "0" * 64, kind, stage, verdict, reasons, ("names",), checks, "p", 1, now)


def reason(where: str, verdict: Verdict = Verdict.BLOCK, code: str = "protected.picture") -> Reason:
    return Reason(code, where, f"{where} shows the Red Thing.", f"Leave {where} out.", verdict)


OK = decision("prompt", MediaKind.TEXT, Verdict.ALLOW, stage=Stage.PROMPT)


def test_nothing_is_said_of_what_passes() -> None:
    assert refusal([OK], "http://here") is None


@pytest.mark.parametrize(
    ("kind", "stage", "verdict", "code"),
    [
        (MediaKind.TEXT, Stage.PROMPT, Verdict.BLOCK, "InputTextSensitiveContentDetected.PolicyViolation"),
        (MediaKind.IMAGE, Stage.UPLOAD, Verdict.BLOCK, "InputImageSensitiveContentDetected.PolicyViolation"),
        (MediaKind.VIDEO, Stage.UPLOAD, Verdict.REVIEW, "InputVideoSensitiveContentDetected"),
        (MediaKind.AUDIO, Stage.UPLOAD, Verdict.BLOCK, "InputAudioSensitiveContentDetected.PolicyViolation"),
        (MediaKind.VIDEO, Stage.OUTPUT, Verdict.BLOCK, "OutputVideoSensitiveContentDetected.PolicyViolation"),
    ],
)
def test_code_says_which_way_what_kind_and_why(kind, stage, verdict, code) -> None:  # type: ignore[no-untyped-def]
    assert code_of(decision("it", kind, verdict, reason("it", verdict), stage=stage)) == code


def test_first_input_leads_and_every_other_one_is_told_with_its_page() -> None:
    stopped = [
        OK,
        decision("Image 2", MediaKind.IMAGE, Verdict.BLOCK, reason("Image 2")),
        decision("Video 1", MediaKind.VIDEO, Verdict.REVIEW, reason("Video 1", Verdict.REVIEW)),
    ]
    found = refusal(stopped, "http://here")
    assert found is not None
    assert (found.input, found.code) == ("Image 2", "InputImageSensitiveContentDetected.PolicyViolation")
    for words in ("Image 2 shows", "Leave Image 2 out.", "/decisions/dec_Image 2.", "Video 1 shows", "/dec_Video 1."):
        assert words in found.message
    assert found.message.index("Image 2") < found.message.index("Besides:") < found.message.index("Video 1")


def test_several_pieces_of_one_text_are_each_told_once() -> None:
    text = decision(
        "prompt",
        MediaKind.TEXT,
        Verdict.BLOCK,
        reason("Shot 1"),
        reason("Shot 2"),
        reason("Shot 1"),
        stage=Stage.PROMPT,
    )
    found = refusal([text], "")
    assert found is not None
    assert found.message.count("Shot 1 shows") == found.message.count("Shot 2 shows") == 1


def test_check_that_did_not_run_is_ours_and_comes_after_what_was_found() -> None:
    failed = reason("Image 1", code="check.failed")
    broken = decision("Image 1", MediaKind.IMAGE, Verdict.BLOCK, failed, checks=FAILED)
    bad = decision("Image 2", MediaKind.IMAGE, Verdict.BLOCK, reason("Image 2"))
    assert refused(ARK, [broken, bad], "", {"Image 2": "content[2].image_url"}).status_code == 400
    answer = refused(VIDEOS, [broken], "", {"prompt": "prompt"})
    assert (answer.status_code, answer.headers["x-should-retry"]) == (503, "true")
    assert b"check_unavailable" in answer.body


def test_allow_without_its_checks_is_no_allow() -> None:
    silent = replace(OK, checks=())
    found = refusal([silent], "")
    assert found is not None
    assert found.unchecked


@pytest.mark.parametrize(
    ("error", "ark_says", "videos_say"),
    [
        (Unauthenticated("x", remedy="y"), (401, "AuthenticationError"), (401, "invalid_api_key")),
        (Forbidden("x", remedy="y"), (403, "AccessDenied"), (403, "access_forbidden")),
        (NotFound("x", remedy="y"), (404, "ResourceNotFound"), (404, "not_found")),
        (UnknownModel("x", remedy="y"), (404, "InvalidEndpointOrModel.NotFound"), (404, "model_not_found")),
        (Conflict("x", remedy="y"), (409, "OperationDenied"), (409, "conflict")),
        (TaskRunning("x", remedy="y"), (409, "TaskRunningCannotCancel"), (409, "task_running")),
        (InputError("x", remedy="y"), (400, "InvalidParameter"), (400, "input_invalid")),
        (LimitExceeded("x", remedy="y"), (400, "InvalidParameter"), (400, "input_limit")),
        (TaskTypeConstraint("x", remedy="y"), (400, "InvalidParameter.TaskTypeConstraint"), (400, "input_roles")),
        (AddressRefused("x", remedy="y"), (400, "InvalidParameter"), (400, "address_refused")),
        (FetchUnavailable("x", remedy="y"), (400, "InvalidParameter"), (400, "fetch_unavailable")),
        (QuotaExceeded("x", remedy="y", retry_after=7), (429, "QuotaExceeded"), (429, "rate_limit_exceeded")),
        (StorageError("x", remedy="y"), (503, "ServerOverloaded"), (503, "storage_failed")),
        (RuntimeError("secret"), (500, "InternalServiceError"), (500, "internal")),
    ],
)
def test_every_kind_of_error_has_a_code_of_the_others(error, ark_says, videos_say) -> None:  # type: ignore[no-untyped-def]
    for path, said in ((f"{ARK}/contents/generations/tasks", ark_says), (VIDEOS, videos_say)):
        answer = problem_response(error, path)
        body = json.loads(bytes(answer.body))["error"]
        assert (answer.status_code, body["code"]) == said
        assert "secret" not in body["message"]
        assert answer.headers["x-should-retry"] == ("true" if answer.status_code in (429, 503) else "false")
    assert "code" in json.loads(bytes(problem_response(error, "/v1/generations").body))["error"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    error = InputError("One.", remedy="Mend one.", field="a")
    error.others = (InputError("Two.", remedy="Mend two.", field="b"),)
    body = json.loads(bytes(problem_response(error, VIDEOS).body))["error"]
    assert (body["message"], body["param"]) == ("One. Mend one. Besides: Two. Mend two.", "a")


@pytest.mark.parametrize(
    ("code", "field", "told"),
    [
        ("engine.refused.safety", "prompt", "InputTextSensitiveContentDetected"),
        ("engine.refused.copyright", "Image 2", "InputImageSensitiveContentDetected.PolicyViolation"),
        ("engine.refused.real_person", "Video 1", "InputVideoSensitiveContentDetected.PrivacyInformation"),
        ("engine.refused.real_person", "Image 1, Image 2", "InputImageSensitiveContentDetected.PrivacyInformation"),
        ("engine.refused.safety", "Audio 1", "InputAudioSensitiveContentDetected"),
        ("engine.refused.copyright", "output", "OutputVideoSensitiveContentDetected.PolicyViolation"),
        ("engine.refused.audio", "output", "OutputAudioSensitiveContentDetected"),
        ("engine.refused", "", "OutputVideoSensitiveContentDetected"),
        ("engine.busy", "engine", "ServerOverloaded"),
        ("engine.input_unreadable", "Image 1", "InvalidParameter"),
        ("engine.output_invalid", "output", "InternalServiceError"),
    ],
)
def test_what_an_engine_s_service_refuses_has_the_code_of_the_input_that_it_names(code, field, told):
    assert _code(code, field) == told
