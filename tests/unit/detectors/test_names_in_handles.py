"""Names that are written together with words: hashtags, handles and file names."""

from __future__ import annotations

import time
from typing import Any

import pytest

from faircut.detectors.names import NamesDetector
from faircut.domain import Asset, Match, MediaKind


def find(catalogue: Any, text: str) -> list[Match]:
    return list(NamesDetector(catalogue).detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Quorval", "recreate myQuorvalScene.mov", "Quorval"),
        ("Tin Crow", "#TeamTinCrow", "TinCrow"),
        ("Quorval", "@realquorval waves", "quorval"),
        ("Quorval", "a post with #quorvaledit", "quorval"),
        ("Quorval", "quorvalfan1 on a roof", "quorval"),
        ("Quorval", "#therealquorvals", "quorval"),
    ],
)
def test_a_name_is_found_among_the_words_it_is_written_together_with(
    catalogue: Any, name: str, text: str, words: str
) -> None:
    catalogue.add_name(name)
    (match,) = find(catalogue, text)
    assert (match.evidence["matched"], match.evidence["how"]) == (words, "embedded")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tarin", "#guitarintro at a concert"),
        ("Ironi", "#ironingday"),
        ("Ombat", "#combatmanual"),
        ("Quorval", "quorvaledit"),
        ("Quorval", "#quorvalzxw"),
        ("Harry", "@harrystudio waves"),
        ("Frozen", "myFrozenPizza.jpg"),
        ("Smith", "@annasmithphoto"),
        ("Zorv", "myZorvScene.mov"),
    ],
)
def test_words_that_hold_a_name_by_chance_are_words(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert find(catalogue, text) == []


def test_two_everyday_words_written_together_leave_a_doubt(catalogue: Any) -> None:
    catalogue.add_name("Tin Crow")
    (match,) = find(catalogue, "#teamtincrow")
    assert match.evidence.get("ambiguous") is True


def test_handles_without_end_take_no_longer_than_their_length_asks(catalogue: Any) -> None:
    catalogue.add_name("Quorval")
    detector = NamesDetector(catalogue)
    for text in (
        "#" + "quorval" * 2_800,
        "#" + "myquorvalscene" * 1_400,
        "#aquorval" * 2_200,
        "@realquorvalX1" * 1_400,
    ):
        asset = Asset("prompt", MediaKind.TEXT, "", len(text), text=text)
        begun = time.process_time()
        detector.detect(asset, {})
        assert time.process_time() - begun < 3.0
