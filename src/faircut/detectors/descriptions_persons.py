"""What is registered of real people, and of sound: words for it are shared by thousands.

Descriptions protect what somebody invented. How a person looks or sounds nobody invented, so that words alone never
block for it, and an ordinary portrait is not even asked about.
"""

from __future__ import annotations

from collections.abc import Sequence

from faircut.detectors.descriptions_explained import STOCK, Said
from faircut.domain import ElementKind
from faircut.text.lexicon import concepts
from faircut.text.words import Word, content_words

NOT_INVENTED = frozenset({ElementKind.LIKENESS, ElementKind.VOICE, ElementKind.SOUNDTRACK})
"""Kinds whose description alone goes to review at most."""
RARE = 3
"""Attributes beyond an ordinary portrait that have to be said before a person is asked to look."""

_OF_EVERYBODY = frozenset({"colour", "size", "age", "trade"})
_PEOPLE = frozenset({"woman", "man", "child", "person"})
_BODY = frozenset(
    (
        "arm", "back", "beard", "chest", "ear", "eye", "face", "hair", "hand", "head", "leg", "mouth", "neck", "nose",
        "skin", "tooth",
    )
)  # fmt: skip
_LOOKS = frozenset({"bald", "curly", "round", "sharp", "smooth", "rough", "square", "spotted", "shiny"})
_PORTRAIT = frozenset(
    (
        "actor", "actress", "age", "almond", "appearance", "athletic", "beautiful", "build", "calm", "cat",
        "celebrity", "cheekbone", "cheekbones", "clean", "close", "comedian", "dark", "deep", "descent", "dimple",
        "dimples", "famous", "figure", "film", "forehead", "freckle", "freckled", "freckles", "friendly", "full",
        "gap", "gaps", "handsome", "height", "high", "husky", "length", "light", "like", "likeness", "line", "lines",
        "look", "looks", "low", "make", "makeup", "middle", "model", "mole", "musician", "narrow", "neutral",
        "parted", "patchy", "performer", "portrait", "prominent", "sad", "shape", "shaped", "shoulder",
        "singer", "slight", "slow", "soft", "softly", "sparse", "speaks", "star", "straight", "swept", "tattoo",
        "tattooed", "thin", "tied", "tired", "uneven", "voice", "warm", "weathered", "wide", "wild", "wrinkle",
        "wrinkles",
    )
)  # fmt: skip
_MADE_WITH_HANDS = frozenset({"heart"})
"""A heart is a gesture and a jewel more often than a part of a body."""


def rare(found: Sequence[Said], text: str, registered: Sequence[str]) -> int:
    """How many clauses of ``text`` say what is registered and no ordinary portrait has.

    A clause counts by the attribute that it says, or by a word in common: of attributes that say much the same only
    one is told.
    """
    own = {word.stem for each in registered for word in _beyond_a_portrait(each)}
    return sum(
        each.stock <= STOCK
        and bool(said := {word.stem for word in _beyond_a_portrait(text[each.start : each.end])})
        and (bool(said & own) or not is_ordinary(each.attribute))
        for each in found
    )


def is_ordinary(words: str) -> bool:
    """Whether words say no more than what a person's face, hair, build, age or calling is."""
    return not _beyond_a_portrait(words)


def _beyond_a_portrait(text: str) -> list[Word]:
    return [word for word in content_words(text) if not _is_of_a_portrait(word.text)]


def _is_of_a_portrait(word: str) -> bool:
    if word in _PORTRAIT:
        return True
    return word not in _MADE_WITH_HANDS and any(
        each.category in _OF_EVERYBODY
        or (each.category == "kind" and each.name in _PEOPLE)
        or (each.category == "part" and each.name in _BODY)
        or (each.category == "texture" and each.name in _LOOKS)
        for each in concepts(word)
    )


__all__ = ["NOT_INVENTED", "RARE", "is_ordinary", "rare"]
