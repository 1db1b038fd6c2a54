"""Lines in (query time, reference time, pitch) on which two constellations agree, and for how long they do.

Triples vote for a line; then the points themselves are compared along it. Nothing is assumed of how many points agree
by chance: that is counted, on the same two constellations moved against each other. Held tones, steady rhythms and
dense noise agree as well when they are moved, and so prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.match.landmarks import Hits, Triples

Floats = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

WINDOW = 16.0
"""Seconds of a query that vote together: within it, an error in the tempo of a triple hardly moves the vote."""
_VOTE_PITCH, _VOTE_TEMPO, _VOTE_TIME = 0.03, 0.05, 0.5
_MIN_VOTES = 2
_HAIR = 1e-3
_MOST_POINTS = 1 << 14
_MAX_LINES = 32
_ALIKE = 0.3
"""Share of a cell within which two lines are taken for one: under an echo one of two neighbours may lead astray."""
_HASH_BITS = 19
_LEAST_CELL_BITS = 10
_ROUNDED = 1e-6
_FEW = 1 << 17
"""References up to which their numbers need not be made smaller to fit."""
_MIX = np.int64(0x5851F42D4C957F2D)
_SAME_TIME = 0.035
_SAME_OCTAVE = 0.016
_FITTED = WINDOW / 2 + 2.0
"""Seconds to either side of a window within which points are paired first."""
_FITTING = ((0.12, 0.03), (0.06, 0.022), (0.045, 0.018))
"""Seconds and octaves within which points are paired while the line is being fitted to them."""
_SHIFTS = (0.215, -0.29, 0.37, -0.155)
_SEMITONES = (1 / 12, -2 / 12, 5 / 12, -7 / 12)
_DELAYS = (0.23, -0.37, 0.61, -0.83, 1.31)
"""Octaves and seconds by which one constellation is moved to count what agrees by chance. Whole semitones are among
them, because other music in the same tuning agrees more often there."""
_LEAST_CHANCE = 0.015
_DROP = 9.0
"""How far the evidence may fall, in nats, before a stretch has ended."""
_DOUBT = 6.0
_HIDDEN = 3.0
_NEAR_END = 0.6
_SPARSE = 1.0
"""Nats against, and seconds, up to which a stretch is taken to reach the query's own end."""
_RIM = 0.1
_AROUND = 24.0
_LEAST_POINTS = 8
_WORTH_A_LOOK = 12.0
_NOTHING = 6.0
"""Nats below which a stretch is not looked at any further."""
_CHOICE = 1.4
"""Nats: of four ways to count, one is taken."""


class Constellation(NamedTuple):
    """Points in order of time: (n,) seconds, (n,) octaves, (n,) decibels; ``seconds``: of the whole sound."""

    times: Floats
    octave: Floats
    strength: Floats
    seconds: float

    def between(self, start: float, end: float) -> Constellation:
        """The points from ``start`` to ``end`` seconds, and it may be those that lie beside them by a hair."""
        first, last = np.searchsorted(self.times, (start - _HAIR, end + _HAIR))
        rows = slice(int(first), int(last))
        return Constellation(self.times[rows], self.octave[rows], self.strength[rows], self.seconds)


