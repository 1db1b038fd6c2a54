"""Run as a program: forks processes that write an index and are killed in the middle, and looks at what they leave.

Prints how many were killed. Status 1 when an answer was wrong.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from faircut.index import live, multi_hash
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from support.catalogue import FakeCatalogue
from support.index_films import ALGORITHM, check, film

live.FLUSH_ROWS, live.STEP_ROWS, live.SEGMENT_ROWS = 30, 100, 150
multi_hash.EXHAUSTIVE, multi_hash._LEAST_TABLED = -1, 0


def die_at(step: int) -> None:
    """Makes the process kill itself at its so-many-th call that changes a disk; a write gets half-way."""
    left = step

    def deadly(name: str):
        real = getattr(os, name)

        def call(first, *rest, **named):
            nonlocal left
            left -= 1
            if left == 0:
                if name == "write":
                    real(first, bytes(rest[0])[: len(rest[0]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(first, *rest, **named)

        return call

    for name in ("write", "fsync", "replace", "unlink"):
        setattr(os, name, deadly(name))


def main(root: Path) -> int:
    base = FakeCatalogue()
    for seed in range(5):
        base.put(film(seed))
    LiveIndex(base, ALGORITHM, HammingScheme(min_quality=20), folder=root / "base").view()
    step = killed = 0
    while True:
        step += 1
        home = root / f"home-{step}"
        shutil.copytree(root / "base", home)
        catalogue = FakeCatalogue(None, dict(base.references), dict(base.prints), base.changes)
        index = LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=20), folder=home)
        index.view()
        for seed in (20, 21, 22):
            catalogue.put(film(seed))
        child = os.fork()
        if child == 0:
            die_at(step)
            index.view()
            catalogue.remove(catalogue.references["ref_2"])
            index.view()
            index.compact()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        after = LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=20), folder=home)
        check(after, catalogue)
        assert after.compact()
        shutil.rmtree(home)
        if not os.WIFSIGNALED(status):
            sys.stdout.write(f"{killed}\n")
            return 0
        killed += 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
