"""Fits the combiner of the descriptions detector and writes it, with the space of the sentence model, into the package.

    python -m benchmarks.train_descriptions

Everything is fitted on the elements that the sentence model's adapter has not learnt from
(``description_sets.learns``); the others stand by to be told apart. Stock figures, and honest prompts with one
attribute of an element put in, are to pass. All is done twice: with full registrations, and with lean ones, as somebody
in a hurry would write them. Registrations of a tagline alone are judged as lean ones, but only from a threshold of
their own on: nobody's prompt should wait for review because six everyday words were registered.

A combiner of its own judges what the quick encoder makes of a prompt; from which score on a prompt is compared properly
is chosen so that few honest ones are. Pairs that score high enough then get the second look, and a model of two
numbers, fitted on scores by cross-validation, judges them anew. The thresholds are chosen by cross-validation over
elements, so that no score that counts comes from a combiner that knew the element; ``benchmarks/descriptions.py``
reports by the same. Takes minutes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import BENIGN, NEAR
from benchmarks.description_tables import Compared, Floats, Ints, Table, Tables, training_tables
from benchmarks.second_look import READ_FROM, Readings, read, readings
from faircut.detectors.descriptions_combiner import Logistic
from faircut.detectors.descriptions_features import FEATURES
from faircut.detectors.descriptions_glance import is_glanced_at
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.descriptions_space import FILE
from faircut.text.array_file import write_arrays
from faircut.text.cross_encoder import CrossEncoder, default_cross_encoder
from faircut.text.models import DEFAULT_MODEL

_PACKAGE = Path(__file__).parent.parent / "src" / "faircut" / "detectors"
FOLDS = 5
_RIDGE = 60.0
_HONEST_WEIGHT, _NEAR_WEIGHT = 30.0, 60.0
"""Against other wrong pairs. Of nine settings between 1 and 100, these were among the best by cross-validation."""
_BLOCK_BENIGN, _BLOCK_NEAR = 0.004, 0.016
"""A little below the shares that may be blocked, 0.5 and 2 %: what is measured on other prompts lies somewhat above
what a threshold was chosen for."""
_REVIEW_BENIGN, _REVIEW_NEAR = 0.02, 0.08
_WORTH, _WORTH_LEAN = 0.02, 0.04
"""Honest prompts that the first glance would not rule out if it looked at all, among full and among lean registrations:
fewer than one in twenty, so that the slowest of twenty does not wait for more. Long requests reach it nearly all."""
_LEAST = -100.0
"""Below any score: that of a prompt of which nothing got a second look."""


@dataclass(frozen=True)
class Looked:
    """Pairs before and after the second look: ``scores`` (n,) of ``table`` by cross-validation, with ``shift`` added to
    what was fitted; their ``readings``; ``alone``, the thresholds to block and to review without a second look;
    and ``read``, the pairs that got one. ``glanced`` are the scores of the first glance."""

    table: Compared
    scores: Floats
    shift: float
    readings: Readings
    alone: tuple[float, float]
    read: Table
    glanced: Floats

    def left(self, registered: npt.NDArray[np.bool_], glanced: npt.NDArray[np.bool_]) -> Table:
        """What is read when fewer are registered: ``registered`` of the pairs, ``glanced`` of those of the glance."""
        worth = worth_comparing(self.table.glance, np.where(glanced, self.glanced, _LEAST))
        return read(self.table, self.scores, self.readings, registered & worth[self.table.prompts])


def main() -> None:
    """Fits, chooses the thresholds, says how prompts fare by cross-validation, and writes both files."""
    tables = training_tables()
    full, lean, thin = looked_at(tables, default_cross_encoder())
    judgements = []
    for name, looked, share in (("full", full, _WORTH), ("lean", lean, _WORTH_LEAN)):
        scores = cross_validated(looked.read)
        print_shares(name, looked.read, scores)
        glance = looked.table.glance
        judgements.append(
            Judged(
                quick=fit(glance, glance.chosen_on[glance.prompts]),
                quick_from=worth_from(glance, looked.glanced, glance.chosen_on, share),
                first=fit(looked.table, looked.table.chosen_on[looked.table.prompts]),
                second=fit(looked.read, looked.read.chosen_on[looked.read.prompts]),
                shift=looked.shift,
                alone=looked.alone,
                read=thresholds(looked.read, scores, looked.read.chosen_on),
                calibration=calibration(looked.read, scores, looked.read.chosen_on),
            )
        )
    best, _ = greatest(thin.read, cross_validated(thin.read, by=lean.read))
    least = threshold(thin.read, best, thin.read.chosen_on, _REVIEW_BENIGN, _REVIEW_NEAR)
    quick_thin = worth_from(thin.table.glance, thin.glanced, thin.table.chosen_on, _WORTH_LEAN)
    write(judgements[0], judgements[1], Thin(quick_thin, thin.alone[1], least), tables)


def looked_at(tables: Tables, encoder: CrossEncoder) -> tuple[Looked, Looked, Looked]:
    """The full, the lean and the thin registrations with the second look. The lean model, which judges the last two, is
    shifted to block from the same score on as the full one."""

    def looked(table: Compared, scores: Floats, alone: tuple[float, float], shift: float, by: Compared) -> Looked:
        share = _WORTH if by is full else _WORTH_LEAN
        scores, (block, review) = scores + shift, alone
        glanced = cross_validated(table.glance, by=by.glance)
        worth = worth_comparing(table.glance, glanced, share)[table.prompts]
        found = readings(tables, table, np.where(worth, scores, _LEAST), encoder)
        second = read(table, scores, found, worth)
        return Looked(table, scores, shift, found, (block + shift, review + shift), second, glanced)

    full, lean, thin = tables.full, tables.lean, tables.thin
    ours, theirs = cross_validated(full), cross_validated(lean)
    full_alone, lean_alone = (
        thresholds(table, scores, table.chosen_on) for table, scores in ((full, ours), (lean, theirs))
    )
    shift = full_alone[0] - lean_alone[0]
    least = cross_validated(thin, by=lean)
    review = threshold(thin, greatest(thin, least)[0], thin.chosen_on, _REVIEW_BENIGN, _REVIEW_NEAR)
    return (
        looked(full, ours, full_alone, 0.0, full),
        looked(lean, theirs, lean_alone, shift, lean),
        looked(thin, least, (lean_alone[0], review), shift, lean),
    )


def worth_from(glance: Table, scores: Floats, rows: npt.NDArray[np.bool_], share: float) -> float:
    """From which score of the first glance on a prompt is compared properly: that ``share`` of honest ``rows`` are."""
    return threshold(glance, greatest(glance, scores)[0], rows, share, 1.0)


def glanced_at(table: Table) -> npt.NDArray[np.bool_]:
    """(prompts,) which are long enough for a first glance."""
    return np.array([is_glanced_at(plain_text(case.text)) for case in table.cases])


def worth_comparing(glance: Table, scores: Floats, share: float = _WORTH) -> npt.NDArray[np.bool_]:
    """(prompts,) which the first glance does not rule out, from a score on that was chosen on the other folds."""
    prompts, _ = folds_of(glance)
    best, _ = greatest(glance, scores)
    found = ~glanced_at(glance)
    for fold in range(FOLDS):
        own = prompts == fold
        found[own] |= best[own] >= worth_from(glance, scores, ~own & glance.chosen_on, share)
    return found


@dataclass(frozen=True)
class Judged:
    """Combiners without and with the second look, ``shift`` to be added to what ``first`` says, and the thresholds to
    block and to review of both, after the shift; ``calibration``, slope and shift that make log odds of the second;
    and ``quick``, that of the first glance, with the score from which on a prompt is compared properly."""

    quick: Logistic
    quick_from: float
    first: Logistic
    second: Logistic
    shift: float
    alone: tuple[float, float]
    read: tuple[float, float]
    calibration: tuple[float, float]


@dataclass(frozen=True)
class Thin:
    """Scores from which on what says little is compared properly, and is reviewed without and with a second look."""

    quick: float
    alone: float
    read: float


def print_shares(name: str, table: Table, scores: Floats) -> None:
    """How the prompts of each style fare."""
    blocked, stopped = judged(table, scores)
    for style in sorted(set(table.styles)):
        own = table.styles == style
        print(f"{name} {style:13} {own.sum():5}  block {blocked[own].mean():.4f}  review {stopped[own].mean():.4f}")


def weights_of(table: Table, rows: npt.NDArray[np.bool_]) -> Floats:
    """How much each of some pairs counts: honest prompts and near-misses more than requests for other elements, and
    both labels the same in all."""
    labels = table.labels[rows]
    missed = (table.near[table.prompts] == table.candidates)[rows]
    honest = np.array([case.free for case in table.cases])[table.prompts][rows]
    weights = np.where(missed, _NEAR_WEIGHT, np.where(honest, _HONEST_WEIGHT, 1.0))
    weights[labels] = weights[~labels].sum() / max(labels.sum(), 1)
    found: Floats = weights / weights.mean()
    return found


def fit(table: Table, rows: npt.NDArray[np.bool_]) -> Logistic:
    """Ridge logistic regression by Newton's method (Hastie et al., Elements of Statistical Learning, 4.4.1)."""
    features, labels = (table.features[rows].astype(np.float64), table.labels[rows].astype(np.float64))
    weights = weights_of(table, rows)
    low, high = np.quantile(features, (0.0005, 0.9995), axis=0)
    features = np.clip(features, low, high)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    # What never varies says nothing: lean registrations have no keywords.
    scale[scale < 1e-6] = 1
    design = np.concatenate([(features - mean) / scale, np.ones((len(features), 1))], axis=1)
    penalty = np.full(design.shape[1], _RIDGE)
    penalty[-1] = 0
    found = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        gradient = design.T @ (weights * (labels - chance)) - penalty * found
        curvature = (design * (weights * np.maximum(chance * (1 - chance), 1e-6))[:, None]).T @ design
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    return Logistic(
        mean.astype(np.float32),
        scale.astype(np.float32),
        low.astype(np.float32),
        high.astype(np.float32),
        found[:-1].astype(np.float32),
        float(found[-1]),
    )


