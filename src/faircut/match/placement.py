"""The exact place of a stretch: every frame against the very frame of the reference that a line of time points at.

Pairs of sampled codes tell a line to about the grain of the codes that are kept, and over a short or slow scene many
lines fit them. Of these the one is taken along which all frames lie nearest, normal speed where nothing speaks
against it; a picture that stands still is put in the middle of the time for which the reference shows it; and where
two stretches reach over one another, the frames between go to the nearer one, up to the likeliest frame to cut at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from faircut.domain import Segment
from faircut.fingerprints import pdq
from faircut.index.store import Entry
from faircut.match.query import PictureQuery, bits
from faircut.match.sightings import Sighting
from faircut.match.timeline import SPEEDS, Line

_REACH = 1.0
"""Seconds by which a line of sampled codes may be off."""
_STEP = 0.04
_MOST_FRAMES = 120
_SIMILAR = 1.4
"""Factor between speeds that fit the same few seconds nearly as well."""
_ODD = 6.0
"""Bits that a speed of half or double the normal one must make good, times ln 2. This and the others were chosen on
drawn films."""
_STILL = 1.0
"""Mean bits by which one frame must be nearer than a film that moves for the stretch to be a freeze frame."""
_VERY_FRAME, _DRIFTED = 10.0, 18.0
_EVEN = 0.5
"""Mean bits within which places are equally good; the middle of them is taken."""
_BETTER = 1.0
"""Mean bits by which another place must be better to be preferred to that of the sampled codes."""
_SAME_FRAME = 4
"""Bits within which rows of a reference show a standing picture equally well."""
_CUT_COUNTS = 0.5
"""What a bit of change from frame to frame is worth, in bits of distance, where a cut is looked for."""
_MOST_CHANGE = 64
_CLEARLY = 3.0
"""Mean bits by which one stretch must be nearer to take what lies inside another."""
_HALF = 0.5

Floats = npt.NDArray[np.float64]


def distances(query: PictureQuery, way: int, entry: Entry, target: Floats, frames: npt.NDArray[np.intp]) -> Floats:
    """Bits between each of the ``frames`` and the code that stands at ``target``, one time or more for each frame.

    ``target``: (..., n) seconds of the reference; so is the result.
    """
    times = entry.times.astype(np.float64)
    rows = np.clip(np.searchsorted(times, target + 1e-3, side="right") - 1, 0, len(times) - 1)
    return bits(query.laid(way, frames), np.asarray(entry.codes[rows])).astype(np.float64)


def placed(query: PictureQuery, way: int, entry: Entry, line: Line, run: npt.NDArray[np.intp]) -> Line:
    """The line, at the speed and place at which the frames of a run lie nearest."""
    frames = run[np.unique(np.linspace(0, len(run) - 1, _MOST_FRAMES).round().astype(int))]
    if not line.speed:
        return replace(line, offset=_frozen_at(query, way, entry, frames, line.offset))
    middle = float(query.times[frames].mean())
    pivot = float(line.at(middle))
    shifts = np.arange(-_REACH, _REACH + _STEP / 2, _STEP)
    shifts = shifts[np.argsort(np.abs(shifts), kind="stable")]
    now = float(distances(query, way, entry, line.at(query.times[frames]), frames).mean()) + _odd(line.speed) - _BETTER
    best, chosen = now, line
    for speed in _alike(line.speed):
        target = pivot + speed * (query.times[frames] - middle) + shifts[:, None]
        inside = (target >= -_STEP) & (target <= entry.duration + _STEP)
        cost = np.where(inside.all(axis=1), distances(query, way, entry, target, frames).mean(axis=1), np.inf)
        least = float(cost.min()) + _odd(speed)
        if least < best:
            good = shifts[cost <= cost.min() + _EVEN]
            shift = float(good[np.abs(good - np.median(good)).argmin()])
            best, chosen = least, replace(line, speed=speed, offset=pivot + shift - speed * middle)
    still = _frozen_at(query, way, entry, frames, float(chosen.at(middle)))
    apart = distances(query, way, entry, np.full(len(frames), still), frames)
    # What begins as the very frame and drifts away from it, and from all others as well, is enlarged little by little.
    drifts = float(apart.min()) <= _VERY_FRAME and float(apart.mean()) >= _DRIFTED
    if float(apart.mean()) + (-_STILL if drifts else _STILL) < best:
        return replace(chosen, speed=0.0, offset=still)
    return chosen


def _alike(speed: float) -> list[float]:
    """Speeds that one might take for the other, itself first."""
    others = [each for each in SPEEDS if each * speed > 0 and 1 / _SIMILAR <= each / speed <= _SIMILAR]
    normal = 1.0 if speed > 0 else -1.0
    return list(dict.fromkeys([speed, normal, *others]))


def _odd(speed: float) -> float:
    return _ODD * abs(float(np.log(abs(speed))))


def _frozen_at(query: PictureQuery, way: int, entry: Entry, frames: npt.NDArray[np.intp], near: float) -> float:
    """The middle of the time for which the reference shows a picture that stands still."""
    rows = np.flatnonzero((np.abs(entry.times - near) <= 2 * _REACH) & ~entry.excluded)
    if not len(rows):
        return near
    apart = bits(query.laid(way, frames)[:, None], np.asarray(entry.codes[rows])[None])
    # A slow zoom begins or ends at the picture itself: so the nearest frames say which it is.
    cost = np.sort(apart, axis=0)[: max(1, len(frames) // 8)].mean(axis=0)
    best = int(cost.argmin())
    good = cost <= cost[best] + _SAME_FRAME
    first = last = best
    while first > 0 and good[first - 1]:
        first -= 1
    while last + 1 < len(rows) and good[last + 1]:
        last += 1
    following = int(rows[last]) + 1
    until = float(entry.times[following]) if following < len(entry.times) else entry.duration
    return (float(entry.times[rows[first]]) + until) / 2


def settled(query: PictureQuery, way: int, entry: Entry, found: Sequence[Sighting], least: int) -> list[Sighting]:
    """Stretches of one reference laid one way, none of which reaches over its neighbour any more.

    What is left of fewer than ``least`` frames is dropped.
    """
    kept: list[Sighting] = []

    def keep(each: Sighting, start: float, end: float) -> None:
        if len(_within(query, start, end)) >= least:
            kept.append(_cut(each, entry, start, end))

    for each in sorted(found, key=lambda each: (_span(each).start, -_span(each).end)):
        start, end = _span(each)
        if len(kept) > 1:
            start = max(start, _span(kept[-2]).end)
        last = kept[-1] if kept else None
        if last is None or _span(last).end <= start + _HALF * query.frame:
            keep(each, start, end)
            continue
        kept.pop()
        rows = _within(query, start, min(_span(last).end, end))
        one, other = (_costs(query, way, entry, sighting, rows) for sighting in (last, each))
        if end <= _span(last).end:
            if len(rows) and other.mean() < one.mean() - _CLEARLY:
                keep(last, _span(last).start, start)
                keep(each, start, end)
                keep(last, end, _span(last).end)
            else:
                kept.append(last)
            continue
        moment = _boundary(query, rows, one, other) if len(rows) else start
        keep(last, _span(last).start, moment)
        keep(each, moment, end)
    return kept


def _span(sighting: Sighting) -> Segment:
    return sighting.query or Segment(0.0, 0.0)


def _within(query: PictureQuery, start: float, end: float) -> npt.NDArray[np.intp]:
    """The frames from one time up to another."""
    half = _HALF * query.frame
    return np.flatnonzero((query.times >= start - half) & (query.times < end - half))


def _costs(query: PictureQuery, way: int, entry: Entry, sighting: Sighting, rows: npt.NDArray[np.intp]) -> Floats:
    if sighting.line is None:
        return np.full(len(rows), float(pdq.BITS))
    return distances(query, way, entry, sighting.line.at(query.times[rows]), rows)


def _boundary(query: PictureQuery, rows: npt.NDArray[np.intp], one: Floats, other: Floats) -> float:
    """The time up to which frames are nearer to the one and from which on they are nearer to the other."""
    cost = np.concatenate([[0.0], np.cumsum(one)]) + np.concatenate([np.cumsum(other[::-1])[::-1], [0.0]])
    changes = np.concatenate([[0], query.changes, [0]])
    into = changes[np.append(rows, rows[-1] + 1)]
    best = int((cost - _CUT_COUNTS * np.minimum(into, _MOST_CHANGE)).argmin())
    return float(query.times[rows[best]]) if best < len(rows) else float(query.times[rows[-1]]) + query.frame


def _cut(sighting: Sighting, entry: Entry, start: float, end: float) -> Sighting:
    """The part of a stretch from one time of the query to another."""
    if sighting.line is None or sighting.query == (start, end):
        return sighting
    moments = tuple(each for each in sighting.moments if start <= each.query < end)
    shown = sighting.shown
    if shown is not None:
        low, high = np.sort(np.clip(sighting.line.at(np.array([start, end])), 0.0, max(entry.duration, 0.0))).tolist()
        shown = Segment(round(low, 3), round(high, 3))
    query = Segment(round(start, 3), round(end, 3))
    return replace(sighting, query=query, shown=shown, moments=moments or sighting.moments[:1])
