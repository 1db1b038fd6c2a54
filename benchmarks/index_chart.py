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
_WIDTH, _HEIGHT = 1020, 450
_TOP, _BOTTOM = 112, 390
_PANELS = ((84, 460), (594, 970))


def draw(results: Sequence[Mapping[str, Any]]) -> str:
    """``results``: as ``benchmarks.index_scale`` measures them, in order of size."""
    times = {
        name: [(each["seconds"], each["p95"][name]) for each in results if name in each["p95"]]
        for name, _, _ in _SERIES
    }
    memory = {
        name: [(each["seconds"], each["mapped"][name]) for each in results if name in each["mapped"]]
        for name, _, _ in _SERIES[1:]
    }
    memory["all"] = [(each["seconds"], each["process"]) for each in results]
    title = "Index lookups of one 15 s clip on one core"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{title}: time and memory against registered seconds</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="10" fill="#fff"/>',
        f'<text x="24" y="32" font-size="17" fill="#111">{title}</text>',
    ]
    parts += _legend()
    parts += _panel(_PANELS[0], "CPU time: 95 of 100 clips take less", times, (1.0, 3000.0), TARGET_MS, _plain)
    parts += _panel(
        _PANELS[1],
        "resident memory: mapped segments, and the whole process",
        memory,
        (1e6, 3e10),
        TARGET_BYTES,
        _bytes,
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


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
    series: Mapping[str, Sequence[tuple[float, float]]],
    limits: tuple[float, float],
    target: float,
    say: Any,
) -> list[str]:
    left, right = span

    largest = max(x for each in series.values() for x, _ in each)
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
    return parts


def _seconds(value: int) -> str:
    hours = {10_000: "2.8 h", 100_000: "28 h", 1_000_000: "278 h", 10_000_000: "2,778 h"}[value]
    return f"{value:,} ({hours})" if value < 10**6 else f"{value // 10**6} M ({hours})"


def _plain(value: float) -> str:
    return f"{value:,.0f} ms"


def _bytes(value: float) -> str:
    if value == TARGET_BYTES:
        return "2 GiB"
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if value >= size:
            return f"{value / size:,.0f} {unit}"
    return f"{value:,.0f} B"
