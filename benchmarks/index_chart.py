"""Time and memory of index lookups against what is registered, as an SVG with two logarithmic panels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from faircut.fingerprints import chromaprint, keypoints, landmarks, pdq

TARGET_MS, TARGET_BYTES = 300.0, 2 * 2**30
_SERIES = (
    ("all", "all four", "#111111"),
    (pdq.ALGORITHM, "pictures", "#1d5ab9"),
    (keypoints.ALGORITHM, "local features", "#b2541d"),
    (landmarks.ALGORITHM, "landmarks of sound", "#2f7d3b"),
    (chromaprint.ALGORITHM, "Chromaprint", "#7a3fa0"),
)
Point = tuple[float, float]

_WIDTH, _HEIGHT = 1020, 450
_TOP, _BOTTOM = 112, 390
_PANELS = ((84, 460), (594, 970))


def draw(results: Sequence[Mapping[str, Any]]) -> str:
    """``results``: as ``benchmarks.index_scale`` measures them, in order of size.

    A line that was not measured at the largest sizes goes on dashed: see :func:`beyond`.
    """
    sizes = [float(each["seconds"]) for each in results]
    names = [name for name, _, _ in _SERIES[1:]]
    times = {name: [(s, each["p95"][name]) for s, each in _measured(sizes, results, name)] for name in names}
    memory = {name: [(s, each["touched"][name]) for s, each in _measured(sizes, results, name)] for name in names}
    whole = [(s, each) for s, each in zip(sizes, results, strict=True) if _whole(each, names)]
    times["all"] = [(s, each["p95"]["all"]) for s, each in whole]
    memory["all"] = [(s, each["memory"]) for s, each in whole]
    ends = {} if len(whole) == len(results) else dict(zip(("time", "memory"), carried_on(results), strict=True))
    dashed = any(each[-1][0] < sizes[-1] for each in times.values() if each)
    title = "Index look-ups of one 15 s clip on one core"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{title}: time and memory against registered seconds</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="10" fill="#fff"/>',
        f'<text x="24" y="32" font-size="17" fill="#111">{title}</text>',
    ]
    if dashed:
        parts.append(f'<text x="{_WIDTH - 24}" y="32" text-anchor="end" fill="#444">dashed: extrapolated</text>')
    parts += _legend()
    parts += _panel(
        _PANELS[0],
        "CPU time: 95 of 100 clips take less",
        times,
        (0.3, 3000.0),
        TARGET_MS,
        _plain,
        sizes,
        ends.get("time"),
    )
    parts += _panel(
        _PANELS[1],
        "memory: mapped pages touched, and the whole process",
        memory,
        (1e6, 3e10),
        TARGET_BYTES,
        _bytes,
        sizes,
        ends.get("memory"),
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _measured(
    sizes: Sequence[float], results: Sequence[Mapping[str, Any]], name: str
) -> list[tuple[float, Mapping[str, Any]]]:
    return [
        (float(each.get("upto", {}).get(name, size)), each)
        for size, each in zip(sizes, results, strict=True)
        if name in each["touched"]
    ]


def _whole(result: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether everything was registered in full."""
    size = result["seconds"]
    return all(name in result["touched"] and result.get("upto", {}).get(name, size) == size for name in names)


def beyond(points: Sequence[Point], size: float, *, memory: bool) -> Point | None:
    """Where the line through the last two points, both axes logarithmic, comes at ``size``; None if measured there.

    ``memory`` grows with what is registered: in proportion to the last point.
    """
    if len(points) < 2 or points[-1][0] >= size:
        return None
    (x0, y0), (x1, y1) = points[-2:]
    # Less with more registered is a plan that changes between the two, and would not go on.
    slope = 1.0 if memory else max(0.0, math.log(y1 / y0) / math.log(x1 / x0))
    return size, y1 * (size / x1) ** slope


