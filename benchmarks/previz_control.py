"""What the previz engine was told against what its films show: camera, light, physics, weather."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from benchmarks.previz_measures import (
    Frame,
    Matrix,
    about_centre,
    homography,
    lettering_masked,
    matched,
    panned,
    placed,
    turn_at,
)
from benchmarks.previz_orbit import orbited
from faircut.directives import Camera, Move, MoveKind, Physics
from faircut.domain import Shot

TURNS = (MoveKind.PAN, MoveKind.TILT, MoveKind.ROLL, MoveKind.ZOOM)
CARRIES = (MoveKind.DOLLY, MoveKind.TRUCK, MoveKind.CRANE, MoveKind.ORBIT)
_ENOUGH = 25
LENS_MM = 36.0
"""A lens whose focal length is the width of the frame, so that angles can be read from pixels."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A commanded number and the same number as it was measured."""

    what: str
    commanded: float
    measured: float

    @property
    def error(self) -> float:
        """As a share of what was commanded; a wrong direction is more than 1."""
        return float(abs(self.measured / self.commanded - 1))


def texture(seed: int, size: tuple[int, int] = (1280, 720), tone: tuple[int, int, int] = (190, 190, 190)) -> Frame:
    """A picture full of corners in shades of one colour (B, G, R), for features to hold on to."""
    rng = np.random.default_rng(seed)
    width, height = size
    picture = np.full((height, width, 3), tone, np.float32) * 0.55
    for _ in range(width * height // 1000):
        x, y, r = rng.integers(0, width), rng.integers(0, height), int(rng.integers(4, 26))
        shade = np.array(tone) * rng.uniform(0.25, 1.0)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + r, int(y) + r), shade.tolist(), -1)
    return picture.astype(np.uint8)


def standee(seed: int) -> Frame:
    """A textured figure as BGRA, transparent around it: something that stands in a scene and can be found there."""
    picture = texture(seed, (300, 500), (60, 120, 230))
    alpha = np.zeros(picture.shape[:2], np.uint8)
    cv2.rectangle(alpha, (10, 12), (289, 499), 255, -1)
    return np.dstack([picture, alpha])


def plate_lens(kind: MoveKind) -> float | None:
    """The lens for a move over an image. It gives an image less or more depth, and an orbit is read by how wide an
    image is taken to be without one."""
    return None if kind is MoveKind.ORBIT else LENS_MM


def move_shot(
    words: str, kind: MoveKind, amount: float, seconds: float = 1 / 3, *, lens_mm: float | None = LENS_MM
) -> Shot:
    """A short shot with one typed move, in still air."""
    camera = Camera((Move(kind, amount),), lens_mm=lens_mm)
    return Shot(words, seconds, camera, physics=Physics(wind=0.0))


def commanded(kind: MoveKind, amount: float) -> float:
    """What an amount comes to between the first frame and the last: zooms and dollies as factors on size."""
    if kind is MoveKind.ZOOM:
        return amount if amount > 0 else -1 / amount
    if kind is MoveKind.DOLLY:
        return 1 / (1 - amount) if amount > 0 else 1 + amount
    return amount


def frames_of(frames: Sequence[Frame], shot: Mapping[str, Any]) -> Sequence[Frame]:
    """The frames of one shot of a film, by its entry in the timeline."""
    return frames[shot["start_frame"] : shot["end_frame"]]


def on_plate(frames: Sequence[Frame], kind: MoveKind, amount: float) -> Reading:
    """A move over an image that fills the frame. What carries the camera is read where the image has its subject."""
    height, width = frames[0].shape[:2]
    if kind in TURNS:
        matrix, _ = homography(matched(frames[0], frames[-1]))
        measured = _turned(matrix, kind, width, height)
    elif kind is MoveKind.ORBIT:
        measured = orbited(frames)
    else:
        across, up, scale = about_centre(frames)
        measured = {MoveKind.TRUCK: across / width, MoveKind.CRANE: up / height, MoveKind.DOLLY: scale}[kind]
    return Reading(f"{kind} {amount:g} on an image", commanded(kind, amount), measured)


def in_scene(frames: Sequence[Frame], figure: Frame, kind: MoveKind, amount: float) -> Reading:
    """A move in a drawn scene with a figure in it: turns by all that is seen, the rest by the figure; an orbit by
    the turn of the background, which is far off, provided that the figure stays where it is."""
    height, width = frames[0].shape[:2]
    if kind in TURNS:
        measured = _turned(homography(matched(frames[0], frames[-1]))[0], kind, width, height)
        return Reading(f"{kind} {amount:g} in a scene", commanded(kind, amount), measured)
    first, last = placed(figure[..., :3], frames[0]), placed(figure[..., :3], frames[-1])
    if kind is MoveKind.ORBIT:
        if math.hypot(first.x - last.x, first.y - last.y) > 0.01 * width:
            raise ValueError("an orbit let its subject go")
        # The focal length is the frame's width; an orbit to the right looks to the left.
        matrix = background(frames, figure)
        measured = -2 * math.degrees(math.atan(panned(matrix, width, height)[0] / 2 / width))
    else:
        measured = {
            MoveKind.TRUCK: (first.x - last.x) / width,
            MoveKind.CRANE: (last.y - first.y) / height,
            MoveKind.DOLLY: last.scale / first.scale,
        }[kind]
    return Reading(f"{kind} {amount:g} in a scene", commanded(kind, amount), measured)


def background(frames: Sequence[Frame], figure: Frame) -> Matrix:
    """The homography from the first frame to the last one of what is behind a figure, by way of frames between them
    where too little is in both."""
    masks = []
    for frame in (frames[0], frames[-1]):
        spot, mask = placed(figure[..., :3], frame), lettering_masked(frame)
        half = (round(spot.scale * figure.shape[1] * 0.55), round(spot.scale * figure.shape[0] * 0.55))
        corner = (round(spot.x) - half[0], round(spot.y) - half[1])
        cv2.rectangle(mask, corner, (round(spot.x) + half[0], round(spot.y) + half[1]), 0, -1)
        masks.append(mask)
    pairs = matched(frames[0], frames[-1], masks)
    if len(pairs.source) >= _ENOUGH or len(frames) < 3:
        return homography(pairs)[0]
    half_way = len(frames) // 2
    return background(frames[half_way:], figure) @ background(frames[: half_way + 1], figure)


def _turned(matrix: Any, kind: MoveKind, width: int, height: int) -> float:
    across, up = panned(matrix, width, height)
    if kind is MoveKind.PAN:
        return across / width
    if kind is MoveKind.TILT:
        return up / height
    turn = turn_at(matrix, width / 2, height / 2)
    # A camera that rolls clockwise shows its picture turned anticlockwise.
    return -turn.degrees if kind is MoveKind.ROLL else turn.scale
