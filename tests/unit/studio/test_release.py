"""The guarantee: only bytes that a recorded Decision allows get into the released store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from studio_doubles import Bench

import faircut
import faircut.studio
from faircut.domain import CheckOutcome, CheckRun, Decision, MediaKind, Stage, Verdict, new_id
from faircut.errors import GuaranteeViolation, IntegrityError, NotFound
from faircut.store.blobs import sha256_file


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def signed(bench: Bench) -> Path:
    path = bench.studio.quarantine.folder("job_1") / "signed.mp4"
    path.write_bytes(b"signed bytes")
    return path


def decide(bench: Bench, path: Path, **changes: Any) -> str:
    decision = Decision(
        id=new_id("dec"),
        input="output",
        asset_digest=sha256_file(path),
        kind=MediaKind.VIDEO,
        stage=Stage.OUTPUT,
        verdict=Verdict.ALLOW,
        reasons=(),
        required=("pictures", "provenance"),
        checks=tuple(CheckRun(name, "v1", CheckOutcome.PASSED, 1.0) for name in ("pictures", "provenance")),
        policy="policy-v1",
        catalogue_revision=1,
        created_at=datetime.now(UTC),
    )
    return bench.decisions.store(replace(decision, **changes), "ada").id


def test_allowed_bytes_are_released_once_with_their_event(bench: Bench, signed: Path) -> None:
    decision = decide(bench, signed)
    digest = bench.studio.released.release(signed, decision, "job_1")
    assert bench.studio.released.open(digest).read_bytes() == b"signed bytes"
    assert bench.studio.released.release(signed, decision, "job_1") == digest
    signed.unlink()
    assert bench.studio.released.release(signed, decision, "job_1") == digest
    assert bench.events("release") == [digest]
    event = bench.studio.released.event(digest)
    assert event is not None
    assert (event.payload["job"], event.payload["decision"]) == ("job_1", decision)
    assert bench.ledger.verify(released=bench.studio.released.root).intact


PASSED = CheckRun("pictures", "v1", CheckOutcome.PASSED, 1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": Verdict.BLOCK},
        {"verdict": Verdict.REVIEW},
        {"required": ()},
        {"required": ("pictures",), "checks": (PASSED,)},
        {"checks": (PASSED,)},
        {"checks": (PASSED, CheckRun("provenance", "v1", CheckOutcome.TIMEOUT, 1.0))},
        {"checks": (PASSED, CheckRun("provenance", "v1", CheckOutcome.FAILED, 1.0))},
        {"checks": (PASSED, CheckRun("provenance", "v1", CheckOutcome.MISSING, 1.0))},
        {"stage": Stage.UPLOAD},
        {"stage": Stage.PUBLISHED},
        {"kind": MediaKind.IMAGE},
        {"asset_digest": "0" * 64},
    ],
)
def test_decision_that_does_not_cover_it_releases_nothing(bench: Bench, signed: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(GuaranteeViolation):
        bench.studio.released.release(signed, decide(bench, signed, **changes), "job_1")
    assert list(bench.studio.released.root.rglob("*.*")) == []
    assert [path for path in bench.studio.released.root.rglob("*") if path.is_file()] == []
    assert bench.events("release") == []
    assert bench.events("release.refused") == ["job_1"]


def test_unrecorded_decision_changed_bytes_and_second_file(bench: Bench, signed: Path) -> None:
    with pytest.raises(GuaranteeViolation):
        bench.studio.released.release(signed, "dec_none", "job_1")
    decision = decide(bench, signed)
    signed.write_bytes(b"signed bytes!")
    with pytest.raises(GuaranteeViolation):
        bench.studio.released.release(signed, decision, "job_1")
    bench.studio.released.release(signed, decide(bench, signed), "job_1")
    signed.write_bytes(b"another file for the same job")
    with pytest.raises(GuaranteeViolation):
        bench.studio.released.release(signed, decide(bench, signed), "job_1")
    assert len(bench.released_files()) == 1
    assert len(bench.events("release.refused")) == 3
    signed.unlink()
    with pytest.raises(NotFound):
        bench.studio.released.release(signed, decision, "job_2")


def test_file_put_there_by_hand_is_not_served(bench: Bench) -> None:
    digest = "ab" * 32
    (bench.studio.released.root / "ab").mkdir()
    (bench.studio.released.root / "ab" / digest).write_bytes(b"smuggled")
    with pytest.raises(IntegrityError):
        bench.studio.released.open(digest)
    assert not bench.ledger.verify(released=bench.studio.released.root).intact


def test_file_changed_on_disk_is_found(bench: Bench, signed: Path) -> None:
    digest = bench.studio.released.release(signed, decide(bench, signed), "job_1")
    path = bench.studio.released.open(digest)
    path.chmod(0o600)
    path.write_bytes(b"Signed bytes")
    with pytest.raises(IntegrityError):
        bench.studio.released.verify(digest)
    (problem,) = bench.ledger.verify(released=bench.studio.released.root).problems
    assert problem.expected == digest


def test_no_other_module_knows_where_released_files_lie() -> None:
    """One module names the folder, and its store hands out no object that could write there."""
    sources = Path(faircut.__file__).parent
    naming = {
        path.relative_to(sources).as_posix()
        for path in sources.rglob("*.py")
        if re.search(r"""/\s*["']released["']|["'][^"'\n]*\bhome\b[^"'\n]*/released""", path.read_text("utf-8"))
    }
    assert naming == {"studio/release.py"}
    reaching_in = [
        path
        for path in sources.rglob("*.py")
        if re.search(r"released\._blobs|ReleasedStore\._", path.read_text("utf-8"))
    ]
    assert reaching_in == []
    public = {name for name in vars(faircut.studio.ReleasedStore) if not name.startswith("_")}
    assert public == {"root", "release", "open", "event", "event_of", "has", "verify"}
