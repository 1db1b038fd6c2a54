"""Sessions of the web studio: a signed, expiring value for an HttpOnly cookie.

The value names a key, never holds its secret, and is looked up at every request: revoking the key ends its sessions.
Signed with HMAC-SHA-256 (RFC 2104) under a random secret of this data folder.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from faircut.access.keys import ApiKeys
from faircut.access.principal import LOCAL_OPERATOR, Principal
from faircut.access.secret_file import SECRET_BYTES, open_secret
from faircut.errors import Unauthenticated

SESSION_SECONDS = 12 * 3600
LOGIN_TOKEN_SECONDS = 15 * 60

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. ``value`` goes into the cookie; ``seconds`` is how long it holds."""

    value: str
    seconds: int

    def cookie(self, *, secure: bool) -> dict[str, Any]:
        """Value and attributes, as Starlette's ``set_cookie`` takes them. Set ``secure`` unless on plain HTTP."""
        return {
            "value": self.value,
            "max_age": self.seconds,
            "path": "/",
            "httponly": True,
            "samesite": "strict",
            "secure": secure,
        }


class Sessions:
    """Opens and checks sessions. ``secret_file`` is made, readable by its owner only, when it does not exist."""

    def __init__(self, secret_file: Path, keys: ApiKeys, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = open_secret(secret_file, "all sessions end")
        self._keys = keys
        self._clock = clock
        self._lock = Lock()
        self._login_tokens: dict[str, float] = {}
        self._closed: dict[str, float] = {}

    def issue_login_token(self) -> str:
        """A token that opens one session for whoever has this machine; good once, for a quarter of an hour."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        with self._lock:
            self._login_tokens[_digest(token)] = self._clock() + LOGIN_TOKEN_SECONDS
        return token

    def open_with_token(self, token: str) -> Session:
        """A session of the local operator. Raises Unauthenticated when the token is unknown, used up or too old."""
        with self._lock:
            until = self._login_tokens.pop(_digest(token), 0.0)
        if self._clock() >= until:
            raise Unauthenticated(
                "This login link was used already or is too old.",
                remedy="Log in with an API key, or start the service again for a new link.",
            )
        return self.open(LOCAL_OPERATOR)

    def open_with_key(self, secret: str) -> Session:
        """A session of the key's holder. Raises Unauthenticated."""
        return self.open(self._keys.authenticate(secret))

    def open(self, principal: Principal, *, seconds: int = SESSION_SECONDS) -> Session:
        """A session for somebody who was recognised by other means."""
        claims = {
            "v": _VERSION,
            "sub": principal.id,
            "exp": int(self._clock()) + seconds,
            "nonce": secrets.token_urlsafe(12),
        }
        body = _encode(json.dumps(claims, separators=(",", ":")).encode())
        return Session(f"{body}.{_encode(self._sign(body))}", seconds)

    def principal(self, value: str) -> Principal:
        """Whose session it is. Raises Unauthenticated when it was changed, has ended, or its key was revoked."""
        claims = self._claims(value)
        if claims["sub"] == LOCAL_OPERATOR.id:
            return LOCAL_OPERATOR
        return self._keys.principal(claims["sub"])

    def close(self, value: str) -> None:
        """Ends one session in this process; a value that is not valid anyway is ignored."""
        try:
            claims = self._claims(value)
        except Unauthenticated:
            return
        with self._lock:
            present = self._clock()
            self._closed = {nonce: until for nonce, until in self._closed.items() if until > present}
            self._closed[claims["nonce"]] = claims["exp"]

    def _claims(self, value: str) -> dict[str, Any]:
        body, _, signature = value.partition(".")
        try:
            given = _decode(signature)
        except ValueError:
            given = b""
        if not hmac.compare_digest(given, self._sign(body)):
            raise _ended()
        # Only what this class wrote gets here.
        claims: dict[str, Any] = json.loads(_decode(body))
        with self._lock:
            closed = claims["nonce"] in self._closed
        if claims["v"] != _VERSION or closed or self._clock() >= claims["exp"]:
            raise _ended()
        return claims

    def _sign(self, body: str) -> bytes:
        return hmac.digest(self._secret, body.encode("utf-8", errors="replace"), "sha256")


def _ended() -> Unauthenticated:
    return Unauthenticated("The session has ended.", remedy="Log in again.")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", errors="replace")).hexdigest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
