"""The command line: thin over :class:`faircut.Faircut`. Each module holds one group of commands."""

from __future__ import annotations

import sys

from faircut.cli import (
    appeals,
    bench,
    catalogue,
    compare,
    demo,
    engines,
    generate,
    keys,
    ledger,
    licences,
    preflight,
    provenance,
    redteam,
    screen,
    serve,
)
from faircut.cli.console import EXIT_ERROR, complain
from faircut.cli.root import app
from faircut.errors import FaircutError

__all__ = [
    "app",
    "appeals",
    "bench",
    "catalogue",
    "compare",
    "demo",
    "engines",
    "generate",
    "keys",
    "ledger",
    "licences",
    "main",
    "preflight",
    "provenance",
    "redteam",
    "screen",
    "serve",
]


def main() -> None:
    """Runs the CLI. Exit status: 0 ok, 1 error, 2 usage, 3 blocked, 4 review."""
    try:
        app()
    except FaircutError as error:
        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        sys.stderr.close()
        sys.exit(EXIT_ERROR)
