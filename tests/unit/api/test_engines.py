"""``GET /v1/engines``, engines that are not set up, and our remote engines against our own doors."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from fake_ark import KEY, FakeArk

from faircut.domain import EngineResult, GenerationRequest, JobState, MediaKind, Shot, Size
from faircut.engines.ark import ArkEngine
from faircut.engines.videos import VideosEngine
from faircut.errors import EngineRefused
from faircut.media.probe import probe
from faircut.protocols import EngineJob
from faircut.studio.clip_links import clip_link
from support.media import Edit, reencode


def header_first(path: Path) -> bytes:
    """A film as services stream it, so that half of it says as much of itself as all of it."""
    target = path.with_suffix(".streamed.mp4")
    with av.open(str(path)) as source, av.open(str(target), "w", options={"movflags": "faststart"}) as writer:
        copies = {stream.index: writer.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                writer.mux(packet)
    return target.read_bytes()


def test_clients_are_told_what_each_engine_makes_and_whether_it_can(service):
    found = {each["name"]: each for each in service.client("maker").get("/v1/engines").json()}
    assert found["tiny"]["default"]
    assert found["tiny"]["ready"]
    assert found["previz"]["capabilities"]["sizes"] == ["480p", "720p", "1080p", "2k"]
    ark = found["ark"]
    assert (ark["ready"], ark["costs"]) == (False, True)
    assert "no key" in ark["problems"][0]["message"]
    assert 16 not in ark["capabilities"]["durations"]


def test_the_price_of_a_video_is_told_before_it_is_asked_for(service):
    maker = service.client("maker")
    price = maker.get("/v1/engines/ark/price", params={"size": "720p", "duration": 5}).json()
    assert (price["amount"], price["unit"], price["tokens"]) == (0.756, "USD", 108_000)
    assert maker.get("/v1/engines/tiny/price").json() is None
    assert maker.get("/v1/engines/vhs/price").status_code == 404
    for shape, field in (({"duration": 40}, "duration"), ({"size": "2k"}, "size")):
        answer = maker.get("/v1/engines/ark/price", params=shape)
        assert answer.status_code in (413, 422)
        assert answer.json()["error"]["field"] == field
    assert service.client("auditor").get("/v1/engines/ark/price").status_code == 403


def test_engines_are_for_those_who_make_or_screen(service):
    assert service.client("auditor").get("/v1/engines").status_code == 403


def test_a_request_for_an_engine_that_is_not_set_up_says_so_at_once(service):
    body = {"shots": [{"prompt": "a kite"}], "engine": "ark"}
    answer = service.client("maker").post("/v1/generations", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine.not_ready")
    assert answer.json()["error"]["field"] == "engine"


def test_what_an_engine_cannot_do_is_refused_by_field(service):
    body = {"shots": [{"prompt": "a kite"}], "duration": 15, "size": "2k", "engine": "previz"}
    assert service.client("maker").post("/v1/preflight", json={"shots": ["a kite"]}).status_code == 200
    answer = service.client("maker").post("/v1/generations", json={**body, "duration": 99})
    assert answer.status_code in (413, 422)
    assert answer.json()["error"]["field"] == "duration"


def test_the_service_of_an_engine_may_fetch_a_clip_for_as_long_as_its_job_runs(service, films):
    faircut, owner = service.faircut, service.faircut.keys.authenticate(service.keys["maker"]).owner
    clip = faircut.uploads.add(films["own"], "own.mp4", owner=owner, kind=MediaKind.VIDEO)
    request = faircut.build_request(shots=[Shot("a field")], clips=[clip], size=Size.P480, duration=4, engine="slow")
    job = faircut.studio.submit(request, owner=owner)
    anybody = service.client(None)
    link = clip_link(faircut.links, service.base, job.id, "Video 1")
    got = anybody.get(link)
    assert (got.status_code, got.headers["content-type"]) == (200, "video/mp4")
    assert got.content == films["own"].read_bytes()
    assert anybody.get(link, headers={"Range": "bytes=0-9"}).status_code == 206
    assert anybody.get(link.replace("clips/1", "clips/2")).status_code == 403
    assert anybody.get(link[:-2] + "xx").status_code == 403
    assert anybody.get(clip_link(faircut.links, service.base, job.id, "Video 2")).status_code == 404
    faircut.studio.cancel(job.id)
    faircut.studio.wait(job.id, timeout=60)
    assert anybody.get(link).status_code == 404


def test_what_a_service_returns_is_refused_when_it_is_registered_and_fails_when_it_is_damaged(
    service, films, tmp_path, monkeypatch
):
    faircut, owner = service.faircut, service.faircut.keys.authenticate(service.keys["maker"]).owner
    ark = FakeArk()
    whole = header_first(reencode(films["film"], tmp_path / "remote.mp4", Edit(start=2, seconds=4, height=480)))
    with ark.running() as address:
        options = {"base_url": address, "api_key": KEY, "poll_s": 0.05}
        monkeypatch.setitem(faircut.settings.engine_options, "ark", options)
        request = faircut.build_request(shots=[Shot("shapes that move")], size=Size.P480, duration=4, engine="ark")
        # What looks whole by its header, and cannot be decoded to its end, is no finding but the service's fault.
        ark.file = whole[: len(whole) // 2]
        damaged = faircut.studio.wait(faircut.studio.submit(request, owner=owner).id, timeout=120)
        ark.file = whole
        job = faircut.studio.wait(faircut.studio.submit(request, owner=owner).id, timeout=120)
    assert damaged.state is JobState.FAILED
    assert damaged.error is not None
    assert damaged.error["code"] == "engine.output_invalid"
    assert not faircut.decisions.get(damaged.decision_ids[-1]).allows
    assert job.state is JobState.REFUSED, job.error
    decision = faircut.decisions.get(job.decision_ids[-1])
    assert (decision.stage, {reason.work for reason in decision.reasons}) == ("output", {"The Lantern Keeper"})


@pytest.mark.parametrize("kind", [ArkEngine, VideosEngine])
def test_our_engines_speak_with_our_own_doors(service, tmp_path: Path, kind):
    """Each side was written from the service's documentation; here they check one another."""
    engine = kind()
    address = {"ark": f"{service.base}/api/v3", "videos": f"{service.base}/v1"}[engine.name]
    options = {"base_url": address, "api_key": service.keys["maker"], "poll_s": 0.05}
    if engine.name == "videos":
        options |= {"dialect": "openai", "sound": True}
    assert engine.check(options, reach=True).ready

    def make(prompt: str) -> EngineResult:
        shape = {"size": Size.P480, "duration": 4, "audio": True, "engine": engine.name}
        job = EngineJob(GenerationRequest((Shot(prompt),), **shape), tmp_path / "output.mp4", tmp_path, options)
        return engine.generate(job)

    made = make("a green field")
    assert probe(made.path, "output").seconds == pytest.approx(4, abs=0.1)
    with pytest.raises(EngineRefused) as refused:
        make("Captain Lumen walks the beach")
    assert refused.value.field == "prompt"
    assert "Captain Lumen" in refused.value.message
