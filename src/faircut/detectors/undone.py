"""Words read as those of names that they become when one disguise is undone: leet, letters repeated, backwards.

Each reading is as long as the text. What a sign stands for, and how often a letter was meant, the words of the
catalogue decide: "9|455" is glass where a name has that word.
"""

from __future__ import annotations

import operator
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby, product

from faircut.detectors.common_words import is_known, is_listed
from faircut.detectors.folding import fold
from faircut.detectors.registry import Registry

_STANDS_FOR = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "gq", "@": "a",
    "$": "s", "€": "e", "!": "il", "|": "li", "+": "t",
}  # fmt: skip
_SIGNS = re.compile(r"[\d@$€|+!]")
_SIGN = re.compile(r"[\d@$€|+]|(?<=.)!")
_QUANTITY = re.compile(
    r"\d+(?:[a-z]{1,2}|mph|fps|kmh|mhz)?\+?!*|@?(?:image|video|audio|shot|scene|clip|take)\d+!*|[^\W\d_]+!+", re.I
)
_NUMBER_AFTER = re.compile(r"(?<=[^\W\d_])\d{2,}\Z")
_MOST_READINGS = 64
_FILLER = "\u2060"
_RUN = re.compile(r"([^\W\d_])\1+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_LONG_RUN = 3
_BESIDE = 3
"""Characters from one word to the next within which they are neighbours."""
_MOST_REMEMBERED = 50_000
_TURNED = re.compile(r"[^\W_](?:\S*[^\W_])?")
_TURNED_BETWEEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_APART = re.compile(r"(?<=\b[^\W_])[\W_]+(?=[^\W_]\b)")
"""What stands between letters that stand alone."""
_SHORTEST_TURNED = 3
_LONGEST = 32
"""Letters of a word beyond which it is none of a name's."""
_FEWEST_TURNED, _FEWEST_SYLLABLES, _FEW_TURNED = 5, 4, 7
"""Letters that a name must have to be found backwards, also in other scripts, and from which one odd word is enough."""


def names_a_word(registries: Sequence[Registry], word: str) -> bool:
    """Whether a folded word is one of some name."""
    return any(word in registry.spellings.numbers for registry in registries)


def words_at(text: str, marks: re.Pattern[str], signs: str) -> Iterator[tuple[int, int]]:
    """Spans of the words, of letters, digits and ``signs``, in which one of the marks stands."""
    end, size = 0, len(text)
    for found in marks.finditer(text):
        if found.start() < end:
            continue
        start, end = found.span()
        while start and (text[start - 1].isalnum() or text[start - 1] in signs):
            start -= 1
        while end < size and (text[end].isalnum() or text[end] in signs):
            end += 1
        yield start, end


def quantities(registries: Sequence[Registry], text: str) -> list[tuple[int, int]]:
    """Spans of 35mm, 90s, 4k, 2026, "@Image1" and the like, which are what they seem where nothing else is leet."""
    spans = [span for span in words_at(text, _SIGNS, "@$€!|+") if span[1] - span[0] > 1]
    found = [span for span in spans if _is_quantity(registries, text[slice(*span)])]
    return found if len(found) == len(spans) else []


def _is_quantity(registries: Sequence[Registry], written: str) -> bool:
    if not _QUANTITY.fullmatch(written):
        return False
    core = written.rstrip("!").lower()
    if core.isalpha():
        return is_known(core) or not _could_be(registries, written)
    return not _could_be(registries, written)


def leet_undone(registries: Sequence[Registry], text: str, kept: Sequence[tuple[int, int]]) -> str:
    """The text with digits and signs as the letters with which they make words of names; else the usual ones.

    ``kept`` are spans that stay as they are.
    """
    made = text
    for start, end in words_at(text, _SIGNS, "@$€!|+"):
        written = text[start:end]
        if 1 < len(written) <= _LONGEST and _SIGN.search(written) and (start, end) not in kept:
            made = made[:start] + _chosen(registries, written) + made[end:]
    return made


def _could_be(registries: Sequence[Registry], written: str) -> bool:
    return len(written) > _SHORTEST_TURNED and any(
        names_a_word(registries, each) for each in _variants(written.lower())
    )


def _chosen(registries: Sequence[Registry], written: str) -> str:
    small = written.lower()
    if len(small) != len(written):
        # A dotted capital I becomes two characters.
        return written
    core = small.rstrip("!|") or small
    for word in dict.fromkeys((small, core, _NUMBER_AFTER.sub("", core) or core)):
        for variant in _variants(word):
            if names_a_word(registries, variant):
                return variant + written[len(variant) :]
    usual = next(iter(_variants(core)), core)
    return next((each for each in _variants(core) if is_listed(each)), usual) + written[len(core) :]


@lru_cache(maxsize=20_000)
def _variants(word: str) -> tuple[str, ...]:
    choices = [_STANDS_FOR.get(char, char) for char in word]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_READINGS:
        choices = [choice[0] for choice in choices]
    return tuple(map("".join, product(*choices)))


def repeats_undone(registries: Sequence[Registry], text: str) -> str:
    """The text with letters that stand three times and more, or twice in a word of no list, as a name has them.

    Next to such a word one of a list may be stretched, too: "hhhush carr" is the Hush Car.
    """
    words = [word for word in _WORD.findall(text.lower()) if len(word) <= _LONGEST]
    if not any(map(_is_stretched, words)):
        return text
    made, changed, doubtful = list(text), list[tuple[int, int]](), list[tuple[int, int]]()
    for start, end in words_at(text, _RUN, ""):
        if end - start > _LONGEST:
            continue
        if not _is_stretched(text[start:end].lower()):
            doubtful.append((start, end))
        elif (shorter := _shortened(registries, text[start:end])) is not None:
            made[start:end] = shorter
            changed.append((start, end))
    for start, end in doubtful if changed else ():
        at = bisect_left(changed, (start, end))
        beside = any(
            start - last < _BESIDE and first - end < _BESIDE for first, last in changed[max(0, at - 1) : at + 1]
        )
        known = names_a_word(registries, text[start:end].lower())
        if beside and not known and (shorter := _shortened(registries, text[start:end])) is not None:
            made[start:end] = shorter
    return "".join(made)


@lru_cache(maxsize=20_000)
def _is_stretched(word: str) -> bool:
    runs = [len(run[0]) for run in _RUN.finditer(word)]
    return bool(runs) and (max(runs) >= _LONG_RUN or not is_known(word))


def _shortened(registries: Sequence[Registry], written: str) -> str | None:
    """A word with its repeats as a word of a name has them, as long as it was."""
    small = written.lower()
    runs = _runs(small)
    for registry in registries:
        for word in registry.spellings.stretched_to(small):
            asked = _runs(word)
            if word != small and len(small) == len(written) and all(map(operator.ge, runs, asked)):
                return "".join(
                    written[end - run : end - run + length] + _FILLER * (run - length)
                    for end, run, length in zip(accumulate(runs), runs, asked, strict=True)
                )
    return None


def _runs(word: str) -> list[int]:
    """How often each letter stands before another comes."""
    return [len(list(same)) for _, same in groupby(word)]


def turned(registries: Sequence[Registry], text: str) -> tuple[str, ...]:
    """The text with each word backwards, and last all of it backwards; nothing where no word becomes one by that.

    An underscore may stand in a word, as other signs do, or between two, as in the name of a file.
    """
    words = set(text.lower().replace(_FILLER, "").split())
    if not any(_one_turns(registry, words) for registry in registries):
        return ()
    marks = (_TURNED, _TURNED_BETWEEN) if "_" in text else (_TURNED,)
    return (*(each.sub(lambda found: found[0][::-1], text) for each in marks), text[::-1])


def _one_turns(registry: Registry, words: set[str]) -> bool:
    """Whether one of these becomes a word of a name by turning it; remembers those that do not."""
    if len(registry.unturned) > _MOST_REMEMBERED:
        registry.unturned.clear()
    for word in words - registry.unturned:
        if any(_turns(registry, part) for part in _LETTERS.findall(word)):
            return True
        registry.unturned.add(word)
    return False


def _turns(registry: Registry, word: str) -> bool:
    if not _SHORTEST_TURNED <= len(word) <= _LONGEST or is_listed(word):
        return False
    other = fold(word[::-1]).letters
    return other != word and other in registry.spellings.numbers


def is_turned(written: str) -> bool:
    """Whether what stands in the text is no English, so that it was turned around on purpose."""
    words = [word.lower() for word in _LETTERS.findall(_APART.sub("", written))]
    letters = sum(map(len, words))
    # Accents and look-alike letters make no syllables of letters.
    if letters < (_FEWEST_TURNED if fold(written).letters.isascii() else _FEWEST_SYLLABLES):
        return False
    told = [word for word in words if len(word) >= _SHORTEST_TURNED]
    is_word = is_listed if letters >= _FEW_TURNED else is_known
    return any(not is_word(word) for word in told)


__all__ = ["is_turned", "leet_undone", "names_a_word", "quantities", "repeats_undone", "turned", "words_at"]
