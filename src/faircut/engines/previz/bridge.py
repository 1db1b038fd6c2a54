"""Leads from one picture to another that shows the same: both warped along the camera's way between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from faircut.engines.previz.layers import Picture

_FEWEST: Final = 30
"""Inliers that a homography between two pictures of one thing must have; drawn pairs of different things had 9 at most,
pairs of one thing under moves of the ranges that previz makes 60 and more."""
_RATIO: Final = 0.75
_NONE: Any = None  # OpenCV takes None here; its stubs do not say so.


@dataclass(frozen=True, slots=True)
class Bridge:
    """The homography from the first picture to the last one, both of the frame's size."""

    matrix: npt.NDArray[np.float64]

    @staticmethod
    def between(first: Picture | None, last: Picture | None) -> Bridge | None:
        """Recovers the way by SIFT and RANSAC; None when the two do not show the same."""
        if first is None or last is None:
            return None
        sift = cv2.SIFT.create(1500)
        (keys_a, codes_a), (keys_b, codes_b) = (
            sift.detectAndCompute(cv2.cvtColor(each, cv2.COLOR_BGR2GRAY), _NONE) for each in (first, last)
        )
        if min(len(keys_a), len(keys_b)) < _FEWEST:
            return None
        pairs = cv2.BFMatcher().knnMatch(codes_a, codes_b, k=2)
        good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
        if len(good) < _FEWEST:
            return None
        source = np.array([keys_a[match.queryIdx].pt for match in good], np.float32)
        target = np.array([keys_b[match.trainIdx].pt for match in good], np.float32)
        cv2.setRNGSeed(7)
        found, inliers = cv2.findHomography(source, target, cv2.RANSAC, 3.0)
        if not np.all(np.isfinite(found)) or found.shape != (3, 3) or int(inliers.sum()) < _FEWEST:
            return None
        matrix = found.astype(np.float64)
        corners = _warped(_corners(first), matrix)
        # A way that folds the picture over, or blows it up ninefold, is none that a camera takes.
        area = float(cv2.contourArea(corners.astype(np.float32)))
        whole = float(first.shape[0] * first.shape[1])
        if not cv2.isContourConvex(corners.astype(np.float32)) or not whole / 9 < area < whole * 9:
            return None
        return Bridge(matrix)

    def at(self, first: Picture, last: Picture, way: float, share: float) -> Picture:
        """The picture at ``way`` (0..1) between the two, ``share`` of it the last one."""
        height, width = first.shape[:2]
        corners = _corners(first)
        there = corners + (_warped(corners, self.matrix) - corners) * way
        out = cv2.getPerspectiveTransform(corners.astype(np.float32), there.astype(np.float32))
        back = out @ np.linalg.inv(self.matrix)
        pictures, covers = [], []
        for picture, matrix, seen in ((first, out, there), (last, back, _warped(corners, back))):
            pictures.append(
                cv2.warpPerspective(
                    picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
                )
            )
            small = np.zeros((height // 4, width // 4), np.float32)
            cv2.fillConvexPoly(small, np.round(seen / 4).astype(np.int32), 1.0)
            soft = cv2.GaussianBlur(cv2.erode(small, np.ones((5, 5), np.uint8)), (0, 0), 2.0)
            covers.append(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))
        # Where only one of the two has been, that one is shown.
        a, b = (covers[0] + 1e-3) * (1 - share), (covers[1] + 1e-3) * share
        mixed: Picture = cv2.blendLinear(pictures[0], pictures[1], a.astype(np.float32), b.astype(np.float32))
        return mixed


def _corners(picture: Picture) -> npt.NDArray[np.float64]:
    height, width = picture.shape[:2]
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)


def _warped(points: npt.NDArray[np.float64], matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    result: npt.NDArray[np.float64] = mapped[:, :2] / mapped[:, 2:]
    return result
