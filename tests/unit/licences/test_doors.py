"""Licences at the doors: HTTP, the command line and the pages grant, list and revoke the same thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from faircut.app import Faircut
from faircut.cli import app as cli
from faircut.config import Settings
from faircut.domain import Verdict
from faircut.errors import FaircutError
from faircut.web import create_app

PROMPT = "Captain Lumen walks along the quay"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "home"


@pytest.fixture(scope="module")
def faircut(home: Path) -> Iterator[Faircut]:
    with Faircut(Settings(home=home, grade_attacks=0)) as made:
        made.catalogue.add_party("North", actor="t")
        made.catalogue.add_work("The Lantern Keeper", "North", actor="t")
        made.catalogue.add_element("character", "Captain Lumen", work="The Lantern Keeper", actor="t")
        yield made


@pytest.fixture(scope="module")
def service(faircut: Faircut) -> TestClient:
    return TestClient(create_app(faircut), follow_redirects=False)


def holder(faircut: Faircut, *scopes: str) -> tuple[str, dict[str, str]]:
    key, secret = faircut.keys.create("-".join(scopes), scopes, actor="t")
    return key.id, {"Authorization": f"Bearer {secret}"}


def test_http(faircut: Faircut, service: TestClient) -> None:
    ada, as_ada = holder(faircut, "generate")
    _, as_editor = holder(faircut, "catalogue:write")
    _, as_reader = holder(faircut, "catalogue:read")
    body = {"party": "North", "element": "Captain Lumen", "to": ada, "uses": ["words"], "until": "2200-01-01"}
    for headers in (as_ada, as_reader):
        assert service.post("/v1/licences", json=body, headers=headers).status_code == 403
    made = service.post("/v1/licences", json=body, headers=as_editor)
    assert made.status_code == 201
    licence = made.json()
    assert (licence["to"], licence["uses"], licence["in_force"]) == (ada, ["words"], True)
    assert (licence["until"], licence["work"]) == ("2200-01-01T00:00:00Z", faircut.catalogue.works()[0].id)

    def verdict() -> str:
        return str(service.post("/v1/preflight", json={"shots": [PROMPT]}, headers=as_ada).json()["verdict"])

    assert verdict() == "allow"
    assert service.post("/v1/rewrite", json={"shots": [PROMPT]}, headers=as_ada).json()["shots"] == [PROMPT]
    listed = service.get("/v1/licences", params={"to": ada, "in_force": True}, headers=as_reader).json()
    assert (listed["items"], listed["more"]) == ([licence], False)
    assert service.get(f"/v1/licences/{licence['id']}", headers=as_reader).json() == licence
    assert service.get("/v1/licences", headers=as_ada).status_code == 403
    ended = service.delete(f"/v1/licences/{licence['id']}", headers=as_editor).json()
    assert ended["in_force"] is False
    assert ended["revoked_at"]
    assert verdict() == "block"
    assert service.get("/v1/licences", params={"to": ada, "in_force": True}, headers=as_reader).json()["items"] == []
    wrong = service.post("/v1/licences", json={**body, "until": "2019-01-01"}, headers=as_editor)
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "until")
    assert service.post("/v1/licences", json={**body, "for": "ever"}, headers=as_editor).status_code == 422
    assert service.get("/v1/licences/lic_0", headers=as_reader).status_code == 404


def test_command_line(faircut: Faircut, home: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["--home", str(home), "licence", *arguments])
        if isinstance(done.exception, FaircutError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    until = ("--until", "2200-01-01")
    made = json.loads(run("grant", "North", "--work", "The Lantern Keeper", "--to", "cli", *until, "--json"))
    assert made["uses"] == ["words", "copies"]
    assert faircut.preflight([PROMPT], actor="cli").verdict is Verdict.ALLOW
    assert faircut.preflight([PROMPT]).verdict is Verdict.BLOCK
    shown = run("list", "--element", "Captain Lumen", "--to", "cli")
    assert made["id"] in shown
    assert "all of work_" in shown
    assert "in force" in shown
    assert json.loads(run("revoke", made["id"], "--json"))["revoked_by"] == "cli"
    assert "revoked 20" in run("list", "--to", "cli")
    assert run("list", "--to", "cli", "--in-force") == ""
    faircut.catalogue.add_party("South", actor="t")
    with pytest.raises(FaircutError, match="does not belong"):
        run("grant", "South", "--element", "Captain Lumen", "--to", "cli", *until)


def test_pages(faircut: Faircut, service: TestClient) -> None:
    ada, _ = holder(faircut, "generate")
    _, as_admin = holder(faircut, "admin")
    _, as_reader = holder(faircut, "catalogue:read")
    element, work = faircut.catalogue.elements()[0], faircut.catalogue.works()[0]
    form = {"to": ada, "uses": ["words", "copies"], "since": "", "until": "2200-01-01", "note": "For <the> trailer."}
    for place in (f"/catalogue/elements/{element.id}", f"/catalogue/works/{work.id}"):
        assert "Grant a licence" not in service.get(place, headers=as_reader).text
        assert service.post(f"{place}/licences", data=form, headers=as_reader).status_code == 403
        answer = service.post(f"{place}/licences", data=form, headers=as_admin)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{place}#licences")
        (licence, *_) = faircut.licences.list(to=ada)
        page = service.get(place, headers=as_admin).text
        assert licence.id in page
        assert "For &lt;the&gt; trailer." in page
        assert "In force" in page
        back = service.post(f"/catalogue/licences/{licence.id}/revoke", headers=as_admin)
        assert back.headers["location"] == f"{place}#licences"
        assert not faircut.licences.get(licence.id).in_force(licence.granted_at)
        wrong = service.post(f"{place}/licences", data={**form, "uses": [], "until": "2199-01-01"}, headers=as_admin)
        assert wrong.status_code == 422
        assert "It allows no use." in wrong.text
        assert 'value="2199-01-01"' in wrong.text
