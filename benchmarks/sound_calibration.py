"""Fits the chance that what the sound matcher hears is a copy, on sound drawn by code. Run by hand:

    python -m benchmarks.sound_calibration

Pieces are registered, three of each style (tempo, key, tuning, timbres); excerpts of 10 s of them are edited, mostly
twice over, and excerpts of other pieces, in the same styles, as well. Of each query the strongest hearing counts,
however weak. Copies and strangers weigh the same in the fit. Real films are not used: they are what the matcher is
reported on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from benchmarks.sound_recall import Registered
from faircut.bench import drawn_sounds
from faircut.bench.sound_edits import SOUND_EDITS, Sound
from faircut.domain import Fingerprint
from faircut.fingerprints import chromaprint, landmarks, levels
from faircut.fingerprints.chromaprint import ChromaprintHasher
from faircut.fingerprints.landmarks import LandmarkHasher
from faircut.fingerprints.levels import LevelHasher
from faircut.match.sound_chromaprint import CodeSearch
from faircut.match.sound_hearings import Hearing
from faircut.match.sound_landmarks import LandmarkSearch

RATE = 22050
EXCERPT = 10.0
STYLES = 12
QUERIES = 240
_HARD = ("noise-0db", "speech-0db", "reverb", "clipping", "speed-down-10", "pitch-down-5", "speed-up-10", "low-pass")

Floats = npt.NDArray[np.float64]
Prints = Mapping[str, Fingerprint]


def pieces(first: int, seconds: float) -> Iterator[tuple[str, Sound]]:
    """Music, speech, both together, what films sound like in between, noise, applause and tones; another ``first``
    gives other pieces of the same styles."""
    for style in range(STYLES):
        for number in range(first, first + 3):
            yield (
                f"music {style}.{number}",
                drawn_sounds.music(seconds, 5000 + 10 * style + number, RATE, style=300 + style),
            )
    for number in range(first, first + 3):
        speech = drawn_sounds.speech(seconds, 6000 + number, RATE)
        yield f"speech {number}", speech
        yield f"both {number}", 0.5 * speech + 0.5 * drawn_sounds.music(seconds, 7000 + number, RATE)
        yield f"atmosphere {number}", drawn_sounds.atmosphere(seconds, 7500 + number, RATE)
        yield f"noise {number}", drawn_sounds.noise(seconds, 8000 + number, RATE)
        yield f"applause {number}", drawn_sounds.applause(seconds, 8100 + number, RATE)
        yield f"tones {number}", drawn_sounds.tones(seconds, 8200 + number, RATE)


def prints(sound: Sound, *, queries: bool) -> Prints:
    """Of mono at 22,050 Hz."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None], np.float32), "flt", "mono")
    frame.sample_rate = RATE
    resampler = AudioResampler(format="flt", layout="mono", rate=landmarks.SAMPLE_RATE)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    mono = np.concatenate([each.to_ndarray().reshape(-1) for each in parts]).astype(np.float32)
    codes, loudness = ChromaprintHasher(), LevelHasher()
    points = LandmarkHasher(queries=queries, shown=loudness.add)
    codes.add(mono, 0.0)
    points.add(mono, 0.0)
    constellation = points.finish()
    return {
        chromaprint.ALGORITHM: codes.finish(),
        landmarks.ALGORITHM: constellation,
        levels.ALGORITHM: loudness.finish(0.0, constellation.duration),
    }


def excerpts(kind: Mapping[str, Sound], rng: np.random.Generator) -> Iterator[tuple[str, float, float, Sound]]:
    """(name, start, speed, edited sound): two edits each, one of three also at another speed."""
    names = list(kind)
    for number in range(QUERIES):
        name = names[int(rng.integers(len(names)))]
        start = float(rng.uniform(0, len(kind[name]) / RATE - EXCERPT))
        sound = kind[name][round(start * RATE) :][: round(EXCERPT * RATE)]
        chosen = [_HARD[number % len(_HARD)]]
        if number % 2:
            chosen.insert(0, "speech-0db" if chosen[0] != "speech-0db" else "mp3-64k")
        if number % 3 == 0:
            chosen.insert(0, "speed-up-5")
        speed = 1.0
        for each in chosen:
            sound, speed = SOUND_EDITS[each].apply(sound, RATE), speed * SOUND_EDITS[each].speed
        yield name, start, speed, sound


