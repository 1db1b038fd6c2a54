"""Somebody else's server on a free port, in a thread: hands out files and takes callbacks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Receiver:
    """What the server has, what it got, and the statuses of its next answers to a POST (200 when there are none)."""

    host: str
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    posts: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def serve(self, path: Path, content_type: str) -> str:
        """Puts a file there and returns its address."""
        self.files[f"/{path.name}"] = (content_type, path.read_bytes())
        return self.url(f"/{path.name}")

    def wait(self, count: int, seconds: float = 30) -> list[tuple[Mapping[str, str], bytes]]:
        """The POSTs, once there are so many; fewer when that takes too long."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.posts) >= count, seconds)
            return list(self.posts)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A server until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = receiver.files.get(self.path, ("text/plain", b""))
            self._answer(200 if body else 404, body, kind)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with receiver.changed:
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.posts.append((dict(self.headers), body))
                receiver.changed.notify_all()
            self._answer(status, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
