"""What the HTTP process keeps besides the Faircut: registrations under way, and how much may be screened at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request

from faircut.api.allowance import Allowance
from faircut.api.problems import as_faircut_error
from faircut.api.registrations import Registrations
from faircut.app import Faircut

T = TypeVar("T")

_MOST_WRITERS = 8

_FETCHING = 16
"""How many requests' files are fetched at the same time."""


class Told:
    """The last answers about things that are asked for again and again, each valid while its stamp is the same."""

    def __init__(self, most: int = 2048) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str, stamp: str, make: Callable[[], bytes]) -> bytes:
        """What was told of ``name`` at ``stamp``, else what ``make`` says now."""
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        # Made after the stamp was read: it can only be newer, and is then made once more at the next question.
        answer = make()
        with self._lock:
            self._kept[name] = (stamp, answer)
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return answer


class Services:
    """One a process, made with the app."""

    def __init__(self, faircut: Faircut) -> None:
        self.registrations = Registrations(as_faircut_error)
        # Decoding is heavy: more uploads at once than workers would only make every one of them slower.
        self.screening = anyio.CapacityLimiter(faircut.settings.workers)
        self.told = Told()
        # One writes to a local file at a time anyway; a crowd that waits for its turn would only take the interpreter
        # from who answers.
        self.writing = anyio.CapacityLimiter(1 if faircut.database.local else _MOST_WRITERS)
        # Apart from other threads, so that servers that are slow to send a file hold up nobody else.
        self.fetching = anyio.CapacityLimiter(_FETCHING)
        # A service calls at each change of a task, and again where we did not answer: a dozen times in all.
        self.calls = Allowance(burst=20, per_s=1)
        self.strange_calls = Allowance(burst=60, per_s=2)

    def close(self) -> None:
        self.registrations.close()


def services(request: Request) -> Services:
    """The Services of the app that got this request."""
    found: Services = request.app.state.services
    return found


async def screening_thread(request: Request, work: Callable[[], T]) -> T:
    """Runs ``work`` in a thread, waiting while as many as there are workers are under way."""
    return await anyio.to_thread.run_sync(work, limiter=services(request).screening)


async def fetching_thread(request: Request, work: Callable[[], T]) -> T:
    """Runs ``work``, which waits for other servers, in a thread of those kept for that."""
    return await anyio.to_thread.run_sync(work, limiter=services(request).fetching)


async def writing_thread(request: Request, work: Callable[[], T]) -> T:
    """Runs ``work``, which writes to the database, in a thread, after those that came before it."""
    return await anyio.to_thread.run_sync(work, limiter=services(request).writing)


def faircut_of(request: Request) -> Faircut:
    """The Faircut behind the app."""
    found: Faircut = request.app.state.faircut
    return found


async def _faircut(request: Request) -> Faircut:
    # A coroutine, because the framework sends plain functions through a thread.
    return faircut_of(request)


async def look_up(faircut: Faircut, look: Callable[[], T]) -> T:
    """A short look into the database: at once where that is a local file, else in a thread.

    SQLite answers in a fraction of a millisecond and readers wait for nobody, so a thread would cost more than the
    answer, and under load a place in the queue for one.
    """
    if faircut.database.local:
        return look()
    return await anyio.to_thread.run_sync(look)


FaircutDep = Annotated[Faircut, Depends(_faircut)]
