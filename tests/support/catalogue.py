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
    references: dict[str, Reference] = field(default_factory=dict)
    prints: dict[int, tuple[str, Fingerprint]] = field(default_factory=dict)
    changes: int = 0
    read: int = 0
    """Fingerprints handed out so far."""

    def put(self, *fingerprints: Fingerprint, exclude: tuple[Segment, ...] = (), name: str | None = None) -> Reference:
        identity = name or f"ref_{len(self.references) + 1}"
        reference = Reference(
            identity, "party", f"work of {identity}", None, MediaKind.VIDEO, "0" * 64, identity, None, exclude
        )
        self.references[identity] = reference
        for each in fingerprints:
            self.fingerprint(reference, each)
        return reference

    def fingerprint(self, reference: Reference, fingerprint: Fingerprint) -> None:
        """One more fingerprint of a reference, in place of what it had under that algorithm."""
        self.changes += 1
        self.prints = {
            seq: (name, each)
            for seq, (name, each) in self.prints.items()
            if (name, each.algorithm) != (reference.id, fingerprint.algorithm)
        }
        self.prints[self.changes] = reference.id, fingerprint

    def exclude(self, reference: Reference, *segments: Segment) -> None:
        self.changes += 1
        self.references[reference.id] = replace(reference, exclude=segments)

    def remove(self, reference: Reference) -> None:
        self.changes += 1
        del self.references[reference.id]
        self.prints = {seq: each for seq, each in self.prints.items() if each[0] != reference.id}

    def revision(self) -> int:
        return self.changes

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return {reference.id: reference.exclude for reference in self.references.values()}

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {seq: self.references[name] for seq, (name, each) in self.prints.items() if each.algorithm == algorithm}

    def fingerprints(self, algorithm: str, after_seq: int = 0):
        for seq, (name, each) in sorted(self.prints.items()):
            if seq > after_seq and each.algorithm == algorithm:
                self.read += 1
                yield seq, self.references[name], each
