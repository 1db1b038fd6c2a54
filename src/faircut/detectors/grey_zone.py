"""The grey zone: what names a protected thing, yet may be allowed: style only, figures that belong to everybody,
parody, news and criticism.

A match is marked, never dropped: what a mark amounts to is policy's business. Marks belong to names and titles that are
written plainly, in the sentence that the cue is in, and where nothing else of the same work is asked for: whoever says
"a parody of" before a name and then describes its costume asks for the costume. Everything else that was found stands
as it was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from faircut.detectors.common_words import is_listed
from faircut.detectors.folding import fold
from faircut.detectors.free_figures import Figure, FreeFigures, load_figures
from faircut.detectors.grey_cues import (
    STYLE_OF,
    STYLED_SO,
    asks_for_somebody,
    cue_at,
    cue_of_all,
    look_of_a_hero,
    wider_cue,
)
from faircut.detectors.later_versions import Later, later_version
from faircut.detectors.own_words import OwnWords, Registered, own_words, registered_words
from faircut.detectors.studio_styles import Studios
from faircut.domain import Element, ElementKind, GreyZone, Match, Naming, Subject, Work
from faircut.errors import NotFound
from faircut.text.languages import language_of
from faircut.text.words import content_words

VERSION = "grey-zone-v3"
_NAMES = "names-v"
_PLAINLY = frozenset({"exact", "plural"})
_STYLED = frozenset({None, ElementKind.TITLE, ElementKind.STYLE, ElementKind.LIKENESS})
"""What can lend its look without being shown: works and artists. The look of a character is the character."""
_WORKS = _STYLED - {ElementKind.LIKENESS}
"""What the wider cues speak of: "inspired by" a person is the person."""
_NEVER = frozenset({ElementKind.LIKENESS, ElementKind.VOICE, ElementKind.SOUNDTRACK})
"""A person's face and voice, and music, are what they are in a parody too."""
_LETTERS = re.compile(r"[^\W\d_]+")
_SAID_SO = re.compile(r"(?:['’]s?|e?s)$|^(?:the|an?)\s+")
_NO_LETTER = re.compile(r"[\s'’\u2010-\u2015-]+")
"""What may stand in a name or not, and hides nothing; other signs do."""
_IN_A_ROW = 8