def folds_of(table: Table) -> tuple[Ints, Ints]:
    """Which fold each prompt is in, and each pair's element (-1 for those of the adapter, which are in none)."""
    draw = np.random.default_rng(5)
    owners = np.where(table.draws >= 0, table.draws, table.near)
    asked = np.unique(table.draws[table.draws >= 0])
    fold = np.full(max(int(table.candidates.max()), int(asked.max())) + 1, -1)
    fold[asked] = draw.permutation(len(asked)) % FOLDS
    prompts = np.where(owners >= 0, fold[owners], 0)
    honest = np.flatnonzero(owners < 0)
    prompts[honest] = draw.permutation(len(honest)) % FOLDS
    return prompts, fold[table.candidates]


def cross_validated(table: Table, by: Table | None = None) -> Floats:
    """(n,) score of each pair, by a combiner that knew neither its prompt nor the element that the prompt is about.

    It learns from ``by``, which has the same cases; from the table itself where that is not given.
    """
    learnt = by or table
    prompts, elements = folds_of(learnt)
    found = np.zeros(len(table.prompts))
    for fold in range(FOLDS):
        known = ((prompts != fold) & learnt.chosen_on)[learnt.prompts] & (elements != fold)
        model = fit(learnt, known)
        asked = prompts[table.prompts] == fold
        found[asked] = model.scores(table.features[asked])
    return found


