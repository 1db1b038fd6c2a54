"""Retro-search: a work that is registered today, looked for in everything that was judged before.

The few fingerprints of the work are indexed and all that was seen is streamed past them, which costs far less than
asking the whole catalogue about each asset again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faircut.corroboration import corroborate
from faircut.decisions import Decisions
from faircut.domain import (
    Asset,
    Element,
    Fingerprint,
    MediaKind,
    Reason,
    Reference,
    Segment,
    Stage,
    Subject,
    Work,
)
from faircut.policy import Finding, decide
from faircut.protocols import CatalogueReader, Detector, Ledger, Progress, no_progress
from faircut.seen import Seen, SeenAsset

_MEDIA = frozenset({MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO})


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that was judged before and shows the work: where in it, and which Decisions let it pass or not."""

    digest: str
    kind: MediaKind
    reasons: tuple[Reason, ...]
    decisions: tuple[str, ...]
    stages: tuple[Stage, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetroReport:
    """What a search found among ``searched`` assets."""

    work_id: str
    searched: int
    sightings: tuple[Sighting, ...]


class OneWork:
    """A CatalogueReader that shows one work alone, with the negative references that take matches of it away."""

    index_folder: Path | None = None

    def __init__(self, catalogue: CatalogueReader, work: Work) -> None:
        self._catalogue = catalogue
        self._work = work

    def revision(self) -> int:
        return self._catalogue.revision()

    def works(self) -> Sequence[Work]:
        return (self._work,)

    def elements(self) -> Sequence[Element]:
        return tuple(each for each in self._catalogue.elements() if each.work_id == self._work.id)

    def references(self, after: int = 0) -> Sequence[Reference]:
        return tuple(each for each in self._catalogue.references(after) if self._concerns(each))

    def reference_text(self, reference_id: str) -> str:
        """The words of a text reference. Raises NotFound."""
        return self._catalogue.reference_text(reference_id)

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        return self._catalogue.excludes()

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        everything = self._catalogue.registered(algorithm)
        return {seq: reference for seq, reference in everything.items() if self._concerns(reference)}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterator[tuple[int, Reference, Fingerprint]]:
        found: Iterable[tuple[int, Reference, Fingerprint]] = self._catalogue.fingerprints(algorithm, after_seq)
        return (each for each in found if self._concerns(each[1]))

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:
        """Raises NotFound."""
        return self._catalogue.subject(work_id=work_id, element_id=element_id)

    def _concerns(self, reference: Reference) -> bool:
        return reference.work_id == self._work.id or reference.negative is not None


class RetroSearch:
    """Searches what was seen. ``detectors`` makes detectors that are bound to a catalogue."""

    def __init__(
        self,
        *,
        catalogue: CatalogueReader,
        detectors: Callable[[CatalogueReader], Sequence[Detector]],
        seen: Seen,
        decisions: Decisions,
        ledger: Ledger,
    ) -> None:
        self._catalogue = catalogue
        self._detectors = detectors
        self._seen = seen
        self._decisions = decisions
        self._ledger = ledger

    def search(self, work: Work, *, progress: Progress = no_progress, actor: str) -> RetroReport:
        """Looks for a work's pictures and sound in all that was seen; the search and its outcome are an event."""
        view = OneWork(self._catalogue, work)
        detectors = [each for each in self._detectors(view) if each.kinds & _MEDIA and Stage.PUBLISHED in each.stages]
        total = max(self._seen.count(), 1)
        sightings, searched = [], 0
        for asset in self._seen.assets():
            progress(min(searched / total, 1.0), f"{searched + 1} of {total}")
            searched += 1
            if (sighting := self._look(asset, detectors, view)) is not None:
                sightings.append(sighting)
        progress(1.0, f"{searched} searched, {len(sightings)} show it")
        self._ledger.append(
            "retro.searched",
            work.id,
            {"searched": searched, "found": [{"asset": e.digest, "decisions": list(e.decisions)} for e in sightings]},
            actor=actor,
        )
        return RetroReport(work.id, searched, tuple(sightings))

    def _look(self, seen: SeenAsset, detectors: Sequence[Detector], view: OneWork) -> Sighting | None:
        asset = Asset(f"{seen.kind} {seen.digest[:12]}", seen.kind, seen.digest, 0)
        matches = [
            match
            for detector in detectors
            if seen.kind in detector.kinds
            for match in detector.detect(asset, seen.fingerprints)
        ]
        findings = [
            Finding(each, view.subject(work_id=each.work_id, element_id=each.element_id))
            for each in corroborate(matches)
        ]
        if not findings:
            return None
        # No checks are required of a search: the reasons are what the findings alone say.
        reasons = tuple(each for each in decide(asset.label, findings, (), ())[1] if each.detector is not None)
        records = [self._decisions.get(each) for each in self._seen.decisions(seen.digest)]
        return Sighting(
            digest=seen.digest,
            kind=seen.kind,
            reasons=reasons,
            decisions=tuple(each.id for each in records),
            stages=tuple(dict.fromkeys(each.stage for each in records)),
            owners=tuple(dict.fromkeys(self._decisions.owner(each.id) for each in records)),
        )
