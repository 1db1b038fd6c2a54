"""Disguised words to plain ones, letter for letter, so that places in the text stay what they are.

Look-alike letters, full-width and mathematical letters become the Latin ones that a reader sees, digits and signs
inside words become letters, and invisible characters become nothing to see. Texts mostly in another script stay.
"""

from __future__ import annotations

import unicodedata

from faircut.detectors.folding import fold, unleet

_INVISIBLE = "\u200b"


def plain_text(text: str) -> str:
    """A text as long as ``text``, in which each Latin look-alike is replaced by one plain letter."""
    if not text.isascii():
        text = _plain_letters(text)
    readings = unleet(text)
    return readings[0] if readings else text


def _plain_letters(text: str) -> str:
    letters = sum(char.isalpha() for char in text)
    plain = sum(char.isascii() for char in text if char.isalpha())
    folded = [_plain_char(char) for char in text]
    seen = sum(char.isascii() for char in folded if char.isalpha())
    # Whole words in Greek or Cyrillic are another language, not a disguise.
    if not letters or (plain < letters / 4 and not seen >= letters * 0.9):
        return text
    return "".join(folded)


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


__all__ = ["plain_text"]
