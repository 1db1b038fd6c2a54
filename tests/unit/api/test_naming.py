"""Answers name a thing only as far as its owner wants, at every door; the owner and the operator see it all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from support.media import wander, write_video
from support.writing import lettered

SECRETS = {
    "nothing": ("Quillon Brathe", "The Vermilion Orchard", "Zanthe Holdings", "two-handed copper trumpet"),
    "work": ("Ysolde Marrin", "saffron diving bell"),
}
PROMPT = "A gaunt violinist with a two-handed copper trumpet and a waistcoat of salmon scales on a frozen quay"
OTHER = "A stern harbour pilot with a saffron diving bell on her head and a wooden left hand steers a tug"
DISGUISED = "Qu1ll0n Br4the walks by the sea"


@pytest.fixture(scope="module")
def registered(service, films: dict[str, Path]) -> dict[str, str]:  # type: ignore[no-untyped-def]
    catalogue = service.faircut.catalogue
    party = catalogue.add_party("Zanthe Holdings", actor="tests")
    hidden = catalogue.add_work("The Vermilion Orchard", party.id, naming="nothing", policy="licence", actor="tests")
    shown = catalogue.add_work("Slow Tide", catalogue.add_party("Open House", actor="tests").id, actor="tests")
    description = (
        "A gaunt violinist with a two-handed copper trumpet and a waistcoat of salmon scales. "
        "His sleeves are frayed to the elbow, his hair is white with rime, and he plays on a frozen quay."
    )
    element = catalogue.add_element(
        "character",
        "Quillon Brathe",
        work=hidden.id,
        tagline="The violinist of the frozen quay, who plays a copper trumpet with both hands",
        description=description,
        keywords=["two-handed copper trumpet", "waistcoat of salmon scales"],
        actor="tests",
    )
    pilot = catalogue.add_element(
        "character",
        "Ysolde Marrin",
        work=shown.id,
        description="A stern harbour pilot with a saffron diving bell on her head and a wooden left hand",
        keywords=["saffron diving bell", "wooden left hand"],
        naming="work",
        actor="tests",
    )
    assert element.naming == "nothing", "an element takes after its work"
    film = write_video(films["film"].parent / "orchard.mp4", wander(4, 77))
    reference = catalogue.add_reference(film, work=hidden.id, actor="tests")
    return {"element": element.id, "pilot": pilot.id, "reference": reference.id, "film": str(film)}


def leaks(text: str, *more: str) -> list[str]:
    """What of the catalogue stands in a response."""
    told = text.casefold()
    return [each for each in (*SECRETS["nothing"], *SECRETS["work"], *more) if each.casefold() in told]


def test_no_door_tells_a_caller_more_than_the_owner_allows(service, registered, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    maker, browser = service.client("maker"), service.signed_in("maker")
    cv2.imwrite(str(tmp_path / "sign.png"), lettered("Qu1llon Brathe"))
    said: dict[str, str] = {}

    def tell(what: str, answer: Any) -> Any:
        said[what] = answer.text
        return answer

    for number, prompt in enumerate(
        (
            PROMPT.replace("two-handed copper trumpet", "copper trumpet for two hands"),
            OTHER.replace("saffron diving bell", "diving bell of saffron"),
            DISGUISED,
        )
    ):
        checked = tell(f"preflight {number}", maker.post("/v1/preflight", json={"shots": [prompt]}))
        assert checked.json()["verdict"] == "block", prompt
        tell(f"rewrite {number}", maker.post("/v1/rewrite", json={"shots": [prompt]}))
        body = {"shots": [{"prompt": prompt}]}
        job = tell(f"generation {number}", maker.post("/v1/generations", json=body)).json()
        service.faircut.studio.wait(job["id"], 60)
        refused = tell(f"job {number}", maker.get(f"/v1/generations/{job['id']}")).json()
        assert refused["state"] == "refused"
        tell(f"job page {number}", browser.get(f"/jobs/{job['id']}"))
        for decision in refused["decision_ids"]:
            tell(f"decision {number}", maker.get(f"/v1/decisions/{decision}"))
            tell(f"decision page {number}", browser.get(f"/decisions/{decision}?job={job['id']}"))
        ark = {"model": "tiny", "content": [{"type": "text", "text": prompt}]}
        tell(f"ark {number}", maker.post("/api/v3/contents/generations/tasks", json=ark))
        tell(f"videos {number}", maker.post("/v1/videos", json={"model": "tiny", "prompt": prompt}))
    for name, path in (("picture", tmp_path / "sign.png"), ("film", Path(registered["film"]))):
        with path.open("rb") as file:
            upload = tell(f"upload of {name}", maker.post("/v1/uploads", files={"file": (path.name, file)})).json()
        decision = upload["decision"]
        assert decision["verdict"] == "block"
        assert decision["reasons"][0]["evidence"]["naming"] == "nothing"
        tell(f"page of {name}", browser.get(f"/decisions/{decision['id']}"))
        tell(f"decision on {name}", maker.get(f"/v1/decisions/{decision['id']}"))
        appeal = maker.post(f"/v1/decisions/{decision['id']}/appeal", json={"words": "Why?"})
        tell(f"appeal on {name}", appeal)
    tell("uploads", maker.get("/v1/uploads"))
    tell("generations", maker.get("/v1/generations"))
    tell("appeals", maker.get("/v1/appeals"))
    tell("page of appeals", browser.get("/appeals"))
    tell("studio", browser.get("/"))
    ids = (registered["element"], registered["pilot"], registered["reference"])
    assert {what: found for what, text in said.items() if (found := leaks(text, *ids))} == {}
    assert "a protected character of “Slow Tide” (Open House)" in said["preflight 1"]
    assert "a protected character" in said["preflight 2"]
    assert "ask the operator for a licence" in said["preflight 2"]
    assert "shows a protected work" in said["upload of film"]


def test_the_owner_and_the_operator_see_all(service, registered) -> None:  # type: ignore[no-untyped-def]
    maker, admin = service.client("maker"), service.client("admin")
    with Path(registered["film"]).open("rb") as file:
        decision = maker.post("/v1/uploads", files={"file": ("x.mp4", file)}).json()["decision"]
    address = f"/v1/decisions/{decision['id']}"
    (picture, *_) = decision["reasons"][0]["pictures"]
    assert (picture["reference_url"], bool(picture["query_url"])) == (None, True)
    side = f"{address}/evidence/{picture['n']}/reference.jpg"
    assert maker.get(side).status_code == 404
    assert maker.get(f"{address}/evidence/{picture['n']}/query.jpg").status_code == 200
    full = admin.get(address).json()
    assert full["reasons"][0]["work"] == "The Vermilion Orchard"
    assert "“The Vermilion Orchard” (Zanthe Holdings)" in full["reasons"][0]["message"]
    assert full["reasons"][0]["reference_id"] == registered["reference"]
    assert admin.get(side).status_code == 200
    assert "The Vermilion Orchard" in service.signed_in("admin").get(f"/decisions/{decision['id']}").text
    ledger = json.dumps([dict(event.payload) for event in service.faircut.ledger.events(subject=decision["id"])])
    assert leaks(ledger) == []
    told = [event.payload for event in service.faircut.ledger.events() if event.kind.startswith("catalogue.")]
    assert set(leaks(json.dumps([dict(each) for each in told]))) == {"Zanthe Holdings"}, "a party has no naming policy"
    assert all(each["record_sha256"] for each in told if "naming" in each)


def test_naming_is_registered_edited_exported_and_imported(service, registered) -> None:  # type: ignore[no-untyped-def]
    admin, faircut = service.client("admin"), service.faircut
    assert admin.get(f"/v1/catalogue/elements/{registered['pilot']}").json()["naming"] == "work"
    edited = admin.patch(f"/v1/catalogue/elements/{registered['pilot']}", json={"naming": "full"})
    assert edited.json()["naming"] == "full"
    told = service.client("maker").post("/v1/preflight", json={"shots": [OTHER]}).json()["decision"]["reasons"][0]
    assert (told["element"], "naming" in told["evidence"]) == ("Ysolde Marrin", False)
    assert admin.patch(f"/v1/catalogue/elements/{registered['pilot']}", json={"naming": "loudly"}).status_code == 422
    admin.patch(f"/v1/catalogue/elements/{registered['pilot']}", json={"naming": "work"})
    works = {each["title"]: each for each in faircut.catalogue.export_document()["works"]}
    assert works["The Vermilion Orchard"]["naming"] == "nothing"
    assert "naming" not in works["Slow Tide"]
    assert works["Slow Tide"]["elements"][0]["naming"] == "work"
    table = faircut.catalogue.export_csv()
    assert table.splitlines()[0].split(",")[2:4] == ["work_policy", "work_naming"]
    again = {"works": [{"title": "Slow Tide", "party": "Open House", "naming": "nothing"}]}
    faircut.catalogue.import_document(again, actor="tests")
    assert faircut.catalogue.work("Slow Tide").naming == "nothing"
    assert faircut.catalogue.subject(work_id=None, element_id=registered["pilot"]).naming == "nothing"
    faircut.catalogue.edit_work("Slow Tide", naming="full", actor="tests")


def test_a_page_says_of_what_its_chance_is(service, registered: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    owner = next(key.id for key in service.faircut.keys.list() if key.name == "maker")
    decision = service.faircut.screen_text(OTHER, actor=owner)
    page = service.signed_in("admin").get(f"/decisions/{decision.id}").text
    assert "Chance that it is meant" in page
    assert "Chance of a copy" not in page
