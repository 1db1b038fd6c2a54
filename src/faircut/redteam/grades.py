"""Grades on record, and the thread that measures them: at registration, and again when element or guard changed."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Select, delete, select

from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.names import NamesDetector
from faircut.domain import Element
from faircut.protocols import Progress
from faircut.redteam.grading import Grade, Letter
from faircut.store.database import Database, now
from faircut.store.models import ProtectionGradeRow

MEASURE = "redteam-v2"
GUARD = f"{MEASURE}, {NamesDetector.version}, {DescriptionsDetector.version}"
"""What a grade was measured with and of: another guard or attacker makes it an old one."""
_MOST_NAMED = 500
"""Elements that a query names; for more, all grades are read."""
_LOOK_EVERY_S = 1.0
_REST = 2.0
"""Times as long as an attack took, the thread rests after it: people's requests come first."""


@dataclass(frozen=True, slots=True)
class Protection:
    """A grade on record. ``current``: measured of the element as it is registered now, with this guard."""

    grade: Grade
    measured_at: datetime
    guard: str
    current: bool


class Grades:
    """The grade of each element that has one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, elements: Iterable[Element]) -> dict[str, Protection]:
        """The grades of those that have one, by element id."""
        wanted = {each.id: each for each in elements}
        found: dict[str, Protection] = {}
        with self._database.read() as session:
            rows = session.scalars(_among(wanted)).all()
        for row in rows:
            if row.element_id in wanted:
                current = row.registered == digest_of(wanted[row.element_id]) and row.guard == GUARD
                found[row.element_id] = Protection(
                    Grade(
                        Letter(row.letter),
                        row.attacks,
                        row.reviewed,
                        row.passed,
                        row.at_most,
                        tuple(row.passed_by),
                        tuple(row.advice),
                    ),
                    datetime.fromisoformat(row.measured_at),
                    row.guard,
                    current,
                )
        return found

    def put(self, element: Element, grade: Grade) -> None:
        """Records the grade of an element as it is registered now."""
        with self._database.write() as session:
            session.merge(
                ProtectionGradeRow(
                    element_id=element.id,
                    letter=grade.letter.value,
                    attacks=grade.attacks,
                    reviewed=grade.reviewed,
                    passed=grade.passed,
                    at_most=grade.at_most,
                    passed_by=list(grade.passed_by),
                    advice=list(grade.advice),
                    registered=digest_of(element),
                    guard=GUARD,
                    measured_at=now(),
                )
            )

    def forget_all_but(self, elements: Iterable[Element]) -> None:
        """Removes the grades of elements that are no longer registered."""
        living = {each.id for each in elements}
        with self._database.write() as session:
            gone = [each for each in session.scalars(select(ProtectionGradeRow.element_id)) if each not in living]
            for element_id in gone:
                session.execute(delete(ProtectionGradeRow).where(ProtectionGradeRow.element_id == element_id))


def _among(wanted: Mapping[str, Element]) -> Select[ProtectionGradeRow]:
    rows = select(ProtectionGradeRow)
    return rows.where(ProtectionGradeRow.element_id.in_(list(wanted))) if len(wanted) <= _MOST_NAMED else rows


def digest_of(element: Element) -> str:
    """Changes with whatever a grade depends on."""
    fields = (
        element.kind.value,
        element.name,
        [each.text for each in element.aliases],
        element.tagline,
        element.description,
        list(element.keywords),
        element.policy.value,
    )
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()[:32]


class Registered(Protocol):
    """What grading needs of a catalogue."""

    def revision(self) -> int: ...

    def elements(self) -> Sequence[Element]: ...


class Grading:
    """Measures elements whose grade is missing or old, the newest first, one after another, in the background."""

    def __init__(self, catalogue: Registered, grades: Grades, measure: Callable[[Element, Progress], Grade]) -> None:
        """``measure`` attacks one element; its Progress is called after each attack, and may raise."""
        self._catalogue = catalogue
        self._grades = grades
        self._measure = measure
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._elsewhere: Callable[[], bool] = lambda: False
        self._revision: int | None = None
        self._waiting: list[Element] = []

    @property
    def running(self) -> bool:
        """Whether a grade that is missing will come by itself."""
        return self._elsewhere() or (self._thread is not None and self._thread.is_alive())

    def done_by(self, other: Callable[[], bool]) -> None:
        """Another process measures, as long as ``other`` says that it lives."""
        self._elsewhere = other

    def start(self) -> None:
        """Measures in a thread of its own until ``stop``."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="grading", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends after the attack that is under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def measure_next(self, *, rest: float = 0.0) -> bool:
        """Measures one element, resting ``rest`` times as long as each attack took; False when none is left."""
        self._look()
        if not self._waiting:
            return False
        element = self._waiting.pop()
        last = time.monotonic()

        def paced(_share: float, _message: str) -> None:
            nonlocal last
            if self._stop.wait(rest * (time.monotonic() - last)):
                raise _Stopped
            last = time.monotonic()

        try:
            self._grades.put(element, self._measure(element, paced))
        except _Stopped:
            return False
        return True

    def _look(self) -> None:
        revision = self._catalogue.revision()
        if revision == self._revision:
            return
        elements = self._catalogue.elements()
        known = self._grades.of(elements)
        if len(known) < len(elements) or self._revision is None:
            self._grades.forget_all_but(elements)
        # Ids begin with the time of registration: the newest is measured first, those with an old grade last.
        outdated = [each for each in elements if each.id not in known or not known[each.id].current]
        self._waiting = sorted(outdated, key=lambda each: (each.id not in known, each.id))
        self._revision = revision

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.measure_next(rest=_REST):
                self._stop.wait(_LOOK_EVERY_S)


class _Stopped(Exception):
    """The process ends."""


__all__ = ["GUARD", "MEASURE", "Grades", "Grading", "Protection", "digest_of"]