def greatest(table: Table, scores: Floats) -> tuple[Floats, Ints]:
    """The greatest score of each prompt, and of which element it is; less than any and -1 where there is none."""
    best = np.full(len(table.cases), -np.inf)
    np.maximum.at(best, table.prompts, scores)
    which = np.full(len(table.cases), -1)
    top = scores == best[table.prompts]
    which[table.prompts[top]] = table.candidates[top]
    return best, which


def several(table: Table, scores: Floats) -> Floats:
    """(n,) the scores without those of pairs that have a single thing in common: nothing is blocked for these."""
    found: Floats = np.where(table.single, -np.inf, scores)
    return found


def judged(table: Table, scores: Floats) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which prompts are blocked, and which are blocked or reviewed, by thresholds chosen on the other folds alone."""
    prompts, _ = folds_of(table)
    blocked, stopped = (np.zeros(len(table.cases), bool) for _ in range(2))
    (best, _), (beyond, _) = greatest(table, scores), greatest(table, several(table, scores))
    for fold in range(FOLDS):
        block, review = thresholds(table, scores, (prompts != fold) & table.chosen_on)
        own = prompts == fold
        blocked[own], stopped[own] = beyond[own] >= block, (beyond[own] >= review) | (best[own] >= block)
    return blocked, stopped


def thresholds(table: Table, scores: Floats, rows: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """From which scores on to block and to review, so that few honest prompts and near-misses of ``rows`` are."""
    best, _ = greatest(table, several(table, scores))
    block = threshold(table, best, rows, _BLOCK_BENIGN, _BLOCK_NEAR)
    return block, min(block, threshold(table, best, rows, _REVIEW_BENIGN, _REVIEW_NEAR))


def calibration(table: Table, scores: Floats, rows: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift that turn the greatest scores of the prompts ``rows`` into the log odds that the prompt would
    draw that element, where there are as many requests as others (Platt, Advances in Large Margin Classifiers, 1999).
    """
    best, which = greatest(table, scores)
    asked, passing = table.draws >= 0, (table.styles == BENIGN) | (table.styles == NEAR)
    weights = asked / asked.sum() + passing / passing.sum()
    rows = rows & np.isfinite(best) & (weights > 0)
    design = np.stack([best[rows], np.ones(rows.sum())], axis=1)
    labels, weights = (which == table.draws)[rows], weights[rows] / weights[rows].mean()
    found = np.array([1.0, 0.0])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        curvature = (design * (weights * np.maximum(chance * (1 - chance), 1e-6))[:, None]).T @ design
        step = np.linalg.solve(curvature, design.T @ (weights * (labels - chance)))
        found += step
        if np.abs(step).max() < 1e-6:
            break
    return float(found[0]), float(found[1])


