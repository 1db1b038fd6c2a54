"""What came of the queries: one result each, and the rows and sums of the table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from faircut.bench import peers
from faircut.bench.edits import Form
from faircut.bench.footage import Piece
from faircut.bench.judging import Answer, Seen
from faircut.bench.metric import Alignment, at_most, micro_average_precision, wilson
from faircut.bench.peers import PeerAnswer
from faircut.bench.queries import Query
from faircut.domain import Segment

CLOSE = 0.5
"""Seconds within which both ends of a segment must lie on both sides."""


@dataclass(frozen=True, slots=True)
class Result:
    """A query with its truth, our answer and the peers'."""

    query: Query
    seconds: float
    pieces: tuple[Piece, ...]
    answer: Answer
    peers: Mapping[str, PeerAnswer] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether the film that it shows is named."""
        return self.query.film is not None and self.query.film in self.answer.films

    @property
    def right(self) -> bool:
        """Whether the surest match names the film that it shows."""
        best = max(self.answer.seen, key=lambda each: each.score, default=None)
        return best is not None and best.film == self.query.film

    @property
    def wrong(self) -> tuple[int, ...]:
        """Films that are named and not shown."""
        return tuple(film for film in self.answer.films if film != self.query.film)

    @property
    def errors(self) -> tuple[float | None, ...]:
        """For each piece of truth how far off the nearest match's ends are at worst; None where there is no match."""
        if self.query.film is None or self.query.single or self.query.edit.form is Form.IMAGE:
            return ()
        placed = [each for each in self.answer.seen if each.film == self.query.film]
        return tuple(_nearest(piece, placed) for piece in self.pieces)

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        return {
            "query": self.query.name,
            "edit": self.query.edit.name,
            "film": self.query.film,
            "file": self.query.place.path.name,
            "start": round(self.query.place.start, 3),
            "seconds": round(self.seconds, 3),
            "hidden": self.query.host is not None,
            "truth": [asdict(piece) for piece in self.pieces],
            "found": self.found,
            "wrong": list(self.wrong),
            "flagged": self.answer.flagged,
            "errors": [None if each is None else round(each, 3) for each in self.errors],
            "matches": [asdict(each) for each in self.answer.seen],
            "notes": list(self.answer.notes),
            "cpu": round(self.answer.cpu, 3),
            "peers": peers.as_json(self.peers),
        }


def _nearest(piece: Piece, placed: Sequence[Seen]) -> float | None:
    distances = [off for each in placed if (off := off_by(piece, each)) is not None]
    return min(distances, default=None)


def off_by(piece: Piece, seen: Seen) -> float | None:
    """The largest distance in seconds between an end of the truth and that of a match, on either side."""
    if seen.query is None or seen.reference is None:
        return None
    ends = zip((*seen.query, *seen.reference), (*piece.query, *piece.reference), strict=True)
    return max(abs(said - true) for said, true in ends)


@dataclass(frozen=True, slots=True)
class Row:
    """An edit's line: counts out of ``n`` queries of films and ``innocent`` others.

    ``close`` of ``pieces`` segments have all their ends within half a second. ``false``: innocent queries that name a
    film; ``wrong``: queries of a film that name another. ``peers``: how many each of them found.
    """

    edit: str
    label: str
    family: str
    n: int
    found: int
    right: int
    pieces: int
    close: int
    innocent: int
    false: int
    wrong: int
    cpu: float
    peers: Mapping[str, int]
    peers_false: Mapping[str, int]

    @property
    def recall(self) -> float:
        return self.found / self.n if self.n else 0.0

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        low, high = wilson(self.found, self.n)
        return {**asdict(self), "recall": round(self.recall, 4), "recall_95": [round(low, 4), round(high, 4)]}


def rows(results: Iterable[Result]) -> list[Row]:
    """One row an edit, in the order in which they were first asked."""
    grouped: dict[str, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.query.edit.name, []).append(result)
    return [_row(each) for each in grouped.values()]


