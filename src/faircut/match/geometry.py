"""Whether two pictures show the same thing, by the geometry of points that look alike.

Each pair of points that look alike says by itself how the one picture would have to be scaled, turned and moved to
lie on the other. Every such statement is held against all pairs (one-point hypotheses: Philbin et al., CVPR 2007);
the one that most agree with is refined to an affine map and to a homography by least squares. What then agrees must be
many points, in different places, spread over an area, with a map that a camera or an editor could have made.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_COSINE = np.float32(np.cos(_RADIANS))
_MOST_PAIRS = 400
_SURELY = 0.7
_FEW = 32
_ROWS, _BLOCK = 32, 128
_NUMBER = 32
_NUMBERS = (1 << _NUMBER) - 1
_FAR = np.iinfo(np.int64).max
_GRAIN = 0.012
"""Of the longer side: points nearer than that are one place."""
_LEAST = 4
_PROJECTIVE = 10
"""Points from which on a homography is fitted to them."""
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
    one, other, bits = near_pairs(query, reference)
    # Of the nearest the first, from either side: distance and number in one integer.
    nearest = np.full(len(query), _FAR, np.int64)
    np.minimum.at(nearest, one, bits << _NUMBER | other)
    back = np.full(len(reference), _FAR, np.int64)
    np.minimum.at(back, other, bits << _NUMBER | one)
    rows = np.flatnonzero(nearest < (NEAR + 1) << _NUMBER)
    distance, theirs = nearest[rows] >> _NUMBER, nearest[rows] & _NUMBERS
    mutual = back[theirs] == distance << _NUMBER | rows
    rows, distance, theirs = rows[mutual], distance[mutual], theirs[mutual]
    # A pair is in doubt where another of the row is nearly as near, and stands elsewhere.
    first, last = np.searchsorted(one, [rows, rows + 1])
    owner = np.repeat(np.arange(len(rows)), last - first)
    each = np.arange(len(owner)) + np.repeat(first - np.cumsum(last - first) + last - first, last - first)
    apart = np.abs(where.xy[theirs[owner]] - where.xy[other[each]]).max(axis=1, initial=0.0) > _GRAIN
    doubtful = owner[apart & (bits[each] - distance[owner] < _MARGIN)]
    clear = np.ones(len(rows), bool)
    clear[doubtful] = False
    order = np.flatnonzero(clear)[np.argsort(distance[clear], kind="stable")[:_MOST_PAIRS]]
    return Pairs(rows[order], theirs[order], distance[order])


def near_pairs(
    query: npt.NDArray[np.uint8], reference: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """Rows of query and reference that are near enough to be a pair, or to leave one in doubt, in order; their bits.

    Few of all are, so that whatever else is asked of pairs is asked of these alone.
    """
    q, r = np.ascontiguousarray(query).view(np.uint64), np.ascontiguousarray(reference).view(np.uint64)
    heads, tails = np.ascontiguousarray(r.T)
    width = len(r)
    bits = np.empty((len(q), width), np.uint8)
    # A block at a time, so that nothing but the result leaves the processor's cache.
    differing, more = np.empty((_BLOCK, width), np.uint64), np.empty((_BLOCK, width), np.uint8)
    for start in range(0, len(q), _BLOCK):
        block = bits[start : start + _BLOCK]
        held = len(block)
        np.bitwise_xor(q[start : start + _BLOCK, :1], heads, out=differing[:held])
        np.bitwise_count(differing[:held], out=block)
        np.bitwise_xor(q[start : start + _BLOCK, 1:], tails, out=differing[:held])
        np.bitwise_count(differing[:held], out=more[:held])
        block += more[:held]
    flat = bits.reshape(-1)
    found = np.flatnonzero(flat < NEAR + _MARGIN)
    one = found // width
    return one, found - one * width, flat[found].astype(np.int64)


def promise(query: Places, reference: Places) -> int:
    """How many of n pairs, point by point, agree with the map that one of them says by itself."""
    if not len(query.xy):
        return 0
    here, there = query.xy * _extent(query.aspect), reference.xy * _extent(reference.aspect)
    grown = np.log2(reference.size / query.size)
    inside = _hypothesis(here, there, grown, reference.angle - query.angle)
    return _places(here[inside], there[inside])


def promises(pairs: Sequence[tuple[Places, Places]]) -> list[int]:
    """:func:`promise` of each, those of few points at once: a search asks a dozen such questions a picture."""
    told = [promise(*each) if len(each[0].xy) > _FEW else 0 for each in pairs]
    few = [number for number, (query, _) in enumerate(pairs) if 0 < len(query.xy) <= _FEW]
    if not few:
        return told
    sizes = np.array([len(pairs[number][0].xy) for number in few])
    held = np.arange(int(sizes.max())) < sizes[:, None]
    one, other = ([pairs[number][side] for number in few] for side in (0, 1))
    columns = np.zeros((6, *held.shape), np.float32)
    for first, side in ((0, one), (2, other)):
        columns[first : first + 2, held] = np.concatenate([each.xy * _extent(each.aspect) for each in side]).T
    columns[4, held] = np.concatenate([np.log2(b.size / a.size) for a, b in zip(one, other, strict=True)])
    columns[5, held] = np.concatenate([b.angle - a.angle for a, b in zip(one, other, strict=True)])
    from_x, from_y, to_x, to_y, grown, turned = columns
    inside = _inside(from_x, from_y, to_x, to_y, grown, np.cos(turned), np.sin(turned), slice(None))
    inside &= held[:, :, None] & held[:, None]
    best = np.count_nonzero(inside, axis=2).argmax(axis=1)
    for place, number in enumerate(few):
        here, there = columns[:4, place, inside[place, best[place]]].T.reshape(-1, 2, 2).swapaxes(0, 1)
        told[number] = _places(here, there)
    return told


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
    distinct = 0
    matrix, miss, fitted = None, np.empty(0), (inside, True)
    for bound, full in ((_COARSE, False), (_FINE * 2, False), (_FINE * 1.5, True), (_FINE, True), (_FINE, True)):
        projective = full and int(inside.sum()) >= _PROJECTIVE
        # The same points have the same map.
        if matrix is None or projective != fitted[1] or not np.array_equal(inside, fitted[0]):
            matrix, fitted = _fit(here[inside], there[inside], full=full), (inside, projective)
            if matrix is None:
                return None
            miss = _miss(matrix, here, there)
        before, inside = inside, (miss <= bound) & alike
        if not distinct or not np.array_equal(inside, before):
            distinct = _places(here[inside], there[inside])
        if distinct < _LEAST:
            return None
    if matrix is None or not _could_be(matrix, here[inside]):
        return None
    coverage = _spread(here[inside], there[inside], stretch_r)
    if coverage < _AREA:
        return None
    whole = np.diag([*(1 / stretch_r), 1.0]) @ matrix @ np.diag([*stretch_q, 1.0])
    return Agreement(whole / whole[2, 2], distinct, np.flatnonzero(inside), coverage)


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
    cosine, sine = np.cos(turned), np.sin(turned)
    (from_x, from_y), (to_x, to_y) = np.ascontiguousarray(here.T), np.ascontiguousarray(there.T)
    best, most = np.zeros(len(here), bool), -1
    for start in range(0, len(here), _ROWS):
        inside = _inside(from_x, from_y, to_x, to_y, grown, cosine, sine, slice(start, start + _ROWS))
        agreeing = np.count_nonzero(inside, axis=1)
        if int(agreeing.max()) > most:
            most = int(agreeing.max())
            best = inside[int(agreeing.argmax())]
        # Whatever else most of all pairs agree with is the same map.
        if most >= _SURELY * len(here):
            break
    return best


def _inside(
    from_x: Floats,
    from_y: Floats,
    to_x: Floats,
    to_y: Floats,
    grown: Floats,
    cosine: Floats,
    sine: Floats,
    rows: slice,
) -> npt.NDArray[np.bool_]:
    """(..., rows, n): which of the pairs (..., n) agree with the map that each of some of them says."""
    scale = np.exp2(grown[..., rows])
    across, along = (scale * cosine[..., rows])[..., None], (scale * sine[..., rows])[..., None]
    step_x, step_y = (each[..., None, :] - each[..., rows, None] for each in (from_x, from_y))
    way_x, way_y = (each[..., None, :] - each[..., rows, None] for each in (to_x, to_y))
    miss_x = across * step_x - along * step_y - way_x
    miss_y = along * step_x + across * step_y - way_y
    bound = np.sqrt(way_x * way_x + way_y * way_y) * np.float32(_SLOPE) + np.float32(_COARSE * 0.5)
    inside: npt.NDArray[np.bool_] = miss_x * miss_x + miss_y * miss_y <= bound * bound
    inside &= np.abs(grown[..., None, :] - grown[..., rows, None]) <= _OCTAVES
    # That two directions are near each other, told by the cosine of the angle between them.
    inside &= cosine[..., rows, None] * cosine[..., None, :] + sine[..., rows, None] * sine[..., None, :] >= _COSINE
    return inside


def _alike(grown: Floats, turned: Floats, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Pairs that are scaled and turned about as those inside are."""
    middle = np.angle(np.exp(1j * turned[inside]).mean())
    alike: npt.NDArray[np.bool_] = np.abs(grown - np.median(grown[inside])) <= _OCTAVES
    return alike & (np.abs(_around(turned - np.float32(middle))) <= _RADIANS)


