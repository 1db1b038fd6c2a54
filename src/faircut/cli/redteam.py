"""``faircut redteam``: attacks the guard as it stands, and says what got through."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from faircut.cli.console import EXIT_BLOCKED, data, emit, plain, progress_bar, words
from faircut.cli.root import JsonFlag, app, opened

if TYPE_CHECKING:
    from faircut.app import Faircut
    from faircut.domain import Element
    from faircut.redteam.attacker import Copies
    from faircut.redteam.campaign import Report, Tally

_SHOWN = 5


@app.command()
def redteam(
    context: typer.Context,
    element: Annotated[list[str] | None, typer.Option(help="An element by id or name; may be repeated.")] = None,
    work: Annotated[str | None, typer.Option(help="The elements of one work.")] = None,
    budget: Annotated[int, typer.Option(min=1, max=10_000, help="Attacks on each element.")] = 100,
    seed: Annotated[int, typer.Option(help="Another seed makes other attacks; the same one makes the same.")] = 1,
    families: Annotated[
        str | None, typer.Option(help="Only families whose names contain one of these, with commas between.")
    ] = None,
    copies: Annotated[int, typer.Option(min=0, help="Edited copies of references to upload for each element.")] = 4,
    survivors: Annotated[Path | None, typer.Option(help="Write attacks that passed to this file, JSON lines.")] = None,
    fail_over: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 3 when a larger share of the attacks passed.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the families, and attack nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Attack the guard with disguised names, descriptions and edited copies, adaptively. Nothing is recorded."""
    from faircut.redteam import attacker
    from faircut.redteam.campaign import chosen_families

    if listed:
        for group, names in attacker.GROUPS.items():
            data.print(f"[bold]{group}[/]: {plain(', '.join(names))}")
        return
    arsenal = chosen_families(families)
    with opened(context) as faircut, progress_bar("attacking", quiet=as_json) as progress:
        chosen = _elements(faircut, element or [], work)
        with tempfile.TemporaryDirectory(prefix="faircut-copies-") as folder:
            if copies and not families:
                arsenal = replace(arsenal, copies=_copies(faircut, Path(folder), copies, seed))
            report = faircut.redteam(chosen, budget=budget, seed=seed, arsenal=arsenal, progress=progress)
    if survivors is not None:
        with survivors.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in report.survivors())
        words.print(f"{report.total.passed} attacks written to {plain(str(survivors))}")
    if as_json:
        for result in report.results:
            emit(result.as_json())
        emit(report.as_json())
    else:
        _print(report)
    if fail_over is not None and report.total.rate > fail_over:
        words.print(f"[red]{report.total.rate:.2%} of the attacks passed, more than {fail_over:.2%}[/]")
        raise typer.Exit(EXIT_BLOCKED)


def _elements(faircut: Faircut, names: list[str], work: str | None) -> list[Element]:
    if names:
        return [faircut.catalogue.element(name, work=work) for name in names]
    return list(faircut.catalogue.elements(work=work))


def _copies(faircut: Faircut, folder: Path, count: int, seed: int) -> Copies:
    """Edited copies of an element's own references, or of its work's where it has none."""
    from faircut.bench.forgeries import forgeries

    def of(element: Element) -> Iterator[tuple[str, Path]]:
        catalogue = faircut.catalogue
        found = catalogue.references(element=element.id)
        if not found and element.work_id is not None:
            found = tuple(each for each in catalogue.references(work=element.work_id) if each.element_id is None)
        return forgeries(found, faircut.reference_file, folder, count=count, seed=seed)

    return of


def _print(report: Report) -> None:
    from faircut.redteam.grading import grade

    # A pipe has no width of its own, and eighty columns fold the table beyond reading.
    wide = data if data.is_terminal else Console(highlight=False, width=150)
    elements = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    elements.add_column("element")
    elements.add_column("grade")
    for heading in ("attacks", "to review", "passed", "at most (95 %)"):
        elements.add_column(heading, justify="right")
    elements.add_column("passed by")
    for result in report.results:
        how = dict.fromkeys(" + ".join(each.families) for each in result.passed)
        shown = "; ".join(list(how)[:2]) + (f" and {len(how) - 2} more" if len(how) > 2 else "")
        elements.add_row(plain(result.element.name), grade(result).letter.value, *_cells(result.total), plain(shown))
    wide.print(elements)
    families = [(name, tally) for name, tally in report.families.items() if tally.passed]
    if families:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column("family that passed")
        for heading in ("attacks", "to review", "passed", "at most (95 %)"):
            table.add_column(heading, justify="right")
        for name, tally in sorted(families, key=lambda each: -each[1].rate):
            table.add_row(plain(name), *_cells(tally))
        wide.print(table)
    _say(report)


def _cells(tally: Tally) -> tuple[str, str, str, str]:
    colour = "green" if not tally.passed else "red"
    return str(tally.made), str(tally.reviewed), f"[{colour}]{tally.passed}[/]", f"{tally.bound:.1%}"


def _say(report: Report) -> None:
    total = report.total
    data.print(
        f"[bold]{total.passed} of {total.made} attacks passed: {total.rate:.2%} (95 %: at most {total.bound:.2%})[/]; "
        f"{report.fell} of {len(report.results)} elements fell to one or more; {total.reviewed} went to review"
    )
    for what, tally in (("honest requests", report.honest), ("near-misses", report.near_misses)):
        if tally.made:
            blocked = tally.made - tally.passed - tally.reviewed
            data.print(f"{what}: {blocked} of {tally.made} blocked, {tally.reviewed} sent to review")
    for text, verdict in report.stopped[:_SHOWN]:
        data.print(f"[dim]  {verdict.value}: {plain(text)}[/]")
    for note in report.notes:
        data.print(f"[yellow]{plain(note)}[/]")
    data.print(f"[dim]seed {report.seed}, {report.budget} attacks an element; what a success is: docs/redteam.md[/]")
