"""What belongs to everybody though somebody registered it too: archetypes, and figures in the public domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import GreyZone, Verdict

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
)
LATER = (
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
