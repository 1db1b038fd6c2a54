"""Local features of key moments, ``keypoints-v2``: what stays of a picture that is cropped, tilted or built in.

SIFT (Lowe, IJCV 2004; its patent expired in 2020) finds points that come back under scaling, rotation and changes of
light, and describes the surroundings of each by 128 numbers. Their square roots (RootSIFT: Arandjelović and
Zisserman, CVPR 2012) are turned into 128 bits by :mod:`faircut.fingerprints.keypoint_codes`.

A reference keeps a row of 24 bytes a point: where it is, how large, which way it points, and its code. A query keeps
the descriptor itself instead of the code, a row of 136 bytes, because from it follow the codes of the mirrored and
the inverted picture and how sure each bit is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.errors import InputError
from faircut.fingerprints import keypoint_codes

ALGORITHM = "keypoints-v2"
READABLE = (ALGORITHM, "keypoints-v1")
"""Versions whose rows can be compared: version 1 kept fewer points of dim pictures, with the same codes."""
PLACE_BYTES = 8
DESCRIPTOR_BYTES = 128
REFERENCE_BYTES = PLACE_BYTES + keypoint_codes.CODE_BYTES
QUERY_BYTES = PLACE_BYTES + DESCRIPTOR_BYTES

REFERENCE_POINTS = 300
QUERY_POINTS = 700
_CONTRAST = 0.01
"""A quarter of Lowe's threshold: dim pictures keep points too, and the strongest are chosen anyway."""
_DEVIATION = 32.0
"""Grey levels of standard deviation of a picture of ordinary contrast."""
_LEAST_CONTRAST = 0.25
_SURPLUS = 1.2
_GRID = 6
_SIZE_STEPS = 24.0
_SIZE_OFFSET = 10.0
_ASPECT_STEPS = 40.0

_PLACE = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "u1"), ("angle", "u1"), ("aspect", "u1"), ("octave", "u1")])


class Places(NamedTuple):
    """Where the points of a picture are.

    ``xy``: (n, 2) float32, 0..1 of the picture's width and height. ``size``: (n,) float32, diameter in units of the
    longer side. ``angle``: (n,) float32 radians, clockwise from the right, -pi..pi. ``aspect``: width over height.
    """

    xy: npt.NDArray[np.float32]
    size: npt.NDArray[np.float32]
    angle: npt.NDArray[np.float32]
    aspect: float

    def some(self, which: npt.NDArray[Any] | slice) -> Places:
        """Some of them, by number, by mask or by slice."""
        return Places(self.xy[which], self.size[which], self.angle[which], self.aspect)


@dataclass(frozen=True, slots=True)
class Picture:
    """One key moment of a fingerprint: its points, strongest first.

    ``rows``: (n, 16) codes or (n, 128) descriptors. ``quality``: (n,) uint8, from 100 down.
    """

    places: Places
    rows: npt.NDArray[np.uint8]
    time: float
    quality: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rows)


def among(fingerprints: Mapping[str, Fingerprint]) -> Fingerprint | None:
    """The local features among a file's fingerprints, of the newest version that can be read."""
    return next((fingerprints[name] for name in READABLE if name in fingerprints), None)


