"""Looks asked for by the name of a studio: "in the style of Northern Lantern Pictures". A studio has no look of its own
that could be registered, but whoever names it asks for what its works have in common: the grey zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from faircut.detectors.common_words import ARTICLES, is_everyday
from faircut.detectors.free_figures import key_of
from faircut.domain import Subject, Work
from faircut.errors import NotFound

_WORD = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_LONGEST = 6
"""Words of a studio's name."""
_OF_COMPANIES = frozenset(
    (
        "animation", "animations", "co", "company", "corporation", "entertainment", "film", "films", "gmbh", "group",
        "inc", "limited", "llc", "ltd", "media", "motion", "network", "picture", "pictures", "productions", "sa",
        "studio", "studios", "television", "the",
    )
)  # fmt: skip
_MAKERS = r"pictures|studios?|films|animation|entertainment|productions"


class _Catalogue(Protocol):
    def revision(self) -> int: ...

    def works(self) -> Sequence[Work]: ...

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject: ...


@dataclass(frozen=True, slots=True)
class StudioNamed:
    """A studio named at ``start`` to ``end`` of a text, with one of its works."""

    start: int
    end: int
    work_id: str


class Studios:
    """The parties of a catalogue that have works, by what they are called. Follows the catalogue."""

    def __init__(self, catalogue: _Catalogue) -> None:
        self._catalogue = catalogue
        self._known: tuple[int, Mapping[str, str]] = (-1, {})

    def after(self, text: str, places: Iterable[int]) -> Iterator[StudioNamed]:
        """Studios named right after one of the places of a text."""
        for place in places:
            words = list(_WORD.finditer(text, place, place + 120))[: _LONGEST + 1]
            for last in range(len(words), 0, -1):
                if (work := self._work_of(text[words[0].start() : words[last - 1].end()])) is not None:
                    yield StudioNamed(words[0].start(), words[last - 1].end(), work)
                    break

    def before(self, text: str, places: Iterable[int]) -> Iterator[StudioNamed]:
        """Studios named right before one of the places of a text."""
        for place in places:
            words = list(_WORD.finditer(text, max(0, place - 120), place))[-_LONGEST:]
            for first in range(len(words)):
                if (work := self._work_of(text[words[first].start() : words[-1].end()])) is not None:
                    # The letters of a name are looked up without an article, so that one before them is found too.
                    first += first + 1 < len(words) and words[first][0].casefold() in ARTICLES
                    yield StudioNamed(words[first].start(), words[-1].end(), work)
                    break

    def _work_of(self, name: str) -> str | None:
        return self._by_name().get(key_of(name.removesuffix("'s").removesuffix("’s")))

    def _by_name(self) -> Mapping[str, str]:
        revision = self._catalogue.revision()
        if self._known[0] != revision:
            first = {work.party_id: work.id for work in reversed(self._catalogue.works())}
            names = chain.from_iterable(self._names(work) for work in first.values())
            self._known = revision, dict(names)
        return self._known[1]

    def _names(self, work_id: str) -> Iterator[tuple[str, str]]:
        try:
            party = self._catalogue.subject(work_id=work_id, element_id=None).party
        except NotFound:
            # Withdrawn while we looked.
            return
        yield key_of(party), work_id
        words = [word for word in _WORD.findall(party) if word.casefold() not in _OF_COMPANIES]
        # "North Pictures" is not meant by "in the style of the north".
        if any(not is_everyday(word.casefold()) for word in words):
            yield key_of(" ".join(words)), work_id


def telling_name(party: str) -> str:
    """The first word of a party's name that is not what companies are called, in small letters: "universal"."""
    words = [word.casefold() for word in _WORD.findall(party)]
    return next((word for word in words if word not in _OF_COMPANIES and len(word) > 2), "")


def works_under(name: str, small: str) -> bool:
    """Whether a text in small letters has a name with what companies are called after it: "universal pictures"."""
    return bool(re.search(rf"\b{re.escape(name)}\s+(?:[\w.]+\s+)?(?:{_MAKERS})\b", small))


__all__ = ["StudioNamed", "Studios", "telling_name", "works_under"]
