"""English words to what their forms have in common: a light suffix stripper, and irregular forms that pictures need.

Two forms of one word must agree; the stem need not be a word. After Harman, "How effective is suffixing?", JASIS 42(1),
1991: plurals, -ed, -ing and -ly are nearly all that matters.
"""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    form: base
    for base, forms in {
        "tooth": "teeth toothed toothy",
        "foot": "feet footed",
        "man": "men",
        "woman": "women",
        "child": "children",
        "person": "people persons",
        "mouse": "mice",
        "goose": "geese",
        "wolf": "wolves",
        "knife": "knives",
        "leaf": "leaves leafy",
        "loaf": "loaves",
        "shelf": "shelves",
        "scarf": "scarves scarfs",
        "hoof": "hooves hoofed hooved",
        "thief": "thieves",
        "elf": "elves elven elfin",
        "dwarf": "dwarves dwarfs",
        "die": "dice",
        "weave": "woven wove weaving weaves",
        "wear": "wore worn wearing wears",
        "tear": "torn tore",
        "hold": "held holding holds",
        "carry": "carries carried carrying",
        "fly": "flies flew flown flying",
        "grow": "grew grown growing grows",
        "make": "made",
        "sew": "sewn sewed",
        "stitch": "stitched stitches stitching",
        "shave": "shaven shaved shaves",
        "wood": "wooden",
        "wool": "woollen woolen woolly",
        "gold": "golden",
        "silk": "silken silky",
        "bind": "bound binding",
        "hang": "hung hanging hangs",
        "break": "broke broken breaking",
        "freeze": "froze frozen freezing",
        "hide": "hid hidden hiding",
        "ride": "rode ridden riding rides rider",
        "sing": "sang sung singing sings singer",
        "swim": "swam swum",
        "draw": "drew drawn drawing",
        "drive": "drove driven driving",
        "eat": "ate eaten eating eats",
        "shine": "shone shining shiny",
        "stand": "stood standing stands",
        "sit": "sat sitting sits",
        "spin": "spun spinning",
        "wind": "wound winding",
        "paint": "painted painting paints",
        "hair": "haired hairy hairs",
        "eye": "eyed eyes",
        "ice": "icy",
        "fire": "fiery",
        "fur": "furry",
        "bone": "bony",
        "stripe": "striped stripy",
        "spike": "spiky spiked",
        "glow": "glowing glowed glows",
    }.items()
    for form in forms.split()
}
_VOWELS = frozenset("aeiouy")
_SHORTEST = 3


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; words that are not ASCII letters stay as they are."""
    if word in _IRREGULAR:
        return _even(_IRREGULAR[word])
    if len(word) <= _SHORTEST or not word.isascii() or not word.isalpha():
        return word
    return _even(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for ending in ("ingly", "edly", "ing", "ed", "ly", "ish", "like"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= _SHORTEST and any(letter in _VOWELS for letter in base):
            if ending != "ly" and len(base) > _SHORTEST and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base
    return word


def _even(word: str) -> str:
    """Final e and y differ between forms: carve and carving, icy and ice."""
    if len(word) > _SHORTEST and word.endswith("e"):
        return word[:-1]
    return word[:-1] + "i" if len(word) > _SHORTEST and word.endswith("y") else word


__all__ = ["stem"]
