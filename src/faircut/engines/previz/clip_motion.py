"""Recovers how the camera of a clip moved: features tracked from key frame to key frame, a similarity by RANSAC."""

from __future__ import annotations

import math
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from faircut.domain import Asset
from faircut.engines.previz.camera_path import Motion
from faircut.engines.previz.cuts import FPS
from faircut.engines.previz.plates import clip_frames, probe_clip

_HEIGHT: Final = 270
_POINTS: Final = 400
_FEWEST: Final = 12
_KEPT: Final = 0.5
"""Share of a key frame's points below which the next key frame begins."""
_REACH: Final = (0.6, 0.6, math.radians(45), 3.0)
"""Farthest pan, tilt and roll to each side, and zoom, that are taken from a clip; what is beyond was a cut."""

_NONE: Any = None  # OpenCV takes None here; its stubs do not say so.
_Matrix = npt.NDArray[np.float64]


def clip_motion(asset: Asset, frames: int) -> Motion:
    """(frames, 4): the clip's camera at 24 frames a second, see :data:`~faircut.engines.previz.camera_path.Motion`.

    A clip that is shorter than ``frames`` is slowed down to fill them. Raises EngineInputUnreadable.
    """
    seconds = probe_clip(asset).seconds
    rate = min(1.0, max(seconds - 1 / FPS, 1 / FPS) / max((frames - 1) / FPS, 1 / FPS))
    source = clip_frames(asset, 0.0, _HEIGHT)
    _, picture = next(source)
    rows: list[tuple[float, float, float, float]] = []
    tracker = _Tracker()
    tracker.add(picture)
    upcoming = next(source, None)
    for number in range(frames):
        wanted = number / FPS * rate + 1e-4
        while upcoming is not None and upcoming[0] <= min(wanted, seconds):
            picture = upcoming[1]
            tracker.add(picture)
            upcoming = next(source, None)
        rows.append(_camera(tracker.total, picture.shape[1], picture.shape[0]))
    motion = np.array(rows)
    motion[:, 3] = np.log(motion[:, 3])
    soft = np.apply_along_axis(_smoothed, 0, motion)
    soft[:, 3] = np.exp(soft[:, 3])
    limits = np.array(_REACH)
    soft[:, :3] = np.clip(soft[:, :3], -limits[:3], limits[:3])
    soft[:, 3] = np.clip(soft[:, 3], 1 / limits[3], limits[3])
    return soft


def _smoothed(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(column) < 3:
        return column
    padded = np.pad(column, 2, mode="reflect", reflect_type="odd")
    result: npt.NDArray[np.float64] = np.convolve(padded, np.array([1, 4, 6, 4, 1]) / 16, "valid")
    return result


def _camera(total: _Matrix, width: int, height: int) -> tuple[float, float, float, float]:
    """What the camera did for the first frame's pixels to move by ``total``."""
    middle = np.array([(width - 1) / 2, (height - 1) / 2, 1.0])
    looked_at = np.linalg.inv(total) @ middle
    turned = math.atan2(total[1, 0], total[0, 0])
    across, down = looked_at[0] - middle[0], looked_at[1] - middle[1]
    return across / width, -down / height, -turned, math.hypot(total[0, 0], total[1, 0])


class _Tracker:
    """The similarity from the first frame to the latest one."""

    def __init__(self) -> None:
        self.total: _Matrix = np.eye(3)
        self._base: _Matrix = np.eye(3)
        self._grey: Any = None
        self._from: Any = None
        self._to: Any = None
        self._count = 0

    def add(self, picture: Any) -> None:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        if self._grey is not None and self._to is not None and len(self._to):
            moved, found, _ = cv2.calcOpticalFlowPyrLK(self._grey, grey, self._to, _NONE, winSize=(21, 21), maxLevel=4)
            good = found.reshape(-1) == 1
            self._from, self._to = self._from[good], moved[good]
            self._update()
        self._grey = grey
        if self._to is None or len(self._to) < max(_FEWEST, _KEPT * self._count):
            points = cv2.goodFeaturesToTrack(grey, _POINTS, 0.01, 6)
            self._from = self._to = points
            self._count = 0 if points is None else len(points)
            self._base = self.total

    def _update(self) -> None:
        if len(self._to) < _FEWEST:
            return
        matrix, inliers = cv2.estimateAffinePartial2D(
            self._from, self._to, method=cv2.RANSAC, ransacReprojThreshold=1.0
        )
        if matrix is None or int(inliers.sum()) < _FEWEST:
            return
        self.total = np.vstack([matrix, [0.0, 0.0, 1.0]]) @ self._base
        keep = inliers.reshape(-1) == 1
        self._from, self._to = self._from[keep], self._to[keep]
