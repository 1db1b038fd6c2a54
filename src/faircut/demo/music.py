"""The tunes of the demo's films, composed for them and synthesised: notes, drums, and nothing recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE = 48000
Sound = npt.NDArray[np.float32]
"""(samples,) mono in -1..1 at 48 kHz."""

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def pitch(note: str) -> float:
    """Hertz of a note such as "a4" or "f#3" (equal temperament, a4 = 440)."""
    sharp = note.count("#") - note.count("-")
    semitones = _STEPS[note[0]] + sharp + 12 * (int(note[-1]) - 4) - 9
    return float(440.0 * 2 ** (semitones / 12))


def music_box(hertz: float, seconds: float) -> Sound:
    """A plucked steel tooth."""
    t = np.arange(round((seconds + 0.9) * RATE)) / RATE
    tone = sum(
        w * np.sin(2 * np.pi * hertz * k * t) * np.exp(-t * d)
        for k, w, d in ((1, 1, 3.2), (2.01, 0.35, 5), (4.1, 0.2, 9), (6.8, 0.08, 14))
    )
    return np.asarray(tone, np.float32)


def horn(hertz: float, seconds: float) -> Sound:
    """A soft brass voice with a slow vibrato."""
    t = np.arange(round((seconds + 0.15) * RATE)) / RATE
    phase = 2 * np.pi * hertz * t + 0.9 * np.sin(2 * np.pi * 4.6 * t) * np.minimum(t, 1)
    shape = np.minimum(t / 0.09, 1) * np.clip((seconds + 0.15 - t) / 0.15, 0, 1)
    tone = sum(np.sin(k * phase) / k**1.25 * np.exp(-0.12 * k * (1 - shape)) for k in range(1, 9))
    return np.asarray(0.6 * tone * shape, np.float32)


def fiddle(hertz: float, seconds: float) -> Sound:
    """A reedy bowed voice, short-breathed."""
    t = np.arange(round(seconds * 0.92 * RATE)) / RATE
    shape = np.minimum(t / 0.02, 1) * np.clip((seconds * 0.92 - t) / 0.06, 0, 1)
    tone = sum(np.sin(2 * np.pi * hertz * k * t + k) / k for k in (1, 2, 3, 4, 5, 7))
    return np.asarray(0.5 * tone * shape, np.float32)


def bass(hertz: float, seconds: float) -> Sound:
    """A plucked low string."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = (
        sum(np.sin(2 * np.pi * hertz * k * t) / k**1.5 for k in (1, 2, 3)) * np.exp(-2.2 * t) * np.minimum(t / 0.006, 1)
    )
    return np.asarray(tone, np.float32)


def drum(seed: int, *, low: float, noise: float, seconds: float = 0.25) -> Sound:
    """A skin: a falling tone of ``low`` hertz with a share of ``noise``."""
    t = np.arange(round(seconds * RATE)) / RATE
    body = np.sin(2 * np.pi * low * (t - 0.6 * t**2)) * np.exp(-14 * t)
    hiss = np.random.default_rng(seed).normal(0, 1, len(t)) * np.exp(-34 * t)
    return np.asarray((1 - noise) * body + noise * 0.5 * hiss, np.float32)


def whale_call(seconds: float) -> Sound:
    """A long call that bends up and comes down again."""
    t = np.arange(round(seconds * RATE)) / RATE
    hertz = 130 + 120 * np.sin(np.pi * t / seconds) ** 2 + 14 * np.sin(2 * np.pi * 2.3 * t)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.16 * np.sin(3 * phase)
    return np.asarray(tone * np.sin(np.pi * t / seconds) ** 0.7, np.float32)


