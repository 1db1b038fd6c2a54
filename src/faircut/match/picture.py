"""Finds stretches of registered films and pictures in an asset, by PDQ codes in time order.

Sparse query frames in all eight dihedral variants are looked up among dense reference frames; hits that agree on one
line of time name a candidate; then every frame of the query is compared with the reference at the time that the
line says, which gives the segment its ends. Speeds from 0.5 to 2, freeze frames, and several segments of several
works in any order are told apart.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.domain import Asset, Fingerprint, Match, MediaKind, Segment, Stage
from faircut.fingerprints import framing, pdq
from faircut.index.hamming import FaissIndex, HammingIndex
from faircut.index.store import Entry, FingerprintStore
from faircut.match.timeline import Line, best_line, runs
from faircut.protocols import CatalogueReader

SEARCH_RADIUS = 40
"""Bits. Different films lie 88 apart at the least (3,570 frames), re-encodes of one film 0 to 30."""
VERIFY_RADIUS = 56
"""Bits, for frames that the line of time already points at."""
STILL_RADIUS = 31
"""Bits, for evidence of a single picture: PDQ's published threshold."""

_BARS = {
    (pdq.ALGORITHM, pdq.ALGORITHM): None,
    (framing.ALGORITHM, framing.ALGORITHM): None,
    (framing.ALGORITHM, pdq.ALGORITHM): "added",
    (pdq.ALGORITHM, framing.ALGORITHM): "cut off",
}
"""What was done to the bars, by the algorithms of query and reference that agree."""

FAINT_RADIUS = 14
"""Bits, where one of the two pictures is dim or plain. Alone it is no proof, so policy sends it to review."""

_EVERY = 0.25
_BRIDGE = 1.0
_MIN_SUPPORT = 3
_DISTINCT = 16
_SLACK = 4
_ALBUM = 12
"""Most pictures of a clip that are judged one by one, as that many still images would be."""
_MOST_SLIDES = 12
_MOMENTS = 3
_WINDOW = 0.35
_BLACK = 10


@dataclass(frozen=True, slots=True)
class _Query:
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    frame: float

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> _Query:
        times = fingerprint.times.astype(np.float64)
        frame = float(np.median(np.diff(times))) if len(times) > 1 else 0.04
        codes = fingerprint.codes.reshape(len(times), len(pdq.VARIANTS), pdq.CODE_BYTES)
        return cls(codes, times, fingerprint.quality, frame)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Frames with enough in them to be looked up."""
        known: npt.NDArray[np.bool_] = self.quality >= pdq.MIN_QUALITY
        return known

    def samples(self, every: float) -> npt.NDArray[np.intp]:
        """Indices of frames at least ``every`` seconds apart that say something."""
        chosen: list[int] = []
        following = -np.inf
        for index in np.flatnonzero(self.known):
            if self.times[index] >= following - 1e-6:
                chosen.append(int(index))
                following = self.times[index] + every
        return np.array(chosen, np.intp)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Hits of one reference in one variant. ``bars``: what was done to the bars, for the evidence."""

    entry: Entry
    variant: int
    query: npt.NDArray[np.float64]
    reference: npt.NDArray[np.float64]
    bars: str | None


