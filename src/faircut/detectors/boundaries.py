"""In what way letters of a text that are those of a name write it, by what stands between them and around them.

"Darth Vader", "D.a.r.t.h", "darthvader" and "Dar-th" are names; "banana" is not Ana and "and/or" is not Andor.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from faircut.detectors.common_words import COMMON_WORDS, FUNCTION_WORDS, Commonness, is_everyday, is_known, is_listed
from faircut.detectors.folding import Folded, Gap
from faircut.detectors.handles import SHORTEST, stands_among_words
from faircut.detectors.registry import Pattern
from faircut.detectors.scripts import is_hangul, is_katakana, is_unspaced

MIN_EMBEDDED, _MIN_EMBEDDED_WORD = 9, 10
_INITIAL_S = re.compile(r"[^\W_] s\W*$", re.IGNORECASE)
_MIN_SPACED = 3
_MIN_SPLIT_BY_SYMBOL = 4
_MIN_SPLIT_BY_SPACE = 8
_MIN_SPLIT_STRANGE, _SHORTEST_STRANGE = 6, 3
_MIN_PLURAL = 4
_MIN_KATAKANA = 5
_LONGEST_WORD = 48
"""Letters beyond which none is a word of a language, so that a name written on and on costs no more each time."""
_APOSTROPHES = ("'", "’")
_SHORTENED, _LONGEST_SHORTENED = 2, 5
"""Letters left of a small word that leans on another, and of both together."""
_ELIDED = frozenset((*"cdjlmnst", "qu", "lorsqu", "jusqu", "puisqu", "all", "dall", "dell", "nell", "sull", "un"))
_OPENING = frozenset("aeiouhy")
"""With what a word begins before which these leave out their vowel."""


def how_written(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """In what way the letters from ``start`` to ``end`` write the name, or None when they do not."""
    embeddable = end - start >= MIN_EMBEDDED and (len(pattern.words) > 1 or _is_long_and_strange(pattern))
    opens = folded.gaps[start] is not Gap.NONE or _opens(text, folded, start, pattern)
    if not (opens or embeddable):
        return _among_words(text, folded, start, end, pattern)
    positions = folded.positions
    if _inside_one(positions, start) or _inside_one(positions, end):
        return None
    closes = _closes(text, folded, end, pattern)
    plural = not closes and _plural(folded, end, pattern)
    if not (embeddable or closes or plural):
        return _among_words(text, folded, start, end, pattern)
    inner = _inner(text, folded, start, end, pattern)
    if not (opens and (closes or plural)):
        whole = (opens or not _in_a_word(folded, start, end, start)) and (
            closes or plural or not _in_a_word(folded, start, end, end - 1)
        )
        return "embedded" if whole and inner in ("whole", "joined") else None
    if inner == "spaced" and _goes_on(folded, end):
        return None
    written = _comparable(text[positions[start] : positions[end - 1] + 1])
    exact = any(written == _comparable(name.text) for name in pattern.names)
    if pattern.parts[-1] == "s" and not exact and _is_genitive(text, folded, end, pattern):
        return None
    if inner != "whole":
        return inner
    if plural or pattern.is_plural:
        return "plural"
    return "exact" if exact else "folded"


def _among_words(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """How a name is written together with words of the language, as in a hashtag; None where it is none."""
    if end - start < SHORTEST or not stands_among_words(text, folded, start, end, pattern):
        return None
    return "embedded" if _inner(text, folded, start, end, pattern) in ("whole", "joined") else None


def _is_long_and_strange(pattern: Pattern) -> bool:
    """Whether a name of one word is in no list, and so long that no other word holds it by chance."""
    return (
        len(pattern.letters) >= _MIN_EMBEDDED_WORD
        and pattern.common is Commonness.NAME
        and not is_known(pattern.letters)
    )


def _is_genitive(text: str, folded: Folded, end: int, pattern: Pattern) -> bool:
    """Whether an s at the end is no initial of its own: "the captain's hat" is not of Captain S."""
    between = text[folded.positions[end - 2] + 1 : folded.positions[end - 1]]
    return between in ("", "'", "’") and all(_INITIAL_S.search(name.text) is not None for name in pattern.names)


def _in_a_word(folded: Folded, start: int, end: int, index: int) -> bool:
    """Whether the letter at an edge of a find is of a word of the language that holds only a part of the name."""
    first, last = index, index + 1
    while folded.gaps[first] is Gap.NONE and last - first <= _LONGEST_WORD:
        first -= 1
    while last < len(folded.letters) and folded.gaps[last] is Gap.NONE and last - first <= _LONGEST_WORD:
        last += 1
    if last - first > _LONGEST_WORD:
        return False
    within = start < first or last < end
    return within and is_known(folded.letters[first:last])


def _goes_on(folded: Folded, end: int) -> bool:
    """Whether one more letter, set apart in the same way, follows letters that are: W-R-E-N-C-H is not Wren."""
    if end >= len(folded.letters) or folded.gaps[end] is not folded.gaps[end - 1]:
        return False
    return end + 1 == len(folded.letters) or folded.gaps[end + 1] is not Gap.NONE


def _inner(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """How the gaps inside compare with those of the name: whole, joined, spaced, split, or None: another text."""
    gaps = {index - start for index in range(start + 1, end) if folded.gaps[index] is not Gap.NONE}
    expected = set(pattern.words) - {0}
    extra = gaps - expected
    if any(_within_number(folded.letters, start + index) for index in expected - gaps):
        return None
    if not extra:
        return "whole" if gaps == expected or pattern.spelled_out else "joined"
    length = end - start
    if len(gaps) == length - 1:
        return "spaced" if length >= _MIN_SPACED else None
    if any(_within_number(folded.letters, start + index) for index in extra):
        return None
    if len(extra) == 1 and (
        _is_elided(text, folded, start + min(extra)) or _is_shortened(text, folded, start, start + min(extra), end)
    ):
        return None
    by_space = any(folded.gaps[start + index] is Gap.SPACE for index in extra)
    cuts = [0, *sorted(gaps), length]
    edges = {0, length, *pattern.words}
    # Words of the name that stand whole say nothing about those that are cut.
    pieces = [
        folded.letters[start + cut : start + after]
        for cut, after in pairwise(cuts)
        if not (cut in edges and after in edges)
    ]
    # One that is no word at all is hardly there by chance.
    strange = any(len(piece) >= _SHORTEST_STRANGE and not is_known(piece) for piece in pieces)
    shortest = _MIN_SPLIT_STRANGE if strange else _MIN_SPLIT_BY_SPACE
    if length < (shortest if by_space else _MIN_SPLIT_BY_SYMBOL):
        return None
    # "to get her" is not Together, nor "the taco I" the Tacoi.
    is_word = is_known if len(pattern.words) == 1 else is_listed
    held = any(piece in FUNCTION_WORDS or piece == "i" for piece in pieces) and all(map(is_word, pieces))
    held = held or all(piece in COMMON_WORDS for piece in pieces)
    # Beside a telling word of the name that stands whole they are what is left of it.
    told = any(
        cut in edges and after in edges and not is_everyday(folded.letters[start + cut : start + after])
        for cut, after in pairwise(cuts)
    )
    return "split" if told or not held else None


def _is_elided(text: str, folded: Folded, index: int) -> bool:
    """Whether an apostrophe before ``index`` stands for the vowel of a small word: l'eau, dell'arte, jusqu'ici."""
    first = index - 1
    while folded.gaps[first] is Gap.NONE:
        first -= 1
    between = text[folded.positions[index - 1] + 1 : folded.positions[index]]
    return between in _APOSTROPHES and folded.letters[index] in _OPENING and folded.letters[first:index] in _ELIDED


