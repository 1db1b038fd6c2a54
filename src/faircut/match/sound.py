"""Finds stretches of registered sound in an asset, by two fingerprints of which either suffices.

Chromaprint (:mod:`.sound_chromaprint`) tells the harmony of sound that is played as it was; landmarks
(:mod:`.sound_landmarks`) are found again under noise and voices, and at another speed, tempo or pitch, and what they
leave in doubt is compared band by band and moment by moment (:mod:`.sound_levels`). What both hear is likelier a copy
than what one hears. What negative references or the works of many parties explain is no evidence
(:mod:`.sound_hearings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from faircut.domain import Asset, Fingerprint, Match, MediaKind, Segment, Stage
from faircut.fingerprints import chromaprint, landmarks, levels
from faircut.match.sound_chromaprint import CodeSearch
from faircut.match.sound_hearings import Hearing, merged, unexplained
from faircut.match.sound_landmarks import LandmarkSearch
from faircut.protocols import CatalogueReader


class SoundMatcher:
    """A Detector over ``chromaprint-v1``, ``landmarks-v1`` and ``levels-v1`` fingerprints. Thread-safe."""

    name = "sound"
    version = "sound-v4"
    stages = frozenset({Stage.UPLOAD, Stage.OUTPUT, Stage.DATASET, Stage.PUBLISHED})
    kinds = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._codes = CodeSearch(catalogue)
        self._landmarks = LandmarkSearch(catalogue)

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        # A list, for all of them are to be written, whether or not one before could not be.
        done = [search.compact() for search in (self._codes, self._landmarks)]
        return all(done)

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:
        """No sound fingerprint means that the file has no sound: nothing to find."""
        heard: list[Hearing] = []
        if (codes := fingerprints.get(chromaprint.ALGORITHM)) is not None and len(codes):
            heard += self._codes.hear(codes)
        if (points := fingerprints.get(landmarks.ALGORITHM)) is not None and len(points):
            heard += self._landmarks.hear(points, fingerprints.get(levels.ALGORITHM))
        return tuple(_match(asset, each) for each in unexplained(merged(heard)))


def _match(asset: Asset, hearing: Hearing) -> Match:
    return Match(
        detector=hearing.algorithm,
        input=asset.label,
        work_id=hearing.reference.work_id,
        element_id=hearing.reference.element_id,
        reference_id=hearing.reference.id,
        score=round(min(max(hearing.score, 0.0), 1.0), 4),
        probability=round(hearing.probability, 6),
        query=_rounded(hearing.query),
        reference=_rounded(hearing.heard),
        evidence={
            "algorithms": sorted(hearing.algorithms),
            "speed": round(hearing.speed, 3),
            "pitch": round(hearing.pitch, 3),
            **hearing.details,
        },
    )


def _rounded(segment: Segment) -> Segment:
    return Segment(round(segment.start, 3), round(segment.end, 3))
