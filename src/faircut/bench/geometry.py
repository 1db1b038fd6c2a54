"""Edits that move the picture about: mirrors, turns, rotations, crops, bars and borders."""

from __future__ import annotations

import math

import cv2
import numpy as np

from faircut.bench.pictures import Picture, PictureEdit, Take, filled, fitted, pasted, plain, resized


def mirror(picture: Picture, _take: Take) -> Picture:
    """Left and right changed over."""
    return np.ascontiguousarray(picture[:, ::-1])


def turn(quarters: int) -> PictureEdit:
    """Turns counter-clockwise by ``quarters`` right angles."""

    def edit(picture: Picture, _take: Take) -> Picture:
        return np.ascontiguousarray(np.rot90(picture, quarters))

    return edit


def rotate(degrees: float) -> PictureEdit:
    """Rotates by a small angle, to one side or the other.

    Half of all clips keep the whole picture and show black corners; the others are enlarged until no corner shows.
    """

    def edit(picture: Picture, take: Take) -> Picture:
        rng = take.rng(1)
        angle = degrees * float(rng.choice((-1.0, 1.0)))
        enlarged = bool(rng.random() < 0.5)
        height, width = picture.shape[:2]
        scale = _scale_without_corners(width, height, degrees) if enlarged else 1.0
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)

    return edit


def _scale_without_corners(width: int, height: int, degrees: float) -> float:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return max(cosine + sine * height / width, cosine + sine * width / height)


def crop(share: float) -> PictureEdit:
    """Keeps ``share`` of the area, in the picture's own ratio and anywhere in it, enlarged to the size it had."""

    def edit(picture: Picture, take: Take) -> Picture:
        height, width = picture.shape[:2]
        rows, columns = round(height * math.sqrt(share)), round(width * math.sqrt(share))
        x, y = take.rng(2).random(2)
        left, top = round(x * (width - columns)), round(y * (height - rows))
        return resized(np.ascontiguousarray(picture[top : top + rows, left : left + columns]), (width, height))

    return edit


def vertical_crop(picture: Picture, take: Take) -> Picture:
    """A 9:16 column of the full height, within the middle half or so, as for a telephone."""
    height, width = picture.shape[:2]
    columns = min(width, round(height * 9 / 16))
    centre = 0.5 + float(take.rng(3).uniform(-0.2, 0.2))
    left = int(np.clip(round(centre * width - columns / 2), 0, width - columns))
    return np.ascontiguousarray(picture[:, left : left + columns])


def letterbox(picture: Picture, take: Take) -> Picture:
    """Black bars above and below, each between an eighth and a fifth of what comes out."""
    height, width = picture.shape[:2]
    bar = float(take.rng(4).uniform(1 / 8, 1 / 5))
    tall = round(height / (1 - 2 * bar))
    return pasted(plain((width, tall)), picture, 0, (tall - height) // 2)


def pillarbox(picture: Picture, take: Take) -> Picture:
    """Black bars left and right, each between an eighth and a fifth of what comes out."""
    height, width = picture.shape[:2]
    bar = float(take.rng(5).uniform(1 / 8, 1 / 5))
    wide = round(width / (1 - 2 * bar))
    return pasted(plain((wide, height)), picture, (wide - width) // 2, 0)


def blurred_bars(picture: Picture, _take: Take) -> Picture:
    """The whole picture across a 9:16 one, with itself behind it, enlarged and blurred: how telephones show films."""
    height, width = picture.shape[:2]
    size = (max(2, round(math.sqrt(width * height * 9 / 16))), max(2, round(math.sqrt(width * height * 16 / 9))))
    small = filled(picture, (size[0] // 8, size[1] // 8))
    ground = resized(np.asarray(cv2.GaussianBlur(small, (0, 0), 2.5), np.uint8), size)
    inner = fitted(picture, size)
    return pasted(
        (ground * 0.8).astype(np.uint8), inner, (size[0] - inner.shape[1]) // 2, (size[1] - inner.shape[0]) // 2
    )


def border(picture: Picture, take: Take) -> Picture:
    """A plain coloured border around it, 5 to 9 % of each side."""
    height, width = picture.shape[:2]
    rng = take.rng(6)
    thick = round(float(rng.uniform(0.05, 0.09)) * min(width, height) * 1.4)
    colour = [(255, 255, 255), (20, 20, 20), (196, 40, 52), (24, 92, 160), (242, 200, 66)][int(rng.integers(5))]
    inner = resized(picture, (width - 2 * thick, height - 2 * thick))
    return pasted(plain((width, height), colour), inner, thick, thick)
