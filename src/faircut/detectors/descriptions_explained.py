"""Why a prompt is taken for a description: which of its words say which registered attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from faircut.detectors.descriptions_features import Query
from faircut.detectors.descriptions_profiles import FIELDS, phrases_of
from faircut.detectors.descriptions_segments import Segment, floats
from faircut.text.words import content_words

_LEAST = 1.0
"""Standard deviations above the best that chance would bring: below, a clause says what anybody says."""
_SAME = 0.6
_LONGEST_QUOTE = 160
STOCK = 0.6
"""Likeness to a stock figure's attribute from which on an attribute belongs to everybody. Of requests for 23 elements
that the adapter does not know, the least stock thing said lies at 0.31 or below; of an old wizard at 0.69."""
_PLAIN, _TOGETHER = 2.5, 4.5
"""Weight from which on an attribute is told from what any harbour or kitchen has of it, and what several weigh together
that are said less plainly. Of 160 requests for elements that the adapter does not know, all of them blocked, 1 says too
little beside the most telling attribute; a harbour beside one telling attribute of a diver does.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """Characters ``start`` to ``end`` of the prompt say ``attribute`` of ``field``; ``weight`` is how tellingly.

    ``stock`` (0..1) is how much the attribute is what stock figures have. ``phrase`` numbers the attribute among all
    that is registered of the element.
    """

    start: int
    end: int
    attribute: str
    field: str
    weight: float
    stock: float
    phrase: int


def sets_apart(found: Sequence[Said]) -> int:
    """How many of the attributes that are said belong to the element and not to everybody."""
    return sum(each.stock <= STOCK for each in found)


def says_more_than_one(found: Sequence[Said]) -> bool:
    """Whether enough of what sets the element apart is said beside the most telling of it."""
    rest = sorted((each.weight for each in found if each.stock <= STOCK), reverse=True)[1:]
    return max(rest, default=0.0) >= _PLAIN or sum(rest) >= _TOGETHER


def said(query: Query, segment: Segment, row: int, texts: Sequence[str]) -> list[Said]:
    """Which clauses say which registered phrases, the most telling first; each clause once, and each phrase
    once with those that say the same.

    ``texts`` are the registered texts in the order of ``FIELDS``, as ``profiles.texts_of`` gives them.
    """
    own = slice(segment.vectors_at[row], segment.vectors_at[row + 1])
    phrases = [
        (text[slice(*span)], field)
        for text, field in zip(texts, FIELDS, strict=True)
        if text
        for span in phrases_of(text, field)
    ]
    vectors = floats(segment.vectors[own])
    close = vectors @ query.prompt.vectors.T
    rest = (close - segment.means[own, None]) / segment.spreads[own, None]
    rest -= np.float32(np.sqrt(2 * np.log(max(rest.shape[1], 2))))
    # A tagline, a description and a keyword often say one thing.
    alike = vectors @ vectors.T >= _SAME
    found = []
    for _ in range(min(rest.shape)):
        phrase, clause = divmod(int(rest.argmax()), rest.shape[1])
        weight = float(rest[phrase, clause])
        if weight < _LEAST:
            break
        span = query.prompt.clauses[clause]
        stock = round(float(segment.generalities[own][phrase]), 3)
        found.append(
            Said(span.start, span.end, phrases[phrase][0], phrases[phrase][1], round(weight, 2), stock, phrase)
        )
        rest[alike[phrase]] = rest[:, clause] = -np.inf
    return found


def evidence_of(text: str, found: Sequence[Said], cover: float) -> dict[str, Any]:
    """The evidence of a match: ``attributes`` with their spans, what to quote, and how much of the element is said.

    ``text`` is the prompt as typed, and the spans of ``found`` are places in it. Attributes that neither are told
    plainly nor share a word with what says them are left out: they counted, but show nobody why.
    """
    places = sorted((each.start, each.end) for each in found) or [(0, len(text))]
    telling = found[0] if found else None
    start, end = (telling.start, telling.end) if telling else places[0]
    quote = text[start:end]
    return {
        "span": [start, end],
        "spans": [list(place) for place in places],
        "matched": quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…",
        "how": "described",
        "attributes": [
            {
                "span": [each.start, each.end],
                "attribute": each.attribute,
                "field": each.field,
                "weight": each.weight,
            }
            for place, each in enumerate(found)
            if place == 0 or _shows_why(each, text)
        ],
        "coverage": round(cover, 3),
    }


def _shows_why(pair: Said, text: str) -> bool:
    words = ({word.stem for word in content_words(each)} for each in (pair.attribute, text[pair.start : pair.end]))
    return pair.weight >= _PLAIN or bool(set.intersection(*words))


__all__ = ["STOCK", "Said", "evidence_of", "said", "says_more_than_one", "sets_apart"]
