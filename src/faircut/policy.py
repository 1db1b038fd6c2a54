"""Evidence to verdict. Pure: no clock, no disk, no network, and nothing about who asks.

A match never speaks for itself; the rights holder's policy for the thing matched does. A check that policy requires
and that did not pass makes the verdict a block, whatever else was or was not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faircut.domain import (
    CheckOutcome,
    CheckRun,
    ElementKind,
    ElementPolicy,
    Match,
    MediaKind,
    Reason,
    Stage,
    Subject,
    Verdict,
)
from faircut.protocols import Detector
from faircut.wording import words_for

POLICY = "policy-v1"

MEDIA_CHECK = "media"
"""The decoding of a file: every other check of it builds on this one."""
PROVENANCE_CHECK = "provenance"
"""Required of signed bytes about to be released: the signature reads back as Trusted."""


def required_checks(
    detectors: Iterable[Detector], kind: MediaKind, stage: Stage, *, deliverable: bool = False
) -> tuple[str, ...]:
    """The names of the checks that an asset of this kind must pass at this stage."""
    names = [] if kind is MediaKind.TEXT else [MEDIA_CHECK]
    names += sorted(each.name for each in detectors if kind in each.kinds and stage in each.stages)
    if deliverable:
        names.append(PROVENANCE_CHECK)
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Finding:
    """A match together with what it points at."""

    match: Match
    subject: Subject


def decide(
    label: str, findings: Sequence[Finding], required: Sequence[str], checks: Sequence[CheckRun]
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict and its reasons, the gravest first. ``label`` names the asset where a check itself failed."""
    reasons = [*_not_checked(label, required, checks), *(_reason(each) for each in findings)]
    if not required:
        # Nothing looked at this kind of asset at this stage: that is no ground to let it pass.
        reasons.append(_unguarded(label))
    reasons = sorted(_merged(reasons), key=_order)
    verdict = max((each.verdict for each in reasons), key=lambda each: each.severity, default=Verdict.ALLOW)
    return verdict, tuple(reasons)


def _order(reason: Reason) -> tuple[int, bool, bool, float]:
    """The gravest first; among the equally grave what can be shown side by side, and certain words before odds."""
    odds = reason.code.endswith(".description")
    return -reason.verdict.severity, "moments" not in reason.evidence, odds, -(reason.score or 0)


def _not_checked(label: str, required: Sequence[str], checks: Sequence[CheckRun]) -> Iterable[Reason]:
    runs = {check.name: check for check in checks}
    for name in required:
        run = runs.get(name)
        outcome = run.outcome if run else CheckOutcome.MISSING
        if outcome is CheckOutcome.PASSED:
            continue
        detail = run.detail if run and run.detail else "it gave no answer"
        word = {
            CheckOutcome.FAILED: "failed",
            CheckOutcome.TIMEOUT: "took too long",
            CheckOutcome.MISSING: "did not run",
        }
        yield Reason(
            code=f"check.{outcome.value}",
            input=label,
            message=f"The {name} check of {label} {word[outcome]}: {detail.rstrip('.')}.",
            remedy="Nothing is released unchecked. Send another file, or try again; if it stays so, tell the operator.",
            verdict=Verdict.BLOCK,
            detector=run.version if run else name,
        )


def _unguarded(label: str) -> Reason:
    return Reason(
        code="check.missing",
        input=label,
        message=f"No installed detector looks at {label} at this stage.",
        remedy="Tell the operator to install one; nothing is released unchecked.",
        verdict=Verdict.BLOCK,
    )


def verdict_for(match: Match, subject: Subject) -> Verdict:
    """What the rights holder's policy makes of one match, as far as the evidence carries it.

    A style is never blocked, only reviewed; so is a name that is also a common word and stands alone. Under
    ``licence`` a use is blocked until a licence covers it.
    """
    if subject.policy is ElementPolicy.REVIEW or subject.kind is ElementKind.STYLE or match.evidence.get("ambiguous"):
        return Verdict.REVIEW
    return Verdict.BLOCK


def _reason(finding: Finding) -> Reason:
    match, subject = finding.match, finding.subject
    what, message, remedy = words_for(match, subject)
    verdict = verdict_for(match, subject)
    return Reason(
        code=f"{'possible' if match.evidence.get('ambiguous') else 'protected'}.{what}",
        input=match.input,
        message=message,
        remedy=remedy,
        verdict=verdict,
        work=subject.work,
        element=subject.element,
        query_segment=match.query,
        reference_segment=match.reference,
        score=match.score,
        work_id=subject.work_id,
        element_id=subject.element_id,
        reference_id=match.reference_id,
        detector=match.detector,
        evidence=match.evidence,
        probability=match.probability,
    )


def _merged(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """One reason for a name that stands in an input several times; the first one keeps its place."""
    seen: dict[tuple[object, ...], Reason] = {}
    for reason in reasons:
        placed = reason.query_segment or reason.detector is None or "span" not in reason.evidence
        key = (
            (id(reason),) if placed else (reason.code, reason.input, reason.work_id, reason.element_id, reason.detector)
        )
        seen.setdefault(key, reason)
    return list(seen.values())