class _Score:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._mix = np.zeros(round(seconds * RATE) + 4 * RATE, np.float32)

    def add(self, sound: Sound, at: float, loud: float) -> None:
        start = round(at * RATE)
        if at < self.seconds:
            self._mix[start : start + len(sound)] += loud * sound

    def finish(self) -> Sound:
        count = round(self.seconds * RATE)
        mix = self._mix
        # One echo, so that the room is not quite dry.
        mix[RATE // 6 :] += 0.22 * mix[: -(RATE // 6)]
        sound = mix[:count]
        sound[-RATE // 2 :] *= np.linspace(1, 0, RATE // 2, dtype=np.float32)
        peak = float(np.abs(sound).max()) or 1.0
        return np.asarray(np.tanh(1.3 * sound / peak) * 0.8, np.float32)


def _line(text: str) -> Sequence[tuple[str | None, float]]:
    """ "d5:1 -:2" to notes and their beats; "-" rests."""
    pairs = (word.split(":") for word in text.split())
    return [(None if note == "-" else note, float(beats)) for note, beats in pairs]


def lamplight_waltz(seconds: float) -> Sound:
    """A music-box waltz in D minor with a tick and a brush."""
    score, beat = _Score(seconds), 60 / 168
    melody = _line(
        "d5:1 f5:1 a5:1 g#5:1 a5:2 f5:1 e5:1 d5:1 c#5:3 e5:1 g5:1 b-5:1 a5:1.5 g5:.5 f5:1 e5:1 f5:1 e5:1 d5:3 "
        "a5:1 d6:1 c6:1 b-5:1 a5:2 g5:1 b-5:1 a5:1 f5:3 e5:1 f5:1 g#5:1 a5:1 e5:1 c#5:1 d5:2 a4:1 d5:3"
    )
    at = 0.0
    for note, beats in melody:
        if note:
            score.add(music_box(pitch(note), beats * beat), at * beat, 0.5)
        at += beats
    roots = ("d3", "d3", "a2", "a2", "g2", "d3", "a2", "d3", "b-2", "g2", "d3", "d3", "e3", "a2", "d3", "d3")
    for bar, root in enumerate(roots):
        start = bar * 3 * beat
        score.add(bass(pitch(root), 2 * beat), start, 0.5)
        for k in (1, 2):
            score.add(drum(bar * 3 + k, low=900, noise=0.8, seconds=0.09), start + k * beat, 0.16)
            for step, third in ((2, 1.1892), (2, 1.4983)):
                score.add(music_box(pitch(root) * step * third, beat * 0.5), start + k * beat, 0.1)
    return score.finish()


def brass_hymn(seconds: float) -> Sound:
    """A slow hymn in E flat for horns, with a deep drum and a whale."""
    score, beat = _Score(seconds), 60 / 92
    melody = _line("e-4:2 g4:1 a-4:1 b-4:3 c5:1 b-4:1 a-4:1 g4:1 f4:1 g4:2 e-4:1 f4:1 a-4:2 c5:1 e-5:1 d5:2 b-4:2")
    tenor = _line("b-3:2 e-4:2 e-4:2 e-4:2 f4:2 e-4:2 d4:2 c4:2 c4:2 a-4:2 f4:2 d4:2")
    for line, loud in ((melody, 0.42), (tenor, 0.26)):
        at = 0.0
        for note, beats in line:
            if note:
                score.add(horn(pitch(note), beats * beat), at * beat, loud)
            at += beats
    for bar, root in enumerate(("e-2", "e-2", "b-2", "c3", "a-2", "b-2")):
        score.add(bass(pitch(root), 3 * beat), bar * 4 * beat, 0.6)
        score.add(drum(200 + bar, low=62, noise=0.1, seconds=0.6), bar * 4 * beat, 0.9)
        score.add(drum(300 + bar, low=180, noise=0.6), (bar * 4 + 2) * beat, 0.35)
        score.add(drum(400 + bar, low=180, noise=0.6), (bar * 4 + 3.5) * beat, 0.25)
    for at in (2.4, 7.2, 10.6):
        score.add(whale_call(2.2), at, 0.3)
    return score.finish()


def hill_jig(seconds: float) -> Sound:
    """A jig in A for a fiddle and a tambourine: the innocent clip's."""
    score, beat = _Score(seconds), 60 / 372
    melody = _line(
        "a4:1 c#5:1 e5:1 e5:1 f#5:1 e5:1 d5:1 b4:1 d5:1 c#5:2 a4:1 b4:1 g#4:1 e4:1 b4:1 c#5:1 d5:1 c#5:1 e5:1 a5:1 "
        "e5:3 f#5:1 a5:1 f#5:1 e5:1 c#5:1 a4:1 d5:1 e5:1 f#5:1 e5:3 d5:1 c#5:1 b4:1 c#5:1 d5:1 b4:1 a4:3 a4:2 e4:1"
    )
    for turn in range(2):
        at = turn * sum(beats for _, beats in melody)
        for note, beats in melody:
            if note:
                score.add(fiddle(pitch(note), beats * beat), at * beat, 0.4)
            at += beats
    for k in range(int(seconds / beat / 3) + 1):
        score.add(drum(k, low=2400, noise=0.9, seconds=0.08), k * 3 * beat, 0.25)
        score.add(bass(pitch(("a2", "a2", "d3", "e3")[k // 2 % 4]), 2 * beat), k * 3 * beat, 0.4)
    return score.finish()
