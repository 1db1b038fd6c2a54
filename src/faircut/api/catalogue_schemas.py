"""What the API takes and says of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from faircut.api.registrations import Registration
from faircut.api.schemas import ErrorOut, ReasonOut, SegmentJson, reason_out
from faircut.api.shot_schemas import In
from faircut.detectors.descriptions_advice import Advice
from faircut.domain import (
    Alias,
    Element,
    ElementKind,
    ElementPolicy,
    Identifier,
    MediaKind,
    Naming,
    NeverMatch,
    Party,
    Reference,
    Stage,
    Work,
)
from faircut.redteam.grades import Protection
from faircut.redteam.grading import Letter
from faircut.retro import RetroReport

_NAMING = "How far answers to callers may name it: by name, only its work, or not at all."


class IdentifierJson(In):
    """An identifier in the shape of MovieLabs OMC: a scope ("EIDR", "ISAN", "ISRC") and a value in it."""

    scope: str
    value: str


class AliasJson(In):
    """Another name, in a language (BCP 47) where known."""

    text: str
    language: str | None = None


class PartyIn(In):
    name: str


class PartyOut(BaseModel):
    id: str
    name: str


class WorkIn(In):
    """``party``: id or name."""

    title: str
    party: str
    identifiers: list[IdentifierJson] = Field(default_factory=list)
    policy: ElementPolicy = ElementPolicy.BLOCK
    naming: Naming = Field(Naming.FULL, description=_NAMING)


class WorkPatch(In):
    title: str | None = None
    identifiers: list[IdentifierJson] | None = None
    policy: ElementPolicy | None = None
    naming: Naming | None = Field(None, description=_NAMING)


class WorkOut(BaseModel):
    id: str
    title: str
    party_id: str
    identifiers: list[IdentifierJson]
    policy: ElementPolicy
    naming: Naming


class ElementIn(In):
    """``work`` or ``party``: id or name of what it belongs to. Aliases are texts or objects with a language."""

    kind: ElementKind
    name: str
    work: str | None = None
    party: str | None = None
    language: str | None = None
    aliases: list[AliasJson | str] = Field(default_factory=list)
    tagline: str = ""
    description: str = ""
    keywords: list[str] = Field(default_factory=list)
    policy: ElementPolicy | None = None
    naming: Naming | None = Field(None, description=_NAMING)


class ElementPatch(In):
    kind: ElementKind | None = None
    name: str | None = None
    language: str | None = None
    aliases: list[AliasJson | str] | None = None
    tagline: str | None = None
    description: str | None = None
    keywords: list[str] | None = None
    policy: ElementPolicy | None = None
    naming: Naming | None = Field(None, description=_NAMING)


class ProtectionOut(BaseModel):
    """How well an element is protected: what became of ``attacks`` on it, and what to register besides.

    Not ``current``: the element or the guard has changed since, and it will be measured anew.
    """

    grade: Letter
    meaning: str
    measured_at: datetime
    current: bool
    attacks: int
    reviewed: int = Field(description="Attacks that went to review.")
    passed: int = Field(description="Attacks that passed the guard.")
    at_most: float = Field(description="The most that the share of attacks that pass may be, at 95 %.")
    passed_by: list[str] = Field(description="Families of the attacks that passed, the most frequent first.")
    advice: list[str]


class AdviceOut(BaseModel):
    """What would make an element easier to recognise when it is described and not named."""

    completeness: float = Field(description="How completely it is described, 0 to 1.")
    keywords: list[str] = Field(
        description="What the tagline and description say and no keyword does: add those meant."
    )
    lacks: list[str] = Field(description="What to register besides, the most useful first.")


class ElementOut(BaseModel):
    id: str
    party_id: str
    work_id: str | None
    kind: ElementKind
    name: str
    language: str | None
    aliases: list[AliasJson]
    tagline: str
    description: str
    keywords: list[str]
    policy: ElementPolicy
    naming: Naming
    protection: ProtectionOut | None = Field(default=None, description="Null until it has been measured.")


class ReferencePatch(In):
    name: str | None = None
    exclude: list[SegmentJson] | None = None


class ReferenceOut(BaseModel):
    """A file or text that stands for a work or element. Segments in ``exclude`` never match."""

    id: str
    party_id: str
    work_id: str | None
    element_id: str | None
    kind: MediaKind
    name: str
    sha256: str
    duration: float | None
    exclude: list[SegmentJson]
    negative: NeverMatch | None = None


class WorkDetail(WorkOut):
    elements: list[ElementOut]
    references: list[ReferenceOut]


class SightingOut(BaseModel):
    """Something that was judged before the work was registered, and shows it."""

    sha256: str
    kind: MediaKind
    stages: list[Stage]
    decisions: list[str] = Field(description="Ids of the Decisions that were made about it, the oldest first.")
    reasons: list[ReasonOut]


class RetroOut(BaseModel):
    """What a retro-search found among ``searched`` assets."""

    work_id: str
    searched: int
    sightings: list[SightingOut]


class FoundOut(BaseModel):
    parties: list[PartyOut]
    works: list[WorkOut]
    elements: list[ElementOut]


class RegistrationOut(BaseModel):
    """A reference on its way into the catalogue; ``done`` means that the next request is judged against it."""

    id: str
    state: Literal["running", "done", "failed"]
    progress: float
    message: str
    reference: ReferenceOut | None
    error: ErrorOut | None


def identifiers_in(sent: Iterable[IdentifierJson]) -> list[Identifier]:
    return [Identifier(each.scope, each.value) for each in sent]


def aliases_in(sent: Iterable[AliasJson | str]) -> list[Alias]:
    return [Alias(each) if isinstance(each, str) else Alias(each.text, each.language) for each in sent]


def party_out(party: Party) -> PartyOut:
    return PartyOut(id=party.id, name=party.name)


def work_out(work: Work) -> WorkOut:
    return WorkOut(
        id=work.id,
        title=work.title,
        party_id=work.party_id,
        identifiers=[IdentifierJson(scope=each.scope, value=each.value) for each in work.identifiers],
        policy=work.policy,
        naming=work.naming,
    )


def protection_out(protection: Protection) -> ProtectionOut:
    grade = protection.grade
    return ProtectionOut(
        grade=grade.letter,
        meaning=grade.meaning,
        measured_at=protection.measured_at,
        current=protection.current,
        attacks=grade.attacks,
        reviewed=grade.reviewed,
        passed=grade.passed,
        at_most=grade.at_most,
        passed_by=list(grade.passed_by),
        advice=list(grade.advice),
    )


def advice_out(advice: Advice) -> AdviceOut:
    return AdviceOut(completeness=advice.score, keywords=list(advice.keywords), lacks=list(advice.lacks))


def elements_out(elements: Sequence[Element], protections: Mapping[str, Protection]) -> list[ElementOut]:
    return [element_out(each, protections.get(each.id)) for each in elements]


def element_out(element: Element, protection: Protection | None = None) -> ElementOut:
    return ElementOut(
        id=element.id,
        party_id=element.party_id,
        work_id=element.work_id,
        kind=element.kind,
        name=element.name,
        language=element.language,
        aliases=[AliasJson(text=each.text, language=each.language) for each in element.aliases],
        tagline=element.tagline,
        description=element.description,
        keywords=list(element.keywords),
        policy=element.policy,
        naming=element.naming,
        protection=None if protection is None else protection_out(protection),
    )


def reference_out(reference: Reference) -> ReferenceOut:
    return ReferenceOut(
        id=reference.id,
        party_id=reference.party_id,
        work_id=reference.work_id,
        element_id=reference.element_id,
        kind=reference.kind,
        name=reference.name,
        sha256=reference.digest,
        duration=reference.duration,
        exclude=[(each.start, each.end) for each in reference.exclude],
        negative=reference.negative,
    )


def retro_out(report: RetroReport) -> RetroOut:
    return RetroOut(
        work_id=report.work_id,
        searched=report.searched,
        sightings=[
            SightingOut(
                sha256=each.digest,
                kind=each.kind,
                stages=list(each.stages),
                decisions=list(each.decisions),
                reasons=[reason_out(reason, in_full=True) for reason in each.reasons],
            )
            for each in report.sightings
        ],
    )


def registration_out(registration: Registration) -> RegistrationOut:
    return RegistrationOut(
        id=registration.id,
        state=registration.state,
        progress=registration.progress,
        message=registration.message,
        reference=None if registration.reference is None else reference_out(registration.reference),
        error=None if registration.error is None else ErrorOut(**registration.error),
    )
