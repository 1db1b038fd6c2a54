"""How well requests that describe without naming are found, how often honest ones are stopped, and what it costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import (
    BENIGN,
    NEAR,
    PLAIN,
    all_elements,
    known,
    later_elements,
    learns_honest,
    reported_alone,
)
from benchmarks.description_tables import STOCK, training_tables
from benchmarks.descriptions_chart import Curve, draw
from benchmarks.descriptions_cost import cost
from benchmarks.harness import Row
from benchmarks.other_languages import languages
from benchmarks.train_descriptions import (
    Looked,
    calibrated,
    cross_validated,
    glanced_at,
    greatest,
    judged,
    looked_at,
    several,
    worth_comparing,
)
from faircut.text.cross_encoder import default_cross_encoder

TITLE = "Descriptions without names"
METHOD = """\
The corpora under `benchmarks/corpora`, written by hand for this project. The sentence model's adapter learnt from 23 of
the elements of the first files and from 2,221 others that are never asked for, and the second look from the same. The
rows are about 161 that they do not know: the other 63 of the first files; 36 invented ones that were written last, a
third of them registered in a sentence or two, and asked for with facts that nobody registered; and 62 figures of myth,
tale and old books, asked for as people do who know them. Five-fold cross-validation over elements: combiners that knew
neither the prompt nor its element gave the score (that of the second look learnt from scores so made), and thresholds
chosen on the other four folds judged it; long prompts that the first glance rules out, by combiners and thresholds
that knew neither, pass. The first row is what the project asked of itself: invented elements, each
with ten requests of four kinds. The second adds what goes beyond it: requests by metaphor, slang and jargon
(“oblique”), written to get around a guard, and the figures that everybody knows. All 184 elements are registered; only,
honest prompts are not compared with what everybody knows, because everybody may ask for a phoenix. “Found” is block;
the notes say how many go to review as well. “Not registered”: the same requests, with nothing of the same work
registered. The adapter has seen half of the honest prompts of the first files, and 3,991 others that are not asked
here; the row about all that it has not seen is apart. The stated chance is that of the likeliest element, with as many
requests as others. 100,000 descriptions are recombined from the phrases of the corpora: 500 of them are encoded, and
the vectors of the others are those with noise, which costs a search the same. CPU time of one thread. A lean
registration is a description alone, two sentences of it, or a tagline and one sentence, a third of the elements each.
The curve stops honest prompts and near-misses alike. In the rows about other languages the combiner that is shipped
judges, and has seen these elements asked for in English.

