"""A task at a remote service, from handing it over exactly once to copying its result."""

from __future__ import annotations

import contextlib
import secrets
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final, Protocol, Self

from faircut.engines.http import Ambiguous, Attempts, Rejected
from faircut.engines.http_options import RemoteOptions
from faircut.errors import (
    EngineError,
    EngineOutputInvalid,
    EngineUncertain,
    FaircutError,
    FetchFailed,
    FetchUnavailable,
    JobCancelled,
    LimitExceeded,
)
from faircut.net import download, origin
from faircut.protocols import EngineJob, EngineStopped, JobNote, Progress

_LOOKS: Final = 3
_SOONEST_S: Final = 1.0
_WAITING, _MAKING, _COPYING = 0.02, 0.9, 0.95
_USUAL_S: Final = 120.0
"""After this many seconds the bar of a service that tells no progress stands at two thirds of its way."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a task can be recognised: when it was sent, and a number drawn for it."""

    at: float
    tag: int


@dataclass(frozen=True, slots=True)
class Look:
    """A task as its service describes it. ``share`` is its own progress, where it tells any.

    A task that is ``done`` has its file at ``url``. ``facts`` go on record.
    """

    running: bool = False
    done: bool = False
    share: float | None = None
    url: str = ""
    facts: Mapping[str, Any] | None = None


class Service(Protocol):
    """What a remote engine knows of its service's tasks."""

    name: str

    def create(self, sent: Sent, attempts: Attempts) -> str:
        """Hands the task over, telling ``attempts``, and returns its id.

        Raises Ambiguous when the task may have been taken, EngineError and InputError when it was not.
        """
        ...

    def find(self, sent: Sent) -> str | None:
        """The id of a task that was handed over but whose id got lost."""
        ...

    def look(self, task: str) -> Look:
        """Raises EngineError when the task failed, was refused, or is gone."""
        ...

    def cancel(self, task: str) -> None:
        """Ends the task at the service, once, without waiting."""
        ...

    def headers(self, url: str) -> Mapping[str, str]:
        """What the result's link must be asked with."""
        ...


