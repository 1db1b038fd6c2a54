"""Many clients at once: status calls, order, fairness, and the memory of the service over a thousand jobs."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from benchmarks import load_chart
from benchmarks.harness import Row, Series
from benchmarks.load_clients import Client, Told, drive
from benchmarks.load_engine import SPEC
from benchmarks.load_service import Service, Spent, service
from faircut.access import Scope
from faircut.app import Faircut
from faircut.config import Settings
from faircut.store.models import JobRow

TITLE = "Load"
METHOD = """\
`faircut serve`, that is a process which answers, a process which runs jobs, and their engines, pinned to two cores
together with the clients, which are coroutines of one process on the same loopback and count as load too. *Polling*:
clients of ten partners begin within one second. Each submits a job of the previz engine at its smallest (480p, four
seconds, silent) at once and another one every 30 seconds, and each of them twice under one idempotency key, as after
an answer that was lost. Every second by the clock, which is as often as `/v1/videos` tells its clients to, it asks
how its oldest open job stands. A call's time runs from sending to having read the answer. Two jobs run at a time
throughout, so most of them wait. After two and a half minutes the clients cancel what is left. *Memory*: a batch of
jobs of 20 partners with an engine that draws a plain card, because a thousand previz films would take an hour; one in
ten ends as a released file, the others are refused for their words, so that it fits into minutes. Resident memory is
that of both processes without their engines, sampled twice a second; growth is the median of the last tenth of the
jobs less that of the second tenth. Order and fairness are read from the job table afterwards, of jobs whose clients
were told of them too. `FAIRCUT_BENCH_SMALL=1` measures with 20 clients and 30 jobs.

![Status calls while 200 clients poll and submit](images/load-status.svg)

![Resident memory of the service](images/load.svg)"""
ROOT = Path(__file__).parents[1]
MEMORY_CHART, STATUS_CHART = ROOT / "docs" / "images" / "load.svg", ROOT / "docs" / "images" / "load-status.svg"
TARGET_MS, TARGET_GROWTH_MIB = 100.0, 48.0
_PARTNERS, _BATCHES = 10, 20
_EVERY_S = 30.0
_RELEASED_ONE_IN = 10
_FINAL = ("released", "refused", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it is run."""

    clients: int = 200
    polling_s: float = 150.0
    jobs: int = 1000


def scale() -> Scale:
    """The whole, or with ``FAIRCUT_BENCH_SMALL`` enough to see that it works."""
    return Scale(20, 40.0, 30) if os.environ.get("FAIRCUT_BENCH_SMALL") else Scale()


def run() -> list[Row]:
    """The rows of this part."""
    size = scale()
    pinned = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, pinned)
    with TemporaryDirectory(prefix="faircut-load-") as folder:
        polled = _poll(Path(folder) / "polling", size)
        kept = _remember(Path(folder) / "memory", size)
    return polled + kept


def _poll(home: Path, size: Scale) -> list[Row]:
    keys = _keys(home, _PARTNERS)
    each = max(1, int(size.polling_s / _EVERY_S))
    clients = [
        Client(
            f"client-{number:03}",
            keys[number % len(keys)],
            tuple(_film(number * each + at) for at in range(each)),
            poll_s=1.0,
            every_s=_EVERY_S,
        )
        for number in range(size.clients)
    ]
    with service(home, ROOT) as running:
        before, own, begun = running.spent(), time.process_time(), time.monotonic()
        told = Told()
        asyncio.run(drive(running.port, clients, told, lambda: time.monotonic() > begun + size.polling_s))
        spent, own, took = running.spent().since(before), time.process_time() - own, time.monotonic() - begun
    rows = _rows_of(home)
    status = Series([seconds * 1000 for _, seconds in told.status_s])
    submit = Series([seconds * 1000 for seconds in told.submit_s])
    STATUS_CHART.write_text(
        load_chart.draw_status([(at, seconds * 1000) for at, seconds in told.status_s], TARGET_MS), encoding="utf-8"
    )
    p95 = status.percentile(0.95)
    what = f"{size.clients} clients of {_PARTNERS} partners on two cores"
    return [
        Row(
            f"{what}: status calls, 95 of 100 take at most",
            f"{p95:.0f} ms",
            f"≤ {TARGET_MS:.0f} ms",
            p95 <= TARGET_MS,
            f"{len(status.values):,} calls",
            note=f"half take at most {status.median:.0f} ms, 99 of 100 {status.percentile(0.99):.0f} ms, the slowest"
            f" took {max(status.values):.0f} ms; {len(status.values) / took:.0f} a second",
        ),
        Row(
            "submissions, 95 of 100 take at most",
            f"{submit.percentile(0.95):.0f} ms",
            n=f"{len(submit.values):,} calls",
            note=f"half take at most {submit.median:.0f} ms",
        ),
        _shares(spent, own, took),
        *_accounts(told, rows, clients),
        _order(rows),
        _fairness(rows),
    ]


