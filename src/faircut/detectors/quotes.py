"""Passages of registered scripts, lyrics and other texts, quoted in a prompt.

Word shingles (Broder, "On the resemblance and containment of documents", 1997): every run of eight folded words of a
registered text is hashed; a text that shares two distinct consecutive ones, nine words in order, quotes it. Registered
texts of fewer than nine words must be quoted whole. Scripts without spaces between words are counted by letters.
Texts are read as typed and as they would be displayed, without markup and escapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.detectors.displayed import Displayed, displayed
from faircut.detectors.folding import Folded, Gap, fold
from faircut.detectors.scripts import is_han_or_kana, is_unspaced
from faircut.domain import Asset, Fingerprint, Match, MediaKind, Reference, Stage
from faircut.errors import InputError, NotFound
from faircut.protocols import CatalogueReader

SHINGLE = 8
MIN_LETTERS_HAN = 12
MIN_LETTERS_UNSPACED = 24
SURE_WORDS = 20

_MAX_MATCHED = 300
_MAX_SPANS = 20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a text: where each starts and ends among the folded letters, and its hash."""

    folded: Folded
    starts: list[int]
    ends: list[int]
    hashes: Hashes

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class _Text:
    """A registered text: its distinct shingles of ``length`` words, ``needed`` of which must be met in a row."""

    reference: Reference
    length: int
    needed: int
    shingles: Hashes


@dataclass(frozen=True, slots=True)
class _Table:
    """All shingles of one length, sorted; ``owners[i]`` is the number of the text that has ``shingles[i]``."""

    length: int
    shingles: Hashes
    owners: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Quote:
    start: int
    end: int
    words: int


class QuotesDetector:
    """Finds quotations of registered texts. Follows the catalogue like NamesDetector does."""

    name = "quotes"
    version = "quotes-v1"
    stages = frozenset(Stage)
    kinds = frozenset({MediaKind.TEXT})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._revision: int | None = None
        self._texts: tuple[_Text, ...] = ()
        self._tables: tuple[_Table, ...] = ()

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:  # noqa: ARG002
        """One Match for each registered text that is quoted. Raises InputError without text."""
        if asset.text is None:
            raise InputError("There is no text to read.", field=asset.label, remedy="Send the text itself.")
        texts, tables = self._current()
        if not texts:
            return []
        typed, shown = _words(asset.text), displayed(asset.text)
        found = [_quotes(typed, table, texts, len(asset.text)) for table in tables]
        if shown is not None:
            words = _words(shown.text)
            beneath = (_quotes(words, table, texts, len(shown.text)) for table in tables)
            found = [_both(as_typed, each, shown) for as_typed, each in zip(found, beneath, strict=True)]
        return [_match(asset, texts[owner], quotes) for each in found for owner, quotes in each.items()]

    def _current(self) -> tuple[tuple[_Text, ...], tuple[_Table, ...]]:
        revision = self._catalogue.revision()
        with self._lock:
            if revision != self._revision:
                known = {text.reference: text for text in self._texts}
                references = [each for each in self._catalogue.references() if each.kind is MediaKind.TEXT]
                if references != list(known):
                    texts = (known.get(reference) or self._read(reference) for reference in references)
                    self._texts = tuple(text for text in texts if text is not None)
                    self._tables = tuple(_tables(self._texts))
                self._revision = revision
            return self._texts, self._tables

    def _read(self, reference: Reference) -> _Text | None:
        try:
            text = self._catalogue.reference_text(reference.id)
            shown = displayed(text)
            words = _words(text if shown is None else shown.text)
        except NotFound:
            if any(each.id == reference.id for each in self._catalogue.references()):
                raise
            return None
        length = min(SHINGLE, max(1, len(words) - 1))
        shingles = np.unique(_shingles(words.hashes, length))
        return _Text(reference, length, min(2, len(shingles)), shingles)


def _words(text: str) -> _Words:
    folded = fold(text)
    letters, gaps = folded.letters, folded.gaps
    alone = [is_unspaced(letter) for letter in letters]
    starts = [
        index
        for index in range(len(letters))
        if index == 0 or gaps[index] is not Gap.NONE or alone[index] or alone[index - 1]
    ]
    ends = [*starts[1:], len(letters)] if starts else []
    # Python's own string hash is keyed afresh in every process, so nobody can prepare texts that collide.
    hashes = [hash(letters[start:end]) & 0xFFFFFFFFFFFFFFFF for start, end in zip(starts, ends, strict=True)]
    return _Words(folded, starts, ends, np.array(hashes, dtype=np.uint64))


