"""Bad input at the doors: names that are no text, folders that cannot be written, halves of characters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from faircut.api.schemas import GenerationIn, PreflightIn
from support.media import wander, write_video


def run(home: Path, *arguments: str | bytes) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FAIRCUT_HOME": str(home)}
    return subprocess.run(
        [Path(sys.executable).with_name("faircut"), *arguments],
        env=environment,
        capture_output=True,
        timeout=120,
        encoding="utf-8",
    )


def test_a_file_name_that_is_not_utf8_is_no_obstacle(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", wander(0.5, 1))
    name = os.fsencode(tmp_path) + b"/\xff.mp4"
    clip.rename(Path(os.fsdecode(name)))
    done = run(tmp_path / "home", "screen", name, os.fsencode(tmp_path) + b"/no\xfe.mp4", "--json")
    judged, missing = [json.loads(line) for line in done.stdout.splitlines()]
    assert (judged["input"], judged["verdict"]) == ("?.mp4", "allow")
    assert missing["error"]["code"] == "not_found"
    assert done.returncode == 1


@pytest.mark.parametrize("home", ["/proc/faircut", "file/home"])
def test_a_home_that_cannot_be_made_is_said_in_words(tmp_path: Path, home: str) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / home, "screen", "--prompt", "a lighthouse")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "storage.failed" in done.stderr


def test_a_database_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "faircut.db").write_bytes(b"no database" * 1000)
    done = run(tmp_path, "ledger", "verify")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "storage.failed" in done.stderr


@pytest.mark.parametrize(
    "body", [{"clips": ["\ud800"]}, {"images": ["up_\udfff"]}, {"engine": "\ud800"}, {"sounds": ["a", "\udc00"]}]
)
def test_half_of_a_character_is_refused_in_a_request(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="surrogate"):
        GenerationIn.model_validate({"shots": [{"prompt": "a lighthouse"}], **body})


def test_half_of_a_character_is_refused_in_a_preflight() -> None:
    with pytest.raises(ValidationError, match="surrogate"):
        PreflightIn.model_validate({"shots": ["a lighthouse"], "names": ["\ud800.png"]})
    assert PreflightIn.model_validate({"shots": ["\U0001f600 lighthouse"]}).shots == ["\U0001f600 lighthouse"]
