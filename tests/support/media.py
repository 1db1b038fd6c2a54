"""Makes and edits media for tests, with PyAV alone: nothing here needs a film, a network or an ffmpeg program."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.filter import Graph

RATE = 48000


def shared_media() -> Path | None:
    """The folder of real films, where there is one."""
    places = [os.environ.get("FAIRCUT_SHARED_MEDIA"), Path(__file__).parents[2].parent / "shared" / "media"]
    return next((Path(place) for place in places if place and Path(place).is_dir()), None)


@dataclass(frozen=True)
class Edit:
    """What is done to a film: all of it in one re-encode."""

    start: float = 0.0
    seconds: float | None = None
    mirror: bool = False
    height: int | None = None
    fps: int | None = None
    crf: int = 23
    sound: bool = True
    picture: bool = True


def reencode(source: Path, target: Path, edit: Edit) -> Path:
    """Writes an edited h264 + AAC copy."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        video, audio = reader.streams.video[0], (reader.streams.audio or [None])[0]
        copies: dict[int, _Copy] = {}
        if edit.picture:
            copies[video.index] = _PictureCopy(writer, video, edit)
        if audio is not None and edit.sound:
            copies[audio.index] = _SoundCopy(writer)
        end = float("inf") if edit.seconds is None else edit.start + edit.seconds
        for packet in reader.demux([reader.streams[index] for index in copies]):
            for frame in packet.decode():
                if edit.start - 1e-6 <= (frame.time or 0.0) < end:
                    copies[packet.stream_index].add(frame)
        for copy in copies.values():
            copy.finish()
    return target


class _Copy:
    """One stream of a copy."""

    def __init__(self, writer: av.container.OutputContainer, stream) -> None:
        self.writer, self.stream, self.written = writer, stream, 0

    def add(self, frame) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        self.writer.mux(self.stream.encode(None))


class _PictureCopy(_Copy):
    def __init__(self, writer: av.container.OutputContainer, video: av.VideoStream, edit: Edit) -> None:
        self.fps = edit.fps or round(float(video.average_rate or 25))
        self.height = edit.height or video.codec_context.height
        self.width = round(video.codec_context.width * self.height / video.codec_context.height / 2) * 2
        self.mirror = edit.mirror
        self.graph: Graph | None = None
        options = {"crf": str(edit.crf), "preset": "veryfast"}
        super().__init__(writer, writer.add_stream("libx264", rate=self.fps, options=options))
        self.stream.width, self.stream.height, self.stream.pix_fmt = self.width, self.height, "yuv420p"
        self.stream.codec_context.thread_count = 2

    def add(self, frame) -> None:
        if self.graph is None:
            self.graph = _graph(frame, self.width, self.height, self.fps, mirror=self.mirror)
        self.graph.vpush(frame)
        for done in _drain(self.graph):
            done.pts, done.time_base = self.written, Fraction(1, self.fps)
            self.written += 1
            self.writer.mux(self.stream.encode(done))


class _SoundCopy(_Copy):
    def __init__(self, writer: av.container.OutputContainer) -> None:
        super().__init__(writer, writer.add_stream("aac", rate=RATE, layout="stereo"))
        self.resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE)

    def add(self, frame) -> None:
        for piece in self.resampler.resample(frame):
            piece.pts, piece.time_base = self.written, Fraction(1, RATE)
            self.written += piece.samples
            self.writer.mux(self.stream.encode(piece))


def _graph(frame: av.VideoFrame, width: int, height: int, fps: int, *, mirror: bool) -> Graph:
    graph = Graph()
    nodes = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base),
        graph.add("fps", f"{fps}"),
        graph.add("scale", f"{width}:{height}"),
        *([graph.add("hflip")] if mirror else []),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    for one, next_one in pairwise(nodes):
        one.link_to(next_one)
    graph.configure()
    return graph


def _drain(graph: Graph):
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return


def write_video(
    target: Path,
    frames: npt.NDArray[np.uint8],
    fps: int = 24,
    sound: npt.NDArray[np.float32] | None = None,
    crf: int = 20,
) -> Path:
    """``frames``: (n, height, width, 3) RGB. ``sound``: (samples,) mono at 48 kHz."""
    with av.open(str(target), "w") as writer:
        out = writer.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        out.width, out.height, out.pix_fmt = frames.shape[2], frames.shape[1], "yuv420p"
        track = writer.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        for frame in frames:
            writer.mux(out.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        writer.mux(out.encode(None))
        if track is not None and sound is not None:
            write_sound(writer, track, sound)
    return target


def write_sound(writer: av.container.OutputContainer, track: av.AudioStream, sound: npt.NDArray[np.float32]) -> None:
    """Encodes mono samples in blocks of 1024."""
    for start in range(0, len(sound), 1024):
        block = av.AudioFrame.from_ndarray(sound[None, start : start + 1024].astype(np.float32), "fltp", "mono")
        block.sample_rate, block.pts, block.time_base = RATE, start, Fraction(1, RATE)
        writer.mux(track.encode(block))
    writer.mux(track.encode(None))


def wander(seconds: float, seed: int, size: tuple[int, int] = (320, 180), fps: int = 24) -> npt.NDArray[np.uint8]:
    """A made-up film: a camera wandering over a large random landscape of soft shapes, cutting every 3 s."""
    rng = np.random.default_rng(seed)
    width, height = size
    frames = []
    for number in range(round(seconds * fps)):
        if number % (fps * 3) == 0:
            coarse = rng.integers(0, 255, (int(rng.integers(6, 12)), int(rng.integers(8, 16)), 3)).astype(np.uint8)
            land = cv2.resize(coarse, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC)
            for _ in range(14):
                centre = (int(rng.integers(0, width * 2)), int(rng.integers(0, height * 2)))
                colour = tuple(int(each) for each in rng.integers(0, 255, 3))
                cv2.circle(land, centre, int(rng.integers(8, 60)), colour, -1, cv2.LINE_AA)
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            dx, dy = rng.uniform(-1.5, 1.5, 2)
        x, y = float(np.clip(x + dx, 0, width)), float(np.clip(y + dy, 0, height))
        frames.append(cv2.getRectSubPix(land, (width, height), (x + width / 2, y + height / 2)))
    return np.stack(frames)


def tune(seconds: float, seed: int) -> npt.NDArray[np.float32]:
    """A made-up song: random notes with overtones over a random bass, at 48 kHz."""
    rng = np.random.default_rng(seed)
    total = round(seconds * RATE)
    song = np.zeros(total + RATE, np.float32)
    at = 0.0
    while at < seconds:
        length = float(rng.choice([0.2, 0.3, 0.45, 0.6]))
        time = np.arange(round(length * RATE)) / RATE
        for octave, loud in ((110, 0.25), (220, 0.2), (440, 0.15)):
            pitch = octave * 2 ** (int(rng.integers(0, 12)) / 12)
            tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3))
            start = round(at * RATE)
            song[start : start + len(time)] += (loud * tone * np.exp(-3 * time)).astype(np.float32)
        at += length
    return np.clip(song[:total], -1, 1)
