"""Uncased WordPiece, as BERT cuts text (Devlin et al., NAACL 2019; Wu et al., arXiv 1609.08144), with places kept.

Control characters go, white space becomes a space, Chinese characters stand alone, letters lose their accents (NFD)
and their case, punctuation is cut off; what remains is cut greedily into the longest pieces of the vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from faircut.errors import ConfigError
from faircut.text.pieces import Cutter

_CLS, _SEP, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST_WORD = 100
_CACHE_LIMIT = 50_000
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+|[^\sA-Za-z0-9]")
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPiece(Cutter):
    """Cuts text into the pieces of a vocabulary, one a line in order of id. Raises ConfigError for another file."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._ids = {piece.rstrip("\r\n"): number for number, piece in enumerate(vocabulary)}
        if missing := {_CLS, _SEP, _UNKNOWN} - self._ids.keys():
            raise ConfigError(
                f"The vocabulary lacks {', '.join(sorted(missing))}.",
                field="sentence_model",
                remedy="Use the vocab.txt that belongs to the model.",
            )
        super().__init__(self._ids[_CLS], self._ids[_SEP])
        self._unknown = self._ids[_UNKNOWN]

    def _words(self, text: str) -> Iterator[tuple[str, Sequence[int]]]:
        return _words(text)

    def _pieces_of(self, word: str) -> tuple[tuple[int, int], ...]:
        """The longest pieces from the left; one unknown piece when the vocabulary cannot write the word."""
        unknown = ((self._unknown, len(word)),)
        if len(word) > _LONGEST_WORD:
            return unknown
        pieces = []
        begin = 0
        while begin < len(word):
            prefix = "##" if begin else ""
            for end in range(len(word), begin, -1):
                number = self._ids.get(prefix + word[begin:end])
                if number is not None:
                    pieces.append((number, end - begin))
                    begin = end
                    break
            else:
                return unknown
        return tuple(pieces)


def _words(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Words and single marks of punctuation, folded, with the place of each letter in the text."""
    if text.isascii() and not _ASCII_CONTROL.search(text):
        for found in _ASCII_WORD.finditer(text):
            yield found[0].lower(), range(found.start(), found.end())
        return
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for folded, joins in _fold(char):
            if joins:
                letters.append(folded)
                places.append(place)
                continue
            if letters:
                yield "".join(letters), places
                letters, places = [], []
            if folded:
                yield folded, (place,)
    if letters:
        yield "".join(letters), places


@lru_cache(maxsize=_CACHE_LIMIT)
def _fold(char: str) -> tuple[tuple[str, bool], ...]:
    """What a character becomes: letters that join a word, marks that stand alone, "" for a space, or nothing."""
    if char.isspace():
        return (("", False),)
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Co", "Cs") or char in "\0\ufffd":
        return ()
    if any(first <= ord(char) <= last for first, last in _CHINESE):
        return ((char, False),)
    bare = [each for each in unicodedata.normalize("NFD", char) if unicodedata.category(each) != "Mn"]
    return tuple((low, not _is_punctuation(low)) for each in bare for low in each.lower() if not low.isspace())


def _is_punctuation(char: str) -> bool:
    return (char.isascii() and not char.isalnum()) or unicodedata.category(char)[0] == "P"


__all__ = ["WordPiece"]
