"""Media to luma planes and samples, in one pass. The only place that decodes for fingerprinting.

Every video frame is scaled to 64x64 grey by area averaging on its way out of the decoder, which costs next to
nothing beside decoding; sound comes out as mono floats at 11,025 Hz. Frames pass untouched in number: none
are dropped, none are made up. On demand the key moments come out larger besides, still in grey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError
from av.filter import Graph
from av.video.frame import VideoFrame

from faircut.errors import UnreadableMedia
from faircut.media.limits import Deadline, MediaLimits
from faircut.media.mixing import MonoMixer, SideMixer, silent_like
from faircut.media.moments import Closeness, MomentChooser
from faircut.media.probe import Probe, check_header, may_be_still, open_media, probe, unreadable
from faircut.media.sheets import Sheet, Wants
from faircut.media.wholeness import picture_streams

DECODER = f"pyav-{av.__version__}"
"""What decoded, for the record of a check."""
SIDE = 64
SAMPLE_RATE = 11025
_BATCH = 128
_STEP = 0.04
_PRIMING = 0.1
"""Seconds before the start that a codec may need to warm up: what lies there counts as the start."""


@dataclass(frozen=True, slots=True)
class LumaBatch:
    """``planes``: (n, 64, 64) uint8, area-scaled luma. ``times``: (n,) float64 seconds."""

    planes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """``samples``: (n,) float32 mono at 11,025 Hz in -1..1. ``start``: seconds of the first one. ``side``: (n,) half
    the difference of the stereo channels, None where it was not asked for or says nothing."""

    samples: npt.NDArray[np.float32]
    start: float
    side: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A picture to look at closely: ``grey`` (height, width) uint8 luma of the whole frame, ``time`` in seconds."""

    grey: npt.NDArray[np.uint8]
    time: float


class LumaScaler:
    """Scales frames to grey with FFmpeg's area averaging; a new graph whenever the frame's form changes.

    ``longest``: None for planes of 64x64, else the pixels of the longer side; smaller frames keep their size.
    """

    def __init__(self, longest: int | None = None) -> None:
        self._longest = longest
        self._graph: Graph | None = None
        self._form: tuple[int, int, str] | None = None
        self.has_alpha = False
        """Whether the last frame's form has a channel of transparency."""

    def scale(self, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        """(64, 64) uint8, or (height, width) where the longest side was given."""
        form = (frame.width, frame.height, frame.format.name)
        if self._graph is None or form != self._form:
            self._graph, self._form = _luma_graph(frame, *self._size(frame)), form
            self.has_alpha = frame.format.has_palette or any(each.is_alpha for each in frame.format.components)
        self._graph.vpush(frame)
        plane = self._graph.vpull()
        stored = np.frombuffer(bytes(plane.planes[0]), np.uint8).reshape(plane.height, -1)
        rows: npt.NDArray[np.uint8] = stored[:, : plane.width].copy()
        return rows

    def _size(self, frame: VideoFrame) -> tuple[int, int]:
        if self._longest is None:
            return SIDE, SIDE
        shrink = min(1.0, self._longest / max(frame.width, frame.height))
        return max(round(frame.width * shrink), 1), max(round(frame.height * shrink), 1)


def _luma_graph(frame: VideoFrame, width: int, height: int) -> Graph:
    graph = Graph()
    # Slices of so small a target are too little work to share: several threads would mostly wait.
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 25)
    )
    scale = graph.add("scale", f"{width}:{height}:flags=area")
    grey = graph.add("format", "gray")
    sink = graph.add("buffersink")
    source.link_to(scale)
    scale.link_to(grey)
    grey.link_to(sink)
    graph.configure()
    return graph


Batch = LumaBatch | SampleBatch | Moment | Sheet


def read(
    path: Path,
    label: str,
    limits: MediaLimits,
    closeness: Closeness | None = None,
    *,
    sides: bool = False,
    sheets: Wants | None = None,
) -> tuple[Probe, Iterator[Batch]]:
    """The facts of a file, as :func:`faircut.media.probe.probe` tells them, and what :func:`decode` yields.

    ``sides``: tell of the difference of stereo channels too. ``sheets``: hand on the pictures that it wants.

    The file is opened once for both: opening a film costs as much as decoding several of its frames. Raises
    UnreadableMedia, LimitExceeded, NotFound, here and while decoding.
    """
    steps = _read(path, label, limits, closeness, sides=sides, sheets=sheets)
    return cast(Probe, next(steps)), cast(Iterator[Batch], steps)


