"""The load test's own judgement: it must see lost and doubled jobs, a broken order and an unfair share."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from benchmarks.load import _accounts, _fairness, _order
from benchmarks.load_chart import draw_memory, draw_status
from benchmarks.load_clients import Client, Told, drive


def _row(job: str, owner: str, admission: int | None, state: str = "released", ends: int = 1) -> dict[str, Any]:
    return {"id": job, "owner": owner, "state": state, "admission": admission, "ends": ends, "intact": True}


CLIENTS = [Client("ada", "key", ({}, {}), 1.0)]
TOLD = Told(jobs={"a": "released", "b": "refused"}, asked={"ada-0": "a", "ada-1": "b"})
FINE = [_row("a", "ada", 1), _row("b", "ada", 2, "refused")]


@pytest.mark.parametrize(
    ("rows", "met"),
    [
        (FINE, [True, True]),
        (FINE[:1], [False, False]),
        ([FINE[0], _row("b", "ada", 2, "running", 0)], [False, True]),
        ([FINE[0], _row("b", "ada", 2, "released")], [False, True]),
        ([FINE[0], _row("b", "ada", 2, "refused", 2)], [True, False]),
        ([*FINE, _row("c", "ada", 3)], [True, False]),
        ([FINE[0], {**FINE[1], "intact": False}], [False, True]),
    ],
)
def test_lost_and_doubled_jobs_are_seen(rows: list[dict[str, Any]], met: list[bool]) -> None:
    assert [row.met for row in _accounts(TOLD, rows, CLIENTS)] == met


def test_a_broken_order_is_seen() -> None:
    assert _order([_row("a", "ada", 1), _row("b", "bob", 3), _row("c", "ada", 2), _row("d", "ada", None)]).met
    assert _order([_row("a", "ada", 2), _row("c", "ada", 1)]).met is False


def test_an_unfair_share_is_seen() -> None:
    turns = [_row(f"{owner}{n}", owner, 2 * n + at + 1) for n in range(5) for at, owner in enumerate(("ada", "bob"))]
    assert _fairness(turns).met
    hoard = [_row(f"a{n}", "ada", n + 1) for n in range(5)] + [_row("b", "bob", 6)]
    assert _fairness(hoard).met is False


def test_the_charts_are_well_formed() -> None:
    memory = ElementTree.fromstring(draw_memory([(0, 200.0, 100.0), (500, 410.5, 130.0), (1000, 412.0, 131.0)]))
    assert "1,000 jobs" in "".join(memory.itertext())
    status = ElementTree.fromstring(draw_status([(0.1, 12.0), (1.0, 30.0), (4.5, 2400.0)], 100.0))
    assert "2,000 ms" in "".join(status.itertext())


def test_clients_submit_twice_poll_to_the_end_and_notice_doubles() -> None:
    """Against a service of a few lines that makes two jobs of one key for the second client."""
    made: dict[str, str] = {}
    looks: dict[str, int] = {}

    def answer(head: str, body: bytes) -> tuple[int, dict[str, Any]]:
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        if head.startswith("POST"):
            key = fields["Idempotency-Key"]
            job = f"job{len(made)}" if key == "bad-0" else f"job-{key}"
            made.setdefault(job, fields["Authorization"])
            return 202, {"id": job, "state": "queued", "asked": json.loads(body)}
        job = head.split()[1].rpartition("/")[2]
        looks[job] = looks.get(job, 0) + 1
        return 200, {"id": job, "state": "released" if looks[job] > 2 else "running"}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode() if not reader.at_eof() else "":
            length = next((int(line[16:]) for line in head.split("\r\n") if line.startswith("Content-Length: ")), 0)
            status, told = answer(head.strip(), await reader.readexactly(length))
            data = json.dumps(told).encode()
            writer.write(f"HTTP/1.1 {status} OK\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    async def run() -> Told:
        told = Told()
        async with await asyncio.start_server(_until_gone(serve), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            clients = [Client("good", "k", ({}, {}), 0.01, every_s=0.01), Client("bad", "k", ({},), 0.01)]
            await drive(port, clients, told, lambda: False)
        return told

    told = asyncio.run(run())
    assert told.faults == []
    assert told.doubled == 1
    assert told.jobs["job-good-0"] == told.jobs["job-good-1"] == "released"
    assert len(told.status_s) >= 9


def _until_gone(serve: Any) -> Any:
    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    return guarded
