"""The studio: request → screen → engine → quarantine → screen → sign → screen → release, as a durable workflow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from faircut.config import Settings
from faircut.domain import Decision, GenerationRequest, Job
from faircut.errors import Conflict, FaircutError, QuotaExceeded
from faircut.plugins import Plugins
from faircut.protocols import DecisionReader, Ledger, Price, Priced, Screener
from faircut.provenance.signer import C2paSigner
from faircut.store.blobs import BlobStore
from faircut.store.database import Database
from faircut.studio.callbacks import CallbackOutbox
from faircut.studio.engine_bells import EngineBells
from faircut.studio.job_search import JobQuery, JobSearch
from faircut.studio.jobs import JobStore
from faircut.studio.pipeline import Observer, Pipeline, request_digest
from faircut.studio.preflight import Preflight
from faircut.studio.quarantine import Quarantine
from faircut.studio.queue import JobQueue
from faircut.studio.quotas import Quotas
from faircut.studio.release import ReleasedStore
from faircut.studio.requests import only_kept, request_errors, validate_request, with_paths, without_paths
from faircut.studio.runner import EngineRunner
from faircut.studio.stills import Stills
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
        self._decisions = decisions
        self._signer = signer
        self._observe = observe
        self._jobs = JobStore(database, ledger, Quotas.of(settings))
        self._queue = JobQueue(database)
        self._search = JobSearch(database)
        self._slots = Slots(settings.home / "workers")
        self._worker: Worker | None = None
        self._stopping = threading.Event()
        self.quarantine = Quarantine(settings.home / "quarantine")
        self.released = ReleasedStore(settings.home, ledger, decisions)
        self.stills = Stills(
            settings.home, released=self.released, ledger=ledger, decisions=decisions, screener=screener, signer=signer
        )
        self.callbacks = CallbackOutbox(database)
        self._bells = EngineBells(settings.home / "engine-notes")

    def submit(
        self,
        request: GenerationRequest,
        *,
        owner: str,
        idempotency_key: str | None = None,
        client: Mapping[str, Any] | None = None,
        priority: int = 0,
    ) -> Job:
        """Queues a job. With ``idempotency_key`` the same owner and request give the same job again.

        ``client`` is what else the client said, see :class:`faircut.domain.Job`; it bears on no Decision. Of an owner's
        waiting jobs the one with the highest ``priority`` begins first; owners are served in turn whatever it is.

        Raises LimitExceeded or InputError naming the input at fault ("Image 10"), NotFound for an unknown engine,
        Conflict when the key was used for another request, QuotaExceeded. Nothing is decoded or spent yet.
        """
        validate_request(request, self._settings, self._plugins, self._uploads)
        return self._add(without_paths(request), owner, idempotency_key, client, priority=priority)

    def submit_screened(
        self,
        request: GenerationRequest,
        *,
        owner: str,
        idempotency_key: str | None = None,
        client: Mapping[str, Any] | None = None,
        priority: int = 0,
    ) -> tuple[Job | None, tuple[Decision, ...]]:
        """As :meth:`submit`, but judges the request first and queues it only when it passes: no Job, when it does not.

        The Decisions are on record either way. The worker relies on them for as long as it would make the same ones.
        """
        validate_request(request, self._settings, self._plugins, self._uploads)
        request = without_paths(request)
        if (known := self._jobs.known(request, owner=owner, idempotency_key=idempotency_key)) is not None:
            return known, ()
        self._jobs.check_quota(owner)
        decisions = self._screener.screen_request(with_paths(request, self._uploads), actor=owner)
        if not decisions or not all(each.allows for each in decisions):
            return None, decisions
        return self._add(request, owner, idempotency_key, client, decisions, priority), decisions

    def preflight(self, request: GenerationRequest, *, owner: str, uploads: BlobStore | None = None) -> Preflight:
        """What would become of a request: every mistake, every Decision and the price. Nothing is recorded or spent.

        Files are decoded, unless they were judged a moment ago. Without an installed engine or with files that are
        not there, what can be judged is. ``uploads`` holds the files where they were not brought here yet.
        """
        uploads = uploads or self._uploads
        errors = list(request_errors(request, self._settings, self._plugins, uploads))
        try:
            self._jobs.check_quota(owner)
        except QuotaExceeded as error:
            errors.append(error)
        known = with_paths(only_kept(request, uploads), uploads)
        return Preflight(self._screener.judge_request(known, actor=owner), tuple(errors), self._price(known))

    def _price(self, request: GenerationRequest) -> Price | None:
        try:
            engine = self._plugins.engine(request.engine)
            options = self._settings.engine_options.get(request.engine, {})
            return engine.price(request, options) if isinstance(engine, Priced) else None
        except FaircutError:
            # Among the errors already, as a mistake of the request or of the engine's options.
            return None

    def _add(
        self,
        request: GenerationRequest,
        owner: str,
        idempotency_key: str | None,
        client: Mapping[str, Any] | None,
        decisions: Sequence[Decision] = (),
        priority: int = 0,
    ) -> Job:
        job = self._jobs.add(
            request,
            request_digest(request),
            owner=owner,
            idempotency_key=idempotency_key,
            client=client,
            decision_ids=[each.id for each in decisions],
            priority=priority,
        )
        if self._worker is not None:
            self._worker.nudge()
        return job

    def get(self, job_id: str) -> Job:
        """The job as it stands. Raises NotFound."""
        return self._jobs.get(job_id)

    def stamp(self, job_id: str) -> tuple[str, str]:
        """Whose the job is, and when it last changed, as text that differs whenever it did. Raises NotFound."""
        return self._jobs.stamp(job_id)

    def list(self, owner: str | None = None, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs first, of one owner or of all."""
        return self._jobs.list(owner=owner, limit=limit)

    def find(self, query: JobQuery) -> tuple[tuple[Job, ...], int]:
        """The jobs that came through one door and answer to ``query``, a page of them, and how many there are."""
        return self._search.find(query)

    def hide(self, job_id: str, *, actor: str) -> Job:
        """Takes a job out of what its door lists. All of it stays on record. Raises NotFound."""
        return self._jobs.hide(job_id, actor=actor)

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

    def ring(self, job_id: str, task: str) -> None:
        """Tells the engine of a job that its service called about ``task``: it looks at once, and believes that look
        alone. Of no effect for a job that no engine waits for."""
        self._bells.ring(job_id, task)

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
            decisions=self._decisions,
            runner=EngineRunner(self._settings, self._plugins, self._uploads),
            plugins=self._plugins,
            signer=self._signer,
            quarantine=self.quarantine,
            released=self.released,
            stopping=self._stopping,
            observe=self._observe,
        )
        url = workflow_database_url(self._settings.home, self._settings.database_url)
        worker = Worker(self._slots, url, self._settings.workers, jobs=self._jobs, queue=self._queue, pipeline=pipeline)
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
