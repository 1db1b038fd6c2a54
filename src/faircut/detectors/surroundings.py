"""A text as far as the meaning of a word in it depends on it: the words around, capitals, and the language."""

from __future__ import annotations

import re
from functools import cached_property

from faircut.detectors.common_words import (
    FUNCTION_WORDS,
    is_everyday,
    is_foreign,
    is_given_name,
    is_known,
    is_listed,
)

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
BEFORE = 64
SHORT = 5
_WORDS_AROUND = 4
_FEWEST_WORDS = 4
_MOSTLY_SMALL: float = 0.4
_SENTENCE_END = re.compile(r"[.!?:;\n\r]")


class Surroundings:
    """A text as far as the meaning of a word in it depends on it."""

    def __init__(self, text: str, *, crowded: bool = False) -> None:
        """``crowded``: so many names are registered that some are words of other languages."""
        self.text = text
        self.shortest = SHORT + crowded

    @cached_property
    def _words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.text))

    @cached_property
    def small(self) -> str:
        """The text in small letters, one space between words and around it all."""
        return f" {' '.join(word[0].lower() for word in self._words)} "

    @cached_property
    def is_foreign(self) -> bool:
        """Whether most words are in none of the lists, so that the text is in another language than English."""
        words = [word[0].lower() for word in self._words]
        if len(words) < _FEWEST_WORDS:
            return False
        return 2 * sum(not is_listed(word) or is_foreign(word) for word in words if len(word) > 1) > len(words)

    def is_written_so(self, start: int, end: int) -> bool:
        """Whether the text around is in the same script as a word with not one Latin letter: no look-alikes then."""
        own = _letters(self.text[start:end])
        if own[0] != own[1]:
            return False
        letters, others = (whole - part for whole, part in zip(self._all_letters, own, strict=True))
        return letters > 0 and 2 * others > letters

    @cached_property
    def _all_letters(self) -> tuple[int, int]:
        return _letters(self.text)

    def around(self, start: int, end: int) -> tuple[list[str], list[str]]:
        """The words of the same sentence before a span, the nearest last, and after it, the nearest first."""
        before = _SENTENCE_END.split(self.text[max(0, start - BEFORE) : start])[-1]
        after = _SENTENCE_END.split(self.text[end : end + BEFORE], maxsplit=1)[0]
        # A part of a word at the edge, such as a plural ending, is none.
        after = re.sub(r"^[^\W_]+", "", after)
        return WORD.findall(before)[-_WORDS_AROUND:], WORD.findall(after)[:_WORDS_AROUND]

    def capitals_tell(self, start: int, end: int) -> bool:
        """Whether capital letters say anything here: most other words around are small."""
        before, after = self.text[max(0, start - 2 * BEFORE) : start], self.text[end : end + 2 * BEFORE]
        words: list[str] = WORD.findall(f"{before} {after}")
        others = [word for word in words if word[:1].isalpha() and word.lower() not in FUNCTION_WORDS]
        if not others:
            return True
        small = sum(word[:1].islower() for word in others)
        return small >= _MOSTLY_SMALL * len(others)

    def next_to_a_capital(self, start: int, end: int) -> bool:
        """Whether the word before or after is capitalised too, as in the name of a place: "Lake Como", "North Sea"."""
        before, after = self.text[max(0, start - BEFORE) : start], self.text[end : end + BEFORE]
        return bool(re.search(r"[A-ZÀ-Þ][^\W\d_]*[ \-]$", before) or re.match(r"[ \-][A-ZÀ-Þ]", after))

    def belongs_to_somebody(self, start: int, end: int, *, own: bool = False) -> bool:
        """Whether the word is part of a longer proper name: next to a capitalised word that is no word of the language.

        ``own`` asks only for a name after it, as a surname follows a given name.
        """
        if not self.text[start : start + 1].isupper() or not self.capitals_tell(start, end):
            return False
        before, after = self.text[max(0, start - BEFORE) : start], self.text[end : end + BEFORE]
        follows = re.match(r"[ \-]([A-ZÀ-Þ][^\W\d_]+)", after)
        if follows and _is_proper(follows[1]):
            return True
        precedes = re.search(r"([A-ZÀ-Þ][^\W\d_]+)[ \-]$", before)
        return not own and precedes is not None and _is_proper(precedes[1])

    def follows_a_given_name(self, start: int) -> bool:
        """Whether a capitalised given name stands before, as before a surname: "Katie Holmes"."""
        precedes = re.search(r"([A-ZÀ-Þ][^\W\d_]+) $", self.text[max(0, start - BEFORE) : start])
        return precedes is not None and is_given_name(precedes[1].lower())


def _letters(text: str) -> tuple[int, int]:
    """How many letters a text has, and how many of them are not Latin ones without marks."""
    letters = [char for char in text if char.isalpha()]
    return len(letters), sum(not char.isascii() for char in letters)


def _is_proper(word: str) -> bool:
    small = word.lower()
    return is_given_name(small) or not is_known(small) or not is_everyday(small)


__all__ = ["BEFORE", "SHORT", "WORD", "Surroundings"]