@dataclass(frozen=True, slots=True)
class Line:
    """``reference = speed * query + offset``; the query's frequencies are the reference's times ``2 ** pitch``."""

    entry: int
    speed: float
    offset: float
    pitch: float
    witnesses: int
    centre: float

    def at(self, query: float) -> float:
        """Query seconds to reference seconds."""
        return self.speed * query + self.offset

    def back(self, reference: Floats | float) -> Floats:
        """Reference seconds to query seconds."""
        return (np.asarray(reference, np.float64) - self.offset) / self.speed


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the query in which points agree. ``start`` and ``end`` in query seconds. ``points``: of the reference
    within it; ``agreeing``: those that the query has; ``chance``: share that would agree anyway; ``evidence``: in
    nats. ``above``, ``alike``: standard deviations and share by which the fine structure agrees, where it was
    compared."""

    line: Line
    start: float
    end: float
    points: int
    agreeing: int
    chance: float
    evidence: float
    above: float = 0.0
    alike: float = 0.0


def lines(hits: Hits, found: Triples, query: Constellation) -> Iterator[Line]:
    """Lines that several triples vote for, those with most votes first, window by window."""
    if not len(hits.query):
        return
    anchor = found.a[hits.query]
    at = query.times[anchor]
    tempo = np.log2(hits.length / (query.times[found.c[hits.query]] - at))
    pitch = query.octave[anchor] - hits.octave
    first = np.floor(at / (WINDOW / 2)).astype(np.int64)
    low, high = int(first.min()), int(first.max())
    # Each window is two halves, and all but the ends of a long query lie in two windows.
    for window in range(low, max(high, low + 1)):
        mine = np.flatnonzero((first == window) | (first == window + 1))
        if len(mine) >= _MIN_VOTES:
            centre = (window + 1) * WINDOW / 2
            moved = hits.at[mine] + 2.0 ** tempo[mine] * (centre - at[mine])
            yield from _voted(
                hits.entry[mine], anchor[mine], moved, tempo[mine], pitch[mine], hits.weight[mine], centre
            )


def _voted(
    entry: npt.NDArray[np.int64],
    anchor: npt.NDArray[np.int64],
    moved: Floats,
    tempo: Floats,
    pitch: Floats,
    weight: Floats,
    centre: float,
) -> Iterator[Line]:
    together = _crowded(entry, moved, tempo, pitch)
    entry, anchor, moved, tempo, pitch, weight = (
        each[together] for each in (entry, anchor, moved, tempo, pitch, weight)
    )
    # Of several triples of one point in a cell the closest counts: they are one witness.
    order = np.argsort(-weight, kind="stable")
    entry, anchor, moved, tempo, pitch, weight = (each[order] for each in (entry, anchor, moved, tempo, pitch, weight))
    if not len(entry):
        return
    best: list[tuple[float, int, npt.NDArray[np.intp]]] = []
    anchor = anchor - anchor.min()
    owner = (entry if int(entry.max()) < _FEW else np.unique(entry, return_inverse=True)[1]) << 31
    # Each axis has two ways to be cut into cells, and a cell is one of both along each.
    places = [
        [np.floor(values / width + half).astype(np.int64) + least << shift for half in (0.0, 0.5)]
        for values, width, least, shift in (
            (moved, _VOTE_TIME, 1 << 20, 10),
            (tempo, _VOTE_TEMPO, 16, 5),
            (pitch, _VOTE_PITCH, 16, 0),
        )
    ]
    for place in product(*places):
        best += _leading(owner | place[0] | place[1] | place[2], anchor, weight)
    best.sort(key=lambda each: -each[0])
    given: list[Line] = []
    seen: set[bytes] = set()
    for _, witnesses, which in best:
        # Cells that overlap mostly hold the same votes.
        if (votes_of := which.tobytes()) in seen:
            continue
        seen.add(votes_of)
        speed = 2.0 ** _middle(tempo[which])
        line = Line(
            int(entry[which][0]),
            speed,
            _middle(moved[which]) - speed * centre,
            _middle(pitch[which]),
            witnesses,
            centre,
        )
        if not any(_alike(line, other) for other in given):
            given.append(line)
            yield line
            if len(given) >= _MAX_LINES:
                return


def _leading(
    cell: npt.NDArray[np.int64], anchor: npt.NDArray[np.int64], weight: Floats
) -> list[tuple[float, int, npt.NDArray[np.intp]]]:
    """The cells with the greatest sums, greatest first: sum, witnesses and rows of each. Rows come in order of weight.

    All that falls into a bucket of a hash weighs at least as much as each of its cells: so few buckets need be sorted.
    """
    bits = max(len(cell).bit_length(), _LEAST_CELL_BITS)
    bucket = cell * _MIX >> np.int64(64 - bits) & ((1 << bits) - 1)
    most = np.bincount(bucket, weight, minlength=1 << bits)
    least = float(np.partition(most, -2 * _MAX_LINES)[-2 * _MAX_LINES])
    for _ in range(2):
        rows = np.flatnonzero(most[bucket] >= least)
        _, one = np.unique(cell[rows] * _MOST_POINTS + anchor[rows], return_index=True)
        cells, number, votes = np.unique(cell[rows][one], return_inverse=True, return_counts=True)
        score = np.bincount(number, weight[rows][one])
        leading = np.argsort(-score, kind="stable")[:_MAX_LINES]
        # Whatever lies in the other buckets weighs less than the last of these, or they are to be looked at too.
        last = float(score[leading[-1]]) - _ROUNDED if len(leading) == _MAX_LINES else 0.0
        if last >= least:
            break
        least = last
    inside = cell[rows]
    return [(float(score[k]), int(votes[k]), rows[inside == cells[k]]) for k in leading if votes[k] >= _MIN_VOTES]


def _middle(values: Floats) -> float:
    """The median. NumPy's own takes ten times as long over a handful of values, and is asked hundreds of times."""
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    parted = np.partition(values, (half - 1, half))
    return float(parted[half - 1] + parted[half]) / 2


