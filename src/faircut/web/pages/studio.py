"""The studio itself, and the pages of its jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.routes.engines import engines_told
from faircut.api.routes.generations import own_job
from faircut.app import Faircut
from faircut.domain import CheckOutcome, Decision, Job, JobState, JobStep, Ratio, Shot, Size
from faircut.engines.phrasing import phrase
from faircut.errors import Conflict
from faircut.policy import PROVENANCE_CHECK
from faircut.web.controls import CONTROLS
from faircut.web.rendering import render

router = APIRouter(include_in_schema=False)

MayGenerate = Annotated[Principal, Depends(Require(Scope.GENERATE))]

_RECENT = 12
_STEP_WORDS = {
    JobStep.SCREEN_INPUTS: "Check text and files",
    JobStep.GENERATE: "Make the video",
    JobStep.SCREEN_OUTPUT: "Check the video",
    JobStep.SIGN: "Sign it",
    JobStep.SCREEN_SIGNED: "Check the signed file",
    JobStep.RELEASE: "Release",
}
_HEADLINES = {
    JobState.QUEUED: "Waiting for a worker",
    JobState.RUNNING: "Being made",
    JobState.RELEASED: "Your video",
    JobState.REFUSED: "Refused, and why",
    JobState.FAILED: "The job failed",
    JobState.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class RailStep:
    """One step of the stage rail: ``state`` is done, now, stopped or empty."""

    value: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class Span:
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Moment:
    t: float
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens when in a finished video, for drawing."""

    seconds: float
    shots: Sequence[Span]
    impacts: Sequence[float]
    events: Sequence[Moment]


@router.get("/")
def studio_page(faircut: FaircutDep, principal: MayGenerate) -> HTMLResponse:
    """Write, drop files, see the verdict, generate."""
    engines = [told | {"able": json.dumps(told["capabilities"])} for told in engines_told(faircut)]
    return render(
        "studio.html",
        principal=principal,
        section="studio",
        jobs=faircut.studio.list(owner=principal.sees_only, limit=_RECENT),
        engines=engines,
        sizes=list(Size),
        ratios=[(ratio.value, *_glyph(ratio)) for ratio in Ratio],
        max_upload_bytes=faircut.settings.max_upload_bytes,
        controls=CONTROLS,
    )


@router.get("/jobs/{job_id}")
def job_page(job_id: str, faircut: FaircutDep, principal: MayGenerate) -> HTMLResponse:
    """A job: its steps while it runs, then the video or the reasons."""
    job = own_job(faircut, principal, job_id)
    decisions = [faircut.decisions.get(each) for each in job.decision_ids]
    return render(
        "job.html",
        principal=principal,
        section="studio",
        job=job,
        headline=_HEADLINES[job.state],
        decisions=decisions,
        stopping=[each for each in decisions if not each.allows],
        rail=rail(job),
        label=_label(faircut, job),
        c2pa=c2pa_words(decisions),
        timeline=timeline(job),
        directive_words=directive_words,
    )


@router.post("/jobs/{job_id}/cancel")
def cancel_job(job_id: str, faircut: FaircutDep, principal: MayGenerate) -> RedirectResponse:
    """Cancels and shows the job again; one that ended in the meantime just shows its end."""
    own_job(faircut, principal, job_id)
    with suppress(Conflict):
        faircut.studio.cancel(job_id, actor=principal.owner)
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


def directive_words(shot: Shot) -> list[str]:
    """What a shot states besides its prompt, as sentences."""
    words = phrase(replace(shot, prompt="", title="", caption="")).strip()
    on_screen = [f"{what}: {text}" for what, text in (("Title", shot.title), ("Caption", shot.caption)) if text.strip()]
    return ([words] if words else []) + on_screen


def rail(job: Job) -> list[RailStep]:
    """The steps of a job and where it stands among them."""
    steps = list(JobStep)
    at = len(steps) if job.state is JobState.RELEASED else steps.index(job.step) if job.step else -1
    here = "stopped" if job.state.final else "now"
    states = ["done" if number < at else here if number == at else "" for number in range(len(steps))]
    return [RailStep(step.value, _STEP_WORDS[step], state) for step, state in zip(steps, states, strict=True)]


def c2pa_words(decisions: Sequence[Decision]) -> str:
    """What the signature read back as, from the check that ran on the released bytes."""
    for decision in reversed(decisions):
        for check in decision.checks:
            if check.name == PROVENANCE_CHECK:
                trusted = check.outcome is CheckOutcome.PASSED
                return f"{'Signed, reads back as Trusted' if trusted else 'Not trusted'} ({check.version})"
    return "Not signed"


def timeline(job: Job) -> Timeline:
    """The engine's timeline as shots and impacts."""
    seconds = float(job.request.duration)
    events = sorted((dict(each) for each in job.timeline if "t" in each), key=lambda each: float(each["t"]))
    cuts = [float(each["t"]) for each in events if each.get("event") in ("shot", "cut")]
    shots = [Span(start, end) for start, end in pairwise([*cuts, seconds])]
    impacts = [float(each["t"]) for each in events if str(each.get("event")) == "impact"]
    moments = [Moment(float(each["t"]), _event_words(each)) for each in events]
    return Timeline(seconds, shots, impacts, moments)


def _event_words(event: Mapping[str, Any]) -> str:
    match event.get("event"):
        case "shot":
            return ", ".join(str(each) for each in (f"shot {event.get('shot', '')}".strip(), event.get("move")) if each)
        case "media":
            return f"{event.get('media', 'file')} appears"
        case "impact":
            return f"impact of {event['what']}" if event.get("what") else "impact"
        case other:
            return str(other or "event")


def _label(faircut: Faircut, job: Job) -> str:
    engine = faircut.plugins.engines().get(job.request.engine)
    return engine.label if engine else "made by an engine that is no longer installed"


def _glyph(ratio: Ratio) -> tuple[float, float]:
    width, height = (int(part) for part in ratio.value.split(":"))
    scale = min(22 / width, 14 / height)
    return round(width * scale, 1), round(height * scale, 1)
