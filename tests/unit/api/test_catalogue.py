"""The catalogue, the ledger and the keys over HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from faircut.store.models import EventRow


def _follow(service, client, registration: dict) -> dict:
    with client.stream("GET", f"/v1/catalogue/registrations/{registration['id']}/events") as answer:
        for line in answer.iter_lines():
            if line == "event: end":
                break
    return client.get(f"/v1/catalogue/registrations/{registration['id']}").json()


def test_a_work_from_nothing_to_guarded(service, films):
    editor, maker = service.client("editor"), service.client("maker")
    assert maker.post("/v1/uploads", files={"file": ("own.mp4", films["own"].read_bytes())}).json()["decision"][
        "allows"
    ]
    party = editor.post("/v1/catalogue/parties", json={"name": "Tidewater Films"}).json()
    answer = editor.post(
        "/v1/catalogue/works",
        json={
            "title": "Low Water",
            "party": party["id"],
            "identifiers": [{"scope": "EIDR", "value": "10.5240/EA73-79D7-1B2B-B378-3A73-M"}],
        },
    )
    assert answer.status_code == 201
    work = answer.json()
    element = editor.post(
        "/v1/catalogue/elements",
        json={"kind": "character", "name": "Marsh Hettie", "work": work["id"], "aliases": ["Hettie of the Marsh"]},
    ).json()
    answer = editor.post(
        "/v1/catalogue/references",
        data={"work": work["id"], "exclude": "0-0.5"},
        files={"file": ("../low water.mp4", films["own"].read_bytes())},
    )
    assert answer.status_code == 202
    registration = _follow(service, editor, answer.json())
    assert registration["state"] == "done", registration
    assert registration["progress"] == 1
    reference = registration["reference"]
    assert reference["name"] == "low water.mp4"
    assert reference["exclude"] == [[0.0, 0.5]]
    seen = service.client("reader").get(f"/v1/catalogue/works/{work['id']}").json()
    assert [each["id"] for each in seen["elements"]] == [element["id"]]
    assert [each["id"] for each in seen["references"]] == [reference["id"]]
    after = maker.post("/v1/uploads", files={"file": ("own.mp4", films["own"].read_bytes())}).json()
    assert after["decision"]["verdict"] == "block"
    found = service.client("reader").get("/v1/catalogue/search", params={"q": "hettie"}).json()
    assert [each["name"] for each in found["elements"]] == ["Marsh Hettie"]
    assert editor.delete(f"/v1/catalogue/works/{work['id']}").status_code == 409
    assert editor.delete(f"/v1/catalogue/works/{work['id']}", params={"cascade": True}).status_code == 204
    assert service.client("reader").get(f"/v1/catalogue/works/{work['id']}").status_code == 404
    assert not [path for path in (service.faircut.home / "incoming").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "body", "field"),
    [
        ({"work": "The Lantern Keeper"}, b"no film", None),
        ({"work": "No Such Work"}, None, "work"),
        ({}, None, "work"),
    ],
)
def test_a_bad_reference_leaves_nothing_behind(service, films, data, body, field):
    editor = service.client("editor")
    before = service.faircut.catalogue.counts()
    answer = editor.post(
        "/v1/catalogue/references",
        data=data,
        files={"file": ("a.mp4", films["picture"].read_bytes() if body is None else body)},
    )
    registration = _follow(service, editor, answer.json())
    assert registration["state"] == "failed"
    assert registration["error"]["remedy"]
    if field:
        assert registration["error"]["field"] == field
    assert service.faircut.catalogue.counts() == before
    assert not [path for path in (service.faircut.home / "incoming").rglob("*") if path.is_file()]


def test_wrong_segments_are_refused_before_anything_is_queued(service, films):
    answer = service.client("editor").post(
        "/v1/catalogue/references",
        data={"work": "The Lantern Keeper", "exclude": "soon"},
        files={"file": ("a.png", films["picture"].read_bytes())},
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "exclude"
    assert not [path for path in (service.faircut.home / "incoming").rglob("*") if path.is_file()]


def test_errors_of_the_catalogue_name_the_field(service):
    editor = service.client("editor")
    wrong = editor.post(
        "/v1/catalogue/works",
        json={
            "title": "Another",
            "party": "North Lantern Pictures",
            "identifiers": [{"scope": "EIDR", "value": "10.5240/EA73-79D7-1B2B-B378-3A73-X"}],
        },
    )
    assert wrong.status_code == 422
    assert wrong.json()["error"]["field"].startswith("identifiers[0]")
    twice = editor.post("/v1/catalogue/works", json={"title": "The Lantern Keeper", "party": "North Lantern Pictures"})
    assert twice.status_code == 409
    assert twice.json()["error"]["field"] == "title"


@pytest.mark.parametrize("path", ["/etc/passwd", "film.mp4", "../../home/x.mp4"])
def test_an_import_over_http_may_not_name_files(service, path):
    before = service.faircut.catalogue.counts()
    document = {"works": [{"title": "Some Film", "party": "Some Party", "references": [{"path": path}]}]}
    answer = service.client("editor").post("/v1/catalogue/import", json=document)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"].startswith("works[0].references[0]")
    assert service.faircut.catalogue.counts() == before


def test_import_as_json_csv_and_form_then_export(service):
    editor = service.client("editor")
    document = {
        "parties": [{"name": "Reed Studio"}],
        "works": [
            {"title": "Paper Boats", "party": "Reed Studio", "elements": [{"kind": "prop", "name": "Paper Ark"}]}
        ],
    }
    first = editor.post("/v1/catalogue/import", json=document)
    assert first.status_code == 200, first.text
    assert first.json()["added"] == {"parties": 1, "works": 1, "elements": 1, "references": 0}
    again = editor.post("/v1/catalogue/import", files={"file": ("catalogue.json", first.request.content)})
    assert again.json()["added"] == {"parties": 0, "works": 0, "elements": 0, "references": 0}
    exported = service.client("reader").get("/v1/catalogue/export").json()
    assert "Paper Boats" in [each["title"] for each in exported["works"]]
    table = service.client("reader").get("/v1/catalogue/export", params={"format": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert "Paper Ark" in table.text
    bad = editor.post(
        "/v1/catalogue/import", content=b"colour,shape\nred,round\n", headers={"Content-Type": "text/csv"}
    )
    assert bad.status_code == 422
    unknown = editor.post("/v1/catalogue/import", content=b"<x/>", headers={"Content-Type": "application/xml"})
    assert unknown.json()["error"]["field"] == "Content-Type"


def test_verify_finds_a_changed_event(service):
    auditor = service.client("auditor")
    assert auditor.post("/v1/ledger/verify").json()["intact"] is True
    listed = auditor.get("/v1/ledger", params={"limit": 2}).json()
    assert listed["more"] is True
    newest, before = listed["items"]
    assert newest["previous"] == before["hash"]
    with service.faircut.database.write() as session:
        payload = session.get_one(EventRow, 2).payload
        session.execute(update(EventRow).where(EventRow.seq == 2).values(payload=payload.replace("e", "E", 1)))
    report = auditor.post("/v1/ledger/verify").json()
    assert report["intact"] is False
    assert [each["seq"] for each in report["problems"]] == [2]
    page = service.signed_in("auditor").post("/ledger/verify", headers={"Origin": service.base})
    assert "1 problem found" in page.text
    with service.faircut.database.write() as session:
        session.execute(update(EventRow).where(EventRow.seq == 2).values(payload=payload))
    assert auditor.post("/v1/ledger/verify").json()["intact"] is True


def test_keys_are_told_once(service):
    admin = service.client("admin")
    made = admin.post("/v1/keys", json={"name": "editing room", "scopes": ["generate"]}).json()
    assert made["secret"].startswith("fck_")
    assert service.client(secret=made["secret"]).get("/v1/generations").status_code == 200
    listed = admin.get("/v1/keys").text
    assert made["id"] in listed
    assert made["secret"] not in listed
    wrong = admin.post("/v1/keys", json={"name": "x", "scopes": ["everything"]})
    assert wrong.json()["error"]["field"] == "scopes"
