"""The names of a catalogue, folded: an automaton for all (Aho and Corasick, CACM 18(6), 1975), and their words.

A :class:`Registry` is immutable. :class:`Roll` is what a detector holds: a large registry, and beside it a small one of
what was registered since, so that a registration counts at once and costs no rebuilding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import ahocorasick
import numpy as np

from faircut.detectors.common_words import ARTICLES, Commonness, commonness
from faircut.detectors.folding import NUKTAS, Case, Folded, Gap, fold, unleet
from faircut.detectors.free_figures import marks_of_versions
from faircut.detectors.fuzzy import WordIndex, skeletons_of, sounds_of
from faircut.detectors.han import is_han, pinyin_of
from faircut.detectors.transliteration import spoken
from faircut.domain import Element, ElementKind, Work

_FIGURES = frozenset({ElementKind.CHARACTER, ElementKind.CREATURE, ElementKind.LIKENESS})
_DOUBLED = re.compile(r"(.)\1+")
_LARGE_OVERLAY = 2_000
_MAX_CLUES = 16
_ALONE = 6
"""Letters of a single word that stands for a name of an article and this word."""
_MOST_ALIKE = 8
_PAIR = 2
_FEW = 8
_IRREGULAR = (
    ("man", "men"), ("child", "children"), ("mouse", "mice"), ("goose", "geese"), ("foot", "feet"),
    ("tooth", "teeth"), ("wolf", "wolves"), ("thief", "thieves"), ("dwarf", "dwarves"), ("elf", "elves"),
)  # fmt: skip
"""Endings of names and what becomes of them where there are several."""


class Name(NamedTuple):
    """A registered name or title and whom it belongs to.

    ``clues`` are keywords of the element, and marks of later versions of a figure that is free, kept for names that are
    everyday words: who says them too means the name.
    """

    text: str
    party_id: str
    work_id: str | None
    element_id: str | None
    clues: tuple[str, ...] = ()
    figure: bool = False
    """Somebody is called so, rather than a work or a thing."""

    @property
    def subject(self) -> tuple[str | None, str | None]:
        return self.work_id, self.element_id


@dataclass(frozen=True, slots=True)
class Pattern:
    """One folded form of a name.

    ``words`` holds the offsets at which a new word begins. ``key`` is what all forms of the name share.
    """

    letters: str
    words: tuple[int, ...]
    key: str
    names: tuple[Name, ...]

    @property
    def common(self) -> Commonness:
        """Whether the name is also a word of the language."""
        if self.is_pinyin:
            return commonness((self.letters,))
        if self.is_plural:
            one, several = next(pair for pair in _IRREGULAR if self.letters.endswith(pair[1]))
            *before, last = self.parts
            return commonness((*before, last.removesuffix(several) + one))
        return commonness(self.parts if self.key.endswith(self.letters) else (self.key,))

    @property
    def is_pinyin(self) -> bool:
        """How a name in Han characters is said; each syllable is one of its words."""
        return self.letters.isascii() and is_han(self.key[0])

    @property
    def is_plural(self) -> bool:
        """Several of what is named, where that is no ending: men of a man."""
        return any(
            self.letters.endswith(several) and self.key.endswith(self.letters.removesuffix(several) + one)
            for one, several in _IRREGULAR
        )

    @property
    def spelled_out(self) -> bool:
        """An abbreviation written letter by letter, such as A.I. or E.T."""
        return len(self.words) == len(self.letters)

    @property
    def parts(self) -> tuple[str, ...]:
        """Its words."""
        ends = (*self.words[1:], len(self.letters))
        return tuple(self.letters[start:end] for start, end in zip(self.words, ends, strict=True))


def names_of(works: Sequence[Work], elements: Iterable[Element]) -> tuple[Name, ...]:
    """Titles of works, and names and aliases of elements. A title that is also an element's name is the element's."""
    names = []
    held = set()
    titled = {work.id for work in works}
    for element in elements:
        texts = (element.name, *(alias.text for alias in element.aliases)) if element.aliases else (element.name,)
        for text in dict.fromkeys(texts):
            later = marks_of_versions(text)
            own = element.keywords[:_MAX_CLUES]
            clues = (*own, *later) if (own or later) and commonness(words_in(text)) else ()
            names.append(Name(text, element.party_id, element.work_id, element.id, clues, element.kind in _FIGURES))
            if element.work_id in titled:
                held.add((element.work_id, text.casefold()))
    titles = [Name(work.title, work.party_id, work.id, None, marks_of_versions(work.title)) for work in works]
    return tuple(names + [title for title in titles if (title.work_id, title.text.casefold()) not in held])


def words_in(text: str) -> tuple[str, ...]:
    """The folded words of a text."""
    folded = fold(text)
    return tuple(folded.letters[start:end] for start, end in spans_of(folded))


def spans_of(folded: Folded) -> list[tuple[int, int]]:
    """Where the words of a folded text start and end among its letters."""
    none = Gap.NONE
    starts = [index for index, gap in enumerate(folded.gaps) if gap is not none]
    return list(pairwise([*starts, len(folded.letters)]))


class Registry:
    """All patterns of one state of the catalogue."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.names = names
        self.patterns: list[Pattern] = []
        self.unturned: set[str] = set()
        """Words of texts that are none of its words backwards, remembered by ``undone``."""
        self.filled: dict[str, tuple[str, ...]] = {}
        """Masked words of texts and what they may be, remembered by ``hidden``."""
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        grouped: dict[tuple[str, tuple[int, ...], str], dict[Name, None]] = {}
        for name in names:
            for form in _forms(name.text):
                grouped.setdefault(form, {})[name] = None
        by_letters: dict[str, list[int]] = {}
        for (letters, words, key), same in grouped.items():
            by_letters.setdefault(letters, []).append(len(self.patterns))
            self.patterns.append(Pattern(letters, words, key, tuple(same)))
        self._groups = list(by_letters.values())
        for index, letters in enumerate(by_letters):
            self._automaton.add_word(letters, index)
        if self._groups:
            self._automaton.make_automaton()

    def occurrences(self, letters: str) -> Iterator[tuple[int, Pattern]]:
        """(end, pattern) for every pattern in a folded text, ``end`` being the index after its last letter."""
        if not self._groups:
            return
        for last, group in self._automaton.iter(letters):
            for index in self._groups[group]:
                yield last + 1, self.patterns[index]

    @cached_property
    def skeletons(self) -> dict[str, tuple[Pattern, ...]]:
        """Its names by what is left of them without vowels. Made when first asked for."""
        found: dict[str, tuple[Pattern, ...]] = {}
        for pattern in self.patterns:
            if pattern.letters == pattern.key:
                for skeleton in skeletons_of(pattern.parts):
                    found[skeleton] = (*found.get(skeleton, ()), pattern)[:_MOST_ALIKE]
        return found

    @cached_property
    def spellings(self) -> Spellings:
        """Its words and whole names, to find those that are spelt otherwise. Made when first asked for."""
        return Spellings(self.patterns)


