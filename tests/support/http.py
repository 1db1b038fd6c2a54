"""A service on a free port, in a thread: what tests of the API and the pages talk to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serves ``app`` until the context ends, and yields its address."""
    # Named as TCP, as `faircut serve` does it: otherwise asyncio leaves Nagle's algorithm on.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        # On a busy machine seconds pass between two requests of a client: its connection must not be closed meanwhile.
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2, timeout_keep_alive=300)
        server = uvicorn.Server(config)
        ready = threading.Event()
        startup = server.startup

        async def announced(sockets: list[socket.socket] | None = None) -> None:
            await startup(sockets=sockets)
            ready.set()

        server.startup = announced  # type: ignore[method-assign]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not ready.wait(30):
                raise RuntimeError("the server did not start")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