def _crowded(entry: npt.NDArray[np.int64], moved: Floats, tempo: Floats, pitch: Floats) -> Bools:
    """Votes that are not alone in wide cells of the vote, counted by hash: nearly all are, and never make a line."""
    crowded = np.zeros(len(entry), bool)
    for half in (0.0, 0.5):
        place = np.floor(moved / (2 * _VOTE_TIME) + half).astype(np.int64)
        place += np.floor(tempo / (2 * _VOTE_TEMPO) + half).astype(np.int64) << 24
        place += np.floor(pitch / (2 * _VOTE_PITCH) + half).astype(np.int64) << 28
        place = (place ^ entry * _MIX >> np.int64(8)) * _MIX >> np.int64(64 - _HASH_BITS) & ((1 << _HASH_BITS) - 1)
        crowded |= np.bincount(place, minlength=1 << _HASH_BITS)[place] >= _MIN_VOTES
    return crowded


def _alike(one: Line, other: Line) -> bool:
    apart = abs((one.speed - other.speed) * one.centre + one.offset - other.offset)
    return (
        one.entry == other.entry
        and apart < _ALIKE * _VOTE_TIME
        and abs(one.speed - other.speed) < _ALIKE * _VOTE_TEMPO
        and abs(one.pitch - other.pitch) < _ALIKE * _VOTE_PITCH
    )


def fitted(line: Line, query: Constellation, reference: Constellation) -> Line:
    """The line moved to where the points agree best: first around the votes, then over all of the query."""
    for number, (seconds, octaves) in enumerate(_FITTING):
        first, last = float(query.times[0]) - seconds, float(query.times[-1]) + seconds
        if number < len(_FITTING) - 1:
            first, last = max(first, line.centre - _FITTED), min(last, line.centre + _FITTED)
        part = reference.between(line.at(first), line.at(last))
        mine, theirs = _pairs(line, query, part, seconds, octaves)
        if len(mine) < 6:
            return line
        pitch = _middle(query.octave[mine] - part.octave[theirs])
        at, to = query.times[mine], part.times[theirs]
        speed = line.speed
        if at.max() - at.min() > 3.0:
            centred = at - at.sum() / len(at)
            speed = float(np.dot(centred, to) / np.dot(centred, centred))
        if abs(np.log2(max(speed, 1e-3) / line.speed)) > 0.05:
            return line
        line = replace(line, speed=speed, offset=_middle(to - speed * at), pitch=pitch)
    return line


