"""Registered fingerprints by the million seconds, made up such that a search finds them as it finds real ones.

What costs a search is how codes crowd: how long the lists are that its questions meet. So everything is made from the
fingerprints of real films, in ways that keep their crowding:

- Pictures: real shots, each with its bits permuted among those of about equal spatial frequency, which keeps how codes
  of a shot follow one another. One film in ten also opens with one of twenty studio logos, and shows bars, slates and
  near-black frames, which are almost the same code everywhere.
- Local features: codes of real points with bits flipped, so many that two films share words and signatures about as
  often as two real ones do. Words of 20 bits: 8 times as often as by chance, and 7 % of those lie within 18 bits; of 24
  bits 15 times, and 16 %. Between six real films it is 10 times and 9 %, 26 times and 21 %.
- Sound: real stretches of landmarks, moved in frequency and stretched in time; real stretches of Chromaprint codes with
  their sixteen two-bit features permuted.

Queries are of other real films, and of what is registered, with bits flipped.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, MediaKind, Reference
from faircut.fingerprints import chromaprint, keypoints, landmarks, pdq

FILM_SECONDS = 6000
CODES_A_SECOND = 10.0
MOMENTS_A_SECOND = 0.4
_CUT_BITS = 70
_LOGOS = 20
_WORD_BITS = 20

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Material:
    """Fingerprints of real films, by algorithm: of those that are registered, and of those that are asked about."""

    registered: Mapping[str, list[Fingerprint]]
    asked: Mapping[str, list[Fingerprint]]


class Population:
    """A catalogue of films of 100 minutes each that are made when they are read. Implements ``RegisteredSource``."""

    def __init__(self, material: Material, algorithm: str, seconds: int) -> None:
        self._material = material
        self._algorithm = algorithm
        self._lengths = [FILM_SECONDS] * (seconds // FILM_SECONDS)
        if rest := seconds % FILM_SECONDS:
            self._lengths.append(rest)
        self.spent = 0.0
        """CPU seconds that making films up has taken."""

    def revision(self) -> int:
        return len(self._lengths)

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """As of the catalogue."""
        if algorithm != self._algorithm:
            return {}
        return {
            number: Reference(f"ref_{number}", "p", f"w{number}", None, MediaKind.VIDEO, "0" * 64, "film", None)
            for number in range(1, len(self._lengths) + 1)
        }

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """As of the catalogue."""
        for seq, reference in self.registered(algorithm).items():
            if seq > after_seq:
                yield seq, reference, self.film(seq)

    def film(self, number: int) -> Fingerprint:
        """One film; the same each time."""
        began = time.process_time()
        try:
            return self._film(number)
        finally:
            self.spent += time.process_time() - began

    def _film(self, number: int) -> Fingerprint:
        rng = np.random.default_rng(number)
        seconds = float(self._lengths[number - 1])
        if self._algorithm == pdq.ALGORITHM:
            return self._pictures(rng, seconds)
        if self._algorithm == keypoints.ALGORITHM:
            return self._points(rng, seconds)
        if self._algorithm == chromaprint.ALGORITHM:
            return self._codes(rng, seconds)
        return self._sound(rng, seconds)

    @cached_property
    def _shots(self) -> list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], float]]:
        """(bits, quality, seconds) of real shots, thinned to what a mixed catalogue has a second."""
        found = []
        for each in self._material.registered[pdq.ALGORITHM]:
            jumps = np.flatnonzero(pdq.hamming(each.codes[1:], each.codes[:-1]) > _CUT_BITS) + 1
            ends = np.append(each.times[1:], each.duration)
            found += [
                (each.codes[rows], each.quality[rows], float(ends[rows[-1]] - each.times[rows[0]]))
                for rows in np.split(np.arange(len(each)), jumps)
            ]
        rate = sum(len(codes) for codes, _, _ in found) / sum(seconds for _, _, seconds in found)
        every = max(1, round(rate / CODES_A_SECOND))
        return [(np.unpackbits(codes[::every], axis=1), quality[::every], length) for codes, quality, length in found]

    @cached_property
    def _frequent(self) -> Codes:
        """Codes of logos, bars, slates and near-black frames."""
        return np.random.default_rng(77).integers(0, 256, (_LOGOS, pdq.CODE_BYTES)).astype(np.uint8)

    def _pictures(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        codes: list[Codes] = []
        quality: list[Codes] = []
        times: list[npt.NDArray[Any]] = []
        at = 0.0
        if rng.random() < 0.1:
            logo = self._frequent[rng.integers(_LOGOS)]
            codes.append(flipped(rng, np.tile(logo, (60, 1)), 0.01))
            quality.append(np.full(60, 80, np.uint8))
            times.append(np.arange(60) / CODES_A_SECOND)
            at = 6.0
        while at < seconds:
            bits, grade, length = self._shots[rng.integers(len(self._shots))]
            if rng.random() < 0.01:
                dark = self._frequent[rng.integers(3)]
                codes.append(flipped(rng, np.tile(dark, (len(bits), 1)), 0.02))
            else:
                codes.append(np.packbits(bits[:, _permuted(rng)], axis=1))
            quality.append(grade)
            times.append(at + np.arange(len(bits)) * (length / len(bits)))
            at += length
        return Fingerprint(
            pdq.ALGORITHM,
            np.concatenate(codes),
            np.concatenate(times).astype(np.float32),
            np.concatenate(quality),
            max(seconds, at),
        )

    @cached_property
    def _pool(self) -> Codes:
        return np.concatenate([each.codes for each in self._material.registered[keypoints.ALGORITHM]])

    def _points(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        count = max(1, round(seconds * MOMENTS_A_SECOND))
        points = keypoints.REFERENCE_POINTS
        rows = self._pool[rng.integers(0, len(self._pool), count * points)].copy()
        place = keypoints.PLACE_BYTES
        rows[:, place:] ^= _mask(rng, len(rows), rows.shape[1] - place)
        times = np.repeat(np.sort(rng.random(count)) * seconds, points).astype(np.float32)
        quality = np.tile(np.linspace(100, 1, points).round().astype(np.uint8), count)
        return Fingerprint(keypoints.ALGORITHM, rows, times, quality, seconds)

    def _sound(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        codes, times, at = [], [], 0.0
        sources = self._material.registered[landmarks.ALGORITHM]
        while at < seconds:
            source = sources[rng.integers(len(sources))]
            start = rng.random() * max(source.duration - 8.0, 0.0)
            rows = (source.times >= start) & (source.times < start + 8.0)
            stretch, moved = rng.uniform(0.7, 1.4), int(rng.integers(-1500, 1500))
            octave = source.codes[rows, :2].copy().view("<u2").reshape(-1).astype(np.int64) + moved
            kept = (octave >= 0) & (octave < 4700)
            piece = source.codes[rows][kept].copy()
            piece[:, :2] = octave[kept].astype("<u2").view(np.uint8).reshape(-1, 2)
            codes.append(piece)
            times.append(at + (source.times[rows][kept] - start) * stretch)
            at += 8.0 * stretch
        joined = np.concatenate(codes)
        quality = np.full(len(joined), landmarks.REFERENCE_QUALITY, np.uint8)
        return Fingerprint(landmarks.ALGORITHM, joined, np.concatenate(times).astype(np.float32), quality, seconds)

    def _codes(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        sources = [each.codes[each.quality > 0] for each in self._material.registered[chromaprint.ALGORITHM]]
        codes: list[Codes] = []
        wanted = int(seconds / chromaprint.STEP_SECONDS)
        while sum(len(each) for each in codes) < wanted:
            source = sources[rng.integers(len(sources))]
            start = int(rng.integers(max(1, len(source) - 64)))
            features = np.unpackbits(source[start : start + 64], axis=1).reshape(-1, 16, 2)[:, rng.permutation(16)]
            codes.append(np.packbits(features.reshape(-1, 32), axis=1))
        joined = np.concatenate(codes)
        times = (np.arange(len(joined)) * chromaprint.STEP_SECONDS).astype(np.float32)
        quality = np.full(len(joined), 100, np.uint8)
        return Fingerprint(chromaprint.ALGORITHM, joined, times, quality, max(seconds, float(times[-1])))


_RINGS = np.add.outer(np.arange(16), np.arange(16)).ravel()[::-1]
_PLAIN = np.argsort(_RINGS, kind="stable")


def _permuted(rng: np.random.Generator) -> npt.NDArray[np.intp]:
    order = np.argsort(_RINGS + rng.normal(0, 1.5, pdq.BITS))
    place = np.empty_like(order)
    place[_PLAIN] = order
    return place


def flipped(rng: np.random.Generator, codes: Codes, share: float) -> Codes:
    """The codes with each bit turned over with a chance of ``share``."""
    mask = rng.random((len(codes), codes.shape[1] * 8)) < share
    return codes ^ np.packbits(mask, axis=1)


def _mask(rng: np.random.Generator, count: int, width: int) -> Codes:
    """(count, width) bytes of flips: one in 16 of the bits of a word, one in four of those after it."""
    quarter = [np.frombuffer(rng.bytes(count * width), np.uint8).reshape(count, width) for _ in range(2)]
    found: Codes = quarter[0] & quarter[1]
    word = _WORD_BITS // 8 + 1
    rare = np.frombuffer(rng.bytes(2 * count * word), np.uint8).reshape(2, count, word)
    beyond = np.zeros(word, np.uint8)
    beyond[-1] = 0xFF >> (_WORD_BITS % 8)
    found[:, :word] &= (rare[0] & rare[1]) | beyond
    return found
