"""Where a stretch that local features have found begins and ends in the query.

Key moments are most of a second apart, so they only say between which of them an end lies. It lies at a cut: before a
moment that should agree and does not, or where nothing in the reference answers to it, or behind which nothing agrees
any more; else the stretch goes on to the query's own end, or to that of the reference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.index.store import Entry
from faircut.match.feature_moments import FeatureQuery
from faircut.match.frames import FrameHit
from faircut.match.query import CUT, PictureQuery, bits
from faircut.match.silence import silence
from faircut.match.timeline import Line

_ONE_OF_MANY = 0.5
"""Share of the query's picture under which a copy may come and go without a cut."""
_ANSWER, _ANSWER_ROUGHLY = 0.12, 0.3
"""Seconds within which a change of the reference answers to a cut of the query, on a line that is exact or not."""
_AS_STRONG = 0.5
"""Share of the cut's bits that the answer must have."""
_AROUND = 6
_SHARP = 2.5
"""By how much a cut must exceed the median of the changes beside it to be one by itself."""
_LEAST_JUMP = 12
"""Bits that a jump within a scene must have to be one."""
_TWO = 2
"""Moments behind a cut that keep silent without being bound to speak."""
_STAND = 0.5
"""Seconds by which a line may leave the reference before the stretch must end."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Side:
    """One direction of time. ``way``: +1 or -1. ``last``: the moment that agrees on this side."""

    way: int
    last: float

    def beyond(self, times: Floats) -> Floats:
        """The times behind the last moment, the nearest first."""
        return times[times > self.last] if self.way > 0 else times[times <= self.last][::-1]

    def nearest(self, times: Sequence[float]) -> float:
        return min(times) if self.way > 0 else max(times)


class Ends:
    """The ends of one run of moments along a line.

    ``elsewhere``: moments that show another time of the same reference. ``shown``: share of the query's picture that
    shows the reference. ``exact``: whether the line is known to the frame.
    """

    def __init__(
        self,
        query: PictureQuery,
        features: FeatureQuery,
        line: Line,
        entry: Entry,
        codes: Entry | None,
        run: Sequence[FrameHit],
        elsewhere: Collection[float],
        *,
        shown: float,
        exact: bool,
    ) -> None:
        self._query = query
        self._times = features.times
        self._line = line
        self._entry = entry
        self._codes = codes
        self._shown = shown
        self._answer = _ANSWER if exact else _ANSWER_ROUGHLY
        self._agreed = np.isin(features.times, [hit.query_time for hit in run])
        expected = silence(query, features, line, entry, codes, run, shown)
        self._bound = expected.bound | np.isin(features.times, list(elsewhere))
        self._elsewhere = elsewhere
        self._possible = expected.possible | self._bound
        self._changes = query.changes
        self._cuts = query.cuts()
        self._sharp = self._cuts[np.array([self._by_itself(cut) for cut in self._cuts.tolist()], bool)]
        self._run = run

    def start(self) -> float:
        """Seconds of the query at which the stretch begins."""
        return self._end(_Side(-1, self._run[0].query_time))

    def end(self) -> float:
        """Seconds of the query at which it ends."""
        return self._end(_Side(+1, self._run[-1].query_time))

    def _end(self, side: _Side) -> float:
        whole = self._query.end if side.way > 0 else float(self._query.times[0])
        found = (self._before_silence(side), self._unanswered(side), self._given_up(side), self._left(side))
        return side.nearest([whole, *(place for place in found if place is not None)])

    def _before_silence(self, side: _Side) -> float | None:
        """Before the first moment that should agree and does not."""
        silent = side.beyond(self._times[self._bound & ~self._agreed])
        silent = silent[silent != side.last]
        if not len(silent):
            return None
        other = float(silent[0])
        low, high = sorted((side.last, other))
        between = self._cuts[(self._cuts > low) & (self._cuts <= high)]
        if len(between):
            sharp = [cut for cut in between.tolist() if cut in self._sharp and not self._answered(cut)]
            strongest: float = max(sharp or between.tolist(), key=self._change_at)
            return strongest
        if self._shown < _ONE_OF_MANY or other in self._elsewhere:
            return self._jump(low, high)
        # A shot that is a copy is one from its beginning to its end.
        beyond = side.beyond(self._cuts)
        return float(beyond[0]) if len(beyond) else None

    def _jump(self, low: float, high: float) -> float:
        """The time between two at which the picture changes far more than beside it; else the middle."""
        rows = np.flatnonzero((self._query.times[1:] > low) & (self._query.times[1:] <= high))
        if not len(rows):
            return (low + high) / 2
        most = int(rows[self._changes[rows].argmax()])
        if self._changes[most] < max(_SHARP * float(np.median(self._changes[rows])), _LEAST_JUMP):
            return (low + high) / 2
        return float(self._query.times[most + 1])

    def _unanswered(self, side: _Side) -> float | None:
        """At a cut of the whole picture to which nothing in the reference answers."""
        if self._codes is None or self._shown < _ONE_OF_MANY:
            return None
        return next((cut for cut in side.beyond(self._sharp).tolist() if not self._answered(cut)), None)

    def _given_up(self, side: _Side) -> float | None:
        """At a cut behind which several moments could agree and none does."""
        for cut in side.beyond(self._sharp).tolist():
            behind = self._times >= cut if side.way > 0 else self._times < cut
            if int((behind & self._possible).sum()) >= _TWO:
                return float(cut)
        return None

    def _left(self, side: _Side) -> float | None:
        """Where the line leaves the reference or comes to what is excluded of it: at a cut beside that, if there is."""
        times = self._query.times
        path = times[times > side.last] if side.way > 0 else times[times < side.last][::-1]
        target = self._line.at(path)
        outside = (target < 0) | (target > self._entry.duration)
        far = (target < -_STAND) | (target > self._entry.duration + _STAND)
        for segment in self._entry.reference.exclude:
            excluded = (target >= segment.start) & (target < segment.end)
            outside |= excluded
            far |= excluded
        if not far.any():
            return None
        first, last = sorted((float(path[int(outside.argmax())]), float(path[int(far.argmax())])))
        near = self._sharp[(self._sharp >= first - _STAND) & (self._sharp <= last)]
        return float(near[0] if side.way > 0 else near[-1]) if len(near) else float(path[int(outside.argmax())])

    def _answered(self, cut: float) -> bool:
        """Whether the reference changes about as much when the line says that it should."""
        if self._codes is None:
            return True
        times = self._codes.times[1:]
        there = float(self._line.at(cut))
        first, last = np.searchsorted(times, [there - self._answer, there + self._answer])
        changes = bits(self._codes.codes[first + 1 : last + 1], self._codes.codes[first:last])
        return float(changes.max(initial=0)) >= max(CUT / 2, _AS_STRONG * self._change_at(cut))

    def _change_at(self, cut: float) -> float:
        number = int(np.searchsorted(self._query.times, cut - 1e-6)) - 1
        return float(self._changes[max(number, 0)])

    def _by_itself(self, cut: float) -> bool:
        number = int(np.searchsorted(self._query.times, cut - 1e-6)) - 1
        beside = np.delete(self._changes[max(number - _AROUND, 0) : number + _AROUND + 1], min(number, _AROUND))
        return self._change_at(cut) >= _SHARP * float(np.median(beside)) if len(beside) else True
