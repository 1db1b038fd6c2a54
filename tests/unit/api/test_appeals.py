"""Appeals over HTTP and on the pages: one's own, and the admin's desk."""

from __future__ import annotations

import pytest

PROMPT = "Captain Lumen sails home"


@pytest.fixture
def refusal(service) -> str:  # type: ignore[no-untyped-def]
    owner = next(key.id for key in service.faircut.keys.list() if key.name == "maker")
    return service.faircut.screen_text(PROMPT, actor=owner).id


def test_the_way_of_an_appeal(service, refusal: str) -> None:  # type: ignore[no-untyped-def]
    maker, admin = service.client("maker"), service.client("admin")
    made = maker.post(f"/v1/decisions/{refusal}/appeal", json={"words": "It is my boat.", "text": PROMPT})
    assert made.status_code == 201
    appeal = made.json()
    assert (appeal["state"], appeal["decision"], appeal["owner"]) == ("open", refusal, None)
    again = maker.post(f"/v1/decisions/{refusal}/appeal", json={"words": "Please."})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    listed = admin.get("/v1/appeals", params={"state": "open"}).json()["items"]
    assert appeal["id"] in [each["id"] for each in listed]
    assert all(each["owner"] for each in listed)
    answered = admin.post(
        f"/v1/appeals/{appeal['id']}/answer", json={"outcome": "overturned", "note": "It is a boat indeed."}
    )
    assert answered.json()["state"] == "overturned"
    seen = maker.get(f"/v1/appeals/{appeal['id']}").json()
    assert (seen["note"], seen["owner"]) == ("It is a boat indeed.", None)
    assert (
        admin.post(f"/v1/appeals/{appeal['id']}/answer", json={"outcome": "upheld", "note": "No."}).status_code == 409
    )


def test_nobody_sees_or_answers_what_is_not_theirs(service, refusal: str) -> None:  # type: ignore[no-untyped-def]
    maker, other, reader = service.client("maker"), service.client("other"), service.client("reader")
    assert other.post(f"/v1/decisions/{refusal}/appeal", json={"words": "Mine?"}).status_code == 404
    assert reader.post(f"/v1/decisions/{refusal}/appeal", json={"words": "Mine?"}).status_code == 403
    assert service.client(None).post(f"/v1/decisions/{refusal}/appeal", json={"words": "Me?"}).status_code == 401
    appeal = maker.post(f"/v1/decisions/{refusal}/appeal", json={"words": "Why?"}).json()["id"]
    assert other.get(f"/v1/appeals/{appeal}").status_code == 404
    assert appeal not in [each["id"] for each in other.get("/v1/appeals").json()["items"]]
    for client in (maker, other, reader):
        answer = client.post(f"/v1/appeals/{appeal}/answer", json={"outcome": "overturned", "note": "Yes."})
        assert answer.status_code == 403
    assert maker.get(f"/v1/appeals/{appeal}").json()["state"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"words": ""},
        {"words": "x" * 2001},
        {"words": "why", "state": "overturned"},
        {"words": "why", "owner": "me"},
    ],
)
def test_a_malformed_appeal_is_refused(service, refusal: str, body: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    answer = service.client("maker").post(f"/v1/decisions/{refusal}/appeal", json=body)
    assert answer.status_code in (413, 422)
    assert service.faircut.appeals.against(refusal) is None


def test_the_pages_take_appeals_and_answers(service, refusal: str) -> None:  # type: ignore[no-untyped-def]
    maker, admin, other = service.signed_in("maker"), service.signed_in("admin"), service.signed_in("other")
    same = {"Sec-Fetch-Site": "same-origin"}
    assert "Is this wrong?" in maker.get(f"/decisions/{refusal}").text
    words = "It is <b>my</b> boat."
    foreign = maker.post(
        f"/decisions/{refusal}/appeal", data={"words": words}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    sent = maker.post(f"/decisions/{refusal}/appeal", data={"words": words}, headers=same)
    assert sent.status_code == 303
    assert "Appeal made" in maker.get(f"/decisions/{refusal}").text
    mine, desk, theirs = (client.get("/appeals").text for client in (maker, admin, other))
    assert "It is &lt;b&gt;my&lt;/b&gt; boat." in mine
    assert "Overturn it" not in mine
    assert "It is &lt;b&gt;my&lt;/b&gt; boat." in desk
    assert "Overturn it" in desk
    assert "boat" not in theirs
    appeal = service.faircut.appeals.against(refusal).id
    empty = admin.post(f"/appeals/{appeal}/answer", data={"outcome": "upheld", "note": " "}, headers=same)
    assert (empty.status_code, "It is empty." in empty.text) == (422, True)
    assert (
        maker.post(f"/appeals/{appeal}/answer", data={"outcome": "upheld", "note": "x"}, headers=same).status_code
        == 403
    )
    done = admin.post(f"/appeals/{appeal}/answer", data={"outcome": "upheld", "note": "It names him."}, headers=same)
    assert done.status_code == 303
    assert "It names him." in maker.get(f"/decisions/{refusal}").text
