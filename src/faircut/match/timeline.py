"""Which straight line in (query time, reference time) do most hits agree on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_PACES = (1.0, 0.5, 2 / 3, 0.75, 0.8, 0.9, 0.96, 1.04, 1.1, 1.25, 4 / 3, 1.5, 2.0)
SPEEDS: tuple[float, ...] = (*_PACES, 0.0, *(-pace for pace in _PACES))
"""Reference seconds per query second: 0 is a freeze frame, or a still as reference; below 0 it runs backwards."""

_TOLERANCE = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """``reference = speed * query + offset``; ``support`` counts the query moments that lie on it."""

    speed: float
    offset: float
    support: int

    def at(self, query: Floats | float) -> Floats:
        return np.asarray(self.speed * np.asarray(query, np.float64) + self.offset)

    def near(self, query: Floats, reference: Floats) -> npt.NDArray[np.bool_]:
        """Which hits lie on the line, within 0.3 s."""
        near: npt.NDArray[np.bool_] = np.abs(self.at(query) - reference) <= _TOLERANCE
        return near


def best_line(query: Floats, reference: Floats, speeds: Sequence[float] = SPEEDS) -> Line | None:
    """The line that most distinct query moments support, normal speed preferred; None without hits.

    ``query`` and ``reference``: (n,) seconds of n hits. ``speeds``: those that are tried.
    """
    lines = [line for speed in speeds if (line := _densest(query, reference, speed))]
    if not lines:
        return None
    most = max(line.support for line in lines)
    likely = [line for line in lines if line.support * 1.3 + 0.5 >= most]
    refined = [_refined(_refined(line, query, reference), query, reference) for line in likely]
    return min(refined, key=lambda line: _misfit(line, query, reference) + _ODD * _oddness(line.speed))


_ODD = 0.04
"""Seconds of misfit that a speed of half or double the normal one must make good, times ln 2: a few seconds of a slow
scene fit many slopes nearly as well."""


def _misfit(line: Line, query: Floats, reference: Floats) -> float:
    """Mean seconds between the line and the nearest hit of each query moment, each at most twice the tolerance."""
    distance = np.minimum(np.abs(line.at(query) - reference), 2 * _TOLERANCE)
    moments, number = np.unique(query, return_inverse=True)
    nearest = np.full(len(moments), 2 * _TOLERANCE)
    np.minimum.at(nearest, number, distance)
    return float(nearest.mean())


def _oddness(speed: float) -> float:
    """0 for normal speed, growing with the factor by which it was changed; a freeze frame is oddest."""
    if not speed:
        return 2.0
    return abs(float(np.log(abs(speed)))) + (1.0 if speed < 0 else 0.0)


def _densest(query: Floats, reference: Floats, speed: float) -> Line | None:
    if not len(query):
        return None
    offsets = reference - speed * query
    order = np.argsort(offsets, kind="stable")
    ordered, moments = offsets[order], np.unique(query, return_inverse=True)[1][order]
    last = np.searchsorted(ordered, ordered + 2 * _TOLERANCE, side="right")
    # Windows with many hits of one moment only (a still scene) count that moment once.
    fullest = np.argsort(np.arange(len(ordered)) - last, kind="stable")[:16]
    support, start = max((len(np.unique(moments[i : last[i]])), -int(i)) for i in fullest)
    window = ordered[-start : last[-start]]
    return Line(speed, float(np.median(window)), support)


def _refined(line: Line, query: Floats, reference: Floats) -> Line:
    near = line.near(query, reference)
    if not near.any():
        return line
    q, r = query[near], reference[near]
    if line.speed == 0.0 or line.support < 6 or np.ptp(q) < 2.0:
        return Line(line.speed, float(np.median(r - line.speed * q)), line.support)
    slope, offset = np.polyfit(q, r, 1)
    if abs(slope - line.speed) > 0.2 * abs(line.speed):
        return line
    if abs(abs(slope) - 1.0) < 0.01:
        # Within the grain of the codes that is normal speed, and a slope would shift the ends of a long segment.
        even = float(np.sign(slope))
        return Line(even, float(np.median(r - even * q)), line.support)
    refined = Line(float(slope), float(offset), line.support)
    return refined if refined.near(query, reference).sum() >= near.sum() else line


def runs(
    times: Floats, good: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], *, bridge: float
) -> list[npt.NDArray[np.intp]]:
    """Groups the good moments whose gaps are at most ``bridge`` seconds of known-bad time; lists of indices.

    Moments that are not ``known`` (too dark to tell) neither carry a run nor break it.
    """
    judged = np.flatnonzero(known)
    groups: list[list[int]] = []
    bad_since: float | None = None
    for index in judged:
        if not good[index]:
            bad_since = times[index] if bad_since is None else bad_since
            continue
        if groups and (bad_since is None or times[index] - bad_since <= bridge):
            groups[-1].append(int(index))
        else:
            groups.append([int(index)])
        bad_since = None
    return [np.array(group, np.intp) for group in groups]
