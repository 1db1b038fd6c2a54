"""From a request to a released file or a refusal, over HTTP."""

from __future__ import annotations

import hashlib
import json

import pytest

SMALL = {"size": "480p", "duration": 4}


def _events(client, address: str) -> list[tuple[str, dict]]:
    found, name = [], ""
    with client.stream("GET", address) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
            if name == "end" and found[-1][0] == "end":
                break
    return found


@pytest.fixture(scope="module")
def released(service) -> dict:
    client = service.client("maker")
    answer = client.post("/v1/generations", json={"shots": [{"prompt": "A quiet harbour at dusk"}], **SMALL})
    assert answer.status_code == 202
    job = answer.json()
    events = _events(client, f"/v1/generations/{job['id']}/events")
    assert events[-1][0] == "end"
    shares = [data["progress"] for name, data in events if name == "job"]
    assert shares == sorted(shares)
    final = client.get(f"/v1/generations/{job['id']}").json()
    assert final["state"] == "released", final
    assert final == events[-2][1]
    return final


def test_released_file_has_the_digest_that_is_told(service, released):
    answer = service.client("maker").get(released["content_url"])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == released["sha256"]
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "inline"
    saved = service.client("maker").head(released["content_url"], params={"download": True})
    assert saved.status_code in (200, 405)
    named = service.client("maker").get(released["content_url"], params={"download": True})
    assert named.headers["content-disposition"] == f'attachment; filename="{released["id"]}.mp4"'


def test_ranges(service, released):
    client = service.client("maker")
    whole = client.get(released["content_url"]).content
    part = client.get(released["content_url"], headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert part.content == whole[100:200]
    tail = client.get(released["content_url"], headers={"Range": "bytes=-10"})
    assert tail.content == whole[-10:]
    beyond = client.get(released["content_url"], headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert beyond.json()["error"]["field"] == "Range"
    same = client.get(released["content_url"], headers={"If-None-Match": part.headers["etag"]})
    assert same.status_code == 304


def test_every_decision_of_a_release_allows(service, released):
    client = service.client("maker")
    decisions = [client.get(f"/v1/decisions/{each}").json() for each in released["decision_ids"]]
    assert [each["stage"] for each in decisions] == ["prompt", "output", "output"]
    assert all(each["allows"] for each in decisions)
    assert decisions[-1]["asset_digest"] == released["sha256"]
    assert "provenance" in decisions[-1]["required"]


def test_no_path_of_the_server_is_told(service, released, films):
    upload = (
        service.client("maker").post("/v1/uploads", files={"file": ("p.png", films["picture"].read_bytes())}).json()
    )
    job = (
        service.client("maker")
        .post("/v1/generations", json={"shots": [{"prompt": "Image 1 at dusk"}], "images": [upload["id"]], **SMALL})
        .json()
    )
    service.faircut.studio.wait(job["id"], 60)
    job = service.client("maker").get(f"/v1/generations/{job['id']}").json()
    assert job["request"]["files"][0]["label"] == "Image 1"
    for told in (upload, job, released):
        assert str(service.faircut.home) not in json.dumps(told)


def test_a_named_character_is_refused_with_the_reason(service):
    client = service.client("maker")
    job = client.post(
        "/v1/generations", json={"shots": [{"prompt": "A harbour"}, {"prompt": "Captain Lumen walks in"}], **SMALL}
    ).json()
    service.faircut.studio.wait(job["id"], 60)
    job = client.get(f"/v1/generations/{job['id']}").json()
    assert job["state"] == "refused"
    assert job["content_url"] is None
    (decision,) = [client.get(f"/v1/decisions/{each}").json() for each in job["decision_ids"]]
    (reason,) = decision["reasons"]
    assert (reason["input"], reason["element"], reason["work"]) == ("Shot 2", "Captain Lumen", "The Lantern Keeper")
    assert client.get(f"/v1/generations/{job['id']}/content").status_code == 409


def test_preflight_says_where_the_words_stand_and_records_nothing(service):
    client = service.client("maker")
    before = list(service.faircut.ledger.events())
    shots = ["A harbour", "\U0001f30a Captain Lumen, then captain lumen again", "towards Cinder Quay"]
    answer = client.post("/v1/preflight", json={"shots": shots, "names": ["harbour.png"]}).json()
    assert answer["decision"]["verdict"] == "block"
    marked = [(each["verdict"], shots[each["shot"]][each["start"] : each["end"]]) for each in answer["highlights"]]
    assert marked == [("block", "Captain Lumen"), ("block", "captain lumen"), ("review", "Cinder Quay")]
    assert list(service.faircut.ledger.events()) == before
    named = client.post("/v1/preflight", json={"shots": ["A harbour"], "names": ["captain_lumen.png"]}).json()
    assert named["decision"]["verdict"] == "block"
    assert named["highlights"] == []


def test_the_same_key_gives_the_same_job_and_another_request_is_a_conflict(service):
    client = service.client("maker")
    ask = {"shots": [{"prompt": "A red chair on a pier"}], **SMALL}
    headers = {"Idempotency-Key": "abc"}
    first = client.post("/v1/generations", json=ask, headers=headers).json()
    again = client.post("/v1/generations", json=ask, headers=headers)
    assert again.json()["id"] == first["id"]
    other = client.post("/v1/generations", json={**ask, "seed": 1}, headers=headers)
    assert other.status_code == 409
    service.faircut.studio.wait(first["id"], 60)


def test_the_tenth_image_is_refused_by_name(service, films):
    client = service.client("maker")
    upload = client.post("/v1/uploads", files={"file": ("p.png", films["picture"].read_bytes())}).json()
    answer = client.post("/v1/generations", json={"shots": [{"prompt": "x"}], "images": [upload["id"]] * 10, **SMALL})
    assert answer.status_code == 413
    assert answer.json()["error"]["field"] == "Image 10"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shots": []}, "shots"),
        ({"shots": [{"prompt": " "}]}, "prompt"),
        ({"shots": [{"prompt": "x", "seconds": -1}]}, "shots[0].seconds"),
        ({"shots": [{"promt": "x"}]}, "shots[0].prompt"),
        ({"duration": 3}, "duration"),
        ({"duration": 16}, "duration"),
        ({"size": "8k"}, "size"),
        ({"ratio": "2:1"}, "ratio"),
        ({"seed": -1}, "seed"),
        ({"engine": "imaginary"}, "engine"),
        ({"images": ["up_nope"]}, "Image 1"),
        ({"sise": "480p"}, "sise"),
    ],
)
def test_invalid_requests_name_the_field(service, change, field):
    answer = service.client("maker").post("/v1/generations", json={"shots": [{"prompt": "x"}], **SMALL, **change})
    assert answer.status_code in (404, 413, 422)
    error = answer.json()["error"]
    assert error["field"] == field
    assert error["message"]
    assert error["remedy"]


def test_cancel_releases_nothing(service):
    client = service.client("maker")
    job = client.post("/v1/generations", json={"shots": [{"prompt": "on and on"}], "engine": "slow", **SMALL}).json()
    assert client.post(f"/v1/generations/{job['id']}/cancel").status_code == 200
    assert service.faircut.studio.wait(job["id"], 30).state == "cancelled"
    assert client.get(f"/v1/generations/{job['id']}/content").status_code == 409
