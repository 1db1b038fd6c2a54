"""``faircut appeals``: from the refusal to the labelled set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faircut.app import Faircut
from faircut.cli import app
from faircut.config import Settings
from faircut.errors import Conflict, FaircutError


def _run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home), "appeals", *arguments])
    if isinstance(done.exception, FaircutError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_from_the_refusal_to_the_labelled_set(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Faircut(Settings(home=home)) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", party=party.id, actor="tests")
        refused = faircut.screen_text("Captain Lumen sails", actor="cli")
    made = json.loads(_run(home, "make", refused.id, "It is a boat.", "--text", "Captain Lumen sails", "--json"))
    assert (made["state"], made["text"]) == ("open", "Captain Lumen sails")
    assert "It is a boat." in _run(home, "list", "--state", "open")
    shown = _run(home, "show", made["id"])
    assert "Captain Lumen sails" in shown
    assert "names the character Captain Lumen" in shown
    assert "overturned" in _run(home, "overturn", made["id"], "--note", "So it is.")
    with pytest.raises(Conflict, match="overturned already"):
        _run(home, "uphold", made["id"], "--note", "Or not.")
    assert _run(home, "list", "--state", "open") == ""
    printed = _run(home, "export")
    _run(home, "export", "--out", str(tmp_path / "set.jsonl"))
    assert (tmp_path / "set.jsonl").read_text(encoding="utf-8") == printed
    (line,) = printed.splitlines()
    assert json.loads(line)["label"] == "wrongly_refused"
