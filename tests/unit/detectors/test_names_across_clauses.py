"""Words of a name that a sentence parts from each other belong to other things."""

from __future__ import annotations

from typing import Any

import pytest

from faircut.detectors.names import NamesDetector
from faircut.domain import Asset, Match, MediaKind


def find(catalogue: Any, text: str) -> list[Match]:
    return list(NamesDetector(catalogue).detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Greta Stone", "a stone that Greta throws into the pond"),
        ("Oscar Rock", "the rock that Oscar climbs"),
        ("Larry Cotter", "beautiful cottery made by Larry"),
        ("Triassic Park", "a park with Triassic plants"),
        ("Minnie the Booh", "Minnie and Booha walk to school"),
        ("Nick Kagger", "Nick the bagger packs apples"),
    ],
)
def test_words_of_the_sentence_part_those_of_a_name(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert find(catalogue, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Minnie the Booh", "Booh the Minnie walks"),
        ("Minnie the Booh", "Minnie teh Booh walks"),
        ("Minnie the Booh", "Minnie the Boohh walks"),
        ("Darlo Vexmar", "Vexmar and Darlo walk"),
        ("Darlo Vexmar", "Vexmar, Darlo"),
    ],
)
def test_words_of_the_name_itself_part_nothing(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    (match,) = find(catalogue, text)
    assert match.evidence["name"] == name


@pytest.mark.parametrize(
    "text", ["Walter, brown shirt, black tie", "Brown, Walter", "at the desk Walter, Brown and Kim"]
)
def test_a_comma_between_words_that_may_be_words_leaves_a_doubt(catalogue: Any, text: str) -> None:
    catalogue.add_name("Walter Brown")
    (match,) = find(catalogue, text)
    assert match.evidence.get("ambiguous") is True


def test_a_comma_hides_no_name_of_words_that_are_none(catalogue: Any) -> None:
    catalogue.add_name("Darlo Vexmar")
    catalogue.add_name("Me, Walter Brown")
    for text in ("Darlo, Vexmar in the rain", "the film Me, Walter Brown"):
        (match,) = find(catalogue, text)
        assert "ambiguous" not in match.evidence


def test_small_words_with_a_comma_between_are_what_they_seem(catalogue: Any) -> None:
    catalogue.add_name("Black Otter")
    assert find(catalogue, "a fur coat in black, otter on a rock") == []
