"""Finds the registered pictures that a query's key moments show in whole or in part, by local features.

Points vote for registered moments (:mod:`.frame_votes`), and the best candidates are verified point by point
(:mod:`.geometry`). A picture may show several works, side by side or one registered twice: each is verified with all
points. What they explain is not looked at mirrored or inverted any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Picture, Places
from faircut.index.inverted import InvertedScheme
from faircut.index.live import LOCK_S, LiveIndex, RegisteredSource
from faircut.index.store import Entry
from faircut.index.views import View
from faircut.match.frame_votes import Candidate, candidates, scheme
from faircut.match.geometry import Agreement, agree, correspond, outlines, promise
from faircut.match.shelf import number_of
from faircut.match.versions import Versions

ENOUGH = 8
"""Distinct places that must agree. See ``docs/fingerprints.md`` for what this was chosen on."""
_CANDIDATES = 12
_LEAST_PROMISE = 2
_MOST_FAILURES = 3
"""Candidates that may turn out to be nothing before a picture is given up; hopeful ones are not counted."""
_HOPEFUL = 4
_SIBLINGS = 4
"""Moments of one reference that are compared, once one of them is verified, for the nearest."""
_GRID = 6
_SETTLED = 0.85
"""Share of points in explained cells of a grid, above which a picture is not looked at mirrored or inverted as well."""
LARGE = 20_000_000
"""Registered points, some 20 hours of film, above which a search has a budget: see :meth:`FrameMatcher.search`."""
_BUDGET_MOMENTS = 8
_BUDGET_POINTS = 300
_FEW = 4
_EVERY = {(False, False): 1, (True, False): 2, (False, True): 4, (True, True): 4}
"""Of more than ``_FEW`` moments, one in so many is looked at mirrored, inverted or both."""
_FLIP = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])


@dataclass(frozen=True, slots=True)
class FrameHit:
    """A key moment of the query that shows a moment of a reference.

    ``inliers``: distinct places that agree. ``homography``: (3, 3), query to reference, both pictures in 0..1 of their
    width and height. ``region_query``: where the copy stands in the query; ``region_reference``: the part of the
    reference that it shows; polygons in 0..1. ``probability``: calibrated chance that it is a true copy. ``beside``:
    the moments of the reference that it was compared with, and the places that agree there.
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
    beside: tuple[tuple[float, int], ...] = ()

    @property
    def reference(self) -> Reference:
        return self.entry.reference


def probability(inliers: int) -> float:
    """The calibrated chance that this many agreeing places are a true copy."""
    return float(1.0 / (1.0 + np.exp(-(inliers - 7.0) * 1.5)))


@dataclass(frozen=True, slots=True)
class _Look:
    """A query's moment laid one way: as is, mirrored, inverted or both."""

    mirrored: bool
    inverted: bool
    places: Places
    projected: npt.NDArray[np.float32]
    codes: npt.NDArray[np.uint8]

    @classmethod
    def at(cls, picture: Picture, variant: tuple[bool, bool]) -> _Look:
        mirrored, inverted = variant
        places = keypoints.laid(picture.places, mirrored=mirrored, inverted=inverted)
        projected = keypoint_codes.project(picture.rows, mirrored=mirrored, inverted=inverted)
        return cls(mirrored, inverted, places, projected, keypoint_codes.pack(projected))


class _Entries(dict[int, Entry]):
    """The references that a search comes across, each fetched once."""

    def __init__(self, view: View[InvertedScheme]) -> None:
        super().__init__()
        self._view = view

    def __missing__(self, number: int) -> Entry:
        self[number] = entry = self._view.entry(number)
        return entry


class _Scene:
    """A key moment of the query, and what was found in it so far."""

    def __init__(self, picture: Picture, most: int, voting: int | None = None) -> None:
        self._picture = picture
        self._left = np.ones(len(picture), bool)
        self._most = most
        self._voting = slice(voting)
        self.hits: list[FrameHit] = []

    @property
    def settled(self) -> bool:
        """Whether nothing else is likely to be found: most points stand where some agree with what was found."""
        if len(self.hits) >= self._most:
            return True
        cells = (self._picture.places.xy * _GRID).astype(int) @ [1, _GRID + 1]
        told = np.isin(cells, cells[~self._left])
        return bool(self.hits) and float(told.mean()) >= _SETTLED

    def search(self, view: View[InvertedScheme], entries: _Entries, variant: tuple[bool, bool]) -> bool:
        """Looks for registered moments in what is left of the picture, laid one way. Says whether there was one."""
        rows = np.flatnonzero(self._left)
        where = Picture(
            self._picture.places.some(rows), self._picture.rows[rows], self._picture.time, self._picture.quality[rows]
        )
        look = _Look.at(where, variant)
        listed = [
            (_promise(entries, look, candidate), candidate)
            for candidate in candidates(view, look.places.some(self._voting), look.projected[self._voting], _CANDIDATES)
        ]
        before, failures = len(self.hits), 0
        seen = {hit.entry.reference.id for hit in self.hits}
        for promised, candidate in sorted(listed, key=lambda each: (each[0], each[1].votes), reverse=True):
            if promised < _LEAST_PROMISE or failures >= _MOST_FAILURES or len(self.hits) >= self._most:
                break
            entry = entries[candidate.entry]
            if entry.reference.id in seen:
                continue
            hit, used = _best(look, entry, candidate.time, self._picture.time)
            if hit is None or hit.inliers < ENOUGH:
                failures += promised < _HOPEFUL
                continue
            for time in [each.time for _, each in listed if each.entry == candidate.entry][:_SIBLINGS]:
                other, these = _best(look, entry, time, self._picture.time)
                if other is not None and other.inliers > hit.inliers:
                    hit, used = other, these
            failures = 0
            seen.add(entry.reference.id)
            self.hits.append(hit)
            self._left[rows[used]] = False
        return len(self.hits) > before


