"""The whole service: the API, and the web studio on top of it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from faircut.api import create_app as create_api
from faircut.api.access import Principal, principal_of
from faircut.api.problems import as_faircut_error, log, problem_response, status_of
from faircut.app import Faircut
from faircut.errors import FaircutError, Unauthenticated
from faircut.web.pages import (
    appeals,
    catalogue,
    compare,
    decisions,
    docs,
    elements,
    keys,
    ledger,
    licences,
    session,
    studio,
)
from faircut.web.rendering import STATIC, render, wants_page

_HEADINGS = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.CONFLICT: "Not possible now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke",
}


class _Static(StaticFiles):
    """Static files; their addresses carry a piece of their digest, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(faircut: Faircut) -> FastAPI:
    """API and pages over an open Faircut. The caller starts the studio's worker, and closes ``faircut`` afterwards."""
    app = create_api(faircut)
    for page in (session, studio, decisions, appeals, compare, catalogue, elements, licences, ledger, keys, docs):
        app.include_router(page.router)
    app.mount("/static", _Static(directory=STATIC), name="static")
    for kind in (FaircutError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)
    return app


async def _answer(request: Request, error: Exception) -> Response:
    problem = as_faircut_error(error)
    status = status_of(error, problem)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s broke", request.method, request.url.path, exc_info=error)
    if not wants_page(request):
        return problem_response(error, request.url.path)
    if isinstance(problem, Unauthenticated):
        return _to_login(request)
    return render(
        "error.html",
        principal=_principal(request),
        status=status,
        heading=_HEADINGS.get(HTTPStatus(status), "That did not work"),
        error=problem,
    )


def _to_login(request: Request) -> Response:
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = "/login" if target == "/" or request.method != "GET" else f"/login?next={quote(target, safe='')}"
    if request.headers.get("hx-request"):
        # htmx follows redirects inside the fragment; this header makes it leave the page instead.
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def _principal(request: Request) -> Principal | None:
    try:
        return principal_of(request)
    except FaircutError:
        return None
