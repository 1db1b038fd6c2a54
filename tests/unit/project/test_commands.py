"""The Makefile and the scripts under it: what each command runs, and what they say when they cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def plan(*arguments: str) -> str:
    """What make would run if nothing were set up."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script with nothing in its environment but what is given."""
    variables = {"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), **environment}
    command = ["/bin/sh", str(ROOT / "scripts" / name), *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)


def fake(folder: Path, name: str, body: str) -> Path:
    """A program that does what ``body`` says, in shell."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_open_weights_are_tested_in_an_environment_of_their_own() -> None:
    lines = plan("test-gpu").splitlines()
    assert "scripts/setup gpu" in lines
    assert lines[-1].startswith(".gpu/bin/python -m pytest")
    assert "tests/unit/engines_diffusion" in lines[-1]


def test_the_demo_gets_its_flags_and_is_set_up_first() -> None:
    lines = plan("demo", "ARGS=--no-serve").splitlines()
    assert lines[-1] == ".venv/bin/faircut demo --no-serve"
    assert "scripts/setup run" in lines[:-1]


def test_a_test_run_leaves_no_check_out() -> None:
    run = plan("test")
    places = [
        run.index(step)
        for step in ("scripts/setup dev", "ruff check", "ruff format --check", "/mypy", "lint-imports", "/pytest")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(("gpu", "last"), [("0", "test-gpu in"), ("2", "Not tested: the diffusion engines")])
def test_continuous_integration_runs_make_test_whatever_its_folder(tmp_path: Path, gpu: str, last: str) -> None:
    fake(tmp_path, "make", 'echo "$@ in $PWD"; cat; [ "$1" != .gpu/.ready ] || exit "$GPU"')
    done = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run")],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.defpath}", "CI": "true", "GPU": gpu},
        input="typed",
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"test in {ROOT}", f".gpu/.ready in {ROOT}"]
    assert lines[2].startswith(last)


def test_it_finds_this_python() -> None:
    done = script("find-python", FAIRCUT_PYTHON=sys.executable)
    assert done.returncode == 0
    assert Path(done.stdout.strip()).samefile(sys.executable)


def test_it_passes_over_pythons_that_are_too_old_or_do_not_start(tmp_path: Path) -> None:
    fake(tmp_path, "python3.13", "echo 'not installed' >&2; exit 127")
    fake(tmp_path, "python3.12", "exit 1")
    fake(tmp_path, "python3.11", f'exec "{sys.executable}" "$@"')
    done = script("find-python", PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).samefile(sys.executable)


def test_without_a_python_it_says_which_one_to_install(tmp_path: Path) -> None:
    done = script("find-python", PATH=str(tmp_path))
    assert done.returncode == 1
    assert not done.stdout
    assert "3.11 or newer" in done.stderr


def test_a_browser_that_is_named_and_does_not_start_is_not_taken(tmp_path: Path) -> None:
    broken = fake(tmp_path, "chromium", "exit 1")
    done = script("ensure-chromium", FAIRCUT_CHROMIUM=str(broken))
    assert done.returncode == 1
    assert not done.stdout
    assert str(broken) in done.stderr


def test_a_browser_that_is_named_and_works_is_taken(tmp_path: Path) -> None:
    working = fake(tmp_path, "chromium", "echo '<html><p>works</p></html>'")
    done = script("ensure-chromium", FAIRCUT_CHROMIUM=str(working))
    assert (done.returncode, done.stdout.strip()) == (0, str(working))


def test_set_up_refuses_what_it_does_not_know() -> None:
    done = script("setup", "everything")
    assert done.returncode == 2
    assert "usage" in done.stderr
