"""The locks install what pyproject.toml asks for, and nothing else, and every file of it is checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def blocks(lock: str) -> list[str]:
    """The entries of a lock, each with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.M)
    return [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if entry.strip()]


def pins(lock: str) -> dict[str, set[str]]:
    """Versions by name: several where platforms or Pythons differ."""
    found: dict[str, set[str]] = {}
    for entry in blocks(lock):
        name, version = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry).groups()
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def satisfied(requirement: str, lock: str) -> bool:
    wanted = Requirement(requirement)
    versions = pins(lock).get(canonicalize_name(wanted.name), set())
    return bool(versions) and all(wanted.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_version_with_hashes(lock: str) -> None:
    assert blocks(lock)
    for entry in blocks(lock):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_to_download_from(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links", (ROOT / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_the_service_s_dependencies_are_locked_for_running_and_for_development(requirement: str) -> None:
    assert satisfied(requirement, "requirements.lock")
    assert satisfied(requirement, "requirements-dev.lock")


def test_what_builds_checks_and_measures_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    development = [each for each in groups["dev"] if isinstance(each, str)]
    for requirement in [*groups["build"], *development, *PROJECT["project"]["optional-dependencies"]["bench"]]:
        assert satisfied(requirement, "requirements-dev.lock"), requirement
    for requirement in [*groups["build"], *PROJECT["build-system"]["requires"]]:
        assert satisfied(requirement, "requirements-build.lock"), requirement


@pytest.mark.parametrize("requirement", PROJECT["project"]["optional-dependencies"]["gpu"])
def test_what_open_weights_need_is_locked_apart(requirement: str) -> None:
    assert satisfied(requirement, "requirements-gpu.lock")
    assert not pins("requirements.lock").get(canonicalize_name(Requirement(requirement).name))


def test_the_environments_agree_on_every_version() -> None:
    development = pins("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-build.lock"):
        for name, versions in pins(lock).items():
            assert development[name] == versions, name


def test_the_default_install_holds_no_learning_framework() -> None:
    heavy = {"torch", "torchvision", "torchaudio", "tensorflow", "jax", "triton"}
    assert not heavy & set(pins("requirements.lock"))
