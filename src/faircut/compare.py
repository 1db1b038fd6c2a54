"""Two files side by side: which stretches of one stand in the other, and what was done to them.

The second file is put into a catalogue of its own that holds nothing else and is gone afterwards; the first is looked
up in it by the detectors that guard requests. Nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faircut.corroboration import corroborate
from faircut.domain import (
    Asset,
    Element,
    ElementPolicy,
    Fingerprint,
    Match,
    MediaKind,
    Party,
    Reference,
    Segment,
    Stage,
    Subject,
    Work,
)
from faircut.errors import InputError, NotFound
from faircut.media.assets import asset_from_file
from faircut.media.limits import MediaLimits
from faircut.protocols import CatalogueReader, Detector, Extractor, Progress, no_progress
from faircut.wording import changes_of, sense_of

_OWNER = Party("compared", "Compared")
_WORK = Work("compared", "Compared", _OWNER.id)


@dataclass(frozen=True, slots=True)
class Copied:
    """A stretch of the first file that stands in the second. ``changes``: what was done to it, in words."""

    match: Match
    sense: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two files have in common; ``seconds`` are their lengths, None for images."""

    first: Asset
    second: Asset
    seconds: tuple[float | None, float | None]
    copies: tuple[Copied, ...]


class OneFile:
    """A CatalogueReader that holds the fingerprints of one file, as those of a work."""

    index_folder: Path | None = None

    def __init__(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> None:
        self._fingerprints = fingerprints
        self.reference = Reference(
            id="compared",
            party_id=_OWNER.id,
            work_id=_WORK.id,
            element_id=None,
            kind=asset.kind,
            digest=asset.digest,
            name=asset.label,
            duration=seconds_of(asset, fingerprints),
        )

    def revision(self) -> int:
        return 1

    def works(self) -> Sequence[Work]:
        return ()

    def elements(self) -> Sequence[Element]:
        return ()

    def references(self, after: int = 0) -> Sequence[Reference]:
        return () if after else (self.reference,)

    def reference_text(self, reference_id: str) -> str:
        """Raises NotFound: the file is no text."""
        raise NotFound(f"{reference_id} is no text.", remedy="Compare pictures and sounds.")

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return {}

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {1: self.reference} if algorithm in self._fingerprints else {}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Sequence[tuple[int, Reference, Fingerprint]]:
        found = self._fingerprints.get(algorithm)
        return () if found is None or after_seq else ((1, self.reference, found),)

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:  # noqa: ARG002  there is but one
        return Subject(_OWNER.id, _OWNER.name, ElementPolicy.BLOCK, _WORK.id, _WORK.title)


class Compare:
    """Compares files. ``references`` and ``queries`` extract as for the two sides of a search."""

    def __init__(
        self,
        *,
        references: Extractor,
        queries: Extractor,
        detectors: Callable[[CatalogueReader], Sequence[Detector]],
        limits: MediaLimits,
    ) -> None:
        self._references = references
        self._queries = queries
        self._detectors = detectors
        self._limits = limits

    def files(
        self,
        first: Path,
        second: Path,
        *,
        labels: tuple[str, str] | None = None,
        progress: Progress = no_progress,
    ) -> Comparison:
        """What of ``first`` stands in ``second``. Raises UnreadableMedia, LimitExceeded, NotFound, InputError."""
        names = labels or (first.name, second.name)
        one, other = (
            asset_from_file(path, name, limits=self._limits) for path, name in zip((first, second), names, strict=True)
        )
        if MediaKind.AUDIO in (one.kind, other.kind) and MediaKind.IMAGE in (one.kind, other.kind):
            raise InputError(
                "A sound and an image have nothing to compare.",
                field=names[1],
                remedy="Compare two files that both have pictures, or both have sound.",
            )
        held = self._references.extract(second, other.kind, label=names[1], progress=_part(progress, 0.0))
        asked = self._queries.extract(first, one.kind, label=names[0], progress=_part(progress, 0.5))
        catalogue = OneFile(other, held)
        found = [
            match
            for detector in self._detectors(catalogue)
            if one.kind in detector.kinds and one.kind is not MediaKind.TEXT and Stage.PUBLISHED in detector.stages
            for match in detector.detect(one, asked)
            if match.reference_id == catalogue.reference.id
        ]
        progress(1.0, "compared")
        copies = tuple(
            Copied(each, sense_of(each.detector) or "match", tuple(changes_of(each))) for each in corroborate(found)
        )
        return Comparison(one, other, (seconds_of(one, asked), seconds_of(other, held)), copies)


def seconds_of(asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> float | None:
    """How long it plays; None for an image."""
    if asset.kind is MediaKind.IMAGE:
        return None
    return max((each.duration for each in fingerprints.values()), default=0.0)


def _part(progress: Progress, start: float) -> Progress:
    return lambda share, message: progress(start + share / 2, message)
