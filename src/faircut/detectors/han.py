"""Han characters: their simplified form, and how Mandarin says them.

A name in Han is found in traditional and Japanese characters, in pinyin with and without tones, and by characters
that sound the same; a name in pinyin is found in Han. Tables: ``words/han_variants.txt`` (OpenCC, Apache-2.0) and
``words/han_sounds.txt`` (pypinyin, MIT), written by ``benchmarks/build_han_table.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import accumulate, islice, product

_FIRST, _LAST = "\u4e00", "\u9fff"
FEWEST_SYLLABLES = 3
"""Syllables of a name that homophones may write: two are met by chance in any text."""
_FEWEST_LETTERS = 6
_LONGEST_PINYIN, _LONGEST_SYLLABLE = 40, 6
_VOWELS = frozenset("aeiouv")
_BETWEEN = re.compile("[ '’-]+")
_MOST_READINGS = 4
_TONED = re.compile(r"(?<![a-z\d])[a-zü]{1,6}[1-5](?:[\s'-]?[a-zü]{1,6}[1-5])+(?![a-z\d])", re.IGNORECASE)
_TONE = re.compile("[1-5]")
_FILLER = "\u2060"


def is_han(char: str) -> bool:
    """Whether a character is one of the Han characters of which the sound is known."""
    return _FIRST <= char <= _LAST


@cache
def variants() -> dict[str, str]:
    """Traditional and Japanese characters to the simplified one."""
    found = {}
    for line in _lines("han_variants"):
        plain, others = line.split()
        found.update(dict.fromkeys(others, plain))
    return found


@cache
def _sounds() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    lines = [line.split(" ") for line in _lines("han_sounds")]
    for syllable, first, _ in lines:
        found.update(dict.fromkeys(first, (syllable,)))
    for syllable, _, others in lines:
        for char in others:
            found[char] = (*found[char], syllable)
    return found


def _lines(name: str) -> list[str]:
    return (files("faircut.detectors") / "words" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def syllable_of(char: str) -> str:
    """How a character is said, without tone; "" for what is no Han character that is known."""
    said = _sounds().get(variants().get(char, char))
    return said[0] if said else ""


@cache
def _syllables() -> frozenset[str]:
    every = (line.partition(" ")[0] for line in _lines("han_sounds"))
    return frozenset(each for each in every if not _VOWELS.isdisjoint(each))


def is_pinyin(written: str) -> bool:
    """Whether all words are syllables of Mandarin, such as a Chinese name is written in, without tones."""
    words = _BETWEEN.split(written.lower())
    return all(len(word) <= _LONGEST_PINYIN and _is_said(word) for word in words if word)


def _is_said(word: str) -> bool:
    ends = {0}
    for end in range(1, len(word) + 1):
        starts = range(max(0, end - _LONGEST_SYLLABLE), end)
        if any(start in ends and word[start:end] in _syllables() for start in starts):
            ends.add(end)
    return len(word) in ends


def pinyin_of(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(letters, where syllables begin) of each way to say a name that is written in Han alone; at most four."""
    chars = [variants().get(char, char) for char in name if not char.isspace() and char != "·"]
    every = [_sounds().get(char, ()) for char in chars]
    if len(chars) < 2 or not all(every):
        return
    for said in islice(product(*every), _MOST_READINGS):
        letters = "".join(said)
        if len(letters) >= _FEWEST_LETTERS:
            yield letters, (0, *accumulate(map(len, said[:-1])))


def without_tones(text: str) -> str:
    """The text, as long as it was, without the digits that give the tones of syllables in a row."""
    if not _TONE.search(text):
        return text
    return _TONED.sub(lambda found: _TONE.sub(_FILLER, found[0]), text)


__all__ = ["FEWEST_SYLLABLES", "is_han", "is_pinyin", "pinyin_of", "syllable_of", "variants", "without_tones"]
