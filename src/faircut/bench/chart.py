"""The recall-by-edit chart, as an SVG that is read as well on a dark page as on a light one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from faircut.bench.peers import LABELS
from faircut.bench.scores import Row

_WIDTH, _LEFT, _RIGHT = 760, 230, 92
_STEP, _HEAD, _GROUP = 22, 64, 34
_STYLE = """\
svg { --ink: #1d2129; --soft: #59606e; --line: #d5d9e0; --us: #1f6feb; --peer: #b8bec9; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e8ebf0; --soft: #a2aab8; --line: #343b48; --us: #5c9dff; --peer: #59616f; }
}
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
.title { font-size: 15px; font-weight: 600; } .soft { fill: var(--soft); } .group { font-weight: 600; }
.value { font-variant-numeric: tabular-nums; } .line { stroke: var(--line); } .us { fill: var(--us); }
.peer { fill: var(--peer); }"""


def recall_chart(parts: Sequence[tuple[str, Sequence[Row]]], *, title: str, peer: str | None) -> str:
    """Horizontal bars, one row an edit: ours above, ``peer``'s (a key of peers.LABELS) below, in groups with headings.

    ``parts``: headings and rows. The share found is written beside each bar, so that no colour has to be told apart.
    """
    body: list[str] = []
    y = _HEAD + 8.0
    scale = _WIDTH - _LEFT - _RIGHT
    for heading, rows in parts:
        y += _GROUP - 12
        body.append(f'<text class="group" x="8" y="{y:.0f}">{escape(heading)}</text>')
        y += 12
        for row in rows:
            body += _bars(row, y, scale, peer)
            y += _STEP
    height = round(y + 30)
    grid = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LEFT + share * scale
        grid.append(f'<line class="line" x1="{x:.1f}" y1="{_HEAD}" x2="{x:.1f}" y2="{height - 26}"/>')
        grid.append(f'<text class="soft" x="{x:.1f}" y="{height - 10}" text-anchor="middle">{share:.0%}</text>')
    legend = ['<rect class="us" x="8" y="36" width="12" height="10" rx="2"/><text x="26" y="45">Faircut</text>']
    if peer is not None:
        legend.append(
            f'<rect class="peer" x="92" y="36" width="12" height="10" rx="2"/><text x="110" y="45">'
            f"{escape(LABELS[peer])}</text>"
        )
    alternative = escape(_words(parts, peer))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
            f' aria-labelledby="title desc" width="{_WIDTH}" height="{height}">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{alternative}</desc>',
            f"<style>{_STYLE}</style>",
            f'<text class="title" x="8" y="22">{escape(title)}</text>',
            *legend,
            *grid,
            *body,
            "</svg>",
            "",
        ]
    )


def _bars(row: Row, y: float, scale: float, peer: str | None) -> list[str]:
    theirs = row.peers.get(peer) if peer is not None else None
    alone = theirs is None
    thick = 12 if alone else 9
    lines = [
        f'<text x="{_LEFT - 10}" y="{y + 15:.0f}" text-anchor="end">{escape(row.label)}</text>',
        f'<rect class="us" x="{_LEFT}" y="{y + 4 + 3 * alone:.0f}" width="{max(row.recall * scale, 0.8):.1f}"'
        f' height="{thick}" rx="2"/>',
        f'<text class="value" x="{_LEFT + row.recall * scale + 6:.1f}" y="{y + 13 + 4 * alone:.0f}">'
        f"{row.found} of {row.n}</text>",
    ]
    if theirs is not None:
        share = theirs / row.n if row.n else 0.0
        lines.append(
            f'<rect class="peer" x="{_LEFT}" y="{y + 14:.0f}" width="{max(share * scale, 0.8):.1f}" height="6" rx="2"/>'
        )
    return lines


def _words(parts: Sequence[tuple[str, Sequence[Row]]], peer: str | None) -> str:
    """What the chart shows, for those who do not see it."""
    said = []
    for heading, rows in parts:
        each = ", ".join(
            f"{row.label} {row.found} of {row.n}"
            + (f" ({row.peers[peer]})" if peer is not None and peer in row.peers else "")
            for row in rows
        )
        said.append(f"{heading}: {each}.")
    return " ".join(said)