def _shingles(hashes: Hashes, length: int) -> Hashes:
    """Hash of every run of ``length`` words: (n - length + 1,), empty when there are fewer."""
    count = max(0, len(hashes) - length + 1)
    total = np.zeros(count, dtype=np.uint64)
    for offset in range(length):
        total = total * _MULTIPLIER + hashes[offset : offset + count]
    return total


def _tables(texts: Sequence[_Text]) -> Iterator[_Table]:
    for length in sorted({text.length for text in texts}):
        owners = [number for number, text in enumerate(texts) if text.length == length]
        shingles = np.concatenate([texts[owner].shingles for owner in owners])
        numbers = np.repeat(np.array(owners, np.int32), [len(texts[owner].shingles) for owner in owners])
        order = np.argsort(shingles, kind="stable")
        yield _Table(length, shingles[order], numbers[order])


def _both(
    typed: Mapping[int, Sequence[_Quote]], beneath: Mapping[int, Sequence[_Quote]], shown: Displayed
) -> dict[int, list[_Quote]]:
    """Quotations in the text as displayed, and those that stand elsewhere as typed."""
    found = {owner: [_as_typed(quote, shown) for quote in quotes] for owner, quotes in beneath.items()}
    for owner, quotes in typed.items():
        taken = bytearray(quotes[-1].end)
        for quote in found.get(owner, ()):
            taken[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
        found.setdefault(owner, []).extend(quote for quote in quotes if not any(taken[quote.start : quote.end]))
    return found


def _as_typed(quote: _Quote, shown: Displayed) -> _Quote:
    start, end = shown.span(quote.start, quote.end)
    return replace(quote, start=start, end=end)


def _quotes(words: _Words, table: _Table, texts: Sequence[_Text], end: int) -> dict[int, list[_Quote]]:
    """Quotations by number of the text quoted. ``end`` is the length of the original text."""
    query = _shingles(words.hashes, table.length)
    left = np.searchsorted(table.shingles, query, side="left")
    right = np.searchsorted(table.shingles, query, side="right")
    met: dict[int, list[int]] = {}
    for place in np.flatnonzero(right > left):
        for owner in table.owners[left[place] : right[place]].tolist():
            met.setdefault(owner, []).append(int(place))
    found: dict[int, list[_Quote]] = {}
    for owner, places in met.items():
        for first, last in _runs(places):
            if len(np.unique(query[first : last + 1])) < texts[owner].needed:
                continue
            quote = _quote(words, first, last + table.length - 1, end)
            if quote is not None:
                found.setdefault(owner, []).append(quote)
    return found


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of every run of consecutive numbers."""
    first = previous = places[0]
    for place in places[1:]:
        if place != previous + 1:
            yield first, previous
            first = place
        previous = place
    yield first, previous


def _quote(words: _Words, first: int, last: int, end: int) -> _Quote | None:
    """The quotation from word ``first`` to word ``last``, or None when single letters of a script make too little."""
    letters = words.folded.letters[words.starts[first] : words.ends[last]]
    unspaced = sum(is_unspaced(letter) for letter in letters)
    if unspaced > len(letters) / 2:
        han = sum(is_han_or_kana(letter) for letter in letters)
        if len(letters) < (MIN_LETTERS_HAN if han > unspaced / 2 else MIN_LETTERS_UNSPACED):
            return None
    positions = words.folded.positions
    return _Quote(positions[words.starts[first]], min(positions[words.ends[last] - 1] + 1, end), last - first + 1)


def _match(asset: Asset, text: _Text, quotes: Sequence[_Quote]) -> Match:
    best = max(quotes, key=lambda quote: quote.words)
    whole = text.length < SHINGLE
    evidence: dict[str, Any] = {
        "span": [best.start, best.end],
        "matched": (asset.text or "")[best.start : min(best.end, best.start + _MAX_MATCHED)],
        "registered": text.reference.name,
        "words": best.words,
        "how": "quoted",
    }
    if len(quotes) > 1:
        evidence["spans"] = [[quote.start, quote.end] for quote in quotes[:_MAX_SPANS]]
        evidence["occurrences"] = len(quotes)
    return Match(
        detector=QuotesDetector.version,
        input=asset.label,
        work_id=text.reference.work_id,
        element_id=text.reference.element_id,
        score=1.0 if whole else min(1.0, 0.9 + 0.1 * (best.words - SHINGLE - 1) / (SURE_WORDS - SHINGLE - 1)),
        reference_id=text.reference.id,
        evidence=evidence,
    )


__all__ = ["QuotesDetector"]
