"""Evidence to verdict. Pure: no clock, no disk, no network, and of who asks nothing but the licences given to it.

A match never speaks for itself; the rights holder's policy for the thing matched does. A check that policy requires
and that did not pass makes the verdict a block, whatever else was or was not found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from faircut.domain import (
    CheckOutcome,
    CheckRun,
    ElementKind,
    ElementPolicy,
    GreyZone,
    Match,
    MediaKind,
    Naming,
    Reason,
    Stage,
    Subject,
    Verdict,
)
from faircut.protocols import Detector
from faircut.wording import discreet, grey_words, words_for

POLICY = "policy-v3"

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


class Ground(Protocol):
    """Why a finding may be judged more mildly than the rights holder's policy for it says.

    :class:`GreyZoneRules` is one, :class:`faircut.licences.LicenceGround` another. Of several the first that reaches
    a finding speaks for it.
    """

    def milder(self, finding: Finding, strict: Verdict) -> Reason | None:
        """The reason in place of a ``strict`` one, with a milder verdict; None where the ground does not reach."""
        ...


GREY_DEFAULTS: Mapping[GreyZone, Verdict] = {
    GreyZone.STYLE: Verdict.REVIEW,
    GreyZone.ARCHETYPE: Verdict.REVIEW,
    GreyZone.PUBLIC_DOMAIN: Verdict.ALLOW,
    GreyZone.PARODY: Verdict.REVIEW,
    GreyZone.NEWS: Verdict.REVIEW,
    GreyZone.CRITICISM: Verdict.REVIEW,
}


@dataclass(frozen=True, slots=True)
class GreyZoneRules:
    """A Ground: what an operator has decided for each zone (``verdicts``; what is left out keeps its default).

    ``with_more`` is the mildest verdict where more of the same work is asked for than its name: block by default, at
    most review. ``limited`` is what is done where a check passed and says that it could not do all, as with a language
    that the sentence model does not know: allow by default, at most review. Where the language of a text is not known
    to the detectors, or words leave a doubt, no zone is milder than review, since nobody could tell whether more was
    asked for.
    """

    verdicts: Mapping[GreyZone, Verdict] = field(default_factory=dict)
    with_more: Verdict = Verdict.BLOCK
    limited: Verdict = Verdict.ALLOW

    def milder(self, finding: Finding, strict: Verdict) -> Reason | None:
        mark = finding.match.evidence.get("grey")
        if mark is None:
            return None
        zone = GreyZone(mark["zone"])
        verdict = self.verdicts.get(zone, GREY_DEFAULTS[zone])
        if not mark["checked"] or mark.get("perhaps"):
            verdict = _graver(verdict, Verdict.REVIEW)
        if mark["also"]:
            verdict = _graver(verdict, _graver(self.with_more, Verdict.REVIEW))
        # What no other words would fit: a stock figure, the look of a studio. It is never refused for that alone.
        only_grey = zone is GreyZone.ARCHETYPE or finding.match.evidence.get("how") == "studio"
        # And whoever writes a review and is refused for two words of it needs to know which.
        if only_grey or mark["also"]:
            verdict = min(verdict, strict, key=lambda each: each.severity)
        elif verdict.severity >= strict.severity:
            return None

        def say(subject: Subject) -> tuple[str, str]:
            return grey_words(finding.match, subject, verdict)

        return as_reason(finding, f"grey.{zone.value}", verdict, say)

    @property
    def name(self) -> str:
        """What Decisions call the policy with these rules: the rules are part of it."""
        if self == GreyZoneRules():
            return POLICY
        said = repr(sorted({**GREY_DEFAULTS, **self.verdicts}.items())) + self.with_more
        # Left out where it is the default, so that policies from before it was there keep their names.
        said += self.limited if self.limited is not Verdict.ALLOW else ""
        return f"{POLICY}+{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _graver(one: Verdict, other: Verdict) -> Verdict:
    return max(one, other, key=lambda each: each.severity)


def decide(
    label: str,
    findings: Sequence[Finding],
    required: Sequence[str],
    checks: Sequence[CheckRun],
    grounds: Sequence[Ground] = (),
    *,
    limited: Verdict = Verdict.ALLOW,
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict and its reasons, the gravest first. ``label`` names the asset where a check itself failed.

    ``grounds`` may make the reason of a finding milder; a check that did not pass is beyond them. ``limited`` is the
    verdict on one that passed and says that it could not do all.
    """
    reasons = [*_not_checked(label, required, checks), *(_reason(each, grounds) for each in findings)]
    if limited is not Verdict.ALLOW:
        reasons += [
            _limited(label, run, limited) for run in checks if run.outcome is CheckOutcome.PASSED and run.detail
        ]
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


def _limited(label: str, run: CheckRun, verdict: Verdict) -> Reason:
    return Reason(
        code="check.limited",
        input=label,
        message=f"The {run.name} check could not do all with {label}: {run.detail.rstrip('.')}.",
        remedy="Somebody will look at it. In a language that the check knows it is answered at once.",
        verdict=verdict,
        detector=run.version,
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


def _reason(finding: Finding, grounds: Sequence[Ground]) -> Reason:
    match, subject = finding.match, finding.subject
    strict = verdict_for(match, subject)
    for ground in grounds:
        if (milder := ground.milder(finding, strict)) is not None:
            return milder
    what = words_for(match, subject).what
    code = f"{'possible' if match.evidence.get('ambiguous') else 'protected'}.{what}"

    def say(seen: Subject) -> tuple[str, str]:
        words = words_for(match, seen)
        return words.message, words.remedy

    return as_reason(finding, code, strict, say)


def as_reason(finding: Finding, code: str, verdict: Verdict, say: Callable[[Subject], tuple[str, str]]) -> Reason:
    """A finding in words. ``say``: message and remedy about a subject, as far as its naming policy allows."""
    match, subject = finding.match, finding.subject
    message, remedy = say(subject)
    reason = Reason(
        code=code,
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
    if subject.naming is Naming.FULL:
        return reason
    message, remedy = say(replace(subject, naming=Naming.FULL))
    return _withholding(reason, subject, message, remedy)


def _withholding(reason: Reason, subject: Subject, message: str, remedy: str) -> Reason:
    """The reason as callers may see it. Its words follow the naming policy; ``message``, ``remedy`` do not."""
    said = subject.naming is Naming.WORK
    return replace(
        reason,
        work=subject.work if said else None,
        element=None,
        evidence={**discreet(reason.evidence), "naming": subject.naming.value},
        withheld={
            "message": message,
            "remedy": remedy,
            "work": subject.work,
            "element": subject.element,
            "evidence": reason.evidence,
        },
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
