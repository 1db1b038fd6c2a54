"""Registrations of references over HTTP: work that goes on after the upload, with progress to look at.

Held in memory: after a restart the ids are unknown, and what had not ended has left nothing in the catalogue.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal

from faircut.domain import Reference, new_id
from faircut.errors import FaircutError, NotFound
from faircut.protocols import Progress

_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Registration:
    """One reference on its way into the catalogue. ``progress`` is 0..1."""

    id: str
    state: Literal["running", "done", "failed"] = "running"
    progress: float = 0.0
    message: str = "Waiting"
    reference: Reference | None = None
    error: dict[str, str | None] | None = field(default=None)


class Registrations:
    """Runs registrations one after another, in the order they came."""

    def __init__(self, report_fault: Callable[[Exception], FaircutError]) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="registration")
        self._lock = threading.Lock()
        self._all: OrderedDict[str, Registration] = OrderedDict()
        self._report_fault = report_fault

    def start(self, register: Callable[[Progress], Reference], *, cleanup: Callable[[], None]) -> Registration:
        """Queues ``register``; ``cleanup`` runs after it, whatever became of it."""
        registration = Registration(new_id("reg"))
        with self._lock:
            self._all[registration.id] = registration
            while len(self._all) > _KEPT:
                self._all.popitem(last=False)
        self._pool.submit(self._run, registration.id, register, cleanup)
        return registration

    def get(self, registration_id: str) -> Registration:
        """Raises NotFound."""
        with self._lock:
            if registration_id in self._all:
                return self._all[registration_id]
        raise NotFound(
            f"There is no registration {registration_id!r}.",
            remedy="It may have ended before a restart: look at the work's references.",
        )

    def close(self) -> None:
        """Waits for the one that is running; those still queued are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(
        self, registration_id: str, register: Callable[[Progress], Reference], cleanup: Callable[[], None]
    ) -> None:
        def progress(share: float, message: str) -> None:
            self._update(registration_id, progress=min(1.0, max(0.0, share)), message=message)

        try:
            reference = register(progress)
        except Exception as error:  # noqa: BLE001  the caller has gone: the error must become the registration's state
            self._update(registration_id, state="failed", error=self._report_fault(error).as_dict(), message="Failed")
        else:
            self._update(registration_id, state="done", progress=1.0, message="Searchable", reference=reference)
        finally:
            cleanup()

    def _update(self, registration_id: str, **changes: object) -> None:
        with self._lock:
            if registration_id in self._all:
                self._all[registration_id] = replace(self._all[registration_id], **changes)  # type: ignore[arg-type]  # fields by name
