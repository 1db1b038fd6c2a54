"""``faircut provenance``: read what a file says of its origin, and export the root that signs here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from faircut import wire
from faircut.cli.console import EXIT_ERROR, data, emit, plain
from faircut.cli.root import JsonFlag, app, opened
from faircut.provenance.reader import ProvenanceState

provenance = typer.Typer(help="C2PA content credentials.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(provenance, name="provenance")


@provenance.command("read")
def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A video file.", exists=True, dir_okay=False)],
    as_json: JsonFlag = False,
) -> None:
    """Print a file's content credentials. Exit status 1 unless they are Trusted under this data folder's root."""
    with opened(context) as faircut:
        report = faircut.signer.reader.read(file)
    if as_json:
        emit(wire.dump(report))
    else:
        data.print(f"[bold]{report.state.value}[/] {plain(report.title or '')}")
        for problem in report.problems:
            data.print(f"  {plain(str(problem))}")
    if report.state is not ProvenanceState.TRUSTED:
        raise typer.Exit(EXIT_ERROR)


@provenance.command("root")
def root(context: typer.Context) -> None:
    """Print the root certificate (PEM) that others need to verify what is signed here."""
    from faircut.provenance.authority import open_authority

    with opened(context) as faircut:
        typer.echo(open_authority(faircut.home / "provenance").root.decode("ascii"), nl=False)
