"""Tells something to an address that somebody else chose."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Final

import httpcore
import httpx

from faircut.errors import FetchUnavailable
from faircut.net.addresses import Guard, Resolve
from faircut.net.client import safe_client

_MOST_ANSWER: Final = 1 << 16
"""How much of an answer is read: nobody looks at it."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    guard: Guard,
    timeout_s: float,
    resolve: Resolve = socket.getaddrinfo,
    inner: httpcore.NetworkBackend | None = None,
) -> int:
    """Posts ``body`` and returns the status of the answer. No redirect is followed: whoever moved says so beforehand.

    All of it, from name to answer, takes ``timeout_s`` seconds at most. Raises AddressRefused, FetchUnavailable.
    """
    until = time.monotonic() + timeout_s
    try:
        with (
            safe_client(guard, timeout_s=timeout_s, resolve=resolve, inner=inner) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as response,
        ):
            read = 0
            for chunk in response.iter_raw(4096):
                read += len(chunk)
                if read > _MOST_ANSWER or time.monotonic() > until:
                    break
            return response.status_code
    except httpx.RequestError as error:
        raise FetchUnavailable(
            f"The address did not answer: {type(error).__name__}.", field=guard.field, remedy="Try again."
        ) from error
