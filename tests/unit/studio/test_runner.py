"""Engines are strangers: they lie, hang, crash and print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from studio_doubles import Bench, request

from faircut.domain import GenerationRequest, MediaKind, Shot
from faircut.errors import EngineError, EngineOutputInvalid, EngineTimeout, JobCancelled
from faircut.studio.output import validate_output
from faircut.studio.runner import EngineRun, EngineRunner


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("runner") / "home", max_output_bytes=2 << 20, engine_timeout_s=90)
    yield made
    made.close()


def run(bench: Bench, asked: GenerationRequest, seen: list[tuple[float, str]] | None = None, **settings) -> EngineRun:  # type: ignore[no-untyped-def]
    runner = EngineRunner(bench.settings.model_copy(update=settings), bench.plugins, bench.uploads)
    seen = [] if seen is None else seen
    return runner.run(
        asked, bench.studio.quarantine.attempt("job_1"), lambda share, word: seen.append((share, word)), lambda: None
    )


def processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if str((process / "cwd").readlink()).startswith(str(folder)):
                    found.append(process.name)
            except OSError:
                continue
    return found


def test_engine_writes_what_was_asked_for_and_reports(bench: Bench) -> None:
    seen: list[tuple[float, str]] = []
    made = run(bench, request(audio=True), seen)
    facts = validate_output(made.output, request(audio=True), bench.settings)
    assert (facts.width, facts.height, facts.has_audio) == (854, 480, True)
    assert seen == [(0.5, "halfway"), (1.0, "done")]
    assert made.timeline == ({"t": 1.0, "event": "cut"},)
    assert "engines may print" in (made.output.parent / "engine.log").read_text()


def test_engine_inherits_no_secrets_and_has_a_session_of_its_own(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRCUT_DATABASE_URL", "postgresql://user:secret@host/db")
    monkeypatch.setenv("SOME_API_KEY", "secret")
    image = bench.upload(b"pixels", "Image 1", MediaKind.IMAGE)
    (spied,) = run(bench, replace(request(engine="spy"), images=(image,))).timeline
    assert "secret" not in str(spied["environment"])
    assert spied["session"]
    assert [Path(path).read_bytes() for path in spied["paths"]] == [b"pixels"]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("nothing", "no file"),
        ("size", "pixels"),
        ("duration", "seconds"),
        ("fps", "frames a second"),
        ("sound", "sound"),
        ("text", "not accepted"),
        ("link", "no file"),
        ("cover", "more than picture and sound"),
        ("huge", "not accepted"),
    ],
)
def test_wrong_output_is_found_by_measuring(bench: Bench, what: str, words: str) -> None:
    asked = request(what, engine="wrong")
    with pytest.raises(EngineOutputInvalid, match=words):
        validate_output(run(bench, asked).output, asked, bench.settings)


@pytest.mark.parametrize(
    ("how", "words"),
    [("dies", "status 7"), ("raises", "out of paint"), ("memory", "MemoryError"), ("says so", "No such scene")],
)
def test_broken_engine_is_an_engine_error(bench: Bench, how: str, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        run(bench, request(how, engine="broken"), engine_memory_bytes=8 << 30)


def test_endless_file_is_stopped_by_its_limit(bench: Bench) -> None:
    with pytest.raises(EngineError):
        run(bench, request("endless", engine="wrong"))
    assert sum(path.stat().st_size for path in bench.studio.quarantine.root.rglob("*") if path.is_file()) < 5 << 20


def test_slow_engine_is_stopped_with_its_children(bench: Bench) -> None:
    with pytest.raises(EngineTimeout):
        run(bench, request(engine="slow"), engine_timeout_s=1.5)
    assert processes_in(bench.home) == []


def test_check_stops_the_engine(bench: Bench) -> None:
    progressed: list[float] = []

    def check() -> None:
        if progressed:
            raise JobCancelled("Cancelled.", remedy="-")

    runner = EngineRunner(bench.settings, bench.plugins, bench.uploads)
    with pytest.raises(JobCancelled):
        runner.run(
            GenerationRequest((Shot("a"),), engine="slow"),
            bench.studio.quarantine.attempt("job_1"),
            lambda share, word: progressed.append(share),
            check,
        )
    assert processes_in(bench.home) == []


def test_quarantine_is_private_and_attempts_start_empty(bench: Bench) -> None:
    quarantine = bench.studio.quarantine
    first = quarantine.attempt("job_q")
    (first / "left over").write_text("x")
    second = quarantine.attempt("job_q")
    assert not first.exists()
    assert [path.stat().st_mode & 0o777 for path in (quarantine.root, quarantine.folder("job_q"), second)] == [
        0o700
    ] * 3
    (second / "output.mp4").write_bytes(b"refused")
    kept = quarantine.accept("job_q", second / "output.mp4")
    quarantine.signed("job_q").write_bytes(b"signed")
    quarantine.keep_evidence("job_q")
    assert list(quarantine.folder("job_q").iterdir()) == [kept]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert quarantine.evidence("job_q") == kept
    assert quarantine.purge("job_q")
    assert not quarantine.purge("job_q")
    assert quarantine.evidence("job_q") is None
