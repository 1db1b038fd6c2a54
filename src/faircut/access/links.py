"""Links that work without a key for a while, as the download links of video services do.

A link holds what it opens, until when, and an HMAC-SHA-256 (RFC 2104) of both under a secret of this data folder.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from pathlib import Path

from faircut.access.secret_file import open_secret
from faircut.errors import Forbidden

LINK_SECONDS = 24 * 3600
_STEP = 3600
_MOST_DIGITS = 15


class Links:
    """Signs links and checks them. ``secret_file`` is made when it does not exist."""

    def __init__(self, secret_file: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = open_secret(secret_file, "all links end, and receivers of callbacks need new secrets")
        self._clock = clock

    def query(self, subject: str) -> str:
        """The query that opens ``subject`` for at least :data:`LINK_SECONDS` and at most an hour longer.

        Within an hour it is the same, so that whoever asks again and again gets the same link.
        """
        until = (int(self._clock()) // _STEP + 1) * _STEP + LINK_SECONDS
        return f"expires={until}&signature={self._signature(subject, until)}"

    def check(self, subject: str, expires: int, signature: str) -> None:
        """Raises Forbidden, in the same words whether the link is too old or was changed."""
        expected = self._signature(subject, expires).encode()
        right = hmac.compare_digest(signature.encode("utf-8", errors="replace"), expected)
        if not right or self._clock() >= expires:
            raise Forbidden(
                "This link is too old, or was changed.",
                field="signature",
                remedy="Ask for the record again: its link works.",
            )

    def token(self, subject: str, seconds: float) -> str:
        """What opens ``subject`` for so many seconds, as one segment of a path: when it ends, and the signature."""
        until = int(self._clock() + seconds)
        return f"{until}.{self._signature(subject, until)}"

    def check_token(self, subject: str, token: str) -> None:
        """As :meth:`check`, for what :meth:`token` made."""
        until, _, signature = token.partition(".")
        known = until.isascii() and until.isdecimal() and len(until) <= _MOST_DIGITS
        self.check(subject, int(until) if known else 0, signature)

    def secret_for(self, purpose: str) -> bytes:
        """32 bytes that only this data folder can derive, one set for each purpose (RFC 5869's expand step)."""
        return hmac.digest(self._secret, b"for " + purpose.encode() + b"\x01", "sha256")

    def _signature(self, subject: str, expires: int) -> str:
        digest = hmac.digest(self._secret, f"link\n{subject}\n{expires}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
