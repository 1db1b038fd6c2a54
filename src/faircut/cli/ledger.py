"""``faircut ledger``: read it, verify it."""

from __future__ import annotations

from typing import Annotated

import typer

from faircut import wire
from faircut.cli.console import EXIT_ERROR, data, emit, plain, progress_bar, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened

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
            head = f", head {report.head.seq} {report.head.hash}" if report.head else ""
            data.print(f"[green]intact[/]: {report.count} events, {report.files} released files{head}")
        else:
            for each in report.problems:
                where = f"event {each.seq}" if each.seq is not None else "the ledger"
                data.print(f"[red]changed[/] {where}, {plain(each.where)}: {plain(each.what)}")
                data.print(f"        expected {plain(each.expected)}, found {plain(each.found)}")
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


@ledger.command("adopt-head")
def adopt_head(context: typer.Context) -> None:
    """Accept the present end of the ledger, after restoring a backup. The ledger says that it was done."""
    with opened(context) as faircut:
        event = faircut.ledger.adopt_head(actor=ACTOR)
        words.print(f"adopted event {event.seq} as the head")
