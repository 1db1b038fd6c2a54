"""Words that stand in place of others in a rewrite: of the same kind, so that the sentence and its idea stay.

The table is ``words.txt``: another colour, number or material for a look, another thing for a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

LOOKS, THINGS, SCENES, BEINGS, DOINGS = GROUPS = ("look", "thing", "scene", "being", "doing")

DETERMINERS = frozenset(
    (
        "a", "an", "the", "my", "his", "her", "its", "their", "our", "your", "this", "that", "these", "those", "some",
        "no", "each", "every", "another",
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAIR = re.compile(
    r"[\s-]+(?:[\w-]+\s+)?(?:hair(?:ed)?|head(?:ed)|braids?|curls?|locks|beard|bob|bun|fringe|ponytail|bangs)\b"
)
_HAIR_COLOURS = ("brown", "black", "grey")
_FAIR = frozenset(
    {
        "blond",
        "blonde",
        "ginger",
        "auburn",
        "platinum",
        "red",
        "golden",
        "black",
        "white",
        "pink",
        "green",
        "purple",
        "blue",
        "silver",
        "brown",
        "yellow",
    }
)
_ONLY_FAIR = frozenset({"blond", "blonde", "ginger", "auburn"})
_UNCOUNTED = frozenset(
    {
        "cards", "clockwork", "confetti", "cookery", "earrings", "flour", "freckles", "hay", "lemonade", "linen",
        "paint", "pyjamas", "breeches", "rain", "straw", "whiskers", "wool", "knitwear",
    }
)  # fmt: skip
_IRREGULAR = {
    "mice": "mouse", "wolves": "wolf", "knives": "knife", "leaves": "leaf", "teeth": "teeth", "octopuses": "octopus",
    "geese": "goose", "witches": "witch", "foxes": "fox", "thieves": "thief", "elves": "elf",
}  # fmt: skip
_PLURALS = {"goose": "geese", "leaf": "leaves", "bookshelf": "bookshelves", "calf": "calves"}
_ALSO_VERBS = frozenset(
    (
        "beams", "bolts", "chains", "flames", "forks", "hammers", "hooks", "masks", "needles", "pipes", "rings",
        "sails", "shells", "whips", "worms",
    )
)  # fmt: skip
"""Plurals that are verbs as well: nouns only behind what stands before nouns."""
_BEFORE_NOUNS = frozenset({"with", "of", "in", "on", "like"})
_PREPOSITIONS = frozenset(
    (
        "above", "across", "after", "against", "along", "and", "around", "at", "away", "before", "behind", "below",
        "beside", "between", "by", "down", "for", "from", "in", "inside", "into", "near", "of", "off", "on", "or",
        "out", "outside", "over", "past", "through", "to", "towards", "under", "up", "while", "who", "with", "without",
    )
)  # fmt: skip
_NOT_BEFORE = {"round": DETERMINERS, "long": frozenset({"as", "before", "after", "ago"}), "little": frozenset({"by"})}
_LOOKS_AND_MORE = frozenset(
    {"giant", "little", "drunk", "crystal", "chrome", "energy", "laser", "leather", "velvet", "denim"}
)
"""Words for a look before a noun, and something else elsewhere; as are all that end in "-ing"."""
_TALL_ONES = re.compile(
    r"\s+(?:[\w-]+\s+)?(?:man|woman|boy|girl|men|women|person|figure|fellow|guy|lady|gardener|plumber|sailor|wizard|king|queen|"
    r"detective|pirate|hero|character|creature|monster|alien|robot|stranger)\b"
)
_ENDS_A_NOUN = re.compile(r"\s*(?:[,.;:!?]|$|(?:[a-z]+s|in|on|with|and|who|is|at|from)\b)")


@dataclass(frozen=True, slots=True)
class Swap:
    """Characters ``start`` to ``end`` of a text and the word that may stand there."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Substitutes:
    """Which words stand for which in one rewrite: the same word always becomes the same, and none changes twice."""

    chosen: dict[str, str] = field(default_factory=dict)

    def swaps(self, text: str, start: int, end: int, group: str) -> list[Swap]:
        """Other words of a group for those that stand from ``start`` to ``end``."""
        return list(self._swaps(text, start, end, group))

    def other(self, word: str, text: str) -> str | None:
        """What stands for one noun, whatever its group; None where the table has none."""
        entry = _entry(word.lower())
        return None if entry is None else self._choose(word.lower(), entry, text)

    def _swaps(self, text: str, start: int, end: int, group: str) -> Iterator[Swap]:
        words = list(_WORD.finditer(text, start, end))
        number = 0
        while number < len(words):
            for count in (2, 1):
                if number + count > len(words):
                    continue
                first, last = words[number], words[number + count - 1]
                written = text[first.start() : last.end()]
                if (new := self._for(written, text, first.start(), last.end(), group)) is not None:
                    yield Swap(first.start(), last.end(), new)
                    number += count - 1
                    break
                if count == 2 and _is_pair(written):
                    number += 1
                    break
            number += 1

    def _for(self, written: str, text: str, start: int, end: int, group: str) -> str | None:
        small = " ".join(written.lower().split())
        if small in self._introduced() or (written[0].isupper() and not _begins(text, start)):
            return None
        if group == LOOKS and (hair := self._hair(small, text, end)) is not None:
            return _matched_case(written, hair)
        entry = _entry(small)
        if entry is None or entry.group != group or not _is_meant(small, text, start, end):
            return None
        if small == "short" and _TALL_ONES.match(text, end):
            return _matched_case(written, "tall")
        other = self._choose(small, entry, text)
        return None if other is None else _matched_case(written, other)

    def _introduced(self) -> frozenset[str]:
        return frozenset(part for other in self.chosen.values() for part in (other, *other.split()))

    def _hair(self, small: str, text: str, end: int) -> str | None:
        colour, _, rest = small.partition("-")
        of_hair = rest in ("haired", "headed") or bool(_HAIR.match(text, end))
        introduced = {other for word, other in self.chosen.items() if word.endswith(" hair")}
        if colour not in _FAIR - introduced or not (of_hair or colour in _ONLY_FAIR):
            return None
        key = f"{colour} hair"
        if key not in self.chosen:
            taken = {word[0].lower() for word in _WORD.finditer(text)}
            self.chosen[key] = next((each for each in _HAIR_COLOURS if each not in taken), "fair")
        if of_hair:
            return f"{self.chosen[key]}-{rest}" if rest else self.chosen[key]
        return "brunette" if _ENDS_A_NOUN.match(text, end) else f"{self.chosen[key]}-haired"

    def _choose(self, small: str, entry: _Entry, text: str) -> str | None:
        if small not in self.chosen:
            taken = {word[0].lower() for word in _WORD.finditer(text)} | set(self.chosen.values())
            fresh = (each for each in entry.others if each not in taken and _plural(each) not in taken)
            other = next(fresh, entry.others[0])
            self.chosen[small] = _plural(other) if entry.is_plural else other
        return self.chosen[small]


