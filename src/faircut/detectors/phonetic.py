"""How written words sound, coarsely enough that respellings of a name meet in one key.

A key in the family of Metaphone (Philips, 1990) and Beider-Morse (2008), made for names of invented people: spelling
to phonemes by rules of English and its neighbours, then consonant classes without vowels. Letters that have several
readings ("ch", "th", "w", soft "g") give several keys. What a key brings together, :func:`respelling` measures.

Phonemes: ``p b f v t d k g s z l r m n w h`` as usual; ``S`` as in ship, ``C`` chip, ``J`` jam, ``Y`` yes, ``T`` thin,
and two to choose from: ``Q`` (written ch: C or k) and ``G`` (g before e, i, y: g or J). Vowels: ``a e i o u``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_RULES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, re.MULTILINE), sound)
    for pattern, sound in (
        # One sound, which else the next rules would hear as two.
        ("gg", "g"),
        ("^[kgpm]n", "n"),
        ("^wr", "r"),
        ("^ps", "s"),
        ("^x", "z"),
        ("mb$", "m"),
        ("tsch|tch|cz", "C"),
        ("sch|shch|sh|sz", "S"),
        ("ch", "Q"),
        ("zh|dj|dge|j", "J"),
        ("ph", "f"),
        ("^gh|gh(?=[aeiou])", "g"),
        ("gh", ""),
        ("th", "T"),
        ("cqu|qu", "kw"),
        ("ck|q", "k"),
        ("x|cc(?=[eiy])", "ks"),
        ("sc(?=[eiy])|c(?=[eiy])|t[sz]", "s"),
        ("c", "k"),
        ("g(?=[eiy])", "G"),
        ("ti(?=on)", "S"),
        ("wh", "w"),
        ("([bdgklmnrt])h", r"\1"),
        (r"([^aeiouy\n])\1+", r"\1"),
        ("(?:^|(?<=[aeiou]))y(?=[aeiou])", "Y"),
        ("y", "i"),
        ("eau", "o"),
        ("a([^aeiou\nwY])e$", r"ei\1"),
        ("([aeiou][^aeiou\n]+)e$", r"\1"),
        ("ai|ei", "e"),
        ("ee|ea|ie|ii", "i"),
        ("(?<=[rfsJ])ui(?=[st])", "u"),
        ("oo|ou|eu|ue|ew(?![aeiou])", "u"),
        ("au|oa|oe|[ao]w(?![aeiou])", "o"),
        ("h(?![aeiou])", ""),
    )
)

_KEY_CLASSES = {
    "p": "P", "b": "P", "f": "F", "v": "F", "t": "T", "d": "T", "T": "T", "k": "K", "g": "K", "G": "K", "Q": "X",
    "s": "S", "z": "S", "S": "X", "C": "X", "J": "X", "l": "L", "r": "R", "m": "M", "n": "N",
}  # fmt: skip
_SILENT = "aeiouwhY"
_NO_VOWELS = str.maketrans(dict.fromkeys(_SILENT))
_KEY = str.maketrans({**_KEY_CLASSES, **dict.fromkeys(_SILENT)})
_READINGS = (("T", "f"), ("T", "s"), ("T", "t"), ("Q", "k"), ("G", "J"), ("J", "Y"), ("w", "v"))
"""What else an ambiguous phoneme may be, the first reading being the one in ``_KEY_CLASSES``."""

# Scripts that lack the sounds of others (kana, Hangul, Hebrew, Arabic) bring these together in loan words.
_LOAN_CLASSES = {
    "p": "P", "b": "P", "f": "P", "v": "P", "t": "T", "d": "T", "k": "K", "g": "K", "G": "K", "Q": "S",
    "s": "S", "z": "S", "S": "S", "C": "S", "J": "S", "T": "S", "l": "L", "r": "L", "m": "N", "n": "N",
}  # fmt: skip
_LOAN = str.maketrans({**_LOAN_CLASSES, **dict.fromkeys(_SILENT)})
_CODA_R = re.compile("r(?![aeiou])")

_VOWELS = {
    frozenset(pair): cost
    for pair, cost in (
        ("ie", 0.15), ("ae", 0.2), ("ou", 0.15), ("ao", 0.2), ("iu", 0.35), ("eo", 0.35), ("ai", 0.3), ("au", 0.25),
        ("eu", 0.35), ("io", 0.4),
    )
}  # fmt: skip
_MISSING_VOWEL = 0.5
_EXTRA_VOWEL = 0.2
_SAME_CLASS = 0.3
_OTHER_IN_LOAN = 0.5
# Consonants that a script writes alike, or one for the other, in foreign names.
_WRITTEN_ALIKE = {
    "Arabic": "pb vf vb gk gJ JC CS Ts Tt GJ Gg zs QC Qk",
    "Hebrew": "pf bv sS zs Tt kQ JC CS sC gJ GJ Gg QC TS",
    "Indic": "vb fp zJ zs sS Tt td pb kg JC bf tT dT GJ Gg QC Qk",
    "Japanese": "lr vb Ts sS zJ tC zs TS dJ tT zT GJ Gg QC Qk fp gk td bp mn ts sC dz",
    "Korean": "lr vb fp zJ sS Ts gk bp dt JC sC Tt tT TS zs GJ Gg QC Qk sJ",
}
_ALIKE = {script: frozenset(map(frozenset, pairs.split())) for script, pairs in _WRITTEN_ALIKE.items()}
_ALIKE_IN_LOAN = 0.08
_DROPPED_R = 0.2
_SPLIT = re.compile("([^aeiouwhY])")


def phonemes(words: str) -> str:
    """Words in Latin letters, small and without marks, one a line, to their phonemes, one word a line."""
    for pattern, sound in _RULES:
        words = pattern.sub(sound, words)
    return words


@lru_cache(maxsize=20_000)
def readings(sound: str) -> tuple[str, ...]:
    """The phonemes, and each way to read them otherwise where the spelling leaves a choice, likeliest first."""
    return (sound, *(sound.replace(choice, other) for choice, other in _READINGS if choice in sound))


def keys(sounds: Sequence[str], *, loan: bool = False) -> Iterator[tuple[str, int]]:
    """(key, index) of every word's phonemes: classes of their consonants, a key for each reading.

    Also without each r at the end of a syllable, which half of England does not speak. ``loan``: coarser classes, for
    loan words in kana, Hangul, Hebrew and Arabic, in which p is b, v is b and l is r.
    """
    table = _LOAN if loan else _KEY
    every: Sequence[int] = range(len(sounds))
    yield from _keyed(sounds, every, table)
    for choice, other in _READINGS:
        chosen = [index for index in every if choice in sounds[index]]
        yield from _keyed([sounds[index].replace(choice, other) for index in chosen], chosen, table)


def _keyed(sounds: Sequence[str], numbers: Sequence[int], table: dict[int, str | None]) -> Iterator[tuple[str, int]]:
    whole = "\n".join(sounds)
    plain = whole.translate(table).split("\n")
    yield from zip(plain, numbers, strict=False)
    if "r" in whole:
        silent = _CODA_R.sub("", whole).translate(table).split("\n")
        yield from ((key, number) for key, number, spoken in zip(silent, numbers, plain, strict=False) if key != spoken)


def without_coda_r(sound: str) -> str:
    """The phonemes without each r at the end of a syllable."""
    return _CODA_R.sub("", sound)


def consonants(sound: str) -> str:
    """The phonemes without vowels, glides and h."""
    return sound.translate(_NO_VOWELS)


@lru_cache(maxsize=20_000)
def _slots(sound: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Consonants, and what vowels stand before, between and after them (one more than consonants)."""
    parts = _SPLIT.split(sound)
    return tuple(parts[1::2]), tuple(parts[::2])


