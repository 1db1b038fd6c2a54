"""Micro-average precision over segments, as the matching track of Meta's Video Similarity Challenge measures it.

Written from its description in Pizzi et al., "The 2023 Video Similarity Dataset and Challenge" (arXiv 2306.09489), 4:
predictions of all pairs of videos are taken from the surest down. After each, precision and recall say how much of
the length that was predicted is true, and how much of the true length was predicted, on the query's axis and on the
reference's; each is the geometric mean of both axes. The result is the area under precision over recall.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import sqrt

from faircut.domain import Segment

CHALLENGE_BASELINE, CHALLENGE_WINNER = 0.441, 0.915
"""What the challenge's own baseline and its winner reached on its (larger, harder) set."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stretch of ``query`` that shows a stretch of ``reference``, for one ``pair`` of videos."""

    pair: Hashable
    query: Segment
    reference: Segment
    score: float = 1.0

    def meets(self, other: Alignment) -> bool:
        """Whether the two share time on both axes."""
        return self.query.overlap(other.query) > 0 and self.reference.overlap(other.reference) > 0


def covered(segments: Iterable[Segment]) -> list[Segment]:
    """The same seconds as segments that do not overlap, in order."""
    joined: list[Segment] = []
    for segment in sorted(segments):
        if joined and segment.start <= joined[-1].end:
            joined[-1] = Segment(joined[-1].start, max(joined[-1].end, segment.end))
        else:
            joined.append(segment)
    return joined


def length(segments: Iterable[Segment]) -> float:
    """Seconds that the segments cover, each counted once."""
    return sum(segment.seconds for segment in covered(segments))


def shared(one: Iterable[Segment], other: Iterable[Segment]) -> float:
    """Seconds that both cover."""
    theirs = covered(other)
    return sum(mine.overlap(each) for mine in covered(one) for each in theirs)


@dataclass(slots=True)
class _Pair:
    truth: list[Alignment] = field(default_factory=list)
    predicted: list[Alignment] = field(default_factory=list)

    def lengths(self) -> tuple[float, float, float, float]:
        """Seconds that are right and seconds predicted, on the query's axis and on the reference's."""
        # A prediction counts for those true alignments only that it meets on both axes at once.
        met = [true for true in self.truth if any(true.meets(each) for each in self.predicted)]
        queries, references = [each.query for each in self.predicted], [each.reference for each in self.predicted]
        return (
            shared(queries, [each.query for each in met]),
            shared(references, [each.reference for each in met]),
            length(queries),
            length(references),
        )


def micro_average_precision(truth: Iterable[Alignment], predictions: Sequence[Alignment]) -> float:
    """0..1 over all pairs together; 0 where there is no truth. Equal scores are taken together."""
    pairs: defaultdict[Hashable, _Pair] = defaultdict(_Pair)
    for true in truth:
        pairs[true.pair].truth.append(true)
    wanted_query = sum(length(each.query for each in pair.truth) for pair in pairs.values())
    wanted_reference = sum(length(each.reference for each in pair.truth) for pair in pairs.values())
    if wanted_query <= 0 or wanted_reference <= 0:
        return 0.0
    sums = [0.0, 0.0, 0.0, 0.0]
    area, recall = 0.0, 0.0
    ordered = sorted(predictions, key=lambda each: -each.score)
    for _, together in groupby(ordered, key=lambda each: each.score):
        for prediction in together:
            pair = pairs[prediction.pair]
            before = pair.lengths()
            pair.predicted.append(prediction)
            for number, (now, then) in enumerate(zip(pair.lengths(), before, strict=True)):
                sums[number] += now - then
        right_query, right_reference, said_query, said_reference = sums
        if said_query <= 0 or said_reference <= 0:
            continue
        precision = sqrt(right_query / said_query * right_reference / said_reference)
        reached = sqrt(right_query / wanted_query * right_reference / wanted_reference)
        area += precision * (reached - recall)
        recall = reached
    return area


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927); (0, 1) without trials."""
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    spread = z / (1 + weight) * sqrt(share * (1 - share) / trials + weight / trials / 4)
    return max(0.0, centre - spread), min(1.0, centre + spread)


def at_most(events: int, trials: int) -> float:
    """The most that a rate can be at 95 %, after ``events`` in ``trials``: 3/N for none, else Wilson's upper end."""
    if not trials:
        return 1.0
    return min(1.0, 3 / trials) if events == 0 else wilson(events, trials)[1]
