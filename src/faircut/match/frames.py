"""Finds the registered pictures that a query's key moments show in whole or in part, by local features.

Points vote for registered moments (:mod:`.frame_votes`), and the best candidates are verified point by point
(:mod:`.geometry`). A picture may show several works: what one of them explains is taken away before the next is
verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Picture, Places
from faircut.index.inverted import InvertedScheme
from faircut.index.live import LiveIndex, RegisteredSource
from faircut.index.store import Entry
from faircut.index.views import View
from faircut.match.frame_votes import Candidate, candidates, scheme
from faircut.match.geometry import Agreement, agree, correspond, outlines, promise

ENOUGH = 8
"""Distinct places that must agree. See ``docs/fingerprints.md`` for what this was chosen on."""
_CANDIDATES = 12
_LEAST_PROMISE = 2
_MOST_FAILURES = 3
"""Candidates that may turn out to be nothing before a picture is given up; hopeful ones are not counted."""
_HOPEFUL = 4
_FLIP = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])


@dataclass(frozen=True, slots=True)
class FrameHit:
    """A key moment of the query that shows a moment of a reference.

    ``inliers``: distinct places that agree. ``homography``: (3, 3), query to reference, both pictures in 0..1 of their
    width and height. ``region_query``: where the copy stands in the query; ``region_reference``: the part of the
    reference that it shows; polygons in 0..1. ``probability``: calibrated chance that it is a true copy.
    """

    entry: Entry
    query_time: float
    reference_time: float
    inliers: int
    probability: float
    homography: npt.NDArray[np.float64]
    mirrored: bool
    inverted: bool
    region_query: list[list[float]]
    region_reference: list[list[float]]

    @property
    def reference(self) -> Reference:
        return self.entry.reference


def probability(inliers: int) -> float:
    """The calibrated chance that this many agreeing places are a true copy."""
    return float(1.0 / (1.0 + np.exp(-(inliers - 7.0) * 1.5)))


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to look at a query's moment: as is, mirrored, inverted or both."""

    mirrored: bool
    inverted: bool
    places: Places
    projected: npt.NDArray[np.float32]
    codes: npt.NDArray[np.uint8]

    @classmethod
    def at(cls, picture: Picture, *, mirrored: bool, inverted: bool) -> _Look:
        xy, size, angle, aspect = picture.places
        if mirrored:
            xy = np.stack([1 - xy[:, 0], xy[:, 1]], axis=1)
            angle = np.float32(np.pi) - angle
        if inverted:
            angle = angle + np.float32(np.pi)
        projected = keypoint_codes.project(picture.rows, mirrored=mirrored, inverted=inverted)
        return cls(mirrored, inverted, Places(xy, size, angle, aspect), projected, keypoint_codes.pack(projected))

    def without(self, rows: npt.NDArray[np.intp]) -> _Look:
        """The same without some points."""
        kept = np.ones(len(self.codes), bool)
        kept[rows] = False
        return _Look(self.mirrored, self.inverted, self.places.some(kept), self.projected[kept], self.codes[kept])


class FrameMatcher:
    """Searches registered ``keypoints-v1`` fingerprints. Thread-safe. ``folder``: see :class:`LiveIndex`."""

    def __init__(self, source: RegisteredSource, folder: Path | None = None) -> None:
        self._index = LiveIndex(source, keypoints.ALGORITHM, scheme(), folder=folder)

    def refresh(self) -> None:
        """Takes in what was registered since, so that the next search need not. Raises what the catalogue raises."""
        self._index.view()

    def search(
        self, query: Fingerprint, moments: Sequence[int] | None = None, *, most: int = 4, inverted: bool = True
    ) -> list[FrameHit]:
        """The registered moments that the query's key moments show, at most ``most`` of each and one a reference.

        ``query``: as :class:`faircut.fingerprints.keypoints.KeypointHasher` makes it for queries. ``moments``: which of
        its key moments to look at, by number; all of them by default. ``inverted``: look for inverted pictures too,
        where the moment shows nothing otherwise.
        """
        view = self._index.view()
        if not len(view):
            return []
        entries = _Entries(view)
        starts = keypoints.boundaries(query)
        found: list[FrameHit] = []
        for number in range(len(starts) - 1) if moments is None else moments:
            picture = keypoints.picture(query, (int(starts[number]), int(starts[number + 1])))
            hits = _shown_by(view, entries, picture, keypoint_codes.VARIANTS[:2], most)
            if not hits and inverted:
                hits = _shown_by(view, entries, picture, keypoint_codes.VARIANTS[2:], most)
            found += hits
        return found

    def compare(
        self,
        query: Fingerprint,
        moment: int,
        entry: Entry,
        reference_time: float,
        *,
        within: float = 1.5,
        mirrored: bool = False,
        inverted: bool = False,
    ) -> FrameHit | None:
        """Verifies one key moment of the query against those of one reference around a time, without any search.

        ``entry``: of ``keypoints-v1``. The hit may have fewer inliers than a search would let pass.
        """
        starts = keypoints.boundaries(query)
        picture = keypoints.picture(query, (int(starts[moment]), int(starts[moment + 1])))
        look = _Look.at(picture, mirrored=mirrored, inverted=inverted)
        best: FrameHit | None = None
        for shown in _moments(entry, reference_time - within, reference_time + within):
            agreement, _ = _verify(look, shown)
            if agreement is not None and (best is None or agreement.inliers > best.inliers):
                best = _hit(entry, picture.time, shown.time, look, agreement)
        return best


