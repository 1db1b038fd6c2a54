"""A film recorded off a screen with a hand-held camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from faircut.bench.pictures import Picture, Take


def camcord(picture: Picture, take: Take) -> Picture:
    """Seen from one side with a dark room around it; a hand that sways, moiré of the screen's grid, and an exposure
    that drifts.

    The screen's far side is up to a fifth shorter, the sway is 1 % of the width at most, exposure goes up and down
    by a quarter in some seven seconds.
    """
    height, width = picture.shape[:2]
    rng = take.rng(41)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = _seen_corners(rng, width, height)
    phases = rng.uniform(0, 2 * math.pi, 4)
    sway = np.array([math.sin(1.7 * take.time + phases[0]), math.sin(2.3 * take.time + phases[1])])
    seen = seen + (0.01 * width * sway).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    room = tuple(int(each) for each in rng.integers(6, 26, 3))
    view = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=room
    )
    view = cv2.GaussianBlur(view, (0, 0), max(0.6, height / 700))
    exposure = 1.0 + 0.25 * math.sin(2 * math.pi * take.time / 7 + phases[2])
    tint = rng.uniform(0.88, 1.1, 3).astype(np.float32) * exposure
    bands = _moire(width, height, rng, float(phases[3]) + 0.8 * take.time)
    lit = view.astype(np.float32) * tint * bands[..., None]
    return np.clip(lit + 4, 0, 255).astype(np.uint8)


def _seen_corners(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float32]:
    """Where the screen's corners stand, clockwise from the top left: inside the view, one side shorter."""
    inset, shorter = float(rng.uniform(0.03, 0.08)), float(rng.uniform(0.08, 0.2))
    tall = np.array([inset, inset, 1 - inset, 1 - inset])
    if rng.random() < 0.5:
        tall += np.array([shorter / 2, 0, 0, -shorter / 2])
    else:
        tall += np.array([0, shorter / 2, -shorter / 2, 0])
    wide = np.array([inset, 1 - inset, 1 - inset, inset]) + rng.uniform(-0.015, 0.015, 4)
    return np.stack([wide * width, tall * height], axis=1).astype(np.float32)


def _moire(width: int, height: int, rng: np.random.Generator, phase: float) -> npt.NDArray[np.float32]:
    """Two gratings a little apart in pitch and angle beat with each other: factors about 1."""
    angle, pitch = float(rng.uniform(0.05, 0.5)), float(rng.uniform(2.6, 3.4))
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    one = np.sin(2 * math.pi / pitch * (x * math.cos(angle) + y * math.sin(angle)) + phase)
    near = 2 * math.pi / (pitch * 1.03)
    other = np.sin(near * (x * math.cos(angle + 0.02) + y * math.sin(angle + 0.02)))
    return np.asarray(1.0 + 0.07 * (one + other), np.float32)
