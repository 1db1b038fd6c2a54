"""Fits the combiner of the descriptions detector and writes it, with the space of the sentence model, into the package.

    python -m benchmarks.train_descriptions

Everything is fitted on the elements that the sentence model's adapter has not learnt from
(``description_sets.learns``); the others stand by to be told apart. Stock figures, and honest prompts with one
attribute of an element put in, are to pass. All is done twice: with full registrations, and with lean ones, as somebody
in a hurry would write them. Registrations of a tagline alone are judged as lean ones, but only from a threshold of
their own on: nobody's prompt should wait for review because six everyday words were registered. The thresholds are
chosen by cross-validation over elements, so that no score that counts comes from a combiner that knew the element;
``benchmarks/descriptions.py`` reports by the same. Takes minutes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import (
    BENIGN,
    NEAR,
    Case,
    Written,
    all_elements,
    cases,
    known,
    learns,
    lessons,
    load_benign,
    registered,
    reported_alone,
    shapes_space,
)
from faircut.detectors.descriptions_combiner import Logistic
from faircut.detectors.descriptions_features import FEATURES, Query, features_of
from faircut.detectors.descriptions_index import DescriptionIndex
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.descriptions_profiles import profile_prompt
from faircut.detectors.descriptions_space import FILE, Space, archetypes, space_of
from faircut.domain import Element
from faircut.text.array_file import write_arrays
from faircut.text.clauses import clauses, without_end
from faircut.text.encoder import SentenceEncoder, load_encoder
from faircut.text.models import DEFAULT_MODEL

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PACKAGE = Path(__file__).parent.parent / "src" / "faircut" / "detectors"
_DIRECTIONS = 96
_LESSONS_APART = 4
"""Of so many lessons one shapes the space: the directions of more are the same."""
FOLDS = 5
STOCK, ONE_ATTRIBUTE = "stock", "one attribute"
_RIDGE = 60.0
_HONEST_WEIGHT, _NEAR_WEIGHT = 30.0, 60.0
"""Against other wrong pairs. Of nine settings between 1 and 100, these were among the best by cross-validation."""
_BLOCK_BENIGN, _BLOCK_NEAR = 0.003, 0.015
"""Below the shares that may be blocked, 0.5 and 2 %: what is measured on other prompts lies a little above what a
threshold was chosen for. It also spares requests for what nobody has registered: see ``docs/descriptions.md``."""
_REVIEW_BENIGN, _REVIEW_NEAR = 0.02, 0.08


@dataclass(frozen=True)
class Table:
    """Pairs of a prompt and a candidate, as the detector compares them: ``prompts`` (n,) number the ``cases``,
    ``candidates`` (n,) the elements, and ``features`` is (n, features)."""

    cases: Sequence[Case]
    prompts: Ints
    candidates: Ints
    features: npt.NDArray[np.float32]

    @property
    def labels(self) -> npt.NDArray[np.bool_]:
        """Whether the prompt of each pair would draw its element."""
        found: npt.NDArray[np.bool_] = self.draws[self.prompts] == self.candidates
        return found

    @property
    def draws(self) -> Ints:
        """The number of the element that each prompt would draw, or -1."""
        return np.array([-1 if case.draws is None else case.draws for case in self.cases])

    @property
    def near(self) -> Ints:
        """The number of the element that each prompt comes near without drawing it, or -1."""
        return np.array([-1 if case.near is None else case.near for case in self.cases])

    @property
    def chosen_on(self) -> npt.NDArray[np.bool_]:
        """Whether each prompt may shape the combiner and its thresholds: those that serve reports alone may not."""
        return np.array([case.style != BENIGN or not reported_alone(case.text) for case in self.cases])

    @property
    def styles(self) -> npt.NDArray[np.str_]:
        """The style of each prompt."""
        return np.array([case.style for case in self.cases])


@dataclass(frozen=True)
class Tables:
    """The same cases with ``full`` registrations, with ``lean`` ones and with taglines alone (``thin``), and the space
    of the sentence model."""

    full: Table
    lean: Table
    thin: Table
    space: Space


def main() -> None:
    """Fits, chooses the thresholds, says how prompts fare by cross-validation, and writes both files."""
    tables = training_tables()
    fitted = []
    for name, table in (("full", tables.full), ("lean", tables.lean)):
        best, _ = greatest(table, cross_validated(table))
        blocked, stopped = judged(table, best)
        for style in sorted(set(table.styles)):
            own = table.styles == style
            print(f"{name} {style:13} {own.sum():5}  block {blocked[own].mean():.4f}  review {stopped[own].mean():.4f}")
        fitted.append((fit(table, table.chosen_on[table.prompts]), thresholds(table, best, table.chosen_on)))
    thin = tables.thin
    best, _ = greatest(thin, cross_validated(thin, by=tables.lean))
    write(fitted, threshold(thin, best, thin.chosen_on, _REVIEW_BENIGN, _REVIEW_NEAR), tables)


def training_tables() -> Tables:
    """Features of all pairs of what the adapter does not know, and the space of the model."""
    encoder = load_encoder(DEFAULT_MODEL)
    elements = all_elements()
    asked = [number for number, each in enumerate(elements) if not learns(each)]
    numbers = [*asked, *(number for number, each in enumerate(elements) if learns(each))]
    space = learnt_space(encoder)
    honest = [text for text in load_benign() if not shapes_space(text)]
    own = cases(elements, asked, honest)
    own += [Case(text, STOCK) for text in archetypes()] + one_attribute(elements, asked, honest)
    held = [registered(elements[number], number) for number in numbers]
    indexes = []
    leaner = [lean(each, number) for number, each in zip(numbers, held, strict=True)]
    thinnest = [replace(each, description="", keywords=()) for each in held]
    for registrations in (held, leaner, thinnest):
        index = DescriptionIndex(encoder, space.background, space.projection, model="", folder=None)
        index.follow(registrations)
        indexes.append((index, Pairs()))
    everybodys = {number for number, each in enumerate(elements) if known(each)}
    for number, case in enumerate(own):
        query = Query(profile_prompt(plain_text(case.text), encoder, space.background))
        for index, pairs in indexes:
            found = index.candidates(query)
            owners = [int(index.owners(each)[0][0].removeprefix("elem_")) for each in found]
            # Honest prompts ask for a phoenix or the golem of Prague, too, and are right to.
            kept = [place for place, owner in enumerate(owners) if not (case.free and owner in everybodys)]
            pairs.features.append(features_of(query, found[0].segment, [each.row for each in found])[kept])
            pairs.prompts += [number] * len(kept)
            pairs.candidates += [owners[place] for place in kept]
    full, short, thin = (
        Table(own, np.array(pairs.prompts), np.array(pairs.candidates), np.concatenate(pairs.features))
        for _, pairs in indexes
    )
    return Tables(full, short, thin, space)


@dataclass
class Pairs:
    """What a table is gathered in."""

    prompts: list[int] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    features: list[npt.NDArray[np.float32]] = field(default_factory=list)


def lean(element: Element, number: int) -> Element:
    """An element registered in a hurry: its description alone, two sentences of it, or a tagline and one sentence."""
    sentence = [each.strip() for each in element.description.split(". ")]
    if number % 3 == 0:
        return replace(element, tagline="", keywords=())
    if number % 3 == 1:
        return replace(element, tagline="", keywords=(), description=". ".join(sentence[:2]))
    return replace(element, keywords=(), description=sentence[0])


def learnt_space(encoder: SentenceEncoder) -> Space:
    """The space of the model as lessons and some honest prompts show it: nothing that is reported is in it."""
    honest = [without_end(text) for text in load_benign() if shapes_space(text)]
    requests = [without_end(text) for each in lessons()[::_LESSONS_APART] for text in each.requests]
    figures = [without_end(text) for text in archetypes()]
    encoded = {text: encoder.encode(text) for text in [*honest, *requests, *figures]}
    stock = np.stack([encoded[text].part(*span) for text in figures for span in clauses(text)])
    return space_of(
        np.stack([encoded[text].part(*span) for text in [*honest, *figures] for span in clauses(text)]),
        np.stack([each.sentence for each in encoded.values()]),
        np.concatenate([each.tokens for each in encoded.values()]),
        stock,
        _DIRECTIONS,
    )


def one_attribute(elements: Sequence[Written], numbers: Sequence[int], honest: Sequence[str]) -> list[Case]:
    """Honest prompts that share one attribute with an element, which is not the element yet."""
    draw = random.Random(4)
    return [
        Case(f"{draw.choice(honest).rstrip('.')}, {keyword}.", ONE_ATTRIBUTE, near=number)
        for number in numbers
        for keyword in draw.sample(elements[number].keywords, 3)
    ]


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


def judged(table: Table, best: Floats) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which prompts are blocked, and which are blocked or reviewed, by thresholds chosen on the other folds alone."""
    prompts, _ = folds_of(table)
    blocked, stopped = (np.zeros(len(table.cases), bool) for _ in range(2))
    for fold in range(FOLDS):
        block, review = thresholds(table, best, (prompts != fold) & table.chosen_on)
        own = prompts == fold
        blocked[own], stopped[own] = best[own] >= block, best[own] >= review
    return blocked, stopped


