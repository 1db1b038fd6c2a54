"""Names that are spelt otherwise than registered: misspelt, by sound, backwards, in another order or another script.

Each word of the text that is in no word list is looked up among the words of all names, by letters and by sound. Around
each candidate the other words of its name must stand, each with a fault of its own if need be. What speaks for a find
is counted in letters: those of the name, as far as they are not those of everyday words, less what each fault takes
away. A find with few letters left over is weak: it needs something else of the same work to count (see ``context``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from faircut.detectors.common_words import FUNCTION_WORDS, is_everyday, is_known, is_listed, is_met
from faircut.detectors.faults import (
    LOOK_ALIKE,
    REPEATED,
    edit_cost,
    heard_as,
    look_alikes,
    script_cost,
    sound_cost,
    sound_of,
    weight,
    without_repeats,
    word_weight,
    written_as,
)
from faircut.detectors.folding import Folded
from faircut.detectors.fuzzy import SHORTEST
from faircut.detectors.registry import Pattern, Registry, Spellings
from faircut.detectors.tokens import Passage, Token, tokens_of
from faircut.detectors.transliteration import Spoken


class Certainty(IntEnum):
    """How far a find may be believed by itself."""

    WEAK = 0
    POSSIBLE = 1
    CERTAIN = 2


CERTAIN_LETTERS = 5.8
POSSIBLE_LETTERS = 4.35
WEAK_LETTERS = 1.0
"""Letters left over from which a find is certain, possible or worth a second clue, among 100,000 names."""

_SLACK = 0.8
"""Letters fewer that are asked for each power of ten by which there are fewer names than ``_CROWD``."""
_CROWD = 100_000
_FEW = 300

_REVERSED = 1.0
_OTHER_ORDER = 0.8
_SPLIT = 0.7
_ALONE = 0.6
_KNOWN_PIECE = 1.2
_COMPOUND = 1.0
_TITLE = 1.2

_SEVERAL_AGREE = 0.5
_SEVERAL_HEARD = 1.5

_FEWEST_WITH_SLIP, _SHORTEST_SLIP = 8, 4
"""Letters of a name of common words for each word that is misspelt in it, and of that word."""

_KEPT = 16
_OWNERS = 32
_CACHE = 20_000
_LONGEST_PIECE = 8
_SHORTEST_JOINED = 5
_LONGEST_JOINED = 14

_SENTENCE_END = re.compile(r"[.!?;:](?=\s)")


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
        if self.letters >= CERTAIN_LETTERS:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if self.letters >= POSSIBLE_LETTERS else Certainty.WEAK


@dataclass(frozen=True, slots=True)
class _Near:
    """A word of the catalogue that a word of the text may stand for, and how many letters of proof that costs."""

    number: int
    word: str
    cost: float
    how: str


class Respeller:
    """Looks for respelt names of one registry. Remembers words that it has seen."""

    def __init__(self, registry: Registry, crowd: int) -> None:
        """``crowd`` is how many names there are in all: the more, the more often chance spells one almost."""
        self._spellings: Spellings = registry.spellings
        self._slack = _SLACK * max(0.0, math.log10(_CROWD / max(crowd, _FEW)))
        self._seen: dict[str, tuple[_Near, ...]] = {}
        self._used: dict[int, tuple[tuple[Pattern, tuple[str, ...]], ...]] = {}

    def find(
        self, text: str, folded: Folded, spans: Sequence[tuple[int, int]], *, sentences: bool = True
    ) -> Iterator[Respelt]:
        """Respelt names in a folded text whose words have these spans. Linear in the number of words.

        No name runs over the end of a sentence, unless ``sentences`` is off: where an exclamation mark may be a letter.
        """
        if not self._spellings.numbers:
            return
        positions = folded.positions
        tokens = tokens_of(text, folded, spans)
        passage = Passage(text, folded, tokens)
        for at in self._worth_a_look(passage):
            doubt: float | None = None
            for found in self._at(tokens, at):
                if sentences and _SENTENCE_END.search(text, positions[found.start], positions[found.end - 1]):
                    continue
                if doubt is None:
                    doubt = passage.foreignness(at)
                found = _doubted(found, tokens[at], doubt) if doubt else found
                if found.how == "in another order" and _is_capitalised(text, folded, found):
                    found = replace(found, letters=max(found.letters, POSSIBLE_LETTERS))
                yield replace(found, letters=found.letters + self._slack) if self._slack else found

    def _worth_a_look(self, passage: Passage) -> Iterator[int]:
        """Where a find may begin: at a word in no list, before one, or at two words whose names stand the other way."""
        numbers, strange = self._spellings.numbers, passage.strange_before
        words = [token.word for token in passage.tokens]
        last = len(words)
        for at, word in enumerate(words):
            turned = at + 1 < last and words[at + 1] + word in numbers
            if turned or strange[min(at + 2, last)] > strange[at] or (word in numbers and not is_everyday(word)):
                yield at

    def _at(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        for near in self._candidates(tokens[at]):
            yield from self._around(tokens, at, near)
        yield from self._joined(tokens, at)
        yield from self._turned(tokens, at)

    def _candidates(self, token: Token) -> tuple[_Near, ...]:
        """The catalogue's words that this one may stand for; none where it is a word of the language."""
        key = token.word if token.heard is None else f"{token.word}/{token.heard.sounds[0]}"
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > _CACHE:
                self._seen.clear()
            found = self._seen[key] = tuple(self._look(token))
        return found

    def _look(self, token: Token) -> list[_Near]:
        if token.heard is not None:
            return _nearest(self._heard(token.heard))
        word = token.word
        if len(word) < SHORTEST or word.isdigit():
            return []
        if is_listed(word) or is_met(word):
            # A given name may begin a longer one whose other words are misspelt.
            known = not is_everyday(word) and word in self._spellings.numbers
            return [_Near(self._spellings.numbers[word], word, 0.0, "exact")] if known else []
        return _nearest([*self._rearranged(word), *self._misspelt(word)])

    def _heard(self, heard: Spoken) -> Iterator[_Near]:
        index = self._spellings.index
        for number, cost in index.alike(heard.sounds, vowels=heard.vowels, loan=heard.loan):
            if (fault := script_cost(heard, index.words[number], index.sounds[number], cost)) is not None:
                yield _Near(number, index.words[number], fault, f"in {heard.script} letters")

    def _rearranged(self, word: str) -> Iterator[_Near]:
        """Words that it is, that it is backwards, that it looks like, or that it is with letters repeated."""
        numbers = self._spellings.numbers
        if word in numbers:
            yield _Near(numbers[word], word, 0.0, "exact")
        others = [(other, LOOK_ALIKE, "look-alike letters") for other in look_alikes(word)]
        others += [(other, REPEATED, "repeated letters") for other in without_repeats(word)]
        if len(word) > SHORTEST and word not in numbers and word != word[::-1]:
            others.append((word[::-1], _REVERSED, "reversed"))
        for other, cost, how in others:
            if other in numbers:
                yield _Near(numbers[other], other, cost, how)

    def _misspelt(self, word: str) -> Iterator[_Near]:
        index = self._spellings.index
        compound = _COMPOUND if is_known(word) else 0.0
        for number, _ in index.near(word):
            yield _Near(number, index.words[number], edit_cost(word, index.words[number]) + compound, "misspelt")
        if word.isalpha() and word.isascii() and not compound:
            sound = sound_of(word)
            for number, cost in index.alike((sound,)):
                other = index.words[number]
                # A name registered in another script has no letters in common, only sounds.
                latin = other.isascii()
                fault = sound_cost(word, other, cost) if latin else sound_cost(sound, index.sounds[number], cost)
                if fault is not None:
                    yield _Near(number, other, fault + compound, "sounds like" if latin else "in Latin letters")

    def _around(self, tokens: Sequence[Token], at: int, near: _Near) -> Iterator[Respelt]:
        """Finds of the names that have a word, given that the word at ``at`` stands for it."""
        token = tokens[at]
        for pattern, parts in self._uses(near.number):
            if pattern.letters != near.word:
                yield from _with_others(tokens, at, near, pattern, parts)
            elif near.cost:
                cost = near.cost + (_ALONE if near.how == "sounds like" else 0.0)
                yield Respelt(token.start, token.end, pattern, near.how, weight(pattern.parts) - cost, near.cost)

    def _uses(self, number: int) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
        """The names that have a word, with their words."""
        found = self._used.get(number)
        if found is None:
            if len(self._used) > _CACHE:
                self._used.clear()
            patterns = self._spellings.patterns_with(number, _OWNERS)
            found = self._used[number] = tuple((pattern, pattern.parts) for pattern in patterns)
        return found

    def _joined(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names cut in two by a space, with a fault besides: "pika choo"."""
        pieces = tokens[at : at + 2]
        words = [piece.word for piece in pieces]
        known = [is_known(word) for word in words]
        if len(pieces) < 2 or all(known) or any(piece.heard or not _is_piece(piece.word) for piece in pieces):
            return
        joined = Token("".join(words), pieces[0].start, pieces[1].end)
        if not _SHORTEST_JOINED <= len(joined.word) <= _LONGEST_JOINED:
            return
        for near in self._candidates(joined):
            for pattern in self._spellings.patterns_with(near.number, _OWNERS):
                if pattern.letters == near.word and near.cost:
                    cost = near.cost + _SPLIT + (_KNOWN_PIECE if any(known) else 0.0)
                    letters = weight(pattern.parts) - cost
                    yield Respelt(joined.start, joined.end, pattern, near.how, letters, near.cost)

    def _turned(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names of two words of every day in the other order."""
        if at + 1 == len(tokens):
            return
        one, other = tokens[at], tokens[at + 1]
        number = self._spellings.numbers.get(other.word + one.word)
        if number is None or one.word in FUNCTION_WORDS or other.word in FUNCTION_WORDS:
            return
        for pattern in self._spellings.patterns_with(number, _OWNERS):
            if pattern.parts == (other.word, one.word):
                yield Respelt(one.start, other.end, pattern, "in another order", weight(pattern.parts) - _OTHER_ORDER)


def _with_others(
    tokens: Sequence[Token], at: int, near: _Near, pattern: Pattern, every: tuple[str, ...]
) -> Iterator[Respelt]:
    """A name of several words around the one at ``at``, in its order, in another, or with its title translated."""
    parts = [part for part in every if part not in FUNCTION_WORDS] or list(every)
    if near.word not in parts:
        return
    place = parts.index(near.word)
    for step, cost in ((1, 0.0), (-1, _OTHER_ORDER)):
        found = _aligned(tokens, at, parts, place, step, near)
        if found is not None:
            start, end, faults, how, strange = found
            if faults or cost:
                how = how if faults else "in another order"
                letters = weight(parts, strange) - faults - cost
                if faults and not cost and _is_slip(tokens, at, start, end, parts):
                    letters = max(letters, POSSIBLE_LETTERS)
                yield Respelt(start, end, pattern, how, letters, faults)
            return
    if len(every) > 2:
        yield from _shuffled(tokens, at, pattern, every)
    # Titles are translated where names are only written otherwise.
    token = tokens[at]
    if token.heard is not None and all(is_everyday(part) for part in parts if part != near.word):
        letters = word_weight(near.word) - near.cost - _TITLE
        yield Respelt(token.start, token.end, pattern, near.how, letters, near.cost)


def _is_capitalised(text: str, folded: Folded, found: Respelt) -> bool:
    """Whether all words of a find begin with a capital and the text is not all in capitals: as a name is written."""
    written = text[folded.positions[found.start] : folded.positions[found.end - 1] + 1]
    words = [word for word in re.findall(r"[^\W_]+", written) if word.lower() not in FUNCTION_WORDS]
    return len(words) > 1 and all(word[0].isupper() for word in words) and not text.isupper()


def _is_slip(tokens: Sequence[Token], at: int, start: int, end: int, parts: Sequence[str]) -> bool:
    """Whether common words of a name are all there, and what is misspelt is no word: by itself that is hardly met."""
    around = tokens[max(0, at - len(parts) - 1) : at + len(parts) + 2]
    told = [token.word for token in around if start <= token.start < end and token.word not in FUNCTION_WORDS]
    slips = [word for word in told if word not in parts]
    return (
        tokens[at].heard is None
        and len(told) == len(parts) > 1
        and sum(map(len, parts)) >= _FEWEST_WITH_SLIP * len(slips)
        and all(len(word) >= _SHORTEST_SLIP and not is_known(word) for word in slips)
    )


def _stands_for(token: Token, part: str, how: str) -> tuple[float | None, str]:
    """What it costs to take a word of the text for a word of a name; None where it cannot be."""
    if token.heard is not None:
        return heard_as(token.heard, part)
    return written_as(token.word, part, reverse=how == "reversed")


def _doubted(found: Respelt, token: Token, doubt: float) -> Respelt:
    """A find in a passage of another language. Two words that agree are less easily met by chance."""
    if found.end - found.start > len(token.word):
        share, again = (_SEVERAL_AGREE, 0.0) if token.heard is None else (_SEVERAL_HEARD, 0.5 * found.faults)
    else:
        share, again = 1.0, found.faults if token.heard else 0.0
    return replace(found, letters=found.letters - again - doubt * share)


def _aligned(
    tokens: Sequence[Token], at: int, parts: Sequence[str], place: int, step: int, near: _Near
) -> tuple[int, int, float, str, frozenset[str]] | None:
    """Where a name of several words stands around one of them, what its faults cost, the gravest, and its odd words."""
    first, last = tokens[at].start, tokens[at].end
    faults, worst, how = near.cost, near.cost, near.how
    strange = {near.word} if near.cost else set()
    for direction in (-1, 1):
        position = at
        for other in range(place + direction * step, -1 if direction * step < 0 else len(parts), direction * step):
            beside = _next(tokens, position, direction)
            if beside is None:
                return None
            position = beside
            cost, kind = _stands_for(tokens[position], parts[other], near.how)
            if cost is None:
                return None
            faults += cost
            if cost:
                strange.add(parts[other])
            if cost > worst:
                worst, how = cost, kind
            first, last = min(first, tokens[position].start), max(last, tokens[position].end)
    return first, last, faults, how, frozenset(strange)


def _next(tokens: Sequence[Token], position: int, direction: int) -> int | None:
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
            letters = weight(every) - _OTHER_ORDER
            yield Respelt(window[0].start, window[-1].end, pattern, "in another order", letters)
            return


def _holds_together(word: str) -> bool:
    return word in FUNCTION_WORDS or (len(word) > 2 and word[::-1] in FUNCTION_WORDS and not is_listed(word))


def _is_piece(word: str) -> bool:
    return 1 < len(word) <= _LONGEST_PIECE and word not in FUNCTION_WORDS and not word.isdigit()


def _nearest(found: Iterable[_Near]) -> list[_Near]:
    """Each word once, at its least cost; those that leave most letters first."""
    best: dict[int, _Near] = {}
    for near in found:
        if near.number not in best or near.cost < best[near.number].cost:
            best[near.number] = near
    return sorted(best.values(), key=lambda each: each.cost - 0.5 * len(each.word))[:_KEPT]
