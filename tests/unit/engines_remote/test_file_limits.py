"""Every limit that Seedance documents for files: what is just within it passes, what is beyond it is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fake_ark import KEY
from studio_doubles import Bench, request, write_video

from faircut.domain import Asset, MediaKind
from faircut.engines.file_limits import file_errors
from faircut.engines.files import Measures
from faircut.engines.seedance_limits import FILES
from faircut.errors import EngineInputUnreadable, FaircutError, LimitExceeded

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
RIGHT = {
    IMAGE: Measures("image/png", 800, 600),
    VIDEO: Measures("video/mp4", 1280, 720, 5.0, 24.0),
    AUDIO: Measures("audio/wav", seconds=5.0),
}
LABELS = {IMAGE: "Image 1", VIDEO: "Video 1", AUDIO: "Audio 1"}
MB = 1 << 20


def errors(kind: MediaKind, *changes: dict[str, Any], size: int = 1000) -> list[FaircutError]:
    """The errors of files of a kind that differ so from right ones."""
    name = LABELS[kind][:-1]
    files = [Asset(f"{name}{number}", kind, f"{number}", size) for number, _ in enumerate(changes, 1)]
    found = {each.label: replace(RIGHT[kind], **change) for each, change in zip(files, changes, strict=True)}
    return file_errors(files, FILES, who="Seedance", look=lambda asset: found[asset.label])


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        *((IMAGE, {"type": f"image/{name}"}) for name in ("jpeg", "webp", "bmp", "tiff", "gif", "heic")),
        (IMAGE, {"width": 300, "height": 300}),
        (IMAGE, {"width": 6000, "height": 2400}),
        (IMAGE, {"width": 400, "height": 1000}),
        (VIDEO, {"type": "video/quicktime"}),
        *((VIDEO, {"seconds": seconds}) for seconds in (2.0, 15.0, 15.05)),
        *((VIDEO, {"fps": fps}) for fps in (23.976, 24.0, 59.94, 60.0)),
        (AUDIO, {"type": "audio/mpeg"}),
        *((AUDIO, {"seconds": seconds}) for seconds in (2.0, 15.05)),
    ],
)
def test_what_is_within_the_limits_passes(kind: MediaKind, change: dict[str, Any]) -> None:
    assert errors(kind, change) == []


@pytest.mark.parametrize(
    ("kind", "change", "said", "accepted"),
    [
        (IMAGE, {"type": "image/avif"}, "image/avif", "JPEG, PNG, WEBP, BMP, TIFF, GIF and HEIC"),
        (IMAGE, {"width": 299}, "299x600", "300 to 6000 pixels"),
        (IMAGE, {"height": 6001, "width": 6000}, "6000x6001", "300 to 6000 pixels"),
        (IMAGE, {"width": 390, "height": 1000}, "0.39 times", "0.4 to 2.5 times"),
        (IMAGE, {"width": 1530, "height": 600}, "2.55 times", "0.4 to 2.5 times"),
        (VIDEO, {"type": "video/webm"}, "video/webm", "MP4 and MOV"),
        (VIDEO, {"seconds": 1.7}, "1.7 seconds", "2 to 15 seconds"),
        (VIDEO, {"seconds": 15.3}, "15.3 seconds", "2 to 15 seconds"),
        (VIDEO, {"fps": 12.0}, "12 frames", "24 to 60 frames a second"),
        (VIDEO, {"fps": 23.0}, "23 frames", "24 to 60 frames a second"),
        (VIDEO, {"fps": 120.0}, "120 frames", "24 to 60 frames a second"),
        (VIDEO, {"fps": 0.0}, "does not say", "24 to 60 frames a second"),
        (AUDIO, {"type": "audio/flac"}, "audio/flac", "WAV and MP3"),
        (AUDIO, {"seconds": 1.0}, "1.0 seconds", "2 to 15 seconds"),
        (AUDIO, {"seconds": 16.0}, "16.0 seconds", "2 to 15 seconds"),
    ],
)
def test_what_is_beyond_a_limit_is_named_with_what_is_accepted(
    kind: MediaKind, change: dict[str, Any], said: str, accepted: str
) -> None:
    (error,) = errors(kind, change)
    assert isinstance(error, EngineInputUnreadable if "type" in change else LimitExceeded)
    assert error.field == LABELS[kind]
    assert said in error.message
    assert accepted in error.remedy


@pytest.mark.parametrize(("kind", "most"), [(IMAGE, 30), (VIDEO, 50), (AUDIO, 15)])
def test_files_have_a_most_size_which_is_known_without_opening_them(kind: MediaKind, most: int) -> None:
    assert errors(kind, {}, size=most * MB) == []
    (error,) = errors(kind, {"type": "not looked at"}, size=most * MB + 1)
    assert f"{most} MB" in error.remedy


@pytest.mark.parametrize(("kind", "name"), [(VIDEO, "Video"), (AUDIO, "Audio")])
def test_seconds_count_together_and_every_file_at_fault_is_named(kind: MediaKind, name: str) -> None:
    assert errors(kind, *[{"seconds": 5.0}] * 3) == []
    found = errors(kind, {"seconds": 1.0}, {"seconds": 8.0}, {"seconds": 7.0})
    assert [(each.field, "together" in each.remedy) for each in found] == [(f"{name} 1", False), (f"{name} 3", True)]


def test_the_same_limits_hold_at_every_door_of_the_engine(tmp_path: Any) -> None:
    bench = Bench(tmp_path / "home", engine_options={"ark": {"api_key": KEY, "clip_links": True}})
    try:
        clips = []
        for number, (seconds, fps) in enumerate(((3, 12), (1, 24), (3, 24)), 1):
            path = tmp_path / f"{number}.mp4"
            write_video(path, (320, 240), seconds, fps=fps, audio=False)
            clips.append(bench.upload(path.read_bytes(), f"Video {number}", VIDEO))
        with pytest.raises(LimitExceeded) as raised:
            bench.studio.submit(replace(request(engine="ark"), clips=tuple(clips)), owner="ada")
        found = [raised.value, *raised.value.others]
        assert [each.field for each in found] == ["Video 1", "Video 2"]
        assert [each.remedy for each in found] == [
            "The engine ark takes 24 to 60 frames a second.",
            "The engine ark takes 2 to 15 seconds.",
        ]
    finally:
        bench.close()
