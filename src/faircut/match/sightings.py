"""What one stage of the picture cascade has seen: a stretch of a reference in a stretch of the query, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.domain import Reference, Segment
from faircut.match.timeline import Line

Polygon = npt.NDArray[np.float64]
"""(k, 2) corners in 0..1 coordinates of a picture."""


class Moment(NamedTuple):
    """One frame of the query and the frame of the reference that it shows. ``inliers``: of local features, if known."""

    query: float
    reference: float
    distance: int | None = None
    inliers: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """``query`` is None for stills, ``shown`` for references that are stills.

    ``distance``: mean bits over the frames that agree, for codes. ``inliers``: local features that agree, median over
    the moments. ``distinct``: moments that differ from one another, which is what makes agreement weigh.
    ``frames`` of the query agree by codes, and ``looks`` key moments by local features.
    ``line``: of time; None where the moments follow none. ``region``: where the copy stands in the query, None for all
    of it; ``part``: what it shows of the reference.
    """

    reference: Reference
    algorithm: str
    moments: tuple[Moment, ...]
    distinct: int
    query: Segment | None = None
    shown: Segment | None = None
    line: Line | None = None
    distance: float | None = None
    inliers: float | None = None
    transform: str = "as is"
    mirrored: bool = False
    inverted: bool = False
    bars: str | None = None
    homography: npt.NDArray[np.float64] | None = None
    region: Polygon | None = None
    part: Polygon | None = None
    ambiguous: bool = False
    frames: int = 1
    looks: int = 1
    algorithms: frozenset[str] = field(default_factory=frozenset)

    @property
    def subject(self) -> tuple[str | None, str | None]:
        """What is protected: ids of work and element."""
        return self.reference.work_id, self.reference.element_id
