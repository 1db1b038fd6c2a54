"""The vocabulary, as frozen types. Imports the directives and nothing else of ours; every stage speaks it.

Times are seconds from the start of the media, as floats. Digests are lower-case hex SHA-256.
Ids are opaque strings with a typed prefix (``work_…``, ``dec_…``), see :func:`new_id`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.directives import Camera, Lighting, Physics, Placement, Transition


def new_id(prefix: str) -> str:
    """A fresh opaque id, sortable by time of creation to the millisecond: ``work_0193a…``."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    return f"{prefix}_{milliseconds:011x}{secrets.token_hex(6)}"


class MediaKind(StrEnum):
    """What an asset or a reference is made of."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class ElementKind(StrEnum):
    """What is protected inside a work, or belongs to a person."""

    CHARACTER = "character"
    CREATURE = "creature"
    COSTUME = "costume"
    SET = "set"
    PROP = "prop"
    TITLE = "title"
    SCENE = "scene"
    SCRIPT = "script"
    STYLE = "style"
    SOUNDTRACK = "soundtrack"
    LIKENESS = "likeness"
    VOICE = "voice"


class ElementPolicy(StrEnum):
    """What the rights holder wants done with a match: block, send to review, or allow only under a licence."""

    BLOCK = "block"
    REVIEW = "review"
    LICENCE = "licence"


class Naming(StrEnum):
    """How far answers to callers may name a thing, as its rights holder wants it.

    ``FULL``: by its name. ``WORK``: only the work that it is of. ``NOTHING``: "a protected character".
    """

    FULL = "full"
    WORK = "work"
    NOTHING = "nothing"

    def stricter(self, other: Naming) -> Naming:
        """Whichever of the two says less."""
        return max(self, other, key=list(Naming).index)


class GreyZone(StrEnum):
    """Uses that name or resemble a protected thing and may be allowed all the same: policy says which."""

    STYLE = "style"
    ARCHETYPE = "archetype"
    PUBLIC_DOMAIN = "public_domain"
    PARODY = "parody"
    NEWS = "news"
    CRITICISM = "criticism"


class Stage(StrEnum):
    """Where in its life an asset is examined."""

    PROMPT = "prompt"
    UPLOAD = "upload"
    OUTPUT = "output"
    DATASET = "dataset"
    PUBLISHED = "published"


class Verdict(StrEnum):
    """The outcome of a Decision."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """0 for allow, 1 for review, 2 for block: the worst of several is the greatest."""
        return list(Verdict).index(self)


class CheckOutcome(StrEnum):
    """Whether a check ran to its end. Only ``PASSED`` counts; it does not mean that nothing was found."""

    PASSED = "passed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MISSING = "missing"


class Segment(NamedTuple):
    """A stretch of media in seconds, ``start`` ≤ ``end``. Written to JSON as ``[start, end]``."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def overlap(self, other: Segment) -> float:
        """Seconds that the two share."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in the shape of MovieLabs OMC: a scope ("EIDR", "ISAN", "ISRC", …) and a value in it."""

    scope: str
    value: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an element, in a language (BCP 47 tag) where known."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A rights holder, partner, performer or the operator."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Work:
    """A protected title: film, series, song."""

    id: str
    title: str
    party_id: str
    identifiers: tuple[Identifier, ...] = ()
    policy: ElementPolicy = ElementPolicy.BLOCK
    naming: Naming = Naming.FULL


@dataclass(frozen=True, slots=True)
class Element:
    """A protected thing inside a work (``work_id``) or belonging to a person (``work_id`` is None)."""

    id: str
    party_id: str
    work_id: str | None
    kind: ElementKind
    name: str
    language: str | None = None
    aliases: tuple[Alias, ...] = ()
    tagline: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    policy: ElementPolicy = ElementPolicy.BLOCK
    naming: Naming = Naming.FULL


class NeverMatch(StrEnum):
    """Whose matches a negative reference takes away: those of its own party's works, or everyone's."""

    PARTY = "party"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Reference:
    """A file or text that stands for a work or, with ``element_id``, for one element of it.

    ``exclude`` lists segments that must never match (slates, licensed stock footage). With ``negative`` the whole file
    stands for nothing protected (a studio's logo, test bars): what it explains is no match of anything else.
    """

    id: str
    party_id: str
    work_id: str | None
    element_id: str | None
    kind: MediaKind
    digest: str
    name: str
    duration: float | None = None
    exclude: tuple[Segment, ...] = ()
    negative: NeverMatch | None = None

    def silences(self, other: Reference) -> bool:
        """Whether this is a negative reference that takes matches of ``other`` away."""
        if self.negative is None or other.negative is not None:
            return False
        return self.negative is NeverMatch.EVERYONE or self.party_id == other.party_id


