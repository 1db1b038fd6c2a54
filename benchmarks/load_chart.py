"""The load test's charts, as SVG: how long status calls took in the course of time, and memory against jobs done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.harness import Series
from benchmarks.svg import opening

_WIDTH, _HEIGHT = 900, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 870, 88, 300
_BUCKET_S = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: its name, its colour, and its points."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]


def draw_memory(curve: Sequence[tuple[int, float, float]]) -> str:
    """``curve``: (jobs that have ended, resident MiB that answer, resident MiB that run jobs), in the order of time."""
    most = max(done for done, _, _ in curve)
    return _draw(
        f"Resident memory of the service over {most:,} jobs",
        "jobs that have ended",
        "MiB",
        [
            Line("the process that runs jobs", "#1d5ab9", [(done, working) for done, _, working in curve]),
            Line("the process that answers", "#b3541e", [(done, answering) for done, answering, _ in curve]),
        ],
    )


def draw_status(calls: Sequence[tuple[float, float]], target_ms: float) -> str:
    """``calls``: (seconds from the start, milliseconds that the call took)."""
    buckets: dict[int, list[float]] = {}
    for at, ms in calls:
        buckets.setdefault(int(at // _BUCKET_S), []).append(ms)
    found = [((number + 0.5) * _BUCKET_S, Series(values)) for number, values in sorted(buckets.items())]
    end = max(at for at, _ in found)
    return _draw(
        f"Status calls, of each {_BUCKET_S:.0f} seconds",
        "seconds from the start",
        "ms",
        [
            Line("95 of 100 take at most", "#1d5ab9", [(at, each.percentile(0.95)) for at, each in found]),
            Line("half take at most", "#b3541e", [(at, each.median) for at, each in found]),
            Line("target for the former", "#999", [(0.0, target_ms), (end, target_ms)]),
        ],
    )


def _draw(title: str, along: str, unit: str, lines: Sequence[Line]) -> str:
    most = max(1.0, max(x for line in lines for x, _ in line.points))
    highest = max(y for line in lines for _, y in line.points)
    step = _round_step(highest / 5)
    top = (int(highest) // step + 1) * step

    def across(x: float) -> float:
        return _LEFT + x / most * (_RIGHT - _LEFT)

    def up(y: float) -> float:
        return _BOTTOM - y / top * (_BOTTOM - _TOP)

    parts = opening(title, _WIDTH, _HEIGHT)
    for y in range(0, top + 1, step):
        parts.append(f'<path d="M{_LEFT} {up(y):.1f} H{_RIGHT}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{up(y) + 4:.1f}" text-anchor="end" fill="#444">{y:,} {unit}</text>')
    parts += [
        f'<text x="{across(x):.1f}" y="{_BOTTOM + 22}" text-anchor="middle" fill="#444">{x:,}</text>'
        for x in range(0, int(most) + 1, _round_step(most / 6))
    ]
    middle = (_LEFT + _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_BOTTOM + 46}" text-anchor="middle" fill="#444">{along}</text>')
    for number, line in enumerate(lines):
        points = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line.points)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        x = 24 + number * 230
        parts.append(f'<path d="M{x} 58 h22" stroke="{line.colour}" stroke-width="3"/>')
        parts.append(f'<text x="{x + 30}" y="62" fill="#333">{line.name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _round_step(least: float) -> int:
    """1, 2 or 5 times a power of ten, no smaller than ``least``."""
    power = int(10 ** max(0, math.floor(math.log10(max(1.0, least)))))
    return next(each for each in (power, 2 * power, 5 * power, 10 * power) if each >= least)