class _Shelf:
    """The references of one algorithm, and the index over their codes."""

    def __init__(self, catalogue: CatalogueReader, algorithm: str) -> None:
        self._reset()
        self._store = FingerprintStore(
            catalogue, algorithm, min_quality=pdq.FAINT_QUALITY, on_add=self._add, on_rebuild=self._reset
        )

    def _reset(self) -> None:
        self._index: HammingIndex = FaissIndex(pdq.CODE_BYTES)
        self._entries: list[Entry] = []
        self._starts: list[int] = [0]
        self._row_times: list[npt.NDArray[np.float64]] = []
        self._row_quality: list[npt.NDArray[np.uint8]] = []

    def _add(self, entry: Entry) -> None:
        self._index.add(entry.codes[entry.usable])
        self._entries.append(entry)
        self._row_times.append(entry.times[entry.usable].astype(np.float64))
        self._row_quality.append(entry.quality[entry.usable])
        self._starts.append(self._starts[-1] + int(entry.usable.sum()))

    def refresh(self) -> None:
        """Takes in what the catalogue has changed."""
        self._store.refresh()

    def hits(
        self,
        query: _Query,
        frames: npt.NDArray[np.intp],
        variants: Sequence[int],
        radius: int,
        bars: str | None,
    ) -> Iterator[_Candidate]:
        """Hits by reference and variant. Where either picture is faint, only those within :data:`FAINT_RADIUS`."""
        codes = query.codes[frames][:, list(variants)].reshape(-1, pdq.CODE_BYTES)
        hits = self._index.search(codes, radius)
        if not len(hits.row):
            return
        owner = np.searchsorted(np.array(self._starts), hits.row, side="right") - 1
        variant = np.array(variants)[hits.query % len(variants)]
        times = query.times[frames][hits.query // len(variants)]
        for number, way in sorted(set(zip(owner.tolist(), variant.tolist(), strict=True))):
            mine = np.flatnonzero((owner == number) & (variant == way))
            asked = query.quality[frames][hits.query[mine] // len(variants)]
            quality = np.minimum(asked, self._row_quality[number][hits.row[mine] - self._starts[number]])
            mine = mine[(quality >= pdq.MIN_QUALITY) | (hits.distance[mine] <= FAINT_RADIUS)]
            if not len(mine):
                continue
            mine = mine[_sharpest(hits.query[mine], hits.distance[mine])]
            reference = self._row_times[number][hits.row[mine] - self._starts[number]]
            yield _Candidate(self._entries[number], way, times[mine], reference, bars)


def _sharpest(query: npt.NDArray[np.int64], distance: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which hits are about as near as the nearest of their query: in a slow scene the others only blur the line."""
    moments, number = np.unique(query, return_inverse=True)
    nearest = np.full(len(moments), pdq.BITS)
    np.minimum.at(nearest, number, distance)
    sharp: npt.NDArray[np.bool_] = distance <= nearest[number] + _SLACK
    return sharp


class PictureMatcher:
    """A Detector over ``pdq-v1`` and ``pdq-framed-v1`` fingerprints. Thread-safe."""

    name = "picture"
    version = pdq.ALGORITHM
    stages = frozenset({Stage.UPLOAD, Stage.OUTPUT, Stage.DATASET, Stage.PUBLISHED})
    kinds = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._lock = threading.Lock()
        self._shelves = {name: _Shelf(catalogue, name) for name in (pdq.ALGORITHM, framing.ALGORITHM)}

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:
        """Raises KeyError when the asset has no picture fingerprint: then nothing was checked."""
        prints = [fingerprints[pdq.ALGORITHM]]
        if framing.ALGORITHM in fingerprints:
            prints.append(fingerprints[framing.ALGORITHM])
        looks = (self._stills,) if asset.kind is MediaKind.IMAGE else (self._stretches, self._slides)
        found: list[Match] = []
        with self._lock:
            for name, shelf in self._shelves.items():
                shelf.refresh()
                for fingerprint in prints:
                    if len(fingerprint):
                        bars = _BARS[fingerprint.algorithm, name]
                        query = _Query.of(fingerprint)
                        found += [match for look in looks for match in look(asset, query, shelf, bars)]
        return _best(found)

    def _stills(self, asset: Asset, query: _Query, shelf: _Shelf, bars: str | None) -> Iterator[Match]:
        # A picture that can be seen through comes as several, one for each thing that may lie behind it.
        for frame in np.flatnonzero(query.quality >= pdq.FAINT_QUALITY):
            for hit in shelf.hits(query, np.array([frame]), range(len(pdq.VARIANTS)), STILL_RADIUS, bars):
                yield _still(asset, query, hit, int(frame), None)

    def _slides(self, asset: Asset, query: _Query, shelf: _Shelf, bars: str | None) -> Iterator[Match]:
        """Pictures of a film in no order of time: a clip of a few frames, a slide show.

        One picture is evidence where the whole clip holds only a few, as it is of a still; elsewhere three are.
        """
        frames = query.samples(_EVERY)
        if len(frames) <= _ALBUM:
            # The sampling in time passes over frames that follow one another closely; so few are all looked at.
            known = np.flatnonzero(query.known)
            frames = known if len(known) <= _ALBUM else frames
        enough = 1 if len(frames) <= _ALBUM else _MIN_SUPPORT
        for hit in shelf.hits(query, frames, (0, 1), STILL_RADIUS, bars):
            shown = frames[np.isin(query.times[frames], hit.query)]
            if _distinct(query.codes[shown, 0], enough) >= enough:
                for frame in shown[:_MOST_SLIDES]:
                    following = frames[frames > frame]
                    end = query.times[following[0]] if len(following) else query.times[-1] + query.frame
                    start = float(query.times[frame])
                    yield _still(asset, query, hit, int(frame), Segment(round(start, 3), round(float(end), 3)))

    def _stretches(self, asset: Asset, query: _Query, shelf: _Shelf, bars: str | None) -> Iterator[Match]:
        # A clip of a second or two is sampled more finely, so that it too has several moments to agree.
        every = min(_EVERY, max((query.times[-1] - query.times[0]) / 12, 0.02))
        plain = shelf.hits(query, query.samples(every), (0, 1), SEARCH_RADIUS, bars)
        turned = shelf.hits(query, query.samples(every * 2), range(2, len(pdq.VARIANTS)), SEARCH_RADIUS, bars)
        for candidate in (*plain, *turned):
            yield from self._segments(asset, query, candidate)

    def _segments(self, asset: Asset, query: _Query, hits: _Candidate) -> Iterator[Match]:
        left = np.ones(len(hits.query), bool)
        while len(np.unique(hits.query[left])) >= _MIN_SUPPORT:
            line = best_line(hits.query[left], hits.reference[left])
            if line is None or line.support < _MIN_SUPPORT:
                return
            distances, rows = _compare(query, hits, line)
            explained = line.near(hits.query, hits.reference) & left
            for run in runs(query.times, distances <= VERIFY_RADIUS, query.known, bridge=_BRIDGE):
                if match := _judge(asset, query, hits, line, run, distances, rows):
                    yield match
            left &= ~explained
            if not explained.any():
                return


def _still(asset: Asset, query: _Query, hit: _Candidate, frame: int, segment: Segment | None) -> Match:
    """The Match of one picture with the nearest one of a reference."""
    distances = pdq.hamming(query.codes[frame, hit.variant], hit.entry.codes)
    distances[~hit.entry.usable] = pdq.BITS
    best = int(distances.argmin())
    moment = float(hit.entry.times[best])
    still = hit.entry.reference.kind is MediaKind.IMAGE
    faint = min(int(query.quality[frame]), int(hit.entry.quality[best])) < pdq.MIN_QUALITY
    shown = 0.0 if segment is None else segment.start
    return _match(
        asset,
        hit,
        mean_distance=float(distances[best]),
        query=segment,
        reference=None if still else Segment(round(moment, 3), round(moment, 3)),
        moments=[{"query": shown, "reference": moment, "distance": int(distances[best])}],
        extra={"ambiguous": True} if faint else None,
    )


def _compare(query: _Query, hits: _Candidate, line: Line) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Each query frame against the reference around the time that the line says: (n,) bits and (n,) rows."""
    times = hits.entry.times.astype(np.float64)
    target = line.at(query.times)
    # A stored code stands for all frames until the next one, hence one row earlier.
    first = np.maximum(np.searchsorted(times, target - _WINDOW) - 1, 0)
    last = np.searchsorted(times, target + _WINDOW)
    width = max(int((last - first).max(initial=0)), 1)
    rows = np.minimum(first[:, None] + np.arange(width), len(times) - 1)
    distances = pdq.hamming(query.codes[:, hits.variant][:, None], hits.entry.codes[rows])
    outside = (rows >= np.maximum(last, first + 1)[:, None]) | hits.entry.excluded[rows]
    distances[outside] = pdq.BITS
    distances[(target < -_WINDOW) | (target > hits.entry.duration + _WINDOW)] = pdq.BITS
    best = distances.argmin(axis=1)
    picked = np.arange(len(best))
    return distances[picked, best], rows[picked, best]


def _judge(
    asset: Asset,
    query: _Query,
    hits: _Candidate,
    line: Line,
    run: npt.NDArray[np.intp],
    distances: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
) -> Match | None:
    """A Match if the run holds enough: several frames, close enough or different enough from one another."""
    near = distances[run]
    if len(run) < _MIN_SUPPORT or int((near <= SEARCH_RADIUS).sum()) < _MIN_SUPPORT:
        return None
    mean = float(near.mean())
    # Many frames of one still scene are one piece of evidence, not many.
    if mean > STILL_RADIUS and _distinct(query.codes[run, 0]) < _MIN_SUPPORT:
        return None
    first, last = _through_the_dark(query, hits.entry, run, distances, rows)
    start, end = float(query.times[first]), float(query.times[last]) + query.frame
    reference = np.clip(line.at(np.array([start, end])), 0.0, max(hits.entry.duration, 0.0))
    spread = run[np.linspace(0, len(run) - 1, _MOMENTS + 2).round().astype(int)[1:-1]]
    still = hits.entry.reference.kind is MediaKind.IMAGE
    return _match(
        asset,
        hits,
        mean_distance=mean,
        query=Segment(round(start, 3), round(end, 3)),
        reference=None if still else Segment(round(float(reference[0]), 3), round(float(reference[1]), 3)),
        moments=[
            {
                "query": round(float(query.times[i]), 3),
                "reference": round(float(hits.entry.times[rows[i]]), 3),
                "distance": int(distances[i]),
            }
            for i in dict.fromkeys(spread.tolist())
        ],
        extra={"speed": round(line.speed, 3), "frames": len(run)},
    )


def _through_the_dark(
    query: _Query,
    entry: Entry,
    run: npt.NDArray[np.intp],
    distances: npt.NDArray[np.int64],
    rows: npt.NDArray[np.intp],
) -> tuple[int, int]:
    """Widens a run over frames that say too little to be looked up (fades, darkness, black).

    They belong to it as long as their codes agree with the reference's all the same, or both are plain black.
    """
    black = (query.quality < _BLACK) & (entry.quality[rows] < _BLACK) & (distances < pdq.BITS)
    belongs = ~query.known & ((distances <= VERIFY_RADIUS) | black)
    first, last = int(run[0]), int(run[-1])
    while first > 0 and belongs[first - 1]:
        first -= 1
    while last < len(belongs) - 1 and belongs[last + 1]:
        last += 1
    return first, last


def _distinct(codes: npt.NDArray[np.uint8], enough: int = _MIN_SUPPORT) -> int:
    """How many of the codes differ from one another, counted up to ``enough``."""
    kept: list[npt.NDArray[np.uint8]] = []
    for code in codes:
        if all(int(pdq.hamming(code, other)) > _DISTINCT for other in kept):
            kept.append(code)
            if len(kept) >= enough:
                break
    return len(kept)


def _match(
    asset: Asset,
    hits: _Candidate,
    *,
    mean_distance: float,
    query: Segment | None,
    reference: Segment | None,
    moments: list[dict[str, Any]],
    extra: Mapping[str, Any] | None = None,
) -> Match:
    protected = hits.entry.reference
    return Match(
        detector=PictureMatcher.version,
        input=asset.label,
        work_id=protected.work_id,
        element_id=protected.element_id,
        reference_id=protected.id,
        score=round(1.0 - mean_distance / (pdq.BITS / 2), 4),
        query=query,
        reference=reference,
        evidence={
            "transform": pdq.VARIANTS[hits.variant].name,
            "mean_distance": round(mean_distance, 2),
            "moments": moments,
            **({"bars": hits.bars} if hits.bars else {}),
            **(extra or {}),
        },
    )


def _best(found: list[Match]) -> tuple[Match, ...]:
    """Drops what a better match of the same work already says of the same stretch of the query."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda each: (-_weight(each), each.reference_id or "")):
        if not any(_covers(better, match) for better in kept):
            kept.append(match)
    return tuple(sorted(kept, key=lambda each: (each.query or Segment(0, 0), -each.score)))


def _weight(match: Match) -> float:
    return match.score * (match.query.seconds if match.query else 1.0)


def _covers(better: Match, match: Match) -> bool:
    if (better.work_id, better.element_id) != (match.work_id, match.element_id):
        return False
    if better.query is None or match.query is None:
        return True
    return better.query.overlap(match.query) >= 0.5 * max(match.query.seconds, 1e-6)
