"""Errors in the words of the API whose client is speaking to us. Which one it is follows from the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from faircut.errors import AddressRefused, FaircutError, InputError

ARK: Final = "/api/v3"
VIDEOS: Final = "/v1/videos"

_TAGGED: Final = re.compile(r"^(content\[\d+\])\.(?:text|image_url|video_url|audio_url|draft_task)(?=\.|$)")


class DoorProblem(BaseModel):
    """What went wrong. ``param`` names the parameter at fault, if one is."""

    code: str
    message: str
    param: str | None
    type: str


class DoorErrorBody(BaseModel):
    """The body of every answer that is an error, at the doors for other services' clients."""

    error: DoorProblem


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": DoorErrorBody, "description": "What is wrong, and what to do about it."},
}


class TaskTypeConstraint(InputError):
    """Files of a request have roles that do not go together."""

    code = "input.roles"


class TaskRunning(InputError):
    """A task that is running cannot be deleted; it can be cancelled through the native API."""

    code = "task.running"
    http_status = HTTPStatus.CONFLICT


def spoken(path: str, original: Exception, error: FaircutError, status: int) -> tuple[dict[str, Any], int] | None:
    """Body and status of an answer to a client of another service's API; None when the address is not such a door."""
    speak = _speaker(path)
    return None if speak is None else speak(original, error, status)


def _speaker(path: str) -> Callable[[Exception, FaircutError, int], tuple[dict[str, Any], int]] | None:
    if path == ARK or path.startswith(f"{ARK}/"):
        return ark
    if path == VIDEOS or path.startswith(f"{VIDEOS}/"):
        return videos
    return None


def said(error: FaircutError) -> str:
    """The message with its remedy, and those of all further errors."""
    first, *others = [f"{each.message} {each.remedy}" for each in (error, *error.others)]
    return f"{first} Besides: {' '.join(others)}" if others else first


def problem(code: str, message: str, param: str | None, kind: str) -> dict[str, Any]:
    """The shape that both APIs share."""
    return {"error": {"code": code, "message": message, "param": param, "type": kind}}


def ark(original: Exception, error: FaircutError, status: int) -> tuple[dict[str, Any], int]:
    """As the Ark API tells of errors: bad requests are 400, whichever way they are bad."""
    status = _bad_request(error, status)
    code, kind = _ark_code(original, error, status)
    field = _TAGGED.sub(r"\1", error.field or "")
    return problem(code, said(error), field, kind), status


def _ark_code(original: Exception, error: FaircutError, status: int) -> tuple[str, str]:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return "AuthenticationError", "Unauthorized"
        case HTTPStatus.FORBIDDEN:
            return "AccessDenied", "Forbidden"
        case HTTPStatus.NOT_FOUND if error.code == "model.unknown":
            return "InvalidEndpointOrModel.NotFound", "NotFound"
        case HTTPStatus.NOT_FOUND:
            return "ResourceNotFound", "NotFound"
        case HTTPStatus.CONFLICT if isinstance(error, TaskRunning):
            return "TaskRunningCannotCancel", "Conflict"
        case HTTPStatus.CONFLICT:
            return "OperationDenied", "Conflict"
        case HTTPStatus.TOO_MANY_REQUESTS:
            return "QuotaExceeded", "TooManyRequests"
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return "ServerOverloaded", "TooManyRequests"
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "InternalServiceError", "InternalServerError"
    if isinstance(original, RequestValidationError) and original.errors()[0]["type"] == "missing":
        return "MissingParameter", "BadRequest"
    if isinstance(error, TaskTypeConstraint):
        return "InvalidParameter.TaskTypeConstraint", "BadRequest"
    return "InvalidParameter", "BadRequest"


def videos(original: Exception, error: FaircutError, status: int) -> tuple[dict[str, Any], int]:
    """As the OpenAI API tells of errors."""
    status = _bad_request(error, status)
    kind, code = "invalid_request_error", error.code.replace(".", "_")
    match status:
        case HTTPStatus.UNAUTHORIZED:
            code = "invalid_api_key"
        case HTTPStatus.NOT_FOUND if error.code == "model.unknown":
            code = "model_not_found"
        case HTTPStatus.TOO_MANY_REQUESTS:
            kind, code = "rate_limit_error", "rate_limit_exceeded"
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind = "server_error"
    if isinstance(original, RequestValidationError) and original.errors()[0]["type"] == "missing":
        code = "missing_required_parameter"
    return problem(code, said(error), error.field, kind), status


def _bad_request(error: FaircutError, status: int) -> int:
    plain = isinstance(error, InputError | AddressRefused) and not isinstance(error, TaskRunning)
    # A link that cannot be fetched is the sender's to mend, and no fault of a gateway of theirs.
    if (plain and status < HTTPStatus.INTERNAL_SERVER_ERROR) or error.code.startswith("fetch."):
        return HTTPStatus.BAD_REQUEST
    return status
