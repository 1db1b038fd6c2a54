"""A service that calls us about its tasks: who may, what comes of it, and that only the next look is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fake_ark import KEY, FakeArk
from fastapi import FastAPI
from studio_doubles import Bench, request, write_video

from faircut.access.links import Links
from faircut.api import problems
from faircut.api.allowance import Allowance
from faircut.api.routes import engine_callbacks
from faircut.api.services import Services
from faircut.domain import GenerationRequest, JobState, Shot, Size
from faircut.engines.ark import ArkEngine
from faircut.errors import Forbidden
from faircut.protocols import EngineJob
from faircut.studio.engine_bells import EngineBells, FileBell
from faircut.studio.engine_calls import call_url, check_call
from support.http import served

PUBLIC = "https://faircut.example"


@dataclass
class Called:
    """A studio whose engine looks at tasks when it is called, and hardly ever otherwise; and its API's address."""

    bench: Bench
    ark: FakeArk
    base: str
    links: Links

    def post(self, url: str, body: bytes | str = b'{"id": "cgt-x"}') -> httpx.Response:
        return httpx.post(url.replace(PUBLIC, self.base), content=body, timeout=20)


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    folder = tmp_path_factory.mktemp("called")
    write_video(folder / "green.mp4", (864, 480), 4, audio=False)
    ark = FakeArk()
    with ark.running() as base_url:
        told = {"ark": {"base_url": base_url, "api_key": KEY, "poll_s": 600, "rested_poll_s": 600}}
        bench = Bench(folder / "home", public_url=PUBLIC, engine_options=told)
        links = Links(bench.home / "links.key")
        app = FastAPI()
        problems.install(app)
        app.include_router(engine_callbacks.router)
        faircut: Any = SimpleNamespace(
            links=links, studio=bench.studio, settings=bench.settings, database=bench.database
        )
        app.state.faircut, app.state.services = faircut, Services(faircut)
        bench.studio.start()
        with served(app) as base:
            ark.proxies = {PUBLIC: base}
            ark.file = (folder / "green.mp4").read_bytes()
            yield Called(bench, ark, base, links)
        app.state.services.close()
        bench.close()


def test_calls_bring_a_job_to_its_end_and_nothing_that_they_say_is_believed(called: Called) -> None:
    ark, bench = called.ark, called.bench
    ark.script = ["queued"]
    job = bench.studio.submit(request(engine="ark"), owner="ada")
    ark.wait_for("GET")
    (task,) = ark.tasks
    url = ark.call_urls[task]
    assert url.startswith(f"{PUBLIC}/callbacks/{job.id}/")

    lie = {"id": task, "status": "succeeded", "content": {"video_url": "https://evil.example/film.mp4"}}
    looks = ark.times("GET")
    assert called.post(url, json.dumps(lie)).status_code == 204
    ark.wait_for("GET", looks + 1)
    assert bench.studio.get(job.id).state is JobState.RUNNING
    assert called.post(url, json.dumps({**lie, "id": "cgt-of-another"})).status_code == 204
    for _twice in range(2):
        ark.become(task, "succeeded")
    ended = bench.studio.wait(job.id, timeout=60)
    assert ended.state is JobState.RELEASED, ended.error
    # One at first, one after the lie, one after both real calls; what was said of another task led to none.
    assert ark.times("GET") == 3
    assert ark.fetched == 1

    assert called.post(url, json.dumps({"id": task})).status_code == 204  # late
    bench.studio.stop()
    assert list((bench.home / "engine-notes").iterdir()) == []
    bench.studio.start()


def test_strangers_learn_nothing_and_change_nothing(called: Called) -> None:
    own, other = (call_url(called.links, PUBLIC, job) for job in ("job_own", "job_other"))
    token = own.rsplit("/", 1)[1]
    until, _, signature = token.partition(".")
    bells = EngineBells(called.bench.home / "engine-notes")
    waiting = FileBell(bells.hang("job_own"), own)
    try:
        forged = [
            own[:-1] + ("A" if own[-1] != "A" else "B"),
            f"{PUBLIC}/callbacks/job_own/{other.rsplit('/', 1)[1]}",
            f"{PUBLIC}/callbacks/job_own/{int(until) + 1}.{signature}",
            f"{PUBLIC}/callbacks/job_own/{signature}",
            f"{PUBLIC}/callbacks/job_nowhere/{token}",
            f"{PUBLIC}/callbacks/job_own/²{token}",
        ]
        answers = [called.post(url) for url in forged]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.text for answer in answers}) == 1
        assert not waiting.wait(0, "cgt-x")
        # To whoever has the address, a job that is being made and one that never was are the same.
        assert [called.post(url).status_code for url in (own, other)] == [204, 204]
        assert waiting.wait(0, "cgt-x")
        assert not bells.path("job_other").exists()
    finally:
        bells.remove("job_own")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\xff\xfe", 422),
        (b"[" * 60_000, 422),
        (b'["cgt-x"]', 422),
        (b'{"id": 7}', 422),
        (json.dumps({"id": "x" * 201}), 422),
        (json.dumps({"id": "cgt-x", "more": "x" * 70_000}), 413),
        ('{"id": "\\ud800"}', 204),
    ],
)
def test_bodies_are_read_under_limits(called: Called, body: bytes | str, status: int) -> None:
    assert called.post(call_url(called.links, PUBLIC, "job_bodies"), body).status_code == status


