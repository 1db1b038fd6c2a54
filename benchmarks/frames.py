"""Single frames under twenty edits: what codes find, what local features find, and what neither may find."""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.films import media
from benchmarks.harness import Row, Series, measured, skipped
from benchmarks.machine import cores
from benchmarks.picture_calibration import Registered, fingerprints
from faircut.bench.edits import EDITS, FRAME_MATRIX
from faircut.domain import Fingerprint, MediaKind
from faircut.fingerprints import keypoint_codes, keypoints, pdq
from faircut.match.frames import ENOUGH, FrameMatcher
from faircut.match.geometry import agree, correspond
from faircut.match.picture import PictureMatcher

TITLE = "Single frames under twenty edits"
METHOD = """\
Frames of the films, one every half second, are registered as pictures; plain ones (PDQ quality below 50) are left out.
Each is edited in every way of the frame matrix of `faircut bench`, its insets and mosaics showing the innocent clips,
and looked up among all of them as an upload is. Found means that its work is named; a wrong work counts as a false
positive. By codes alone: within 31 bits in any of the eight ways to lay a picture, bars and all. By local features
alone: in at least eight places. Unrelated pairs are edited or innocent frames, laid in any of four ways, compared point
by point with three frames of other works each, without any search before it. pdqhash compares the edited frame with
its own original only, at PDQ's published 31 bits. Thresholds were chosen on the demo's drawn films and the innocent
clips; the size of pictures, the number of points and the density of moments on other moments of these films too."""
EVERY = 0.5
COMPARED = 3
"""Frames of other works that each query is compared with."""
TARGET = 0.97
PERFECT = ("mirror", "crf-45", "144p", "text", "logo", "recolour")
_RADIUS = 31

Picture = npt.NDArray[np.uint8]
Prints = dict[str, Fingerprint]


@dataclass(frozen=True)
class Frame:
    """One frame of a film, in colour."""

    film: str
    time: float
    picture: Picture


def frames_of(path: Path, every: float) -> Iterator[Frame]:
    """One frame every so many seconds that has something in it."""
    following = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            time = frame.time or 0.0
            if time >= following - 1e-6:
                following = time + every
                picture = frame.to_ndarray(format="rgb24").astype(np.uint8)
                if int(pdq.quality(plane(picture)[None])[0]) >= pdq.MIN_QUALITY:
                    yield Frame(path.stem, time, picture)


def plane(picture: Picture) -> Picture:
    """(64, 64) luma."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class Tally:
    """What was counted for one edit."""

    codes: list[bool] = field(default_factory=list)
    features: list[bool] = field(default_factory=list)
    either: list[bool] = field(default_factory=list)
    peer: list[bool] = field(default_factory=list)
    wrong: int = 0


@dataclass(frozen=True)
class Answer:
    """What was found of one edited frame. ``peer``: None where pdqhash is not installed."""

    edit: str
    codes: bool
    features: bool
    found: bool
    wrong: int
    peer: bool | None


@dataclass
class Answers:
    """What one process found out: answers, places that agree in unrelated pairs, and CPU seconds a query."""

    answers: list[Answer] = field(default_factory=list)
    agreeing: list[int] = field(default_factory=list)
    spent: Series = field(default_factory=Series)
    idle: Series = field(default_factory=Series)


class Gallery:
    """Frames, registered as pictures, each of the work that is its film."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = list(frames)
        catalogue = Registered()
        for frame in self.frames:
            catalogue.put(frame.film, fingerprints([frame.picture], queries=False), MediaKind.IMAGE)
        self.matcher = PictureMatcher(catalogue)  # type: ignore[arg-type]  # It reads no more than Registered has.
        self.points = FrameMatcher(catalogue)
        planes = np.stack([plane(frame.picture) for frame in self.frames])
        self.codes = pdq.threshold(pdq.coefficients(planes))
        self.works = np.array([frame.film for frame in self.frames])
        self.stored = [
            (frame.film, kept) for frame, (_, kept) in zip(self.frames, catalogue.kept.values(), strict=True)
        ]

    def by_codes(self, picture: Picture) -> set[str]:
        """Works with a frame within PDQ's radius, in any way to lay the picture."""
        small = plane(picture)[None]
        if int(pdq.quality(small)[0]) < pdq.MIN_QUALITY:
            return set()
        asked = pdq.dihedral(pdq.coefficients(small))[0]
        near = pdq.hamming(asked[:, None], self.codes[None]).min(axis=0) <= _RADIUS
        return set(self.works[near].tolist())

    def look_up(self, asked: Prints) -> tuple[set[str], set[str]]:
        """The works that the whole matcher names, and those of them for which local features are known to suffice."""
        seen = self.matcher.sightings(MediaKind.IMAGE, asked)
        enough = [each for each in seen if each.inliers is not None and each.inliers >= ENOUGH]
        return {each.reference.work_id or "" for each in seen}, {each.reference.work_id or "" for each in enough}

    def by_features(self, asked: Prints) -> set[str]:
        """Works that local features find by themselves."""
        return {hit.reference.work_id or "" for hit in self.points.search(asked[keypoints.ALGORITHM])}


