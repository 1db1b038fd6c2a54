"""Whose turn it is: fair between owners, in order within each, and the same however many processes ask."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_doubles import request

from faircut.config import Settings
from faircut.errors import QuotaExceeded
from faircut.ledger import SqlLedger
from faircut.store.database import Database, open_database
from faircut.store.models import JobRow
from faircut.studio.jobs import JobStore
from faircut.studio.queue import JobQueue, Waiting, pick
from faircut.studio.quotas import Quotas


@dataclass
class Desk:
    """Jobs without a worker: they end when the test says so."""

    database: Database
    jobs: JobStore
    queue: JobQueue

    def add(self, owner: str, count: int = 1, priority: int = 0) -> list[str]:
        return [
            self.jobs.add(request(), "0" * 64, owner=owner, idempotency_key=None, priority=priority).id
            for _ in range(count)
        ]

    def owner(self, job_id: str) -> str:
        return self.jobs.get(job_id).owner


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _desk(tmp_path)


def _desk(home: Path, quotas: Quotas | None = None) -> Desk:
    database = open_database(f"sqlite:///{home / 'faircut.db'}")
    return Desk(database, JobStore(database, SqlLedger(database, home / "ledger.head"), quotas), JobQueue(database))


def _drained(desk: Desk, capacity: int) -> list[str]:
    """Admits and ends jobs one by one until none waits; ids in the order of admission."""
    order: list[str] = []
    open_now: list[str] = []
    while True:
        admitted = list(desk.queue.admit(capacity))
        order += admitted
        open_now += admitted
        if not open_now:
            return order
        desk.jobs.cancel(open_now.pop(0))


def test_owners_take_turns_and_each_keeps_its_order(desk: Desk) -> None:
    many, few, one = desk.add("ada", 6), desk.add("bob", 3), desk.add("eve", 1)
    order = _drained(desk, 1)
    assert [desk.owner(each) for each in order] == [
        "ada",
        "bob",
        "eve",
        "ada",
        "bob",
        "ada",
        "bob",
        "ada",
        "ada",
        "ada",
    ]
    assert [each for each in order if each in many] == many
    assert [each for each in order if each in few] == few
    assert one[0] in order


def test_who_has_more_under_way_waits(desk: Desk) -> None:
    ada = desk.add("ada", 4)
    assert desk.queue.admit(2) == tuple(ada[:2])
    bob = desk.add("bob", 2)
    assert desk.queue.admit(3) == (bob[0],)
    assert desk.queue.admit(4) == (bob[1],)
    assert desk.queue.admit(4) == ()
    desk.jobs.cancel(ada[0])
    assert desk.queue.admit(4) == (ada[2],)
    assert desk.queue.admitted() == (ada[1], bob[0], bob[1], ada[2])


def test_priority_orders_an_owners_own_jobs_and_nobody_elses(desk: Desk) -> None:
    late = desk.add("ada", 2)
    urgent = desk.add("ada", priority=9)
    other = desk.add("bob", 2)
    assert _drained(desk, 1) == [urgent[0], other[0], late[0], other[1], late[1]]


def test_what_was_cancelled_while_it_waited_is_passed_over(desk: Desk) -> None:
    first, second = desk.add("ada", 2)
    desk.jobs.request_cancel(first, actor="ada")
    assert desk.queue.admit(5) == (second,)


def test_an_admitted_job_that_nobody_began_is_still_known(desk: Desk) -> None:
    """What a process leaves that died between admitting a job and handing it over: the reaper finds it here."""
    (job,) = desk.add("ada")
    assert desk.queue.admit(1) == (job,)
    assert JobQueue(desk.database).admitted() == (job,)
    assert desk.queue.admit(1) == ()


def test_processes_that_admit_at_once_admit_each_job_once_and_no_more_than_fit(tmp_path: Path) -> None:
    desks = [_desk(tmp_path) for _ in range(4)]
    for owner in ("ada", "bob", "eve"):
        desks[0].add(owner, 5)
    with ThreadPoolExecutor(4) as pool:
        found = [job for admitted in pool.map(lambda desk: desk.queue.admit(7), desks) for job in admitted]
    assert len(found) == len(set(found)) == 7
    assert sorted(Counter(map(desks[0].owner, found)).values()) == [2, 2, 3]


_ARRIVALS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 30), st.integers(1, 9)), max_size=40)


@given(arrivals=_ARRIVALS, capacity=st.integers(1, 4))
def test_shares_are_fair_whatever_comes(arrivals: list[tuple[str, int, int]], capacity: int) -> None:
    """A simulation: (owner, when it comes, how long it takes). Nobody is passed over twice by the same other owner."""
    arrivals = sorted(arrivals, key=lambda each: each[1])
    jobs = [Waiting(f"job{number:03}", owner, f"{at:03}") for number, (owner, at, _) in enumerate(arrivals)]
    lengths = {job.job_id: takes for job, (_, _, takes) in zip(jobs, arrivals, strict=True)}
    begun: list[Waiting] = []
    passed: Counter[tuple[str, str]] = Counter()
    ends: dict[str, int] = {}
    owner_of = {job.job_id: job.owner for job in jobs}
    for present in range(31 + 10 * len(jobs)):
        ends = {job: end for job, end in ends.items() if end > present}
        while len(ends) < capacity:
            here = [job for job in jobs if int(job.since) <= present and job not in begun]
            first = {job.owner: job for job in reversed(here)}
            running = Counter(owner_of[job] for job in ends)
            served = {job.owner: number for number, job in enumerate(begun)}
            chosen = pick(list(first.values()), running, served)
            if chosen is None:
                assert not here, "somebody waits while there is room"
                break
            assert chosen == first[chosen.owner], "an owner's jobs begin in their order"
            for other in first.keys() - {chosen.owner}:
                if running[other] == 0:
                    passed[other, chosen.owner] += 1
                    assert passed[other, chosen.owner] <= 1, "an owner with nothing under way waited for two turns"
            for pair in list(passed):
                if pair[0] == chosen.owner:
                    del passed[pair]
            begun.append(chosen)
            ends[chosen.job_id] = present + lengths[chosen.job_id]
    assert sorted(job.job_id for job in begun) == [job.job_id for job in jobs]


def test_quotas_count_open_jobs_and_those_of_a_day(tmp_path: Path) -> None:
    desk = _desk(tmp_path, Quotas(open_jobs=2, day_jobs=3))
    first, _ = desk.add("ada", 2)
    with pytest.raises(QuotaExceeded, match="2 of your jobs are open") as caught:
        desk.add("ada")
    assert caught.value.retry_after > 0
    desk.add("bob")
    desk.jobs.request_cancel(first, actor="ada")
    (third,) = desk.add("ada")
    desk.jobs.request_cancel(third, actor="ada")
    with pytest.raises(QuotaExceeded, match="3 jobs in the last 24 hours") as caught:
        desk.jobs.check_quota("ada")
    assert 23 * 3600 < caught.value.retry_after <= 24 * 3600
    with desk.database.write() as session:
        row = session.get_one(JobRow, first)
        row.created_at = row.created_at.replace(row.created_at[:4], "2020", 1)
    desk.add("ada")


def test_a_repeated_key_needs_no_quota(tmp_path: Path) -> None:
    desk = _desk(tmp_path, Quotas.of(Settings(home=tmp_path, max_open_jobs=1)))
    one = desk.jobs.add(request(), "0" * 64, owner="ada", idempotency_key="k")
    assert desk.jobs.add(request(), "0" * 64, owner="ada", idempotency_key="k").id == one.id
    with pytest.raises(QuotaExceeded):
        desk.jobs.add(replace(request(), seed=9), "0" * 64, owner="ada", idempotency_key="l")
