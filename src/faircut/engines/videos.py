"""videos: any server with an OpenAI-style ``/v1/videos``, such as vLLM-Omni and SGLang.

Importing this is cheap; the HTTP client loads when a request is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from faircut.domain import EngineResult, GenerationRequest
from faircut.engines import frame_size
from faircut.engines.videos_options import VideosOptions, capabilities, videos_options
from faircut.errors import (
    ConfigError,
    EngineBusy,
    EngineError,
    EngineNotReady,
    EngineRefusedSafety,
    EngineTimeout,
    FaircutError,
    InputError,
    LimitExceeded,
)
from faircut.protocols import EngineCapabilities, EngineJob, EngineProblem, EngineStatus, Price, Progress, no_progress

if TYPE_CHECKING:
    from faircut.engines.http import Api, Attempts, Rejected
    from faircut.engines.http_task import Look, Sent

_VIDEOS: Final = "/videos"
_SKEW_S: Final = 300.0
_PATIENCE_S: Final = 600.0
_PAGE: Final = 100
_REFUSALS: Final = ("moderation", "content_policy", "safety", "sensitive")
_NO_RETRY: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class VideosEngine:
    """A ``/v1/videos`` server. See :class:`faircut.protocols.Engine`, and docs/engines.md for its options."""

    name = "videos"
    version = "videos-v1"
    label = "AI-generated"
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    needs = "a server with /v1/videos (vLLM-Omni, SGLang)"

    def capabilities(self, options: Mapping[str, Any]) -> EngineCapabilities:
        return capabilities(videos_options(options))

    def check_request(self, request: GenerationRequest, options: Mapping[str, Any]) -> None:  # noqa: ARG002  protocol's
        """An image or a clip, for there is one field for either. Raises InputError."""
        if request.images and request.clips:
            raise InputError(
                "The server takes an image or a clip, not both.", field="Video 1", remedy="Leave one of them out."
            )

    def check(self, options: Mapping[str, Any], *, reach: bool) -> EngineStatus:
        """Whether an address is set and, with ``reach``, whether its server lists its videos."""
        try:
            known = videos_options(options)
            known.key()
        except ConfigError as error:
            return EngineStatus((EngineProblem(error.message, error.remedy, error.field),))
        facts = {"address": known.base_url, "server": known.dialect.value, "model": known.model or "the server's own"}
        if "base_url" not in options:
            problem = EngineProblem(
                "No server is set.", "Set base_url in [engine_options.videos] of faircut.toml.", "engine_options.videos"
            )
            return EngineStatus((problem,), facts)
        return self._reached(known, facts) if reach else EngineStatus((), facts)

    def _reached(self, options: VideosOptions, facts: Mapping[str, str]) -> EngineStatus:
        from faircut.engines.http import Api, Rejected

        try:
            with Api(options.model_copy(update={"retries": 0})) as api:
                api.call("GET", _VIDEOS, params={"limit": 1})
        except Rejected as rejected:
            error = error_of(rejected)
        except EngineError as failed:
            error = failed
        else:
            return EngineStatus((), {**facts, "service": "answers"})
        return EngineStatus((EngineProblem(error.message, error.remedy, error.field),), facts)

    def price(self, request: GenerationRequest, options: Mapping[str, Any]) -> Price:
        """What the operator says that a second costs."""
        known = videos_options(options)
        if known.price_per_second is None:
            return Price(None, known.currency, "no price is set for this server")
        amount = round(known.price_per_second * request.duration, 4)
        return Price(amount, known.currency, f"{known.price_per_second:g} {known.currency} a second")

    def generate(self, job: EngineJob, progress: Progress = no_progress) -> EngineResult:
        """Creates a video, waits for it and copies it.

        Raises EngineNotReady, EngineBusy, EngineUncertain, EngineRefused and its kinds, InputError, EngineError.
        """
        from faircut.engines.files import keep_picture_and_sound
        from faircut.engines.http import Api
        from faircut.engines.http_task import RemoteRun

        options = videos_options(job.options)
        with Api(options, final=_NO_RETRY) as api:
            record = RemoteRun(_Videos(api, options, job), options, job, progress).result()
        keep_picture_and_sound(job.output, sound=job.request.audio)
        width, height = frame_size(job.request.size, job.request.ratio)
        return EngineResult(job.output, width, height, float(options.fps), float(job.request.duration), (record,))


def error_of(rejected: Rejected) -> FaircutError:
    """The error for what a server refuses. These servers have few codes, so the status decides."""
    said = rejected.words() + (f" ({rejected.code})" if rejected.code else "")
    words = f"{rejected.code} {rejected.message}".lower()
    if any(each in words for each in _REFUSALS):
        return EngineRefusedSafety(
            f"The server refuses it: {said}.", field="prompt", remedy="Change the prompt or the file."
        )
    status = rejected.status
    if status in (401, 403):
        return EngineNotReady(
            f"The server does not let us in: {said}.", field="engine", remedy="The operator sets api_key right."
        )
    if status == 429:
        return EngineBusy(f"The server takes no more: {said}.", field="engine", remedy="Try again later.")
    if status == 404:
        return EngineError(f"The server knows no such video: {said}.", field="engine", remedy="Ask again.")
    if status in (400, 413, 422):
        kind = LimitExceeded if status == 413 else InputError
        return kind(
            f"The server does not accept the request: {said}.",
            field={"input_reference": "Image 1", "seconds": "duration"}.get(rejected.param, rejected.param or "engine"),
            remedy="Change what it names, or choose another engine.",
        )
    return EngineError(f"The server failed: {said}.", field="engine", remedy="Try again later.")


class _Videos:
    """A :class:`faircut.engines.http_task.Service`."""

    name = "videos"

    def __init__(self, api: Api, options: VideosOptions, job: EngineJob) -> None:
        self._api = api
        self._options = options
        self._job = job

    def create(self, sent: Sent, attempts: Attempts) -> str:  # noqa: ARG002  it has no field for a tag
        from faircut.engines.http import Ambiguous, Rejected
        from faircut.engines.videos_form import form, upload

        # All as a form, which every one of these servers takes; a part without a name is a field, not a file.
        parts: list[tuple[str, Any]] = [
            (name, (None, value)) for name, value in form(self._job.request, self._options, self._job.end_user).items()
        ]
        if (file := upload(self._job.request)) is not None:
            parts.append(("input_reference", file))
        try:
            answer = self._api.call("POST", _VIDEOS, files=parts, repeatable=False, attempts=attempts)
        except Rejected as rejected:
            raise error_of(rejected) from rejected
        video = answer.body.get("id")
        if not isinstance(video, str) or not video:
            raise Ambiguous("its answer names no video")
        return video

    def find(self, sent: Sent) -> str | None:
        """The only video that was made since with the same prompt, size and length; None when there are several."""
        from faircut.engines.http import Rejected
        from faircut.engines.videos_form import form

        try:
            answer = self._api.call("GET", _VIDEOS, params={"limit": _PAGE, "order": "desc"}, patience_s=_PATIENCE_S)
        except Rejected as rejected:
            raise error_of(rejected) from rejected
        wanted = form(self._job.request, self._options, self._job.end_user)
        items = answer.body.get("data")
        found = [
            str(item["id"])
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, dict)
            and isinstance(item.get("id"), str)
            and isinstance(item.get("created_at"), int | float)
            and item["created_at"] >= sent.at - _SKEW_S
            and item.get("prompt") == wanted["prompt"]
            and all(str(item.get(key) or wanted[key]) == wanted[key] for key in ("size", "seconds"))
        ]
        return found[0] if len(found) == 1 else None

    def look(self, task: str) -> Look:
        from faircut.engines.http import Rejected, rejection
        from faircut.engines.http_task import Look

        try:
            answer = self._api.call("GET", f"{_VIDEOS}/{task}", patience_s=_PATIENCE_S)
        except Rejected as rejected:
            raise error_of(rejected) from rejected
        state = answer.body
        told = state.get("progress")
        share = told / 100 if isinstance(told, int | float) and 0 < told <= 100 else None
        match state.get("status"):
            case "queued":
                return Look()
            case "in_progress":
                return Look(running=True, share=share)
            case "completed":
                facts = {key: state[key] for key in ("model", "seconds", "size") if state.get(key) is not None}
                return Look(done=True, url=f"{self._options.base_url}{_VIDEOS}/{task}/content", facts=facts)
            case "failed":
                raise error_of(rejection(200, {"error": state.get("error") or {}}, task))
            case "cancelled" | "expired" as status:
                kind = EngineTimeout if status == "expired" else EngineError
                raise kind(f"The video {task} was {status} at the server.", field="engine", remedy="Ask again.")
            case other:
                raise EngineError(
                    f"The video {task} is in the state {str(other)[:40]!r}, which is not known.",
                    field="engine",
                    remedy="Report this; the server may have changed.",
                )

    def cancel(self, task: str) -> None:
        from faircut.engines.http import Api
        from faircut.engines.http_task import best_effort

        quick = self._options.model_copy(update={"retries": 0, "request_timeout_s": 1.0})

        def delete() -> None:
            with Api(quick) as api:
                api.call("DELETE", f"{_VIDEOS}/{task}")

        best_effort(delete)

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  there is one address
        key = self._options.key()
        return {"Authorization": f"Bearer {key}"} if key else {}
