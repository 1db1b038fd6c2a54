"""Files made so that a decoder sees only a part of them: each is judged whole, or refused by name."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from faircut.domain import MediaKind
from faircut.errors import UnreadableMedia
from faircut.media.assets import asset_from_file
from faircut.media.decode import LumaBatch, SampleBatch, decode
from faircut.media.limits import MediaLimits
from faircut.media.probe import probe
from support.media import RATE, tune, wander, write_sound, write_video

Frames = npt.NDArray[np.uint8]


def mux(path: Path, pictures: Sequence[Frames] = (), sounds: Sequence[npt.NDArray[np.float32]] = ()) -> Path:
    """Each entry of ``pictures`` and ``sounds`` becomes a stream of its own."""
    with av.open(str(path), "w") as writer:
        tracks = [writer.add_stream("libx264", rate=24, options={"preset": "veryfast", "bf": "0"}) for _ in pictures]
        songs = [writer.add_stream("aac", rate=RATE, layout="mono") for _ in sounds]
        for track, frames in zip(tracks, pictures, strict=True):
            track.width, track.height, track.pix_fmt = frames.shape[2], frames.shape[1], "yuv420p"
        for track, frames in zip(tracks, pictures, strict=True):
            for frame in frames:
                writer.mux(track.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
            writer.mux(track.encode(None))
        for song, samples in zip(songs, sounds, strict=True):
            write_sound(writer, song, samples)
    return path


def wav(path: Path, channels: Sequence[npt.NDArray[np.float32]], layout: str) -> Path:
    samples = (np.stack(channels, axis=1) * 32000).astype("<i2").reshape(1, -1)
    with av.open(str(path), "w") as writer:
        stream = writer.add_stream("pcm_s16le", rate=RATE, layout=layout)
        step = 4096 * len(channels)
        for start in range(0, samples.shape[1], step):
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:, start : start + step]), "s16", layout)
            block.sample_rate = RATE
            writer.mux(stream.encode(block))
        writer.mux(stream.encode(None))
    return path


def seen(path: Path) -> tuple[Frames, npt.NDArray[np.float64]]:
    """All luma planes of a file with their times."""
    batches = [each for each in decode(path, "file", MediaLimits()) if isinstance(each, LumaBatch)]
    return np.concatenate([each.planes for each in batches]), np.concatenate([each.times for each in batches])


def heard(path: Path) -> npt.NDArray[np.float32]:
    return np.concatenate(
        [each.samples for each in decode(path, "file", MediaLimits()) if isinstance(each, SampleBatch)]
    )


@pytest.mark.parametrize(
    ("pictures", "sounds", "name"),
    [(2, 0, "two.mp4"), (2, 1, "two.mkv"), (1, 2, "languages.mp4"), (0, 2, "two.m4a")],
)
def test_several_streams_of_a_kind_are_refused(tmp_path: Path, pictures: int, sounds: int, name: str) -> None:
    path = mux(
        tmp_path / name, [wander(1, seed) for seed in range(pictures)], [tune(1, seed) for seed in range(sounds)]
    )
    with pytest.raises(UnreadableMedia, match="streams") as caught:
        asset_from_file(path, "Video 1")
    assert caught.value.field == "Video 1"


def test_an_mp4_glued_to_an_mp4_is_refused(tmp_path: Path) -> None:
    one, two = (mux(tmp_path / f"{seed}.mp4", [wander(1, seed)]).read_bytes() for seed in (1, 2))
    (tmp_path / "glued.mp4").write_bytes(one + two)
    with pytest.raises(UnreadableMedia, match="two indexes"):
        probe(tmp_path / "glued.mp4", "Video 1")


@pytest.mark.parametrize("pages", [1, 2])
def test_a_tiff_of_several_pages_is_refused(tmp_path: Path, pages: int) -> None:
    cv2.imwritemulti(str(tmp_path / "pages.tiff"), list(wander(1, 1)[:pages]))
    if pages == 1:
        assert probe(tmp_path / "pages.tiff", "Image 1").kind is MediaKind.IMAGE
        return
    with pytest.raises(UnreadableMedia, match="several pages"):
        probe(tmp_path / "pages.tiff", "Image 1")


def test_broadcast_streams_are_refused(tmp_path: Path) -> None:
    path = mux(tmp_path / "a.ts", [wander(1, 1)])
    with pytest.raises(UnreadableMedia, match="not accepted"):
        probe(path, "Video 1")


def test_an_avif_is_a_picture(tmp_path: Path) -> None:
    if not cv2.haveImageWriter("still.avif"):
        pytest.skip("this OpenCV writes no AVIF")
    cv2.imwrite(str(tmp_path / "still.avif"), wander(0.1, 1)[0])
    assert probe(tmp_path / "still.avif", "Image 1").kind is MediaKind.IMAGE


def test_frames_that_an_edit_list_hides_are_seen_before_the_start(tmp_path: Path) -> None:
    path = mux(tmp_path / "edited.mp4", [wander(4, 1)])
    content = bytearray(path.read_bytes())
    entry = content.index(b"elst") + 12
    assert struct.unpack(">I", content[entry - 4 : entry]) == (1,)
    content[entry : entry + 8] = struct.pack(">Ii", 1000, 3 * 12288)
    path.write_bytes(content)
    with av.open(str(path)) as shown:
        assert len(list(shown.decode(video=0))) < 96
    planes, times = seen(path)
    assert len(planes) == 96
    assert np.allclose(times, np.arange(96) / 24 - 3, atol=0.01)


def test_a_clock_that_jumps_back_hides_nothing(tmp_path: Path) -> None:
    frames = wander(2, 1)
    path = tmp_path / "clock.avi"
    with av.open(str(tmp_path / "clock.mkv"), "w") as writer:
        stream = writer.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuvj420p"
        for number, frame in enumerate(frames):
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                packet.pts = packet.dts = number // 24
                packet.stream = stream
                writer.mux(packet)
    path = tmp_path / "clock.mkv"
    planes, times = seen(path)
    assert len(planes) == len(frames)
    assert (np.diff(times) > 0).all()
    assert np.diff(times).min() > 0.01


@pytest.mark.parametrize("ground", [0, 255])
def test_a_picture_drawn_in_transparency_is_seen(tmp_path: Path, ground: int) -> None:
    picture = cv2.cvtColor(wander(0.1, 1)[0], cv2.COLOR_RGB2GRAY)
    hidden = np.full((*picture.shape, 4), 255 - ground, np.uint8)
    hidden[..., 3] = picture if ground == 0 else 255 - picture
    cv2.imwrite(str(tmp_path / "hidden.png"), hidden)
    cv2.imwrite(str(tmp_path / "plain.png"), picture)
    (plain,), _ = seen(tmp_path / "plain.png")
    planes, _ = seen(tmp_path / "hidden.png")
    assert min(np.abs(plane.astype(int) - plain.astype(int)).mean() for plane in planes) < 3


def test_transparent_moving_pictures_are_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "moving.png"), "w", format="apng") as writer:
        stream = writer.add_stream("apng", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "rgba"
        for number in range(3):
            pixels = np.full((32, 32, 4), 40 * number, np.uint8)
            writer.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgba")))
        writer.mux(stream.encode(None))
    with pytest.raises(UnreadableMedia, match="transparent"):
        seen(tmp_path / "moving.png")


@pytest.mark.parametrize("case", ["opposite", "effects channel", "left only"])
def test_sound_that_a_mix_would_lose_is_heard(tmp_path: Path, case: str) -> None:
    song = tune(2, 1)
    silent = np.zeros_like(song)
    channels, layout = {
        "opposite": ([song, -song], "stereo"),
        "left only": ([song, silent], "stereo"),
        "effects channel": ([silent, silent, silent, song, silent, silent], "5.1"),
    }[case]
    plain, mixed = heard(wav(tmp_path / "plain.wav", [song], "mono")), heard(wav(tmp_path / "s.wav", channels, layout))
    assert len(mixed) == len(plain)
    assert abs(np.corrcoef(plain, mixed)[0, 1]) > 0.99


def test_one_film_with_one_song_still_passes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mp4", wander(1, 1), 24, tune(1, 1))
    assert asset_from_file(path, "Video 1").kind is MediaKind.VIDEO
    assert seen(path)[1][0] == 0
