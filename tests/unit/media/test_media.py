from __future__ import annotations

import wave
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.domain import MediaKind
from faircut.errors import FaircutError, InputError, LimitExceeded, NotFound, UnreadableMedia
from faircut.extract import CachedExtractor, FileExtractor
from faircut.media.assets import asset_from_file, asset_from_text
from faircut.media.decode import SAMPLE_RATE, LumaBatch, SampleBatch, decode, frame_at
from faircut.media.limits import MediaLimits
from faircut.media.probe import probe
from support.media import RATE, tune, wander, write_video

LIMITS = MediaLimits()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_video(path, wander(3, 1), 24, tune(3, 1))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tiff", "gif"])
def test_pictures_are_images_whatever_they_are_called(tmp_path: Path, suffix: str) -> None:
    cv2.imwrite(str(tmp_path / f"picture.{suffix}"), wander(0.1, 2)[0])
    named = (tmp_path / f"picture.{suffix}").rename(tmp_path / "picture.dat")
    found = probe(named, "Image 1")
    assert (found.kind, found.width, found.height) == (MediaKind.IMAGE, 320, 180)


def test_an_animated_gif_is_a_clip(tmp_path: Path) -> None:
    frames = wander(1, 3, fps=5)
    with av.open(str(tmp_path / "moving.gif"), "w") as writer:
        stream = writer.add_stream("gif", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "rgb8"
        for frame in frames:
            writer.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(format="rgb8")))
        writer.mux(stream.encode(None))
    assert probe(tmp_path / "moving.gif", "Video 1").kind is MediaKind.VIDEO


def test_sound_is_sound(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tune(4, 1) * 20000).astype("<i2").tobytes())
    found = probe(tmp_path / "sound.wav", "Audio 1")
    assert (found.kind, found.has_audio) == (MediaKind.AUDIO, True)
    assert found.seconds == pytest.approx(4, abs=0.05)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk" * 1000,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:1/x.ts\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
        b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64,
    ],
    ids=["empty", "junk", "playlist", "concat script", "dash", "hollow mp4"],
)
def test_what_is_no_media_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.mp4").write_bytes(content)
    with pytest.raises(UnreadableMedia) as caught:
        asset_from_file(tmp_path / "file.mp4", "Image 3")
    assert caught.value.field == "Image 3"
    assert "JPEG" in caught.value.remedy
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        probe(tmp_path / "nothing.mp4", "Video 1")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_end_in_an_error_of_ours_or_decode(film: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(film.read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    path = tmp_path / "damaged.mp4"
    path.write_bytes(bytes(content))
    try:
        for _ in decode(path, "Video 1", MediaLimits(max_wall_seconds=20)):
            pass
    except FaircutError as error:
        assert error.field == "Video 1"  # noqa: PT017  decoding in spite of the damage is fine too


def test_every_frame_and_all_sound_come_out_once(film: Path) -> None:
    batches = list(decode(film, "Video 1", LIMITS))
    times = np.concatenate([batch.times for batch in batches if isinstance(batch, LumaBatch)])
    samples = sum(len(batch.samples) for batch in batches if isinstance(batch, SampleBatch))
    assert len(times) == 72
    assert np.allclose(times, np.arange(72) / 24, atol=1e-3)
    assert samples / SAMPLE_RATE == pytest.approx(3, abs=0.1)


def test_luma_planes_are_area_averages(tmp_path: Path) -> None:
    picture = wander(0.1, 5, size=(640, 384))[0]
    cv2.imwrite(str(tmp_path / "p.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    (batch,) = decode(tmp_path / "p.png", "Image 1", LIMITS)
    assert isinstance(batch, LumaBatch)
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(batch.planes[0].astype(int) - grey.astype(int)).mean() < 3


def test_limits_hold_before_decoding(film: Path) -> None:
    for limits, word in (
        (MediaLimits(max_bytes=1000), "MiB"),
        (MediaLimits(max_pixels=1000), "pixels"),
        (MediaLimits(max_seconds=1.0), "lasts"),
    ):
        with pytest.raises(LimitExceeded, match=word):
            probe(film, "Video 1", limits)


def test_time_to_decode_is_limited(film: Path) -> None:
    with pytest.raises(LimitExceeded, match="Decoding took"):
        list(decode(film, "Video 1", MediaLimits(max_wall_seconds=0.0)))


def test_frame_at_shows_the_frame_of_that_moment(film: Path) -> None:
    expected = wander(3, 1)
    for seconds in (0.0, 0.5, 2.0, 2.9):
        shown = frame_at(film, seconds, "Video 1").astype(int)
        differences = [np.abs(shown - frame.astype(int)).mean() for frame in expected]
        assert abs(int(np.argmin(differences)) - seconds * 24) <= 1
    assert frame_at(film, 100.0, "Video 1").shape == (180, 320, 3)


def test_a_file_used_as_another_kind_is_refused(film: Path) -> None:
    with pytest.raises(InputError, match="a video, not an image"):
        FileExtractor(LIMITS, queries=True).extract(film, MediaKind.IMAGE, label="Image 1")


def test_references_and_queries_keep_different_things(film: Path) -> None:
    stored = FileExtractor(LIMITS, queries=False).extract(film, MediaKind.VIDEO, label="reference")
    asked = FileExtractor(LIMITS, queries=True).extract(film, MediaKind.VIDEO, label="query")
    assert stored.keys() == asked.keys() == {"pdq-v1", "keypoints-v2", "chromaprint-v1", "landmarks-v1", "levels-v1"}
    assert asked["pdq-v1"].codes.shape == (72, 256)
    assert stored["pdq-v1"].codes.shape[1] == 32
    assert len(stored["pdq-v1"]) < 72


def test_the_cache_answers_for_the_same_bytes_only(film: Path) -> None:
    class Counting(FileExtractor):
        calls = 0

        def extract(self, path, kind, **more):  # type: ignore[no-untyped-def]
            Counting.calls += 1
            return super().extract(path, kind, **more)

    cached = CachedExtractor(Counting(LIMITS, queries=True), entries=1)
    one = cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="x")
    assert cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="y") is one
    cached.extract_digest("b" * 64, film, MediaKind.VIDEO, label="x")
    cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="x")
    assert Counting.calls == 3


def test_the_cache_keeps_within_its_bytes_and_the_last_file_anyhow(film: Path) -> None:
    cached = CachedExtractor(FileExtractor(LIMITS, queries=True), most_bytes=1)
    one = cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="x")
    assert cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="x") is one
    cached.extract_digest("b" * 64, film, MediaKind.VIDEO, label="x")
    assert cached.extract_digest("a" * 64, film, MediaKind.VIDEO, label="x") is not one


@given(st.text())
def test_any_text_is_an_asset(text: str) -> None:
    asset = asset_from_text(text)
    assert asset.text == text
    assert len(asset.digest) == 64


def test_lone_surrogates_do_not_escape() -> None:
    assert asset_from_text("a\ud800b").size == 3
