"""Requests found against honest prompts stopped, as SVG: the detector's operating characteristic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt

from benchmarks.svg import opening

Floats = npt.NDArray[np.float64]

_WIDTH, _HEIGHT = 900, 470
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 860, 92, 400
_LEAST, _MOST = 0.0003, 0.2
_MARKS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class Curve:
    """``asked`` are the scores of requests, ``honest`` those of prompts that are to pass."""

    name: str
    colour: str
    asked: Floats
    honest: Floats


def points(curve: Curve) -> list[tuple[float, float]]:
    """(share of honest prompts stopped, share of requests found) for each threshold that an honest prompt sets."""
    honest = np.sort(curve.honest)[::-1]
    shares = np.arange(1, len(honest) + 1) / len(honest)
    found = 1 - np.searchsorted(np.sort(curve.asked), honest, side="left") / len(curve.asked)
    return list(zip(shares.tolist(), found.tolist(), strict=True))


def draw(curves: Sequence[Curve], published: tuple[float, float]) -> str:
    """``published``: the point of the best published detector, (false positives, true positives), on other prompts."""
    title = "Requests found against honest prompts stopped"
    parts = opening(title, _WIDTH, _HEIGHT)
    for share in _MARKS:
        x = _across(share)
        parts.append(f'<path d="M{x:.1f} {_TOP} V{_BOTTOM}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{x:.1f}" y="{_BOTTOM + 20}" text-anchor="middle" fill="#444">{share * 100:g} %</text>')
    for tenth in range(0, 11, 2):
        y = _up(tenth / 10)
        parts.append(f'<path d="M{_LEFT} {y:.1f} H{_RIGHT}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{tenth * 10} %</text>')
    middle = (_LEFT + _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_BOTTOM + 44}" text-anchor="middle" fill="#444">honest prompts stopped</text>'
    )
    at = 24
    for curve in curves:
        parts.append(f'<path d="M{at} 60 h22" stroke="{curve.colour}" stroke-width="2.5"/>')
        parts.append(f'<text x="{at + 28}" y="64" fill="#111">{escape(curve.name)}</text>')
        at += 52 + 7 * len(curve.name)
        line = " ".join(f"{_across(x):.1f},{_up(y):.1f}" for x, y in _steps(points(curve)))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{curve.colour}" stroke-width="2"/>')
    x, y = _across(published[0]), _up(published[1])
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="none" stroke="#a11" stroke-width="2"/>')
    parts.append(f'<text x="{x + 10:.1f}" y="{y + 26:.1f}" fill="#a11">best published, on other prompts</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _steps(found: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that the picture can tell apart."""
    kept: list[tuple[float, float]] = []
    for x, y in found:
        if _LEAST <= x <= _MOST and (not kept or x / kept[-1][0] > 1.015 or abs(y - kept[-1][1]) > 0.01):
            kept.append((x, y))
    return kept


def _across(share: float) -> float:
    return _LEFT + math.log(share / _LEAST) / math.log(_MOST / _LEAST) * (_RIGHT - _LEFT)


def _up(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


__all__ = ["Curve", "draw", "points"]
