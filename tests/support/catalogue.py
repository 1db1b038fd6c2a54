"""A catalogue of references alone, in memory: what an index and a matcher need of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from faircut.domain import Fingerprint, MediaKind, Reference, Segment


@dataclass
class FakeCatalogue:
    """Sequence numbers are never used twice, and each change has a revision of its own, as in the real one."""

    index_folder: Path | None = None
    kept: dict[int, tuple[Reference, dict[str, Fingerprint]]] = field(default_factory=dict)
    changes: int = 0
    last: int = 0
    read: int = 0
    """Fingerprints handed out so far."""

    def put(self, *fingerprints: Fingerprint, exclude: tuple[Segment, ...] = (), name: str | None = None) -> Reference:
        self.last += 1
        self.changes += 1
        identity = name or f"ref_{self.last}"
        reference = Reference(
            identity, "party", f"work of {identity}", None, MediaKind.VIDEO, "0" * 64, identity, None, exclude
        )
        self.kept[self.last] = reference, {each.algorithm: each for each in fingerprints}
        return reference

    def refingerprint(self, reference: Reference, fingerprint: Fingerprint) -> None:
        """Another algorithm for a reference that is there already."""
        self.changes += 1
        next(prints for known, prints in self.kept.values() if known.id == reference.id)[fingerprint.algorithm] = (
            fingerprint
        )

    def exclude(self, reference: Reference, *segments: Segment) -> None:
        self.changes += 1
        for seq, (known, prints) in self.kept.items():
            if known.id == reference.id:
                self.kept[seq] = replace(known, exclude=segments), prints

    def remove(self, reference: Reference) -> None:
        self.changes += 1
        self.kept = {seq: each for seq, each in self.kept.items() if each[0].id != reference.id}

    def revision(self) -> int:
        return self.changes

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return {reference.id: reference.exclude for reference, _ in self.kept.values()}

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {seq: reference for seq, (reference, prints) in self.kept.items() if algorithm in prints}

    def fingerprints(self, algorithm: str, after_seq: int = 0):
        for seq, (reference, prints) in sorted(self.kept.items()):
            if seq > after_seq and algorithm in prints:
                self.read += 1
                yield seq, reference, prints[algorithm]
