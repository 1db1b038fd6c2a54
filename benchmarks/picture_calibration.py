"""Fits the chance that what the picture matcher sees is a copy, on films drawn by code. Run by hand:

    python -m benchmarks.picture_calibration

Films of rough landscapes with things moving before them are registered. Excerpts of 4 s of them are edited in the ways
of :mod:`faircut.bench.edits` that change pictures, and so are excerpts of other such films. All bounds of the matcher
are loosened first, since with its own it is never wrong here and there would be nothing to learn from. Of each query
and each reference the strongest sighting by codes and the strongest by local features count. Copies and strangers weigh
the same in the fit. Real films are not used here: they are what the matcher is reported on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from faircut.bench.edits import EDITS, Form
from faircut.domain import Asset, Fingerprint, MediaKind, Reference, Segment
from faircut.fingerprints.framing import FramedHasher
from faircut.fingerprints.keypoints import KeypointHasher
from faircut.fingerprints.pdq import PdqHasher
from faircut.match import candidates, features, frames, stretches
from faircut.match.picture import PictureMatcher
from faircut.media.moments import QUERIES, REFERENCES, Closeness, MomentChooser

WIDTH, HEIGHT, FPS = 448, 252, 8
SECONDS, EXCERPT = 14.0, 4.0
FILMS = 5
SKIPPED = frozenset({"crf-45", "144p"})
"""Edits whose work is done by the encoder: nothing is encoded here."""

Frames = npt.NDArray[np.uint8]


def land(rng: np.random.Generator, width: int, height: int) -> Frames:
    """A picture with detail at every size: layers of noise, and shapes over them."""
    ground = np.zeros((height, width, 3), np.float32)
    for octave in range(2, 8):
        across = 2**octave
        layer = rng.uniform(0, 255, (max(2, height * across // width), across, 3)).astype(np.float32)
        ground += cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC) * 0.65**octave
    ground = (ground - ground.min()) / max(float(np.ptp(ground)), 1e-6) * 255 * rng.uniform(0.4, 1.0, 3)
    picture = ground.astype(np.uint8)
    for _ in range(int(rng.integers(20, 60))):
        colour = tuple(int(each) for each in rng.integers(0, 255, 3))
        centre, size = rng.uniform([0, 0], [width, height]), rng.uniform(8, 70)
        corners = centre + rng.uniform(-size, size, (int(rng.integers(3, 8)), 2))
        cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


def film(seed: int, seconds: float = SECONDS) -> Frames:
    """(n, 252, 448, 3) RGB: shots of two to five seconds, a third of them with a camera that stands still."""
    rng = np.random.default_rng([seed, 31])
    shown: list[Frames] = []
    while len(shown) < seconds * FPS:
        count = int(rng.uniform(2, 5) * FPS)
        ground, front = land(rng, WIDTH * 2, HEIGHT * 2), land(rng, 90, 90)
        at, step = rng.uniform([0, 0], [WIDTH, HEIGHT]), rng.uniform(-4, 4, 2) * (rng.random() > 0.35)
        walker, stride = rng.uniform([0, 0], [WIDTH - 90, HEIGHT - 90]), rng.uniform(-5, 5, 2)
        for number in range(count):
            x, y = np.clip(at + step * number, 0, [WIDTH, HEIGHT])
            frame = cv2.getRectSubPix(ground, (WIDTH, HEIGHT), (float(x + WIDTH / 2), float(y + HEIGHT / 2)))
            left, top = np.clip(walker + stride * number, 0, [WIDTH - 90, HEIGHT - 90]).astype(int)
            frame[top : top + 90, left : left + 90] = front
            shown.append(np.asarray(frame, np.uint8))
    return np.stack(shown[: round(seconds * FPS)])


def fingerprints(shown: list[Frames], *, queries: bool) -> dict[str, Fingerprint]:
    """What the extractor makes of a file, of frames in memory."""
    closeness: Closeness = QUERIES if queries else REFERENCES
    times = np.arange(len(shown)) / FPS
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in shown]
    planes = np.stack([cv2.resize(each, (64, 64), interpolation=cv2.INTER_AREA) for each in grey]).astype(np.uint8)
    plain = PdqHasher(dihedral=queries, drop_within=0 if queries else 8)
    framed = FramedHasher(dihedral=queries, drop_within=0 if queries else 8)
    points, chooser = KeypointHasher(queries=queries), MomentChooser(closeness)
    plain.add(planes, times)
    framed.add(planes, times)
    for plane, picture, time in zip(planes, grey, times.tolist(), strict=True):
        if chooser.wants(plane, time):
            shrink = min(1.0, closeness.side / max(picture.shape))
            size = (round(picture.shape[1] * shrink), round(picture.shape[0] * shrink))
            points.add(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), time)
    seconds = len(shown) / FPS
    made = [plain.finish(seconds), points.finish(seconds), framed.finish(seconds)]
    return {each.algorithm: each for each in made if each is not None}


@dataclass
class Registered:
    """The part of a catalogue that a matcher reads."""

    kept: dict[int, tuple[Reference, dict[str, Fingerprint]]] = field(default_factory=dict)
    index_folder: Path | None = None

    def put(self, work: str, prints: dict[str, Fingerprint], kind: MediaKind = MediaKind.VIDEO) -> None:
        seq = len(self.kept) + 1
        reference = Reference(f"ref_{seq}", "party", work, None, kind, "0" * 64, work, SECONDS)
        self.kept[seq] = reference, prints

    def revision(self) -> int:
        return len(self.kept)

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {seq: reference for seq, (reference, prints) in self.kept.items() if algorithm in prints}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterator[tuple[int, Reference, Fingerprint]]:
        for seq, (reference, prints) in self.kept.items():
            if seq > after_seq and algorithm in prints:
                yield seq, reference, prints[algorithm]

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return {}


def loosen() -> None:
    """Lets the matcher be wrong."""
    candidates.SEARCH_RADIUS = 96
    setattr(stretches, "SEARCH_RADIUS", 96)  # noqa: B010
    stretches.VERIFY_RADIUS = 104
    stretches.STILL_RADIUS = 96
    frames.ENOUGH = 4
    features.ALONE = 4


@dataclass(frozen=True)
class Sample:
    """One sighting: whether it is a copy, and what was counted."""

    copy: bool
    distance: float | None
    inliers: float | None
    distinct: int


def samples() -> Iterator[Sample]:
    """The strongest sightings of each query and reference."""
    catalogue = Registered()
    registered = [film(seed) for seed in range(FILMS)]
    for number, shown in enumerate(registered):
        catalogue.put(f"film {number}", fingerprints(list(shown), queries=False))
    matcher = PictureMatcher(catalogue)  # type: ignore[arg-type]  # It reads no more than Registered has.
    strangers = [film(seed) for seed in range(100, 100 + FILMS)]
    rng = np.random.default_rng(5)
    edits = [each for each in EDITS.values() if each.pictures and each.form is Form.CLIP and each.name not in SKIPPED]
    for turn, edit in enumerate(edits):
        for own, pool in ((True, registered), (False, strangers)):
            source = pool[turn % FILMS]
            first = int(rng.integers(0, len(source) - round(EXCERPT * FPS)))
            cut = source[first : first + round(EXCERPT * FPS)]
            other = strangers[(turn + 1) % FILMS]
            edited = [
                edit.apply(frame, seed=turn, others=[other[i]] * edit.others, time=i / FPS)
                for i, frame in enumerate(cut)
            ]
            asset = Asset("clip", MediaKind.VIDEO, "0" * 64, 1)
            for sighting in matcher.sightings(asset.kind, fingerprints(edited, queries=True)):
                copy = own and sighting.reference.work_id == f"film {turn % FILMS}"
                yield Sample(copy, sighting.distance, sighting.inliers, sighting.distinct)


def fit(rows: npt.NDArray[np.float64], copy: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Weights and offset of a logistic regression by Newton's method, both classes weighing the same."""
    design = np.column_stack([rows, np.ones(len(rows))])
    weight = np.where(copy, 0.5 / max(copy.sum(), 1), 0.5 / max((~copy).sum(), 1)) * len(copy)
    weights = np.zeros(design.shape[1])
    ridge = np.append(np.full(rows.shape[1], 0.5), 0.0)
    for _ in range(60):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (weight * (copy - chance)) - ridge * weights
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Prints what :mod:`faircut.match.probability` holds."""
    loosen()
    found = list(samples())
    for name in ("distance", "inliers"):
        mine = [each for each in found if getattr(each, name) is not None]
        copy = np.array([each.copy for each in mine])
        rows = np.array([[getattr(each, name), np.log2(1 + min(each.distinct, 8))] for each in mine])
        if name == "inliers":
            rows[:, 0] = np.log2(1 + rows[:, 0])
        print(name, "copies", int(copy.sum()), "strangers", int((~copy).sum()), "weights", fit(rows, copy).round(3))
        for what, mask in (("copies", copy), ("strangers", ~copy)):
            if mask.any():
                print("   ", what, np.percentile(rows[mask], [0, 5, 50, 95, 100], axis=0).round(2).tolist())


if __name__ == "__main__":
    main()
