"""``faircut bench``: how well copies are found, on your films or on films that are drawn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from faircut.cli.console import data, emit, plain, progress_bar, words
from faircut.cli.root import JsonFlag, app
from faircut.errors import InputError

if TYPE_CHECKING:
    from faircut.bench.edits import Edit
    from faircut.bench.matching import Outcome
    from faircut.bench.scores import Result, Row, Total

bench = typer.Typer(help="Measure Faircut on films of your own.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(bench, name="bench")


@bench.callback()
def _group() -> None:
    """Measure Faircut on films of your own."""
    # Typer takes a group of one command for the command itself unless the group has something of its own.


@bench.command("matching")
def matching(
    films: Annotated[
        list[Path] | None,
        typer.Option(help="A film or a folder of films to register; may be repeated. Without: films are drawn."),
    ] = None,
    innocent: Annotated[
        list[Path] | None, typer.Option(help="A video or a folder of videos that show none of the films.")
    ] = None,
    edits: Annotated[
        str | None, typer.Option(help="Edits by name, with commas between; a+b joins two. Default: all.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=0, help="So many pairs of edits as well.")] = 0,
    excerpts: Annotated[int, typer.Option(min=1, help="Excerpts for each edit.")] = 12,
    seconds: Annotated[str, typer.Option(help="How long excerpts are, from-to.")] = "5-15",
    frames_only: Annotated[bool, typer.Option("--frames-only", help="Single frames only, screened as images.")] = False,
    clips_only: Annotated[bool, typer.Option("--clips-only", help="No single frames beside the clips.")] = False,
    keep_sound: Annotated[
        bool, typer.Option("--keep-sound", help="Leave the film's sound in, which otherwise plays no part.")
    ] = False,
    with_peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="Ask vpdq and others, where installed.")
    ] = True,
    seed: Annotated[int, typer.Option(help="Another seed asks other excerpts.")] = 1,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one a core.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for results.json, the chart and copies of what was missed.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Edit copies of films in every way people do, and count what is found. Nothing is registered for good."""
    from faircut.bench import matching as matched
    from faircut.bench.edits import EDITS, FRAME_MATRIX, find
    from faircut.bench.edits import pairs as joined
    from faircut.bench.queries import Plan

    shortest, longest = _span(seconds)
    chosen: tuple[Edit, ...] = tuple(EDITS.values())
    if edits:
        chosen = tuple(find(name.strip()) for name in edits.split(",") if name.strip())
    if innocent and not films:
        raise InputError("Innocent clips need films beside them.", field="--innocent", remedy="Name --films as well.")
    clips = () if frames_only else (*chosen, *joined(pairs, seed))
    if frames_only and clips_only:
        raise InputError("Only one of the two.", field="--clips-only", remedy="Name one of them, or neither for both.")
    singles = (
        ()
        if clips_only
        else tuple(each for each in chosen if each.name in FRAME_MATRIX or (edits and frames_only and each.still))
    )
    if not clips and not singles:
        raise InputError("These edits change no single frame.", field="--edits", remedy="Leave --frames-only away.")
    run = matched.Run(
        films=tuple(films or ()),
        innocent=tuple(innocent or ()),
        edits=clips,
        frames=singles,
        plan=Plan(excerpts, max(1, excerpts // 4), shortest, longest, seed, keep_sound),
        frame_plan=Plan(5 * excerpts, 2 * excerpts, seed=seed),
        jobs=jobs or _cores(),
        with_peers=with_peers,
        keep_missed=output / "missed" if output else None,
    )
    with progress_bar("measuring", quiet=as_json) as progress:
        outcome = matched.measure(run, progress)
    if output is not None:
        _write(outcome, output)
    if as_json:
        _print_json(outcome)
    else:
        _print(outcome)


def _span(text: str) -> tuple[float, float]:
    try:
        numbers = [float(part) for part in text.split("-")]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 2 or numbers[0] < 1 or numbers[-1] < numbers[0] or numbers[-1] > 120:
        raise InputError(f"{text!r} is no span of seconds.", field="--seconds", remedy="Write it like 5-15.")
    return numbers[0], numbers[-1]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write(outcome: Outcome, folder: Path) -> None:
    from faircut.bench.matching import chart

    folder.mkdir(parents=True, exist_ok=True)
    outcome.write(folder / "results.json")
    (folder / "matching-recall.svg").write_text(chart(outcome), encoding="utf-8")
    words.print(f"Written to {plain(str(folder))}: results.json, matching-recall.svg")


def _print_json(outcome: Outcome) -> None:
    from faircut.bench import scores
    from faircut.bench.matching import listed

    for part, results in listed(outcome):
        for row in scores.rows(results):
            emit({"part": part, **row.as_json()})
        emit({"part": part, "total": scores.total(results, len(outcome.films.films)).as_json()})


def _print(outcome: Outcome) -> None:
    from faircut.bench import peers, scores
    from faircut.bench.matching import listed

    missing = [label for name, label in peers.LABELS.items() if name not in outcome.peers]
    if missing and outcome.asked_peers:
        words.print(f"not installed, so not compared with: {', '.join(missing)}")
    for part, results in listed(outcome):
        # Stills among clips have peers of their own, which are summed below and get no column.
        asked = tuple(n for n in outcome.peers if 2 * sum(n in each.peers for each in results) > len(results))
        summed = scores.total(results, len(outcome.films.films))
        # A pipe has no width of its own, and eighty columns fold the table beyond reading.
        wide = data if data.is_terminal else Console(highlight=False, width=150)
        wide.print(_table(part, scores.rows(results), asked))
        _say(summed, results)
    films = ", ".join(each.title for each in outcome.films.films)
    drawn = " (drawn; name your own with --films)" if outcome.films.drawn else ""
    data.print(f"[dim]films: {plain(films)}{drawn}; {outcome.seconds / 60:.1f} min[/]")


def _table(part: str, rows: Sequence[Row], asked: Sequence[str]) -> Table:
    from faircut.bench import peers
    from faircut.bench.metric import wilson

    table = Table(title=part, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("edit")
    for heading in (
        "found",
        "at least",
        "right work",
        "ends ≤ 0.5 s",
        "false",
        *(peers.LABELS[name] for name in asked),
    ):
        table.add_column(heading, justify="right")
    table.add_column("CPU-s", justify="right")
    family = rows[0].family if rows else ""
    for row in rows:
        if row.family != family:
            table.add_section()
            family = row.family
        whole = row.found == row.n
        table.add_row(
            plain(row.label),
            f"[{'green' if whole else 'yellow' if row.found else 'red'}]{row.found}/{row.n}[/]",
            f"{wilson(row.found, row.n)[0]:.0%}",
            f"{row.right}/{row.n}",
            f"{row.close}/{row.pieces}" if row.pieces else "",
            f"{'[red]' if row.false + row.wrong else ''}{row.false + row.wrong}/{row.innocent + row.n}",
            *(f"{row.peers[name]}/{row.n}" if name in row.peers else "" for name in asked),
            f"{row.cpu:.2f}",
        )
    return table


def _say(summed: Total, results: Sequence[Result]) -> None:
    from faircut.bench import peers
    from faircut.bench.metric import CHALLENGE_BASELINE, CHALLENGE_WINNER, at_most, wilson

    low, high = wilson(summed.found, summed.n)
    share = f"{summed.found / summed.n:.1%}" if summed.n else "none asked"
    data.print(f"found {summed.found} of {summed.n}: {share} (95 %: {low:.1%} to {high:.1%})")
    if summed.pieces:
        data.print(
            f"ends of segments within 0.5 s on both sides: {summed.close} of {summed.pieces}, "
            f"{summed.close / summed.pieces:.1%}"
        )
    data.print(
        f"false matches: {summed.mistaken} in {summed.unrelated} pairs of a query and a film that it does not show "
        f"(95 %: at most {at_most(summed.mistaken, summed.unrelated):.2%}); "
        f"{summed.flagged} of {summed.innocent} innocent queries not plainly allowed"
    )
    if summed.precision is not None:
        data.print(
            f"micro-average precision of segments: {summed.precision:.3f} (the measure of Meta's Video Similarity "
            f"Challenge, whose baseline reached {CHALLENGE_BASELINE} and winner {CHALLENGE_WINNER} on its own set)"
        )
    for name, found in summed.peers.items():
        asked = sum(name in each.peers for each in results if each.query.film is not None)
        data.print(
            f"{peers.LABELS[name]}: found {found} of {asked}, {summed.peers_mistaken[name]} false, "
            f"{summed.peers_cpu[name]:.2f} CPU-s (ours {summed.cpu:.2f})"
        )
    data.print()
