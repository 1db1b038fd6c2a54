"""Clips on disk: what is cut, hidden and written is what the truth says."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.support.numbered import FPS, clicks, read_number

from faircut.bench.clips import cut, edited, embedded, muted, write
from faircut.bench.edits import EDITS, PLAIN
from faircut.bench.footage import RATE, Footage
from faircut.bench.pictures import drawn
from faircut.domain import MediaKind
from faircut.errors import InputError, NotFound


def shown_at(path: Path, times: list[float]) -> list[int]:
    """The numbers that a file shows at these times."""
    with av.open(str(path)) as reader:
        frames = [
            (frame.time or 0.0, read_number(frame.to_ndarray(format="rgb24"))) for frame in reader.decode(video=0)
        ]
    return [next(number for at, number in reversed(frames) if at <= time + 1e-3) for time in times]


def loud_at(sound: np.ndarray, time: float) -> bool:
    around = sound[round((time + 0.005) * RATE) : round((time + 0.04) * RATE)]
    return float(np.abs(around).max(initial=0.0)) > 0.3


@pytest.fixture
def host() -> Footage:
    frames = [drawn((192, 108), 5, number / 30) for number in range(60)]
    return Footage(frames, 30.0, (0.05 * np.random.default_rng(1).standard_normal(2 * RATE)).astype(np.float32))


def test_a_cut_holds_the_frames_and_the_sound_of_its_seconds(numbered_file: Path) -> None:
    piece = cut(numbered_file, 3.0, 2.5)
    assert [read_number(frame) for frame in piece.frames if frame is not None] == list(range(72, 132))
    assert piece.pieces[0].reference == pytest.approx((3.0, 5.5), abs=0.002)
    assert len(piece.sound) == round(2.5 * RATE)
    assert [loud_at(piece.sound, time) for time in (0.0, 0.5, 1.0, 1.5, 2.0)] == [True, False, True, False, True]


def test_a_cut_between_two_frames_begins_at_the_next(numbered_file: Path) -> None:
    piece = cut(numbered_file, 3.03, 1.0)
    assert read_number(piece.frames[0]) == 73
    assert piece.pieces[0].reference.start == pytest.approx(73 / FPS, abs=0.002)


def test_a_cut_is_bounded_in_size_and_ends_with_the_file(numbered_file: Path) -> None:
    piece = cut(numbered_file, 9.0, 5.0, longest=96, sound=False)
    assert piece.frames[0].shape == (54, 96, 3)
    assert piece.seconds == pytest.approx(1.0, abs=1 / FPS)
    assert not len(piece.sound)


def test_a_cut_outside_the_file_is_refused(numbered_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        cut(numbered_file, 30.0, 1.0)
    with pytest.raises(NotFound):
        cut(tmp_path / "none.mp4", 0.0, 1.0)


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_a_hidden_clip_on_disk_shows_what_its_truth_says(
    numbered_file: Path, host: Footage, tmp_path: Path, suffix: str
) -> None:
    clip = embedded(cut(numbered_file, 2.0, 3.0), host, lead=1.5, tail=1.0)
    written = write(clip, PLAIN, tmp_path / f"hidden.{suffix}")
    assert written.kind is MediaKind.VIDEO
    assert written.seconds == pytest.approx(5.5, abs=1 / FPS)
    (piece,) = written.pieces
    assert piece.query == pytest.approx((1.5, 4.5), abs=1 / FPS)
    times = [1.6, 2.5, 3.7, 4.4]
    expected = [int(piece.film_time(time) * FPS + 0.5) for time in times]
    assert shown_at(written.path, times) == pytest.approx(expected, abs=1)
    # Sound stands where the picture does: the film's full seconds are heard at 1.5, 2.5 and 3.5 s.
    sound = cut(written.path, 0.0, 5.5).sound
    assert [loud_at(sound, time) for time in (1.0, 1.5, 2.0, 2.5, 3.5, 5.0)] == [False, True, False, True, True, False]


def test_lost_frames_leave_gaps_in_the_times(numbered: Footage, tmp_path: Path) -> None:
    clip = edited(muted(numbered), EDITS["dropped-frames"], seed=2)
    written = write(clip, EDITS["dropped-frames"], tmp_path / "gaps.mp4")
    with av.open(str(written.path)) as reader:
        times = [frame.time for frame in reader.decode(video=0)]
        assert not reader.streams.audio
    assert len(times) == 192 - 19
    assert times[-1] - times[0] == pytest.approx(8.0 - 1 / FPS, abs=2 / FPS)


def test_low_quality_is_smaller_and_144_lines_are_144(numbered: Footage, tmp_path: Path) -> None:
    clip = muted(numbered)
    sizes = {}
    for edit in (PLAIN, EDITS["crf-45"]):
        sizes[edit.name] = write(clip, edit, tmp_path / f"{edit.name}.mp4").path.stat().st_size
    assert sizes["crf-45"] < 0.7 * sizes["plain"]
    large = Footage([cv2.resize(frame, (384, 216)) for frame in numbered.frames[:5]], 24.0)
    low = write(edited(large, EDITS["144p"], seed=1), EDITS["144p"], tmp_path / "low.mp4")
    with av.open(str(low.path)) as reader:
        assert reader.streams.video[0].codec_context.height == 144


def test_a_still_is_written_as_an_image(numbered: Footage, tmp_path: Path) -> None:
    clip = edited(numbered, EDITS["still"], seed=4)
    written = write(clip, EDITS["still"], tmp_path / "still.mp4")
    assert written.kind is MediaKind.IMAGE
    assert written.path.suffix == ".jpg"
    number = read_number(cv2.imread(str(written.path)))
    assert number == pytest.approx((written.pieces[0].reference.start - 10.0) * FPS, abs=0.6)


def test_a_sound_is_hidden_and_written_as_sound(host: Footage, tmp_path: Path) -> None:
    film = Footage([drawn((64, 36), 1)] * 96, 24.0, clicks(4.0))
    clip = embedded(edited(film, EDITS["volume-down"], seed=1), host, lead=1.0, tail=1.0)
    written = write(clip, EDITS["volume-down"], tmp_path / "quiet.mp4")
    assert written.kind is MediaKind.AUDIO
    assert written.seconds == pytest.approx(6.0, abs=0.01)


def test_others_go_round_when_they_end(numbered: Footage) -> None:
    short = Footage([np.full((108, 192, 3), shade, np.uint8) for shade in (10, 20)], 1.0)
    clip = edited(numbered, EDITS["split-screen"], seed=1, others=(short,))
    shades = [{10, 20} & {int(each) for each in np.unique(frame)} for frame in clip.frames if frame is not None]
    assert any(10 in each for each in shades)
    assert any(20 in each for each in shades)
