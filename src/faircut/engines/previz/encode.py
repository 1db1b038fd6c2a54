"""Writes the film: h264 and AAC in an MP4 whose index comes first, frame by frame, with fixed threads."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from faircut.engines.previz.cuts import FPS, SAMPLE_RATE

_BT709, _SMPTE170M, _LIMITED = 1, 6, 1
_CHUNK: Final = 1024


class FilmWriter:
    """An MP4 under construction. As a context manager it closes the file; what is in it is complete only after
    ``finish``."""

    def __init__(
        self, path: Path, width: int, height: int, *, sound: bool, comment: str, title: str = "Faircut previz"
    ) -> None:
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._container.metadata["comment"] = comment
        self._container.metadata["description"] = comment
        self._container.metadata["title"] = title
        video = self._container.add_stream(
            "libx264", rate=FPS, options={"preset": "superfast", "crf": "20", "flags": "+bitexact", "bf": "2"}
        )
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.thread_count = 2
        video.codec_context.gop_size = FPS * 2
        video.codec_context.time_base = Fraction(1, FPS)
        # The matrix that OpenCV converts with; tagged, so that players undo the right one.
        video.codec_context.colorspace = _SMPTE170M
        video.codec_context.color_primaries = _BT709
        video.codec_context.color_trc = _BT709
        video.codec_context.color_range = _LIMITED
        self._video, self._index = video, 0
        self._audio = None
        if sound:
            audio = self._container.add_stream("aac", rate=SAMPLE_RATE, options={"b": "160k", "flags": "+bitexact"})
            audio.codec_context.layout = "stereo"
            audio.codec_context.format = "fltp"
            self._audio = audio
        self._sample = 0

    def __enter__(self) -> FilmWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def picture(self, planes: npt.NDArray[np.uint8]) -> None:
        """Adds a frame: (h * 3 / 2, w) I420."""
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self._index, Fraction(1, FPS)
        frame.colorspace, frame.color_range = _SMPTE170M, _LIMITED
        self._index += 1
        self._container.mux(self._video.encode(frame))

    def sound(self, samples: npt.NDArray[np.float32]) -> None:
        """Adds (n, 2) float samples, -1..1."""
        if self._audio is None:
            return
        for start in range(0, len(samples), _CHUNK):
            block = np.ascontiguousarray(samples[start : start + _CHUNK].T, np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._sample, Fraction(1, SAMPLE_RATE)
            self._sample += block.shape[1]
            self._container.mux(self._audio.encode(frame))

    def finish(self) -> None:
        """Flushes both encoders."""
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))
