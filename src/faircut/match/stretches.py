"""Stretches of a reference in a query by codes alone: pairs that agree, the lines of time they lie on, and their ends.

Once a line of time is known, every frame of the query is compared with the reference at the time that the line says;
that gives the stretch its ends. What a stretch explains is taken out, and the rest is asked for the next line: a shot
that was moved, another pass of a loop, the same scene backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.domain import MediaKind, Segment
from faircut.fingerprints import pdq
from faircut.index.store import Entry
from faircut.match.candidates import FAINT_RADIUS, SEARCH_RADIUS, Candidate
from faircut.match.placement import distances as exactly
from faircut.match.placement import placed, settled
from faircut.match.query import CUT, PictureQuery, bits, homography, inverted, mirrored, transform
from faircut.match.sightings import Moment, Sighting
from faircut.match.timeline import Line, best_line, runs

VERIFY_RADIUS = 56
"""Bits, for frames that the line of time already points at."""
STILL_RADIUS = 31
"""Bits, for evidence of a single picture: PDQ's published threshold."""
DIM_RADIUS = 12
"""Mean bits of the nearer half of a stretch without three frames of PDQ quality 50. Of 254,541 pairs of drawn title
cards with other words in the same place, two were that near."""
MIN_SUPPORT = 3
"""Moments that must agree on a line of time."""
MOMENTS = 3
"""Pairs of frames that are shown as evidence of a stretch."""

_BRIDGE = 1.0
_GAP = 0.6
"""Seconds without a sample on the line that part one pass from another."""
_JUMP = 16
_SLIP = 0.3
"""Seconds of frames off the line that part nothing: beside a cut, a copy at another rate shows the shot before it."""
_CLEARER = 6.0
"""Bits by which a part must lie nearer than the whole to be taken alone. Chosen on drawn films, as the others."""
_OTHER = 72
"""Bits from which a frame shows something else altogether."""
_DISTINCT = 16
_WINDOW = 0.35
_BLACK = 10
_NEARER = 84
"""Bits; unrelated pictures lie 88 apart at the least."""
_MOST_DISTINCT = 64


def stretches(query: PictureQuery, hits: Candidate) -> Iterator[Sighting]:
    """Every stretch that the pairs of one reference and way lead to."""
    found = _found(query, hits)
    yield from settled(query, hits.way, hits.entry, list(found), MIN_SUPPORT)


def _found(query: PictureQuery, hits: Candidate) -> Iterator[Sighting]:
    left = np.ones(len(hits.query), bool)
    while len(np.unique(hits.query[left])) >= MIN_SUPPORT:
        line = best_line(hits.query[left], hits.reference[left])
        if line is None or line.support < MIN_SUPPORT:
            return
        along = _along(query, hits, line)
        if abs(line.speed) != 1.0:
            # Passes of a loop look like one slow pass from afar, but not frame by frame.
            even = best_line(hits.query[left], hits.reference[left], (1.0, -1.0))
            if even is not None and even.support >= MIN_SUPPORT:
                along = max((along, _along(query, hits, even)), key=lambda each: each.explained)
        covered = along.line.near(hits.query, hits.reference) & left
        for each in _passes(query, hits, along):
            for run, exact, limits in each.runs:
                if sighting := _judge(query, hits, exact, run, each.distances, each.rows, limits):
                    yield sighting
                    if sighting.query is not None:
                        # A still scene agrees with many lines; the first one speaks for these frames.
                        covered |= (hits.query >= sighting.query.start) & (hits.query < sighting.query.end)
        if not covered[left].any():
            return
        left &= ~covered


class _Along(NamedTuple):
    """What lies along a line: every frame's distance and row, the runs with their exact lines and the frames up to
    which they may widen, and how much they explain: the bits by which their frames are nearer than they must be."""

    line: Line
    distances: npt.NDArray[np.int64]
    rows: npt.NDArray[np.intp]
    runs: list[tuple[npt.NDArray[np.intp], Line, tuple[int, int]]]
    explained: float


