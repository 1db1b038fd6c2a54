"""What people do to a name so that a list of words does not find it: one function a disguise, name and dice in."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence

Disguise = Callable[[str, random.Random], str | None]
"""The disguised name, or None where the disguise cannot be put on this name."""

_LOOK_ALIKE = dict(zip("aceopxyijsBEHKMTAOPCX", "асеорхуіјѕВЕНКМТАОРСХ", strict=True))
_GREEK = dict(zip("oavniABEHIKMNOPTXYZ", "οανηιΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
_LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "l": "1"}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u0323\u0331\u0336\u0338"
_STYLES = (0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D5A0, 0x1D5D4, 0x1D670)
_SMALL_CAPITALS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_BETWEEN = (".", "-", "_", "*", "/", "·", "~", "|", "🔥", "★")
_KEYS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi",
    "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def plain(name: str) -> str:
    """The name in Latin letters without marks, as most people type it."""
    decomposed = unicodedata.normalize(
        "NFKD", name.replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("ı", "i")
    )
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _swapped(name: str, table: dict[str, str], dice: random.Random, share: float = 0.6) -> str | None:
    places = [i for i, char in enumerate(name) if char in table]
    if not places:
        return None
    chosen = set(dice.sample(places, max(1, round(share * len(places)))))
    return "".join(dice.choice(table[char]) if i in chosen else char for i, char in enumerate(name))


def _styled(name: str, dice: random.Random) -> str:
    start = dice.choice(_STYLES)
    out = []
    for char in plain(name):
        if char.isascii() and char.isalpha():
            made = chr(start + ord(char) - (ord("A") if char.isupper() else ord("a") - 26))
            out.append(made if unicodedata.normalize("NFKC", made) == char else char)
        else:
            out.append(char)
    return "".join(out)


def _full_width(name: str, _: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in plain(name))


def _between(name: str, dice: random.Random, what: Sequence[str]) -> str:
    return "".join(char + (dice.choice(what) if dice.random() < 0.5 else "") for char in name)


def _spaced(name: str, _: random.Random) -> str:
    return "  ".join(" ".join(word) for word in name.split())


def _dotted(name: str, dice: random.Random) -> str:
    mark = dice.choice(_BETWEEN)
    return " ".join(mark.join(word) for word in name.split())


def _split(name: str, dice: random.Random) -> str | None:
    words = name.split()
    long = [i for i, word in enumerate(words) if len(word) >= 6]
    if not long or len("".join(words)) < 8:
        return None
    at = dice.choice(long)
    cut = dice.randrange(2, len(words[at]) - 1)
    words[at] = words[at][:cut] + dice.choice((" ", "-", "_")) + words[at][cut:]
    return " ".join(words)


def _joined(name: str, dice: random.Random) -> str | None:
    joined = name.replace(" ", "")
    return dice.choice((joined, joined.lower(), f"#{joined}")) if " " in name else None


def _repeated(name: str, dice: random.Random) -> str:
    letters = [i for i, char in enumerate(name) if char.isalpha()]
    chosen = set(dice.sample(letters, 2))
    return "".join(char * (dice.choice((3, 4, 5)) if i in chosen else 1) for i, char in enumerate(name))


def _reversed(name: str, _: random.Random) -> str:
    return plain(name).lower()[::-1]


def _words_reversed(name: str, _: random.Random) -> str:
    return " ".join(word[::-1] for word in plain(name).lower().split())


def _swapped_words(name: str, _: random.Random) -> str | None:
    words = name.split()
    return f"{words[1]} {words[0]}" if len(words) == 2 else None


def _one_typo(name: str, dice: random.Random) -> str:
    letters = list(plain(name))
    places = [i for i, char in enumerate(letters) if char.isalpha()]
    at = dice.choice(places)
    kind = dice.choice(("swap", "drop", "double", "strike", "insert", "other"))
    char = letters[at].lower()
    if kind == "swap" and at + 1 < len(letters) and letters[at + 1].isalpha() and letters[at + 1] != letters[at]:
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    elif kind == "drop":
        del letters[at]
    elif kind == "double":
        letters.insert(at, letters[at])
    elif kind == "insert":
        letters.insert(at, dice.choice(_ALPHABET))
    else:
        letters[at] = dice.choice(_KEYS.get(char, _ALPHABET) if kind == "strike" else _ALPHABET.replace(char, ""))
    return "".join(letters)


def _two_typos(name: str, dice: random.Random) -> str | None:
    if sum(char.isalpha() for char in name) < 8:
        return None
    return _one_typo(_one_typo(name, dice), dice)


def _group_look_alike(name: str, _: random.Random) -> str | None:
    made = plain(name).lower().replace("m", "rn").replace("w", "vv")
    return made if made != plain(name).lower() else None


def _padded(name: str, dice: random.Random) -> str:
    return " ".join(
        "".join(char + str(dice.randrange(10)) for char in word[:-1]) + word[-1] for word in plain(name).split()
    )


def _plural(name: str, dice: random.Random) -> str:
    return dice.choice((f"{name}s", f"{name}'s", f"{name}’s"))


DISGUISES: dict[str, Disguise] = {
    "as registered": lambda name, _: name,
    "small letters, no marks": lambda name, _: plain(name).lower(),
    "capitals": lambda name, _: plain(name).upper(),
    "Cyrillic look-alikes": lambda name, dice: _swapped(plain(name), _LOOK_ALIKE, dice),
    "Greek look-alikes": lambda name, dice: _swapped(plain(name), _GREEK, dice),
    "full width": _full_width,
    "mathematical letters": _styled,
    "small capitals": lambda name, dice: _swapped(plain(name).lower(), _SMALL_CAPITALS, dice, 1.0),
    "leet": lambda name, dice: _swapped(plain(name).lower(), _LEET, dice, 0.7),
    "zero width": lambda name, dice: _between(name, dice, _INVISIBLE),
    "combining marks": lambda name, dice: _between(plain(name), dice, _MARKS),
    "spaced out": _spaced,
    "dotted": _dotted,
    "digits between": _padded,
    "cut in two": _split,
    "joined": _joined,
    "letters repeated": _repeated,
    "reversed": _reversed,
    "each word reversed": _words_reversed,
    "words swapped": _swapped_words,
    "rn for m, vv for w": _group_look_alike,
    "plural or possessive": _plural,
    "one typo": _one_typo,
    "two typos": _two_typos,
}
"""By name, in the order of the table."""
