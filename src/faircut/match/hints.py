"""Images that codes call near, not near enough by themselves, and that a few local features confirm.

Coarse coding and painting over move a dim picture's code further than 31 bits, and leave few of its points. Neither
proves anything then, but they go wrong for different reasons: strangers lie 88 bits apart at the least, and of some
17,000 pairs of them none had as much as four points in agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from faircut.domain import Fingerprint
from faircut.fingerprints import keypoints
from faircut.match.frames import FrameHit, FrameMatcher
from faircut.match.looks import Looks
from faircut.match.query import homography, inverted, mirrored
from faircut.match.sightings import Sighting
from faircut.match.stills import Hint

PLACES = 5
"""Distinct places that must agree, about as the codes say that the picture is laid."""
_WITHIN = 1.5
"""Seconds around the moment that the codes point at: one moment a second is kept."""
_ABOUT = 0.15
"""Of width and height: how far, on average, the points' map may lead from where the codes' way of laying does."""


def confirmed(
    hints: Sequence[Hint], points: Fingerprint, frames: FrameMatcher, seen: Sequence[Sighting]
) -> list[Sighting]:
    """The hints that the local features of an image, ``points``, confirm; none of what is ``seen`` already."""
    known = {each.reference.id for each in seen}
    found: list[Sighting] = []
    looks = Looks(points)
    for hint in hints:
        each = hint.sighting
        if each.reference.id in known or (hit := _agreeing(hint, looks, frames)) is None:
            continue
        known.add(each.reference.id)
        # How it is laid the codes know better than a few points do.
        algorithms = frozenset({each.algorithm, keypoints.ALGORITHM})
        found.append(replace(each, inliers=float(hit.inliers), algorithms=algorithms))
    return found


def _agreeing(hint: Hint, looks: Looks, frames: FrameMatcher) -> FrameHit | None:
    """The best of the image's pictures with the reference around the moment that the hint is of."""
    entry = frames.of(hint.sighting.reference.id)
    if entry is None:
        return None
    hits = [
        frames.compare(
            looks,
            number,
            entry,
            hint.sighting.moments[0].reference,
            within=_WITHIN,
            mirrored=mirrored(hint.way),
            inverted=inverted(hint.way),
        )
        for number in range(len(looks))
    ]
    good = [each for each in hits if each is not None and each.inliers >= PLACES and _laid_so(each, hint)]
    return max(good, key=lambda each: each.inliers, default=None)


def _laid_so(hit: FrameHit, hint: Hint) -> bool:
    """Whether the map of the points is about that of the codes. Where bars went or came, the codes know none."""
    if hint.sighting.bars is not None:
        return True
    grid = np.array([[[x, y] for x in (0.2, 0.5, 0.8) for y in (0.2, 0.5, 0.8)]])
    one, other = (cv2.perspectiveTransform(grid, each)[0] for each in (hit.homography, homography(hint.way)))
    return float(np.linalg.norm(one - other, axis=1).mean()) <= _ABOUT
