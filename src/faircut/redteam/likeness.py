"""The reader model for descriptions: when a text still shows an element, so that an attack with it counts.

What is registered is cut into attributes, the short phrases that tell the element apart. A text says an attribute when
most of its telling words, or synonyms of the attacker's own thesaurus, stand close together in it. An attack must say
at least half of the attributes, and no fewer than four.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faircut.domain import Element
from faircut.redteam.thesaurus import root, roots_meant, words_of

FEWEST_ATTRIBUTES = 4
SHARE_KEPT = 0.5
"""Of the attributes, those that an attack must say."""
OF_PEOPLES_OWN = 0.9
"""The same of a request that people wrote: which of its words show the element, only they know."""
SHARE_OF_WORDS = 0.6
"""Of an attribute's telling words, those that say it."""
_WINDOW = 16
"""Words within which they stand."""
_BREAK = re.compile(r"[.;:!?\n]+|,\s|\s(?:and|with|while|who|whose|which|that)\s")
_LEAST_WORDS = 2
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Attribute:
    """A phrase, and for each of its telling words the roots by which it is recognised."""

    phrase: str
    words: tuple[frozenset[str], ...]

    def said_in(self, roots: Sequence[frozenset[str]]) -> bool:
        """Whether a text, given as the roots of its words, says it."""
        needed = max(1, math.ceil(SHARE_OF_WORDS * len(self.words)))
        places = [[n for n, said in enumerate(roots) if said & word] for word in self.words]
        starts = sorted({place for found in places for place in found})
        return any(
            sum(any(start <= place < start + _WINDOW for place in found) for found in places) >= needed
            for start in starts
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a text must keep. ``needed`` of the attributes, or it shows something else."""

    attributes: tuple[Attribute, ...]
    needed: int

    def said_in(self, text: str) -> tuple[str, ...]:
        """The phrases that a text says."""
        roots = [_roots(found[0].lower()) for found in words_of(text)]
        return tuple(each.phrase for each in self.attributes if each.said_in(roots))

    def kept_in(self, text: str) -> bool:
        """Whether the text still shows the element."""
        return len(self.said_in(text)) >= self.needed


def likeness_of(element: Element) -> Likeness | None:
    """What is registered of an element: keywords, then clauses; None where it is too little to be shown by."""
    phrases = [*element.keywords, *phrases_in(element.description), *phrases_in(element.tagline)]
    # Keywords repeat what the description says: the shorter form stands for both.
    return likeness_from(phrases if len(element.keywords) < FEWEST_ATTRIBUTES else element.keywords)


def likeness_from(phrases: Iterable[str], *, share: float = SHARE_KEPT) -> Likeness | None:
    """The same of any phrases, of which so large a share must be kept: a request that somebody wrote, taken apart."""
    attributes: list[Attribute] = []
    for phrase in phrases:
        words = tuple(roots_meant(found[0].lower()) for found in words_of(phrase))
        if words and all(set(words) != set(other.words) for other in attributes):
            attributes.append(Attribute(phrase.strip(), words))
    if len(attributes) < FEWEST_ATTRIBUTES:
        return None
    return Likeness(tuple(attributes), max(FEWEST_ATTRIBUTES, math.ceil(share * len(attributes))))


def phrases_in(text: str) -> list[str]:
    """The short clauses of a text that say something."""
    found = []
    for clause in _BREAK.split(text):
        telling = words_of(clause)
        for first in range(0, len(telling), _MOST_WORDS):
            group = telling[first : first + _MOST_WORDS]
            if len(group) >= _LEAST_WORDS:
                found.append(clause[group[0].start() : group[-1].end()])
    return found


def _roots(word: str) -> frozenset[str]:
    return frozenset(root(part) for part in (word, *word.split("-")))


__all__ = [
    "FEWEST_ATTRIBUTES",
    "OF_PEOPLES_OWN",
    "SHARE_KEPT",
    "SHARE_OF_WORDS",
    "Attribute",
    "Likeness",
    "likeness_from",
    "likeness_of",
    "phrases_in",
]
