"""Where services of remote engines say that something happened to a task.

What they say is a hint and nothing else: the engine then asks the service itself, with its own key, and believes that.
"""

from __future__ import annotations

import asyncio
import json
import math
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from faircut.api.access import FaircutDep
from faircut.api.services import services
from faircut.errors import Forbidden, InputError, LimitExceeded, QuotaExceeded
from faircut.studio.engine_calls import check_call

router = APIRouter(tags=["links"])

_MOST_BYTES: Final = 64 << 10
_BODY_S: Final = 5.0
_MOST_ID: Final = 200
_STRANGERS: Final = ""


@router.post("/callbacks/{job_id}/{token}", status_code=204, response_class=Response)
async def take_engine_callback(
    job_id: Annotated[str, Path(max_length=100)],
    token: Annotated[str, Path(max_length=100)],
    request: Request,
    faircut: FaircutDep,
) -> Response:
    """For the service of a job's engine: without a key, by an address that was signed for the job and ends.

    The body is the service's task object, of which only ``id`` is read. The answer is the same whatever has become of
    the job, and however often it is told. Nothing that is sent is believed: the engine asks the service itself.
    """
    allowances = services(request)
    try:
        check_call(faircut.links, job_id, token)
    except Forbidden:
        _take(allowances.strange_calls.take(_STRANGERS))
        raise
    _take(allowances.calls.take(job_id))
    faircut.studio.ring(job_id, _task(await _body(request)))
    return Response(status_code=204)


def _take(wait_s: float) -> None:
    if wait_s:
        raise QuotaExceeded(
            "There are too many calls.", remedy="Call when the task changes.", retry_after=math.ceil(wait_s)
        )


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise LimitExceeded(
                        f"The body is larger than {_MOST_BYTES:,} bytes.", remedy="Send the task object alone."
                    )
    except TimeoutError as error:
        raise InputError("The body does not come.", remedy="Send it at once.") from error
    return body


def _task(body: bytes) -> str:
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        stated = None
    task = stated.get("id") if isinstance(stated, dict) else None
    if not isinstance(task, str) or not 0 < len(task) <= _MOST_ID:
        raise InputError("The body names no task.", field="id", remedy="Send the task object as JSON.")
    return task
