"""Help for those who register: which attributes a description holds, and what it lacks to be recognised by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faircut.detectors.descriptions_profiles import SEEN, texts_of
from faircut.domain import Element
from faircut.text.attributes import attributes_of
from faircut.text.clauses import clauses
from faircut.text.words import content_words, rarity

ENOUGH_ATTRIBUTES = 8
ENOUGH_KEYWORDS = 6
ENOUGH_WORDS = 30
_LONGEST_ATTRIBUTE = 8
_RARE = 0.45
_MOST_OFFERED, _LONGEST_OFFERED = 12, 80
_SAID = 0.6
"""Share of a phrase's telling words in one keyword with which that keyword says it already."""
_LEADING = re.compile(
    r"^(?:(?:an?|the|his|her|its|their|he|she|it|they|this|that|and|or|but|is|are|has|have)\s+)+", re.I
)
MORE_ATTRIBUTES = "Name more that sets it apart: colours, parts, materials."
MORE_WORDS = "Describe what is seen in two to five sentences: too few words of the description tell it apart."
MORE_KEYWORDS = f"Add keywords: {ENOUGH_KEYWORDS} short phrases or more."
NO_TAGLINE = "Add a tagline: what it is, in one line without its name."
LACKS = frozenset({MORE_ATTRIBUTES, MORE_WORDS, MORE_KEYWORDS, NO_TAGLINE})
"""All that a registration can be said to lack."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """``score`` 0..1, ``attributes`` found, and ``advice``: what to add, the most useful first."""

    score: float
    attributes: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """``score`` 0..1: how completely an element is described. ``keywords``: phrases to register as such, and
    ``lacks``: what else to add, the most useful first. A thing that no picture shows lacks nothing."""

    score: float
    keywords: tuple[str, ...]
    lacks: tuple[str, ...]


def suggest_attributes(text: str) -> list[str]:
    """Distinguishing attributes that a description holds, as short phrases for the list of keywords, in order.

    Short clauses with a rare word, and bound attributes ("black braided hair") out of long ones.
    """
    found: dict[str, str] = {}
    for span in clauses(text):
        clause = text[slice(*span)]
        words = content_words(clause)
        if 1 < len(clause.split()) <= _LONGEST_ATTRIBUTE and any(word.rarity >= _RARE for word in words):
            found.setdefault(clause.lower(), clause)
            continue
        for each in attributes_of(clause):
            phrase = clause[each.start : each.end]
            if len(phrase.split()) <= _LONGEST_ATTRIBUTE:
                found.setdefault(phrase.lower(), phrase)
    return list(found.values())


def completeness(element: Element) -> Completeness:
    """How well an element is described: by how many attributes, and in which of the three fields."""
    texts = texts_of(element)
    attributes = tuple(suggest_attributes(". ".join(text for text in texts.values() if text)))
    words = len(content_words(texts["description"]))
    parts = (
        (min(1.0, len(set(map(_stems, attributes))) / ENOUGH_ATTRIBUTES), MORE_ATTRIBUTES),
        (min(1.0, words / ENOUGH_WORDS), MORE_WORDS),
        (min(1.0, len(element.keywords) / ENOUGH_KEYWORDS), MORE_KEYWORDS),
        (float(bool(texts["tagline"])), NO_TAGLINE),
    )
    advice = tuple(what for share, what in sorted(parts, key=lambda part: part[0]) if share < 1)
    return Completeness(round(sum(share for share, _ in parts) / len(parts), 3), attributes, advice)


def advise(element: Element) -> Advice:
    """What the tagline and description say that no keyword does, as keywords to add; and what they do not say yet."""
    found = completeness(element)
    return Advice(found.score, tuple(_unsaid(element)), found.advice if element.kind in SEEN else ())


def _unsaid(element: Element) -> list[str]:
    names = {word.stem for word in content_words(element.name) if rarity(word.text) >= 1}
    said = [_stems(each) for each in element.keywords]
    offered: list[str] = []
    for phrase in suggest_attributes(". ".join(text for text in (element.description, element.tagline) if text)):
        short = _LEADING.sub("", phrase)
        stems = _stems(short)
        if len(stems) < 2 or len(short) > _LONGEST_OFFERED or stems & names:
            continue
        if all(len(stems & each) < _SAID * len(stems) for each in said):
            offered.append(short[0].lower() + short[1:])
            said.append(stems)
    return offered[:_MOST_OFFERED]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content_words(text))


__all__ = ["LACKS", "Advice", "Completeness", "advise", "completeness", "suggest_attributes"]
