"""The second look: what may be described is read together with the prompt, by a model that sees both at once.

What the combiner calls unlikely is never read, so that an ordinary prompt costs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from faircut.detectors.descriptions_features import Query
from faircut.detectors.descriptions_segments import Segment, floats
from faircut.text.cross_encoder import LONGEST, CrossEncoder

MOST_READ, _MOST_READ_OF_LONG = 3, 2
"""Descriptions that are read beside one prompt at most, the likeliest first. Of seven settings between 1 and 7, with
limits between -2.5 and 1 for what is read at all, these were among the best by cross-validation, and cheap."""
_LONG = 360
"""Characters of a prompt beyond which it takes as long to read two as three of a shorter one."""
_KEPT = 64
"""Texts whose lower layers are kept: what is asked for once is often asked for again."""


class SecondReader:
    """Reads prompts beside registered texts. Thread-safe. ``encoder`` is asked for when there is something to read."""

    def __init__(self, encoder: Callable[[], CrossEncoder]) -> None:
        self._encoder = encoder
        self._alone = lru_cache(_KEPT)(lambda text: encoder().alone(text))

    def read(self, query: Query, segment: Segment, row: int, texts: Sequence[str]) -> float:
        """Log odds that the prompt would draw what ``texts``, the tagline, description and keywords of that row, say.

        Of a long prompt that part is read which is most like the description.
        """
        described = self._alone(joined(texts))
        return self._encoder().together(described, self._alone(self._part(query, segment, row)))

    def _part(self, query: Query, segment: Segment, row: int) -> str:
        text = query.prompt.text
        counts = self._encoder().lengths(text, query.prompt.clauses)
        if sum(counts) <= LONGEST:
            return text
        close = (query.prompt.vectors @ floats(segment.fields[row]).T).max(axis=1)
        first, last = closest_run(close.tolist(), counts, LONGEST)
        return text[query.prompt.clauses[first].start : query.prompt.clauses[last].end]


def most_read(prompt: str) -> int:
    """How many descriptions are read beside a prompt at most."""
    return MOST_READ if len(prompt) <= _LONG else _MOST_READ_OF_LONG


def joined(texts: Sequence[str]) -> str:
    """The tagline, description and keywords of a registration as one text."""
    tagline, description, keywords = texts
    return f"{tagline}. {description} {keywords}".strip() if tagline else f"{description} {keywords}".strip()


def closest_run(close: Sequence[float], counts: Sequence[int], most: int) -> tuple[int, int]:
    """First and last of the neighbouring clauses of ``most`` pieces or fewer, that are together most like something.

    ``close`` says how alike each is, ``counts`` how many pieces it has. One clause is taken even if it has more.
    """
    least = min(close)
    best, found = -1.0, (0, 0)
    first, pieces, total = 0, 0, 0.0
    for last, (alike, count) in enumerate(zip(close, counts, strict=True)):
        pieces += count
        total += (alike - least) * count
        while pieces > most and first < last:
            pieces -= counts[first]
            total -= (close[first] - least) * counts[first]
            first += 1
        if total > best:
            best, found = total, (first, last)
    return found


__all__ = ["MOST_READ", "SecondReader", "closest_run", "joined", "most_read"]
