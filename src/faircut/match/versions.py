"""Fingerprints of several versions that are searched as one, while an upgrade takes those of the references again."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from faircut.domain import Fingerprint, Reference
from faircut.index.live import RegisteredSource


class Versions:
    """A source in which what is registered under any of several names is registered under the first.

    The catalogue keeps one version of a reference at a time, and gives each its own number, so none comes twice.
    ``names``: the newest first; rows of all of them must be comparable.
    """

    def __init__(self, source: RegisteredSource, names: Sequence[str]) -> None:
        self._source = source
        self._names = tuple(names)

    def revision(self) -> int:
        return self._source.revision()

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """See :class:`faircut.index.live.RegisteredSource`."""
        found: dict[int, Reference] = {}
        for name in self._versions(algorithm):
            found |= self._source.registered(name)
        return found

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """In order of ``seq``, as :class:`faircut.index.live.RegisteredSource` has them."""
        each = [self._source.fingerprints(name, after_seq) for name in self._versions(algorithm)]
        return heapq.merge(*each, key=itemgetter(0))

    def _versions(self, algorithm: str) -> tuple[str, ...]:
        return self._names if algorithm == self._names[0] else (algorithm,)
