"""``faircut appeals``: appeals against Decisions, and what was learnt from them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from faircut import wire
from faircut.appeals import Appeal, AppealState
from faircut.cli.console import data, emit, plain, show_decision, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened

appeals = typer.Typer(
    help="Appeals against refusals: make, list, answer, export.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(appeals, name="appeals")

AppealId = Annotated[str, typer.Argument(help="The appeal's id.")]
Note = Annotated[str, typer.Option(help="Why; whoever appealed reads it.")]


@appeals.command("make")
def make(
    context: typer.Context,
    decision_id: Annotated[str, typer.Argument(help="The Decision's id.")],
    why: Annotated[str, typer.Argument(help="Why it is wrong.")],
    text: Annotated[str | None, typer.Option(help="The words that were judged, to be kept with the appeal.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Appeal against a refusal or a review."""
    with opened(context) as faircut:
        made = faircut.appeals.make(decision_id, why, owner=ACTOR, texts=[text] if text is not None else [])
        _show(made, as_json)


@appeals.command("list")
def list_appeals(
    context: typer.Context,
    state: Annotated[AppealState | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """Print appeals, the newest first."""
    with opened(context) as faircut:
        for each in faircut.appeals.list(state=state, limit=limit):
            _show(each, as_json)


@appeals.command("show")
def show(context: typer.Context, appeal_id: AppealId, as_json: JsonFlag = False) -> None:
    """Print an appeal with the Decision that it is about."""
    with opened(context) as faircut:
        found = faircut.appeals.get(appeal_id)
        decision = faircut.decisions.get(found.decision_id)
        if as_json:
            emit(wire.dump(found) | {"decision": wire.dump(decision)})
            return
        _show(found, as_json)
        if found.text is not None:
            data.print(f"       [dim]judged:[/] {plain(found.text)}")
        show_decision(decision)


@appeals.command("uphold")
def uphold(context: typer.Context, appeal_id: AppealId, note: Note, as_json: JsonFlag = False) -> None:
    """Answer that the refusal was right."""
    _answer(context, appeal_id, AppealState.UPHELD, note, as_json)


@appeals.command("overturn")
def overturn(context: typer.Context, appeal_id: AppealId, note: Note, as_json: JsonFlag = False) -> None:
    """Answer that the refusal was wrong. This releases nothing: it tells, and it teaches."""
    _answer(context, appeal_id, AppealState.OVERTURNED, note, as_json)


@appeals.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Where to write it; standard output by default.")] = None,
) -> None:
    """Write the labelled set: a line of JSON for each answered appeal, without any media."""
    with opened(context) as faircut:
        lines = [json.dumps(each, ensure_ascii=False, sort_keys=True) + "\n" for each in faircut.appeals.labelled()]
    if out is None:
        sys.stdout.writelines(lines)
    else:
        out.write_text("".join(lines), encoding="utf-8")
    words.print(f"{len(lines)} answered appeals")


def _answer(context: typer.Context, appeal_id: str, outcome: AppealState, note: str, as_json: bool) -> None:
    with opened(context) as faircut:
        _show(faircut.appeals.answer(appeal_id, outcome, note, actor=ACTOR), as_json)


def _show(appeal: Appeal, as_json: bool) -> None:
    if as_json:
        shown: Any = wire.dump(appeal)
        emit(shown)
        return
    data.print(
        f"[bold]{appeal.state.value:10}[/] {appeal.id} [dim]{appeal.decision_id} {appeal.created_at[:16]}[/]\n"
        f"       {plain(appeal.words)}"
    )
    if appeal.note:
        data.print(f"       [dim]answered:[/] {plain(appeal.note)}")
