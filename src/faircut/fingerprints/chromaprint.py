"""Chromaprint-compatible sound fingerprints, ``chromaprint-v1``: a 32-bit code every 0.124 s.

Chromaprint (Lukáš Lalinský; algorithm number 1, "TEST2") folds the spectrum between 28 and 3,520 Hz into twelve
semitone classes, smooths them over five frames, and describes patches of the resulting picture by sixteen
two-bit features after Ke, Hoiem and Sukthankar, "Computer Vision for Music Identification" (CVPR 2005). The
filters and thresholds below are the published ones. Written in numpy because wheels carry no libchromaprint; the
conformance test compares it with the library where that is installed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint

ALGORITHM = "chromaprint-v1"
CODE_BYTES = 4
SAMPLE_RATE = 11025
FRAME = 4096
STEP = FRAME // 3
STEP_SECONDS = STEP / SAMPLE_RATE
_MIN_HZ, _MAX_HZ, _BANDS = 28.0, 3520.0, 12
_SMOOTHING = np.array([0.25, 0.75, 1.0, 0.75, 0.25])
_WIDEST = 16
_FOLD_FRAMES = 8
"""Folded at once: few enough that the matrix library wakes no threads, whose waiting costs more than the work."""
CODE_SECONDS = (_WIDEST + len(_SMOOTHING) - 2) * STEP_SECONDS + FRAME / SAMPLE_RATE
"""How much sound one code covers: shorter recordings have no code at all."""


class _Feature(NamedTuple):
    """A filter (shape, first band, height in bands, width in frames) and the three thresholds of its two bits."""

    shape: int
    band: int
    height: int
    width: int
    cuts: tuple[float, float, float]


_FEATURES = (
    _Feature(0, 4, 3, 15, (1.98215, 2.35817, 2.63523)),
    _Feature(4, 4, 6, 15, (-1.03809, -0.651211, -0.282167)),
    _Feature(1, 0, 4, 16, (-0.298702, 0.119262, 0.558497)),
    _Feature(3, 8, 2, 12, (-0.105439, 0.0153946, 0.135898)),
    _Feature(3, 4, 4, 8, (-0.142891, 0.0258736, 0.200632)),
    _Feature(4, 0, 3, 5, (-0.826319, -0.590612, -0.368214)),
    _Feature(1, 2, 2, 9, (-0.557409, -0.233035, 0.0534525)),
    _Feature(2, 7, 3, 4, (-0.0646826, 0.00620476, 0.0784847)),
    _Feature(2, 6, 2, 16, (-0.192387, -0.029699, 0.215855)),
    _Feature(2, 1, 3, 2, (-0.0397818, -0.00568076, 0.0292026)),
    _Feature(5, 10, 1, 15, (-0.53823, -0.369934, -0.190235)),
    _Feature(3, 6, 2, 10, (-0.124877, 0.0296483, 0.139239)),
    _Feature(2, 1, 1, 14, (-0.101475, 0.0225617, 0.231971)),
    _Feature(3, 5, 6, 4, (-0.0799915, -0.00729616, 0.063262)),
    _Feature(1, 9, 2, 12, (-0.272556, 0.019424, 0.302559)),
    _Feature(3, 4, 2, 14, (-0.164292, -0.0321188, 0.0846339)),
)
_GRAY = np.array([0, 1, 3, 2], np.uint32)


def _band_of_bin() -> npt.NDArray[np.intp]:
    """The semitone class of every FFT bin from the lowest to the highest that counts; -1 outside."""
    bins = np.arange(FRAME // 2 + 1)
    low = max(1, round(FRAME * _MIN_HZ / SAMPLE_RATE))
    high = min(FRAME // 2, round(FRAME * _MAX_HZ / SAMPLE_RATE))
    inside = (bins >= low) & (bins < high)
    hertz = np.where(inside, bins, 1) * SAMPLE_RATE / FRAME
    # Octaves are counted from A0 (27.5 Hz).
    octave = np.log2(hertz / (440.0 / 16.0))
    band = (_BANDS * (octave - np.floor(octave))).astype(np.intp)
    return np.where(inside, band, -1)


_BAND = _band_of_bin()
_FOLD = (_BAND[:, None] == np.arange(_BANDS)[None, :]).astype(np.float64)
_WINDOW = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))


def chroma(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Energy per semitone class: (n,) samples to (frames, 12). The last incomplete frame is left out."""
    if len(samples) < FRAME:
        return np.empty((0, _BANDS))
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP]
    parts = []
    for start in range(0, len(frames), _FOLD_FRAMES):
        # Chromaprint works on 16-bit samples; only ratios matter after normalising, except against its silence floor.
        spectrum = np.fft.rfft(frames[start : start + _FOLD_FRAMES] * _WINDOW, axis=1)
        parts.append((spectrum.real**2 + spectrum.imag**2) @ _FOLD)
    return np.concatenate(parts)


