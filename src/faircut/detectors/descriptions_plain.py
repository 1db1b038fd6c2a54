"""Disguised words to plain ones, letter for letter, so that places in the text stay what they are.

Look-alike letters, full-width and mathematical letters become the Latin ones that a reader sees, digits and signs
inside words become letters, and invisible characters become nothing to see. Texts mostly in another script stay.
Before that a prompt is read as it would be displayed, without escapes and what stands unseen inside Latin words; after
it, words of no list are spelt as what they are a slip of.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from faircut.detectors.common_words import is_everyday
from faircut.detectors.displayed import Displayed, displayed
from faircut.detectors.folding import fold, unleet
from faircut.detectors.misspelt import spelt

_INVISIBLE = "\u200b"
# Format characters, variation selectors and marks that strike letters out or pile up on them.
_UNSEEN = re.compile(
    "(?<=[\x00-\x7f])[\u00ad\u0300-\u036f\u061c\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+"
)
_CHARACTERS = 20_000
"""Whose plain letters are remembered: more than any one language has."""
_MEASURE = re.compile(
    r"(?<![\w@$€!|+])(?:\d+(?:mm|cm|km|fps|secs?|mins?|hz|px|kg|ft|am|pm|bit)|(?:\d{1,2}k|\d{3,4}[ip])(?:\d\d)?"
    r"|[234]d|\dx|\d{0,3}0s|\d{1,2}s|1[1-3]th|\d*(?:1st|2nd|3rd|[04-9]th))(?!\w|[@$€!|+]+\w)",
    re.IGNORECASE,
)
"""Numbers with their unit, as prompts are full of: 35mm, 4k60, 24fps, the 1980s. Few words can be written so."""
_LONG_WORD = re.compile(r"[a-z]{4,}", re.IGNORECASE)
_FEWEST_BACKWARDS = 4
"""Words of four letters or more that must be everyday ones backwards alone: honest prompts have one at most."""


def as_plain(text: str) -> Displayed:
    """What a prompt says in plain letters, with the places of what was typed."""
    shown = displayed(text, with_unseen=True) or Displayed(text, list(range(len(text))), list(range(1, len(text) + 1)))
    if not shown.text.isascii() and _UNSEEN.search(shown.text):
        shown = shown.then(_without_unseen(shown.text))
    shown = replace(shown, text=plain_text(shown.text))
    for reading in (_forwards, spelt):
        if (other := reading(shown.text)) is not None:
            shown = shown.then(other)
    return shown


def _forwards(text: str) -> Displayed | None:
    """A text with the passage read from its end whose words are everyday ones backwards; None where there is none."""
    backwards = []
    forwards = []
    for word in _LONG_WORD.finditer(text):
        written = word[0].lower()
        if is_everyday(written):
            forwards.append(word.start())
        elif is_everyday(written[::-1]):
            backwards.append(word)
    if len(backwards) < _FEWEST_BACKWARDS:
        return None
    start, end = backwards[0].start(), backwards[-1].end()
    if sum(start < place < end for place in forwards) > len(backwards) / 2:
        return None
    order = [*range(start), *range(end - 1, start - 1, -1), *range(end, len(text))]
    return Displayed("".join(text[place] for place in order), order, [place + 1 for place in order])


def _without_unseen(text: str) -> Displayed:
    kept: list[int] = []
    at = 0
    for unseen in _UNSEEN.finditer(text):
        kept += range(at, unseen.start())
        at = unseen.end()
    kept += range(at, len(text))
    return Displayed("".join(text[place] for place in kept), kept, [place + 1 for place in kept])


def plain_text(text: str) -> str:
    """A text as long as ``text``, in which each Latin look-alike is replaced by one plain letter."""
    if not text.isascii():
        text = _plain_letters(text)
    readings = unleet(text)
    if not readings:
        return text
    letters = list(readings[0])
    for measure in _MEASURE.finditer(text):
        letters[measure.start() : measure.end()] = measure[0]
    return "".join(letters)


def _plain_letters(text: str) -> str:
    letters = [char for char in text if char.isalpha()]
    plain = sum(map(str.isascii, letters))
    folded = [_plain_char(char) for char in text]
    seen = sum(char.isascii() for char in folded if char.isalpha())
    # Whole words in Greek or Cyrillic are another language, not a disguise.
    if not letters or (plain < len(letters) / 4 and not seen >= len(letters) * 0.9):
        return text
    return "".join(folded)


@lru_cache(_CHARACTERS)
def _plain_char(char: str) -> str:
    if char.isascii() or not (char.isalpha() or unicodedata.category(char) in ("Cf", "No", "So")):
        return char
    if unicodedata.category(char) == "Cf":
        return _INVISIBLE
    if (found := unicodedata.normalize("NFD", char)[0]).isascii():
        return found
    found = fold(char).letters
    if len(found) == 1 and found.isascii():
        return found.upper() if char.isupper() else found
    return char


__all__ = ["as_plain", "plain_text"]
