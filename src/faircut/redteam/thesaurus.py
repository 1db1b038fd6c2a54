"""Synonyms of the attacker's own: ``data/thesaurus.txt``, and when a text still says what another one says."""

from __future__ import annotations

import random
import re
from functools import cache, lru_cache
from importlib.resources import files

_SMALL_WORDS = """
a about above all along an and any are around as at away be been before behind below beneath beside between both but by
can down each every for from has have he her hers him his i if in inside into is it its like made make my near no not of
off on once only or out over own she so some than that the their them then there these they this those through to too
towards under until up upon very was were what when where which while who whose will with within without you your one's
shaped looking kind sort
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly", "en", "y")
_SHORTEST_ROOT = 3


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in (files("faircut.redteam") / "data" / "thesaurus.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words = tuple(word.replace("_", " ") for word in line.split())
            for word in words:
                others = tuple(other for other in words if other != word)
                found[word] = tuple(dict.fromkeys((*found.get(word, ()), *others)))
    return found


def words_of(text: str) -> list[re.Match[str]]:
    """The words of a text that say something, with their places."""
    return [found for found in _WORD.finditer(text) if found[0].lower() not in _SMALL and len(found[0]) > 1]


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """A word without its ending, coarsely."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > _SHORTEST_ROOT and word[-1] == word[-2] else word.removesuffix("e")


@lru_cache(maxsize=20_000)
def synonyms(word: str) -> tuple[str, ...]:
    """Others for a word or a few; a plural's where only the singular is listed. Empty where none is known."""
    lower = word.lower()
    if lower in _groups():
        return _groups()[lower]
    for ending in ("es", "s"):
        if lower.endswith(ending) and lower[: -len(ending)] in _groups():
            return tuple(f"{other}s" for other in _groups()[lower[: -len(ending)]])
    return ()


@lru_cache(maxsize=20_000)
def roots_meant(word: str) -> frozenset[str]:
    """The roots by which a word is recognised: its own, those of the parts of a compound, and of its synonyms."""
    parts = [word, *word.split("-")]
    alike = [other for part in parts for other in synonyms(part)]
    return frozenset(root(each) for other in (*parts, *alike) for each in re.split("[ -]", other) if each not in _SMALL)


def replaced(text: str, dice: random.Random, share: float, spare: frozenset[str] = frozenset()) -> str:
    """The text with so large a share of the words that have synonyms replaced; ``spare`` stays as it is."""
    fitting = [found for found in words_of(text) if synonyms(found[0]) and found[0].lower() not in spare]
    if not fitting:
        return text
    for found in sorted(dice.sample(fitting, max(1, round(share * len(fitting)))), key=lambda each: -each.start()):
        other = dice.choice(synonyms(found[0]))
        other = other.capitalize() if found[0][0].isupper() else other
        text = text[: found.start()] + other + text[found.end() :]
    return text


__all__ = ["replaced", "root", "roots_meant", "synonyms", "words_of"]
