"""Single frames under twenty edits: what codes find, what local features find, and what neither may find."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
from faircut.bench.edits import EDITS, FRAME_MATRIX
from faircut.domain import Fingerprint, MediaKind, Reference
from faircut.fingerprints import keypoint_codes, keypoints, pdq
from faircut.match.frames import ENOUGH, FrameMatcher
from faircut.match.geometry import agree, correspond
from faircut.media.moments import QUERIES, REFERENCES

TITLE = "Single frames under twenty edits"
METHOD = """\
Frames of the films, one every half second, are registered as pictures; plain ones (PDQ quality below 50) are left out.
Each is edited in every way of the frame matrix of `faircut bench`, its insets and mosaics showing the innocent clips,
and looked up among all of them. Found means: by a code within 31 bits in any of the eight ways to lay a picture, or by
local features that agree in at least eight places. A wrong work counts as a false positive. Unrelated pairs are edited
or innocent frames, laid in any of four ways, compared point by point with frames of other works, without any search
before it. pdqhash compares the edited frame with its own original only, at PDQ's published 31 bits. Thresholds were
chosen on the demo's drawn films and the innocent clips; the size of pictures, the number of points and the density of
moments on other moments of these films too."""
EVERY = 0.5
PAIRS = 10_000
TARGET = 0.97
PERFECT = ("mirror", "crf-45", "144p", "text", "logo", "recolour")
_RADIUS = 31

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """One frame of a film, in colour."""

    film: str
    time: float
    picture: Picture


@dataclass
class Registered:
    """The part of a catalogue that a matcher reads: pictures."""

    kept: dict[int, tuple[Reference, Fingerprint]] = field(default_factory=dict)

    def put(self, frame: Frame, points: Fingerprint) -> None:
        """Registers a frame as a picture of the film's work."""
        name = f"{frame.film} {frame.time:.2f}"
        reference = Reference(name, "party", frame.film, None, MediaKind.IMAGE, "0" * 64, name)
        self.kept[len(self.kept) + 1] = reference, points

    def revision(self) -> int:
        return len(self.kept)

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {seq: reference for seq, (reference, _) in self.kept.items()} if algorithm == keypoints.ALGORITHM else {}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterator[tuple[int, Reference, Fingerprint]]:
        for seq, kept in self.kept.items():
            if seq > after_seq and algorithm == keypoints.ALGORITHM:
                yield seq, *kept


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


def points(picture: Picture, *, queries: bool) -> Fingerprint:
    """Local features as the extractor makes them."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    side = (QUERIES if queries else REFERENCES).side
    shrink = min(1.0, side / max(grey.shape))
    size = (round(grey.shape[1] * shrink), round(grey.shape[0] * shrink))
    hasher = keypoints.KeypointHasher(queries=queries)
    hasher.add(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), 0.0)
    return hasher.finish(0.0)


@dataclass
class Tally:
    """What was counted for one edit."""

    codes: list[bool] = field(default_factory=list)
    features: list[bool] = field(default_factory=list)
    either: list[bool] = field(default_factory=list)
    peer: list[bool] = field(default_factory=list)
    wrong: int = 0


class Gallery:
    """Frames, registered, and the originals' codes."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = list(frames)
        catalogue = Registered()
        for frame in self.frames:
            catalogue.put(frame, points(frame.picture, queries=False))
        self.matcher = FrameMatcher(catalogue)
        self.matcher.refresh()
        planes = np.stack([plane(frame.picture) for frame in self.frames])
        self.codes = pdq.threshold(pdq.coefficients(planes))
        self.works = np.array([frame.film for frame in self.frames])
        self.stored = [(reference.work_id, kept) for reference, kept in catalogue.kept.values()]

    def by_codes(self, picture: Picture) -> set[str]:
        """Works with a frame within PDQ's radius, in any way to lay the picture."""
        small = plane(picture)[None]
        if int(pdq.quality(small)[0]) < pdq.MIN_QUALITY:
            return set()
        asked = pdq.dihedral(pdq.coefficients(small))[0]
        near = pdq.hamming(asked[:, None], self.codes[None]).min(axis=0) <= _RADIUS
        return set(self.works[near].tolist())

    def by_features(self, asked: Fingerprint) -> set[str]:
        """Works that local features find."""
        return {hit.reference.work_id or "" for hit in self.matcher.search(asked)}


