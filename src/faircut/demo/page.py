"""The report as one HTML file: own style sheet, pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from faircut.demo.story import DemoReport, Step

_STYLE = """
:root{--paper:#f9f4ea;--sheet:#fffdf8;--ink:#2d2234;--faint:#75687a;--rule:#e2d8cb;--green:#1f6d4f;--red:#b3262f}
@media (prefers-color-scheme:dark){:root{--paper:#1d1822;--sheet:#27212e;--ink:#f1eae0;--faint:#a99dae;--rule:#40374a;
--green:#79cfa6;--red:#ff8f8a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 "Rubik","Segoe UI",system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.35rem;line-height:1.3;margin:0}
p{margin:.35rem 0}
.faint{color:var(--faint)}
.good{color:var(--green)}.bad{color:var(--red)}
.sum{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:1.2rem 0 2rem;padding:1rem 1.25rem;background:var(--sheet);
border:1px solid var(--rule);border-left:6px solid currentColor;border-radius:6px}
.sum b{font-size:1.15rem}
section{background:var(--sheet);border:1px solid var(--rule);border-radius:8px;
padding:1.4rem 1.4rem 1.2rem;margin:0 0 1.6rem}
header.step{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1rem;align-items:baseline}
header.step span{white-space:nowrap;font-weight:600}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.9rem 0;font-size:.94rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;
border-top:1px solid var(--rule);overflow-wrap:anywhere}
th{font-weight:600;color:var(--faint);border-top:0}
td:first-child{width:2.8rem;font-weight:700}
img,video{display:block;width:100%;height:auto;border:1px solid var(--rule);
border-radius:6px;margin:.9rem 0 .3rem}
blockquote{margin:.8rem 0;padding:.1rem 0 .1rem 1rem;border-left:4px solid var(--rule)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;
margin:.8rem 0 0;font-size:.88rem;color:var(--faint)}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:36rem){dl{display:block}dd{margin:0 0 .4rem}}
"""


def write_page(report: DemoReport, path: Path, whose: str) -> None:
    """Writes the report to ``path``. The released clip is linked, every picture is inside."""
    good = sum(step.ok for step in report.steps)
    state = "good" if report.ok else "bad"
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>Faircut, shown step by step</title><style>{_STYLE}</style><main>",
        "<h1>Faircut, shown step by step</h1>",
        f"<p class=faint>On {escape(whose)}. {when}.</p>",
        f"<div class='sum {state}'><b>{good} of {report.planned} steps showed what they should</b>",
        f"<span class=faint>{report.seconds:.0f} s, {report.cpu_seconds:.0f} CPU-s</span></div>",
        *(_section(step) for step in report.steps),
        "</main></html>\n",
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _section(step: Step) -> str:
    outcome = step.outcome
    state, word = ("good", "as it should be") if step.ok else ("bad", "not as it should be")
    rows = "".join(
        f"<tr><td class={'good' if check.ok else 'bad'}>{'ok' if check.ok else 'NO'}</td><td>{escape(check.what)}</td>"
        f"<td>{escape(check.expected)}</td><td>{escape(check.found)}</td></tr>"
        for check in outcome.checks
    )
    parts = [
        f"<section id=step-{step.number}><header class=step><h2>{step.number}. {escape(step.title)}</h2>",
        f"<span class={state}>{word}, {step.seconds:.1f} s</span></header>",
        f"<p class=faint>{escape(step.doing)}</p>",
    ]
    if outcome.movie is not None:
        parts.append(f"<video controls preload=metadata src='{escape(outcome.movie.name, quote=True)}'></video>")
    if outcome.picture is not None:
        data = base64.b64encode(outcome.picture.read_bytes()).decode("ascii")
        about = escape(f"{step.title}: {word}", quote=True)
        parts.append(
            f"<a href='{escape(outcome.picture.name, quote=True)}'>"
            f"<img alt='{about}' src='data:image/png;base64,{data}'></a>"
        )
    if outcome.words:
        parts.append("<blockquote>" + "".join(f"<p>{escape(words)}</p>" for words in outcome.words) + "</blockquote>")
    parts.append(
        f"<div class=wide><table><tr><th></th><th>what</th><th>expected</th><th>found</th></tr>{rows}</table></div>"
    )
    if outcome.facts:
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in outcome.facts)
        parts.append(f"<dl>{facts}</dl>")
    parts.append("</section>")
    return "\n".join(parts)
