"""Where in the shots the words at fault stand, for whoever shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from faircut.domain import Decision, Reason, Verdict
from faircut.request_text import RequestText, compose


class Highlight(BaseModel):
    """A stretch of one shot, in code points from its start; ``reason`` is the index of the reason it belongs to."""

    shot: int
    start: int
    end: int
    verdict: Verdict
    reason: int


def highlights(decision: Decision, shots: Sequence[str]) -> list[Highlight]:
    """All words at fault of a text Decision, mapped onto the shots that it judged together."""
    words = compose(shots or [""])
    found = []
    for index, reason in enumerate(decision.reasons):
        for start, end in _spans(reason, words):
            for shot, (_label, first, last) in enumerate(words.parts):
                low, high = max(start, first), min(end, last)
                if low < high:
                    found.append(
                        Highlight(shot=shot, start=low - first, end=high - first, verdict=reason.verdict, reason=index)
                    )
    return found


def _spans(reason: Reason, words: RequestText) -> Iterator[tuple[int, int]]:
    """Spans of a reason in the composed text. ``span`` counts from the named piece, ``spans`` from the whole text."""
    evidence = reason.evidence
    if "spans" in evidence:
        yield from ((int(start), int(end)) for start, end in evidence["spans"])
    elif "span" in evidence:
        start, end = evidence["span"]
        first = next((first for label, first, _last in words.parts if label == reason.input), None)
        if first is not None:
            yield int(start) + first, int(end) + first
        elif " and " in reason.input:
            yield int(start), int(end)
