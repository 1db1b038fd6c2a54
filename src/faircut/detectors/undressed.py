"""A text without what only dresses its letters up, so that other disguises beneath can be undone.

Markup and escapes are resolved (see ``displayed``). Decorated letters, look-alike letters among Latin ones, marks and
invisible characters are folded away character by character (see ``folding``); what is left are plain letters, each with
its place in the text. Honest accents alone, and whole words of another script, are no dress.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from faircut.detectors.displayed import displayed
from faircut.detectors.folding import fold

_DRESS = re.compile(
    r"[^\x00-\x7f\u00a0-\u024f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7a3]"
)
"""What may be dress: not ASCII, accented Latin, or a script whose marks are vowels or that has none."""
# Pictures and arrows, with what varies or joins them, between characters of scripts that put nothing between words.
_BETWEEN_UNSPACED = re.compile(
    "(?<=[\u3040-\u30ff\u3400-\u9fff])[\u2190-\u2bff\U0001f000-\U0001faff\ufe0e\ufe0f\u200d]+(?=[\u3040-\u30ff\u3400-\u9fff])"
)
# A foreign name in hiragana with its particle, after which the next word begins.
_IN_HIRAGANA = re.compile("(?<![ぁ-ゖー])[ぁ-ゖー]{6,20}?(?=[がをは]|[にのともでへや](?![ぁ-ゖー]))")
_TO_KATAKANA = {point: chr(point + 0x60) for point in range(ord("ぁ"), ord("ゖ") + 1)}
_WORD = re.compile(r"[^\W\d_]+")
_SOFT_HYPHEN = "\u00ad"
_SHORTEST_FOREIGN = 3


def undressed(text: str) -> tuple[str, list[int]] | None:
    """The plain text, and for each of its characters the index of the one that it stands for; None if it is plain.

    Of an escape of several characters that is the first where a word begins, and the last within it, so that what
    stands from the one to the other holds it whole.
    """
    shown = displayed(text)
    if shown is None:
        return _bared(text)
    plain, places = _bared(shown.text) or (shown.text, range(len(shown.text)))
    begins = [True, *(not char.isalnum() for char in plain)]
    return plain, [
        shown.starts[place] if begin else shown.ends[place] - 1 for place, begin in zip(places, begins, strict=False)
    ]


def _bared(text: str) -> tuple[str, list[int]] | None:
    if text.isascii():
        return None
    in_hiragana = _IN_HIRAGANA.search(text) is not None
    if in_hiragana:
        text = _IN_HIRAGANA.sub(lambda name: name[0].translate(_TO_KATAKANA), text)
    if not (_DRESS.search(text) or _SOFT_HYPHEN in text):
        return (text, list(range(len(text)))) if in_hiragana else None
    foreign = {place for word in _WORD.finditer(text) if _is_foreign(word[0]) for place in range(*word.span())}
    pictures = {place for found in _BETWEEN_UNSPACED.finditer(text) for place in range(*found.span())}
    plain: list[str] = []
    places: list[int] = []
    worn = in_hiragana or bool(pictures)
    for place, char in enumerate(text):
        if place in pictures:
            continue
        if char.isascii() or place in foreign:
            plain.append(char)
            places.append(place)
            continue
        bare = _bare(char)
        # An accent is honest where nothing else is dressed up, and what is unseen beside no letter hides nothing.
        if bare != char and (char == _SOFT_HYPHEN or _DRESS.match(char)):
            worn = worn or bool(bare) or bool(plain and plain[-1].isalnum())
        plain.extend(bare)
        places += [place] * len(bare)
    return ("".join(plain), places) if worn else None


@lru_cache(maxsize=20_000)
def _bare(char: str) -> str:
    """The letters that a character dresses up; nothing where it is not seen; itself otherwise."""
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return ""
    letters = fold(char).letters
    if not letters.isascii() or not letters.isalpha():
        return char
    return letters.upper() if category == "Lu" else letters


@lru_cache(maxsize=20_000)
def _is_foreign(word: str) -> bool:
    """Whether a word is all in one script that is not Latin. A letter or two alone may stand for Latin ones."""
    if len(word) < _SHORTEST_FOREIGN and fold(word).letters.isascii():
        return False
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in word}
    return len(scripts) == 1 and not scripts & {"LATIN", "MATHEMATICAL", "FULLWIDTH", "SCRIPT", "DOUBLE-STRUCK"}


__all__ = ["undressed"]