def decode(path: Path, label: str, limits: MediaLimits, closeness: Closeness | None = None) -> Iterator[Batch]:
    """Yields pictures and sound of a file as they come out of the decoder; with ``closeness`` key moments too.

    A damaged packet raises UnreadableMedia rather than being skipped: what we cannot see, a player might show.
    Raises UnreadableMedia, LimitExceeded, NotFound.
    """
    yield from read(path, label, limits, closeness)[1]


def _read(
    path: Path, label: str, limits: MediaLimits, closeness: Closeness | None, *, sides: bool, sheets: Wants | None
) -> Iterator[Probe | Batch]:
    # One generator, so that errors of whoever consumes it are never taken for those of the file.
    with open_media(path, label) as container:
        found = check_header(container, path, label, limits)
        # Counting pictures uses up the packets, so a file of its own is opened for that.
        yield probe(path, label, limits) if may_be_still(container) else found
        try:
            yield from _Decoder(container, label, limits, closeness, sides=sides, sheets=sheets).batches()
        except FFmpegError as error:
            raise unreadable(label, "it is damaged or cut off") from error


class _Decoder:
    def __init__(
        self,
        container: InputContainer,
        label: str,
        limits: MediaLimits,
        closeness: Closeness | None,
        *,
        sides: bool,
        sheets: Wants | None,
    ) -> None:
        self._container = container
        self._label = label
        self._limits = limits
        self._deadline = Deadline(limits.max_wall_seconds, label)
        self._video = next(iter(picture_streams(container)), None)
        self._audio = container.streams.audio[0] if container.streams.audio else None
        # Film time begins where the player's does: what an edit list hides lies before it, at times below zero.
        self._origin = max(container.start_time or 0, 0) / av.time_base
        self._scaler = LumaScaler()
        self._flattened = LumaScaler()
        self._chooser = MomentChooser(closeness) if closeness else None
        self._closer = LumaScaler(closeness.side) if closeness else None
        self._sheets = sheets
        self._see_through = False
        self._mixer = MonoMixer()
        self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        self._beside = _Beside() if sides else None
        self._planes: list[npt.NDArray[np.uint8]] = []
        self._times: list[float] = []
        self._last_time: float | None = None
        self._shift = 0.0
        self._frames = 0
        self._samples = 0
        self._sound_start = 0.0

    def batches(self) -> Iterator[Batch]:
        streams = [stream for stream in (self._video, self._audio) if stream is not None]
        for stream in streams:
            stream.codec_context.thread_count = 1
        for packet in self._container.demux(streams):
            self._deadline.check()
            for frame in packet.decode():
                if isinstance(frame, VideoFrame):
                    yield from self._picture(frame)
                    if len(self._planes) == _BATCH:
                        yield self._flush()
                elif isinstance(frame, av.AudioFrame):
                    yield from self._sound(frame)
        yield from self._sound(None)
        if self._planes:
            yield self._flush()
        if not self._frames and not self._samples:
            raise unreadable(self._label, "nothing could be decoded")

    def _picture(self, frame: VideoFrame) -> Iterator[Moment | Sheet]:
        self._limits.check_pixels(frame.width, frame.height, self._label)
        time = self._moment(frame)
        self._limits.check_seconds(time, self._label)
        looks = [frame]
        planes = [self._scaler.scale(frame)]
        if self._scaler.has_alpha and (colours := _transparent(frame)) is not None:
            self._see_through = True
            looks += [_over(colours, ground) for ground in (0, 255)]
            planes += [self._flattened.scale(look) for look in looks[1:]]
        self._frames += 1
        if self._see_through and self._frames > 1:
            raise UnreadableMedia(
                "Its moving pictures are transparent: what they show depends on what lies behind them.",
                field=self._label,
                remedy="Put them on a background of your own, or send a still picture.",
            )
        self._planes += planes
        self._times += [time] * len(planes)
        self._last_time = time
        if self._chooser and self._closer:
            wanted = self._chooser.wants(planes[0], time)
            for look in looks if wanted or len(looks) > 1 else ():
                yield Moment(self._closer.scale(look), time)
        if self._sheets and (self._sheets(planes[0], time) or len(looks) > 1):
            for look in looks:
                yield Sheet(time, look)

    def _moment(self, frame: VideoFrame) -> float:
        """Seconds from the start, always growing: a clock that stands still or jumps back would hide what follows."""
        stated, last = _seconds(frame), self._last_time
        if last is None:
            return 0.0 if stated is None else _placed(stated - self._origin)
        if stated is None:
            return last + _STEP
        time = stated - self._origin + self._shift
        if time <= last:
            self._shift += last + _STEP - time
            return last + _STEP
        return time

    def _flush(self) -> LumaBatch:
        batch = LumaBatch(np.stack(self._planes), np.array(self._times))
        self._planes.clear()
        self._times.clear()
        return batch

    def _sound(self, frame: av.AudioFrame | None) -> Iterator[SampleBatch]:
        if not self._samples:
            if frame is None:
                return
            self._sound_start = _placed((_seconds(frame) or 0.0) - self._origin)
        if self._beside and frame is not None:
            self._beside.add(frame)
        for resampled in self._resampler.resample(None if frame is None else self._mixer.mix(frame)):
            data = _mono(resampled)
            start = self._sound_start + self._samples / SAMPLE_RATE
            self._samples += len(data)
            self._limits.check_seconds(start, self._label)
            yield SampleBatch(data, start, self._beside.take(len(data)) if self._beside else None)