@dataclass(frozen=True, slots=True)
class Asset:
    """Content under examination. Text carries ``text``; everything else carries ``path``.

    ``label`` is what people call it in the request: "prompt", "Image 1", "Video 2", "output". ``seams`` belongs to a
    text of several pieces: their ends side by side in other orders, for whoever looks for words that are split over
    pieces. Spans of what is found there count on as if ``seams`` followed ``text`` directly.
    """

    label: str
    kind: MediaKind
    digest: str
    size: int
    text: str | None = None
    path: Path | None = None
    name: str | None = None
    seams: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one algorithm says of one asset: ``codes`` at ``times``.

    ``codes``: (n, bytes) uint8, one row a code. ``times``: (n,) float32 seconds. ``quality``: (n,) uint8
    0..100, how much a code can be trusted. ``duration``: seconds of media that were covered.
    """

    algorithm: str
    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float32]
    quality: npt.NDArray[np.uint8]
    duration: float

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Match:
    """Evidence, never a verdict: this stretch of the query shows that stretch of a protected thing.

    ``score`` is 0..1: how alike the two are. ``probability`` is the calibrated chance that this is a true copy, where
    the detector knows it. ``query`` and ``reference`` are None for text and still images, where ``evidence`` holds what
    was seen (``span`` of characters, ``matched`` words, ``distance`` in bits, ``region`` in both pictures).
    """

    detector: str
    input: str
    work_id: str | None
    element_id: str | None
    score: float
    reference_id: str | None = None
    query: Segment | None = None
    reference: Segment | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a match points at, in the words that policy and people need."""

    party_id: str
    party: str
    policy: ElementPolicy
    work_id: str | None = None
    work: str | None = None
    element_id: str | None = None
    element: str | None = None
    kind: ElementKind | None = None
    naming: Naming = Naming.FULL


class Use(StrEnum):
    """What a licence may allow: a thing named, described or quoted in words, or copied in picture or sound."""

    WORDS = "words"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Licence:
    """What a rights holder (``party_id``) lets one caller do, from ``since`` until just before ``until`` (UTC).

    Without ``element_id`` it is about the whole work: the work itself, its elements and the references of both. With
    it, about that element's own names, descriptions and references alone. ``licensee`` is the owner of requests: the id
    of an API key, "local" or "cli". ``granted_by`` and ``revoked_by`` are who acted, as the ledger calls them.
    """

    id: str
    party_id: str
    work_id: str | None
    element_id: str | None
    licensee: str
    uses: tuple[Use, ...]
    since: datetime
    until: datetime
    note: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether it allows anything at this moment."""
        return self.revoked_at is None and self.since <= at < self.until

    def reaches(self, subject: Subject) -> bool:
        """Whether it is about this thing: nothing of another owner's, whatever it says."""
        if subject.party_id != self.party_id:
            return False
        if self.element_id is not None:
            return subject.element_id == self.element_id
        return self.work_id is not None and subject.work_id == self.work_id


LICENSED = "licensed."
"""How codes begin of reasons that stand for a licence; their ``evidence["licence"]`` is its id."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check that policy required, and what became of it."""

    name: str
    version: str
    outcome: CheckOutcome
    milliseconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a Decision is not a plain allow: which input, which protected thing, and what to change.

    Where the rights holder does not want a thing named, the words here do not; ``withheld`` keeps what they leave out,
    for the rights holder and the operator. Ids are no names, and stay: doors do not hand them out then.
    """

    code: str
    input: str
    message: str
    remedy: str
    verdict: Verdict
    work: str | None = None
    element: str | None = None
    query_segment: Segment | None = None
    reference_segment: Segment | None = None
    score: float | None = None
    work_id: str | None = None
    element_id: str | None = None
    reference_id: str | None = None
    detector: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    probability: float | None = None
    withheld: Mapping[str, Any] = field(default_factory=dict)

    @property
    def in_full(self) -> Reason:
        """The same with what was withheld from callers."""
        if not self.withheld:
            return self
        return replace(
            self,
            message=self.withheld["message"],
            remedy=self.withheld["remedy"],
            work=self.withheld["work"],
            element=self.withheld["element"],
            evidence={**self.withheld["evidence"], **self.evidence},
            withheld={},
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on exactly the bytes whose SHA-256 is ``asset_digest``, and how it came about.

    ``required`` names the checks that policy asks for at this stage; ``checks`` are those that ran. A Decision
    allows only when each required check has outcome ``passed``. ``seconds`` is how much media was judged, where
    it has a length.
    """

    id: str
    input: str
    asset_digest: str
    kind: MediaKind
    stage: Stage
    verdict: Verdict
    reasons: tuple[Reason, ...]
    required: tuple[str, ...]
    checks: tuple[CheckRun, ...]
    policy: str
    catalogue_revision: int
    created_at: datetime
    seconds: float | None = None

    @property
    def allows(self) -> bool:
        """True when the verdict is allow *and* every required check is on record as passed."""
        passed = {check.name for check in self.checks if check.outcome is CheckOutcome.PASSED}
        return self.verdict is Verdict.ALLOW and bool(self.required) and set(self.required) <= passed

    @property
    def licences(self) -> frozenset[str]:
        """Ids of the licences that it rests on: without them it would not allow."""
        return frozenset(each.evidence["licence"] for each in self.reasons if each.code.startswith(LICENSED))


