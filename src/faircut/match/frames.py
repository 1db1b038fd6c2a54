"""Finds the registered pictures that a query's key moments show in whole or in part, by local features.

Points of a query vote for the registered moments whose points have the same word and nearly the same signature, with
words also tried whose bits were close calls. Votes count together only where they agree on how much larger and how
much further round the registered picture is (weak geometric consistency: Jégou, Douze and Schmid, ECCV 2008). The best
candidates are then verified by :mod:`faircut.match.geometry`. A picture may show several works: what one of them
explains is taken away before the next is verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Picture, Places
from faircut.index.store import Entry, FingerprintSource, FingerprintStore
from faircut.match.geometry import Agreement, agree, correspond, outlines

ENOUGH = 8
"""Distinct places that must agree. See ``docs/fingerprints.md`` for what this was chosen on."""
_WORD_BITS = 18
_PROBES = 8
_SIGNATURE_BITS = 19
_INDEXED = 150
_CANDIDATES = 4
_LEAST_VOTES = 3.0
_ANGLES, _SIZES = 12, 8


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

    def without(self, rows: npt.NDArray[np.intp]) -> _Look:
        """The same without some points."""
        kept = np.ones(len(self.codes), bool)
        kept[rows] = False
        places = self.places._replace(
            xy=self.places.xy[kept], size=self.places.size[kept], angle=self.places.angle[kept]
        )
        return _Look(self.mirrored, self.inverted, places, self.projected[kept], self.codes[kept])


def _look(picture: Picture, *, mirrored: bool, inverted: bool) -> _Look:
    xy, size, angle, aspect = picture.places
    if mirrored:
        xy = np.stack([1 - xy[:, 0], xy[:, 1]], axis=1)
        angle = np.float32(np.pi) - angle
    if inverted:
        angle = angle + np.float32(np.pi)
    projected = keypoint_codes.project(picture.rows, mirrored=mirrored, inverted=inverted)
    return _Look(mirrored, inverted, Places(xy, size, angle, aspect), projected, keypoint_codes.pack(projected))


class FrameMatcher:
    """Searches registered ``keypoints-v1`` fingerprints. Thread-safe after :meth:`refresh`."""

    def __init__(self, source: FingerprintSource) -> None:
        self._reset()
        self._store = FingerprintStore(
            source, keypoints.ALGORITHM, min_quality=1, on_add=self._add, on_rebuild=self._reset
        )

    def refresh(self) -> None:
        """Takes in what was registered or removed since."""
        self._store.refresh()

    def search(
        self, query: Fingerprint, moments: Sequence[int] | None = None, *, most: int = 4, inverted: bool = True
    ) -> list[FrameHit]:
        """The registered moments that the query's key moments show, at most ``most`` of each.

        ``query``: as :class:`faircut.fingerprints.keypoints.KeypointHasher` makes it for queries. ``moments``: which of
        its key moments to look at, by number; all of them by default. ``inverted``: look for inverted pictures too,
        where the moment shows nothing otherwise.
        """
        self._build()
        if not self._moments:
            return []
        shown = keypoints.pictures(query)
        found: list[FrameHit] = []
        for number in range(len(shown)) if moments is None else moments:
            hits = self._moment(shown[number], keypoint_codes.VARIANTS[:2], most)
            if not hits and inverted:
                hits = self._moment(shown[number], keypoint_codes.VARIANTS[2:], most)
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

        ``entry``: of ``keypoints-v1``.
        """
        look = _look(keypoints.pictures(query)[moment], mirrored=mirrored, inverted=inverted)
        time = float(query.times[keypoints.boundaries(query)[moment]])
        best: FrameHit | None = None
        for shown in _shown(entry):
            if abs(shown.time - reference_time) <= within:
                agreement, _ = _verify(look, shown)
                if agreement is not None and (best is None or agreement.inliers > best.inliers):
                    best = _hit(entry, time, shown.time, look, agreement)
        return best

    def _reset(self) -> None:
        self._moments: list[tuple[Entry, Picture]] = []
        self._fresh: list[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64], npt.NDArray[np.uint32], Places]] = []
        self._built = False

    def _add(self, entry: Entry) -> None:
        for shown in _shown(entry):
            self._moments.append((entry, shown))
        self._built = False

    def _build(self) -> None:
        if self._built:
            return
        words, signatures, owners, sizes, angles = [], [], [], [], []
        for number, (_, shown) in enumerate(self._moments):
            codes = np.ascontiguousarray(shown.rows[:_INDEXED])
            words.append(keypoint_codes.word(codes, _WORD_BITS))
            signatures.append(_signature(codes))
            owners.append(np.full(len(codes), number, np.uint32))
            sizes.append(np.log2(shown.places.size[:_INDEXED]))
            angles.append(shown.places.angle[:_INDEXED])
        if words:
            word = np.concatenate(words)
            order = np.argsort(word, kind="stable")
            self._starts = np.searchsorted(word[order], np.arange((1 << _WORD_BITS) + 1)).astype(np.int64)
            self._signatures = np.concatenate(signatures)[order]
            self._owners = np.concatenate(owners)[order]
            self._sizes = np.concatenate(sizes)[order].astype(np.float32)
            self._angles = np.concatenate(angles)[order].astype(np.float32)
        self._built = True

    def _moment(self, picture: Picture, variants: Sequence[tuple[bool, bool]], most: int) -> list[FrameHit]:
        looks = [_look(picture, mirrored=mirrored, inverted=inverted) for mirrored, inverted in variants]
        candidates = sorted(
            ((votes, number, which) for which, look in enumerate(looks) for number, votes in self._votes(look)),
            reverse=True,
        )[: _CANDIDATES * len(looks)]
        found: list[FrameHit] = []
        seen: set[str] = set()
        for _, number, which in candidates:
            entry, shown = self._moments[number]
            if entry.reference.id in seen:
                continue
            agreement, rows = _verify(looks[which], shown)
            if agreement is None or agreement.inliers < ENOUGH:
                continue
            found.append(_hit(entry, picture.time, shown.time, looks[which], agreement))
            if len(found) >= most:
                break
            seen.add(entry.reference.id)
            looks = [look.without(rows) for look in looks]
        return found

    def _votes(self, look: _Look) -> Iterator[tuple[int, float]]:
        """Registered moments, by number, and their votes."""
        words = _probes(look.projected)
        low = self._starts[words]
        count = self._starts[words + 1] - low
        total = int(count.sum())
        if not total:
            return
        flat_low, flat_count = low.reshape(-1), count.reshape(-1)
        owner = np.repeat(np.repeat(np.arange(len(words)), words.shape[1]), flat_count)
        begin = np.repeat(flat_low - (np.cumsum(flat_count) - flat_count), flat_count)
        position = begin + np.arange(total)
        bits = np.bitwise_count(self._signatures[position] ^ _signature(look.codes)[owner])
        near = bits <= _SIGNATURE_BITS
        owner, position, bits = owner[near], position[near], bits[near]
        moment = self._owners[position].astype(np.int64)
        grown = self._sizes[position] - np.log2(look.places.size)[owner]
        turned = self._angles[position] - look.places.angle[owner]
        size_bin = np.clip(np.floor(grown + _SIZES / 2), 0, _SIZES - 1).astype(np.int64)
        angle_bin = np.floor(turned / (2 * np.pi) * _ANGLES).astype(np.int64) % _ANGLES
        # A vote on an edge counts for both neighbours: bins overlap by half.
        votes: dict[int, float] = {}
        weight = 1.0 - bits / (2.0 * _SIGNATURE_BITS)
        key = (moment * _ANGLES + angle_bin) * _SIZES + size_bin
        cells, inverse = np.unique(key, return_inverse=True)
        sums = np.bincount(inverse, weight)
        table = dict(zip(cells.tolist(), sums.tolist(), strict=True))
        for cell, value in table.items():
            number, rest = divmod(cell, _ANGLES * _SIZES)
            angle, size = divmod(rest, _SIZES)
            base = number * _ANGLES
            together = value
            for other_angle, other_size in (
                ((angle + 1) % _ANGLES, size),
                (angle, size + 1),
                ((angle + 1) % _ANGLES, size + 1),
            ):
                if other_size < _SIZES:
                    together += table.get((base + other_angle) * _SIZES + other_size, 0.0)
            votes[number] = max(votes.get(number, 0.0), together)
        best = sorted(votes.items(), key=lambda each: -each[1])[:_CANDIDATES]
        yield from ((number, value) for number, value in best if value >= _LEAST_VOTES)


