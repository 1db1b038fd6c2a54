"""What the demo tells: steps, what each should show, what was found, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from faircut.domain import Segment
from faircut.protocols import Progress as Watch

TOLERANCE = 0.5
"""Seconds by which the ends of a found segment may be off."""


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of what should be with what is."""

    what: str
    expected: str
    found: str
    ok: bool


def same(what: str, expected: object, found: object) -> Check:
    """A Check that the two are equal."""
    return Check(what, _words(expected), _words(found), expected == found)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value)) or "none"
    return "none" if value is None else str(value)


def within(what: str, expected: Segment, found: Segment | None) -> Check:
    """A Check that both ends of a segment are right to :data:`TOLERANCE`."""
    close = found is not None and max(abs(found.start - expected.start), abs(found.end - expected.end)) <= TOLERANCE
    return Check(what, f"{span(expected)} (±{TOLERANCE:g} s)", "nothing" if found is None else span(found), close)


def span(segment: Segment) -> str:
    """A segment in words."""
    return f"{segment.start:.2f} to {segment.end:.2f} s"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step leaves: comparisons, its picture, and a few facts and words for the report."""

    checks: tuple[Check, ...]
    picture: Path | None = None
    facts: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    movie: Path | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken."""

    number: int
    title: str
    doing: str
    outcome: Outcome
    seconds: float

    @property
    def ok(self) -> bool:
        """True when there was something to compare and all of it was as expected."""
        return bool(self.outcome.checks) and all(check.ok for check in self.outcome.checks)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The whole run. ``planned``: how many steps there should be."""

    steps: tuple[Step, ...]
    planned: int
    seconds: float
    cpu_seconds: float
    page: Path

    @property
    def ok(self) -> bool:
        """True only when every planned step was taken and showed what it should."""
        return len(self.steps) == self.planned and all(step.ok for step in self.steps)


class Narrator:
    """Tells the story on a console as it happens; plain lines where it is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def title(self, text: str, under: str) -> None:
        """The opening."""
        self._console.print()
        self._console.print(Text(text, style="bold"))
        self._console.print(Text(under, style="dim"))

    def begin(self, number: int, planned: int, title: str, doing: str) -> None:
        """What is about to be done."""
        self._console.print()
        self._console.print(Text.assemble((f"{number}/{planned} ", "bold cyan"), (title, "bold")))
        self._console.print(Text(f"    {doing}", style="dim"))

    def end(self, step: Step) -> None:
        """What was expected, what was found, and where the picture is."""
        wide = max((len(check.what) for check in step.outcome.checks), default=0)
        for check in step.outcome.checks:
            style = "green" if check.ok else "bold red"
            line = Text(f"    {self._mark(ok=check.ok)}  ", style=style)
            line.append(f"{check.what:{wide}}  ", style="default")
            line.append(check.found, style=style)
            if check.expected != check.found:
                line.append(f"  (expected: {check.expected})", style="dim" if check.ok else style)
            self._console.print(line, soft_wrap=not self._console.is_terminal)
        for words in step.outcome.words:
            self._console.print(Text(f"    {words}", style="italic"), soft_wrap=not self._console.is_terminal)
        for name, value in step.outcome.facts:
            self._console.print(Text(f"    {name}: {value}", style="dim"), soft_wrap=True)
        if step.outcome.picture is not None:
            self._console.print(Text(f"    picture: {step.outcome.picture}", style="dim"), soft_wrap=True)
        verdict = Text(
            "    as it should be" if step.ok else "    NOT AS IT SHOULD BE", style="green" if step.ok else "bold red"
        )
        verdict.append(f"  ({step.seconds:.1f} s)", style="dim")
        self._console.print(verdict)

    def _mark(self, *, ok: bool) -> str:
        if self._console.is_terminal and "utf" in self._console.encoding:
            return "✓ " if ok else "✗ "
        return "ok" if ok else "NO"

    def close(self, report: DemoReport) -> None:
        """The summing up."""
        good = sum(step.ok for step in report.steps)
        style = "bold green" if report.ok else "bold red"
        self._console.print()
        words = f"{good} of {report.planned} steps showed what they should, in {report.seconds:.0f} s."
        self._console.print(Text(words, style=style))
        self._console.print(Text(f"Report with all pictures: {report.page}"), soft_wrap=True)

    @contextmanager
    def progress(self, title: str) -> Iterator[Watch]:
        """A bar while the block runs; on something else than a terminal a line every so often."""
        if not self._console.is_terminal:
            yield _Lines(self._console, title)
            return
        bar = Progress(
            TextColumn("    {task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("[dim]{task.fields[word]}"), TimeRemainingColumn(), console=self._console, transient=True,
        )  # fmt: skip
        with bar:
            task = bar.add_task(title.replace("[", r"\["), total=1.0, word="")
            yield lambda share, word: bar.update(task, completed=share, word=word.replace("[", r"\["))


class _Lines:
    """Progress for logs: at most one line every five seconds."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._next = time.monotonic() + 5

    def __call__(self, share: float, word: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 5
            self._console.print(Text(f"    {self._title}: {share:.0%} {word}"), soft_wrap=True)
