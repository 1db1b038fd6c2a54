"""Light put on pictures that were not drawn here: colour grade by time of day and temperature, relief from luma, and
the
mask that a light from one side and the lens lay over the finished frame."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from faircut.directives import Lighting
from faircut.engines.previz.layers import Picture
from faircut.engines.previz.palette import Rgb, rgb, tint_of

_LUMA: Final = rgb(0.299, 0.587, 0.114)
_GRADES: Final[dict[str, tuple[float, Rgb, float, float]]] = {
    # exposure, tint, saturation, lift of the shadows towards the tint (8-bit steps)
    "day": (1.05, rgb(1.01, 1.0, 0.98), 1.06, 0.0),
    "dawn": (0.98, rgb(1.09, 0.97, 0.99), 0.96, 7.0),
    "golden": (1.02, rgb(1.17, 1.0, 0.80), 1.06, 5.0),
    "dusk": (0.66, rgb(0.92, 0.92, 1.20), 0.86, 8.0),
    "night": (0.42, rgb(0.70, 0.92, 1.38), 0.62, 7.0),
}
MASK_UNIT: Final = 128
"""A light mask's value for "as it is"."""


class Grade:
    """A colour grade as one 3x4 matrix on BGR; cheap enough for every frame of a clip."""

    def __init__(self, light: Lighting) -> None:
        exposure, tint, saturation, lift = _GRADES.get(light.time or "", (1.0, rgb(1, 1, 1), 1.0, 0.0))
        lamp = tint_of(light)
        if lamp is not None:
            tint = tint * lamp
        if light.sky in ("overcast", "storm"):
            saturation, exposure = saturation * 0.75, exposure * 0.88
        mixing = np.eye(3) * saturation + np.outer(np.ones(3), _LUMA) * (1 - saturation)
        matrix = (tint[:, None] * mixing) * exposure
        offset = tint * lift
        self._matrix = np.hstack([matrix[::-1, ::-1], offset[::-1, None]]).astype(np.float32)
        self.neutral = bool(np.allclose(self._matrix, np.eye(3, 4), atol=1e-3))

    def apply(self, picture: Picture) -> Picture:
        """(h, w, 3) BGR, graded."""
        if self.neutral:
            return picture
        graded: Picture = cv2.transform(picture, self._matrix)
        return graded


def relief(picture: Picture, direction: tuple[float, float, float], strength: float) -> Picture:
    """Shades a BGR picture as if its blurred luma were a height: slopes that face the light brighten. Mean kept."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    luma = cv2.GaussianBlur(
        cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255, (0, 0), max(1.0, small.shape[0] * 0.012)
    )
    gx, gy = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3)
    nx, ny = -gx * 2.2, -gy * 2.2
    facing = (nx * direction[0] - ny * direction[1]) / np.sqrt(nx * nx + ny * ny + 1)
    gain = np.clip(1 + facing * strength, 0.6, 1.5)
    gain = cv2.resize(gain.astype(np.float32), (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    shaded: Picture = cv2.convertScaleAbs(picture * gain[..., None])
    return shaded


def light_mask(width: int, height: int, side: str, strength: float, vignette: float) -> npt.NDArray[np.uint8]:
    """(height, width) uint8 factors on luma, :data:`MASK_UNIT` meaning 1: brighter towards the light, darker at the
    corners."""
    ys, xs = np.mgrid[0:90, 0:160].astype(np.float32)
    x, y = (xs + 0.5) / 80 - 1, (ys + 0.5) / 45 - 1
    slope = {"left": -x, "right": x, "above": -y, "below": y}.get(side)
    gain = np.ones_like(x) if slope is None else 1 + strength * slope
    if side in ("behind", "front"):
        gain = gain + strength * 0.5 * (0.5 - np.hypot(x, y * 0.8)) * (1 if side == "front" else 0.6)
    gain *= 1 - vignette * np.clip(np.hypot(x * 0.86, y * 0.8) - 0.45, 0, 1) ** 1.6
    full = cv2.resize(gain, (width, height), interpolation=cv2.INTER_CUBIC)
    mask: npt.NDArray[np.uint8] = np.clip(full * MASK_UNIT + 0.5, 0, 255).astype(np.uint8)
    return mask


def flare(width: int, height: int, side: str, colour: Rgb, strength: float) -> Picture | None:
    """A warm wash from the light's side, to be added to a BGRA frame; None when there is nothing to add."""
    if strength <= 0 or side not in ("left", "right"):
        return None
    ys, xs = np.mgrid[0:90, 0:160].astype(np.float32)
    x = (xs + 0.5) / 160 if side == "left" else 1 - (xs + 0.5) / 160
    y = (ys + 0.5) / 90
    wash = np.exp(-np.hypot(x * 1.25, (y - 0.28) * 0.9) * 2.8) * strength
    small = np.zeros((90, 160, 4), np.float32)
    small[..., :3] = wash[..., None] * colour[::-1]
    result: Picture = cv2.convertScaleAbs(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))
    return result
