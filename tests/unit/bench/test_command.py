"""``faircut bench matching`` on small films, from the command to the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.support.media import tune, wander, write_video
from typer.testing import CliRunner

from faircut.cli import app
from faircut.errors import InputError

runner = CliRunner()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two films and an innocent clip."""
    root = tmp_path_factory.mktemp("films")
    for folder, name, seed in (("films", "amber", 1), ("films", "birch", 2), ("innocent", "holiday", 3)):
        (root / folder).mkdir(exist_ok=True)
        write_video(root / folder / f"{name}.mp4", wander(7, seed), sound=tune(7, seed))
    return root / "films", root / "innocent"


def arguments(folders: tuple[Path, Path], *more: str) -> list[str]:
    films, innocent = folders
    named = ["--films", str(films), "--innocent", str(innocent)]
    return ["bench", "matching", *named, "--seconds", "4-5", "--jobs", "1", *more]


def test_it_finds_the_easy_ones_and_writes_what_it_found(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setenv("FAIRCUT_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("FAIRCUT_DATABASE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    done = runner.invoke(
        app, arguments(folders, "--excerpts", "2", "--edits", "mirror,still,mp3-64k", "--output", str(out), "--json")
    )
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    rows = {line["edit"]: line for line in lines if "edit" in line and not line["part"].startswith("Single")}
    assert rows["mirror"]["n"] == rows["mirror"]["found"] == 2
    assert rows["mp3-64k"]["found"] == 2
    assert rows["still"]["innocent"] == 1
    totals = [line["total"] for line in lines if "total" in line]
    assert [each["mistaken"] for each in totals] == [0, 0, 0]
    assert totals[0]["precision"] > 0.5
    kept = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert [film["title"] for film in kept["films"]] == ["amber", "birch"]
    assert len(kept["clips"]["queries"]) == 9
    first = kept["clips"]["queries"][0]
    assert first["truth"][0]["speed"] == 1.0
    assert first["matches"][0]["film"] == first["film"]
    # The films of a measurement have no place in anybody's catalogue.
    assert not (tmp_path / "mine").exists()
    assert not (tmp_path / "mine.db").exists()
    assert (out / "matching-recall.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_table_says_what_was_counted_and_what_was_not_there(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    done = runner.invoke(app, arguments(folders, "--excerpts", "1", "--edits", "invert", "--frames-only"))
    assert done.exit_code == 0, done.output
    assert "not installed, so not compared with: vpdq" in done.stderr
    assert "inverted" in done.stdout
    assert "/5" in done.stdout
    assert "false matches: 0 in " in done.stdout


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (["--seconds", "a-b"], "--seconds"),
        (["--seconds", "9-5"], "--seconds"),
        (["--edits", "moonwalk"], "--edits"),
        (["--edits", "reversed", "--frames-only"], "--edits"),
    ],
)
def test_mistakes_are_named(folders: tuple[Path, Path], flags: list[str], field: str) -> None:
    done = runner.invoke(app, arguments(folders, *flags))
    assert isinstance(done.exception, InputError)
    assert done.exception.field == field
    alone = runner.invoke(app, ["bench", "matching", "--innocent", str(folders[1])])
    assert isinstance(alone.exception, InputError)


def test_another_seed_asks_other_excerpts(folders: tuple[Path, Path]) -> None:
    def starts(seed: str) -> list[float]:
        from faircut.bench.edits import EDITS
        from faircut.bench.films import given
        from faircut.bench.queries import Plan, clip_queries

        films = given([folders[0]], [folders[1]])
        return [query.place.start for query in clip_queries(films, [EDITS["grey"]], Plan(4, 1, 2.0, 3.0, int(seed)))]

    assert starts("1") == starts("1")
    assert not np.allclose(starts("1"), starts("2"))
