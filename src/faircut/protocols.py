"""What the stages know of each other. A stage imports these and ``domain``, never its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from faircut.domain import (
    Asset,
    Decision,
    Element,
    EngineResult,
    Event,
    Fingerprint,
    GenerationRequest,
    Licence,
    Match,
    MediaKind,
    Ratio,
    Reference,
    Segment,
    Size,
    Stage,
    Subject,
    Work,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a word on what is being done. May raise JobCancelled."""


def no_progress(share: float, message: str) -> None:
    """A Progress for those who do not watch."""


class Extractor(Protocol):
    """Decodes a file once and returns a Fingerprint for each algorithm that applies to it.

    ``version`` names all of its algorithms: references that another version took are fingerprinted again.
    """

    version: str

    def extract(
        self, path: Path, kind: MediaKind, *, label: str, progress: Progress = no_progress
    ) -> Mapping[str, Fingerprint]:
        """Raises UnreadableMedia, LimitExceeded. Keys are algorithm names such as ``pdq-v1``."""
        ...


class CatalogueReader(Protocol):
    """What screening needs to know of the catalogue. Reads see every committed registration at once.

    ``index_folder``: where indexes over what is registered may be kept between runs; None to keep them in memory.
    """

    index_folder: Path | None

    def revision(self) -> int:
        """A number that grows with every change of the catalogue, by whichever process."""
        ...

    def works(self) -> Sequence[Work]: ...

    def elements(self) -> Sequence[Element]: ...

    def references(self, after: int = 0) -> Sequence[Reference]: ...

    def reference_text(self, reference_id: str) -> str:
        """The words of a text reference. Raises NotFound."""
        ...

    def excludes(self) -> Mapping[str, tuple[Segment, ...]]:
        """The excluded segments of every living reference, by its id."""
        ...

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        """Every living reference that has a fingerprint of ``algorithm``, as it stands now, by its ``seq``."""
        ...

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        """Registered fingerprints in order of ``seq``, those after ``after_seq``."""
        ...

    def subject(self, *, work_id: str | None, element_id: str | None) -> Subject:
        """Raises NotFound."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Finds protected things in an asset and says so as Matches. Gives no verdicts.

    ``name`` is the check's name in Decisions, ``version`` its ``name-vN``. ``stages`` and ``kinds`` say
    where policy requires it.
    """

    name: str
    version: str
    stages: frozenset[Stage]
    kinds: frozenset[MediaKind]

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]: ...


@runtime_checkable
class HoldsIndexes(Protocol):
    """A detector that keeps indexes on disk, in which what was removed lies masked until they are written anew."""

    def compact(self) -> bool:
        """Writes them without it. May take minutes. False when another process was writing all the while."""
        ...


@runtime_checkable
class TakesNotes(Protocol):
    """A detector that says what it could not do with an asset, such as compare a language that it does not know."""

    def note(self, asset: Asset) -> str:
        """A few words for the check's ``detail``; "" when there is nothing to say."""
        ...


class EngineStopped(BaseException):
    """Raised inside an engine when its job is over: cancelled, or out of time. It has about a second to clean up.

    No Exception, so that nothing takes it for a fault. An engine whose worker merely goes away is not told: its job is
    run again.
    """


class JobNote(Protocol):
    """A few facts that an engine keeps for a later run of the same job, such as the id of a task that it paid for."""

    def read(self) -> Mapping[str, Any]:
        """What was written last; empty at first."""
        ...

    def write(self, facts: Mapping[str, Any]) -> None:
        """Replaces the note. Durable before it returns."""
        ...


class JobBell(Protocol):
    """Rings when somebody who was told ``url`` calls about the job. A hint to look, and never what to believe."""

    url: str

    def wait(self, seconds: float, task: str) -> bool:
        """Waits until there is a call about ``task``, at most so long; whether there was one since the last."""
        ...


@dataclass(frozen=True, slots=True)
class EngineJob:
    """What an engine is handed: the request, where to write, and a folder of its own to work in.

    Every ``Asset.path`` in the request points to a readable local file. ``options`` is the engine's own table of the
    setting ``engine_options``, secrets included: never write it anywhere.
    """

    request: GenerationRequest
    output: Path
    workdir: Path
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    end_user: str = ""
    """Whom the job is for, as a keyed hash that says nothing to others: the same person, the same hash."""
    max_bytes: int = 512 * 2**20
    """The largest file that is accepted from an engine."""
    links: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Public links to the clips, by label, which work until the job ends; for engines that say they want ``links``."""
    note: JobNote | None = None
    """A note that outlives this run: the next run of the same job, after a crash, reads what this one wrote."""
    bell: JobBell | None = field(default=None, repr=False)
    """For engines that say they want ``calls``, where their service can reach us."""


@runtime_checkable
class Engine(Protocol):
    """Turns a request into one file with picture and sound. Runs in a process of its own."""

    name: str
    version: str
    label: str
    """What people are told about the result, such as "previz, not AI-generated"."""
    digital_source_type: str
    """IPTC digital source type URI that the C2PA manifest states."""

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        """Writes ``job.output``. Raises EngineError."""
        ...


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Which files of one kind are taken. What is None, or empty, has no limit; of two numbers the first is the least.

    ``types`` are media types (RFC 6838), ``sides`` in pixels, ``aspect`` is width / height, ``seconds`` of each file,
    ``seconds_together`` of all files of the kind, ``fps`` frames a second.
    """

    most_bytes: int | None = None
    types: tuple[str, ...] = ()
    sides: tuple[int, int] | None = None
    aspect: tuple[float, float] | None = None
    seconds: tuple[float, float] | None = None
    seconds_together: float | None = None
    fps: tuple[float, float] | None = None

    @property
    def needs_header(self) -> bool:
        """Whether a file has to be opened to know."""
        return bool(self.types or self.sides or self.aspect or self.seconds or self.seconds_together or self.fps)


