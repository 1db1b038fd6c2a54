"""Whether two pictures show the same thing, by the geometry of points that look alike.

Each pair of points that look alike says by itself how the one picture would have to be scaled, turned and moved to
lie on the other. Every such statement is held against all pairs (one-point hypotheses: Philbin et al., CVPR 2007);
the one that most agree with is refined to an affine map and to a homography by least squares. What then agrees must be
many points, in different places, spread over an area, with a map that a camera or an editor could have made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.fingerprints.keypoints import Places

NEAR = 42
"""Bits of 128 between codes of one point. Chosen on edited photographs and drawn films: it keeps 98 % of true pairs and
one in 10,000 of the others."""
_MARGIN = 6
"""Bits by which the nearest must be nearer than the next that stands elsewhere."""
_COARSE = 0.05
"""Of the longer side: how far a point may lie from where the first maps put it. One-point hypotheses allow half of it
and ``_SLOPE`` of the way from their own point besides."""
_SLOPE = 0.12
_FINE = 0.015
_OCTAVES = 0.8
_RADIANS = 0.6
_MOST_PAIRS = 400
_GRAIN = 0.012
"""Of the longer side: points nearer than that are one place."""
_LEAST = 4
_SCALES = (0.12, 8.0)
_STRETCH = 2.5
_THIN = (0.015, 0.022)
"""Least spread across the long direction in query and reference, standard deviation in units of the longer side. Lines
of text in one typeface agree in letters, with 0.010 to 0.015 in the reference; copies of drawn films have 0.025 and
0.040 at the least."""
_AREA = 0.02
"""Least area of the hull of the agreeing points, of the reference's picture. Lines of text: 0.01 to 0.019; those copies
0.042."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Points that look alike: rows of the query, rows of the reference, and bits between their codes."""

    query: npt.NDArray[np.intp]
    reference: npt.NDArray[np.intp]
    bits: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A map from query to reference and the points that agree with it.

    ``homography``: (3, 3), both pictures in 0..1 of their width and height. ``inliers``: distinct places that agree.
    ``pairs``: which of the pairs agree. ``coverage``: share of the reference's picture that the points' hull covers.
    """

    homography: npt.NDArray[np.float64]
    inliers: int
    pairs: npt.NDArray[np.intp]
    coverage: float


def correspond(query: npt.NDArray[np.uint8], reference: npt.NDArray[np.uint8], where: Places) -> Pairs:
    """Pairs of codes (n, 16) and (m, 16) that are each other's nearest, near, and clearly nearer than the next.

    ``where``: places of the reference's points; a second point at the same spot does not count as the next.
    """
    if not len(query) or not len(reference):
        return Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.int64))
    q, r = query.view(np.uint64), reference.view(np.uint64)
    bits = np.bitwise_count(q[:, None, 0] ^ r[None, :, 0])
    bits += np.bitwise_count(q[:, None, 1] ^ r[None, :, 1])
    nearest = bits.argmin(axis=1)
    rows = np.arange(len(q))
    distance = bits[rows, nearest]
    back = bits.argmin(axis=0)
    good = (distance <= NEAR) & (back[nearest] == rows)
    rows, nearest, distance = rows[good], nearest[good], distance[good]
    others = bits[rows].copy()
    apart = np.abs(where.xy[nearest][:, None] - where.xy[None]).max(axis=2) > _GRAIN
    others[~apart] = 255
    clear = others.min(axis=1, initial=255).astype(np.int64) - distance >= _MARGIN
    order = np.argsort(distance[clear], kind="stable")[:_MOST_PAIRS]
    return Pairs(rows[clear][order], nearest[clear][order], distance[clear][order].astype(np.int64))


def promise(query: Places, reference: Places) -> int:
    """How many of n pairs, point by point, agree with the map that one of them says by itself."""
    if not len(query.xy):
        return 0
    here, there = query.xy * _extent(query.aspect), reference.xy * _extent(reference.aspect)
    grown = np.log2(reference.size / query.size)
    inside = _hypothesis(here, there, grown, reference.angle - query.angle)
    return len(_places(here[inside], there[inside]))


def agree(query: Places, reference: Places, pairs: Pairs) -> Agreement | None:
    """The map that most pairs agree with, or None when they agree with none that could be."""
    if len(pairs) < _LEAST:
        return None
    stretch_q, stretch_r = _extent(query.aspect), _extent(reference.aspect)
    here, there = query.xy[pairs.query] * stretch_q, reference.xy[pairs.reference] * stretch_r
    grown = np.log2(reference.size[pairs.reference] / query.size[pairs.query])
    turned = reference.angle[pairs.reference] - query.angle[pairs.query]
    inside = _hypothesis(here, there, grown, turned)
    if int(inside.sum()) < _LEAST:
        return None
    alike = _alike(grown, turned, inside)
    matrix = None
    for bound, full in ((_COARSE, False), (_FINE * 2, False), (_FINE * 1.5, True), (_FINE, True), (_FINE, True)):
        fitted = _fit(here[inside], there[inside], full=full)
        if fitted is None:
            return None
        matrix = fitted
        inside = (_miss(matrix, here, there) <= bound) & alike
        if len(_places(here[inside], there[inside])) < _LEAST:
            return None
    if matrix is None or not _could_be(matrix, here[inside]):
        return None
    distinct = _places(here[inside], there[inside])
    coverage = _spread(here[inside], there[inside], stretch_r)
    if coverage < _AREA:
        return None
    whole = np.diag([*(1 / stretch_r), 1.0]) @ matrix @ np.diag([*stretch_q, 1.0])
    return Agreement(whole / whole[2, 2], len(distinct), np.flatnonzero(inside), coverage)


def outlines(homography: npt.NDArray[np.float64]) -> tuple[list[list[float]], list[list[float]]]:
    """Where the reference stands in the query, and which part of the reference the query shows: polygons in 0..1."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    inverse = np.linalg.inv(homography)
    seen = _clipped(cv2.perspectiveTransform(square[None], inverse)[0])
    shown = _clipped(cv2.perspectiveTransform(seen[None], homography)[0]) if len(seen) else seen
    return _rounded(seen), _rounded(shown)


