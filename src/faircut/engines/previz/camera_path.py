"""The camera's way through a shot: every move exact in its own measure, and what a whole shot can see of a plane."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from faircut.directives import Move, MoveKind
from faircut.engines.previz.cuts import ease
from faircut.engines.previz.geometry import INFINITY, Plane, Pose, View, homography, magnification, rotation
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.staging import CameraPlan, amount_of

Motion = npt.NDArray[np.float64]
"""(frames, 4): pan to the right in frame widths, tilt up in frame heights, roll clockwise in radians, zoom factor."""
_STEPS: Final = 64


class Anchor(Enum):
    """Which moment of a shot the reference view is: the middle of its moves, its first frame or its last."""

    MIDDLE = "middle"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class _Course:
    """All moves of one kind. Zooms are added up as logarithms."""

    moves: tuple[tuple[float, float, float], ...]
    origin: float
    reach: float

    def at(self, share: float) -> float:
        return _sum(self.moves, share) - self.origin


def _sum(moves: Sequence[tuple[float, float, float]], share: float) -> float:
    return sum(size * ease((share - start) / (end - start)) for size, start, end in moves)


def _course(moves: Sequence[Move], anchor: Anchor) -> _Course:
    kind = moves[0].kind
    sized = []
    for move in moves:
        amount = amount_of(move)
        size = math.copysign(math.log(abs(amount)), amount) if kind is MoveKind.ZOOM and amount else amount
        sized.append((size, move.start, move.end))
    reached = [_sum(sized, step / _STEPS) for step in range(_STEPS + 1)]
    low, high = min(reached), max(reached)
    if anchor is Anchor.FIRST:
        origin = 0.0
    elif anchor is Anchor.LAST:
        origin = reached[-1]
    else:
        # A zoom or a dolly starts from, or ends at, the frame that was composed; the others pass it half way.
        origin = low if kind in (MoveKind.ZOOM, MoveKind.DOLLY) else (low + high) / 2
    return _Course(tuple(sized), origin, high - low)


class Path:
    """The camera's way through one shot. ``pose(frame)`` is exact at both ends: frame 0 and frame ``frames - 1``.

    ``drift_m`` metres of sideways tracking are spread evenly over the shot; ``motion`` is a camera's motion recovered
    from a clip, one row a frame, that is added to the moves.
    """

    def __init__(
        self,
        camera: CameraPlan,
        view: View,
        frames: int,
        seed: tuple[object, ...],
        drift_m: float = 0.0,
        *,
        anchor: Anchor = Anchor.MIDDLE,
        motion: Motion | None = None,
    ) -> None:
        self._camera, self._view, self._frames, self._drift = camera, view, frames, drift_m
        self._seed, self._anchor = seed, anchor
        rng = generator("handheld", *seed)
        self._wobble = [(rng.uniform(0.25, 0.9) * (1 + k), rng.uniform(0, math.tau)) for k in range(9)]
        ordered = sorted(
            (each for each in camera.moves if each.kind is not MoveKind.STATIC), key=lambda each: each.kind
        )
        self._courses = {
            kind: _course(list(moves), anchor) for kind, moves in itertools.groupby(ordered, lambda each: each.kind)
        }
        self._motion = None if motion is None else _centred(motion, anchor)

    def anchored(self, anchor: Anchor) -> Path:
        """The same moves with another moment as the reference view."""
        return Path(self._camera, self._view, self._frames, self._seed, self._drift, anchor=anchor, motion=self._motion)

    def filmed(self) -> Path:
        """The same way as the camera that is filmed with sees it, as its own reference."""
        path = Path(self._camera, self._view.filmed(), self._frames, self._seed, self._drift, anchor=self._anchor)
        path._motion = self._motion
        return path

    def pose(self, frame: float) -> Pose:
        """The camera at a frame."""
        view, last = self._view, max(self._frames - 1, 1)
        share = frame / last
        at = {kind: course.at(share) for kind, course in self._courses.items()}
        yaw = _turn(at.get(MoveKind.PAN, 0.0) * view.width, view.long_focal)
        pitch = _turn(at.get(MoveKind.TILT, 0.0) * view.height, view.long_focal)
        roll = math.radians(at.get(MoveKind.ROLL, 0.0)) + math.radians(self._camera.dutch_degrees)
        zoom = math.exp(at.get(MoveKind.ZOOM, 0.0))
        orbit = math.radians(at.get(MoveKind.ORBIT, 0.0))
        radius = view.distance_m * (1 - at.get(MoveKind.DOLLY, 0.0))
        centre = np.array([radius * math.sin(orbit), 0.0, view.subject_m - radius * math.cos(orbit)])
        yaw -= orbit
        centre[0] += self._drift * share + at.get(MoveKind.TRUCK, 0.0) * view.width / view.pixels_per_metre
        if MoveKind.CRANE in at:
            centre[1] -= at[MoveKind.CRANE] * view.height / view.pixels_per_metre + self._floor()
        if self._motion is not None:
            across, up, turned, factor = (
                float(np.interp(frame, np.arange(len(self._motion)), column)) for column in self._motion.T
            )
            yaw += _turn(across * view.width, view.long_focal)
            pitch += _turn(up * view.height, view.long_focal)
            roll, zoom = roll + turned, zoom * factor
        if self._camera.handheld:
            yaw, pitch, roll = (a + b for a, b in zip((yaw, pitch, roll), self._shake(frame, share), strict=True))
        return Pose(rotation(yaw, pitch, roll), centre, zoom)

    def _floor(self) -> float:
        """Metres that a crane shot is raised by, so that it does not start below the ground."""
        if self._anchor is not Anchor.MIDDLE:
            return 0.0
        reach = self._courses[MoveKind.CRANE].reach * self._view.height / self._view.pixels_per_metre
        return max(0.0, reach / 2 - 0.7 * self._view.camera_m)

    def _shake(self, frame: float, share: float) -> tuple[float, float, float]:
        seconds = frame / 24
        a, b, c = (
            sum(
                math.sin(math.tau * rate * seconds + phase) / (1 + k)
                for k, (rate, phase) in enumerate(self._wobble[n::3])
            )
            for n in range(3)
        )
        size = self._camera.handheld * 0.0042
        if self._anchor is not Anchor.MIDDLE:
            # The hand is still on the frame that has to be met to the pixel.
            size *= ease((share if self._anchor is Anchor.FIRST else 1 - share) * 6)
        return a * size, b * size, c * size * 0.7


def _centred(motion: Motion, anchor: Anchor) -> Motion:
    result = motion.copy()
    if anchor is Anchor.MIDDLE:
        result[:, :3] -= (motion[:, :3].min(0) + motion[:, :3].max(0)) / 2
        result[:, 3] /= motion[:, 3].min()
    else:
        still = motion[0 if anchor is Anchor.FIRST else -1]
        result[:, :3] -= still[:3]
        result[:, 3] /= still[3]
    return result


def _turn(pixels: float, focal: float) -> float:
    """Half a pan of p pixels to each side: the two halves together move the frame's centre by exactly p pixels."""
    return math.atan2(pixels, focal)


