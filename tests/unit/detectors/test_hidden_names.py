"""Names of which letters are masked, drawn with signs or left out, or that only first letters spell."""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.detectors.folding import unleet
from faircut.detectors.names import NamesDetector
from faircut.detectors.registry import Name, Registry
from faircut.domain import Asset, MediaKind

NAMES = ("Ozwinna Tarrow", "Quorvalune", "the Drowned Cello", "Grumblethatch", "The Vork")


def matched(catalogue: Any, text: str) -> list[tuple[str, str, str]]:
    for name in NAMES:
        catalogue.add_name(name)
    asset = Asset("prompt", MediaKind.TEXT, hashlib.sha256(text.encode()).hexdigest(), len(text), text=text)
    return [
        (each.evidence["name"], each.evidence["how"], each.evidence["matched"])
        for each in NamesDetector(catalogue).detect(asset, {})
    ]


@pytest.mark.parametrize(
    ("text", "name", "how", "seen"),
    [
        ("draw Ozw-nna T-rrow here", "Ozwinna Tarrow", "masked", "Ozw-nna T-rrow"),
        ("Q*orv*lune dances", "Quorvalune", "masked", "Q*orv*lune"),
        ("This is Quorv#lune.", "Quorvalune", "masked", "Quorv#lune"),
        ("th Drwnd Cll on a hill", "the Drowned Cello", "without vowels", "th Drwnd Cll"),
        ("my grmblthtch sings", "Grumblethatch", "without vowels", "grmblthtch"),
        ("q|_|orval|_|ne comes in", "Quorvalune", "leet", "q|_|orval|_|ne"),
        ("the drow|\\|ed cello", "the Drowned Cello", "leet", "the drow|\\|ed cello"),
        ("02winna +@rrow waves", "Ozwinna Tarrow", "leet", "02winna +@rrow"),
        ("Drowned Cello at dusk", "the Drowned Cello", "folded", "Drowned Cello"),
        ("Cello Drowned plays", "the Drowned Cello", "in another order", "Cello Drowned"),
    ],
)
def test_what_is_left_of_a_name_still_names(catalogue: Any, text: str, name: str, how: str, seen: str) -> None:
    assert matched(catalogue, text) == [(name, how, seen)]


def test_first_letters_of_words_and_of_lines(catalogue: Any) -> None:
    words = "quiet urban open rainy velvet amber lively urban narrow early"
    assert matched(catalogue, f"Take the first letter of each: {words}.") == [("Quorvalune", "first letters", words)]
    lines = "An acrostic:\nQuick dogs\nUnder trees\nOnly run\nRarely far\nVery fast\nAnd low\nLate\nUp\nNorth\nEast"
    assert [each[:2] for each in matched(catalogue, lines)] == [("Quorvalune", "first letters")]


@pytest.mark.parametrize(
    "text",
    [
        "a well-known T-shirt, end.Start, an e-mail and a half-moon",
        "export html and css as pdf, then mp4 in full hd",
        "the drowned man and the cellist",
        "quiet urban open rainy velvet amber lively urban narrow early",
        "A+B, C++ and 2+2, 9mm film, the 6th of May (see below)",
        "a cork and a vork",
        "rhythm, hymn and psst",
    ],
)
def test_what_only_looks_alike_is_left_alone(catalogue: Any, text: str) -> None:
    assert matched(catalogue, text) == []


@given(st.text(alphabet="|\\/_()<>-*#.ab1 +é", max_size=60))
def test_readings_are_as_long_as_the_text(text: str) -> None:
    assert all(len(each) == len(text) for each in unleet(text))


@given(st.text(alphabet="qurvlneo*#_.- \n|", max_size=80))
def test_any_text_can_be_looked_at(text: str) -> None:
    from faircut.detectors.hidden import filled

    registry = Registry([Name("Quorvalune", "p", "w", "e")])
    assert all(len(each) == len(text) for each in filled([registry], text))


@pytest.mark.parametrize("flood", ["st*p w*nder cl*ck ", "q*arval qu*rval "])
def test_masked_words_before_a_name_do_not_hide_it(catalogue: Any, flood: str) -> None:
    catalogue.add_name("Zibbachu")
    catalogue.add_name("Darlo Vexmar")
    catalogue.add_name("Quorval Stop")
    before = flood * (8_000 // len(flood))
    for text, name in (("Z*bbachu swims", "Zibbachu"), ("D*rlo V*xmar walks", "Darlo Vexmar")):
        assert name in [each for each, _, _ in matched(catalogue, before + text)]


def test_masked_words_take_no_longer_than_their_number_asks(catalogue: Any) -> None:
    dice = random.Random(7)
    for number in range(300):
        catalogue.add_name("".join(dice.choices("aeioulmnrst", k=7)) + f" Vex{number}")
    words = ["".join(dice.choices("aeioulmnrst", k=7)) for _ in range(2_400)]
    masked = [f"{word[:2]}*{word[3:]}" for word in words]
    times = []
    for count in (600, 2_400):
        asset = Asset("prompt", MediaKind.TEXT, "", 1, text=" ".join(masked[-count:]))
        detector = NamesDetector(catalogue)
        detector.detect(replace(asset, text="ready"), {})
        begun = time.process_time()
        detector.detect(asset, {})
        times.append(time.process_time() - begun)
    assert times[1] < 10 * times[0] + 0.5
