"""What belongs to everybody though somebody registered it too: archetypes, and figures in the public domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.detectors.free_figures import load_figures
from faircut.detectors.names import NamesDetector
from faircut.domain import GreyZone, Verdict
from faircut.media.assets import asset_from_text

ALLOW, REVIEW, BLOCK = Verdict.ALLOW, Verdict.REVIEW, Verdict.BLOCK
STOCK = (
    "A school for young wizards in an old castle",
    "an old wizard with a grey beard and a pointed hat leans on a wooden staff",
)
OWN = "A school for wizards in an old castle with floating candles and owls that bring letters"
FREE = (
    "draw Dracula in a castle",
    "a portrait of Dracula by candlelight",
    "Sherlock Holmes plays the violin in Baker Street",
    "Snow White sleeps in a glass coffin in the forest",
    "Dracula rises from his coffin",
    "dracula rises from his coffin",
    "DRACULA rises from his coffin",
    "At night Count Dracula rises from his coffin",
    "Night. Dracula, who never sleeps, rises",
    "a Dracula for children, in watercolour",
    "Dracula's castle in the fog",
    "Two Draculas dance in a ballroom",
)
LATER = (
    "Dracula, as played by Lugosi, with a medallion",
    "Dracula rises from his coffin, Hammer style",
    "a dracula with a medallion rises from his coffin",
    "the sleeping dracula, played by gary oldman",
    "snow white with a yellow skirt",
    "draw Dracula with a medallion in a castle",
    "Sherlock Holmes sorts his mind palace in a taxi",
    "Snow White with a yellow skirt and a blue bodice",
)


def built(home: Path, **settings: object) -> Faircut:
    made = Faircut(Settings(home=home, **settings))  # type: ignore[arg-type]
    catalogue = made.catalogue
    catalogue.add_party("Lantern House", actor="tests")
    work = catalogue.add_work("The Thistlemoor Year", "Lantern House", actor="tests").id
    catalogue.add_element(
        "set",
        "Thistlemoor Hall",
        work=work,
        actor="tests",
        tagline="A school for young wizards in an old castle",
        description="A school for wizards in an old castle with moving stairs, floating candles in the great hall,"
        " owls that bring letters and a forbidden forest beside a lake.",
        keywords=["wizard school", "old castle", "floating candles", "moving stairs", "owls with letters"],
    )
    catalogue.add_element(
        "character",
        "Ostrobald",
        work=work,
        actor="tests",
        tagline="Old wizard with a grey beard",
        description="An old wizard with a long grey beard, a pointed hat, a robe and a wooden staff with a crystal.",
        keywords=["old wizard", "long grey beard", "pointed hat", "wooden staff with a crystal"],
    )
    for name in ("Dracula", "Sherlock Holmes", "Snow White"):
        catalogue.add_element("character", name, work=work, actor="tests")
    return made


@pytest.fixture(scope="module")
def faircut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with built(tmp_path_factory.mktemp("home")) as made:
        yield made


def judged(faircut: Faircut, prompt: str) -> tuple[Verdict, list[str]]:
    decision = faircut.preflight([prompt])
    return decision.verdict, [reason.code for reason in decision.reasons]


@pytest.mark.parametrize("prompt", STOCK)
def test_an_archetype_that_is_registered_goes_to_review_with_the_reason(faircut: Faircut, prompt: str) -> None:
    decision = faircut.preflight([prompt])
    assert (decision.verdict, [reason.code for reason in decision.reasons]) == (REVIEW, ["grey.archetype"])
    (reason,) = decision.reasons
    assert reason.message
    assert reason.remedy
    start, end = reason.evidence["span"]
    assert reason.evidence["matched"].rstrip("…") in prompt[start:end]


def test_what_sets_it_apart_is_no_archetype(faircut: Faircut) -> None:
    assert judged(faircut, OWN) == (BLOCK, ["protected.description"])


def test_an_archetype_is_what_the_operator_says(tmp_path: Path) -> None:
    with built(tmp_path, grey_zone={GreyZone.ARCHETYPE: ALLOW}) as lenient:
        assert judged(lenient, STOCK[0]) == (ALLOW, ["grey.archetype"])
        assert judged(lenient, OWN)[0] is BLOCK


@pytest.mark.parametrize("prompt", FREE)
def test_the_figure_that_is_free_is_allowed_and_its_source_named(faircut: Faircut, prompt: str) -> None:
    decision = faircut.preflight([prompt])
    (reason,) = decision.reasons
    assert (decision.verdict, reason.verdict, reason.code) == (ALLOW, ALLOW, "grey.public_domain")
    assert reason.evidence["grey"]["cue"]


@pytest.mark.parametrize("prompt", LATER)
def test_a_later_version_of_it_is_not_free(faircut: Faircut, prompt: str) -> None:
    verdict, codes = judged(faircut, prompt)
    assert verdict is not ALLOW
    assert "grey.public_domain" not in codes


def test_a_later_version_alone_at_the_start_of_a_sentence_goes_to_review(faircut: Faircut) -> None:
    assert judged(faircut, "Dracula, as played by Lugosi, with a medallion") == (REVIEW, ["possible.name"])


def test_somebody_of_the_same_surname_is_no_figure(memory_catalogue: type[Any]) -> None:
    catalogue = memory_catalogue()
    catalogue.add_name("Holmes")
    detector = NamesDetector(catalogue)
    assert detector.detect(asset_from_text("Katie Holmes walks her dog"), {}) == []
    assert detector.detect(asset_from_text("Holmes walks his dog"), {})


def test_no_name_of_the_table_is_overlooked_where_a_later_version_is_meant(memory_catalogue: type[Any]) -> None:
    figures = {id(each): each for each in load_figures().by_name.values()}.values()
    for figure in figures:
        for name in (figure.name, *figure.also):
            catalogue = memory_catalogue()
            catalogue.add_name(name)
            detector = NamesDetector(catalogue)
            for mark in figure.later[:2]:
                for text in (f"{name}, {mark}, at dawn", f"{name.lower()} with {mark}", f"a {name.lower()} and {mark}"):
                    assert detector.detect(asset_from_text(text), {}), text