def _fit(here: Floats, there: Floats, *, full: bool) -> npt.NDArray[np.float64] | None:
    """A similarity for a few points, an affine map for more, a homography for many: by least squares."""
    count = len(here)
    if full and count >= _PROJECTIVE:
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


def _places(here: Floats, there: Floats) -> int:
    """How many distinct places there are: points that share a spot in either picture are one piece of evidence."""
    if len(here) <= _FEW:
        return _few_places(here, there)
    number = np.arange(len(here))
    first = np.ones(len(here), bool)
    for points in (here, there):
        x, y = (points.T / _GRAIN).astype(np.int64)
        x, y = x - x.min(), y - y.min()
        cells = x * (int(y.max()) + 1) + y
        earliest = np.full(int(cells.max()) + 1, len(here))
        np.minimum.at(earliest, cells, number)
        first &= earliest[cells] == number
    return int(np.count_nonzero(first))


def _few_places(here: Floats, there: Floats) -> int:
    """The same, which for a handful of points is faster so."""
    cells = [list(map(tuple, (points / _GRAIN).astype(np.int64).tolist())) for points in (here, there)]
    first = [{cell: number for number, cell in reversed(list(enumerate(each)))} for each in cells]
    return sum(
        first[0][one] == number == first[1][other] for number, (one, other) in enumerate(zip(*cells, strict=True))
    )


def _could_be(matrix: npt.NDArray[np.float64], here: Floats) -> bool:
    """Whether the map neither flips nor squeezes nor folds the picture where its points are."""
    hull = cv2.convexHull(here).reshape(-1, 2)
    points = np.concatenate([hull, here.mean(axis=0)[None]]).astype(np.float64)
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    depth = mapped[:, 2]
    if (depth <= 1e-6).any():
        return False
    slopes = (matrix[:2, :2] - (mapped[:, :2] / depth[:, None])[..., None] * matrix[2, :2]) / depth[:, None, None]
    if (np.linalg.det(slopes) <= 0).any():
        return False
    large, small = np.linalg.svd(slopes, compute_uv=False).T
    return bool(((small >= _SCALES[0]) & (large <= _SCALES[1]) & (large <= _STRETCH * small)).all())


def _spread(here: Floats, there: Floats, extent: Floats) -> float:
    """Share of the reference's picture that the points cover; 0 when they stand in one line or one spot."""
    for points, least in zip((here, there), _THIN, strict=True):
        thin = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[1] / np.sqrt(len(points))
        if thin < least:
            return 0.0
    return float(cv2.contourArea(cv2.convexHull(there))) / float(extent[0] * extent[1])
