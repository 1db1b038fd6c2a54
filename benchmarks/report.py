"""The measurements as a table for the terminal and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.table import Table

from benchmarks.harness import Row

_PREFACE = """\
Written by `make bench`; do not edit by hand. A result is the median of N measurements, with the smallest and the
largest in brackets. CPU time is user and system time together, over all threads. Each section says when and on what
it was measured. Where the load before the start is well above 0, other programs shared the processor: wall times are
then too long, and ratios less sure."""
_MARKS = {True: "met", False: "MISSED", None: ""}


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its title, how it was measured, and its rows."""

    title: str
    method: str
    rows: tuple[Row, ...]


class Measurement(Protocol):
    """A section with the machine that it was measured on and the seconds that it took."""

    @property
    def section(self) -> Section: ...

    @property
    def machine(self) -> Mapping[str, str]: ...

    @property
    def seconds(self) -> float: ...


def table(sections: Sequence[Section]) -> Table:
    """For the terminal."""
    result = Table(title="Benchmarks", title_justify="left", show_lines=False)
    for heading in ("what", "result: median (range)", "target", "", "N"):
        result.add_column(heading, overflow="fold")
    for section in sections:
        result.add_section()
        result.add_row(f"[bold]{section.title}[/]")
        for row in section.rows:
            colour = {True: "green", False: "red", None: "default"}[row.met]
            result.add_row(row.what, row.result, row.target, f"[{colour}]{_MARKS[row.met]}[/]", row.n)
            if row.note:
                result.add_row("", f"[dim]{row.note}[/]")
    return result


def markdown(measured: Sequence[Measurement]) -> str:
    """For docs/benchmarks.md."""
    lines = ["# Benchmarks", "", *_PREFACE.splitlines()]
    for each in measured:
        section = each.section
        lines += [
            "",
            f"## {section.title}",
            "",
            section.method.strip(),
            "",
            "| what | result | target | | N |",
            "|---|---|---|---|---|",
        ]
        for row in section.rows:
            note = f" ({row.note})" if row.note else ""
            lines.append(f"| {row.what}{note} | {row.result} | {row.target} | {_MARKS[row.met]} | {row.n} |")
        facts = "; ".join(f"{key} {value}" for key, value in each.machine.items())
        lines += ["", f"Measured in {each.seconds / 60:.1f} min: {facts}."]
    return "\n".join(lines) + "\n"