def test_an_address_ends(tmp_path: Path) -> None:
    now = [1_000_000.0]
    links = Links(tmp_path / "links.key", clock=lambda: now[0])
    token = call_url(links, PUBLIC, "job_1").rsplit("/", 1)[1]
    now[0] += 172_800
    check_call(links, "job_1", token)
    now[0] += 3600
    with pytest.raises(Forbidden):
        check_call(links, "job_1", token)


def test_calls_are_limited_for_each_job_and_for_strangers_together(called: Called) -> None:
    url = call_url(called.links, PUBLIC, "job_often")
    with httpx.Client() as client:
        answers = [client.post(url.replace(PUBLIC, called.base), content='{"id": "x"}') for _ in range(40)]
        statuses = [answer.status_code for answer in answers]
        assert statuses[:20] == [204] * 20
        assert 429 in statuses
        assert next(each for each in answers if each.status_code == 429).headers["retry-after"] == "1"
        strange = [client.post(f"{called.base}/callbacks/job_{n}/0.x").status_code for n in range(90)]
        assert set(strange) == {403, 429}
    assert called.post(call_url(called.links, PUBLIC, "job_calm")).status_code == 204


def test_an_allowance_fills_again_and_forgets_who_asked_long_ago() -> None:
    now = [0.0]
    allowance = Allowance(burst=2, per_s=0.5, most_names=2, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(3)] == [0, 0, 2]
    now[0] = 2
    assert [allowance.take("a"), allowance.take("a"), allowance.take("b"), allowance.take("c")] == [0, 2, 0, 0]
    assert len(allowance._left) == 2


class Bell:
    """Rings when ``rings`` says so, and counts how often it was waited for."""

    url = f"{PUBLIC}/callbacks/job_1/1.x"

    def __init__(self, *rings: bool) -> None:
        self.rings = list(rings)
        self.waited: list[tuple[float, str]] = []

    def wait(self, seconds: float, task: str) -> bool:
        self.waited.append((seconds, task))
        return self.rings.pop(0) if self.rings else False


@pytest.fixture
def ark() -> Iterator[FakeArk]:
    made = FakeArk()
    with made.running():
        yield made


def generate(ark: FakeArk, folder: Path, bell: Bell | None, **more: Any) -> None:
    told = {"base_url": ark.address + ark.root, "api_key": KEY, "poll_s": 0.001, **more}
    asked = GenerationRequest((Shot("a red kite"),), size=Size.P480, duration=4, engine="ark")
    ArkEngine().generate(EngineJob(asked, folder / "output.mp4", folder, told, bell=bell))


def test_tasks_are_looked_at_as_usual_until_a_call_has_come(ark: FakeArk, tmp_path: Path) -> None:
    ark.script = ["queued", "running", "running", "succeeded"]
    bell = Bell(False, True, False, False, True)
    generate(ark, tmp_path, bell, rested_poll_s=1000)
    # A look, a wait in vain, a look, a call, a look, two waits in vain without a look, a call, the last look.
    assert ark.times("GET") == 4
    assert bell.waited == [(0.001, next(iter(ark.tasks)))] * 5
    (sent,) = [each.json() for each in ark.asked if each.method == "POST"]
    assert sent["callback_url"] == bell.url


@pytest.mark.parametrize(("bell", "callbacks"), [(None, True), (Bell(), False)])
def test_without_a_public_address_or_by_the_operator_s_word_nobody_is_to_call(
    ark: FakeArk, tmp_path: Path, bell: Bell | None, callbacks: bool
) -> None:
    generate(ark, tmp_path, bell, callbacks=callbacks)
    (sent,) = [each.json() for each in ark.asked if each.method == "POST"]
    assert "callback_url" not in sent
    assert ArkEngine().capabilities({"callbacks": callbacks}).calls is callbacks
