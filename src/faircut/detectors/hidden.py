"""Names of which a part is missing or that are only pointed at: letters masked, vowels left out, first letters.

"D*rth V-der" is read with each masked letter filled in from the words of the catalogue, "Drth Vdr" by the first letter
and the consonants of each word, and an acrostic by the first letters of words or lines, where the text speaks of first
letters or enough of them spell a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from faircut.detectors.common_words import FUNCTION_WORDS, is_known, is_listed
from faircut.detectors.folding import Folded, fold
from faircut.detectors.fuzzy import FEWEST_CONSONANTS, VOWELS, VOWELS_AND_Y
from faircut.detectors.registry import Pattern, Registry

_MASKS = "*#_.-•·"
_SHOWN_OR_MASKED = rf"(?:[^\W\d_]|[{re.escape(_MASKS)}])"
_MASKED = re.compile(
    rf"(?<![\w*])(?:[^\W\d_]+[{re.escape(_MASKS)}]{_SHOWN_OR_MASKED}*|[*•·][^\W\d_]{_SHOWN_OR_MASKED}+)(?![^\W\d_])"
)
_TO_HOLES = str.maketrans(dict.fromkeys(_MASKS, "ʘ"))
_PUNCTUATION = (".", "-", "_")
_BEFORE = re.compile(r"([^\W_]+)[\s_]{1,3}\Z")
_AFTER = re.compile(r"[\s_]{1,3}([^\W_]+)")
_MOST_OWNERS = 32
_LONGEST_BESIDE = 32
_HOLE = "ʘ"
"""Stands for one letter that is masked: a letter that no name has."""
_UNSEEN = "\u2060"
_MOST_HOLES = 3
_FEWEST_SHOWN = 3
_MOST_FILLED = 4
_AT_ONCE = 8
"""Masked words in a row of which each way to fill one is tried with each way to fill the others."""
_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 80

_MOST_WORDS = 5
_FEWEST_WITH_VOWELS = 7
"""Letters that must be left without vowels of what still has some: any text has words with vowels."""
_LONG_ENOUGH = 3

_SPOKEN_OF = re.compile(
    "first letter|initials|initial letter|acrostic|letters? spell|anfangsbuchstabe|erste[nr]? buchstabe"
    "|premi[eè]res? lettres?|primeras? letras?|primeiras? letras?|iniciales|iniciais|iniziali|prim[ae] letter[ae]"
)
_LETTERS_TOLD = re.compile("letter|buchstabe|lettre|letra")
_FEWEST_INITIALS, _FEWEST_TOLD, _FEWEST_UNSAID = 5, 8, 12
"""First letters that spell a name where the text speaks of first letters, of letters, and of neither."""
_LINE = re.compile(r"^\W*", re.MULTILINE)

Place = tuple[int, int, Pattern]
"""Where a pattern stands in the text, by the indexes of its first character and after its last."""


def filled(registries: Sequence[Registry], text: str) -> Iterator[str]:
    """The text with masked letters filled in by words of names, as long as it was; nothing where none fits."""
    seen, places = text, range(len(text))
    if (
        not text.isascii()
        and (unseen := {char for char in set(text) if _is_unseen(char)})
        and (kept := [n for n, char in enumerate(text) if char not in unseen])
    ):
        seen, places = "".join([text[place] for place in kept]), kept  # type: ignore[assignment]  # or a range
    words = list(_MASKED.finditer(seen))
    if not words:
        return
    made = [text]
    ways = [(start, fits) for start, written in _masked_in(words) if (fits := _all_fills(registries, written))]
    if ways:
        variants = list(zip(*map(_variants, _rows(ways)), strict=True))
        made = [_put(text, places, [each for row in variant for each in row]) for variant in variants]
        made = list(dict.fromkeys(made))
    if len(seen) == len(text):
        made = [_filled_beside(registries, each, words) for each in made]
    yield from (each for each in made if each != text)


def _rows(ways: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Sequence[tuple[int, Sequence[str]]]]:
    return (ways[first : first + _AT_ONCE] for first in range(0, len(ways), _AT_ONCE))


def _variants(row: Sequence[tuple[int, Sequence[str]]]) -> list[list[tuple[int, str]]]:
    """So many ways to fill a few masked words, with the place of each; the last stands for those that are missing."""
    made: list[list[tuple[int, str]]] = [[]]
    for start, fits in row:
        made = [[*each, (start, fit)] for each in made for fit in fits][:_MOST_FILLED]
    return made + made[-1:] * (_MOST_FILLED - len(made))


def _all_fills(registries: Sequence[Registry], written: str) -> list[str]:
    """The words of names that a masked word may be. Remembered, for a flood of them is read more than once."""
    found: list[str] = []
    for registry in registries:
        fits = registry.filled.get(written)
        if fits is None:
            every = _fills(registry, written.translate(_TO_HOLES)) or list(_fills_of_pieces(registry, written))
            fits = _remember(registry, written, every)
        found += fits
    return found[:_MOST_FILLED]


def _remember(registry: Registry, asked: str, fits: Iterable[str]) -> tuple[str, ...]:
    if len(registry.filled) > _REMEMBERED:
        registry.filled.clear()
    found = tuple(fits)
    if len(asked) <= _LONGEST_REMEMBERED:
        registry.filled[asked] = found
    return found


def _filled_beside(registries: Sequence[Registry], text: str, words: Sequence[re.Match[str]]) -> str:
    """The text with masked words filled in that stand next to another word of their name, however short they are."""
    letters = list(text)
    for word in words:
        (start, end), written = word.span(), word[0]
        if "".join(letters[start:end]) != written:
            continue
        if written[-1:] in _PUNCTUATION and not any(char in _MASKS for char in written[:-1]):
            continue
        before = _BEFORE.search("".join(letters[max(0, start - _LONGEST_BESIDE) : start]))
        for shown in dict.fromkeys((written, written.rstrip(_MASKS))):
            after = _AFTER.match("".join(letters[start + len(shown) : end + _LONGEST_BESIDE]))
            near = [each[1].lower() for each in (before, after) if each is not None]
            fit = next((fit for each in near for fit in _fill_beside(registries, shown.lower(), each)), None)
            if fit is not None:
                letters[start : start + len(shown)] = fit
                break
    return "".join(letters)


def _fill_beside(registries: Sequence[Registry], shown: str, beside: str) -> Iterator[str]:
    """The first word that a masked one may be beside another, of each registry that has one. Remembered."""
    for registry in registries:
        key = f"{shown} {beside}"
        fits = registry.filled.get(key)
        if fits is None:
            fits = _remember(registry, key, islice(_fills_beside(registry, shown, beside), 1))
        yield from fits


def _fills_beside(registry: Registry, shown: str, beside: str) -> Iterator[str]:
    """Words that a masked one may be, of names in which they stand next to another word."""
    holes = sum(char in _MASKS for char in shown)
    if not 0 < holes <= max(1, len(shown) // 2) or beside in FUNCTION_WORDS:
        return
    number = registry.spellings.numbers.get(beside)
    for name in registry.spellings.patterns_with(number, _MOST_OWNERS) if number is not None else ():
        parts = name.parts
        at = parts.index(beside) if beside in parts else len(parts)
        for part in parts[max(0, at - 1) : at + 2]:
            fits = len(part) == len(shown) and all(a in (b, *_MASKS) for a, b in zip(shown, part, strict=True))
            if fits and part != beside:
                yield part


def _masked_in(masked: Iterable[re.Match[str]]) -> Iterator[tuple[int, str]]:
    """Words with masks, and where they begin. Of several kinds of signs only one masks, the others part words."""
    words = [word for word in masked if not _is_compound(word[0])]
    for word in words:
        kinds = {char for char in word[0].rstrip(_MASKS) if char in _MASKS}
        for kind in sorted(kinds) if len(kinds) > 1 else ():
            for part in re.finditer(rf"(?:[^\W\d_]|{re.escape(kind)})+", word[0]):
                if kind in part[0]:
                    yield word.start() + part.start(), part[0]
        # A full stop at the end may be a mask or end the sentence.
        if kinds or not word[0].endswith(_PUNCTUATION):
            yield word.start(), word[0]
        if kinds and word[0][-1] in _MASKS:
            yield word.start(), word[0].rstrip(_MASKS)


def _put(text: str, places: Sequence[int], words: Sequence[tuple[int, str]]) -> str:
    letters = list(text)
    for start, word in words:
        for place, letter in zip(places[start : start + len(word)], word, strict=True):
            letters[place] = letter
    return "".join(letters)


def _is_unseen(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char) in ("Cf", "Mn", "Me")


@lru_cache(maxsize=20_000)
def _is_compound(written: str) -> bool:
    """Words of the language with hyphens between them, or a word and a full stop."""
    parts = re.split(r"[-.]", written.rstrip(".").lower())
    return all(len(part) > 1 and part.isalpha() and is_listed(part) for part in parts)


def _fills(registry: Registry, shown: str) -> list[str]:
    """The words of names that a word with holes may be."""
    holes = shown.count(_HOLE)
    if not 0 < holes <= _MOST_HOLES or len(shown) - holes < _FEWEST_SHOWN:
        return []
    letters = fold(shown).letters
    if len(letters) != len(shown):
        return []
    return registry.spellings.index.filling(letters, _HOLE)[:_MOST_FILLED]


def _fills_of_pieces(registry: Registry, written: str) -> Iterator[str]:
    """The same for a word that signs of one kind mask and others cut: these become what is not seen."""
    kinds = {char for char in written.rstrip(_MASKS) if char in _MASKS}
    for kind in sorted(kinds) if len(kinds) > 1 else ():
        kept = [place for place, char in enumerate(written) if char == kind or char not in _MASKS]
        for word in _fills(registry, "".join([written[place] for place in kept]).translate(_TO_HOLES)):
            whole = [_UNSEEN] * len(written)
            for place, letter in zip(kept, word, strict=True):
                whole[place] = letter
            yield "".join(whole)


def without_vowels(registries: Sequence[Registry], folded: Folded, spans: Sequence[tuple[int, int]]) -> Iterator[Place]:
    """Names of which first letters and consonants are left, and perhaps some vowels."""
    words = [folded.letters[start:end] for start, end in spans]
    left = list(map(_left_of, words))
    if not any(left):
        return
    strange = list(map(bool, left))
    # Words such as ant and cpt may stand for aunt and captain beside what is no word at all.
    may = [odd or _is_bare(word) for odd, word in zip(strange, words, strict=True)]
    for first in [place for place, each in enumerate(may) if each]:
        for last in range(first, min(len(words), first + _MOST_WORDS)):
            if not may[last]:
                break
            if True in strange[first : last + 1]:
                yield from _bare_in(registries, folded, spans, words, first, last + 1, all(strange[first : last + 1]))


@lru_cache(maxsize=50_000)
def _is_bare(word: str) -> bool:
    """Whether a word has no vowels after its first letter."""
    return len(word) > 1 and word.isascii() and word.isalpha() and word[1:] == word[1:].translate(VOWELS)


def _bare_in(
    registries: Sequence[Registry],
    folded: Folded,
    spans: Sequence[tuple[int, int]],
    words: Sequence[str],
    first: int,
    last: int,
    strange: bool,
) -> Iterator[Place]:
    """Names that the words from ``first`` to before ``last`` are without vowels. ``strange``: none is a known word."""
    told = words[first:last]
    if not all(word.isascii() and word.isalpha() for word in told) or not (strange or len(told[0]) > 1):
        return
    bare = [word[0] + word[1:].translate(VOWELS) for word in told]
    skeleton, written = "".join(bare), "".join(told)
    fewest = FEWEST_CONSONANTS if not strange or skeleton == written else _FEWEST_WITH_VOWELS
    if len(skeleton) < fewest or all(len(word) < _LONG_ENOUGH for word in told) or not (strange or skeleton == written):
        return
    start, end = folded.positions[spans[first][0]], folded.positions[spans[last - 1][1] - 1] + 1
    for registry in registries:
        for pattern in registry.skeletons.get(skeleton, ()):
            # Words such as ant and cpt count where each stands for a word of the name: aunt, captain.
            each = strange or any(
                [part[0] + part[1:].translate(gone) for part in pattern.parts] == bare
                for gone in (VOWELS, VOWELS_AND_Y)
            )
            # Written in full it is no hidden name; nor is what has vowels of its own.
            if each and pattern.letters != written and _is_within(written, pattern.letters):
                yield start, end, pattern


@lru_cache(maxsize=50_000)
def _left_of(word: str) -> str:
    """A word without the vowels after its first letter; "" for words of the language, but not for a lone consonant."""
    if not (word.isascii() and word.isalpha()) or (len(word) > 1 and is_known(word)) or word in "aeiouy":
        return ""
    return word[0] + word[1:].translate(VOWELS)


def _is_within(written: str, letters: str) -> bool:
    """Whether what is written is the name with letters left out."""
    rest = iter(letters)
    return all(letter in rest for letter in written)


def by_first_letters(
    registries: Sequence[Registry], text: str, folded: Folded, spans: Sequence[tuple[int, int]]
) -> Iterator[Place]:
    """Names that the first letters of words, or of lines, spell."""
    small = text.lower()
    told = _LETTERS_TOLD.search(small) is not None
    fewest = _FEWEST_INITIALS if _SPOKEN_OF.search(small) else _FEWEST_TOLD if told else _FEWEST_UNSAID
    if len(spans) < fewest:
        return
    positions = folded.positions
    sequences = [spans]
    if "\n" in text:
        opening = {found.end() for found in _LINE.finditer(text)}
        sequences.append([span for span in spans if positions[span[0]] in opening])
    for sequence in sequences:
        initials = "".join([folded.letters[start] for start, _ in sequence])
        for registry in registries:
            for end, pattern in registry.occurrences(initials):
                if len(pattern.letters) >= fewest:
                    first, last = sequence[end - len(pattern.letters)], sequence[end - 1]
                    yield positions[first[0]], positions[last[1] - 1] + 1, pattern


__all__ = ["by_first_letters", "filled", "without_vowels"]
