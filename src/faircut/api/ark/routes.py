"""``/api/v3/contents/generations/tasks``, as ByteDance's own SDK calls it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from faircut.api.access import FaircutDep, Principal, Require, Scope, screening_thread
from faircut.api.ark.schemas import DeletedOut, TaskIdOut, TaskIn, TaskListOut, TaskOut
from faircut.api.ark.tasks import STATES, task_out
from faircut.api.ark.translate import DOOR, translate
from faircut.api.doors.answers import check_key, door_job, refused
from faircut.api.doors.dialects import ARK, RESPONSES, TaskRunning
from faircut.api.doors.links import public_base
from faircut.api.json_files import received_json
from faircut.api.services import fetching_thread, look_up
from faircut.domain import JobState
from faircut.studio.job_search import JobQuery

router = APIRouter(prefix=f"{ARK}/contents/generations/tasks", tags=["ark"], responses=RESPONSES)

MayGenerate = Annotated[Principal, Depends(Require(Scope.GENERATE))]


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TaskIn"}}},
    }
}


@router.post("", response_model=TaskIdOut, openapi_extra=_BODY)
async def create_task(
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> TaskIdOut | JSONResponse:
    """Judges a request and, when it passes, starts a task. A refusal is answered here, with every input at fault.

    Repeating a request with the same Idempotency-Key returns the task that exists already.
    """
    check_key(idempotency_key)
    owner, base_url = principal.owner, public_base(faircut, request)
    async with received_json(request, TaskIn, folder=faircut.settings.home / "incoming") as came:
        body, sent = came.body, came.files
        read = await fetching_thread(
            request, lambda: translate(body, faircut, owner=owner, base_url=base_url, key=idempotency_key, sent=sent)
        )
    job, decisions = await screening_thread(
        request,
        lambda: faircut.studio.submit_screened(
            read.request, owner=owner, idempotency_key=idempotency_key, client=read.client, priority=read.priority
        ),
    )
    if job is None:
        return refused(ARK, decisions, base_url, read.fields)
    return TaskIdOut(id=job.id, safety_identifier=body.safety_identifier)


@router.get("")
def list_tasks(
    request: Request,
    faircut: FaircutDep,
    principal: MayGenerate,
    page_num: Annotated[int, Query(ge=1, le=500)] = 1,
    page_size: Annotated[int, Query(ge=1, le=500)] = 10,
    status: Annotated[
        Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"] | None,
        Query(alias="filter.status"),
    ] = None,
    model: Annotated[str | None, Query(alias="filter.model", max_length=200)] = None,
    service_tier: Annotated[Literal["default", "flex"] | None, Query(alias="filter.service_tier")] = None,
    task_ids: Annotated[list[str] | None, Query(alias="filter.task_ids", max_length=500)] = None,
) -> TaskListOut:
    """Your tasks, newest first, and how many there are on all pages; everybody's for an admin."""
    states, expired = STATES[status] if status is not None else (None, None)
    found, total = faircut.studio.find(
        JobQuery(
            door=DOOR,
            owner=principal.sees_only,
            states=frozenset() if service_tier == "flex" else states,
            expired=expired,
            model=model,
            ids=task_ids,
            offset=(page_num - 1) * page_size,
            limit=page_size,
        )
    )
    base_url = public_base(faircut, request)
    return TaskListOut(total=total, items=[task_out(job, faircut, base_url) for job in found])


@router.get("/{task_id}")
async def get_task(task_id: str, request: Request, faircut: FaircutDep, principal: MayGenerate) -> TaskOut:
    """One task. Its links work without a key for 24 hours."""
    base_url = public_base(faircut, request)
    return await look_up(faircut, lambda: task_out(door_job(faircut, principal, DOOR, task_id), faircut, base_url))


@router.delete("/{task_id}", response_model=DeletedOut)
def delete_task(task_id: str, faircut: FaircutDep, principal: MayGenerate) -> Response:
    """Cancels a task that is queued, and deletes the record of one that has ended. One that runs is left alone: 409."""
    job = door_job(faircut, principal, DOOR, task_id)
    if job.state is JobState.RUNNING:
        raise TaskRunning(
            "The task is running and cannot be cancelled here.",
            field="id",
            remedy=f"Wait until it has ended, or POST /v1/generations/{job.id}/cancel.",
        )
    if job.state is JobState.QUEUED:
        faircut.studio.cancel(job.id, actor=principal.owner)
    else:
        faircut.studio.hide(job.id, actor=principal.owner)
    return JSONResponse({})
