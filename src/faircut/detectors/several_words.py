"""Names of several words around one of them: the others stand beside it, each with a fault of its own if need be.

What speaks for a find is counted in letters, see ``respelt``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from faircut.detectors.common_words import FUNCTION_WORDS, is_everyday, is_known, is_listed
from faircut.detectors.faults import heard_as, heard_beside, weight, word_weight, written_as
from faircut.detectors.registry import Pattern, originals
from faircut.detectors.tokens import Token
from faircut.detectors.transliteration import Spoken, spoken


class Certainty(IntEnum):
    """How far a find may be believed by itself."""

    WEAK = 0
    POSSIBLE = 1
    CERTAIN = 2


CERTAIN_LETTERS = 6.0
POSSIBLE_LETTERS = 4.0
WEAK_LETTERS = 1.0
"""Letters left over from which a find is certain, possible or worth a second clue, among 100,000 names."""

OTHER_ORDER = 0.8
_TITLE = 1.2
_ARTICLE_MISSPELT = 0.5
_JOINING = frozenset(("and", "or", "but", "nor", "und", "et"))
"""Words that make two of what stands on both sides."""
_MOST_BETWEEN = 3
_GENITIVE = "s"
_SMALL_WORDS = ("the", "and", "der", "von", "del")
_LONGEST_ARTICLE = 3
_ARABIC_ARTICLE = "ال"
_NONE_SAID: Mapping[str, Spoken] = {}

_SHORT = 6
_MOST_FAULTS_SHORT = {
    "in Arabic letters": 0.0,
    "in Hebrew letters": 0.0,
    "in Japanese letters": 1.8,
    "in Korean letters": 1.8,
}
"""What a short name heard in a script of loan words may lack to count by itself: nothing where vowels are not written,
since every word of the language sounds like some such name."""

_FEWEST_WITH_SLIP, _SHORTEST_SLIP = 8, 4
_FEWEST_AMONG_FEW, _SHORTEST_AMONG_FEW = 6, 2
_FEWEST_HEARD = 7
"""Letters of a name of common words for each word that is misspelt in it, and of that word; and among few names."""


@dataclass(frozen=True, slots=True)
class Respelt:
    """A name found in the letters from ``start`` to ``end`` of a folded text. ``letters`` speak for it."""

    start: int
    end: int
    pattern: Pattern
    how: str
    letters: float
    faults: float = 0.0

    @property
    def certainty(self) -> Certainty:
        """As the letters say; but many a short word of a script that lacks sounds sounds like some short name."""
        if self._is_met_by_chance:
            return Certainty.WEAK
        if self.letters >= CERTAIN_LETTERS:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if self.letters >= POSSIBLE_LETTERS else Certainty.WEAK

    @property
    def _is_met_by_chance(self) -> bool:
        most = _MOST_FAULTS_SHORT.get(self.how)
        return (
            most is not None
            and self.faults > most
            and len(self.pattern.words) == 1
            and self.pattern.letters.isascii()
            and len(self.pattern.letters) < _SHORT
        )


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the catalogue that a word of the text may stand for, and how many letters of proof that costs."""

    number: int
    word: str
    cost: float
    how: str
    beside: bool = False
    """It is also a word that is met somewhere, so that the other words of the name must stand there as they are."""


def with_others(
    tokens: Sequence[Token],
    at: int,
    near: Near,
    pattern: Pattern,
    every: tuple[str, ...],
    *,
    floor: float,
    few: bool,
) -> Iterator[Respelt]:
    """A name of several words around the one at ``at``, in its order, in another, or with its title translated."""
    parts = [part for part in every if part not in FUNCTION_WORDS] or list(every)
    if near.word not in parts:
        return
    place = parts.index(near.word)
    written = pattern.names[0].text
    said = _said(written) if not written.isascii() else _NONE_SAID
    for step, cost in ((1, 0.0), (-1, OTHER_ORDER)):
        found = _aligned(tokens, at, parts, place, step, near, said)
        if found is not None:
            start, end, faults, how, strange = found
            if _is_parted(tokens, at, start, end, every, (step, faults)):
                return
            if near.beside and (cost or faults > near.cost):
                return
            if faults or cost:
                how = how if faults else "in another order"
                letters = weight(parts, strange) - faults - cost
                if faults and not cost and _is_all_there(tokens, at, start, end, parts, few=few):
                    letters = max(letters, floor)
                yield Respelt(start, end, pattern, how, letters, faults)
            return
    if near.beside:
        return
    if len(every) > 2:
        yield from _shuffled(tokens, at, pattern, every)
    # Titles are translated where names are only written otherwise.
    token = tokens[at]
    if token.heard is not None and all(is_everyday(part) for part in parts if part != near.word):
        letters = word_weight(near.word) - near.cost - _TITLE
        yield Respelt(token.start, token.end, pattern, near.how, letters, near.cost)


def _is_parted(
    tokens: Sequence[Token], at: int, start: int, end: int, every: Sequence[str], found: tuple[int, float]
) -> bool:
    """Whether words of the sentence stand between those of a name, so that these belong to other things.

    "Winnie and Pooja" are two, "Mick the jogger" jogs, and a stone that Emma throws is not Emma Stone.
    """
    step, faults = found
    reach = 3 * len(every)
    inside = [
        token.word
        for token in tokens[max(0, at - reach) : at + reach + 1]
        if start <= token.start < end and token.word not in every
    ]
    between = [word for word in inside if word in FUNCTION_WORDS]
    if step < 0:
        return bool(between) and (faults > 0.0 or any(is_everyday(part) for part in every))
    others = any(is_listed(word) for word in inside if word not in FUNCTION_WORDS)
    return bool(between) and (others or not _JOINING.isdisjoint(between))


