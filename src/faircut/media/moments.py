"""Which pictures of a film are looked at closely: few, and not the same one twice.

A picture is chosen as it comes by, from its 64x64 luma plane alone: when it differs from the last chosen one and some
time has passed, or right after a cut. Still scenes are chosen once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_CUT = 24.0
"""Mean grey levels between two pictures that follow one another. Chosen on drawn films: pans stay below 15."""
_CONTRAST = 32.0
"""Standard deviation of a picture of ordinary contrast."""
_PLAIN = 2.0
"""Grey levels of standard deviation: below that a picture is a plain surface."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How closely a film is looked at.

    ``side``: pixels of the longer side of the pictures that are handed on. ``spacing``: seconds between two of them,
    as (from this second on, seconds apart) in rising order. ``novelty``: mean grey levels by which a picture must
    differ from the last chosen one; in one of little contrast, fewer. ``after_cut``: least seconds between two pictures
    on both sides of a cut. ``altogether``: difference, in standard deviations of the picture, from which one counts as
    another altogether, as after a cut: in a fast movement nothing is left of a picture within half a second.
    """

    side: int
    spacing: tuple[tuple[float, float], ...]
    novelty: float
    after_cut: float
    altogether: float = math.inf


REFERENCES = Closeness(side=416, spacing=((0.0, 1.0),), novelty=3.0, after_cut=0.4, altogether=0.7)
QUERIES = Closeness(side=512, spacing=((0.0, 0.3), (0.95, 0.8), (60.0, 1.0), (600.0, 2.0)), novelty=1.5, after_cut=0.15)
"""Long films are looked at less often, so that what is kept of them stays within bounds."""


class MomentChooser:
    """Says of each picture, in order of time, whether it is one to look at closely."""

    def __init__(self, closeness: Closeness) -> None:
        self._closeness = closeness
        self._chosen: npt.NDArray[np.int16] | None = None
        self._chosen_at = 0.0
        self._last: npt.NDArray[np.int16] | None = None
        self._cut = False

    def wants(self, plane: npt.NDArray[np.uint8], time: float) -> bool:
        """``plane``: (64, 64) uint8 luma of the picture at ``time`` seconds."""
        # A quarter of the pixels says as much about how alike two pictures are, and this runs on every frame.
        levels = plane[::2, ::2].astype(np.int16)
        before, self._last = self._last, levels
        if before is not None and _difference(levels, before) > _CUT:
            self._cut = True
        passed = time - self._chosen_at + 1e-6
        if self._chosen is not None and passed < self._closeness.after_cut:
            return False
        contrast = float(levels.std())
        if contrast < _PLAIN:
            return False
        if self._chosen is not None:
            difference = _difference(levels, self._chosen)
            if passed < self._spacing(time) and not self._cut and difference < self._closeness.altogether * contrast:
                return False
            if difference < self._closeness.novelty * min(1.0, contrast / _CONTRAST):
                return False
        self._chosen, self._chosen_at, self._cut = levels, time, False
        return True

    def _spacing(self, time: float) -> float:
        return next(apart for begin, apart in reversed(self._closeness.spacing) if time >= begin or begin == 0.0)


def _difference(one: npt.NDArray[np.int16], other: npt.NDArray[np.int16]) -> float:
    return float(np.abs(one - other).mean())