def picture(energies: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chroma smoothed over five frames and scaled to unit length: (frames, 12) to (frames - 4, 12)."""
    span = len(_SMOOTHING)
    if len(energies) < span:
        return np.empty((0, _BANDS))
    count = len(energies) - span + 1
    smooth = np.zeros((count, _BANDS))
    for k, weight in enumerate(_SMOOTHING):
        smooth += weight * energies[k : k + count]
    length = np.sqrt((smooth**2).sum(axis=1, keepdims=True))
    return np.where(length < _SILENCE, 0.0, smooth / np.maximum(length, 1e-30))


# Chromaprint's floor is 0.01 on the energies of 16-bit samples; ours lie in -1..1.
_SILENCE = 0.01 / 32768.0**2


def codes(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    """The 32-bit codes of a picture: (rows, 12) to (rows - 15,) uint32, the first feature in the highest bits."""
    count = len(rows) - _WIDEST + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    integral = np.zeros((len(rows) + 1, _BANDS + 1))
    integral[1:, 1:] = rows.cumsum(axis=0).cumsum(axis=1)
    result = np.zeros(count, np.uint32)
    for feature in _FEATURES:
        value = _apply(integral, feature, count)
        level = np.searchsorted(np.array(feature.cuts), value, side="right")
        result = (result << np.uint32(2)) | _GRAY[level]
    return result


def _apply(integral: npt.NDArray[np.float64], feature: _Feature, count: int) -> npt.NDArray[np.float64]:
    x = np.arange(count)
    y, w, h = feature.band, feature.width, feature.height

    def area(x1: int, y1: int, x2: int, y2: int) -> npt.NDArray[np.float64]:
        """Sum over frames x1..x2-1 and bands y1..y2-1, counted from each position and from the filter's band."""
        top, bottom = y + y1, y + y2
        value: npt.NDArray[np.float64] = (
            integral[x + x2, bottom] - integral[x + x1, bottom] - integral[x + x2, top] + integral[x + x1, top]
        )
        return value

    whole = area(0, 0, w, h)
    if feature.shape == 0:
        positive, negative = whole, np.zeros(count)
    elif feature.shape == 1:
        positive = area(0, h // 2, w, h)
        negative = area(0, 0, w, h // 2)
    elif feature.shape == 2:
        positive = area(w // 2, 0, w, h)
        negative = area(0, 0, w // 2, h)
    elif feature.shape == 3:
        positive = area(0, h // 2, w // 2, h) + area(w // 2, 0, w, h // 2)
        negative = area(0, 0, w // 2, h // 2) + area(w // 2, h // 2, w, h)
    elif feature.shape == 4:
        positive = area(0, h // 3, w, 2 * (h // 3))
        negative = whole - positive
    else:
        positive = area(w // 3, 0, 2 * (w // 3), h)
        negative = whole - positive
    difference: npt.NDArray[np.float64] = np.log((1.0 + positive) / (1.0 + negative))
    return difference


class ChromaprintHasher:
    """Collects a file's samples into one Fingerprint: codes (n, 4) little-endian, times of the start of each."""

    def __init__(self) -> None:
        self._pending: list[npt.NDArray[np.float32]] = []
        self._waiting = 0
        self._energies: list[npt.NDArray[np.float64]] = []
        self._start: float | None = None
        self._count = 0

    def add(self, samples: npt.NDArray[np.float32], start: float) -> None:
        """``samples``: (n,) float32 mono at 11,025 Hz; ``start``: seconds of the first sample of all."""
        if self._start is None:
            self._start = start
        self._count += len(samples)
        self._pending.append(samples)
        self._waiting += len(samples)
        if self._waiting >= FRAME * 16:
            self._fold()

    def _fold(self) -> None:
        samples = np.concatenate([np.empty(0, np.float32), *self._pending])
        energies = chroma(samples)
        if len(energies):
            self._energies.append(energies)
            samples = samples[len(energies) * STEP :]
        self._pending, self._waiting = [samples], len(samples)

    def finish(self) -> Fingerprint:
        """The Fingerprint of all that was added. Quality is 0 for silent codes and 100 otherwise."""
        self._fold()
        energies = np.concatenate(self._energies) if self._energies else np.empty((0, _BANDS))
        rows = picture(energies)
        values = codes(rows)
        start = self._start or 0.0
        times = start + np.arange(len(values)) * STEP_SECONDS
        heard = np.convolve((rows**2).sum(axis=1) > 0, np.ones(_WIDEST), mode="valid") if len(values) else np.empty(0)
        return Fingerprint(
            ALGORITHM,
            values.astype("<u4").view(np.uint8).reshape(-1, CODE_BYTES),
            times.astype(np.float32),
            np.where(heard >= _WIDEST / 2, 100, 0).astype(np.uint8),
            start + self._count / SAMPLE_RATE,
        )