class _Catalogue(Protocol):
    def revision(self) -> int: ...

    def works(self) -> Sequence[Work]: ...

    def elements(self) -> Sequence[Element]: ...

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What ``evidence["grey"]`` holds: the zone, the ``cue`` that says so or the free source, and ``also``: what of the
    same work is asked for besides. ``perhaps``: what may ask for more, or be chance. ``checked`` is False where that
    cannot be told, since the language is not known."""

    zone: GreyZone
    cue: str
    also: tuple[str, ...]
    checked: bool
    perhaps: tuple[str, ...] = ()

    def as_evidence(self) -> dict[str, Any]:
        said: dict[str, Any] = {"zone": self.zone.value, "cue": self.cue, "also": list(self.also)}
        if self.perhaps:
            said["perhaps"] = list(self.perhaps)
        return {**said, "checked": self.checked}


class GreyZoneMarker:
    """Marks matches in text. Follows the catalogue; thread-safe."""

    def __init__(self, catalogue: _Catalogue, figures: Callable[[], FreeFigures]) -> None:
        self._catalogue = catalogue
        self._figures = figures
        self._studios = Studios(catalogue)
        self._of_work: tuple[int, Mapping[str, Sequence[Element]]] = (-1, {})

    def marked(
        self, matches: Sequence[Match], text: str, shown: Iterable[str] = (), *, label: str = "prompt"
    ) -> list[Match]:
        """The same matches, those in the grey zone with a mark; and a match for each studio whose look is asked for.

        ``shown``: works that uploads of the request show. ``label``: the input that the text is.
        """
        works_shown = set(shown)
        marked = [self._marked(match, matches, text, works_shown) for match in matches]
        return [*marked, *self._looks_of_studios(matches, text, label)]

    def _looks_of_studios(self, matches: Sequence[Match], text: str, label: str) -> Iterator[Match]:
        """A match for each studio whose look is asked for, where no name or title was found at the same place."""
        taken = [
            span for match in matches for span in match.evidence.get("spans") or [match.evidence.get("span", (0, 0))]
        ]
        asked = [found.end() for found in STYLE_OF.finditer(text)]
        styled = [found.start() for found in STYLED_SO.finditer(text)]
        seen: set[str] = set()
        for each in (*self._studios.after(text, asked), *self._studios.before(text, styled)):
            if each.work_id in seen or any(start < each.end and each.start < end for start, end in taken):
                continue
            seen.add(each.work_id)
            name = text[each.start : each.end]
            cue = cue_at(GreyZone.STYLE, text, (each.start, each.end)) or ""
            mark = Mark(GreyZone.STYLE, cue, (), _is_understood(text, cue, [(each.start, each.end)]))
            evidence = {
                "span": [each.start, each.end],
                "matched": name,
                "how": "studio",
                "ambiguous": True,
                "grey": mark.as_evidence(),
            }
            yield Match(VERSION, label, each.work_id, None, 0.5, evidence=evidence)

    def _marked(self, match: Match, matches: Sequence[Match], text: str, shown: set[str]) -> Match:
        if match.evidence.get("how") == "described" and match.evidence.get("archetype"):
            mark = Mark(GreyZone.ARCHETYPE, "", (), checked=True)
            return replace(match, evidence={**match.evidence, "grey": mark.as_evidence()})
        if match.evidence.get("how") == "described":
            return self._told(match, text)
        if not match.detector.startswith(_NAMES) or match.evidence.get("how") not in _PLAINLY:
            return match
        spans = [span for span in match.evidence.get("spans") or [match.evidence["span"]] if span[0] < len(text)]
        if not spans or (subject := self._subject(match)) is None:
            return match
        names = self._names_of(match, subject)
        if not all(_as_written(text[slice(*span)]) & names for span in spans):
            # Beside a plain mention stands one in disguise: who writes so does not review it.
            return match
        figure = self._figures().called(str(match.evidence.get("name", "")))
        found = self._zone(match, subject, text, spans, figure)
        if found is None:
            return match
        zone, cue, doubt = found
        free = figure.of_the_tale if figure else frozenset()
        words = self._own_words(match, text, spans, free)
        besides, maybe = self._besides(match, matches, text, shown)
        mark = Mark(
            zone,
            cue,
            tuple(dict.fromkeys((*besides, *words.telling))),
            _is_understood(text, cue, spans),
            tuple(dict.fromkeys((*doubt, *maybe, *words.perhaps))),
        )
        return replace(match, evidence={**match.evidence, "grey": mark.as_evidence()})

    def _subject(self, match: Match) -> Subject | None:
        try:
            return self._catalogue.subject(work_id=match.work_id, element_id=match.element_id)
        except NotFound:
            return None

    def _told(self, match: Match, text: str) -> Match:
        """A description, with a mark where each of its clauses tells the free tale that the element is taken from.

        Whether the tale or its version is meant cannot be told from words that both have.
        """
        told = self._tale_of(match, text)
        if told is None:
            return match
        mark = Mark(GreyZone.PUBLIC_DOMAIN, told.source, (), checked=True, perhaps=(str(match.evidence["matched"]),))
        return replace(match, evidence={**match.evidence, "grey": mark.as_evidence()})

    def _tale_of(self, match: Match, text: str) -> Figure | None:
        """The figure whose tale a description tells in each of its clauses, and nothing of any version."""
        spans = match.evidence.get("spans") or [match.evidence.get("span", (0, 0))]
        for name in _called(self._element_of(match)):
            figure = self._figures().called(name)
            if figure is None or not figure.motifs or (subject := self._subject(match)) is None:
                continue
            if later_version(figure, subject.party, text, ())[0] is Later.NOT and all(
                _is_of_the_tale(text[slice(*span)], figure) for span in spans
            ):
                return figure
        return None

    def _zone(
        self, match: Match, subject: Subject, text: str, spans: Sequence[Sequence[int]], figure: Figure | None
    ) -> tuple[GreyZone, str, tuple[str, ...]] | None:
        """The zone of a name, the cue or the source, and words that leave a doubt."""
        known = _has_all_places(match, text)
        if known and (cue := self._style(match, subject, text, spans)):
            return GreyZone.STYLE, cue, ()
        if subject.kind in _NEVER:
            return None
        for zone in (GreyZone.PARODY, GreyZone.NEWS, GreyZone.CRITICISM) if known else ():
            if cue := cue_of_all(zone, text, spans):
                return zone, cue, ()
        of_work = subject.kind in _WORKS
        for zone in (GreyZone.PARODY, GreyZone.NEWS, GreyZone.CRITICISM) if known else ():
            if cue := wider_cue(zone, text, spans, of_work=of_work):
                somebody = not of_work and zone is not GreyZone.PARODY
                if not somebody or not asks_for_somebody(text, spans, self._said_of(match)):
                    return zone, cue, ()
        if figure is None:
            return None
        later, word = later_version(figure, subject.party, text, spans)
        if later is Later.PLAINLY:
            return None
        return GreyZone.PUBLIC_DOMAIN, figure.source, (word,) if later else ()

    def _style(self, match: Match, subject: Subject, text: str, spans: Sequence[Sequence[int]]) -> str | None:
        """The cue by which only the look of a work or an artist is asked for."""
        if subject.kind in _STYLED:
            cues = [cue_at(GreyZone.STYLE, text, span) for span in spans]
            if cues and all(cues):
                return cues[0]
            return wider_cue(GreyZone.STYLE, text, spans, of_work=True) if subject.kind in _WORKS else None
        is_title = bool(subject.work) and any(
            _as_written(text[slice(*span)]) & _as_written(subject.work or "") for span in spans
        )
        if is_title and subject.kind is ElementKind.CHARACTER and (cue := look_of_a_hero(text, spans)):
            return None if asks_for_somebody(text, spans, self._said_of(match)) else cue
        return None

    def _besides(
        self, match: Match, matches: Sequence[Match], text: str, shown: set[str]
    ) -> tuple[list[str], list[str]]:
        """What else was found of the same work, surely and perhaps: descriptions, quotations, pictures.

        Other names have own matches.
        """
        surely: list[str] = []
        perhaps: list[str] = []
        for each in matches:
            of_work = each.work_id is not None and each.work_id == match.work_id
            of_element = each.element_id is not None and each.element_id == match.element_id
            if each.detector.startswith(_NAMES) or each.evidence.get("archetype") or not (of_work or of_element):
                continue
            described = each.evidence.get("how") == "described"
            doubtful = each.evidence.get("ambiguous") or (described and self._tale_of(each, text) is not None)
            said = self._quotable(each, str(each.evidence.get("matched", "what was found")))
            (perhaps if doubtful else surely).append(said)
        return [*surely, *(["an upload"] if match.work_id in shown else [])], perhaps

    def _own_words(self, match: Match, text: str, spans: Sequence[Sequence[int]], free: frozenset[str]) -> OwnWords:
        """Words beside the name that belong to the element, or to one element of the work, and not to everybody."""
        return own_words(self._elements_of(match.work_id, match.element_id), text, spans, free)

    def _quotable(self, match: Match, said: str) -> str:
        """Words of a prompt that what was found may be told by; "" where its owner hides that it is registered."""
        subject = self._subject(match)
        return said if subject is None or subject.naming is Naming.FULL else ""

    def _said_of(self, match: Match) -> str:
        """All that is registered of an element."""
        element = self._element_of(match)
        return "" if element is None else f"{element.tagline} {element.description}"

    def _names_of(self, match: Match, subject: Subject) -> frozenset[str]:
        """All that what was found is called, as ``_as_written`` gives it."""
        names = [str(match.evidence.get("name", "")), "" if match.element_id is not None else subject.work or ""]
        names += _called(self._element_of(match))
        return frozenset().union(*map(_as_written, filter(None, names)))

    def _element_of(self, match: Match) -> Element | None:
        registered = self._registered_with(match.work_id, match.element_id)
        return next((each for each in registered if each.id == match.element_id), None)

    def _elements_of(self, work_id: str | None, element_id: str | None) -> Iterator[Registered]:
        for each in self._registered_with(work_id, element_id):
            if element_id in (None, each.id):
                yield registered_words(each)

    def _registered_with(self, work_id: str | None, element_id: str | None) -> Sequence[Element]:
        """The elements of a work, or the one that belongs to a person."""
        revision = self._catalogue.revision()
        if self._of_work[0] != revision:
            of_work: dict[str, list[Element]] = {}
            for each in self._catalogue.elements():
                of_work.setdefault(each.work_id or each.id, []).append(each)
            self._of_work = revision, of_work
        return self._of_work[1].get(work_id or element_id or "", ())


def grey_zone_marker(catalogue: _Catalogue, own_figures: Path | None = None) -> GreyZoneMarker:
    """A marker with the shipped table of free figures, and the operator's own on top. Raises ConfigError when used."""
    return GreyZoneMarker(catalogue, cache(lambda: load_figures(own_figures)))


