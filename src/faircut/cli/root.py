"""The root command: options that all commands share, and opening the Faircut that they work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faircut import __version__
from faircut.config import Settings, load_settings

if TYPE_CHECKING:
    from faircut.app import Faircut

app = typer.Typer(
    name="faircut",
    help="Generative video with the rights of others built in.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ACTOR = "cli"
"""Who the ledger says acted when somebody with access to the data folder used the CLI."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"faircut {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Data folder (default: FAIRCUT_HOME).", show_default=False)] = None,
    version: Annotated[  # noqa: ARG001  read by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Register protected works, make video, and refuse what belongs to others, with reasons."""
    context.obj = {"home": home}


def settings_of(context: typer.Context, **flags: object) -> Settings:
    """The settings with the root options and a command's own ``flags`` on top. Raises ConfigError."""
    return load_settings(home=context.obj["home"], **flags)


@contextmanager
def opened(context: typer.Context, **flags: object) -> Iterator[Faircut]:
    """The Faircut of the data folder, closed afterwards. Raises ConfigError, StorageError."""
    # Imported late: `faircut --help` should not load decoders.
    from faircut.app import open_faircut

    with open_faircut(settings_of(context, **flags)) as faircut:
        yield faircut
