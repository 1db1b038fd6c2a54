"""A small generative music bed: chords, a plucked figure and a bass in the mood of the words."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from faircut.engines.previz.cuts import SAMPLE_RATE
from faircut.engines.previz.synth import Stereo, panned, reverb, times

_MOODS: Final[dict[str, tuple[int, float, tuple[tuple[int, ...], ...], float]]] = {
    # root (MIDI), beats a minute, chords in semitones over the root, density of the pluck
    "calm": (57, 66, ((0, 4, 7, 14), (5, 9, 12, 16), (9, 12, 16, 19), (7, 11, 14, 17)), 0.55),
    "joyful": (60, 104, ((0, 4, 7, 12), (7, 11, 14, 19), (9, 12, 16, 21), (5, 9, 12, 17)), 0.9),
    "dreamy": (56, 60, ((0, 7, 11, 16), (8, 12, 15, 19), (5, 9, 16, 19), (3, 7, 14, 17)), 0.65),
    "epic": (50, 84, ((0, 3, 7, 12), (8, 12, 15, 20), (3, 7, 10, 15), (10, 14, 17, 22)), 0.6),
    "tense": (47, 92, ((0, 3, 6, 12), (1, 5, 8, 13), (0, 3, 7, 12), (6, 9, 12, 18)), 0.5),
    "sad": (53, 58, ((0, 3, 7, 14), (8, 12, 15, 19), (5, 8, 12, 15), (7, 10, 14, 17)), 0.45),
}


def _hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def music_bed(rng: np.random.Generator, n: int, mood: str) -> Stereo:
    """(n, 2) music for a whole film, fading in and out, RMS near -24 dB of full scale."""
    root, tempo, chords, density = _MOODS.get(mood, _MOODS["calm"])
    root += int(rng.integers(-2, 3))
    beat = 60 / tempo
    bar = int(beat * 4 * SAMPLE_RATE)
    out = np.zeros((n + bar, 2), np.float32)
    count = math.ceil(n / bar)
    for index in range(count):
        chord = chords[index % len(chords)]
        at = index * bar
        length = bar + int(0.6 * SAMPLE_RATE)
        t = times(length)
        swell = np.clip(t / 0.7, 0, 1) * np.clip((length / SAMPLE_RATE - t) / 0.9, 0, 1)
        for voice, step in enumerate(chord):
            pitch = _hertz(root + step)
            pad = sum(
                np.sin(math.tau * pitch * (1 + detune) * k * t + rng.uniform(0, 6)) / k**2.1
                for k in (1, 2, 3)
                for detune in (-0.0017, 0.0019)
            )
            _add(out, at, panned((pad * swell * 0.016).astype(np.float32), (voice - 1.5) * 0.4))
        bass = np.sin(math.tau * _hertz(root - 12 + chord[0] % 12) * t) * np.exp(-t / 1.6) * np.clip(t / 0.02, 0, 1)
        _add(out, at, panned((bass * 0.06).astype(np.float32), 0.0))
        for slot in range(8):
            if rng.uniform() > density * (1.0 if slot % 2 == 0 else 0.7):
                continue
            step = chord[int(rng.integers(len(chord)))] + 12 * int(rng.uniform() < 0.35)
            _add(
                out,
                at + int(slot * beat / 2 * SAMPLE_RATE),
                panned(_pluck(_hertz(root + 12 + step), rng.uniform(0.5, 1.0)), rng.uniform(-0.6, 0.6)),
            )
    bed = reverb(out[:n], rng, 1.8, 0.45)
    fade = np.clip(np.minimum(times(n) / 0.5, (n / SAMPLE_RATE - times(n)) / 1.2), 0, 1).astype(np.float32)
    return bed * fade[:, None]


def _pluck(pitch: float, level: float) -> np.ndarray:
    t = times(int(1.1 * SAMPLE_RATE))
    tone = sum(np.sin(math.tau * pitch * k * t) * np.exp(-t * (2.6 + 2.2 * k)) / k**1.4 for k in range(1, 6))
    result: np.ndarray = (tone * np.clip(t / 0.003, 0, 1) * 0.045 * level).astype(np.float32)
    return result


def _add(out: Stereo, at: int, wave: Stereo) -> None:
    end = min(len(out), at + len(wave))
    if at < end:
        out[at:end] += wave[: end - at]
