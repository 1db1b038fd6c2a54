"""Two files side by side, over HTTP and at the command line: the same answer, nothing kept, nothing recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faircut.cli import app


def _ask(service, first: Path, second: Path):  # type: ignore[no-untyped-def]
    return service.client("maker").post(
        "/v1/compare",
        files={"first": (first.name, first.read_bytes()), "second": (second.name, second.read_bytes())},
    )


def test_a_mirrored_cut_is_told_with_both_stretches(service, films):
    before = len(list(service.faircut.ledger.events()))
    answer = _ask(service, films["cut"], films["film"])
    assert answer.status_code == 200
    found = answer.json()
    assert (found["first"]["name"], found["second"]["name"]) == ("cut.mp4", "film.mp4")
    assert found["second"]["seconds"] == pytest.approx(9, abs=0.2)
    picture = next(each for each in found["copies"] if each["sense"] == "picture")
    assert picture["first"] == pytest.approx([0, 5], abs=0.5)
    assert picture["second"] == pytest.approx([3, 8], abs=0.5)
    assert "mirrored" in picture["changes"]
    sound = next(each for each in found["copies"] if each["sense"] == "sound")
    assert sound["second"][0] == pytest.approx(3, abs=0.5)
    assert len(list(service.faircut.ledger.events())) == before
    assert not [path for path in (service.faircut.home / "incoming").rglob("*") if path.is_file()]


def test_unrelated_files_have_nothing_in_common(service, films):
    assert _ask(service, films["own"], films["film"]).json()["copies"] == []


def test_a_still_of_a_film_is_told_with_its_moment(service, films, tmp_path):
    import cv2

    from faircut.media.decode import frame_at

    still = tmp_path / "still.png"
    cv2.imwrite(str(still), cv2.cvtColor(frame_at(films["film"], 4.0, "film"), cv2.COLOR_RGB2BGR))
    found = _ask(service, still, films["film"]).json()
    assert found["first"]["seconds"] is None
    assert found["copies"][0]["second"][0] == pytest.approx(4, abs=0.5)


def test_what_cannot_be_compared_is_refused_by_name(service, films, tmp_path):
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"not a film at all" * 40)
    answer = _ask(service, films["film"], junk)
    assert answer.status_code == 422 or answer.status_code == 400
    assert answer.json()["error"]["field"] == "junk.mp4"
    missing = service.client("maker").post("/v1/compare", files={"first": ("a.mp4", films["own"].read_bytes())})
    assert missing.json()["error"]["field"] == "second"


def test_a_key_that_may_neither_generate_nor_register_may_not_compare(service, films):
    files = {side: ("own.mp4", films["own"].read_bytes()) for side in ("first", "second")}
    assert service.client("auditor").post("/v1/compare", files=files).status_code == 403


def test_the_command_says_the_same_and_writes_a_page(films, tmp_path):
    page = tmp_path / "page.html"
    arguments = ["--home", str(tmp_path / "home"), "compare", str(films["cut"]), str(films["film"])]
    done = CliRunner().invoke(app, [*arguments, "--json", "--output", str(page)])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[0])
    assert {each["sense"] for each in found["copies"]} == {"picture", "sound"}
    html = page.read_text(encoding="utf-8")
    assert html.count("data:image/jpeg;base64,") >= 4
    assert "mirrored" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    plain = CliRunner().invoke(app, arguments)
    assert "mirrored" in plain.stdout
    assert "█" in plain.stdout
