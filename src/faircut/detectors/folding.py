"""Text to the letters that a reader sees, each with its place in the original.

What is done: compatibility decomposition (Unicode Standard Annex 15, NFKD), removal of format characters and of
marks that only decorate, case folding, the confusable skeleton towards Latin letters (Unicode Technical Standard
39, data of the package confusable_homoglyphs), traditional Han characters to simplified ones, and removal of
everything that is neither letter nor digit. Whole names in Cyrillic or Greek fold the same way on both sides, so they
still match themselves.

Marks that carry vowels (Brahmic scripts, Thai, voiced kana) stay; those of Latin, Greek, Cyrillic, Hebrew and
Arabic go, and so do the dots of Brahmic letters for foreign sounds.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import chain, starmap

from faircut.detectors.han import is_han, variants

# Letters that confusable data do not list, or that decompose into what they do not look like.
_EXTRA = {
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ε": "e",
    "ɛ": "e",
    "ı": "i",
    "ſ": "s",
    "ӏ": "l",
    "Ӏ": "l",
    "п": "n",
    "П": "N",
    "ϲ": "c",
    "Ϲ": "C",
    "հ": "h",
    "ց": "g",
    "զ": "q",
    "ی": "ي",
    "ى": "ي",
    "ک": "ك",
    # Many write the last letter of a feminine word without its dots, and Urdu and Kurdish have an h of their own.
    "ة": "ه",
    "ۃ": "ه",
    "ہ": "ه",
    "ە": "ه",
}
_BASE_LETTER = re.compile(r"LATIN (?:(SMALL)|CAPITAL) LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?")
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u0640")
# Enclosed and regional letters that have no decomposition.
_LETTER_BLOCKS = (0x1F150, 0x1F170, 0x1F1E6)
_CACHE_LIMIT = 50_000

_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "€": "e"}
_SELDOM = {"2": "z", "6": "g", "9": "g", "+": "t"}
_LEET_EITHER = "1!|"
SIGNS = str.maketrans({**_LEET, **_SELDOM, **dict.fromkeys(_LEET_EITHER, "i")})
"""Digits and signs to the letters that they stand for most."""
_LEET_TOKEN = re.compile(r"(?<![\w@$€!|+\u2060])[\w@$€!|+\u2060]*[^\W\d_][\w@$€!|+\u2060]*")
# What begins with few characters is looked for several times as fast as what begins with any letter.
_LEET_HINT = re.compile(
    r"[0134578@$€!|269+]"
    r"(?:(?<=[^\W\d_][0134578@$€!|])|(?<=[0134578@$€|])(?=[^\W\d_])|(?<=[^\W\d_][269+])(?=[^\W\d_]))"
)
_DRAWN = (
    ("|\\/|", "m"), ("/\\/\\", "m"), ("\\/\\/", "w"), ("|\\|", "n"), ("|_|", "u"), ("(_)", "u"), ("|-|", "h"),
    ("/-\\", "a"), ("\\/", "v"), ("/\\", "a"), ("|<", "k"), ("|3", "b"), ("|)", "d"), ("()", "o"), ("><", "x"),
)  # fmt: skip
"""Letters that are drawn with several signs, the longest first."""
_FILLER = "\u2060"
_PAIR = 2


class Case(Enum):
    """Which comes first: case folding (``Н`` is the Cyrillic en) or the skeleton (``Н`` looks like a Latin H)."""

    FIRST = "first"
    LAST = "last"


class Gap(Enum):
    """What stands between a letter and the one before it."""

    NONE = 0
    SYMBOL = 1
    SPACE = 2


@dataclass(frozen=True, slots=True)
class Folded:
    """``letters`` without anything between them; ``positions[i]`` is the index in the original of ``letters[i]``.

    ``gaps[i]`` is what stood before ``letters[i]`` (the first one has SPACE): a list as long as ``letters``.
    """

    letters: str
    positions: list[int]
    gaps: list[Gap]


_PLAIN_WORD = re.compile("[A-Za-z0-9]+")
"""Characters that stand for themselves."""

NUKTAS = frozenset("\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc")
"""Dots beneath letters of India that mark foreign sounds, and that most people leave out."""
_SEPARATE = "\0"
_KEEP_IF_BRAHMIC = "\1"
_tables: dict[Case, dict[str, str]] = {Case.FIRST: {}, Case.LAST: {}}


def fold(text: str, case: Case = Case.FIRST) -> Folded:
    """Folds any string, lone surrogates included. Linear in its length."""
    if text.isascii():
        return _fold_ascii(text, case)
    table = _tables[case]
    if len(table) > _CACHE_LIMIT:
        # A text made to fill memory with every character of Unicode must not succeed.
        table.clear()
    letters: list[str] = []
    positions: list[int] = []
    gaps: list[Gap] = []
    gap = Gap.SPACE
    last = 0
    for found in _PLAIN_WORD.finditer(text):
        start, end = found.span()
        if start > last:
            gap = _fold_between(text, last, start, gap, case, (letters, positions, gaps))
        word = found[0]
        letters.append((word.replace("I", "l") if case is Case.LAST else word).lower())
        positions.extend(range(start, end))
        gaps.append(gap)
        gaps.extend([Gap.NONE] * (end - start - 1))
        gap, last = Gap.NONE, end
    _fold_between(text, last, len(text), gap, case, (letters, positions, gaps))
    return Folded("".join(letters), positions, gaps)


def _fold_between(
    text: str, first: int, last: int, gap: Gap, case: Case, made: tuple[list[str], list[int], list[Gap]]
) -> Gap:
    """Folds characters that are no plain letters, after ``gap``, into ``made``. Gives the gap behind them."""
    table = _tables[case]
    letters, positions, gaps = made
    for index in range(first, last):
        char = text[index]
        if char == " ":
            gap = Gap.SPACE
            continue
        folded = table[char] if char in table else table.setdefault(char, _fold_char(char, case))
        if folded == _SEPARATE:
            if char.isspace():
                # A word hyphenated at the end of a line is one word.
                gap = Gap.SYMBOL if gap is Gap.SYMBOL and char == "\n" and text[index - 1] in "-\u2010" else Gap.SPACE
            elif gap is Gap.NONE:
                gap = Gap.SYMBOL
            continue
        if folded[:1] == _KEEP_IF_BRAHMIC:
            if not letters or not _carries_marks(letters[-1][-1]):
                continue
            folded = folded[1:]
        for letter in folded:
            letters.append(letter)
            positions.append(index)
            gaps.append(gap)
            gap = Gap.NONE
    return gap


def _fold_ascii(text: str, case: Case) -> Folded:
    """What :func:`fold` does, word by word: in plain text every letter stands for itself."""
    lowered = (text.replace("I", "l") if case is Case.LAST else text).lower()
    spans = [found.span() for found in _PLAIN_WORD.finditer(lowered)]
    letters = "".join(_PLAIN_WORD.findall(lowered))
    gaps = [Gap.NONE] * len(letters)
    space, at, last = Gap.SPACE, 0, 0
    for start, end in spans:
        between = lowered[last:start]
        gaps[at] = space if not last or between == " " else _gap(between)
        at += end - start
        last = end
    return Folded(letters, list(chain.from_iterable(starmap(range, spans))), gaps)


def _gap(between: str) -> Gap:
    gap, before = Gap.NONE, ""
    for char in between:
        if char.isspace():
            # A word hyphenated at the end of a line is one word.
            gap = Gap.SYMBOL if gap is Gap.SYMBOL and char == "\n" and before == "-" else Gap.SPACE
        elif gap is Gap.NONE:
            gap = Gap.SYMBOL
        before = char
    return gap


def unleet(text: str, *, seldom: bool = True) -> tuple[str, ...]:
    """The text with digits and signs that stand for letters inside words replaced, each by one character.

    ``seldom`` includes digits that seldom stand for letters. One reading with 1, ! and | as i, and one as l where they
    differ. Empty when the text has nothing of the kind.
    """
    drawn = undrawn(text)
    if not is_leet(drawn):
        return (drawn,) if drawn != text else ()
    readings = []
    for either in "il":
        letters = {**_LEET, **(_SELDOM if seldom else {}), **dict.fromkeys(_LEET_EITHER, either)}
        translated = _LEET_TOKEN.sub(lambda token, to=letters: _unleet_token(token[0], to), drawn)  # type: ignore[misc]  # its default
        if translated != text and translated not in readings:
            readings.append(translated)
    return tuple(readings)


def is_leet(text: str) -> bool:
    """Whether a digit or sign stands next to a letter as one that means a letter would."""
    return _LEET_HINT.search(text) is not None


def undrawn(text: str) -> str:
    """The text with letters that are drawn with signs; invisible characters take the place of those left over."""
    if not ("|" in text or "\\" in text or "()" in text or "(_)" in text or "><" in text):
        return text
    for signs, letter in _DRAWN:
        if signs in text:
            # Beside a letter, or beside another that is drawn: elsewhere they are what they seem.
            drawn = re.escape(signs)
            beside = rf"(?<=[^\W_]){drawn}|{drawn}(?=[^\W_])"
            # Or where single letters stand apart, with blanks or signs around them.
            if len(signs) > _PAIR:
                beside += rf"|(?<=\b[^\W_] . ){drawn}|(?<=\b[^\W_]. ){drawn}|(?<=\b[^\W_] ){drawn}"
                beside += rf"|{drawn}(?=[\W_]{{1,5}}[^\W_]\b)"
            else:
                beside += rf"|{drawn}(?=(?P<gap>[\W_]{{1,5}})[^\W_](?P=gap)[^\W_]\b)"
            text = re.sub(beside, letter + _FILLER * (len(signs) - 1), text)
    return text


def _unleet_token(token: str, letters: dict[str, str]) -> str:
    # An exclamation mark or bar at the edge of a word is punctuation.
    core = token.strip("!|")
    start = token.index(core)
    return token[:start] + "".join(letters.get(char, char) for char in core) + token[start + len(core) :]


def _fold_char(char: str, case: Case) -> str:
    if char in _INVISIBLE_LETTERS:
        return ""
    if char in _EXTRA:
        # Some of these decompose into what they do not look like: the lunate sigma into another one.
        return _EXTRA[char].lower()
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    point = ord(char)
    for start in _LETTER_BLOCKS:
        if start <= point < start + 26:
            return chr(ord("a") + point - start)
    folded = "".join(_fold_simple(part, case) for part in unicodedata.normalize("NFKD", char))
    if _SEPARATE in folded:
        folded = folded.replace(_SEPARATE, "") or _SEPARATE
    if folded.startswith(_KEEP_IF_BRAHMIC):
        return _KEEP_IF_BRAHMIC + folded.replace(_KEEP_IF_BRAHMIC, "")
    return folded.replace(_KEEP_IF_BRAHMIC, "")


def _fold_simple(char: str, case: Case) -> str:
    if is_han(char):
        return variants().get(char, char)
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category[0] == "M":
        return _KEEP_IF_BRAHMIC + char if _carries_marks(char) else ""
    skeleton = _skeleton()
    if case is Case.LAST:
        looks = "l" if char == "I" else skeleton.get(char, char)
        folded = looks.casefold()
    else:
        folded = char.casefold()
    folded = "".join(_lower_skeleton(part, skeleton) for part in unicodedata.normalize("NFKD", folded))
    kept = "".join(part for part in folded if unicodedata.category(part)[0] in "LN")
    return kept or _SEPARATE


def _lower_skeleton(char: str, skeleton: dict[str, str]) -> str:
    if char in skeleton:
        return skeleton[char].lower()
    # A lower-case Cyrillic te looks like no Latin letter, but its capital does, and case must not matter.
    return skeleton.get(char.upper(), char).lower()


def _carries_marks(char: str) -> bool:
    """Letters and marks of scripts in which marks are vowels, and kana with their voicing marks."""
    if char in NUKTAS:
        return False
    point = ord(char)
    return (
        0x0900 <= point <= 0x109F
        or 0x1700 <= point <= 0x1A1F
        or 0x1B00 <= point <= 0x1C4F
        or 0x3040 <= point <= 0x30FF
        or 0xA800 <= point <= 0xABFF
        or 0x11000 <= point <= 0x11FFF
    )


@cache
def _skeleton() -> dict[str, str]:
    """Characters that look like one Latin letter, to that letter in the case that they look like."""
    data = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text(encoding="utf-8"))
    table = dict(_EXTRA)
    for char, alike in data.items():
        if len(char) != 1 or char.isascii() or _carries_marks(char) or unicodedata.bidirectional(char) in ("R", "AL"):
            continue
        latin = [each["c"] for each in alike if len(each["c"]) == 1 and each["c"].isascii() and each["c"].isalpha()]
        if latin and unicodedata.digit(char, None) is None:
            table.setdefault(char, latin[0])
    for point in (
        *range(0x00C0, 0x0250),
        *range(0x0250, 0x02B0),
        *range(0x1D00, 0x1DC0),
        *range(0x2C60, 0x2C80),
        *range(0xA720, 0xA800),
    ):
        name = unicodedata.name(chr(point), "")
        if found := _BASE_LETTER.fullmatch(name):
            table.setdefault(chr(point), found[2].lower() if found[1] else found[2])
        elif small := _SMALL_CAPITAL.fullmatch(name):
            table.setdefault(chr(point), small[1].lower())
    return table
