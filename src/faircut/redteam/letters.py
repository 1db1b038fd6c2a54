"""Letters that people read as other letters: what the attacker writes with, and what the reader model reads back.

Written apart from the guard's own tables, so that neither is measured against itself.
"""

from __future__ import annotations

import unicodedata
from functools import cache

LOOK_ALIKES = {
    "a": "аɑαａᴀạä", "b": "ЬƄｂʙḅ", "c": "сϲｃᴄç", "d": "ԁｄᴅđḍ", "e": "еҽｅᴇẹëę", "f": "ƒｆꜰ", "g": "ɡցｇɢğ",
    "h": "һհｈʜħ", "i": "іıｉɪïị", "j": "јϳｊᴊ", "k": "кκｋᴋķ", "l": "ӏⅼｌʟł", "m": "мｍᴍṃ", "n": "ոпｎɴñṇ",
    "o": "оοօｏᴏøọ", "p": "рρｐᴘ", "q": "ԛզｑ", "r": "гｒʀṛ", "s": "ѕｓꜱşṣ", "t": "тτｔᴛţ", "u": "սυｕᴜüụ",
    "v": "ѵνｖᴠ", "w": "ѡԝｗᴡ", "x": "хχｘ", "y": "уγｙʏỵ", "z": "ｚᴢżẓ",
}  # fmt: skip
"""By small Latin letter: Cyrillic, Greek, Armenian, full width, small capitals and letters with marks."""
LEET = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7+", "z": "2"}
GROUPS = {"m": "rn", "w": "vv", "d": "cl", "n": "|\\|", "u": "|_|", "k": "|<"}
"""Several characters that are read as one letter."""
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2063"
MARKS = "\u0300\u0301\u0302\u0303\u0308\u0323\u0331\u0332\u0336\u0338\u035c\u0489"
BETWEEN = (".", "-", "_", "*", "/", "·", "~", "|", "+", "=", ":", ",", "•", "🌸", "⚡", "🙂")
MASKS = "*_-.#"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_STYLE_STARTS = (0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D504, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D670)
_CIRCLED, _SQUARED, _REGIONAL, _WIDE = 0x24D0, 0x1F130, 0x1F1E6, 0xFF41
_KEYS = """
a:qwsz b:vghn c:xdfv d:serfcx e:wsdr f:drtgvc g:ftyhbv h:gyujnb i:ujko j:huikmn k:jiolm l:kop m:njk n:bhjm o:iklp p:ol
q:wa r:edft s:awedxz t:rfgy u:yhji v:cfgb w:qase x:zsdc y:tghu z:asx
"""
KEYS = {pair[0]: pair[2:] for pair in _KEYS.split()}
"""Neighbours on the keyboard."""


@cache
def styles() -> tuple[str, ...]:
    """Alphabets of 26 letters in which text is decorated: bold, script, circled, squared, full width …"""
    found = []
    for start in _STYLE_STARTS:
        letters = "".join(chr(start + 26 + place) for place in range(26))
        if all(unicodedata.normalize("NFKC", made) == plain for made, plain in zip(letters, _ALPHABET, strict=True)):
            found.append(letters)
    rows = (_CIRCLED, _SQUARED, _REGIONAL, _WIDE)
    return (*found, *("".join(chr(start + place) for place in range(26)) for start in rows))


@cache
def _plain_of() -> dict[str, str]:
    table = {other: letter for letter, others in LOOK_ALIKES.items() for other in others}
    for letters in styles():
        table.update(zip(letters, _ALPHABET, strict=True))
    return table


def seen(text: str) -> str:
    """The text in the small Latin letters that an eye sees, without marks and what is invisible; the rest stays."""
    table = _plain_of()
    apart = unicodedata.normalize("NFKD", "".join(table.get(char, char) for char in text.casefold()))
    return "".join(table.get(char, char) for char in apart if not _unseen(char))


def _unseen(char: str) -> bool:
    return bool(unicodedata.combining(char)) or char in INVISIBLE or unicodedata.category(char) == "Me"


def unleeted(text: str) -> str:
    """Digits and signs as the letters that they stand for; the first letter where there are two."""
    for letter, group in GROUPS.items():
        if not group.isalpha():
            text = text.replace(group, letter)
    table = {sign: letter for letter, signs in reversed(LEET.items()) for sign in signs}
    return "".join(table.get(char, char) for char in text)


def only_letters(text: str) -> str:
    """The letters alone, in order."""
    return "".join(char for char in text if char.isalpha())


def latin(name: str) -> str:
    """A name as most people type it: its letters without marks, its case kept."""
    name = name.translate(str.maketrans("łŁøØıđĐßæÆœ", "lLoOidDsaAo"))
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))


__all__ = [
    "BETWEEN",
    "GROUPS",
    "INVISIBLE",
    "KEYS",
    "LEET",
    "LOOK_ALIKES",
    "MARKS",
    "MASKS",
    "latin",
    "only_letters",
    "seen",
    "styles",
    "unleeted",
]
