"""Names written together with other words in one: hashtags, handles, file names in camel case.

"#TeamIronMan", "@realzendaya" and "myPikachuScene" hold a name and words of the language besides. What is left of the
word must be made of such words, or chance would find short names everywhere: "#guitarintro" has no Tarin.
"""

from __future__ import annotations

from functools import lru_cache

from faircut.detectors.common_words import FUNCTION_WORDS, Commonness, is_everyday, is_given_name, is_listed
from faircut.detectors.folding import Folded, Gap
from faircut.detectors.known_words import PEOPLE, WORDS, is_in
from faircut.detectors.registry import Pattern

SHORTEST = 5
"""Letters of a name from which it is looked for: shorter ones are in any word."""
MARKS = "#@"
_LONGEST = 48
_SHORTEST_WORD, _LONGEST_WORD = 3, 16
_DIGITS = "0123456789"
_NEVER = float("inf")
_ENDINGS = frozenset(("", "s", "es"))


def stands_among_words(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> bool:
    """Whether the letters from ``start`` to ``end`` are a name that is written together with words."""
    if end - start < SHORTEST or not folded.letters[start:end].isascii():
        return False
    first, last = start, end
    while folded.gaps[first] is Gap.NONE and end - first <= _LONGEST:
        first -= 1
    while last < len(folded.letters) and folded.gaps[last] is Gap.NONE and last - start <= _LONGEST:
        last += 1
    if max(end - first, last - start) > _LONGEST or not _may_be_told(pattern):
        return False
    letters, positions = folded.letters, folded.positions
    turned = all(edge in (first, last) or _is_turn(text, positions, edge) for edge in (start, end))
    if not turned and not _is_a_handle(text, folded, first, last):
        return False
    before, after = letters[first:start].strip(_DIGITS), letters[end:last].strip(_DIGITS)
    told = _words_in(before) + (0 if after in _ENDINGS else _words_in(after)) + 1
    if told == _NEVER:
        return False
    return turned or told < _words_over(before + letters[start:end] + after, len(before), len(before) + end - start)


def _may_be_told(pattern: Pattern) -> bool:
    """Whether a name is no word, and nobody else's: many a handle has a given name in it, or a surname."""
    common = pattern.common
    if len(pattern.words) > 1 or common is Commonness.NAME:
        return True
    letters = pattern.letters
    if common not in (Commonness.RARE, Commonness.GIVEN) or is_everyday(letters):
        return False
    if common is Commonness.RARE and is_in(WORDS, letters):
        return False
    return not (is_given_name(letters) or is_in(PEOPLE, letters))


def _is_turn(text: str, positions: list[int], edge: int) -> bool:
    """Whether a capital follows a small letter, or a digit stands on one side alone."""
    before, after = text[positions[edge - 1]], text[positions[edge]]
    return (before.islower() and after.isupper()) or before.isdigit() != after.isdigit()


def _is_a_handle(text: str, folded: Folded, first: int, last: int) -> bool:
    """Whether a sign says that words are written together here, or a number at the end does."""
    place = folded.positions[first]
    return text[place - 1 : place] in ("#", "@") or folded.letters[last - 1].isdigit()


@lru_cache(maxsize=20_000)
def _words_in(letters: str) -> float:
    """Of how few words of the language all this is made, one after another; infinite where it is not."""
    fewest = [0.0]
    for end in range(1, len(letters) + 1):
        begins = range(max(0, end - _LONGEST_WORD), end)
        fewest.append(min((fewest[each] + 1 for each in begins if _is_a_word(letters[each:end])), default=_NEVER))
    return fewest[-1]


@lru_cache(maxsize=20_000)
def _words_over(letters: str, start: int, end: int) -> float:
    """Of how few words of every day all this is made when one of them runs over an edge of the name within."""
    whole, crossed = [0.0], [_NEVER]
    for last in range(1, len(letters) + 1):
        kept, over = _NEVER, _NEVER
        for first in range(max(0, last - _LONGEST_WORD), last):
            if min(whole[first], crossed[first]) < _NEVER and _is_plain_word(letters[first:last]):
                over = min(over, crossed[first] + 1)
                if first < start < last or first < end < last:
                    over = min(over, whole[first] + 1)
                else:
                    kept = min(kept, whole[first] + 1)
        whole.append(kept)
        crossed.append(over)
    return crossed[-1]


def _is_a_word(word: str) -> bool:
    return word in FUNCTION_WORDS or (len(word) >= _SHORTEST_WORD and is_listed(word))


def _is_plain_word(word: str) -> bool:
    return word in FUNCTION_WORDS or (len(word) >= _SHORTEST_WORD and is_everyday(word))


__all__ = ["MARKS", "SHORTEST", "stands_among_words"]
