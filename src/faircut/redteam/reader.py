"""The reader model: when a disguised name is still that name, so that an attack with it counts.

A reader knows the name and looks at what was written. He sees look-alike letters, decorated letters and digits as
what they stand for, overlooks marks, invisible characters and what stands between letters, and reads backwards, but
then no slips. He forgives one slip in a name of five letters or more and two in one of eight or more, articles and
prepositions apart, half of that when the name is dressed up besides, and none in a word of three letters or two in a
short one; he hears a respelling that sounds the same and shares its letters; he fills in single letters that a sign
masks, and vowels where many consonants stand. What is another ordinary word, he reads as that word: a "ride clock" is
no tide clock. The guard's own folding plays no part in this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from faircut.detectors.common_words import is_listed
from faircut.redteam.letters import GROUPS, MASKS, latin, only_letters, seen, unleeted
from faircut.redteam.sounds import said

LONG, SHORT = 8, 5
"""Letters from which on two slips, and one slip, are forgiven."""
FEWEST_CONSONANTS = 6
"""Consonants of a name that can be read without its vowels."""
SHARED_LETTERS = 0.6
SLIP_IN, TWO_SLIPS_IN = 4, 8
"""Letters of a word from which on one slip in it, and two, are forgiven."""
MASKED = 0.25
"""Share of a word's letters that a reader fills in where a sign stands for one; one in any word."""
_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\w+\s)", re.IGNORECASE)
_SMALL_WORDS = frozenset({"the", "a", "an", "of", "and", "in", "on", "at", "to", "for"})
"""Nobody knows a name by them."""
_RUN = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiouy]")
_SUFFIX = re.compile(r"^mini-|-(?:like|esque)$|2026$")


def reads(written: str, name: str) -> bool:
    """Whether a reader who knows ``name`` reads it in ``written``. Both are names alone, without a sentence."""
    target = only_letters(seen(latin(name)))
    if (bare := _ARTICLE.sub("", name)) != name and reads(written, bare):
        # Nobody misses an article.
        return True
    if not target or _is_other_words(written, name):
        return False
    plainly = only_letters(written.casefold())
    dressed = plainly != only_letters(seen(written)) or not re.fullmatch(r"[\w'’ -]*", written)
    telling = sum(len(word) for word in _words(name) if word not in _SMALL_WORDS)
    slips = _forgiven(telling, dressed=dressed) if _slips_are_small(written, name) else 0
    readings = list(dict.fromkeys(_readings(written, name)))
    # Backwards he reads what is whole.
    whole = re.fullmatch(r"[\w\s'’-]*", written) is not None and len(written.split()) == len(name.split())
    return any(_is(reading, target, slips) or (whole and reading[::-1] == target) for reading in readings)


def sounds_alike(written: str, name: str) -> bool:
    """Whether ``written`` sounds like ``name`` and shares most of its letters."""
    one, other = _words(written), _words(name)
    if "".join(map(said, one)) != "".join(map(said, other)) or _has_another_word(one, other):
        return False
    letters, target = "".join(one), "".join(other)
    return OSA.distance(letters, target) <= (1 - SHARED_LETTERS) * max(len(letters), len(target))


def _forgiven(letters: int, *, dressed: bool) -> int:
    allowed = 2 if letters >= LONG else 1 if letters >= SHORT else 0
    return allowed // 2 if dressed else allowed


def _words(text: str) -> list[str]:
    return re.findall("[a-z]+", seen(latin(text)))


def _slips_are_small(written: str, name: str) -> bool:
    """Whether what differs, word by word, are slips that each word bears; names in pieces are looked at as a whole."""
    one, other = _words(written), _words(name)
    if one[:1] != other[:1] and len(one) + 1 == len(other) and other[0] in _SMALL_WORDS:
        other = other[1:]
    if len(one) != len(other):
        return True
    if _has_another_word(one, other):
        return False
    return all(
        word == own or own in _SMALL_WORDS or OSA.distance(word, own) <= _borne(own)
        for word, own in zip(one, other, strict=True)
    )


def _borne(word: str) -> int:
    return 2 if len(word) >= TWO_SLIPS_IN else 1 if len(word) >= SLIP_IN else 0


def _has_another_word(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a word, of as many, became another ordinary one."""
    return len(one) == len(other) and any(
        word != own and own not in _SMALL_WORDS and len(word) > 2 and is_listed(word)
        for word, own in zip(one, other, strict=True)
    )


def _readings(written: str, name: str) -> Iterator[str]:
    text = _SUFFIX.sub("", seen(written))
    words = text.split()
    # Digits alone are a number.
    plain = [
        text,
        unleeted(text) if any(map(str.isalpha, text)) else text,
        re.sub(r"\d", "", text),
        *_turned(words, name),
    ]
    plain += [text.replace("vv", "w").replace("rn", "m"), _ungrouped(text)]
    yield from map(only_letters, plain)
    target = only_letters(seen(latin(name)))
    if _RUN.sub(r"\1", only_letters(text)) == _RUN.sub(r"\1", target):
        yield target
    consonants = _VOWELS.sub("", target)
    signs = any(char in MASKS for char in text if char not in name)
    if not signs and len(consonants) >= FEWEST_CONSONANTS and _VOWELS.sub("", only_letters(text)) == consonants:
        yield target
    if sounds_alike(written, name) or _unmasked(text, seen(latin(name))):
        yield target


def _turned(words: list[str], name: str) -> Iterator[str]:
    """In the other order, and each word backwards where nothing else was done to it."""
    yield " ".join(reversed(words))
    turned = " ".join(word[::-1] for word in words)
    if only_letters(turned) == only_letters(seen(latin(name))):
        yield turned


def _unmasked(text: str, target: str) -> bool:
    words, names = text.split(), target.split()
    if len(words) != len(names) or text == target:
        return False
    return all(map(_is_masked, words, names))


def _is_masked(word: str, name: str) -> bool:
    masks = sum(char != other for char, other in zip(word, name, strict=False))
    # At the end of a word they are punctuation.
    if len(word) != len(name) or masks > max(1, MASKED * len(name)) or (masks and word[-1] in ".-_"):
        return False
    return all(char == other or char in MASKS for char, other in zip(word, name, strict=True))


def _ungrouped(text: str) -> str:
    for letter, group in GROUPS.items():
        text = text.replace(group, letter)
    return text


def _is(reading: str, target: str, slips: int) -> bool:
    # A plural, a possessive.
    if reading == target or reading in (f"{target}s", f"{target}es"):
        return True
    return bool(slips) and OSA.distance(reading, target, score_cutoff=slips) <= slips


def _is_other_words(written: str, name: str) -> bool:
    """Whether the changed words are ordinary words, so that nobody would read the name in them."""
    own = set(re.findall("[a-z]+", seen(latin(name))))
    changed = [word for word in re.findall(r"[^\W\d_]+", written.casefold()) if word not in own]
    return bool(changed) and all(len(word) > 2 and is_listed(word) for word in changed)


__all__ = ["FEWEST_CONSONANTS", "LONG", "MASKED", "SHARED_LETTERS", "SHORT", "reads", "sounds_alike"]
