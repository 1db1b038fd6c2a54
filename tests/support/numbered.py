"""Frames that say their own number, pictures whose pixels say their own place, and a tone at each second."""

from __future__ import annotations

import cv2
import numpy as np

RATE = 48000
FPS = 24
_BITS = 8


def numbered_frame(number: int, size: tuple[int, int] = (192, 108)) -> np.ndarray:
    """Eight white or black fields in a row across the middle, the bits of ``number``, on a busy ground."""
    width, height = size
    rng = np.random.default_rng(number // FPS)
    ground = cv2.resize(rng.integers(60, 200, (5, 8, 3)).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    step = width // _BITS
    for bit in range(_BITS):
        value = 255 if number >> bit & 1 else 0
        ground[height // 3 : 2 * height // 3, bit * step : (bit + 1) * step] = value
    return ground


def read_number(frame: np.ndarray) -> int:
    """The number that a frame shows."""
    height, width = frame.shape[:2]
    step = width / _BITS
    middle = frame[height // 2 - 2 : height // 2 + 3].mean(axis=(0, 2))
    return sum(1 << bit for bit in range(_BITS) if middle[round((bit + 0.5) * step)] > 127)


def ramps(width: int = 320, height: int = 180) -> np.ndarray:
    """Red grows with x, green with y, from 0 to 255; blue is even."""
    x = np.broadcast_to(np.linspace(0, 255, width), (height, width))
    y = np.broadcast_to(np.linspace(0, 255, height)[:, None], (height, width))
    return np.stack([x, y, np.full((height, width), 128.0)], axis=2).round().astype(np.uint8)


def clicks(seconds: float) -> np.ndarray:
    """A short tone at every full second, which is heard as 440 Hz times its number and one more."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * 440 * (np.floor(time) + 1) * time)
    return (0.6 * tone * (time % 1.0 < 0.05)).astype(np.float32)
