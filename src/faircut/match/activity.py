"""When things happen: how much a picture changes from moment to moment, whatever part of it is shown.

A crop, a tilt or a frame around a film change every code of it, but not the times of its cuts and of its movements.
So once local features say roughly where in a reference a stretch lies, sliding the one course of changes along the
other says it to the frame (the idea of aligning by a signal of one number a frame is that of video synchronisation,
Caspi and Irani, "Spatio-temporal alignment of sequences", 2002).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from faircut.index.store import Entry
from faircut.match.alignment import Votes
from faircut.match.query import PictureQuery, bits
from faircut.match.timeline import Line

_STEP = 0.04
_LAG = 0.2
"""Seconds between the two moments that are compared: long enough for a slow pan to show."""
_REACH = 1.6
"""Seconds by which the line of local features may be off."""
_LEAST = 0.55
"""Correlation under which the courses say nothing."""
_MOST_OF_IT = 0.55
"""Share of the picture under which most of what happens is something else."""
_PEAK = 0.25
_WEIGHT = 0.35
"""What a perfect correlation weighs against all votes."""
_BETTER = 0.02
_SHORTEST = 1.5
_SLOW = 31
"""Steps over which a course is levelled."""
_CALM = 3.0
"""Bits of standard deviation under which nothing happens."""

Floats = npt.NDArray[np.float64]


def synchronised(
    line: Line, votes: Votes, start: float, end: float, query: PictureQuery, codes: Entry, share: float
) -> tuple[Line, float]:
    """The line, moved by up to 1.6 s to where query and reference change at the same times, and how well they do.

    ``votes``: what says where it lies besides. ``start``, ``end``: the stretch of the query in seconds. ``codes``: the
    reference's ``pdq-v1`` codes. ``share``: of the query's picture that shows the reference. The line comes back as it
    was, with 0, where too little happens or where no other place fits better; else the number is a correlation.
    """
    if not line.speed or end - start < _SHORTEST or len(codes.times) < 2 or share < _MOST_OF_IT:
        return line, 0.0
    times = np.arange(start + _LAG, end, _STEP)
    here = _course(query.times, query.codes[:, 0], times, _LAG)
    shifts = np.arange(-_REACH, _REACH + _STEP / 2, _STEP)
    # One course of the reference on a fine grid serves all shifts.
    ends = line.at(np.array([times[0], times[-1]]))
    grid = np.arange(ends.min() - _REACH, ends.max() + _REACH + _STEP, _STEP)
    there = _course(codes.times.astype(np.float64), codes.codes, grid, _LAG * line.speed)
    if here.std() < _CALM or there.std() < _CALM:
        return line, 0.0
    # Within two frames is as good as at once: frames are sampled, and cuts are sharp.
    here, there = _events(np.minimum(here, 80.0)), _events(np.minimum(there, 80.0))
    fits = np.array([_correlation(here, np.interp(line.at(times) + shift, grid, there)) for shift in shifts])
    best = int((votes.share(line.speed, line.offset + shifts) + _WEIGHT * fits).argmax())
    # A course that fits nearly as well wherever it lies says nothing of where it belongs.
    if fits[best] - float(np.median(fits)) < _PEAK:
        return line, 0.0
    now = int(np.abs(shifts).argmin())
    if fits[best] < _LEAST:
        return line, 0.0
    if fits[best] < fits[now] + _BETTER:
        return line, float(fits[now])
    return replace(line, offset=line.offset + float(shifts[best])), float(fits[best])


def _course(times: Floats, codes: npt.NDArray[np.uint8], at: Floats, lag: float) -> Floats:
    """(n,) bits by which the codes at the moments ``at`` differ from those ``lag`` seconds before."""
    now = np.clip(np.searchsorted(times, at + 1e-3, side="right") - 1, 0, len(times) - 1)
    then = np.clip(np.searchsorted(times, at - lag + 1e-3, side="right") - 1, 0, len(times) - 1)
    return bits(codes[now], codes[then]).astype(np.float64)


def _events(course: Floats) -> Floats:
    sharp = np.convolve(np.pad(course, 2, mode="edge"), [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
    # What grows or fades over seconds goes with many other courses that do: only events count.
    slow = np.convolve(np.pad(sharp, _SLOW // 2, mode="edge"), np.full(_SLOW, 1.0 / _SLOW), mode="valid")
    events: Floats = sharp - slow[: len(sharp)]
    return events


def _correlation(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    power = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / power if power > 1e-9 else 0.0
