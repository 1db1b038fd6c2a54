"""Several of what is named, where the plural is more than an ending."""

from __future__ import annotations

from typing import Any

import pytest

from faircut.detectors.names import NamesDetector
from faircut.domain import Asset, Match, MediaKind


def find(catalogue: Any, text: str) -> list[Match]:
    return list(NamesDetector(catalogue).detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Zorkman", "three Zorkmen on a roof", "Zorkmen"),
        ("Vexmar-Man", "Vexmar-Men pointing at each other", "Vexmar-Men"),
        ("Kelp Woman", "two Kelp Women swim", "Kelp Women"),
        ("The Zorkman", "Zorkmen on a roof", "Zorkmen"),
        ("Quorval Child", "the Quorval Children sleep", "Quorval Children"),
        ("Mirtle Mouse", "Mirtle Mice in a kitchen", "Mirtle Mice"),
        ("Gorvelfoot", "Gorvelfeet in the snow", "Gorvelfeet"),
        ("Brackwolf", "Brackwolves howl", "Brackwolves"),
    ],
)
def test_irregular_plurals_are_found(catalogue: Any, name: str, text: str, words: str) -> None:
    catalogue.add_name(name)
    (match,) = find(catalogue, text)
    assert (match.evidence["matched"], match.evidence["name"], match.evidence["how"]) == (words, name, "plural")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Woman", "Women walk along the shore"),
        ("The Child", "the Children laugh"),
        ("Wolf", "grey Wolves in the snow"),
        ("Invisible Man", "three invisible men walk"),
        ("Firemann", "firemen run to the truck"),
    ],
)
def test_several_of_an_everyday_word_are_no_name(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert find(catalogue, text) == []