def _rounded(polygon: npt.NDArray[np.float64]) -> list[list[float]]:
    return [[round(float(x), 4), round(float(y), 4)] for x, y in np.clip(polygon, 0, 1)]


def _clipped(polygon: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A convex polygon's part inside the unit square; nothing of one without an area.

    Edge by edge (Sutherland and Hodgman, CACM 17(1), 1974): OpenCV's own loses corners where edges coincide, which is
    what whole pictures do.
    """
    for axis, bound, keep in ((0, 0.0, 1.0), (0, 1.0, -1.0), (1, 0.0, 1.0), (1, 1.0, -1.0)):
        polygon = cut_along(polygon, (polygon[:, axis] - bound) * keep)
    return polygon if len(polygon) >= 3 else np.empty((0, 2))


def cut_along(polygon: npt.NDArray[Any], inside: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """What of a polygon, (n, 2) corners, lies on one side of a line; ``inside``: (n,), below 0 on the other side."""
    corners: list[npt.NDArray[np.float64]] = []
    for number in range(len(polygon)):
        before, after = inside[number - 1], inside[number]
        if (before >= 0) != (after >= 0):
            share = before / (before - after)
            corners.append(polygon[number - 1] + share * (polygon[number] - polygon[number - 1]))
        if after >= 0:
            corners.append(polygon[number])
    return np.array(corners).reshape(-1, 2)


def _extent(aspect: float) -> Floats:
    return np.array([1.0, 1.0 / aspect] if aspect >= 1 else [aspect, 1.0], np.float32)


def _around(angle: Floats) -> Floats:
    wrapped: Floats = (angle + np.float32(np.pi)) % np.float32(2 * np.pi) - np.float32(np.pi)
    return wrapped


def _hypothesis(here: Floats, there: Floats, grown: Floats, turned: Floats) -> npt.NDArray[np.bool_]:
    """The pairs that agree with that pair with which most agree."""
    scale = np.exp2(grown)
    cosine, sine = scale * np.cos(turned), scale * np.sin(turned)
    step_x, step_y = here[None, :, 0] - here[:, None, 0], here[None, :, 1] - here[:, None, 1]
    miss_x = there[:, None, 0] + cosine[:, None] * step_x - sine[:, None] * step_y - there[None, :, 0]
    miss_y = there[:, None, 1] + sine[:, None] * step_x + cosine[:, None] * step_y - there[None, :, 1]
    way = np.hypot(there[None, :, 0] - there[:, None, 0], there[None, :, 1] - there[:, None, 1])
    inside = np.hypot(miss_x, miss_y) <= _COARSE * 0.5 + _SLOPE * way
    inside &= np.abs(grown[None] - grown[:, None]) <= _OCTAVES
    inside &= np.abs(_around(turned[None] - turned[:, None])) <= _RADIANS
    best: npt.NDArray[np.bool_] = inside[int(inside.sum(axis=1).argmax())]
    return best


def _alike(grown: Floats, turned: Floats, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Pairs that are scaled and turned about as those inside are."""
    middle = np.angle(np.exp(1j * turned[inside]).mean())
    alike: npt.NDArray[np.bool_] = np.abs(grown - np.median(grown[inside])) <= _OCTAVES
    return alike & (np.abs(_around(turned - np.float32(middle))) <= _RADIANS)


def _fit(here: Floats, there: Floats, *, full: bool) -> npt.NDArray[np.float64] | None:
    """A similarity for a few points, an affine map for more, a homography for many: by least squares."""
    count = len(here)
    if full and count >= 10:
        matrix, _ = cv2.findHomography(here.reshape(-1, 1, 2), there.reshape(-1, 1, 2), 0)
        solved: npt.NDArray[np.float64] = np.asarray(matrix, np.float64)
        if solved.shape == (3, 3) and np.isfinite(solved).all() and abs(solved[2, 2]) > 1e-9:
            normed: npt.NDArray[np.float64] = solved / solved[2, 2]
            return normed
    affine = np.eye(3)
    if count >= 6:
        system = np.column_stack([here, np.ones(count)]).astype(np.float64)
        solution, _, rank, _ = np.linalg.lstsq(system, there.astype(np.float64), rcond=1e-6)
        if rank == 3:
            affine[:2] = solution.T
            return affine
    return _similarity(here.astype(np.float64), there.astype(np.float64))


def _similarity(here: npt.NDArray[np.float64], there: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    from_, to = here[:, 0] + 1j * here[:, 1], there[:, 0] + 1j * there[:, 1]
    centred = from_ - from_.mean()
    power = float((np.abs(centred) ** 2).sum())
    if power < 1e-9:
        return None
    factor = (np.conj(centred) * (to - to.mean())).sum() / power
    shift = to.mean() - factor * from_.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag], [0, 0, 1]])