@dataclass(frozen=True, slots=True)
class EngineCapabilities:
    """What an engine makes, so that anything else is refused by field before it costs anything.

    ``durations`` in whole seconds. ``sound`` and ``silence``: whether it can make video with sound, and without.
    ``references``: whether images may be references, not only the first frame. ``files``: which ones are taken.
    ``fps`` is what its files must show; ``frame_tolerance`` is how far, as a share of each side, their size may be from
    the size that was asked for. ``links``: its service fetches clips itself, see ``EngineJob.links``; ``calls``: it
    calls an address when something happens to a task, see ``EngineJob.bell``.
    """

    durations: tuple[int, ...] = tuple(range(4, 16))
    sizes: tuple[Size, ...] = tuple(Size)
    ratios: tuple[Ratio, ...] = tuple(Ratio)
    most_images: int = 9
    most_clips: int = 3
    most_sounds: int = 3
    sound: bool = True
    silence: bool = True
    references: bool = True
    last_frame: bool = True
    files: Mapping[MediaKind, FileLimits] = field(default_factory=dict)
    fps: float = 24.0
    frame_tolerance: float = 0.0
    links: bool = False
    calls: bool = False


@runtime_checkable
class Capable(Protocol):
    """An engine that says what it can make. One that does not is taken at :class:`EngineCapabilities`' defaults."""

    def capabilities(self, options: Mapping[str, Any]) -> EngineCapabilities:
        """Raises ConfigError for options that make no sense. Must be quick: it is asked at every request."""
        ...


@runtime_checkable
class Choosy(Protocol):
    """An engine with rules of its own about what goes together in a request."""

    def check_request(self, request: GenerationRequest, options: Mapping[str, Any]) -> None:
        """Raises InputError with the field at fault. Must be quick and open no file."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    """What a request will cost, computed before it is sent. ``amount`` is None where no price is known.

    ``unit`` is a currency code, ``tokens`` what the provider counts, if it does, ``basis`` how the amount came about.
    ``least`` is True when it may cost more than this.
    """

    amount: float | None
    unit: str
    basis: str
    tokens: int | None = None
    least: bool = False


@runtime_checkable
class Priced(Protocol):
    """An engine that costs money."""

    def price(self, request: GenerationRequest, options: Mapping[str, Any]) -> Price:
        """Sends nothing. Files with a ``path`` are measured where their length is paid for."""
        ...


@dataclass(frozen=True, slots=True)
class EngineProblem:
    """One thing that an engine lacks, and what to do about it."""

    message: str
    remedy: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether an engine can work, why not, and what was found (model, address, memory …): nothing secret."""

    problems: tuple[EngineProblem, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return not self.problems


@runtime_checkable
class Checkable(Protocol):
    """An engine that needs something: a key, a server, weights, memory."""

    needs: str
    """What it needs, in a few words."""

    def check(self, options: Mapping[str, Any], *, reach: bool) -> EngineStatus:
        """What is missing. Spends nothing and downloads nothing.

        Without ``reach`` it must be quick and stay on this machine: it is asked at every request.
        With it, servers are asked and weights are measured.
        """
        ...


@runtime_checkable
class Pullable(Protocol):
    """An engine whose weights can be fetched."""

    def pull(
        self, options: Mapping[str, Any], progress: Progress, *, accept_licence: bool = False
    ) -> Mapping[str, str]:
        """Fetches the weights that ``options`` name, pinned by revision, and returns facts: where, which, how large.

        Raises ConfigError with the licence's terms as the remedy where they were not accepted.
        """
        ...


class Ledger(Protocol):
    """Append-only, hash-chained events."""

    def append(
        self, kind: str, subject: str, payload: Mapping[str, Any], *, actor: str, key: str | None = None
    ) -> Event:
        """Durable before it returns. With ``key``, appending twice returns the first event."""
        ...

    def append_in(
        self,
        session: Session,
        kind: str,
        subject: str,
        payload: Mapping[str, Any],
        *,
        actor: str,
        key: str | None = None,
    ) -> Event:
        """Appends within the caller's ``Database.write()`` transaction, so that a change and its event commit together.

        Call it last in the transaction: other appends wait from here to the commit.
        """
        ...

    def events(
        self, *, subject: str | None = None, kind: str | None = None, limit: int | None = None
    ) -> Iterable[Event]:
        """In order of ``seq``; with ``limit`` the newest so many."""
        ...

    def find(self, key: str) -> Event | None:
        """The event that was appended with ``key``, if any."""
        ...


class Screener(Protocol):
    """The one judge. Every Decision it returns is already stored and in the ledger."""

    def screen(self, asset: Asset, stage: Stage, *, actor: str, deliverable: bool = False) -> Decision:
        """Judges one asset. ``deliverable`` marks signed bytes about to be released: provenance is required too."""
        ...

    def screen_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        """Judges a request whole: the text of all shots first, then every upload."""
        ...

    def judge_request(self, request: GenerationRequest, *, actor: str) -> tuple[Decision, ...]:
        """The Decisions that ``screen_request`` would make; nothing of it is recorded."""
        ...

    def is_current(self, decision_id: str) -> bool:
        """Whether the catalogue is still the one that a recorded Decision was made against. Raises NotFound."""
        ...


class LicenceReader(Protocol):
    """What callers may do with what is protected."""

    def in_force(self, licensee: str, at: datetime) -> Sequence[Licence]:
        """The licences of one caller at a moment; its own alone, whoever else asks the like."""
        ...


class DecisionReader(Protocol):
    """Recorded Decisions."""

    def get(self, decision_id: str) -> Decision:
        """Raises NotFound."""
        ...
