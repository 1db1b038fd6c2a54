"""Stretches of a reference in a query by local features: cropped, tilted, or one picture among others.

The key moments of the query that codes leave unexplained are searched one by one; so is a sample of the others, since
another work may stand in a corner of them. Hits of one reference that agree on a line of time and on where the copy
stands name a stretch; moments around it that say too little by themselves are then compared with the one moment that
the line points at; and the ends are moved to where the query's own pictures change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from faircut.domain import MediaKind, Segment
from faircut.index.store import Entry
from faircut.match.activity import synchronised
from faircut.match.alignment import Votes, alignments, refined
from faircut.match.ends import Ends
from faircut.match.feature_moments import FeatureQuery, cuts_of, sharpened, spread, votes_of
from faircut.match.feature_runs import SAME_PLACE, in_one_place, outline, overlap, share_shown, sighting
from faircut.match.frames import ENOUGH, Expected, FrameHit, FrameMatcher
from faircut.match.passes import passes
from faircut.match.query import PictureQuery
from faircut.match.sightings import Polygon, Sighting
from faircut.match.timeline import Line, runs

ALONE = 12
"""Distinct places that must agree in a single moment of a clip with nothing beside it to agree in time."""
_FEW = 3
_FAINT = 5
"""The same for a moment that a line of time points at, if they agree on where the copy stands."""
_SAMPLED = 4
"""Of the moments that codes explain, one in so many is searched, and two at the least."""
_BRIDGE = 6.0
"""Seconds without agreement that a stretch bridges when the same line goes on behind them."""
_BESIDE = (2, 4)
"""Moments of the reference about the one that a line points at that a moment beside is compared with: first few, and
more of them where those say too little."""
_MEMBER = 0.4
_NEAR_LINE = 1.0
_MOST_RECALLED = 12
_AS_WELL = 0.6
"""Share of the places that agree elsewhere, from which a moment agrees with a line as well."""
_APART = 1.5
"""Seconds beside the line at which a moment clearly stands elsewhere."""
_SAME_SHOT = 8.0
_NEARLY = 0.15
_HAPPENING = 0.2
"""What a course of changes that fits perfectly weighs, in shares of the votes."""
_CHANGED = 0.08
"""What another speed than the normal one must be better by."""
_STAND = 0.5
_JUMPING = 0.3
"""Share of the votes that a freeze frame loses where there are cuts in it."""


def pictured(query: FeatureQuery, frames: FrameMatcher) -> Iterator[Sighting]:
    """What an image shows, moment by moment: one that can be seen through has several."""
    for hit in frames.search(query.looks):
        yield sighting(hit.entry, sharpened([hit], query, frames, within=_SAME_SHOT, most=None), None, None, None)


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
    for hit in frames.search(features.looks, sorted(wanted), expected=_expected(features.times[known], known, seen)):
        if not _contradicts(hit, seen):
            groups.setdefault((hit.reference.id, hit.mirrored, hit.inverted), []).append(hit)
    found: list[Sighting] = []
    for hits in groups.values():
        subject = hits[0].reference.work_id, hits[0].reference.element_id
        rivals = [each for each in seen if each.subject == subject]
        same = [each for each in rivals if _same_way(hits[0], each)]
        confirmed = _confirmed(hits, same, features.times[~told & ~empty])
        if confirmed is None:
            lines = [each.line for each in same if each.line is not None]
            confirmed = list(_Track(query, features, frames, codes_of, rivals, lines).sightings(hits))
        found += confirmed
    return found


def _expected(
    times: npt.NDArray[np.float64], numbers: npt.NDArray[np.intp], seen: Sequence[Sighting]
) -> dict[int, list[Expected]]:
    """By number of a moment, what codes have seen in it."""
    return {
        number: [
            Expected(each.reference.id, float(each.line.at(time)), (each.mirrored, each.inverted))
            for each in seen
            if each.line is not None and _during(each, time)
        ]
        for number, time in zip(numbers.tolist(), times.tolist(), strict=True)
    }


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


def _same_way(hit: FrameHit, seen: Sighting) -> bool:
    """Whether codes have seen the same reference laid the same way."""
    return (
        seen.reference.id == hit.reference.id
        and seen.line is not None
        and seen.query is not None
        and (seen.mirrored, seen.inverted) == (hit.mirrored, hit.inverted)
    )


def _confirmed(
    hits: list[FrameHit], seen: Sequence[Sighting], untold: npt.NDArray[np.float64]
) -> list[Sighting] | None:
    """What codes have seen, as local features see it too, where they have nothing to add to it; else None.

    ``untold``: moments that codes say nothing of.
    """
    found: list[Sighting] = []
    left = len(hits)
    for each in seen:
        if each.line is None or each.query is None:
            continue
        target = each.line.at(untold)
        near = (untold >= each.query.start - _BRIDGE) & (untold < each.query.end + _BRIDGE)
        if (near & (target >= -_STAND) & (target <= hits[0].entry.duration + _STAND)).any():
            return None
        run = [
            hit
            for hit in hits
            if _during(each, hit.query_time)
            and abs(float(each.line.at(hit.query_time)) - hit.reference_time) <= _NEAR_LINE
        ]
        if run and len(in_one_place(run)) == len(run):
            found.append(sighting(run[0].entry, run, each.query, each.shown, each.line))
            left -= len(run)
    return found if left == 0 else None


class _Track:
    """The hits of one reference, one way round, put in order of time."""

    def __init__(
        self,
        query: PictureQuery,
        features: FeatureQuery,
        frames: FrameMatcher,
        codes_of: Callable[[str], Entry | None],
        rivals: Sequence[Sighting],
        lines: Sequence[Line],
    ) -> None:
        self._query = query
        self._features = features
        self._frames = frames
        self._codes_of = codes_of
        self._rivals = rivals
        self._lines = lines
        self._found: list[tuple[Segment, list[FrameHit]]] = []
        self._cuts: dict[str, npt.NDArray[np.float64] | None] = {}

    def sightings(self, hits: list[FrameHit]) -> Iterator[Sighting]:
        left = sharpened(hits, self._features, self._frames)
        while left:
            votes = self._votes(left)
            likely = alignments(votes)
            if not likely:
                return
            several = passes(votes, self._alone(*likely[0], votes))
            if several:
                for each in several:
                    mine = set(each.moments.tolist())
                    members = [hit for hit in left if hit.query_time in mine]
                    line = refined(self._votes(members), each.line)
                    yield from self._along(
                        line, members, [hit for hit in left if hit.query_time not in mine], recall=False
                    )[0]
                return
            line = self._best(likely, votes, self._codes_of(left[0].reference.id), share_shown(left))
            near = set(votes.query[votes.membership(line) > _MEMBER].tolist())
            members = [hit for hit in left if hit.query_time in near]
            if not members:
                return
            others = [hit for hit in left if hit.query_time not in near]
            found, remaining = self._along(line, members, others, recall=True)
            yield from found
            if len(remaining) == len(left):
                return
            left = remaining

    def _votes(self, hits: list[FrameHit]) -> Votes:
        reference = hits[0].reference.id
        if reference not in self._cuts:
            codes = self._codes_of(reference)
            self._cuts[reference] = None if codes is None else cuts_of(codes)
        return votes_of(hits, self._cuts[reference])

    def _alone(self, share: float, line: Line, votes: Votes) -> float:
        """The share of all votes that one line explains; less for a freeze frame in which something jumps."""
        cuts = self._query.cuts()
        inside = (cuts > votes.query.min()) & (cuts <= votes.query.max())
        return share - _JUMPING if not line.speed and inside.any() else share

    def _along(
        self, line: Line, members: list[FrameHit], others: list[FrameHit], *, recall: bool
    ) -> tuple[list[Sighting], list[FrameHit]]:
        """The stretches of one line, and the hits that they leave unexplained.

        ``recall``: look whether others agree with the line as well.
        """
        told = [hit for hit in members if self._rival(line, hit.query_time) is not None]
        placed = in_one_place([hit for hit in members if self._rival(line, hit.query_time) is None])
        astray = [hit for hit in members if not any(hit is each for each in (*told, *placed))]
        if recall:
            placed = sorted([*placed, *self._recalled(placed, others, line)], key=lambda hit: hit.query_time)
        here = {hit.query_time for hit in placed}
        elsewhere = {hit.query_time for hit in others if hit.query_time not in here and _elsewhere(hit, line)}
        if placed:
            middle = outline(placed[len(placed) // 2])
            elsewhere |= {time for time in self._features.times.tolist() if self._taken(time, middle)} - here
        filled = self._filled(placed, line, elsewhere, {hit.query_time for hit in (*others, *astray)})
        found: list[Sighting] = []
        for run in self._runs(filled, line):
            if _enough(run, line, len(self._features.times)):
                for each in self._stretch(run, line, elsewhere):
                    found.append(each)
                    self._found.append((each.query or Segment(0, 0), run))
        explained = {hit.query_time for hit in filled}
        left = [hit for hit in (*others, *astray) if hit.query_time not in explained]
        return found, [hit for hit in left if not self._taken(hit.query_time, outline(hit))]

    def _recalled(self, members: list[FrameHit], others: list[FrameHit], line: Line) -> list[FrameHit]:
        """Moments that were taken for others of a scene that looks the same, and that agree with the line as well."""
        known = {hit.query_time for hit in members}
        recalled: list[FrameHit] = []
        for hit in [each for each in others if each.query_time not in known and _elsewhere(each, line)][
            :_MOST_RECALLED
        ]:
            number = int(np.abs(self._features.times - hit.query_time).argmin())
            again = self._frames.compare(
                self._features.looks,
                number,
                hit.entry,
                float(line.at(hit.query_time)),
                within=_NEAR_LINE,
                mirrored=hit.mirrored,
                inverted=hit.inverted,
            )
            if again is not None and again.inliers >= _AS_WELL * hit.inliers:
                recalled.append(again)
        return recalled

    def _taken(self, time: float, place: Polygon) -> bool:
        """Whether a stretch that was found before holds a moment in the same place."""
        for span, run in self._found:
            if span.start <= time < span.end:
                nearest = min(run, key=lambda hit: abs(hit.query_time - time))
                if overlap(outline(nearest), place) >= SAME_PLACE:
                    return True
        return False

    def _best(self, likely: list[tuple[float, Line]], votes: Votes, codes: Entry | None, share_shown: float) -> Line:
        """Of the lines that nearly as many moments agree on, that along which the most happens at the same times."""
        most, first = likely[0]
        known = [(float(votes.share(line.speed, np.array([line.offset]))[0]), line) for line in self._lines]
        if known:
            share, line = max(known, key=lambda each: each[0])
            if share >= most - _NEARLY:
                # Codes know the time to the frame.
                return line
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

    def _filled(
        self, members: list[FrameHit], line: Line, elsewhere: Collection[float], unexplained: Collection[float]
    ) -> list[FrameHit]:
        """With the moments beside them that agree too, if only faintly, where the line points.

        ``unexplained``: moments of which something is to be explained, by this line or by another.
        """
        if not members:
            return []
        by_time = {hit.query_time: hit for hit in members}
        times = self._features.times
        some = spread(times, np.isin(times, [*by_time, *unexplained]))
        self._fill(by_time, some, line, elsewhere)
        # Where a stretch ends each moment counts; between two that agree one more says little.
        beyond = ~some & ((times < min(by_time)) | (times > max(by_time)))
        self._fill(by_time, beyond, line, elsewhere)
        return [by_time[time] for time in sorted(by_time)]

    def _fill(
        self, by_time: dict[float, FrameHit], asked: npt.NDArray[np.bool_], line: Line, elsewhere: Collection[float]
    ) -> None:
        first = next(iter(by_time.values()))
        entry = first.entry
        known = np.array(sorted(by_time))
        order = np.argsort(np.abs(self._features.times[:, None] - known[None]).min(axis=1), kind="stable")
        for number in order[asked[order]].tolist():
            time = float(self._features.times[number])
            nearest = min(by_time, key=lambda other: abs(other - time))
            target = float(line.at(time))
            if self._rival(line, time) is not None or any(
                min(time, nearest) <= each <= max(time, nearest) for each in elsewhere
            ):
                continue
            if time in by_time or abs(nearest - time) > _BRIDGE or not -_STAND <= target <= entry.duration + _STAND:
                continue
            hit = None
            for most in _BESIDE:
                hit = self._frames.compare(
                    self._features.looks,
                    number,
                    entry,
                    target,
                    most=most,
                    mirrored=first.mirrored,
                    inverted=first.inverted,
                )
                if hit is not None and hit.inliers >= ALONE:
                    break
            if hit is not None and hit.inliers >= _FAINT and overlap(outline(hit), outline(by_time[nearest])) >= 0.5:
                by_time[time] = hit

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

    def _stretch(self, run: list[FrameHit], line: Line, elsewhere: Collection[float]) -> Iterator[Sighting]:
        """``elsewhere``: moments of the query at which the same reference stands elsewhere in time."""
        entry, shown = run[0].entry, share_shown(run)
        codes = self._codes_of(entry.reference.id)
        exact = line in self._lines
        if codes is not None and not exact:
            line, fit = synchronised(
                line, self._votes(run), run[0].query_time, run[-1].query_time, self._query, codes, shown
            )
            exact = fit > 0
        ends = Ends(self._query, self._features, line, entry, codes, run, elsewhere, shown=shown, exact=exact)
        start = self._past_rivals(run[0].query_time, ends.start(), line)
        end = self._past_rivals(run[-1].query_time, ends.end(), line)
        if codes is not None and not exact:
            line, _ = synchronised(line, self._votes(run), start, end, self._query, codes, shown)
        bounds = np.sort(np.clip(line.at(np.array([start, end])), 0.0, max(entry.duration, 0.0)))
        still = entry.reference.kind is MediaKind.IMAGE
        part = None if still else Segment(round(float(bounds[0]), 3), round(float(bounds[1]), 3))
        if end > start:
            yield sighting(entry, run, Segment(round(start, 3), round(end, 3)), part, line)

    def _past_rivals(self, from_: float, limit: float, line: Line) -> float:
        """An end, no further from the moment that agrees than to where codes have seen another time of the same."""
        for each in self._rivals:
            if each.query is None:
                continue
            if from_ <= each.query.start < limit and self._rival(line, each.query.start):
                limit = each.query.start
            elif limit < each.query.end <= from_ and self._rival(line, each.query.end - self._query.frame):
                limit = each.query.end
        return limit


def _enough(run: list[FrameHit], line: Line, moments: int) -> bool:
    """Two moments lie on some line whatever they show; on one of normal speed, or three on any, is evidence.

    Where the whole clip has only a few ``moments``, each is judged as a still image would be.
    """
    strongest = max(hit.inliers for hit in run)
    return strongest >= (ENOUGH if moments <= _FEW else ALONE) or len(run) >= (2 if line.speed == 1.0 else 3)


def _elsewhere(hit: FrameHit, line: Line) -> bool:
    """Whether a moment clearly stands at another time than the line says."""
    return hit.inliers >= ALONE and abs(float(line.at(hit.query_time)) - hit.reference_time) > _APART
