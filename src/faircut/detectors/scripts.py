"""Which script a folded letter belongs to, as far as word boundaries depend on it."""

from __future__ import annotations

_FIRST_UNSPACED = "\u0e00"


def is_katakana(char: str) -> bool:
    return "\u30a0" <= char <= "\u30ff"


def is_hangul(char: str) -> bool:
    """A jamo: folding takes Hangul syllables apart."""
    return "\u1100" <= char <= "\u11ff"


def is_hebrew(char: str) -> bool:
    return "\u05d0" <= char <= "\u05ea"


def is_han_or_kana(char: str) -> bool:
    return "\u3005" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def is_unspaced(char: str) -> bool:
    """Letters of scripts that are written without spaces between words: Han, kana, Thai, Lao, Myanmar, Khmer."""
    if char < _FIRST_UNSPACED:
        return False
    return char <= "\u0eff" or "\u1000" <= char <= "\u109f" or "\u1780" <= char <= "\u17ff" or is_han_or_kana(char)
