"""Processes that compute give way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SAY = """
import os
from pathlib import Path
from faircut.studio.priority import lower_priority
lower_priority(7)
group = Path("/proc/self/autogroup")
said = group.read_text().split() if group.exists() else []
print(os.nice(0), said[-1] if said else "none")
"""


def test_a_session_of_its_own_gives_way_as_a_whole() -> None:
    done = subprocess.run([sys.executable, "-c", SAY], start_new_session=True, capture_output=True, text=True)
    mine = str(min(19, os.nice(0) + 7))
    # Linux without autogroups, and other systems, have the nice value of the process alone.
    assert done.stdout.split() in ([mine, mine], [mine, "none"]), done.stderr


def test_the_session_of_somebody_else_is_left_alone() -> None:
    group = Path("/proc/self/autogroup")
    before = group.read_text() if group.exists() else ""
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True)
    assert done.stdout.split()[0] == str(min(19, os.nice(0) + 7)), done.stderr
    assert (group.read_text() if group.exists() else "") == before
