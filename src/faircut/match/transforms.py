"""What an editor did to a picture, in plain words, from the map between its points and those of the original."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from faircut.match.geometry import cut_along
from faircut.match.sightings import Polygon

_TILTED = 3.0
"""Degrees from which a picture counts as rotated."""
_WHOLE = 0.92
"""Share of a picture that counts as all of it."""
_INSET = 0.85
"""Share of the query under which the copy counts as one picture among others, if all of the original is there."""
_BESIDE = 0.03
"""Of the query's width or height: how far the edges of a copy may lie from those of a half of it."""
_KEYSTONE = 0.1
"""Relative change of scale from one edge to the other that counts as perspective: upright copies of drawn films, whole
or cropped, seem to have 0.07 at the most, those taken off a screen have 0.14 and more."""


def describe(homography: npt.NDArray[np.float64], region: Polygon, part: Polygon, *, mirrored: bool) -> str:
    """ "as is", "mirrored", "rotated by 12 degrees, cropped to 50 %", "picture in picture" …

    ``homography``: (3, 3), query to reference, both pictures in 0..1 coordinates. ``region`` and ``part``: the outline
    in the query, and what it shows of the reference. What else was done (negative, bars, speed) is said elsewhere.
    """
    words = []
    quarters, degrees = turned(homography, mirrored=mirrored)
    if mirrored:
        words.append("mirrored")
    if quarters:
        words.append({1: "turned by 90 degrees", 2: "turned by 180 degrees", 3: "turned by 270 degrees"}[quarters])
    if abs(degrees) >= _TILTED:
        words.append(f"rotated by {abs(degrees):.0f} degrees")
    if keystone(homography) >= _KEYSTONE:
        words.append("in perspective")
    shown, taken = area(part), area(region)
    if shown < _WHOLE:
        words.append(f"cropped to {max(shown, 0.01):.0%}".replace("%", " %"))
    if taken < _INSET:
        words.append(_placed(region, shown))
    return ", ".join(words) or "as is"


def _placed(region: Polygon, shown: float) -> str:
    """Where a copy stands that is one picture among others; ``shown``: the share of the original that is seen."""
    if not len(region):  # a transform so steep that no outline of it lies within the picture
        return "in a part of the picture"
    (left, top), (right, bottom) = region.min(axis=0), region.max(axis=0)
    across, down = (_at(low, high) for low, high in ((left, right), (top, bottom)))
    if "half" in (across, down) and {across, down} <= {"half", "whole"}:
        return "one of four pictures" if across == down else "one of two pictures"
    return "picture in picture" if shown >= _INSET else "in a part of the picture"


def _at(low: float, high: float) -> str:
    """Whether a stretch of 0..1 is all of it or one of its halves."""
    for name, begin, end in (("whole", 0.0, 1.0), ("half", 0.0, 0.5), ("half", 0.5, 1.0)):
        if abs(low - begin) <= _BESIDE and abs(high - end) <= _BESIDE:
            return name
    return ""


def turned(homography: npt.NDArray[np.float64], *, mirrored: bool) -> tuple[int, float]:
    """Quarter turns clockwise that lead from the original to the copy, and the degrees that are left, -45..45.

    In 0..1 coordinates pictures lose their shape: the x and y of a rotation are scaled by the aspect ratio and its
    inverse. Their product is not, so the angle follows from products alone.
    """
    slope = slope_at(homography, np.array([0.5, 0.5]))
    if mirrored:
        slope = slope @ np.diag([-1.0, 1.0])
    (a, b), (c, d) = slope
    cosine = np.sign(a + d) * np.sqrt(max(a * d, 0.0))
    sine = np.sign(c - b) * np.sqrt(max(-b * c, 0.0))
    if cosine == 0 and sine == 0:
        return 0, 0.0
    # The map leads back from copy to original, so its angle is that of undoing the turn.
    angle = -float(np.degrees(np.arctan2(sine, cosine)))
    quarters = round(angle / 90.0)
    return quarters % 4, angle - 90.0 * quarters


def slope_at(homography: npt.NDArray[np.float64], point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(2, 2): how the map scales and turns what lies around a point."""
    depth = float(homography[2] @ [*point, 1.0])
    if abs(depth) < 1e-9:
        return np.eye(2)
    mapped = homography[:2] @ [*point, 1.0] / depth
    slope: npt.NDArray[np.float64] = (homography[:2, :2] - np.outer(mapped, homography[2, :2])) / depth
    return slope


def keystone(homography: npt.NDArray[np.float64]) -> float:
    """By how much the scale changes from one edge of the query to the other, relative to its mean."""
    matrix = homography / homography[2, 2] if abs(homography[2, 2]) > 1e-9 else homography
    return float(np.abs(matrix[2, :2]).max() / max(abs(1.0 + matrix[2, :2].sum() / 2), 1e-6))


def area(polygon: Polygon) -> float:
    """Share of a picture that a polygon in 0..1 coordinates takes."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2)


def intersection(polygon: Polygon, window: Polygon) -> Polygon:
    """What of a convex polygon lies within another convex one, edge by edge (Sutherland and Hodgman, CACM 1974)."""
    if len(polygon) < 3 or len(window) < 3:
        return np.empty((0, 2))
    following = np.roll(window, -1, axis=0)
    edges = following - window
    side = float(np.sign((window[:, 0] * following[:, 1] - window[:, 1] * following[:, 0]).sum()))
    for start, edge in zip(window, edges, strict=True):
        inside = side * (edge[0] * (polygon[:, 1] - start[1]) - edge[1] * (polygon[:, 0] - start[0]))
        polygon = cut_along(polygon, inside)
        if len(polygon) < 3:
            return np.empty((0, 2))
    return polygon
