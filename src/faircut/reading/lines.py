"""What a line of writing says: PP-OCRv6's recogniser, decoded by CTC (Graves et al., 2006).

It knows Latin with accents, Greek, Chinese and Japanese; Cyrillic, Arabic, Hebrew, Hangul and the scripts of India come
out as look-alikes with little confidence, or as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.reading.models import READER, open_model
from faircut.reading.places import Picture, Quad

_HEIGHT = 48
_NARROWEST, _WIDEST = 96, 1920
_BLANK = 0
SURE = 0.9
"""Confidence from which no other way to hold the line is tried."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a line and the mean probability of their characters; ``""`` and 0 where nothing was made out."""

    text: str
    confidence: float


class LineReader:
    """Reads single lines. Thread-safe; the model is loaded with the first one."""

    def __init__(self) -> None:
        self._session: Any = open_model(READER)
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ("", *characters, " ")

    def read(self, picture: Picture, quad: Quad) -> Reading:
        """The line within a quad of a (height, width, 3) BGR picture, the right way up, upside down or mirrored."""
        line = _straightened(picture, quad)
        best = self._read(line)
        for turned in (line[::-1, ::-1], line[:, ::-1]):
            if best.confidence >= SURE:
                break
            best = max(best, self._read(turned), key=lambda each: each.confidence)
        return best

    def _read(self, line: Picture) -> Reading:
        width = round(line.shape[1] * _HEIGHT / line.shape[0])
        small = cv2.resize(line, (min(max(width, 8), _WIDEST), _HEIGHT)).astype(np.float32) / np.float32(127.5) - 1
        batch = np.zeros((1, 3, _HEIGHT, max(_NARROWEST, small.shape[1])), np.float32)
        batch[0, :, :, : small.shape[1]] = small.transpose(2, 0, 1)
        (steps,) = self._session.run(None, {"x": batch})
        return self._decoded(steps[0])

    def _decoded(self, steps: npt.NDArray[np.float32]) -> Reading:
        likeliest = steps.argmax(axis=1)
        kept = likeliest != _BLANK
        kept[1:] &= likeliest[1:] != likeliest[:-1]
        if not kept.any():
            return Reading("", 0.0)
        text = "".join(self._characters[each] for each in likeliest[kept])
        confidence = float(steps.max(axis=1)[kept].mean())
        return Reading(text.strip(), confidence if text.strip() else 0.0)


def _straightened(picture: Picture, quad: Quad) -> Picture:
    """The quad as an upright rectangle. Writing that runs down a picture lies on its side, as its quad does."""
    width = max(round(float(np.linalg.norm(quad[1] - quad[0]))), 2)
    height = max(round(float(np.linalg.norm(quad[3] - quad[0]))), 2)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    return np.asarray(
        cv2.warpPerspective(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
