"""Pairs of a prompt and an element that it may mean, as the descriptions detector compares them: what its combiner is
fitted on, and what ``benchmarks/descriptions.py`` reports on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import (
    BENIGN,
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
from faircut.detectors.descriptions_features import Query, features_of
from faircut.detectors.descriptions_features import query_of as query_of_text
from faircut.detectors.descriptions_glance import glanced
from faircut.detectors.descriptions_index import Candidate, DescriptionIndex
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.descriptions_space import Space, archetypes, space_of
from faircut.domain import Element
from faircut.text.clauses import clauses, without_end
from faircut.text.encoder import SentenceEncoder, load_encoder, quick_encoder
from faircut.text.models import DEFAULT_MODEL, find_model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STOCK, ONE_ATTRIBUTE = "stock", "one attribute"
_DIRECTIONS = 96
_LESSONS_APART = 4
"""Of so many lessons one shapes the space: the directions of more are the same."""


@dataclass(frozen=True)
class Table:
    """Pairs of a prompt and a candidate, as the detector compares them: ``prompts`` (n,) number the ``cases``,
    ``candidates`` (n,) the elements, and ``features`` is (n, features). ``places`` (n,) are where ``index`` holds the
    candidates. ``single`` (n,) says where one thing alone is said that sets the candidate apart, as far as known."""

    cases: Sequence[Case]
    prompts: Ints
    candidates: Ints
    features: npt.NDArray[np.float32]
    places: Sequence[Candidate]
    single: npt.NDArray[np.bool_]
    index: DescriptionIndex

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
class Compared(Table):
    """A table with ``glance``: the pairs of the same prompts as the first glance has them, by the quick encoder."""

    glance: Table


@dataclass(frozen=True)
class Tables:
    """The same cases with ``full`` registrations, with ``lean`` ones and with taglines alone (``thin``), and the space
    of the sentence model, ``encoder``."""

    full: Compared
    lean: Compared
    thin: Compared
    space: Space
    encoder: SentenceEncoder

    def query(self, case: Case) -> Query:
        """The prompt as it is compared."""
        return query_of(case, self.encoder, self.space)


def query_of(case: Case, encoder: SentenceEncoder, space: Space) -> Query:
    """A prompt as it is compared."""
    return query_of_text(plain_text(case.text), encoder, space.background)


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
    leaner = [lean(each, number) for number, each in zip(numbers, held, strict=True)]
    thinnest = [replace(each, description="", keywords=()) for each in held]
    everybodys = {number for number, each in enumerate(elements) if known(each)}
    tables = []
    encoders = encoder, quick_encoder(find_model(DEFAULT_MODEL))
    queries = [[query_of(case, each, space) for each in encoders] for case in own]
    for registrations in (held, leaner, thinnest):
        index = DescriptionIndex(encoder, space.background, space.projection, model="", folder=None)
        index.follow(registrations)
        table, glance = (
            table_of(own, [each[number] for each in queries], index, everybodys, chosen)
            for number, chosen in enumerate((lambda query, index: index.candidates(query), glanced))
        )
        tables.append(Compared(**{each.name: getattr(table, each.name) for each in fields(table)}, glance=glance))
    full, short, thin = tables
    return Tables(full, short, thin, space, encoder)


def table_of(
    own: Sequence[Case],
    queries: Sequence[Query],
    index: DescriptionIndex,
    everybodys: set[int],
    chosen: Callable[[Query, DescriptionIndex], Sequence[Candidate]],
) -> Table:
    """All pairs of some prompts, and of the elements of an index that are ``chosen`` for each."""
    pairs = Pairs()
    for number, (case, query) in enumerate(zip(own, queries, strict=True)):
        found = chosen(query, index)
        owners = [int(index.owners(each)[0][0].removeprefix("elem_")) for each in found]
        # Honest prompts ask for a phoenix or the golem of Prague, too, and are right to.
        kept = [place for place, owner in enumerate(owners) if not (case.free and owner in everybodys)]
        pairs.features.append(features_of(query, found[0].segment, [each.row for each in found])[kept])
        pairs.prompts += [number] * len(kept)
        pairs.candidates += [owners[place] for place in kept]
        pairs.places += [found[place] for place in kept]
    return Table(
        own,
        np.array(pairs.prompts),
        np.array(pairs.candidates),
        np.concatenate(pairs.features),
        pairs.places,
        np.zeros(len(pairs.prompts), bool),
        index,
    )


@dataclass
class Pairs:
    """What a table is gathered in."""

    prompts: list[int] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    features: list[npt.NDArray[np.float32]] = field(default_factory=list)
    places: list[Candidate] = field(default_factory=list)


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


__all__ = ["ONE_ATTRIBUTE", "STOCK", "Table", "Tables", "lean", "training_tables"]