def calibrated(table: Table, scores: Floats) -> Floats:
    """(prompts,) the greatest scores as log odds, by what did not know the prompt."""
    prompts, _ = folds_of(table)
    best, _ = greatest(table, scores)
    found = best.copy()
    for fold in range(FOLDS):
        slope, shift = calibration(table, scores, (prompts != fold) & table.chosen_on)
        found[prompts == fold] = slope * best[prompts == fold] + shift
    return found


def threshold(table: Table, best: Floats, rows: npt.NDArray[np.bool_], benign: float, near: float) -> float:
    """The least score that at most these shares of honest prompts and of near-misses reach."""
    wanted = ((BENIGN, benign), (NEAR, near))
    best = np.maximum(best, _LEAST)
    return float(max(np.quantile(best[rows & (table.styles == style)], 1 - share) for style, share in wanted)) + 1e-3


def write(full: Judged, lean: Judged, thin: Thin, tables: Tables) -> None:
    """Writes the combiner as JSON and the space as arrays. The lean models are shifted to block where the full ones do,
    and of both thresholds for review the stricter one counts. The quick models are shifted to begin at 0."""
    lean_shift = full.read[0] - lean.read[0]
    slope, shift = full.calibration

    def odds(model: Logistic, by: float) -> Logistic:
        intercept = slope * (model.intercept + by) + shift
        return replace(model, coefficients=model.coefficients * slope, intercept=intercept)

    def moved(model: Logistic, by: float) -> Logistic:
        return replace(model, intercept=model.intercept + by)

    block, *reviews = (
        slope * limit + shift for limit in (*full.read, lean.read[1] + lean_shift, thin.read + lean_shift)
    )
    models = {
        "quick_full": moved(full.quick, -full.quick_from),
        "quick_lean": moved(lean.quick, -lean.quick_from),
        "full": full.first,
        "lean": moved(lean.first, lean.shift),
        "read_full": odds(full.second, 0.0),
        "read_lean": odds(lean.second, lean_shift),
    }
    limits = {
        "alone": limits_of(full.alone, lean.alone[1], thin.alone),
        "read": limits_of((block, reviews[0]), *reviews[1:]),
    }
    styles = [case.style for case in tables.full.cases]
    space = tables.space
    document = {
        "version": "descriptions-v10",
        "model": DEFAULT_MODEL,
        "features": list(FEATURES),
        **{
            name: {
                **{
                    key: [round(float(value), 6) for value in getattr(model, key)]
                    for key in ("mean", "scale", "low", "high", "coefficients")
                },
                "intercept": round(model.intercept, 6),
            }
            for name, model in models.items()
        },
        "quick_from": 0.0,
        "quick_thin": round(thin.quick - lean.quick_from, 4),
        "read_from": READ_FROM,
        "limits": limits,
        "trained_on": {
            "elements": len({case.draws for case in tables.full.cases} - {None}),
            **{f"prompts, {style}": styles.count(style) for style in sorted(set(styles))},
        },
    }
    text = json.dumps(document, indent=1)
    (_PACKAGE / "descriptions_combiner.json").write_text(text + "\n", encoding="utf-8")
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "mean": space.background.mean.astype(np.float32),
        "covariance": space.background.covariance.astype(np.float16),
        "centre": space.background.centre.astype(np.float32),
        "directions": space.background.directions.astype(np.float32),
        "stock": space.background.stock.astype(np.float16),
        "projection": space.projection.astype(np.float32),
    }
    write_arrays(_PACKAGE / FILE, arrays, {"model": DEFAULT_MODEL})


def limits_of(full: tuple[float, float], lean_review: float, thin: float) -> dict[str, float]:
    """Thresholds that serve full and lean registrations alike."""
    block, review = full
    return {
        "review": round(min(max(review, lean_review), block), 4),
        "block": round(block, 4),
        "thin": round(thin, 4),
    }


if __name__ == "__main__":
    main()
