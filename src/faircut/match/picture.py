"""Finds registered films and pictures in an asset: codes first, then local features where codes explain nothing.

The cascade: sparse codes of the query among dense codes of the references (:mod:`.candidates`), lines of time and the
ends of segments (:mod:`.stretches`), single pictures (:mod:`.stills`), local features of what is left
(:mod:`.features`), less what proves nothing (:mod:`.suppression`), one sighting of each thing (:mod:`.merging`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from faircut.domain import Asset, Fingerprint, Match, MediaKind, Stage
from faircut.fingerprints import framing, keypoints, pdq
from faircut.index.live import LOCK_S, LiveIndex
from faircut.index.multi_hash import HammingScheme
from faircut.match import probability
from faircut.match.candidates import candidates
from faircut.match.feature_moments import FeatureQuery
from faircut.match.features import pictured, stretches_by_features
from faircut.match.frames import FrameMatcher
from faircut.match.hints import confirmed
from faircut.match.merging import merged, score
from faircut.match.query import PictureQuery
from faircut.match.shelf import PictureShelf
from faircut.match.sightings import Polygon, Sighting
from faircut.match.stills import Hint, images, slides
from faircut.match.stretches import stretches
from faircut.match.suppression import without_common, without_negatives
from faircut.protocols import CatalogueReader

_BARS = {
    (pdq.ALGORITHM, pdq.ALGORITHM): None,
    (framing.ALGORITHM, framing.ALGORITHM): None,
    (framing.ALGORITHM, pdq.ALGORITHM): "added",
    (pdq.ALGORITHM, framing.ALGORITHM): "cut off",
}
"""What was done to the bars, by the algorithms of query and reference that agree."""


class PictureMatcher:
    """A Detector over ``pdq-v1``, ``pdq-framed-v1`` and ``keypoints-v2`` fingerprints. Thread-safe."""

    name = "picture"
    version = "picture-v6"
    stages = frozenset({Stage.UPLOAD, Stage.OUTPUT, Stage.DATASET, Stage.PUBLISHED})
    kinds = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._frames = FrameMatcher(catalogue, catalogue.index_folder)
        scheme = HammingScheme(min_quality=pdq.FAINT_QUALITY)
        self._indexes = {
            name: LiveIndex(catalogue, name, scheme, folder=catalogue.index_folder)
            for name in (pdq.ALGORITHM, framing.ALGORITHM)
        }

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        return all([self._frames.compact(), *(index.compact(timeout=LOCK_S) for index in self._indexes.values())])

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:
        """Raises KeyError when the asset has no picture fingerprint: then nothing was checked."""
        return tuple(_match(asset, each) for each in self.sightings(asset.kind, fingerprints))

    def sightings(self, kind: MediaKind, fingerprints: Mapping[str, Fingerprint]) -> list[Sighting]:
        """What :meth:`detect` reports, as the stages of the cascade know it. Raises KeyError as it does."""
        prints = [fingerprints[pdq.ALGORITHM]]
        if framing.ALGORITHM in fingerprints:
            prints.append(fingerprints[framing.ALGORITHM])
        queries = {each.algorithm: PictureQuery.of(each) for each in prints if len(each)}
        seen: list[Sighting] = []
        hints: list[Hint] = []
        shelves = {name: PictureShelf(name, index.view()) for name, index in self._indexes.items()}
        for name, shelf in shelves.items():
            for algorithm, query in queries.items() if len(shelf) else ():
                found, may_be = _by_codes(kind, query, shelf, _BARS[algorithm, name])
                seen += found
                hints += may_be
        if (points := keypoints.among(fingerprints)) is not None:
            seen += self._by_features(kind, queries.get(pdq.ALGORITHM), points, shelves[pdq.ALGORITHM], seen)
            seen += confirmed(hints, points, self._frames, seen)
        left = without_common(without_negatives(seen), shelves[pdq.ALGORITHM].of)
        return merged(left)

    def _by_features(
        self,
        kind: MediaKind,
        query: PictureQuery | None,
        points: Fingerprint,
        shelf: PictureShelf,
        seen: list[Sighting],
    ) -> list[Sighting]:
        if query is None:
            return []
        features = FeatureQuery.of(points)
        if kind is MediaKind.IMAGE:
            return [] if query.cards.all() else list(pictured(features, self._frames))
        return stretches_by_features(query, features, self._frames, seen, shelf.of)


def _by_codes(
    kind: MediaKind, query: PictureQuery, shelf: PictureShelf, bars: str | None
) -> tuple[list[Sighting], list[Hint]]:
    if kind is MediaKind.IMAGE:
        return images(query, shelf, bars)
    found = [each for hits in candidates(query, shelf, bars) for each in stretches(query, hits)]
    return [*found, *slides(query, shelf, bars, found)], []


def _match(asset: Asset, seen: Sighting) -> Match:
    evidence: dict[str, Any] = {
        "transform": seen.transform,
        "moments": [
            {key: value for key, value in each._asdict().items() if value is not None} for each in seen.moments
        ],
        "algorithms": sorted(seen.algorithms),
        "mirrored": seen.mirrored,
        "inverted": seen.inverted,
        "reversed": seen.line is not None and seen.line.speed < 0,
    }
    if seen.distance is not None:
        evidence["mean_distance"] = round(seen.distance, 2)
    if seen.inliers is not None:
        evidence["inliers"] = round(seen.inliers)
    if seen.homography is not None:
        evidence["homography"] = [round(float(each), 6) for each in seen.homography.reshape(-1)]
        evidence["region"] = {"query": _corners(seen.region), "reference": _corners(seen.part)}
    if seen.bars:
        evidence["bars"] = seen.bars
    if seen.line is not None:
        evidence |= {"speed": round(seen.line.speed, 3), "frames": seen.frames}
    if seen.ambiguous:
        evidence["ambiguous"] = True
    return Match(
        detector=seen.algorithm,
        input=asset.label,
        work_id=seen.reference.work_id,
        element_id=seen.reference.element_id,
        reference_id=seen.reference.id,
        score=round(score(seen), 4),
        probability=round(probability.of(seen), 6),
        query=seen.query,
        reference=seen.shown,
        evidence=evidence,
    )


def _corners(polygon: Polygon | None) -> list[list[float]]:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) if polygon is None else polygon
    return [[round(float(x), 4), round(float(y), 4)] for x, y in corners]