def _signature(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The 64 bits after the word's first two bytes."""
    signature: npt.NDArray[np.uint64] = np.ascontiguousarray(codes[:, 2:10]).view(np.uint64).reshape(-1)
    return signature


def _probes(projected: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """(n, probes) words to look up: a point's own, and those with its closest calls the other way, likeliest first."""
    head = projected[:, :_WORD_BITS]
    place = np.int64(1) << np.arange(_WORD_BITS - 1, -1, -1, dtype=np.int64)
    own = (head > 0) @ place
    doubtful = np.argsort(np.abs(head), axis=1)[:, :6]
    subsets = (np.arange(64)[:, None] >> np.arange(6)) & 1
    cost = np.take_along_axis(np.abs(head), doubtful, axis=1) @ subsets.T
    flips = place[doubtful] @ subsets.T
    cheapest = np.argsort(cost, axis=1)[:, :_PROBES]
    probes: npt.NDArray[np.int64] = own[:, None] ^ np.take_along_axis(flips, cheapest, axis=1)
    return probes


def _shown(entry: Entry) -> Iterator[Picture]:
    whole = Fingerprint(keypoints.ALGORITHM, entry.codes, entry.times, entry.quality, entry.duration)
    starts = keypoints.boundaries(whole)
    for shown, first in zip(keypoints.pictures(whole), starts[:-1].tolist(), strict=True):
        if not entry.excluded[first]:
            yield shown


def _verify(look: _Look, shown: Picture) -> tuple[Agreement | None, npt.NDArray[np.intp]]:
    pairs = correspond(look.codes, np.ascontiguousarray(shown.rows), shown.places)
    agreement = agree(look.places, shown.places, pairs)
    return agreement, pairs.query[agreement.pairs] if agreement is not None else np.empty(0, np.intp)


def _hit(entry: Entry, query_time: float, reference_time: float, look: _Look, agreement: Agreement) -> FrameHit:
    homography = agreement.homography
    if look.mirrored:
        homography = homography @ np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
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
