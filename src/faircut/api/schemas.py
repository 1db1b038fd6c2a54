"""What the API says of decisions, uploads and jobs. Written from domain values field by field: no path ever leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from faircut import wire
from faircut.api.problems import ALTERNATIVE
from faircut.api.shot_schemas import In, ShotIn, ShotOut, shot_out
from faircut.domain import (
    Asset,
    CheckOutcome,
    Decision,
    Job,
    JobState,
    JobStep,
    MediaKind,
    Naming,
    Ratio,
    Reason,
    Segment,
    Size,
    Stage,
    Verdict,
)

_PICTURES = "pictures"

SegmentJson = Annotated[tuple[float, float], Field(description="Seconds from the start of the media: [start, end].")]


class Picture(BaseModel):
    """One aligned moment of a match: the same frame in what was sent and in the reference."""

    n: int = Field(description="Number within the Decision.")
    t_query: float | None = None
    t_reference: float | None = None
    query_url: str | None = Field(description="Absent when the file could not be read any more.")
    reference_url: str | None


class ReasonOut(BaseModel):
    """Why a Decision is not a plain allow: which input, which protected thing, and what to change."""

    code: str
    input: str
    verdict: Verdict
    message: str
    remedy: str
    work: str | None = None
    element: str | None = None
    work_id: str | None = None
    element_id: str | None = None
    reference_id: str | None = None
    query_segment: SegmentJson | None = None
    reference_segment: SegmentJson | None = None
    score: float | None = None
    probability: float | None = Field(None, description="Calibrated chance that this is a true copy, 0 to 1.")
    detector: str | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    pictures: list[Picture] = Field(default_factory=list)


class CheckOut(BaseModel):
    """One check that policy required, and what became of it."""

    name: str
    version: str
    outcome: CheckOutcome
    milliseconds: float
    detail: str = ""


class DecisionOut(BaseModel):
    """A verdict on exactly the bytes whose SHA-256 is ``asset_digest``."""

    id: str
    input: str
    asset_digest: str
    kind: MediaKind
    stage: Stage
    verdict: Verdict
    allows: bool = Field(description="True when the verdict is allow and every required check passed.")
    reasons: list[ReasonOut]
    required: list[str]
    checks: list[CheckOut]
    policy: str
    catalogue_revision: int
    created_at: datetime
    seconds: float | None = Field(description="How much media was judged, where it has a length.")


class UploadOut(BaseModel):
    """An uploaded file and the verdict on it."""

    id: str
    kind: MediaKind
    name: str
    size: int
    sha256: str
    decision: DecisionOut


class WordsIn(In):
    """Words of a request, and the names of files that would go with it."""

    shots: list[str] = Field(max_length=64)
    names: list[str] = Field(default_factory=list, max_length=64)


class GenerationIn(In):
    """A request for a video. Files are ids of uploads, in the order that names them: Image 1, Image 2 ..."""

    shots: list[ShotIn] = Field(min_length=1, max_length=64)
    images: list[str] = Field(default_factory=list, max_length=64)
    clips: list[str] = Field(default_factory=list, max_length=64)
    sounds: list[str] = Field(default_factory=list, max_length=64)
    size: Size = Size.P720
    ratio: Ratio = Ratio.R16_9
    duration: int = Field(default=6, ge=1, le=60, description="Seconds of video.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    audio: bool = True
    engine: str | None = Field(default=None, description="Name of an engine; absent: the operator's default.")
    priority: int = Field(default=0, ge=-100, le=100, description="Orders your own waiting jobs: the highest first.")
    first_frame: str | None = Field(None, max_length=20, description="`Image 1` …: the video begins with it.")
    last_frame: str | None = Field(None, max_length=20, description="`Image 1` …: the video ends with it.")
    cut_on: str | None = Field(None, max_length=20, description="`Audio 1` …: shots change on the beats of that sound.")


ShotOrText = Annotated[
    Annotated[str, Tag(f"text{ALTERNATIVE}")] | Annotated[ShotIn, Tag(f"shot{ALTERNATIVE}")],
    Discriminator(lambda sent: f"{'text' if isinstance(sent, str) else 'shot'}{ALTERNATIVE}"),
]
"""A shot, or its prompt alone."""


class PreflightIn(GenerationIn):
    """What would be sent to generate. With ``only`` "words", or shots that are plain texts without files, no file is
    judged: quick enough for every key that somebody presses. ``names`` are then those of files that would go along."""

    shots: list[ShotOrText] = Field(max_length=64)  # type: ignore[assignment]  # takes texts besides
    names: list[str] = Field(default_factory=list, max_length=64)
    only: Literal["words"] | None = Field(None, description="`words`: prompts, titles, captions and names alone.")

    @property
    def words_only(self) -> bool:
        """Whether only texts are to be judged."""
        files = self.images or self.clips or self.sounds
        return self.only == "words" or (not files and all(isinstance(shot, str) for shot in self.shots))

    @property
    def texts(self) -> list[str]:
        """The prompts."""
        return [shot if isinstance(shot, str) else shot.prompt for shot in self.shots]

    def generation(self) -> GenerationIn:
        """What would be sent to generate."""
        said = {name: getattr(self, name) for name in GenerationIn.model_fields if name != "shots"}
        shots = [ShotIn.model_validate({"prompt": shot}) if isinstance(shot, str) else shot for shot in self.shots]
        return GenerationIn.model_construct(shots=shots, **said)


class FileOut(BaseModel):
    """A file of a request, by the name that the prompt calls it."""

    label: str
    kind: MediaKind
    name: str | None
    size: int
    sha256: str


class RequestOut(BaseModel):
    """What was asked for."""

    shots: list[ShotOut]
    files: list[FileOut]
    size: Size
    ratio: Ratio
    duration: int
    seed: int
    audio: bool
    engine: str
    first_frame: str | None
    last_frame: str | None
    cut_on: str | None


class ErrorOut(BaseModel):
    """Why a job failed."""

    code: str | None = None
    message: str | None = None
    remedy: str | None = None
    field: str | None = None


class JobOut(BaseModel):
    """A generation job. ``content_url`` is there once the video is released."""

    id: str
    state: JobState
    step: JobStep | None
    progress: float = Field(ge=0, le=1)
    message: str
    seconds_left: float | None
    created_at: datetime
    updated_at: datetime
    request: RequestOut
    decision_ids: list[str]
    sha256: str | None
    content_url: str | None
    error: ErrorOut | None
    timeline: list[dict[str, Any]]


class Page(BaseModel):
    """How many there are, and which part of them this is."""

    limit: int
    more: bool = Field(description="True when there are older ones beyond the limit.")


class JobList(Page):
    items: list[JobOut]


class UploadList(Page):
    items: list[UploadOut]


def _segment(segment: Segment | None) -> tuple[float, float] | None:
    return None if segment is None else (segment.start, segment.end)


def evidence_pictures(decision: Decision) -> Iterator[tuple[Reason, Mapping[str, Any]]]:
    """All picture pairs of a Decision with their reasons, in the order in which the API numbers them."""
    for reason in decision.reasons:
        for pair in reason.evidence.get(_PICTURES, ()):
            yield reason, pair


def decision_out(decision: Decision, *, in_full: bool = False) -> DecisionOut:
    """A Decision for its owner. Blob digests of evidence become addresses.

    ``in_full``: for the rights holder and the operator, with what is withheld from callers.
    """
    base = f"/v1/decisions/{decision.id}/evidence"
    pictures: dict[int, list[Picture]] = {}
    for n, (reason, pair) in enumerate(evidence_pictures(decision)):
        pictures.setdefault(id(reason), []).append(
            Picture(
                n=n,
                t_query=pair.get("t_query"),
                t_reference=pair.get("t_reference"),
                query_url=f"{base}/{n}/query.jpg" if pair.get("query") else None,
                reference_url=f"{base}/{n}/reference.jpg"
                if pair.get("reference") and (in_full or shows_reference(reason))
                else None,
            )
        )
    return DecisionOut(
        id=decision.id,
        input=decision.input,
        asset_digest=decision.asset_digest,
        kind=decision.kind,
        stage=decision.stage,
        verdict=decision.verdict,
        allows=decision.allows,
        reasons=[reason_out(each, pictures.get(id(each), []), in_full=in_full) for each in decision.reasons],
        required=list(decision.required),
        checks=[
            CheckOut(
                name=check.name,
                version=check.version,
                outcome=check.outcome,
                milliseconds=check.milliseconds,
                detail=check.detail,
            )
            for check in decision.checks
        ],
        policy=decision.policy,
        catalogue_revision=decision.catalogue_revision,
        created_at=decision.created_at,
        seconds=decision.seconds,
    )


def shows_reference(reason: Reason) -> bool:
    """Whether a caller may see pictures of the protected thing: a face is a name too."""
    return reason.evidence.get("naming") != Naming.NOTHING.value


def reason_out(reason: Reason, pictures: Sequence[Picture] = (), *, in_full: bool = False) -> ReasonOut:
    """A reason for a caller, or ``in_full``. Where names are withheld, so are ids by which to ask for them."""
    if in_full:
        reason = reason.in_full
    told = not reason.withheld
    return ReasonOut(
        code=reason.code,
        input=reason.input,
        verdict=reason.verdict,
        message=reason.message,
        remedy=reason.remedy,
        work=reason.work,
        element=reason.element,
        work_id=reason.work_id if told or reason.work else None,
        element_id=reason.element_id if told else None,
        reference_id=reason.reference_id if told else None,
        query_segment=_segment(reason.query_segment),
        reference_segment=_segment(reason.reference_segment),
        score=reason.score,
        probability=reason.probability,
        detector=reason.detector,
        evidence={key: value for key, value in wire.dump(dict(reason.evidence)).items() if key != _PICTURES},
        pictures=list(pictures),
    )


def file_out(asset: Asset) -> FileOut:
    return FileOut(label=asset.label, kind=asset.kind, name=asset.name, size=asset.size, sha256=asset.digest)


def job_out(job: Job) -> JobOut:
    """A Job for its owner."""
    request = job.request
    released = job.state is JobState.RELEASED
    return JobOut(
        id=job.id,
        state=job.state,
        step=job.step,
        progress=min(1.0, max(0.0, job.progress)),
        message=job.message,
        seconds_left=job.seconds_left,
        created_at=job.created_at,
        updated_at=job.updated_at,
        request=RequestOut(
            shots=[shot_out(shot) for shot in request.shots],
            files=[file_out(asset) for asset in request.files],
            size=request.size,
            ratio=request.ratio,
            duration=request.duration,
            seed=request.seed,
            audio=request.audio,
            engine=request.engine,
            first_frame=request.first_frame,
            last_frame=request.last_frame,
            cut_on=request.cut_on,
        ),
        decision_ids=list(job.decision_ids),
        sha256=job.released_digest if released else None,
        content_url=f"/v1/generations/{job.id}/content" if released else None,
        error=None if job.error is None else ErrorOut(**job.error),
        timeline=[dict(event) for event in job.timeline],
    )