def carried_on(results: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Milliseconds and bytes of all four together at the largest size: measured parts and extrapolated ones."""
    sizes = [float(each["seconds"]) for each in results]
    time, memory = 0.0, float(results[-1]["anonymous"])
    for name, _, _ in _SERIES[1:]:
        known = _measured(sizes, results, name)
        times = [(s, each["p95"][name]) for s, each in known]
        touched = [(s, each["touched"][name]) for s, each in known]
        time += (beyond(times, sizes[-1], memory=False) or times[-1])[1]
        memory += (beyond(touched, sizes[-1], memory=True) or touched[-1])[1]
        # Directories that lie side by side in memory grow with the segments.
        memory += known[-1][1].get("directories", {}).get(name, 0) * (sizes[-1] / known[-1][0] - 1.0)
    return time, memory


def _legend() -> list[str]:
    parts, at = [], 24
    for _, label, colour in _SERIES:
        parts.append(f'<path d="M{at} 58 h22" stroke="{colour}" stroke-width="2.5"/>')
        parts.append(f'<text x="{at + 28}" y="62" fill="#111">{escape(label)}</text>')
        at += 50 + 7 * len(label)
    return parts


def _panel(
    span: tuple[int, int],
    heading: str,
    series: Mapping[str, Sequence[Point]],
    limits: tuple[float, float],
    target: float,
    say: Any,
    sizes: Sequence[float],
    altogether: float | None,
) -> list[str]:
    left, right = span
    largest = max(sizes)
    decades = max(1, math.ceil(math.log10(largest) - 1e-9) - 4)

    def across(value: float) -> float:
        return left + (math.log10(value) - 4) / decades * (right - left)

    def up(value: float) -> float:
        share = math.log10(max(value, limits[0]) / limits[0]) / math.log10(limits[1] / limits[0])
        return _BOTTOM - share * (_BOTTOM - _TOP)

    parts = [f'<text x="{left}" y="{_TOP - 14}" fill="#444">{escape(heading)}</text>']
    for power in range(4, 5 + decades):
        x = across(10**power)
        parts.append(f'<path d="M{x:.1f} {_TOP} V{_BOTTOM}" stroke="#e4e4e4"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{_BOTTOM + 20}" text-anchor="middle" fill="#444">{_seconds(10**power)}</text>'
        )
    for power in range(math.ceil(math.log10(limits[0])), math.floor(math.log10(limits[1])) + 1):
        y = up(10.0**power)
        parts.append(f'<path d="M{left} {y:.1f} H{right}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{say(10.0**power)}</text>')
    parts.append(f'<path d="M{left} {up(target):.1f} H{right}" stroke="#a11" stroke-dasharray="6 4"/>')
    parts.append(
        f'<text x="{left + 6}" y="{up(target) - 6:.1f}" fill="#a11">target at 1,000,000 s: {say(target)}</text>'
    )
    parts.append(
        f'<text x="{(left + right) / 2}" y="{_BOTTOM + 42}" text-anchor="middle" fill="#444">registered seconds</text>'
    )
    for name, _, colour in _SERIES:
        places = [(across(x), up(y)) for x, y in series.get(name, ())]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        end = beyond(series.get(name, ()), largest, memory=target == TARGET_BYTES)
        if name == "all" and altogether is not None:
            end = largest, altogether
        if end is not None:
            ends = f"{places[-1][0]:.1f},{places[-1][1]:.1f} {across(end[0]):.1f},{up(end[1]):.1f}"
            parts.append(
                f'<polyline points="{ends}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="5 5"/>'
            )
    return parts


def _seconds(value: int) -> str:
    hours = {10_000: "2.8 h", 100_000: "28 h", 1_000_000: "278 h", 10_000_000: "2,778 h"}[value]
    return f"{value:,} ({hours})" if value < 10**6 else f"{value // 10**6} M ({hours})"


def _plain(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 1 else f"{value:g} ms"


def _bytes(value: float) -> str:
    if value == TARGET_BYTES:
        return "2 GiB"
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if value >= size:
            return f"{value / size:,.0f} {unit}"
    return f"{value:,.0f} B"
