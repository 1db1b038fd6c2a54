"""Many clients of one service in one process: HTTP/1.1 over loopback, with as little work of their own as possible."""

from __future__ import annotations

import asyncio
import json
import time
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
    """What the clients saw: the last word on each job, seconds of each status and submission call, and faults."""

    jobs: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    status_s: list[float] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)
    doubled: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Client:
    """One client: submits ``requests`` one after another, each twice under one key, and polls until each has ended."""

    name: str
    key: str
    requests: tuple[Mapping[str, Any], ...]
    poll_s: float
    together: bool = False
    """Submits all at once and then polls them one after another, as a program with a batch does."""


_FINAL = frozenset({"released", "refused", "failed", "cancelled"})


async def drive(port: int, clients: list[Client], told: Told, stop: Callable[[], bool]) -> None:
    """Runs all clients until their jobs have ended, or until ``stop`` says so: then they cancel what is left."""
    await asyncio.gather(*(_one(port, client, number, told, stop) for number, client in enumerate(clients)))


async def _one(port: int, client: Client, number: int, told: Told, stop: Callable[[], bool]) -> None:
    link = Connection(port, client.key)
    # Not all in the same instant: clients do not know of each other.
    await asyncio.sleep(client.poll_s * (number * 0.618 % 1))
    try:
        if client.together:
            jobs = [await _submit(link, client, at, told) for at in range(len(client.requests))]
            await _follow(link, client, jobs, told, stop)
        else:
            for at in range(len(client.requests)):
                if stop():
                    break
                await _follow(link, client, [await _submit(link, client, at, told)], told, stop)
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


async def _follow(link: Connection, client: Client, jobs: list[str], told: Told, stop: Callable[[], bool]) -> None:
    open_jobs = list(jobs)
    while open_jobs:
        if stop():
            for job_id in open_jobs:
                await link.ask("POST", f"/v1/generations/{job_id}/cancel")
        for job_id in open_jobs[:1]:
            status, job, seconds = await link.ask("GET", f"/v1/generations/{job_id}")
            if status != 200:
                raise Refused(f"the status call answered {status}: {job}")
            told.status_s.append(seconds)
            told.jobs[job_id] = job["state"]
            if job["state"] in _FINAL:
                open_jobs.remove(job_id)
            else:
                await asyncio.sleep(client.poll_s)
