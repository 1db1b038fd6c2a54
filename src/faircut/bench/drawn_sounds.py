"""Sound composed by code: music of many kinds, speech without words, and noise. Nothing here is a recording.

Thresholds of the sound matcher are chosen on these, so that real films stay unseen until the report. All functions give
(n,) float32 mono in -1..1 and depend on their arguments alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Mono = npt.NDArray[np.float32]
_Floats = npt.NDArray[Any]

_SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 7, 9),
    (0, 1, 4, 5, 7, 8, 11),
)
_VOWELS = (
    # Centres of the first four formants of a grown man's vowels, in hertz.
    (730, 1090, 2440, 3400),
    (270, 2290, 3010, 3600),
    (300, 870, 2240, 3300),
    (530, 1840, 2480, 3500),
    (570, 840, 2410, 3300),
    (660, 1720, 2410, 3400),
    (490, 1350, 1690, 3200),
)


@dataclass(frozen=True, slots=True)
class _Voice:
    """How an instrument sounds: overtones, how they fall off and stretch, and the shape of a note."""

    overtones: int
    fall: float
    odd_only: bool
    stretch: float
    attack: float
    decay: float
    vibrato: float


def music(seconds: float, seed: int, rate: int = 22050, *, style: int | None = None) -> Mono:
    """A made-up piece: a key, a progression of chords, bass, a melody, perhaps drums, in a room.

    Everything follows from ``seed``; tempo, key, tuning and timbres from ``style`` where that is given, so that several
    pieces can be as alike as those of one band.
    """
    rng, band = np.random.default_rng([seed, 1]), np.random.default_rng([seed if style is None else style, 7])
    total = round(seconds * rate)
    mix = np.zeros(total + 4 * rate, np.float32)
    beat = 60.0 / float(band.uniform(66, 168))
    scale, key = _SCALES[int(band.integers(len(_SCALES)))], int(band.integers(12))
    tuning = float(band.uniform(-0.3, 0.3))
    chord_voice, bass_voice, lead_voice = _voice(band), _voice(band), _voice(band)
    chords, bass, lead, drums = (
        rng.uniform(0.05, 0.5),
        rng.uniform(0.1, 0.5),
        rng.uniform(0.1, 0.6),
        rng.uniform(0, 0.6),
    )
    progression = rng.integers(0, len(scale), int(rng.integers(3, 9)))
    pattern = rng.random((3, 8)) < np.array([[0.35], [0.3], [0.6]])
    swing, rests, at_step = float(rng.uniform(0, 0.12)), float(rng.uniform(0.05, 0.4)), int(rng.integers(0, 9))
    bar = 0
    while bar * 4 * beat < seconds:
        root = int(progression[bar % len(progression)])
        start = bar * 4 * beat
        notes = [_hertz(scale, root + each, key, tuning, 4) for each in (0, 2, 4)]
        spread = float(rng.choice([0.0, 0.0, beat / 2]))
        for number, hertz in enumerate(notes):
            _add(
                mix,
                _note(hertz, 4 * beat - spread * number, chord_voice, rng, rate) * chords,
                start + spread * number,
                rate,
            )
        for step in range(4):
            if rng.random() > rests:
                low = _hertz(scale, root + int(rng.choice([0, 0, 4])), key, tuning, 2)
                _add(mix, _note(low, beat * 0.9, bass_voice, rng, rate) * bass, start + step * beat, rate)
        place = 0.0
        while place < 4:
            length = float(rng.choice([0.5, 0.5, 1, 1.5, 2, 1 / 3]))
            if rng.random() > rests:
                at_step = int(np.clip(at_step + rng.integers(-3, 4), -2, 12))
                human = float(rng.normal(0, 0.008))
                _add(
                    mix,
                    _note(_hertz(scale, at_step, key, tuning, 5), length * beat * 0.95, lead_voice, rng, rate) * lead,
                    start + (place + (swing if place % 1 else 0)) * beat + human,
                    rate,
                )
            place += length
        for half in range(8):
            for kind in range(3):
                if pattern[kind, half]:
                    _add(mix, _drum(kind, rng, rate) * drums * rng.uniform(0.6, 1.0), start + half * beat / 2, rate)
        bar += 1
    return _finished(reverberated(mix, float(rng.uniform(0.1, 1.4)), float(rng.uniform(0.05, 0.5)), seed, rate)[:total])


def _voice(rng: np.random.Generator) -> _Voice:
    return _Voice(
        overtones=int(rng.integers(2, 14)),
        fall=float(rng.uniform(0.6, 2.0)),
        odd_only=bool(rng.random() < 0.2),
        stretch=float(rng.choice([0.0, 0.0, 0.0004, 0.002])),
        attack=float(rng.choice([0.004, 0.01, 0.05, 0.2])),
        decay=float(rng.choice([0.3, 1.0, 3.0, 6.0])),
        vibrato=float(rng.choice([0.0, 0.0, 0.003, 0.008])),
    )


def _hertz(scale: tuple[int, ...], degree: int, key: int, tuning: float, octave: int) -> float:
    semitones = scale[degree % len(scale)] + 12 * (degree // len(scale)) + key + 12 * (octave - 4) + tuning
    return float(261.63 * 2 ** (semitones / 12) / 2)


def _note(hertz: float, seconds: float, voice: _Voice, rng: np.random.Generator, rate: int) -> Mono:
    n = max(round((seconds + 0.08) * rate), 32)
    t = np.arange(n, dtype=np.float32) / rate
    phase = 2 * np.pi * hertz * t
    if voice.vibrato:
        phase = phase + voice.vibrato * hertz / 5.0 * np.sin(2 * np.pi * 5.0 * t + rng.uniform(0, 6))
    tone = np.zeros(n, np.float32)
    for k in range(1, voice.overtones + 1, 2 if voice.odd_only else 1):
        stretched = k * math.sqrt(1 + voice.stretch * k * k)
        if hertz * stretched < 0.45 * rate:
            tone += (
                np.sin(stretched * phase + rng.uniform(0, 6))
                * np.exp(-voice.decay * (0.5 + 0.2 * k) * t)
                / k**voice.fall
            )
    shape = np.minimum(t / voice.attack, 1) * np.clip((seconds + 0.08 - t) / 0.08, 0, 1)
    return np.asarray(tone * shape * rng.uniform(0.7, 1.0), np.float32)


def _drum(kind: int, rng: np.random.Generator, rate: int) -> Mono:
    t = np.arange(round(0.25 * rate), dtype=np.float32) / rate
    if kind == 0:
        sound = np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-30 * t)))) * np.exp(-14 * t) * 1.4
    elif kind == 1:
        sound = (rng.standard_normal(len(t)) * 0.5 + np.sin(2 * np.pi * 190 * t)) * np.exp(-18 * t)
    else:
        sound = np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-50 * t) * 0.4
    return np.asarray(sound, np.float32)


def _add(mix: Mono, sound: Mono, start: float, rate: int) -> None:
    first = max(round(start * rate), 0)
    room = len(mix) - first
    if room > 0:
        mix[first : first + len(sound)] += sound[:room]


def speech(seconds: float, seed: int, rate: int = 22050) -> Mono:
    """Somebody talking without words: voiced syllables through formants, hissed consonants, pauses and intonation.

    After the source and filter model of Klatt, "Software for a cascade/parallel formant synthesizer" (1980), here as a
    sum of harmonics under a moving envelope.
    """
    rng = np.random.default_rng([seed, 2])
    n = round(seconds * rate)
    t = np.arange(n) / rate
    scale = float(rng.uniform(0.9, 1.25))
    base = 95.0 * scale**3 * float(rng.uniform(0.9, 1.4))
    knots, loud, vowels, hisses = [0.0], [0.0], [0], []
    at = float(rng.uniform(0, 0.2))
    while at < seconds:
        for _ in range(int(rng.integers(3, 10))):
            length = float(rng.uniform(0.11, 0.3))
            vowel = int(rng.integers(len(_VOWELS)))
            if rng.random() < 0.5:
                hisses.append((at, float(rng.uniform(0.04, 0.12)), float(rng.uniform(1500, 5000))))
            knots += [at + 0.04, at + 0.07, at + length - 0.03, at + length]
            loud += [0.05, float(rng.uniform(0.6, 1.0)), float(rng.uniform(0.5, 0.9)), 0.08]
            vowels += [vowel, vowel, vowel, vowel]
            at += length
        pause = float(rng.uniform(0.1, 0.6))
        knots += [at + 0.03, at + pause]
        loud += [0.0, 0.0]
        vowels += [0, 0]
        at += pause
    order = np.argsort(knots, kind="stable")
    places = np.array(knots)[order]
    envelope = np.interp(t, places, np.array(loud)[order])
    formants = [np.interp(t, places, np.array([_VOWELS[v][k] for v in vowels])[order] * scale) for k in range(4)]
    wander = np.interp(t, np.arange(0, seconds + 1, 0.35), rng.normal(0, 0.09, len(np.arange(0, seconds + 1, 0.35))))
    pitch = base * np.exp(wander - 0.12 * ((t % 2.3) / 2.3))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = np.zeros(n)
    for k in range(1, int(min(4500, 0.45 * rate) / base) + 1):
        hertz = k * pitch
        gain = sum(
            w / (1 + ((hertz - f) / (50 + 0.03 * f)) ** 2) for f, w in zip(formants, (1.0, 0.7, 0.35, 0.2), strict=True)
        )
        voice += np.sin(k * phase) * gain / k**0.3
    voice *= envelope
    noise = rng.standard_normal(n)
    for start, length, centre in hisses:
        first = round(start * rate)
        piece = noise[first : first + round(length * rate)]
        if len(piece) > 16:
            voice[first : first + len(piece)] += (
                0.5 * bandpassed(piece, 0.7 * centre, 1.5 * centre, rate) * np.hanning(len(piece))
            )
    return _finished(voice)


def atmosphere(seconds: float, seed: int, rate: int = 22050) -> Mono:
    """What a film sounds like between words and music: a bed of air and rumble, faint drones, knocks, whooshes, glides
    and pings, in a room, swelling and fading by up to 25 dB."""
    rng = np.random.default_rng([seed, 8])
    n = round(seconds * rate)
    t = np.arange(n) / rate
    hertz = np.fft.rfftfreq(n, 1 / rate)
    tilt = np.maximum(hertz, 60.0) ** (-float(rng.uniform(0.5, 2.0)) / 2) * (hertz > 30)
    bed = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * tilt, n)
    mix = bed / max(float(bed.std()), 1e-9) * _gain(rng, -45, -25)
    for _ in range(int(rng.integers(0, 4))):
        knots = np.arange(0, seconds + 3, 2.5)
        beating = 0.5 * np.sin(2 * np.pi * float(rng.uniform(0.1, 0.6)) * t)
        drone = np.sin(2 * np.pi * _pitch(rng, 80, 2500) * t + beating)
        mix += _gain(rng, -45, -22) * drone * np.interp(t, knots, rng.uniform(0.1, 1.0, len(knots)))
    at = float(rng.uniform(0, 1.5))
    while at < seconds:
        event = _event(int(rng.integers(4)), rng, rate) * _gain(rng, -35, -3)
        first = round(at * rate)
        mix[first : first + len(event)] += event[: max(n - first, 0)]
        at += float(rng.exponential(float(rng.choice([0.25, 0.8, 2.0]))))
    knots = np.cumsum(rng.uniform(0.5, 5.0, int(seconds) + 5))
    swell = np.interp(t, knots, 10 ** (rng.uniform(-25, 0, len(knots)) / 20))
    return _finished(reverberated(mix * swell, float(rng.uniform(0.1, 1.2)), float(rng.uniform(0.05, 0.4)), seed, rate))


def _gain(rng: np.random.Generator, low: float, high: float) -> float:
    return float(10 ** (rng.uniform(low, high) / 20))


def _pitch(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _event(kind: int, rng: np.random.Generator, rate: int) -> _Floats:
    """A knock, a whoosh, a glide with overtones, or a ping."""
    seconds = (0.4, 1.6, 0.7, 0.3)[kind] * float(rng.uniform(0.5, 2.0))
    n = round(seconds * rate)
    t = np.arange(n) / rate
    if kind == 0:
        centre = _pitch(rng, 120, 3000)
        knock = bandpassed(rng.standard_normal(n), centre / 1.8, centre * 1.8, rate)
        return np.asarray(3 * knock * np.exp(-t * rng.uniform(4, 25)))
    if kind == 3:
        return np.asarray(np.sin(2 * np.pi * _pitch(rng, 300, 3500) * t) * np.exp(-t * rng.uniform(3, 30)))
    start, end = _pitch(rng, 150, 3500), _pitch(rng, 150, 3500)
    hertz = start * (end / start) ** (t / seconds)
    arch = np.sin(np.pi * t / seconds)
    if kind == 1:
        knots = np.arange(0, seconds + 0.02, 0.006)
        rough = np.interp(t, knots, rng.standard_normal(len(knots)))
        return np.asarray(rough * np.sin(2 * np.pi * np.cumsum(hertz) / rate) * arch)
    hertz = hertz * (1 + 0.02 * np.sin(2 * np.pi * float(rng.uniform(3, 30)) * t))
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    overtones = [np.sin(k * phase) / k for k in range(1, 5) if k * max(start, end) < 0.45 * rate]
    return np.asarray(0.5 * np.sum(overtones, axis=0) * np.sqrt(np.maximum(arch, 0.0)))


def noise(seconds: float, seed: int, rate: int = 22050, tilt: float | None = None) -> Mono:
    """Noise whose energy falls with a power of frequency (0 white, 1 pink, 2 brown; random by default) and swells."""
    rng = np.random.default_rng([seed, 3])
    n = round(seconds * rate)
    power = float(rng.uniform(0, 2)) if tilt is None else tilt
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hertz = np.fft.rfftfreq(n, 1 / rate)
    shaped = np.fft.irfft(spectrum * np.maximum(hertz, 40.0) ** (-power / 2) * (hertz > 30), n)
    knots = np.arange(0, seconds + 2, 1.0)
    swell = np.interp(np.arange(n) / rate, knots, rng.uniform(0.6, 1.0, len(knots)))
    return _finished(shaped * swell)


def applause(seconds: float, seed: int, rate: int = 22050) -> Mono:
    """Many hands clapping: short bursts of filtered noise at random moments."""
    rng = np.random.default_rng([seed, 4])
    n = round(seconds * rate)
    clicks = np.zeros(n)
    places = rng.integers(0, n, round(seconds * 160))
    np.add.at(clicks, places, rng.uniform(0.2, 1.0, len(places)))
    t = np.arange(round(0.03 * rate)) / rate
    clap = bandpassed(rng.standard_normal(len(t)), 700, 3500, rate) * np.exp(-150 * t)
    size = 1 << (n + len(clap)).bit_length()
    return _finished(np.fft.irfft(np.fft.rfft(clicks, size) * np.fft.rfft(clap, size), size)[:n])


def tones(seconds: float, seed: int, rate: int = 22050) -> Mono:
    """Steady tones, as of a test signal, a hum or a held organ chord."""
    rng = np.random.default_rng([seed, 5])
    t = np.arange(round(seconds * rate)) / rate
    held = sum(np.sin(2 * np.pi * float(f) * t) for f in rng.uniform(60, 2500, int(rng.integers(1, 6))))
    return _finished(np.asarray(held))


def bandpassed(sound: _Floats, low: float, high: float, rate: int) -> _Floats:
    """Keeps what lies between two frequencies, with edges of some 12 dB an octave. Works on the first axis."""
    n = len(sound)
    hertz = np.maximum(np.fft.rfftfreq(n, 1 / rate), 1e-3)
    gain = 1 / np.sqrt(1 + (low / hertz) ** 8) / np.sqrt(1 + (hertz / high) ** 8)
    shape = gain if sound.ndim == 1 else gain[:, None]
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, axis=0) * shape, n, axis=0))


def reverberated(sound: _Floats, seconds: float, wet: float, seed: int, rate: int) -> _Floats:
    """In a room whose echo dies away (by 60 dB) in ``seconds``; ``wet`` is the share of the echo."""
    rng = np.random.default_rng([seed, 6])
    tail = np.arange(max(round(seconds * rate), 2)) / rate
    room = rng.standard_normal(len(tail)) * np.exp(-6.9 * tail / max(seconds, 1e-3))
    room /= math.sqrt(float((room**2).sum()))
    n = len(sound)
    size = 1 << (n + len(room)).bit_length()
    response = np.fft.rfft(room, size)
    spectrum = np.fft.rfft(sound, size, axis=0) * (response if sound.ndim == 1 else response[:, None])
    echo = np.fft.irfft(spectrum, size, axis=0)[:n]
    return np.asarray((1 - wet) * sound + wet * echo)


def _finished(sound: _Floats) -> Mono:
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    return np.asarray(sound * (0.8 / peak if peak > 0 else 0.0), np.float32)
