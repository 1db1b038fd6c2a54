"""The names of a catalogue, folded and put into one automaton (Aho and Corasick, CACM 18(6), 1975)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ahocorasick

from faircut.detectors.common_words import COMMON_WORDS
from faircut.detectors.folding import Case, Folded, Gap, fold, unleet
from faircut.domain import Element, Work

_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True)
class Name:
    """A registered name or title and whom it belongs to."""

    text: str
    party_id: str
    work_id: str | None
    element_id: str | None

    @property
    def subject(self) -> tuple[str | None, str | None]:
        return self.work_id, self.element_id


@dataclass(frozen=True, slots=True)
class Pattern:
    """One folded form of a name.

    ``words`` holds the offsets at which a new word begins. ``key`` is what all forms of the name share. ``common``: the
    name is an everyday word.
    """

    letters: str
    words: frozenset[int]
    key: str
    common: bool
    names: tuple[Name, ...]

    @property
    def spelled_out(self) -> bool:
        """An abbreviation written letter by letter, such as A.I. or E.T."""
        return len(self.words) == len(self.letters)


def names_of(works: Iterable[Work], elements: Iterable[Element]) -> tuple[Name, ...]:
    """Titles of works, and names and aliases of elements. A title that is also an element's name is the element's."""
    names = [
        Name(text, element.party_id, element.work_id, element.id)
        for element in elements
        for text in dict.fromkeys((element.name, *(alias.text for alias in element.aliases)))
    ]
    held = {(name.work_id, name.text.casefold()) for name in names}
    titles = [Name(work.title, work.party_id, work.id, None) for work in works]
    return tuple(names + [title for title in titles if (title.work_id, title.text.casefold()) not in held])


class Registry:
    """All patterns of one state of the catalogue. Immutable once built."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.names = names
        self.patterns: list[Pattern] = []
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        grouped: dict[tuple[str, frozenset[int], str, bool], dict[Name, None]] = {}
        for name in names:
            for form in _forms(name.text):
                grouped.setdefault(form, {})[name] = None
        by_letters: dict[str, list[int]] = {}
        for (letters, words, key, common), same in grouped.items():
            by_letters.setdefault(letters, []).append(len(self.patterns))
            self.patterns.append(Pattern(letters, words, key, common, tuple(same)))
        self._groups = list(by_letters.values())
        for index, letters in enumerate(by_letters):
            self._automaton.add_word(letters, index)
        if self._groups:
            self._automaton.make_automaton()

    def occurrences(self, letters: str) -> Iterable[tuple[int, Pattern]]:
        """(end, pattern) for every pattern in a folded text, ``end`` being the index after its last letter."""
        if not self._groups:
            return
        for last, group in self._automaton.iter(letters):
            for index in self._groups[group]:
                yield last + 1, self.patterns[index]


def _forms(text: str) -> set[tuple[str, frozenset[int], str, bool]]:
    plain = fold(text)
    common = _is_common(plain)
    folded = [plain, fold(text, Case.LAST), *(fold(reading) for reading in unleet(text))]
    return {(each.letters, _word_starts(each), plain.letters, common) for each in folded if len(each.letters) > 1}


def _word_starts(folded: Folded) -> frozenset[int]:
    return frozenset(index for index, gap in enumerate(folded.gaps) if gap is not Gap.NONE)


def _is_common(folded: Folded) -> bool:
    """A single everyday word, with or without an article before it."""
    starts = sorted(_word_starts(folded))
    if len(starts) == 2 and folded.letters[: starts[1]] in _ARTICLES:
        return folded.letters[starts[1] :] in COMMON_WORDS
    return len(starts) <= 1 and folded.letters in COMMON_WORDS
