"""What the parts of the sound cascade hear, before it becomes Matches: merged, and freed of what proves nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from faircut.domain import Reference, Segment

COMMON_PARTIES = 3
"""Parties whose works hold the same sound from which on it is nobody's in particular: a library's jingle, a whistle
that everybody bought. Two may both be right: the song's owner, and the film's."""
_REST_SECONDS = 3.0
"""What must be left of a stretch, in one piece, when what others explain is taken away."""
_SAME = 0.5


@dataclass(frozen=True, slots=True)
class Hearing:
    """A stretch of the query that sounds like a stretch of a reference.

    ``speed``: reference seconds per query second. ``pitch``: factor on the reference's frequencies. ``score`` and
    ``probability`` as in a Match. ``blur``: seconds by which its ends may be wrong. ``details``: for the evidence.
    """

    algorithm: str
    reference: Reference
    query: Segment
    heard: Segment
    score: float
    probability: float
    speed: float = 1.0
    pitch: float = 1.0
    blur: float = 0.3
    details: dict[str, Any] = field(default_factory=dict)
    algorithms: frozenset[str] = frozenset()

    @property
    def subject(self) -> tuple[str | None, str | None]:
        if self.reference.negative is not None:
            return None, self.reference.id
        return self.reference.work_id, self.reference.element_id

    @property
    def weight(self) -> float:
        """What decides between two hearings of one thing: a long good one is worth more than a short perfect one."""
        return math.sqrt(max(self.score, 0.0)) * self.query.seconds

    def cut(self, query: Segment) -> Hearing:
        """The same with only a part of the query's stretch."""
        start = self.heard.start + (query.start - self.query.start) * self.speed
        return replace(self, query=query, heard=Segment(start, start + query.seconds * self.speed))


def merged(hearings: Iterable[Hearing]) -> list[Hearing]:
    """One for each stretch and protected thing, in order of the query; confirmed where two algorithms agree.

    Two algorithms that hear the same err for different reasons, so the chance that both do is the product of theirs.
    """
    kept: list[Hearing] = []
    for each in sorted(hearings, key=lambda each: (-each.weight, each.reference.id, each.query)):
        for number, better in enumerate(kept):
            if better.subject == each.subject and better.query.overlap(each.query) >= _SAME * each.query.seconds:
                kept[number] = _confirmed(better, each)
                break
        else:
            kept.append(replace(each, algorithms=frozenset({each.algorithm})))
    return sorted(kept, key=lambda each: (each.query, each.reference.id))


def _confirmed(better: Hearing, other: Hearing) -> Hearing:
    if other.algorithm in better.algorithms or other.reference.id != better.reference.id:
        return better
    middle = (other.query.start + other.query.end) / 2
    place = better.heard.start + (middle - better.query.start) * better.speed
    if abs(place - (other.heard.start + other.heard.end) / 2) > 1.0:
        return better
    joined = replace(
        better,
        algorithms=better.algorithms | {other.algorithm},
        probability=1.0 - (1.0 - better.probability) * (1.0 - other.probability),
        details={**other.details, **better.details},
    )
    return _with_sharper_ends(joined, other)


def _with_sharper_ends(joined: Hearing, other: Hearing) -> Hearing:
    """Where both end nearly alike, what looks at moments knows the end better than what looks at seconds."""
    if other.blur >= joined.blur:
        return joined
    start, end = (
        fine if abs(fine - coarse) <= joined.blur else coarse
        for fine, coarse in zip(other.query, joined.query, strict=True)
    )
    shift = other.heard.start - other.query.start * other.speed
    return replace(
        joined,
        query=Segment(start, end),
        heard=Segment(max(start * other.speed + shift, 0.0), end * other.speed + shift),
        speed=other.speed,
        pitch=other.pitch,
        blur=other.blur,
    )


def unexplained(hearings: Sequence[Hearing]) -> list[Hearing]:
    """Without what negative references explain, and without what is everybody's; negative ones left out.

    A stretch that goes on beyond the jingle keeps the part of it that is longer than the rest of our certainty.
    """
    left: list[Hearing] = []
    for each in hearings:
        if each.reference.negative is not None:
            continue
        explained = [other.query for other in hearings if other.reference.silences(each.reference)]
        rest = _longest_rest(each.query, explained + _shared_by_many(each, hearings))
        if rest == each.query:
            left.append(each)
        elif rest.seconds >= _REST_SECONDS:
            left.append(each.cut(rest))
    return left


def _shared_by_many(one: Hearing, hearings: Sequence[Hearing]) -> list[Segment]:
    """Stretches of the query that works of enough other parties hold as well."""
    others = [
        each
        for each in hearings
        if each.reference.negative is None and each.reference.party_id != one.reference.party_id
    ]
    edges = sorted({edge for each in others for edge in each.query})
    return [
        Segment(start, end)
        for start, end in pairwise(edges)
        if len({each.reference.party_id for each in others if each.query.overlap(Segment(start, end)) > 0})
        >= COMMON_PARTIES - 1
    ]


def _longest_rest(whole: Segment, taken: Iterable[Segment]) -> Segment:
    """The longest part of ``whole`` that none of the others covers."""
    rest = [whole]
    for each in taken:
        pieces: list[Segment] = []
        for piece in rest:
            if piece.overlap(each) <= 0:
                pieces.append(piece)
                continue
            pieces += [Segment(piece.start, max(each.start, piece.start)), Segment(min(each.end, piece.end), piece.end)]
        rest = [piece for piece in pieces if piece.seconds > 0]
    return max(rest, key=lambda piece: piece.seconds, default=Segment(whole.start, whole.start))
