"""Text to sentences and to clauses: the pieces that each say one thing of what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_CLAUSE = 14
"""Words in a clause at most; longer ones are halved."""
_CUT = re.compile(
    r"[,.;:!?()\[\]{}\n\"“”|/。！？、，；]+|\s[-–—]+\s|—|\b(?:and|with|while|whose|who|that|which|as|but|then|plus)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n。！？]+")
_WORD = re.compile(r"\w[\w'’-]*")
_FILLER = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "for", "or", "is", "are", "was", "be", "by", "from", "it", "its"}
)


class Span(NamedTuple):
    """Characters from ``start`` up to ``end``."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Sentences of three words or more, or the whole text when it has none."""
    found = [Span(*match.span()) for match in _SENTENCE.finditer(text) if len(_WORD.findall(match[0])) > 2]
    return found or [Span(0, len(text))]


def clauses(text: str) -> list[Span]:
    """Clauses in order, without their punctuation and conjunctions. Empty for a text without words. Linear."""
    return [half for piece in _pieces(text) for half in _halved(text, piece)]


def without_end(text: str) -> str:
    """The text up to the marks that end it; as it stands where it is nothing but marks.

    Whether somebody puts a final full stop says nothing of what is to be seen, yet sentence models make much of it.
    """
    return text.rstrip(" .!?…。！？\n") or text


def _pieces(text: str) -> Iterator[Span]:
    start = 0
    for cut in _CUT.finditer(text):
        yield Span(start, cut.start())
        start = cut.end()
    yield Span(start, len(text))


def _halved(text: str, piece: Span) -> Iterator[Span]:
    words = list(_WORD.finditer(text, *piece))
    if all(word[0].lower() in _FILLER for word in words):
        return
    parts = -(-len(words) // LONGEST_CLAUSE)
    for number in range(parts):
        share = words[number * len(words) // parts : (number + 1) * len(words) // parts]
        yield Span(share[0].start(), share[-1].end())


__all__ = ["Span", "clauses", "sentences", "without_end"]