class _Worker:
    """One process: the gallery, the innocent frames, and pdqhash's codes of the originals."""

    def __init__(self, films: Sequence[Path], innocent: Sequence[Path], every: float) -> None:
        cv2.setNumThreads(1)
        self.gallery = Gallery(frame for film in films for frame in frames_of(film, every))
        self.strange = [frame for clip in innocent for frame in frames_of(clip, every * 2)]
        self._peer = _pdqhash([frame.picture for frame in self.gallery.frames])

    def answer(self, part: int, parts: int) -> Answers:
        """Every so-many-eth frame, in every edit, and as many of the innocent ones as they are."""
        told = Answers()
        for number in range(part, len(self.gallery.frames), parts):
            rng = np.random.default_rng([7, number])
            for name, picture in self._edited(number, rng):
                told.answers.append(self._one(number, name, picture, rng, told))
        for number in range(part, len(self.strange), parts):
            asked = fingerprints([self.strange[number].picture], queries=True)
            with measured() as usage:
                self.gallery.look_up(asked)
            told.idle.values.append(usage.cpu)
            told.agreeing += self._unrelated(None, asked, np.random.default_rng([8, number]))
        return told

    def _edited(self, number: int, rng: np.random.Generator) -> Iterator[tuple[str, Picture]]:
        frame = self.gallery.frames[number]
        for name in FRAME_MATRIX:
            beside = tuple(self.strange[int(each)].picture for each in rng.choice(len(self.strange), 3))
            seed = int(rng.integers(1 << 30))
            yield name, EDITS[name].apply(frame.picture, seed=seed, others=beside, time=frame.time % 7)

    def _one(self, number: int, name: str, picture: Picture, rng: np.random.Generator, told: Answers) -> Answer:
        work = self.gallery.frames[number].film
        with measured() as usage:
            asked = fingerprints([picture], queries=True)
            found, features = self.gallery.look_up(asked)
        told.spent.values.append(usage.cpu)
        told.agreeing += self._unrelated(work, asked, rng)
        if work not in features:
            # Where codes name another frame of the film, what features see of this one is folded into that.
            features = self.gallery.by_features(asked)
        codes = self.gallery.by_codes(picture)
        peer = None if self._peer is None else self._peer(number, picture)
        return Answer(name, work in codes, work in features, work in found, len(found - {work}), peer)

    def _unrelated(self, work: str | None, asked: Prints, rng: np.random.Generator) -> list[int]:
        """Places that agree with some frames of other works. Innocent clips share rooms and tables: not with those."""
        others = [kept for film, kept in self.gallery.stored if film != work]
        chosen = rng.choice(len(others), COMPARED)
        ways = [keypoint_codes.VARIANTS[int(each)] for each in rng.integers(4, size=COMPARED)]
        name = keypoints.ALGORITHM
        return [_places(asked[name], others[int(each)][name], way) for each, way in zip(chosen, ways, strict=True)]


def _places(query: Fingerprint, known: Fingerprint, variant: tuple[bool, bool]) -> int:
    if not len(query) or not len(known):
        return 0
    asked, stored = keypoints.pictures(query)[0], keypoints.pictures(known)[0]
    mirrored, inverted = variant
    where = keypoints.laid(asked.places, mirrored=mirrored, inverted=inverted)
    codes = keypoint_codes.encode(asked.rows, mirrored=mirrored, inverted=inverted)
    found = agree(where, stored.places, correspond(codes, np.ascontiguousarray(stored.rows), stored.places))
    return found.inliers if found else 0


def _pdqhash(originals: list[Picture]) -> Any:
    if importlib.util.find_spec("pdqhash") is None:
        return None
    import pdqhash

    hashes = [pdqhash.compute(each)[0] for each in originals]

    def near(number: int, picture: Picture) -> bool:
        return int((pdqhash.compute(np.ascontiguousarray(picture))[0] != hashes[number]).sum()) <= _RADIUS

    return near


