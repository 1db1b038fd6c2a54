"""A text as it would be displayed: markup gone, escapes resolved, turned writing turned back.

HTML character references, tags and comments (WHATWG HTML, "Named character references"), percent-encoding (RFC 3986),
``\\u0041`` escapes, links of Markdown, the weights of image prompts such as ``(word:1.3)``, tag characters (Unicode,
chapter 23.9), what stands under a right-to-left override (Unicode Annex 9), letters upside down, and text in base64
(RFC 4648) or hexadecimal digits, which a model reads. What was encoded twice is resolved twice. Every character keeps
its place in the text as it was typed. Linear.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from faircut.detectors.common_words import is_known

_TWICE = 2
# What begins with few characters is looked for several times as fast as what begins with any.
_HINT = re.compile(
    r"[&%<\\\u202e\U000e0020-\U000e007e\]: ]"
    r"(?:(?<=[^\]: ])|(?<=\])\(|(?<=:)[\d:]|(?<= )[0-9a-fA-F]{2} [0-9a-fA-F]{2} )"
)
_LONG = 12
_RUN = re.compile(r"[A-Za-z0-9+/]{12,}")
_ENTITY = r"(?P<entity>&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};))"
_PERCENT = r"(?P<percent>(?:%[0-9a-fA-F]{2})+)"
_ESCAPE = r"(?P<escape>\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2})"
_FLAG = "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)"
_TAG_CHARACTER = "(?P<tagged>[\U000e0020-\U000e007e])"
_OVERRIDDEN = "(?P<overridden>\u202e[^\u202a-\u202e\u2066-\u2069\r\n\u2029]*\u202c?)"
_BLOCKS = r"(?P<block></?(?:br|p|div|li|ul|ol|td|tr|th|hr|h[1-6]|blockquote|pre|table)\s?/?>)"
_INLINE = (
    r"(?P<inline></?(?:a|b|i|u|s|q|em|tt|strong|span|wbr|font|small|big|su[bp]|mark|code|abbr|cite|del|ins|kbd|var|samp"
    r"|bd[io]|ruby|r[tp]|nobr)\s?/?>|<!--[^\w<>]{0,80}-->)"
)
_ANY_TAG = r"(?P<tag></?[a-zA-Z][a-zA-Z0-9-]{0,20}(?:\s[^<>]{0,200})?/?>|<!--[^<>]{0,200}-->)"
_LINK = r"(?P<link>\[(?=[^\[\]\n]{1,80}\]\()|\]\([^()\s]{0,200}\))"
_WEIGHT = (
    r"(?P<weight>\((?=[^()\n]{1,80}:\d(?:\.\d{1,3})?\))|(?<!\d):\d(?:\.\d{1,3})?(?:\)|(?=[\]}]))"
    r"|(?<=[^\W\d_])::-?\d?(?:\.\d{1,3})?(?![\w:]))"
)
# Without regard to case a long s and a dotless i would be letters of it.
_BASE64 = r"(?P<base64>(?<![\w+/=-])(?-i:[A-Za-z0-9+/]{12,})={0,2}(?![\w+/=]))"
_HEXADECIMAL = r"(?P<hexadecimal>(?<!\w)(?:[0-9a-f]{2}[ :]?){5,}[0-9a-f]{2}(?!\w))"
_MOSTLY_WORDS = 0.85
"""Share of letters, digits and spaces from which on decoded bytes are a text, as nine at random are once in 100,000.
In no line of ``benchmarks/corpora`` does a word become one."""
_SAID = "|".join(
    [_FLAG, _ENTITY, _PERCENT, _ESCAPE, _TAG_CHARACTER, _OVERRIDDEN, _BLOCKS, _INLINE, _WEIGHT, _HEXADECIMAL, _BASE64]
)
_PIECES = {
    False: re.compile(f"{_SAID}|{_ANY_TAG}|{_LINK}", re.IGNORECASE),
    True: re.compile(_SAID, re.IGNORECASE),
}
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TAG_BASE = 0xE0000
_SURROGATES = range(0xD800, 0xE000)
_LAST_POINT = 0x10FFFF

_UPSIDE_DOWN = {
    "ɐ": "a", "ɔ": "c", "ǝ": "e", "ɟ": "f", "ƃ": "g", "ᵷ": "g", "ɥ": "h", "ᴉ": "i", "ɾ": "j", "ʞ": "k", "ן": "l",
    "ꞁ": "l", "ɯ": "m", "ɹ": "r", "ʇ": "t", "ʌ": "v", "ʍ": "w", "ʎ": "y", "∀": "A", "Ɔ": "C", "Ǝ": "E", "Ⅎ": "F",
    "⅁": "G", "ꓘ": "K", "˥": "L", "Ԁ": "P", "ꓤ": "R", "┴": "T", "∩": "U", "⅄": "Y",
}  # fmt: skip
_EITHER_WAY = {**{each: each for each in "losxzHINOSXZ"}, **dict(zip("bdpqunMW", "qpdbnuWM", strict=True))}
"""Letters that are others, or themselves, upside down."""
_TURNED_MARK = re.compile(f"[{''.join(_UPSIDE_DOWN)}]")
_TURNED_WORD = re.compile(rf"[{''.join(_UPSIDE_DOWN)}{''.join(_EITHER_WAY)}ı˙'’,.;:!?()¡¿\"-]+")
_TURN = str.maketrans({**_UPSIDE_DOWN, **_EITHER_WAY, "ı": "i", "˙": ".", "¡": "!", "¿": "?", "(": ")", ")": "("})
_FEWEST_TURNED = 3
"""Letters that are nothing but upside down which make it no phonetic alphabet."""


@dataclass(frozen=True, slots=True)
class Displayed:
    """``text[i]`` stands for the characters from ``starts[i]`` to before ``ends[i]`` of what was typed."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of ``text``, not empty, as one of what was typed."""
        return min(self.starts[start], self.starts[end - 1]), max(self.ends[start], self.ends[end - 1])

    def then(self, other: Displayed) -> Displayed:
        """What ``other`` makes of ``text``, with the places of what was typed."""
        starts = [self.starts[each] for each in other.starts]
        return Displayed(other.text, starts, [self.ends[each - 1] for each in other.ends])


