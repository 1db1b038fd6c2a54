"""Errors of directives, one row of dots a kind, as an SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.svg import opening

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 900, 190, 800, 84, 30


def draw(errors: Mapping[str, Sequence[float]], limit: float) -> str:
    """``errors``: signed shares by kind, 0.01 being one percent too much; ``limit``: how far off one may be."""
    height = _TOP + _ROW * len(errors) + 62
    foot = _TOP + _ROW * len(errors)
    reach = limit * 1.2

    def across(error: float) -> float:
        return (_LEFT + _RIGHT) / 2 + min(max(error / reach, -1), 1) * (_RIGHT - _LEFT) / 2

    title = "Directives measured in the finished film: how far each was off"
    parts = [
        *opening(title, _WIDTH, height),
        f'<rect x="{across(-limit):.1f}" y="{_TOP - 14}" width="{across(limit) - across(-limit):.1f}"'
        f' height="{foot - _TOP + 14}" fill="#eef4ec"/>',
    ]
    for tick in (-limit, -limit / 2, 0.0, limit / 2, limit):
        words = f"{tick * 100:+.1f}" if tick else "0"
        parts.append(f'<path d="M{across(tick):.1f} {_TOP - 14} V{foot}" stroke="#d5d5d5"/>')
        parts.append(f'<text x="{across(tick):.1f}" y="{foot + 20}" text-anchor="middle" fill="#444">{words} %</text>')
    for number, (kind, values) in enumerate(errors.items()):
        y = _TOP + _ROW * number + _ROW / 2 - 8
        parts.append(f'<text x="{_LEFT - 14}" y="{y + 4:.1f}" text-anchor="end" fill="#222">{kind}</text>')
        parts.append(f'<text x="{_RIGHT + 14}" y="{y + 4:.1f}" fill="#666">N = {len(values)}</text>')
        parts += [
            f'<circle cx="{across(value):.1f}" cy="{y:.1f}" r="4" fill="#1d5ab9" fill-opacity="0.55"/>'
            for value in values
        ]
    middle = (_LEFT + _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{foot + 44}" text-anchor="middle" fill="#444">measured against commanded; the band is'
        " what is allowed</text>"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"