class Spellings:
    """The distinct words of all names, and whole names written as one word, with the patterns that they stand in."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = patterns
        self.numbers: dict[str, int] = {}
        self.ends: set[str] = set()
        """With what names of several words end, a genitive apart."""
        self.starts: set[str] = set()
        """With what they begin."""
        origin: dict[str, str] = {}
        used: list[int] = []
        users: list[int] = []
        numbers = self.numbers
        for index, pattern in enumerate(patterns):
            if not pattern.key.endswith(pattern.letters):
                continue
            parts = pattern.parts
            if len(parts) > 1:
                self.ends.add(parts[-1] if parts[-1] != "s" else parts[-2])
                self.starts.add(parts[0])
            for word in parts if len(parts) == 1 else (*parts, pattern.letters):
                if word not in origin and not (written := pattern.names[0].text).isascii():
                    origin.update(originals(written))
                used.append(numbers.setdefault(word, len(numbers)))
                users.append(index)
        order = np.argsort(np.array(used, np.int32), kind="stable")
        self._patterns = np.array(users, np.int32)[order]
        self._starts = np.searchsorted(np.array(used, np.int32)[order], np.arange(len(numbers) + 1)).astype(np.int32)
        words = list(self.numbers)
        sounds = sounds_of(words)
        for number, word in enumerate(words):
            if (word in origin or not word.isascii()) and (heard := spoken(origin.get(word, word))) is not None:
                if word.isascii() and any(each.names[0].text.isascii() for each in self.patterns_with(number, _FEW)):
                    # Its letters look like those of a Latin word, which is a name as well.
                    continue
                # Latin letters write this sound as kh or ch.
                sounds[number] = heard.sounds[0].replace("h", "k") if heard.vowels >= 1.0 else heard.sounds[0]
        self.index = WordIndex(words, sounds)

    def stretched_to(self, word: str) -> Sequence[str]:
        """The words that are this one but for how often letters stand in a row."""
        squeezed = _DOUBLED.sub(r"\1", word)
        alone = (squeezed,) if squeezed in self.numbers else ()
        return (*alone, *self._doubled.get(squeezed, ()))

    @cached_property
    def _doubled(self) -> Mapping[str, Sequence[str]]:
        """The words in which a letter stands twice in a row, by what is left with each letter once."""
        found: dict[str, list[str]] = {}
        for word in self.numbers:
            if (squeezed := _DOUBLED.sub(r"\1", word)) != word:
                found.setdefault(squeezed, []).append(word)
        return found

    def patterns_with(self, number: int, limit: int) -> list[Pattern]:
        """At most ``limit`` patterns that have the word of this number, or are it."""
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        return [self.patterns[each] for each in self._patterns[start : min(end, start + limit)].tolist()]


def originals(text: str) -> dict[str, str]:
    """A text's folded words to how they are written: look-alike letters of two scripts are no way to say a word."""
    folded = fold(text)
    found = {}
    for start, end in spans_of(folded):
        last = folded.positions[end - 1] + 1
        # What folding drops at the end of a word is spoken, too.
        last += text[last : last + 1] in NUKTAS
        found[folded.letters[start:end]] = text[folded.positions[start] : last]
    return found


