"""Studio workers that kill themselves, each in a process of its own: ``crash_worker.py``, and on stdin, a line each,
the tab-separated HOME, JOB and BOUNDARY; with an empty boundary the worker ends the job.

Boundaries are those of the studio's observer ("after sign") and "before event" and "after event" of the release. How
each worker ended is told on stdout as ``subprocess`` would tell it; what it wrote lies in ``worker.out`` and
``worker.err`` beside HOME. Workers are forked from a process that has imported what they need and done nothing else,
because a test takes many of them.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

import dbos  # noqa: F401  # The studio imports it when its first worker starts.
from studio_doubles import Bench

from faircut.domain import Event
from faircut.ledger import SqlLedger


def work(home: Path, job_id: str, boundary: str) -> int:
    """Ends the job, unless the process ends first. 5: it did not end."""

    def observe(reached: str) -> None:
        if reached == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    class DeadlyLedger(SqlLedger):
        def append(self, kind, subject, payload, *, actor, key=None) -> Event:  # type: ignore[no-untyped-def]
            if kind == "release":
                observe("before event")
            event = super().append(kind, subject, payload, actor=actor, key=key)
            if kind == "release":
                observe("after event")
            return event

    bench = Bench(home, ledger_type=DeadlyLedger, observe=observe)
    bench.studio.start()
    job = bench.studio.wait(job_id, timeout=60)
    bench.close()
    return 0 if job.state.final else 5


def child(home: Path, job_id: str, boundary: str) -> None:
    for number, name in ((1, "worker.out"), (2, "worker.err")):
        file = os.open(home.with_name(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    status = 1
    try:
        status = work(home, job_id, boundary)
    except Exception:  # noqa: BLE001  # The test shows it.
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not further than here: the loop below is the parent's.
    os._exit(status)


for line in sys.stdin:
    folder, job, at = line.rstrip("\n").split("\t")
    if (pid := os.fork()) == 0:
        child(Path(folder), job, at)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201
