"""ark: Seedance 2.0 and 2.5 through ByteDance's Ark API (Volcengine, BytePlus).

Importing this is cheap; the HTTP client loads when a request is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from faircut.domain import EngineResult, GenerationRequest
from faircut.engines import frame_size
from faircut.engines.ark_options import ArkOptions, ark_options, capabilities
from faircut.errors import ConfigError, EngineError, EngineNotReady, FaircutError
from faircut.protocols import EngineCapabilities, EngineJob, EngineProblem, EngineStatus, Price, Progress, no_progress

if TYPE_CHECKING:
    from faircut.engines.http import Api, Attempts, Rejected
    from faircut.engines.http_task import Look, Sent

_TASKS: Final = "/contents/generations/tasks"
_FPS: Final = 24.0
_SKEW_S: Final = 300.0
"""How far the service's clock may be behind ours."""

_PATIENCE_S: Final = 600.0
"""How long looks at a task are repeated that is paid for already."""

_PAGE, _MOST_PAGES = 100, 5
_ON_RECORD: Final = ("model", "seed", "resolution", "ratio", "duration", "service_tier", "usage", "revised_prompt")


class ArkEngine:
    """Seedance. See :class:`faircut.protocols.Engine`, and docs/engines.md for ``[engine_options.ark]``."""

    name = "ark"
    version = "ark-v1"
    label = "AI-generated (Seedance)"
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    needs = "a key of the Ark API (BytePlus or Volcengine)"

    def capabilities(self, options: Mapping[str, Any]) -> EngineCapabilities:
        return capabilities(ark_options(options))

    def check_request(self, request: GenerationRequest, options: Mapping[str, Any]) -> None:
        from faircut.engines.ark_request import check_together

        check_together(request, ark_options(options))

    def check(self, options: Mapping[str, Any], *, reach: bool) -> EngineStatus:
        """Whether there is a key and, with ``reach``, whether the service accepts it: it is asked for one task."""
        try:
            known = ark_options(options)
            facts = {"address": known.base_url, "model": known.model, "family": known.kind().value}
            key = known.key()
        except ConfigError as error:
            return EngineStatus((EngineProblem(error.message, error.remedy, error.field),))
        if not key:
            return EngineStatus((EngineProblem("There is no key.", _KEY_REMEDY, "engine_options.ark.api_key"),), facts)
        return EngineStatus((), facts) if not reach else self._reached(known, facts)

    def _reached(self, options: ArkOptions, facts: Mapping[str, str]) -> EngineStatus:
        from faircut.engines.ark_errors import error_of
        from faircut.engines.http import Api, Rejected

        try:
            with Api(options.model_copy(update={"retries": 0})) as api:
                api.call("GET", _TASKS, params={"page_num": 1, "page_size": 1})
        except Rejected as rejected:
            error = error_of(rejected, ())
        except EngineError as failed:
            error = failed
        else:
            return EngineStatus((), {**facts, "service": "accepts the key"})
        return EngineStatus((EngineProblem(error.message, error.remedy, error.field),), facts)

    def price(self, request: GenerationRequest, options: Mapping[str, Any]) -> Price:
        """Tokens are width x height x 24 x seconds / 1024, the seconds of clips included; sound costs nothing."""
        from faircut.engines.ark_request import clip_seconds

        known = ark_options(options)
        width, height = frame_size(request.size, request.ratio)
        clips = clip_seconds(request)
        tokens = round(width * height * _FPS * (request.duration + (clips or 0.0)) / 1024)
        rate = known.rate(request.size, clips=bool(request.clips))
        basis = f"{tokens:,} tokens at {rate:g} {known.currency} a million" if rate is not None else "no rate is known"
        # Clips have a minimum that is not published.
        return Price(
            None if rate is None else round(tokens * rate / 1e6, 4), known.currency, basis, tokens, bool(request.clips)
        )

    def generate(self, job: EngineJob, progress: Progress = no_progress) -> EngineResult:
        """Creates a task, waits for it and copies its file.

        Raises EngineNotReady, EngineBusy, EngineUncertain, EngineRefused and its kinds, InputError, EngineError.
        """
        from faircut.engines.ark_errors import NO_RETRY
        from faircut.engines.files import keep_picture_and_sound
        from faircut.engines.http import Api
        from faircut.engines.http_task import RemoteRun

        options = ark_options(job.options)
        if not options.key():
            raise EngineNotReady("There is no key for the Ark API.", field="engine", remedy=_KEY_REMEDY)
        with Api(options, final=NO_RETRY) as api:
            record = RemoteRun(_Tasks(api, options, job), options, job, progress).result()
        keep_picture_and_sound(job.output, sound=job.request.audio)
        width, height = frame_size(job.request.size, job.request.ratio)
        return EngineResult(job.output, width, height, _FPS, float(job.request.duration), (record,))