@dataclass
class RemoteRun:
    """One run of ``job`` at ``service``."""

    service: Service
    options: RemoteOptions
    job: EngineJob
    progress: Progress
    pause: Callable[[float], None] = time.sleep

    def result(self) -> Mapping[str, Any]:
        """Writes ``job.output`` and returns what goes on record.

        A task that an earlier run of the job handed over is gone on with, never sent again. When the job is over before
        the task is, the task is cancelled at the service. Raises EngineError and its kinds.
        """
        note = self.job.note or Unkept()
        try:
            task = self._task(note)
            look = self._ended(task)
            self._copy(task, look)
        except (EngineStopped, JobCancelled):
            self._cancel(note.read())
            raise
        return {"event": "remote", "service": self.service.name, "task": task, **(look.facts or {})}

    def _task(self, note: JobNote) -> str:
        known = note.read()
        if known.get("task"):
            return str(known["task"])
        if "at" in known:
            return self._lost(Sent(float(known["at"]), int(known["tag"])), note, "the run before was interrupted")
        self.progress(0.0, "Handing the job over.")
        for attempt in range(self.options.retries + 1):
            sent = Sent(time.time(), secrets.randbelow(86_400))
            try:
                with Handover(note, sent) as handover:
                    task = self.service.create(sent, handover)
                    handover.taken(task)
                    return task
            except Ambiguous as doubt:
                why = doubt.why
                if not doubt.answered:
                    return self._lost(sent, note, why)
            # An error of the service's own: it most likely did nothing, and its list says whether it did.
            if (found := self.service.find(sent)) is not None:
                note.write({"at": sent.at, "tag": sent.tag, "task": found})
                return found
            note.write({})
            self.pause(self.options.retry_s * 2**attempt)
        raise EngineError(f"The service does not do its work: {why}.", field="engine", remedy="Try again later.")

    def _cancel(self, known: Mapping[str, Any]) -> None:
        task = known.get("task")
        if task is None and "at" in known:
            with contextlib.suppress(FaircutError):
                task = self.service.find(Sent(float(known["at"]), int(known["tag"])))
        if task is not None:
            self.service.cancel(str(task))

    def _lost(self, sent: Sent, note: JobNote, why: str) -> str:
        for number in range(_LOOKS):
            if number:
                self.pause(self.options.settle_s)
            if (task := self.service.find(sent)) is not None:
                note.write({"at": sent.at, "tag": sent.tag, "task": task})
                return task
        raise EngineUncertain(
            f"It is not known whether the service took the job: {why}, and it lists no such task.",
            field="engine",
            remedy="It was not sent again, lest it be paid for twice. Look into the service's console, then ask again.",
        )

    def _ended(self, task: str) -> Look:
        began = time.monotonic()
        called = False
        while True:
            look = self.service.look(task)
            if look.done:
                return look
            called = self._rest(task, look, began, called=called) or called

    def _rest(self, task: str, look: Look, began: float, *, called: bool) -> bool:
        """Waits until it is time for the next look; whether a call of the service said so.

        Before the first call looks are as frequent as where there are none: perhaps none gets through.
        """
        looked = time.monotonic()
        pause_s = self.options.poll_s
        bell = self.job.bell
        while True:
            self._tell(look, began)
            if bell is None:
                self.pause(pause_s)
            elif bell.wait(pause_s, task):
                # However many calls there are, the service is asked once a second.
                self.pause(max(0.0, looked + min(_SOONEST_S, pause_s) - time.monotonic()))
                return True
            if not called or time.monotonic() - looked >= self.options.rested_poll_s:
                return False

    def _tell(self, look: Look, began: float) -> None:
        if look.running:
            seconds = time.monotonic() - began
            share = look.share if look.share is not None else seconds / (seconds + _USUAL_S / 2)
            self.progress(_WAITING + (_MAKING - _WAITING) * min(1.0, max(0.0, share)), "The service makes it.")
        else:
            self.progress(_WAITING, "The job waits at the service.")

    def _copy(self, task: str, look: Look) -> None:
        """Fetches the file at once: links to results die. A dead one is asked for anew, once."""
        for attempt in range(self.options.retries + 1):
            try:
                self._fetch(look)
            except LimitExceeded as error:
                raise EngineOutputInvalid(
                    f"The service's file is larger than {self.job.max_bytes:,} bytes.",
                    field="output",
                    remedy="Ask for less, or raise max_output_bytes.",
                ) from error
            except FetchUnavailable as error:
                if attempt == self.options.retries:
                    raise self._unfetched(task, error) from error
                self.pause(self.options.retry_s * 2**attempt)
            except FetchFailed as error:
                if attempt:
                    raise self._unfetched(task, error) from error
                look = self.service.look(task)
            else:
                return

    def _fetch(self, look: Look) -> None:
        def watch(done: int, whole: int | None) -> None:
            share = done / whole if whole else 0.5
            self.progress(_COPYING + (1 - _COPYING) * min(1.0, share), "Copying the result.")

        found = download(
            look.url,
            self.job.output,
            limit_bytes=self.job.max_bytes,
            timeout_s=self.options.download_timeout_s,
            allow_private_hosts={origin(self.options.base_url)},
            headers=self.service.headers(look.url),
            ca_file=self.options.ca_file,
            field="output",
            watch=watch,
        )
        if not found.size:
            self.job.output.unlink()
            raise EngineOutputInvalid("The service's file is empty.", field="output", remedy="Try again.")

    def _unfetched(self, task: str, error: FetchFailed) -> EngineError:
        return EngineError(
            f"The result of task {task} cannot be copied: {error.message}",
            field="output",
            remedy="Try again; the service may still hold it.",
        )


class Unkept:
    """A note for runs that nobody repeats."""

    def __init__(self) -> None:
        self._facts: Mapping[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        return self._facts

    def write(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts


class Handover:
    """The moment in which a task may exist at the service without its id being known here.

    Before it the note says that a task is being sent, so that it can be looked for whatever happens; during it a
    SIGTERM waits. Use it as a context manager.
    """

    def __init__(self, note: JobNote, sent: Sent) -> None:
        self._note = note
        self._sent = {"at": sent.at, "tag": sent.tag}
        self._before: Any = None
        self._held = False
        self._came = False

    def sending(self) -> None:
        self._note.write(self._sent)
        if not self._held:
            with contextlib.suppress(ValueError):  # not the main thread, to which signals go
                self._before = signal.signal(signal.SIGTERM, self._hold)
                self._held = True

    def unsent(self) -> None:
        self._note.write({})
        self._let_go()

    def taken(self, task: str) -> None:
        """The task's id is known."""
        self._note.write({**self._sent, "task": task})
        self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go()

    def _hold(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            signal.signal(signal.SIGTERM, self._before)
            if self._came:
                self._came = False
                signal.raise_signal(signal.SIGTERM)


def best_effort(cancel: Callable[[], object]) -> None:
    """Cancels without insisting: the job is over whether or not the service agrees."""
    with contextlib.suppress(EngineError, Rejected, Ambiguous):
        cancel()
