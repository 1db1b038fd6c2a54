"""Edits that join a film with other videos: picture in picture, split screens, mosaics, another background."""

from __future__ import annotations

import math

import cv2
import numpy as np

from faircut.bench.pictures import Picture, PictureEdit, Take, filled, fitted, pasted, plain


def _canvas(picture: Picture) -> tuple[int, int]:
    """The frame of an edit: as wide as the picture and 16:9, upright for an upright picture."""
    height, width = picture.shape[:2]
    if width >= height:
        return width, round(width * 9 / 16)
    return round(height * 9 / 16), height


def picture_in_picture(share: float) -> PictureEdit:
    """The film at ``share`` of the width, in a corner of another video; half of them with a thin white line round."""

    def edit(picture: Picture, take: Take) -> Picture:
        rng = take.rng(31)
        width, height = _canvas(picture)
        ground = take.other(0, (width, height))
        inner = fitted(picture, (round(width * share), round(height * share * 1.6)))
        right, bottom = rng.random(2) < 0.5
        line = 3 if rng.random() < 0.5 else 0
        margin = round(0.04 * height) + line
        left = width - inner.shape[1] - margin if right else margin
        top = height - inner.shape[0] - margin if bottom else margin
        if line:
            ground = pasted(
                ground,
                plain((inner.shape[1] + 2 * line, inner.shape[0] + 2 * line), (245, 245, 245)),
                left - line,
                top - line,
            )
        return pasted(ground, inner, left, top)

    return edit


def split_screen(picture: Picture, take: Take) -> Picture:
    """Half the screen: beside another video, with the sides cut off, or whole and above or below one."""
    rng = take.rng(32)
    stacked, second = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    height, width = picture.shape[:2]
    if stacked:
        parts = [picture, take.other(0, (width, height))]
        return np.concatenate(parts[::-1] if second else parts, axis=0)
    half = (width // 2, height)
    parts = [filled(picture, half), take.other(0, half)]
    return np.concatenate(parts[::-1] if second else parts, axis=1)


def mosaic(picture: Picture, take: Take) -> Picture:
    """One of four cells, the others showing three other videos."""
    width, height = _canvas(picture)
    cell = (width // 2, height // 2)
    cells = [take.other(number, cell) for number in range(3)]
    inner = fitted(picture, cell)
    own = pasted(plain(cell), inner, (cell[0] - inner.shape[1]) // 2, (cell[1] - inner.shape[0]) // 2)
    cells.insert(int(take.rng(33).integers(4)), own)
    return np.concatenate([np.concatenate(cells[:2], axis=1), np.concatenate(cells[2:], axis=1)], axis=0)


def green_screen(picture: Picture, take: Take) -> Picture:
    """A figure cut out of the film, some two fifths of it, over another video.

    The figure (a head on shoulders, soft at the edge) stands still in half of all clips and drifts in the others.
    """
    height, width = picture.shape[:2]
    rng = take.rng(34)
    moves, phase = bool(rng.random() < 0.5), float(rng.uniform(0, 2 * math.pi))
    x = float(rng.uniform(0.4, 0.6)) + (0.1 * math.sin(0.9 * take.time + phase) if moves else 0.0)
    mask = np.zeros((height, width), np.uint8)
    wide, centre = 0.36 * height * 1.45, round(x * width)
    cv2.ellipse(mask, (centre, round(0.34 * height)), (round(0.42 * wide), round(0.3 * height)), 0, 0, 360, 255, -1)
    cv2.ellipse(mask, (centre, round(1.02 * height)), (round(0.95 * wide), round(0.56 * height)), 0, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, height / 240)).astype(np.float32)[..., None] / 255
    ground = take.other(0, (width, height))
    return np.asarray(picture * soft + ground * (1 - soft) + 0.5, np.float32).astype(np.uint8)
