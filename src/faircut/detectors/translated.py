"""Aliases that are a name put into another language, where they may be words of every day: Brave is "valiente".

No list holds the words of every language. What tells is that a translation does not sound like the name that it stands
for, where a coined name is only written otherwise: Пикачу is Pikachu, but "topolino" is not Mickey Mouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from rapidfuzz.distance import OSA

from faircut.detectors.faults import heard_as, sound_of
from faircut.detectors.han import is_han
from faircut.detectors.registry import Name, words_in
from faircut.detectors.transliteration import spoken
from faircut.domain import Element

_ENGLISH = "en"
_APART: float = 0.4
"""Share of the sounds in which two spellings of one name may differ; what is shorter is alike by chance."""


class Translations:
    """Which names of a catalogue are translated words. Remembers what it was asked."""

    def __init__(self, elements: Sequence[Element] = ()) -> None:
        self._elements = elements
        self._known: dict[tuple[str, str], bool] = {}

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        return {element.id: element for element in self._elements}

    def has(self, name: Name) -> bool:
        """Whether a name is an alias of one word in another language that sounds unlike the element's own name."""
        if name.element_id is None:
            return False
        key = name.element_id, name.text
        found = self._known.get(key)
        if found is None:
            element = self._by_id.get(name.element_id)
            found = self._known[key] = element is not None and _is_translation(element, name.text)
        return found


def _is_translation(element: Element, text: str) -> bool:
    if not any(each.text == text and each.language and not _is_english(each.language) for each in element.aliases):
        return False
    own, words = words_in(element.name), words_in(text)
    # Nothing parts the words of Chinese and Japanese, and what has no letters in common says nothing by its sound.
    if len(words) != 1 or not own or any(map(_parts_no_words, text)):
        return False
    return not any(_is_alike(words[0], text, part) for part in (*own, "".join(own)))


def _parts_no_words(char: str) -> bool:
    return is_han(char) or "\u3040" <= char <= "\u30ff"


def _is_english(language: str) -> bool:
    return language.lower().split("-")[0] == _ENGLISH


def _is_alike(word: str, text: str, part: str) -> bool:
    """Whether a word is only another spelling of a part of the name."""
    if word.isascii() and part.isascii():
        one, other = sound_of(word), sound_of(part)
        return OSA.distance(one, other) <= max(len(one), len(other)) * _APART
    heard, latin = (spoken(part), word) if word.isascii() else (spoken(text), part)
    # What cannot be compared is taken for the name.
    return heard is None or not latin.isascii() or heard_as(heard, latin)[0] is not None


__all__ = ["Translations"]
