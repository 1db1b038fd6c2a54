"""``faircut preflight`` and ``faircut generate --shots``: shots from a file, and the whole verdict."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faircut.app import Faircut
from faircut.cli import app
from faircut.cli.asking import shots_from
from faircut.config import Settings
from faircut.errors import FaircutError, InputError, NotFound
from support.media import wander

TOML = """
[[shots]]
prompt = "A pier at dusk"
title = "The Pier"
camera = { moves = [{ kind = "dolly", amount = 0.2 }], framing = "wide" }
[[shots]]
prompt = "Rain"
[shots.physics]
rain = 0.5
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with Faircut(Settings(home=home)) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="tests")
    return home


def _run(home: Path, *arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["--home", str(home), *map(str, arguments)])
    if isinstance(done.exception, FaircutError):
        return done.exception.exit_code, done.stdout, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_shots_are_read_from_toml_and_json(tmp_path: Path) -> None:
    (tmp_path / "shots.toml").write_text(TOML)
    shots = shots_from(tmp_path / "shots.toml")
    assert [shot.prompt for shot in shots] == ["A pier at dusk", "Rain"]
    assert shots[0].camera is not None
    assert shots[0].camera.moves[0].amount == 0.2
    plain = [
        {"prompt": "A pier at dusk", "title": "The Pier",
         "camera": {"moves": [{"kind": "dolly", "amount": 0.2}], "framing": "wide"}},
        {"prompt": "Rain", "physics": {"rain": 0.5}},
    ]  # fmt: skip
    (tmp_path / "shots.json").write_text(json.dumps({"shots": plain}))
    assert shots_from(tmp_path / "shots.json") == shots


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", "shots = ["), ("a.json", "{"), ("b.json", '"words"'), ("c.toml", "x = 1")]
)
def test_what_is_no_list_of_shots_is_said_to_be_none(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError):
        shots_from(tmp_path / name)
    with pytest.raises(NotFound):
        shots_from(tmp_path / "none.toml")


def test_preflight_tells_all_and_keeps_nothing(home: Path, tmp_path: Path) -> None:
    import cv2

    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), wander(0.1, 123)[0])
    (tmp_path / "shots.toml").write_text(TOML.replace("The Pier", "Captain Lumen"))
    before = {path: path.stat().st_size for path in (home / "uploads").rglob("*") if path.is_file()}
    code, out, _ = _run(
        home, "preflight", "--shots", tmp_path / "shots.toml", "--first-frame", picture, "--duration", 99, "--json"
    )
    found = json.loads(out)
    assert code == 1
    assert found["passes"] is False
    assert [each["input"] for each in found["failing"]] == ["title of shot 1"]
    assert [each["field"] for each in found["errors"]] == ["duration"]
    assert [each["input"] for each in found["decisions"]] == ["prompt", "Image 1"]
    assert {path: path.stat().st_size for path in (home / "uploads").rglob("*") if path.is_file()} == before
    with Faircut(Settings(home=home)) as faircut:
        assert not list(faircut.ledger.events(kind="decision"))
        assert not faircut.studio.list()


@pytest.mark.parametrize(("prompt", "status"), [("A quiet pier", 0), ("Captain Lumen on a pier", 3)])
def test_the_exit_status_is_the_verdict(home: Path, prompt: str, status: int) -> None:
    code, out, _ = _run(home, "preflight", prompt)
    assert code == status
    assert ("it would be made" in out) == (status == 0)


def test_texts_and_a_file_of_shots_exclude_one_another(home: Path, tmp_path: Path) -> None:
    (tmp_path / "shots.toml").write_text(TOML)
    assert _run(home, "preflight")[0] == 2
    assert _run(home, "generate", "words", "--shots", tmp_path / "shots.toml")[0] == 2


def test_every_mistake_of_a_file_is_told(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from faircut.cli import main

    shots = tmp_path / "shots.toml"
    shots.write_text('[[shots]]\nprompt = 3\nmood = "sad"\n')
    monkeypatch.setattr(sys, "argv", ["faircut", "--home", str(home), "preflight", "--shots", str(shots)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    told = capsys.readouterr().err
    assert "shots[0].prompt" in told
    assert "shots[0].mood" in told
