"""How far a camera went around what is in the middle of its pictures, from the frames alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.previz_measures import Frame, Matrix, about_centre, matched

ACROSS_DEGREES: Final = 49.0
"""What the engine takes an image to show from side to side at 16:9, as its documentation says."""

_ENOUGH: Final = 400
"""Points in both frames with which two of them suffice; with fewer the way is halved, as frames in between allow."""

_LEAST_FRAMES: Final = 5
_HOLD: Final = 0.01
"""How far what is circled may move from the middle, as a share of the frame's width."""

_ROUNDS: Final = 60


def orbited(frames: Sequence[Frame]) -> float:
    """Degrees that the camera went around the middle of the picture, to the right.

    The rotation between two views of a rigid scene of any depth, by the essential matrix (Hartley and Zisserman,
    Multiple View Geometry, 2nd ed., section 9.6), refined by the Sampson distance (section 11.4). A camera that goes
    to the right around something looks to the left. Raises ValueError when what is in the middle did not stay there.
    """
    height, width = frames[0].shape[:2]
    across, up, _ = about_centre(frames)
    if math.hypot(across, up) > _HOLD * width:
        raise ValueError("an orbit let its subject go")
    turn, _ = cv2.Rodrigues(_rotation(frames, _intrinsics(width, height)))
    return float(math.degrees(turn[1, 0]))


def _intrinsics(width: int, height: int) -> Matrix:
    focal = width / 2 / math.tan(math.radians(ACROSS_DEGREES / 2))
    return np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])


def _rotation(frames: Sequence[Frame], camera: Matrix) -> Matrix:
    pairs = matched(frames[0], frames[-1])
    if len(pairs.source) < _ENOUGH and len(frames) >= _LEAST_FRAMES:
        half = len(frames) // 2
        rest: Matrix = _rotation(frames[half:], camera) @ _rotation(frames[: half + 1], camera)
        return rest
    cv2.setRNGSeed(7)
    essential, agree = cv2.findEssentialMat(pairs.source, pairs.target, camera, cv2.RANSAC, 0.9999, 1.0)
    one, other, across = cv2.decomposeEssentialMat(essential[:3])
    # Of the two rotations that explain it one is a half turn away: no camera of a shot turned as far between frames.
    start = cv2.Rodrigues(one if np.trace(one) > np.trace(other) else other)[0]
    x, y, z = across.ravel()
    inside = agree.ravel() > 0
    rays = [
        np.c_[each[inside], np.ones(int(inside.sum()))] @ np.linalg.inv(camera).T
        for each in (pairs.source, pairs.target)
    ]
    found = _refined(np.array([*start.ravel(), math.atan2(z, x), math.asin(y)]), rays, 0.3 / camera[0, 0])
    return np.asarray(cv2.Rodrigues(found[:3])[0], np.float64)


def _refined(start: npt.NDArray[Any], rays: Sequence[npt.NDArray[Any]], unit: float) -> npt.NDArray[Any]:
    """Levenberg and Marquardt over rotation vector and direction, with the loss sqrt(1 + r^2)."""

    def cost(at: npt.NDArray[Any]) -> float:
        return float(np.sqrt(1 + (_sampson(at, *rays) / unit) ** 2).sum())

    at, damping, least = start, 1e-3, cost(start)
    steps = np.eye(len(start)) * 1e-6
    for _ in range(_ROUNDS):
        off = _sampson(at, *rays)
        weights = 1 / np.sqrt(1 + (off / unit) ** 2)
        slope = np.stack([(_sampson(at + step, *rays) - _sampson(at - step, *rays)) / 2e-6 for step in steps], 1)
        normal = (slope * weights[:, None]).T @ slope
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -(slope * weights[:, None]).T @ off)
        if (reached := cost(at + step)) < least:
            at, least, damping = at + step, reached, damping / 3
        else:
            damping *= 4
    return at


def _sampson(at: npt.NDArray[Any], source: npt.NDArray[Any], target: npt.NDArray[Any]) -> npt.NDArray[Any]:
    turn, _ = cv2.Rodrigues(at[:3])
    x = math.cos(at[3]) * math.cos(at[4])
    y = math.sin(at[4])
    z = math.sin(at[3]) * math.cos(at[4])
    essential = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]) @ turn
    there, back = source @ essential.T, target @ essential
    length = np.sqrt(there[:, 0] ** 2 + there[:, 1] ** 2 + back[:, 0] ** 2 + back[:, 1] ** 2)
    found: npt.NDArray[Any] = (target * there).sum(1) / length
    return found
