"""Names, aliases and titles in text, however they are dressed up.

The text is folded (see ``folding``) to its letters alone and searched for all names at once; what stood between the
letters then decides whether a find is a name: "Darth Vader", "D.a.r.t.h", "darthvader" and "Dar-th" are, "banana" is
not Ana and "and/or" is not Andor. Linear in the length of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import Any

from faircut.detectors.common_words import COMMON_WORDS, FUNCTION_WORDS
from faircut.detectors.folding import Case, Folded, Gap, fold, unleet
from faircut.detectors.registry import Name, Pattern, Registry, names_of
from faircut.detectors.scripts import is_hangul, is_katakana, is_unspaced
from faircut.domain import Asset, Fingerprint, Match, MediaKind, Stage
from faircut.errors import InputError
from faircut.protocols import CatalogueReader

SCORES = {
    "exact": 1.0,
    "folded": 0.95,
    "plural": 0.95,
    "spaced": 0.9,
    "joined": 0.9,
    "leet": 0.9,
    "split": 0.85,
    "embedded": 0.8,
}
AMBIGUOUS_SCORE = 0.5

_MIN_EMBEDDED = 9
_MIN_SPACED = 3
_MIN_SPLIT_BY_SYMBOL = 4
_MIN_SPLIT_BY_SPACE = 8
_MIN_PLURAL = 4
_MIN_KATAKANA = 5
_MAX_SPANS = 20
_LOOK_AROUND = 32


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    pattern: Pattern
    how: str
    plain: bool
    """Written in lower case (or as the first word of a sentence), so that an everyday word may be meant."""

    @property
    def score(self) -> float:
        return SCORES[self.how]

    @property
    def maybe_a_word(self) -> bool:
        """Nobody disguises an everyday word, so only a plain spelling leaves a doubt."""
        return self.pattern.common and self.plain and self.how in ("exact", "plural")


class NamesDetector:
    """Finds registered names in text. Follows the catalogue: a name counts from the request after its registration."""

    name = "names"
    version = "names-v1"
    stages = frozenset(Stage)
    kinds = frozenset({MediaKind.TEXT})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._revision: int | None = None
        self._registry = Registry(())

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:  # noqa: ARG002
        """One Match for each protected thing named, in order of first mention. Raises InputError without text."""
        if asset.text is None:
            raise InputError("There is no text to read.", field=asset.label, remedy="Send the text itself.")
        text = asset.text + asset.seams
        finds = list(_longest(_finds(self._current(), text)))
        return list(_matches(asset.label, text, finds))

    def _current(self) -> Registry:
        revision = self._catalogue.revision()
        with self._lock:
            if revision != self._revision:
                names = names_of(self._catalogue.works(), self._catalogue.elements())
                if names != self._registry.names:
                    self._registry = Registry(names)
                self._revision = revision
            return self._registry


def _finds(registry: Registry, text: str) -> Iterator[_Find]:
    first = fold(text)
    yield from _search(registry, text, first)
    last = fold(text, Case.LAST)
    if last.letters != first.letters:
        yield from _search(registry, text, last)
    for reading in unleet(text):
        for find in _search(registry, reading, fold(reading)):
            if text[find.start : find.end] != reading[find.start : find.end]:
                yield _Find(find.start, find.end, find.pattern, "leet", find.plain)


def _search(registry: Registry, text: str, folded: Folded) -> Iterator[_Find]:
    for end, pattern in registry.occurrences(folded.letters):
        start = end - len(pattern.letters)
        how = _how(text, folded, start, end, pattern)
        if how is not None:
            span = _span(text, folded, start, end)
            yield _Find(*span, pattern, how, _is_plain(text, *span))


def _how(text: str, folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """In what way the letters from ``start`` to ``end`` write the name, or None when they do not."""
    embeddable = len(pattern.words) > 1 and end - start >= _MIN_EMBEDDED
    opens = folded.gaps[start] is not Gap.NONE or _opens(text, folded, start, pattern)
    if not (opens or embeddable):
        return None
    positions = folded.positions
    if _inside_one(positions, start) or _inside_one(positions, end):
        return None
    closes = _closes(text, folded, end, pattern)
    plural = not closes and _plural(folded, end, pattern)
    if not (embeddable or closes or plural):
        return None
    inner = _inner(folded, start, end, pattern)
    if not (opens and (closes or plural)):
        return "embedded" if inner in ("whole", "joined") else None
    if inner != "whole":
        return inner
    if plural:
        return "plural"
    written = _comparable(text[positions[start] : positions[end - 1] + 1])
    return "exact" if any(written == _comparable(name.text) for name in pattern.names) else "folded"


def _inner(folded: Folded, start: int, end: int, pattern: Pattern) -> str | None:
    """How the gaps inside compare with those of the name: whole, joined, spaced, split, or None: another text."""
    gaps = {index - start for index in range(start + 1, end) if folded.gaps[index] is not Gap.NONE}
    expected = pattern.words - {0}
    extra = gaps - expected
    if any(_within_number(folded.letters, start + index) for index in expected - gaps):
        return None
    if not extra:
        return "whole" if gaps == expected or pattern.spelled_out else "joined"
    length = end - start
    if len(gaps) == length - 1:
        return "spaced" if length >= _MIN_SPACED else None
    if any(_within_number(folded.letters, start + index) for index in extra):
        return None
    by_space = any(folded.gaps[start + index] is Gap.SPACE for index in extra)
    if length < (_MIN_SPLIT_BY_SPACE if by_space else _MIN_SPLIT_BY_SYMBOL):
        return None
    cuts = [0, *sorted(gaps), length]
    pieces = [folded.letters[start + cut : start + after] for cut, after in pairwise(cuts)]
    return None if all(piece in COMMON_WORDS for piece in pieces) else "split"


def _within_number(letters: str, index: int) -> bool:
    """Whether a gap before ``index`` makes one number into two: 2049 is not 20 49."""
    return letters[index - 1].isdigit() and letters[index].isdigit()


def _inside_one(positions: list[int], edge: int) -> bool:
    """Whether an edge falls inside what was one character, such as a Hangul syllable."""
    return 0 < edge < len(positions) and positions[edge - 1] == positions[edge]


def _opens(text: str, folded: Folded, start: int, pattern: Pattern) -> bool:
    before, here = folded.letters[start - 1], folded.letters[start]
    return _turns(text, folded, start, pattern) or _no_boundary_needed(before, here, pattern)


def _closes(text: str, folded: Folded, end: int, pattern: Pattern) -> bool:
    if end == len(folded.letters) or folded.gaps[end] is not Gap.NONE:
        return True
    here, after = folded.letters[end - 1], folded.letters[end]
    # Korean particles are written onto the name.
    if is_hangul(here) and is_hangul(after):
        return True
    return _turns(text, folded, end, pattern) or _no_boundary_needed(here, after, pattern)


def _plural(folded: Folded, end: int, pattern: Pattern) -> bool:
    """Whether a plural ending follows the name and then a word boundary."""
    if len(pattern.letters) < _MIN_PLURAL:
        return False
    for ending in ("s", "es"):
        after = end + len(ending)
        if folded.letters[end:after] == ending and all(gap is Gap.NONE for gap in folded.gaps[end:after]):
            return after == len(folded.letters) or folded.gaps[after] is not Gap.NONE
    return False


def _turns(text: str, folded: Folded, edge: int, pattern: Pattern) -> bool:
    """A boundary made by writing alone: camel case, or a digit next to a letter."""
    before, after = text[folded.positions[edge - 1]], text[folded.positions[edge]]
    if after.islower() and before.isalpha():
        return False
    if before.isdigit() != after.isdigit():
        return True
    # Short names would be found in McDonald and DeVito.
    return before.islower() and after.isupper() and len(pattern.letters) >= _MIN_SPLIT_BY_SPACE


def _no_boundary_needed(left: str, right: str, pattern: Pattern) -> bool:
    if is_katakana(left) and is_katakana(right):
        return len(pattern.letters) >= _MIN_KATAKANA
    return is_unspaced(left) or is_unspaced(right)


def _span(text: str, folded: Folded, start: int, end: int) -> tuple[int, int]:
    last = folded.positions[end - 1] + 1
    furthest = min(len(text), last + _LOOK_AROUND)
    while last < furthest and unicodedata.category(text[last])[0] == "M":
        last += 1
    return folded.positions[start], last


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _is_plain(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    if written.islower():
        return True
    before = text[max(0, start - _LOOK_AROUND) : start].rstrip(" \t\"'“‘(")
    opens_sentence = before[-1] in ".!?:;\n\r" if before else start < _LOOK_AROUND
    return opens_sentence and written[:1].isupper() and written[1:].islower()


def _longest(finds: Iterable[_Find]) -> Iterator[_Find]:
    """Finds in order of place, without those that lie inside a longer one, each span and pattern once."""
    best: dict[tuple[int, int, int], _Find] = {}
    for find in finds:
        key = (find.start, find.end, id(find.pattern))
        if key not in best or find.score > best[key].score:
            best[key] = find
    longest = (0, 0)
    for find in sorted(best.values(), key=lambda each: (each.start, -each.end)):
        if find.end > longest[1]:
            longest = (find.start, find.end)
        elif (find.start, find.end) != longest:
            continue
        yield find


class _Context:
    """What else of the same work or party a text names: it tells whether an everyday word is meant as a name."""

    def __init__(self, finds: Iterable[_Find]) -> None:
        self._by_work: dict[str, set[str]] = {}
        self._by_party: dict[str, set[str]] = {}
        for find in finds:
            for name in find.pattern.names:
                if name.work_id is not None:
                    self._by_work.setdefault(name.work_id, set()).add(find.pattern.key)
                # Two everyday words of one large catalogue say nothing about each other.
                if not find.maybe_a_word:
                    self._by_party.setdefault(name.party_id, set()).add(find.pattern.key)

    def leaves_in_doubt(self, name: Name, find: _Find) -> bool:
        """An everyday word in lower case, and nothing else in the text says that the name is meant."""
        if not find.maybe_a_word:
            return False
        of_work = self._by_work.get(name.work_id, set()) if name.work_id is not None else set()
        named = {find.pattern.key}
        return all(
            len(others) < 2 and others <= named for others in (of_work, self._by_party.get(name.party_id, set()))
        )


def _matches(label: str, text: str, finds: Sequence[_Find]) -> Iterator[Match]:
    """One Match for each element or work, on its best find."""
    context = _Context(finds)
    by_subject: dict[tuple[str | None, str | None], list[tuple[Name, _Find]]] = {}
    for find in finds:
        for name in find.pattern.names:
            by_subject.setdefault(name.subject, []).append((name, find))
    for (work_id, element_id), found in by_subject.items():
        certain = [(name, find) for name, find in found if not context.leaves_in_doubt(name, find)]
        # "Up" and "It" are titles; in lower case and alone they are just words, in nearly every prompt.
        meant = certain or [(name, find) for name, find in found if find.pattern.key not in FUNCTION_WORDS]
        if not meant:
            continue
        name, best = max(meant, key=lambda each: (each[1].score, -each[1].start))
        evidence: dict[str, Any] = {
            "span": [best.start, best.end],
            "matched": text[best.start : best.end],
            "registered": name.text,
            "how": best.how,
        }
        spans = sorted({(find.start, find.end) for _, find in meant})
        if len(spans) > 1:
            evidence["spans"] = [list(span) for span in spans[:_MAX_SPANS]]
            evidence["occurrences"] = len(spans)
        if not certain:
            evidence["ambiguous"] = True
        yield Match(
            detector=NamesDetector.version,
            input=label,
            work_id=work_id,
            element_id=element_id,
            score=best.score if certain else AMBIGUOUS_SCORE,
            evidence=evidence,
        )


__all__ = ["AMBIGUOUS_SCORE", "SCORES", "NamesDetector"]
