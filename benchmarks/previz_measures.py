"""Measures in finished films what the previz engine was told to do: frames in, numbers out, nothing of the engine in
between. Frames are (h, w, 3) uint8 BGR as a player decodes them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[Any]
Matrix = npt.NDArray[np.float64]
_NOISE = 8
"""Steps of luma that the coder adds to a still grey picture at most."""
_NONE: Any = None  # OpenCV takes None here; its stubs do not say so.


@dataclass(frozen=True, slots=True)
class Pairs:
    """Points of one frame and where they are in another: two (n, 2) arrays."""

    source: npt.NDArray[np.float64]
    target: npt.NDArray[np.float64]


def lettering_masked(frame: Frame) -> npt.NDArray[np.uint8]:
    """255 where a frame carries picture; the corners with slate and mark are left out."""
    height, width = frame.shape[:2]
    mask = np.full((height, width), 255, np.uint8)
    mask[-round(height * 0.1) :, : round(width * 0.3)] = 0
    mask[: round(height * 0.09), -round(width * 0.18) :] = 0
    return mask


def matched(first: Frame, last: Frame, masks: Sequence[npt.NDArray[np.uint8] | None] = (None, None)) -> Pairs:
    """SIFT features found in both frames, by Lowe's ratio test and its reverse."""
    sift = cv2.SIFT.create(1200)
    found = []
    for frame, mask in zip((first, last), masks, strict=True):
        found.append(
            sift.detectAndCompute(
                cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), lettering_masked(frame) if mask is None else mask
            )
        )
    (keys_a, codes_a), (keys_b, codes_b) = found
    back = {b: a for a, b in _nearest(codes_b, codes_a)}
    both = [(a, b) for a, b in _nearest(codes_a, codes_b) if back.get(a) == b]
    return Pairs(
        np.array([keys_a[a].pt for a, _ in both], np.float64).reshape(-1, 2),
        np.array([keys_b[b].pt for _, b in both], np.float64).reshape(-1, 2),
    )


def _nearest(one: Any, other: Any) -> list[tuple[int, int]]:
    pairs = cv2.BFMatcher().knnMatch(one, other, k=2)
    return [(a.queryIdx, a.trainIdx) for a, b in pairs if a.distance < 0.8 * b.distance]


def homography(pairs: Pairs, tolerance: float = 1.5) -> tuple[Matrix, float]:
    """The homography that most pairs agree on, and their share. Raises ValueError with fewer than twelve pairs."""
    if len(pairs.source) < 12:
        raise ValueError(f"only {len(pairs.source)} features were found in both frames")
    cv2.setRNGSeed(7)
    found, inliers = cv2.findHomography(
        pairs.source.astype(np.float32), pairs.target.astype(np.float32), cv2.RANSAC, tolerance, maxIters=5000
    )
    return found.astype(np.float64), float(inliers.mean())


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a homography takes a point."""
    u, v, w = matrix @ (x, y, 1.0)
    return float(u / w), float(v / w)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a homography does about a point: scale, and angle in degrees, clockwise on the screen."""

    scale: float
    degrees: float


def turn_at(matrix: Matrix, x: float, y: float, reach: float = 40.0) -> Turn:
    """Scale and rotation of a homography about a point, over ``reach`` pixels to each side."""
    left, right = moved(matrix, x - reach, y), moved(matrix, x + reach, y)
    upper, lower = moved(matrix, x, y - reach), moved(matrix, x, y + reach)
    across = (right[0] - left[0], right[1] - left[1])
    down = (lower[0] - upper[0], lower[1] - upper[1])
    scale = math.sqrt(abs(across[0] * down[1] - across[1] * down[0])) / (2 * reach)
    return Turn(scale, math.degrees(math.atan2(across[1] - down[0], across[0] + down[1])))


def panned(matrix: Matrix, width: int, height: int) -> tuple[float, float]:
    """How far the camera turned to the right and up, in pixels at the frame's centre: the point that comes from as far
    on one side of the centre as it goes to on the other is followed."""
    across = up = 0.0
    for _ in range(12):
        x, y = moved(matrix, width / 2 + across / 2, height / 2 - up / 2)
        across += width / 2 - across / 2 - x
        up += y - (height / 2 + up / 2)
    return across, up


def about_centre(frames: Sequence[Frame], share: float = 0.1) -> tuple[float, float, float]:
    """Pan and tilt in pixels, and scale, from the first frame to the last, of what is in the middle half way: points
    there are followed by optical flow (Lucas and Kanade) to both ends."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames]
    height, width = greys[0].shape
    half = len(greys) // 2
    mask = np.zeros((height, width), np.uint8)
    reach = round(share * height)
    mask[height // 2 - reach : height // 2 + reach, width // 2 - reach : width // 2 + reach] = 255
    points = cv2.goodFeaturesToTrack(greys[half], 200, 0.005, 4, mask=mask)
    if np.size(points) < 16:
        raise ValueError("the middle of the frame has nothing to follow")
    good = np.ones(len(points), bool)
    ends = []
    for way in (greys[half::-1], greys[half:]):
        at = points
        for one, other in itertools.pairwise(way):
            at, found, _ = cv2.calcOpticalFlowPyrLK(one, other, at, _NONE, winSize=(25, 25), maxLevel=4)
            good &= found.reshape(-1) == 1
        ends.append(at.reshape(-1, 2))
    source, target = (each[good].astype(np.float32) for each in ends)
    if good.sum() < 8:
        raise ValueError(f"only {int(good.sum())} points could be followed")
    across, down = np.median(source - target, axis=0)
    found, _ = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=3.0)
    return float(across), float(-down), float(math.hypot(found[0, 0], found[1, 0]))


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a picture was found in a frame: its centre in pixels, and frame pixels a picture pixel."""

    x: float
    y: float
    scale: float


