"""Aliases of many languages and scripts, each found in a sentence of its own language and in an English one."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from benchmarks.name_aliases import aliases

from faircut.detectors.names import NamesDetector
from faircut.domain import Asset, MediaKind

TABLE = list(aliases())
SCRIPTS = ("ARABIC", "CJK", "CYRILLIC", "DEVANAGARI", "GREEK", "HANGUL", "HEBREW", "KATAKANA", "LATIN", "THAI")


@pytest.fixture(scope="module")
def detector(memory_catalogue: Any) -> NamesDetector:
    """All of them in one catalogue, so that none is found for want of another."""
    memory = memory_catalogue()
    for number, (_, alias, _) in enumerate(TABLE):
        memory.add_name(f"Alien {number}", alias)
    return NamesDetector(memory)


def test_they_are_of_twenty_languages_and_of_all_scripts_that_are_promised() -> None:
    assert len({language for language, _, _ in TABLE}) >= 20
    written = " ".join(unicodedata.name(char, "") for _, alias, _ in TABLE for char in alias)
    assert [script for script in SCRIPTS if script not in written] == []


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[f"{each[0]} {n}" for n, each in enumerate(TABLE)])
def test_an_alias_is_found_for_certain_as_it_was_registered(detector: NamesDetector, number: int) -> None:
    _, alias, prompts = TABLE[number]
    for text in (prompts[0], prompts[1], alias):
        matches = detector.detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {})
        mine = [each for each in matches if each.element_id == f"el:Alien {number}"]
        assert [each.evidence["name"] for each in mine] == [alias], text
        assert not mine[0].evidence.get("ambiguous"), text
