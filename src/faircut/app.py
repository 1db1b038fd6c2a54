"""The composition root: one object that holds all parts of a Faircut, wired together. The Python API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType

from faircut.access.keys import ApiKeys
from faircut.access.links import Links
from faircut.access.sessions import Sessions
from faircut.appeals import Appeals
from faircut.catalogue import Catalogue
from faircut.catalogue.refingerprinting import Refingerprinting
from faircut.compare import Compare
from faircut.config import Settings, load_settings
from faircut.decisions import Decisions
from faircut.detectors.descriptions_advice import Advice, advise
from faircut.detectors.grey_zone import grey_zone_marker
from faircut.domain import Asset, Decision, Element, ElementKind, GenerationRequest, MediaKind, Ratio, Shot, Size, Stage
from faircut.evidence import EvidencePictures
from faircut.extract import CachedExtractor, FileExtractor
from faircut.ledger import SqlLedger
from faircut.licences import Licences
from faircut.media.assets import asset_from_file, asset_from_text
from faircut.media.limits import MediaLimits
from faircut.plugins import Plugins
from faircut.policy import GreyZoneRules
from faircut.protocols import HoldsIndexes, Price, Progress, no_progress
from faircut.provenance.authority import open_authority
from faircut.provenance.check import ProvenanceCheck
from faircut.provenance.signer import C2paSigner
from faircut.recent import RecentRequests
from faircut.redteam.attacker import PICTURE, Arsenal
from faircut.redteam.campaign import BUDGET, Report
from faircut.redteam.campaign import run as attack
from faircut.redteam.grades import Grades, Grading, Protection
from faircut.redteam.grading import FEWEST_ATTACKS, Grade, grade
from faircut.redteam.guard import standing_in
from faircut.request_text import compose, words_on_screen
from faircut.retention import Retention
from faircut.retro import RetroSearch
from faircut.rewriting.rewrite import Rewrite, rewrite
from faircut.screening import Screening
from faircut.seen import Seen
from faircut.store.blobs import BlobStore
from faircut.store.database import open_database, storage_faults
from faircut.studio import Studio
from faircut.studio.engines import Engines
from faircut.uploads import Upload, Uploads, numbered


class Faircut:
    """A Faircut on one data folder.

    >>> with Faircut() as faircut:
    ...     decision = faircut.screen_text("A lighthouse in a storm", actor="me")

    Opening it creates the folder, the database, the signing authority and the keys where they are missing. Several
    processes may open the same folder. Raises ConfigError.
    """

    def __init__(self, settings: Settings | None = None, *, plugins: Plugins | None = None) -> None:
        self.settings = settings or load_settings()
        self.home = self.settings.home
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.plugins = plugins or Plugins(modules=self.settings.plugins)
        self.database = open_database(self.settings.resolved_database_url)
        self.ledger = SqlLedger(self.database, self.home / "ledger.head")
        self.references = BlobStore(self.home / "references")
        self.evidence = BlobStore(self.home / "evidence")
        self.upload_blobs = BlobStore(self.home / "uploads")
        self.catalogue = Catalogue(
            self.database,
            self.ledger,
            self.references,
            FileExtractor(self.reference_limits, queries=False),
            lambda path, label: asset_from_file(path, label, limits=self.reference_limits),
        )
        self.catalogue.index_folder = self.home / "index"
        self.decisions = Decisions(self.database, self.ledger)
        self.seen = Seen(self.database)
        self.licences = Licences(self.database, self.ledger)
        self.refingerprinting = Refingerprinting(self.catalogue)
        self.grades = Grades(self.database)

    @cached_property
    def reference_limits(self) -> MediaLimits:
        """Limits for files of the catalogue: whole films."""
        settings = self.settings
        return MediaLimits(settings.max_reference_bytes, settings.max_pixels, settings.max_reference_seconds, 24 * 3600)

    @cached_property
    def upload_limits(self) -> MediaLimits:
        """Limits for files of a request."""
        settings = self.settings
        return MediaLimits(
            settings.max_upload_bytes, settings.max_pixels, settings.max_clip_seconds, settings.check_timeout_s
        )

    @cached_property
    def screening_limits(self) -> MediaLimits:
        """Limits for what is examined outside a request: a file at the CLI, an engine's output. As long as a film."""
        settings = self.settings
        return MediaLimits(
            settings.max_reference_bytes, settings.max_pixels, settings.max_reference_seconds, settings.check_timeout_s
        )

    @cached_property
    def signer(self) -> C2paSigner:
        """Signs under the authority of this data folder, which is created at first use."""
        return C2paSigner(open_authority(self.home / "provenance"))

    @cached_property
    def screener(self) -> Screening:
        """The one judge."""
        return Screening(
            catalogue=self.catalogue,
            detectors=self.plugins.detectors(self.catalogue, self.settings),
            provenance=ProvenanceCheck(self.signer.reader),
            extractor=CachedExtractor(
                FileExtractor(self.screening_limits, queries=True),
                reader=FileExtractor(self.screening_limits, queries=True, reads=True),
            ),
            decisions=self.decisions,
            pictures=EvidencePictures(self.evidence, self.reference_file),
            seen=self.seen,
            recent=RecentRequests(self.database, self.settings.recent_requests_h),
            check_timeout_s=self.settings.check_timeout_s,
            grey_zone=GreyZoneRules(
                self.settings.grey_zone, self.settings.grey_zone_with_more, self.settings.unread_languages
            ),
            marker=grey_zone_marker(self.catalogue, self.settings.free_figures),
            licences=self.licences,
        )

    @property
    def retro(self) -> RetroSearch:
        """Looks for a work in what was judged before."""
        return RetroSearch(
            catalogue=self.catalogue,
            detectors=self.plugins.detectors,
            seen=self.seen,
            decisions=self.decisions,
            ledger=self.ledger,
        )

    @property
    def compare(self) -> Compare:
        """Shows what two files have in common."""
        limits = self.screening_limits
        return Compare(
            references=FileExtractor(limits, queries=False),
            queries=FileExtractor(limits, queries=True),
            detectors=self.plugins.detectors,
            limits=limits,
        )

    @cached_property
    def uploads(self) -> Uploads:
        """Files that people bring to their requests."""
        return Uploads(self.database, self.upload_blobs, self.screener, self.decisions, self.upload_limits)

    @cached_property
    def retention(self) -> Retention:
        """Removes files of refused requests. Call ``retention.start()`` to do so in this process."""
        return Retention(self.database, self.ledger, self.upload_blobs, self.settings.keep_refused_days)

    @cached_property
    def studio(self) -> Studio:
        """Jobs. Call ``studio.start()`` to run them in this process."""
        return Studio(
            settings=self.settings,
            database=self.database,
            ledger=self.ledger,
            screener=self.screener,
            plugins=self.plugins,
            signer=self.signer,
            decisions=self.decisions,
            uploads=self.upload_blobs,
        )

    @cached_property
    def appeals(self) -> Appeals:
        """Appeals against Decisions."""
        return Appeals(self.database, self.ledger, self.decisions, self.settings.max_appeals_a_day)

    @property
    def engines(self) -> Engines:
        """The installed engines: what they make and need, and whether they can work."""
        return Engines(self.settings, self.plugins, self.upload_blobs)

    def price(self, request: GenerationRequest) -> Price | None:
        """What a request will cost, before anything is sent; None with an engine that costs nothing."""
        return self.engines.price(request)

    @cached_property
    def keys(self) -> ApiKeys:
        """API keys."""
        return ApiKeys(self.database, self.ledger)

    @cached_property
    def links(self) -> Links:
        """Links that work without a key for a while."""
        return Links(self.home / "links.key")

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions of the web studio."""
        return Sessions(self.home / "session.key", self.keys)

    def compact_indexes(self) -> dict[str, bool]:
        """Takes what was removed off the disk: by detector, whether that was done. Screening goes on meanwhile."""
        detectors = self.plugins.detectors(self.catalogue, self.settings)
        return {each.name: each.compact() for each in detectors if isinstance(each, HoldsIndexes)}

    def reference_file(self, reference_id: str) -> Path:
        """The kept file of a reference. Raises NotFound."""
        return self.references.open(self.catalogue.reference(reference_id).digest)

    def screen_text(self, text: str, *, actor: str, label: str = "prompt") -> Decision:
        """Judges a text as a prompt, and records the Decision."""
        return self.screener.screen(asset_from_text(text, label), Stage.PROMPT, actor=actor)

    def screen_file(self, path: Path, *, actor: str, stage: Stage = Stage.UPLOAD, label: str | None = None) -> Decision:
        """Judges a media file, and records the Decision. Raises UnreadableMedia, LimitExceeded, NotFound."""
        asset = asset_from_file(path, label or path.name, limits=self.reference_limits)
        return self.screener.screen(asset, stage, actor=actor)

    def preflight(
        self, shots: Sequence[str | Shot], *, names: Sequence[str] = (), actor: str | None = None
    ) -> Decision:
        """The verdict on a request's words while they are being typed: judged, not recorded, nothing spent.

        Shots are their prompts, or bring their titles and captions too. ``studio.preflight`` judges a request whole.
        The licences of ``actor`` count; without one, none do.
        """
        files = [(f"file {number}", name) for number, name in enumerate(names, 1)]
        given = [Shot(shot) if isinstance(shot, str) else shot for shot in shots] or [Shot("")]
        words = compose([shot.prompt for shot in given], files, words_on_screen(given))
        return self.screener.judge_text(words, actor=actor)[1]

    def rewrite(self, shots: Sequence[str], *, names: Sequence[str] = (), actor: str | None = None) -> Rewrite | None:
        """Shots that keep the idea and pass, judged but not recorded; None when words alone cannot mend it."""

        def kind_of(element_id: str) -> ElementKind | None:
            return self.catalogue.subject(work_id=None, element_id=element_id).kind

        return rewrite(shots, lambda proposed: self.preflight(proposed, names=names, actor=actor), kind_of)

    def redteam(
        self,
        elements: Sequence[Element],
        *,
        budget: int = BUDGET,
        seed: int = 1,
        arsenal: Arsenal | None = None,
        honest: Sequence[str] | None = None,
        progress: Progress = no_progress,
    ) -> Report:
        """Attacks the guard as it stands, so many times for each element. Nothing of it is recorded.

        ``honest`` requests are asked besides (those that are shipped by default). With all families and a budget that
        suffices, each element's grade is kept. Raises InputError without elements.
        """
        with standing_in(self.screener, self.reference_file) as guard:
            report = attack(
                guard, elements, budget=budget, seed=seed, arsenal=arsenal, honest=honest, progress=progress
            )
        if budget >= FEWEST_ATTACKS and (arsenal is None or not arsenal.wanted):
            registered = {each.id: each for each in self.catalogue.elements()}
            for result in report.results:
                # What changed meanwhile was not what was attacked.
                if registered.get(result.element.id) == result.element:
                    self.grades.put(result.element, grade(result))
        return report

    @cached_property
    def grading(self) -> Grading:
        """Grades the protection of elements in the background. Call ``grading.start()`` to do so in this process."""

        def measure(element: Element, progress: Progress) -> Grade:
            # Words alone: reading one picture takes as long as all of these.
            arsenal = Arsenal(without=frozenset({PICTURE}))
            with standing_in(self.screener, self.reference_file) as guard:
                report = attack(
                    guard, [element], budget=self.settings.grade_attacks, arsenal=arsenal, honest=(), progress=progress
                )
            return grade(report.results[0])

        return Grading(self.catalogue, self.grades, measure)

    def protection(self, elements: Sequence[Element]) -> dict[str, Protection]:
        """How well elements are protected, by id, as far as it was measured."""
        return self.grades.of(elements)

    def advice(self, element: Element) -> Advice:
        """What would make an element easier to recognise: keywords that its description holds, and what it lacks."""
        return advise(element)

    def build_request(
        self,
        *,
        shots: Sequence[Shot],
        images: Sequence[Upload] = (),
        clips: Sequence[Upload] = (),
        sounds: Sequence[Upload] = (),
        size: Size = Size.P720,
        ratio: Ratio = Ratio.R16_9,
        duration: int = 6,
        seed: int = 0,
        audio: bool = True,
        engine: str | None = None,
        first_frame: str | None = None,
        last_frame: str | None = None,
        cut_on: str | None = None,
    ) -> GenerationRequest:
        """A request from uploads, which become Image 1, Video 1, Audio 1 …. ``studio.submit`` checks its limits."""

        def files(uploads: Sequence[Upload], kind: MediaKind) -> tuple[Asset, ...]:
            return numbered([upload.asset for upload in uploads], kind)

        return GenerationRequest(
            shots=tuple(shots),
            images=files(images, MediaKind.IMAGE),
            clips=files(clips, MediaKind.VIDEO),
            sounds=files(sounds, MediaKind.AUDIO),
            size=size,
            ratio=ratio,
            duration=duration,
            seed=seed,
            audio=audio,
            engine=engine or self.settings.engine,
            first_frame=first_frame,
            last_frame=last_frame,
            cut_on=cut_on,
        )

    def close(self) -> None:
        """Stops what runs in the background here, and closes the database."""
        self.refingerprinting.stop()
        for name in ("grading", "retention"):
            if name in self.__dict__:
                getattr(self, name).stop()
        if "studio" in self.__dict__:
            self.studio.stop()
        if "screener" in self.__dict__:
            self.screener.close()
        self.database.close()

    def __enter__(self) -> Faircut:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def open_faircut(settings: Settings) -> Iterator[Faircut]:
    """A Faircut for the length of the block, as a program for people opens it.

    Raises StorageError instead of what the database and the file system raise.
    """
    with storage_faults(settings.home), Faircut(settings) as faircut:
        yield faircut
