"""Numbers, names and files that pages state in prose are those of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faircut.access.sessions import LOGIN_TOKEN_SECONDS, SESSION_SECONDS
from faircut.app import Faircut
from faircut.appeals import Appeals
from faircut.catalogue.service import Catalogue
from faircut.cli import app
from faircut.config import Settings
from faircut.detectors.free_figures import load_figures
from faircut.domain import GreyZone, MediaKind
from faircut.engines.previz.vocabulary import PLACES, SUBJECTS
from faircut.engines.seedance_limits import FILES, MOST_BODY_BYTES
from faircut.plugins import Plugins
from faircut.policy import GREY_DEFAULTS
from faircut.redteam import attacker, grading
from faircut.redteam.deliveries import innocent_lines
from faircut.redteam.likeness import FEWEST_ATTRIBUTES
from faircut.redteam.sounds import SCRIPTS
from faircut.studio.runner import _PASSED_ON
from faircut.studio.studio import Studio
from faircut.uploads import Uploads

_DERIVED = {"index", "workers", "incoming"}
"""What a backup need not hold: made anew, or of running processes alone."""


def test_files_of_the_repository_that_pages_name_are_there(page, root: Path) -> None:
    named = {
        span.split("::")[0] for span in page.spans() if re.match(r"(?:src|tests|benchmarks|scripts|docs)/\S+$", span)
    }
    globs = {name for name in named if not any(root.glob(name.rstrip("/")))}
    assert globs == set()


def test_modules_where_the_guarantee_is_held_are_there(pages, root: Path) -> None:
    rows = [row for row in pages["docs/architecture.md"].rows() if row[-1].startswith("`tests/")]
    assert len(rows) >= 10
    for where in (code for row in rows for code in re.findall(r"`([^`]+)`", row[1])):
        if where.endswith(".py") or re.fullmatch(r"[a-z]+", where):
            assert (root / "src" / "faircut" / where).exists() or (root / "src" / "faircut" / f"{where}.py").exists(), (
                where
            )
        else:
            module = "domain" if where.startswith("Decision.") else where.partition(".")[0]
            _resolve(f"faircut.{module}.{where.removeprefix(f'{module}.')}")


def test_dotted_names_can_be_imported(page) -> None:
    for span in page.spans():
        if re.fullmatch(r"faircut(?:\.\w+)+", span) and not span.endswith((".db", ".toml", ".md")):
            _resolve(span)


def _resolve(dotted: str) -> None:
    """Imports as much as is a module, and looks the rest up."""
    parts, rest = dotted.split("."), []
    while True:
        try:
            found = importlib.import_module(".".join(parts))
            break
        except ModuleNotFoundError:
            rest.insert(0, parts.pop())
            assert parts, dotted
    for name in rest:
        found = getattr(found, name)


def test_a_name_that_is_gone_would_be_missed() -> None:
    with pytest.raises(AttributeError):
        _resolve("faircut.errors.NoSuchError")


def test_a_backup_holds_all_that_is_not_derived(pages) -> None:
    section = pages["docs/architecture.md"].text.partition("## Data folder")[2].partition("\n## ")[0]
    firsts = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    folder = {code.rstrip("/") for first in firsts for code in re.findall(r"`([^`]+)`", first)} - _DERIVED
    assert {"faircut.db", "links.key", "engine-notes", "stills"} <= folder
    (backup,) = [block for block in pages["docs/guides/operator.md"].blocks("sh") if "sqlite3" in block]
    assert {name for name in folder if name not in backup} == set()


def test_the_first_steps_of_the_readme_can_be_taken_after_one_another(
    pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (steps,) = [block for block in pages["README.md"].blocks("sh") if "catalogue add-party" in block]
    assert "export FAIRCUT_HOME=" in steps, "the example before it has filled the default folder"
    monkeypatch.setenv("FAIRCUT_HOME", str(tmp_path / "home"))
    for line in re.findall(r"^faircut (catalogue add-(?:party|work) .+)$", steps, re.MULTILINE):
        done = CliRunner().invoke(app, [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)])
        assert done.exit_code == 0, (line, done.output)


def test_the_readme_lists_the_engines_that_are_built_in(pages) -> None:
    listed = {
        name
        for row in pages["README.md"].rows()
        if len(row) == 3
        for name in re.findall(r"`([\w-]+)`", row[0])
        if name != "make"
    }
    assert set(Plugins().engines()) <= listed


def test_the_attributes_in_the_developers_guide_are_there(pages) -> None:
    parts = {"catalogue": Catalogue, "uploads": Uploads, "studio": Studio, "appeals": Appeals}
    text = pages["docs/guides/developer.md"].text.partition("| attribute | what it does |")[2]
    table = re.findall(r"^\| (`.+?) \| (.+) \|$", text, re.MULTILINE)
    source = Path(str(importlib.import_module("faircut.app").__file__)).read_text("utf-8")
    for attributes, does in table:
        names = re.findall(r"`([\w.]+)`", attributes)
        for name in names:
            assert hasattr(Faircut, name.partition(".")[0]) or f"self.{name} = " in source, name
        for method in re.findall(r"`([a-z_]+)`", does):
            assert any(hasattr(parts[name], method) for name in names if name in parts), (names, method)


def test_an_engine_sees_the_variables_that_the_guide_names(pages) -> None:
    said = re.search(
        r"with the environment variables (.+?) and no others", pages["docs/guides/developer.md"].text, re.DOTALL
    )
    assert said is not None
    assert set(re.findall(r"`(\w+)`", said[1])) == set(_PASSED_ON)


def test_what_creators_are_told(pages) -> None:
    text = pages["docs/guides/creator.md"].text
    defaults = Settings.model_fields
    assert round(len(SUBJECTS), -1) == 60
    assert len(PLACES) == 14
    assert "some sixty kinds of things to draw, fourteen kinds of places" in text
    assert defaults["max_clip_seconds"].default == 120
    assert defaults["max_upload_bytes"].default == 64 << 20
    assert "up to two minutes long and 64 MiB large" in text


def test_how_long_a_login_holds(pages) -> None:
    assert LOGIN_TOKEN_SECONDS == 15 * 60
    assert "for a quarter of an hour" in pages["docs/guides/operator.md"].text
    assert SESSION_SECONDS == 12 * 3600
    assert "SameSite=Strict, twelve hours" in pages["docs/api.md"].text


def test_the_grey_zone_and_its_defaults(pages) -> None:
    rows = {row[0]: row[2] for row in pages["docs/grey-zone.md"].rows() if len(row) == 3}
    assert {f"`{zone}`": f"`{GREY_DEFAULTS[zone]}`" for zone in GreyZone}.items() <= rows.items()
    assert round(len({each.name for each in load_figures().by_name.values()}), -1) == 70
    assert "a table of some 70" in pages["docs/grey-zone.md"].text


def test_what_the_page_on_the_red_team_counts(pages) -> None:
    text = pages["docs/redteam.md"].text
    assert 22 <= len(attacker.GROUPS["name disguises"]) <= 26
    assert "some two dozen families" in text
    assert len(SCRIPTS) == 7
    assert "seven other scripts" in text
    assert 95 <= len(innocent_lines()) <= 125
    assert "Some hundred honest prompts" in text
    assert grading.FEWEST_ATTACKS == 40
    assert "the budget was 40 or more" in text
    assert Settings.model_fields["grade_attacks"].default == 60
    assert "by 60 attacks (`grade_attacks`)" in text
    assert FEWEST_ATTRIBUTES == 4
    assert "or fewer than four attributes" in text


def test_grades_are_those_of_the_table(pages) -> None:
    rows = {row[0]: row[1] for row in pages["docs/redteam.md"].rows() if len(row) == 3}
    most = dict(grading._MOST_PASSED)
    for letter in (grading.Letter.B, grading.Letter.C, grading.Letter.D):
        assert rows[letter.value] == f"up to {100 * most[letter]:.0f} %"
    assert most[grading.Letter.A] == 0
    assert rows["A"] == f"none of {grading.FEWEST_ATTACKS} or more"


def test_the_limits_of_the_ark_door(pages) -> None:
    rows = {row[0]: row for row in pages["docs/apis.md"].rows() if len(row) == 5}
    for kind, name in ((MediaKind.IMAGE, "images"), (MediaKind.VIDEO, "clips"), (MediaKind.AUDIO, "sounds")):
        limit, row = FILES[kind], rows[name]
        assert row[3] == f"{(limit.most_bytes or 0) >> 20} MB"
        if limit.sides and limit.aspect:
            assert (
                f"{limit.sides[0]} to {limit.sides[1]} pixels, {limit.aspect[0]:g} to {limit.aspect[1]:g} times"
                in row[4]
            )
        if limit.seconds:
            assert (
                f"{limit.seconds[0]:g} to {limit.seconds[1]:g} seconds, {limit.seconds_together:g} together" in row[4]
            )
        if limit.fps:
            assert f"{limit.fps[0]:g} to {limit.fps[1]:g} frames a second" in row[4]
    assert f"Bodies have up to {MOST_BODY_BYTES >> 20} MB" in pages["docs/apis.md"].text


def test_limits_that_are_no_settings(pages) -> None:
    from faircut.api import guard
    from faircut.catalogue import reading

    said = pages["docs/settings.md"].text
    assert (
        f"{guard.MAX_BODY_BYTES >> 20} MiB for a JSON body ({guard.MAX_IMPORT_BYTES >> 20} MiB for a catalogue import"
        in said
    )
    assert f"{reading.MAX_IMPORT_BYTES >> 20} MiB for one from a file" in said


def test_nothing_is_said_to_be_missing_that_is_there(page, generate) -> None:
    routes = {path for _, path, _, _ in generate.api_routes()}
    for section in re.findall(r"^## [^\n]*not there yet\n(.*?)(?=^## |\Z)", page.text, re.MULTILINE | re.DOTALL):
        said = section.lower()
        assert {path for path in routes if f"`{path}`" in section} == set()
        assert "appeals" not in said
        assert "ark task api" not in said
