"""The Ark API's error codes as errors of ours, naming our inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from faircut.engines.http import Rejected
from faircut.errors import (
    EngineBusy,
    EngineError,
    EngineNotReady,
    EngineRefused,
    EngineRefusedCopyright,
    EngineRefusedPerson,
    EngineRefusedSafety,
    EngineRefusedSound,
    EngineTimeout,
    FaircutError,
    InputError,
    LimitExceeded,
)

NO_RETRY: Final = frozenset({"QuotaExceeded", "SetLimitExceeded"})
"""Codes of status 429 that waiting a minute does not cure."""

_SENSITIVE: Final = re.compile(
    r"(?P<side>Input|Output)?(?P<kind>Text|Image|Video|Audio)?(?:SensitiveContentDetected|RiskDetection)(?:\.(?P<why>\w+))?"
)
_POSITION: Final = re.compile(r"content\[(\d+)\]")
_NAMES: Final = {"Image": "Image ", "Video": "Video ", "Audio": "Audio "}
_REASONS: Final[dict[str, tuple[type[EngineRefused], str]]] = {
    "": (EngineRefusedSafety, "may be unsafe or sensitive"),
    "SevereViolation": (EngineRefusedSafety, "may be unsafe or sensitive"),
    "Violence": (EngineRefusedSafety, "may show violence"),
    "PolicyViolation": (EngineRefusedCopyright, "may be somebody else's work"),
    "PrivacyInformation": (EngineRefusedPerson, "may show a real person"),
    "DeepFake": (EngineRefusedPerson, "may show a real person"),
}
_ACCOUNT: Final = {
    "AuthenticationError": "does not accept the key",
    "AccessDenied": "does not let this key use the model",
    "AccountOverdueError": "is owed money",
    "OperationDenied.ServiceOverdue": "is owed money",
    "OperationDenied.ServiceNotOpen": "is not switched on for this account",
    "ModelNotOpen": "has not opened the model for this account",
    "InvalidEndpointOrModel.NotFound": "knows no such model or endpoint",
}
_BUSY: Final = frozenset(
    {
        "QuotaExceeded",
        "SetLimitExceeded",
        "ModelAccountRpmRateLimitExceeded",
        "RateLimitExceeded.EndpointRPMExceeded",
        "AccountRateLimitExceeded",
        "InflightBatchsizeExceeded",
        "ServerOverloaded",
    }
)


def error_of(rejected: Rejected, labels: Sequence[str]) -> FaircutError:
    """The error to raise for a code, whether it came with an HTTP status or within a failed task.

    ``labels`` are our names of the items that were sent as ``content``, in order.
    """
    code = rejected.code
    sensitive = _SENSITIVE.fullmatch(code)
    if sensitive is not None or code == "ContentSecurityDetectionError":
        side, kind, why = sensitive.group("side", "kind", "why") if sensitive else (None, None, None)
        return _refusal(rejected, labels, side or "", kind or "", why or "")
    said = f"{rejected.words()} ({code or rejected.status})"
    if code in _ACCOUNT or rejected.status in (401, 403):
        return EngineNotReady(
            f"The service {_ACCOUNT.get(code, 'does not let us in')}: {said}.",
            field="engine",
            remedy="The operator sets the account right; `faircut engines check ark` tells when it is.",
        )
    if code in _BUSY or rejected.status == 429:
        return EngineBusy(f"The service takes no more: {said}.", field="engine", remedy="Try again later.")
    if code.startswith(("InvalidParameter", "MissingParameter")) or rejected.status in (400, 413, 422):
        kind_of = LimitExceeded if rejected.status == 413 else InputError
        return kind_of(
            f"The service does not accept the request: {said}.",
            field=_at(rejected, labels) or "engine",
            remedy="Change what it names, or choose another engine.",
        )
    if rejected.status == 404:
        return EngineError(f"The service knows no such task any more: {said}.", field="engine", remedy="Ask again.")
    return EngineError(f"The service failed: {said}.", field="engine", remedy="Try again later.")


def ended(status: str, task: str) -> EngineError:
    """The error for a task that ended without a result and without an error."""
    if status == "expired":
        return EngineTimeout(
            f"The task {task} waited too long at the service and expired.", field="engine", remedy="Try again."
        )
    return EngineError(f"The task {task} was cancelled at the service.", field="engine", remedy="Ask again.")


def _refusal(rejected: Rejected, labels: Sequence[str], side: str, kind: str, why: str) -> EngineRefused:
    kind_of, words = _REASONS.get(why, (EngineRefused, "is not accepted"))
    tail = f"The service says: {rejected.words()} ({rejected.code})."
    if side == "Output":
        if kind == "Audio":
            return EngineRefusedSound(
                f"The sound of the result {words}. {tail}",
                field="output",
                remedy="Ask for it without sound, or describe other sounds.",
            )
        return kind_of(
            f"The result {words}. {tail}",
            field="output",
            remedy="Change the prompt. Asking again unchanged may pass too, for the service's filter is not steady.",
        )
    field = _at(rejected, labels) or _of_kind(kind, labels)
    if field == "prompt":
        return kind_of(f"The prompt {words}. {tail}", field=field, remedy="Say it in other words, of your own.")
    if not field:
        return kind_of(f"The request {words}. {tail}", field="prompt", remedy="Change the prompt or the files.")
    return kind_of(f"{field} {words}. {tail}", field=field, remedy=f"Leave {field} out, or replace it.")


def _at(rejected: Rejected, labels: Sequence[str]) -> str:
    """The input at the position that the message names: ``content[N]``, counted from 0."""
    found = _POSITION.search(rejected.param) or _POSITION.search(rejected.message)
    return labels[int(found[1])] if found and int(found[1]) < len(labels) else ""


def _of_kind(kind: str, labels: Sequence[str]) -> str:
    """Where only the kind is said: the prompt, or all inputs of that kind."""
    if kind in _NAMES:
        return ", ".join(label for label in labels if label.startswith(_NAMES[kind]))
    return "prompt" if kind == "Text" else ""