def _shares(spent: Spent, clients_s: float, took_s: float) -> Row:
    parts = {
        "answering": spent.answering,
        "judging and signing": spent.working,
        "engines": spent.engines,
        "the clients themselves": clients_s,
    }
    said = ", ".join(f"{name} {seconds / took_s:.0%}" for name, seconds in parts.items())
    waited = f"for {spent.waited / took_s:.0%} of the time the thread that answers waited for a processor"
    return Row(
        "processor time used meanwhile, of 200 %", f"{sum(parts.values()) / took_s:.0%}", note=f"{said}; {waited}"
    )


def _remember(home: Path, size: Scale) -> list[Row]:
    keys = _keys(home, _BATCHES)
    asked = [[_card(number) for number in range(at, size.jobs, len(keys))] for at in range(len(keys))]
    clients = [
        Client(f"batch-{number:02}", key, tuple(requests), poll_s=0.5)
        for number, (key, requests) in enumerate(zip(keys, asked, strict=True))
        if requests
    ]
    told = Told()
    curve: list[tuple[int, float, float]] = []
    with service(home, ROOT) as running:
        asyncio.run(_watched(running, clients, told, curve))
    rows = _rows_of(home)
    MEMORY_CHART.write_text(load_chart.draw_memory(curve), encoding="utf-8")
    tenth = max(1, size.jobs // 10)
    early = [each for each in curve if tenth <= each[0] < 2 * tenth] or curve[:1]
    late = [each for each in curve if each[0] >= size.jobs - tenth] or curve[-1:]
    # Of the two processes one by one: what one loses is no excuse for what the other gains.
    grown = [(Series([each[of] for each in early]).median, Series([each[of] for each in late]).median) for of in (1, 2)]
    growth = sum(max(0.0, after - before) for before, after in grown)
    released = sum(row["state"] == "released" for row in rows)
    return [
        Row(
            f"memory of the service over {size.jobs:,} jobs: growth from the second tenth to the last",
            f"{growth:.0f} MiB",
            f"≤ {TARGET_GROWTH_MIB:.0f} MiB",
            growth <= TARGET_GROWTH_MIB,
            f"{len(curve):,} samples",
            note="; ".join(
                f"{name} {before:.0f} MiB then {after:.0f} MiB"
                for name, (before, after) in zip(("answering", "running jobs"), grown, strict=True)
            )
            + f"; {released} released",
        ),
        *_accounts(told, rows, clients),
        _order(rows),
        _fairness(rows),
    ]


async def _watched(running: Service, clients: list[Client], told: Told, curve: list[tuple[int, float, float]]) -> None:
    def look() -> None:
        curve.append((sum(state in _FINAL for state in told.jobs.values()), *running.resident_mib()))

    async def watch() -> None:
        while True:
            look()
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    try:
        await drive(running.port, clients, told, lambda: False)
    finally:
        watching.cancel()
        look()


def _film(number: int) -> dict[str, Any]:
    return {
        "shots": [{"prompt": f"A lighthouse on a cliff at dusk, slow pan right, wave {number}"}],
        "size": "480p",
        "duration": 4,
        "seed": number,
        "audio": False,
    }


def _card(number: int) -> dict[str, Any]:
    prompt = f"A plain card, number {number}" if number % _RELEASED_ONE_IN == 0 else f"Captain Lumen on card {number}"
    return {**_film(number), "shots": [{"prompt": prompt}], "engine": "card"}


def _keys(home: Path, count: int) -> list[str]:
    """A data folder with a protected name and a key for each partner."""
    home.mkdir(parents=True)
    (home / "faircut.toml").write_text(f'plugins = ["{SPEC}"]\nmax_open_jobs = 0\n', encoding="utf-8")
    with Faircut(Settings(home=home)) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="load")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="load")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="load")
        return [faircut.keys.create(f"partner {n}", [Scope.GENERATE], actor="load")[1] for n in range(count)]


