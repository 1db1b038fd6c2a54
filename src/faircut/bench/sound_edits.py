"""What people do to a sound before they pass it on, as functions on samples.

Each takes and gives float32 samples, (n,) mono or (n, channels), at the same rate, and is deterministic. Codecs and
time stretching are FFmpeg's (through PyAV); the rest is a few lines of arithmetic.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.filter import Graph

from faircut.bench.drawn_sounds import bandpassed, reverberated, speech

Sound = npt.NDArray[np.float32]
_LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class SoundEdit:
    """One edit. A second of the result holds ``speed`` seconds of the original, its frequencies times ``pitch``."""

    name: str
    label: str
    apply: Callable[[Sound, int], Sound]
    speed: float = 1.0
    pitch: float = 1.0


def mp3(sound: Sound, rate: int, kilobits: int = 64) -> Sound:
    """Through MP3 and back, the codec's delay taken off."""
    layout = _layout(sound)
    file = io.BytesIO()
    target = 44100 if rate not in (32000, 44100, 48000) else rate
    with av.open(file, "w", format="mp3") as writer:
        stream = writer.add_stream("libmp3lame", rate=target, layout=layout)
        stream.bit_rate = kilobits * 1000
        resampler = AudioResampler(format="fltp", layout=layout, rate=target)
        for frame in [*resampler.resample(_frame(sound, rate)), *resampler.resample(None)]:
            writer.mux(stream.encode(frame))
        writer.mux(stream.encode(None))
    file.seek(0)
    back = AudioResampler(format="flt", layout=layout, rate=rate)
    with av.open(file, "r") as reader:
        parts = [_samples(piece) for frame in reader.decode(audio=0) for piece in back.resample(frame)]
        parts += [_samples(piece) for piece in back.resample(None)]
    return _as_long(np.concatenate(parts), sound)


def phone(sound: Sound, rate: int) -> Sound:
    """The band of a telephone, 300 to 3,400 Hz, at 8 bits by the µ-law (ITU-T G.711)."""
    narrow = _levelled(bandpassed(sound, 300.0, 3400.0, rate))
    law = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    coarse = np.round(law * 127) / 127
    return np.asarray(np.sign(coarse) * np.expm1(np.abs(coarse) * np.log(256)) / 255, np.float32)


def noisy(sound: Sound, _rate: int, decibels: float = 0.0, seed: int = 11) -> Sound:
    """White noise added; ``decibels`` is what the sound stands above it."""
    hiss = np.random.default_rng(seed).standard_normal(sound.shape)
    return _over(sound, hiss, decibels)


def spoken_over(sound: Sound, rate: int, decibels: float = 0.0, seed: int = 12) -> Sound:
    """Somebody talks over it, as loud as it is; ``decibels`` is what the sound stands above the voice."""
    voice = speech(len(sound) / rate + 0.1, seed, rate)[: len(sound)]
    return _over(sound, voice if sound.ndim == 1 else np.repeat(voice[:, None], sound.shape[1], axis=1), decibels)


def resampled(sound: Sound, rate: int, speed: float) -> Sound:
    """Played faster or slower: time and pitch change together."""
    return _filtered(sound, rate, [("asetrate", f"{round(rate * speed)}"), ("aresample", f"{rate}")])


def stretched(sound: Sound, rate: int, tempo: float) -> Sound:
    """Faster or slower at the same pitch (FFmpeg's ``atempo``: overlap and add of similar waveforms)."""
    return _filtered(sound, rate, [("atempo", f"{tempo:.6f}")])


def transposed(sound: Sound, rate: int, pitch: float) -> Sound:
    """Higher or lower at the same tempo: resampled, then stretched back."""
    graph = [("asetrate", f"{round(rate * pitch)}"), ("aresample", f"{rate}"), ("atempo", f"{1 / pitch:.6f}")]
    return _as_long(_filtered(sound, rate, graph), sound)


def louder(sound: Sound, _rate: int, decibels: float) -> Sound:
    """Louder or softer; what exceeds full scale is cut."""
    return np.asarray(np.clip(sound * np.float32(10 ** (decibels / 20)), -1, 1), np.float32)


def low_passed(sound: Sound, rate: int, hertz: float = 2000.0) -> Sound:
    """Nothing above a frequency."""
    return np.asarray(bandpassed(sound, 1.0, hertz, rate), np.float32)


def echoing(sound: Sound, rate: int, seconds: float = 0.8, wet: float = 0.5, seed: int = 13) -> Sound:
    """Played back in a room."""
    return _levelled(reverberated(sound, seconds, wet, seed, rate))


def clipped(sound: Sound, _rate: int, share: float = 0.2) -> Sound:
    """Driven until the waveform is cut flat at a ``share`` of its peak, then brought back up."""
    peak = max(float(np.abs(sound).max()), 1e-9)
    return np.asarray(np.clip(sound, -share * peak, share * peak) / share * 0.9, np.float32)


