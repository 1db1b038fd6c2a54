"""``faircut serve``: the API and the web studio, with a worker in a process of its own."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from faircut.cli.console import words
from faircut.cli.root import app, opened

if TYPE_CHECKING:
    from faircut.app import Faircut

_SWITCH_S = 0.0005
"""A tenth of Python's default. With two threads computing, a status call then took 39 ms instead of 115."""
_BACKLOG = 2048


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default="8750")] = None,
) -> None:
    """Serve the API and the web studio, and run jobs, until interrupted."""
    with opened(context, host=host, port=port) as faircut:
        serve_forever(faircut)


def serve_forever(faircut: Faircut) -> None:
    """Listens, prints the address with a one-time login link, and runs until SIGINT or SIGTERM."""
    import uvicorn

    from faircut.cli.worker import running_worker
    from faircut.web import create_app

    settings = faircut.settings
    # What is screened for requests runs in threads beside the one that answers: it should not wait long for its turn at
    # the interpreter, which it lets go of at every look into the database.
    sys.setswitchinterval(_SWITCH_S)
    with _listen(settings.host, settings.port) as listener, running_worker(settings) as worker:
        port = listener.getsockname()[1]
        base = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}"
        # The first verdict loads models and indexes: better now than while somebody waits for it.
        faircut.preflight(["a first look"])
        worker.wait_ready()
        if settings.grade_attacks:
            faircut.grading.done_by(worker.alive)
        words.print(f"Studio: [bold]{base}/login?token={faircut.sessions.issue_login_token()}[/]")
        words.print(f"API:    {base}/v1  (create a key with `faircut keys create NAME`)")
        words.print("[dim]The link logs in once, as administrator. Ctrl+C stops.[/]")
        config = uvicorn.Config(
            create_app(faircut),
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            # Pages that follow a job hold a connection open; they must not keep the service from stopping.
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, because asyncio turns Nagle's algorithm off only then; with it, each answer on a kept connection
    # would wait some 40 ms for the acknowledgement of its head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From now on, so that whoever reads the address and comes at once is not turned away.
        listener.listen(_BACKLOG)
    except OSError as error:
        from faircut.errors import ConfigError

        raise ConfigError(
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            field="port",
            remedy="Choose another with --port, or 0 for any free one.",
        ) from error
    return listener
