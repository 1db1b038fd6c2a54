"""Which films of a folder the demo protects, and what it makes of a list."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from faircut.demo import material, real, video
from faircut.domain import Segment
from faircut.errors import InputError, NotFound
from faircut.protocols import no_progress


def clip(path: Path, seconds: float) -> Path:
    frames = (np.full((36, 64, 3), 40 + number % 100, np.uint8) for number in range(round(seconds * 5)))
    return video.write_movie(path, frames, size=(64, 36), fps=5, sound=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media = tmp_path / "media"
    media.mkdir()
    clip(media / "alpha-film.mp4", 12)
    clip(media / "beta_film.mp4", 10)
    clip(media / "short.mp4", 6)
    (media / "README.md").write_text("about these films")
    return media


@pytest.fixture(autouse=True)
def no_drawing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(material, "clip", lambda out, progress: out / "kites.mp4")
    monkeypatch.setattr(material, "still", lambda out: out / "still.png")


def test_without_a_list_long_videos_are_protected(folder: Path, tmp_path: Path) -> None:
    found = real.collect(folder, tmp_path / "out", no_progress)
    assert found.works == ("alpha film", "beta film")
    assert found.clips == (tmp_path / "out" / "kites.mp4",)
    assert found.cut == Segment(3.75, 8.25)
    document = json.loads(found.catalogue.read_text())
    assert [work["references"][0]["path"] for work in document["works"]] == [str(path) for _, path in found.files]


def test_a_list_says_what_is_protected_and_what_is_innocent(folder: Path, tmp_path: Path) -> None:
    said = {"protect": [{"file": "beta_film.mp4", "title": "Beta"}], "innocent": ["short.mp4", "alpha-film.mp4"]}
    (folder / "demo.json").write_text(json.dumps(said))
    found = real.collect(folder, tmp_path / "out", no_progress)
    assert found.works == ("Beta",)
    assert [path.name for path in found.clips] == ["short.mp4", "alpha-film.mp4"]
    assert found.filler.name == "short.mp4"


def test_what_is_listed_as_innocent_is_not_protected(folder: Path, tmp_path: Path) -> None:
    (folder / "demo.json").write_text(json.dumps({"innocent": ["alpha-film.mp4"]}))
    assert real.collect(folder, tmp_path / "out", no_progress).works == ("beta film",)


def test_two_encodes_of_one_film_get_titles_of_their_own(folder: Path, tmp_path: Path) -> None:
    clip(folder / "Alpha_Film.mkv", 10)
    clip(folder / "alpha film.mp4", 10)
    works = real.collect(folder, tmp_path / "out", no_progress).works
    assert len({title.casefold() for title in works}) == len(works) == 4


@pytest.mark.parametrize(
    "said",
    [
        "{",
        '{"protected": []}',
        '{"protect": ["missing.mp4"]}',
        '{"protect": ["README.md"]}',
        '{"innocent": [7]}',
        '{"protect": "alpha-film.mp4"}',
        "[]",
    ],
)
def test_a_list_that_makes_no_sense_is_an_error(folder: Path, tmp_path: Path, said: str) -> None:
    (folder / "demo.json").write_text(said)
    with pytest.raises(InputError):
        real.collect(folder, tmp_path / "out", no_progress)


def test_a_folder_with_nothing_to_protect_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound):
        real.collect(tmp_path / "empty", tmp_path / "out", no_progress)
