"""A real pinhole camera over planes: poses, paths, and the homographies that planes induce between two views.

World: metres, X right, Y down, Z forward; the reference camera sits at the origin. Everything is painted as the
reference
camera sees it and reprojected by H = K' R (I - C n^T / d) K^-1 for the plane n.X = d (Hartley and Zisserman, Multiple
View Geometry, 2nd ed., section 13.1); planes at infinity keep K' R K^-1 only. The principal point lies on the
horizon row
(a shift lens), so that verticals stay vertical whatever the composition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from faircut.engines.previz.directives import Camera, MoveKind
from faircut.engines.previz.seeding import generator

Matrix = npt.NDArray[np.float64]
ORIGIN: Final = np.zeros(3)


@dataclass(frozen=True, slots=True)
class View:
    """The reference camera: frame in pixels, focal length in pixels, principal point, and its height over the ground.

    ``subject_m`` is the distance to the subject's plane in metres, the scale of dolly, truck, crane and orbit.
    """

    width: int
    height: int
    focal: float
    cx: float
    cy: float
    camera_m: float
    subject_m: float

    @property
    def intrinsics(self) -> Matrix:
        return np.array([[self.focal, 0, self.cx], [0, self.focal, self.cy], [0, 0, 1]])

    @property
    def pixels_per_metre(self) -> float:
        """At the subject's depth."""
        return self.focal / self.subject_m

    def project(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Pixel of a world point in the reference view; ``y`` is metres above the ground."""
        return self.cx + self.focal * x / z, self.cy + self.focal * (self.camera_m - y) / z


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera is at one instant: rotation (world to camera), centre in metres, zoom on the focal length."""

    rotation: Matrix
    centre: Matrix
    zoom: float = 1.0

    def key(self) -> bytes:
        """Equal for equal poses."""
        return self.rotation.tobytes() + self.centre.tobytes() + np.float64(self.zoom).tobytes()


@dataclass(frozen=True, slots=True)
class Plane:
    """n.X = d in reference camera coordinates; ``distance`` inf: the plane at infinity."""

    normal: tuple[float, float, float]
    distance: float

    @staticmethod
    def at_depth(metres: float) -> Plane:
        return Plane((0.0, 0.0, 1.0), metres)

    @staticmethod
    def ground(view: View) -> Plane:
        return Plane((0.0, 1.0, 0.0), view.camera_m)


INFINITY: Final = Plane((0.0, 0.0, 1.0), math.inf)


def ease(share: float) -> float:
    """Smootherstep: starts and ends with zero speed and acceleration; 0 to 0, 1 to 1."""
    t = min(max(share, 0.0), 1.0)
    return t * t * t * (t * (t * 6 - 15) + 10)


def _rotation(yaw: float, pitch: float, roll: float) -> Matrix:
    cy, sy, cp, sp, cr, sr = (
        math.cos(yaw),
        math.sin(yaw),
        math.cos(pitch),
        math.sin(pitch),
        math.cos(roll),
        math.sin(roll),
    )
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    product: Matrix = about_z @ about_x @ about_y
    return product


class Path:
    """The camera's way through one shot. ``pose(frame)`` is exact at both ends: frame 0 and frame ``frames - 1``."""

    def __init__(self, camera: Camera, view: View, frames: int, seed: tuple[object, ...], drift_m: float = 0.0) -> None:
        self._camera, self._view, self._frames, self._drift = camera, view, frames, drift_m
        rng = generator("handheld", *seed)
        self._wobble = [(rng.uniform(0.25, 0.9) * (1 + k), rng.uniform(0, math.tau)) for k in range(9)]

    def pose(self, frame: float) -> Pose:
        """The camera at a frame; ``drift_m`` metres of sideways tracking are spread evenly over the shot."""
        view = self._view
        last = max(self._frames - 1, 1)
        s = ease(frame / last)
        yaw = pitch = orbit = 0.0
        roll = math.radians(self._camera.dutch_degrees)
        zoom = 1.0
        centre = np.array([self._drift * frame / last, 0.0, 0.0])
        for move in self._camera.moves:
            half = move.amount * (s - 0.5)
            match move.kind:
                case MoveKind.PAN:
                    yaw += _angle_between(half * view.width, view.focal)
                case MoveKind.TILT:
                    pitch += _angle_between(half * view.height, view.focal)
                case MoveKind.ROLL:
                    roll += math.radians(half)
                case MoveKind.ZOOM:
                    factor = abs(move.amount)
                    zoom *= factor ** (s if move.amount > 0 else 1 - s)
                case MoveKind.DOLLY:
                    centre[2] += abs(move.amount) * view.subject_m * (s if move.amount > 0 else 1 - s)
                case MoveKind.TRUCK:
                    centre[0] += half * view.width / view.pixels_per_metre
                case MoveKind.CRANE:
                    reach = abs(move.amount) * view.height / view.pixels_per_metre
                    floor = max(0.0, reach / 2 - 0.7 * view.camera_m)
                    centre[1] -= half * view.height / view.pixels_per_metre + floor
                case MoveKind.ORBIT:
                    orbit += math.radians(half)
                case _:
                    pass
        if orbit:
            centre = centre + np.array([math.sin(orbit), 0, 1 - math.cos(orbit)]) * view.subject_m
            yaw -= orbit
        if self._camera.handheld:
            seconds = frame / 24
            a, b, c = (
                sum(
                    math.sin(math.tau * rate * seconds + phase) / (1 + k)
                    for k, (rate, phase) in enumerate(self._wobble[n::3])
                )
                for n in range(3)
            )
            shake = self._camera.handheld * 0.0042
            yaw, pitch, roll = yaw + a * shake, pitch + b * shake, roll + c * shake * 0.7
        return Pose(_rotation(yaw, pitch, roll), centre, zoom)


def _angle_between(pixels: float, focal: float) -> float:
    """Half a pan of p pixels to each side: the two halves together move the frame's centre by exactly p pixels."""
    return math.atan2(pixels, focal)


def homography(view: View, pose: Pose, plane: Plane, shift_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Matrix:
    """3x3, reference pixels of a plane to current pixels. ``shift_m`` moves the plane's content in the world."""
    k = view.intrinsics
    zoomed = k.copy()
    zoomed[0, 0] *= pose.zoom
    zoomed[1, 1] *= pose.zoom
    if pose.zoom != 1.0:
        # A zoom is about the frame's centre, not about the horizon that the shift lens put the principal point on.
        zoomed[1, 2] = view.height / 2 + (view.cy - view.height / 2) * pose.zoom
        zoomed[0, 2] = view.width / 2 + (view.cx - view.width / 2) * pose.zoom
    inner = np.eye(3)
    if math.isfinite(plane.distance):
        inner = inner - np.outer(pose.centre - np.array(shift_m), np.array(plane.normal)) / plane.distance
    matrix: Matrix = zoomed @ pose.rotation @ inner @ np.linalg.inv(k)
    return matrix


def magnification(matrix: Matrix, u: float, v: float) -> float:
    """The local linear scale of a homography at a pixel."""
    w = matrix[2] @ (u, v, 1)
    x, y = (matrix[0] @ (u, v, 1)) / w, (matrix[1] @ (u, v, 1)) / w
    jacobian = (matrix[:2, :2] - np.outer((x, y), matrix[2, :2])) / w
    return float(math.sqrt(abs(np.linalg.det(jacobian))))


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
        min(scale, 1.7),
    )  # fmt: skip
