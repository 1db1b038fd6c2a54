"""``faircut ledger``: read it, verify it."""

from __future__ import annotations

from typing import Annotated

import typer

from faircut import wire
from faircut.cli.console import EXIT_ERROR, data, emit, plain, progress_bar
from faircut.cli.root import JsonFlag, app, opened

ledger = typer.Typer(help="The append-only record of everything.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(ledger, name="ledger")


@ledger.command("verify")
def verify(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check every event and every released file; say where anything was changed. Exit status 1 if something was."""
    with opened(context) as faircut:
        with progress_bar("verifying the ledger", quiet=as_json) as progress:
            report = faircut.ledger.verify(progress, released=faircut.studio.released.root)
        if as_json:
            emit(wire.dump(report) | {"intact": report.intact})
        elif report.intact:
            data.print(f"[green]intact[/]: {report.count} events, head {report.head}")
        else:
            for problem in report.problems:
                data.print(f"[red]changed[/] {plain(str(problem))}")
        if not report.intact:
            raise typer.Exit(EXIT_ERROR)


@ledger.command("show")
def show(
    context: typer.Context,
    subject: Annotated[str | None, typer.Option(help="Only events about this id or digest.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only events of this kind, such as `release`.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """Print events in order."""
    with opened(context) as faircut:
        for event in faircut.ledger.events(subject=subject, kind=kind, limit=limit):
            if as_json:
                emit(wire.dump(event))
            else:
                data.print(
                    f"[dim]{event.seq:6}[/] {event.at} [bold]{event.kind}[/] {plain(event.subject)} {event.actor}"
                )