def coverage(view: View, path: Path, frames: int, plane: Plane) -> tuple[float, float, float, float, float]:
    """Which part of the reference image a whole shot can see of a plane: (left, top, right, bottom) in pixels,
    limited to
    one and a half frames beyond each side, and the greatest magnification at the middle of the frame."""
    w, h = view.width, view.height
    floor = plane.normal[1] != 0
    side = plane.normal[0] != 0
    points = np.array([(x, y) for x in (0, w / 2, w) for y in (0, h / 2, h)], dtype=np.float64)
    box, scale = [0.0, 0.0, float(w), float(h)], 1.0
    for frame in np.linspace(0, frames - 1, 9):
        pose = path.pose(float(frame))
        # Rotation alone for planes seen edge-on: their far corners go to infinity.
        matrix = homography(view, pose, INFINITY if floor or side else plane)
        back = np.linalg.inv(matrix)
        mapped = np.c_[points, np.ones(len(points))] @ back.T
        good = mapped[mapped[:, 2] > 1e-3]
        if not len(good):
            # The plane is behind the camera by now.
            continue
        xy = good[:, :2] / good[:, 2:]
        box = [
            min(box[0], xy[:, 0].min()),
            min(box[1], xy[:, 1].min()),
            max(box[2], xy[:, 0].max()),
            max(box[3], xy[:, 1].max()),
        ]
        scale = max(scale, magnification(matrix, w / 2, h / 2))
    if floor and (sunk := max(float(path.pose(frame).centre[1]) for frame in (0, (frames - 1) / 2, frames - 1))) > 0:
        # From lower down the same rows show nearer ground, which the reference view has below its frame.
        box[3] = max(
            box[3], view.cy + (box[3] - view.cy) * view.camera_m / max(view.camera_m - sunk, view.camera_m * 0.2)
        )
    if side and view.lens != 1.0:
        # What a wall shows of itself from elsewhere is not what the rotation alone says.
        box = [min(box[0], -0.4 * w), min(box[1], -0.4 * h), max(box[2], 1.4 * w), max(box[3], 1.6 * h)]
    if floor or side:
        travel = (
            max(abs(float(path.pose(frame).centre[0])) for frame in (0, frames - 1))
            * view.focal
            / max(view.subject_m * 0.6, 0.1)
        )
        box[0], box[2] = box[0] - travel, box[2] + travel
    if floor:
        # Ground ends at the horizon.
        box[1] = max(box[1], view.cy)
    return (
        max(box[0] - 4, -1.5 * w), max(box[1] - 4, -1.5 * h), min(box[2] + 4, 2.5 * w), min(box[3] + 4, 2.5 * h),
        min(scale, 1.7 * max(view.lens, 1.0)),
    )  # fmt: skip


def camera_measures(camera: CameraPlan, view: View) -> dict[str, float]:
    """The commanded camera in pixels, metres and degrees, from the first frame of the shot to its last."""
    net = dict.fromkeys(MoveKind, 0.0)
    ordered = sorted(camera.moves, key=lambda each: each.kind)
    dollied = (0.0, 0.0)
    for kind, moves in itertools.groupby(ordered, lambda each: each.kind):
        course = _course(list(moves), Anchor.MIDDLE)
        net[kind] = course.at(1.0) - course.at(0.0)
        if kind is MoveKind.DOLLY:
            dollied = course.at(0.0), course.at(1.0)
    return {
        "pan_px": net[MoveKind.PAN] * view.width,
        "tilt_px": net[MoveKind.TILT] * view.height,
        "roll_degrees": net[MoveKind.ROLL],
        "zoom_factor": math.exp(net[MoveKind.ZOOM]),
        "dolly_m": net[MoveKind.DOLLY] * view.distance_m,
        "subject_scale": (1 - dollied[0]) / (1 - dollied[1]),
        "truck_px": net[MoveKind.TRUCK] * view.width,
        "crane_px": net[MoveKind.CRANE] * view.height,
        "orbit_degrees": net[MoveKind.ORBIT],
        "focal_px": view.long_focal,
        "subject_m": view.distance_m,
        "pixels_per_metre": view.pixels_per_metre,
    }
