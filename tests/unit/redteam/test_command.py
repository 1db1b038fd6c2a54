"""``faircut redteam`` end to end: copies of pictures and sounds, writing on pictures, what passed, and the floor."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from faircut.app import Faircut
from faircut.cli import app as cli
from faircut.config import Settings
from support.media import RATE, tune
from support.pictures import mural

FREE = "Hua Mulan"
"""A figure that belongs to everybody: registered or not, requests that name it pass."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("redteam")
    picture, sound = folder / "mural.png", folder / "tune.wav"
    cv2.imwrite(str(picture), mural(3))
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tune(12, 4) * 32767).astype(np.int16).tobytes())
    with Faircut(Settings(home=folder / "home")) as faircut:
        catalogue = faircut.catalogue
        catalogue.add_party("Lantern House", actor="tests")
        work = catalogue.add_work("The Pewter Tide", "Lantern House", actor="tests").id
        for name, file_of in (("Tobermane Wix", picture), ("Quorvalune Rising", sound), (FREE, None)):
            element = catalogue.add_element("title", name, work=work, actor="tests")
            if file_of is not None:
                catalogue.add_reference(file_of, element=element.id, actor="tests")
    return folder / "home"


@pytest.fixture
def attacked(home: Path) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--home", str(home), "redteam", *arguments])

    return run


def values(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_edited_copies_of_pictures_and_sounds_are_uploaded(attacked: Callable[..., Result]) -> None:
    named = ("--element", "Tobermane Wix", "--element", "Quorvalune Rising")
    done = attacked(*named, "--budget", "1", "--copies", "2", "--fail-over", "0", "--json")
    assert done.exit_code == 0, done.output
    *each, whole = values(done)
    assert [(one["goals"]["copy"]["attacks"], one["goals"]["copy"]["passed"]) for one in each] == [(2, 0), (2, 0)]
    assert whole["total"]["attacks"] == 6
    assert sum(tally["attacks"] for family, tally in whole["families"].items() if family.startswith("copy: ")) == 4


def test_writing_on_a_picture_is_attacked_and_read(attacked: Callable[..., Result]) -> None:
    done = attacked("--element", "Tobermane Wix", "--budget", "2", "--families", "as it is,drawn into", "--json")
    assert done.exit_code == 0, done.output
    one, whole = values(done)
    assert whole["families"]["name: drawn into a picture"]["attacks"] == one["attacks"] > 0
    assert (one["passed"], whole["notes"]) == (0, [])


def test_what_passed_is_written_down_and_too_much_of_it_fails(attacked: Callable[..., Result], tmp_path: Path) -> None:
    passed = tmp_path / "passed.jsonl"
    asked = ("--element", FREE, "--budget", "4", "--families", "as it is,in a prompt", "--survivors", str(passed))
    done = attacked(*asked, "--fail-over", "0.5")
    assert done.exit_code == 3, done.output
    lines = [json.loads(line) for line in passed.read_text(encoding="utf-8").splitlines()]
    assert f"{len(lines)} of {len(lines)} attacks passed: 100.00% (95 %: at most 100.00%)" in done.stdout
    assert "honest requests: 0 of" in done.stdout
    assert {line["element"] for line in lines} == {FREE}
    assert all(FREE in request["shots"][0] for line in lines for request in line["requests"])
