"""What is promised of the threads of a process."""

from __future__ import annotations

import os
import subprocess
import sys

_TASKS = """
import os
import faircut, numpy
matrix = numpy.ones((600, 600), numpy.float32)
matrix @ matrix
print(len(os.listdir("/proc/self/task")), os.environ["OPENBLAS_NUM_THREADS"])
"""


def _started(**environment: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", _TASKS]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=True).stdout.split()


def test_matrix_products_run_on_one_thread() -> None:
    """A second one makes a check of a prompt several times as dear: see ``docs/benchmarks.md``."""
    assert _started() == ["1", "1"]


def test_a_number_of_threads_that_somebody_has_set_stays() -> None:
    assert _started(OPENBLAS_NUM_THREADS="2")[1] == "2"
