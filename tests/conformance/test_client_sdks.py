"""The makers' own client packages, pointed at a live server of ours: ByteDance's for Ark, OpenAI's for /v1/videos."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import openai
import pytest

DOUBLES = Path(__file__).parents[1] / "doubles"
sys.path.insert(0, str(DOUBLES))

from volcenginesdkarkruntime import Ark  # noqa: E402
from volcenginesdkarkruntime._exceptions import (  # noqa: E402
    ArkAuthenticationError,
    ArkBadRequestError,
    ArkConflictError,
    ArkNotFoundError,
)

from faircut.app import Faircut  # noqa: E402
from faircut.config import Settings  # noqa: E402
from faircut.media.decode import frame_at  # noqa: E402
from faircut.media.probe import probe  # noqa: E402
from faircut.web import create_app  # noqa: E402
from support.http import served  # noqa: E402
from support.media import wander  # noqa: E402
from support.receiver import Receiver, receiving  # noqa: E402

pytestmark = [
    pytest.mark.timeout(240),
    # OpenAI ended its own service; the package and the servers of others that speak its API live on.
    pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning"),
]

SEEDANCE = "doubao-seedance-2-0-260128"
ENDED = {"succeeded", "failed", "cancelled", "expired"}


@dataclass
class Live:
    faircut: Faircut
    base: str
    key: str
    receiver: Receiver
    clients: ExitStack

    def ark(self, key: str | None = None) -> Ark:
        client = Ark(api_key=key or self.key, base_url=f"{self.base}/api/v3", timeout=60)
        self.clients.callback(client.close)
        return client

    def openai(self, key: str | None = None) -> openai.OpenAI:
        client = openai.OpenAI(api_key=key or self.key, base_url=f"{self.base}/v1", timeout=60)
        return self.clients.enter_context(client)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", os.pathsep.join([str(DOUBLES), os.environ.get("PYTHONPATH", "")]))
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            plugins=("door_doubles:PLUGIN",),
            # What clients call Seedance is the default engine; what it draws is not what is tested here.
            engine="tiny",
            workers=1,
            model_aliases={"ep-slow": "slow", "sora-2": "tiny"},
            trusted_hosts=(receiver.host,),
        )
        faircut = stack.enter_context(Faircut(settings))
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="tests")
        key = faircut.keys.create("client", ["generate"], actor="tests")[1]
        faircut.studio.start()
        base = stack.enter_context(served(create_app(faircut)))
        yield Live(faircut, base, key, receiver, stack.enter_context(ExitStack()))
    patch.undo()


def until(look: Callable[[], Any], reached: Callable[[Any], bool]) -> Any:
    """What ``look`` says once it is so, or after three minutes whatever it says."""
    pause = threading.Event()
    for _ in range(1800):
        if reached(found := look()):
            return found
        pause.wait(0.1)
    return look()


def picture(folder: Path) -> Path:
    path = folder / "harbour.png"
    cv2.imwrite(str(path), cv2.resize(wander(0.1, 31)[0], (854, 480)))
    return path


def example(live: Live, name: str, patch: pytest.MonkeyPatch, folder: Path) -> dict[str, Any]:
    """Runs an example of ``docs/apis.md`` as it stands, but for the port, and returns its variables."""
    page = Path(__file__).parents[2] / "docs" / "apis.md"
    found = re.search(rf"<!-- file: {re.escape(name)} -->\n```python\n(.*?)```", page.read_text("utf-8"), re.S)
    assert found is not None
    patch.chdir(folder)
    patch.setenv("FAIRCUT_KEY", live.key)
    variables: dict[str, Any] = {}
    exec(compile(found[1].replace("http://127.0.0.1:8750", live.base), name, "exec"), variables)
    live.clients.callback(variables["client"].close)
    return variables


def test_bytedance_sdk_creates_polls_lists_and_deletes(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    task = example(live, "ark.py", monkeypatch, tmp_path)["task"]
    assert capsys.readouterr().out == f"succeeded {task.seed}\n"
    assert (task.model, task.resolution, task.ratio, task.duration) == (SEEDANCE, "480p", "16:9", 4)
    assert (task.error, task.framespersecond) == (None, 24)
    assert 0 <= task.seed < 2**32
    assert task.usage.completion_tokens == task.usage.total_tokens == round(854 * 480 * 96 / 1024)
    # The links work without a key, as those of the service that the client knows do.
    video = httpx.get(task.content.video_url, timeout=60)
    assert video.content == (tmp_path / "lighthouse.mp4").read_bytes()
    assert hashlib.sha256(video.content).hexdigest() == live.faircut.studio.get(task.id).released_digest
    part = httpx.get(task.content.video_url, headers={"Range": "bytes=100-199"}, timeout=60)
    assert (part.status_code, part.content) == (206, video.content[100:200])
    facts = probe(tmp_path / "lighthouse.mp4", "made")
    assert (facts.width, facts.height, facts.has_audio) == (854, 480, True)
    last = httpx.get(task.content.last_frame_url, timeout=60)
    assert last.headers["content-type"] == "image/png"
    shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(last.content, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.array_equal(shown, frame_at(tmp_path / "lighthouse.mp4", 100, "made"))

    tasks = live.ark().content_generation.tasks
    listed = tasks.list(page_num=1, page_size=10, status="succeeded", task_ids=[task.id], model=SEEDANCE)
    assert (listed.total, [each.id for each in listed.items]) == (1, [task.id])
    assert tasks.list(status="failed").total == 0
    tasks.delete(task.id)
    with pytest.raises(ArkNotFoundError):
        tasks.get(task_id=task.id)
    assert tasks.list().total == 0
    assert httpx.get(task.content.video_url, timeout=60).status_code == 404


def test_bytedance_sdk_cancels_what_waits_and_not_what_runs(live: Live, tmp_path: Path) -> None:
    tasks = live.ark().content_generation.tasks
    image = base64.b64encode(picture(tmp_path).read_bytes()).decode()
    runs = tasks.create(
        model="ep-slow",
        content=[
            {"type": "text", "text": "the harbour at dawn --rs 480p --dur 4"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}, "role": "first_frame"},
        ],
        safety_identifier="viewer-7",
        callback_url=live.receiver.url("/told"),
        execution_expires_after=3600,
        seed=-1,
        watermark=False,
    )
    assert runs.safety_identifier == "viewer-7"
    until(lambda: tasks.get(task_id=runs.id), lambda task: task.status == "running")
    waits = tasks.create(model="ep-slow", content=[{"type": "text", "text": "a boat"}], duration=4)
    assert tasks.get(task_id=waits.id).status == "queued"
    assert [each.id for each in tasks.list(status="running").items] == [runs.id]
    with pytest.raises(ArkConflictError) as refused:
        tasks.delete(runs.id)
    assert refused.value.code == "TaskRunningCannotCancel"
    tasks.delete(waits.id)
    assert tasks.get(task_id=waits.id).status == "cancelled"
    assert len(live.receiver.wait(1)) == 1
    live.faircut.studio.cancel(runs.id)
    ended = until(lambda: tasks.get(task_id=runs.id), lambda task: task.status in ENDED)
    assert ended.status == "cancelled"

    # Whoever asked to be called was told of each change, under a signature that OpenAI's package can check too.
    secret = httpx.get(
        f"{live.base}/v1/callback-secret", headers={"Authorization": f"Bearer {live.key}"}, timeout=60
    ).json()
    told = live.receiver.wait(2)
    assert [json.loads(body)["status"] for _, body in told] == ["running", "cancelled"]
    for headers, body in told:
        live.openai().webhooks.verify_signature(body.decode(), headers, secret=secret["secret"])
    body = json.loads(told[-1][1])
    assert (body["id"], body["seed"], body["safety_identifier"]) == (runs.id, ended.seed, "viewer-7")


def test_bytedance_sdk_understands_refusals_and_errors(live: Live) -> None:
    tasks = live.ark().content_generation.tasks
    with pytest.raises(ArkBadRequestError) as refused:
        tasks.create(model=SEEDANCE, content=[{"type": "text", "text": "Captain Lumen waves from the quay"}])
    assert refused.value.code == "InputTextSensitiveContentDetected.PolicyViolation"
    assert refused.value.param == "content[0].text"
    assert "Captain Lumen" in str(refused.value)
    assert f"{live.base}/decisions/dec_" in str(refused.value)
    with pytest.raises(ArkBadRequestError) as wrong:
        tasks.create(model=SEEDANCE, content=[{"type": "text", "text": "a boat"}], resolution="4k")
    assert (wrong.value.code, wrong.value.param) == ("InvalidParameter", "resolution")
    with pytest.raises(ArkNotFoundError) as unknown:
        tasks.create(model="seedream-9", content=[{"type": "text", "text": "a boat"}])
    assert unknown.value.code == "InvalidEndpointOrModel.NotFound"
    with pytest.raises(ArkAuthenticationError) as stranger:
        live.ark("fck_nobody").content_generation.tasks.list()
    assert stranger.value.code == "AuthenticationError"


def test_openai_package_creates_polls_downloads_lists_and_deletes(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = example(live, "videos.py", monkeypatch, tmp_path)["video"]
    assert capsys.readouterr().out == "completed 854x480\n"
    assert (made.model, made.seconds, made.progress, made.error) == ("sora-2", "4", 100, None)
    content = (tmp_path / "lighthouse.mp4").read_bytes()
    assert hashlib.sha256(content).hexdigest() == live.faircut.studio.get(made.id).released_digest
    videos = live.openai().videos
    small = cv2.imdecode(np.frombuffer(videos.download_content(made.id, variant="thumbnail").read(), np.uint8), 1)
    assert small.shape == (270, 480, 3)
    with picture(tmp_path).open("rb") as file:
        waits = videos.create(prompt="a boat", model="ep-slow", seconds="4", input_reference=file)
    assert live.faircut.studio.get(waits.id).request.first_frame == "Image 1"
    assert waits.status == "queued"
    pages = videos.list(limit=1)
    assert ([each.id for each in pages.data], pages.has_more) == ([waits.id], True)
    assert [each.id for each in pages] == [waits.id, made.id]
    assert [each.id for each in videos.list(order="asc", after=made.id)] == [waits.id]
    assert videos.delete(waits.id).deleted
    assert videos.delete(made.id).id == made.id
    assert list(videos.list()) == []
    with pytest.raises(openai.NotFoundError):
        videos.retrieve(made.id)


def test_openai_package_understands_refusals_and_errors(live: Live) -> None:
    videos = live.openai().videos
    with pytest.raises(openai.BadRequestError) as refused:
        videos.create(prompt="Captain Lumen waves from the quay")
    assert (refused.value.code, refused.value.param) == ("moderation_blocked", "prompt")
    assert "Captain Lumen" in refused.value.message
    with pytest.raises(openai.BadRequestError) as wrong:
        videos.create(prompt="a boat", size="640x100")  # type: ignore[arg-type]
    assert wrong.value.param == "size"
    with pytest.raises(openai.NotFoundError) as remix:
        videos.remix("job_1", prompt="again")
    assert "not offered" in remix.value.message
    with pytest.raises(openai.AuthenticationError):
        live.openai("fck_nobody").videos.list()
