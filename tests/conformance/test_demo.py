"""The demo shows what it promises, and says so when the guard does not hold."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from faircut.app import Faircut
from faircut.config import Settings
from faircut.demo import PLUGINS, material, run, run_demo, steps, steps_studio
from faircut.demo.material import Material
from faircut.demo.steps_studio import tamper
from faircut.demo.story import DemoReport
from faircut.domain import Verdict
from faircut.errors import ConfigError, NotFound
from faircut.match.picture import PictureMatcher
from faircut.match.sound import SoundMatcher
from faircut.plugins import Plugins
from faircut.protocols import Progress
from faircut.store.blobs import sha256_file

pytestmark = pytest.mark.timeout(300)


@dataclass
class Shown:
    report: DemoReport
    faircut: Faircut
    out: Path
    told: str
    material: Material


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    out = tmp_path_factory.mktemp("demo")
    told = io.StringIO()
    drawn: list[Material] = []
    draw = material.draw

    def kept(folder: Path, progress: Progress) -> Material:
        drawn.append(draw(folder, progress))
        return drawn[-1]

    with pytest.MonkeyPatch.context() as patch, Faircut(Settings(home=out / "home", plugins=PLUGINS)) as faircut:
        patch.setattr(material, "draw", kept)
        report = run_demo(faircut, out=out, say=Console(file=told, width=120))
        yield Shown(report, faircut, out, told.getvalue(), drawn[0])


def wrong(report: DemoReport) -> dict[int, list[str]]:
    """What was not as it should be, by step."""
    return {
        step.number: [check.what for check in step.outcome.checks if not check.ok]
        for step in report.steps
        if not step.ok
    }


def test_every_step_shows_what_it_should(shown: Shown) -> None:
    assert wrong(shown.report) == {}
    assert shown.report.ok
    assert len(shown.report.steps) == 8


def test_each_step_has_its_picture_and_all_are_in_the_page(shown: Shown) -> None:
    pictures = [step.outcome.picture for step in shown.report.steps]
    assert all(picture is not None and picture.stat().st_size > 10_000 for picture in pictures)
    page = shown.report.page.read_text()
    assert page.count("data:image/png;base64,") == len(pictures)
    assert "http" not in page.replace("http-equiv", "")
    assert "8 of 8 steps" in page


def test_the_console_tells_it_in_plain_text(shown: Shown) -> None:
    assert "\x1b" not in shown.told
    for number in range(1, 9):
        assert f"{number}/8 " in shown.told
    assert "8 of 8 steps showed what they should" in shown.told
    assert "NOT AS IT SHOULD BE" not in shown.told


def test_only_the_clean_job_was_released(shown: Shown) -> None:
    released = [path for path in shown.faircut.studio.released.root.rglob("*") if path.is_file()]
    assert [path.name for path in released] == [sha256_file(shown.out / "released.mp4")]
    assert len(list(shown.faircut.ledger.events(kind="release"))) == 1


def test_the_worker_is_gone_so_that_a_service_can_start_its_own(shown: Shown) -> None:
    assert shown.faircut.studio.workers() == 0


def test_tampering_changes_one_byte_of_the_event_it_names(shown: Shown, tmp_path: Path) -> None:
    database, copy = shown.faircut.home / "faircut.db", tmp_path / "copy.db"
    events = list(shown.faircut.ledger.events())
    flip = tamper(database, copy, events)
    changed = []
    with closing(sqlite3.connect(database)) as one, closing(sqlite3.connect(copy)) as other:
        rows = "SELECT seq, at, kind, subject, actor, payload, previous, hash, key FROM events ORDER BY seq"
        for before, after in zip(one.execute(rows), other.execute(rows), strict=True):
            if before != after:
                changed.append((before, after))
    ((before, after),) = changed
    assert before[0] == after[0] == flip.event.seq
    letters = [(a, b) for a, b in zip(before[5], after[5], strict=True) if a != b]
    assert letters == [(chr(flip.before), chr(flip.after))]
    assert before[:5] + before[6:] == after[:5] + after[6:]


def test_tampering_needs_a_refusal(shown: Shown, tmp_path: Path) -> None:
    events = [event for event in shown.faircut.ledger.events() if event.kind != "decision"]
    with pytest.raises(NotFound):
        tamper(shown.faircut.home / "faircut.db", tmp_path / "copy.db", events)


def test_a_guard_that_sees_and_hears_nothing_is_found_out(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "draw", lambda folder, progress: shown.material)
    monkeypatch.setattr(PictureMatcher, "detect", lambda self, asset, fingerprints: ())
    monkeypatch.setattr(SoundMatcher, "detect", lambda self, asset, fingerprints: ())
    # What such a guard lets pass rightly is shown above.
    plan = [each for each in run.PLAN if each[2] not in (steps.innocents, steps_studio.clean)]
    hidden, memorised = (
        number for number, each in enumerate(plan, 1) if each[2] in (steps.hidden_cut, steps_studio.memorised)
    )
    monkeypatch.setattr(run, "PLAN", plan)
    told = io.StringIO()
    with Faircut(Settings(home=tmp_path / "home", plugins=PLUGINS)) as faircut:
        report = run_demo(faircut, out=tmp_path, say=Console(file=told, width=120))
    assert not report.ok
    found = wrong(report)
    assert set(found) == {hidden, memorised}
    assert "the upload" in found[hidden]
    assert {"the job", "release events of the job", "the output in quarantine"} <= set(found[memorised])
    assert "NOT AS IT SHOULD BE" in told.getvalue()
    assert "4 of 6 steps" in report.page.read_text()


def test_without_its_engine_it_does_not_begin(tmp_path: Path) -> None:
    with Faircut(Settings(home=tmp_path / "home"), plugins=Plugins()) as faircut, pytest.raises(ConfigError):
        run_demo(faircut, out=tmp_path, say=Console(file=io.StringIO()))


@pytest.mark.real
def test_on_real_films_with_an_independent_encode_beside(
    real_media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A request of one's own is made in the same way whatever films are protected, and the ledger then has a released
    # file to hash: both are shown above.
    shown_above = (steps_studio.clean, steps_studio.ledger)
    monkeypatch.setattr(run, "PLAN", [each for each in run.PLAN if each[2] not in shown_above])
    media = tmp_path / "media"
    media.mkdir()
    names = ("big-buck-bunny-480p-30s.mp4", "big-buck-bunny-720p-30s-vp8.webm", "sintel-720p-16s.mp4")
    innocent = ("crystal-720x480-12s.mp4", "frog-720x480-8s.mp4")
    for name in (*names, *innocent):
        (media / name).symlink_to(real_media / name)
    (media / "demo.json").write_text(json.dumps({"protect": list(names), "innocent": list(innocent)}))
    with Faircut(Settings(home=tmp_path / "home", plugins=PLUGINS)) as faircut:
        report = run_demo(faircut, media=media, out=tmp_path / "out", say=Console(file=io.StringIO()))
        assert wrong(report) == {}
        assert report.ok
        blocked = [each for each in faircut.decisions.for_owner("demo") if each.verdict is Verdict.BLOCK]
        assert blocked
