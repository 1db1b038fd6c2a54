"""Registered fingerprints by the million seconds, made up such that a search finds them as it finds real ones.

What costs a search is how codes crowd: how long the lists are that its questions meet. So everything is made from the
fingerprints of real films, in ways that keep their crowding:

- Pictures: real shots, each with its bits permuted among those of about equal spatial frequency, which keeps how codes
  of a shot follow one another. One film in ten also opens with one of twenty studio logos, and shows bars, slates and
  near-black frames, which are almost the same code everywhere.
- Local features: a million codes near those of 53,000 real points, drawn again and again. No question is about the
  films that these are of, so each meets in them what it meets in unrelated films: words of 20 bits 5.5 times as often
  as by chance, and 4.8 % of those with a signature within 18 bits. Two real films: 6.9 times, 6 %.
- Sound: real stretches of landmarks, moved in frequency and stretched in time; real stretches of Chromaprint codes with
  their sixteen two-bit features permuted.

There are ten picture codes a second, as in a catalogue that mixes loud films and quiet ones. Our sources are livelier:
they have more codes a second, and key moments are thinned by the same share.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.index_material import ALGORITHMS, Material
from faircut.domain import Element, Fingerprint, MediaKind, Reference, Segment, Subject, Work
from faircut.errors import NotFound
from faircut.fingerprints import chromaprint, keypoints, landmarks, pdq

FILM_SECONDS = 6000
CODES_A_SECOND = 10.0
_CUT_BITS = 70
_LOGOS = 20
REAL = 1
"""Number of the film that is real."""

Codes = npt.NDArray[np.uint8]


class Population:
    """A catalogue of one real film and of films of 100 minutes that are made when they are read: a CatalogueReader.

    ``seconds``: of what is made up. ``algorithms``: which fingerprints there are. ``upto``: seconds, where fewer have
    fingerprints of an algorithm.
    """

    def __init__(
        self,
        material: Material,
        seconds: int,
        algorithms: Sequence[str] = ALGORITHMS,
        folder: Path | None = None,
        upto: Mapping[str, int] | None = None,
    ) -> None:
        self.index_folder = folder
        self._upto = dict(upto or {})
        self._material = material
        self._algorithms = frozenset(algorithms)
        self._lengths = [FILM_SECONDS] * (seconds // FILM_SECONDS)
        if rest := seconds % FILM_SECONDS:
            self._lengths.append(rest)
        self._drawn: dict[int, npt.NDArray[np.uint32]] = {}
        self.spent = 0.0
        """CPU seconds that making films up has taken."""

    def revision(self) -> int:
        """As of the catalogue, like all that follows."""
        return len(self._lengths) + 1

    def works(self) -> Sequence[Work]:
        return ()

    def elements(self) -> Sequence[Element]:
        return ()

    def references(self, after: int = 0) -> Sequence[Reference]:
        return [each for seq, each in self.registered(pdq.ALGORITHM).items() if seq > after]

    def reference_text(self, reference_id: str) -> str:
        raise NotFound(f"{reference_id} is no text.", remedy="Ask for none.")

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return {}

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:
        raise NotFound(f"{element_id or work_id} is of nobody.", remedy="Ask for none.")

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        if algorithm not in self._algorithms:
            return {}
        films = len(self._lengths)
        films = min(films, -(-self._upto.get(algorithm, films * FILM_SECONDS) // FILM_SECONDS))
        return {
            number: Reference(f"ref_{number}", "p", f"w{number}", None, MediaKind.VIDEO, "0" * 64, "film", None)
            for number in range(1, films + 2)
        }

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        for seq, reference in self.registered(algorithm).items():
            if seq > after_seq:
                yield seq, reference, self.film(algorithm, seq)

    def film(self, algorithm: str, number: int) -> Fingerprint:
        """One film; the same each time. The first is the real one."""
        if number == REAL:
            return self._material.film[algorithm]
        began = time.process_time()
        try:
            return self._film(algorithm, number)
        finally:
            self.spent += time.process_time() - began

    def _film(self, algorithm: str, number: int) -> Fingerprint:
        rng = np.random.default_rng(number)
        seconds = float(self._lengths[number - 1 - REAL])
        if algorithm == pdq.ALGORITHM:
            return self._pictures(rng, seconds)
        if algorithm == keypoints.ALGORITHM:
            return self._points(rng, seconds)
        if algorithm == chromaprint.ALGORITHM:
            return self._codes(rng, seconds)
        return self._sound(rng, seconds)

    @cached_property
    def _lively(self) -> float:
        """How many picture codes a second the sources have, in those of a mixed catalogue."""
        found = self._material.of(pdq.ALGORITHM)
        return sum(map(len, found)) / sum(each.duration for each in found) / CODES_A_SECOND

    @cached_property
    def _shots(self) -> list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], float]]:
        """(bits, quality, seconds) of real shots, thinned to what a mixed catalogue has a second."""
        found = []
        for each in self._material.of(pdq.ALGORITHM):
            jumps = np.flatnonzero(pdq.hamming(each.codes[1:], each.codes[:-1]) > _CUT_BITS) + 1
            ends = np.append(each.times[1:], each.duration)
            found += [
                (each.codes[rows], each.quality[rows], float(ends[rows[-1]] - each.times[rows[0]]))
                for rows in np.split(np.arange(len(each)), jumps)
            ]
        every = max(1, round(self._lively))
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
    def _moments(self) -> tuple[float, int]:
        """Key moments a second in a mixed catalogue, and points of each."""
        found = self._material.of(keypoints.ALGORITHM)
        moments = sum(len(keypoints.boundaries(each)) - 1 for each in found)
        points = round(sum(map(len, found)) / moments)
        return moments / sum(each.duration for each in found) / max(self._lively, 1.0), points

    @cached_property
    def _pool(self) -> Codes:
        return np.array(self._material.points)

    def points(self, number: int, first: int, last: int) -> Codes:
        """(n, 24): what the film of a number has of local features, from one row up to another."""
        if number not in self._drawn:
            rate, points = self._moments
            count = max(1, round(self._lengths[number - 1 - REAL] * rate)) * points
            drawn = np.random.default_rng(number).integers(0, len(self._pool), count)
            self._drawn[number] = drawn.astype(np.uint32)
        return self._pool[self._drawn[number][first:last]]

    def forget(self) -> None:
        """Gives back what :meth:`points` keeps: 5 MB a film."""
        self._drawn.clear()

    def _points(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        rate, points = self._moments
        count = max(1, round(seconds * rate))
        rows = self._pool[rng.integers(0, len(self._pool), count * points)]
        times = np.repeat(np.sort(rng.random(count)) * seconds, points).astype(np.float32)
        quality = np.tile(np.linspace(100, 1, points).round().astype(np.uint8), count)
        return Fingerprint(keypoints.ALGORITHM, rows, times, quality, seconds)

    def _sound(self, rng: np.random.Generator, seconds: float) -> Fingerprint:
        codes, times, at = [], [], 0.0
        sources = self._material.of(landmarks.ALGORITHM)
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
        sources = [each.codes[each.quality > 0] for each in self._material.of(chromaprint.ALGORITHM)]
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
