"""Makes requests for the previz engine and decodes what it renders."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from faircut.domain import Asset, EngineResult, GenerationRequest, MediaKind, Ratio, Shot, Size
from faircut.engines.previz import PrevizEngine
from faircut.protocols import EngineJob, Progress, no_progress

KINDS = {"Image": MediaKind.IMAGE, "Video": MediaKind.VIDEO, "Audio": MediaKind.AUDIO}


def asset(label: str, path: Path) -> Asset:
    data = path.read_bytes()
    return Asset(label, KINDS[label.split()[0]], hashlib.sha256(data).hexdigest(), len(data), path=path, name=path.name)


def texture(colour: tuple[int, int, int], seed: int, size: tuple[int, int] = (1280, 720)) -> np.ndarray:
    """A picture full of corners in shades of one colour (B, G, R), for tracking and for telling pictures apart."""
    rng = np.random.default_rng(seed)
    width, height = size
    picture = np.full((height, width, 3), colour, np.float32) * 0.55
    for _ in range(900):
        x, y, r = rng.integers(0, width), rng.integers(0, height), int(rng.integers(4, 26))
        shade = np.array(colour) * rng.uniform(0.25, 1.0)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + r, int(y) + r), shade.tolist(), -1)
    return picture.astype(np.uint8)


def image_file(path: Path, picture: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), picture)
    return path


def clip_file(path: Path, frames: Sequence[np.ndarray], fps: int = 24, tone: float | None = None) -> Path:
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=fps, options={"crf": "12", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
        audio = container.add_stream("aac", rate=48000, layout="stereo") if tone else None
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and tone is not None:
            _sine(container, audio, tone, len(frames) / fps)
    return path


def sound_file(path: Path, hertz: float, seconds: float) -> Path:
    with av.open(str(path), "w") as container:
        audio = container.add_stream("pcm_s16le", rate=48000, layout="stereo")
        _sine(container, audio, hertz, seconds)
    return path


def _sine(container, stream, hertz: float, seconds: float) -> None:
    wave = np.sin(np.arange(int(seconds * 48000)) / 48000 * 2 * np.pi * hertz) * 0.5
    planar = stream.codec_context.name == "aac"
    for at in range(0, len(wave), 1024):
        block = np.stack([wave[at : at + 1024]] * 2).astype(np.float32)
        if planar:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        else:
            packed = (block.T * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


@dataclass(frozen=True)
class Film:
    """A rendered film, decoded again from the file: what a viewer gets."""

    result: EngineResult
    path: Path
    frames: list[np.ndarray]
    sound: np.ndarray
    metadata: dict[str, str]
    streams: dict[str, object]

    def shots(self) -> list[dict]:
        return [dict(entry) for entry in self.result.timeline if entry["event"] == "shot"]

    def events(self, name: str) -> list[dict]:
        return [dict(entry) for entry in self.result.timeline if entry["event"] == name]


def decode(path: Path) -> tuple[list[np.ndarray], np.ndarray, dict[str, str], dict[str, object]]:
    frames: list[np.ndarray] = []
    sound: list[np.ndarray] = []
    with av.open(str(path)) as container:
        metadata = dict(container.metadata)
        video = container.streams.video[0]
        streams: dict[str, object] = {
            "video": video.codec_context.name,
            "pix_fmt": video.codec_context.pix_fmt,
            "rate": video.average_rate,
            "audio": None,
        }
        if container.streams.audio:
            audio = container.streams.audio[0]
            streams |= {"audio": audio.codec_context.name, "sample_rate": audio.rate, "channels": audio.channels}
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                frames.append(frame.to_ndarray(format="bgr24"))
            else:
                sound.append(frame.to_ndarray().T)
    joined = np.concatenate(sound) if sound else np.zeros((0, 2), np.float32)
    return frames, joined, metadata, streams


def render_film(folder: Path, shots: Sequence[Shot], *, progress: Progress = no_progress, **options: object) -> Film:
    options = {"size": Size.P480, "ratio": Ratio.R16_9, "duration": 4, "seed": 3} | options
    request = GenerationRequest(tuple(shots), **options)  # type: ignore[arg-type]
    output = folder / "film.mp4"
    result = PrevizEngine().generate(EngineJob(request, output, folder / "work"), progress)
    frames, sound, metadata, streams = decode(output)
    return Film(result, output, frames, sound, metadata, streams)
