"""What an attacker does to a name so that it is read by people and not by the guard: one function a family.

Each takes the name as it was written so far, so that disguises can be put on one another, and dice; None where it
cannot be put on. Whether the outcome can still be read is not decided here but by ``reader``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

from faircut.redteam.letters import BETWEEN, GROUPS, INVISIBLE, KEYS, LEET, LOOK_ALIKES, MARKS, MASKS, latin, styles
from faircut.redteam.sounds import SCRIPTS, in_script, respelt

Disguise = Callable[[str, random.Random], str | None]
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = "aeiouyAEIOUY"


def _each(name: str, table: Mapping[str, str], dice: random.Random, share: float) -> str | None:
    """So large a share of the letters that are in a table of small letters, replaced."""
    places = [place for place, char in enumerate(name) if char.lower() in table]
    if not places:
        return None
    chosen = set(dice.sample(places, max(1, round(share * len(places)))))
    return "".join(dice.choice(table[char.lower()]) if n in chosen else char for n, char in enumerate(name))


def _look_alikes(name: str, dice: random.Random) -> str | None:
    return _each(latin(name), LOOK_ALIKES, dice, dice.choice((0.2, 0.5, 1.0)))


def _leet(name: str, dice: random.Random) -> str | None:
    return _each(latin(name).lower(), LEET, dice, dice.choice((0.3, 0.6, 1.0)))


def _groups(name: str, dice: random.Random) -> str | None:
    fitting = [letter for letter in GROUPS if letter in name.lower()]
    if not fitting:
        return None
    letter = dice.choice(fitting)
    return latin(name).lower().replace(letter, GROUPS[letter])


def _styled(name: str, dice: random.Random) -> str:
    letters = dice.choice(styles())
    return latin(name).lower().translate(str.maketrans(_ALPHABET, letters)) if letters.isascii() else _in(name, letters)


def _in(name: str, letters: str) -> str:
    return "".join(letters[ord(char) - 97] if "a" <= char <= "z" else char for char in latin(name).lower())


def _strewn(name: str, dice: random.Random, what: Sequence[str], share: float) -> str:
    return "".join(char + (dice.choice(what) if char.isalpha() and dice.random() < share else "") for char in name)


def _spaced(name: str, dice: random.Random) -> str:
    between = dice.choice((" ", "  ", " . ", "\u00a0", "\u2009"))
    return "   ".join(between.join(word) for word in name.split())


def _dotted(name: str, dice: random.Random) -> str:
    mark = dice.choice(BETWEEN)
    return " ".join(mark.join(word) for word in name.split())


def _digits(name: str, dice: random.Random) -> str:
    return " ".join(re.sub(r"(?<=\w)(?=\w)", str(dice.randrange(10)), word) for word in latin(name).split())


def _cut(name: str, dice: random.Random) -> str | None:
    words = name.split()
    long = [number for number, word in enumerate(words) if len(word) >= 5]
    if not long:
        return None
    at = dice.choice(long)
    place = dice.randrange(2, len(words[at]) - 1)
    head, tail = words[at][:place], words[at][place:]
    words[at] = dice.choice(("{} {}", "{}-{}", "{}_{}", "{}({})", "[{}]{}", "{}/{}", "“{}” + “{}”", "{}\n{}")).format(
        head, tail
    )
    return " ".join(words)


def _joined(name: str, dice: random.Random) -> str | None:
    words = name.split()
    if len(words) < 2:
        return None
    return dice.choice(("".join(words), "".join(words).lower(), "#" + "".join(words), "@" + "_".join(words).lower()))


def _suffixed(name: str, dice: random.Random) -> str:
    joined = name.replace(" ", "")
    return dice.choice(
        (f"{name}s", f"{name}'s", f"{name}’s", f"{name}-like", f"{name}-esque", f"#{joined}2026", f"mini-{name}")
    )


def _repeated(name: str, dice: random.Random) -> str:
    letters = [place for place, char in enumerate(name) if char.isalpha()]
    chosen = set(dice.sample(letters, min(len(letters), dice.choice((1, 2, 3)))))
    return "".join(char * (dice.choice((2, 3, 5)) if place in chosen else 1) for place, char in enumerate(name))


def _reversed(name: str, _dice: random.Random) -> str:
    return latin(name).lower()[::-1]


def _each_reversed(name: str, _dice: random.Random) -> str | None:
    return " ".join(word[::-1] for word in latin(name).lower().split()) if " " in name else None


def _other_order(name: str, _dice: random.Random) -> str | None:
    words = name.split()
    if len(words) > 2 and words[0].lower() in ("the", "a", "an") and len(words[1]) > 1:
        words = words[1:]
    return " ".join(reversed(words)) if len(words) > 1 else None


def _typo(name: str, dice: random.Random) -> str:
    letters = list(latin(name))
    if not letters:
        # The first of two slips may have dropped the only letter.
        return name
    at = dice.choice([place for place, char in enumerate(letters) if char.isalpha()] or [0])
    kind = dice.choice(("swap", "drop", "double", "strike", "insert", "other"))
    char = letters[at].lower()
    if kind == "swap" and at + 1 < len(letters) and letters[at + 1].isalpha():
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    elif kind == "drop":
        del letters[at]
    elif kind in ("double", "insert"):
        letters.insert(at, char if kind == "double" else dice.choice(_ALPHABET))
    else:
        letters[at] = dice.choice(KEYS.get(char, _ALPHABET) if kind == "strike" else _ALPHABET)
    return "".join(letters)


def _masked(name: str, dice: random.Random) -> str:
    letters = list(latin(name))
    vowels = [place for place, char in enumerate(letters) if char in _VOWELS and place] or [len(letters) - 1]
    mask = dice.choice(MASKS)
    for place in dice.sample(vowels, min(len(vowels), dice.choice((1, 2)))):
        letters[place] = mask
    return "".join(letters)


def _without_vowels(name: str, _dice: random.Random) -> str:
    return " ".join(word[0] + re.sub(f"[{_VOWELS}]", "", word[1:]) for word in latin(name).split())


def _by_ear(name: str, dice: random.Random) -> str | None:
    return respelt(latin(name).lower(), dice)


def _other_script(name: str, dice: random.Random) -> str | None:
    # The scripts' languages have no article that stands before a name.
    words = re.sub(r"^(?:the|an?) (?=\w)", "", latin(name).lower())
    return in_script(words, dice.choice(SCRIPTS)) if re.fullmatch(r"[a-z' -]+", words) else None


DISGUISES: dict[str, Disguise] = {
    "as it is": lambda name, _: name,
    "other case": lambda name, dice: dice.choice((latin(name).lower(), latin(name).upper(), latin(name).swapcase())),
    "look-alike letters": _look_alikes,
    "letters of groups": _groups,
    "decorated letters": _styled,
    "leet": _leet,
    "invisible characters": lambda name, dice: _strewn(name, dice, INVISIBLE, dice.choice((0.2, 0.6, 1.0))),
    "marks": lambda name, dice: _strewn(latin(name), dice, MARKS, dice.choice((0.3, 0.8))),
    "spaced out": _spaced,
    "signs between": _dotted,
    "digits between": _digits,
    "cut": _cut,
    "joined": _joined,
    "suffixed": _suffixed,
    "letters repeated": _repeated,
    "backwards": _reversed,
    "each word backwards": _each_reversed,
    "words in another order": _other_order,
    "a slip": _typo,
    "two slips": lambda name, dice: _typo(_typo(name, dice), dice),
    "letters masked": _masked,
    "without vowels": _without_vowels,
    "by ear": _by_ear,
    "another script": _other_script,
}
"""By name."""
BY_CONSTRUCTION = frozenset({"another script"})
"""Those that the reader model takes on trust: the spelling follows from tables of sounds."""

__all__ = ["BY_CONSTRUCTION", "DISGUISES", "Disguise"]
