"""Stretches that landmarks suggest, confirmed by the fine structure of the sound, which also says where they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.match.sound_alignment import Line, Stretch, growing
from faircut.match.sound_levels import Agreement, agreement
from faircut.match.sound_sheets import Sheet

Floats = npt.NDArray[Any]

DOUBTFUL = 7.0
"""Nats of landmarks from which on a stretch is compared moment by moment."""
CONFIRMED = 5.5
"""Standard deviations by which a copy must agree more than the same two sounds moved against each other."""

_AROUND = 12.0
_RIM = 1.0
_MOST_NATS = 50.0
_DROP = 15.0
"""How far the evidence may fall, in nats, before a stretch has ended."""
_DOUBT = 6.0
_NEAR_END = 0.6
"""Nats against, and seconds, up to which a stretch is taken to reach the query's own end."""
_EDGE = 0.035
_MIN_SECONDS = 2.0


def compared(stretch: Stretch, query: Sheet, reference: Sheet) -> Agreement | None:
    """The two sounds around a stretch, moment by moment."""
    line = stretch.line
    centre = float(np.clip(line.centre, stretch.start, stretch.end))
    return agreement(line, query.between(centre - _AROUND, centre + _AROUND), reference)


def confirmed(
    stretches: Sequence[Stretch], best: Stretch, found: Agreement, until: float, reference_seconds: float
) -> list[Stretch]:
    """The stretches with the one that was compared as long as the comparison says. ``until``: seconds of the query."""
    gains, times, line = found.gains(best.start, best.end), found.times, found.line
    runs = growing(gains, _DROP)
    if not runs:
        return list(stretches)
    first, last = max(runs, key=lambda run: float(gains[run[0] : run[1] + 1].sum()))
    start, end = _bounds(gains, times, first, last, until, line, reference_seconds)
    # Beyond what was compared, landmarks alone go on.
    if times[0] > _RIM and start < times[0] + _RIM:
        start = min(start, best.start)
    if times[-1] < until - _RIM and end > times[-1] - _RIM:
        end = max(end, best.end)
    if end - start < _MIN_SECONDS:
        return list(stretches)
    nats = best.evidence + min(found.above**2 / 2, _MOST_NATS)
    joined = replace(best, line=line, start=start, end=end, evidence=nats, above=found.above, alike=found.share)
    return [joined, *(each for each in stretches if each is not best and not _overlap(each, joined))]


def _overlap(one: Stretch, other: Stretch) -> bool:
    return min(one.end, other.end) - max(one.start, other.start) > 0.5 * (one.end - one.start)


def _bounds(
    gains: Floats, times: Floats, first: int, last: int, until: float, line: Line, seconds: float
) -> tuple[float, float]:
    """From the first to the last moment that speaks for the copy, and on to the ends of the query where nothing in
    between speaks against it: under something louder the copy cannot be heard, which is no proof that it ended. No more
    is taken to be hidden than was heard."""
    whole = float(line.back(0.0)), float(line.back(seconds))
    start, end = float(times[first]) - _EDGE, float(times[last]) + _EDGE
    heard = end - start
    if start < _NEAR_END or (start < heard and gains[:first].sum() > -_DOUBT and times[0] < _RIM):
        start = 0.0
    if until - end < _NEAR_END or (
        until - end < heard and gains[last + 1 :].sum() > -_DOUBT and times[-1] > until - _RIM
    ):
        end = until
    return max(start, whole[0], 0.0), min(end, whole[1], until)