_KEY_REMEDY: Final = "Set api_key or api_key_file in [engine_options.ark] of faircut.toml."


class _Tasks:
    """A :class:`faircut.engines.http_task.Service`."""

    name = "ark"

    def __init__(self, api: Api, options: ArkOptions, job: EngineJob) -> None:
        self._api = api
        self._options = options
        self._job = job
        self._labels: Sequence[str] = ()
        self._request_id = ""

    def create(self, sent: Sent, attempts: Attempts) -> str:
        from faircut.engines.ark_request import EXPIRES_S, body
        from faircut.engines.http import Ambiguous, Rejected

        made, self._labels = body(self._job, self._options, EXPIRES_S - sent.tag)
        try:
            answer = self._api.call("POST", _TASKS, json=made, repeatable=False, attempts=attempts)
        except Rejected as rejected:
            raise self._error(rejected) from rejected
        self._request_id = answer.request_id
        task = answer.body.get("id")
        if not isinstance(task, str) or not task:
            raise Ambiguous("its answer names no task")
        return task

    def find(self, sent: Sent) -> str | None:
        from faircut.engines.ark_request import EXPIRES_S, recognised
        from faircut.engines.http import Rejected

        for page in range(1, _MOST_PAGES + 1):
            try:
                answer = self._api.call(
                    "GET", _TASKS, params={"page_num": page, "page_size": _PAGE}, patience_s=_PATIENCE_S
                )
            except Rejected as rejected:
                raise self._error(rejected) from rejected
            items = answer.body.get("items")
            items = [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
            for item in items:
                if recognised(item, self._job.end_user, EXPIRES_S - sent.tag, sent.at - _SKEW_S):
                    return str(item.get("id"))
            if len(items) < _PAGE:
                return None
        return None

    def look(self, task: str) -> Look:
        from faircut.engines.ark_errors import ended
        from faircut.engines.http import Rejected, rejection
        from faircut.engines.http_task import Look

        try:
            answer = self._api.call("GET", f"{_TASKS}/{task}", patience_s=_PATIENCE_S)
        except Rejected as rejected:
            raise self._error(rejected) from rejected
        state = answer.body
        match state.get("status"):
            case "queued":
                return Look()
            case "running":
                return Look(running=True)
            case "succeeded":
                content = state.get("content")
                url = content.get("video_url") if isinstance(content, dict) else None
                if not isinstance(url, str) or not url:
                    raise EngineError(
                        f"The task {task} succeeded without a file.", field="output", remedy="Ask the service."
                    )
                return Look(done=True, url=url, facts=self._facts(state))
            case "failed":
                raise self._error(rejection(200, {"error": state.get("error") or {}}, task))
            case "cancelled" | "expired" as status:
                raise ended(status, task)
            case other:
                raise EngineError(
                    f"The task {task} is in the state {str(other)[:40]!r}, which is not known.",
                    field="engine",
                    remedy="Report this; the service may have changed.",
                )

    def cancel(self, task: str) -> None:
        from faircut.engines.http import Api
        from faircut.engines.http_task import best_effort

        # On a connection of its own, for the stop may have come in the middle of a request, and without patience.
        quick = self._options.model_copy(update={"retries": 0, "request_timeout_s": 1.0})

        def delete() -> None:
            with Api(quick) as api:
                api.call("DELETE", f"{_TASKS}/{task}")

        best_effort(delete)

    def headers(self, url: str) -> Mapping[str, str]:  # noqa: ARG002  links to results carry their own signature
        return {}

    def _error(self, rejected: Rejected) -> FaircutError:
        from faircut.engines.ark_errors import error_of
        from faircut.engines.ark_request import labels_of

        return error_of(rejected, self._labels or labels_of(self._job.request))

    def _facts(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = {key: state[key] for key in _ON_RECORD if state.get(key) is not None}
        return {**facts, "request_id": self._request_id} if self._request_id else facts
