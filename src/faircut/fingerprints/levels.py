"""How loud a sound is in 28 bands, every 0.07 s, ``levels-v1``: a suspected copy is compared moment by moment.

Points that stand out (:mod:`.landmarks`) are found among millions, but there are few of them, and fewer under noise.
Where they suggest that a stretch is a copy, the fine structure of all bands is far better evidence. That the signs of
differences between neighbouring bands and moments outlive much is from Haitsma and Kalker, "A Highly Robust Audio
Fingerprinting System" (ISMIR 2002); levels are kept instead, because they also tell what something louder hides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.fingerprints import landmarks

ALGORITHM = "levels-v1"
BANDS = 28
BANDS_PER_OCTAVE = 6
"""The lowest begins at the lowest frequency of landmarks."""
CODE_BYTES = 1 + BANDS // 2
STEP_SECONDS = 2 * landmarks.STEP / landmarks.SAMPLE_RATE

_FRAMES = 2
_NARROW = landmarks.BANDS // BANDS
"""Frames and bands of the spectrogram of landmarks that make one level."""
_FIRST_MOMENT = (landmarks.FRAME + landmarks.STEP) / 2 / landmarks.SAMPLE_RATE
_ZERO = 64
_UNIT_DB = 2.0
_STEPS = 15
_SILENT_DB = -45.0


def read(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(n, 15) codes to (n, 28) decibels: a byte for the loudest band, then how far each lies below it, in steps of
    2 dB, 15 of them at most; two bands a byte, the lower one in the lower half."""
    below = np.empty((len(codes), BANDS), np.uint8)
    below[:, ::2], below[:, 1::2] = codes[:, 1:] & 15, codes[:, 1:] >> 4
    top = codes[:, :1].astype(np.float32) - _ZERO
    return np.asarray(top - np.float32(_UNIT_DB) * below, np.float32)


def _coded(level: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    top = np.ceil(level.max(axis=1, keepdims=True))
    below = np.clip(np.rint((top - level) / _UNIT_DB), 0, _STEPS).astype(np.uint8)
    codes = np.empty((len(level), CODE_BYTES), np.uint8)
    codes[:, :1] = np.clip(top + _ZERO, 0, 255)
    codes[:, 1:] = below[:, ::2] | below[:, 1::2] << 4
    return codes


class LevelHasher:
    """Collects the spectrogram of a file's sound, as landmarks see it, into one Fingerprint: codes (n, 15), times of
    the middle of each moment. Quality is 0 for silence and 100 otherwise."""

    def __init__(self) -> None:
        self._pending = np.empty((0, landmarks.BANDS), np.float32)
        self._codes: list[npt.NDArray[np.uint8]] = []
        self._quality: list[npt.NDArray[np.uint8]] = []

    def add(self, decibels: npt.NDArray[np.float32]) -> None:
        """``decibels``: (n, 140), the next frames."""
        frames = np.concatenate([self._pending, decibels]) if len(self._pending) else decibels
        count = len(frames) // _FRAMES
        self._pending = frames[count * _FRAMES :]
        if not count:
            return
        power = np.exp(frames[: count * _FRAMES] * np.float32(np.log(10) / 10))
        power = power.reshape(count, _FRAMES, BANDS, _NARROW).mean(axis=(1, 3), dtype=np.float32)
        level = (10 * np.log10(power)).astype(np.float32)
        self._codes.append(_coded(level))
        self._quality.append(np.where(level.max(axis=1) > _SILENT_DB, 100, 0).astype(np.uint8))

    def finish(self, start: float, duration: float) -> Fingerprint:
        """``start``: seconds of the first sample; ``duration``: seconds that the file lasts."""
        codes = np.concatenate([np.empty((0, CODE_BYTES), np.uint8), *self._codes])
        times = start + _FIRST_MOMENT + np.arange(len(codes)) * STEP_SECONDS
        quality = np.concatenate([np.empty(0, np.uint8), *self._quality])
        return Fingerprint(ALGORITHM, codes, times.astype(np.float32), quality, duration)
