"""An HTTP client that connects only where its :class:`Guard` lets it, and to the very address that was judged."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, cast

import httpcore
import httpx

from faircut.errors import ConfigError
from faircut.net.addresses import Guard, Resolve

_EXCEPTIONS: Final[dict[type[Exception], type[httpx.RequestError]]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


def safe_client(
    guard: Guard,
    *,
    timeout_s: float,
    ca_file: Path | None = None,
    headers: dict[str, str] | None = None,
    resolve: Resolve = socket.getaddrinfo,
    inner: httpcore.NetworkBackend | None = None,
) -> httpx.Client:
    """A client for one thread. Every request, from name to last byte, ends within ``timeout_s`` seconds.

    It follows no redirects, reads no proxy from the environment and asks for no compression, so that a byte sent is
    a byte counted. ``ca_file`` trusts a certificate authority of the operator's besides the public ones. Requests raise
    AddressRefused and FetchUnavailable as :class:`Guard` does, and ``httpx.RequestError``. ``resolve`` and ``inner``
    stand in for the network in tests.
    """
    return httpx.Client(
        transport=GuardedTransport(guard, timeout_s, ca_file=ca_file, resolve=resolve, inner=inner),
        headers={"Accept-Encoding": "identity", "User-Agent": "faircut", **(headers or {})},
        timeout=httpx.Timeout(timeout_s),
        follow_redirects=False,
        trust_env=False,
    )


class GuardedTransport(httpx.BaseTransport):
    """httpx's requests over httpcore's connections, which a guarded backend opens."""

    def __init__(
        self,
        guard: Guard,
        timeout_s: float,
        *,
        ca_file: Path | None = None,
        resolve: Resolve = socket.getaddrinfo,
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._guard = guard
        self._timeout_s = timeout_s
        self._backend = _GuardedBackend(guard, resolve, inner or httpcore.SyncBackend())
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(ca_file), network_backend=self._backend, max_connections=4, keepalive_expiry=5
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = self._guard.check_url(request.url)
        self._backend.deadline = time.monotonic() + self._timeout_s
        with _translated(request):
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=cast(Iterable[bytes], request.stream),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(cast(Iterable[bytes], response.stream), request),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes], request: httpx.Request) -> None:
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        with _translated(self._request):
            yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, judges what comes out, and connects to that."""

    def __init__(self, guard: Guard, resolve: Resolve, inner: httpcore.NetworkBackend) -> None:
        self._guard = guard
        self._resolve = resolve
        self._inner = inner
        self.deadline = float("inf")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._guard.addresses(host, port, self._resolve)
        for number, address in enumerate(addresses, 1):
            try:
                stream = self._inner.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self)
        raise httpcore.ConnectError(f"no address of {host} answers")

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002  the signature is httpcore's
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("sockets of this machine are not spoken to")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)

    def left(self, timeout: float | None) -> float:
        """The seconds that one operation may take: its own, but never beyond the request's."""
        left = self.deadline - time.monotonic()
        return max(0.001, left if timeout is None else min(timeout, left))


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no single byte after the other can outlast the request's time."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if time.monotonic() > self._backend.deadline:
            raise httpcore.ReadTimeout("the request took too long")
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _TimedStream(secured, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


@contextmanager
def _translated(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except tuple(_EXCEPTIONS) as error:
        raise _EXCEPTIONS[type(error)](str(error), request=request) from error


@cache
def _ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"The certificates in {ca_file} cannot be read: {error}.", field="ca_file", remedy="Name a PEM file."
            ) from error
    return context
