"""Which words beside a name belong to what is registered: "sealskin coat", and not "coffee" and "boss".

A long text has some of a registration's words by chance, the more common ones above all. Two words tell where both are
rare, where they stand together as they are registered, or right by the name; of others it takes several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from faircut.detectors.descriptions_plain import plain_text
from faircut.domain import Element, Naming
from faircut.text.words import Word, content_words

_TELLING = 2
"""Words of an element's own that, beside its name, ask for the element itself."""
_MANY = 4
"""Words that tell wherever they stand, though none of them would."""
_UNCOMMON, _RARE = 0.45, 0.75
"""Rarity of words that are not on everybody's lips, and of those that hardly any text has: "coat", "eyepatch"."""
_BY_THE_NAME = 50
"""Characters from a name within which words are said of it."""
_NEXT = 2
"""Places among the words that mean something within which two stand together."""

_ELEMENTS = 4096
"""Whose words are remembered."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """``telling`` ask for the element itself; ``perhaps`` are too few, too common or too scattered to say so. Of an
    element that is not to be told an empty word stands for all."""

    telling: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The stems of what is registered of one element, names apart, and the pairs of them that stand together.

    ``told``: whether its owner lets people know that it is registered.
    """

    stems: frozenset[str]
    pairs: frozenset[frozenset[str]]
    told: bool = True


@lru_cache(maxsize=_ELEMENTS)
def registered_words(element: Element) -> Registered:
    names = {
        word.stem for name in (element.name, *(each.text for each in element.aliases)) for word in content_words(name)
    }
    texts = [content_words(text) for text in (element.tagline, element.description, *element.keywords)]
    stems = frozenset(word.stem for words in texts for word in words) - names - _of_everybody()
    pairs = {pair for words in texts for a, b in _neighbours(words) if (pair := frozenset((a.stem, b.stem))) <= stems}
    return Registered(stems, frozenset(pairs), element.naming is Naming.FULL)


def own_words(
    elements: Iterable[Registered], text: str, spans: Sequence[Sequence[int]], free: frozenset[str] = frozenset()
) -> OwnWords:
    """What of the elements' own a text has beside the name at ``spans``. ``free``: stems that are in a free tale."""
    words = [
        word
        for word in content_words(plain_text(text))
        if not any(start < word.end and word.start < end for start, end in spans)
    ]
    neighbours = list(_neighbours(words))
    perhaps: tuple[str, ...] = ()
    for own in elements:
        hits = [word for word in words if word.stem in own.stems and word.stem not in free]
        if together := _together(neighbours, own.pairs, free):
            every = tuple(sorted({*together, *_texts(each for each in hits if each.rarity >= _UNCOMMON)}))
            return OwnWords(_quoted(own, every))
        said = [word for word in hits if word.rarity >= _UNCOMMON]
        texts = tuple(sorted(_texts(said)))
        if len(texts) < _TELLING:
            continue
        if _tell(said, spans):
            return OwnWords(_quoted(own, texts))
        perhaps = perhaps or _quoted(own, texts)
    return OwnWords(perhaps=perhaps)


def _quoted(own: Registered, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words; an empty one where the owner hides the element."""
    return words if own.told else ("",)


def _together(
    neighbours: Iterable[tuple[Word, Word]], pairs: frozenset[frozenset[str]], free: frozenset[str]
) -> set[str]:
    """Words that stand together as they are registered, the later of which, the thing, is not on everybody's lips."""
    return {
        each.text
        for one, other in neighbours
        if frozenset((one.stem, other.stem)) in pairs and other.rarity >= _UNCOMMON
        if not {one.stem, other.stem} <= free
        for each in (one, other)
    }


def _tell(hits: Sequence[Word], spans: Sequence[Sequence[int]]) -> bool:
    stems = {word.stem for word in hits}
    rare = {word.stem for word in hits if word.rarity >= _RARE}
    by_the_name = {
        word.stem
        for word in hits
        if any(word.end > start - _BY_THE_NAME and word.start < end + _BY_THE_NAME for start, end in spans)
    }
    return len(rare) >= _TELLING or len(by_the_name) >= _TELLING or len(stems) >= _MANY


def _texts(words: Iterable[Word]) -> list[str]:
    """One word of each stem."""
    return list({word.stem: word.text for word in words}.values())


def _neighbours(words: Sequence[Word]) -> Iterable[tuple[Word, Word]]:
    for place, word in enumerate(words):
        for other in words[place + 1 : place + 1 + _NEXT]:
            if other.stem != word.stem:
                yield word, other


@cache
def _of_everybody() -> frozenset[str]:
    """Words of stock figures: a cape is no mark of one vampire."""
    text = files("faircut.detectors").joinpath("descriptions_archetypes.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(word.stem for line in lines for word in content_words(line))


__all__ = ["OwnWords", "Registered", "own_words", "registered_words"]
