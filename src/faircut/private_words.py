"""What a caller is told of a find in several requests together, some of them perhaps another caller's. Pure.

Such a find may be owed to words that are not the caller's to read, so they are told nothing but what they wrote
themselves: no other word, and no place either, since places would tell how much the others wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from faircut.domain import CheckOutcome, CheckRun, Match
from faircut.wording import family_of

_LONGEST_QUOTE = 160
_BETWEEN = " … "
_MEASURED = frozenset({"ambiguous", "archetype", "coverage", "how", "log_odds", "name", "registered", "words"})
"""Evidence of our own detectors that quotes nobody: what was measured, and the registration's own words."""
_OF_OURS = frozenset({"descriptions", "names", "quotes"})
_INITIALS = "first letters"


class _Located(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def seams(self) -> str: ...

    def locate(self, match: Match) -> Match | None: ...


@dataclass(frozen=True, slots=True)
class OwnWords:
    """``words``: several requests as one text. ``own``: which characters of it, and of the seams behind it, the caller
    wrote. ``present`` is the request that is answered."""

    words: _Located
    own: tuple[tuple[int, int], ...]
    present: str = ""

    def locate(self, match: Match) -> Match | None:
        """As ``words.locate``; what is left in the evidence quotes the caller alone, and has no places.

        None for first letters that another caller's words belong to: of so many requests some spell a name by chance.
        """
        if match.evidence.get("how") == _INITIALS and not self._is_own_alone(*match.evidence["span"]):
            return None
        located = self.words.locate(match)
        return None if located is None else replace(located, evidence=self._told(match))

    def checks(self, runs: Sequence[CheckRun]) -> tuple[CheckRun, ...]:
        """The same checks without their details, which may quote what they were about; how long one took is kept."""
        return tuple(each if each.outcome is CheckOutcome.TIMEOUT else replace(each, detail="") for each in runs)

    def _told(self, match: Match) -> dict[str, Any]:
        evidence = match.evidence
        ours = family_of(match.detector) in _OF_OURS
        told = {key: each for key, each in evidence.items() if key in (_MEASURED if ours else ("ambiguous",))}
        if "matched" in evidence:
            told["matched"] = self._quote(evidence)
        if ours and "attributes" in evidence:
            told["attributes"] = [
                {key: each for key, each in attribute.items() if key != "span"}
                for attribute in evidence["attributes"]
                if self._is_own(*attribute["span"])
            ]
        return told

    def _quote(self, evidence: Any) -> str:
        """The most telling place that the caller wrote a part of; else the present request."""
        places = [evidence["span"]] if "span" in evidence else []
        places += [each["span"] for each in evidence.get("attributes", ()) if "span" in each]
        places += evidence.get("spans", ())
        quotes = (self._own_part(start, end) for start, end in places)
        quote = next(filter(None, quotes), self.present.strip() or _BETWEEN.strip())
        return quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…"

    def _own_part(self, start: int, end: int) -> str:
        whole = self.words.text + self.words.seams
        parts = (whole[max(start, first) : min(end, last)].strip() for first, last in self.own)
        return _BETWEEN.join(filter(None, parts))

    def _is_own(self, start: int, end: int) -> bool:
        return any(first <= start and end <= last for first, last in self.own)

    def _is_own_alone(self, start: int, end: int) -> bool:
        """Whether the caller wrote all of it, perhaps in several requests."""
        whole = self.words.text + self.words.seams
        own = [range(max(start, first), min(end, last)) for first, last in self.own]
        written = set().union(*own)
        return all(place in written or whole[place].isspace() for place in range(start, end))


__all__ = ["OwnWords"]