def edited(gallery: Gallery, others: list[Picture]) -> Iterator[tuple[int, str, Picture]]:
    """Every frame in every edit: number of the frame, name of the edit, picture."""
    rng = np.random.default_rng(7)
    for number, frame in enumerate(gallery.frames):
        for name in FRAME_MATRIX:
            beside = tuple(others[int(each)] for each in rng.choice(len(others), 3))
            yield (
                number,
                name,
                EDITS[name].apply(frame.picture, seed=int(rng.integers(1 << 30)), others=beside, time=frame.time % 7),
            )


def look_up(gallery: Gallery, others: list[Picture]) -> tuple[dict[str, Tally], list[tuple[int, Fingerprint]], Series]:
    """The tallies by edit, the queries' fingerprints with the number of their frame, and CPU seconds a query."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    asked: list[tuple[int, Fingerprint]] = []
    spent = Series()
    peer = _pdqhash([frame.picture for frame in gallery.frames])
    for number, name, picture in edited(gallery, others):
        tally, work = tallies[name], gallery.frames[number].film
        with measured() as usage:
            query = points(picture, queries=True)
            features = gallery.by_features(query)
        spent.values.append(usage.cpu)
        codes = gallery.by_codes(picture)
        tally.codes.append(work in codes)
        tally.features.append(work in features)
        tally.either.append(work in codes | features)
        tally.wrong += len((codes | features) - {work})
        if peer:
            tally.peer.append(peer(number, picture))
        asked.append((number, query))
    return tallies, asked, spent


def unrelated(gallery: Gallery, asked: list[tuple[int, Fingerprint]], strange: Gallery, count: int) -> list[int]:
    """Places that agree in ``count`` pairs of an edited or a strange frame and a frame of another work."""
    rng = np.random.default_rng(11)
    stored = [*gallery.stored, *strange.stored]
    queries = [(gallery.frames[number].film, query) for number, query in asked]
    queries += [(frame.film, points(frame.picture, queries=True)) for frame in strange.frames]
    agreeing: list[int] = []
    strangers = {frame.film for frame in strange.frames}
    while len(agreeing) < count:
        film, query = queries[int(rng.integers(len(queries)))]
        work, known = stored[int(rng.integers(len(stored)))]
        # Insets and mosaics show strange clips, and these share rooms and tables with one another.
        if work == film or work in strangers:
            continue
        agreeing.append(_places(query, known, keypoint_codes.VARIANTS[int(rng.integers(4))]))
    return agreeing


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


def run(every: float = EVERY, pairs: int = PAIRS) -> list[Row]:
    """The rows of this part."""
    cv2.setNumThreads(1)
    with TemporaryDirectory() as folder:
        found = media(Path(folder))
        gallery = Gallery(frame for film in found.films for frame in frames_of(film, every))
        strange = Gallery(frame for clip in found.innocent for frame in frames_of(clip, every * 2))
        tallies, asked, spent = look_up(gallery, [frame.picture for frame in strange.frames])
        agreeing = unrelated(gallery, asked, strange, pairs)
        note = "" if found.real else "on drawn films: the real ones are not here"
    return [*_rows(tallies, len(gallery.frames), note), *_costs(spent, strange, gallery), *_false(tallies, agreeing)]


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


def _costs(spent: Series, strange: Gallery, gallery: Gallery) -> list[Row]:
    idle = Series()
    for frame in strange.frames:
        query = points(frame.picture, queries=True)
        with measured() as usage:
            gallery.by_features(query)
        idle.values.append(usage.cpu * 1000)
    return [
        Row("features of a frame and their search", f"{spent.median * 1000:.0f} ms of CPU", n=f"{len(spent.values)}"),
        Row("search of an innocent frame, all four ways", f"{idle.median:.0f} ms of CPU", n=f"{len(idle.values)}"),
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
