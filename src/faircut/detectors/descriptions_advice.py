"""Help for those who register: which attributes a description holds, and what it lacks to be recognised by."""

from __future__ import annotations

from dataclasses import dataclass

from faircut.detectors.descriptions_profiles import texts_of
from faircut.domain import Element
from faircut.text.attributes import attributes_of
from faircut.text.clauses import clauses
from faircut.text.words import content_words

ENOUGH_ATTRIBUTES = 8
ENOUGH_KEYWORDS = 6
ENOUGH_WORDS = 30
_LONGEST_ATTRIBUTE = 8
_RARE = 0.45


@dataclass(frozen=True, slots=True)
class Completeness:
    """``score`` 0..1, ``attributes`` found, and ``advice``: what to add, the most useful first."""

    score: float
    attributes: tuple[str, ...]
    advice: tuple[str, ...]


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
        (min(1.0, len(attributes) / ENOUGH_ATTRIBUTES), "Name more that sets it apart: colours, parts, materials."),
        (min(1.0, words / ENOUGH_WORDS), "Describe what is seen in two to five sentences."),
        (min(1.0, len(element.keywords) / ENOUGH_KEYWORDS), f"Add keywords: {ENOUGH_KEYWORDS} short phrases or more."),
        (float(bool(texts["tagline"])), "Add a tagline: what it is, in one line without its name."),
    )
    advice = tuple(what for share, what in sorted(parts, key=lambda part: part[0]) if share < 1)
    return Completeness(round(sum(share for share, _ in parts) / len(parts), 3), attributes, advice)


__all__ = ["Completeness", "completeness", "suggest_attributes"]