def detect(grey: npt.NDArray[np.uint8], points: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The places (n, 8) and descriptors (n, 128) of at most ``points`` points of a picture, strongest first.

    ``grey``: (height, width) uint8. Weak points of empty corners are preferred to strong ones of crowded places.
    """
    # What is dim keeps points too: a point stands out by as much as its picture has contrast.
    contrast = min(max(float(cv2.meanStdDev(grey)[1][0, 0]) / _DEVIATION, _LEAST_CONTRAST), 1.0)
    sift = cv2.SIFT.create(nfeatures=round(points * _SURPLUS), contrastThreshold=_CONTRAST * contrast)
    found, described = sift.detectAndCompute(grey, None)
    if not len(found):
        return np.empty((0, PLACE_BYTES), np.uint8), np.empty((0, DESCRIPTOR_BYTES), np.uint8)
    height, width = grey.shape
    table = np.array([(*p.pt, p.size, p.angle, p.response) for p in found], np.float64)
    kept = _spread(table, width, height, points)
    return _places(table[kept], width, height), described[kept].astype(np.uint8)


def _spread(table: npt.NDArray[np.float64], width: int, height: int, points: int) -> npt.NDArray[np.intp]:
    """Rows to keep, strongest first: every cell of a grid, and every octave in it, takes turns."""
    order = np.argsort(-table[:, 4], kind="stable")
    if len(order) <= points:
        return order
    across = np.minimum((table[:, 0] * _GRID / width).astype(int), _GRID - 1)
    down = np.minimum((table[:, 1] * _GRID / height).astype(int), _GRID - 1)
    octave = np.clip(np.floor(np.log2(table[:, 2] / 2.0)), 0, 7).astype(int)
    # By rank within the cell and within the octave alike, so that no group is silenced and none is favoured blindly.
    rank = _rank_within((down * _GRID + across)[order]) + _rank_within(octave[order])
    kept = np.sort(np.argsort(rank, kind="stable")[:points])
    return order[kept]


def _rank_within(group: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(n,) how many of the same group come before each."""
    by_group = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    rank = np.empty(len(group), np.int64)
    rank[by_group] = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rank


def _places(table: npt.NDArray[np.float64], width: int, height: int) -> npt.NDArray[np.uint8]:
    rows = np.zeros(len(table), _PLACE)
    for name, column, extent in (("x", 0, width), ("y", 1, height)):
        # OpenCV counts from the centre of the first pixel.
        share = (table[:, column] + 0.5) / extent
        rows[name] = np.clip(np.round(share * 65535), 0, 65535)
    size = np.log2(np.maximum(table[:, 2] / max(width, height), 1e-6)) + _SIZE_OFFSET
    rows["size"] = np.clip(np.round(size * _SIZE_STEPS), 0, 255)
    rows["angle"] = np.round(table[:, 3] / 360.0 * 256.0).astype(np.int64) % 256
    rows["aspect"] = np.clip(np.round(128 + np.log2(width / height) * _ASPECT_STEPS), 0, 255)
    return rows.view(np.uint8).reshape(len(rows), PLACE_BYTES)


def places(rows: npt.NDArray[np.uint8]) -> Places:
    """The places of rows (n, 8 or more) of one picture."""
    table = np.ascontiguousarray(rows[:, :PLACE_BYTES]).view(_PLACE).reshape(-1)
    xy = np.stack([table["x"], table["y"]], axis=1).astype(np.float32) / np.float32(65535)
    size, angle = _sizes_and_angles(table["size"], table["angle"])
    return Places(xy, size, angle, aspect(rows))


def laid(where: Places, *, mirrored: bool = False, inverted: bool = False) -> Places:
    """Where the points would be, and point to, in the mirrored or inverted picture."""
    xy, size, angle, aspect = where
    if mirrored:
        xy = np.stack([1 - xy[:, 0], xy[:, 1]], axis=1)
        angle = np.float32(np.pi) - angle
    if inverted:
        angle = angle + np.float32(np.pi)
    return Places(xy, size, angle, aspect)


def coarse_places(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """(n, 4) the bytes of each row that say most of where a point is: x, y, size and angle."""
    return rows[:, [1, 3, 4, 5]]


def plain_places(coarse: npt.NDArray[np.uint8]) -> Places:
    """Places of :func:`coarse_places`, as if in a square."""
    size, angle = _sizes_and_angles(coarse[:, 2], coarse[:, 3])
    return Places((coarse[:, :2].astype(np.float32) + np.float32(0.5)) / np.float32(256), size, angle, 1.0)


def aspect(rows: npt.NDArray[np.uint8]) -> float:
    """Width over height of the picture that the rows are of."""
    return float(np.exp2((float(rows[0, 6]) - 128) / _ASPECT_STEPS)) if len(rows) else 1.0


def _sizes_and_angles(
    size: npt.NDArray[np.uint8], angle: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    plain = np.exp2(size.astype(np.float32) / np.float32(_SIZE_STEPS) - np.float32(_SIZE_OFFSET))
    radians = angle.astype(np.float32) * np.float32(2 * np.pi / 256)
    wrapped = np.where(radians >= np.pi, radians - np.float32(2 * np.pi), radians)
    return plain.astype(np.float32), wrapped.astype(np.float32)


def pictures(fingerprint: Fingerprint) -> list[Picture]:
    """The key moments of a fingerprint, in order of time. Pictures of one moment (see-through ones) stay apart."""
    starts = boundaries(fingerprint)
    return [picture(fingerprint, span) for span in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]


def picture(fingerprint: Fingerprint, span: tuple[int, int]) -> Picture:
    """The key moment whose rows are those from the first to before the second number."""
    first, last = span
    return Picture(
        places(fingerprint.codes[first:last]),
        fingerprint.codes[first:last, PLACE_BYTES:],
        float(fingerprint.times[first]),
        fingerprint.quality[first:last],
    )


def boundaries(fingerprint: Fingerprint) -> npt.NDArray[np.intp]:
    """(moments + 1,) rows at which a key moment begins, and the end. Quality begins anew at 100 with each."""
    if not len(fingerprint):
        return np.zeros(1, np.intp)
    fresh = np.diff(fingerprint.times) != 0
    fresh |= np.diff(fingerprint.quality.astype(np.int16)) > 0
    return np.concatenate([[0], np.flatnonzero(fresh) + 1, [len(fingerprint)]]).astype(np.intp)


def as_reference(query: Fingerprint) -> Fingerprint:
    """A query's fingerprint as one of a reference: the strongest points of each moment, with codes for descriptors.

    So that what was asked once can be searched later. Raises InputError when it is no query's.
    """
    if query.codes.shape[1] != QUERY_BYTES:
        raise InputError("These are not the local features of a query.", remedy="Fingerprint the file as a query.")
    starts = boundaries(query)
    kept = np.concatenate(
        [
            np.arange(first, min(last, first + REFERENCE_POINTS))
            for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        ]
        or [np.empty(0, np.intp)]
    ).astype(np.intp)
    rows = query.codes[kept]
    codes = keypoint_codes.encode(rows[:, PLACE_BYTES:])
    return Fingerprint(
        ALGORITHM,
        np.concatenate([rows[:, :PLACE_BYTES], codes], axis=1),
        query.times[kept],
        query.quality[kept],
        query.duration,
    )


class KeypointHasher:
    """Collects the key moments of a file into one Fingerprint. ``queries``: keep descriptors instead of codes."""

    def __init__(self, *, queries: bool) -> None:
        self._queries = queries
        self._rows: list[npt.NDArray[np.uint8]] = []
        self._times: list[float] = []

    def add(self, grey: npt.NDArray[np.uint8], time: float) -> None:
        """``grey``: (height, width) uint8 luma of the whole picture; ``time`` in seconds, growing."""
        where, described = detect(grey, QUERY_POINTS if self._queries else REFERENCE_POINTS)
        if len(where):
            tail = described if self._queries else keypoint_codes.encode(described)
            self._rows.append(np.concatenate([where, tail], axis=1))
            self._times.append(time)

    def finish(self, duration: float) -> Fingerprint:
        """The Fingerprint of all that was added; ``quality`` falls from 100, the strongest point of a moment, to 1."""
        width = QUERY_BYTES if self._queries else REFERENCE_BYTES
        lengths = [len(rows) for rows in self._rows]
        ranks = [
            np.linspace(100, 1, n).round().astype(np.uint8) if n > 1 else np.full(n, 100, np.uint8) for n in lengths
        ]
        return Fingerprint(
            ALGORITHM,
            np.concatenate([np.empty((0, width), np.uint8), *self._rows]),
            np.repeat(np.array(self._times, np.float32), lengths).astype(np.float32),
            np.concatenate([np.empty(0, np.uint8), *ranks]),
            max(duration, self._times[-1] if self._times else 0.0),
        )
