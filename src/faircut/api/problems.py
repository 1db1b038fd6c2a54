"""Errors over HTTP: one shape for all of them, ``{"error": {"code", "message", "remedy", "field"}}``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from faircut.api.doors.dialects import spoken
from faircut.errors import FaircutError, InputError, LimitExceeded, NotFound, QuotaExceeded

log = logging.getLogger(__name__)

_WORTH_RETRYING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

_MOST_OTHERS = 100
ALTERNATIVE = " alternative"
"""How the names of a form's alternatives end; they are no fields, and errors do not tell them."""
_REMEDY = "GET /openapi.json describes what is accepted."


class Problem(BaseModel):
    """What went wrong, and what to do about it. ``code`` is stable; ``field`` names the input at fault, if one is."""

    code: str
    message: str
    remedy: str
    field: str | None = None


class ErrorBody(BaseModel):
    """The body of every answer that is an error. ``others``: what else is wrong with the same request, if anything."""

    error: Problem
    others: list[Problem] = Field(default_factory=list)


class MethodNotAllowed(FaircutError):
    """The path exists; this method on it does not."""

    code: ClassVar[str] = "method_not_allowed"
    http_status: ClassVar[int] = HTTPStatus.METHOD_NOT_ALLOWED


class RangeNotSatisfiable(FaircutError):
    """The Range header asks for bytes that the file does not have (RFC 9110, 15.5.17)."""

    code: ClassVar[str] = "range.invalid"
    http_status: ClassVar[int] = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


class InternalError(FaircutError):
    """A fault of ours; details are in the server's log only."""

    code: ClassVar[str] = "internal"


def as_faircut_error(error: Exception) -> FaircutError:
    """Any exception that reaches a door, as one of ours. What is unexpected says nothing of its inside."""
    if isinstance(error, FaircutError):
        return error
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException):
        return _from_http(error)
    return InternalError(
        "Something broke while answering this request.", remedy="Try again; the operator finds the cause in the log."
    )


def invalid(problems: Sequence[Any], prefix: str = "", remedy: str = _REMEDY) -> InputError:
    """What a form does not accept (pydantic's list) as its first error, which carries the others.

    ``prefix`` is the name of the field that the form was read from.
    """
    first, *others = [_problem(each, prefix, remedy) for each in problems]
    first.others = tuple(others)
    return first


def _problem(problem: Any, prefix: str, remedy: str) -> InputError:
    if problem["type"] == "json_invalid":
        return InputError("The body is not valid JSON.", remedy="Send JSON with `Content-Type: application/json`.")
    where = [str(part) for part in problem["loc"] if prefix or part not in ("body", "query", "path", "header")]
    where = [part for part in where if not part.endswith(ALTERNATIVE)]
    field = prefix
    for part in where:
        field += f"[{part}]" if part.isdigit() else f".{part}" if field else part
    message = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    return InputError(f"{message}.", field=field or None, remedy=remedy)


def _from_http(error: HTTPException) -> FaircutError:
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return NotFound("There is nothing at this address.", remedy="GET /openapi.json lists every address.")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed(
                "This address does not take that method.", remedy="GET /openapi.json lists the methods of each address."
            )
        case LimitExceeded.http_status:
            return LimitExceeded(str(error.detail), remedy="Send less, or ask the operator to raise the limit.")
        case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return InputError(str(error.detail), remedy="GET /openapi.json describes what is accepted.")
        case _:
            return InternalError(str(error.detail), remedy="Try again; the operator finds the cause in the log.")


def status_of(original: Exception, error: FaircutError) -> int:
    """The HTTP status to answer with: the framework's own where it raised the error, else the error's."""
    return original.status_code if isinstance(original, HTTPException) else error.http_status


def problem_response(original: Exception, path: str = "") -> JSONResponse:
    """The JSON answer to an exception at an address, in the words of whoever asks there."""
    error = as_faircut_error(original)
    headers: dict[str, str] = {}
    if isinstance(original, HTTPException) and original.headers:
        headers.update(original.headers)
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, QuotaExceeded):
        headers["Retry-After"] = str(error.retry_after)
    if error.http_status == LimitExceeded.http_status:
        # Otherwise the server would go on reading, and throwing away, whatever else the sender has.
        headers["Connection"] = "close"
    body: dict[str, Any] = {"error": error.as_dict()}
    if error.others:
        body["others"] = [each.as_dict() for each in error.others[:_MOST_OTHERS]]
    status = status_of(original, error)
    if (translated := spoken(path, original, error, status)) is not None:
        body, status = translated
        # The clients of those services would send a request again that cannot succeed, on a conflict for one.
        headers["x-should-retry"] = "true" if status in _WORTH_RETRYING else "false"
    return JSONResponse(body, status_code=status, headers=headers)


async def _answer(request: Request, error: Exception) -> Response:
    return problem_response(error, request.url.path)


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s broke", request.method, request.url.path, exc_info=error)
    return problem_response(error, request.url.path)


def install(app: FastAPI) -> None:
    """Makes the app answer every exception in the one shape."""
    for kind in (FaircutError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(Exception, _answer_unexpected)
