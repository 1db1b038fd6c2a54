"""Drawn words are read, whichever way they lie; where nothing is written nothing is; what is pinned is what runs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.errors import ConfigError
from faircut.reading import film, models
from faircut.reading.film import FilmReader, read_picture
from faircut.reading.likely import likely_places
from faircut.text.written import ALGORITHM, WrittenLine, as_fingerprint, text_of, written_lines
from support.writing import Picture, lettered, painted


def said(picture: Picture, longest: int = 640) -> list[str]:
    found = read_picture(picture, 0.0, longest)
    assert found is not None
    return [line.text for line in found]


@dataclass
class Shown:
    """A picture as the decoder hands it on."""

    picture: Picture
    time: float = 0.0
    asked: int = 0

    def grey(self, longest: int) -> Picture:
        return np.asarray(cv2.cvtColor(self.picture, cv2.COLOR_BGR2GRAY), np.uint8)

    def colours(self, longest: int) -> Picture:
        self.asked += 1
        return self.picture


def plane(picture: Picture) -> Picture:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("turn", [0, 25, 90, -90, 180])
def test_words_are_read_whichever_way_they_lie(turn: float) -> None:
    assert "Moorwatch Hill" in said(lettered("Moorwatch Hill", turn=turn))


def test_mirrored_words_are_read() -> None:
    mirrored = np.ascontiguousarray(lettered("Moorwatch Hill", pixels=40)[:, ::-1])
    assert "".join(said(mirrored)).replace(" ", "").casefold() == "moorwatchhill"


def test_small_words_on_a_busy_ground_are_read_and_pointed_at() -> None:
    picture = lettered("Tessaly Quill", painted(busy=True), at=(0.7, 0.8), pixels=14)
    line = next(each for each in read_picture(picture, 2.5, 640) or [] if "Tessaly" in each.text)
    middle = np.mean(line.corners, axis=0)
    assert middle == pytest.approx([0.7, 0.8], abs=0.03)
    assert line.time == 2.5


def test_lines_come_in_reading_order() -> None:
    picture = lettered("first", at=(0.25, 0.3))
    picture = lettered("third", picture, at=(0.3, 0.7))
    assert said(lettered("second", picture, at=(0.7, 0.31))) == ["first", "second", "third"]


def test_a_picture_without_writing_says_nothing() -> None:
    reader = FilmReader(still=True)
    sheet = Shown(painted())
    reader.add(sheet)
    assert sheet.asked == 0, "a smooth picture is not even searched"
    result = reader.finish(0.0)
    assert result is not None
    assert len(result) == 0
    assert all(len(each) < 4 for each in said(painted(busy=True)))


@pytest.mark.parametrize("font", [cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX])
@pytest.mark.parametrize("pixels", [10, 24, 90])
def test_places_with_writing_are_likely_ones(font: int, pixels: int) -> None:
    grey = cv2.cvtColor(lettered("Night Ferry", pixels=pixels, font=font), cv2.COLOR_BGR2GRAY)
    assert likely_places(np.asarray(grey, np.uint8)).any()


def test_what_stays_on_screen_is_read_once_and_what_appears_later_as_well() -> None:
    reader = FilmReader(still=False)
    plain, first = painted(), lettered("Night Ferry", at=(0.5, 0.3))
    both = lettered("Moorwatch", first, at=(0.5, 0.8))
    for number in range(120):
        picture = plain if number < 30 else first if number < 60 else both
        if reader.wants(plane(picture), number / 24):
            reader.add(Shown(picture, number / 24))
    result = reader.finish(5.0)
    assert result is not None
    lines = written_lines({ALGORITHM: result})
    assert [line.text for line in lines] == ["Night Ferry", "Moorwatch"]
    assert lines[0].time == pytest.approx(30 / 24, abs=0.5)
    assert lines[1].time == pytest.approx(60 / 24, abs=0.5)


def test_the_cost_of_a_busy_film_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(film, "read_picture", lambda picture, time, longest: asked.append(time) or [])
    reader = FilmReader(still=False)
    pictures = [painted(seed, 320, 180, busy=True) for seed in range(6)]
    for number in range(15 * 12):
        picture = pictures[number % 6]
        if reader.wants(plane(picture), number / 12):
            reader.add(Shown(picture, number / 12))
    assert 5 <= len(asked) <= 7
    assert max(np.diff(asked)) < 3.5, "no stretch of the film goes unread for long"


def test_a_page_of_print_is_not_half_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MOST_LINES", 2)
    picture = lettered("one thing", at=(0.5, 0.2))
    for number, y in enumerate((0.5, 0.8)):
        picture = lettered(f"another thing {number}", picture, at=(0.5, y))
    reader = FilmReader(still=True)
    reader.add(Shown(picture))
    assert reader.finish(0.0) is None


def test_a_changed_model_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models._SHA256, models.FINDER, "0" * 64)
    with pytest.raises(ConfigError, match="pinned"):
        models.open_model(models.FINDER)
    with pytest.raises(ConfigError, match="lacks"):
        models.open_model("another.onnx")
    monkeypatch.setattr(models, "_PACKAGE", "no_such_package_here")
    with pytest.raises(ConfigError, match="not installed"):
        models.open_model(models.READER)


_shares = st.floats(0, 1)
_lines = st.builds(
    WrittenLine,
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
    st.floats(0, 1e4, width=32),
    st.tuples(*[st.tuples(_shares, _shares)] * 4),
    _shares,
)


@given(st.lists(_lines, max_size=5))
def test_lines_travel_as_a_fingerprint(lines: list[WrittenLine]) -> None:
    back = written_lines({ALGORITHM: as_fingerprint(lines, 9.0)})
    assert text_of(back) == text_of(lines)
    for one, other in zip(back, lines, strict=True):
        assert one.time == other.time
        assert one.confidence == pytest.approx(other.confidence, abs=0.006)
        assert np.array(one.corners) == pytest.approx(np.array(other.corners), abs=1e-4)


def test_a_part_of_a_line_lies_within_it() -> None:
    line = WrittenLine("a red fox", 0.0, ((0.1, 0.2), (0.9, 0.2), (0.9, 0.4), (0.1, 0.4)), 1.0)
    corners = line.part(2, 5)
    assert corners[0] == (pytest.approx(0.27, abs=0.03), 0.2)
    assert corners[2] == (pytest.approx(0.54, abs=0.03), 0.4)
    assert line.part(0, 9) == line.corners
