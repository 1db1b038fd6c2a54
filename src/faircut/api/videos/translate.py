"""A request of ``/v1/videos`` into the one internal request, and a job as a video of that API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from faircut.api.doors.fitting import nearest_size
from faircut.api.doors.media import ASSET, Brought, Received, receive_all
from faircut.api.doors.models import engine_for
from faircut.api.doors.prompts import check_length, read_script
from faircut.api.doors.refusals import refusal
from faircut.api.doors.seeds import random_seed
from faircut.api.json_files import SpooledFile
from faircut.api.multipart import ReceivedFile
from faircut.api.videos.schemas import ReferenceIn, VideoErrorOut, VideoIn, VideoOut, VideoStatus
from faircut.app import Faircut
from faircut.domain import GenerationRequest, Job, JobState, MediaKind
from faircut.engines import frame_size
from faircut.errors import InputError, LimitExceeded
from faircut.media.probe import probe
from faircut.studio.engine_limits import spoken_seconds
from faircut.uploads import LABELS

DOOR: Final = "videos"
FIELD: Final = "input_reference"
_DEFAULT_S: Final = 4
_DEFAULT_SIZE: Final = "720x1280"
_SIZE: Final = re.compile(r"(\d{1,5})[xX](\d{1,5})", re.ASCII)


def translate(
    body: VideoIn,
    file: ReceivedFile | None,
    faircut: Faircut,
    *,
    owner: str,
    key: str | None,
    sent: Mapping[str, SpooledFile] = MappingProxyType({}),
) -> tuple[GenerationRequest, dict[str, Any]]:
    """Reads a request and takes its file, which is among ``sent`` where it came in JSON. Nothing is judged or spent.

    An image is the first frame.

    Raises InputError, LimitExceeded, AddressRefused, FetchFailed, NotFound with the parameter at fault.
    """
    settings = faircut.settings
    model = body.model or settings.engine
    engine = engine_for(
        model, aliases=settings.model_aliases, engines=list(faircut.plugins.engines()), default=settings.engine
    )
    check_length(body.prompt, settings.max_prompt_chars, "prompt")
    match = _SIZE.fullmatch(body.size or _DEFAULT_SIZE)
    if match is None:
        raise InputError(f"{body.size!r} is no size.", field="size", remedy="Write it as in 1280x720.")
    size, ratio = nearest_size(int(match[1]), int(match[2]))
    duration = _seconds(body.seconds, faircut.engines.durations(engine))
    received = _reference(body.input_reference, file, faircut, owner, sent)
    assets = (received.asset,) if received is not None else ()
    image = received is not None and received.asset.kind is MediaKind.IMAGE
    request = GenerationRequest(
        shots=read_script(body.prompt).lasting(duration),
        images=assets if image else (),
        clips=() if image else assets,
        size=size,
        ratio=ratio,
        duration=duration,
        seed=body.seed if body.seed is not None else random_seed(owner, key),
        engine=engine,
        first_frame="Image 1" if image else None,
    )
    return request, {"door": DOOR, "model": model, "end_user": body.safety_identifier or body.user}


def _seconds(asked: int | str | None, lengths: Sequence[int]) -> int:
    if asked is None:
        return min(lengths, key=lambda each: abs(each - _DEFAULT_S))
    if isinstance(asked, str) and not re.fullmatch(r"\d{1,4}", asked, re.ASCII):
        raise InputError(f"{asked[:20]!r} is no number of seconds.", field="seconds", remedy='Write it as in "8".')
    if int(asked) not in lengths:
        raise LimitExceeded(
            f"{asked} seconds were asked for.", field="seconds", remedy=f"Ask for {spoken_seconds(lengths)} seconds."
        )
    return int(asked)


def _reference(
    reference: ReferenceIn | None,
    file: ReceivedFile | None,
    faircut: Faircut,
    owner: str,
    sent: Mapping[str, SpooledFile],
) -> Received | None:
    if file is not None:
        found = probe(file.path, FIELD, faircut.upload_limits)
        if found.kind not in (MediaKind.IMAGE, MediaKind.VIDEO):
            raise InputError(f"It is {found.kind.value}.", field=FIELD, remedy="Send an image or a clip.")
        label = f"{LABELS[found.kind]} 1"
        return Received(faircut.uploads.receive(file.path, label, kind=found.kind, name=file.name), found)
    if reference is None:
        return None
    if (reference.image_url is None) == (reference.file_id is None):
        raise InputError("Name either a link or an upload.", field=FIELD, remedy="Send image_url or file_id.")
    url = reference.image_url or f"{ASSET}{reference.file_id}"
    kind = MediaKind.IMAGE
    if reference.file_id is not None:
        kind = faircut.uploads.get(reference.file_id, owner=owner).asset.kind
        kind = kind if kind is MediaKind.VIDEO else MediaKind.IMAGE
    brought = Brought(url, kind, FIELD, faircut.settings.max_upload_bytes)
    return receive_all(faircut, [brought], owner=owner, sent=sent)[0]


def video_out(job: Job, faircut: Faircut, base_url: str) -> VideoOut:
    """The video as the API tells of it."""
    request = job.request
    width, height = frame_size(request.size, request.ratio)
    return VideoOut(
        id=job.id,
        model=str(job.client.get("model") or request.engine),
        status=_STATUS.get(job.state, "failed"),
        progress=100 if job.state is JobState.RELEASED else min(99, max(0, int(job.progress * 100))),
        created_at=int(job.created_at.timestamp()),
        completed_at=int(job.updated_at.timestamp()) if job.state is JobState.RELEASED else None,
        size=f"{width}x{height}",
        seconds=str(request.duration),
        prompt="\n".join(shot.prompt for shot in request.shots),
        error=_error(job, faircut, base_url),
    )


_STATUS: Final[dict[JobState, VideoStatus]] = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "in_progress",
    JobState.RELEASED: "completed",
}


def _error(job: Job, faircut: Faircut, base_url: str) -> VideoErrorOut | None:
    if job.state is JobState.CANCELLED:
        return VideoErrorOut(code="cancelled", message=job.message)
    if job.state is JobState.REFUSED:
        found = refusal([faircut.decisions.get(each) for each in job.decision_ids], base_url)
        if found is not None:
            code = "check_unavailable" if found.unchecked else "moderation_blocked"
            return VideoErrorOut(code=code, message=found.message)
    if job.error is None:
        return None
    message = " ".join(str(job.error[key]) for key in ("message", "remedy") if job.error.get(key))
    return VideoErrorOut(code=str(job.error.get("code") or "internal").replace(".", "_"), message=message)
