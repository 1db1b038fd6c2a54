"""Fits the combiner of the descriptions detector and writes it, with the space of the sentence model, into the package.

    python -m benchmarks.train_descriptions

Everything is fitted on a quarter of the elements and honest prompts (``description_sets.fits``) that the sentence
model's adapter has not learnt from; the elements that it has learnt from stand by as others to be told apart. Stock
figures, and honest prompts with one attribute of an element put in, are to pass. The thresholds are chosen on the same
quarter by cross-validation over elements, so that no score that counts comes from a combiner that knew the element.
Takes minutes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import (
    BENIGN,
    NEAR,
    Case,
    Written,
    cases,
    fits,
    learns,
    load_benign,
    load_elements,
    registered,
)
from faircut.detectors.descriptions_features import FEATURES, Query, features_of
from faircut.detectors.descriptions_profiles import profile_element, profile_prompt
from faircut.detectors.descriptions_segments import build_segment, key_of
from faircut.detectors.descriptions_space import FILE, Space, archetypes, space_of
from faircut.text.array_file import write_arrays
from faircut.text.clauses import clauses
from faircut.text.encoder import load_encoder
from faircut.text.models import DEFAULT_MODEL

Floats = npt.NDArray[np.float64]

_PACKAGE = Path(__file__).parent.parent / "src" / "faircut" / "detectors"
_DIRECTIONS = 96
_FOLDS = 5
ONE_ATTRIBUTE = "one attribute"
_RIDGE = 20.0
_NEAR_WEIGHT = 6.0
_BLOCK_BENIGN, _BLOCK_NEAR = 0.004, 0.04
_REVIEW_BENIGN, _REVIEW_NEAR = 0.012, 0.1


@dataclass(frozen=True)
class Table:
    """``features`` (prompts, elements, features) of every pair of a prompt and an element of ``numbers``."""

    cases: Sequence[Case]
    numbers: Sequence[int]
    features: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Logistic:
    """A logistic model on standardised features."""

    mean: Floats
    scale: Floats
    low: Floats
    high: Floats
    coefficients: Floats
    intercept: float

    def scores(self, features: npt.NDArray[np.float32]) -> Floats:
        """Log odds, for features along the last axis."""
        bounded = np.clip(features, self.low, self.high)
        found: Floats = (bounded - self.mean) / self.scale @ self.coefficients + self.intercept
        return found


def main() -> None:
    """Fits, chooses the thresholds, says what it chose them on, and writes both files."""
    table, space = training_table()
    held_out = cross_validated(table)
    block = threshold(table, held_out, _BLOCK_BENIGN, _BLOCK_NEAR)
    review = min(block, threshold(table, held_out, _REVIEW_BENIGN, _REVIEW_NEAR))
    model = fit(*pairs(table, np.arange(len(table.cases)), np.arange(len(table.numbers))))
    styles = [case.style for case in table.cases]
    for style in sorted(set(styles)):
        scores = held_out[[each == style for each in styles]]
        print(
            f"{style:10} {len(scores):5}  block {np.mean(scores >= block):.3f}  review {np.mean(scores >= review):.3f}"
        )
    write(model, space, block, review, table)


def training_table() -> tuple[Table, Space]:
    """Features of all pairs of the half to learn from, and the space of the model as its prompts show it."""
    encoder = load_encoder(DEFAULT_MODEL)
    elements = load_elements()
    fitted = [number for number, each in enumerate(elements) if fits(each.name)]
    numbers = [*fitted, *(number for number, each in enumerate(elements) if learns(each.name))]
    own = cases(elements, fitted, [*filter(fits, load_benign()), *archetypes()])
    own += one_attribute(elements, fitted, [text for text in load_benign() if fits(text)])
    encoded = [encoder.encode(case.text) for case in own]
    stock = np.stack([encoder.encode(text).part(*span) for text in archetypes() for span in clauses(text)])
    space = space_of(
        np.stack(
            [
                each.part(*span)
                for each, case in zip(encoded, own, strict=True)
                if case.draws is None
                for span in clauses(case.text)
            ]
        ),
        np.stack([each.sentence for each in encoded]),
        np.concatenate([each.tokens for each in encoded]),
        stock,
        _DIRECTIONS,
    )
    prompts = [profile_prompt(case.text, encoder, space.background) for case in own]
    held = [registered(elements[number], number) for number in numbers]
    profiles = [profile_element(each, encoder, space.background) for each in held]
    segment = build_segment([key_of(each) for each in held], [each for each in profiles if each is not None])
    features = np.stack([features_of(Query(prompt), segment, range(len(held))) for prompt in prompts])
    return Table(own, numbers, features), space


def one_attribute(elements: Sequence[Written], numbers: Sequence[int], honest: Sequence[str]) -> list[Case]:
    """Honest prompts that share one attribute with an element, which is not the element yet."""
    draw = random.Random(4)
    return [
        Case(f"{draw.choice(honest).rstrip('.')}, {keyword}.", ONE_ATTRIBUTE, near=number)
        for number in numbers
        for keyword in draw.sample(elements[number].keywords, 3)
    ]


def pairs(table: Table, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Features, labels and weights of the pairs of some prompts and elements; both labels weigh the same in all."""
    numbers = np.array(table.numbers)[columns]
    draws = np.array([-1 if table.cases[row].draws is None else table.cases[row].draws for row in rows])
    near = np.array([-1 if table.cases[row].near is None else table.cases[row].near for row in rows])
    labels = (draws[:, None] == numbers[None]).ravel()
    weights = np.where((near[:, None] == numbers[None]).ravel(), _NEAR_WEIGHT, 0.3)
    weights[labels] = weights[~labels].sum() / max(labels.sum(), 1)
    features = table.features[np.ix_(rows, columns)].reshape(len(labels), -1)
    return features.astype(np.float64), labels.astype(np.float64), weights / weights.mean()


