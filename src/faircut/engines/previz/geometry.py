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
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
ORIGIN: Final = np.zeros(3)


@dataclass(frozen=True, slots=True)
class View:
    """The reference camera: frame in pixels, focal length in pixels, principal point, and its height over the ground.

    ``subject_m`` is the distance to the subject's plane in metres, the scale of dolly, truck, crane and orbit. With a
    ``lens`` other than 1 the camera that is filmed with has that many times the focal length and stands as much farther
    from the subject, which stays as large as it is here.
    """

    width: int
    height: int
    focal: float
    cx: float
    cy: float
    camera_m: float
    subject_m: float
    lens: float = 1.0

    @property
    def distance_m(self) -> float:
        """From the camera that is filmed with to the subject."""
        return self.subject_m * self.lens

    @property
    def retreat_m(self) -> float:
        """How far behind this camera the one that is filmed with stands."""
        return self.distance_m - self.subject_m

    @property
    def long_focal(self) -> float:
        """Focal length in pixels of the camera that is filmed with."""
        return self.focal * self.lens

    def filmed(self) -> View:
        """The view of the camera that is filmed with, as a reference of its own."""
        return replace(self, focal=self.long_focal, subject_m=self.distance_m, lens=1.0)

    def zoomed(self, zoom: float) -> Matrix:
        """Intrinsics of the camera that is filmed with. A zoom is about the frame's centre, not about the horizon that
        the shift lens put the principal point on."""
        k = self.intrinsics
        k[0, 0] = k[1, 1] = self.long_focal * zoom
        k[0, 2] = self.width / 2 + (self.cx - self.width / 2) * zoom
        k[1, 2] = self.height / 2 + (self.cy - self.height / 2) * zoom
        return k

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


def rotation(yaw: float, pitch: float, roll: float) -> Matrix:
    """World to camera; radians. Yaw to the right, pitch up and roll clockwise are positive."""
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


def homography(view: View, pose: Pose, plane: Plane, shift_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Matrix:
    """3x3, reference pixels of a plane to current pixels. ``shift_m`` moves the plane's content in the world."""
    inner = np.eye(3)
    if math.isfinite(plane.distance):
        inner = inner - np.outer(pose.centre - np.array(shift_m), np.array(plane.normal)) / plane.distance
    matrix: Matrix = view.zoomed(pose.zoom) @ pose.rotation @ inner @ np.linalg.inv(view.intrinsics)
    return matrix


def magnification(matrix: Matrix, u: float, v: float) -> float:
    """The local linear scale of a homography at a pixel."""
    w = matrix[2] @ (u, v, 1)
    x, y = (matrix[0] @ (u, v, 1)) / w, (matrix[1] @ (u, v, 1)) / w
    jacobian = (matrix[:2, :2] - np.outer((x, y), matrix[2, :2])) / w
    return float(math.sqrt(abs(np.linalg.det(jacobian))))
