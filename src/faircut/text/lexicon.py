"""What words say of a thing: colours, materials, sizes, kinds, parts. The table is ``data/lexicon.txt``.

A concept stands for all words of its line. Two colours contradict each other unless the table calls them near; two
sizes or ages only when it calls them opposed; two numbers always; kinds when no word could be meant for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from faircut.text.stems import stem

_ALIKE_KINDS = (
    frozenset({"woman", "person", "child"}),
    frozenset({"man", "person", "child"}),
    frozenset({"robot", "person", "monster"}),
    frozenset({"ghost", "person", "monster", "woman", "man", "child"}),
    frozenset({"building", "room", "place"}),
    frozenset({"weapon", "tool"}),
    frozenset({"vehicle", "robot"}),
    frozenset({"garment", "person", "woman", "man"}),
)
_ANIMALS = "dragon dog cat bear horse deer cow pig rodent bird fish sea insect reptile ape elephant monster plantlike"
_FAMILIES = {
    "people": frozenset({"woman", "man", "child", "person"}),
    "animals": frozenset(_ANIMALS.split()),
    "places": frozenset({"building", "room", "place"}),
    "things": frozenset({"weapon", "tool", "vehicle"}),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """``category`` is colour, material, size, age, texture, count, kind, part, action or trade."""

    category: str
    name: str

    def __str__(self) -> str:
        return f"{self.category}:{self.name}"


@dataclass(frozen=True, slots=True)
class _Lexicon:
    words: Mapping[str, tuple[Concept, ...]]
    stems: Mapping[str, tuple[Concept, ...]]
    near: frozenset[frozenset[str]]
    opposed: frozenset[frozenset[str]]
    numbers: Mapping[Concept, int]


def concepts(word: str) -> tuple[Concept, ...]:
    """What a lower-case word may say; nothing for words that the table does not know."""
    table = _lexicon()
    return table.words.get(word) or table.stems.get(stem(word), ())


def concept_number(concept: Concept) -> int:
    """The number of a concept, below 256: what stored attributes refer to."""
    return _lexicon().numbers[concept]


def all_concepts() -> tuple[Concept, ...]:
    """Every concept by its number."""
    return tuple(_lexicon().numbers)


def lexicon_digest() -> str:
    """Changes with the table: numbers of concepts hold for one table only."""
    return hashlib.sha256((files("faircut.text") / "data" / "lexicon.txt").read_bytes()).hexdigest()[:16]


def contradict(one: Concept, other: Concept) -> bool:
    """Whether the same thing cannot be both."""
    if one.category != other.category or one.name == other.name:
        return False
    pair = frozenset((one.name, other.name))
    if one.category == "colour":
        return "colourful" not in pair and pair not in _lexicon().near
    if one.category in ("size", "age"):
        return pair in _lexicon().opposed
    return one.category == "count" and "many" not in pair


def same_kind(one: str, other: str) -> bool:
    """Whether two concepts of category kind may be meant for one thing."""
    return one == other or any({one, other} <= alike for alike in _ALIKE_KINDS) or "monster" in (one, other)


def family(kind: str) -> str:
    """The broad family of a kind: people, animals, places, things, garments or machines."""
    return next((name for name, members in _FAMILIES.items() if kind in members), kind)


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, tuple[Concept, ...]] = {}
    near: set[frozenset[str]] = set()
    opposed: set[frozenset[str]] = set()
    for line in (files("faircut.text") / "data" / "lexicon.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, _, listed = line.partition(":")
        if not listed:
            relation, first, *others = head.split()
            pairs = near if relation == "near" else opposed
            pairs.update(frozenset((first, other)) for other in others)
            continue
        category, name = head.split()
        concept = Concept(category, name)
        for word in listed.split():
            if concept not in words.get(word, ()):
                words[word] = (*words.get(word, ()), concept)
    stems: dict[str, tuple[Concept, ...]] = {}
    for word, meant in words.items():
        root = stem(word)
        stems[root] = tuple(dict.fromkeys((*stems.get(root, ()), *meant)))
    listed_concepts = dict.fromkeys(concept for meant in words.values() for concept in meant)
    numbers = {concept: number for number, concept in enumerate(listed_concepts)}
    return _Lexicon(words, stems, frozenset(near), frozenset(opposed), numbers)


__all__ = [
    "Concept",
    "all_concepts",
    "concept_number",
    "concepts",
    "contradict",
    "family",
    "lexicon_digest",
    "same_kind",
]
