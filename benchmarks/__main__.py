"""``python -m benchmarks [PART …]``: measures, prints the table, and writes docs/benchmarks.md.

Each part keeps its last results in ``benchmarks/results``; the document is made of those of all parts, so that one can
be measured anew without the others. Status 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path
from types import ModuleType

from rich.console import Console

from benchmarks.machine import facts
from benchmarks.report import Section, markdown, table
from benchmarks.results import Measured, load, save

PARTS = (
    "fingerprinting",
    "frames",
    "matching",
    "sound",
    "index_scale",
    "screening",
    "names",
    "descriptions",
    "redteam",
    "previz",
    "previz_directing",
    "load",
    "cold_start",
)
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Runs the parts that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)}; default: all")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {sorted(unknown)[0]!r}; choose from {', '.join(PARTS)}")
    words = Console(stderr=True)
    # A pipe has no width of its own, and eighty columns fold the table beyond reading.
    data = Console() if sys.stdout.isatty() else Console(width=150)
    begun = time.monotonic()
    sections = []
    for name in chosen:
        words.print(f"[dim]{time.monotonic() - begun:4.0f} s  measuring {name}[/]")
        machine, started = facts(), time.monotonic()
        sections.append(_measure(importlib.import_module(f"benchmarks.{name}")))
        save(name, Measured(sections[-1], machine, time.monotonic() - started))
    data.print(table(sections))
    for key, value in facts().items():
        data.print(f"[dim]{key}: {value}[/]")
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(markdown([found for name in PARTS if (found := load(name))]), encoding="utf-8")
    words.print(f"Written to {DOCUMENT}")
    missed = [row.what for section in sections for row in section.rows if row.met is False]
    for what in missed:
        words.print(f"[red]target missed: {what}[/]")
    return 1 if missed else 0


def _measure(part: ModuleType) -> Section:
    return Section(part.TITLE, part.METHOD, tuple(part.run()))


if __name__ == "__main__":
    sys.exit(main())
