"""Names that are spelt otherwise than registered: misspelt, by sound, backwards, in another order or another script.

Each word of the text that is in no word list is looked up among the words of all names, by letters and by sound. Around
each candidate the other words of its name must stand, each with a fault of its own if need be. What speaks for a find
is counted in letters: those of the name, as far as they are not those of everyday words, less what each fault takes
away. A find with few letters left over is weak: it needs something else of the same work to count (see ``context``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from faircut.detectors.chance import INTERRUPTED, Scales
from faircut.detectors.common_words import FUNCTION_WORDS, Commonness, is_everyday, is_known, is_listed, is_met
from faircut.detectors.faults import (
    HEARD,
    LOOK_ALIKE,
    REPEATED,
    edit_cost,
    look_alikes,
    oddness,
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
from faircut.detectors.middle_names import MOST, is_between_names
from faircut.detectors.registry import Pattern, Registry, Spellings
from faircut.detectors.several_words import (
    CERTAIN_LETTERS,
    OTHER_ORDER,
    POSSIBLE_LETTERS,
    Near,
    Respelt,
    next_word,
    over_others,
    with_others,
)
from faircut.detectors.tokens import Passage, Token, tokens_of
from faircut.detectors.transliteration import Spoken

_SLACK = 0.8
"""Letters fewer that are asked for each power of ten by which there are fewer names than ``_CROWD``."""
_CROWD = 100_000
_FEW = 300
_FEW_ENOUGH = 3_000
"""Names up to which a slip in a short word of every day is told by the words beside it."""

_REVERSED = 1.0
_SPLIT = 0.7
_ALONE = 1.1
_LEAST = 0.2
"""A fault costs something, however odd it looks."""
_KNOWN_PIECE = 1.2
_COMPOUND = 1.0

_ROUNDING = 1e-6
_MET = 0.8
"""Letters of proof that a misspelt word loses which is met somewhere else."""

_PAIR = 2
_GENITIVE, _ARTICLE = "s", "the"
_MOST_TURNED = 4
"""Words of a name that is looked for the other way round."""
_BESIDE = 8
"""Words on each side of a cut one among which the others of its name stand."""
_KEPT = 16
_OWNERS = 32
_CACHE = 20_000
_LONGEST_PIECE = 11
_SHORTEST_JOINED = 5
_SHORTEST_MENDED = 6
_LONGEST_JOINED = 14


class Respeller:
    """Looks for respelt names of one registry. Remembers words that it has seen."""

    def __init__(self, registry: Registry, crowd: int) -> None:
        """``crowd`` is how many names there are in all: the more, the more often chance spells one almost."""
        self._spellings: Spellings = registry.spellings
        self._slack = _SLACK * max(0.0, math.log10(_CROWD / max(crowd, _FEW)))
        self._few = crowd <= _FEW_ENOUGH
        # What is only possible, however many letters the small number of names is worth.
        self._floor = POSSIBLE_LETTERS - self._slack + _ROUNDING
        self._most_possible = CERTAIN_LETTERS - self._slack - _ROUNDING
        self._seen: dict[str, tuple[Near, ...]] = {}
        self._used_beside: dict[tuple[int | str, ...], tuple[tuple[Pattern, tuple[str, ...]], ...]] = {}
        self._used: dict[int, tuple[tuple[Pattern, tuple[str, ...]], ...]] = {}

    def find(
        self, text: str, folded: Folded, spans: Sequence[tuple[int, int]], *, sentences: bool = True
    ) -> Iterator[Respelt]:
        """Respelt names in a folded text whose words have these spans. Linear in the number of words.

        No name runs over the end of a sentence, unless ``sentences`` is off: where an exclamation mark may be a letter.
        """
        if not self._spellings.numbers:
            return
        tokens = tokens_of(text, folded, spans)
        passage = Passage(text, folded, tokens)
        scales = Scales(text, folded, passage, self._slack, sentences=sentences)
        for at in self._worth_a_look(passage):
            finds = [*self._at(tokens, at), *self._with_a_middle_name(text, folded, tokens, at)]
            if finds:
                yield from scales.weighed(at, finds)

    def _worth_a_look(self, passage: Passage) -> Iterator[int]:
        """Where a find may begin: at a word in no list, before one, or at two words whose names stand the other way."""
        numbers, ends, starts = self._spellings.numbers, self._spellings.ends, self._spellings.starts
        strange = passage.strange_before
        words = [token.word for token in passage.tokens]
        last = len(words)
        for at, (word, before, soon) in enumerate(zip(words, strange, [*strange[2:], strange[-1]], strict=False)):
            if soon > before:
                yield at
            elif word in numbers:
                if not is_everyday(word):
                    yield at
                elif word in ends:
                    rows = [
                        words[at : end + 1]
                        for end in range(at + 1, min(at + _MOST_TURNED, last))
                        if words[end] in starts or words[end] == _GENITIVE
                    ]
                    if any("".join(_turned(row)) in numbers for row in rows):
                        yield at

    def _at(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        nearby = self._candidates(tokens[at])
        if self._may_stand_beside(tokens, at):
            nearby += self._beside(tokens[at].word)
        if nearby:
            places = (next_word(tokens, at, -1), next_word(tokens, at, 1))
            beside = [tokens[place] for place in places if place is not None]
            for near in nearby:
                yield from self._around(tokens, at, near, beside)
        yield from self._joined(tokens, at)
        yield from self._mended(tokens, at)
        yield from self._turned(tokens, at)
        yield from self._interrupted(tokens, at)

    def _candidates(self, token: Token) -> tuple[Near, ...]:
        """The catalogue's words that this one may stand for; none where it is a word of the language."""
        key = token.word if token.heard is None else f"{token.word}/{token.heard.sounds[0]}"
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > _CACHE:
                self._seen.clear()
            found = self._seen[key] = tuple(self._look(token))
        return found

    def _may_stand_beside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a word that is met somewhere stands next to a word of a name."""
        word = tokens[at].word
        if tokens[at].heard is not None or len(word) < SHORTEST or is_listed(word) or not is_met(word):
            return False
        beside = (next_word(tokens, at, step) for step in (-1, 1))
        return any(place is not None and tokens[place].word in self._spellings.numbers for place in beside)

    def _beside(self, word: str) -> tuple[Near, ...]:
        """The catalogue's words that one met somewhere may stand for, given the others of the name."""
        key = f"{word}/"
        found = self._seen.get(key)
        if found is None:
            near = (replace(each, cost=each.cost + _MET, beside=True) for each in self._misspelt(word, met=True))
            found = self._seen[key] = tuple(_nearest(near))
        return found

    def _look(self, token: Token) -> list[Near]:
        if token.heard is not None:
            return _nearest(self._heard(token.heard))
        word = token.word
        if len(word) < SHORTEST or word.isdigit():
            return []
        if is_listed(word) or is_met(word):
            # A given name may begin a longer one whose other words are misspelt.
            known = not is_everyday(word) and word in self._spellings.numbers
            return [Near(self._spellings.numbers[word], word, 0.0, "exact")] if known else []
        return _nearest([*self._rearranged(word), *self._misspelt(word)])

    def _heard(self, heard: Spoken) -> Iterator[Near]:
        index = self._spellings.index
        for number, cost in index.alike(heard.sounds, vowels=heard.vowels, loan=heard.loan):
            if (fault := script_cost(heard, index.words[number], index.sounds[number], cost)) is not None:
                yield Near(number, index.words[number], fault, f"in {heard.script} letters")

    def _rearranged(self, word: str) -> Iterator[Near]:
        """Words that it is, that it is backwards, that it looks like, or that it is with letters repeated."""
        numbers = self._spellings.numbers
        if word in numbers:
            yield Near(numbers[word], word, 0.0, "exact")
        others = [(other, LOOK_ALIKE, "look-alike letters") for other in look_alikes(word)]
        others += [(other, REPEATED, "repeated letters") for other in without_repeats(word)]
        if len(word) > SHORTEST and word not in numbers and word != word[::-1]:
            others.append((word[::-1], _REVERSED, "reversed"))
        for other, cost, how in others:
            if other in numbers:
                yield Near(numbers[other], other, cost, how)

    def _misspelt(self, word: str, *, met: bool = False) -> Iterator[Near]:
        index = self._spellings.index
        compound = _COMPOUND if not met and is_known(word) else 0.0
        odd = oddness(word)
        for number, _ in index.near(word):
            cost = edit_cost(word, index.words[number]) + compound - odd
            yield Near(number, index.words[number], max(_LEAST, cost), "misspelt")
        if word.isalpha() and word.isascii() and not compound:
            sound = sound_of(word)
            for number, cost in index.alike((sound,)):
                other = index.words[number]
                # A name registered in another script has no letters in common, only sounds.
                latin = other.isascii()
                fault = sound_cost(word, other, cost) if latin else sound_cost(sound, index.sounds[number], cost)
                if fault is not None:
                    fault = max(_LEAST, fault + compound - HEARD * odd)
                    yield Near(number, other, fault, "sounds like" if latin else "in Latin letters")

    def _around(self, tokens: Sequence[Token], at: int, near: Near, beside: Sequence[Token]) -> Iterator[Respelt]:
        """Finds of the names that have a word, given that the word at ``at`` stands for it, and what stands beside."""
        token = tokens[at]
        if near.how == "reversed" or token.heard or any(each.heard for each in beside):
            uses = self._uses(near.number)
        else:
            uses = self._near_uses(near.number, tuple([each.word for each in beside]))
        for pattern, parts in uses:
            if pattern.letters != near.word:
                yield from with_others(tokens, at, near, pattern, parts, floor=self._floor, few=self._few)
            elif near.cost and not near.beside:
                cost = near.cost + (_ALONE if near.how == "sounds like" else 0.0)
                # Its words do not agree where they are written as one and none stands there as it is.
                letters = sum(map(word_weight, parts))
                yield Respelt(token.start, token.end, pattern, near.how, letters - cost, near.cost)

    def _near_uses(self, number: int, beside: tuple[str, ...]) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
        """Those of which another word may be one of these, and those that have no other."""
        word = self._spellings.index.words[number]
        key: tuple[int | str, ...] = (number, *beside)
        found = self._used_beside.get(key)
        if found is None:
            if len(self._used_beside) > _CACHE:
                self._used_beside.clear()
            found = self._used_beside[key] = tuple(
                (pattern, parts)
                for pattern, parts in self._uses(number)
                if pattern.letters == word
                or not (others := _others(parts, word))
                or any(_is_beside(each, others) for each in beside)
            )
        return found

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
        row = [*tokens[max(0, at - _BESIDE) : at], joined, *tokens[at + 2 : at + 2 + _BESIDE]]
        place = min(at, _BESIDE)
        beside = tuple(
            [row[each].word for each in (next_word(row, place, -1), next_word(row, place, 1)) if each is not None]
        )
        for near in self._candidates(joined):
            cost = near.cost + _SPLIT + (_KNOWN_PIECE if any(known) else 0.0)
            for pattern, parts in self._near_uses(near.number, beside) if near.cost else ():
                if pattern.letters == near.word:
                    yield Respelt(joined.start, joined.end, pattern, near.how, weight(parts) - cost, near.cost)
                elif len(parts) == _PAIR:
                    whole = replace(near, cost=cost)
                    yield from with_others(row, place, whole, pattern, parts, floor=0.0, few=False)

    def _mended(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names of which one word is cut in two, the pieces perhaps in the other order: "shade Umber, Lord"."""
        pieces = tokens[at : at + 2]
        if len(pieces) < 2 or any(piece.heard or not _is_piece(piece.word) for piece in pieces):
            return
        one, other = (piece.word for piece in pieces)
        for word, cost in ((one + other, _SPLIT), (other + one, _SPLIT + OTHER_ORDER)):
            number = self._spellings.numbers.get(word)
            if number is None or len(word) < _SHORTEST_MENDED or is_everyday(word):
                continue
            whole = Token(word, pieces[0].start, pieces[1].end)
            row = [*tokens[max(0, at - _BESIDE) : at], whole, *tokens[at + 2 : at + 2 + _BESIDE]]
            near = Near(number, word, cost, "split" if word == one + other else "in another order")
            for pattern, parts in self._uses(number):
                if pattern.letters != word:
                    yield from with_others(row, min(at, _BESIDE), near, pattern, parts, floor=0.0, few=False)
                elif len(parts) == 1 and word == other + one and not (is_everyday(one) and is_everyday(other)):
                    yield Respelt(whole.start, whole.end, pattern, near.how, weight(parts) - cost, cost)

    def _turned(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names of two to four words of every day in the other order."""
        if tokens[at].word not in self._spellings.ends:
            return
        for count in range(2, _MOST_TURNED + 1):
            several = tokens[at : at + count]
            if len(several) < count:
                return
            words = [token.word for token in several]
            turned = _turned(words)
            number = self._spellings.numbers.get("".join(turned))
            if number is None or turned == words:
                continue
            if words[-1] in FUNCTION_WORDS and not (words[-1] == _ARTICLE and _is_left_over(tokens, at + count)):
                continue
            for pattern in self._spellings.patterns_with(number, _OWNERS):
                if pattern.parts == tuple(turned):
                    letters = weight(pattern.parts) - OTHER_ORDER
                    yield Respelt(several[0].start, several[-1].end, pattern, "in another order", letters)

    def _interrupted(self, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names of rare words with others between, such as a nickname or an initial: never more than possible."""
        word = tokens[at].word
        number = self._spellings.numbers.get(word)
        if number is None or is_listed(word):
            return
        for pattern, every in self._uses(number):
            parts = [part for part in every if part not in FUNCTION_WORDS]
            if parts[0] != word or any(map(is_listed, parts)) or all(map(is_met, parts)):
                continue
            last = over_others(tokens, at, parts)
            if last is not None:
                yield Respelt(tokens[at].start, tokens[last].end, pattern, INTERRUPTED, self._floor)

    def _with_a_middle_name(self, text: str, folded: Folded, tokens: Sequence[Token], at: int) -> Iterator[Respelt]:
        """Names of two words, capitalised, with what stands between the names of a person: at most possible."""
        first = tokens[at]
        if not text[folded.positions[first.start]].isupper():
            return
        for last in tokens[at + 2 : at + 2 + MOST]:
            number = self._spellings.numbers.get(first.word + last.word)
            if number is None or not text[folded.positions[last.start]].isupper():
                continue
            if not is_between_names(text[folded.positions[first.end - 1] + 1 : folded.positions[last.start]]):
                continue
            for pattern in self._spellings.patterns_with(number, _OWNERS):
                if pattern.parts == (first.word, last.word) and pattern.common is Commonness.NAME:
                    yield Respelt(first.start, last.end, pattern, INTERRUPTED, self._most_possible)


def _is_left_over(tokens: Sequence[Token], after: int) -> bool:
    """Whether an article before the word at ``after`` has none that it could belong to."""
    return after >= len(tokens) or tokens[after].word in FUNCTION_WORDS


def _turned(words: Sequence[str]) -> list[str]:
    """Words the other way round; what belongs to one stays with it."""
    turned = list(reversed(words))
    for place in [place for place, word in enumerate(turned[:-1]) if word == _GENITIVE]:
        turned[place : place + 2] = turned[place : place + 2][::-1]
    return turned


def _others(parts: Sequence[str], word: str) -> list[str]:
    """What else a name has than this word and those that hold sentences together."""
    others = [part for part in parts if part not in FUNCTION_WORDS]
    if word in others:
        others.remove(word)
    return others


def _is_beside(word: str, parts: Sequence[str]) -> bool:
    return any(written_as(word, part, reverse=False)[0] is not None for part in parts)


def _is_piece(word: str) -> bool:
    return 1 < len(word) <= _LONGEST_PIECE and word not in FUNCTION_WORDS and not word.isdigit()


def _nearest(found: Iterable[Near]) -> list[Near]:
    """Each word once, at its least cost; those that leave most letters first."""
    best: dict[int, Near] = {}
    for near in found:
        if near.number not in best or near.cost < best[near.number].cost:
            best[near.number] = near
    return sorted(best.values(), key=lambda each: each.cost - 0.5 * len(each.word))[:_KEPT]
