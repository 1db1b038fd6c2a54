"""Several passes over a reference at normal speed: loops, shots in another order, one line of time after another.

Hits of a loop lie about one moment of the reference as those of a freeze frame do, but a little before it and a little
after it in turn. So the best sequence of lines is sought over all moments at once (Viterbi's algorithm, each change of
line having its price) and taken where it explains clearly more than any single line does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.match.alignment import Votes
from faircut.match.timeline import Line

_GRAIN = 0.2
"""Seconds between the offsets that are tried."""
_MOST_OFFSETS = 240
_PRICE = 1.0
"""What a change of line costs, in moments that agree fully."""
_BETTER = 0.15
"""Share of all votes by which the sequence must explain more than a single line."""
_FULLY = 0.25
"""Membership below which a moment is on no line at all."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pass:
    """One line of time, and the moments of the query that lie on it."""

    line: Line
    moments: Floats


def passes(votes: Votes, single: float) -> list[Pass]:
    """The passes that explain clearly more than ``single``, the share that the best single line does; else none."""
    moments, number = np.unique(votes.query, return_inverse=True)
    total = sum(float(votes.weight[number == each].max()) for each in range(len(moments)))
    found = [_sequence(votes, moments, number, speed) for speed in (1.0, -1.0)]
    score, parts = max(found, key=lambda each: each[0])
    if len(parts) < 2 or score < (single + _BETTER) * total:
        return []
    return [each for each in parts if len(each.moments) > 1]


def _sequence(votes: Votes, moments: Floats, number: npt.NDArray[np.intp], speed: float) -> tuple[float, list[Pass]]:
    middle = (votes.begin + votes.end) / 2 - speed * votes.query
    offsets = np.unique(np.round(middle / _GRAIN))[:_MOST_OFFSETS] * _GRAIN
    each = np.stack([votes.membership(Line(speed, offset, 0)) * votes.weight for offset in offsets.tolist()])
    table = np.zeros((len(moments), len(offsets)))
    np.maximum.at(table, number, each.T)
    best = table[0].copy()
    came = np.zeros(table.shape, np.intp)
    stay = np.arange(len(offsets))
    for step in range(1, len(moments)):
        from_ = int(best.argmax())
        change = best[from_] - _PRICE > best
        came[step] = np.where(change, from_, stay)
        best = np.where(change, best[from_] - _PRICE, best) + table[step]
    place = int(best.argmax())
    score = float(best[place])
    path = [place]
    for step in range(len(moments) - 1, 0, -1):
        place = int(came[step, place])
        path.append(place)
    path.reverse()
    parts: list[Pass] = []
    bounds = np.flatnonzero(np.diff(path)) + 1
    for steps in np.split(np.arange(len(moments)), bounds):
        offset = float(offsets[path[int(steps[0])]])
        on = [int(step) for step in steps if table[step, path[int(step)]] > _FULLY * table[step].max(initial=1e-9)]
        if on:
            parts.append(Pass(Line(speed, offset, len(on)), moments[on]))
    return score, parts
