"""A text's words as the search for respelt names takes them, and whether they are in another language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from faircut.detectors.common_words import is_a_word, is_foreign, is_listed
from faircut.detectors.folding import NUKTAS, Folded
from faircut.detectors.scripts import is_hebrew, is_katakana
from faircut.detectors.transliteration import Spoken, spoken

_LONGEST_TOKEN = 40
_SHORTEST_NUMBERED = 5
_FOREIGN, _FOREIGN_SCRIPT, _FOREIGN_OPENING = 2.8, 2.0, 2.4
_FOREIGN_CAPITAL = 0.8
_AROUND = 5
_FEWEST_AROUND = 3
_MOSTLY_STRANGE = 0.5
_GERESH = ("'", "’", "׳")


class Token(NamedTuple):
    """A word of the text: its letters, where they stand among all, and how it is said if in another script."""

    word: str
    start: int
    end: int
    heard: Spoken | None = None

    @property
    def strange(self) -> bool:
        """Whether no English sentence would have it."""
        return self.heard is not None or _is_strange(self.word)


@lru_cache(maxsize=50_000)
def _is_strange(word: str) -> bool:
    return len(word) > 1 and (not is_listed(word) or is_foreign(word))


def tokens_of(text: str, folded: Folded, spans: Sequence[tuple[int, int]]) -> list[Token]:
    """The words with these spans; in other scripts than Latin cut as their writing asks."""
    if text.isascii():
        letters = folded.letters
        if not letters.isalpha():
            spans = [
                _unnumbered(letters, start, end) if letters[end - 1].isdigit() else (start, end) for start, end in spans
            ]
        return [Token(letters[start:end], start, end) for start, end in spans if end - start <= _LONGEST_TOKEN]
    spans = _recut(text, folded, spans)
    tokens = [_token(text, folded, start, end) for start, end in spans if end - start <= _LONGEST_TOKEN]
    heard = [token.heard for token in tokens]
    for at, token in enumerate(tokens):
        # What looks like a Latin word is none beside others in the same script.
        beside = {each.script for each in (heard[max(0, at - 1)], heard[min(at + 1, len(heard) - 1)]) if each}
        if token.heard is None and beside and (said := spoken(_written(text, folded, token.start, token.end))):
            tokens[at] = token._replace(heard=said) if said.script in beside else token
    return tokens


def _unnumbered(letters: str, start: int, end: int) -> tuple[int, int]:
    """A word without the number that is written onto it, as in a hashtag."""
    word = letters[start:end]
    bare = word.rstrip("0123456789")
    return (start, start + len(bare)) if len(bare) >= _SHORTEST_NUMBERED and bare.isalpha() else (start, end)


def _written(text: str, folded: Folded, start: int, end: int) -> str:
    last = folded.positions[end - 1] + 1
    # A geresh after the last letter says how that is spoken.
    last += is_hebrew(text[last - 1]) and text[last : last + 1] in _GERESH
    # So does a nukta, which folding drops.
    last += text[last : last + 1] in NUKTAS
    return text[folded.positions[start] : last]


def _token(text: str, folded: Folded, start: int, end: int) -> Token:
    written = _written(text, folded, start, end)
    word = folded.letters[start:end]
    return Token(word, start, end, None if written.isascii() or is_a_word(word) else spoken(written))


def _recut(text: str, folded: Folded, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words cut where katakana begins or ends, and joined where a Hebrew letter has its mark."""
    positions = folded.positions
    found: list[tuple[int, int]] = []
    for start, end in spans:
        between = text[positions[found[-1][1] - 1] + 1 : positions[start]] if found else ""
        if between in _GERESH and is_hebrew(text[positions[start]]):
            found[-1] = (found[-1][0], end)
            continue
        cut = start
        if not text[positions[start]].isascii():
            for index in range(start + 1, end):
                if is_katakana(text[positions[index - 1]]) != is_katakana(text[positions[index]]):
                    found.append((cut, index))
                    cut = index
        found.append((cut, end))
    return found


def _is_of_another_script(token: Token) -> bool:
    return token.heard is not None or (not token.word.isascii() and token.strange)


class Passage:
    """Words in a row, and how many of them no English sentence would have."""

    def __init__(self, text: str, folded: Folded, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._text = text
        self._folded = folded
        self.strange_before = [0, *accumulate([heard is not None or _is_strange(word) for word, _, _, heard in tokens])]
        """How many strange words stand before each, and in all."""

    def strange(self, first: int, last: int) -> int:
        """How many of the words from ``first`` to before ``last`` are strange."""
        return self.strange_before[min(last, len(self.tokens))] - self.strange_before[first]

    def foreignness(self, at: int) -> float:
        """Letters to take off in a passage of another language, where unknown words are no sign of anything.

        Less where a capital letter inside a sentence says that here is a name.
        """
        first, last = max(0, at - _AROUND), min(len(self.tokens), at + _AROUND + 1)
        others = last - first - 1
        heard = self.tokens[at].heard
        if heard is not None:
            # Among Latin words it stands out as a name does.
            strange = sum(_is_of_another_script(each) for each in self.tokens[first:last]) - 1
        else:
            strange = self.strange(first, last) - self.tokens[at].strange
        if others < _FEWEST_AROUND or strange < _MOSTLY_STRANGE * others:
            return 0.0
        start = self._folded.positions[self.tokens[at].start]
        if is_katakana(self._text[start]):
            # Japanese writes foreign names in it, as others write them with a capital.
            return _FOREIGN_CAPITAL
        before = self._text[max(0, start - 2) : start].strip()
        if heard is not None and not self._text[start].isupper():
            return _FOREIGN_SCRIPT
        inside = start > 0 and before not in (".", "!", "?", ":")
        if inside and self._text[start].isupper():
            return _FOREIGN_CAPITAL
        return _FOREIGN if heard is None else _FOREIGN_OPENING
