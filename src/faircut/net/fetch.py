"""Fetches a file from a link that somebody else chose, within limits of place, size and time."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import httpcore
import httpx

from faircut.errors import AddressRefused, FetchFailed, FetchUnavailable, LimitExceeded
from faircut.net.addresses import Guard, Resolve
from faircut.net.client import safe_client

MOST_REDIRECTS: Final = 5
_CHUNK: Final = 1 << 16
_TEMPORARY: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: from which link in the end, of which declared type, how many bytes; ``body`` unless to a file."""

    url: str
    content_type: str
    size: int
    body: bytes = b""


def fetch(
    url: str,
    *,
    limit_bytes: int,
    timeout_s: float,
    allow_private_hosts: Collection[str] = frozenset(),
    allow_http: bool = False,
    headers: Mapping[str, str] | None = None,
    ca_file: Path | None = None,
    field: str | None = None,
    resolve: Resolve = socket.getaddrinfo,
    inner: httpcore.NetworkBackend | None = None,
) -> Fetched:
    """Gets a link's bytes into memory.

    At most ``limit_bytes``, within ``timeout_s`` seconds in all, redirects (at most 5) included, each of which is
    judged as the first link was. ``allow_private_hosts`` holds ``host:port`` that the operator set. ``headers`` go to
    the first link's host alone. Raises AddressRefused, LimitExceeded, FetchUnavailable (may work later) and FetchFailed
    (will not), with ``field``.
    """
    body = io.BytesIO()
    guard = Guard(allow_private_hosts, allow_http=allow_http, field=field)
    with safe_client(guard, timeout_s=timeout_s, ca_file=ca_file, resolve=resolve, inner=inner) as client:
        found = stream_to(client, url, body, limit_bytes=limit_bytes, headers=headers, field=field)
    return Fetched(found.url, found.content_type, found.size, body.getvalue())


def download(
    url: str,
    target: Path,
    *,
    limit_bytes: int,
    timeout_s: float,
    allow_private_hosts: Collection[str] = frozenset(),
    allow_http: bool = False,
    headers: Mapping[str, str] | None = None,
    ca_file: Path | None = None,
    field: str | None = None,
    watch: Callable[[int, int | None], None] | None = None,
    resolve: Resolve = socket.getaddrinfo,
    inner: httpcore.NetworkBackend | None = None,
) -> Fetched:
    """As :func:`fetch`, into the file ``target``, which is removed again when anything fails.

    ``watch`` is told the bytes so far and, where declared, of how many; it stops the transfer by raising.
    """
    guard = Guard(allow_private_hosts, allow_http=allow_http, field=field)
    try:
        with (
            target.open("wb") as file,
            safe_client(guard, timeout_s=timeout_s, ca_file=ca_file, resolve=resolve, inner=inner) as client,
        ):
            return stream_to(client, url, file, limit_bytes=limit_bytes, headers=headers, field=field, watch=watch)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def stream_to(
    client: httpx.Client,
    url: str,
    file: BinaryIO,
    *,
    limit_bytes: int,
    headers: Mapping[str, str] | None = None,
    field: str | None = None,
    watch: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Gets a link into an open file through a guarded client, as :func:`download` does."""
    try:
        own = httpx.URL(url)
        for _ in range(MOST_REDIRECTS + 1):
            sent = dict(headers or {}) if _same_host(own, httpx.URL(url)) else {}
            with client.stream("GET", url, headers=sent) as response:
                if not response.has_redirect_location:
                    return _take(response, file, limit_bytes, field, watch)
                url = str(response.url.join(response.headers["location"]))
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(
            "The link is no URL, or redirects to none.", field=field, remedy="Check the link."
        ) from error
    except httpx.RequestError as error:
        raise FetchUnavailable(
            f"The file could not be fetched: {_words(error)}.", field=field, remedy="Try again."
        ) from error
    raise FetchFailed(
        f"The link redirects more than {MOST_REDIRECTS} times.", field=field, remedy="Use the file's own link."
    )


def _take(
    response: httpx.Response,
    file: BinaryIO,
    limit: int,
    field: str | None,
    watch: Callable[[int, int | None], None] | None,
) -> Fetched:
    status = response.status_code
    if status in _TEMPORARY or status >= 500:
        raise FetchUnavailable(f"The link answers with status {status}.", field=field, remedy="Try again later.")
    if status != 200:
        raise FetchFailed(f"The link answers with status {status}.", field=field, remedy="Check the link.")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed("The file comes compressed, unasked.", field=field, remedy="Use a link to the plain file.")
    declared = response.headers.get("content-length", "")
    whole = int(declared) if declared.isdecimal() else None
    if whole is not None and whole > limit:
        raise _too_large(limit, field)
    size = 0
    for chunk in response.iter_raw(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise _too_large(limit, field)
        file.write(chunk)
        if watch is not None:
            watch(size, whole)
    return Fetched(str(response.url), response.headers.get("content-type", ""), size)


def _too_large(limit: int, field: str | None) -> LimitExceeded:
    return LimitExceeded(
        f"The file behind the link is larger than {limit:,} bytes.", field=field, remedy="Use a smaller file."
    )


def _same_host(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _words(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return "the connection broke off" if isinstance(error, httpx.TransportError) else "an unusable answer"
