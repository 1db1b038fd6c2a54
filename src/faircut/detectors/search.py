"""Where names stand in a text, however the letters are dressed up.

The text is folded (see ``folding``) to its letters alone and searched for all names at once; what stood between the
letters then decides whether a find is a name (see ``boundaries``). Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faircut.detectors.boundaries import MIN_EMBEDDED, how_written
from faircut.detectors.common_words import Commonness, is_known
from faircut.detectors.folding import Case, Folded, Gap, fold
from faircut.detectors.han import FEWEST_SYLLABLES, is_han, syllable_of
from faircut.detectors.handles import MARKS
from faircut.detectors.hidden import by_first_letters, without_vowels
from faircut.detectors.readings import FILLER, Reading
from faircut.detectors.registry import Pattern, Registry
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

_LOOK_AROUND = 32
_COMMA = re.compile("[,،、，]")
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
    plain = plain and not any(mark in text for mark in MARKS)
    for registry in registries:
        for end, pattern in registry.occurrences(folded.letters):
            start = end - len(pattern.letters)
            if plain and gaps[start] is none and end - start < MIN_EMBEDDED:
                continue
            how = how_written(text, folded, start, end, pattern)
            if how is not None:
                span = span_of(text, folded, start, end)
                undisguised = how in ("exact", "plural") or (how == "folded" and _is_latin(text[slice(*span)]))
                certainty, plainly = Certainty.CERTAIN, is_plain(text, *span)
                if pattern.is_pinyin and len(pattern.words) < FEWEST_SYLLABLES:
                    # Many people are called so.
                    undisguised, certainty = False, Certainty.POSSIBLE
                elif (
                    how == "embedded" and pattern.common is not Commonness.NAME and len(pattern.letters) < MIN_EMBEDDED
                ):
                    certainty = Certainty.POSSIBLE
                elif how == "split" and len(pattern.words) == 1 and pattern.common is not Commonness.NAME:
                    # The pieces of a word are often words: "mari gold" may be neither Marigold nor marigold.
                    certainty = Certainty.POSSIBLE
                elif (
                    how == "folded"
                    and len(pattern.words) > 1
                    # Grammar has the last word about small words that may be words.
                    and (pattern.common is Commonness.NAME or not plainly)
                    and _is_parted(text[slice(*span)], pattern)
                ):
                    undisguised, certainty = False, Certainty.POSSIBLE
                yield Find(*span, pattern, how, plainly, SCORES[how], certainty, undisguised)


def _is_parted(written: str, pattern: Pattern) -> bool:
    """Whether commas stand between words that may be words, and none in the name: "Walter, white shirt, black tie"."""
    return (
        _COMMA.search(written) is not None
        and all(map(is_known, pattern.parts))
        and not any(_COMMA.search(name.text) for name in pattern.names)
    )


def _is_latin(text: str) -> bool:
    """Latin letters with or without accents, such as somebody writes in good faith."""
    return text.isascii() or all(
        char.isascii() or "\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff" for char in text
    )


def span_of(text: str, folded: Folded, start: int, end: int) -> tuple[int, int]:
    """Folded letters to indexes of the text, marks on the last letter included."""
    return folded.positions[start], end_of(text, folded.positions[end - 1] + 1)


def end_of(text: str, last: int) -> int:
    """The index after the marks that stand on the letter before ``last``."""
    furthest = min(len(text), last + _LOOK_AROUND)
    while last < furthest and unicodedata.category(text[last])[0] == "M":
        last += 1
    return last


def is_plain(text: str, start: int, end: int) -> bool:
    """Written as a common word would be: small, or with a capital because a sentence begins."""
    written = text[start:end]
    # A number has no capitals that could tell a title.
    if written.islower() or not any(map(str.isalpha, written)):
        return True
    before = text[max(0, start - _LOOK_AROUND) : start].rstrip(" \t\"'“‘(")
    opens_sentence = before[-1] in ".!?:;\n\r" if before else start < _LOOK_AROUND
    return opens_sentence and written[:1].isupper() and written[1:].islower()


__all__ = ["SCORES", "Find", "end_of", "finds_in", "is_plain", "span_of"]
