"""Many channels to one, so that nothing that can be heard is lost on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from av import AudioFrame
from av.audio.resampler import AudioResampler

_LOST = 0.01
"""Share of the loudest channel's energy below which a mix counts as having lost it."""


class MonoMixer:
    """Mixes blocks of any layout down to mono at their own rate, with FFmpeg's weights.

    Where the mix nearly cancels out (channels in opposite phase) or leaves the only sounding channel out (low-frequency
    effects), the loudest channel takes its place: a listener would hear it.
    """

    def __init__(self) -> None:
        self._mix: AudioResampler | None = None
        self._apart = AudioResampler(format="fltp")

    def mix(self, frame: AudioFrame) -> AudioFrame:
        """Mono in 32-bit floats, as long as ``frame`` and at the same time."""
        if self._mix is None:
            self._mix = AudioResampler(format="fltp", layout="mono", rate=frame.sample_rate)
        mixed = np.concatenate([each.to_ndarray() for each in self._mix.resample(frame)], axis=1)
        if frame.layout.nb_channels > 1:
            apart = np.concatenate([each.to_ndarray() for each in self._apart.resample(frame)], axis=1)
            energies = _energy(apart)
            loudest = int(energies.argmax())
            if _energy(mixed)[0] < _LOST * energies[loudest]:
                mixed = apart[loudest : loudest + 1]
        result = AudioFrame.from_ndarray(np.ascontiguousarray(mixed), "fltp", "mono")
        result.sample_rate, result.pts, result.time_base = frame.sample_rate, frame.pts, frame.time_base
        return result


def _energy(channels: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    energies: npt.NDArray[np.float64] = np.square(channels, dtype=np.float64).sum(axis=1)
    return energies
