"""``screen(asset, stage)``: the one judge, and the only composer of detection, policy and record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from faircut.corroboration import TOGETHER, corroborate, only_together, with_clues
from faircut.decisions import Decisions
from faircut.detectors.grey_zone import GreyZoneMarker
from faircut.domain import (
    LICENSED,
    Asset,
    CheckOutcome,
    CheckRun,
    Decision,
    Fingerprint,
    GenerationRequest,
    Licence,
    Match,
    Reason,
    Stage,
    Verdict,
    new_id,
)
from faircut.errors import FaircutError, IntegrityError, NotFound
from faircut.evidence import EvidencePictures
from faircut.extract import CachedExtractor
from faircut.licences.ground import LicenceGround
from faircut.media.assets import asset_from_text, readable
from faircut.media.decode import DECODER
from faircut.policy import MEDIA_CHECK, Finding, GreyZoneRules, Ground, decide, required_checks
from faircut.private_words import OwnWords
from faircut.protocols import CatalogueReader, Detector, LicenceReader, TakesNotes
from faircut.recent import Recent, RecentRequests
from faircut.request_text import RequestText, compose, continue_with, what_each_adds, words_on_screen, writing_in
from faircut.seen import Seen
from faircut.store.blobs import sha256_file
from faircut.text import written
from faircut.wording import family_of

_Result = tuple[CheckRun, Sequence[Match]]
_Timed = tuple[float, Sequence[Match], str]


@dataclass(frozen=True, slots=True)
class _Judged:
    decision: Decision
    fingerprints: Mapping[str, Fingerprint]


class Screening:
    """Implements :class:`faircut.protocols.Screener`. Thread-safe; one per process."""

    def __init__(
        self,
        *,
        catalogue: CatalogueReader,
        detectors: Sequence[Detector],
        provenance: Detector,
        extractor: CachedExtractor,
        decisions: Decisions,
        pictures: EvidencePictures,
        seen: Seen,
        recent: RecentRequests,
        check_timeout_s: float,
        grey_zone: GreyZoneRules | None = None,
        marker: GreyZoneMarker | None = None,
        licences: LicenceReader | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._detectors = tuple(detectors)
        self._provenance = provenance
        self._extractor = extractor
        self._decisions = decisions
        self._pictures = pictures
        self._seen = seen
        self._recent = recent
        self._timeout = check_timeout_s
        self._grey_zone = grey_zone or GreyZoneRules()
        self._marker = marker
        self._licences = licences
        # Two pools, so that an asset waiting for its checks never holds the place that they need.
        self._assets = ThreadPoolExecutor(2, thread_name_prefix="faircut-asset")
        self._checks = ThreadPoolExecutor(8, thread_name_prefix="faircut-check")

    def close(self) -> None:
        self._assets.shutdown(cancel_futures=True)
        self._checks.shutdown(wait=False, cancel_futures=True)

    def aside(
        self, *, decisions: Decisions, pictures: EvidencePictures, seen: Seen, recent: RecentRequests
    ) -> Screening:
        """The same judge, with the same detectors, catalogue and threads, that keeps what it records elsewhere.

        For whoever tries it out. It ends with the original: do not close it.
        """
        other = copy(self)
        other._decisions, other._pictures, other._seen, other._recent = decisions, pictures, seen, recent
        return other

    @property
    def catalogue(self) -> CatalogueReader:
        """What it judges by."""
        return self._catalogue

    def screen(self, asset: Asset, stage: Stage, *, actor: str, deliverable: bool = False) -> Decision:
        """Judges one asset, illustrates the evidence, records the Decision and returns it."""
        return self._record(asset, self._judge(asset, stage, deliverable=deliverable, licensee=actor), actor)

    def screen_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        """Judges a request whole: every upload, then all its words in their light: of shots, file names and pictures.

        The text's Decision comes first in what is returned.
        """
        words, judged = self._judge_whole(request, actor)
        recorded = [self._record(asset, each, actor) for asset, each in judged]
        if all(each.allows for each in recorded):
            recorded += [self._record(*each, actor) for each in self._judge_together(request, words, actor)]
        if all(each.allows for each in recorded):
            licensed = any(each.licences for each in recorded)
            self._recent.remember(actor, words.text, [each.digest for each in request.files], licensed=licensed)
        return tuple(recorded)

    def judge_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        """The Decisions that :meth:`screen_request` would record, recorded nowhere."""
        words, judged = self._judge_whole(request, actor)
        decisions = [each.decision for _, each in judged]
        if all(each.allows for each in decisions):
            decisions += [each.decision for _, each in self._judge_together(request, words, actor)]
        return tuple(decisions)

    def _judge_whole(self, request: GenerationRequest, actor: str) -> tuple[RequestText, list[tuple[Asset, _Judged]]]:
        """The words of a request, and each thing judged: the words first, then every file."""
        names = [(asset.label, asset.name) for asset in request.files if asset.name]
        uploads = [self._assets.submit(self._judge, asset, Stage.UPLOAD, licensee=actor) for asset in request.files]
        judged = [upload.result() for upload in uploads]
        said = words_on_screen(request.shots) + writing_in(
            [(asset.label, each.fingerprints) for asset, each in zip(request.files, judged, strict=True)]
        )
        words = compose([shot.prompt for shot in request.shots], names, said)
        clues = {
            reason.work_id: reason.input
            for each in judged
            for reason in each.decision.reasons
            # A copy that a licence allows still says which work the words are about.
            if reason.work_id and (reason.verdict is not Verdict.ALLOW or reason.code.startswith(LICENSED))
        }
        asset = _text_asset(words)
        text = self._judge(asset, Stage.PROMPT, words=words, clues=clues, licensee=actor)
        return words, [(asset, text), *zip(request.files, judged, strict=True)]

    def _judge_together(
        self, request: GenerationRequest, words: RequestText, actor: str
    ) -> list[tuple[Asset, _Judged]]:
        """This request together with earlier ones, where they show what none of them shows alone.

        What a licence allows of it comes first, then what nothing allows.
        """
        files = [each.digest for each in request.files]
        beside = self._recent.beside(actor, words.text, files)
        found: list[tuple[Asset, _Judged]] = []
        licensed = bool(beside and self._in_force(actor, datetime.now(UTC)))
        for earlier in _read_together(beside, licensed=licensed):
            licensee = actor if all(each.own for each in earlier) else None
            covered = [reason for _, judged in found for reason in judged.decision.reasons]
            found += self._judge_joined(earlier, words, licensee, covered)
            if not all(judged.decision.allows for _, judged in found):
                break
        return found

    def _judge_joined(
        self, beside: Sequence[Recent], words: RequestText, licensee: str | None, covered: Sequence[Reason]
    ) -> list[tuple[Asset, _Judged]]:
        """What this request and these earlier ones show together, up to the first that nothing allows.

        ``covered`` was found, and allowed, in fewer of them.
        """
        earlier = [each.text for each in beside]
        mine = [*(each.own for each in beside), True]

        @cache
        def alone() -> list[Match | Reason]:
            texts = (*earlier, words.text)
            return [*covered, *(match for text in texts for match in self._found_in(asset_from_text(text)))]

        found = []
        for together in filter(None, (continue_with(earlier, words), what_each_adds(earlier, words))):
            own = tuple((start, end) for number, start, end in together.whose if mine[number])
            asset = _text_asset(together.words, TOGETHER)
            told = OwnWords(together.words, own, words.text)
            judged = self._judge(asset, Stage.PROMPT, words=told, besides=alone, licensee=licensee)
            if judged.decision.licences or not judged.decision.allows:
                found.append((asset, judged))
            if not judged.decision.allows:
                break
        return found

    def _found_in(self, asset: Asset) -> list[Match]:
        required = required_checks(self._detectors, asset.kind, Stage.PROMPT)
        return [match for _, found in self._run(asset, required)[0] for match in found]

    def is_current(self, decision_id: str) -> bool:
        """Whether a recorded Decision would be made against the same catalogue, policy and licences now.

        Raises NotFound.
        """
        decision = self._decisions.get(decision_id)
        if decision.catalogue_revision != self._catalogue.revision() or decision.policy != self._grey_zone.name:
            return False
        if not decision.licences:
            return True
        in_force = self._in_force(self._decisions.owner(decision_id), datetime.now(UTC))
        return decision.licences <= {each.id for each in in_force}

    def judge_text(self, words: RequestText, *, actor: str | None = None) -> tuple[Asset, Decision]:
        """The verdict on a request's words, unrecorded: what the studio shows while somebody types.

        Without an ``actor`` it is that of a caller who holds no licence.
        """
        asset = _text_asset(words)
        return asset, self._judge(asset, Stage.PROMPT, words=words, licensee=actor).decision

    def judge(
        self, asset: Asset, stage: Stage, *, deliverable: bool = False, words: RequestText | None = None
    ) -> Decision:
        """A Decision about a caller without licences, not yet on record: nothing may be released on it."""
        return self._judge(asset, stage, deliverable=deliverable, words=words).decision

    def _judge(
        self,
        asset: Asset,
        stage: Stage,
        *,
        deliverable: bool = False,
        words: RequestText | OwnWords | None = None,
        clues: Mapping[str, str] | None = None,
        besides: Callable[[], Sequence[Match | Reason]] | None = None,
        licensee: str | None = None,
    ) -> _Judged:
        revision = self._catalogue.revision()
        required = required_checks(self._detectors, asset.kind, stage, deliverable=deliverable)
        results, fingerprints = self._run(asset, required)
        seconds = max((each.duration for each in fingerprints.values()), default=0.0)
        matches = corroborate([match for _, found in results for match in found])
        if self._marker and asset.text is not None and besides is None:
            matches = self._marker.marked(matches, asset.text, clues or (), label=asset.label)
        if words is not None:
            matches = [found for match in matches if (found := words.locate(match)) is not None]
            matches = with_clues(matches, clues or {})
        if besides is not None:
            matches = only_together(matches, besides)
        if asset.text is not None and asset.text != readable(asset.text):
            matches = [replace(each, evidence=_readable_in(each.evidence)) for each in matches]
        checks = tuple(check for check, _ in results)
        if isinstance(words, OwnWords):
            checks = words.checks(checks)
        findings = self._findings(matches)
        grounds: list[Ground] = [self._grey_zone]
        if findings and licensee is not None:
            at = datetime.now(UTC)
            # Before the grey zone, so that the Decision says by which licence.
            described = sum(family_of(each.detector) == "descriptions" for each in matches)
            grounds.insert(0, LicenceGround(self._in_force(licensee, at), at, described))
        verdict, reasons = decide(asset.label, findings, required, checks, grounds, limited=self._grey_zone.limited)
        decision = Decision(
            id=new_id("dec"),
            input=asset.label,
            asset_digest=asset.digest,
            kind=asset.kind,
            stage=stage,
            verdict=verdict,
            reasons=reasons,
            required=required,
            checks=checks,
            policy=self._grey_zone.name,
            catalogue_revision=revision,
            created_at=datetime.now(UTC),
            seconds=round(seconds, 3) or None,
        )
        return _Judged(decision, fingerprints)

    def _in_force(self, licensee: str, at: datetime) -> Sequence[Licence]:
        return () if self._licences is None else self._licences.in_force(licensee, at)

    def _record(self, asset: Asset, judged: _Judged, actor: str) -> Decision:
        decision = judged.decision
        # First, so that there is no Decision about something that a later search would pass over.
        if kept := {name: each for name, each in judged.fingerprints.items() if name != written.ALGORITHM}:
            self._seen.remember(asset, kept)
        if decision.verdict is not Verdict.ALLOW:
            decision = replace(decision, reasons=self._pictures.illustrate(asset, decision.reasons))
        return self._decisions.record(decision, owner=actor)

    def _findings(self, matches: Sequence[Match]) -> list[Finding]:
        findings = []
        for match in matches:
            try:
                subject = self._catalogue.subject(work_id=match.work_id, element_id=match.element_id)
            except NotFound:
                # Withdrawn from the catalogue between detection and now: no longer protected.
                continue
            findings.append(Finding(match, subject))
        return findings

    def _run(self, asset: Asset, required: Sequence[str]) -> tuple[list[_Result], Mapping[str, Fingerprint]]:
        fingerprints: Mapping[str, Fingerprint] = {}
        results: list[_Result] = []
        if MEDIA_CHECK in required:
            check, extracted = self._extract(asset, reads=written.CHECK in required)
            results.append((check, ()))
            if extracted is None:
                return results, {}
            fingerprints = extracted
        detectors = [each for each in (*self._detectors, self._provenance) if each.name in required]
        started = [(each, self._checks.submit(_timed, each, asset, fingerprints)) for each in detectors]
        deadline = time.monotonic() + self._timeout
        results += [self._collect(each, future, deadline) for each, future in started]
        return results, fingerprints

    def _extract(self, asset: Asset, *, reads: bool) -> tuple[CheckRun, Mapping[str, Fingerprint] | None]:
        begun = time.perf_counter()
        try:
            if asset.path is None:
                raise NotFound("The file is not there.", field=asset.label, remedy="Send it again.")
            found = self._extractor.extract_digest(asset.digest, asset.path, asset.kind, label=asset.label, reads=reads)
            # What was remembered or decoded must be what the Decision will be about.
            if sha256_file(asset.path) != asset.digest:
                raise IntegrityError("The file changed while it was judged.", remedy="Send it again.")
        except FaircutError as error:
            return CheckRun(MEDIA_CHECK, DECODER, CheckOutcome.FAILED, _since(begun), error.message), None
        return CheckRun(MEDIA_CHECK, DECODER, CheckOutcome.PASSED, _since(begun)), found

    def _collect(self, detector: Detector, future: Future[_Timed], deadline: float) -> _Result:
        def check(outcome: CheckOutcome, milliseconds: float, detail: str = "") -> CheckRun:
            return CheckRun(detector.name, detector.version, outcome, milliseconds, detail)

        try:
            # A detector may be anybody's plugin and raise anything: whatever it is, the check has failed.
            error = future.exception(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            future.cancel()
            return check(CheckOutcome.TIMEOUT, self._timeout * 1000, f"no answer within {self._timeout:g} s"), ()
        if error is not None:
            detail = error.message if isinstance(error, FaircutError) else f"{type(error).__name__}: {error}"
            return check(CheckOutcome.FAILED, 0.0, detail), ()
        milliseconds, matches, note = future.result()
        return check(CheckOutcome.PASSED, milliseconds, note), matches


def _text_asset(words: RequestText, label: str = "prompt") -> Asset:
    return replace(asset_from_text(words.text, label), seams=words.seams)


def _read_together(beside: Sequence[Recent], *, licensed: bool) -> list[Sequence[Recent]]:
    """Which earlier requests are read together with the present one, the caller's own first.

    A licence covers what the caller's own requests show together, so with one these are read by themselves. What
    passed by a licence alone hides nothing that the others show together, so these are read without it too.
    """
    own = [each for each in beside if each.own]
    without = [each for each in beside if not each.licensed]
    readings = [own] if licensed else []
    readings += [list(beside), without]
    return [each for number, each in enumerate(readings) if each and each not in readings[:number]]


def _readable_in(evidence: Any) -> Any:
    """Evidence of JSON types, whose words can be encoded."""
    if isinstance(evidence, str):
        return readable(evidence)
    if isinstance(evidence, Mapping):
        return {key: _readable_in(each) for key, each in evidence.items()}
    if isinstance(evidence, (list, tuple)):
        return [_readable_in(each) for each in evidence]
    return evidence


def _timed(detector: Detector, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> _Timed:
    begun = time.perf_counter()
    # A plugin may return a generator: what it raises belongs to the check.
    matches = tuple(detector.detect(asset, fingerprints))
    note = detector.note(asset) if isinstance(detector, TakesNotes) else ""
    return _since(begun), matches, note


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 2)


def worst(decisions: Sequence[Decision]) -> Verdict:
    """The gravest verdict among several; block when there is none, or when one does not truly allow."""
    if not decisions or any(each.verdict is Verdict.ALLOW and not each.allows for each in decisions):
        return Verdict.BLOCK
    return max((each.verdict for each in decisions), key=lambda each: each.severity)