def _row(results: Sequence[Result]) -> Row:
    edit = results[0].query.edit
    shown = [each for each in results if each.query.film is not None]
    innocent = [each for each in results if each.query.film is None]
    errors = [error for each in shown for error in each.errors]
    named = sorted({name for each in results for name in each.peers})
    return Row(
        edit=edit.name,
        label=edit.label,
        family=edit.family.value,
        n=len(shown),
        found=sum(each.found for each in shown),
        right=sum(each.right for each in shown),
        pieces=len(errors),
        close=sum(error is not None and error <= CLOSE for error in errors),
        innocent=len(innocent),
        false=sum(bool(each.answer.films) for each in innocent),
        wrong=sum(bool(each.wrong) for each in shown),
        cpu=round(statistics.median(each.answer.cpu for each in results), 3),
        peers={name: sum(each.query.film in each.peers[name].films for each in shown) for name in named},
        peers_false={name: sum(_false(each, name) for each in results) for name in named},
    )


def _false(result: Result, peer: str) -> bool:
    return any(film != result.query.film for film in result.peers[peer].films)


@dataclass(frozen=True, slots=True)
class Total:
    """All rows together. ``precision``: micro-average precision of the clips' segments, where there are any.

    ``unrelated``: pairs of a query and a film that it does not show; ``mistaken`` of them match.
    """

    n: int
    found: int
    pieces: int
    close: int
    innocent: int
    false: int
    flagged: int
    unrelated: int
    mistaken: int
    cpu: float
    precision: float | None
    peers: Mapping[str, int]
    peers_mistaken: Mapping[str, int]
    peers_cpu: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        low, high = wilson(self.found, self.n)
        bound = at_most(self.mistaken, self.unrelated)
        return {
            **asdict(self),
            "recall": round(self.found / self.n, 4) if self.n else None,
            "recall_95": [round(low, 4), round(high, 4)],
            "mistaken_at_most": bound,
        }


def total(results: Sequence[Result], films: int) -> Total:
    """The sums over all queries against ``films`` registered ones."""
    lines = rows(results)
    innocent = [each for each in results if each.query.film is None]
    named = sorted({name for each in results for name in each.peers})
    return Total(
        n=sum(row.n for row in lines),
        found=sum(row.found for row in lines),
        pieces=sum(row.pieces for row in lines),
        close=sum(row.close for row in lines),
        innocent=len(innocent),
        false=sum(row.false for row in lines),
        flagged=sum(each.answer.flagged for each in innocent),
        unrelated=sum(films - (each.query.film is not None) for each in results),
        mistaken=sum(len(each.wrong) for each in results),
        cpu=round(statistics.median(each.answer.cpu for each in results), 3) if results else 0.0,
        precision=_precision(results),
        peers={name: sum(row.peers.get(name, 0) for row in lines) for name in named},
        peers_mistaken={name: sum(row.peers_false.get(name, 0) for row in lines) for name in named},
        peers_cpu={
            name: round(statistics.median(each.peers[name].cpu for each in results if name in each.peers), 3)
            for name in named
        },
    )


def _precision(results: Sequence[Result]) -> float | None:
    """Over the moving pictures: stills have no segment, and a still's piece of film has no length."""
    clips = [each for each in results if each.query.edit.form is Form.CLIP and not each.query.single]
    clips = [each for each in clips if all(piece.reference.seconds > 0 for piece in each.pieces)]
    truth = [
        Alignment((each.query.name, each.query.film), piece.query, piece.reference)
        for each in clips
        if each.query.film is not None
        for piece in each.pieces
    ]
    said = [
        Alignment((each.query.name, seen.film), _or_none(seen.query), _or_none(seen.reference), seen.score)
        for each in clips
        for seen in each.answer.seen
    ]
    return round(micro_average_precision(truth, said), 4) if truth else None


def _or_none(segment: Segment | None) -> Segment:
    return segment or Segment(0.0, 0.0)
