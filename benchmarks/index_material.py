"""Fingerprints that the index is measured with, taken once from real films and kept in a folder.

Some films are only there to make others up from (:mod:`benchmarks.index_population`). One is registered as it is, and
twenty edited excerpts of it are asked; another twenty clips show none of all these. So what is made up is to every
question what an unrelated film is, and crowds about its points as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.films import Media, media
from faircut.bench.edits import EDITS
from faircut.bench.queries import Place, Query, make
from faircut.domain import Asset, Fingerprint, MediaKind
from faircut.extract import FileExtractor
from faircut.fingerprints import chromaprint, keypoint_codes, keypoints, landmarks, pdq
from faircut.media.assets import asset_from_file
from faircut.media.limits import MediaLimits
from faircut.media.probe import probe

ALGORITHMS = (pdq.ALGORITHM, keypoints.ALGORITHM, landmarks.ALGORITHM, chromaprint.ALGORITHM)
CLIP_SECONDS = 15.0
_CHILDREN, _SPREAD = 24, 0.3
_BLOCK = 4096
_WITHIN = 8.0
"""Seconds of a stranger, between 4 s and 3 s of another: the innocent films are shorter than a clip."""
_EDITS = (
    "crf-45",
    "crop-50",
    "mirror",
    "rotate-10",
    "text",
    "crop-25",
    "letterbox",
    "grey",
    "picture-in-picture",
    "speed-1.25",
    "144p",
    "crop-75",
    "recolour",
    "camcord",
    "meme",
    "mosaic",
    "logo",
    "gamma-2",
    "stylise",
    "border",
)

_POINTS = "points.npy"

Prints = Mapping[str, Fingerprint]


@dataclass(frozen=True)
class Question:
    """A clip of 15 s. ``copy``: whether it shows the registered film."""

    name: str
    copy: bool
    prints: Prints


@dataclass(frozen=True)
class Material:
    """``sources``: films to make others up from, and ``points`` (n, 24), rows of local features like theirs.
    ``film``: one that is registered as it is."""

    sources: tuple[Prints, ...]
    points: npt.NDArray[np.uint8]
    film: Prints

    def of(self, algorithm: str) -> list[Fingerprint]:
        """What the sources have of one algorithm."""
        return [each[algorithm] for each in self.sources]


def gather(folder: Path) -> int:
    """Takes what is not there yet, a file for each; returns how many files there are. May be broken off at any time."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as workdir:
        found = media(Path(workdir))
        for number, path in enumerate((*found.films[:-1], found.innocent[0], found.films[-1])):
            role = "film" if path == found.films[-1] else f"source-{number}"
            _kept(folder / f"{role}.npz", path, queries=False)
            if role != "film":
                _kept(folder / f"described-{number}.npz", path, queries=True)
        if not (folder / _POINTS).exists():
            _whole(folder / _POINTS, lambda file: np.save(file, _points(folder), allow_pickle=False))
        for query in _queries(found):
            target = folder / f"{'copy' if query.film is not None else 'stranger'}.{query.edit_name}.npz"
            if not target.exists():
                clip = make(query, Path(workdir))
                _kept(target, clip.path, queries=True)
                clip.path.unlink()
    return len(list(folder.glob("*.npz")))


def _queries(found: Media) -> Iterator[Query]:
    film, others = found.films[-1], found.innocent[1:]
    seconds = probe(film, film.name).seconds or 0.0
    for number, edit in enumerate(_EDITS):
        rng = np.random.default_rng([7, number])
        beside = tuple(Place(others[place % len(others)], 0.0) for place in range(EDITS[edit].others))
        length = CLIP_SECONDS * EDITS[edit].parameters.get("speed", 1.0)
        start = float(rng.uniform(0.0, max(0.0, seconds - length)))
        yield Query(edit, 0, number, Place(film, start), min(length, seconds), number, beside, sound=True)
        shown, host = others[number % len(others)], others[(number + 1) % len(others)]
        yield Query(
            edit, None, number, Place(shown, 0.0), _WITHIN, number, beside, Place(host, 0.0), 4.0, 3.0, sound=True
        )


def _kept(target: Path, path: Path, *, queries: bool) -> None:
    if target.exists():
        return
    asset = asset_from_file(path, path.name)
    prints = FileExtractor(MediaLimits(), queries=queries).extract(path, asset.kind, label=path.name)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, each in prints.items():
        for what in ("codes", "times", "quality", "duration"):
            arrays[f"{name}|{what}"] = np.asarray(getattr(each, what))
    _whole(target, lambda file: np.savez(file, allow_pickle=False, **arrays))


def _whole(target: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Whole or not at all: the next run goes on after it."""
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as file:
        write(file)
    temporary.replace(target)


def _points(folder: Path) -> npt.NDArray[np.uint8]:
    """Rows of points as the sources might have more of them: each real one several times, its projections moved at
    random by less than a third of how far they spread, so that bits flip where they were close calls."""
    rng = np.random.default_rng(5)
    real = np.concatenate([_read(path)[keypoints.ALGORITHM].codes for path in sorted(folder.glob("described-*.npz"))])
    projected = keypoint_codes.project(real[:, keypoints.PLACE_BYTES :])
    spread = _SPREAD * projected.std(axis=0)
    parts = []
    for first in range(0, len(real), _BLOCK):
        near = np.repeat(projected[first : first + _BLOCK], _CHILDREN, axis=0)
        codes = keypoint_codes.pack(near + spread * rng.standard_normal(near.shape, np.float32))
        where = np.repeat(real[first : first + _BLOCK, : keypoints.PLACE_BYTES], _CHILDREN, axis=0)
        parts.append(np.concatenate([where, codes], axis=1))
    return np.concatenate(parts)


def load(folder: Path) -> tuple[Material, list[Question]]:
    """What :func:`gather` has kept."""
    sources = tuple(_read(path) for path in sorted(folder.glob("source-*.npz")))
    asked = [
        Question(path.stem, path.stem.startswith("copy"), _read(path))
        for path in sorted([*folder.glob("copy.*.npz"), *folder.glob("stranger.*.npz")])
    ]
    return Material(sources, np.load(folder / _POINTS, mmap_mode="r"), _read(folder / "film.npz")), asked


def asset(question: Question) -> Asset:
    """What a detector is handed with the fingerprints."""
    return Asset(question.name, MediaKind.VIDEO, "0" * 64, 0)


def _read(path: Path) -> Prints:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    names = dict.fromkeys(key.partition("|")[0] for key in arrays)
    return {
        name: Fingerprint(
            name,
            arrays[f"{name}|codes"],
            arrays[f"{name}|times"],
            arrays[f"{name}|quality"],
            float(arrays[f"{name}|duration"]),
        )
        for name in names
    }
