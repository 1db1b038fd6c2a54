"""Stretches of a reference in a query by local features: cropped, tilted, or one picture among others.

The key moments of the query that codes leave unexplained are searched one by one; so is a sample of the others, since
another work may stand in a corner of them. Hits of one reference that agree on a line of time and on where the copy
stands name a stretch; moments around it that say too little by themselves are then compared with the one moment that
the line points at; and the ends are moved to where the query's own pictures change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from faircut.domain import MediaKind, Segment
from faircut.fingerprints import keypoints
from faircut.index.store import Entry
from faircut.match.activity import synchronised
from faircut.match.alignment import Votes, alignments
from faircut.match.feature_moments import FeatureQuery, sharpened, votes_of
from faircut.match.frames import ENOUGH, FrameHit, FrameMatcher
from faircut.match.query import PictureQuery
from faircut.match.sightings import Moment, Polygon, Sighting
from faircut.match.timeline import Line, runs
from faircut.match.transforms import area, describe, intersection

ALONE = 12
"""Distinct places that must agree in a single moment of a clip with nothing beside it to agree in time."""
_FEW = 3
_FAINT = 5
"""The same for a moment that a line of time points at, if they agree on where the copy stands."""
_SAMPLED = 4
"""Of the moments that codes explain, one in so many is searched, and two at the least."""
_BRIDGE = 6.0
"""Seconds without agreement that a stretch bridges when the same line goes on behind them."""
_SAME_PLACE = 0.3
"""Share of the two outlines' union that they must have in common."""
_MEMBER = 0.4
_NEAR_LINE = 1.0
_SAME_SHOT = 8.0
_NEARLY = 0.15
_HAPPENING = 0.2
"""What a course of changes that fits perfectly weighs, in shares of the votes."""
_CHANGED = 0.08
"""What another speed than the normal one must be better by."""
_ONE_OF_MANY = 0.5
"""Share of the query's picture under which a copy may come and go without a cut."""
_RICH = 80
"""Points that a moment must have to be missed when it does not agree."""
_COMPANION = 0.7
"""Seconds within which the reference must have a key moment for silence to mean anything."""
_STAND = 0.5
_MOMENTS = 3


def pictured(query: FeatureQuery, frames: FrameMatcher) -> Iterator[Sighting]:
    """What an image shows, moment by moment: one that can be seen through has several."""
    for hit in frames.search(query.fingerprint):
        yield _sighting(hit.entry, sharpened([hit], query, frames, within=_SAME_SHOT), None, None, None)


