"""Names that nobody has, in the shapes of many languages: to fill a catalogue as large as a real one.

Syllables by language, put together at random; half the names have two words or more. They are no test of finding
names (a machine's names are odder than people's), but they crowd the space of spellings as a large catalogue does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from faircut.detectors.common_words import is_known
from faircut.detectors.registry import words_in


@dataclass(frozen=True, slots=True)
class _Shape:
    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    endings: tuple[str, ...]


_SYLLABLES = """
English | b br c ch cl d f g h k l m n p r s sh st t th w | a e i o u ee oo ai ea ou | n r l sh m t | - ton ley by er y
German | b br d f g h k kr l m n r s sch st t w z | a e i o u ei au ie | n r l ch ck m rt ld nz | - er en hardt mann
French | b bl c ch d f g j l m n p r s t v | a e i o ou eau é oi | n r l s t | - - ette elle ard eux
Spanish | b c d f g j l ll m n p qu r s t v z | a e i o u ie ue | n r l s | a o es ez ito
Italian | b c ch d f g gh l m n p r s sc t v z | a e i o u ia io | n r l | a o i ello ino etti
Polish | b br cz d dz g k kr l m n p prz r s sz w z ż | a e i o u y ie | n r l cz sz k | - a ski ek in
Russian | b d dr f g gr k kh l m n p r s sh st t v vl z zh | a e i o u ya yu | n r l sk v | - a ov in ich ka
Finnish | h j k l m n p r s t v | a e i o u ä ö aa ii uu ai ie | n s l r k | a i o nen la
Turkish | b c d g h k l m n p r s ş t v y | a e ı i o ö u ü | n r l k z | - an er lu
Arabic | b d f gh h j k kh l m n q r s sh t w z | a i u aa ee | n r l m b d | - a i ah
Hindi | b bh ch d dh g h j k kh l m n p r s sh t v y | a aa i ee u o e | n r l m t | - a i esh ini
Japanese | k g s z t d n h b m r y sh ch | a i u e o | n | - ko ro mi ta
Korean | b ch d g h j k m n p s t y | a eo o u i ae ye | n ng k l m | - - ho min
Mandarin | b ch d f g h j k l m n q s sh t w x y zh | a ai ao e i ia ian o ou u | n ng | - -
Swahili | b ch d g j k l m mb n nd ng r s t w z | a e i o u |  | a i o u
Yoruba | b d f gb j k l m n r s sh t w y | a e i o u | n | - ade ola
Welsh | b br c d dd g gw ll m n p r rh t tr | a e i o u w y ae | n r l dd th | - wen wyn
Hawaiian | h k l m n p w | a e i o u ai au |  | - a
Greek | d f g k kh l m n p ph r s st t th x z | a e i o u ia eu | n r s l | os is as on a
Norse | b bj d f g h hr k l m n r s sk sv t th v | a e i o u y ei au | n r l rd lf nd | - ir a ulf
"""
"""Language, onsets, vowels, codas, endings."""
_TITLES = (
    "Captain",
    "Princess",
    "Doctor",
    "Lady",
    "Lord",
    "The",
    "King",
    "Queen",
    "Little",
    "Old",
    "Professor",
    "Agent",
)
_WORDS = (
    "Shadow",
    "Iron",
    "Silver",
    "Storm",
    "Night",
    "Star",
    "River",
    "Stone",
    "Fire",
    "Winter",
    "Hollow",
    "Crimson",
    "Moon",
    "Thunder",
    "Glass",
)
_THINGS = (
    "Keeper",
    "Heron",
    "Lantern",
    "Wolf",
    "Warden",
    "Tower",
    "Gate",
    "Fox",
    "Rider",
    "Crown",
    "Blade",
    "Walker",
    "Song",
    "Hunter",
    "Machine",
)


def _shapes() -> dict[str, _Shape]:
    shapes = {}
    for row in _SYLLABLES.strip().splitlines():
        language, onsets, vowels, codas, endings = (field.split() for field in row.split("|"))
        ends = tuple("" if each == "-" else each for each in endings)
        shapes[language[0]] = _Shape(tuple(onsets), tuple(vowels), ("", *codas), ends)
    return shapes


SHAPES = _shapes()


def word(rng: random.Random, language: str | None = None) -> str:
    """One invented word of one to four syllables, capitalised."""
    shape = SHAPES[language or rng.choice(tuple(SHAPES))]
    syllables = rng.choices((1, 2, 3), (0.1, 0.6, 0.3))[0]
    parts = []
    for _ in range(syllables):
        parts += [
            rng.choice(shape.onsets),
            rng.choice(shape.vowels),
            rng.choice(shape.codas) if rng.random() < 0.4 else "",
        ]
    made = "".join(parts) + rng.choice(shape.endings)
    return made.capitalize() if len(made) > 2 else word(rng, language)


def name(rng: random.Random) -> str:
    """One invented name: a word, two words, a title and a word, or a phrase of English words with an odd one out."""
    language = rng.choice(tuple(SHAPES))
    kind = rng.random()
    if kind < 0.4:
        return word(rng, language)
    if kind < 0.75:
        return f"{word(rng, language)} {word(rng, language)}"
    if kind < 0.87:
        return f"{rng.choice(_TITLES)} {word(rng, language)}"
    if kind < 0.93:
        return f"{word(rng, language)} of {word(rng)}"
    if kind < 0.97:
        return f"{rng.choice(_WORDS)} {word(rng, language)}"
    return f"{word(rng, language)} the {rng.choice(_THINGS)}"


def names(count: int, seed: int = 1) -> list[str]:
    """So many different names, none of them a word of a language (those are measured apart)."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        made = name(rng)
        if " " in made or not is_known(words_in(made)[0]):
            found[made] = None
    return list(found)
