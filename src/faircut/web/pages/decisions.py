"""The decision page: what to change first, then what matched and how it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from faircut.api.access import FaircutDep, MayReadDecisions, Principal
from faircut.api.highlights import Highlight, highlights
from faircut.api.routes.decisions import own_decision, sees_names
from faircut.api.routes.generations import own_job
from faircut.api.schemas import Picture, decision_out
from faircut.app import Faircut
from faircut.appeals import MOST_WORDS
from faircut.domain import Decision, Job, MediaKind, Reason, Segment, Stage, Verdict
from faircut.errors import NotFound
from faircut.web.rendering import render

router = APIRouter(include_in_schema=False)


_WIDTH = 1000.0
_NARROWEST = 6.0


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A text with the words at fault marked."""

    label: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Link:
    n: int
    x1: float
    x2: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Two timelines, query over reference, in units of a drawing 1000 wide."""

    query: Segment
    reference: Segment
    query_length: float
    reference_length: float
    qx: float
    qw: float
    rx: float
    rw: float
    links: Sequence[Link]

    @property
    def band(self) -> str:
        """Corner points of the area that joins the two stretches."""
        right = (self.rx + self.rw, self.qx + self.qw)
        return f"{self.qx},22 {right[1]},22 {right[0]},86 {self.rx},86"


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason with everything that the page draws for it."""

    reason: Reason
    quotes: Sequence[Quote] = ()
    pictures: Sequence[Picture] = field(default=())
    lines: Lines | None = None
    version: str | None = None


@router.get("/decisions/{decision_id}")
def decision_page(
    decision_id: str, faircut: FaircutDep, principal: MayReadDecisions, job: str | None = None
) -> HTMLResponse:
    """A Decision for the person whose input it is about. ``job`` leads back to the job that it stopped."""
    decision = own_decision(faircut, principal, decision_id)
    found = _job_of(faircut, principal, decision_id, job)
    marks = highlights(decision, _shots(found)) if decision.stage is Stage.PROMPT and found else []
    full = sees_names(principal)
    pictures = [reason.pictures for reason in decision_out(decision, in_full=full).reasons]
    reasons = [reason.in_full if full else reason for reason in decision.reasons]
    views = [
        ReasonView(
            reason,
            quotes=_quotes(reason, index, marks, found),
            pictures=pictures[index],
            lines=_lines(faircut, decision, reason, pictures[index]),
            version=next((each.version for each in decision.checks if each.name == reason.detector), reason.detector),
        )
        for index, reason in enumerate(reasons)
    ]
    back = {"href": f"/jobs/{found.id}", "words": "Back to the job"} if found else {"href": "/", "words": "Studio"}
    return render(
        "decision.html",
        principal=principal,
        section="studio",
        decision=decision,
        headline=_headline(decision),
        remedies=list(dict.fromkeys(reason.remedy for reason in reasons)),
        reasons=views,
        job=found,
        back=back,
        appeal=faircut.appeals.against(decision_id),
        most_words=MOST_WORDS,
    )


def _headline(decision: Decision) -> str:
    what = {"prompt": "The text", "output": "The finished video"}.get(decision.input, decision.input)
    match decision.verdict:
        case Verdict.ALLOW:
            return f"{what} is clear"
        case Verdict.REVIEW:
            return f"{what} needs a review"
        case _:
            return f"{what} was refused"


def _job_of(faircut: Faircut, principal: Principal, decision_id: str, job_id: str | None) -> Job | None:
    if job_id is None:
        return None
    try:
        job = own_job(faircut, principal, job_id)
    except NotFound:
        return None
    return job if decision_id in job.decision_ids else None


def _shots(job: Job | None) -> list[str]:
    return [shot.prompt for shot in job.request.shots] if job else []


def _quotes(reason: Reason, index: int, marks: Sequence[Highlight], job: Job | None) -> list[Quote]:
    own = [mark for mark in marks if mark.reason == index]
    if not own:
        matched = reason.evidence.get("matched")
        return [Quote("", [Part(str(matched), True)])] if matched else []
    shots = _shots(job)
    return [
        Quote(f"Shot {number + 1}" if len(shots) > 1 else "", _parts(text, [m for m in own if m.shot == number]))
        for number, text in enumerate(shots)
        if any(mark.shot == number for mark in own)
    ]


def _parts(text: str, marks: Sequence[Highlight]) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for mark in sorted(marks, key=lambda each: each.start):
        start = max(at, mark.start)
        if mark.end > start:
            parts += [Part(text[at:start], False), Part(text[start : mark.end], True)]
            at = mark.end
    return [part for part in [*parts, Part(text[at:], False)] if part.text]


def _lines(faircut: Faircut, decision: Decision, reason: Reason, pictures: Sequence[Picture]) -> Lines | None:
    query, reference = reason.query_segment, reason.reference_segment
    if query is None or reference is None or decision.kind is MediaKind.IMAGE:
        return None
    query_length = max(query.end, decision.seconds or 0.0)
    reference_length = max(reference.end, _reference_length(faircut, reason))
    if query_length <= 0 or reference_length <= 0:
        return None
    qx, qw = _stretch(query, query_length)
    rx, rw = _stretch(reference, reference_length)
    return Lines(
        query,
        reference,
        query_length,
        reference_length,
        qx,
        qw,
        rx,
        rw,
        [
            Link(picture.n, _x(picture.t_query, query_length), _x(picture.t_reference, reference_length))
            for picture in pictures
            if picture.t_query is not None and picture.t_reference is not None
        ],
    )


def _reference_length(faircut: Faircut, reason: Reason) -> float:
    if reason.reference_id is None:
        return 0.0
    try:
        return faircut.catalogue.reference(reason.reference_id).duration or 0.0
    except NotFound:
        return 0.0


def _x(seconds: float, length: float) -> float:
    return round(min(1.0, seconds / length) * _WIDTH, 1)


def _stretch(segment: Segment, length: float) -> tuple[float, float]:
    start = _x(segment.start, length)
    width = max(_NARROWEST, _x(segment.end, length) - start)
    return min(start, _WIDTH - width), round(width, 1)
