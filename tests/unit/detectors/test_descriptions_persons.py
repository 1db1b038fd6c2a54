"""What a real person looks or sounds like in words is shared by thousands: nothing is blocked for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_persons import is_ordinary
from faircut.domain import Element, ElementKind

SINGER = Element(
    id="elem_singer",
    party_id="party_1",
    work_id=None,
    kind=ElementKind.LIKENESS,
    name="Odalys Brandt",
    tagline="A singer with long dark hair and stubble",
    description=(
        "A lean man with long dark hair parted in the middle, stubble, brown eyes and high cheekbones. On stage he "
        "wears a coat of broken mirrors, plays a harp made from a rowing boat, and has a hat full of bees."
    ),
    keywords=(
        "long dark hair", "stubble", "brown eyes", "lean man", "coat of broken mirrors", "harp made from a rowing boat",
        "hat full of bees",
    ),
)  # fmt: skip
PORTRAITS = (
    "a lean climber with long dark hair and stubble chalks his hands",
    "Portrait of a man with brown eyes and stubble, long dark hair, high cheekbones, studio light",
    "A lean man with long dark hair parted in the middle, stubble, brown eyes and high cheekbones",
    "man, 40, long dark hair, stubble, brown eyes, lean, looks into the camera",
)
ACT = "a man in a coat of broken mirrors, with a harp made from a rowing boat, under a hat full of bees"


@pytest.mark.parametrize("kind", [ElementKind.LIKENESS, ElementKind.VOICE])
@pytest.mark.parametrize("text", PORTRAITS)
def test_an_ordinary_portrait_passes(memory_catalogue: type[Any], kind: ElementKind, text: str) -> None:
    assert DescriptionsDetector(memory_catalogue(named=[replace(SINGER, kind=kind)])).find(text) == []


def test_what_nobody_else_has_goes_to_review_and_is_never_blocked(memory_catalogue: type[Any]) -> None:
    (match,) = DescriptionsDetector(memory_catalogue(named=[SINGER])).find(ACT)
    assert match.evidence["ambiguous"] is True


def test_a_character_so_described_stays_protected(memory_catalogue: type[Any]) -> None:
    character = replace(SINGER, id="elem_character", work_id="work_1", kind=ElementKind.CHARACTER)
    found = DescriptionsDetector(memory_catalogue(named=[SINGER, character])).find(ACT)
    assert {match.element_id: match.evidence.get("ambiguous", False) for match in found} == {
        "elem_singer": True,
        "elem_character": False,
    }


@pytest.mark.parametrize(
    ("words", "ordinary"),
    [
        ("a tall lean man with shoulder-length dark hair", True),
        ("a husky voice", True),
        ("patchy beard", True),
        ("a coat of broken mirrors", False),
        ("makes a heart with her hands", False),
    ],
)
def test_words_of_any_portrait_are_told_from_others(words: str, ordinary: bool) -> None:
    assert is_ordinary(words) is ordinary