def _along(query: PictureQuery, hits: Candidate, line: Line) -> _Along:
    distances, rows = compare(query, hits, line)
    found, explained = [], 0.0
    told = query.known | (query.dim & (distances <= FAINT_RADIUS))
    for run in runs(query.times, distances <= VERIFY_RADIUS, told, bridge=_BRIDGE):
        exact = placed(query, hits.way, hits.entry, line, run)
        apart = exactly(query, hits.way, hits.entry, exact.at(query.times[run]), run)
        limits = (0, len(query.times) - 1)
        part = _core(query, hits, line, run)
        if len(part) < len(run):
            # In a slow scene the next pass of a loop is not far from the line either.
            closer = placed(query, hits.way, hits.entry, line, part)
            far = exactly(query, hits.way, hits.entry, closer.at(query.times[run]), run)
            there = far <= np.median(far[np.isin(run, part)]) + _JUMP
            bridged = _bridged(there, round(_SLIP / query.frame))
            kept = run[_around(bridged, int(np.searchsorted(run, part[len(part) // 2])))]
            gain = float(np.maximum(VERIFY_RADIUS - far[np.isin(run, kept)], 0.0).mean())
            if (
                closer.speed
                and len(kept) >= MIN_SUPPORT
                and gain > float(np.maximum(VERIFY_RADIUS - apart, 0.0).mean()) + _CLEARER
            ):
                limits = (
                    limits[0] if kept[0] == run[0] else int(kept[0]),
                    limits[1] if kept[-1] == run[-1] else int(kept[-1]),
                )
                run, exact, apart = kept, closer, far[np.isin(run, kept)]
        found.append((run, exact, limits))
        explained += float(np.maximum(VERIFY_RADIUS - apart, 0.0).sum())
    return _Along(line, distances, rows, found, explained)


def _passes(query: PictureQuery, hits: Candidate, along: _Along) -> list[_Along]:
    """A freeze frame that is broken by other pictures as several passes at normal speed, if those lie nearer.

    A loop of a scene in which little moves looks like a freeze frame, but for the end of each pass.
    """
    found: list[_Along] = []
    for run, frozen, limits in along.runs if not along.line.speed else []:
        between = np.arange(run[0], run[-1] + 1)
        other = between[query.known[between] & (along.distances[between] >= _OTHER)]
        parts = np.split(run, np.flatnonzero(np.diff(np.searchsorted(other, run))) + 1)
        if len(parts) == 1:
            continue
        ends = [*(int(part[0]) for part in parts[1:]), limits[1] + 1]
        for part, following in zip(parts, ends, strict=True):
            if (each := _pass(query, hits, part, following, frozen)) is not None:
                found.append(each)
    return found if len(found) > 1 else [along]


def _pass(
    query: PictureQuery, hits: Candidate, part: npt.NDArray[np.intp], following: int, frozen: Line
) -> _Along | None:
    """One pass, from the frames of a part up to where the next one begins; None where it is no nearer than frozen."""
    mine = (hits.query >= query.times[part[0]] - 1e-6) & (hits.query <= query.times[part[-1]] + 1e-6)
    even = best_line(hits.query[mine], hits.reference[mine], (1.0, -1.0))
    whole = np.arange(part[0], following)
    if even is None or len(whole) < MIN_SUPPORT:
        return None
    exact = placed(query, hits.way, hits.entry, even, whole)
    near, far = (
        float(exactly(query, hits.way, hits.entry, line.at(query.times[whole]), whole).mean())
        for line in (exact, frozen)
    )
    if not exact.speed or near >= far:
        return None
    distances, rows = compare(query, hits, exact)
    run = whole[distances[whole] <= VERIFY_RADIUS]
    return _Along(exact, distances, rows, [(run, exact, (int(whole[0]), following - 1))], 0.0)


def _core(query: PictureQuery, hits: Candidate, line: Line, run: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The longest part of a run in which samples lie on the line without a gap."""
    moments = np.unique(hits.query[line.near(hits.query, hits.reference)])
    moments = moments[(moments >= query.times[run[0]]) & (moments <= query.times[run[-1]])]
    if len(moments) < MIN_SUPPORT:
        return run
    parts = np.split(moments, np.flatnonzero(np.diff(moments) > _GAP) + 1)
    longest = max(parts, key=len)
    core: npt.NDArray[np.intp] = run[(query.times[run] >= longest[0]) & (query.times[run] <= longest[-1])]
    return core


def _bridged(there: npt.NDArray[np.bool_], most: int) -> npt.NDArray[np.bool_]:
    """With up to ``most`` misses between hits counted as hits."""
    hits = np.flatnonzero(there)
    bridged = there.copy()
    for before, after in pairwise(hits.tolist()):
        if after - before - 1 <= most:
            bridged[before:after] = True
    return bridged


def _around(there: npt.NDArray[np.bool_], place: int) -> slice:
    """The stretch without a break around a place."""
    away = np.flatnonzero(~there)
    before, after = away[away < place], away[away > place]
    return slice(int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else len(there))


def compare(query: PictureQuery, hits: Candidate, line: Line) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Each query frame against the reference around the time that the line says: (n,) bits and (n,) rows."""
    times = hits.entry.times.astype(np.float64)
    target = line.at(query.times)
    # A stored code stands for all frames until the next one, hence one row earlier.
    first = np.maximum(np.searchsorted(times, target - _WINDOW) - 1, 0)
    last = np.searchsorted(times, target + _WINDOW)
    width = max(int((last - first).max(initial=0)), 1)
    rows = np.minimum(first[:, None] + np.arange(width), len(times) - 1)
    distances = bits(query.laid(hits.way)[:, None], hits.entry.codes[rows])
    outside = (rows >= np.maximum(last, first + 1)[:, None]) | hits.entry.excluded[rows]
    distances[outside] = pdq.BITS
    distances[(target < -_WINDOW) | (target > hits.entry.duration + _WINDOW)] = pdq.BITS
    best = distances.argmin(axis=1)
    picked = np.arange(len(best))
    return distances[picked, best], rows[picked, best]


def _judge(
    query: PictureQuery,
    hits: Candidate,
    line: Line,
    run: npt.NDArray[np.intp],
    distances: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
    limits: tuple[int, int],
) -> Sighting | None:
    """A Sighting if the run holds enough: several frames, close enough or different enough from one another."""
    known = run[query.known[run]]
    # Writing on black looks much alike to codes: what is dim throughout must be the very same, and is only possible.
    dim = len(known) < MIN_SUPPORT
    told = run if dim else known
    near = distances[told]
    if len(told) < MIN_SUPPORT or int((near <= SEARCH_RADIUS).sum()) < MIN_SUPPORT:
        return None
    mean = float(near.mean())
    distinct = count_distinct(query.codes[told, 0])
    # Many frames of one still scene are one piece of evidence, not many.
    if mean > STILL_RADIUS and distinct < MIN_SUPPORT:
        return None
    if dim and float(np.sort(near)[: (len(near) + 1) // 2].mean()) > DIM_RADIUS:
        return None
    first, last = _to_the_ends(query, hits.entry, run, distances, rows, limits)
    start, end = float(query.times[first]), float(query.times[last]) + query.frame
    reference = np.sort(np.clip(line.at(np.array([start, end])), 0.0, max(hits.entry.duration, 0.0)))
    spread = run[np.linspace(0, len(run) - 1, MOMENTS + 2).round().astype(int)[1:-1]]
    still = hits.entry.reference.kind is MediaKind.IMAGE
    return Sighting(
        reference=hits.entry.reference,
        algorithm=pdq.ALGORITHM,
        moments=tuple(
            Moment(
                round(float(query.times[i]), 3), round(float(hits.entry.times[rows[i]]), 3), distance=int(distances[i])
            )
            for i in dict.fromkeys(spread.tolist())
        ),
        distinct=distinct,
        query=Segment(round(start, 3), round(end, 3)),
        shown=None if still else Segment(round(float(reference[0]), 3), round(float(reference[1]), 3)),
        line=line,
        distance=mean,
        transform=transform(hits.way),
        mirrored=mirrored(hits.way),
        inverted=inverted(hits.way),
        bars=hits.bars,
        homography=homography(hits.way) if hits.bars is None else None,
        frames=len(run),
        ambiguous=dim,
    )


def _to_the_ends(
    query: PictureQuery,
    entry: Entry,
    run: npt.NDArray[np.intp],
    distances: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
    limits: tuple[int, int],
) -> tuple[int, int]:
    """Widens a run, up to ``limits``, over frames that say little alone: dark ones, and those of a shot that goes on.

    Frames that are too dark or plain to be looked up belong to it as long as their codes agree with the reference's all
    the same, or both are plain black. Other frames belong to it while the query's shot goes on and they are still
    clearly nearer to the reference than unrelated pictures are.
    """
    black = (query.quality < _BLACK) & (entry.quality[rows] < _BLACK) & (distances < pdq.BITS)
    belongs = ~query.known & ((distances <= VERIFY_RADIUS) | black)
    cut = np.concatenate([[True], query.changes >= CUT])
    goes_on = distances <= _NEARER
    first, last = int(run[0]), int(run[-1])
    while first > limits[0] and (belongs[first - 1] or (goes_on[first - 1] and not cut[first])):
        first -= 1
    while last < limits[1] and (belongs[last + 1] or (goes_on[last + 1] and not cut[last + 1])):
        last += 1
    return first, last


def count_distinct(codes: npt.NDArray[np.uint8], enough: int = _MOST_DISTINCT) -> int:
    """How many of the codes differ from one another, counted up to ``enough``."""
    kept = np.empty((0, codes.shape[1]), np.uint8)
    for code in codes:
        if not len(kept) or int(bits(code[None], kept).min()) > _DISTINCT:
            kept = np.concatenate([kept, code[None]])
            if len(kept) >= enough:
                break
    return len(kept)
