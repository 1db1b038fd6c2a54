"""Where names stand in a text, however the letters are dressed up.

The text is folded (see ``folding``) to its letters alone and searched for all names at once; what stood between the
letters then decides whether a find is a name: "Darth Vader", "D.a.r.t.h", "darthvader" and "Dar-th" are, "banana" is
not Ana and "and/or" is not Andor. Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from faircut.detectors.common_words import COMMON_WORDS, FUNCTION_WORDS, Commonness, is_everyday, is_known, is_listed
from faircut.detectors.folding import Case, Folded, Gap, fold
from faircut.detectors.han import FEWEST_SYLLABLES, is_han, syllable_of
from faircut.detectors.hidden import by_first_letters, without_vowels
from faircut.detectors.readings import FILLER, Reading
from faircut.detectors.registry import Pattern, Registry
from faircut.detectors.scripts import is_hangul, is_katakana, is_unspaced
from faircut.detectors.several_words import Certainty
from faircut.detectors.undone import is_turned

SCORES = {
    "exact": 1.0,
    "folded": 0.95,
    "plural": 0.95,
    "spaced": 0.9,
    "joined": 0.9,
    "leet": 0.9,
    "padded": 0.85,
    "split": 0.85,
    "embedded": 0.8,
    "look-alike letters": 0.85,
    "masked": 0.85,
    "without vowels": 0.85,
    "first letters": 0.85,
    "repeated letters": 0.85,
    "reversed": 0.85,
    "in Han characters": 0.85,
}

_MIN_EMBEDDED, _MIN_EMBEDDED_WORD = 9, 10
_INITIAL_S = re.compile(r"[^\W_] s\W*$", re.IGNORECASE)
_MIN_SPACED = 3
_MIN_SPLIT_BY_SYMBOL = 4
_MIN_SPLIT_BY_SPACE = 8
_MIN_SPLIT_STRANGE, _SHORTEST_STRANGE = 6, 3
_MIN_PLURAL = 4
_MIN_KATAKANA = 5
_LOOK_AROUND = 32
_LONGEST_WORD = 48
"""Letters beyond which none is a word of a language, so that a name written on and on costs no more each time."""
_APOSTROPHES = ("'", "’")
_SHORTENED, _LONGEST_SHORTENED = 2, 5
"""Letters left of a small word that leans on another, and of both together."""
_ELIDED = frozenset((*"cdjlmnst", "qu", "lorsqu", "jusqu", "puisqu", "all", "dall", "dell", "nell", "sull", "un"))
_OPENING = frozenset("aeiouhy")
"""With what a word begins before which these leave out their vowel."""
_PAUSE = "|"
"""Stands between Han characters that do not follow each other: no name has it."""


@dataclass(frozen=True, slots=True)
class Find:
    """A name between two indexes of the text. ``score`` says how sure the spelling is, 0..1."""

    start: int
    end: int
    pattern: Pattern
    how: str
    plain: bool
    """Written in lower case (or as the first word of a sentence), so that an everyday word may be meant."""
    score: float
    certainty: Certainty = Certainty.CERTAIN
    undisguised: bool = False
    """As registered, or plain letters where the name has accents."""
    letters: float = 0.0
    """What speaks for a respelt name, in letters (see ``respelt``)."""

    @property
    def maybe_a_word(self) -> bool:
        """Nobody disguises an everyday word, so only a plain spelling leaves a doubt."""
        return self.pattern.common is not Commonness.NAME and self.plain and self.undisguised


def finds_in(
    registries: Sequence[Registry],
    text: str,
    first: Folded,
    spans: Sequence[tuple[int, int]],
    readings: Sequence[Reading] = (),
) -> Iterator[Find]:
    """Every name of the registries as it is registered or in a disguise that leaves its letters in order.

    ``first`` is the text, folded, ``spans`` are its words, and ``readings`` what else it may say.
    """
    yield from _search(registries, text, first)
    yield from _otherwise(registries, text, first)
    if not text.isascii():
        yield from _said(registries, text)
    for reading in readings:
        for find in _search(registries, reading.text, reading.folded):
            start, end = reading.place(find.start, find.end)
            # What fell away at the end of a word belongs to it.
            while not reading.turned and reading.text[end : end + 1] == FILLER:
                end += 1
            if is_changed(text[start:end], reading, find):
                # Who stretches a word of every day may mean the word.
                word = reading.how == "repeated letters"
                yield Find(start, end, find.pattern, reading.how, find.plain, SCORES[reading.how], undisguised=word)
    yield from _pointed_at(registries, text, first, spans)
    for reading in readings:
        if reading.turned or reading.how == "reversed":
            continue
        for find in _bare(registries, reading.folded, reading.spans):
            if text[find.start : find.end] != reading.text[find.start : find.end]:
                yield find


def _otherwise(registries: Sequence[Registry], text: str, first: Folded) -> Iterator[Find]:
    """Names in the letters that the text looks like, where it is not what it seems."""
    if not text.isascii() or "I" in text:
        last = fold(text, Case.LAST)
        if last.letters != first.letters:
            for find in _search(registries, text, last):
                # A capital I looks like a small l, but in a word of the language it is what it seems.
                if not is_known(text[find.start : find.end].lower()):
                    yield find


def _said(registries: Sequence[Registry], text: str) -> Iterator[Find]:
    """Names that Han characters of the text sound like, written in Han otherwise or in pinyin."""
    letters, positions, gaps = list[str](), list[int](), list[Gap]()
    for place, char in enumerate(text):
        if is_han(char) or (letters and letters[-1] != _PAUSE):
            syllable = syllable_of(char) or _PAUSE
            letters.append(syllable)
            positions += [place] * len(syllable)
            gaps += [Gap.SYMBOL, *[Gap.NONE] * (len(syllable) - 1)]
    folded = Folded("".join(letters), positions, gaps)
    for find in _search(registries, text, folded) if letters else ():
        syllables = find.end - find.start
        if syllables >= FEWEST_SYLLABLES and find.how != "embedded":
            certainty = Certainty.CERTAIN if syllables > FEWEST_SYLLABLES else Certainty.POSSIBLE
            how = "in Han characters"
            yield Find(find.start, find.end, find.pattern, how, False, SCORES[how], certainty)


def is_changed(written: str, reading: Reading, find: Find) -> bool:
    """Whether the text says something else where a reading has a name, and not a number or a word by itself."""
    if written == reading.text[find.start : find.end]:
        return False
    if reading.how == "reversed":
        return is_turned(written)
    return any(char.isalpha() for char in written) or not written.replace(" ", "").isdigit()


def _pointed_at(
    registries: Sequence[Registry], text: str, folded: Folded, spans: Sequence[tuple[int, int]]
) -> Iterator[Find]:
    yield from _bare(registries, folded, spans)
    for start, end, pattern in by_first_letters(registries, text, folded, spans):
        yield Find(start, end, pattern, "first letters", False, SCORES["first letters"])


def _bare(registries: Sequence[Registry], folded: Folded, spans: Sequence[tuple[int, int]]) -> Iterator[Find]:
    for start, end, pattern in without_vowels(registries, folded, spans):
        yield Find(start, end, pattern, "without vowels", False, SCORES["without vowels"])


def _search(registries: Sequence[Registry], text: str, folded: Folded) -> Iterator[Find]:
    gaps, none = folded.gaps, Gap.NONE
    # In plain small letters nothing but a gap begins a word, which spares most of the looking.
    plain = text.isascii() and text.islower() and not any(map(str.isdigit, folded.letters))
    for registry in registries:
        for end, pattern in registry.occurrences(folded.letters):
            start = end - len(pattern.letters)
            if plain and gaps[start] is none and end - start < _MIN_EMBEDDED:
                continue
            how = _how(text, folded, start, end, pattern)
            if how is not None:
                span = span_of(text, folded, start, end)
                undisguised = how in ("exact", "plural") or (how == "folded" and _is_latin(text[slice(*span)]))
                certainty = Certainty.CERTAIN
                if pattern.is_pinyin and len(pattern.words) < FEWEST_SYLLABLES:
                    # Many people are called so.
                    undisguised, certainty = False, Certainty.POSSIBLE
                elif how == "split" and len(pattern.words) == 1 and pattern.common is not Commonness.NAME:
                    # The pieces of a word are often words: "mari gold" may be neither Marigold nor marigold.
                    certainty = Certainty.POSSIBLE
                yield Find(*span, pattern, how, is_plain(text, *span), SCORES[how], certainty, undisguised)


def _is_latin(text: str) -> bool:
    """Latin letters with or without accents, such as somebody writes in good faith."""
    return text.isascii() or all(
        char.isascii() or "\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff" for char in text
    )


def _how(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """In what way the letters from ``start`` to ``end`` write the name, or None when they do not."""
    embeddable = end - start >= _MIN_EMBEDDED and (len(pattern.words) > 1 or _is_long_and_strange(pattern))
    opens = folded.gaps[start] is not Gap.NONE or _opens(text, folded, start, pattern)
    if not (opens or embeddable):
        return None
    positions = folded.positions
    if _inside_one(positions, start) or _inside_one(positions, end):
        return None
    closes = _closes(text, folded, end, pattern)
    plural = not closes and _plural(folded, end, pattern)
    if not (embeddable or closes or plural):
        return None
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
    if plural:
        return "plural"
    return "exact" if exact else "folded"


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


def span_of(text: str, folded: Folded, start: int, end: int) -> tuple[int, int]:
    """Folded letters to indexes of the text, marks on the last letter included."""
    return folded.positions[start], end_of(text, folded.positions[end - 1] + 1)


def end_of(text: str, last: int) -> int:
    """The index after the marks that stand on the letter before ``last``."""
    furthest = min(len(text), last + _LOOK_AROUND)
    while last < furthest and unicodedata.category(text[last])[0] == "M":
        last += 1
    return last


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def is_plain(text: str, start: int, end: int) -> bool:
    """Written as a common word would be: small, or with a capital because a sentence begins."""
    written = text[start:end]
    if written.islower():
        return True
    before = text[max(0, start - _LOOK_AROUND) : start].rstrip(" \t\"'“‘(")
    opens_sentence = before[-1] in ".!?:;\n\r" if before else start < _LOOK_AROUND
    return opens_sentence and written[:1].isupper() and written[1:].islower()


__all__ = ["SCORES", "Find", "end_of", "finds_in", "is_plain", "span_of"]