def stretches_by_features(
    query: PictureQuery,
    features: FeatureQuery,
    frames: FrameMatcher,
    seen: Sequence[Sighting],
    codes_of: Callable[[str], Entry | None],
) -> list[Sighting]:
    """``seen``: what codes have seen already. ``codes_of``: a reference's ``pdq-v1`` codes, by its id."""
    told = np.array([any(_during(each, time) for each in seen) for time in features.times], bool)
    empty = query.on_card(features.times)
    wanted = [number for number in range(len(features.times)) if not told[number] and not empty[number]]
    known = np.flatnonzero(told & ~empty)
    if len(known):
        wanted += known[np.unique(np.linspace(0, len(known) - 1, max(2, len(known) // _SAMPLED)).astype(int))].tolist()
    if not wanted:
        return []
    groups: dict[tuple[str, bool, bool], list[FrameHit]] = {}
    for hit in frames.search(features.fingerprint, sorted(wanted)):
        if not _contradicts(hit, seen):
            groups.setdefault((hit.reference.id, hit.mirrored, hit.inverted), []).append(hit)
    found: list[Sighting] = []
    for hits in groups.values():
        subject = hits[0].reference.work_id, hits[0].reference.element_id
        rivals = [each for each in seen if each.subject == subject]
        found += _Track(query, features, frames, codes_of, rivals).sightings(hits)
    return found


def _during(seen: Sighting, time: float) -> bool:
    return seen.query is not None and not seen.ambiguous and seen.query.start - 1e-3 <= time < seen.query.end


def _contradicts(hit: FrameHit, seen: Sequence[Sighting]) -> bool:
    """Whether codes say that this moment of the query shows another moment of the same thing: they know better."""
    subject = hit.reference.work_id, hit.reference.element_id
    told = [each for each in seen if each.subject == subject and _during(each, hit.query_time)]
    return bool(told) and not any(
        each.reference.id == hit.reference.id
        and each.line is not None
        and abs(float(each.line.at(hit.query_time)) - hit.reference_time) <= _NEAR_LINE
        for each in told
    )


class _Track:
    """The hits of one reference, one way round, put in order of time."""

    def __init__(
        self,
        query: PictureQuery,
        features: FeatureQuery,
        frames: FrameMatcher,
        codes_of: Callable[[str], Entry | None],
        rivals: Sequence[Sighting],
    ) -> None:
        self._query = query
        self._features = features
        self._frames = frames
        self._codes_of = codes_of
        self._rivals = rivals

    def sightings(self, hits: list[FrameHit]) -> Iterator[Sighting]:
        left = sharpened(hits, self._features, self._frames)
        while left:
            votes = votes_of(left)
            likely = alignments(votes)
            if not likely:
                return
            line = self._best(likely, votes, self._codes_of(left[0].reference.id), _share_shown(left))
            members = [hit for hit, near in zip(left, votes.membership(line) > _MEMBER, strict=True) if near]
            if not members:
                return
            members = _in_one_place(members)
            members = self._filled(members, line)
            for run in self._runs(members, line):
                if _enough(run, line, len(self._features.times)):
                    yield self._stretch(run, line)
            taken = {id(hit) for hit in members}
            remaining = [hit for hit in left if id(hit) not in taken]
            if len(remaining) == len(left):
                return
            left = remaining

    def _best(self, likely: list[tuple[float, Line]], votes: Votes, codes: Entry | None, share_shown: float) -> Line:
        """Of the lines that nearly as many moments agree on, that along which the most happens at the same times."""
        most, first = likely[0]
        if codes is None:
            return first
        best, chosen = -np.inf, first
        for share, line in likely:
            near = votes.query[votes.membership(line) > _MEMBER]
            if share < most - _NEARLY or not len(near):
                continue
            moved, fit = synchronised(
                line, votes, float(near.min()), float(near.max()), self._query, codes, share_shown
            )
            told = share + fit * _HAPPENING - _CHANGED * (line.speed != 1.0)
            if told > best:
                best, chosen = told, moved
        return chosen

    def _filled(self, members: list[FrameHit], line: Line) -> list[FrameHit]:
        """With the moments beside them that agree too, if only faintly, where the line points."""
        by_time = {hit.query_time: hit for hit in members}
        entry, first = members[0].entry, members[0]
        order = np.argsort(
            np.abs(self._features.times[:, None] - np.array(sorted(by_time))[None]).min(axis=1), kind="stable"
        )
        for number in order.tolist():
            time = float(self._features.times[number])
            nearest = min(by_time, key=lambda other: abs(other - time))
            target = float(line.at(time))
            if self._rival(line, time) is not None:
                continue
            if time in by_time or abs(nearest - time) > _BRIDGE or not -_STAND <= target <= entry.duration + _STAND:
                continue
            hit = self._frames.compare(
                self._features.fingerprint,
                number,
                entry,
                target,
                mirrored=first.mirrored,
                inverted=first.inverted,
            )
            if hit is not None and hit.inliers >= _FAINT and _overlap(_outline(hit), _outline(by_time[nearest])) >= 0.5:
                by_time[time] = hit
        return [by_time[time] for time in sorted(by_time)]

    def _rival(self, line: Line, time: float) -> Sighting | None:
        """What codes have seen there of the same thing at another time of it."""
        for each in self._rivals:
            if _during(each, time) and (
                each.line is None or abs(float(each.line.at(time)) - float(line.at(time))) > _NEAR_LINE
            ):
                return each
        return None

    def _runs(self, members: list[FrameHit], line: Line) -> Iterator[list[FrameHit]]:
        by_time = {hit.query_time: hit for hit in members}
        times = self._features.times
        good = np.array([float(time) in by_time for time in times])
        for run in runs(times, good, np.ones(len(times), bool), bridge=_BRIDGE):
            part: list[FrameHit] = []
            for number in range(int(run[0]), int(run[-1]) + 1):
                time = float(times[number])
                if time in by_time:
                    part.append(by_time[time])
                elif part and self._rival(line, time) is not None:
                    yield part
                    part = []
            if part:
                yield part

    def _stretch(self, run: list[FrameHit], line: Line) -> Sighting:
        times = self._features.times
        entry = run[0].entry
        matched = np.isin(times, [hit.query_time for hit in run])
        # Where the reference has no key moment, in darkness or blur, there is nothing to agree with.
        moments, points = np.unique(entry.times, return_counts=True)
        gaps = np.abs(line.at(times)[:, None] - moments[points >= min(_RICH, points.max())][None])
        there = gaps.min(axis=1) <= _COMPANION
        silent = times[~matched & there]
        inset = _share_shown(run) < _ONE_OF_MANY
        start = self._end(run[0].query_time, silent[silent < run[0].query_time], -1, line, entry, inset=inset)
        end = self._end(run[-1].query_time, silent[silent > run[-1].query_time], +1, line, entry, inset=inset)
        codes = self._codes_of(entry.reference.id)
        if codes is not None:
            line, _ = synchronised(line, votes_of(run), start, end, self._query, codes, _share_shown(run))
        ends = np.sort(np.clip(line.at(np.array([start, end])), 0.0, max(entry.duration, 0.0)))
        still = entry.reference.kind is MediaKind.IMAGE
        shown = None if still else Segment(round(float(ends[0]), 3), round(float(ends[1]), 3))
        return _sighting(entry, run, Segment(round(start, 3), round(end, 3)), shown, line)

    def _end(
        self, from_: float, silent: npt.NDArray[np.float64], way: int, line: Line, entry: Entry, *, inset: bool
    ) -> float:
        """Where a stretch ends on one side: at the query's own end, or at a cut before a moment that disagrees."""
        limit = self._query.end if way > 0 else float(self._query.times[0])
        cuts = self._query.cuts()
        if len(silent):
            other = float(silent.min() if way > 0 else silent.max())
            low, high = sorted((from_, other))
            between = cuts[(cuts > low) & (cuts <= high)]
            beyond = cuts[cuts > from_] if way > 0 else cuts[cuts <= from_]
            if len(between):
                limit = float(between[0] if way > 0 else between[-1])
            elif inset:
                limit = (low + high) / 2
            elif len(beyond):
                # A shot that is a copy is one from its beginning to its end.
                limit = float(beyond[0] if way > 0 else beyond[-1])
        for each in self._rivals:
            if each.query is not None and way > 0 and from_ <= each.query.start < limit:
                limit = each.query.start if self._rival(line, each.query.start) else limit
            elif each.query is not None and way < 0 and limit < each.query.end <= from_:
                limit = each.query.end if self._rival(line, each.query.end - self._query.frame) else limit
        times = self._query.times
        path = times[(times > from_) & (times <= limit)] if way > 0 else times[(times < from_) & (times >= limit)][::-1]
        target = line.at(path)
        outside = (target < -_STAND) | (target > entry.duration + _STAND)
        for segment in entry.reference.exclude:
            outside |= (target >= segment.start) & (target < segment.end)
        if outside.any():
            return float(path[int(outside.argmax())])
        return limit


def _enough(run: list[FrameHit], line: Line, moments: int) -> bool:
    """Two moments lie on some line whatever they show; on one of normal speed, or three on any, is evidence.

    Where the whole clip has only a few ``moments``, each is judged as a still image would be.
    """
    strongest = max(hit.inliers for hit in run)
    return strongest >= (ENOUGH if moments <= _FEW else ALONE) or len(run) >= (2 if line.speed == 1.0 else 3)


def _share_shown(hits: list[FrameHit]) -> float:
    """Share of the query's picture that shows the reference."""
    return float(np.median([area(_outline(hit)) for hit in hits]))


def _outline(hit: FrameHit) -> Polygon:
    return np.array(hit.region_query, np.float64).reshape(-1, 2)


def _in_one_place(hits: list[FrameHit]) -> list[FrameHit]:
    """Those that stand where the strongest one stands, or next in time to one that does."""
    order = sorted(hits, key=lambda hit: hit.query_time)
    seed = max(range(len(order)), key=lambda number: order[number].inliers)
    kept = [order[seed]]
    for step in (range(seed + 1, len(order)), range(seed - 1, -1, -1)):
        last = order[seed]
        for number in step:
            if _overlap(_outline(order[number]), _outline(last)) >= _SAME_PLACE:
                last = order[number]
                kept.append(last)
    return sorted(kept, key=lambda hit: hit.query_time)


def _overlap(one: Polygon, other: Polygon) -> float:
    """Intersection over union."""
    shared = area(intersection(one, other))
    return shared / max(area(one) + area(other) - shared, 1e-9)


def _telling(hit: FrameHit, line: Line | None) -> float:
    """How much a hit says about what was done to the picture: where the camera moves, another moment of the reference
    than the very one that is shown says something about the camera."""
    late = 0.0 if line is None else abs(float(line.at(hit.query_time)) - hit.reference_time)
    return hit.inliers / (1.0 + 5.0 * late)


def _sighting(
    entry: Entry, run: list[FrameHit], query: Segment | None, shown: Segment | None, line: Line | None
) -> Sighting:
    best = max(run, key=lambda hit: _telling(hit, line))
    if query is None and entry.reference.kind is not MediaKind.IMAGE:
        moment = round(best.reference_time, 3)
        shown = Segment(moment, moment)
    spread = [run[number] for number in np.unique(np.linspace(0, len(run) - 1, _MOMENTS).round().astype(int))]
    region, part = _outline(best), np.array(best.region_reference, np.float64).reshape(-1, 2)
    return Sighting(
        reference=entry.reference,
        algorithm=keypoints.ALGORITHM,
        moments=tuple(
            Moment(round(hit.query_time, 3), round(hit.reference_time, 3), inliers=hit.inliers) for hit in spread
        ),
        distinct=len(run),
        query=query,
        shown=shown,
        line=line,
        inliers=float(np.median([hit.inliers for hit in run])),
        transform=describe(best.homography, region, part, mirrored=best.mirrored),
        mirrored=best.mirrored,
        inverted=best.inverted,
        homography=best.homography,
        region=region,
        part=part,
        looks=len(run),
    )
