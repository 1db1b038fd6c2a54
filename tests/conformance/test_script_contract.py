"""The contract for scripts: others run the project by it, so each line of docs/contract-for-scripts.md has a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.media import tune, wander, write_video

FAIRCUT = Path(sys.executable).parent / "faircut"
REASON_FIELDS = {
    "code", "input", "work", "element", "query_segment", "reference_segment", "score", "message", "remedy",
}  # fmt: skip


class Shell:
    """A data folder and the command, as a script would use them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "FAIRCUT_HOME": str(folder / "home")}

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [FAIRCUT, *map(str, words)], env=self.environment, cwd="/", capture_output=True, text=True, timeout=120
        )

    def decisions(self, *words: str | Path, status: int) -> list[dict]:
        done = self.run("screen", *words, "--json")
        assert done.returncode == status, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("contract")
    shell = Shell(folder)
    (folder / "files").mkdir()
    write_video(folder / "files" / "film.mp4", wander(8, 21), 24, tune(8, 21))
    write_video(folder / "innocent.mp4", wander(5, 22), 24, tune(5, 22))
    write_video(folder / "copy.mp4", wander(8, 21)[48:, :, ::-1], 24)
    document = {
        "parties": [{"name": "North Pictures"}],
        "works": [
            {
                "title": "The Salt Lantern",
                "party": "North Pictures",
                "identifiers": [{"scope": "EIDR", "value": "10.5240/7791-8534-2C23-9030-8610-5"}],
                "references": [{"path": "files/film.mp4", "exclude": [[0, 0.5]]}],
                "elements": [
                    {
                        "kind": "character",
                        "name": "Mirabel Quench",
                        "aliases": ["The Brine Widow"],
                        "tagline": "A diver who keeps a light in her lungs",
                        "description": "A tall diver in a copper helmet with a glowing chest.",
                        "keywords": ["copper helmet"],
                        "policy": "block",
                        "references": [],
                    },
                    {"kind": "prop", "name": "Tidewick Compass", "policy": "review"},
                ],
            }
        ],
    }
    (folder / "catalogue.json").write_text(json.dumps(document))
    done = shell.run("catalogue", "import", folder / "catalogue.json")
    assert done.returncode == 0, done.stderr
    return shell


def test_the_environment_lives_in_venv() -> None:
    assert FAIRCUT.is_file()
    assert ".venv" in (Path(__file__).parents[2] / "Makefile").read_text()
    assert ".venv" in (Path(__file__).parents[2] / "scripts" / "setup").read_text()


def test_the_home_variable_selects_the_data_folder(shell: Shell) -> None:
    assert (shell.folder / "home" / "faircut.db").is_file()


def test_allow_is_status_0(shell: Shell) -> None:
    (decision,) = shell.decisions("--prompt", "A lighthouse keeper bakes bread at dawn", status=0)
    assert decision["verdict"] == "allow"
    assert decision["reasons"] == []
    assert {check["name"] for check in decision["checks"]} >= {"names"}
    for check in decision["checks"]:
        assert check["outcome"] == "passed"
        assert check["version"]
        assert check["milliseconds"] >= 0


def test_block_is_status_3_and_says_all(shell: Shell) -> None:
    (decision,) = shell.decisions("--prompt", "Mirabel Quench walks into a bar", status=3)
    (reason,) = decision["reasons"]
    assert reason.keys() >= REASON_FIELDS
    assert (reason["input"], reason["work"], reason["element"]) == ("prompt", "The Salt Lantern", "Mirabel Quench")
    assert reason["query_segment"] is None
    assert reason["message"]
    assert reason["remedy"]


def test_review_is_status_4(shell: Shell) -> None:
    (decision,) = shell.decisions("--prompt", "she lifts the Tidewick Compass", status=4)
    assert decision["verdict"] == "review"


def test_a_file_of_prompts_gives_a_line_each_and_the_gravest_status(shell: Shell) -> None:
    prompts = shell.folder / "prompts.txt"
    prompts.write_text("a quiet harbour\nThe Brine Widow sings\n\nthe Tidewick Compass\n", encoding="utf-8")
    decisions = shell.decisions("--prompts", prompts, status=3)
    assert [decision["verdict"] for decision in decisions] == ["allow", "block", "allow", "review"]


def test_a_mirrored_copy_is_blocked_with_segments(shell: Shell) -> None:
    allowed, blocked = shell.decisions(shell.folder / "innocent.mp4", shell.folder / "copy.mp4", status=3)
    assert allowed["verdict"] == "allow"
    assert {check["name"] for check in allowed["checks"]} >= {"media", "picture", "sound"}
    (reason,) = blocked["reasons"]
    assert (reason["work"], reason["element"]) == ("The Salt Lantern", None)
    assert reason["query_segment"] == pytest.approx([0, 6], abs=0.5)
    assert reason["reference_segment"] == pytest.approx([2, 8], abs=0.5)
    assert 0.5 < reason["score"] <= 1


def test_errors_are_status_1_and_usage_is_2(shell: Shell) -> None:
    junk = shell.folder / "junk.mp4"
    junk.write_bytes(b"no media")
    first, second = shell.decisions(junk, shell.folder / "innocent.mp4", status=1)
    assert first["error"]["code"] == "input.unreadable"
    assert first["verdict"] is None
    assert second["verdict"] == "allow"
    assert shell.run("screen").returncode == 2
    assert shell.run("screen", "--no-such-flag").returncode == 2
    assert shell.run("catalogue", "import", shell.folder / "nothing.json").returncode == 1


def test_importing_twice_adds_nothing_and_the_ledger_verifies(shell: Shell) -> None:
    before = shell.run("catalogue", "export").stdout
    assert shell.run("catalogue", "import", shell.folder / "catalogue.json").returncode == 0
    assert shell.run("catalogue", "export").stdout == before
    assert shell.run("ledger", "verify").returncode == 0


def test_a_wrong_import_registers_nothing(shell: Shell) -> None:
    before = shell.run("catalogue", "export").stdout
    wrong = shell.folder / "wrong.json"
    works = [
        {"title": "Fine", "party": "North Pictures"},
        {"title": "Not fine", "party": "North Pictures", "identifiers": {"EIDR": "10.5240/7791-8534-2C23-9030-8610-6"}},
    ]
    wrong.write_text(json.dumps({"works": works}))
    done = shell.run("catalogue", "import", wrong)
    assert done.returncode == 1
    assert "works[1].identifiers" in done.stderr
    assert shell.run("catalogue", "export").stdout == before
