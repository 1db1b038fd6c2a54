"""What is held of one registered reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Reference


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference: all its ``codes`` in time order.

    ``excluded`` marks codes of excluded segments; ``usable`` is False for those and for codes of too little quality.
    """

    reference: Reference
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]
    excluded: npt.NDArray[np.bool_]
    usable: npt.NDArray[np.bool_]
    duration: float
