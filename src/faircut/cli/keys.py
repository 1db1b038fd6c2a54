"""``faircut keys``: API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from faircut import wire
from faircut.access import Scope
from faircut.cli.console import data, emit, plain, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened

keys = typer.Typer(help="API keys: create, list, revoke.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(keys, name="keys")


@keys.command("create")
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whom or what the key is for.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do [default: generate, screen].")] = None,
    partner: Annotated[
        str | None, typer.Option(help="Whose key it is: recent requests of one partner's keys are judged together.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Create a key. The secret is printed once and never stored."""
    with opened(context) as faircut:
        scopes = scope or [Scope.GENERATE, Scope.SCREEN]
        key, secret = faircut.keys.create(name, scopes, partner=partner, actor=ACTOR)
    if as_json:
        emit(wire.dump(key) | {"secret": secret})
    else:
        words.print(f"Key [bold]{plain(key.name)}[/] ({key.id}). Keep the secret: it is not shown again.")
        data.print(secret)


@keys.command("list")
def list_keys(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Print all keys, without their secrets."""
    with opened(context) as faircut:
        for key in faircut.keys.list():
            if as_json:
                emit(wire.dump(key))
            else:
                state = f"revoked {key.revoked_at}" if key.revoked_at else "active"
                whose = f" of {plain(key.partner)}" if key.partner else ""
                data.print(f"{key.id} {key.prefix}… {plain(key.name)}{whose} [dim]{', '.join(key.scopes)}[/] {state}")


@keys.command("revoke")
def revoke(context: typer.Context, key_id: Annotated[str, typer.Argument(help="The key's id.")]) -> None:
    """End a key, and every session opened with it, at once."""
    with opened(context) as faircut:
        faircut.keys.revoke(key_id, actor=ACTOR)
        words.print(f"revoked {key_id}")