def _miss(matrix: npt.NDArray[np.float64], here: Floats, there: Floats) -> npt.NDArray[np.float64]:
    mapped = np.column_stack([here, np.ones(len(here))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        miss = np.linalg.norm(mapped[:, :2] / mapped[:, 2:] - there, axis=1)
    return np.where((mapped[:, 2] > 0) & np.isfinite(miss), miss, np.inf)


def _places(here: Floats, there: Floats) -> set[tuple[int, ...]]:
    """Distinct places: points that share a spot in either picture are one piece of evidence."""
    seen_q: set[tuple[int, ...]] = set()
    seen_r: set[tuple[int, ...]] = set()
    kept: set[tuple[int, ...]] = set()
    cells_q, cells_r = (here / _GRAIN).astype(int).tolist(), (there / _GRAIN).astype(int).tolist()
    for one, other in zip(map(tuple, cells_q), map(tuple, cells_r), strict=True):
        if one not in seen_q and other not in seen_r:
            kept.add((*one, *other))
        seen_q.add(one)
        seen_r.add(other)
    return kept


def _could_be(matrix: npt.NDArray[np.float64], here: Floats) -> bool:
    """Whether the map neither flips nor squeezes nor folds the picture where its points are."""
    hull = cv2.convexHull(here).reshape(-1, 2)
    for x, y in [*hull.tolist(), here.mean(axis=0).tolist()]:
        depth = float(matrix[2] @ [x, y, 1.0])
        if depth <= 1e-6:
            return False
        mapped = matrix[:2] @ [x, y, 1.0] / depth
        slope = (matrix[:2, :2] - np.outer(mapped, matrix[2, :2])) / depth
        if float(np.linalg.det(slope)) <= 0:
            return False
        large, small = np.linalg.svd(slope, compute_uv=False)
        if small < _SCALES[0] or large > _SCALES[1] or large / small > _STRETCH:
            return False
    return True


def _spread(here: Floats, there: Floats, extent: Floats) -> float:
    """Share of the reference's picture that the points cover; 0 when they stand in one line or one spot."""
    for points, least in zip((here, there), _THIN, strict=True):
        thin = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[1] / np.sqrt(len(points))
        if thin < least:
            return 0.0
    return float(cv2.contourArea(cv2.convexHull(there))) / float(extent[0] * extent[1])