def placed(picture: Frame, frame: Frame) -> Placed:
    """Finds a flat picture in a frame by its features. Raises ValueError when it is not there."""
    pairs = matched(picture, frame, (np.full(picture.shape[:2], 255, np.uint8), None))
    if len(pairs.source) < 10:
        raise ValueError(f"only {len(pairs.source)} of its features were found in the frame")
    cv2.setRNGSeed(7)
    found, _ = cv2.estimateAffinePartial2D(
        pairs.source.astype(np.float32), pairs.target.astype(np.float32), method=cv2.RANSAC, ransacReprojThreshold=2.0
    )
    height, width = picture.shape[:2]
    x, y = found @ ((width - 1) / 2, (height - 1) / 2, 1.0)
    return Placed(float(x), float(y), float(math.hypot(found[0, 0], found[1, 0])))


def luminance(frame: Frame) -> npt.NDArray[np.float64]:
    """(h, w) relative luminance 0..1 in linear light, by the display's power law of 2.2."""
    light: npt.NDArray[np.float64] = (frame.astype(np.float64) / 255) ** 2.2 @ (0.0722, 0.7152, 0.2126)
    return light


def slopes(frame: Frame) -> tuple[float, float]:
    """How much brighter a frame grows to the right and upwards, in shares of its mean from edge to edge: the plane that
    fits the luma of the middle four fifths best."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float64)
    height, width = grey.shape
    inner = grey[height // 10 : -height // 10, width // 10 : -width // 10]
    ys, xs = np.mgrid[0 : inner.shape[0], 0 : inner.shape[1]]
    design = np.c_[xs.ravel() / width, -ys.ravel() / height, np.ones(inner.size)]
    (across, up, _), *_ = np.linalg.lstsq(design, inner.ravel(), rcond=None)
    return float(across / inner.mean()), float(up / inner.mean())


def brightest(frame: Frame, above: int = 190) -> tuple[float, float, float]:
    """(x, y, radius) of the largest bright spot of a frame: its centre, and the radius of a disc of its area."""
    bright = (cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) > above).astype(np.uint8) & (lettering_masked(frame) > 0)
    _, _, stats, centres = cv2.connectedComponentsWithStats(bright)
    if len(stats) < 2:
        raise ValueError("nothing bright is in the frame")
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y = centres[largest]
    return float(x), float(y), math.sqrt(stats[largest, cv2.CC_STAT_AREA] / math.pi)


def lowest_and_middle(frame: Frame) -> tuple[float, float]:
    """(lowest row, middle row) of what is saturated red in a frame, to fractions of a pixel. Raises ValueError when
    there is none."""
    blue, green, red = (frame[..., channel].astype(np.float64) for channel in range(3))
    cover = np.clip((red - np.maximum(green, blue) - 64) / 48, 0, 1)
    rows = cover.sum(1)
    if rows.sum() < 20:
        raise ValueError("nothing red is in the frame")
    filled = np.flatnonzero(rows > 2)
    return float(filled[-1]), float((rows * np.arange(len(rows))).sum() / rows.sum())


def acceleration(rows: Sequence[float], fps: float = 24.0) -> float:
    """Pixels a second squared: the parabola that fits rows of successive frames best."""
    times = np.arange(len(rows)) / fps
    return float(2 * np.polyfit(times, np.asarray(rows), 2)[0])


def drift(frames: Sequence[Frame]) -> tuple[float, float, float]:
    """What moves over a still picture: (pixels to the right a frame, pixels down a frame, amount of it).

    The amount is the mean of what each frame has over the median of all, beyond the coder's noise; the way is the
    median of phase correlations.
    """
    greys = np.stack([cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float32) for frame in frames])
    height, width = greys.shape[1:]
    over = (greys - np.median(greys, axis=0))[:, height // 10 : -height // 8, width // 20 : -width // 20].clip(0)
    ways = [
        cv2.phaseCorrelate(np.ascontiguousarray(a), np.ascontiguousarray(b))[0] for a, b in itertools.pairwise(over)
    ]
    across, down = np.median(np.array(ways), axis=0)
    return float(across), float(down), float((over * (over > _NOISE)).mean())


def slant(frames: Sequence[Frame]) -> float:
    """Which way streaks lean: the tangent of their angle from upright, positive when they fall to the right. By the
    structure tensor of what moves over a still picture."""
    greys = np.stack([cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float32) for frame in frames])
    over = (greys - np.median(greys, axis=0)).clip(0)
    xx = xy = yy = 0.0
    for grey in over:
        gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
        xx, xy, yy = xx + float((gx * gx).sum()), xy + float((gx * gy).sum()), yy + float((gy * gy).sum())
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    # Streaks lie across the strongest gradient, whose angle counts from the horizontal.
    return float(-math.tan(angle))


def psnr(one: Frame, other: Frame) -> float:
    """Peak signal-to-noise ratio of two frames in decibels."""
    return float(10 * math.log10(255**2 / max(float(np.mean((one.astype(np.float64) - other) ** 2)), 1e-9)))
