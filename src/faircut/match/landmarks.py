"""Triples of landmarks, which neither pitch nor tempo changes, and the tables in which registered ones are found.

A single point of a constellation says nothing. Three points A, B, C in order of time are told from others by the
steps in frequency from A to B and to C and by where B lies between A and C in time; a change of pitch or tempo leaves
these three as they are. Where A lies and how long the triple lasts are kept coarsely, for as much of them as the
changes that are looked for leave certain. The idea of scale-free groups of peaks is that of Sonnleitner and Widmer,
"Robust Quad-Based Audio Fingerprinting" (IEEE/ACM TASLP 24(3), 2016), who use four points.

References keep a few triples a second, of their strongest points. A query forms nearly all it can, since which of its
points belong to the sound that we look for is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import landmarks
from faircut.index.postings import directory_bits, ordered, positions
from faircut.index.rows import Arrays, Placed, Rows

Floats = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]

RANGE = 0.17
"""Octaves by which pitch, and powers of two by which tempo may have been changed: 12.5 % either way."""

_LONGEST = 1.6
_SHORTEST = 0.3
_APART = 0.08
_WIDTH = 0.75
"""Extent of a triple: seconds from A to C, least seconds from point to point, octaves from A."""
_REFERENCE_FAN = 3
_QUERY_FANS = (8, 11)
"""Of how many neighbours of A, the strongest ones, triples are formed by queries: first of few, and of more where that
finds nothing. Where much is registered, of few only, since each triple costs as much as there is to compare it with."""
_MANY = 2_000_000
"""Registered points, some 150,000 seconds of sound."""
_FEW_STEPS = 2
"""Axes in which a triple may have come to lie in the next cell, where so much is registered; any number of them where
it is less."""
_LEAST_BITS = 16
"""Of a directory: with few registered, a fine one costs a quarter of a megabyte and spares most comparisons."""
_BLOCK = 1 << 16
_GATHER = 1 << 16
_FURTHEST = 255
_MOST = 512
_BUDGET = 1 << 17
"""Registered triples that a query looks at in all. Of 52 excerpts of 10 s under every edit of sound and pairs of them,
against a million seconds, as many are found as with four times as many, at less than a third of the cost."""
_COARSE = (128.0, 128.0, 64.0, 40.0)
"""Steps to the octave, for A to B, for A to C, for the length in powers of two and for the place of A: what is listed
beside a triple, a byte for each, so that most candidates are told off without a look at their points."""
_SAME_STEP = 0.02
_SAME_TIME = 0.04
_STEP_ERROR, _TIME_ERROR = 0.007, 0.015
_CLOSENESS = float(
    2 * np.log(2 * _SAME_STEP / (_STEP_ERROR * np.sqrt(2 * np.pi)))
    + np.log(2 * _SAME_TIME / (_TIME_ERROR * np.sqrt(2 * np.pi)))
)
"""Octaves and seconds by which the inner steps of two triples may differ."""


class _Axis(NamedTuple):
    """One quantity of a triple: ``low`` to ``high`` in cells of ``width``. A value within ``slack`` of its cell's
    edge is looked up in the cell beyond, too."""

    low: float
    high: float
    width: float
    slack: float

    @property
    def cells(self) -> int:
        return int(np.ceil((self.high - self.low) / self.width))


_AXES = (
    _Axis(-_WIDTH, _WIDTH, 1 / 32, 0.008),
    _Axis(-_WIDTH, _WIDTH, 1 / 32, 0.008),
    _Axis(0.0, 1.0, 1 / 20, 0.015),
    _Axis(np.log2(_SHORTEST) - RANGE, np.log2(_LONGEST) + RANGE, 0.4, RANGE),
    _Axis(-RANGE, 4.7 + RANGE, 0.4, RANGE),
)
"""Step A to B, step A to C, share of the time, length, place of A. Under the edits of `bench.sound_edits` four points
of five come back within 0.009 octaves and 0.02 s."""
_CELLS = tuple(axis.cells for axis in _AXES)
KEY_BITS = int(np.prod(_CELLS)).bit_length()


class Triples(NamedTuple):
    """Rows of the three points, (n,) each."""

    a: Numbers
    b: Numbers
    c: Numbers


_NONE = Triples(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))


def query_fans(registered: int) -> tuple[int, ...]:
    """Of how many neighbours a query forms triples where so many points are registered, one attempt after another."""
    return _QUERY_FANS if registered <= _MANY else _QUERY_FANS[:1]


def triples(times: Floats, points: landmarks.Points, owners: npt.NDArray[Any], *, fan: int) -> Triples:
    """Triples among points in order of owner, then time, each within one owner (a reference, or a channel)."""
    found = list(_blocks(times, points, owners, fan))
    return Triples(*(np.concatenate(each) for each in zip(_NONE, *found, strict=True)))


def _blocks(times: Floats, points: landmarks.Points, owners: npt.NDArray[Any], fan: int) -> Iterator[Triples]:
    for first in range(0, len(times), _BLOCK):
        yield _triples_from(np.arange(first, min(first + _BLOCK, len(times))), times, points, owners, fan)


def _triples_from(
    anchors: Numbers, times: Floats, points: landmarks.Points, owners: npt.NDArray[Any], fan: int
) -> Triples:
    n = len(times)
    # Points are in order of time, so those in reach of an anchor follow it; how many there are at most is soon seen.
    reach = 1
    near: list[npt.NDArray[np.bool_]] = []
    while reach < n:
        others = np.minimum(anchors + reach, n - 1)
        within = (
            (anchors + reach < n) & (owners[others] == owners[anchors]) & (times[others] - times[anchors] <= _LONGEST)
        )
        if not within.any():
            break
        near.append(
            within
            & (times[others] - times[anchors] >= _APART)
            & (np.abs(points.octave[others] - points.octave[anchors]) <= _WIDTH * 0.999)
        )
        reach += 1
    if not near:
        return _NONE
    usable = np.stack(near, axis=1)
    rows = np.minimum(anchors[:, None] + 1 + np.arange(usable.shape[1])[None, :], n - 1)
    weight = np.where(usable, points.strength[rows], -1.0)
    if usable.shape[1] > fan:
        strongest = np.sort(np.argpartition(-weight, fan - 1, axis=1)[:, :fan], axis=1)
        usable, rows = np.take_along_axis(usable, strongest, 1), np.take_along_axis(rows, strongest, 1)
    found = [_NONE]
    for one, other in combinations(range(usable.shape[1]), 2):
        b, c = rows[:, one], rows[:, other]
        good = usable[:, one] & usable[:, other]
        good &= (times[c] - times[b] >= _APART) & (times[c] - times[anchors] >= _SHORTEST)
        found.append(Triples(anchors[good], b[good], c[good]))
    return Triples(*(np.concatenate(each) for each in zip(*found, strict=True)))


def _quantities(found: Triples, times: Floats, octave: Floats) -> Floats:
    """(axes, n): what a key is made of."""
    length = times[found.c] - times[found.a]
    return np.stack(
        [
            octave[found.b] - octave[found.a],
            octave[found.c] - octave[found.a],
            (times[found.b] - times[found.a]) / length,
            np.log2(length),
            octave[found.a],
        ]
    ).astype(np.float64)


def _packed(cells: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.uint32]:
    key = np.zeros(len(cells[0]), np.int64)
    for cell, size in zip(cells, _CELLS, strict=True):
        key = key * size + np.clip(cell, 0, size - 1)
    return key.astype(np.uint32)


def keys(found: Triples, times: Floats, octave: Floats) -> npt.NDArray[np.uint32]:
    """(n,) the key of each triple."""
    values = _quantities(found, times, octave)
    return _packed(
        [((value - axis.low) / axis.width).astype(np.int64) for value, axis in zip(values, _AXES, strict=True)]
    )


def probes(
    found: Triples, times: Floats, octave: Floats, most_steps: int = len(_AXES)
) -> tuple[npt.NDArray[np.uint32], Numbers, npt.NDArray[np.uint8]]:
    """Every key under which a registered triple may lie that is the same within the slack of all axes: (m,) keys, (m,)
    number of the triple, and (m,) steps from its own key, at most ``most_steps``: each makes it less likely."""
    values = _quantities(found, times, octave)
    own = np.zeros(len(found.a), np.int32)
    beyond: list[npt.NDArray[np.int32]] = []
    for value, axis in zip(values, _AXES, strict=True):
        place = (value - axis.low) / axis.width
        cell = place.astype(np.int32)
        part, slack = place - cell, axis.slack / axis.width
        step = np.where(part < slack, -1, np.where(part > 1 - slack, 1, 0)).astype(np.int32)
        step[(cell + step < 0) | (cell + step >= axis.cells)] = 0
        # What the step to the neighbour adds to the key, so that no key is put together twice.
        inside = np.clip(cell, 0, axis.cells - 1)
        beyond = [each * axis.cells for each in beyond]
        beyond.append(np.where(step != 0, np.clip(cell + step, 0, axis.cells - 1) - inside, 0))
        own = own * axis.cells + inside
    # Each further axis doubles the ways: as they are, and with the step into the next cell of that axis too.
    ways = [(np.arange(len(found.a)), own, 0)]
    for there in beyond:
        for which, key, steps in [way for way in ways if way[2] < most_steps]:
            stepping = np.flatnonzero(there[which])
            which = which[stepping]
            ways.append((which, key[stepping] + there[which], steps + 1))
    parts = [(key.astype(np.uint32), which, np.full(len(which), steps, np.uint8)) for which, key, steps in ways]
    keys_, numbers, taken = zip(*parts, strict=True)
    return np.concatenate(keys_), np.concatenate(numbers), np.concatenate(taken)


def _coarse(values: Floats) -> npt.NDArray[np.uint8]:
    """(n, 4): the steps, the length and the place of A of triples, each within a byte."""
    shown = values[[0, 1, 3, 4]] - np.array([[_AXES[axis].low] for axis in (0, 1, 3, 4)])
    return np.ascontiguousarray(np.clip(shown.T * np.array(_COARSE), 0, 255), np.uint8)


_APART_AT_MOST = np.ceil(np.array([_SAME_STEP, _SAME_STEP, RANGE, RANGE]) * np.array(_COARSE)).astype(np.uint8)
_ALL_FOUR = 0x01010101


def _alike(
    coarse: npt.NDArray[np.uint32], position: Numbers, mine: npt.NDArray[np.uint32], count: Numbers
) -> npt.NDArray[np.intp]:
    """Which of the listed triples at each ``position`` may agree with that of the list's question, ``mine``."""
    there = coarse[position].view(np.uint8) - np.repeat(mine, count).view(np.uint8)
    # In bytes that wrap around, the lesser of a difference and its negative is how far two values are apart.
    np.minimum(there, -there, out=there)
    near = there.reshape(-1, 4) <= _APART_AT_MOST
    return np.flatnonzero(near.view(np.uint32).reshape(-1) == _ALL_FOUR)


