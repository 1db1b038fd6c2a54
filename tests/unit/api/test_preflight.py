"""The whole verdict on a request before it is sent."""

from __future__ import annotations

import pytest

from faircut.domain import Decision

SMALL = {"size": "480p", "duration": 4}


@pytest.fixture(scope="module")
def uploads(service, films) -> dict[str, str]:
    client = service.client("maker")
    return {
        name: client.post("/v1/uploads", files={"file": (f"{name}{path.suffix}", path.read_bytes())}).json()["id"]
        for name, path in films.items()
        if name in ("cut", "picture", "own")
    }


def _asked(service, **body) -> dict:
    answer = service.client("maker").post("/v1/preflight", json={**SMALL, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_request_that_passes_says_so_and_leaves_no_trace(service, uploads):
    events, jobs = len(list(service.faircut.ledger.events())), len(service.faircut.studio.list())
    found = _asked(service, shots=[{"prompt": "Image 1 at dusk", "title": "The Pier"}], images=[uploads["picture"]])
    assert (found["passes"], found["verdict"], found["failing"], found["errors"]) == (True, "allow", [], [])
    assert [each["input"] for each in found["decisions"]] == ["prompt", "Image 1"]
    assert found["price"] is None
    assert len(list(service.faircut.ledger.events())) == events
    assert len(service.faircut.studio.list()) == jobs


def test_every_failing_input_is_named_in_the_order_of_the_request(service, uploads):
    shots = [
        {"prompt": "A harbour", "caption": "Cinder Quay"},
        {"prompt": "Captain Lumen walks in"},
        {"prompt": "A keeper", "title": "captain lumen"},
    ]
    found = _asked(service, shots=shots, images=[uploads["picture"]], clips=[uploads["own"], uploads["cut"]])
    assert [each["input"] for each in found["failing"]] == [
        "caption of shot 1", "Shot 2", "title of shot 3", "Video 2",
    ]  # fmt: skip
    assert [each["verdict"] for each in found["failing"]] == ["review", "block", "block", "block"]
    assert all(each["message"] and each["remedy"] for each in found["failing"])
    assert (found["passes"], found["verdict"]) == (False, "block")
    assert [(each["shot"], each["verdict"]) for each in found["highlights"]] == [(1, "block")]


def test_mistakes_come_together_with_the_verdict(service, uploads):
    found = _asked(
        service,
        shots=[{"prompt": "Captain Lumen", "seconds": 9, "transition": {"kind": "wipe"}}],
        images=["up_nowhere", uploads["picture"]],
        duration=16,
        first_frame="Image 3",
    )
    fields = [each["field"] for each in found["errors"]]
    assert fields[0] == "Image 1"
    assert {"duration", "shots[0].transition"} <= set(fields)
    assert found["failing"][0]["input"] == "prompt"
    assert [each["input"] for each in found["decisions"]] == ["prompt", "Image 2"]
    assert not found["passes"]


def test_an_engine_that_is_not_there_is_one_mistake_among_others(service):
    found = _asked(service, shots=[{"prompt": "x", "seconds": 40}], engine="nowhere")
    assert [each["field"] for each in found["errors"]] == ["engine", "shots"]
    assert found["verdict"] == "allow"


def test_words_alone_need_no_request(service):
    found = _asked(service, shots=["A harbour"], names=["captain_lumen.png"])
    assert [each["input"] for each in found["failing"]] == ["file name of file 1"]
    answer = service.client("maker").post(
        "/v1/preflight", json={"shots": [{"prompt": "x"}], "names": ["a.png"], **SMALL}
    )
    assert answer.json()["error"]["field"] == "names"


def test_only_the_words_may_be_asked_for_titles_included(service, uploads):
    shots = [{"prompt": "A harbour", "title": "Captain Lumen"}]
    found = _asked(service, shots=shots, clips=[uploads["cut"]], names=["b.png"], only="words")
    assert [each["input"] for each in found["failing"]] == ["title of shot 1"]
    assert len(found["decisions"]) == 1


def test_a_form_with_mistakes_names_them_without_the_alternatives(service):
    body = {"shots": ["A harbour", {"prompt": 3, "camera": {"framing": "huge"}}], "size": "8k"}
    answer = service.client("maker").post("/v1/preflight", json=body)
    assert answer.status_code == 422
    fields = [answer.json()["error"]["field"], *(each["field"] for each in answer.json()["others"])]
    assert sorted(fields) == ["shots[1].camera.framing", "shots[1].prompt", "size"]


def test_another_persons_upload_does_not_exist(service, uploads):
    answer = service.client("other").post(
        "/v1/preflight", json={"shots": [{"prompt": "x"}], "images": [uploads["picture"]], **SMALL}
    )
    assert [each["field"] for each in answer.json()["errors"]] == ["Image 1"]


def test_the_quota_counts(service, monkeypatch):
    from faircut.studio.quotas import Quotas

    monkeypatch.setattr(service.faircut.studio._jobs, "_quotas", Quotas(day_jobs=1))
    client = service.client("other")
    job = client.post("/v1/generations", json={"shots": [{"prompt": "A pier"}], **SMALL})
    assert job.status_code == 202
    again = client.post("/v1/generations", json={"shots": [{"prompt": "A pier"}], **SMALL})
    assert (again.status_code, again.json()["error"]["code"]) == (429, "quota.exceeded")
    assert int(again.headers["retry-after"]) > 80_000
    found = client.post("/v1/preflight", json={"shots": [{"prompt": "A pier"}], **SMALL}).json()
    assert [each["code"] for each in found["errors"]] == ["quota.exceeded"]
    service.faircut.studio.wait(job.json()["id"], 60)


def test_the_refusal_of_a_job_names_the_first_and_all_others(service, uploads):
    client = service.client("maker")
    shots = [{"prompt": "A harbour", "caption": "Cinder Quay"}, {"prompt": "Captain Lumen walks in"}]
    job = client.post("/v1/generations", json={"shots": shots, "clips": [uploads["cut"]], **SMALL}).json()
    done = service.faircut.studio.wait(job["id"], 60)
    assert done.state == "refused"
    before, _, after = done.message.partition(" Besides: ")
    assert "caption of shot 1" in before
    assert "Shot 2" in after
    assert "Video 1" in after
    found = client.post("/v1/preflight", json={"shots": shots, "clips": [uploads["cut"]], **SMALL}).json()
    assert [each["input"] for each in found["failing"]] == ["caption of shot 1", "Shot 2", "Video 1"]


def test_it_says_what_the_job_will_be_told(service, uploads):
    """The same judge on the same request: kinds, verdicts and reasons are those that are recorded later."""
    asked = {"shots": [{"prompt": "Towards Cinder Quay"}], "images": [uploads["picture"]], **SMALL}
    found = _asked(service, **asked)
    job = service.client("maker").post("/v1/generations", json=asked).json()
    done = service.faircut.studio.wait(job["id"], 60)

    def told(decision: Decision) -> tuple[str, str, str, list[str]]:
        return decision.input, decision.asset_digest, decision.verdict, [each.code for each in decision.reasons]

    recorded = [told(service.faircut.decisions.get(each)) for each in done.decision_ids]
    assert recorded == [
        (each["input"], each["asset_digest"], each["verdict"], [reason["code"] for reason in each["reasons"]])
        for each in found["decisions"]
    ]


@pytest.mark.parametrize("path", ["/v1/preflight", "/v1/rewrite"])
def test_words_that_no_request_may_have_are_refused_before_they_are_read(service, path):
    answer = service.client("maker").post(path, json={"shots": ["word " * 3000, "word " * 3000]})
    assert answer.status_code in (400, 413, 422), answer.text
    assert '"shots"' in answer.text
    assert "20000 are accepted" in answer.text
