"""A remote engine behind the whole studio: the same quarantine and screening, one paid task whatever happens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_ark import KEY, FakeArk
from fake_videos import FakeVideos
from studio_doubles import Bench, request, write_video

from faircut.domain import Job, JobState, MediaKind, Size
from faircut.errors import EngineNotReady, InputError, IntegrityError
from faircut.studio.end_users import EndUsers
from faircut.studio.engine_notes import FileNote

SIZE = (864, 480)  # what Seedance makes of 480p; ours is 854 wide


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("remote")
    kinds: dict[str, dict[str, Any]] = {
        "green": {},
        "red": {"colour": (220, 10, 10)},
        "short": {"seconds": 2},
        "loud": {"audio": True},
    }
    for name, how in kinds.items():
        write_video(folder / name, SIZE, **{"seconds": 4, "audio": False, **how})
    return {name: (folder / name).read_bytes() for name in kinds}


@pytest.fixture(scope="module")
def service() -> Iterator[FakeArk]:
    made = FakeArk()
    with made.running():
        yield made


@pytest.fixture(scope="module")
def server() -> Iterator[FakeVideos]:
    made = FakeVideos()
    with made.running():
        yield made


@pytest.fixture(scope="module")
def worker(service: FakeArk, server: FakeVideos, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("jobs") / "home"
    told = {"ark": options(service), "videos": {"base_url": server.address + server.root, "poll_s": 0.02}}
    made = Bench(home, public_url="https://faircut.example", engine_options=told, max_output_bytes=2 << 20)
    made.studio.start()
    yield made
    made.close()


@pytest.fixture
def ark(service: FakeArk, videos: dict[str, bytes]) -> FakeArk:
    service.forget()
    service.file = videos["green"]
    return service


@pytest.fixture
def bench(worker: Bench) -> Bench:
    if not worker.studio.workers():
        worker.studio.start()
    return worker


def options(ark: FakeArk) -> dict[str, Any]:
    quick = {"poll_s": 0.02, "retry_s": 0.0, "settle_s": 0.0, "clip_links": True}
    return {"base_url": ark.address + ark.root, "api_key": KEY, **quick}


def make(bench: Bench, engine: str = "ark") -> Job:
    return bench.studio.wait(bench.studio.submit(request(engine=engine), owner="ada").id, timeout=60)


def test_what_a_service_makes_is_judged_and_signed_like_anything_else(
    bench: Bench, ark: FakeArk, videos: dict[str, bytes]
) -> None:
    job = make(bench)
    assert job.state is JobState.RELEASED, job.error
    assert len(job.decision_ids) == 3
    assert [entry["task"] for entry in job.timeline] == list(ark.tasks)
    assert bench.reader.read(bench.studio.output(job.id)).state == "trusted"
    (event,) = bench.ledger.events(kind="job.remote", subject=job.id)
    assert (event.payload["task"], event.payload["request_id"]) == (next(iter(ark.tasks)), "r1")
    (task,) = ark.tasks.values()
    people = EndUsers(bench.home / "end-users.key")
    assert task["safety_identifier"] == people.name("ada")

    ark.file = videos["red"]
    refused = make(bench)
    assert refused.state is JobState.REFUSED
    assert len(bench.released_files()) == 1
    bench.studio.stop()
    assert list((bench.home / "engine-notes").iterdir()) == []


def test_what_is_no_such_video_ends_in_an_error_and_never_in_a_release(
    bench: Bench, ark: FakeArk, videos: dict[str, bytes]
) -> None:
    released = bench.released_files()
    codes = {}
    for name, file in {
        "short": videos["short"],
        "endless": "endless",
    }.items():
        ark.file = file
        job = make(bench)
        assert job.state is JobState.FAILED, name
        codes[name] = job.error["code"] if job.error else None
    assert codes == {"short": "engine.output_invalid", "endless": "engine.output_invalid"}
    assert bench.released_files() == released
    bench.studio.stop()
    assert list(bench.studio.quarantine.root.rglob("engine-*")) == []


def test_a_videos_server_is_behind_the_same_judge(bench: Bench, server: FakeVideos, videos: dict[str, bytes]) -> None:
    server.file = videos["loud"]  # sound that nobody asked for is taken away
    job = make(bench, engine="videos")
    assert job.state is JobState.RELEASED, job.error
    assert [entry["task"] for entry in job.timeline] == list(server.videos)


def test_a_clip_is_handed_on_as_a_link_of_its_job(bench: Bench, ark: FakeArk, videos: dict[str, bytes]) -> None:
    clip = bench.upload(videos["green"], "Video 1", MediaKind.VIDEO)
    job = bench.studio.submit(replace(request(engine="ark"), clips=(clip,)), owner="ada")
    assert bench.studio.wait(job.id, timeout=60).state is JobState.RELEASED
    (sent,) = [each.json() for each in ark.asked if each.method == "POST"]
    link = sent["content"][1]["video_url"]["url"]
    assert link.startswith(f"https://faircut.example/links/{job.id}/clips/1?expires=")


def test_a_refusal_of_the_service_reaches_the_owner_with_reason_and_field(bench: Bench, ark: FakeArk) -> None:
    ark.script = ["failed"]
    ark.failure = {"code": "OutputVideoSensitiveContentDetected.PolicyViolation", "message": "Restricted."}
    job = make(bench)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error["code"], job.error["field"]) == ("engine.refused.copyright", "output")


def test_a_cancelled_job_is_cancelled_at_the_service_and_leaves_nothing(bench: Bench, ark: FakeArk) -> None:
    ark.script = ["queued"]
    job = bench.studio.submit(request(engine="ark"), owner="ada")
    ark.wait_for("POST")
    bench.studio.cancel(job.id)
    assert bench.studio.wait(job.id, timeout=60).state is JobState.CANCELLED
    assert [task["status"] for task in ark.tasks.values()] == ["cancelled"]
    bench.studio.stop()
    assert not (bench.studio.quarantine.root / job.id).exists()
    assert list((bench.home / "engine-notes").iterdir()) == []


def test_a_job_goes_on_with_its_task_when_the_worker_is_there_again(bench: Bench, ark: FakeArk) -> None:
    ark.script = ["running"]
    job = bench.studio.submit(request(engine="ark"), owner="ada")
    ark.wait_for("GET", 2)
    bench.studio.stop()
    (task,) = ark.tasks
    assert not bench.studio.get(job.id).state.final
    ark.scripts[task] = ["succeeded"]
    bench.studio.start()
    ended = bench.studio.wait(job.id, timeout=60)
    assert ended.state is JobState.RELEASED, ended.error
    assert ended.timeline[0]["task"] == task
    assert (ark.times("POST"), ark.times("DELETE")) == (1, 0)


def test_what_the_engine_cannot_do_is_refused_by_field_before_anything_is_sent(bench: Bench, ark: FakeArk) -> None:
    for change, field in (({"duration": 16}, "duration"), ({"size": Size.K2}, "size")):
        with pytest.raises(InputError) as raised:
            bench.studio.submit(replace(request(engine="ark"), **change), owner="ada")
        assert raised.value.field == field
    assert ark.asked == []


def test_an_engine_that_is_not_set_up_takes_no_requests(tmp_path: Path) -> None:
    made = Bench(tmp_path / "home")
    with pytest.raises(EngineNotReady, match="no key") as raised:
        made.studio.submit(request(engine="ark"), owner="ada")
    assert raised.value.field == "engine"
    made.close()


def test_people_have_one_name_each_that_says_nothing_of_them(tmp_path: Path) -> None:
    people = EndUsers(tmp_path / "a.key")
    ada = people.name("ada")
    assert ada == EndUsers(tmp_path / "a.key").name("ada")
    assert len({ada, people.name("bob"), people.name("ada", "x"), EndUsers(tmp_path / "b.key").name("ada")}) == 4
    assert len(ada) == 32
    assert (tmp_path / "a.key").stat().st_mode & 0o777 == 0o600


def test_a_note_is_read_as_it_was_written_and_a_damaged_one_is_no_empty_one(tmp_path: Path) -> None:
    note = FileNote(tmp_path / "job.json")
    assert note.read() == {}
    note.write({"task": "cgt-1"})
    note.write({"task": "cgt-2"})
    assert FileNote(tmp_path / "job.json").read() == {"task": "cgt-2"}
    with pytest.raises(ValueError, match="bytes"):
        note.write({"file": "x" * 70_000})
    (tmp_path / "job.json").write_text('{"task": "cg')
    with pytest.raises(IntegrityError):
        note.read()
    assert [path.name for path in tmp_path.iterdir()] == ["job.json"]


def test_an_engine_s_process_loads_neither_database_nor_codecs_nor_http_before_it_must() -> None:
    heavy = {"sqlalchemy", "alembic", "dbos", "av", "cv2", "httpx", "fastapi", "torch"}
    code = f"import sys, faircut.studio.engine_process, faircut.builtin; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