@dataclass(frozen=True, slots=True)
class Hits:
    """Triples of the query that agree with registered ones, (n,) each.

    ``query``: number of the triple. ``entry``: number of the reference in the view. ``at``: seconds of A in the
    reference. ``length``: seconds from A to C there. ``octave``: of A there. ``weight``: how closely the inner steps
    agree, in nats against an agreement by chance.
    """

    query: Numbers
    entry: Numbers
    at: Floats
    length: Floats
    octave: Floats
    weight: Floats


_Listed = tuple[
    npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint32]
]


def _listed(found: Triples, rows: npt.NDArray[np.integer[Any]], times: Floats, points: landmarks.Points) -> _Listed:
    """Keys; rows of A; how many rows further B and C are; coarse quantities. What lies too far apart is left out."""
    a, b, c = (rows[each] for each in found)
    near = c - a <= _FURTHEST
    key = keys(found, times, points.octave)
    coarse = _coarse(_quantities(found, times, points.octave)).view("<u4").reshape(-1)
    return (
        key[near],
        a[near].astype(np.uint32),
        (b - a)[near].astype(np.uint8),
        (c - a)[near].astype(np.uint8),
        coarse[near],
    )


class TripleScheme:
    """How registered landmarks are made findable: see :class:`faircut.index.rows.Scheme`."""

    name = "landmark-triples-v2"
    code_bytes = landmarks.CODE_BYTES
    min_quality = landmarks.REFERENCE_QUALITY
    parameters: Mapping[str, int | str] = {"fan": _REFERENCE_FAN, "key_bits": KEY_BITS}

    def build(self, rows: Rows) -> Arrays:
        """``starts``: where the triples of each key begin; ``a``: row of A; ``b``, ``c``: how many rows further;
        ``coarse``: see :data:`_COARSE`."""
        chosen = np.flatnonzero(rows.quality >= self.min_quality)
        points = landmarks.read(rows.codes[chosen])
        times = rows.times[chosen].astype(np.float64)
        owners = np.searchsorted(rows.starts, chosen, side="right") * 2 + points.side
        if points.side.any():
            order = np.lexsort((times, owners))
            chosen, times, owners = chosen[order], times[order], owners[order]
            points = points.at(order)
        parts = [_listed(found, chosen, times, points) for found in _blocks(times, points, owners, _REFERENCE_FAN)]
        wide, narrow = np.empty(0, np.uint32), np.empty(0, np.uint8)
        none = (wide, wide, narrow, narrow, wide)
        key, a, b, c, coarse = (np.concatenate(each) for each in zip(none, *parts, strict=True))
        starts, places = ordered(key, KEY_BITS, directory_bits(len(key), KEY_BITS, load=1, least=_LEAST_BITS))
        return {
            "starts": starts.astype("<u4"),
            "a": a[places].astype("<u4"),
            "b": b[places],
            "c": c[places],
            "coarse": coarse[places].astype("<u4"),
        }

    def search(
        self, parts: Sequence[Placed], found: Triples, times: Floats, octave: Floats, *, budget: int = _BUDGET
    ) -> Hits:
        """Registered triples that agree with those ``found`` among points at ``times`` and ``octave``.

        A key under which very many are registered tells little and is passed over; ``budget`` is how many may be
        looked at in all, the keys first that are likely and have few, so that no query takes for ever.
        """
        most_steps = len(_AXES) if _rows(parts) <= _MANY else _FEW_STEPS
        wanted, number, steps = probes(found, times, octave, most_steps)
        values = _quantities(found, times, octave)
        coarse = _coarse(values).view(np.uint32).reshape(-1)
        hits = []
        for placed in parts:
            low, count = _lists(placed.part.tables["starts"], wanted)
            share = max(budget * len(placed.part.rows) // max(_rows(parts), 1), _MOST)
            some = _within(count, steps, share)
            hits.append(_hits(placed, low[some], count[some], number[some], values, coarse))
        return Hits(*(np.concatenate([np.empty(0, kind), *each]) for kind, each in _columns(hits)))


def _rows(parts: Sequence[Placed]) -> int:
    return sum(len(each.part.rows) for each in parts)


def _columns(hits: Sequence[Hits]) -> Iterator[tuple[type, list[Any]]]:
    for name, kind in (
        ("query", np.int64),
        ("entry", np.int64),
        ("at", float),
        ("length", float),
        ("octave", float),
        ("weight", float),
    ):
        yield kind, [getattr(each, name) for each in hits]


def _lists(starts: npt.NDArray[np.uint32], wanted: npt.NDArray[np.uint32]) -> tuple[Numbers, Numbers]:
    """Where what is listed under each key begins, and how many there are."""
    shift = KEY_BITS - (len(starts) - 1).bit_length() + 1
    place = wanted >> np.uint32(shift)
    low = starts[place].astype(np.int64)
    return low, starts[place + np.uint32(1)].astype(np.int64) - low


def _within(count: Numbers, steps: npt.NDArray[np.uint8], budget: int) -> npt.NDArray[np.intp]:
    """Which lists to read: none that is empty or very long, and no more in all than the budget.

    What a list is worth is taken to halve with each step from the likeliest.
    """
    some = np.flatnonzero((count > 0) & (count <= _MOST))
    if count[some].sum() <= budget:
        return some
    dear = count[some] << steps[some]
    spent = np.cumsum(np.bincount(dear, weights=count[some]))
    return some[dear < np.searchsorted(spent, budget, side="right")]


def _hits(
    placed: Placed,
    low: Numbers,
    count: Numbers,
    number: Numbers,
    values: Floats,
    coarse: npt.NDArray[np.uint32],
) -> Hits:
    """Those in the lists that agree with the triples of the query, ``number`` (lists,)."""
    tables, rows = placed.part.tables, placed.part.rows
    found = [np.empty((2, 0), np.int64)]
    edges = np.concatenate([[0], np.cumsum(count)])
    start = 0
    while start < len(count):
        stop = max(start + 1, int(np.searchsorted(edges, edges[start] + _GATHER, side="right")) - 1)
        block = slice(start, stop)
        position = positions(low[block], count[block])
        near = _alike(tables["coarse"], position, coarse[number[block]], count[block])
        which = np.searchsorted(edges[start + 1 : stop + 1] - edges[start], near, side="right")
        found.append(np.stack([number[block][which], position[near]]))
        start = stop
    query, at = np.concatenate(found, axis=1)
    points = placed.part.kept("points", lambda: _points(rows))
    a = tables["a"][at]
    one = points[a]
    near = np.flatnonzero(np.abs(one.imag - values[4][query]) <= RANGE)
    query, at, a, one = query[near], at[near], a[near], one[near]
    two = points[a + tables["b"][at]] - one
    up = np.abs(two.imag - values[0][query])
    near = np.flatnonzero(up <= _SAME_STEP)
    query, at, a, one, two, up = query[near], at[near], a[near], one[near], two[near], up[near]
    three = points[a + tables["c"][at]] - one
    far, length = np.abs(three.imag - values[1][query]), three.real
    late = np.abs(two.real / length - values[2][query]) * length
    good = (far <= _SAME_STEP) & (late <= _SAME_TIME) & (np.abs(np.log2(length) - values[3][query]) <= RANGE)
    good &= placed.alive(a)
    weight = (
        _CLOSENESS - (up[good] ** 2 + far[good] ** 2) / (2 * _STEP_ERROR**2) - late[good] ** 2 / (2 * _TIME_ERROR**2)
    )
    owner, _ = placed.locate(a[good])
    return Hits(
        query[good],
        owner,
        one[good].real.astype(np.float64),
        length[good].astype(float),
        one[good].imag.astype(float),
        np.maximum(weight, 0.2),
    )


def _points(rows: Rows) -> npt.NDArray[np.complex64]:
    """(n,) seconds, and octaves as the imaginary part: what is asked of a point is fetched in one piece."""
    points = np.empty(len(rows), np.complex64)
    points.real = rows.times
    points.imag = landmarks.read(rows.codes).octave
    return points