def displayed(text: str, *, with_unseen: bool = False) -> Displayed | None:
    """The text as displayed, or None where it is displayed as typed.

    ``with_unseen`` leaves tags with attributes, comments and links as they are: a model reads what people do not see.
    """
    found: Displayed | None = None
    for _ in range(_TWICE):
        after = _resolved(text if found is None else found.text, with_unseen=with_unseen)
        if after is None:
            break
        found = after if found is None else found.then(after)
    upright = _upright(text if found is None else found.text)
    if upright is None:
        return found
    return upright if found is None else found.then(upright)


def _resolved(text: str, *, with_unseen: bool) -> Displayed | None:
    if not _HINT.search(text) and not any(len(word) >= _LONG and _may_be_encoded(word) for word in text.split()):
        return None
    shown: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in _PIECES[with_unseen].finditer(text):
        start, end = piece.span()
        meant = _meant(piece)
        if meant is None:
            continue
        shown.append(text[at:start])
        starts += range(at, start)
        ends += range(at + 1, start + 1)
        for char, first, last in meant:
            shown.append(char)
            starts.append(start + first)
            ends.append(start + last)
        at = end
    if not at:
        return None
    shown.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    return Displayed("".join(shown), starts, ends)


@lru_cache(maxsize=20_000)
def _may_be_encoded(word: str) -> bool:
    """Whether a long word has a run of letters and digits that is no word of a language."""
    return any(not (run.isalpha() and run[1:].islower() and is_known(run.lower())) for run in _RUN.findall(word))


def _meant(piece: re.Match[str]) -> list[tuple[str, int, int]] | None:
    """The characters that a piece of markup shows, each with its place in the piece; None where it is none."""
    written, size = piece[0], len(piece[0])
    match piece.lastgroup:
        case "entity":
            resolved = html.unescape(written).replace("\xa0", " ")
            return None if resolved == written else [(char, 0, size) for char in resolved]
        case "percent":
            return list(_percent_decoded(written)) or None
        case "escape":
            point = int(written[2:].strip("{}"), 16)
            known = point <= _LAST_POINT and point not in _SURROGATES
            return [(chr(point).replace("\xa0", " "), 0, size)] if known else None
        case "tagged":
            return [(chr(ord(written) - _TAG_BASE), 0, size)]
        case "overridden":
            inside = written.strip("\u202e\u202c")
            # Hebrew and Arabic run from right to left in any case.
            return None if _RIGHT_TO_LEFT.search(inside) else [(char, 0, size) for char in reversed(inside)]
        case "hexadecimal":
            return [(char, 0, size) for char in _as_text(bytes.fromhex(re.sub("[ :]", "", written)))] or None
        case "base64":
            try:
                decoded = base64.b64decode(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4))
            except binascii.Error:
                return None
            return [(char, 0, size) for char in _as_text(decoded)] or None
        case "block":
            return [(" ", 0, size)]
        case "flag":
            return None
        case _:
            return []


def _as_text(decoded: bytes) -> str:
    """What bytes say; "" where they are no text."""
    try:
        text = decoded.decode().strip()
    except UnicodeDecodeError:
        return ""
    said = sum(char.isalnum() or char == " " for char in text)
    words = said >= _MOSTLY_WORDS * len(text) and 2 * sum(map(str.isalpha, text)) >= len(text)
    return text if words and text.isprintable() else ""


def _percent_decoded(written: str) -> Iterator[tuple[str, int, int]]:
    try:
        decoded = bytes.fromhex(written.replace("%", "")).decode()
    except UnicodeDecodeError:
        return
    at = 0
    for char in decoded:
        size = 3 * len(char.encode())
        yield char, at, at + size
        at += size


def _upright(text: str) -> Displayed | None:
    """Words upside down, read from their end; None where there are none."""
    if text.isascii() or not _TURNED_MARK.search(text):
        return None
    shown = list(text)
    starts = list(range(len(text)))
    ends = list(range(1, len(text) + 1))
    runs = list(_runs_upside_down(text))
    for start, end in runs:
        shown[start:end] = text[start:end].translate(_TURN)[::-1]
        starts[start:end] = [start] * (end - start)
        ends[start:end] = [end] * (end - start)
    return Displayed("".join(shown), starts, ends) if runs else None


def _runs_upside_down(text: str) -> Iterator[tuple[int, int]]:
    """Spans of words in a row that can be upside down, from the first to the last that cannot be anything else."""
    start = end = signs = 0
    for word in re.finditer(r"\S+", text):
        if _TURNED_WORD.fullmatch(word[0]):
            if found := len(_TURNED_MARK.findall(word[0])):
                start = start if signs else word.start()
                signs, end = signs + found, word.end()
            continue
        if signs >= _FEWEST_TURNED:
            yield start, end
        signs = 0
    if signs >= _FEWEST_TURNED:
        yield start, end


__all__ = ["Displayed", "displayed"]