class Size(StrEnum):
    """Output sizes by name; pixels follow from the ratio, see :func:`faircut.engines.frame_size`."""

    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"
    K2 = "2k"


class Ratio(StrEnum):
    """Picture ratios that the engines offer."""

    R21_9 = "21:9"
    R16_9 = "16:9"
    R4_3 = "4:3"
    R1_1 = "1:1"
    R3_4 = "3:4"
    R9_16 = "9:16"


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot of the request: what it shows, and for how long (None: an equal share of what is left).

    The directives state what the prose may leave open, and win over it. ``transition`` is how the shot begins;
    ``title`` stands large over it, ``caption`` at its foot; ``clips`` says what part of which clip it shows.
    """

    prompt: str
    seconds: float | None = None
    camera: Camera | None = None
    lighting: Lighting | None = None
    physics: Physics | None = None
    transition: Transition | None = None
    title: str = ""
    caption: str = ""
    clips: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a person asks for. Files are Assets labelled "Image 1" …, "Video 1" …, "Audio 1" ….

    ``first_frame`` and ``last_frame`` are labels of images that the video begins and ends with to the pixel. With
    ``cut_on`` ("Audio 1") shots change on the beats of that sound.
    """

    shots: tuple[Shot, ...]
    images: tuple[Asset, ...] = ()
    clips: tuple[Asset, ...] = ()
    sounds: tuple[Asset, ...] = ()
    size: Size = Size.P720
    ratio: Ratio = Ratio.R16_9
    duration: int = 6
    seed: int = 0
    audio: bool = True
    engine: str = "previz"
    first_frame: str | None = None
    last_frame: str | None = None
    cut_on: str | None = None

    @property
    def files(self) -> tuple[Asset, ...]:
        """All uploads, images first, then clips, then sounds."""
        return self.images + self.clips + self.sounds


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What an engine says it made. The studio measures the file itself and does not take this on trust.

    ``timeline`` holds what happens when, for people and tests: ``{"t": 1.25, "event": "impact", …}``.
    """

    path: Path
    width: int
    height: int
    fps: float
    seconds: float
    timeline: tuple[Mapping[str, Any], ...] = ()


class JobState(StrEnum):
    """Where a generation job is. ``REFUSED`` is an answer, ``FAILED`` is a fault of ours."""

    QUEUED = "queued"
    RUNNING = "running"
    RELEASED = "released"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobStep(StrEnum):
    """The steps of a generation job, in order."""

    SCREEN_INPUTS = "screen_inputs"
    GENERATE = "generate"
    SCREEN_OUTPUT = "screen_output"
    SIGN = "sign"
    SCREEN_SIGNED = "screen_signed"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Job:
    """A generation job as its owner sees it. ``progress`` is 0..1 over the whole job.

    ``client`` is what the client said besides the request, as plain JSON types: ``door`` it came through, ``model`` it
    named, ``end_user`` it acts for, ``callback_url``, ``priority`` …. Nothing in it bears on any Decision.
    """

    id: str
    state: JobState
    request: GenerationRequest
    created_at: datetime
    updated_at: datetime
    owner: str
    step: JobStep | None = None
    progress: float = 0.0
    message: str = ""
    seconds_left: float | None = None
    decision_ids: tuple[str, ...] = ()
    released_digest: str | None = None
    error: Mapping[str, str | None] | None = None
    timeline: tuple[Mapping[str, Any], ...] = ()
    client: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the Ledger. ``hash`` covers every other field; ``previous`` is the hash of the line before."""

    seq: int
    at: str
    kind: str
    subject: str
    actor: str
    payload: Mapping[str, Any]
    previous: str
    hash: str
