"""The words of a request as one text: all shots and all file names, judged together and reported apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from faircut.domain import Match

_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class RequestText:
    """``text`` is what is judged; ``parts`` are the labels of its pieces with where each begins and ends."""

    text: str
    parts: tuple[tuple[str, int, int], ...]

    def locate(self, match: Match) -> Match:
        """The match with ``input`` naming the piece, and ``span`` counted from that piece's own start.

        A match that runs over several pieces names the first and the last, and keeps its span.
        """
        if "span" not in match.evidence:
            return match
        start, end = match.evidence["span"]
        touched = [part for part in self.parts if part[1] < end and start < part[2]]
        if not touched:
            return match
        if len(touched) > 1:
            return replace(match, input=f"{touched[0][0]} and {touched[-1][0]}")
        label, first, _last = touched[0]
        return replace(match, input=label, evidence={**match.evidence, "span": [start - first, end - first]})


def compose(shots: Sequence[str], file_names: Sequence[tuple[str, str]] = ()) -> RequestText:
    """Joins shots and file names, given as (label, name). One shot is called "prompt", several "Shot 1" …."""
    labels = ["prompt"] if len(shots) == 1 else [f"Shot {number}" for number in range(1, len(shots) + 1)]
    pieces = list(zip(labels, shots, strict=True))
    pieces += [(f"file name of {label}", words_of(name)) for label, name in file_names]
    parts: list[tuple[str, int, int]] = []
    at = 0
    for label, piece in pieces:
        parts.append((label, at, at + len(piece)))
        at += len(piece) + len(_SEPARATOR)
    return RequestText(_SEPARATOR.join(piece for _, piece in pieces), tuple(parts))


def words_of(file_name: str) -> str:
    """What a file name says: 'my_darth-vader.v2.png' to 'my darth vader v2'."""
    return re.sub(r"[_\-.+\s]+", " ", PurePath(file_name).stem).strip()
