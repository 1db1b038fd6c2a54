"""Bells: how a remote service's call about a job reaches the engine that waits for it, in another process.

Engine processes load this: nothing heavy is imported here.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_SLICE_S: Final = 0.2
_MOST_BYTES: Final = 1000


class FileBell:
    """A :class:`faircut.protocols.JobBell`: a file into which the API writes the task that was called about."""

    def __init__(self, path: Path, url: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        self.url = url
        self._path = path
        self._pause = pause
        self._seen = _stamp(path)

    def wait(self, seconds: float, task: str) -> bool:
        until = time.monotonic() + seconds
        while True:
            if self._rung(task):
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._pause(min(_SLICE_S, left))

    def _rung(self, task: str) -> bool:
        if (stamp := _stamp(self._path)) == self._seen:
            return False
        try:
            told = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return False  # being written; the next look finds it whole
        self._seen = stamp
        return bool(told == task)


class EngineBells:
    """The bells of all jobs that are being made, in ``folder`` (0700), where engines keep their notes too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.bell"

    def hang(self, job_id: str) -> Path:
        """Makes the bell of a job, unless a run before this one did."""
        path = self.path(job_id)
        path.touch(mode=0o600)
        return path

    def ring(self, job_id: str, task: str) -> None:
        """Tells whoever waits for ``task``. Of no effect when nobody does: the job has ended, or never wanted it."""
        try:
            # Not made anew, so that a call that comes late leaves nothing behind.
            bell = os.open(self.path(job_id), os.O_WRONLY | os.O_TRUNC)
        except FileNotFoundError:
            return
        try:
            os.write(bell, json.dumps(task).encode()[:_MOST_BYTES])
        finally:
            os.close(bell)

    def remove(self, job_id: str) -> None:
        """Takes the bell of a job that has ended away."""
        self.path(job_id).unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
