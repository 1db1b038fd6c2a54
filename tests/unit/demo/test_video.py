"""Taking films apart and joining them: the right picture and the right sound at the right time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from faircut.demo import video
from faircut.demo.music import RATE
from faircut.domain import MediaKind
from faircut.errors import UnreadableMedia
from faircut.media.probe import probe

SIZE = (64, 48)


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds that grow brighter frame by frame, dark on the left; a click at 2 s."""
    path = tmp_path_factory.mktemp("video") / "ramp.mp4"

    def frames():  # type: ignore[no-untyped-def]
        for number in range(75):
            frame = np.full((48, 64, 3), 20 + 3 * number, np.uint8)
            frame[:, :16] = 0
            yield frame

    sound = np.zeros(3 * RATE, np.float32)
    sound[2 * RATE : 2 * RATE + 2400] = np.sin(np.arange(2400) / 8)
    return video.write_movie(path, frames(), size=SIZE, fps=25, sound=sound, crf=10)


def bright(frame: np.ndarray) -> float:
    return float(frame[10:38, 30:60].mean())


def test_a_written_film_reads_as_what_it_is(ramp: Path) -> None:
    found = probe(ramp, "film")
    assert (found.kind, found.width, found.height, found.video_codec) == (MediaKind.VIDEO, 64, 48, "h264")
    assert (found.has_audio, found.audio_codec) == (True, "aac")
    assert found.seconds == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize("time", [0.0, 0.5, 1.7, 2.96])
def test_the_picture_at_a_time_is_the_one_shown_then(ramp: Path, time: float) -> None:
    (frame,) = video.stills(ramp, [time + 0.01], SIZE)
    assert bright(frame) == pytest.approx(20 + 3 * (time * 25 // 1), abs=4)


def test_several_times_in_one_pass_agree_with_single_looks(ramp: Path) -> None:
    times = [0.21, 0.22, 1.41, 2.61]
    together = list(video.frames_at(ramp, times, SIZE))
    apart = video.stills(ramp, times, SIZE)
    assert [bright(each) for each in together] == pytest.approx([bright(each) for each in apart], abs=0.5)


def test_after_the_end_the_last_picture_stays(ramp: Path) -> None:
    assert len(list(video.frames_at(ramp, [2.9, 3.5, 4.5], SIZE))) == 3


def test_sound_is_cut_where_it_was_asked_for(ramp: Path) -> None:
    sound = video.sound_of(ramp, 1.5, 1.0)
    assert len(sound) == RATE
    first = int(np.flatnonzero(np.abs(sound) > 0.3)[0])
    assert first / RATE == pytest.approx(0.5, abs=0.03)


def test_a_silent_film_has_silence(tmp_path: Path) -> None:
    path = video.write_movie(
        tmp_path / "silent.mp4", [np.zeros((48, 64, 3), np.uint8)] * 10, size=SIZE, fps=25, sound=None
    )
    assert not video.sound_of(path, 0.0, 0.2).any()


def test_a_montage_holds_its_pieces_in_order_and_mirrors_them(ramp: Path, tmp_path: Path) -> None:
    pieces = [video.Piece(ramp, 2.0, 0.6), video.Piece(ramp, 0.4, 0.8, mirrored=True)]
    path = video.montage(tmp_path / "montage.mp4", pieces, size=SIZE, fps=15, crf=20)
    assert probe(path, "montage").seconds == pytest.approx(1.4, abs=0.1)
    late, early = video.stills(path, [0.3, 1.0], SIZE)
    assert bright(late) > bright(early) + 60
    assert late[:, :10].mean() < 12
    assert early[:, -10:].mean() < 12


def test_filling_crops_the_middle() -> None:
    picture = np.zeros((20, 60, 3), np.uint8)
    picture[:, 20:40] = 200
    assert video.fill(picture, (20, 20)).mean() == pytest.approx(200, abs=1)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("no film at all")
    with pytest.raises(UnreadableMedia):
        video.stills(tmp_path / "words.mp4", [0.0], SIZE)
