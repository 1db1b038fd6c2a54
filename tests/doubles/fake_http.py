"""A local HTTP server that misbehaves on demand, for doubles of remote services."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request, ``before`` the service acts on it or after.

    ``kind``: ``answer`` (``status`` and ``body``), ``drop`` (the connection ends without an answer), ``hang`` (it stays
    open without one), ``garbage`` (a page of HTML with status 200).
    """

    kind: str
    before: bool = True
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    raw: bytes

    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class FakeService:
    """Base of the doubles. ``reply`` answers the API; ``file`` says what links to results give.

    ``file`` is bytes, or one of ``endless``, ``declared`` (10 GB promised), ``truncated``, ``dead`` (404),
    ``dead once``, ``gone`` (503), ``hang``, ``redirect URL``.
    """

    root = ""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.lock = threading.RLock()
        self.seen = threading.Condition(self.lock)
        self.address = ""

    def forget(self) -> None:
        """As new, at the same address. Doubles call it when they are made."""
        self.asked: list[Asked] = []
        self.file: bytes | str = b"the very bytes of a video"
        self.fetched = 0
        self._faults: dict[tuple[str, bool], deque[Fault]] = {}

    def reply(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def fails(self, method: str, *faults: Fault, one: bool = False) -> None:
        """The next requests with this method fail so; with ``one`` those for one task rather than for the list."""
        self._faults.setdefault((method, one), deque()).extend(faults)

    def times(self, method: str, ending: str = "") -> int:
        with self.lock:
            return sum(1 for each in self.asked if each.method == method and each.path.endswith(ending))

    def wait_for(self, method: str, times: int = 1) -> None:
        """Until so many requests with this method have come in."""
        with self.seen:
            if not self.seen.wait_for(lambda: sum(1 for each in self.asked if each.method == method) >= times, 60):
                raise AssertionError(f"no {method} came")

    def take_fault(self, asked: Asked) -> Fault | None:
        tail = asked.path.removeprefix(self.root)
        queue = self._faults.get((asked.method, tail.count("/") > 0 and tail != self.collection()))
        return queue.popleft() if queue else None

    def collection(self) -> str:
        """The path of all tasks below ``root``."""
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serves until the block's end and yields the address of the API."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.service = self  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self.address + self.root
        finally:
            self.over.set()
            server.shutdown()
            server.server_close()
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def service(self) -> FakeService:
        return self.server.service  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def answer(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, url.path, parse_qs(url.query), dict(self.headers), raw)
        if url.path.startswith("/files/"):
            self.send_file()
            return
        with self.service.seen:
            self.service.asked.append(asked)
            fault = self.service.take_fault(asked)
            reply = None if fault is not None and fault.before else self.service.reply(asked)
            self.service.seen.notify_all()
        if fault is not None:
            reply = self.fault(fault)
        if reply is not None:
            self.send(reply)

    def fault(self, fault: Fault) -> Reply | None:
        if fault.kind == "answer":
            return Reply(fault.status, fault.body, fault.headers)
        if fault.kind == "garbage":
            return Reply(200, b"<html>Bad gateway</html>")
        if fault.kind == "hang":
            self.service.over.wait(30)
        self.close_connection = True
        return None

    def send(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_file(self) -> None:
        self.service.fetched += 1
        what = self.service.file
        if isinstance(what, bytes):
            self.send(Reply(200, what, {"Content-Type": "video/mp4"}))
        elif what == "dead" or (what == "dead once" and self.service.fetched == 1):
            self.send(Reply(404, {}))
        elif what == "dead once":
            self.send(Reply(200, b"alive", {"Content-Type": "video/mp4"}))
        elif what == "gone":
            self.send(Reply(503, {}))
        elif what.startswith("redirect "):
            self.send(Reply(302, {}, {"Location": what.removeprefix("redirect ")}))
        else:
            self.stream(what)

    def stream(self, what: str) -> None:
        self.close_connection = True
        self.send_response(200)
        if what in ("declared", "truncated"):
            self.send_header("Content-Length", str(10 << 30 if what == "declared" else 1000))
        self.end_headers()
        try:
            if what == "truncated":
                self.wfile.write(b"x" * 100)
            elif what == "hang":
                self.service.over.wait(30)
            while what == "endless":
                self.wfile.write(bytes(1 << 16))
        except OSError:
            return
