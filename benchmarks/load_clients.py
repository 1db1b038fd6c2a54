"""Many clients of one service in one process: HTTP/1.1 over loopback, with as little work of their own as possible."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 60.0


class Refused(Exception):
    """An answer that is not the one expected."""


@dataclass(slots=True)
class Connection:
    """One kept-alive connection with a key. A request is sent once; whoever calls may send it again."""

    port: int
    key: str
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any, float]:
        """Status, JSON and seconds from sending the first byte to having read the last."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.key}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += ["Content-Type: application/json"] if data else []
        lines += [f"Content-Length: {len(data)}", "", ""]
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        begun = time.perf_counter()
        try:
            self._writer.write("\r\n".join(lines).encode() + data)
            status, answer = await asyncio.wait_for(self._read(self._reader), TIMEOUT_S)
        except BaseException:
            self.close()
            raise
        return status, json.loads(answer), time.perf_counter() - begun

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        answer = await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split()[1]), answer

    def close(self) -> None:
        """Hangs up; the next request connects anew."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass(slots=True)
class Told:
    """What the clients saw: the last word on each job, when each status call was answered (seconds from the start) and
    how long it took, how long each submission took, and faults."""

    jobs: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    status_s: list[tuple[float, float]] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)
    doubled: int = 0
    faults: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Client:
    """One client: submits ``requests``, each twice under one key, and asks for the state of its oldest open job every
    ``poll_s`` seconds, until all have ended."""

    name: str
    key: str
    requests: tuple[Mapping[str, Any], ...]
    poll_s: float
    every_s: float = 0.0
    """Seconds from one submission to the next, from the first to the second fewer; 0 submits all at once, as a program
    with a batch does."""


_FINAL = frozenset({"released", "refused", "failed", "cancelled"})


async def drive(port: int, clients: list[Client], told: Told, stop: Callable[[], bool]) -> None:
    """Runs all clients until their jobs have ended, or until ``stop`` says so: then they cancel what is left."""
    await asyncio.gather(*(_one(port, client, number, told, stop) for number, client in enumerate(clients)))


async def _one(port: int, client: Client, number: int, told: Told, stop: Callable[[], bool]) -> None:
    link = Connection(port, client.key)
    # Not all in the same instant: clients do not know of each other.
    phase = number * 0.618 % 1
    tick = due = time.monotonic() + client.poll_s * phase
    left, waiting, stopped = deque(range(len(client.requests))), deque[str](), False
    try:
        while left or waiting:
            # By the clock, so that slow answers do not make clients ask less often.
            await asyncio.sleep(tick - time.monotonic())
            tick = max(tick + client.poll_s, time.monotonic())
            if stop() and not stopped:
                stopped = True
                left.clear()
                for job_id in waiting:
                    await _cancel(link, job_id, told)
            while left and due <= time.monotonic():
                at = left.popleft()
                waiting.append(await _submit(link, client, at, told))
                due += client.every_s * (1 if at else phase)
            # A client's jobs begin in the order in which it sent them: it looks at the first, and past what has ended.
            while waiting and await _look(link, waiting[0], told):
                waiting.popleft()
    except (OSError, EOFError, TimeoutError, ValueError, Refused) as error:
        told.faults.append(f"{client.name}: {type(error).__name__} {error}")
    finally:
        link.close()


async def _submit(link: Connection, client: Client, at: int, told: Told) -> str:
    name = f"{client.name}-{at}"
    headers = {"Idempotency-Key": name}
    status, job, seconds = await link.ask("POST", "/v1/generations", client.requests[at], headers)
    if status != 202:
        raise Refused(f"submitting answered {status}: {job}")
    told.submit_s.append(seconds)
    told.asked[name] = job["id"]
    # As after an answer that was lost on its way.
    status, again, _ = await link.ask("POST", "/v1/generations", client.requests[at], headers)
    if status != 202 or again["id"] != job["id"]:
        told.doubled += 1
    told.jobs[job["id"]] = job["state"]
    return str(job["id"])


async def _cancel(link: Connection, job_id: str, told: Told) -> None:
    status, job, _ = await link.ask("POST", f"/v1/generations/{job_id}/cancel")
    if status == 200:
        told.jobs[job_id] = job["state"]
    elif status != 409:  # it ended in between
        raise Refused(f"cancelling answered {status}: {job}")


async def _look(link: Connection, job_id: str, told: Told) -> bool:
    """Asks for the state of a job; True when it has ended."""
    status, job, seconds = await link.ask("GET", f"/v1/generations/{job_id}")
    if status != 200:
        raise Refused(f"the status call answered {status}: {job}")
    told.status_s.append((time.monotonic() - told.begun, seconds))
    told.jobs[job_id] = job["state"]
    return job["state"] in _FINAL
