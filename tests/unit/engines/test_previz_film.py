"""What the file holds: frames, sound, sizes, metadata; the same twice; nothing left behind when it fails."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from faircut.domain import GenerationRequest, Ratio, Shot, Size
from faircut.engines.previz import PrevizEngine
from faircut.errors import EngineError, JobCancelled
from faircut.protocols import Engine, EngineJob, no_progress
from support.previz import asset, clip_file, decode, image_file, render_film, sound_file, texture

RENDER = """
import json, sys
from pathlib import Path
from faircut.domain import GenerationRequest, Ratio, Shot, Size
from faircut.engines.previz import PrevizEngine
from faircut.protocols import EngineJob, no_progress
shots = (Shot("A blue bird flies over a windy sea in the rain"), Shot("Two dogs run through fog, orbit around"))
request = GenerationRequest(shots, size=Size.P480, ratio=Ratio.R1_1, duration=4, seed=11)
folder = Path(sys.argv[1])
result = PrevizEngine().generate(EngineJob(request, folder / "film.mp4", folder / "work"), no_progress)
print(json.dumps(list(result.timeline)))
"""


def test_it_is_an_engine_that_says_what_it_is():
    engine = PrevizEngine()
    assert isinstance(engine, Engine)
    assert engine.label == "previz, not AI-generated"
    assert engine.version == "previz-v2"
    assert engine.digital_source_type.endswith("/algorithmicMedia")


def test_listing_the_engine_loads_no_drawing_library():
    code = "import sys, faircut.engines.previz; sys.exit(bool({'cv2', 'av'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_length_format_and_sound_are_exact(ball_film):
    assert len(ball_film.frames) == 96
    assert ball_film.frames[0].shape == (480, 854, 3)
    assert ball_film.streams == {
        "video": "h264",
        "pix_fmt": "yuv420p",
        "rate": Fraction(24),
        "audio": "aac",
        "sample_rate": 48000,
        "channels": 2,
    }
    assert abs(len(ball_film.sound) - 96 * 2000) <= 2000
    assert (ball_film.result.width, ball_film.result.height, ball_film.result.fps) == (854, 480, 24.0)
    assert ball_film.result.seconds == 4.0


def test_sound_is_neither_silent_nor_clipped_and_ends_softly(ball_film):
    peak = np.abs(ball_film.sound).max()
    assert 0.1 < peak < 0.98
    assert np.abs(ball_film.sound[:48]).max() < 0.05
    assert np.abs(ball_film.sound[192000 - 48 : 192000]).max() < 0.05


def test_without_audio_there_is_no_audio_stream(plates_film):
    assert plates_film.streams["audio"] is None
    assert len(plates_film.sound) == 0


def test_the_file_says_what_it_is_and_streams_at_once(ball_film):
    assert "previz, not AI-generated" in ball_film.metadata["comment"]
    assert "previz-v2" in ball_film.metadata["comment"]
    head = ball_film.path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_one_request_gives_one_film_in_any_process(tmp_path):
    seen = []
    for salt in ("0", "12345"):
        folder = tmp_path / salt
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": salt}
        done = subprocess.run(
            [sys.executable, "-c", RENDER, str(folder)], env=environment, check=True, capture_output=True, text=True
        )
        frames, sound, _, _ = decode(folder / "film.mp4")
        assert len(frames) == 96
        assert frames[0].shape == (640, 640, 3)
        digest = hashlib.sha256(b"".join(frame.tobytes() for frame in frames)).hexdigest()
        seen.append((digest, hashlib.sha256(sound.tobytes()).hexdigest(), json.loads(done.stdout)))
    assert seen[0] == seen[1]


def test_the_seed_changes_the_film(tmp_path):
    digests = set()
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        film = render_film(folder, [Shot("A flumox in a studio")], seed=seed, audio=False)
        digests.add(hashlib.sha256(film.frames[50].tobytes()).hexdigest())
    assert len(digests) == 2


def test_the_timeline_is_plain_data_with_typed_directives(ball_film):
    json.dumps(list(ball_film.result.timeline))
    (shot,) = ball_film.shots()
    assert (shot["start_frame"], shot["end_frame"]) == (0, 96)
    assert shot["physics"]["drop"]["bounces"] == 2
    assert shot["camera"]["pixels_per_metre"] > 0


class Stop:
    """A Progress that cancels once the share is reached."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.calls = 0

    def __call__(self, share: float, message: str) -> None:
        self.calls += 1
        assert 0 <= share <= 1
        assert message
        if share >= self.share:
            raise JobCancelled("Cancelled.", remedy="Start it again.")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.941, 0.985, 0.995])
def test_cancelling_at_any_point_leaves_nothing(tmp_path, share):
    stop = Stop(share)
    with pytest.raises(JobCancelled):
        render_film(tmp_path, [Shot("A flumox in a studio, static")], progress=stop)
    assert stop.calls
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_progress_grows_and_is_called_often(tmp_path):
    shares = []
    render_film(tmp_path, [Shot("A flumox in a studio")], progress=lambda share, message: shares.append(share))
    assert shares == sorted(shares)
    assert len(shares) > 24


@pytest.mark.parametrize("label", ["Image 1", "Video 1", "Audio 1"])
@pytest.mark.parametrize("content", [b"", b"this is not media at all" * 40, b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_a_broken_file_is_named_and_nothing_is_written(tmp_path, label, content):
    broken = tmp_path / "upload.bin"
    broken.write_bytes(content)
    kind = {"I": "images", "V": "clips", "A": "sounds"}[label[0]]
    with pytest.raises(EngineError) as caught:
        render_film(tmp_path, [Shot("A dog")], **{kind: (asset(label, broken),)})
    assert caught.value.field == label
    assert label in caught.value.message
    assert caught.value.remedy
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["upload.bin"]


def test_a_playlist_does_not_open_other_files(tmp_path):
    secret = clip_file(tmp_path / "secret.mp4", [np.full((64, 64, 3), 90, np.uint8)] * 24)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(EngineError) as caught:
        render_film(tmp_path, [Shot("Video 1")], clips=(asset("Video 1", playlist),))
    assert caught.value.field == "Video 1"


def test_an_image_is_no_sound_and_a_sound_no_clip(tmp_path):
    picture = image_file(tmp_path / "picture.png", texture((9, 99, 199), 1, (64, 64)))
    tone = sound_file(tmp_path / "tone.wav", 440, 0.5)
    for kind, wrong in (("sounds", asset("Audio 1", picture)), ("clips", asset("Video 1", tone))):
        with pytest.raises(EngineError) as caught:
            render_film(tmp_path, [Shot("A dog")], **{kind: (wrong,)})
        assert caught.value.field == wrong.label


@pytest.mark.parametrize("duration", [3, 16])
def test_other_lengths_are_refused(tmp_path, duration):
    request = GenerationRequest((Shot("A dog"),), size=Size.P480, ratio=Ratio.R16_9, duration=duration)
    with pytest.raises(EngineError, match="4 to 15") as caught:
        PrevizEngine().generate(EngineJob(request, tmp_path / "film.mp4", tmp_path), no_progress)
    assert caught.value.field == "duration"
    assert replace(request, duration=4).duration == 4
