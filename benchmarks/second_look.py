"""What the second look says of pairs of a prompt and an element, as tables of their own that are fitted on and reported
on like the first ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from benchmarks.description_tables import Floats, Table, Tables
from faircut.detectors.descriptions import APART
from faircut.detectors.descriptions_explained import said, sets_apart
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.descriptions_reading import SecondReader, most_read
from faircut.text.clauses import without_end
from faircut.text.cross_encoder import CrossEncoder

READ_FROM = 0.3
"""Log odds before the second look from which on it is taken."""
_SPARE = 3
"""Elements read besides of what asks for one, in place of those that a report takes out."""


@dataclass(frozen=True)
class Readings:
    """``odds`` (n,): what the second look says of each pair; NaN where its score is too low for one. ``single`` (n,):
    whether at most one thing is said that sets the candidate apart."""

    odds: Floats
    single: npt.NDArray[np.bool_]


def readings(tables: Tables, table: Table, scores: Floats, encoder: CrossEncoder) -> Readings:
    """The second look at the pairs of ``table`` whose ``scores`` are high enough."""
    reader = SecondReader(lambda: encoder)
    odds, single = np.full(len(scores), np.nan), np.zeros(len(scores), bool)
    most = most_of(table) + np.where(table.draws >= 0, _SPARE, 0)
    wanted = np.flatnonzero((scores >= READ_FROM) & (ranks(table, scores) < most[table.prompts]))
    asked = -1
    for pair in wanted[np.argsort(table.prompts[wanted], kind="stable")].tolist():
        if asked != (asked := int(table.prompts[pair])):
            query = tables.query(table.cases[asked])
        place = table.places[pair]
        texts = table.index.texts(place)
        odds[pair] = reader.read(query, place.segment, place.row, texts)
        single[pair] = sets_apart(said(query, place.segment, place.row, texts)) < APART
    return Readings(odds, single)


def most_of(table: Table) -> npt.NDArray[np.int64]:
    """(prompts,) how many are read beside each at most."""
    return np.array([_most_read(case.text) for case in table.cases])


@cache
def _most_read(text: str) -> int:
    return most_read(without_end(plain_text(text)))


def ranks(table: Table, scores: Floats) -> npt.NDArray[np.int64]:
    """(n,) how many of each prompt's other pairs score higher."""
    order = np.lexsort((-scores, table.prompts))
    sorted_prompts = table.prompts[order]
    starts = np.flatnonzero(np.r_[True, sorted_prompts[1:] != sorted_prompts[:-1]])
    found = np.empty(len(scores), np.int64)
    found[order] = np.arange(len(scores)) - np.repeat(starts, np.diff(np.r_[starts, len(scores)]))
    return found


def read(table: Table, scores: Floats, found: Readings, compared: npt.NDArray[np.bool_]) -> Table:
    """The pairs that get a second look, with their scores and readings for features; all but those ``compared`` (n,)
    are left out, as if their elements were not registered."""
    held = np.where(compared, scores, -np.inf)
    wanted = (held >= READ_FROM) & (ranks(table, held) < most_of(table)[table.prompts])
    rows = np.flatnonzero(wanted & ~np.isnan(found.odds))
    return replace(
        table,
        prompts=table.prompts[rows],
        candidates=table.candidates[rows],
        features=np.stack([scores[rows], found.odds[rows]], axis=1).astype(np.float32),
        single=found.single[rows],
        places=[table.places[row] for row in rows.tolist()],
    )


__all__ = ["READ_FROM", "ranks", "read", "readings"]