class Roll:
    """The names in force: a base, what was added to it since, and what was taken away."""

    def __init__(self) -> None:
        self.base = Registry(())
        self.added = Registry(())
        self.gone: frozenset[Name] = frozenset()
        self._known: frozenset[Name] = frozenset()

    @property
    def count(self) -> int:
        """How many names there are."""
        return len(self.base.names) + len(self.added.names)

    @property
    def registries(self) -> tuple[Registry, ...]:
        """Those to search."""
        return (self.base, self.added) if self.added.names else (self.base,)

    def updated(self, names: Sequence[Name]) -> Roll:
        """The roll for another state of the catalogue: itself where nothing changed."""
        wanted = frozenset(names)
        gone = self._known - wanted
        fresh = wanted - self._known
        added = [name for name in names if name in fresh] if fresh else []
        if len(added) + len(gone) > max(_LARGE_OVERLAY, len(wanted) // 20) or not self._known:
            return Roll._of(Registry(names), wanted)
        roll = Roll()
        roll.base, roll._known, roll.gone = self.base, self._known, gone
        roll.added = self.added if self.added.names == tuple(added) else Registry(tuple(added))
        return roll

    @classmethod
    def _of(cls, registry: Registry, known: frozenset[Name]) -> Roll:
        roll = cls()
        roll.base, roll._known = registry, known
        return roll

    def alive(self, pattern: Pattern) -> tuple[Name, ...]:
        """The names of a pattern that still stand in the catalogue."""
        if not self.gone:
            return pattern.names
        return tuple(name for name in pattern.names if name not in self.gone)


def _forms(text: str) -> Iterable[tuple[str, tuple[int, ...], str]]:
    """(letters, word starts, key) of each way in which a name stands in folded texts."""
    for letters, words, key in _spelt(text):
        yield letters, words, key
        if letters == key and (several := _several_of(letters, words)):
            yield several, words, key
            if len(words) > 1 and letters[: words[1]] in ARTICLES:
                yield several[words[1] :], tuple(start - words[1] for start in words[1:]), key
        if letters == key and is_han(key[0]):
            yield from ((said, syllables, key) for said, syllables in pinyin_of(text))
        if letters == key and len(words) > 1 and letters[: words[1]] in ARTICLES:
            cut = words[1]
            rest = tuple(start - cut for start in words[1:])
            if len(rest) > 1 or (len(letters) - cut >= _ALONE and commonness((letters[cut:],)) is Commonness.NAME):
                yield letters[cut:], rest, key


def _several_of(letters: str, words: tuple[int, ...]) -> str:
    """A folded name of several things of its kind where that is more than an ending, "" where it is none.

    The plural of a word of every day says no more than the word.
    """
    for one, several in _IRREGULAR:
        if letters.endswith(one):
            alone = words[-1] == 0 or (len(words) == _PAIR and letters[: words[1]] in ARTICLES)
            if alone and commonness((letters[words[-1] :],)) is Commonness.EVERYDAY:
                return ""
            return letters.removesuffix(one) + several
    return ""


def _spelt(text: str) -> Iterable[tuple[str, tuple[int, ...], str]]:
    if text.isascii() and text.replace(" ", "").isalpha() and "I" not in text:
        parts = text.lower().split()
        letters = "".join(parts)
        if len(letters) > 1:
            yield letters, (0, *accumulate(map(len, parts[:-1]))), letters
        return
    plain = fold(text)
    if len(plain.letters) > 1:
        yield plain.letters, _word_starts(plain), plain.letters
    others = {fold(text, Case.LAST).letters: fold(text, Case.LAST)}
    others.update((folded.letters, folded) for folded in map(fold, unleet(text, seldom=False)))
    for letters, folded in others.items():
        if letters != plain.letters and len(letters) > 1:
            yield letters, _word_starts(folded), plain.letters


def _word_starts(folded: Folded) -> tuple[int, ...]:
    return tuple(index for index, gap in enumerate(folded.gaps) if gap is not Gap.NONE)
