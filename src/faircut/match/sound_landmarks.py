"""Stretches of registered sound by constellations: under noise and voices, at another speed, tempo or pitch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Segment
from faircut.fingerprints import landmarks
from faircut.index.live import LOCK_S, LiveIndex
from faircut.index.store import Entry
from faircut.index.views import View
from faircut.match.landmarks import TripleScheme, query_fans, triples
from faircut.match.sound_alignment import WINDOW, Constellation, Line, Stretch, fitted, lines, stretches
from faircut.match.sound_confirmation import CONFIRMED, DOUBTFUL, compared, confirmed
from faircut.match.sound_hearings import Hearing
from faircut.match.sound_probability import by_landmarks
from faircut.match.sound_sheets import Sheet, Shelf, sheet_of
from faircut.protocols import CatalogueReader

MIN_EVIDENCE = 36.0
"""Nats of agreement beyond chance. Of 366 excerpts of drawn sound, half of them in the style of a registered piece
(tempo, key, tuning, timbres), under five edits each, the most that any reached is 29.8; nineteen of twenty stay below
15."""
MIN_SECONDS = 2.0
_BESIDE, _ASTRAY = 4.0, 0.15
"""Seconds, and seconds for each second of a query, by which a line may be moved and turned while it is fitted."""


class LandmarkSearch:
    """Hears ``landmarks-v1`` fingerprints. Thread-safe. ``least``: nats of evidence below which nothing is heard."""

    def __init__(self, catalogue: CatalogueReader, *, least: float = MIN_EVIDENCE) -> None:
        self._least = least
        self._index = LiveIndex(catalogue, landmarks.ALGORITHM, TripleScheme(), folder=catalogue.index_folder)
        self._shelf = Shelf(catalogue)

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        done = self._index.compact(timeout=LOCK_S)
        return self._shelf.compact() and done

    def hear(self, fingerprint: Fingerprint, levels: Fingerprint | None = None) -> list[Hearing]:
        """Everything registered that is in a query: in its sound as one listens, or in the difference of its
        channels. ``levels``: of the same sound, for what landmarks alone leave in doubt."""
        view = self._index.view()
        if not len(view):
            return []
        points = landmarks.read(fingerprint.codes)
        found: list[Hearing] = []
        for side in (False, True):
            mine = points.side == side
            if mine.any():
                sheet = None if side else sheet_of(levels)
                query = _Query(view, fingerprint, fingerprint.times[mine], points.at(mine), sheet, self._shelf)
                found += query.hear(side=side, least=self._least)
        return found


class _Query:
    """One channel of a query, and the references that were looked at."""

    def __init__(
        self,
        view: View[TripleScheme],
        fingerprint: Fingerprint,
        times: npt.NDArray[np.float32],
        points: landmarks.Points,
        sheet: Sheet | None,
        shelf: Shelf,
    ) -> None:
        self._view = view
        self._sheet = sheet
        self._shelf = shelf
        self._points = points
        self._query = _constellation(times, points, fingerprint.duration)
        self._references: dict[int, _Reference] = {}

    def hear(self, *, side: bool, least: float) -> list[Hearing]:
        """What is heard with few triples, or, where that is nothing, with more of them."""
        for fan in query_fans(len(self._view)):
            if found := list(self._heard(fan, side=side, least=least)):
                return found
        return []

    def _heard(self, fan: int, *, side: bool, least: float) -> Iterator[Hearing]:
        times, octave = self._query.times, self._query.octave
        found = triples(times, self._points, np.zeros(len(times), np.int8), fan=fan)
        hits = self._view.scheme.search(self._view.parts, found, times, octave)
        known: list[Stretch] = []
        tried: list[Line] = []
        for line in lines(hits, found, self._query):
            if any(_explains(each, line) for each in known):
                continue
            near = self._reference(line.entry)
            entry, reference = near.entry, near.along(line, self._query.seconds)
            line = fitted(line, self._query, reference)
            # Votes that fell into different cells often lead to one line.
            if any(_same(line, other) for other in tried) or any(_explains(each, line) for each in known):
                continue
            tried.append(line)
            for each in self._judged(stretches(line, self._query, reference), entry):
                if each.evidence >= least and each.end - each.start >= MIN_SECONDS:
                    known.append(each)
                    yield self._hearing(entry, each, side=side)

    def _judged(self, found: list[Stretch], entry: Entry) -> list[Stretch]:
        """What landmarks alone leave in doubt is compared moment by moment, and so are the ends of what they do not."""
        best = max(found, key=lambda each: each.evidence, default=None)
        if self._sheet is None or best is None or best.evidence < DOUBTFUL:
            return found
        if (theirs := self._shelf.sheet(entry.reference.id)) is None:
            return found
        agreed = compared(best, self._sheet, theirs)
        if agreed is None or agreed.above < CONFIRMED:
            return found
        return confirmed(found, best, agreed, self._query.seconds, entry.duration)

    def _reference(self, number: int) -> _Reference:
        if number not in self._references:
            self._references[number] = _Reference(self._view.entry(number))
        return self._references[number]

    def _hearing(self, entry: Entry, stretch: Stretch, *, side: bool) -> Hearing:
        line, share = stretch.line, stretch.agreeing / stretch.points
        ends = (line.speed * each + line.offset for each in (stretch.start, stretch.end))
        start, end = (float(np.clip(each, 0.0, entry.duration)) for each in ends)
        details = {
            "landmarks": stretch.agreeing,
            "of": stretch.points,
            "by_chance": round(stretch.chance * stretch.points, 1),
            "votes": line.witnesses,
            "nats": round(stretch.evidence, 1),
        }
        if stretch.above:
            details["fine_structure"] = round(stretch.above, 1)
        return Hearing(
            algorithm=landmarks.ALGORITHM,
            reference=entry.reference,
            query=Segment(stretch.start, stretch.end),
            heard=Segment(start, max(start, end)),
            score=max((share - stretch.chance) / (1.0 - stretch.chance), stretch.alike),
            probability=by_landmarks(stretch.evidence),
            speed=line.speed,
            pitch=float(2.0**line.pitch),
            details={**details, "channel": "difference of the stereo channels"} if side else details,
        )


class _Reference:
    """A reference, of whose points those are read that a line may lead to: a film has a hundred thousand."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._read = (0, 0)
        self._points = _constellation(entry.times[:0], landmarks.read(entry.codes[:0]), entry.duration)

    def along(self, line: Line, seconds: float) -> Constellation:
        """At least the points about as many seconds of the line as the query has, and of those near it in slope."""
        slack = _BESIDE + _ASTRAY * seconds
        times = self.entry.times
        first, last = np.searchsorted(times, np.array([line.at(0.0) - slack, line.at(seconds) + slack], times.dtype))
        known = self._read
        if not known[0] <= first <= last <= known[1]:
            # Lines of a long query reach over one another: what they have in common is not read for each.
            beside = first > known[1] or last < known[0]
            self._read = (int(first), int(last)) if beside else (min(int(first), known[0]), max(int(last), known[1]))
            rows = slice(*self._read)
            usable = self.entry.usable_within(rows)
            points = landmarks.read(self.entry.codes[rows][usable])
            self._points = _constellation(times[rows][usable], points, self.entry.duration)
        return self._points


def _constellation(times: npt.NDArray[np.float32], points: landmarks.Points, seconds: float) -> Constellation:
    return Constellation(
        times.astype(np.float64), points.octave.astype(np.float64), points.strength.astype(np.float64), seconds
    )


def _explains(stretch: Stretch, line: Line) -> bool:
    """Whether a stretch that was heard is what a later window votes for."""
    near = stretch.start - WINDOW / 2 <= line.centre <= stretch.end + WINDOW / 2
    there = stretch.line
    apart = abs((there.speed - line.speed) * line.centre + there.offset - line.offset)
    return near and line.entry == there.entry and apart < 0.4 and abs(line.pitch - there.pitch) < 0.03


def _same(one: Line, other: Line) -> bool:
    apart = abs((one.speed - other.speed) * one.centre + one.offset - other.offset)
    return (
        one.entry == other.entry
        and one.centre == other.centre
        and apart < 0.05
        and abs(one.speed - other.speed) < 0.004
        and abs(one.pitch - other.pitch) < 0.01
    )
