"""The same questions put to programs that others use: vPDQ and PDQ of Meta's ThreatExchange, where they are installed.

They are asked at their own settings: hashes within 31 bits of 256, frames of quality 50 or more, one query frame a
second, and a clip matches when 80 % of these match one video. To their advantage every frame of a film is registered,
of films over three minutes five a second.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

RADIUS, QUALITY, SHARE = 31, 50, 0.8
_EVERY_FRAME = 180.0
"""Seconds of film of which every frame is hashed: vpdq takes some twenty times as long as decoding."""
VPDQ, VPDQ_ANY, THREATEXCHANGE, PDQ, PDQ_TURNED = "vpdq", "vpdq-any", "threatexchange", "pdq", "pdq-dihedral"
LABELS: Mapping[str, str] = {
    VPDQ: "vpdq",
    VPDQ_ANY: "vpdq, any frame",
    THREATEXCHANGE: "threatexchange",
    PDQ: "PDQ",
    PDQ_TURNED: "PDQ x 8",
}
_NEEDS = {
    VPDQ: "vpdq",
    VPDQ_ANY: "vpdq",
    THREATEXCHANGE: "threatexchange.extensions.vpdq",
    PDQ: "pdqhash",
    PDQ_TURNED: "pdqhash",
}


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """Which films (by number) a peer says that a query shows, and the CPU seconds it took."""

    films: tuple[int, ...]
    cpu: float


def installed() -> Mapping[str, bool]:
    """Which peers can be asked here. PDQ needs vpdq too, which hashes the films for both."""
    has_films = _there("vpdq")
    return {name: has_films and _there(module) for name, module in _NEEDS.items()}


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


class Peers:
    """The registered films as the peers know them. :meth:`save` hands it to other processes."""

    def __init__(self, hashes: Sequence[npt.NDArray[np.uint8]], signals: Sequence[str]) -> None:
        """``hashes``: for each film (n, 32) PDQ codes. ``signals``: for each its threatexchange signal, or none."""
        self._hashes = list(hashes)
        self._signals = list(signals)
        self.there = {name for name, here in installed().items() if here}

    @classmethod
    def of(cls, films: Sequence[tuple[Path, float]]) -> Peers:
        """Hashes the frames of films, given with their seconds. Without vpdq it knows nothing and answers nothing."""
        there = installed()
        apart = [0.0 if length <= _EVERY_FRAME else 0.2 for _, length in films]
        hashes = [_vpdq(film, each) for (film, _), each in zip(films, apart, strict=True)] if there[VPDQ] else []
        signals = (
            [_signal(film, each) for (film, _), each in zip(films, apart, strict=True)] if there[THREATEXCHANGE] else []
        )
        return cls(hashes, signals)

    def save(self, path: Path) -> None:
        """Writes what it knows."""
        arrays = {f"film{number}": each for number, each in enumerate(self._hashes)}
        np.savez(path, signals=np.array(json.dumps(self._signals)), **arrays)  # type: ignore[arg-type]  # its stubs

    @classmethod
    def load(cls, path: Path) -> Peers:
        """Reads what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            signals = json.loads(str(kept["signals"]))
            return cls([kept[f"film{number}"] for number in range(len(kept.files) - 1)], signals)

    def clip(self, path: Path) -> dict[str, PeerAnswer]:
        """What they say of a clip; only those that are installed."""
        answers: dict[str, PeerAnswer] = {}
        if VPDQ in self.there:
            begun = time.process_time()
            codes = _vpdq(path, 1.0)
            shares = [_share(codes, film) for film in self._hashes]
            cpu = time.process_time() - begun
            answers[VPDQ] = PeerAnswer(tuple(n for n, share in enumerate(shares) if share >= SHARE), cpu)
            answers[VPDQ_ANY] = PeerAnswer(tuple(n for n, share in enumerate(shares) if share > 0), cpu)
        if THREATEXCHANGE in self.there:
            begun = time.process_time()
            signal = _signal(path, 1.0)
            kind = _threatexchange()
            hits = [
                n
                for n, film in enumerate(self._signals)
                if json.loads(signal) and kind.compare_hash(signal, film).match
            ]
            answers[THREATEXCHANGE] = PeerAnswer(tuple(hits), time.process_time() - begun)
        return answers

    def image(self, path: Path) -> dict[str, PeerAnswer]:
        """What they say of a picture; only those that are installed."""
        if PDQ not in self.there:
            return {}
        pdqhash = importlib.import_module("pdqhash")
        read = cv2.imread(str(path))
        if read is None:
            return {}
        picture = cv2.cvtColor(read, cv2.COLOR_BGR2RGB)
        begun = time.process_time()
        bits, quality = pdqhash.compute(picture)
        plain = self._near([bits], quality)
        one = time.process_time() - begun
        turned, quality = pdqhash.compute_dihedral(picture)
        every = self._near(list(turned), quality)
        return {PDQ: PeerAnswer(plain, one), PDQ_TURNED: PeerAnswer(every, time.process_time() - begun - one)}

    def _near(self, hashes: Sequence[Any], quality: int) -> tuple[int, ...]:
        if quality < QUALITY:
            return ()
        codes = np.stack([np.packbits(np.asarray(each, np.uint8)) for each in hashes])
        return tuple(n for n, film in enumerate(self._hashes) if _share(codes, film) > 0)


def as_json(answers: Mapping[str, PeerAnswer]) -> dict[str, Any]:
    """For the results file."""
    return {name: asdict(answer) for name, answer in answers.items()}


def _share(codes: npt.NDArray[np.uint8], film: npt.NDArray[np.uint8]) -> float:
    """How many of the codes lie near any of the film's, 0..1."""
    if not len(codes) or not len(film):
        return 0.0
    wide, other = codes.view(np.uint64), film.view(np.uint64)
    near = [bool((np.bitwise_count(other ^ each).sum(axis=1) <= RADIUS).any()) for each in wide]
    return sum(near) / len(near)


def _vpdq(path: Path, seconds_per_hash: float) -> npt.NDArray[np.uint8]:
    """(n, 32) codes of the frames that are good enough, without repeats."""
    vpdq = importlib.import_module("vpdq")
    features = vpdq.computeHash(str(path), seconds_per_hash=seconds_per_hash)
    kept = dict.fromkeys(each.hex for each in features if each.quality >= QUALITY)
    rows = [np.frombuffer(bytes.fromhex(each), np.uint8) for each in kept]
    return np.ascontiguousarray(rows, np.uint8) if rows else np.zeros((0, 32), np.uint8)


def _signal(path: Path, seconds_per_hash: float) -> str:
    """Its features of the frames that are good enough, without repeats: it compares each with each."""
    signal: str = _threatexchange().hash_from_file(path, seconds_per_hash)
    features = {each.split(",")[0]: each for each in json.loads(signal) if int(each.split(",")[1]) >= QUALITY}
    return json.dumps(list(features.values()))


def _threatexchange() -> Any:
    return importlib.import_module("threatexchange.extensions.vpdq.vpdq").VPDQSignal
