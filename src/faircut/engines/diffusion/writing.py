"""Writes what a model rendered as the file that was asked for: its size, its length, 24 frames a second, 48 kHz."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt

from faircut.engines.diffusion.families import FPS
from faircut.engines.diffusion.rendering import DENOISED, Rendered
from faircut.engines.previz.encode import FilmWriter
from faircut.errors import EngineOutputInvalid
from faircut.protocols import Progress

SAMPLE_RATE: Final = 48_000


def write_video(
    rendered: Rendered,
    path: Path,
    size: tuple[int, int],
    seconds: int,
    *,
    sound: bool,
    comment: str,
    progress: Progress,
) -> None:
    """Fills the frame (cut at the sides that stick out), cuts to the length, resamples the sound.

    Raises EngineOutputInvalid when the model rendered too little.
    """
    width, height = size
    wanted = seconds * FPS
    if len(rendered.frames) < wanted or not rendered.samples.shape[1]:
        raise EngineOutputInvalid(
            f"The model rendered {len(rendered.frames)} frames and {rendered.samples.shape[1]} samples of sound; "
            f"{wanted} frames were asked for.",
            field="output",
            remedy="Try again, or choose another engine.",
        )
    with FilmWriter(path, width, height, sound=sound, comment=comment, title="Faircut") as film:
        for number, frame in enumerate(rendered.frames[:wanted]):
            if number % FPS == 0:
                progress(DENOISED + (0.99 - DENOISED) * number / wanted, "writing")
            film.picture(cv2.cvtColor(filled(frame, width, height), cv2.COLOR_RGB2YUV_I420).astype(np.uint8))
        if sound:
            film.sound(at_rate(rendered, seconds))
        film.finish()


def filled(frame: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """(height, width, 3): the frame scaled until it fills the size, its middle kept."""
    scale = max(width / frame.shape[1], height / frame.shape[0])
    across, down = max(width, round(frame.shape[1] * scale)), max(height, round(frame.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = frame if scale == 1 else cv2.resize(frame, (across, down), interpolation=how)
    left, top = (across - width) // 2, (down - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)


def at_rate(rendered: Rendered, seconds: int) -> npt.NDArray[np.float32]:
    """(n, 2) samples at 48 kHz, exactly ``seconds`` of them, with silence where the model made less."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(rendered.samples), format="fltp", layout="stereo")
    frame.sample_rate = rendered.rate
    blocks = [each.to_ndarray() for each in (*resampler.resample(frame), *resampler.resample(None))]
    samples = np.concatenate(blocks, axis=1)[:, : seconds * SAMPLE_RATE]
    return np.pad(samples, ((0, 0), (0, seconds * SAMPLE_RATE - samples.shape[1]))).T.astype(np.float32)