def fit(features: Floats, labels: Floats, weights: Floats) -> Logistic:
    """Ridge logistic regression by Newton's method (Hastie et al., Elements of Statistical Learning, 4.4.1)."""
    low, high = np.quantile(features, (0.0005, 0.9995), axis=0)
    features = np.clip(features, low, high)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
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
    return Logistic(mean, scale, low, high, found[:-1], float(found[-1]))


def cross_validated(table: Table) -> Floats:
    """The greatest score of each prompt over all elements, by a combiner that knew neither it nor its element."""
    own = {case.draws for case in table.cases if case.draws is not None}
    fold_of = {number: place % _FOLDS if number in own else -1 for place, number in enumerate(table.numbers)}
    benign = [place % _FOLDS for place in range(len(table.cases))]
    folds = np.array(
        [
            benign[place] if (owner := case.near if case.draws is None else case.draws) is None else fold_of[owner]
            for place, case in enumerate(table.cases)
        ]
    )
    element_folds = np.array([fold_of[number] for number in table.numbers])
    best = np.full(len(table.cases), -np.inf)
    for fold in range(_FOLDS):
        known = np.flatnonzero(element_folds != fold)
        model = fit(*pairs(table, np.flatnonzero(folds != fold), known))
        rows = np.flatnonzero(folds == fold)
        best[rows] = model.scores(table.features[rows]).max(axis=1)
    return best


def threshold(table: Table, scores: Floats, benign: float, near: float) -> float:
    """The least score that at most these shares of honest prompts and of near-misses reach."""
    styles = np.array([case.style for case in table.cases])
    wanted = ((BENIGN, benign), (NEAR, near))
    return float(max(np.quantile(scores[styles == style], 1 - share) for style, share in wanted)) + 1e-3


def write(model: Logistic, space: Space, block: float, review: float, table: Table) -> None:
    """Writes the combiner as JSON and the space as arrays."""
    styles = [case.style for case in table.cases]
    document = {
        "version": "descriptions-v1",
        "model": DEFAULT_MODEL,
        "features": list(FEATURES),
        **{
            name: [round(float(value), 6) for value in getattr(model, name)]
            for name in ("mean", "scale", "low", "high", "coefficients")
        },
        "intercept": round(model.intercept, 6),
        "trees": [],
        "review": round(review, 4),
        "block": round(block, 4),
        "trained_on": {
            "elements": len({case.draws for case in table.cases} - {None}),
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


if __name__ == "__main__":
    main()
