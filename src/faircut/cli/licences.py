"""``faircut licence``: what owners let callers do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from faircut import wire
from faircut.cli.console import data, emit, plain, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import Licence, Use

licence = typer.Typer(help="Licences: grant, list, revoke.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(licence, name="licence")

Work = Annotated[str | None, typer.Option(help="The work, by id or title.")]
Element = Annotated[str | None, typer.Option(help="One element of it, by id or name.")]


@licence.command("grant")
def grant(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="Who grants it: the owner, by id or name.")],
    to: Annotated[str, typer.Option(help="The caller: a key's id; `local` or `cli` for your own requests.")],
    until: Annotated[str, typer.Option(help="When it ends: 2026-12-31, or 2026-12-31T18:00Z.")],
    work: Work = None,
    element: Element = None,
    use: Annotated[list[Use] | None, typer.Option(help="What it allows [default: words, copies].")] = None,
    since: Annotated[str | None, typer.Option(help="When it begins [default: now].", show_default=False)] = None,
    note: Annotated[str, typer.Option(help="For whoever reads it later.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Let one caller use a whole work, or one element of it alone."""
    with opened(context) as faircut:
        _show(
            faircut.licences.grant(
                party,
                work=work,
                element=element,
                to=to,
                uses=use or list(Use),
                since=since,
                until=until,
                note=note,
                actor=ACTOR,
            ),
            as_json,
        )


@licence.command("list")
def list_licences(
    context: typer.Context,
    party: Annotated[str | None, typer.Option(help="Granted by this party.")] = None,
    work: Work = None,
    element: Annotated[str | None, typer.Option(help="Those that reach this element.")] = None,
    to: Annotated[str | None, typer.Option(help="Granted to this caller.")] = None,
    in_force: Annotated[bool, typer.Option("--in-force", help="Only those in force now.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print licences, the newest first, ended ones too."""
    at = datetime.now(UTC) if in_force else None
    with opened(context) as faircut:
        for each in faircut.licences.list(party=party, work=work, element=element, to=to, in_force_at=at):
            _show(each, as_json)


@licence.command("revoke")
def revoke(
    context: typer.Context,
    licence_id: Annotated[str, typer.Argument(metavar="LICENCE", help="The licence's id.")],
    as_json: JsonFlag = False,
) -> None:
    """End a licence at once. It stays on record."""
    with opened(context) as faircut:
        ended = faircut.licences.revoke(licence_id, actor=ACTOR)
    if as_json:
        emit(wire.dump(ended))
    else:
        words.print(f"revoked {plain(ended.id)}")


def _show(each: Licence, as_json: bool) -> None:
    if as_json:
        emit(wire.dump(each))
        return
    what = f"element {each.element_id}" if each.element_id else f"all of {each.work_id}"
    state = f"revoked {_time(each.revoked_at)}" if each.revoked_at else _standing(each)
    until = f"{_time(each.since)} to {_time(each.until)}"
    data.print(plain(f"{each.id} {what} to {each.licensee}: {', '.join(each.uses)}, {until}, {state}"))


def _standing(each: Licence) -> str:
    now = datetime.now(UTC)
    return "in force" if each.in_force(now) else "not yet" if now < each.since else "over"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%MZ")
