"""A lower priority for processes that compute, so that whoever asks gets an answer first."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def lower_priority(by: int) -> None:
    """Raises the nice value of this process by ``by``, and that of its session where it leads one.

    Linux shares the processor out between sessions first and within each of them afterwards (autogroup, see sched(7)).
    In a session of its own a process's nice value means nothing to others until the session has it too.
    """
    niceness = os.nice(by)
    if os.getsid(0) == os.getpid():
        # Not there on other systems, and refused where it is changed too often.
        with contextlib.suppress(OSError):
            _AUTOGROUP.write_text(str(niceness), encoding="ascii")
