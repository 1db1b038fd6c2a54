"""What a new user waits for and how much disk it takes: ``make demo`` from a fresh clone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from benchmarks.harness import Row, skipped

TITLE = "From a fresh clone"
METHOD = """\
`scripts/measure-cold-start` clones the repository (what is committed) into a temporary folder and runs
`make demo ARGS=--no-serve` there: environment, installation without pip's cache, and the whole demo. Wall time; the
installation depends on the network. The size is that of `.venv` by `du`."""
DEMO_S, INSTALLED_MIB = 180, 1024
_SCRIPT = Path(__file__).parents[1] / "scripts" / "measure-cold-start"


def run() -> list[Row]:
    """The rows of this part."""
    done = subprocess.run([str(_SCRIPT)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        return [skipped("cold make demo", f"it did not get to its end here: {last[0]}")]
    found = json.loads(done.stdout.splitlines()[-1])
    worked = found["status"] == 0
    why = "" if worked else f"the demo ended with status {found['status']}"
    total = found["setup_s"] + found["demo_s"]
    demo = Row(
        "demo", f"{found['demo_s']} s", f"≤ {DEMO_S} s, status 0", worked and found["demo_s"] <= DEMO_S, "1", note=why
    )
    size = found["installed_mib"]
    return [
        Row("set-up: environment and installation", f"{found['setup_s']} s", n="1", note=f"commit {found['commit']}"),
        demo,
        Row("make demo from nothing, both together", f"{total} s", n="1"),
        Row("installed size", f"{size} MiB", f"< {INSTALLED_MIB} MiB", size < INSTALLED_MIB, "1"),
    ]
