"""``/v1/videos``, as the ``openai`` package's ``client.videos`` calls it."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from faircut.api.access import FaircutDep, Principal, Require, Scope, screening_thread
from faircut.api.doors.answers import check_key, door_job, refused
from faircut.api.doors.dialects import RESPONSES, VIDEOS
from faircut.api.doors.links import public_base, still_response, video_response
from faircut.api.json_files import ReceivedJson, received_json
from faircut.api.multipart import ReceivedFile, received_form
from faircut.api.services import fetching_thread, look_up
from faircut.api.videos.schemas import VideoDeletedOut, VideoIn, VideoListOut, VideoOut
from faircut.api.videos.translate import DOOR, FIELD, translate, video_out
from faircut.app import Faircut
from faircut.domain import Decision, Job
from faircut.errors import Conflict, InputError, NotFound
from faircut.studio.job_search import JobQuery
from faircut.studio.stills import Still

router = APIRouter(prefix=VIDEOS, tags=["videos"], responses=RESPONSES)

MayGenerate = Annotated[Principal, Depends(Require(Scope.GENERATE))]

_SCHEMA = VideoIn.model_json_schema(ref_template="#/components/schemas/{model}")
_DEFS = _SCHEMA.pop("$defs", {})
_FORM = {**_SCHEMA, "properties": {**_SCHEMA["properties"], FIELD: {"type": "string", "format": "binary"}}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {**_SCHEMA, "properties": {**_SCHEMA["properties"], FIELD: _DEFS["ReferenceIn"]}}
            },
            "multipart/form-data": {"schema": _FORM},
        },
    }
}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "video/mp4": {"schema": {"type": "string", "format": "binary"}},
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}
_POLL_MS = "1000"


@router.post("", response_model=VideoOut, openapi_extra=_BODY)
async def create_video(
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> VideoOut | JSONResponse:
    """Judges a request and, when it passes, starts a video. A refusal is answered here, with every input at fault.

    Takes JSON, or a form in which ``input_reference`` may be a file: an image becomes the first frame, a clip a
    reference. Repeating a request with the same Idempotency-Key returns the video that exists already.
    """
    check_key(idempotency_key)
    settings, owner = faircut.settings, principal.owner
    folder = settings.home / "incoming"
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with received_json(request, VideoIn, folder=folder) as came:
            return await _create(request, faircut, owner, came, None, idempotency_key)
    async with received_form(request, folder=folder, max_file_bytes=settings.max_upload_bytes) as form:
        file = form.file(FIELD) if FIELD in form.files else None
        return await _create(
            request, faircut, owner, ReceivedJson(_checked(dict(form.fields)), {}), file, idempotency_key
        )


async def _create(
    request: Request,
    faircut: Faircut,
    owner: str,
    came: ReceivedJson[VideoIn],
    file: ReceivedFile | None,
    key: str | None,
) -> VideoOut | JSONResponse:
    base_url = public_base(faircut, request)
    read, client = await fetching_thread(
        request, lambda: translate(came.body, file, faircut, owner=owner, key=key, sent=came.files)
    )

    def submit() -> tuple[Job | None, tuple[Decision, ...]]:
        return faircut.studio.submit_screened(read, owner=owner, idempotency_key=key, client=client)

    job, decisions = await screening_thread(request, submit)
    if job is None:
        fields = {"prompt": "prompt", **{asset.label: FIELD for asset in read.files}}
        return refused(VIDEOS, decisions, base_url, fields)
    return await run_in_threadpool(video_out, job, faircut, base_url)


def _checked(fields: dict[str, Any]) -> VideoIn:
    if isinstance(fields.get(FIELD), str) and not fields[FIELD].strip():
        del fields[FIELD]
    try:
        return VideoIn.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


@router.get("")
def list_videos(
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=0, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
) -> VideoListOut:
    """Your videos, those ``after`` one of them; everybody's for an admin."""
    query = JobQuery(door=DOOR, owner=principal.sees_only, after=after or None, limit=limit + 1, oldest=order == "asc")
    found, _total = faircut.studio.find(query)
    base_url = public_base(faircut, request)
    data = [video_out(job, faircut, base_url) for job in found[:limit]]
    return VideoListOut(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=len(found) > limit,
    )


@router.get("/{video_id}")
async def get_video(
    video_id: str, request: Request, response: Response, faircut: FaircutDep, principal: MayGenerate
) -> VideoOut:
    """One video, as far as it has come."""
    response.headers["openai-poll-after-ms"] = _POLL_MS
    base_url = public_base(faircut, request)
    return await look_up(faircut, lambda: video_out(door_job(faircut, principal, DOOR, video_id), faircut, base_url))


@router.delete("/{video_id}")
def delete_video(video_id: str, faircut: FaircutDep, principal: MayGenerate) -> VideoDeletedOut:
    """Deletes a video's record, and stops it first if it is being made. The ledger keeps what happened."""
    job = door_job(faircut, principal, DOOR, video_id)
    if not job.state.final:
        with suppress(Conflict):  # it ended in between
            faircut.studio.cancel(job.id, actor=principal.owner)
    faircut.studio.hide(job.id, actor=principal.owner)
    return VideoDeletedOut(id=job.id)


@router.get("/{video_id}/content", response_class=Response, responses=_CONTENT)
def get_video_content(
    video_id: str,
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    variant: Literal["video", "thumbnail", "spritesheet"] = "video",
) -> Response:
    """The released video, or a small picture of it. Range requests work."""
    job = door_job(faircut, principal, DOOR, video_id)
    if variant == "spritesheet":
        raise InputError("There are no sprite sheets.", field="variant", remedy="Ask for video or thumbnail.")
    if variant == "thumbnail":
        return still_response(faircut, request, job, Still.THUMBNAIL)
    return video_response(faircut, request, job)


@router.post("/edits", include_in_schema=False)
@router.post("/extensions", include_in_schema=False)
@router.post("/characters", include_in_schema=False)
@router.post("/{video_id}/remix", include_in_schema=False)
def not_offered(_principal: MayGenerate, video_id: str = "") -> Response:
    """Making a video from another one, or a character for later use, is not offered."""
    raise NotFound(
        "Remixes, edits, extensions and characters are not offered here.",
        field=video_id or None,
        remedy="Make a new video; a clip can be sent as input_reference.",
    )