def _rows_of(home: Path) -> list[dict[str, Any]]:
    """Every job as the table has it once the service has stopped, with how often the ledger says that it ended."""
    with Faircut(Settings(home=home)) as faircut:
        with faircut.database.read() as session:
            found = session.scalars(select(JobRow).order_by(JobRow.created_at, JobRow.id)).all()
        ends = Counter[str]()
        for event in faircut.ledger.events():
            if event.kind in ("job.refused", "job.failed", "job.cancelled"):
                ends[event.subject] += 1
            elif event.kind == "release":
                ends[str(event.payload["job"])] += 1
        intact = faircut.ledger.verify(released=faircut.studio.released.root).intact
    return [
        {
            "id": row.id,
            "owner": row.owner,
            "state": str(row.state),
            "created": row.created_at,
            "admission": row.admission,
            "ends": ends[row.id],
            "intact": intact,
        }
        for row in found
    ]


def _accounts(told: Told, rows: Sequence[Mapping[str, Any]], clients: Sequence[Client]) -> list[Row]:
    """Lost: asked for and not ended once, or told otherwise. Doubled: two jobs of one key, or two ends of one job."""
    by_id = {row["id"]: row for row in rows}
    wanted = sum(len(client.requests) for client in clients)
    lost = [each for each in told.asked.values() if each not in by_id or by_id[each]["state"] not in _FINAL]
    lost += [each for each in told.asked.values() if each in by_id and by_id[each]["ends"] == 0]
    lost += [each for each, state in told.jobs.items() if each in by_id and by_id[each]["state"] != state]
    doubled = told.doubled + (len(rows) - len(told.asked)) + sum(row["ends"] > 1 for row in rows)
    states = Counter(row["state"] for row in rows)
    fine = not lost and not told.faults and states["failed"] == 0 and all(row["intact"] for row in rows)
    return [
        Row(
            "jobs lost, failed or told wrongly",
            f"{len(set(lost)) + states['failed']} of {len(rows)}",
            "0",
            fine,
            note="; ".join(told.faults[:2]) or ", ".join(f"{count} {state}" for state, count in sorted(states.items())),
            n=f"{wanted} requests",
        ),
        Row(
            "jobs doubled, each request being sent twice", f"{doubled}", "0", doubled == 0, n=f"{len(told.asked)} jobs"
        ),
    ]


def _order(rows: Sequence[Mapping[str, Any]]) -> Row:
    """Pairs of jobs of one partner of which the later one began first."""
    own = defaultdict(list)
    for row in rows:
        if row["admission"] is not None:
            own[row["owner"]].append(row["admission"])
    wrong = sum(later < earlier for each in own.values() for earlier, later in pairwise(each))
    begun = sum(len(each) for each in own.values())
    return Row("jobs begun before an earlier one of the same partner", f"{wrong}", "0", wrong == 0, f"{begun} begun")


def _fairness(rows: Sequence[Mapping[str, Any]]) -> Row:
    """The most jobs that any partner was ahead of another while both had jobs waiting."""
    begun = sorted((row for row in rows if row["admission"]), key=lambda row: row["admission"])
    waiting = Counter(row["owner"] for row in rows)
    served: Counter[str] = Counter()
    widest = 0
    for row in begun:
        served[row["owner"]] += 1
        waiting[row["owner"]] -= 1
        still = [served[owner] for owner, count in waiting.items() if count > 0]
        if len(still) > 1:
            widest = max(widest, max(still) - min(still))
    # Those who came first were served before the others had asked: one job each for the two workers.
    return Row(
        "partners apart, in jobs begun while both had jobs waiting, at most",
        f"{widest}",
        "≤ 2",
        widest <= 2,
        f"{len(begun)} begun, {len(waiting)} partners",
    )