@lru_cache(maxsize=50_000)
def respelling(one: str, other: str, *, vowels: float = 1.0, loan: str = "") -> float:
    """How far apart two words sound: 0 for the same, about 1 for a wrong syllable; infinite for other consonants.

    ``vowels`` weighs the vowels: 0.3 for scripts that leave them out. ``loan`` compares as loan keys do, with what that
    script writes alike.
    """
    best = float("inf")
    for left in readings(one):
        for right in readings(other):
            if _translated(left, loan) == _translated(right, loan):
                best = min(best, _apart(left, right, vowels, loan))
            if "r" in left or "r" in right:
                a, b = _CODA_R.sub("", left), _CODA_R.sub("", right)
                if _translated(a, loan) == _translated(b, loan):
                    best = min(best, _apart(a, b, vowels, loan) + (0.0 if loan else _DROPPED_R))
        if best == 0.0:
            break
    return best


@lru_cache(maxsize=50_000)
def _translated(sound: str, loan: str) -> str:
    return sound.translate(_LOAN if loan else _KEY)


def _apart(one: str, other: str, vowels: float, loan: str) -> float:
    (mine, my_slots), (theirs, their_slots) = _slots(one), _slots(other)
    if len(mine) != len(theirs):
        return float("inf")
    if loan:
        # A script that lacks a sound cannot be blamed for writing another.
        alike = _ALIKE[loan]
        cost = sum(
            _ALIKE_IN_LOAN if frozenset((a, b)) in alike else _OTHER_IN_LOAN
            for a, b in zip(mine, theirs, strict=True)
            if a != b
        )
    else:
        # A ch that is written tch is the same.
        cost = _SAME_CLASS * sum(a != b and {a, b} != {"Q", "C"} for a, b in zip(mine, theirs, strict=True))
    return cost + vowels * sum(_between(a, b) for a, b in zip(my_slots, their_slots, strict=True))


@lru_cache(maxsize=20_000)
def _between(one: str, other: str) -> float:
    one, other = (each.replace("h", "").replace("w", "u").replace("Y", "i") for each in (one, other))
    if one == other:
        return 0.0
    if not one or not other:
        return _MISSING_VOWEL
    first = _vowel(one[0], other[0])
    last = _vowel(one[-1], other[-1])
    return min(0.5, max(first, last)) + (_EXTRA_VOWEL if len(one) != len(other) else 0.0)


def _vowel(one: str, other: str) -> float:
    return 0.0 if one == other else _VOWELS.get(frozenset((one, other)), 0.4)