class _Entries(dict[int, Entry]):
    """The references that a search comes across, each fetched once."""

    def __init__(self, view: View[InvertedScheme]) -> None:
        super().__init__()
        self._view = view

    def __missing__(self, number: int) -> Entry:
        self[number] = entry = self._view.entry(number)
        return entry


def _shown_by(
    view: View[InvertedScheme], entries: _Entries, picture: Picture, variants: Sequence[tuple[bool, bool]], most: int
) -> list[FrameHit]:
    looks = [_Look.at(picture, mirrored=mirrored, inverted=inverted) for mirrored, inverted in variants]
    listed = [
        (_promise(entries, look, candidate), candidate.votes, candidate, which)
        for which, look in enumerate(looks)
        for candidate in candidates(view, look.places, look.projected, _CANDIDATES)
    ]
    found: list[FrameHit] = []
    seen: set[int] = set()
    failures = 0
    for promised, _, candidate, which in sorted(listed, key=lambda each: each[:2], reverse=True):
        if promised < _LEAST_PROMISE or failures >= _MOST_FAILURES:
            break
        if candidate.entry in seen:
            continue
        entry = entries[candidate.entry]
        failures += promised < _HOPEFUL
        for shown in _moments(entry, candidate.time, candidate.time):
            agreement, rows = _verify(looks[which], shown)
            if agreement is not None and agreement.inliers >= ENOUGH:
                failures = 0
                found.append(_hit(entry, picture.time, shown.time, looks[which], agreement))
                seen.add(candidate.entry)
                looks = [look.without(rows) for look in looks]
                break
        if len(found) >= most:
            break
    return found


def _promise(entries: _Entries, look: _Look, candidate: Candidate) -> int:
    there = keypoints.places(entries[candidate.entry].codes[candidate.rows])
    return promise(look.places.some(candidate.points), there)


def _moments(entry: Entry, start: float, end: float) -> Iterator[Picture]:
    """The key moments of a reference from ``start`` to ``end`` that are not excluded."""
    first = int(np.searchsorted(entry.times, np.float32(start)))
    last = int(np.searchsorted(entry.times, np.float32(end), side="right"))
    part = slice(first, last)
    near = Fingerprint(keypoints.ALGORITHM, entry.codes[part], entry.times[part], entry.quality[part], entry.duration)
    starts = keypoints.boundaries(near)
    for span in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if not entry.excluded[first + span[0]]:
            yield keypoints.picture(near, span)


def _verify(look: _Look, shown: Picture) -> tuple[Agreement | None, npt.NDArray[np.intp]]:
    """The agreement with a registered moment, and the rows of the query that it rests on."""
    pairs = correspond(look.codes, np.ascontiguousarray(shown.rows), shown.places)
    agreement = agree(look.places, shown.places, pairs)
    return agreement, pairs.query[agreement.pairs] if agreement is not None else np.empty(0, np.intp)


def _hit(entry: Entry, query_time: float, reference_time: float, look: _Look, agreement: Agreement) -> FrameHit:
    homography = agreement.homography @ _FLIP if look.mirrored else agreement.homography
    homography = homography / homography[2, 2]
    seen, shown = outlines(homography)
    return FrameHit(
        entry=entry,
        query_time=query_time,
        reference_time=reference_time,
        inliers=agreement.inliers,
        probability=probability(agreement.inliers),
        homography=homography,
        mirrored=look.mirrored,
        inverted=look.inverted,
        region_query=seen,
        region_reference=shown,
    )
