"""Edits of colour and sharpness, which leave everything where it is."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from faircut.bench.pictures import Picture, PictureEdit, Take, resized


def grey(picture: Picture, _take: Take) -> Picture:
    """Luma in all three channels."""
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.ascontiguousarray(np.repeat(luma[..., None], 3, axis=2))


def invert(picture: Picture, _take: Take) -> Picture:
    """The negative."""
    return np.asarray(255 - picture, np.uint8)


def gamma(exponent: float) -> PictureEdit:
    """Light to the power of ``exponent``: above 1 is darker."""
    curve = np.round(255 * (np.arange(256) / 255) ** exponent).astype(np.uint8)

    def edit(picture: Picture, _take: Take) -> Picture:
        return np.asarray(curve[picture], np.uint8)

    return edit


def recolour(picture: Picture, take: Take) -> Picture:
    """A strong look: all hues turned the same way, more or less saturation, warm or cold light, another contrast."""
    rng = take.rng(11)
    turned = float(rng.choice((-1.0, 1.0)) * rng.uniform(40, 120))
    saturation = float(rng.uniform(0.6, 1.5))
    tint = rng.uniform(0.85, 1.15, 3).astype(np.float32)
    contrast, light = float(rng.uniform(0.85, 1.15)), float(rng.uniform(-14, 14))
    colours = cv2.transform(picture.astype(np.float32), _hue_matrix(turned, saturation))
    result = (colours * tint - 128) * contrast + 128 + light
    return np.asarray(np.clip(result, 0, 255), np.uint8)


def _hue_matrix(degrees: float, saturation: float) -> npt.NDArray[np.float32]:
    # Chroma turns and grows about the grey axis; luma stays (the construction of SVG's feColorMatrix).
    angle = np.radians(degrees)
    to_chroma = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    turn[1:, 1:] *= saturation
    return np.asarray(np.linalg.inv(to_chroma) @ turn @ to_chroma, np.float32)


def blur(picture: Picture, _take: Take) -> Picture:
    """Gaussian, with a deviation of 1/120 of the height: four pixels of 480."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.8, picture.shape[0] / 120)), np.uint8)


def noise(picture: Picture, take: Take) -> Picture:
    """Gaussian noise with a deviation of 25 of 255, new in every frame."""
    grain: npt.NDArray[np.int16] = np.empty(picture.shape, np.int16)
    cv2.setRNGSeed(int(take.moving_rng(12).integers(2**31 - 1)))
    cv2.randn(grain, np.zeros(3), np.full(3, 25.0))
    return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)


def stylise(picture: Picture, _take: Take) -> Picture:
    """Texture painted flat within edges that stay: OpenCV's edge-preserving filter (Gastal and Oliveira, 2011).

    At half size, which looks nearly the same and costs a fifth.
    """
    return _at_half_size(picture, lambda small: cv2.edgePreservingFilter(small, flags=1, sigma_s=60, sigma_r=0.4))


def comic(picture: Picture, _take: Take) -> Picture:
    """The same with black outlines drawn along the edges, as OpenCV's stylisation does it at its own settings."""
    return _at_half_size(picture, lambda small: cv2.stylization(small, sigma_s=60, sigma_r=0.45))


def _at_half_size(picture: Picture, change: Callable[[Picture], object]) -> Picture:
    height, width = picture.shape[:2]
    small = resized(picture, (max(2, width // 2), max(2, height // 2)))
    return resized(np.asarray(change(small), np.uint8), (width, height))
