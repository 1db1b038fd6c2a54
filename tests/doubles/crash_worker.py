"""A studio worker that kills itself: ``crash_worker.py HOME JOB [BOUNDARY]``; without a boundary it ends the job.

Boundaries are those of the studio's observer ("after sign") and "before event" and "after event" of the release.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from studio_doubles import Bench

from faircut.domain import Event
from faircut.ledger import SqlLedger

home, job_id, boundary = Path(sys.argv[1]), sys.argv[2], (sys.argv[3] if len(sys.argv) > 3 else None)


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
sys.exit(0 if job.state.final else 5)
