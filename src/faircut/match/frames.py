"""Finds the registered pictures that a query's key moments show in whole or in part, by local features.

Points vote for registered moments (:mod:`.frame_votes`), and the best candidates are verified point by point
(:mod:`.geometry`). A picture may show several works, side by side or one registered twice: each is verified with all
points. What they explain is not looked at mirrored or inverted any more. What repeats, as letters do, must agree
throughout (:mod:`.consistency`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Picture, Places
from faircut.index.inverted import InvertedScheme
from faircut.index.live import LOCK_S, LiveIndex, RegisteredSource
from faircut.index.store import Entry
from faircut.index.views import View
from faircut.match.consistency import consistency
from faircut.match.frame_votes import Candidate, candidates, scheme
from faircut.match.geometry import Agreement, Pairs, agree, correspond, outlines, promises
from faircut.match.looks import Look, Looks, Variant
from faircut.match.shelf import number_of
from faircut.match.versions import Versions

ENOUGH = 8
"""Distinct places that must agree. See ``docs/fingerprints.md`` for what this was chosen on."""
_CANDIDATES = 12
_LEAST_PROMISE = 2
_MOST_FAILURES = 3
"""Candidates that may turn out to be nothing before a picture is given up; hopeful ones are not counted."""
_HOPEFUL = 4
_SIBLINGS = 2
"""Moments of one reference that are compared, once one of them is verified, for the nearest."""
_GRID = 6
_SETTLED = 0.85
"""Share of points in explained cells of a grid, above which a picture is not looked at mirrored or inverted as well."""
LARGE = 1_000_000
"""Registered points, an hour or two of film, above which a search has a budget: see :meth:`FrameMatcher.search`."""
_BUDGET_MOMENTS = 8
_BUDGET_POINTS = 300
_EXPECTED, _NEAREST = 1.5, 2
"""Seconds about where codes put a moment, and how many moments of the reference there it is compared with."""
_SURE = 20
"""Distinct places that must agree there. Fewer would not say as well as the codes how the picture is laid."""
_FEW = 4
_TOGETHER = 8
"""Moments that are looked up together."""
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


class _Verified(NamedTuple):
    """A hit, the rows of the look that it rests on, the moment that they agree with, and their map to it."""

    hit: FrameHit
    used: npt.NDArray[np.intp]
    shown: Picture
    homography: npt.NDArray[np.float64]

    def throughout(self, look: Look) -> bool:
        """Whether as much agrees as would in a copy."""
        known = np.ascontiguousarray(self.shown.rows)
        return consistency(look.places, look.codes, self.shown.places, known, self.homography).enough


class Expected(NamedTuple):
    """What codes say that a moment of the query shows: a reference, its time, and how it is laid."""

    reference_id: str
    time: float
    variant: Variant


class _Left(NamedTuple):
    """Rows of a picture's points that nothing explains so far, and these laid one way."""

    rows: npt.NDArray[np.intp]
    look: Look


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

    def __init__(self, looks: Looks, moment: int, most: int, voting: int | None = None) -> None:
        self._looks = looks
        self._moment = moment
        self._picture = looks.picture(moment)
        self._left = np.ones(len(self._picture), bool)
        self._most = most
        self._voting = voting
        self.hits: list[FrameHit] = []

    @property
    def settled(self) -> bool:
        """Whether nothing else is likely to be found: most points stand where some agree with what was found."""
        if len(self.hits) >= self._most:
            return True
        cells = (self._picture.places.xy * _GRID).astype(int) @ [1, _GRID + 1]
        told = np.isin(cells, cells[~self._left])
        return bool(self.hits) and float(told.mean()) >= _SETTLED

    def expect(self, entry: Entry, time: float, variant: Variant) -> None:
        """Looks whether the picture shows what it is said to, without a search."""
        look = self._looks.at(self._moment, variant)
        near = [_best(self._looks, look, entry, each) for each in _times(entry, time, _EXPECTED, _NEAREST)]
        best = max((each for each in near if each is not None), key=lambda each: each.hit.inliers, default=None)
        if best is not None and best.hit.inliers >= _SURE and best.throughout(look):
            self.hits.append(best.hit)
            self._left[best.used] = False

    def left(self, variant: Variant) -> _Left:
        """What is left of the picture, laid one way."""
        rows = np.flatnonzero(self._left)
        return _Left(rows, self._look(rows, variant))

    def question(self, left: _Left) -> tuple[Places, npt.NDArray[np.float32]]:
        """What is looked up of it."""
        return left.look.places.some(slice(self._voting)), left.look.projected(self._voting)

    def verify(self, left: _Left, named: Sequence[Candidate], entries: _Entries) -> bool:
        """Takes those of the candidates that what is left does show. Says whether there was one."""
        rows, look = left
        listed = list(zip(promises([_laid_on(entries, look, each) for each in named]), named, strict=True))
        before, failures = len(self.hits), 0
        seen = {hit.entry.reference.id for hit in self.hits}
        for promised, candidate in sorted(listed, key=lambda each: (each[0], each[1].votes), reverse=True):
            if promised < _LEAST_PROMISE or failures >= _MOST_FAILURES or len(self.hits) >= self._most:
                break
            entry = entries[candidate.entry]
            if entry.reference.id in seen:
                continue
            best = _best(self._looks, look, entry, candidate.time)
            if best is None or best.hit.inliers < ENOUGH:
                failures += promised < _HOPEFUL
                continue
            for time in [each.time for _, each in listed if each.entry == candidate.entry][:_SIBLINGS]:
                other = _best(self._looks, look, entry, time)
                if other is not None and other.hit.inliers > best.hit.inliers:
                    best = other
            seen.add(entry.reference.id)
            if not best.throughout(look):
                continue
            failures = 0
            self.hits.append(best.hit)
            self._left[rows[best.used]] = False
        return len(self.hits) > before

    def _look(self, rows: npt.NDArray[np.intp], variant: Variant) -> Look:
        if len(rows) == len(self._picture):
            return self._looks.at(self._moment, variant)
        picture = self._picture
        left = Picture(picture.places.some(rows), picture.rows[rows], picture.time, picture.quality[rows])
        return Look(left, variant)


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
        self,
        query: Fingerprint | Looks,
        moments: Sequence[int] | None = None,
        *,
        most: int = 4,
        inverted: bool = True,
        expected: Mapping[int, Sequence[Expected]] | None = None,
    ) -> list[FrameHit]:
        """The registered moments that the query's key moments show, at most ``most`` of each and one a reference.

        ``query``: as :class:`faircut.fingerprints.keypoints.KeypointHasher` makes it for queries. ``moments``: which of
        its key moments to look at, by number; all of them by default. ``inverted``: look for inverted pictures too.

        A clip is flipped as a whole or not at all: of many moments only some are looked at mirrored or inverted, one
        where most show something laid another way, and all of them once one of those shows something. In a large
        catalogue the strongest points of at most eight moments, evenly spread, are looked up; :meth:`compare` tells of
        the others. What is ``expected`` of a moment is compared with it first, and what that explains is not looked
        up.
        """
        view = self._index.view()
        if not len(view):
            return []
        looks = query if isinstance(query, Looks) else Looks(query)
        asked = list(range(len(looks)) if moments is None else moments)
        if not asked:
            return []
        voting = None
        if len(view) > LARGE:
            voting = _BUDGET_POINTS
            asked = [
                asked[each] for each in np.unique(np.linspace(0, len(asked) - 1, _BUDGET_MOMENTS).round().astype(int))
            ]
        scenes = [_Scene(looks, moment, most, voting) for moment in asked]
        entries = _Entries(view)
        for moment, scene in zip(asked, scenes, strict=True):
            for each in (expected or {}).get(moment, ()):
                if (number := number_of(view, each.reference_id)) is not None:
                    scene.expect(entries[number], each.time, each.variant)
        for variant in keypoint_codes.VARIANTS if inverted else keypoint_codes.VARIANTS[:2]:
            every = 1 if len(scenes) <= _FEW else _EVERY[variant]
            sample = {*range(0, len(scenes), every), len(scenes) - 1}
            if any(variant) and len(scenes) > _FEW and 2 * sum(bool(scene.hits) for scene in scenes) >= len(scenes):
                # Most show something laid another way: that a second work is beside it is told by one of them as well.
                open_ = [number for number, scene in enumerate(scenes) if not scene.settled]
                sample = set(open_[len(open_) // 2 :][:1])
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
        query: Fingerprint | Looks,
        moment: int,
        entry: Entry,
        reference_time: float,
        *,
        within: float = 1.5,
        most: int | None = None,
        mirrored: bool = False,
        inverted: bool = False,
    ) -> FrameHit | None:
        """Verifies one key moment of the query against those of one reference around a time, without any search.

        ``within``: seconds to either side. ``most``: how many moments of the reference, the nearest in time; by default
        all of them.

        ``entry``: of ``keypoints-v2``, or of an older version that can be read. The hit may have fewer inliers than a
        search would let pass.
        """
        looks = query if isinstance(query, Looks) else Looks(query)
        look = looks.at(moment, (mirrored, inverted))
        compared = [_best(looks, look, entry, time) for time in _times(entry, reference_time, within, most)]
        hits = [each.hit for each in compared if each is not None]
        if not hits:
            return None
        best = max(hits, key=lambda hit: hit.inliers)
        return replace(best, beside=tuple((hit.reference_time, hit.inliers) for hit in hits))


def _search(
    scenes: Sequence[_Scene],
    which: Collection[int],
    view: View[InvertedScheme],
    entries: _Entries,
    variant: Variant,
) -> bool:
    """Whether any of the scenes, those that are settled aside, shows something that way."""
    open_ = [scenes[each] for each in which if not scenes[each].settled]
    found = False
    for start in range(0, len(open_), _TOGETHER):
        some = open_[start : start + _TOGETHER]
        left = [scene.left(variant) for scene in some]
        questions = [scene.question(each) for scene, each in zip(some, left, strict=True)]
        for scene, each, named in zip(some, left, candidates(view, questions, _CANDIDATES), strict=True):
            found |= scene.verify(each, named, entries)
    return found


def _laid_on(entries: _Entries, look: Look, candidate: Candidate) -> tuple[Places, Places]:
    """The points of the look that voted for a candidate, and where they would stand in it."""
    aspect = keypoints.aspect(entries[candidate.entry].codes[candidate.row : candidate.row + 1])
    return look.places.some(candidate.points), candidate.there._replace(aspect=aspect)


def _times(entry: Entry, time: float, within: float, most: int | None) -> list[float]:
    near = entry.times[np.searchsorted(entry.times, time - within) : np.searchsorted(entry.times, time + within)]
    times = np.unique(near)
    return [float(each) for each in np.sort(times[np.argsort(np.abs(times - time), kind="stable")[:most]])]


def _best(looks: Looks, look: Look, entry: Entry, time: float) -> _Verified | None:
    """The verified agreement with the reference's moment at ``time``."""
    key = entry.reference.id, time
    if key not in look.compared:
        look.compared[key] = _verified(look, entry, looks.shown(entry, time))
    best: _Verified | None = look.compared[key]
    return best


def _verified(look: Look, entry: Entry, moments: Sequence[Picture]) -> _Verified | None:
    best: tuple[Agreement, Picture, Pairs] | None = None
    for shown in moments:
        pairs = correspond(look.codes, shown.rows, shown.places)
        agreement = agree(look.places, shown.places, pairs)
        if agreement is not None and (best is None or agreement.inliers > best[0].inliers):
            best = agreement, shown, pairs
    if best is None:
        return None
    agreement, shown, pairs = best
    hit = _hit(entry, look.time, shown.time, look, agreement)
    return _Verified(hit, pairs.query[agreement.pairs], shown, agreement.homography)


def _hit(entry: Entry, query_time: float, reference_time: float, look: Look, agreement: Agreement) -> FrameHit:
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
