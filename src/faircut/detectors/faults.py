"""What the faults of a spelling take away from the proof that a name is meant, counted in letters.

The prices were chosen on one half of the names and honest prompts of which ``benchmarks/names.py`` reports the other,
against 100,000 other names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from faircut.detectors.common_words import FUNCTION_WORDS, is_everyday, is_known, is_listed
from faircut.detectors.fuzzy import edits_allowed, sounds_of
from faircut.detectors.phonetic import consonants, respelling, without_coda_r
from faircut.detectors.surprisal import surprisal
from faircut.detectors.transliteration import Spoken, script_of

LOOK_ALIKE = 0.6
REPEATED = 0.5
_SEVERAL_WORDS = 1.2
_ONE_OF_SEVERAL = 0.4
"""Letters that the agreement of several words is worth besides."""
_ODD = 0.8
"""Letters of proof for each letter of an everyday word that is spelt otherwise beside the other words of its name."""
_EDIT = 1.9
_SOFT_EDIT = 1.4
_SECOND_EDIT = 1.3
_FIRST_LETTER = 0.6
_SOUND = 0.9
_SOUND_EACH = 2.2
_APART = 0.3
_MOST_RESPELT = 1.1
_MOST_OTHER_LETTERS = 0.55
_FEWEST_CONSONANTS = 3
_BESIDES = 3
_KNOWN_WORD = 1.6
_OTHER_SCRIPT = 0.4
_THIN = 0.6
_THIN_LETTERS, _VOWEL_LETTERS = 1.8, 0.9
_SCRIPT_EACH, _THIN_EACH = 2.0, 2.6
_MOST_RESPELT_SCRIPT, _MOST_RESPELT_THIN = 0.9, 0.6
_SILENT_EACH = 0.8
"""Letters for each letter of a name but one that nobody says, where only what is said can be written."""
_INFLECTED = 1.5
"""Letters for the ending of a case: without theirs, more words of a language sound like some name."""
_NATIVE_EACH = 1.0
"""Letters for each letter that the script has for its own words and the name gives no reason for."""

_USUAL_EACH, _USUAL = 2.45, 5.0
"""Nats of surprisal for each letter of a word of some language that is in no list, and for the word itself."""
_NATS = 3.0
_SMOOTHEST, _ODDEST = -2.4, 1.5
_TELLING = 6
"""Letters of a word from which it may look odd: a short one proves little however it looks."""
HEARD = 0.4
"""How far that counts in a name written by ear, which is meant to read smoothly."""

_OWN_SCRIPT, _OWN_VOWELS = 0.3, 0.6
_MOST_RESPELT_OWN = 0.45
_SHORT_OWN, _LONG_OWN = 5, 9
"""Sounds of a word from which it may be respelt in its own script, and from which two of its letters may be wrong."""
_INFLECTS = "Devanagari"
_FLEETING = 0.5
"""What the vowel costs that some words lose in other cases: Лев, Льва."""

_FEW_VOWELS = 0.5
"""How far vowels are to be trusted at least where they are written."""

_KEYBOARD = """
q:wa w:qeas e:wrsd r:etdf t:ryfg y:tugh u:yihj i:uojk o:ipkl p:ol a:qwsz s:awedxz d:serfcx f:drtgvc g:ftyhbv h:gyujnb
j:huikmn k:jiolm l:kop z:asx x:zsdc c:xdfv v:cfgb b:vghn n:bhjm m:njk
"""
_NEIGHBOURS = {pair[0]: frozenset(pair[2:]) for pair in _KEYBOARD.split()}
_VISUAL = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("li", "h"), ("nn", "m"), ("lc", "k"))
_RUN = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiouwY]+")
_ENDING = re.compile("[aeiouY]+$")
_OBLIQUE = re.compile("[ai]$")
"""With what an Indian word ends whose other cases and gender end in another vowel."""
_MAY_GO = re.compile("[eo]")
_LONG_RUN = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=20_000)
def written_as(word: str, part: str, *, reverse: bool) -> tuple[float | None, str]:
    """What it takes away to read a word as one of a name, and how that is called; None where it cannot be."""
    if word == part:
        return 0.0, "exact"
    if reverse and word[::-1] == part:
        return 0.0, "reversed"
    known = _KNOWN_WORD if is_known(word) else 0.0
    best: tuple[float | None, str] = (None, "")
    # Where the rest of the name stands around it, a short word may bear more than alone.
    shorter = min(len(word), len(part))
    allowed = edits_allowed(shorter + _BESIDES) if shorter > 1 and max(len(word), len(part)) > 2 else 0
    if allowed and OSA.distance(word, part, score_cutoff=allowed) <= allowed:
        best = edit_cost(word, part) + known - oddness(word), "misspelt"
    if part in look_alikes(word):
        return LOOK_ALIKE, "look-alike letters"
    if _RUN.sub(r"\1", word) == _RUN.sub(r"\1", part):
        return REPEATED, "repeated letters"
    if word.isascii() and word.isalpha() and part.isascii() and part.isalpha():
        cost = respelling(sound_of(word), sound_of(part))
        total = sound_cost(word, part, cost)
        if total is not None:
            total += known - HEARD * oddness(word)
            best = (total, "sounds like") if best[0] is None or total < best[0] else best
    return best


def sound_cost(word: str, name: str, cost: float) -> float | None:
    """What a respelling takes away; None where the letters have too little in common to be one.

    A name longer than what was written is not all there.
    """
    longer = max(len(word), len(name))
    if cost > _MOST_RESPELT or OSA.distance(word, name) > _MOST_OTHER_LETTERS * longer:
        return None
    if sum(letter not in "aeiouyhw" for letter in name) < _FEWEST_CONSONANTS:
        cost += 0.5
    return _SOUND + _SOUND_EACH * cost + max(0, len(name) - len(word)) + _APART * OSA.distance(word, name)


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """The phonemes of a folded word in Latin letters."""
    return sounds_of([word])[0]


@lru_cache(maxsize=20_000)
def edit_cost(word: str, name: str) -> float:
    """What the edits between two words take away: less for what fingers do, more at the first letter."""
    cost = sum(_slips(word, name, OSA.distance(word, name)))
    return cost + (_FIRST_LETTER if word[:1] != name[:1] else 0.0)


@lru_cache(maxsize=20_000)
def oddness(word: str) -> float:
    """Letters of proof in that a word looks like none: less than 0 where it reads as smoothly as foreign words do.

    Whether the name does says nothing about that. Fitted on slips in one half of the names and on villages.
    """
    nats = surprisal(word)
    if nats is None:
        return 0.0
    most = _ODDEST if len(word) >= _TELLING else 0.0
    return min(most, max(_SMOOTHEST, (nats - _USUAL_EACH * len(word) - _USUAL) / _NATS))


def _slips(word: str, name: str, distance: int) -> list[float]:
    """The price of each edit, of which there are one or two."""
    prefix = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    here, there = word[prefix : prefix + 1], name[prefix : prefix + 1]
    doubled = len(word) != len(name) and (here or there) in (word[prefix - 1 : prefix], name[prefix + 1 : prefix + 2])
    swapped = word[prefix : prefix + 2] == name[prefix : prefix + 2][::-1]
    struck = there in _NEIGHBOURS.get(here, ())
    first = _SOFT_EDIT if doubled or swapped or struck else _EDIT
    # Two edits of a long word leave more proof than one of a short one: fewer words lie as near.
    return [first, *[_SECOND_EDIT] * (distance - 1)]


@lru_cache(maxsize=20_000)
def look_alikes(word: str) -> tuple[str, ...]:
    """The word with letter groups read as the letter that they look like, one kind at a time and all together."""
    found = {word.replace(group, letter) for group, letter in _VISUAL if group in word}
    every = word
    for group, letter in _VISUAL[:3]:
        every = every.replace(group, letter)
    return tuple((found | {every}) - {word})


@lru_cache(maxsize=20_000)
def heard_as(heard: Spoken, part: str) -> tuple[float | None, str]:
    """As :func:`written_as`, for a word in another script."""
    sound = sound_of(part) if part.isascii() and part.isalpha() else ""
    if not sound:
        return None, ""
    cost = min(respelling(each, sound, vowels=heard.vowels, loan=heard.loan) for each in heard.sounds)
    return script_cost(heard, part, sound, cost), f"in {heard.script} letters"


@lru_cache(maxsize=20_000)
def heard_beside(heard: Spoken, said: Spoken, part: str) -> tuple[float | None, str]:
    """As :func:`heard_as`, for a word of a name that is registered in another script than Latin."""
    how = f"in {heard.script} letters"
    if heard.script != said.script:
        cost = min(
            respelling(each, other, vowels=min(heard.vowels, said.vowels), loan=heard.loan)
            for each in heard.sounds
            for other in said.sounds
        )
        return script_cost(heard, part, said.sounds[0], cost), how
    costs = [own_cost(heard, other, slips=True) for other in said.sounds]
    return min((cost for cost in costs if cost is not None), default=None), how


def own_cost(heard: Spoken, sound: str, *, slips: bool = False) -> float | None:
    """What a word takes away from a name in the same script; None where it is another word, or may be.

    Endings of cases cost nothing but the doubt. ``slips``: letters may be wrong, too, where vowels are written: without
    them every word of three letters is the slip of another.
    """
    alphabet = heard.vowels >= 1.0
    best: float | None = None
    for each in heard.sounds:
        if alphabet:
            one, other = _ENDING.sub("", each), _ENDING.sub("", sound)
        else:
            one, other = (_OBLIQUE.sub("e", said) if heard.script == _INFLECTS else said for said in (each, sound))
        shorter = min(len(one), len(other))
        if one == other:
            return _OWN_SCRIPT
        if shorter >= _SHORT_OWN:
            cost = respelling(one, other, vowels=max(heard.vowels, _OWN_VOWELS))
            total = _OWN_SCRIPT + _SCRIPT_EACH * cost if cost <= _MOST_RESPELT_OWN else None
            edits = 1 + (shorter >= _LONG_OWN)
            if total is None and slips and alphabet and OSA.distance(one, other, score_cutoff=edits) <= edits:
                total = _OWN_SCRIPT + edit_cost(one, other)
        else:
            fleeting = abs(len(one) - len(other)) == 1 and _MAY_GO.sub("", one) == _MAY_GO.sub("", other)
            total = _OWN_SCRIPT + _SCRIPT_EACH * _FLEETING if alphabet and fleeting else None
        if total is not None and (best is None or total < best):
            best = total
    return best


def script_cost(heard: Spoken, name: str, sound: str, cost: float) -> float | None:
    """What a word in another script takes away from a name that sounds so; None where too little of it is the same."""
    if not name.isascii() and script_of(name) == heard.script:
        return own_cost(heard, sound)
    # What lacks the sound of a name need not write the r that closes its syllables.
    names = {sound, without_coda_r(sound)} if heard.loan else {sound}
    apart = min(OSA.distance(each, spoken_so) for each in heard.sounds for spoken_so in names)
    longer = max(len(heard.sounds[0]), len(sound))
    thin = heard.vowels < _FEW_VOWELS
    if cost > (_MOST_RESPELT_THIN if thin else _MOST_RESPELT_SCRIPT) or apart > (1.0 - 0.4 * heard.vowels) * longer:
        return None
    # A word proves no more of a name than it shows: consonants, and vowels as far as its script has them.
    missing = max(0.0, (len(sound) if thin else len(name)) - _shown(heard))
    fixed, each = (_OTHER_SCRIPT + _THIN, _THIN_EACH) if thin else (_OTHER_SCRIPT, _SCRIPT_EACH)
    if heard.loan:
        fixed += _SILENT_EACH * max(0, len(name) - len(sound) - 1)
    if heard.cases and all(respelling(each, sound, vowels=heard.vowels) > cost for each in _whole(heard)):
        fixed += _INFLECTED
    fixed += _NATIVE_EACH * sum(not any(group in name for group in groups) for groups in heard.native)
    return fixed + each * cost + _APART * apart * heard.vowels + missing


def _whole(heard: Spoken) -> tuple[str, ...]:
    return heard.sounds[: len(heard.sounds) - len(heard.cases)]


def _shown(heard: Spoken) -> float:
    """Letters of a name that a word in another script can prove."""
    sound = heard.sounds[0]
    if heard.vowels >= 1.0:
        return len(sound) + 1
    spoken = len(consonants(sound))
    return (
        _THIN_LETTERS * spoken if heard.vowels < _FEW_VOWELS else spoken + _VOWEL_LETTERS * len(_VOWELS.findall(sound))
    )


def without_repeats(word: str) -> tuple[str, ...]:
    """A word in which some letter stands three times or more, with such runs or all runs shortened."""
    if not _LONG_RUN.search(word):
        return ()
    return (_LONG_RUN.sub(r"\1", word), _LONG_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word))


@lru_cache(maxsize=50_000)
def word_weight(word: str) -> float:
    """Letters of proof in a word of a name: an everyday word is often met by chance."""
    if word in FUNCTION_WORDS:
        return 0.0
    if is_everyday(word):
        return min(3.0, 0.45 * len(word))
    return float(len(word)) if not is_listed(word) else 0.9 * len(word)


def weight(parts: Sequence[str], strange: Collection[str] = ()) -> float:
    """Letters of proof in all words of a name. ``strange`` are those that are spelt otherwise in the text.

    An everyday word proves little where it stands as it is; what nearly is one stands there for some reason.
    """
    odd = [part for part in parts if part in strange and is_everyday(part)]
    telling = sum(not is_everyday(part) for part in parts)
    several = _SEVERAL_WORDS if telling > 1 else _ONE_OF_SEVERAL if telling and len(parts) > 1 else 0.0
    return sum(map(word_weight, parts)) + several + sum(_ODD * len(part) - word_weight(part) for part in odd)
