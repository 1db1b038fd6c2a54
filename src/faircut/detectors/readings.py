"""What else the characters of a text may stand for: texts of the same length, read beside the text itself.

Digits and signs for letters, digits between letters, letters set apart one by one, masked letters filled in; and one of
these after another, since disguises are put on one another.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from faircut.detectors.common_words import FUNCTION_WORDS, is_known, is_listed
from faircut.detectors.folding import SIGNS, Folded, fold, is_leet, undrawn, unleet
from faircut.detectors.han import without_tones
from faircut.detectors.hidden import filled
from faircut.detectors.registry import Registry, spans_of
from faircut.detectors.undone import leet_undone, names_a_word, quantities, repeats_undone, turned, words_at

_MOST = 8
_AROUND = 80
"""Characters on each side of what a reading changes in which a name has room."""
FILLER = "\u2060"
"""Takes the place of a character that fell away."""
_WIDE = 3
"""Blanks that part words among letters that stand less far apart."""
_PADDED = re.compile(r"\d(?<=[^\W\d_]\d)\d*[^\W\d_]\d+[^\W\d_]")
_PADDED_WORD = re.compile(r"[^\W_]+(?:[-'’*#._/()\[\]\u2060]+[^\W_]+)*")
_INNER_DIGITS = re.compile(r"(?<=[^\W\d_]|[-'’*#._/()\[\]\u2060])\d+(?=[^\W\d_]|[-'’*#._/()\[\]\u2060])")
_END_DIGITS = re.compile(r"(?<=[^\W\d_])\d+\Z")
_ALTERNATING = re.compile(r"\d?(?:[^\W\d_]\d)+[^\W\d_]?")
_HIGH_OR_LOW = re.compile("[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea]")
_DIGITS = {each: str(unicodedata.digit(each)) for each in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⓪①②③④⑤⑥⑦⑧⑨"}
# Letters alone: in the scripts of India marks that are no letters stand between them.
_LONE = r"(?:rn|vv|cl|(?P<lone>[A-Za-z\u00c0-\u052f0-9@$!|*#+])(?P=lone){0,4})"
_ANY_TWO = r"[A-Za-z\u00c0-\u052f]{2}"
_GROUPED = re.compile("rn|vv|cl")
_GROUPS = {"rn": "m" + FILLER, "vv": "w" + FILLER, "cl": "d" + FILLER}
_OTHER_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_FEWEST_LETTERS = 3
_WORD = re.compile(r"[^\W_\d](?:[^\W_]|\u2060)+")
_MOST_PAIRS = 2
_SHORTEST_GROUPED, _SHORTEST_OF_A_NAME = 7, 4
"""Letters of a word in which groups may stand for letters, and of one that so becomes a word of a name."""
_GENITIVE = re.compile(r"(['’])(?<=[\w@$€!|+]['’])[$5](?![\w@$€!|+])")
_SHORTEST_PIECE = 2
_SHORTEST_MENDED, _SHORTEST_HARD_CUT = 6, 5
"""Letters of a word of a name that signs cut in two, and of one that is cut by what stands in no word."""
_IN_NO_WORD = frozenset("_()[]{}<>~=")
_MANY_DIGITS = 3
"""Runs of digits between the letters of a word from which on those at its end are padding, too."""
_CUTTING = r"[-_/()\[\]{}<>~=+]"
_CUT = re.compile(rf"(?<![^\W\d_])([^\W\d_]+)([\"“”'’ ]*{_CUTTING}+[\"“”'’ ]*)(?=([^\W\d_]+))")
_CUT_OFTEN = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{1,12}}(?:{_CUTTING}{{1,2}}[^\W\d_]{{1,12}}){{2,5}}(?![^\W\d_])")
_CUT_TWICE = re.compile(rf"{_CUTTING}[^\W\d_]{{1,12}}{_CUTTING}")
"""What begins with few characters is looked for several times as fast as what begins with any letter."""
_CUT_BY = re.compile(_CUTTING)
_APART = re.compile(rf"(?<![^\W_]){_LONE}(?:[\W_]{{1,5}}{_LONE.replace('lone', 'each')}){{4,}}(?![^\W_])")
_HARDLY_APART = re.compile(
    rf"(?<![^\W_]){_LONE}(?:[\W_]{{1,5}}(?:{_LONE.replace('lone', 'each')}|{_ANY_TWO}(?=[\W_]))){{4,}}(?![^\W_])"
)
_BETWEEN = re.compile(r"(?<=[^\W_])[\W_]+(?=[^\W_])")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as long as the one that is judged, folded, with the spans of its words.

    ``sentences``: whether what looks like the end of a sentence is one. ``turned``: the last character comes first.
    ``respelt``: whether names may be misspelt in it besides.
    """

    how: str
    text: str
    folded: Folded
    spans: Sequence[tuple[int, int]]
    sentences: bool = True
    turned: bool = False
    respelt: bool = True

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A span of the reading as one of the text that is judged."""
        return (len(self.text) - end, len(self.text) - start) if self.turned else (start, end)


def readings_of(registries: Sequence[Registry], text: str) -> list[Reading]:
    """The other readings of a text, each once; none of most texts."""
    made: dict[str, tuple[str, bool]] = {}
    plain = _GENITIVE.sub(r"\1s", undrawn(text))
    if not plain.isascii():
        plain = _HIGH_OR_LOW.sub(lambda digit: _DIGITS[digit[0]], plain)
    kept = quantities(registries, plain)
    for reading in _unleeted(plain, text, kept):
        made.setdefault(reading, ("leet", False))
    if _PADDED.search(plain):
        # Digits between the letters of a word fall away; a format character takes the place of each.
        bare = _PADDED_WORD.sub(_unpadded, plain)
        made.setdefault(bare, ("padded", True))
        made.setdefault(_CUT.sub(_mended, bare), ("padded", True))
    for how, other in _mended_or_ungrouped(registries, plain):
        if other != plain:
            made.setdefault(other, (how, True))
    made.setdefault(without_tones(plain), ("padded", True))
    for closed, sentences in _closed_up(plain) if _APART.search(plain) else ():
        made.setdefault(closed, ("spaced", sentences))
    for reading in (text, *made):
        for other in filled(registries, reading):
            made.setdefault(other, ("masked", True))
    for seen in dict.fromkeys((plain, text)):
        made.setdefault(leet_undone(registries, seen, kept), ("leet", False))
    for reading in list(_repeats_undone(registries, (text, *made))):
        made = {reading: ("repeated letters", True), **made}
    made.pop(text, None)
    found = list(_folded([(_near(text, reading), how) for reading, how in list(made.items())[:_MOST]]))
    for reading in (text, *(each for each, (how, _) in made.items() if how in ("spaced", "split"))):
        every = turned(registries, reading)
        found += [_turned(each, whole=each is every[-1]) for each in every]
    return found


def _mended_or_ungrouped(registries: Sequence[Registry], plain: str) -> Iterator[tuple[str, str]]:
    """How, and the text with letters for groups that look like one, and with words that signs cut in one piece."""
    yield "look-alike letters", _ungrouped(registries, plain)
    cuts = list(_CUT.finditer(plain)) if _CUT_BY.search(plain) else []
    for mended in (_mended, partial(_mended_as_known, registries)) if cuts else ():
        yield "split", _changed(plain, cuts, mended)
    if cuts and _CUT_TWICE.search(plain):
        yield "split", _CUT_OFTEN.sub(partial(_mended_whole, registries), plain)


def _changed(text: str, places: Sequence[re.Match[str]], change: Callable[[re.Match[str]], str]) -> str:
    """The text with each of some places changed."""
    made, last = list[str](), 0
    for place in places:
        made += (text[last : place.start()], change(place))
        last = place.end()
    return "".join((*made, text[last:]))


def _repeats_undone(registries: Sequence[Registry], readings: Sequence[str]) -> Iterator[str]:
    """The readings without repeats; the first, which is the text, beneath look-alike letters, too."""
    for reading in readings:
        yield repeats_undone(registries, reading)
    if _OTHER_LETTER.search(readings[0]):
        seen = _as_seen(readings[0])
        if (undone := repeats_undone(registries, seen)) != seen:
            yield undone


def _as_seen(text: str) -> str:
    """The text in the plain letters that each of its characters looks like, where that is one."""
    folded, seen = fold(text), list(text)
    once = Counter(folded.positions)
    for letter, place in zip(folded.letters, folded.positions, strict=True):
        if once[place] == 1 and not text[place].isascii():
            seen[place] = letter
    return "".join(seen)


def _unleeted(plain: str, text: str, kept: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The text with signs as letters, but for those of quantities."""
    drawn = undrawn(text)
    for reading in unleet(text) if not kept or is_leet(_blanked(drawn, kept)) else (drawn,):
        for start, end in kept:
            reading = reading[:start] + plain[start:end] + reading[end:]
        yield reading


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _closed_up(plain: str) -> Iterator[tuple[str, bool]]:
    """The text with letters that stand apart closed up, and whether its signs are what they seem."""
    closed = _APART.sub(_closed, plain)
    yield closed, True
    yield _PADDED_WORD.sub(_unpadded, closed), True
    yield _APART.sub(_closed_and_read, plain), False
    # With a slip two letters may stand together.
    yield _HARDLY_APART.sub(_closed, plain), True


