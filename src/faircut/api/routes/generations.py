"""Asking for a video, watching it being made, fetching it once it is released."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.ranges import file_response
from faircut.api.requests import build_request
from faircut.api.schemas import GenerationIn, JobList, JobOut, job_out
from faircut.api.services import look_up, services, writing_thread
from faircut.api.streams import event_stream
from faircut.app import Faircut
from faircut.domain import Job, JobState
from faircut.errors import Conflict, InputError, NotFound

router = APIRouter(prefix="/v1/generations", tags=["generations"])

MayGenerate = Annotated[Principal, Depends(Require(Scope.GENERATE))]

_VIDEO: dict[int | str, dict[str, Any]] = {
    200: {"content": {"video/mp4": {"schema": {"type": "string", "format": "binary"}}}}
}
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


def own_job(faircut: Faircut, principal: Principal, job_id: str) -> Job:
    """A job that this principal may see. Somebody else's does not exist for it: raises NotFound for both."""
    job = faircut.studio.get(job_id)
    if principal.sees_only is not None and job.owner != principal.sees_only:
        raise _unknown(job_id)
    return job


def _unknown(job_id: str) -> NotFound:
    return NotFound(f"There is no job {job_id!r}.", field="job", remedy="Check the id that submitting returned.")


@router.post("", status_code=202)
async def create_generation(
    body: GenerationIn,
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> JobOut:
    """Starts a job. Repeating a request with the same Idempotency-Key returns the job that exists already.

    What is against the rights of others is not an error: the job ends as ``refused`` with Decisions that say why.
    """
    if idempotency_key is not None and not idempotency_key.strip():
        raise InputError("The key is empty.", field="Idempotency-Key", remedy="Send a random string, or no header.")
    return await writing_thread(request, lambda: _create(faircut, body, principal.owner, idempotency_key))


def _create(faircut: Faircut, body: GenerationIn, owner: str, idempotency_key: str | None) -> JobOut:
    asked, missing = build_request(faircut, body, owner)
    if missing:
        first, *others = missing
        first.others = tuple(others)
        raise first
    job = faircut.studio.submit(asked, owner=owner, idempotency_key=idempotency_key, priority=body.priority)
    return job_out(job)


@router.get("")
def list_generations(
    faircut: FaircutDep, principal: MayGenerate, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> JobList:
    """Your jobs, newest first; everybody's for an admin."""
    found = list(faircut.studio.list(owner=principal.sees_only, limit=limit + 1))
    return JobList(items=[job_out(job) for job in found[:limit]], limit=limit, more=len(found) > limit)


@router.get("/{job_id}", response_model=JobOut)
async def get_generation(job_id: str, request: Request, faircut: FaircutDep, principal: MayGenerate) -> Response:
    """One job."""
    # Clients ask this over and over: no thread, and what was written once is said again until the job changes.
    told = services(request).told

    def look() -> bytes:
        owner, stamp = faircut.studio.stamp(job_id)
        if principal.sees_only is not None and owner != principal.sees_only:
            raise _unknown(job_id)
        return told.get(job_id, stamp, lambda: job_out(faircut.studio.get(job_id)).model_dump_json().encode())

    return Response(await look_up(faircut, look), media_type="application/json")


@router.post("/{job_id}/cancel")
async def cancel_generation(job_id: str, request: Request, faircut: FaircutDep, principal: MayGenerate) -> JobOut:
    """Stops a job. Nothing of it is released. A job that has ended otherwise stays as it is: 409."""

    def cancel() -> JobOut:
        own_job(faircut, principal, job_id)
        faircut.studio.cancel(job_id, actor=principal.owner)
        return job_out(own_job(faircut, principal, job_id))

    return await writing_thread(request, cancel)


@router.get("/{job_id}/content", response_class=Response, responses=_VIDEO)
def get_content(
    job_id: str, request: Request, faircut: FaircutDep, principal: MayGenerate, download: bool = False
) -> Response:
    """The released video. Range requests work; ``download=true`` makes browsers save it."""
    job = own_job(faircut, principal, job_id)
    if job.state is not JobState.RELEASED or job.released_digest is None:
        raise Conflict(
            f"This job is {job.state}; there is no released video.",
            remedy="Wait until its state is released; a refused job says why in its decisions.",
        )
    return file_response(
        request,
        faircut.studio.released.open(job.released_digest),
        digest=job.released_digest,
        media_type="video/mp4",
        filename=f"{job.id}.mp4" if download else None,
    )


@router.get("/{job_id}/events", response_class=StreamingResponse, responses=_EVENTS)
def get_events(job_id: str, request: Request, faircut: FaircutDep, principal: MayGenerate) -> StreamingResponse:
    """Server-sent events: ``job`` with the job whenever it changes, ``end`` when it is over."""
    own_job(faircut, principal, job_id)
    return event_stream(
        request,
        "job",
        lambda: job_out(faircut.studio.get(job_id)),
        lambda job: JobState(job.state).final,
        lambda: faircut.studio.stamp(job_id),
    )