def _is_shortened(text: str, folded: Folded, start: int, index: int, end: int) -> bool:
    """Whether an apostrophe before ``index`` stands for what a small word lost behind another: I'm, you're, Mae'r."""
    between = text[folded.positions[index - 1] + 1 : folded.positions[index]]
    return between in _APOSTROPHES and end - index <= _SHORTENED and end - start <= _LONGEST_SHORTENED


def _within_number(letters: str, index: int) -> bool:
    """Whether a gap before ``index`` makes one number into two: 2049 is not 20 49."""
    return letters[index - 1].isdigit() and letters[index].isdigit()


def _inside_one(positions: list[int], edge: int) -> bool:
    """Whether an edge falls inside what was one character, such as a Hangul syllable."""
    return 0 < edge < len(positions) and positions[edge - 1] == positions[edge]


def _opens(text: str, folded: Folded, start: int, pattern: Pattern) -> bool:
    before, here = folded.letters[start - 1], folded.letters[start]
    return _turns(text, folded, start, pattern) or _no_boundary_needed(before, here, pattern)


def _closes(text: str, folded: Folded, end: int, pattern: Pattern) -> bool:
    if end == len(folded.letters) or folded.gaps[end] is not Gap.NONE:
        return True
    here, after = folded.letters[end - 1], folded.letters[end]
    # Korean particles are written onto the name.
    if is_hangul(here) and is_hangul(after):
        return True
    return _turns(text, folded, end, pattern) or _no_boundary_needed(here, after, pattern)


def _plural(folded: Folded, end: int, pattern: Pattern) -> bool:
    """Whether a plural ending follows the name and then a word boundary."""
    if len(pattern.letters) < _MIN_PLURAL:
        return False
    for ending in ("s", "es"):
        after = end + len(ending)
        if folded.letters[end:after] == ending and all(gap is Gap.NONE for gap in folded.gaps[end:after]):
            last = pattern.parts[-1]
            # Shoes are no plural of Sho, nor grooves of Groov.
            if len(last) <= _MIN_PLURAL and not is_everyday(last) and is_everyday(last + ending):
                return False
            if len(pattern.words) == 1 and not is_known(last) and is_known(last + ending):
                return False
            return after == len(folded.letters) or folded.gaps[after] is not Gap.NONE
    return False


def _turns(text: str, folded: Folded, edge: int, pattern: Pattern) -> bool:
    """A boundary made by writing alone: camel case, or a digit next to a letter."""
    before, after = text[folded.positions[edge - 1]], text[folded.positions[edge]]
    if after.islower() and before.isalpha():
        return False
    if before.isdigit() != after.isdigit():
        return True
    # Short names would be found in McDonald and DeVito.
    return before.islower() and after.isupper() and len(pattern.letters) >= _MIN_SPLIT_BY_SPACE


def _no_boundary_needed(left: str, right: str, pattern: Pattern) -> bool:
    if is_katakana(left) and is_katakana(right):
        return len(pattern.letters) >= _MIN_KATAKANA
    return is_unspaced(left) or is_unspaced(right)


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


__all__ = ["MIN_EMBEDDED", "how_written"]
