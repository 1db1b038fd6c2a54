"""What holds for every request: security headers on the answer, a limit on the size of the body.

Plain ASGI, so that streams (downloads, server-sent events) pass through unbuffered.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faircut.api.problems import problem_response
from faircut.engines.seedance_limits import MOST_BODY_BYTES
from faircut.errors import LimitExceeded

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

MAX_BODY_BYTES = 2 * 2**20
"""Largest body of a request, except where files are received."""

MAX_IMPORT_BYTES = 64 * 2**20
"""Largest catalogue that can be imported in one request."""

UPLOADS = frozenset({"/v1/uploads", "/v1/catalogue/references", "/v1/compare"})
"""Addresses that stream multipart forms to disk and count their bytes while reading, see ``multipart``."""

IMPORT = "/v1/catalogue/import"

MAX_TASK_BYTES = MOST_BODY_BYTES
"""Largest body in which files may come as base64: what the Ark API takes."""

_LIMITS = {
    # The form around an imported file adds a little to it.
    IMPORT: MAX_IMPORT_BYTES + MAX_BODY_BYTES,
    "/api/v3/contents/generations/tasks": MAX_TASK_BYTES,
    "/v1/videos": MAX_TASK_BYTES,
}


class SecurityHeaders:
    """Adds the security headers to every answer, and forbids caching unless the answer says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies over the limit: by Content-Length at once, otherwise as soon as the count passes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or scope["path"] in UPLOADS:
            await self.app(scope, receive, send)
            return
        limit = _LIMITS.get(scope["path"], MAX_BODY_BYTES)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            error = LimitExceeded(_too_large(limit), remedy="Send less in one request.")
            await problem_response(error, scope["path"])(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                # FastAPI turns any other exception raised while it reads a body into a plain 400.
                raise HTTPException(LimitExceeded.http_status, _too_large(limit))
            return message

        await self.app(scope, counted, send)


def _too_large(limit: int) -> str:
    return f"The body is larger than {limit:,} bytes."
