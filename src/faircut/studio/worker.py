"""The worker of this process: takes queued jobs in their order, and takes up those of workers that died."""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from faircut.studio.jobs import JobStore
from faircut.studio.pipeline import Pipeline
from faircut.studio.queue import JobQueue

_LOG = logging.getLogger("faircut.studio")
_POLL_S = 0.2
_REAP_S = 2.0
_STOP_S = 60
_MOST_SLOTS = 256
_DEAD = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


class Slots:
    """Lock files ``<home>/workers/slot-N``. A live worker holds one; the kernel lets go of it however the worker ends.

    The slot is the worker's name in the workflow database. A workflow under a name that nobody holds belongs to
    a worker that died, and may be taken up by any other. The file says how many jobs its holder runs at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, concurrency: int = 1) -> tuple[str, IO[str]]:
        """The lowest free slot and the open file that holds it, for a worker that runs so many jobs at a time."""
        for number in range(_MOST_SLOTS):
            name = f"slot-{number}"
            if (held := self._try(name)) is not None:
                held.truncate(0)
                held.write(f"{concurrency}\n")
                held.flush()
                return name, held
        raise RuntimeError(f"more than {_MOST_SLOTS} workers")

    @contextmanager
    def free(self) -> Iterator[list[str]]:
        """The names of slots that were used and that nobody holds; nobody can take them within the block."""
        held = {path.name: self._try(path.name) for path in sorted(self._folder.glob("slot-*"))}
        try:
            yield [name for name, file in held.items() if file is not None]
        finally:
            for file in held.values():
                if file is not None:
                    file.close()

    def count_held(self) -> int:
        """How many workers live on this machine."""
        with self.free() as free:
            return len(list(self._folder.glob("slot-*"))) - len(free)

    def capacity(self) -> int:
        """How many jobs all workers that live on this machine run at a time."""
        total = 0
        with self.free() as free:
            for path in self._folder.glob("slot-*"):
                if path.name not in free:
                    said = path.read_text(encoding="ascii").strip()
                    total += int(said) if said.isdigit() else 1
        return total

    @contextmanager
    def launching(self) -> Iterator[None]:
        """Keeps the launches of several workers apart: each may have to make the workflow database."""
        with (self._folder / "launch").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _try(self, name: str) -> IO[str] | None:
        file = (self._folder / name).open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file


def workflow_database_url(home: Path, database_url: str | None) -> str:
    """Where DBOS keeps its state: in PostgreSQL beside ours when that is used, else in ``<home>/dbos.db``."""
    if database_url is not None and (url := make_url(database_url)).get_backend_name() == "postgresql":
        return url.set(drivername="postgresql").render_as_string(hide_password=False)
    return f"sqlite:///{home / 'dbos.db'}"


class Worker:
    """Runs jobs in threads of this process, ``concurrency`` at a time, until :meth:`stop`."""

    def __init__(
        self,
        slots: Slots,
        database_url: str,
        concurrency: int,
        *,
        jobs: JobStore,
        queue: JobQueue,
        pipeline: Pipeline,
    ) -> None:
        self._slots = slots
        self._database_url = database_url
        self._concurrency = concurrency
        self._jobs = jobs
        self._queue = queue
        self._pipeline = pipeline
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._slot: IO[str] | None = None

    def start(self) -> None:
        """Launches DBOS and recovers interrupted jobs. Raises Conflict when this process has a worker."""
        from faircut.studio import workflow

        workflow.bind(self._pipeline, self.nudge)
        # With a handler of its own the library adds none that writes to the console; ours decide what is shown.
        library = logging.getLogger("dbos")
        if not library.handlers:
            library.addHandler(logging.NullHandler())
        try:
            self._launch(workflow.VERSION, workflow.QUEUE)
        except BaseException:
            self._leave()
            raise
        self._thread = threading.Thread(target=self._dispatch, name="faircut-dispatch", daemon=True)
        self._thread.start()

    def _launch(self, version: str, queue: str) -> None:
        from dbos import DBOS, DBOSConfig

        name, self._slot = self._slots.take(self._concurrency)
        config: DBOSConfig = {
            "name": "faircut",
            "system_database_url": self._database_url,
            "application_version": version,
            "executor_id": name,
            "enable_otlp": False,
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": 0.5,
        }
        with self._slots.launching():
            DBOS(config=config)
            DBOS.launch()
            DBOS.register_queue(
                queue,
                worker_concurrency=self._concurrency,
                polling_interval_sec=_POLL_S,
                on_conflict="always_update",
            )

    def nudge(self) -> None:
        """Looks for queued jobs now instead of at the next poll."""
        self._wake.set()

    def stop(self) -> None:
        """Waits for steps that cannot be interrupted, drops the rest, to be taken up by the next worker."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._leave()

    def _leave(self) -> None:
        from dbos import DBOS

        from faircut.studio import workflow

        if not self._pipeline.wait_idle(_STOP_S):
            _LOG.warning("A step did not end within %d seconds; its job is taken up by the next worker.", _STOP_S)
        DBOS.destroy()
        workflow.bind(None)
        if self._slot is not None:
            self._slot.close()
            self._slot = None

    def _dispatch(self) -> None:
        reaped = float("-inf")
        while not self._ending.is_set():
            try:
                for job_id in self._queue.admit(self._slots.capacity()):
                    self._enqueue(job_id)
                if time.monotonic() - reaped >= _REAP_S:
                    reaped = time.monotonic()
                    self._jobs.expire()
                    self._reap()
            except OperationalError as error:
                _LOG.warning("The job queue could not be read, trying again: %s", error)
            self._wake.wait(_POLL_S)
            self._wake.clear()

    def _enqueue(self, job_id: str) -> None:
        """Hands a job to DBOS under its own id: however many workers do so, it is one workflow."""
        from dbos import DBOS, SetWorkflowID

        from faircut.studio import workflow

        with SetWorkflowID(job_id):
            DBOS.enqueue_workflow(workflow.QUEUE, workflow.run_job, job_id)

    def _reap(self) -> None:
        """Takes up the workflows of dead workers, and ends jobs whose workflow cannot go on."""
        from dbos import DBOS

        with self._slots.free() as dead:
            if dead:
                DBOS._recover_pending_workflows(dead)
        for job_id in self._queue.admitted():
            status = DBOS.get_workflow_status(job_id)
            if status is None:
                # Whoever admitted it died before it could hand it over.
                self._enqueue(job_id)
            elif status.status in _DEAD:
                self._pipeline.abandon(job_id)
