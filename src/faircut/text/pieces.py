"""What tokenizers have in common: words are cut into pieces once, and every piece keeps its place in the text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CACHE_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """``ids`` of the pieces without the special ones; ``starts[i]`` and ``ends[i]`` are its place in the text."""

    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def __len__(self) -> int:
        return len(self.ids)


class Cutter(ABC):
    """Cuts text into the pieces of a vocabulary. ``first`` and ``last`` are the ids that frame every run of them.

    ``added``: a piece that is no character of the text, which has a place and no length.
    """

    def __init__(self, first: int, last: int, *, added: str = "") -> None:
        self.first, self.last = first, last
        self._added = added
        self._known: dict[str, tuple[tuple[int, int], ...]] = {}

    def cut(self, text: str) -> Pieces:
        """The pieces of any string. Linear in its length."""
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        for letters, places in self._words(text):
            begin = 0
            for number, length in self._cut_word(letters):
                ids.append(number)
                starts.append(places[begin])
                ends.append(places[begin + length - 1] + (letters[begin : begin + length] != self._added))
                begin += length
        return Pieces(ids, starts, ends)

    def _cut_word(self, word: str) -> tuple[tuple[int, int], ...]:
        known = self._known.get(word)
        if known is None:
            if len(self._known) > _CACHE_LIMIT:
                self._known.clear()
            known = self._known[word] = self._pieces_of(word)
        return known

    @abstractmethod
    def _words(self, text: str) -> Iterator[tuple[str, Sequence[int]]]:
        """Words, folded, with the place of each letter in the text."""

    @abstractmethod
    def _pieces_of(self, word: str) -> tuple[tuple[int, int], ...]:
        """(id, letters) of each piece of a folded word."""


__all__ = ["Cutter", "Pieces"]
