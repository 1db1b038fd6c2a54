"""Trains the table of projections of ``keypoints-v2``: ``python -m benchmarks.train_keypoints TARGET FILES…``.

Without supervision: nobody says what the pictures show. Each is edited in ways whose geometry is known, so that it is
known which points of the copy are which of the original. Besides the files named, the films that ``faircut demo`` draws
and fractal noise are trained on. The table in the package was made from the photographs inside the wheels of
scikit-image 0.26 and scikit-learn 1.9 (public domain, CC0, CC BY) and three clips of unrelated camera footage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from faircut.demo import films
from faircut.fingerprints import keypoint_codes, keypoints

Grey = npt.NDArray[np.uint8]
Table = npt.NDArray[np.float64]
_COPIES = 6
_SHRINKAGE = 0.05


def pictures_of(path: Path) -> Iterator[Grey]:
    """A still, or every second second of a clip; nothing of files that are too small to say anything."""
    with av.open(str(path)) as container:
        following = 0.0
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= following:
                following = (frame.time or 0.0) + 2.0
                if min(frame.width, frame.height) > 100:
                    yield frame.to_ndarray(format="gray").astype(np.uint8)


def drawn(rng: np.random.Generator) -> Iterator[Grey]:
    """Frames of the demo's films, and noise with the spectrum of mountains."""
    for film in (films.LAMPLIGHT, films.TUMBRIL, films.KITES):
        for number, frame in enumerate(film.frames()):
            if number % 30 == 0:
                yield cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    for roughness in np.linspace(0.5, 1.05, 12):
        land = np.zeros((360, 640), np.float32)
        for octave in range(1, 8):
            grain = rng.normal(0, 1, (2**octave * 9 // 16 + 1, 2**octave + 1)).astype(np.float32)
            land += cv2.resize(grain, (640, 360), interpolation=cv2.INTER_CUBIC) * roughness**octave
        land -= land.min()
        yield (land / land.max() * 255).astype(np.uint8)


def shrunk(grey: Grey, longest: int) -> Grey:
    """The picture with a longer side of at most so many pixels."""
    scale = min(1.0, longest / max(grey.shape))
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def worsened(grey: Grey, rng: np.random.Generator) -> Grey:
    """One of the ways in which copies lose quality."""
    height, width = grey.shape
    way = int(rng.integers(0, 6))
    if way == 0:
        small = shrunk(grey, 256)
        return cv2.resize(small, (width, height)).astype(np.uint8)
    if way == 1:
        return ((grey / 255.0) ** float(rng.choice([0.5, 2.0])) * 255).astype(np.uint8)
    if way == 2:
        return np.clip(grey + rng.normal(0, 12, grey.shape), 0, 255).astype(np.uint8)
    if way == 3:
        return cv2.GaussianBlur(grey, (0, 0), width / 300).astype(np.uint8)
    level = int(rng.integers(8, 30)) if way == 4 else 40
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, level])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def pairs(grey: Grey, rng: np.random.Generator) -> Iterator[tuple[Table, Table]]:
    """Descriptors of points of a picture, and those of the same points in edited copies."""
    height, width = grey.shape
    where, original = keypoints.detect(shrunk(grey, 416), 500)
    if len(where) < 20:
        return
    spots = keypoints.places(where)
    here = spots.xy * [width, height]
    for _ in range(_COPIES):
        turn, zoom = float(rng.uniform(-20, 20)), float(1 / rng.uniform(0.45, 1.0))
        centre = np.array([width, height]) * (0.5 + rng.uniform(-0.2, 0.2, 2))
        move = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), turn, zoom)
        move[0] *= 1 + rng.uniform(-0.1, 0.1)
        copy = worsened(cv2.warpAffine(grey, move, (width, height)).astype(np.uint8), rng)
        copy_where, copied = keypoints.detect(shrunk(copy, 512), 800)
        if not len(copy_where):
            continue
        found = keypoints.places(copy_where)
        expected = here @ move[:, :2].T + move[:, 2]
        distance = np.linalg.norm(expected[:, None] - found.xy[None] * [width, height], axis=2)
        nearest = distance.argmin(axis=1)
        grown = np.log2(found.size[nearest] / (spots.size * np.sqrt(abs(np.linalg.det(move[:, :2])))))
        turned = np.degrees(found.angle[nearest] - spots.angle) + turn
        same = distance[np.arange(len(here)), nearest] < 0.15 * found.size[nearest] * max(width, height) + 1
        same &= (np.abs(grown) < 0.35) & (np.abs((turned + 180) % 360 - 180) < 15)
        one, other = keypoint_codes.root(original[same]), keypoint_codes.root(copied[nearest[same]])
        yield one.astype(np.float64), other.astype(np.float64)


def train(material: list[Grey]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The (128, 128) matrix, one projection a column, and the (128,) medians."""
    rng = np.random.default_rng(0)
    everything, differences = [], []
    for grey in material:
        for one, other in pairs(grey, rng):
            differences.append(one - other)
        everything.append(keypoint_codes.root(keypoints.detect(shrunk(grey, 416), 500)[1]).astype(np.float64))
    points, noise = np.concatenate(everything), np.concatenate(differences)
    print(f"{len(material)} pictures, {len(points)} points, {len(noise)} pairs", file=sys.stderr)
    within = noise.T @ noise / len(noise)
    within += np.eye(len(within)) * np.trace(within) / len(within) * _SHRINKAGE
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values)
    ratio, directions = np.linalg.eigh(whiten.T @ np.cov(points.T) @ whiten)
    matrix = whiten @ directions[:, np.argsort(-ratio)]
    matrix /= np.abs(matrix).max()
    return matrix.astype(np.float32), np.median(points @ matrix, axis=0).astype(np.float32)


def main() -> None:
    """Reads the files named, trains, writes the table and prints its digest."""
    cv2.setNumThreads(1)
    target, *sources = map(Path, sys.argv[1:])
    material = [picture for source in sorted(sources) for picture in pictures_of(source)]
    material += drawn(np.random.default_rng(1))
    matrix, median = train(material)
    np.savez_compressed(target, matrix=matrix, median=median)
    print(keypoint_codes.digest(matrix, median))


if __name__ == "__main__":
    main()
