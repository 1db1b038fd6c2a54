"""Where in the shots the words at fault stand, for whoever shows them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from faircut.domain import Decision, Verdict
from faircut.request_text import compose


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
        if reason.verdict is Verdict.ALLOW:
            continue
        for start, end in words.places(reason):
            for shot, (_label, first, last) in enumerate(words.parts):
                low, high = max(start, first), min(end, last)
                if low < high:
                    found.append(
                        Highlight(shot=shot, start=low - first, end=high - first, verdict=reason.verdict, reason=index)
                    )
    return found
