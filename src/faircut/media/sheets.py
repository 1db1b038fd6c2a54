"""Pictures handed on as they are, for whoever reads what is written in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

Wants = Callable[[npt.NDArray[np.uint8], float], bool]
"""Says of a picture, by its (64, 64) uint8 luma and its time in seconds, whether it is to be handed on."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture at ``time`` seconds. It is scaled when asked, since most are not looked at twice."""

    time: float
    _frame: VideoFrame

    def grey(self, longest: int) -> npt.NDArray[np.uint8]:
        """(height, width) uint8, the longer side ``longest`` pixels; smaller pictures keep their size."""
        return self._scaled(longest, "gray")

    def colours(self, longest: int) -> npt.NDArray[np.uint8]:
        """(height, width, 3) uint8 BGR, the longer side ``longest`` pixels; smaller pictures keep their size."""
        return self._scaled(longest, "bgr24")

    def _scaled(self, longest: int, form: str) -> npt.NDArray[np.uint8]:
        shrink = min(1.0, longest / max(self._frame.width, self._frame.height))
        width, height = (max(round(side * shrink), 1) for side in (self._frame.width, self._frame.height))
        scaled = self._frame.reformat(width=width, height=height, format=form, interpolation=Interpolation.AREA)
        return scaled.to_ndarray().astype(np.uint8)
