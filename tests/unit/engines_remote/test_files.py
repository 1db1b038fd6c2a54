"""What is learned of a file before it is handed on, and what is taken out of one that came back."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_doubles import add_cover, write_video

from faircut.domain import Asset, MediaKind
from faircut.engines.files import keep_picture_and_sound, measure, media_type
from faircut.errors import EngineInputUnreadable


def kinds(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


def frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("sound", [True, False])
def test_covers_and_unwanted_sound_are_taken_away_and_no_frame_is_lost(tmp_path: Path, sound: bool) -> None:
    write_video(tmp_path / "plain.mp4", (320, 240), 1)
    add_cover(tmp_path / "plain.mp4", tmp_path / "made.mp4")
    assert len(kinds(tmp_path / "made.mp4")) == 3
    keep_picture_and_sound(tmp_path / "made.mp4", sound=sound)
    assert kinds(tmp_path / "made.mp4") == ["video", "audio"][: 2 if sound else 1]
    assert frames(tmp_path / "made.mp4") == 24
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made.mp4", "plain.mp4"]


@pytest.mark.parametrize("data", [b"", b"not a video", b"\x00\x00\x00 ftypisom" + bytes(50)])
def test_what_cannot_be_read_stays_as_it_is(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "made.mp4").write_bytes(data)
    keep_picture_and_sound(tmp_path / "made.mp4", sound=True)
    assert (tmp_path / "made.mp4").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["made.mp4"]


def test_a_clip_is_measured(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", (320, 240), 2)
    found = measure(Asset("Video 1", MediaKind.VIDEO, "d", 1, path=tmp_path / "a.mp4"))
    assert (found.type, found.width, found.height, found.fps) == ("video/mp4", 320, 240, 24.0)
    assert found.seconds == pytest.approx(2, abs=0.1)


def test_a_file_that_is_gone_is_named() -> None:
    for path in (None, Path("nowhere.mp4")):
        with pytest.raises(EngineInputUnreadable) as raised:
            measure(Asset("Video 1", MediaKind.VIDEO, "d", 1, path=path))
        assert raised.value.field == "Video 1"


@given(st.binary(max_size=64), st.sampled_from(list(MediaKind)))
def test_any_bytes_have_some_type(head: bytes, kind: MediaKind) -> None:
    assert media_type(head, kind).count("/") == 1
