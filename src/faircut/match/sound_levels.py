"""Whether two sounds have the same fine structure along a line, moment by moment, and what of it something hides.

Landmarks propose a line; here all bands of both sounds are compared along it (:mod:`faircut.fingerprints.levels`). What
counts is how far the short rises and falls of the bands agree, against how far the same two sounds agree when one of
them is moved: sounds that agree as well then prove nothing. Where something louder lies over the reference, nothing is
to be heard of it, and so nothing speaks against it either; where the reference should be heard and is not, it has
ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from faircut.fingerprints import levels
from faircut.fingerprints.levels import STEP_SECONDS
from faircut.match.sound_alignment import Line
from faircut.match.sound_sheets import Sheet

Floats = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

_NEAR = 2
"""Moments by which a line that landmarks propose may be wrong, and from one end of the query to the other."""
_APART = 6
_FAR = 64
"""Moments by which one sound is moved against the other to see what agrees by chance."""
_AROUND = 2
_BESIDE = 3
_SOFT_DB = 4.0
"""A rise or fall is taken against the mean of 0.35 s, and of an octave around; beyond 4 dB more of it counts little."""
_LEAST_MOMENTS = 24
_ROWS = 16
"""Multiplied at once: few enough that the matrix library wakes no threads, whose waiting costs more than the work."""
_OVERLAP = 0.5
_LEAST_SPREAD, _USUAL_SPREAD = 0.01, 0.03
_ROUNDS = 3
_LEAST_GAIN = -1.2
_AUDIBLE_DB = 3.0
_MISSING_DB = 4.0
_NEW_DB = 4.0
_LOUD, _QUIETEST = 0.2, 0.3
_LOUDEST = 0.95
_CELLS = 6.0
"""How many bands and moments are as good as one independent observation of what is missing."""
_LEAST_MISSING, _MOST_MISSING = 0.02, 0.3
_BETWEEN = 0.1
_TELLING = 1.5
_LEAST_BESIDE = 0.1
_MOVES = (-47, -17, 19, 53)


@dataclass(frozen=True, slots=True)
class Agreement:
    """``line``: as it fits best. ``above``: standard deviations by which the two agree more than when they are moved.
    ``share``: correlation of rises and falls. ``times``: (n,) seconds in the query of each moment compared."""

    line: Line
    above: float
    share: float
    times: Floats
    along: _Along

    def gains(self, start: float, end: float) -> Floats:
        """(n,) nats by which each moment speaks for the copy, which is surely there from ``start`` to ``end``."""
        return self.along.gains((self.times >= start) & (self.times <= end))


def texture(decibels: Floats) -> npt.NDArray[np.float32]:
    """Rises and falls: (n, bands) against the mean in time, and what neighbouring bands do in common taken away."""
    level = np.asarray(decibels, np.float32)
    rise = level - cv2.blur(level, (1, 2 * _AROUND + 1), borderType=cv2.BORDER_REFLECT)
    rise -= cv2.blur(rise, (2 * _BESIDE + 1, 1), borderType=cv2.BORDER_REFLECT)
    return np.asarray(np.tanh(rise / _SOFT_DB), np.float32)


def agreement(line: Line, query: Sheet, reference: Sheet) -> Agreement | None:
    """How the two agree along ``line``; None where they hardly overlap."""
    if len(query) < _LEAST_MOMENTS:
        return None
    level = query.decibels()
    n = len(level)
    if (brought := _brought(line, query, reference)) is None:
        return None
    there, bands = brought.there, brought.bands
    if int((there[_FAR : _FAR + n] & query.usable).sum()) < _LEAST_MOMENTS:
        return None
    mine, theirs = texture(level[:, bands]) * query.usable[:, None], texture(brought.level) * there[:, None]
    # Moments of the query against those of the reference; each diagonal is one way to move them against each other.
    table = _products(mine, theirs)
    products = np.lib.stride_tricks.as_strided(table, (n, 2 * _FAR + 1), (sum(table.strides), table.strides[1]))
    energy = np.lib.stride_tricks.sliding_window_view((theirs**2).sum(axis=1), 2 * _FAR + 1).sum(axis=0)
    held = (mine**2).sum(axis=1) @ np.lib.stride_tricks.sliding_window_view(there, 2 * _FAR + 1)
    scale = np.sqrt(held * energy) + 1e-6
    far = np.abs(np.arange(2 * _FAR + 1) - _FAR) > _APART
    far &= scale > _OVERLAP * scale[_FAR]
    moved = products.sum(axis=0)[far] / scale[far]
    mean, spread = (moved.mean(), max(moved.std(), _LEAST_SPREAD)) if len(moved) >= _FAR // 2 else (0.0, _USUAL_SPREAD)
    path = _path(products)
    share = float(products[np.arange(n), path].sum() / scale[_FAR])
    times = query.first + np.arange(n) * STEP_SECONDS
    along = _Along(
        level[:, bands],
        brought,
        mine,
        theirs,
        path,
        query.usable & there[np.arange(n) + path],
        float(spread * scale[_FAR]),
    )
    return Agreement(_moved(line, times, path), float((share - mean) / spread), share, times, along)


class _Brought(NamedTuple):
    """The reference as the query would have it: (n + 2 far, bands) decibels, from ``far`` moments before the query to
    as many after it. ``least``: the same at its least, since a tone may lie in either of two bands. ``there``: which
    moments there are. ``bands``: those in which both can be compared."""

    level: npt.NDArray[np.float32]
    least: npt.NDArray[np.float32]
    there: Bools
    bands: slice


def _brought(line: Line, query: Sheet, reference: Sheet) -> _Brought | None:
    times = query.first + (np.arange(len(query) + 2 * _FAR) - _FAR) * STEP_SECONDS
    wanted = line.speed * times + line.offset
    reference = reference.between(float(wanted[0]), float(wanted[-1]) + STEP_SECONDS)
    if (count := len(reference)) < _LEAST_MOMENTS:
        return None
    place = (wanted - reference.first) / STEP_SECONDS
    low = np.floor(place).astype(np.intp)
    part = (place - low).astype(np.float32)[:, None]
    there = (low >= 0) & (low + 1 < count)
    low = np.clip(low, 0, count - 2)
    there &= reference.usable[low] & reference.usable[low + 1]
    decibels = reference.decibels()
    level = decibels[low] * (1 - part) + decibels[low + 1] * part
    band = np.arange(levels.BANDS) - line.pitch * levels.BANDS_PER_OCTAVE
    good = np.flatnonzero((band >= 0) & (band < levels.BANDS - 1 + 1e-6))
    below = np.minimum(np.floor(band[good]).astype(np.intp), levels.BANDS - 2)
    # The same for all bands, up to rounding.
    share = np.float32(band[good[0]] - below[0])
    one, other = level[:, below], level[:, below + 1]
    shown = one * (1 - share) + other * share
    least = np.minimum(one, other) if _BETWEEN < share < 1 - _BETWEEN else shown
    return _Brought(shown, least, there, slice(int(good[0]), int(good[-1]) + 1))


def _products(mine: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    table = np.empty((len(mine), len(theirs)), np.float32)
    for start in range(0, len(mine), _ROWS):
        np.matmul(mine[start : start + _ROWS], theirs.T, out=table[start : start + _ROWS])
    return table


@lru_cache(maxsize=64)
def _paths(n: int) -> npt.NDArray[np.intp]:
    """(ways, n) columns of the lines near the middle one, that which was proposed first."""
    tilt = np.linspace(-1.0, 1.0, n)
    ways = [(off, slope) for off in range(-_NEAR, _NEAR + 1) for slope in range(-_NEAR, _NEAR + 1)]
    ways.sort(key=lambda way: abs(way[0]) + abs(way[1]))
    return np.stack([_FAR + np.rint(off + slope * tilt).astype(np.intp) for off, slope in ways])


def _path(products: Floats) -> npt.NDArray[np.intp]:
    """(n,) the column of each moment along the best line."""
    paths = _paths(len(products))
    totals = products[np.arange(len(products)), paths].sum(axis=1)
    return np.asarray(paths[int(np.argmax(totals))])


def _moved(line: Line, times: Floats, path: npt.NDArray[np.intp]) -> Line:
    """The line where the path runs, if that is not as good as where it was."""
    late = (path - _FAR) * STEP_SECONDS
    if np.abs(late).max() < 1.5 * STEP_SECONDS:
        return line
    slope, at = (late[-1] - late[0]) / (times[-1] - times[0]), (times[-1] + times[0]) / 2
    speed = line.speed * (1 + slope)
    return replace(line, speed=speed, offset=line.speed * (at + (late[-1] + late[0]) / 2) + line.offset - speed * at)


@dataclass(frozen=True, slots=True)
class _Along:
    """The two sounds along the best path. ``spread``: of the sum of products by chance."""

    level: npt.NDArray[np.float32]
    brought: _Brought
    mine: npt.NDArray[np.float32]
    theirs: npt.NDArray[np.float32]
    path: npt.NDArray[np.intp]
    there: Bools
    spread: float

    def gains(self, core: Bools) -> Floats:
        """See :meth:`Agreement.gains`."""
        at = np.arange(len(self.mine)) + self.path
        expected, least = self.brought.level[at], self.brought.least[at]
        found, everywhere = np.zeros(len(at)), self.there
        for _ in range(_ROUNDS):
            core &= self.there
            if core.sum() < _LEAST_MOMENTS:
                core = everywhere
            louder = _louder(self.level[core], expected[core])
            # A rise of one part of a mixture moves its level by as much of that rise as the part has of the power.
            power = np.exp2((expected + louder - self.level).clip(max=0) / 3)
            found = self._alike(at, core, power) + self._missing(self.level - least - louder, louder, power, core)
            found = np.where(self.there, found.clip(min=_LEAST_GAIN), 0.0)
            core = _core(found)
        return found

    def _alike(self, at: npt.NDArray[np.intp], core: Bools, power: Floats) -> Floats:
        """Nats by which rises and falls agree, of those that can be heard."""
        theirs = power * self.theirs[at]
        product, energy = (self.mine * theirs).sum(axis=1), (theirs**2).sum(axis=1)
        slope = max(float(product[core].sum()) / max(float(energy[core].sum()), 1e-6), 0.0)
        # Where one sound is moved against the other, the sum of products has this spread: it says how many of them are
        # independent.
        noise = max(self.spread**2 / max(float((self.theirs[at] ** 2).sum()), 1e-6), 1e-3)
        return np.asarray((slope * product - slope**2 * energy / 2) / noise)

    def _missing(self, above: Floats, louder: Floats, power: Floats, core: Bools) -> Floats:
        """Nats by which nothing is missing: what should be heard is there, and nothing new lies over it. How often
        something would be missing from another sound is counted with the reference moved."""
        beside = self.level[core] + 10 * np.log10((1 - power[core]).clip(min=_LEAST_BESIDE))
        place = int(_LOUDEST * (len(beside) - 1))
        ceiling = np.partition(beside, place, axis=0)[place] + _NEW_DB

        def missing(above: Floats, level: Floats) -> Bools:
            return np.asarray((above < -_MISSING_DB) | ((above > _AUDIBLE_DB) & (level > ceiling)))

        rates: list[float] = []
        for move in _MOVES:
            rows = np.flatnonzero(core)
            rows = rows[self.brought.there[rows + _FAR + move]]
            if len(rows) >= _LEAST_MOMENTS:
                moved = self.level[rows] - self.brought.least[rows + _FAR + move] - louder
                rates.append(float(missing(moved, self.level[rows]).mean()))
        gone = missing(above, self.level)
        usual = float(np.clip(gone[core].mean(), _LEAST_MISSING, _MOST_MISSING))
        strange = float(np.mean(rates)) if rates else 0.0
        if strange <= _TELLING * usual:
            return np.zeros(len(above))
        seen = np.log((1 - usual) / (1 - strange)) * (above <= _AUDIBLE_DB)
        return np.asarray(np.where(gone, np.log(usual / strange), seen).sum(axis=1) / _CELLS)


def _louder(level: Floats, expected: Floats) -> Floats:
    """(bands,) decibels that were added to the reference. Where it is loud itself, little hides it."""
    count = max(round(len(level) * _LOUD), 1)
    loud = np.argpartition(expected, len(level) - count, axis=0)[-count:]
    louder = np.take_along_axis(level - expected, loud, axis=0)
    place = int(_QUIETEST * (count - 1))
    return np.asarray(np.partition(louder, place, axis=0)[place])


def _core(gains: Floats) -> Bools:
    """The stretch over which the gains add up to most."""
    total = np.concatenate([[0.0], np.cumsum(gains)])
    end = int(np.argmax(total - np.minimum.accumulate(total)))
    rows = np.arange(len(gains))
    return np.asarray((rows >= int(np.argmin(total[: end + 1]))) & (rows < end))
