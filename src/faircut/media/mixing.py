"""Many channels to one, so that nothing that can be heard is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from av import AudioFrame
from av.audio.resampler import AudioResampler

_LOST = 0.01
"""Share of the loudest channel's energy below which a mix counts as having lost it."""
_HELD = 0.01
"""Share of the energy of the sum from which on the difference of two channels holds something of its own."""
_FLOATS = "fltp"


class MonoMixer:
    """Mixes blocks of any layout down to mono at their own rate, with FFmpeg's weights.

    Where the mix nearly cancels out (channels in opposite phase) or leaves the only sounding channel out (low-frequency
    effects), the loudest channel takes its place: a listener would hear it.
    """

    def __init__(self) -> None:
        self._mix: AudioResampler | None = None
        self._apart = AudioResampler(format=_FLOATS)

    def mix(self, frame: AudioFrame) -> AudioFrame:
        """Mono in 32-bit floats, as long as ``frame`` and at the same time."""
        if self._mix is None:
            self._mix = AudioResampler(format=_FLOATS, layout="mono", rate=frame.sample_rate)
        blocks = self._mix.resample(frame)
        if frame.layout.nb_channels > 1:
            apart = [frame] if frame.format.name == _FLOATS else self._apart.resample(frame)
            energies = [_energy(apart, channel) for channel in range(frame.layout.nb_channels)]
            loudest = int(np.argmax(energies))
            if _energy(blocks, 0) < _LOST * energies[loudest]:
                return _block(frame, np.concatenate([_channel(each, loudest) for each in apart]))
        if len(blocks) == 1:
            blocks[0].pts, blocks[0].time_base = frame.pts, frame.time_base
            return blocks[0]
        return _block(frame, np.concatenate([np.empty(0, np.float32), *(_channel(each, 0) for each in blocks)]))


class SideMixer:
    """Half the difference of the first two channels, where it can be heard: what stands there in opposite phase cancels
    out in a mono mix, though a listener with two ears hears it."""

    def __init__(self) -> None:
        self._apart = AudioResampler(format=_FLOATS)

    def mix(self, frame: AudioFrame) -> AudioFrame | None:
        """Like :meth:`MonoMixer.mix`; None where there is one channel, or as good as one."""
        if frame.layout.nb_channels < 2:
            return None
        apart = [frame] if frame.format.name == _FLOATS else self._apart.resample(frame)
        left, right = (np.concatenate([_channel(each, number) for each in apart]) for number in (0, 1))
        side, mid = (left - right) / 2, (left + right) / 2
        if np.dot(side, side) <= _HELD * np.dot(mid, mid):
            return None
        return _block(frame, side)


def _channel(frame: AudioFrame, number: int) -> npt.NDArray[np.float32]:
    # Reading the plane itself: `to_ndarray` of a block of a thousand samples takes longer than mixing it.
    return np.frombuffer(bytes(frame.planes[number]), np.float32)[: frame.samples]


def _energy(blocks: Sequence[AudioFrame], channel: int) -> float:
    parts = [_channel(each, channel) for each in blocks]
    return float(sum(np.dot(samples, samples) for samples in parts))


def silent_like(frame: AudioFrame) -> AudioFrame:
    """Mono silence, as long as ``frame`` and at the same time."""
    return _block(frame, np.zeros(frame.samples, np.float32))


def _block(like: AudioFrame, samples: npt.NDArray[np.float32]) -> AudioFrame:
    result = AudioFrame.from_ndarray(samples[None], _FLOATS, "mono")
    result.sample_rate, result.pts, result.time_base = like.sample_rate, like.pts, like.time_base
    return result
