"""The judge with real fingerprints and made-up detectors: what fails, hangs or is missing never allows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from faircut.decisions import Decisions
from faircut.domain import (
    Asset,
    CheckOutcome,
    ElementKind,
    ElementPolicy,
    GenerationRequest,
    Match,
    MediaKind,
    Shot,
    Stage,
    Subject,
    Verdict,
)
from faircut.errors import IntegrityError, NotFound, ProvenanceError
from faircut.evidence import EvidencePictures
from faircut.extract import CachedExtractor, FileExtractor
from faircut.ledger import SqlLedger
from faircut.media.assets import asset_from_file, asset_from_text
from faircut.media.limits import MediaLimits
from faircut.recent import RecentRequests
from faircut.screening import Screening, worst
from faircut.seen import Seen
from faircut.store.blobs import BlobStore
from faircut.store.database import open_database
from support.media import tune, wander, write_video

SUBJECT = Subject("p", "North", ElementPolicy.BLOCK, "w", "Lantern Street", "e", "Ada", ElementKind.CHARACTER)


class Catalogue:
    def revision(self) -> int:
        return 7

    def subject(self, *, work_id, element_id):  # type: ignore[no-untyped-def]
        if work_id == "gone":
            raise NotFound("It is gone.", remedy="None.")
        return SUBJECT


@dataclass
class Looks:
    """A detector that does as it is told."""

    name: str
    matches: tuple[Match, ...] = ()
    error: Exception | None = None
    wait: threading.Event | None = None
    kinds: frozenset[MediaKind] = frozenset(MediaKind)
    stages: frozenset[Stage] = frozenset(Stage)
    seen: list[Asset] = field(default_factory=list)
    version: str = "fake-v1"

    def detect(self, asset, fingerprints):  # type: ignore[no-untyped-def]
        self.seen.append(asset)
        if self.wait is not None:
            self.wait.wait(20)
        if self.error is not None:
            raise self.error
        return self.matches


@pytest.fixture
def build(tmp_path: Path):  # type: ignore[no-untyped-def]
    database = open_database(f"sqlite:///{tmp_path / 'f.db'}")
    ledger = SqlLedger(database, tmp_path / "ledger.head")
    made: list[Screening] = []

    def make(*detectors: Looks, provenance: Looks | None = None, timeout: float = 10) -> Screening:
        screening = Screening(
            catalogue=Catalogue(),  # type: ignore[arg-type]
            detectors=detectors,
            provenance=provenance or Looks("provenance", kinds=frozenset({MediaKind.VIDEO})),
            extractor=CachedExtractor(FileExtractor(MediaLimits(), queries=True)),
            decisions=Decisions(database, ledger),
            pictures=EvidencePictures(BlobStore(tmp_path / "evidence"), lambda _: tmp_path / "film.mp4"),
            seen=Seen(database),
            recent=RecentRequests(database, 24),
            check_timeout_s=timeout,
        )
        made.append(screening)
        return screening

    make.ledger, make.database, make.folder = ledger, database, tmp_path  # type: ignore[attr-defined]
    yield make
    for screening in made:
        screening.close()
    database.close()


def found(label: str = "prompt", work: str = "w") -> Match:
    return Match("names-v1", label, work, "e", 1.0, evidence={"span": [0, 3], "matched": "Ada"})


def test_an_allowing_decision_lists_what_was_required_and_ran(build) -> None:  # type: ignore[no-untyped-def]
    decision = build(Looks("names")).screen(asset_from_text("hello"), Stage.PROMPT, actor="me")
    assert decision.verdict is Verdict.ALLOW
    assert decision.allows
    assert decision.required == ("names",)
    assert [(check.name, check.version, check.outcome) for check in decision.checks] == [
        ("names", "fake-v1", CheckOutcome.PASSED)
    ]
    assert decision.catalogue_revision == 7


def test_what_is_found_blocks_and_is_on_record_before_it_is_returned(build) -> None:  # type: ignore[no-untyped-def]
    decision = build(Looks("names", (found(),))).screen(asset_from_text("Ada"), Stage.PROMPT, actor="me")
    assert decision.verdict is Verdict.BLOCK
    event = next(iter(build.ledger.events(subject=decision.id)))
    assert (event.kind, event.actor, event.payload["verdict"]) == ("decision", "me", "block")
    assert Decisions(build.database, build.ledger).get(decision.id) == decision


@pytest.mark.parametrize(
    ("error", "detail"),
    [(RuntimeError("bang"), "RuntimeError: bang"), (ProvenanceError("Not signed.", remedy="Sign."), "Not signed.")],
)
def test_a_detector_that_breaks_blocks(build, error: Exception, detail: str) -> None:  # type: ignore[no-untyped-def]
    decision = build(Looks("names"), Looks("other", error=error)).screen(asset_from_text("x"), Stage.PROMPT, actor="me")
    assert decision.verdict is Verdict.BLOCK
    assert not decision.allows
    assert decision.reasons[0].code == "check.failed"
    assert {check.name: check.detail for check in decision.checks}["other"] == detail


def test_a_detector_that_hangs_blocks(build) -> None:  # type: ignore[no-untyped-def]
    stuck = threading.Event()
    decision = build(Looks("slow", wait=stuck), timeout=0.2).screen(asset_from_text("x"), Stage.PROMPT, actor="me")
    stuck.set()
    assert decision.verdict is Verdict.BLOCK
    assert decision.checks[0].outcome is CheckOutcome.TIMEOUT


def test_without_detectors_nothing_is_allowed(build) -> None:  # type: ignore[no-untyped-def]
    assert build().screen(asset_from_text("x"), Stage.PROMPT, actor="me").verdict is Verdict.BLOCK


def test_a_damaged_file_is_blocked_and_no_detector_is_believed(build) -> None:  # type: ignore[no-untyped-def]
    path = write_video(build.folder / "clip.mp4", wander(2, 1))
    content = bytearray(path.read_bytes())
    middle = content.index(b"mdat") + 400
    content[middle : middle + 6000] = b"\x00" * 6000
    path.write_bytes(bytes(content))
    asset = replace(asset_from_file(path, "Video 1"), path=path)
    looks = Looks("picture")
    decision = build(looks).screen(asset, Stage.UPLOAD, actor="me")
    assert decision.checks[0].outcome is CheckOutcome.FAILED
    assert decision.verdict is Verdict.BLOCK
    assert looks.seen == []


def test_a_file_that_vanished_is_blocked(build) -> None:  # type: ignore[no-untyped-def]
    asset = Asset("Video 1", MediaKind.VIDEO, "0" * 64, 10, path=build.folder / "gone.mp4")
    decision = build(Looks("picture")).screen(asset, Stage.UPLOAD, actor="me")
    assert decision.verdict is Verdict.BLOCK
    assert [reason.code for reason in decision.reasons] == ["check.failed", "check.missing"]


def test_a_deliverable_needs_provenance_too(build) -> None:  # type: ignore[no-untyped-def]
    asset = asset_from_file(write_video(build.folder / "out.mp4", wander(1, 2), sound=tune(1, 2)), "output")
    trusted = build(Looks("picture")).screen(asset, Stage.OUTPUT, actor="me", deliverable=True)
    assert trusted.allows
    assert "provenance" in trusted.required
    unsigned = Looks("provenance", error=ProvenanceError("Not signed.", remedy="Sign."))
    assert (
        not build(Looks("picture"), provenance=unsigned)
        .screen(asset, Stage.OUTPUT, actor="me", deliverable=True)
        .allows
    )
    assert "provenance" not in build(Looks("picture")).screen(asset, Stage.OUTPUT, actor="me").required


def test_a_withdrawn_element_no_longer_counts(build) -> None:  # type: ignore[no-untyped-def]
    decision = build(Looks("names", (found(work="gone"),))).screen(asset_from_text("Ada"), Stage.PROMPT, actor="me")
    assert decision.verdict is Verdict.ALLOW


def test_a_request_is_judged_whole(build) -> None:  # type: ignore[no-untyped-def]
    path = write_video(build.folder / "clip.mp4", wander(1, 3))
    clip = replace(asset_from_file(path, "Video 1"), name="ada_at_home.mp4")
    names = Looks("names", kinds=frozenset({MediaKind.TEXT}))
    picture = Looks("picture", kinds=frozenset({MediaKind.VIDEO}))
    request = GenerationRequest((Shot("a street"), Shot("a lamp")), clips=(clip,))
    decisions = build(names, picture).screen_request(request, actor="me")
    assert [decision.input for decision in decisions] == ["prompt", "Video 1"]
    assert names.seen[0].text == "a street\na lamp\nada at home"
    assert [asset.label for asset in picture.seen] == ["Video 1"]
    assert worst(decisions) is Verdict.ALLOW


def test_evidence_pictures_are_kept(build) -> None:  # type: ignore[no-untyped-def]
    path = write_video(build.folder / "film.mp4", wander(2, 4))
    moments = [{"query": 0.5, "reference": 1.0, "distance": 3}]
    match = Match("pdq-v1", "Video 1", "w", None, 0.9, "ref_1", evidence={"moments": moments, "transform": "as is"})
    decision = build(Looks("picture", (match,))).screen(asset_from_file(path, "Video 1"), Stage.UPLOAD, actor="me")
    (picture,) = decision.reasons[0].evidence["pictures"]
    kept = BlobStore(build.folder / "evidence")
    assert kept.open(picture["query"]).read_bytes()[:2] == b"\xff\xd8"
    assert picture["query"] != picture["reference"]
    assert (picture["t_query"], picture["t_reference"]) == (0.5, 1.0)


def test_evidence_pictures_show_where_the_copy_stands(build) -> None:  # type: ignore[no-untyped-def]
    path = write_video(build.folder / "film.mp4", wander(2, 4))
    corner = [[0.5, 0.5], [0.9, 0.5], [0.9, 0.9], [0.5, 0.9]]
    whole = [[-0.2, 0.0], [1.0, 0.0], [1.0, 1.3], [0.0, 1.0]]
    evidence = {"moments": [{"query": 0.5, "reference": 0.5, "distance": 3}]}
    plain = Match("keypoints-v2", "Video 1", "w", None, 0.9, "ref_1", evidence=evidence)
    marked = replace(plain, evidence={**evidence, "region": {"query": corner, "reference": whole}})
    kept = BlobStore(build.folder / "evidence")
    drawn = []
    for match in (plain, marked):
        decision = build(Looks("picture", (match,))).screen(asset_from_file(path, "Video 1"), Stage.UPLOAD, actor="me")
        (pair,) = decision.reasons[0].evidence["pictures"]
        drawn.append([cv2.imread(str(kept.open(pair[side]))).astype(int) for side in ("query", "reference")])
    difference = np.abs(drawn[1][0] - drawn[0][0]).max(axis=2)
    height, width = difference.shape
    rows, columns = np.nonzero(difference > 60)
    assert rows.min() / height == pytest.approx(0.5, abs=0.03)
    assert rows.max() / height == pytest.approx(0.9, abs=0.03)
    assert columns.min() / width == pytest.approx(0.5, abs=0.03)
    assert columns.max() / width == pytest.approx(0.9, abs=0.03)
    assert difference[int(0.6 * height) : int(0.8 * height), int(0.6 * width) : int(0.8 * width)].max() < 30
    around = np.abs(drawn[1][1] - drawn[0][1]).max(axis=2)
    assert (around[:, :4].max(axis=1) > 60).mean() > 0.9, "a region that reaches over the edge is drawn along it"


def test_a_decision_changed_in_the_database_is_not_believed(build) -> None:  # type: ignore[no-untyped-def]
    decision = build(Looks("names", (found(),))).screen(asset_from_text("Ada"), Stage.PROMPT, actor="me")
    with build.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET body = replace(body, '\"block\"', '\"allow\"')")
    with pytest.raises(IntegrityError):
        Decisions(build.database, build.ledger).get(decision.id)


def test_the_worst_of_nothing_is_a_block() -> None:
    assert worst([]) is Verdict.BLOCK
