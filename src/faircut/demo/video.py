"""Writes films and takes them apart again: H.264 and AAC through PyAV, for the demo's own material."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.resampler import AudioResampler

from faircut.demo.music import RATE, Sound
from faircut.demo.paper import Frame
from faircut.media.probe import open_media, probe

_BLOCK = 1024


def write_movie(
    path: Path, frames: Iterable[Frame], *, size: tuple[int, int], fps: int, sound: Sound | None, crf: int = 18
) -> Path:
    """Encodes (height, width, 3) RGB frames and mono sound at 48 kHz. Picture and sound are muxed side by side."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = size[0], size[1], "yuv420p"
        video.codec_context.thread_count = 2
        audio = None if sound is None else container.add_stream("aac", rate=RATE, layout="mono")
        written = 0
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(video.encode(frame))
            if audio is not None and sound is not None:
                until = min(round((number + 1) / fps * RATE), len(sound))
                while until - written >= _BLOCK:
                    _mux_sound(container, audio, sound[written : written + _BLOCK], written)
                    written += _BLOCK
        if audio is not None and sound is not None:
            for start in range(written, len(sound), _BLOCK):
                _mux_sound(container, audio, sound[start : start + _BLOCK], start)
            container.mux(audio.encode(None))
        container.mux(video.encode(None))
    return path


def _mux_sound(container: av.container.OutputContainer, audio: av.AudioStream, samples: Sound, start: int) -> None:
    frame = av.AudioFrame.from_ndarray(samples[None, :].astype(np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    container.mux(audio.encode(frame))


def write_picture(path: Path, picture: Frame) -> Path:
    """Writes RGB as PNG or, by its name, JPEG."""
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def frames_at(path: Path, times: Sequence[float], size: tuple[int, int]) -> Iterator[Frame]:
    """The picture shown at each of the growing ``times``, cropped to fill ``size`` (width, height).

    Raises UnreadableMedia, NotFound.
    """
    wanted = iter(times)
    time = next(wanted, None)
    with open_media(path, path.name) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 2
        origin = (container.start_time or 0) / av.time_base
        if time is not None and time > 1.0:
            container.seek(int((time + origin) * av.time_base), backward=True)
        shown: av.VideoFrame | None = None

        def picture(frame: av.VideoFrame) -> Frame:
            return fill(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False), size)

        for frame in container.decode(stream):
            now = (frame.time or 0.0) - origin
            while time is not None and shown is not None and now > time + 1e-4:
                yield picture(shown)
                time = next(wanted, None)
            if time is None:
                return
            shown = frame
        while time is not None and shown is not None:
            yield picture(shown)
            time = next(wanted, None)


def stills(path: Path, times: Sequence[float], size: tuple[int, int]) -> list[Frame]:
    """The pictures at a few times far apart, each looked up by itself."""
    return [frame for time in times for frame in frames_at(path, [time], size)]


def fill(picture: Frame, size: tuple[int, int]) -> Frame:
    """Scales and crops the middle of a picture so that it fills (width, height)."""
    width, height = size
    have_height, have_width = picture.shape[:2]
    factor = max(width / have_width, height / have_height)
    scaled = (max(width, round(have_width * factor)), max(height, round(have_height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = picture if scaled == (have_width, have_height) else cv2.resize(picture, scaled, interpolation=method)
    left, top = (scaled[0] - width) // 2, (scaled[1] - height) // 2
    return np.ascontiguousarray(resized[top : top + height, left : left + width], np.uint8)


def sound_of(path: Path, start: float, seconds: float) -> Sound:
    """A stretch of a file's sound, mono at 48 kHz; silence where it has none. Raises UnreadableMedia, NotFound."""
    wanted = np.zeros(round(seconds * RATE), np.float32)
    if not probe(path, path.name).has_audio:
        return wanted
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    with open_media(path, path.name) as container:
        origin = (container.start_time or 0) / av.time_base
        for frame in container.decode(container.streams.audio[0]):
            at = (frame.time or 0.0) - origin
            if at >= start + seconds:
                break
            for piece in resampler.resample(frame):
                samples = np.frombuffer(bytes(piece.planes[0]), np.float32)[: piece.samples]
                _copy_into(wanted, samples, round((at - start) * RATE))
                at += piece.samples / RATE
    return wanted


def _copy_into(target: Sound, samples: Sound, at: int) -> None:
    first, last = max(at, 0), min(at + len(samples), len(target))
    if last > first:
        target[first:last] = samples[first - at : last - at]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a film in a montage."""

    path: Path
    start: float
    seconds: float
    mirrored: bool = False


def montage(path: Path, pieces: Sequence[Piece], *, size: tuple[int, int], fps: int, crf: int) -> Path:
    """Joins pieces, picture and sound, into one new encode."""

    def frames() -> Iterator[Frame]:
        for piece in pieces:
            times = [piece.start + (number + 0.5) / fps for number in range(round(piece.seconds * fps))]
            for frame in frames_at(piece.path, times, size):
                yield np.ascontiguousarray(frame[:, ::-1]) if piece.mirrored else frame

    sound = np.concatenate([sound_of(piece.path, piece.start, piece.seconds) for piece in pieces])
    return write_movie(path, frames(), size=size, fps=fps, sound=sound, crf=crf)


def even_width(path: Path, height: int) -> int:
    """The even width that goes with ``height`` in the ratio of a file's picture."""
    found = probe(path, path.name)
    return max(2, round(found.width * height / max(found.height, 1) / 2) * 2)
