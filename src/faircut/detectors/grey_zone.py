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
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from faircut.detectors.common_words import is_everyday, is_listed
from faircut.detectors.descriptions_plain import plain_text
from faircut.detectors.folding import fold
from faircut.detectors.free_figures import Figure, FreeFigures, load_figures
from faircut.detectors.studio_styles import Studios
from faircut.domain import Element, ElementKind, GreyZone, Match, Subject, Work
from faircut.errors import NotFound
from faircut.text.languages import language_of
from faircut.text.words import content_words

VERSION = "grey-zone-v2"
_NAMES = "names-v"
_PLAINLY = frozenset({"exact", "plural"})
_FILLER = (
    r"(?:\s+(?:the|a|an|that|this|old|new|classic|famous|film|movie|series|show|book|character|studio|der|die|das|"
)
_FILLER += r"den|dem|le|la|les|el|los|il|lo|gli|o|os|as|filme?|película|serie))*\s*[\"“”'‘«„(]*"
_TELLING = 2
"""Words of an element's own that, beside its name, ask for the element itself."""

# What stands before the name, up to its first letter, and what stands after it, from its last. English, German, French,
# Spanish, Italian and Portuguese.
_CUES: Mapping[GreyZone, tuple[str, str]] = {
    GreyZone.STYLE: (
        r"\b(?:in|with|after|using)\s+(?:the\s+|a\s+)?(?:[\w-]+\s+){0,2}?(?:style|look|manner|spirit|aesthetics?|mood|vibe|"
        r"feel|tone|palette|colou?rs)\s+(?:of|from)|\b(?:à|a)\s+la|\bim\s+(?:stil|look|geist)(?:e)?\s+(?:von|der|des)|"
        r"\b(?:dans\s+le|au)\s+style\s+(?:de|du|d['’])|\b(?:al|en\s+el)\s+estilo\s+de(?:l)?|\bnello\s+stile\s+d(?:i|el)|"
        r"\bno\s+estilo\s+d[eoa]",
        # From the first of several spaces alone: looked for from each, a text of spaces takes time with its square.
        r"[\"”'’»]?(?:['’]s)?(?<![\s-])[\s-]+(?:style|styled|esque|inspired|aesthetics?)\b",
    ),
    GreyZone.PARODY: (
        r"\b(?:parod(?:y|ie|ia|ies|ying)|paródia|spoof(?:ing)?|satire|sátira|satira|send-?up|pastiche|mockumentary)"
        r"(?:\s+(?:film|video|sketch|trailer|scene))?(?:\s+(?:of|on|about|auf|von|über|de|du|di|do|da|sur|su|sobre))?",
        r"[\"”'’»]?(?:['’]s)?[\s-]+(?:parody|spoof|satire|pastiche|send-?up|parodie|parodia)\b",
    ),
    GreyZone.NEWS: (
        r"\b(?:news\s+(?:report|item|story|segment|broadcast|programme|program)|newsreel|documentary|reportage|"
        r"nachrichten(?:beitrag)?|dokumentation|dokumentarfilm|documentaire|reportaje|documental|documentario|documentário)"
        r"(?:\s+(?:film|video))?\s+(?:on|about|of|covering|über|sur|sobre|su)",
        r"[\"”'’»]?[\s-]+documentary\b",
    ),
    GreyZone.CRITICISM: (
        r"\b(?:review|critique|criticism|analysis|essay|retrospective|lecture|film\s+critic|kritik|rezension|analyse|"
        r"crítica|critica|análisis|análise|analisi|reseña|recensione)"
        r"(?:\s+(?:video|talk))?\s+(?:of|on|about|reviewing|discussing|zu|über|de|du|di|do|da|sur|sobre|su)",
        r"[\"”'’»]?[\s-]+(?:review|analysis|retrospective|explained)\b",
    ),
}
_BEFORE = {zone: re.compile(rf"(?:{before}){_FILLER}$", re.IGNORECASE) for zone, (before, _) in _CUES.items()}
_AFTER = {zone: re.compile(rf"^(?:{after})", re.IGNORECASE) for zone, (_, after) in _CUES.items()}
_STYLE_OF = re.compile(rf"(?:{_CUES[GreyZone.STYLE][0]}){_FILLER}", re.IGNORECASE)
_STYLED_SO = re.compile(_CUES[GreyZone.STYLE][1], re.IGNORECASE)
_STYLED = frozenset({None, ElementKind.TITLE, ElementKind.STYLE, ElementKind.LIKENESS})
"""What can lend its look without being shown: works and artists. The look of a character is the character."""
_NEVER = frozenset({ElementKind.LIKENESS, ElementKind.VOICE, ElementKind.SOUNDTRACK})
"""A person's face and voice, and music, are what they are in a parody too."""
_SENTENCE = re.compile(r"[.!?;\n]")
_REACH = 90
"""Characters before a name that are searched for a cue."""
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
    same work is asked for besides. ``checked`` is False where that cannot be told, since the language is not known."""

    zone: GreyZone
    cue: str
    also: tuple[str, ...]
    checked: bool

    def as_evidence(self) -> dict[str, Any]:
        return {"zone": self.zone.value, "cue": self.cue, "also": list(self.also), "checked": self.checked}


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
        asked = [found.end() for found in _STYLE_OF.finditer(text)]
        styled = [found.start() for found in _STYLED_SO.finditer(text)]
        seen: set[str] = set()
        for each in (*self._studios.after(text, asked), *self._studios.before(text, styled)):
            if each.work_id in seen or any(start < each.end and each.start < end for start, end in taken):
                continue
            seen.add(each.work_id)
            name = text[each.start : each.end]
            cue = _cue(GreyZone.STYLE, text, (each.start, each.end)) or ""
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
        if not match.detector.startswith(_NAMES) or match.evidence.get("how") not in _PLAINLY:
            return match
        spans = [span for span in match.evidence.get("spans") or [match.evidence["span"]] if span[0] < len(text)]
        if not spans:
            return match
        try:
            subject = self._catalogue.subject(work_id=match.work_id, element_id=match.element_id)
        except NotFound:
            return match
        names = self._names_of(match, subject)
        if not all(_as_written(text[slice(*span)]) & names for span in spans):
            # Beside a plain mention stands one in disguise: who writes so does not review it.
            return match
        found = self._zone(match, subject, text, spans)
        if found is None:
            return match
        zone, cue = found
        also = [*self._besides(match, matches, shown), *self._own_words(match, text, spans)]
        mark = Mark(zone, cue, tuple(dict.fromkeys(also)), _is_understood(text, cue, spans))
        return replace(match, evidence={**match.evidence, "grey": mark.as_evidence()})

    def _zone(
        self, match: Match, subject: Subject, text: str, spans: Sequence[Sequence[int]]
    ) -> tuple[GreyZone, str] | None:
        known = _has_all_places(match, text)
        if known and subject.kind in _STYLED and all(_cue(GreyZone.STYLE, text, span) for span in spans):
            return GreyZone.STYLE, _cue(GreyZone.STYLE, text, spans[0]) or ""
        if subject.kind in _NEVER:
            return None
        for zone in (GreyZone.PARODY, GreyZone.NEWS, GreyZone.CRITICISM) if known else ():
            if cue := _cue_of_all(zone, text, spans):
                return zone, cue
        figure = self._figures().called(str(match.evidence.get("name", "")))
        if figure is None or _of_a_version(figure, subject, text):
            return None
        return GreyZone.PUBLIC_DOMAIN, figure.source

    def _besides(self, match: Match, matches: Sequence[Match], shown: set[str]) -> list[str]:
        """What else was found of the same work: descriptions, quotations, pictures. Other names have own matches."""
        found = [
            str(each.evidence.get("matched", "what was found"))
            for each in matches
            if not each.detector.startswith(_NAMES)
            and not each.evidence.get("archetype")
            and (
                (each.work_id is not None and each.work_id == match.work_id)
                or (each.element_id is not None and each.element_id == match.element_id)
            )
        ]
        return [*found, *(["an upload"] if match.work_id in shown else [])]

    def _own_words(self, match: Match, text: str, spans: Sequence[Sequence[int]]) -> list[str]:
        """Words beside the name that belong to the element, or to one element of the work, and not to everybody."""
        said = {
            word.stem: word.text
            for word in content_words(plain_text(text))
            if not any(start < word.end and word.start < end for start, end in spans)
        }
        for own in self._elements_of(match.work_id, match.element_id):
            if len(hits := own & said.keys()) >= _TELLING:
                return sorted(said[stem] for stem in hits)
        return []

    def _names_of(self, match: Match, subject: Subject) -> frozenset[str]:
        """All that what was found is called, as ``_as_written`` gives it."""
        names = [str(match.evidence.get("name", "")), "" if match.element_id is not None else subject.work or ""]
        for each in self._registered_with(match.work_id, match.element_id):
            if each.id == match.element_id:
                names += [each.name, *(alias.text for alias in each.aliases)]
        return frozenset().union(*map(_as_written, filter(None, names)))

    def _elements_of(self, work_id: str | None, element_id: str | None) -> Iterator[frozenset[str]]:
        for each in self._registered_with(work_id, element_id):
            if element_id in (None, each.id):
                yield _telling_words(each)

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


def _as_written(mention: str) -> frozenset[str]:
    """The letters and digits of a mention in one case, with and without the ending of a plural or a genitive."""
    small = unicodedata.normalize("NFC", mention).casefold()
    bare = _SAID_SO.sub("", small)
    return frozenset(_NO_LETTER.sub("", each) for each in (small, bare))


def _telling_words(element: Element) -> frozenset[str]:
    names = {word.stem for name in (element.name, *(each.text for each in element.aliases)) for word in _words(name)}
    said = {word.stem for text in (element.tagline, element.description, *element.keywords) for word in _words(text)}
    return frozenset(said - names - _of_everybody())


def _words(text: str) -> Sequence[Any]:
    return content_words(text)


@cache
def _of_everybody() -> frozenset[str]:
    """Words of stock figures: a cape is no mark of one vampire."""
    text = files("faircut.detectors").joinpath("descriptions_archetypes.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(word.stem for line in lines for word in content_words(line))


def _cue(zone: GreyZone, text: str, span: Sequence[int]) -> str | None:
    """The words that put the name at ``span`` into a zone, if any: in its own sentence, next to it."""
    start, end = span
    before = text[max(0, start - _REACH) : start]
    if ends := list(_SENTENCE.finditer(before)):
        before = before[ends[-1].end() :]
    if found := _BEFORE[zone].search(before):
        return found[0].strip(" \"“”'‘«„(")
    if found := _AFTER[zone].search(text[end : end + _REACH]):
        return found[0].strip(" -\"“”'’»")
    return None


def _cue_of_all(zone: GreyZone, text: str, spans: Sequence[Sequence[int]]) -> str | None:
    """The first cue of a zone, if each sentence with the name in it has one: no sentence excuses another."""
    cues: dict[int, str | None] = {}
    ends = [each.start() for each in _SENTENCE.finditer(text)]
    for span in spans:
        sentence = bisect_left(ends, span[0])
        cues[sentence] = cues.get(sentence) or _cue(zone, text, span)
    return next(iter(cues.values())) if all(cues.values()) else None


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


def _of_a_version(figure: Figure, subject: Subject, text: str) -> bool:
    """Whether a text speaks of a later version of a figure: by words of the table, or by naming who owns one."""
    plain = plain_text(text)
    if figure.later_in(plain):
        return True
    small = plain.casefold()
    owner = [word for word in re.findall(r"[^\W\d_]{3,}", subject.party.casefold()) if not is_everyday(word)]
    return any(re.search(rf"\b{re.escape(word)}\b", small) for word in owner)


__all__ = ["GreyZoneMarker", "Mark", "grey_zone_marker"]
