"""How the CLI talks: data on stdout, words on stderr, one JSON value a line with ``--json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from faircut.domain import Decision, Verdict
from faircut.errors import FaircutError
from faircut.protocols import Progress as Watch

words = Console(stderr=True, highlight=False, soft_wrap=True)
data = Console(highlight=False, soft_wrap=True)

EXIT_OK, EXIT_ERROR, EXIT_USAGE, EXIT_BLOCKED, EXIT_REVIEW = 0, 1, 2, 3, 4
_EXIT = {Verdict.ALLOW: EXIT_OK, Verdict.REVIEW: EXIT_REVIEW, Verdict.BLOCK: EXIT_BLOCKED}
_COLOUR = {Verdict.ALLOW: "green", Verdict.REVIEW: "yellow", Verdict.BLOCK: "red"}
# A blocked file outweighs one for review; an error outweighs both, because then not all was judged.
_WEIGHT = {EXIT_OK: 0, EXIT_REVIEW: 1, EXIT_BLOCKED: 2, EXIT_ERROR: 3, EXIT_USAGE: 4}


def emit(value: Any) -> None:
    """One JSON value on a line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def exit_for(verdict: Verdict) -> int:
    """0 allow, 3 block, 4 review."""
    return _EXIT[verdict]


def gravest(codes: list[int]) -> int:
    """The exit status of several answers together."""
    return max(codes, key=lambda code: _WEIGHT[code], default=EXIT_OK)


def complain(error: FaircutError) -> None:
    """An error in words: what is wrong, and what to do."""
    where = f"[bold]{_plain(error.field)}[/]: " if error.field else ""
    words.print(f"[red]error[/] {where}{_plain(error.message)}")
    words.print(f"      {_plain(error.remedy)} [dim]({error.code})[/]")
    for other in error.others:
        complain(other)


def show_decision(decision: Decision) -> None:
    """A Decision in words on stdout."""
    colour = _COLOUR[decision.verdict]
    data.print(f"[{colour} bold]{decision.verdict.value:6}[/] {_plain(decision.input)} [dim]{decision.id}[/]")
    for reason in (each.in_full for each in decision.reasons):
        data.print(f"       {_plain(reason.message)}")
        data.print(f"       [dim]to change:[/] {_plain(reason.remedy)}")
    checks = ", ".join(f"{each.name} {each.version} {each.outcome.value}" for each in decision.checks)
    data.print(f"       [dim]checks: {checks}[/]")


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


plain = _plain


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Watch]:
    """A bar on stderr, with the share done, a word on what is being done and the time left."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[word]}"),
        TimeRemainingColumn(),
        console=words,
        disable=quiet or not words.is_terminal,
    )
    with bar:
        task = bar.add_task(_plain(title), total=1.0, word="")

        def watch(share: float, message: str) -> None:
            bar.update(task, completed=share, word=message)

        yield watch
        bar.update(task, completed=1.0)
