"""Lines of time through sparse moments: each moment of a reference stands for the stretch around it.

Local features are kept of about one moment a second. A frame of the query agrees with the nearest of them, so a hit
says "about then", and in a still scene, of which one moment is kept, "somewhere in that scene". Many such statements
together give the line to a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.match.timeline import SPEEDS, Line

Floats = npt.NDArray[np.float64]

_SOFT = 0.75
"""Seconds outside its stretch over which a hit's vote fades."""
_SHARP = 0.2
"""The same beyond the cuts of its shot."""
_COARSE = 0.2
_FINE = 0.04
_MOST_SPEEDS = 6
_ODD = 0.06
"""Share of all votes that a speed of half or double the normal one must make good, times ln 2."""
_ODD_BACKWARDS = 0.06
_ODD_FROZEN = 0.05
_MOST_VOTES = 400
_MOST_OFFSETS = 4000


@dataclass(frozen=True, slots=True)
class Votes:
    """Hits of one reference, (n,) each: seconds of the query, of the reference, the stretch that the latter stands for,
    how much each hit weighs, and the shot of the reference (``low`` to ``high``) that it shows, where that is known."""

    query: Floats
    reference: Floats
    begin: Floats
    end: Floats
    weight: Floats
    low: Floats | None = None
    high: Floats | None = None

    def __len__(self) -> int:
        return len(self.query)

    def only(self, mask: npt.NDArray[np.bool_]) -> Votes:
        """Those that the mask picks."""
        low, high = (None if bound is None else bound[mask] for bound in (self.low, self.high))
        return Votes(
            self.query[mask], self.reference[mask], self.begin[mask], self.end[mask], self.weight[mask], low, high
        )

    def membership(self, line: Line) -> Floats:
        """(n,) 0..1: how well each agrees with the line."""
        return self._members(line.at(self.query), np.arange(len(self)), 0.0)

    def _members(self, at: Floats, order: npt.NDArray[np.intp], back: Floats | float) -> Floats:
        """(…, n) for times ``at`` of the hits in that order; ``back`` was taken off the times of each."""
        begin, end = self.begin[order] - back, self.end[order] - back
        off = np.maximum(np.maximum(begin - at, at - end), 0.0) / _SOFT
        if self.low is not None and self.high is not None:
            # A cut is sharp: what shows one shot shows no moment of the next.
            off += np.maximum(np.maximum(self.low[order] - back - at, at - self.high[order] + back), 0.0) / _SHARP
        members: Floats = np.clip(1.0 - off, 0.0, 1.0)
        return members

    def share(self, speed: float, offsets: Floats) -> Floats:
        """(k,) 0..1: the tally in shares of the most that there could be."""
        moments = np.unique(self.query)
        total = sum(float(self.weight[self.query == moment].max()) for moment in moments)
        shares: Floats = self.tally(speed, offsets) / max(total, 1e-9)
        return shares

    def tally(self, speed: float, offsets: Floats) -> Floats:
        """(k,) weight behind each offset; of several hits of one moment of the query the best one counts."""
        moments = np.unique(self.query)
        order = np.argsort(self.query, kind="stable")
        each = self._members(offsets[:, None], order, speed * self.query[order]) * self.weight[order][None]
        starts = np.searchsorted(self.query[order], moments)
        tally: Floats = np.maximum.reduceat(each, starts, axis=1).sum(axis=1)
        return tally


def alignments(votes: Votes) -> list[tuple[float, Line]]:
    """The lines that the weightiest moments agree on, one for each likely speed, the best first.

    The numbers are shares of all votes, less a little for odd speeds. ``support`` of a line counts the moments of the
    query on it.
    """
    if not len(votes):
        return []
    if len(votes) > _MOST_VOTES:
        strongest = np.zeros(len(votes), bool)
        strongest[np.argsort(-votes.weight, kind="stable")[:_MOST_VOTES]] = True
        votes = votes.only(strongest)
    total = sum(float(votes.weight[votes.query == moment].max()) for moment in np.unique(votes.query))
    rough: list[tuple[float, float, float]] = []
    for speed in SPEEDS:
        offsets = _grid(votes, speed)
        tally = votes.tally(speed, offsets)
        best = int(tally.argmax())
        rough.append((float(tally[best]) - _oddness(speed) * total, speed, float(offsets[best])))
    rough.sort(key=lambda each: -each[0])
    likely = rough[:_MOST_SPEEDS] + [each for each in rough[_MOST_SPEEDS:] if each[1] == 1.0]
    refined = sorted((_refined(votes, speed, offset, total) for _, speed, offset in likely), reverse=True)
    return [(score / total, Line(speed, offset, _support(votes, speed, offset))) for score, speed, offset in refined]


def refined(votes: Votes, line: Line) -> Line:
    """The line, moved to the middle of the best places near its own."""
    _, offset = _middle(votes, line.speed, line.offset)
    return Line(line.speed, offset, _support(votes, line.speed, offset))


def _support(votes: Votes, speed: float, offset: float) -> int:
    return len(np.unique(votes.query[votes.membership(Line(speed, offset, 0)) > 0]))


def _grid(votes: Votes, speed: float) -> Floats:
    """Offsets worth trying: around each vote, a fifth of a second apart."""
    middle = votes.reference - speed * votes.query
    low, high = votes.begin - speed * votes.query, votes.end - speed * votes.query
    marks = np.concatenate([low, (low + high) / 2, middle, high])
    return np.unique(np.round(marks / _COARSE))[:_MOST_OFFSETS] * _COARSE


def _refined(votes: Votes, speed: float, offset: float, total: float) -> tuple[float, float, float]:
    """(score, speed, offset) in the middle of the best offsets nearby, with the speed fitted where that says more."""
    score, offset = _middle(votes, speed, offset)
    best = (score - _oddness(speed) * total, speed, offset)
    spread = float(np.ptp(votes.query[votes.membership(Line(speed, offset, 0)) > 0])) if score > 0 else 0.0
    # Small changes of normal speed are among the speeds already.
    if speed and abs(speed) != 1.0 and spread > 3.0:
        centre = float(np.average(votes.query, weights=votes.weight))
        for factor in (0.95, 0.97, 1.03, 1.05):
            other = speed * factor
            score, moved = _middle(votes, other, offset + (speed - other) * centre)
            best = max(best, (score - (_oddness(other) + 0.02) * total, other, moved))
    return best


def _middle(votes: Votes, speed: float, offset: float) -> tuple[float, float]:
    """The best tally near an offset, and the middle of the stretch of offsets that reach it, the votes' own moments
    deciding among those."""
    offsets = offset + np.arange(-0.8, 0.8 + _FINE / 2, _FINE)
    tally = votes.tally(speed, offsets)
    top = float(tally.max())
    good = offsets[tally >= top - 1e-6 - 0.005 * top]
    apart = votes.reference - speed * votes.query
    near = (apart >= good[0] - 1.0) & (apart <= good[-1] + 1.0)
    if near.any():
        wanted = float(np.average(apart[near], weights=votes.weight[near]))
        return top, float(good[np.abs(good - wanted).argmin()])
    return top, float(good.mean())


def _oddness(speed: float) -> float:
    if not speed:
        return _ODD_FROZEN
    return _ODD * abs(float(np.log(abs(speed)))) + (_ODD_BACKWARDS if speed < 0 else 0.0)
