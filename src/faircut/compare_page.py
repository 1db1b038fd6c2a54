"""A comparison as one HTML file: timelines, and outlined pictures side by side. Nothing is fetched from anywhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from faircut.compare import Comparison, Copied
from faircut.domain import Asset, MediaKind, Segment
from faircut.errors import FaircutError
from faircut.evidence import jpeg
from faircut.media.decode import frame_at
from faircut.wording import chance, clock

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#667085;--page:#f6f7f9;--card:#fff;--edge:#d8dde5;--hit:#c2410c}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#98a2b3;--page:#111418;--card:#1a1f26;--edge:#313945;
--hit:#fb923c}}
body{margin:0 auto;padding:2rem 1rem;max-width:64rem;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:0 0 .5rem}
section{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:1rem 1.2rem;margin:0 0 1rem}
.soft{color:var(--soft)}.pair{display:grid;grid-template-columns:1fr 1fr;gap:.8rem;margin:.8rem 0}
figure{margin:0}figcaption{font-size:.85rem;color:var(--soft)}img{display:block;width:100%;height:auto;border-radius:4px}
svg{display:block;width:100%;height:96px}.track{fill:var(--edge)}.hit{fill:var(--hit)}.band{fill:var(--hit);opacity:.18}
@media (max-width:40rem){.pair{grid-template-columns:1fr}}
"""
_WIDE = 1000.0


def page(found: Comparison) -> str:
    """The whole page. Pictures that cannot be read any more are left out."""
    first, second = escape(found.first.label), escape(found.second.label)
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>{first} beside {second}</title><style>{_STYLE}</style>",
        f"<h1>{first} beside {second}</h1>",
    ]
    if not found.copies:
        parts.append(f"<section>Nothing of {first} was found in {second}.</section>")
    parts += [_section(found, each) for each in found.copies]
    return "".join(parts)


def _section(found: Comparison, copied: Copied) -> str:
    match = copied.match
    likely = "" if match.probability is None else f" Chance of a copy: {chance(match.probability)}."
    return "".join(
        [
            f"<section><h2>{copied.sense.capitalize()}: {escape(', '.join(copied.changes) or 'as it is')}</h2>",
            f"<p class=soft>Found by {escape(match.detector)}, score {match.score:.2f} of 1.{likely}</p>",
            _timeline(found, match.query, match.reference),
            *_pairs(found, match.evidence),
            "</section>",
        ]
    )


def _timeline(found: Comparison, query: Segment | None, reference: Segment | None) -> str:
    first, second = found.seconds
    if query is None or reference is None or not first or not second:
        return ""
    (a, b), (c, d) = _stretch(query, first), _stretch(reference, second)
    return (
        f"<p class=soft>{escape(found.first.label)}: {clock(query.start)} to {clock(query.end)}</p>"
        f"<svg viewBox='0 0 1000 96' preserveAspectRatio=none role=img aria-label='where the stretches lie'>"
        f"<polygon class=band points='{a},20 {b},20 {d},76 {c},76'/>"
        f"<rect class=track width=1000 height=20 rx=3 /><rect class=hit x={a} width={b - a:.1f} height=20 />"
        f"<rect class=track y=76 width=1000 height=20 rx=3 /><rect class=hit x={c} y=76 width={d - c:.1f} height=20 />"
        f"</svg><p class=soft>{escape(found.second.label)}: {clock(reference.start)} to {clock(reference.end)}</p>"
    )


def _stretch(segment: Segment, seconds: float) -> tuple[float, float]:
    start = round(min(segment.start / seconds, 0.995) * _WIDE, 1)
    return start, round(max(min(segment.end / seconds, 1.0) * _WIDE, start + 5), 1)


def _pairs(found: Comparison, evidence: Mapping[str, Any]) -> Iterator[str]:
    for moment in evidence.get("moments", ()):
        region = moment.get("region") or evidence.get("region") or {}
        sides = [
            _picture(found.first, moment["query"], region.get("query")),
            _picture(found.second, moment["reference"], region.get("reference")),
        ]
        if any(sides):
            yield f"<div class=pair>{''.join(sides)}</div>"


def _picture(asset: Asset, seconds: float, region: Any) -> str:
    if asset.path is None or asset.kind is MediaKind.AUDIO:
        return ""
    try:
        data = jpeg(frame_at(asset.path, seconds, asset.label), region)
    except FaircutError:
        return ""
    when = "" if asset.kind is MediaKind.IMAGE else f" at {clock(seconds)}"
    source = base64.b64encode(data).decode()
    return (
        f"<figure><img src='data:image/jpeg;base64,{source}' alt='{escape(asset.label, quote=True)}{when}'>"
        f"<figcaption>{escape(asset.label)}{when}</figcaption></figure>"
    )
