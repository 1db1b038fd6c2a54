"""What a text says of which part: (part, colour), (part, material), (kind, size) and so on, with their places.

A modifier belongs to the next part or kind after it ("a long black coat"), else to the last one before it in the same
clause ("her hair is black"). That is shallow, and right often enough to tell a black-haired woman in white from a
blonde in purple.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from faircut.text.clauses import Span, clauses
from faircut.text.lexicon import Concept, concepts
from faircut.text.words import Word, content_words

MODIFIERS = frozenset({"colour", "material", "size", "age", "texture", "count"})
_HEADS = frozenset({"part", "kind"})
_REACH = 4


@dataclass(frozen=True, slots=True)
class Attribute:
    """``head`` is what is described, ``value`` what is said of it; ``start`` to ``end`` are the words that say so."""

    head: Concept
    value: Concept
    start: int
    end: int


def attributes_of(
    text: str, words: Sequence[Word] | None = None, spans: Sequence[Span] | None = None
) -> list[Attribute]:
    """Every attribute that is bound to something, in order. Linear. ``words`` and ``spans``, the text's content words
    and clauses, where they are known already."""
    listed = content_words(text) if words is None else words
    found: list[Attribute] = []
    for group in _by_clause(listed, clauses(text) if spans is None else spans):
        found += _bound(group)
    return found


def kinds_of(words: Iterable[Word]) -> dict[Concept, float]:
    """Kinds that the words speak of, with how much: the first mentioned weighs most."""
    weights: dict[Concept, float] = {}
    weight = 1.0
    for word in words:
        named = [each for each in concepts(word.text) if each.category == "kind"]
        for name in named:
            weights[name] = weights.get(name, 0.0) + weight
        if named:
            weight *= 0.7
    return weights


def _by_clause(words: Sequence[Word], spans: Sequence[Span]) -> Iterator[list[Word]]:
    index = 0
    for span in spans:
        while index < len(words) and words[index].start < span.start:
            index += 1
        first = index
        while index < len(words) and words[index].start < span.end:
            index += 1
        if index > first:
            yield list(words[first:index])


def _bound(words: Sequence[Word]) -> Iterator[Attribute]:
    known = [concepts(word.text) for word in words]
    heads = [[each for each in meant if each.category in _HEADS] for meant in known]
    for index, meant in enumerate(known):
        values = [each for each in meant if each.category in MODIFIERS]
        if not values:
            continue
        at = _head_of(index, heads)
        if at is None:
            continue
        first, last = sorted((index, at))
        for head in heads[at]:
            for value in values:
                yield Attribute(head, value, words[first].start, words[last].end)


def _head_of(index: int, heads: Sequence[Sequence[Concept]]) -> int | None:
    ahead = range(index + 1, min(len(heads), index + 1 + _REACH))
    behind = range(index - 1, max(-1, index - 1 - _REACH), -1)
    return next((at for at in (*ahead, *behind) if heads[at]), None)


__all__ = ["MODIFIERS", "Attribute", "attributes_of", "kinds_of"]
