"""The page on directives states the ranges that are enforced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from faircut.directives import MOVE_RANGES, RANGES, MoveKind

PAGE = (Path(__file__).parents[3] / "docs" / "directing.md").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(RANGES))
def test_every_range_is_stated_beside_its_field(path: str) -> None:
    name, allowed = path.rpartition(".")[2], RANGES[path]
    if name == "start" and path.startswith("clips"):
        return  # Bounded only so that numbers stay sane; no clip is that long.
    name = {"seconds": "transition"}.get(name, name)
    lines = [line for line in PAGE.splitlines() if f"`{name}`" in line]
    assert any(f"{allowed.least:g} to {allowed.most:g}" in line for line in lines), (path, lines)


@pytest.mark.parametrize("kind", [kind for kind in MoveKind if kind is not MoveKind.STATIC])
def test_every_move_is_stated_with_its_range(kind: MoveKind) -> None:
    line = next(line for line in PAGE.splitlines() if re.match(rf"\| (\w+, )?{kind}\b", line))
    assert f"{MOVE_RANGES[kind].least:g} to {MOVE_RANGES[kind].most:g} |" in line
