"""The studio: request → screen → engine → quarantine → screen → sign → screen → release, as a durable workflow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from faircut.config import Settings
from faircut.domain import GenerationRequest, Job
from faircut.errors import Conflict
from faircut.plugins import Plugins
from faircut.protocols import DecisionReader, Ledger, Screener
from faircut.provenance.signer import C2paSigner
from faircut.store.blobs import BlobStore
from faircut.store.database import Database
from faircut.studio.jobs import JobStore
from faircut.studio.pipeline import Observer, Pipeline, request_digest
from faircut.studio.quarantine import Quarantine
from faircut.studio.release import ReleasedStore
from faircut.studio.requests import validate_request
from faircut.studio.runner import EngineRunner
from faircut.studio.worker import Slots, Worker, workflow_database_url

_POLL_S = 0.1


def _unobserved(boundary: str) -> None:
    """Nobody watches the boundaries of steps."""


class Studio:
    """Takes requests for videos and turns each into a released file, a refusal, or an error, exactly once.

    Any process may submit, watch and cancel; jobs run in processes that called :meth:`start`, whichever of them is
    free first. State lies in ``settings.home`` and ``database``. ``uploads`` holds the files that requests name.
    ``observe`` is told of step boundaries and exists for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        ledger: Ledger,
        screener: Screener,
        plugins: Plugins,
        signer: C2paSigner,
        decisions: DecisionReader,
        uploads: BlobStore,
        observe: Observer = _unobserved,
    ) -> None:
        self._settings = settings
        self._plugins = plugins
        self._uploads = uploads
        self._screener = screener
        self._signer = signer
        self._observe = observe
        self._jobs = JobStore(database, ledger)
        self._slots = Slots(settings.home / "workers")
        self._worker: Worker | None = None
        self._stopping = threading.Event()
        self.quarantine = Quarantine(settings.home / "quarantine")
        self.released = ReleasedStore(settings.home, ledger, decisions)

    def submit(
        self,
        request: GenerationRequest,
        *,
        owner: str,
        idempotency_key: str | None = None,
        client: Mapping[str, Any] | None = None,
    ) -> Job:
        """Queues a job. With ``idempotency_key`` the same owner and request give the same job again.

        ``client`` is what else the client said, see :class:`faircut.domain.Job`; it bears on no Decision.

        Raises LimitExceeded or InputError naming the input at fault ("Image 10"), NotFound for an unknown engine,
        Conflict when the key was used for another request. Nothing is decoded or spent yet.
        """
        validate_request(request, self._settings, self._plugins, self._uploads)
        request = replace(
            request,
            images=tuple(replace(asset, path=None) for asset in request.images),
            clips=tuple(replace(asset, path=None) for asset in request.clips),
            sounds=tuple(replace(asset, path=None) for asset in request.sounds),
        )
        job = self._jobs.add(
            request, request_digest(request), owner=owner, idempotency_key=idempotency_key, client=client
        )
        if self._worker is not None:
            self._worker.nudge()
        return job

    def get(self, job_id: str) -> Job:
        """The job as it stands. Raises NotFound."""
        return self._jobs.get(job_id)

    def list(self, owner: str | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs first, of one owner or of all."""
        return self._jobs.list(owner=owner, limit=limit)

    def cancel(self, job_id: str, *, actor: str = "operator") -> Job:
        """Cancels a job. A waiting one ends at once; of a running one the engine is killed within a second or so.

        Raises NotFound, and Conflict when the job has ended otherwise. Once the ``release`` event is written a job
        can no longer be cancelled.
        """
        return self._jobs.request_cancel(job_id, actor=actor)

    def wait(self, job_id: str, timeout: float | None = None, on_change: Callable[[Job], None] | None = None) -> Job:
        """Waits until the job ends, or ``timeout`` seconds, and returns it as it then stands.

        ``on_change`` is called with the job whenever it changed. Raises NotFound.
        """

        def ended(job: Job) -> bool:
            return job.state.final

        return self.wait_until(job_id, ended, timeout, on_change)

    def wait_until(
        self,
        job_id: str,
        reached: Callable[[Job], bool],
        timeout: float | None = None,
        on_change: Callable[[Job], None] | None = None,
    ) -> Job:
        """As :meth:`wait`, but also returns as soon as ``reached`` says so of the job."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = threading.Event()
        seen: Job | None = None
        while True:
            job = self._jobs.get(job_id)
            if on_change is not None and job != seen:
                on_change(job)
            seen = job
            if job.state.final or reached(job) or (deadline is not None and time.monotonic() >= deadline):
                return job
            pause.wait(_POLL_S)

    def output(self, job_id: str) -> Path:
        """The released file of a job. Raises NotFound, Conflict when nothing was released, IntegrityError."""
        job = self._jobs.get(job_id)
        if job.released_digest is None:
            raise Conflict(
                f"The job is {job.state}; there is no file.", field=job_id, remedy="Wait for it, or read its message."
            )
        return self.released.open(job.released_digest)

    def start(self) -> None:
        """Starts this process' worker, ``settings.workers`` jobs at a time, and takes up interrupted jobs.

        Raises Conflict when the process has one: DBOS is one per process.
        """
        self._stopping.clear()
        pipeline = Pipeline(
            jobs=self._jobs,
            screener=self._screener,
            runner=EngineRunner(self._settings, self._plugins, self._uploads),
            plugins=self._plugins,
            signer=self._signer,
            quarantine=self.quarantine,
            released=self.released,
            stopping=self._stopping,
            observe=self._observe,
        )
        url = workflow_database_url(self._settings.home, self._settings.database_url)
        worker = Worker(self._slots, url, self._settings.workers, self._jobs, pipeline)
        worker.start()
        self._worker = worker

    def stop(self) -> None:
        """Stops this process' worker. Its engines are killed; its jobs go on when a worker is there again."""
        if self._worker is not None:
            self._stopping.set()
            self._worker.stop()
            self._worker = None

    def workers(self) -> int:
        """How many workers live on this machine, so that a command need not start one of its own."""
        return self._slots.count_held()
