"""``faircut compare``: two files side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faircut import wire
from faircut.cli.console import data, emit, plain, progress_bar, words
from faircut.cli.root import JsonFlag, app, opened
from faircut.wording import chance, clock

if TYPE_CHECKING:
    from faircut.compare import Comparison
    from faircut.domain import Segment

_WIDTH = 60


@app.command()
def compare(
    context: typer.Context,
    first: Annotated[Path, typer.Argument(help="The supposed copy.")],
    second: Annotated[Path, typer.Argument(help="What it may be a copy of.")],
    output: Annotated[
        Path | None, typer.Option(help="Write a page (.html) with the pictures side by side.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show which stretches of FIRST stand in SECOND, and what was done to them. Nothing is recorded."""
    with opened(context) as faircut, progress_bar("comparing", quiet=as_json) as progress:
        found = faircut.compare.files(first, second, progress=progress)
        if output is not None:
            from faircut.compare_page import page

            output.write_text(page(found), encoding="utf-8")
    if as_json:
        emit(wire.dump(found))
    else:
        _show(found)
    if output is not None:
        words.print(f"wrote {plain(str(output))}")


def _show(found: Comparison) -> None:
    for label, asset, seconds in zip(("first", "second"), (found.first, found.second), found.seconds, strict=True):
        length = f", {clock(seconds)}" if seconds else ""
        data.print(f"{label:6}  {plain(asset.label)} [dim]({asset.kind}{length})[/]")
    if not found.copies:
        data.print("Nothing of the first was found in the second.")
    for copied in found.copies:
        match = copied.match
        likely = "" if match.probability is None else f", chance of a copy {chance(match.probability)}"
        changes = ", ".join(copied.changes) or "as it is"
        data.print(f"\n[bold]{copied.sense}[/]: {plain(changes)} [dim]({match.detector}{likely})[/]")
        for label, segment, seconds in zip(
            ("first", "second"), (match.query, match.reference), found.seconds, strict=True
        ):
            if segment is not None and seconds:
                data.print(f"  {label:6}  {_bar(segment, seconds)}  {clock(segment.start)} to {clock(segment.end)}")


def _bar(segment: Segment, seconds: float) -> str:
    start = min(round(segment.start / seconds * _WIDTH), _WIDTH - 1)
    end = min(max(round(segment.end / seconds * _WIDTH), start + 1), _WIDTH)
    return "·" * start + "█" * (end - start) + "·" * (_WIDTH - end)
