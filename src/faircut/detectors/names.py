"""Names, aliases and titles in text, however they are dressed up or respelt.

``search`` finds what has the letters of a name in order, whatever stands between them; ``respelt`` what is misspelt,
written by sound, backwards or in another script; ``context`` says whether a word that is also a common word is meant as
the name. The time is linear in the length of the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from faircut.detectors.common_words import Commonness, is_everyday
from faircut.detectors.context import Clues, Doubt, doubt
from faircut.detectors.folding import Folded, fold
from faircut.detectors.readings import readings_of
from faircut.detectors.registry import Name, Registry, Roll, names_of, spans_of
from faircut.detectors.respelt import Respeller
from faircut.detectors.search import SCORES, Find, end_of, finds_in, is_plain, span_of
from faircut.detectors.several_words import CERTAIN_LETTERS, WEAK_LETTERS, Certainty, Respelt
from faircut.detectors.surroundings import Surroundings
from faircut.detectors.translated import Translations
from faircut.detectors.undressed import undressed
from faircut.domain import Asset, Fingerprint, Match, MediaKind, Stage
from faircut.errors import InputError
from faircut.protocols import CatalogueReader

AMBIGUOUS_SCORE = 0.5

_RESPELT_SCORE = 0.85
_MAX_SPANS = 20
_CROWDED = 30_000
"""Names from which some of five letters are words of other languages."""
_LINE_END = "\n"
_EXACT, _RESPELT = b"\1", b"\2"
_AS_GOOD = 0.75
"""Letters by which two respelt names of one place may differ and both be reported."""


class NamesDetector:
    """Finds registered names in text. Follows the catalogue: a name counts from the request after its registration."""

    name = "names"
    version = "names-v10"
    stages = frozenset(Stage)
    kinds = frozenset({MediaKind.TEXT})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._revision: int | None = None
        self._roll = Roll()
        self._translations = Translations()
        self._respellers: tuple[tuple[Registry, Respeller], ...] = ()

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:  # noqa: ARG002
        """One Match for each protected thing named, in order of first mention. Raises InputError without text."""
        if asset.text is None:
            raise InputError("There is no text to read.", field=asset.label, remedy="Send the text itself.")
        roll, respellers, translations = self._current()
        finds, text = _finds(roll, respellers, asset.text), asset.text
        if asset.seams and (split := _split_over_pieces(roll, respellers, asset.text, asset.seams)):
            finds, text = finds + split, asset.text + asset.seams
        if not finds:
            return []
        around = Surroundings(text, crowded=roll.count >= _CROWDED)
        return list(_matches(asset.label, finds, around, translations))

    def _current(self) -> tuple[Roll, Sequence[Respeller], Translations]:
        revision = self._catalogue.revision()
        with self._lock:
            if revision != self._revision:
                elements = self._catalogue.elements()
                self._roll = self._roll.updated(names_of(self._catalogue.works(), elements))
                self._translations = Translations(elements)
                known = dict(self._respellers)
                self._respellers = tuple(
                    (registry, known.get(registry) or Respeller(registry, self._roll.count))
                    for registry in self._roll.registries
                )
                self._revision = revision
            return self._roll, [respeller for _, respeller in self._respellers], self._translations


def _finds(roll: Roll, respellers: Sequence[Respeller], text: str) -> list[tuple[Find, tuple[Name, ...]]]:
    """Finds in order of place with the living names that each may mean."""
    exact, respelt = _seen_in(roll, respellers, text)
    if (plain := undressed(text)) is not None:
        bare, places = plain
        known = {(find.pattern.key, find.start) for find in exact}
        for seen, beneath in zip((exact, respelt), _seen_in(roll, respellers, bare), strict=True):
            fresh = [_dressed(each, text, places) for each in beneath if _is_dressed(each, text, bare, places)]
            seen += [find for find in fresh if (find.pattern.key, find.start) not in known]
    every = sorted(_apart(len(text), list(_longest(exact)), respelt), key=lambda each: each.start)
    meant = ((find, roll.alive(find.pattern)) for find in every)
    return [(find, names) for find, names in meant if names]


def _split_over_pieces(
    roll: Roll, respellers: Sequence[Respeller], text: str, seams: str
) -> list[tuple[Find, tuple[Name, ...]]]:
    """Finds that run over a seam, with their places behind the text. Each line of ``seams`` is one."""
    pieces = " ".join(text.split())
    found = []
    for find, names in _finds(roll, respellers, seams):
        written = seams[find.start : find.end]
        # Ends of sentences meet by chance: there two words of every day, one of them misspelt, say nothing.
        common = find.pattern.common is not Commonness.NAME or all(map(is_everyday, find.pattern.parts))
        by_chance = find.letters and common
        # What stands in a piece as well is only a copy of it.
        if _LINE_END not in written and written not in pieces and not by_chance:
            moved = replace(find, start=len(text) + find.start, end=len(text) + find.end)
            found.append((moved, names))
    return found


def _is_dressed(find: Find, text: str, bare: str, places: Sequence[int]) -> bool:
    return bare[find.start : find.end] != text[places[find.start] : places[find.end - 1] + 1]


def _dressed(find: Find, text: str, places: Sequence[int]) -> Find:
    """A find in the text beneath as one of the text itself."""
    start, end = places[find.start], end_of(text, places[find.end - 1] + 1)
    how = "folded" if find.how == "exact" else find.how
    return replace(find, start=start, end=end, how=how, plain=is_plain(text, start, end), undisguised=False)


def _seen_in(roll: Roll, respellers: Sequence[Respeller], text: str) -> tuple[list[Find], list[Find]]:
    """Finds whose letters stand in the text, perhaps dressed up, and those that are respelt."""
    folded = fold(text)
    spans = spans_of(folded)
    readings = readings_of(roll.registries, text)
    exact = list(finds_in(roll.registries, text, folded, spans, readings))
    respelt = [
        _find(text, folded, each)
        for respeller in respellers
        for each in respeller.find(text, folded, spans)
        if each.letters >= WEAK_LETTERS
    ]
    for reading in readings:
        for respeller in respellers if reading.respelt else ():
            for each in respeller.find(reading.text, reading.folded, reading.spans, sentences=reading.sentences):
                found = _find(text, reading.folded, each)
                changed = text[found.start : found.end] != reading.text[found.start : found.end]
                # Filled in by one name, a word is no misspelling of another.
                alone = reading.how == "masked" and " " not in text[found.start : found.end]
                if each.letters >= WEAK_LETTERS and changed and not alone:
                    respelt.append(replace(found, how=reading.how))
    return exact, respelt


def _find(text: str, folded: Folded, found: Respelt) -> Find:
    span = span_of(text, folded, found.start, found.end)
    score = min(_RESPELT_SCORE, 0.4 + 0.45 * found.letters / (2 * CERTAIN_LETTERS))
    return Find(
        *span,
        found.pattern,
        found.how,
        is_plain(text, *span),
        max(AMBIGUOUS_SCORE, score),
        found.certainty,
        letters=found.letters,
    )


def _apart(length: int, exact: Sequence[Find], respelt: Sequence[Find]) -> Iterator[Find]:
    """Finds that do not overlap: the respelt ones where they are certain and hold exact ones within, else the exact.

    Of respelt finds that overlap the best stands, with those of the same place that are hardly worse.
    """
    taken = bytearray(length)
    meant = bytearray(length)
    for find in exact:
        taken[find.start : find.end] = _EXACT * (find.end - find.start)
        meant[find.start : find.end] = bytes([not find.maybe_a_word]) * (find.end - find.start)
    named = {find.pattern.key for find in exact}
    best: dict[tuple[int, int], float] = {}
    for find in sorted(respelt, key=lambda each: (-each.letters, each.start - each.end)):
        place = find.start, find.end
        if place in best:
            if find.letters >= best[place] - _AS_GOOD:
                yield find
            continue
        under = taken[find.start : find.end]
        inside = not under.count(_RESPELT) and not (
            (find.start and under[:1] == _EXACT == taken[find.start - 1 : find.start] and meant[find.start])
            or (under[-1:] == _EXACT == taken[find.end : find.end + 1] and meant[find.end])
        )
        # A word that may be one is no reason to overlook a name that has it.
        better = find.certainty is Certainty.CERTAIN or (find.certainty and not any(meant[find.start : find.end]))
        larger = inside and 0 in under and better and find.pattern.key not in named
        if larger or not any(under):
            taken[find.start : find.end] = _RESPELT * (find.end - find.start)
            best[place] = find.letters
            yield find
    places = sorted(best)
    for find in exact:
        at = bisect_right(places, (find.start, length)) - 1
        start, end = places[at] if at >= 0 else (0, 0)
        # What is most of the longer name may have been meant itself.
        if find.end > end or 2 * (find.end - find.start) >= end - start:
            yield find


def _longest(finds: Iterable[Find]) -> Iterator[Find]:
    """Finds in order of place, without those that lie inside a longer one, each span and pattern once."""
    best: dict[tuple[int, int, int], Find] = {}
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


def _matches(
    label: str, finds: Sequence[tuple[Find, tuple[Name, ...]]], around: Surroundings, translations: Translations
) -> Iterator[Match]:
    """One Match for each element or work, on its best find."""
    text, clues = around.text, Clues.of(finds, around, translations)
    by_subject: dict[tuple[str | None, str | None], list[tuple[Name, Find, Doubt]]] = {}
    for find, names in finds:
        for name in names:
            verdict = doubt(find, name, clues, around, translations)
            if verdict is not Doubt.A_WORD:
                by_subject.setdefault(name.subject, []).append((name, find, verdict))
    for (work_id, element_id), found in by_subject.items():
        certain = [each for each in found if each[2] is Doubt.MEANT]
        meant = certain or found
        name, best, _ = max(meant, key=lambda each: (each[1].score, -each[1].start))
        evidence: dict[str, Any] = {
            "span": [best.start, best.end],
            "matched": text[best.start : best.end],
            "name": name.text,
            "how": best.how,
        }
        spans = sorted({(find.start, find.end) for _, find, _ in meant})
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