def compressed(sound: Sound, rate: int) -> Sound:
    """Loudness evened out, as broadcasters and video sites do: each fifth of a second brought towards one level."""
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    width = max(rate // 5, 1)
    power = np.convolve(mono.astype(np.float64) ** 2, np.full(width, 1 / width), mode="same")
    gain = (np.maximum(power, 1e-7) ** -0.3).astype(np.float32)
    return _levelled(sound * (gain if sound.ndim == 1 else gain[:, None]))


SOUND_EDITS: dict[str, SoundEdit] = {
    edit.name: edit
    for edit in (
        SoundEdit("mp3-64k", "mp3 at 64 kbit/s", mp3),
        SoundEdit("phone-band", "phone band", phone),
        SoundEdit("noise-0db", "noise at 0 dB", noisy),
        SoundEdit("speech-0db", "speech over it at 0 dB", spoken_over),
        SoundEdit("pitch-up-5", "pitch +5 %", lambda sound, rate: transposed(sound, rate, 1.05), pitch=1.05),
        SoundEdit("pitch-down-5", "pitch -5 %", lambda sound, rate: transposed(sound, rate, 0.95), pitch=0.95),
        SoundEdit("speed-up-10", "speed +10 %", lambda sound, rate: resampled(sound, rate, 1.1), speed=1.1, pitch=1.1),
        SoundEdit(
            "speed-down-10", "speed -10 %", lambda sound, rate: resampled(sound, rate, 0.9), speed=0.9, pitch=0.9
        ),
        SoundEdit("speed-up-5", "speed +5 %", lambda sound, rate: resampled(sound, rate, 1.05), speed=1.05, pitch=1.05),
        SoundEdit("tempo-up-10", "tempo +10 %", lambda sound, rate: stretched(sound, rate, 1.1), speed=1.1),
        SoundEdit("tempo-down-10", "tempo -10 %", lambda sound, rate: stretched(sound, rate, 0.9), speed=0.9),
        SoundEdit("volume-down", "volume -20 dB", lambda sound, rate: louder(sound, rate, -20.0)),
        SoundEdit("low-pass", "low-pass at 2 kHz", low_passed),
        SoundEdit("reverb", "reverb", echoing),
        SoundEdit("clipping", "clipping", clipped),
        SoundEdit("loudness-even", "loudness evened out", compressed),
    )
}
"""The sound edits by name; pairs are made by applying one after the other (speeds and pitches multiply)."""


def _layout(sound: Sound) -> str:
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    if channels not in _LAYOUTS:
        raise ValueError(f"Sound edits take one or two channels, not {channels}.")
    return _LAYOUTS[channels]


def _frame(sound: Sound, rate: int) -> av.AudioFrame:
    planes = sound[None, :] if sound.ndim == 1 else sound.T
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes, np.float32), "fltp", _layout(sound))
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame


def _samples(frame: av.AudioFrame) -> Sound:
    flat = frame.to_ndarray().astype(np.float32).reshape(-1)
    channels = frame.layout.nb_channels
    return flat if channels == 1 else flat.reshape(-1, channels)


def _as_long(made: Sound, original: Sound) -> Sound:
    """Cut or padded with silence to the length of the original."""
    missing = len(original) - len(made)
    if missing <= 0:
        return made[: len(original)]
    return np.pad(made, [(0, missing)] + [(0, 0)] * (made.ndim - 1))


def _filtered(sound: Sound, rate: int, chain: list[tuple[str, str]]) -> Sound:
    layout = _layout(sound)
    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=rate, format="fltp", layout=layout, time_base=Fraction(1, rate))]
    nodes += [graph.add(name, arguments) for name, arguments in chain]
    nodes += [graph.add("aformat", f"sample_fmts=flt:channel_layouts={layout}"), graph.add("abuffersink")]
    graph.link_nodes(*nodes)
    graph.configure()
    graph.push(_frame(sound, rate))
    graph.push(None)
    parts: list[Sound] = []
    while True:
        try:
            parts.append(_samples(cast(av.AudioFrame, graph.pull())))
        except (av.EOFError, av.BlockingIOError):
            return np.concatenate(parts)


def _power(sound: npt.NDArray[np.floating]) -> float:
    return float(np.mean(np.square(sound, dtype=np.float64)))


def _over(sound: Sound, other: npt.NDArray[np.floating], decibels: float) -> Sound:
    gain = np.sqrt(_power(sound) / max(_power(other), 1e-12)) * 10 ** (-decibels / 20)
    return _levelled(sound + gain * other)


def _levelled(sound: npt.NDArray[np.floating]) -> Sound:
    """Within full scale."""
    peak = max(float(np.abs(sound).max()), 1e-9) if len(sound) else 1.0
    return np.asarray(sound * min(0.95 / peak, 1.0) if peak > 0.95 else sound, np.float32)
