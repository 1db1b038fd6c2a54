"""Resident memory against jobs done, as an SVG."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT = 900, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 870, 70, 300


def draw(curve: Sequence[tuple[int, float]]) -> str:
    """``curve``: (jobs that have ended, resident MiB), in the order of time."""
    most_jobs = max(1, max(done for done, _ in curve))
    step = next(each for each in (50, 100, 200, 500, 1000, 5000, 10**9) if max(mib for _, mib in curve) <= 6 * each)
    top = (int(max(mib for _, mib in curve)) // step + 1) * step

    def across(done: float) -> float:
        return _LEFT + done / most_jobs * (_RIGHT - _LEFT)

    def up(mib: float) -> float:
        return _BOTTOM - mib / top * (_BOTTOM - _TOP)

    title = f"Resident memory of the service over {most_jobs:,} jobs"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{title}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="10" fill="#fff"/>',
        f'<text x="24" y="34" font-size="17" fill="#111">{title}</text>',
    ]
    for mib in range(0, top + 1, step):
        parts.append(f'<path d="M{_LEFT} {up(mib):.1f} H{_RIGHT}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{up(mib) + 4:.1f}" text-anchor="end" fill="#444">{mib} MiB</text>')
    for tick in range(6):
        done = round(most_jobs * tick / 5)
        parts.append(
            f'<text x="{across(done):.1f}" y="{_BOTTOM + 22}" text-anchor="middle" fill="#444">{done:,}</text>'
        )
    middle = (_LEFT + _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_BOTTOM + 46}" text-anchor="middle" fill="#444">jobs that have ended</text>')
    line = " ".join(f"{across(done):.1f},{up(mib):.1f}" for done, mib in curve)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1d5ab9" stroke-width="2"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"
