"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from faircut.api.access import (
    SESSION_COOKIE,
    FaircutDep,
    check_same_origin,
    set_session_cookie,
)
from faircut.errors import FaircutError, Unauthenticated
from faircut.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(request: Request, faircut: FaircutDep, token: str | None = None, next: str = "/") -> Response:  # noqa: A002
    """The form, or with a one-time ``token`` straight in."""
    if token is None:
        return _form(next)
    try:
        session = faircut.sessions.open_with_token(token)
    except Unauthenticated as error:
        return _form(next, error)
    answer = RedirectResponse("/", status_code=303)
    set_session_cookie(request, answer, session)
    return answer


@router.post("/login")
def login(
    request: Request,
    faircut: FaircutDep,
    key: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Trades an API key for a session cookie."""
    check_same_origin(request)
    try:
        session = faircut.sessions.open_with_key(key.strip())
    except Unauthenticated as error:
        return _form(next, error)
    answer = RedirectResponse(local_path(next), status_code=303)
    set_session_cookie(request, answer, session)
    return answer


@router.post("/logout")
def logout(request: Request, faircut: FaircutDep) -> RedirectResponse:
    """Ends the session, here and at the server."""
    check_same_origin(request)
    if token := request.cookies.get(SESSION_COOKIE):
        faircut.sessions.close(token)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return answer


def local_path(target: str) -> str:
    """``target`` if it is a path of this server, else the studio: never a way to send people elsewhere."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if plain else "/"


def _form(target: str, error: FaircutError | None = None) -> HTMLResponse:
    status = error.http_status if error else 200
    return render("login.html", status=status, error=error, next=local_path(target))
