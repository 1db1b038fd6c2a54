"""Requests of the last hours, so that one that is split over several prompts or accounts is judged together.

The Decision about a request is the same whoever sends it. What a caller sent before is *another* text, judged beside it
by the same detectors: together with it, a request may show what none of its parts shows alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from faircut.media.assets import readable
from faircut.store.database import Database, now
from faircut.store.models import ApiKeyRow, RecentRequestRow

MOST_OF_EACH = 12
"""Different texts that are read together with the present request: so many of the caller, of other keys of the same
partner, and of whoever wrote alike. With nine a request in ten pieces is read whole; the rest is room for what lies
between the pieces."""
_MOST_CHARACTERS = 400_000
"""Characters of them all: twenty of the longest prompts that are accepted by default. A hundred thousand take a core
some four seconds."""
_NEWEST = 60
"""Requests of one caller, or of one partner, among which different texts are looked for."""
_CONSIDERED = 500
"""Requests of everybody that are compared with the present one."""
_ALIKE = 0.2
"""Share of telling words (Jaccard) from which a request counts as a continuation of another."""
_SENTENCE = re.compile(r"[^.!?;\n。！？；]+")
_SAME = 4
"""Telling words of a sentence that two callers do not both write by chance: a scene that is told again."""
_ALIKE_HOURS = 2.0
_TELLING = 5
_WORD = re.compile(rf"[^\W\d_]{{{_TELLING},}}")


@dataclass(frozen=True, slots=True)
class Recent:
    """An earlier request: its words, whether the same key sent it, and whether it passed by a licence alone."""

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

        They are the newest of the caller and of other keys of the same partner, and those in the last two hours that
        share a file with it, a sentence, or many of its telling words: what somebody with many accounts cannot help
        sharing, whoever these are with. Each text counts once, so that nothing is pushed out by repeating another.
        """
        if not self._hours:
            return []
        text = readable(text)
        mine, scenes = _telling(text), _scenes(text)
        with self._database.read() as session:
            own = _newest(session, self._hours, _NEWEST, RecentRequestRow.owner == owner)
            partners = _newest(session, self._hours, _NEWEST, RecentRequestRow.owner.in_(_other_keys(owner)))
            everybody = _newest(session, min(self._hours, _ALIKE_HOURS), _CONSIDERED)
        alike = (
            row
            for row in everybody
            if set(row.files) & set(files) or _alike(_telling(row.text), mine) or scenes & _scenes(row.text)
        )
        chosen = sorted(_different(text, own, alike, partners), key=lambda row: row.id)
        return [Recent(row.text, row.owner == owner, row.licensed) for row in chosen]

    def forget(self, owner: str) -> None:
        """Removes what is kept of a caller."""
        with self._database.write() as session:
            session.execute(delete(RecentRequestRow).where(RecentRequestRow.owner == owner))


def _newest(session: Session, hours: float, most: int, *of: ColumnElement[bool]) -> Sequence[RecentRequestRow]:
    query = select(RecentRequestRow).where(RecentRequestRow.created_at >= _ago(hours), *of)
    return session.scalars(query.order_by(RecentRequestRow.id.desc()).limit(most)).all()


def _other_keys(owner: str) -> Select[str]:
    """The ids of the keys of the same partner. A key without one is nobody's partner: NULL equals nothing."""
    partner = select(ApiKeyRow.partner).where(ApiKeyRow.id == owner).scalar_subquery()
    return select(ApiKeyRow.id).where(ApiKeyRow.partner == partner, ApiKeyRow.id != owner)


def _different(present: str, *groups: Iterable[RecentRequestRow]) -> Iterator[RecentRequestRow]:
    """The first rows of each group whose texts are neither ``present`` nor in another row, as far as there is room."""
    taken, room = {present}, _MOST_CHARACTERS
    for rows in groups:
        # One after another, so that each is compared with what was taken just before it.
        unlike = (row for row in rows if row.text not in taken)
        for row in islice(unlike, MOST_OF_EACH):
            taken.add(row.text)
            if len(row.text) <= room:
                room -= len(row.text)
                yield row


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
