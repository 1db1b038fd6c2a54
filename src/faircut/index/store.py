"""The registered fingerprints of one algorithm in memory, kept in step with the catalogue.

Reads are cheap and the catalogue says when something changed: a registration by any process is searchable by the
next query of every other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint, Reference, Segment


class FingerprintSource(Protocol):
    """Where registered fingerprints come from: the catalogue."""

    def revision(self) -> int: ...

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        """The excluded segments of every living reference, by its id."""
        ...

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """In order of ``seq``, those registered after ``after_seq``."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference: all its ``codes`` in time order.

    ``excluded`` marks codes of excluded segments; ``usable`` is False for those and for codes of too little quality.
    """

    reference: Reference
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]
    excluded: npt.NDArray[np.bool_]
    usable: npt.NDArray[np.bool_]
    duration: float


@dataclass(slots=True)
class _State:
    revision: int = -1
    seq: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)


class FingerprintStore:
    """Holds the entries of one algorithm and tells its listener what to add. Thread-safe.

    ``span``: seconds of media that one code looks at, from its time on.
    """

    def __init__(
        self,
        source: FingerprintSource,
        algorithm: str,
        *,
        min_quality: int,
        span: float = 0.0,
        on_add: Callable[[Entry], None],
        on_rebuild: Callable[[], None],
    ) -> None:
        self._source = source
        self._algorithm = algorithm
        self._min_quality = min_quality
        self._span = span
        self._on_add = on_add
        self._on_rebuild = on_rebuild
        self._state = _State()
        self._lock = threading.RLock()

    def refresh(self) -> None:
        """Takes in what was registered since the last call; starts over when something was removed or edited."""
        with self._lock:
            revision = self._source.revision()
            if revision == self._state.revision:
                return
            living = self._source.excludes()
            if any(living.get(known) != entry.reference.exclude for known, entry in self._state.entries.items()):
                self._state = _State()
                self._on_rebuild()
            for seq, reference, fingerprint in self._source.fingerprints(self._algorithm, self._state.seq):
                entry = self._entry(reference, fingerprint)
                self._state.entries[reference.id] = entry
                self._state.seq = max(self._state.seq, seq)
                self._on_add(entry)
            self._state.revision = revision

    def _entry(self, reference: Reference, fingerprint: Fingerprint) -> Entry:
        excluded = np.zeros(len(fingerprint), bool)
        for segment in reference.exclude:
            excluded |= (fingerprint.times + self._span >= segment.start) & (fingerprint.times < segment.end)
        return Entry(
            reference=reference,
            codes=fingerprint.codes,
            times=fingerprint.times,
            quality=fingerprint.quality,
            excluded=excluded,
            usable=(fingerprint.quality >= self._min_quality) & ~excluded,
            duration=fingerprint.duration,
        )