def thresholds(table: Table, best: Floats, rows: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """From which scores on to block and to review, so that few honest prompts and near-misses of ``rows`` are."""
    block = threshold(table, best, rows, _BLOCK_BENIGN, _BLOCK_NEAR)
    return block, min(block, threshold(table, best, rows, _REVIEW_BENIGN, _REVIEW_NEAR))


def threshold(table: Table, best: Floats, rows: npt.NDArray[np.bool_], benign: float, near: float) -> float:
    """The least score that at most these shares of honest prompts and of near-misses reach."""
    wanted = ((BENIGN, benign), (NEAR, near))
    return float(max(np.quantile(best[rows & (table.styles == style)], 1 - share) for style, share in wanted)) + 1e-3


def write(fitted: Sequence[tuple[Logistic, tuple[float, float]]], thin: float, tables: Tables) -> None:
    """Writes the combiner as JSON and the space as arrays. The lean model is shifted to block where the full one does,
    and of both thresholds for review the stricter one counts."""
    (full, (block, review)), (short, (lean_block, lean_review)) = fitted
    short = replace(short, intercept=short.intercept + block - lean_block)
    review = max(review, lean_review + block - lean_block)
    styles = [case.style for case in tables.full.cases]
    space = tables.space
    document = {
        "version": "descriptions-v5",
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
            for name, model in (("full", full), ("lean", short))
        },
        "review": round(min(review, block), 4),
        "block": round(block, 4),
        "thin": round(thin + block - lean_block, 4),
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


if __name__ == "__main__":
    main()
