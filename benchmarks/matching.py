"""What is found of edited copies, edit by edit: clips, sound and single frames, beside vpdq and PDQ.

The same as ``faircut bench matching``, on the shared films where they are there. Writes docs/matching-recall.svg.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.films import FILMS, INNOCENT, shared_media
from benchmarks.harness import Row, skipped
from benchmarks.machine import cores
from faircut.bench import matching, peers, scores
from faircut.bench.edits import BEYOND, EDITS, Form, pairs
from faircut.bench.metric import CHALLENGE_BASELINE, CHALLENGE_WINNER, at_most, wilson
from faircut.bench.queries import Plan
from faircut.bench.scores import Result, Total

TITLE = "Finding edited copies"
METHOD = """\
Three films are registered, each as a work of its own. Excerpts of 5 to 15 s are cut out at random, edited, encoded
anew and judged as `faircut screen` judges them; every other one is hidden between pieces of innocent footage. Picture
edits are made on silent clips, so that all that is found was seen, and sound edits on sound alone. Single frames are
edited and screened as images. Innocent clips go through the same edits. *Found* means that the work is named; ends of
a segment must lie within 0.5 s of the truth on both sides, in the clip and in the film. Micro-average precision is
that of the matching track of Meta's Video Similarity Challenge, computed on our clips: its published baseline (0.441)
and winner (0.915) were reached on the challenge's own, larger and harder set, and are no comparison of systems. vpdq
and PDQ are asked at their usual settings (31 bits, quality 50, 80 % of one frame a second), with every frame of the
films registered. Brackets hold 95 % intervals (Wilson); bounds after no event are 3/N. `faircut bench matching` with
`--films` and `--innocent` measures yours.

![Share of excerpts found, edit by edit, Faircut above and vpdq below](matching-recall.svg)"""
EXCERPTS, INNOCENT_EXCERPTS, PAIRS = 3, 1, 8
FRAMES, INNOCENT_FRAMES = 9, 9
"""A quarter of an hour on two quiet cores; ``faircut bench matching --excerpts`` asks as many as wanted."""
CHART = Path(__file__).parents[1] / "docs" / "matching-recall.svg"
_SURE = ("mirror", "crf-45", "text", "logo", "recolour")
"""Edits that must be found without exception on single frames."""


def run() -> list[Row]:
    """The rows of this part."""
    folder = shared_media()
    outcome = matching.measure(
        matching.Run(
            films=() if folder is None else tuple(folder / name for name in FILMS),
            innocent=() if folder is None else tuple(folder / name for name in INNOCENT),
            edits=(*EDITS.values(), *pairs(PAIRS, seed=1)),
            plan=Plan(EXCERPTS, INNOCENT_EXCERPTS),
            frame_plan=Plan(FRAMES, INNOCENT_FRAMES),
            jobs=cores(),
        )
    )
    CHART.write_text(matching.chart(outcome), encoding="utf-8")
    note = "" if folder is not None else "on drawn films: the real ones are not here"
    films = len(outcome.films.films)
    single = [each for each in outcome.clips if "+" not in each.query.edit_name]
    double = [each for each in outcome.clips if "+" in each.query.edit_name]
    beyond = [each for each in single if each.query.edit_name in BEYOND]
    seen = [each for each in single if each.query.edit.form is not Form.SOUND and each.query.edit_name not in BEYOND]
    heard = [each for each in single if each.query.edit.form is Form.SOUND]
    rows = [
        *_clips(seen, films, note),
        *_part("pairs of edits", double, films, None),
        *_part("edits beyond the list, with redrawn outlines or blurred bars", beyond, films, None),
        *_part("sound edits", heard, films, 0.95),
        *_frames(outcome.frames, films),
    ]
    rows += [_edit(row) for results in (seen, beyond, heard, double) for row in scores.rows(results)]
    rows += [_edit(row, "frame, ") for row in scores.rows(outcome.frames)]
    return rows


def _clips(results: Sequence[Result], films: int, note: str) -> list[Row]:
    summed = scores.total(results, films)
    rows = _part("clips, one picture or time edit each", results, films, 0.98, note)
    if summed.pieces:
        close = summed.close / summed.pieces
        low, high = wilson(summed.close, summed.pieces)
        shown = f"{close:.1%} ({low:.1%} to {high:.1%})"
        rows.append(Row("… ends of segments within 0.5 s", shown, "≥ 95 %", close >= 0.95, f"{summed.pieces} segments"))
    if summed.precision is not None:
        compared = f"the challenge's baseline {CHALLENGE_BASELINE}, its winner {CHALLENGE_WINNER}, on its own set"
        rows.append(Row("… micro-average precision of segments", f"{summed.precision:.3f}", note=compared))
    rows.append(Row("… CPU seconds a clip, reading to verdict", f"median {summed.cpu:.2f}", n=f"{len(results)} clips"))
    for name, found in summed.peers.items():
        asked = sum(name in each.peers for each in results if each.query.film is not None)
        result = f"{found / asked:.1%}, {summed.peers_mistaken[name]} false, median {summed.peers_cpu[name]:.2f} CPU-s"
        rows.append(Row(f"… {peers.LABELS[name]} found", result, n=f"{asked}"))
    missing = [label for name, label in peers.LABELS.items() if not peers.installed()[name]]
    return rows + [skipped(f"… {label}", "not installed") for label in missing]


def _part(what: str, results: Sequence[Result], films: int, target: float | None, note: str = "") -> list[Row]:
    if not results:
        return []
    summed = scores.total(results, films)
    share = summed.found / summed.n
    low, high = wilson(summed.found, summed.n)
    wanted = "" if target is None else f"≥ {target:.0%}"
    met = None if target is None else share >= target
    found = Row(f"{what}: found", f"{share:.1%} ({low:.1%} to {high:.1%})", wanted, met, f"{summed.n}", note)
    return [found, _false(summed)]


def _false(summed: Total) -> Row:
    bound = at_most(summed.mistaken, summed.unrelated)
    result = f"{summed.mistaken} (at most {bound:.2%})"
    pairs_of = f"{summed.unrelated} pairs of a query and a film"
    return Row("… false matches with what is not shown", result, "0", summed.mistaken == 0, pairs_of)


def _frames(results: Sequence[Result], films: int) -> list[Row]:
    rows = _part("single frames, 20 edits", results, films, 0.97)
    sure = [each for each in results if each.query.edit_name in _SURE and each.query.film is not None]
    if sure:
        found = sum(each.found for each in sure)
        rows.append(
            Row(
                "… mirrored, re-encoded, overlaid, recoloured",
                f"{found / len(sure):.1%}",
                "100 %",
                found == len(sure),
                f"{len(sure)}",
            )
        )
    summed = scores.total(results, films)
    for name, count in summed.peers.items():
        rows.append(Row(f"… {peers.LABELS[name]} found", f"{count / summed.n:.1%}", n=f"{summed.n}"))
    return rows


def _edit(row: scores.Row, prefix: str = "") -> Row:
    low, high = wilson(row.found, row.n)
    ends = f"; ends {row.close} of {row.pieces}" if row.pieces else ""
    beside = "".join(f"; {peers.LABELS[name]} {found}" for name, found in row.peers.items())
    result = f"{row.found} of {row.n} ({low:.0%} to {high:.0%}){ends}{beside}"
    return Row(f"{prefix}{row.label}", result, n=f"{row.n} and {row.innocent} innocent")