![Requests found against honest prompts stopped, for full and for lean registrations](images/descriptions.svg)"""
_BINS = 10
FOUND, BENIGN_STOPPED, NEAR_STOPPED = 0.97, 0.005, 0.02
_PUBLISHED, _PUBLISHED_FOUND = 0.033, 0.937
"""The best published detector of prompts that describe characters without naming them: false and true positives."""
_GROUPS = {
    "first": "elements of the first files",
    "later": "invented elements written last",
    "known": "figures that everybody knows",
}
CHART = Path(__file__).parents[1] / "docs" / "images" / "descriptions.svg"
Flags = npt.NDArray[np.bool_]


def run() -> list[Row]:
    """The rows of this part."""
    return [*accuracy(), *languages(), *cost()]


def accuracy() -> list[Row]:
    """Shares found and stopped, by style and by kind, each prompt judged by what did not know it."""
    full, lean, _ = looked_at(training_tables(), default_cross_encoder())
    table = full.read
    scores = cross_validated(table)
    best, which = greatest(table, several(table, scores))
    blocked, stopped = judged(table, scores)
    elements = all_elements()
    asked = table.draws >= 0
    kinds = np.array([elements[number].kind if number >= 0 else "" for number in table.draws])
    rows = [_share("requests found, all", asked, blocked, stopped, FOUND)]
    rows += [
        _share(f"found, {style}", asked & (table.styles == style), blocked, stopped)
        for style in sorted(set(table.styles[asked]))
    ]
    invented = np.array([not known(each) for each in elements])[table.draws]
    rows.insert(
        0,
        _share(
            f"requests found for {len(set(table.draws[asked & invented]))} invented elements: {', '.join(PLAIN)}",
            asked & invented & np.isin(table.styles, PLAIN),
            blocked,
            stopped,
            FOUND,
        ),
    )
    later, famous = {each.name for each in later_elements()}, {each.name for each in elements if known(each)}
    groups = np.array(
        ["known" if each.name in famous else "later" if each.name in later else "first" for each in elements]
    )[table.draws]
    for group, what in _GROUPS.items():
        own = asked & (groups == group)
        rows.append(_share(f"found, {len(set(table.draws[own]))} {what}", own, blocked, stopped))
    rows += [_share(f"found, {kind}s", asked & (kinds == kind), blocked, stopped) for kind in sorted(set(kinds[asked]))]
    rows.append(_share("requests whose element scores highest", asked, which == table.draws))
    alone = np.array([reported_alone(case.text) for case in table.cases])
    honest = (table.styles == BENIGN) & ~alone
    near = table.styles == NEAR
    taught = np.array([learns_honest(case.text) for case in table.cases])
    rows += [
        _share("benign prompts blocked", honest, blocked, stopped, most=BENIGN_STOPPED),
        _share("benign prompts that the adapter does not know, blocked", honest & ~taught, blocked, stopped),
        _share("benign prompts written afterwards, blocked", alone, blocked, stopped),
        _share("near-miss prompts blocked", near, blocked, stopped, most=NEAR_STOPPED),
        _share("stock figures blocked", table.styles == STOCK, blocked, stopped),
    ]
    passed, long = worth_comparing(full.table.glance, full.glanced), glanced_at(table)
    rows += [
        _share("long benign prompts that the first glance does not rule out", honest & long, passed),
        _share("long requests that the first glance does not rule out", asked & long, passed),
    ]
    compared = float((best[asked] > np.quantile(best[honest | near], 1 - _PUBLISHED)).mean())
    rows.append(
        Row(
            f"requests found where {_PUBLISHED:.1%} of benign and near-miss prompts are stopped",
            f"{compared:.2%}",
            n=f"{int(asked.sum())}",
            note=f"the best published detector: {_PUBLISHED_FOUND:.1%}, on other prompts",
        )
    )
    off = calibration_error(calibrated(table, scores), asked & (which == table.draws), asked, honest | near)
    rows.append(Row("stated chance against how often it is so, mean difference", f"{off:.3f}", n=f"{len(table.cases)}"))
    works = np.array([each.work for each in elements])
    draws = table.draws[full.table.prompts]
    glance = full.table.glance
    theirs = table.draws[glance.prompts]
    left = full.left(
        (draws < 0) | (works[full.table.candidates] != works[draws]),
        (theirs < 0) | (works[glance.candidates] != works[theirs]),
    )
    unheld = judged(left, cross_validated(left, by=table))
    rows.append(_share("requests for elements that are not registered, blocked", asked, *unheld))
    return [*rows, *_lean(lean, best, honest, near)]


def _lean(lean: Looked, full: npt.NDArray[np.float64], honest: Flags, near: Flags) -> list[Row]:
    """The same with lean registrations, as ``description_tables.lean`` makes them, and both in one picture; ``full``
    are the greatest scores with full registrations."""
    table = lean.read
    scores = cross_validated(table)
    best, _ = greatest(table, several(table, scores))
    blocked, stopped = judged(table, scores)
    asked, passing = table.draws >= 0, honest | near
    curves = [
        Curve("full registrations", "#1d5ab9", full[asked], full[passing]),
        Curve("lean registrations", "#b2541d", best[asked], best[passing]),
    ]
    CHART.write_text(draw(curves, (_PUBLISHED, _PUBLISHED_FOUND)), encoding="utf-8")
    return [
        _share("lean registrations: requests found", asked, blocked, stopped),
        _share("lean registrations: benign prompts blocked", honest, blocked, stopped, most=BENIGN_STOPPED),
        _share("lean registrations: near-miss prompts blocked", near, blocked, stopped, most=NEAR_STOPPED),
    ]


def calibration_error(log_odds: npt.NDArray[np.float64], true: Flags, asked: Flags, passing: Flags) -> float:
    """The expected calibration error over ten bins (Guo et al., arXiv 1706.04599), the rows ``asked`` weighing as much
    as the rows ``passing``. ``true``: whether what each row's best score is about is what the prompt would draw."""
    chance = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    weights = asked / max(asked.sum(), 1) + passing / max(passing.sum(), 1)
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights * (chance - true), _BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def _share(
    what: str,
    rows: Flags,
    blocked: Flags,
    stopped: Flags | None = None,
    least: float | None = None,
    most: float | None = None,
) -> Row:
    share = float(blocked[rows].mean())
    note = "" if stopped is None else f"{float(stopped[rows].mean()):.2%} with those that go to review"
    goal, met = ("", None) if least is None else (f"≥ {least:.0%}", share >= least)
    if most is not None:
        goal, met = f"≤ {most:.1%}", share <= most
    return Row(what, f"{share:.2%}", goal, met, f"{int(rows.sum())}", note)


__all__ = ["METHOD", "TITLE", "run"]
