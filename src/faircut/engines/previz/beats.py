"""Hears where a sound has its beats: onsets by spectral flux, placed on the sample where the energy rises.

Spectral flux with an adaptive threshold as in S. Dixon, "Onset detection revisited", DAFx 2006, section 2.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from faircut.domain import Asset
from faircut.engines.previz.cuts import SAMPLE_RATE
from faircut.engines.previz.soundtrack import decode_sound
from faircut.engines.previz.synth import Mono

_HOP: Final = 480
_WINDOW: Final = 1024
_AROUND: Final = 12
"""Hops (10 ms) on each side that a peak is compared with."""
_APART_S: Final = 0.12
_CLEAR: Final = 0.3
"""Share of the strong onsets' flux that a beat must reach; fainter ones are the melody's."""


def beats_of(asset: Asset, seconds: float) -> tuple[float, ...]:
    """Times of the beats in the first ``seconds`` of a sound. Empty when it has none. Raises EngineInputUnreadable."""
    return onsets(decode_sound(asset, limit=int(seconds * SAMPLE_RATE)).mean(1))


def onsets(wave: Mono) -> tuple[float, ...]:
    """Onsets of (n,) samples at 48 kHz, in seconds."""
    if len(wave) < 4 * _WINDOW or float(np.abs(wave).max()) < 1e-4:
        return ()
    padded = np.concatenate([np.zeros(_WINDOW, np.float32), wave, np.zeros(_WINDOW, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.log1p(30 * np.abs(np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32), axis=1)))
    flux = np.maximum(np.diff(spectrum, axis=0), 0).sum(1)
    wide = np.pad(flux, _AROUND, mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(wide, 2 * _AROUND + 1)
    peaks = np.flatnonzero((flux >= views.max(1)) & (flux > 1.5 * views.mean(1)))
    if not len(peaks):
        return ()
    strong = float(np.percentile(flux[peaks], 90))
    found: list[float] = []
    for peak in peaks[flux[peaks] > _CLEAR * strong]:
        at = _rise(padded, (int(peak) + 1) * _HOP) - _WINDOW / SAMPLE_RATE
        if at >= 0 and (not found or at - found[-1] >= _APART_S):
            found.append(at)
    return tuple(found)


def _rise(wave: Mono, start: int) -> float:
    """The second at which the energy of a window rises the most."""
    window = wave[start : start + _WINDOW] ** 2
    blocks = window[: len(window) // 64 * 64].reshape(-1, 64).sum(1)
    before = np.concatenate(
        [[float((wave[max(0, start - 64) : start] ** 2).sum())], np.maximum.accumulate(blocks)[:-1]]
    )
    return (start + 64 * int(np.argmax(blocks - before))) / SAMPLE_RATE
