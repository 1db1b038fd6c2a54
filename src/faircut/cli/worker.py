"""The process in which ``faircut serve`` runs jobs: ``python -m faircut.cli.worker``.

Judging a video keeps an interpreter busy for seconds. Apart from the process that answers requests, it keeps nobody
waiting; it also runs at a lower priority (``nice``), so that an answer gets its processor first.

It reads one JSON line from standard input, the settings, and says ``ready`` on standard output once it takes jobs. When
standard input closes, or on SIGTERM or SIGINT, it stops: engines are killed, and the next worker takes up their jobs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from faircut.cli.console import complain, words
from faircut.config import Settings
from faircut.errors import FaircutError
from faircut.studio.priority import lower_priority

_LOG = logging.getLogger("faircut.worker")
_NICENESS = 2
"""Each step is a fifth less: enough to come second, too little to starve where other programs compute too."""
_READY = b"ready\n"
_PAUSES_S = (0.0, 1.0, 5.0, 30.0)
"""Before a worker that died is replaced: at once, then later and later while they go on dying."""
_STEADY_S = 60.0
"""A worker that lived for so long did not die of how it was started."""
_STOP_S = 90.0
"""A step that cannot be interrupted is waited for, for a minute."""


class WorkerProcess:
    """Keeps one worker process for a data folder, between :meth:`start` and :meth:`stop`; one that dies is replaced.

    What it was doing is not lost: its jobs are recovered as those of any worker that died.
    """

    def __init__(self, settings: Settings) -> None:
        self._task = json.dumps(
            {
                "settings": settings.model_dump(mode="json"),
                "path": [entry or str(Path.cwd()) for entry in sys.path],
            }
        ).encode()
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Starts it, without waiting until it takes jobs."""
        self._process = self._spawn()

    def wait_ready(self) -> None:
        """Waits until it takes jobs. Raises FaircutError when it ended instead; it has said why."""
        if self._process is None or not _is_ready(self._process):
            raise FaircutError(
                "The worker process ended before it took jobs.", remedy="Mend what it complains of above."
            )
        self._keeper = threading.Thread(target=self._keep, args=(self._process,), name="faircut-worker", daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int | None:
        """The present process."""
        return None if self._process is None else self._process.pid

    def alive(self) -> bool:
        """Whether there is one now."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends it. Steps that cannot be interrupted are waited for."""
        self._ending.set()
        process = self._process
        if process is not None:
            _close(process)
            try:
                process.wait(_STOP_S)
            except BaseException:
                process.kill()
                process.wait()
                raise
        if self._keeper is not None:
            self._keeper.join(_STOP_S)

    def _spawn(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "faircut.cli.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # The terminal's Ctrl+C is for the service, which then ends its worker.
            start_new_session=True,
        )
        with contextlib.suppress(BrokenPipeError):  # it died at once; that it is not ready says so
            _pipe(process.stdin).write(self._task + b"\n")
            _pipe(process.stdin).flush()
        return process

    def _keep(self, process: subprocess.Popen[bytes]) -> None:
        died = 0
        while True:
            since = time.monotonic()
            code = process.wait()
            if self._ending.is_set():
                return
            _close(process)
            died = 1 if time.monotonic() - since > _STEADY_S else died + 1
            _LOG.error("The worker process ended with status %d; another one takes up its jobs.", code)
            if self._ending.wait(_PAUSES_S[min(died, len(_PAUSES_S)) - 1]):
                return
            self._process = process = self._spawn()
            if self._ending.is_set():
                _close(process)


@contextmanager
def running_worker(settings: Settings) -> Iterator[WorkerProcess]:
    """A worker process for the length of the block."""
    worker = WorkerProcess(settings)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def main() -> int:
    """Runs jobs until it is told to stop, or until whoever started it is gone."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    task = json.loads(sys.stdin.readline())
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    threading.Thread(target=_until_closed, args=(ending,), daemon=True).start()
    sys.path[:] = task["path"]
    lower_priority(_NICENESS)
    try:
        _work(Settings(**task["settings"]), channel, ending)
    except FaircutError as error:
        complain(error)
        return 1
    return 0


def _work(settings: Settings, channel: IO[bytes], ending: threading.Event) -> None:
    from faircut.app import open_faircut

    with open_faircut(settings) as faircut:
        faircut.studio.start()
        with contextlib.suppress(BrokenPipeError):
            channel.write(_READY)
            channel.flush()
        # The first verdict loads models and indexes: better now than when the first job has begun.
        faircut.preflight(["a first look"])
        faircut.refingerprinting.start(
            lambda report: words.print(f"{report.done} references fingerprinted again, {len(report.failed)} unreadable")
        )
        if settings.grade_attacks:
            faircut.grading.start()
        faircut.retention.start()
        ending.wait()


def _until_closed(ending: threading.Event) -> None:
    # Below Python's buffer, for a reader blocked inside it would hold up the interpreter's exit.
    while os.read(0, 1):
        pass
    ending.set()


def _is_ready(process: subprocess.Popen[bytes]) -> bool:
    return bool(_pipe(process.stdout).readline() == _READY)


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(BrokenPipeError):
            _pipe(pipe).close()


def _pipe(found: IO[bytes] | None) -> Any:
    if found is None:
        raise RuntimeError("the worker process has no pipes")
    return found


if __name__ == "__main__":
    sys.exit(main())