def _called(element: Element | None) -> Sequence[str]:
    """The name of an element and its aliases."""
    return () if element is None else (element.name, *(alias.text for alias in element.aliases))


def _as_written(mention: str) -> frozenset[str]:
    """The letters and digits of a mention in one case, with and without the ending of a plural or a genitive."""
    small = unicodedata.normalize("NFC", mention).casefold()
    bare = _SAID_SO.sub("", small)
    return frozenset(_NO_LETTER.sub("", each) for each in (small, bare))


def _is_of_the_tale(clause: str, figure: Figure) -> bool:
    """Whether half or more of what a clause says, its name apart, is in the free text."""
    names = {word.stem for name in (figure.name, *figure.also) for word in content_words(name)}
    words = [word for word in content_words(clause) if word.stem not in names]
    return 2 * sum(word.stem in figure.of_the_tale for word in words) >= len(words)


def _has_all_places(match: Match, text: str) -> bool:
    """Whether the evidence has every place of the name in the text; those of many are cut short."""
    spans = match.evidence.get("spans", ())
    cut_short = match.evidence.get("occurrences", 0) > len(spans)
    return not cut_short or bool(spans and spans[-1][0] >= len(text))


def _is_understood(text: str, cue: str, spans: Sequence[Sequence[int]]) -> bool:
    """Whether all of a text is English as far as can be told, the names at ``spans`` and the words of the cue apart.

    A few English words do not make a foreign text one, and a text of few words is not English for want of small ones:
    of every ``_IN_A_ROW`` words in a row most must be listed.
    """
    if language_of(text) not in (None, "en"):
        return False
    known = set(_LETTERS.findall(cue.casefold()))
    listed = [
        is_listed(fold(word[0]).letters)
        for word in _LETTERS.finditer(text)
        if word[0].casefold() not in known
        and not any(start < word.end() and word.start() < end for start, end in spans)
    ]
    firsts = range(max(1, len(listed) - _IN_A_ROW + 1))
    rows = (listed[first : first + _IN_A_ROW] for first in firsts)
    return all(2 * sum(row) > len(row) or not row for row in rows)


__all__ = ["GreyZoneMarker", "Mark", "grey_zone_marker"]
