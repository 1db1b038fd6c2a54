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

_NARROW = landmarks.BANDS // BANDS
"""Bands of the spectrogram of landmarks that make one of ours, of two frames each."""
_FIRST_MOMENT = (landmarks.FRAME + landmarks.STEP) / 2 / landmarks.SAMPLE_RATE
_ZERO = 64
_UNIT_DB = 2.0
_STEPS = 15
_SILENT_DB = -45.0
_FLOOR = 1e-6


def read(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(n, 15) codes to (n, 28) decibels: a byte for the loudest band, then how far each lies below it, in steps of
    2 dB, 15 of them at most; two bands a byte, the lower one in the lower half."""
    below = np.empty((len(codes), BANDS), np.uint8)
    below[:, ::2], below[:, 1::2] = codes[:, 1:] & 15, codes[:, 1:] >> 4
    top = codes[:, :1].astype(np.float32) - _ZERO
    return np.asarray(top - np.float32(_UNIT_DB) * below, np.float32)


def _coded(level: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    top = np.ceil(level.max(axis=1, keepdims=True, initial=-_ZERO))
    below = np.clip(np.rint((top - level) / _UNIT_DB), 0, _STEPS).astype(np.uint8)
    codes = np.empty((len(level), CODE_BYTES), np.uint8)
    codes[:, :1] = np.clip(top + _ZERO, 0, 255)
    codes[:, 1:] = below[:, ::2] | below[:, 1::2] << 4
    return codes


class LevelHasher:
    """Collects the spectrogram of a file's sound, as landmarks see it, into one Fingerprint: codes (n, 15), times of
    the middle of each moment. Quality is 0 for silence and 100 otherwise."""

    def __init__(self) -> None:
        self._frames: list[npt.NDArray[np.float32]] = []

    def add(self, power: npt.NDArray[np.float64]) -> None:
        """``power``: (n, 140), of the next frames."""
        wide = sum((power[:, k::_NARROW] for k in range(1, _NARROW)), power[:, ::_NARROW])
        self._frames.append(wide.astype(np.float32))

    def finish(self, start: float, duration: float) -> Fingerprint:
        """``start``: seconds of the first sample; ``duration``: seconds that the file lasts."""
        power = np.concatenate([np.empty((0, BANDS), np.float32), *self._frames])
        power = power[: len(power) // 2 * 2]
        level = 10 * np.log10((power[::2] + power[1::2]) / (2 * _NARROW) + np.float32(_FLOOR))
        times = start + _FIRST_MOMENT + np.arange(len(level)) * STEP_SECONDS
        quality = np.where(level.max(axis=1, initial=-100.0) > _SILENT_DB, 100, 0).astype(np.uint8)
        return Fingerprint(ALGORITHM, _coded(level), times.astype(np.float32), quality, duration)