def _is_all_there(tokens: Sequence[Token], at: int, start: int, end: int, parts: Sequence[str], *, few: bool) -> bool:
    """Whether common words of a name are all there, and what is misspelt is no word: by itself that is hardly met."""
    if tokens[at].heard is not None:
        return few and len(parts) > 1 and sum(map(len, parts)) >= _FEWEST_HEARD
    fewest, shortest = (_FEWEST_AMONG_FEW, _SHORTEST_AMONG_FEW) if few else (_FEWEST_WITH_SLIP, _SHORTEST_SLIP)
    is_word = is_listed if few else is_known
    around = tokens[max(0, at - len(parts) - 1) : at + len(parts) + 2]
    told = [token.word for token in around if start <= token.start < end and token.word not in FUNCTION_WORDS]
    slips = [word for word in told if word not in parts]
    return (
        len(told) == len(parts) > 1
        and sum(map(len, parts)) >= fewest * len(slips)
        and all(len(word) >= shortest and not is_word(word) for word in slips)
    )


@lru_cache(maxsize=20_000)
def _said(text: str) -> Mapping[str, Spoken]:
    """The folded words of a name that are written in another script than Latin, and how they are said.

    In Arabic "the lion the king" is a name, "the lion king of the forest" a sentence. A surname may lose one.
    """
    words = originals(text)
    said = {part: heard for part, written in words.items() if (heard := spoken(written)) is not None}
    if len(words) > 1 and all(written.startswith(_ARABIC_ARTICLE) for written in words.values()):
        return {part: replace(heard, sounds=heard.sounds[:1]) for part, heard in said.items()}
    return said


def _stands_for(token: Token, part: str, how: str, said: Mapping[str, Spoken]) -> tuple[float | None, str]:
    """What it costs to take a word of the text for a word of a name; None where it cannot be."""
    if token.heard is not None and part in said:
        return (0.0, "exact") if token.word == part else heard_beside(token.heard, said[part], part)
    if token.heard is not None:
        return heard_as(token.heard, part)
    return written_as(token.word, part, reverse=how == "reversed")


def _aligned(
    tokens: Sequence[Token],
    at: int,
    parts: Sequence[str],
    place: int,
    step: int,
    near: Near,
    said: Mapping[str, Spoken],
) -> tuple[int, int, float, str, frozenset[str]] | None:
    """Where a name of several words stands around one of them, what its faults cost, the gravest, and its odd words."""
    first, last = tokens[at].start, tokens[at].end
    faults, worst, how = near.cost, near.cost, near.how
    strange = {near.word} if near.cost else set()
    between = False
    for direction in (-1, 1):
        position = at
        for other in range(place + direction * step, -1 if direction * step < 0 else len(parts), direction * step):
            beside = next_word(tokens, position, direction)
            if beside is None:
                return None
            if abs(beside - position) > 1:
                skipped = tokens[min(position, beside) + 1 : max(position, beside)]
                between = between or any(_nearly_holds(token.word) for token in skipped)
            position = beside
            cost, kind = _stands_for(tokens[position], parts[other], near.how, said)
            if cost is None:
                return None
            faults += cost
            if cost:
                strange.add(parts[other])
            if cost > worst:
                worst, how = cost, kind
            first, last = min(first, tokens[position].start), max(last, tokens[position].end)
    if between:
        faults, how = faults + _ARTICLE_MISSPELT, how if faults else "misspelt"
    return first, last, faults, how, frozenset(strange)


def next_word(tokens: Sequence[Token], position: int, direction: int) -> int | None:
    """The next word that is no function word; a name's own are left out on both sides."""
    position += direction
    for _ in range(2):
        if 0 <= position < len(tokens) and _holds_together(tokens[position].word):
            position += direction
    return position if 0 <= position < len(tokens) else None


def _shuffled(tokens: Sequence[Token], at: int, pattern: Pattern, every: tuple[str, ...]) -> Iterator[Respelt]:
    """A name of three words or more whose words all stand side by side in an order of their own."""
    parts = sorted(every)
    for first in range(max(0, at - len(parts) + 1), at + 1):
        window = tokens[first : first + len(parts)]
        if sorted(token.word for token in window) == parts:
            letters = weight(every) - OTHER_ORDER
            yield Respelt(window[0].start, window[-1].end, pattern, "in another order", letters)
            return


def over_others(tokens: Sequence[Token], at: int, parts: Sequence[str]) -> int | None:
    """Where a name ends whose first word stands at ``at``, when other words stand between its own, three at most."""
    place = at
    for part in parts[1:]:
        following = [token.word for token in tokens[place + 1 : place + 2 + _MOST_BETWEEN]]
        if part not in following:
            return None
        place += 1 + following.index(part)
    return place if place - at >= len(parts) > 1 else None


@lru_cache(maxsize=50_000)
def _holds_together(word: str) -> bool:
    return (
        word in FUNCTION_WORDS
        or word == _GENITIVE
        or _nearly_holds(word)
        or (len(word) > 2 and word[::-1] in FUNCTION_WORDS and not is_listed(word))
    )


@lru_cache(maxsize=20_000)
def _nearly_holds(word: str) -> bool:
    """Whether it is a misspelt article or preposition."""
    if not 2 <= len(word) <= _LONGEST_ARTICLE + 1 or not word.isascii() or is_listed(word):
        return False
    return any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in _SMALL_WORDS)
