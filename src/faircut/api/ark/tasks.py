"""A job as an Ark task."""

from __future__ import annotations

from typing import Any, Final

from faircut.api.ark.schemas import ContentOut, TaskErrorOut, TaskOut, TaskStatus, UsageOut
from faircut.api.ark.translate import EXPIRES_S
from faircut.api.doors.links import LAST_FRAME, VIDEO, link_to
from faircut.api.doors.refusals import refusal
from faircut.app import Faircut
from faircut.domain import Job, JobState
from faircut.engines import frame_size
from faircut.errors import JobExpired

FPS: Final = 24

STATES: Final[dict[str, tuple[frozenset[JobState], bool | None]]] = {
    "queued": (frozenset({JobState.QUEUED}), None),
    "running": (frozenset({JobState.RUNNING}), None),
    "succeeded": (frozenset({JobState.RELEASED}), None),
    "failed": (frozenset({JobState.REFUSED, JobState.FAILED}), False),
    "cancelled": (frozenset({JobState.CANCELLED}), None),
    "expired": (frozenset({JobState.FAILED}), True),
}
"""The states of jobs that each status stands for, and whether their time ran out, where that tells two apart."""

_ENDINGS: Final = {
    "engine.refused.copyright": ".PolicyViolation",
    "engine.refused.real_person": ".PrivacyInformation",
}
_SIDES: Final = (
    ("Image ", "InputImage"),
    ("Video ", "InputVideo"),
    ("Audio ", "InputAudio"),
    ("prompt", "InputText"),
)


def status_of(job: Job) -> TaskStatus:
    """The status that stands for a job's state."""
    match job.state:
        case JobState.RELEASED:
            return "succeeded"
        case JobState.FAILED if (job.error or {}).get("code") == JobExpired.code:
            return "expired"
        case JobState.REFUSED | JobState.FAILED:
            return "failed"
        case JobState.CANCELLED:
            return "cancelled"
        case JobState.RUNNING:
            return "running"
        case JobState.QUEUED:
            return "queued"


def usage_of(job: Job) -> UsageOut:
    """What Seedance would count for such a video, whether or not anybody bills it."""
    width, height = frame_size(job.request.size, job.request.ratio)
    tokens = round(width * height * FPS * job.request.duration / 1024)
    return UsageOut(completion_tokens=tokens, total_tokens=tokens)


def task_out(job: Job, faircut: Faircut, base_url: str) -> TaskOut:
    """The task as the API tells of it. Links are made anew each time and work for a day."""
    client, request = job.client, job.request
    content = None
    if job.state is JobState.RELEASED:
        last = link_to(faircut.links, base_url, job.id, LAST_FRAME) if client.get("return_last_frame") else None
        content = ContentOut(video_url=link_to(faircut.links, base_url, job.id, VIDEO), last_frame_url=last)
    return TaskOut(
        id=job.id,
        model=str(client.get("model") or request.engine),
        status=status_of(job),
        error=error_of(job, faircut, base_url),
        content=content,
        usage=usage_of(job) if content else None,
        created_at=int(job.created_at.timestamp()),
        updated_at=int(job.updated_at.timestamp()),
        seed=request.seed,
        resolution=request.size.value,
        ratio=request.ratio.value,
        duration=request.duration,
        framespersecond=FPS,
        service_tier="default",
        execution_expires_after=int(client.get("execution_expires_after") or EXPIRES_S),
        priority=int(client.get("priority") or 0),
        generate_audio=request.audio,
        safety_identifier=client.get("end_user"),
        output_format="mp4",
    )


def error_of(job: Job, faircut: Faircut, base_url: str) -> TaskErrorOut | None:
    """Why a task failed, in the API's codes."""
    if job.state is JobState.REFUSED:
        found = refusal([faircut.decisions.get(each) for each in job.decision_ids], base_url)
        if found is not None:
            return TaskErrorOut(code=found.code, message=found.message)
    if job.error is None:
        return None
    message = " ".join(str(job.error[key]) for key in ("message", "remedy") if job.error.get(key))
    return TaskErrorOut(code=_code(str(job.error.get("code")), str(job.error.get("field") or "")), message=message)


def _code(code: str, field: str) -> str:
    if code.startswith("engine.refused"):
        if code == "engine.refused.audio":
            return "OutputAudioSensitiveContentDetected"
        side = next((side for start, side in _SIDES if field.startswith(start)), "OutputVideo")
        return f"{side}SensitiveContentDetected{_ENDINGS.get(code, '')}"
    if code in ("engine.busy", "engine.not_ready"):
        return "ServerOverloaded"
    if code.startswith(("input.", "engine.input")):
        return "InvalidParameter"
    return "TaskExpired" if code == JobExpired.code else "InternalServiceError"


def callback_body(job: Job, faircut: Faircut) -> dict[str, Any]:
    """What is posted to ``callback_url``: the same object that asking for the task returns."""
    return task_out(job, faircut, str(job.client.get("base_url") or "")).model_dump(mode="json")