def _pairs(
    line: Line, query: Constellation, reference: Constellation, seconds: float, octaves: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of query and reference that agree along the line."""
    at, octave = line.back(reference.times), reference.octave + line.pitch
    low = np.searchsorted(query.times, at - seconds)
    count = np.searchsorted(query.times, at + seconds) - low
    theirs = np.repeat(np.arange(len(at)), count)
    mine = np.repeat(low - np.cumsum(count) + count, count) + np.arange(len(theirs))
    good = np.abs(query.octave[mine] - octave[theirs]) <= octaves
    return mine[good], theirs[good]


def stretches(line: Line, query: Constellation, reference: Constellation) -> list[Stretch]:
    """The parts of the query in which the two agree along ``line``, however little.

    Looked for around the votes first, and along the whole line only where agreement goes on.
    """
    until = query.seconds
    near = (max(line.centre - _AROUND, -1.0), min(line.centre + _AROUND, until + 1.0))
    found = _stretches(line, query, reference, near)
    if any(
        (each.start < near[0] + 3.0 and near[0] > 0) or (each.end > near[1] - 3.0 and near[1] < until) for each in found
    ):
        return _stretches(line, query, reference, (-1.0, until + 1.0))
    return found


def _stretches(
    line: Line, query: Constellation, reference: Constellation, within: tuple[float, float]
) -> list[Stretch]:
    until = query.seconds
    reference = reference.between(
        line.at(max(within[0], -_RIM)),
        line.at(min(within[1], until + _RIM)),
    )
    at = line.back(reference.times)
    inside = (at > within[0]) & (at < within[1]) & (at > -_RIM) & (at < until + _RIM)
    at, octave = at[inside], reference.octave[inside] + line.pitch
    if len(at) < _LEAST_POINTS:
        return []
    agree = _agreeing(at[None, :], octave[None, :], query)[0]
    # Chance cannot be less than this, so that most lines which lead nowhere need not be counted any further.
    if not any(
        _evidence(last + 1 - first, int(agree[first : last + 1].sum()), _LEAST_CHANCE) >= _NOTHING
        for first, last in _runs(agree, _LEAST_CHANCE)[0]
    ):
        return []
    moved = _moved(at, octave, query)
    strength = reference.strength[inside]
    everywhere = _chance(moved)
    runs, share = _runs(agree, everywhere)
    whole = float(line.back(0.0)), float(line.back(reference.seconds))
    found: list[Stretch] = []
    for first, last in runs:
        rows = np.arange(first, last + 1)
        agreeing = int(agree[rows].sum())
        if _evidence(len(rows), agreeing, everywhere) < _NOTHING:
            continue
        # What is counted by chance must be counted where the stretch is: the rest of the query may be silent.
        chance = max(_chance(moved[:, rows]), everywhere)
        evidence = _evidence(len(rows), agreeing, chance)
        for some in _outliving(rows, strength, octave) if evidence >= _WORTH_A_LOOK else ():
            least = max(_chance(moved[:, some]), everywhere)
            evidence = max(evidence, _evidence(len(some), int(agree[some].sum()), least) - _CHOICE)
        start, end = _ends(at, (first, last), _gains(agree, share, everywhere), until, whole)
        found.append(Stretch(line, start, end, len(rows), agreeing, chance, evidence))
    return found


def _outliving(rows: npt.NDArray[np.intp], strength: Floats, octave: Floats) -> Iterator[npt.NDArray[np.intp]]:
    """The half of the points that is likeliest to outlive what was laid over them: the strong ones under noise, the
    high or the low ones under a voice. What is left of the others would only dilute the evidence."""
    yield rows[strength[rows] >= np.median(strength[rows])]
    low = octave[rows] < np.median(octave[rows])
    yield rows[low]
    yield rows[~low]


def _moved(at: Floats, octave: Floats, query: Constellation) -> Bools:
    """(moves, n) which points, already brought into the query, the query has when they are moved."""
    shifts, delays = np.array([*_SHIFTS, *_SEMITONES])[:, None], np.array(_DELAYS)[:, None]
    times = np.concatenate([np.broadcast_to(at, (len(shifts), len(at))), at + delays])
    return _agreeing(times, np.concatenate([octave + shifts, np.broadcast_to(octave, (len(delays), len(at)))]), query)


def _agreeing(times: Floats, octaves: Floats, query: Constellation) -> Bools:
    """(moves, n) of points which the query has."""
    flat, places = times.reshape(-1), octaves.reshape(-1)
    low = np.searchsorted(query.times, flat - _SAME_TIME)
    count = np.searchsorted(query.times, flat + _SAME_TIME) - low
    owner = np.repeat(np.arange(len(flat)), count)
    mine = np.arange(len(owner)) + np.repeat(low - np.cumsum(count) + count, count)
    result = np.zeros(len(flat), bool)
    result[owner[np.abs(query.octave[mine] - places[owner]) <= _SAME_OCTAVE]] = True
    return result.reshape(times.shape)


def _chance(moved: Bools) -> float:
    """The share of points that agree when the constellations are moved against each other: by odd steps in frequency,
    by semitones, in time."""
    odd, steps = len(_SHIFTS), len(_SHIFTS) + len(_SEMITONES)
    kinds = (moved[:odd], moved[odd:steps], moved[steps:])
    return max(_LEAST_CHANCE, *(float(each.mean()) for each in kinds))


def _evidence(points: int, agreeing: int, chance: float) -> float:
    """Nats by which the agreement exceeds chance: points times the divergence of the two shares."""
    share = agreeing / points
    if share <= chance:
        return 0.0
    rest = (1 - share) * np.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return float(points * (share * np.log(share / chance) + rest))


def _gains(agree: Bools, share: float, chance: float) -> Floats:
    """Nats by which each point speaks for a copy of which ``share`` comes back, against ``chance``."""
    return np.asarray(np.where(agree, np.log(share / chance), np.log((1 - share) / (1 - chance))))


def _runs(agree: Bools, chance: float) -> tuple[list[tuple[int, int]], float]:
    """Stretches (first and last row) over which the evidence grows, each ended where it falls by more than the drop;
    and the share of points that comes back in the best of them."""
    share = max(0.5, 1.5 * chance)
    runs: list[tuple[int, int]] = []
    for _ in range(2):
        gain = _gains(agree, share, chance)
        runs = growing(gain)
        if not runs:
            break
        first, last = max(runs, key=lambda run: float(gain[run[0] : run[1] + 1].sum()))
        share = float(np.clip(agree[first : last + 1].mean(), 1.5 * chance, 0.9))
    return runs, share


def growing(gain: Floats, drop: float = _DROP) -> list[tuple[int, int]]:
    """Where the running sum of ``gain`` rises from nothing to its top, as long as it never falls by the drop."""
    runs: list[tuple[int, int]] = []
    total = best = 0.0
    begin, top = 0, -1
    for k, each in enumerate(gain.tolist()):
        if best <= 0.0:
            if each <= 0.0:
                continue
            total, begin = 0.0, k
        total += each
        if total > best:
            best, top = total, k
        elif total <= max(0.0, best - drop):
            runs.append((begin, top))
            total = best = 0.0
    if best > 0.0:
        runs.append((begin, top))
    return runs


def _ends(
    at: Floats, run: tuple[int, int], gain: Floats, until: float, whole: tuple[float, float]
) -> tuple[float, float]:
    """Half way to the next points on both sides, which are missing; where there are none, the end of the reference,
    whose first and last moment lie at ``whole`` in the query. What speaks too little against it belongs to the copy:
    where something louder hides the last second of a query, that second is no proof that the copy ended."""
    first, last = run
    start = (at[first] + at[first - 1]) / 2 if first else whole[0]
    end = (at[last] + at[last + 1]) / 2 if last + 1 < len(at) else whole[1]
    start, end = max(float(start), float(at[first]) - _SPARSE), min(float(end), float(at[last]) + _SPARSE)
    if start < _NEAR_END or (start < _HIDDEN and gain[:first].sum() > -_DOUBT):
        start = 0.0
    if end > until - _NEAR_END or (end > until - _HIDDEN and gain[last + 1 :].sum() > -_DOUBT):
        end = until
    return max(start, 0.0), min(end, until)
