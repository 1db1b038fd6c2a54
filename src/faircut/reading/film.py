"""Reads the pictures of a file as they come by: a still closely, of a film as many as its length allows.

Where nothing in a picture may be writing, or nothing that may be has changed, it is passed over. What is left is read
as long as the allowance lasts, which grows with time: so the cost stays below that of decoding, and in the first minute
writing that stays on screen for three seconds is read whatever else is in the film.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from faircut.domain import Fingerprint
from faircut.reading.likely import LOOKED_AT, likely_places
from faircut.reading.lines import LineReader
from faircut.reading.places import Finder, Picture, Quad
from faircut.text.written import MOST_LINES, WrittenLine, as_fingerprint

STILL_SIDE, FILM_SIDE = 960, 640
"""Pixels of the longer side at which writing is looked for: see docs/reading.md for the letters that are found so."""
_READ_AT = 1920
"""Pixels of the longer side of the picture that lines are cut from: they are read sharper than they are found."""
_ENLARGED = 1.5
_CONFIDENT = 0.55
_SAME = 90.0

_LOOK_EVERY = 0.5
_CHANGED = 10.0
"""Grey levels by which a 64th of the picture must differ from when it was last looked at."""
_AT_ONCE, _A_SECOND, _LATER = 2.0, 1 / 3, 0.1
"""Pictures of a film that are read: so many at once, so many more a second, and after a minute so many."""
_MINUTE = 60.0


class Sheet(Protocol):
    """A picture of the file, as :class:`faircut.media.sheets.Sheet` hands it on."""

    @property
    def time(self) -> float: ...

    def grey(self, longest: int) -> npt.NDArray[np.uint8]: ...

    def colours(self, longest: int) -> npt.NDArray[np.uint8]: ...


class FilmReader:
    """Takes the pictures of one file in order of time. ``still``: the file is one picture, which is read closely."""

    def __init__(self, *, still: bool) -> None:
        self._still = still
        self._lines: list[WrittenLine] = []
        self._last_lines: list[WrittenLine] = []
        self._looked: npt.NDArray[np.int16] | None = None
        self._looked_at = -_LOOK_EVERY
        self._read_grey: npt.NDArray[np.int16] | None = None
        self._read = 0
        self._too_much = False

    def wants(self, plane: npt.NDArray[np.uint8], time: float) -> bool:
        """Whether to hand on the picture with this (64, 64) luma: a :data:`faircut.media.sheets.Wants`."""
        if self._still:
            return True
        if time < self._looked_at + _LOOK_EVERY or self._read + 1 > _allowance(time):
            return False
        levels = plane.astype(np.int16)
        if self._looked is not None and float(_by_eight(np.abs(levels - self._looked)).max()) < _CHANGED:
            return False
        self._looked, self._looked_at = levels, time
        return True

    def add(self, sheet: Sheet) -> None:
        """Reads a picture that was wanted. Raises ConfigError when the models are missing."""
        grey = sheet.grey(LOOKED_AT)
        likely = likely_places(grey)
        if not likely.any():
            return
        if not self._still and not self._new(grey, likely):
            return
        self._read += 1
        lines = read_picture(sheet.colours(_READ_AT), sheet.time, STILL_SIDE if self._still else FILM_SIDE)
        if lines is None:
            self._too_much = True
            return
        for line in lines:
            if not any(_same(line, each) for each in self._last_lines):
                self._lines.append(line)
        self._last_lines = lines

    def finish(self, duration: float) -> Fingerprint | None:
        """All that was read, in order of time and then of reading, what stays on screen once.

        None when a picture held more lines than are read: then nothing is known of the file.
        """
        return None if self._too_much else as_fingerprint(self._lines, duration)

    def _new(self, grey: npt.NDArray[np.uint8], likely: npt.NDArray[np.bool_]) -> bool:
        """Whether something changed since the last picture was read, where writing may be."""
        levels, before = grey.astype(np.int16), self._read_grey
        self._read_grey = levels
        if before is None or before.shape != levels.shape:
            return True
        rows, columns = likely.shape
        changed = np.abs(levels - before).astype(np.float32)
        side = 16
        padded = np.zeros((rows * side, columns * side), np.float32)
        padded[: changed.shape[0], : changed.shape[1]] = changed
        means = padded.reshape(rows, side, columns, side).mean(axis=(1, 3))
        return bool((means[likely] > _CHANGED).any())


def _allowance(time: float) -> float:
    return _AT_ONCE + min(time, _MINUTE) * _A_SECOND + max(time - _MINUTE, 0.0) * _LATER


def _by_eight(levels: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """Means of blocks of 2x4 cells: writing is wider than high."""
    return np.asarray(levels.reshape(32, 2, 16, 4).mean(axis=(1, 3)), np.float64)


def _same(one: WrittenLine, other: WrittenLine) -> bool:
    return fuzz.ratio(one.text.casefold(), other.text.casefold()) >= _SAME


@cache
def _finder() -> Finder:
    return Finder()


@cache
def _line_reader() -> LineReader:
    return LineReader()


def read_picture(picture: Picture, time: float, longest: int) -> list[WrittenLine] | None:
    """What is written in a (height, width, 3) BGR picture, from top to bottom and left to right; None when it is more
    than is read.

    Raises ConfigError when the models are missing.
    """
    height, width = picture.shape[:2]
    side = min(longest, round(_ENLARGED * max(height, width)))
    quads = _finder().find(picture, side)
    if len(quads) > MOST_LINES:
        return None
    lines = []
    for quad in _in_order(quads):
        found = _line_reader().read(picture, quad)
        if found.confidence >= _CONFIDENT and any(letter.isalnum() for letter in found.text):
            corners = tuple((float(x) / width, float(y) / height) for x, y in quad)
            lines.append(WrittenLine(found.text, time, corners, found.confidence))
    return lines


def _in_order(quads: list[Quad]) -> list[Quad]:
    """Rows from top to bottom, each from left to right. A quad belongs to a row whose middle lies within it."""
    rows: list[list[Quad]] = []
    for quad in sorted(quads, key=lambda each: float(each[:, 1].mean())):
        middle = float(quad[:, 1].mean())
        last = rows[-1][0] if rows else None
        if last is not None and float(last[:, 1].min()) < middle < float(last[:, 1].max()):
            rows[-1].append(quad)
        else:
            rows.append([quad])
    return [quad for row in rows for quad in sorted(row, key=lambda each: float(each[:, 0].min()))]


__all__ = ["FILM_SIDE", "STILL_SIDE", "FilmReader", "read_picture"]
