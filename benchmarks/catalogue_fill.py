"""A catalogue of the size that a studio would register, filled in seconds: synthetic films, names and scripts.

Registering 1,000 minutes of film takes as long as decoding them, so their fingerprints are made up instead, from those
of the real films, such that what a search sees stays true: neighbouring frames resemble each other as in the real film
(every stretch between two cuts is a real one), cuts come as often, and different shots are far apart. A synthetic shot
is a real one with its bits permuted. The permutation keeps how many bits are set and how far apart two codes of the
shot are; since it only swaps bits of about equal spatial frequency, it also keeps how much each bit moves. Sound is
treated alike: real stretches of Chromaprint codes with their sixteen two-bit features permuted.

Rows are written by the catalogue's own change transaction, as a registration writes them; only decoding is left out.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import (
    Element,
    ElementKind,
    Fingerprint,
    MediaKind,
    Party,
    Reference,
    Work,
    new_id,
)
from faircut.extract import FileExtractor
from faircut.fingerprints import chromaprint, pdq

Codes = npt.NDArray[np.uint8]
FILM_MINUTES = 100
SYNTHETIC = "Synthetic Pictures"
_CUT_BITS = 70
_KINDS = (ElementKind.CHARACTER, ElementKind.CREATURE, ElementKind.PROP, ElementKind.SET)
_ONSETS = (*"bcdfghjklmnprstvz", "br", "dr", "gl", "qu", "st", "th")
_VOWELS = ("a", "e", "i", "o", "u", "ae", "ia", "ou", "y")
_FREQUENT = ("the", "a", "of", "to", "in", "is", "it", "you", "that", "he", "was", "for", "on", "are", "with", "but")
_CODAS = ("", "l", "n", "r", "s", "th", "x", "rk", "nd", "m")


def fill(home: str, films: list[str], minutes: int, names: int, seed: int) -> dict[str, Any]:
    """Registers the real films, then ``minutes`` of synthetic film and ``names`` element names. Returns counts."""
    rng = np.random.default_rng(seed)
    with Faircut(Settings(home=Path(home))) as faircut:
        studio = faircut.catalogue.add_party("Real Pictures", actor="bench")
        for film in films:
            work = faircut.catalogue.add_work(Path(film).stem, studio.id, actor="bench")
            faircut.catalogue.add_reference(Path(film), work=work.id, actor="bench")
        shots = list(_picture_shots(faircut))
        stretches = list(_sound_stretches(faircut))
        party = Party(new_id("party"), SYNTHETIC)
        counts = {"picture codes": 0, "sound codes": 0, "elements": 0, "scripts": 0}
        with faircut.catalogue.change("bench") as edit:
            edit.insert_parties([party])
            titles = list(_names(rng, minutes // FILM_MINUTES, words=3))
            works = [Work(new_id("work"), title, party.id) for title in titles]
            edit.insert_works(works)
            for work in works:
                seconds = FILM_MINUTES * 60.0
                prints = {pdq.ALGORITHM: _picture(rng, shots, seconds)}
                if stretches:
                    prints[chromaprint.ALGORITHM] = _sound(rng, stretches, seconds)
                counts["picture codes"] += len(prints[pdq.ALGORITHM])
                counts["sound codes"] += len(prints.get(chromaprint.ALGORITHM, ()))
                edit.insert_reference(_reference(work, seconds), prints, extractor=FileExtractor.version)
            elements = list(_elements(rng, works, names))
            edit.insert_elements(elements)
            counts["elements"] = len(elements)
            edit.record("benchmark.filled", party.id, counts)
        for work in works:
            faircut.catalogue.add_reference(text=_script(rng), work=work.id, name="script.txt", actor="bench")
            counts["scripts"] += 1
        return counts


def _reference(work: Work, seconds: float) -> Reference:
    return Reference(
        id=new_id("ref"),
        party_id=work.party_id,
        work_id=work.id,
        element_id=None,
        kind=MediaKind.VIDEO,
        digest=secrets.token_hex(32),
        name=f"{work.title}.mp4",
        duration=seconds,
    )


class _Stretch(NamedTuple):
    """What lies between two cuts: codes, their quality, and their times from its start with its length as the last."""

    codes: Codes
    quality: npt.NDArray[np.uint8]
    clock: npt.NDArray[np.float64]


def _picture_shots(faircut: Faircut) -> Iterator[_Stretch]:
    """The shots of the registered films."""
    for _, _, found in faircut.catalogue.fingerprints(pdq.ALGORITHM):
        jumps = pdq.hamming(found.codes[1:], found.codes[:-1]) > _CUT_BITS
        edges = [0, *(np.flatnonzero(jumps) + 1), len(found)]
        for start, end in itertools.pairwise(edges):
            times = found.times[start:end].astype(np.float64)
            until = float(found.times[end]) if end < len(found) else found.duration
            if end > start and until > times[0]:
                yield _Stretch(found.codes[start:end], found.quality[start:end], np.append(times, until) - times[0])


def _picture(rng: np.random.Generator, shots: list[_Stretch], seconds: float) -> Fingerprint:
    rings = np.add.outer(np.arange(16), np.arange(16)).ravel()[::-1]
    codes, quality, times, at = [], [], [], 0.0
    while at < seconds:
        shot = shots[rng.integers(len(shots))]
        order = np.argsort(rings + rng.normal(0, 1.5, pdq.BITS))
        place = np.empty_like(order)
        place[np.argsort(rings, kind="stable")] = order
        codes.append(np.packbits(np.unpackbits(shot.codes, axis=1)[:, place], axis=1))
        quality.append(shot.quality)
        times.append(at + shot.clock[:-1])
        at += float(shot.clock[-1])
    joined = np.concatenate(codes)
    return Fingerprint(
        pdq.ALGORITHM, joined, np.concatenate(times).astype(np.float32), np.concatenate(quality), seconds
    )


def _sound_stretches(faircut: Faircut) -> Iterator[Codes]:
    """Stretches of 4 to 16 s of the registered films' sound codes."""
    for _, _, found in faircut.catalogue.fingerprints(chromaprint.ALGORITHM):
        heard = found.codes[found.quality > 0]
        yield from (heard[start : start + 128] for start in range(0, max(1, len(heard) - 32), 64))