@dataclass(frozen=True, slots=True)
class _Entry:
    group: str
    others: tuple[str, ...]
    is_plural: bool


def _entry(small: str) -> _Entry | None:
    table = _table()
    if small in table:
        return _Entry(*table[small], is_plural=False)
    head, _, last = small.rpartition(" ")
    for singular in _singulars(last):
        if (found := table.get(f"{head} {singular}".strip())) is not None and found[0] != DOINGS:
            return _Entry(*found, is_plural=True)
    return None


def group_of(word: str) -> str | None:
    """The group that a lower-case word is of; None for one that is not in the table."""
    entry = _entry(word)
    return None if entry is None else entry.group


def _is_pair(written: str) -> bool:
    return _entry(" ".join(written.lower().split())) is not None


def _is_meant(small: str, text: str, start: int, end: int) -> bool:
    """Whether a word that has another sense as well stands where it has the one of the table."""
    before, after = _WORD.findall(text[max(0, start - 40) : start]), _WORD.search(text, end, end + 30)
    following = after[0].lower() if after and not text[end : after.start()].strip() else ""
    if following in _NOT_BEFORE.get(small, ()):
        return False
    if small in _LOOKS_AND_MORE or (small.endswith("ing") and (entry := _entry(small)) and entry.group == LOOKS):
        return following not in _PREPOSITIONS | DETERMINERS | {""} and not following.endswith("wards")
    if small not in _ALSO_VERBS:
        return True
    previous = before[-1].lower() if before else ""
    table = _table()
    is_look = previous in table and table[previous][0] == LOOKS
    return previous in DETERMINERS | _BEFORE_NOUNS or is_look or previous.endswith(("ing", "ed"))


@cache
def _table() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    text = files("faircut.rewriting").joinpath("words.txt").read_text(encoding="utf-8")
    table: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        group, _, rest = line.partition(": ")
        words, _, others = rest.partition(" = ")
        for word in words.split():
            table.setdefault(word.replace("~", " "), (group, tuple(each.replace("~", " ") for each in others.split())))
    return table


def _singulars(word: str) -> Iterator[str]:
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]


def _plural(noun: str) -> str:
    head, blank, last = noun.rpartition(" ")
    if last in _UNCOUNTED:
        return noun
    if last in _PLURALS:
        plural = _PLURALS[last]
    elif last.endswith("y") and last[-2] not in "aeiou":
        plural = last[:-1] + "ies"
    else:
        plural = last + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s")
    return head + blank + plural


def _begins(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or before[-1] in ".!?\n:"


def _matched_case(written: str, other: str) -> str:
    return other[0].upper() + other[1:] if written[0].isupper() else other


__all__ = ["BEINGS", "DETERMINERS", "DOINGS", "GROUPS", "LOOKS", "SCENES", "THINGS", "Substitutes", "Swap", "group_of"]
