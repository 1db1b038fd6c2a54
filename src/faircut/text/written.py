"""Lines of writing that were read off pictures, and how they travel as a Fingerprint among the others of a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from faircut.domain import Fingerprint

ALGORITHM = "on-screen-text-v1"
"""PP-OCRv6 small, as :mod:`faircut.reading` runs it."""
CHECK = "on_screen_text"
"""The check that needs it."""
MOST_LINES = 250
"""Lines in one picture: beyond that it is a page of print, and reading it takes too long."""

_CORNER_BYTES = 16
_FULL = 65535

Corners = tuple[tuple[float, float], ...]
"""Four corners as shares of the picture's width and height, clockwise from where the line begins."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """``text`` of one line, ``time`` in seconds of the picture that shows it, ``confidence`` 0..1 of its characters."""

    text: str
    time: float
    corners: Corners
    confidence: float

    def part(self, start: int, end: int) -> Corners:
        """Corners of the characters from ``start`` to ``end``, by how wide letters usually are."""
        widths = [_width(letter) for letter in self.text]
        whole = sum(widths) or 1.0
        begin, stop = sum(widths[: max(start, 0)]) / whole, sum(widths[:end]) / whole
        top_left, top_right, bottom_right, bottom_left = self.corners
        return (
            _between(top_left, top_right, begin),
            _between(top_left, top_right, stop),
            _between(bottom_left, bottom_right, stop),
            _between(bottom_left, bottom_right, begin),
        )


def _width(letter: str) -> float:
    if letter in "iljtfrI1.,:;'’!|()[] ":
        return 0.55
    if letter in "mwMW@" or unicodedata.east_asian_width(letter) in "WF":
        return 1.5
    return 1.25 if letter.isupper() else 1.0


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return (
        round(one[0] + (other[0] - one[0]) * share, 4),
        round(one[1] + (other[1] - one[1]) * share, 4),
    )


def as_fingerprint(lines: Sequence[WrittenLine], duration: float) -> Fingerprint:
    """One row a line: eight little-endian uint16 for its corners, then its UTF-8 text, padded with zeros."""
    texts = [line.text.encode("utf-8", errors="replace") for line in lines]
    codes = np.zeros((len(lines), _CORNER_BYTES + max(map(len, texts), default=0)), np.uint8)
    for row, line, text in zip(codes, lines, texts, strict=True):
        corners = np.clip(np.asarray(line.corners, np.float64).ravel(), 0.0, 1.0) * _FULL
        row[:_CORNER_BYTES] = np.frombuffer(corners.round().astype("<u2").tobytes(), np.uint8)
        row[_CORNER_BYTES : _CORNER_BYTES + len(text)] = np.frombuffer(text, np.uint8)
    return Fingerprint(
        ALGORITHM,
        codes,
        np.array([line.time for line in lines], np.float32),
        np.array([round(100 * line.confidence) for line in lines], np.uint8),
        duration,
    )


def written_lines(fingerprints: Mapping[str, Fingerprint]) -> list[WrittenLine]:
    """The lines among a file's fingerprints, in reading order; none where nothing was read or looked for."""
    found = fingerprints.get(ALGORITHM)
    if found is None:
        return []
    lines = []
    for code, time, quality in zip(found.codes, found.times, found.quality, strict=True):
        corners = np.frombuffer(code[:_CORNER_BYTES].tobytes(), "<u2").astype(np.float64).reshape(4, 2) / _FULL
        text = code[_CORNER_BYTES:].tobytes().rstrip(b"\0").decode("utf-8", errors="replace")
        places = tuple((round(float(x), 4), round(float(y), 4)) for x, y in corners)
        lines.append(WrittenLine(text, float(time), places, int(quality) / 100))
    return lines


def text_of(lines: Sequence[WrittenLine]) -> str:
    """All lines as one text, one a line."""
    return "\n".join(line.text for line in lines)
