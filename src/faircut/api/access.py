"""Who is asking, and may they: API keys as bearer tokens (RFC 6750), session cookies for the pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from faircut.access import Principal, Scope, Session, require
from faircut.api.services import FaircutDep, faircut_of, look_up, screening_thread, services
from faircut.errors import Forbidden, Unauthenticated

SESSION_COOKIE = "faircut_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Require:
    """A dependency: the principal, who must have one of the scopes. Raises Unauthenticated, Forbidden."""

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request) -> Principal:
        principal = await look_up(faircut_of(request), lambda: principal_of(request))
        require(principal, *self.scopes)
        return principal


MayReadCatalogue = Annotated[Principal, Depends(Require(Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE))]
MayWriteCatalogue = Annotated[Principal, Depends(Require(Scope.CATALOGUE_WRITE))]
MayReadDecisions = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]
MayReadLedger = Annotated[Principal, Depends(Require(Scope.LEDGER_READ))]


def principal_of(request: Request) -> Principal:
    """Who sent the request: the bearer of a key, else the holder of a session. Raises Unauthenticated, Forbidden."""
    faircut = faircut_of(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise Unauthenticated(
                f"The authorization scheme {scheme[:20]!r} is not supported.", remedy="Send `Bearer fck_…`."
            )
        return faircut.keys.authenticate(secret.strip())
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise Unauthenticated(
            "This needs an API key.", remedy="Send `Authorization: Bearer fck_…`, or sign in to the studio."
        )
    if request.method not in _SAFE_METHODS:
        check_same_origin(request)
    return faircut.sessions.principal(token)


def check_same_origin(request: Request) -> None:
    """Raises Forbidden unless a page of this very server sent the request (against cross-site request forgery).

    ``Sec-Fetch-Site`` where the browser sends it, else ``Origin`` against ``Host``. A browser that sends neither with
    an unsafe method is too old to be trusted with a cookie.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    else:
        same = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not same:
        raise Forbidden(
            "The request comes from another site.", remedy="Use the pages of this server, or send a key as bearer."
        )


def set_session_cookie(request: Request, response: Response, session: Session) -> None:
    """Puts the session where scripts and other sites cannot reach it."""
    response.set_cookie(SESSION_COOKIE, **session.cookie(secure=request.url.scheme == "https"))


__all__ = [
    "SESSION_COOKIE",
    "FaircutDep",
    "MayReadCatalogue",
    "MayReadDecisions",
    "MayReadLedger",
    "MayWriteCatalogue",
    "Principal",
    "Require",
    "Scope",
    "check_same_origin",
    "principal_of",
    "screening_thread",
    "services",
    "set_session_cookie",
]
