"""Answers that the doors have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi.responses import JSONResponse

from faircut.access import Principal
from faircut.api.doors.dialects import ARK, problem
from faircut.api.doors.refusals import refusal
from faircut.app import Faircut
from faircut.domain import Decision, Job
from faircut.errors import InputError, NotFound

_PROMPT = "prompt"


def check_key(idempotency_key: str | None) -> None:
    """Raises InputError for an idempotency key that is sent and empty."""
    if idempotency_key is not None and not idempotency_key.strip():
        raise InputError("The key is empty.", field="Idempotency-Key", remedy="Send a random string, or no header.")


def door_job(faircut: Faircut, principal: Principal, door: str, job_id: str) -> Job:
    """A job that came through ``door`` and that this principal may see. Raises NotFound for all others alike."""
    job = faircut.studio.get(job_id)
    theirs = principal.sees_only is None or job.owner == principal.sees_only
    if not theirs or job.client.get("door") != door or job.client.get("hidden_at") is not None:
        raise NotFound(f"There is no job {job_id!r}.", field="id", remedy="List what you have.")
    return job


def refused(door: str, decisions: Sequence[Decision], base_url: str, fields: Mapping[str, str]) -> JSONResponse:
    """The answer to a request that is not made: the first input at fault, all others, and where to read why.

    ``fields`` holds the parameter of each input by its label. The ids of the Decisions are in ``Faircut-Decisions``.
    """
    found = refusal(decisions, base_url)
    if found is None:
        raise ValueError("nothing was refused")
    status = HTTPStatus.SERVICE_UNAVAILABLE if found.unchecked else HTTPStatus.BAD_REQUEST
    param = fields.get(found.input, fields.get(_PROMPT))
    if door == ARK:
        body = problem(found.code, found.message, param, "InternalServerError" if found.unchecked else "BadRequest")
    else:
        code = "check_unavailable" if found.unchecked else "moderation_blocked"
        body = problem(code, found.message, param, "server_error" if found.unchecked else "invalid_request_error")
    headers = {
        "Faircut-Decisions": ", ".join(each.id for each in found.decisions),
        "x-should-retry": "true" if found.unchecked else "false",
    }
    return JSONResponse(body, status_code=status, headers=headers)