_worker: _Worker | None = None
"""Of this process, where it is one of the pool."""


def _open(films: Sequence[Path], innocent: Sequence[Path], every: float) -> None:
    global _worker
    _worker = _Worker(films, innocent, every)


def _answer(part: int, parts: int) -> Answers:
    if _worker is None:
        raise RuntimeError("the process was not opened")
    return _worker.answer(part, parts)


def run(every: float = EVERY, jobs: int | None = None, share: int = 1) -> list[Row]:
    """The rows of this part. ``share``: only one frame in so many, for a look."""
    jobs = jobs or cores()
    spawn = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as folder:
        found = media(Path(folder))
        setup = (found.films, found.innocent, every)
        with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_open, initargs=setup) as pool:
            parts = jobs * 4 * share
            told = list(pool.map(_answer, range(0, parts, share), [parts] * (jobs * 4)))
        note = "" if found.real else "on drawn films: the real ones are not here"
    tallies: dict[str, Tally] = {name: Tally() for name in FRAME_MATRIX}
    for each in (answer for part in told for answer in part.answers):
        tally = tallies[each.edit]
        tally.codes.append(each.codes)
        tally.features.append(each.features)
        tally.either.append(each.found)
        tally.wrong += each.wrong
        if each.peer is not None:
            tally.peer.append(each.peer)
    agreeing = [places for part in told for places in part.agreeing]
    spent, idle = (
        Series([value for part in told for value in getattr(part, name).values]) for name in ("spent", "idle")
    )
    frames = len(tallies[FRAME_MATRIX[0]].either)
    return [*_rows(tallies, frames, note), *_costs(spent, idle), *_false(tallies, agreeing)]


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)


def _rows(tallies: Mapping[str, Tally], frames: int, note: str) -> list[Row]:
    n = f"{frames} frames"
    mean = {
        kind: float(np.mean([_share(getattr(tally, kind)) for tally in tallies.values()])) if ready else None
        for kind, ready in (
            ("codes", True),
            ("features", True),
            ("either", True),
            ("peer", all(tally.peer for tally in tallies.values())),
        )
    }
    either = mean["either"] or 0.0
    rows = [
        Row("found, mean over the edits", f"{either:.1%}", f"≥ {TARGET:.0%}", either >= TARGET, n, note),
        Row("… by codes alone, 8 variants", f"{mean['codes']:.1%}", n=n),
        Row("… by local features alone", f"{mean['features']:.1%}", n=n),
        Row("… by pdqhash against its own original", f"{mean['peer']:.1%}", n=n)
        if mean["peer"] is not None
        else skipped("pdqhash", "pdqhash is not installed: it builds from source with a C++ compiler"),
    ]
    for name, tally in tallies.items():
        share = _share(tally.either)
        perfect = name in PERFECT
        parts = f"codes {_share(tally.codes):.0%}, features {_share(tally.features):.0%}"
        parts += f", pdqhash {_share(tally.peer):.0%}" if tally.peer else ""
        rows.append(
            Row(
                EDITS[name].label,
                f"{share:.1%} ({parts})",
                "100 %" if perfect else "",
                share == 1.0 if perfect else None,
            )
        )
    return rows


def _costs(spent: Series, idle: Series) -> list[Row]:
    return [
        Row(
            "fingerprints of a frame and their search", f"{spent.median * 1000:.0f} ms of CPU", n=f"{len(spent.values)}"
        ),
        Row("search of an innocent frame, every way", f"{idle.median * 1000:.0f} ms of CPU", n=f"{len(idle.values)}"),
    ]


def _false(tallies: Mapping[str, Tally], agreeing: list[int]) -> list[Row]:
    wrong = sum(tally.wrong for tally in tallies.values())
    counts = np.array(agreeing)
    found = int((counts >= ENOUGH).sum())
    most = int(counts.max())
    return [
        Row(
            "wrong works found in the look-ups",
            str(wrong),
            "0",
            wrong == 0,
            f"{sum(len(t.codes) for t in tallies.values())}",
        ),
        Row(f"unrelated pairs that agree in {ENOUGH} places", str(found), "0", found == 0, f"{len(counts)} pairs"),
        Row("most places in which an unrelated pair agrees", str(most), n=f"{len(counts)} pairs"),
    ]


if __name__ == "__main__":
    for row in run():
        print(f"{row.what:50s} {row.result:60s} {row.target:8s} {row.n}")
