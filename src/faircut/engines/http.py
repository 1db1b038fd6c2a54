"""Speaking JSON with a remote service: limits on time and size, and retries that never send a paid request twice."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Protocol, Self

import httpx

from faircut.engines.http_options import RemoteOptions
from faircut.errors import EngineBusy, EngineError, FetchFailed
from faircut.net import Guard, origin, safe_client

_MOST_ANSWER_BYTES: Final = 8 << 20
_LONGEST_PAUSE_S: Final = 60.0
_MOST_ATTEMPTS: Final = 100
_LONGEST_RETRY_AFTER_S: Final = 300.0
_REQUEST_IDS: Final = ("x-request-id", "x-tt-logid", "request-id")

Content = Mapping[str, Any]
"""What a request carries, as httpx takes it: ``json``, or ``data`` and ``files``, and ``params``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of the service."""

    status: int
    body: Mapping[str, Any]
    request_id: str = ""


@dataclass
class Rejected(Exception):
    """The service answered that it does not do this; asking again would not help. ``code`` and ``message`` are its."""

    status: int
    code: str
    message: str
    param: str = ""
    request_id: str = ""

    def words(self) -> str:
        """Its message and the id under which its operators find the request."""
        said = " ".join(self.message.split())[:300] or f"status {self.status}"
        known = not self.request_id or self.request_id in said
        return said.rstrip(".") + ("" if known else f" (request {self.request_id[:80]})")


@dataclass
class Ambiguous(Exception):
    """It is not known whether the service acted on a request that must not be sent twice.

    ``answered``: it answered with an error of its own (status 5xx), so that it probably did not.
    """

    why: str
    answered: bool = False


class Attempts(Protocol):
    """Is told before each sending of a request, and afterwards when the service surely did not act on it."""

    def sending(self) -> None: ...

    def unsent(self) -> None: ...


@dataclass
class _Failed(Exception):
    """One attempt failed in a way that may pass. ``sent`` says whether the service may have acted on it."""

    why: str
    sent: bool
    answered: bool = False
    busy: bool = False
    wait_s: float | None = None


@dataclass
class Api:
    """One service at ``options.base_url``. ``final`` are codes of status 429 that no waiting cures.

    ``pause`` sleeps and ``jitter`` draws from 0..1; tests replace them. Use it as a context manager.
    """

    options: RemoteOptions
    final: frozenset[str] = frozenset()
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    _client: httpx.Client | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        key = self.options.key()
        self._client = safe_client(
            Guard({origin(self.options.base_url)}),
            timeout_s=self.options.request_timeout_s,
            ca_file=self.options.ca_file,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        patience_s: float = 0.0,
        attempts: Attempts | None = None,
        **content: Any,
    ) -> Answer:
        """Sends a request until it is answered, with pauses that grow and are jittered, or as long as Retry-After says.

        Repeated are: what never reached the service, status 429, and, if ``repeatable``, status 5xx, timeouts, broken
        connections and unintelligible answers. Raises Rejected for any other answer that is not a success, Ambiguous
        instead of repeating what is not ``repeatable``, EngineBusy or EngineError when the retries are used up and
        ``patience_s`` seconds of pauses too.
        """
        waited_s = 0.0
        for attempt in itertools.count():
            if attempts is not None:
                attempts.sending()
            try:
                return self._once(method, path, content)
            except (_Failed, Rejected) as failed:
                if isinstance(failed, _Failed) and failed.sent and not repeatable:
                    raise Ambiguous(failed.why, failed.answered) from failed
                if attempts is not None:
                    attempts.unsent()
                if isinstance(failed, Rejected):
                    raise
                last = failed
                wait_s = self._wait(attempt, failed)
                patient = waited_s < patience_s and attempt < _MOST_ATTEMPTS
                if wait_s is None or (attempt >= self.options.retries and not patient):
                    break
                waited_s += wait_s
                self.pause(wait_s)
        kind = EngineBusy if last.busy else EngineError
        raise kind(f"The service does not do its work: {last.why}.", field="engine", remedy="Try again later.")

    def _wait(self, attempt: int, failed: _Failed) -> float | None:
        grown = min(_LONGEST_PAUSE_S, self.options.retry_s * 2.0 ** min(attempt, 30)) * (0.5 + self.jitter() / 2)
        if failed.wait_s is None:
            return grown
        return None if failed.wait_s > _LONGEST_RETRY_AFTER_S else max(failed.wait_s, grown)

    def _once(self, method: str, path: str, content: Content) -> Answer:
        if self._client is None:
            raise EngineError("The service was not connected to.", remedy="Report this.")
        request = self._client.build_request(method, self.options.base_url + path, **content)
        try:
            response = self._client.send(request, stream=True)
            try:
                raw = _limited(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, FetchFailed) as error:
            raise _Failed("no connection to it", sent=False) from error
        except httpx.TimeoutException as error:
            raise _Failed("it does not answer in time", sent=True) from error
        except httpx.RequestError as error:
            raise _Failed("the connection breaks off", sent=True) from error
        return self._judged(response, _object(raw), _request_id(response.headers))

    def _judged(self, response: httpx.Response, body: Mapping[str, Any] | None, request_id: str) -> Answer:
        status = response.status_code
        if 200 <= status < 300:
            if body is None:
                raise _Failed("its answer is unintelligible", sent=True)
            return Answer(status, body, request_id)
        rejected = rejection(status, body or {}, request_id)
        wait_s = _retry_after(response.headers.get("retry-after"))
        if status == 429 and rejected.code not in self.final:
            raise _Failed(f"too much is asked of it ({rejected.words()})", sent=False, busy=True, wait_s=wait_s)
        if status in (408, 425) or status >= 500:
            raise _Failed(
                f"status {status} ({rejected.words()})", sent=True, answered=True, busy=status == 503, wait_s=wait_s
            )
        raise rejected


def rejection(status: int, body: Mapping[str, Any], request_id: str = "") -> Rejected:
    """The error that a body states, in the forms that Ark, OpenAI and FastAPI servers use."""
    stated = body.get("error", body)
    if isinstance(stated, str):
        return Rejected(status, "", stated, request_id=request_id)
    if not isinstance(stated, Mapping):
        return Rejected(status, "", "", request_id=request_id)
    message = stated.get("message") or stated.get("detail") or ""
    if isinstance(message, Sequence) and not isinstance(message, str):
        message = "; ".join(str(each.get("msg", "")) for each in message if isinstance(each, Mapping))
    return Rejected(
        status, str(stated.get("code") or ""), str(message), str(stated.get("param") or ""), request_id=request_id
    )


def _limited(response: httpx.Response) -> bytes:
    raw = b""
    for chunk in response.iter_raw():
        raw += chunk
        if len(raw) > _MOST_ANSWER_BYTES:
            return b""
    return raw


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _request_id(headers: httpx.Headers) -> str:
    return next((str(headers[name]) for name in _REQUEST_IDS if name in headers), "")


def _retry_after(value: str | None) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds()) if at.tzinfo else None
