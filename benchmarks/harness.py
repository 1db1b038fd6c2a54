"""What the benchmarks share: rows of the table, processes of their own, CPU time, medians and ranges.

Times are CPU time, user and system together, over all threads of a process, unless a row says wall time. What is
compared is run in turn, round by round, and the ratio is taken within each round: a busy machine slows both.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. ``met`` is None where there is no target; ``n`` says how many measurements are behind it."""

    what: str
    result: str
    target: str = ""
    met: bool | None = None
    n: str = ""
    note: str = ""


def skipped(what: str, why: str) -> Row:
    """A row that could not be measured here."""
    return Row(what, "not measured", note=why)


@dataclass(slots=True)
class Usage:
    """What a block of code used, in seconds; ``cpu`` counts all threads of this process and no children."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def measured() -> Iterator[Usage]:
    """Fills in the Usage that it yields when the block ends."""
    usage = Usage()
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    yield usage
    after = resource.getrusage(resource.RUSAGE_SELF)
    usage.wall = time.perf_counter() - begun
    usage.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def program(command: Sequence[str]) -> Usage:
    """Runs a program to its end and says what it used, from its start. Raises CalledProcessError."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Usage(used.ru_utime + used.ru_stime, time.perf_counter() - begun)


def fresh(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a module's function in a new interpreter; arguments and result travel as JSON.

    So that no measurement warms up another. The function measures itself: starting Python and importing are
    outside of it. Raises CalledProcessError; the child's messages are on stderr.
    """
    command = [sys.executable, "-m", "benchmarks.harness", function.__module__, function.__name__]
    done = subprocess.run(
        command, input=json.dumps(arguments), stdout=subprocess.PIPE, check=True, text=True, env=_environment()
    )
    return json.loads(done.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    # What the caller has set for a Faircut of his own is not what is measured.
    return {key: value for key, value in os.environ.items() if not key.startswith("FAIRCUT_") or "MEDIA" in key}


@dataclass(slots=True)
class Series:
    """Measurements of one thing, in the order of the rounds."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def percentile(self, share: float) -> float:
        """The smallest value that ``share`` (0..1) of all do not exceed."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]

    def over(self, other: Series) -> Series:
        """The ratios, round by round."""
        return Series([mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)])

    def text(self, unit: str = "", digits: int = 2) -> str:
        """Median and range, as in "1.20 CPU-s (1.18 to 1.25)"."""
        if len(self.values) == 1:
            return f"{self.median:.{digits}f}{unit}"
        return f"{self.median:.{digits}f}{unit} ({min(self.values):.{digits}f} to {max(self.values):.{digits}f})"


def main() -> None:
    """The other end of :func:`fresh`."""
    module, name = sys.argv[1:3]
    function = getattr(importlib.import_module(module), name)
    result = function(*json.load(sys.stdin))
    print("\n" + json.dumps(result))


if __name__ == "__main__":
    main()