def _sound(rng: np.random.Generator, stretches: list[Codes], seconds: float) -> Fingerprint:
    codes: list[Codes] = []
    count = 0
    while count * chromaprint.STEP_SECONDS < seconds:
        stretch = stretches[rng.integers(len(stretches))]
        features = np.unpackbits(stretch, axis=1).reshape(len(stretch), 16, 2)[:, rng.permutation(16)]
        codes.append(np.packbits(features.reshape(len(stretch), 32), axis=1))
        count += len(stretch)
    times = np.arange(count, dtype=np.float32) * np.float32(chromaprint.STEP_SECONDS)
    return Fingerprint(chromaprint.ALGORITHM, np.concatenate(codes), times, np.full(count, 100, np.uint8), seconds)


def _names(rng: np.random.Generator, count: int, words: int) -> Iterator[str]:
    """Different invented names of so many words."""

    def word() -> str:
        syllables = range(int(rng.integers(2, 4)))
        return "".join(str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) + str(rng.choice(_CODAS)) for _ in syllables)

    seen: set[str] = set()
    while len(seen) < count:
        name = " ".join(word().capitalize() for _ in range(words))
        if name not in seen:
            seen.add(name)
            yield name


def _elements(rng: np.random.Generator, works: list[Work], count: int) -> Iterator[Element]:
    single = count // 3
    names = [*_names(rng, single, words=1), *_names(rng, count - single, words=2)]
    for number, name in enumerate(names):
        work = works[number % len(works)]
        yield Element(new_id("el"), work.party_id, work.id, _KINDS[number % len(_KINDS)], name)


def _script(rng: np.random.Generator) -> str:
    """Some 20 pages of dialogue in words of an invented language among English ones."""
    invented = [name.lower() for name in _names(rng, 800, words=1)]
    lines = []
    for _ in range(500):
        length = int(rng.integers(5, 15))
        picked = [str(rng.choice(_FREQUENT if rng.random() < 0.5 else invented)) for _ in range(length)]
        lines.append(" ".join(picked).capitalize() + ".")
    return "\n".join(lines)


def describe(counts: Mapping[str, int]) -> str:
    """The counts as a phrase."""
    return ", ".join(f"{value:,} {key}" for key, value in counts.items())