class FrameMatcher:
    """Searches registered local features, of any readable version. Thread-safe. ``folder``: see :class:`LiveIndex`."""

    def __init__(self, source: RegisteredSource, folder: Path | None = None) -> None:
        versions = Versions(source, keypoints.READABLE)
        self._index = LiveIndex(versions, keypoints.ALGORITHM, scheme(), folder=folder)

    def refresh(self) -> None:
        """Takes in what was registered since, so that the next search need not. Raises what the catalogue raises."""
        self._index.view()

    def compact(self) -> bool:
        """See :class:`faircut.protocols.HoldsIndexes`."""
        return self._index.compact(timeout=LOCK_S)

    def search(
        self, query: Fingerprint, moments: Sequence[int] | None = None, *, most: int = 4, inverted: bool = True
    ) -> list[FrameHit]:
        """The registered moments that the query's key moments show, at most ``most`` of each and one a reference.

        ``query``: as :class:`faircut.fingerprints.keypoints.KeypointHasher` makes it for queries. ``moments``: which of
        its key moments to look at, by number; all of them by default. ``inverted``: look for inverted pictures too.

        A clip is flipped as a whole or not at all: of many moments only some are looked at mirrored or inverted, and
        all of them once one of those shows something. In a large catalogue the strongest points of at most eight
        moments, evenly spread, are looked up; :meth:`compare` tells of the others.
        """
        view = self._index.view()
        if not len(view):
            return []
        starts = keypoints.boundaries(query)
        asked = list(range(len(starts) - 1) if moments is None else moments)
        if not asked:
            return []
        voting = None
        if len(view) > LARGE:
            voting = _BUDGET_POINTS
            asked = [
                asked[each] for each in np.unique(np.linspace(0, len(asked) - 1, _BUDGET_MOMENTS).round().astype(int))
            ]
        pictures = [keypoints.picture(query, (int(starts[each]), int(starts[each + 1]))) for each in asked]
        scenes = [_Scene(picture, most, voting) for picture in pictures]
        entries = _Entries(view)
        for variant in keypoint_codes.VARIANTS if inverted else keypoint_codes.VARIANTS[:2]:
            every = 1 if len(scenes) <= _FEW else _EVERY[variant]
            sample = {*range(0, len(scenes), every), len(scenes) - 1}
            rest = set(range(len(scenes))) - sample
            if _search(scenes, sample, view, entries, variant):
                _search(scenes, rest, view, entries, variant)
        return [hit for scene in scenes for hit in scene.hits]

    def of(self, reference_id: str) -> Entry | None:
        """The local features of one reference; None where it has none."""
        view = self._index.view()
        number = number_of(view, reference_id)
        return None if number is None else view.entry(number)

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

        ``entry``: of ``keypoints-v2``, or of an older version that can be read. The hit may have fewer inliers than a
        search would let pass.
        """
        starts = keypoints.boundaries(query)
        picture = keypoints.picture(query, (int(starts[moment]), int(starts[moment + 1])))
        look = _Look.at(picture, (mirrored, inverted))
        compared = [_best(look, entry, time, picture.time)[0] for time in _times(entry, reference_time, within)]
        hits = [hit for hit in compared if hit is not None]
        if not hits:
            return None
        best = max(hits, key=lambda hit: hit.inliers)
        return replace(best, beside=tuple((hit.reference_time, hit.inliers) for hit in hits))


def _search(
    scenes: Sequence[_Scene],
    which: Collection[int],
    view: View[InvertedScheme],
    entries: _Entries,
    variant: tuple[bool, bool],
) -> bool:
    """Whether any of the scenes, those that are settled aside, shows something that way."""
    found = [scenes[each].search(view, entries, variant) for each in which if not scenes[each].settled]
    return any(found)


def _promise(entries: _Entries, look: _Look, candidate: Candidate) -> int:
    aspect = keypoints.aspect(entries[candidate.entry].codes[candidate.row : candidate.row + 1])
    return promise(look.places.some(candidate.points), candidate.there._replace(aspect=aspect))


def _times(entry: Entry, time: float, within: float) -> list[float]:
    near = entry.times[np.searchsorted(entry.times, time - within) : np.searchsorted(entry.times, time + within)]
    return [float(each) for each in np.unique(near)]


def _best(look: _Look, entry: Entry, time: float, query_time: float) -> tuple[FrameHit | None, npt.NDArray[np.intp]]:
    """The verified agreement with the reference's moment at ``time``, and the rows of the look that it rests on."""
    best: tuple[FrameHit | None, npt.NDArray[np.intp]] = None, np.empty(0, np.intp)
    for shown in _moments(entry, time, time):
        pairs = correspond(look.codes, np.ascontiguousarray(shown.rows), shown.places)
        agreement = agree(look.places, shown.places, pairs)
        if agreement is not None and (best[0] is None or agreement.inliers > best[0].inliers):
            best = _hit(entry, query_time, shown.time, look, agreement), pairs.query[agreement.pairs]
    return best


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