def _turned(text: str, *, whole: bool) -> Reading:
    folded = fold(text)
    return Reading("reversed", text, folded, spans_of(folded), sentences=False, turned=whole, respelt=False)


def _near(text: str, reading: str) -> str:
    """A reading with nothing but what stands around its changes: the rest was read before."""
    changed = [place for place, (one, other) in enumerate(zip(text, reading, strict=True)) if one != other]
    kept, end = [], 0
    for place in changed:
        if place < end - _AROUND:
            continue
        start = max(end, reading.rfind(" ", 0, max(0, place - _AROUND)) + 1)
        stop = reading.find(" ", place + _AROUND)
        stop = len(reading) if stop < 0 else stop
        kept.append(" " * (start - end) + reading[start:stop])
        end = stop
    return "".join(kept) + " " * (len(reading) - end)


def _folded(made: Sequence[tuple[str, tuple[str, bool]]]) -> Iterator[Reading]:
    for reading, (how, sentences) in made:
        folded = fold(reading)
        yield Reading(how, reading, folded, spans_of(folded), sentences)


def _unpadded(word: re.Match[str]) -> str:
    seen = word[0].replace(FILLER, "")
    if _ALTERNATING.fullmatch(seen):
        return re.sub(r"\d", FILLER, word[0])
    if not _PADDED.search(seen):
        return word[0]
    bare = _INNER_DIGITS.sub(_unseen, word[0])
    return _END_DIGITS.sub(_unseen, bare) if len(_INNER_DIGITS.findall(word[0])) >= _MANY_DIGITS else bare


