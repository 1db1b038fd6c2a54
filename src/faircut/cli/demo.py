"""``faircut demo``: the whole promise, shown on films that the project draws itself, or on yours."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from faircut.cli.console import EXIT_ERROR, words
from faircut.cli.root import app, settings_of
from faircut.cli.serve import serve_forever


@app.command()
def demo(
    context: typer.Context,
    media: Annotated[
        Path | None,
        typer.Option(
            help="A folder with films of your own; demo.json in it says which to protect.", exists=True, file_okay=False
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the pictures and the report go.")] = Path(".demo"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the studio afterwards.")] = True,
) -> None:
    """Protect films, make a video, refuse copies, verify the ledger. Exit status 0 only if all went as it should."""
    from faircut.app import Faircut
    from faircut.demo import PLUGINS, run_demo

    home = out / "home"
    shutil.rmtree(home, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    settings = settings_of(context).model_copy(update={"home": home.resolve(), "plugins": PLUGINS})
    with Faircut(settings) as faircut:
        report = run_demo(faircut, media=media, out=out, say=words)
        if not report.ok:
            raise typer.Exit(EXIT_ERROR)
        if serve:
            serve_forever(faircut)