def true(hearing: Hearing, name: str, start: float, speed: float) -> bool:
    """Whether it is the excerpt, at the place where it stands."""
    middle = (hearing.query.start + hearing.query.end) / 2
    heard = (hearing.heard.start + hearing.heard.end) / 2
    return hearing.reference.work_id == name and abs(heard - start - speed * middle) < 1.0


def fitted(copies: Floats, strangers: Floats) -> tuple[float, float]:
    """Slope and intercept of a logistic function, by Newton's method; both kinds weigh the same in all."""
    value = np.concatenate([copies, strangers])
    label = np.concatenate([np.ones(len(copies)), np.zeros(len(strangers))])
    weight = np.where(label == 1, 0.5 / len(copies), 0.5 / len(strangers)) * len(label)
    scale = float(value.std()) or 1.0
    table = np.stack([value / scale, np.ones(len(value))], axis=1)
    solution = np.zeros(2)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(table @ solution, -40, 40)))
        slope = table.T @ (weight * (label - chance)) - 1e-3 * solution
        bend = (table * (weight * chance * (1 - chance))[:, None]).T @ table + 1e-3 * np.eye(2)
        solution += np.linalg.solve(bend, slope)
    return float(solution[0] / scale), float(solution[1])


def main() -> None:
    """Prints what stands in ``faircut.match.sound_probability``."""
    registered = dict(pieces(0, 30.0))
    catalogue: Any = Registered({name: prints(sound, queries=False) for name, sound in registered.items()})
    points, codes = LandmarkSearch(catalogue, least=0.0), CodeSearch(catalogue, least=-1.0)
    searches: dict[str, tuple[Callable[[Prints], list[Hearing]], Callable[[Hearing], float]]] = {
        landmarks.ALGORITHM: (
            lambda asked: points.hear(asked[landmarks.ALGORITHM], asked[levels.ALGORITHM]),
            lambda each: float(each.details["nats"]),
        ),
        chromaprint.ALGORITHM: (
            lambda asked: codes.hear(asked[chromaprint.ALGORITHM]),
            lambda each: float(each.details["moved"] - each.details["bit_error_rate"]),
        ),
    }
    copies: dict[str, list[float]] = {name: [] for name in searches}
    strangers: dict[str, list[float]] = {name: [] for name in searches}
    rng = np.random.default_rng(1)
    for kind, known in ((registered, True), (dict(pieces(5, 20.0)), False)):
        for name, start, speed, sound in excerpts(kind, rng):
            asked = prints(sound, queries=True)
            for algorithm, (search, value) in searches.items():
                heard = search(asked)
                right = [value(each) for each in heard if known and true(each, name, start, speed)]
                wrong = [value(each) for each in heard if not known]
                copies[algorithm] += [max(right)] if right else []
                strangers[algorithm] += [max(wrong, default=0.0)] if not known else []
    for algorithm in searches:
        mine, theirs = np.array(copies[algorithm]), np.array(strangers[algorithm])
        slope, intercept = fitted(mine, theirs)
        print(f"{algorithm}: {len(mine)} of {QUERIES} copies heard, {len(theirs)} strangers")
        print(f"  slope {slope:.4f}, intercept {intercept:.3f}; the most of a stranger {theirs.max():.3f}")
        print(f"  copies, 5th and 50th percentile: {np.percentile(mine, 5):.3f}, {np.percentile(mine, 50):.3f}")


if __name__ == "__main__":
    main()
