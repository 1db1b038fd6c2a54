"""What is held of one registered reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Reference


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference: all its ``codes`` in time order.

    ``excluded`` marks codes of excluded segments; codes of less than ``min_quality`` are never found.
    """

    reference: Reference
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]
    excluded: npt.NDArray[np.bool_]
    min_quality: int
    duration: float

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """(n,) which codes may be found. Made when it is asked for: of local features there are a million in a film."""
        return self.usable_within(slice(None))

    def usable_within(self, rows: slice) -> npt.NDArray[np.bool_]:
        """The same for some of them."""
        usable: npt.NDArray[np.bool_] = (self.quality[rows] >= self.min_quality) & ~self.excluded[rows]
        return usable