def _unseen(digits: re.Match[str]) -> str:
    return FILLER * len(digits[0])


def _closed(letters: re.Match[str]) -> str:
    """Letters that stand apart, closed up: what stands between most of them goes, and what is wider parts words."""
    gaps = _BETWEEN.findall(letters[0])
    pairs = sum(len(piece) == 2 and piece[0] != piece[1] for piece in re.findall(r"[^\W_]+", letters[0]))
    # More than a few letters that stand together are words.
    if not gaps or pairs > _MOST_PAIRS:
        return letters[0]
    usual = max(dict.fromkeys(gaps), key=lambda gap: (gaps.count(gap), -len(gap)))
    parts = re.split(r"(\s{3,})", letters[0]) if len(usual) < _WIDE else [letters[0]]
    return "".join(part.replace(usual, FILLER * len(usual)) for part in parts)


def _closed_and_read(letters: re.Match[str]) -> str:
    """The same, with digits and signs for letters, and groups that look like one."""
    if sum(char.isalpha() for char in letters[0]) < _FEWEST_LETTERS:
        return letters[0]
    closed = _closed(letters).translate(SIGNS)
    for group, letter in _GROUPS.items():
        closed = closed.replace(group, letter)
    return closed


def _mended(pieces: re.Match[str]) -> str:
    """Two pieces with signs between them as one word, unless each is a word of the language or one letter."""
    one, between, other = pieces.groups()
    if min(len(one), len(other)) < _SHORTEST_PIECE or (is_known(one.lower()) and is_known(other.lower())):
        return pieces[0]
    return one + FILLER * len(between)


def _mended_as_known(registries: Sequence[Registry], pieces: re.Match[str]) -> str:
    """The same where the pieces make a word of a name, whatever they are besides, and no blank stands between."""
    one, between, other = pieces.groups()
    told = one.lower(), other.lower()
    if " " in between or (FUNCTION_WORDS.intersection(told) and all(map(is_listed, told))):
        return pieces[0]
    word = fold(one + other).letters
    shortest = _SHORTEST_HARD_CUT if _IN_NO_WORD.intersection(between) else _SHORTEST_MENDED
    if len(word) < shortest or not names_a_word(registries, word):
        return pieces[0]
    return one + FILLER * len(between)


def _mended_whole(registries: Sequence[Registry], cut: re.Match[str]) -> str:
    """A word that is cut more than once as one, where its pieces make a word of a name."""
    word = fold(cut[0]).letters
    if len(word) < _SHORTEST_HARD_CUT or not names_a_word(registries, word):
        return cut[0]
    return _CUT_BY.sub(FILLER, cut[0])


def _ungrouped(registries: Sequence[Registry], text: str) -> str:
    """The text in which words that are none of the language have the letters that groups of them look like: long ones,
    and those that so become a word of a name beside another."""
    for start, end in words_at(text, _GROUPED, ""):
        meant = written = text[start:end]
        for group, letter in _GROUPS.items():
            meant = meant.replace(group, letter)
        if (len(written) >= _SHORTEST_GROUPED and not is_known(written.lower())) or (
            len(written) >= _SHORTEST_OF_A_NAME
            and not is_listed(written.lower())
            and names_a_word(registries, meant.replace(FILLER, "").lower())
            and _stands_beside_a_name(registries, text, start, end)
        ):
            text = text[:start] + meant + text[end:]
    return text


def _stands_beside_a_name(registries: Sequence[Registry], text: str, start: int, end: int) -> bool:
    """Whether the word before a span or after it is one of some name, and no small word of the language."""
    before = _WORD.findall(text[max(0, start - _AROUND) : start])[-1:]
    after = _WORD.findall(text[end : end + _AROUND])[:1]
    return any(
        word not in FUNCTION_WORDS and names_a_word(registries, word)
        for word in (each.replace(FILLER, "").lower() for each in (*before, *after))
    )


__all__ = ["FILLER", "Reading", "readings_of"]