class _Beside:
    """The difference of the channels at our rate, as long as the mono mix that it goes with, from where it is first
    heard.

    It may lie some samples beside the mix, since each has a resampler of its own.
    """

    def __init__(self) -> None:
        self._mixer = SideMixer()
        self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        self._heard = False
        self._waiting = np.empty(0, np.float32)

    def add(self, frame: av.AudioFrame) -> None:
        side = self._mixer.mix(frame)
        if side is None and self._heard:
            side = silent_like(frame)
        if side is not None:
            self._heard = True
            self._waiting = np.concatenate([self._waiting, *map(_mono, self._resampler.resample(side))])

    def take(self, count: int) -> npt.NDArray[np.float32] | None:
        """The next ``count`` samples, silence where there are not enough; None before anything was heard."""
        if not self._heard:
            return None
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return np.pad(taken, (0, count - len(taken)))


def _mono(frame: av.AudioFrame) -> npt.NDArray[np.float32]:
    return np.frombuffer(bytes(frame.planes[0]), np.float32)[: frame.samples].copy()


def _placed(time: float) -> float:
    return 0.0 if -_PRIMING < time < 0.0 else time


def _transparent(frame: VideoFrame) -> npt.NDArray[np.uint8] | None:
    """(height, width, 4) RGBA of a frame that can be seen through somewhere, else None."""
    colours = frame.to_ndarray(format="rgba").astype(np.uint8)
    return None if (colours[..., 3] == 255).all() else colours


def _over(colours: npt.NDArray[np.uint8], ground: int) -> VideoFrame:
    """The picture as it looks on a plain background, 0 black to 255 white."""
    flat = np.empty((*colours.shape[:2], 3), np.uint8)
    # Row by row: the wider numbers of a whole large picture would take half a gigabyte.
    for row, into in zip(colours, flat, strict=True):
        alpha = row[:, 3:].astype(np.uint16)
        into[:] = (row[:, :3] * alpha + ground * (255 - alpha) + 127) // 255
    return VideoFrame.from_ndarray(flat, format="rgb24")


def _seconds(frame: VideoFrame | av.AudioFrame) -> float | None:
    return frame.time


def frame_at(path: Path, seconds: float, label: str, limits: MediaLimits | None = None) -> npt.NDArray[np.uint8]:
    """The picture at ``seconds`` as (height, width, 3) RGB uint8; the last one when the file ends before.

    Below zero lies what an edit list hides.

    Raises UnreadableMedia, NotFound, LimitExceeded.
    """
    limits = limits or MediaLimits()
    deadline = Deadline(60.0, label)
    shown: VideoFrame | None = None
    with open_media(path, label) as container:
        if not (pictures := picture_streams(container)):
            raise UnreadableMedia("There is no picture in it.", field=label, remedy="Ask for the sound instead.")
        stream = pictures[0]
        origin = max(container.start_time or 0, 0) / av.time_base
        try:
            if seconds > 1.0:
                container.seek(int((seconds + origin) * av.time_base), backward=True)
            for frame in container.decode(stream):
                deadline.check()
                limits.check_pixels(frame.width, frame.height, label)
                late = (_seconds(frame) or 0.0) - origin > seconds + 1e-3
                if late and shown is not None:
                    break
                shown = frame
                if late:
                    break
        except FFmpegError as error:
            raise unreadable(label, "it is damaged or cut off") from error
        if shown is None:
            raise unreadable(label, "nothing could be decoded")
        return shown.to_ndarray(format="rgb24").astype(np.uint8)
