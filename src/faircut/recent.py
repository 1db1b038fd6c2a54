"""Requests of the last hours, so that one that is split over several prompts or accounts is judged together.

The Decision about a request is the same whoever sends it. What a caller sent before is *another* text, judged beside it
by the same detectors: together with it, a request may show what none of its parts shows alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from faircut.media.assets import readable
from faircut.store.database import Database, now
from faircut.store.models import RecentRequestRow

MOST_OWN = 12
"""Requests of a caller that are read together with the present one."""
_MOST_OTHERS = 8
_CONSIDERED = 400
_ALIKE = 0.2
"""Share of telling words (Jaccard) from which another caller's request counts as a continuation of this one."""
_SENTENCE = re.compile(r"[^.!?;\n。！？；]+")
_SAME = 4
"""Telling words of a sentence that two callers do not both write by chance: a scene that is told again."""
_OTHERS_HOURS = 2.0
_TELLING = 5
_WORD = re.compile(rf"[^\W\d_]{{{_TELLING},}}")


@dataclass(frozen=True, slots=True)
class Recent:
    """An earlier request: its words, whether the same caller sent it, and whether it passed by a licence alone."""

    text: str
    own: bool
    licensed: bool = False


class RecentRequests:
    """The words of requests that passed, kept for ``hours``; 0 keeps none."""

    def __init__(self, database: Database, hours: float) -> None:
        self._database = database
        self._hours = hours

    def remember(self, owner: str, text: str, files: Sequence[str] = (), *, licensed: bool = False) -> None:
        """Keeps a request that passed, with the digests of its files; what is too old is removed."""
        if not self._hours:
            return
        with self._database.write() as session:
            session.execute(delete(RecentRequestRow).where(RecentRequestRow.created_at < _ago(self._hours)))
            row = RecentRequestRow(
                owner=owner, text=readable(text), files=list(files), licensed=licensed, created_at=now()
            )
            session.add(row)

    def beside(self, owner: str, text: str, files: Sequence[str] = ()) -> list[Recent]:
        """Earlier requests that this one may continue, the oldest first.

        They are the caller's own newest ones, and those of others in the last two hours that share a file with it, a
        sentence, or many of its telling words: what somebody with many accounts cannot help sharing.
        """
        if not self._hours:
            return []
        text = readable(text)
        newest = select(RecentRequestRow).order_by(RecentRequestRow.id.desc())
        with self._database.read() as session:
            own = session.scalars(
                newest.where(RecentRequestRow.owner == owner, RecentRequestRow.created_at >= _ago(self._hours)).limit(
                    MOST_OWN
                )
            ).all()
            others = session.scalars(
                newest.where(
                    RecentRequestRow.owner != owner,
                    RecentRequestRow.created_at >= _ago(min(self._hours, _OTHERS_HOURS)),
                ).limit(_CONSIDERED)
            ).all()
        mine, scenes = _telling(text), _scenes(text)
        alike = [
            row
            for row in others
            if set(row.files) & set(files) or _alike(_telling(row.text), mine) or scenes & _scenes(row.text)
        ]
        rows = sorted([*own, *alike[:_MOST_OTHERS]], key=lambda row: row.id)
        seen: dict[str, Recent] = {}
        for row in rows:
            if row.text != text:
                seen[row.text] = Recent(row.text, row.owner == owner, row.licensed)
        return list(seen.values())

    def forget(self, owner: str) -> None:
        """Removes what is kept of a caller."""
        with self._database.write() as session:
            session.execute(delete(RecentRequestRow).where(RecentRequestRow.owner == owner))


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="microseconds")


def _alike(one: set[str], other: set[str]) -> bool:
    return bool(one and other) and len(one & other) >= _ALIKE * len(one | other)


def _scenes(text: str) -> set[tuple[str, ...]]:
    """The sentences of a text that say enough, by their telling words."""
    said = (tuple(_WORD.findall(sentence.casefold())) for sentence in _SENTENCE.findall(text))
    return {words for words in said if len(words) >= _SAME}


def _telling(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
