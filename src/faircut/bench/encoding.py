"""Writing clips and pictures: h264 and AAC in mp4, vp9 and Opus in webm, and what an encoding does to one picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from faircut.bench.footage import RATE, Footage, Sound
from faircut.bench.pictures import Picture, even

_BLOCK = 960
"""20 ms: what Opus takes, and near what AAC does."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """``crf`` as x264 understands it; ``height``: the shorter side, where it is lowered."""

    crf: int = 23
    height: int | None = None


def through_codec(picture: Picture, encoding: Encoding) -> Picture:
    """One picture through x264 and back, as (height, width, 3) RGB; odd sizes lose a row or a column."""
    kept = even(picture)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="h264") as writer:
        stream = _video(writer, kept, 25.0, encoding.crf, webm=False)
        writer.mux(stream.encode(av.VideoFrame.from_ndarray(kept, format="rgb24")))
        writer.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer, "r", format="h264") as reader:
        frame = next(iter(reader.decode(video=0)))
        return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def write_clip(path: Path, footage: Footage, encoding: Encoding) -> Path:
    """Writes footage as mp4, or as webm by its name. All frames must be of one size, which is made even.

    A frame that is None leaves a gap in the times. Picture and sound are muxed side by side. The size of the first
    frame is that of the clip.
    """
    webm = path.suffix == ".webm"
    first = next(frame for frame in footage.frames if frame is not None)
    fps = Fraction(footage.fps).limit_denominator(1001)
    with av.open(str(path), "w") as writer:
        video = _video(writer, even(first), footage.fps, encoding.crf, webm=webm)
        audio = _audio(writer, webm=webm) if len(footage.sound) else None
        heard = 0
        for number, picture in enumerate(footage.frames):
            if picture is not None:
                frame = av.VideoFrame.from_ndarray(even(picture), format="rgb24")
                frame.pts, frame.time_base = number, 1 / fps
                writer.mux(video.encode(frame))
            if audio is not None:
                until = min(round((number + 1) / footage.fps * RATE), len(footage.sound))
                while until - heard >= _BLOCK:
                    _put(writer, audio, footage.sound[heard : heard + _BLOCK], heard)
                    heard += _BLOCK
        if audio is not None:
            for start in range(heard, len(footage.sound), _BLOCK):
                _put(writer, audio, footage.sound[start : start + _BLOCK], start)
            writer.mux(audio.encode(None))
        writer.mux(video.encode(None))
    return path


def _video(writer: OutputContainer, picture: Picture, fps: float, crf: int, *, webm: bool) -> VideoStream:
    rate = Fraction(fps).limit_denominator(1001)
    if webm:
        options = {"crf": str(crf + 8), "b": "0", "deadline": "realtime", "cpu-used": "8"}
        stream = writer.add_stream("libvpx-vp9", rate=rate, options=options)
    else:
        stream = writer.add_stream("libx264", rate=rate, options={"crf": str(crf), "preset": "veryfast"})
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    # One thread: the caller runs several clips side by side.
    stream.codec_context.thread_count = 1
    stream.codec_context.time_base = 1 / rate
    return stream


def _audio(writer: OutputContainer, *, webm: bool) -> AudioStream:
    stream: AudioStream = writer.add_stream("libopus" if webm else "aac", rate=RATE, layout="mono")
    return stream


def _put(writer: OutputContainer, stream: AudioStream, samples: Sound, start: int) -> None:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :], np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    writer.mux(stream.encode(frame))


def write_sound(path: Path, sound: Sound) -> Path:
    """Writes sound alone: AAC in mp4 or m4a, MP3, Opus in webm, by the name."""
    codec = {".mp3": "libmp3lame", ".webm": "libopus"}.get(path.suffix, "aac")
    with av.open(str(path), "w") as writer:
        stream = cast(AudioStream, writer.add_stream(codec, rate=RATE, layout="mono"))
        for start in range(0, len(sound), _BLOCK):
            _put(writer, stream, sound[start : start + _BLOCK], start)
        writer.mux(stream.encode(None))
    return path


def write_picture(path: Path, picture: Picture, quality: int = 88) -> Path:
    """Writes a JPEG, or a PNG by its name."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix in (".jpg", ".jpeg") else []
    if not cv2.imwrite(str(path), bgr, options):
        raise OSError(f"could not write {path}")
    return path
