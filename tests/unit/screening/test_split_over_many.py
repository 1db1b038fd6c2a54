"""An attack cut into ten pieces: each passes alone, by one caller or by ten accounts, and together they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.corroboration import TOGETHER
from faircut.domain import Decision, Shot, Verdict

SCENE = "A clearing in a birch forest, first snow, long shadows, handheld camera."
PIECES = (
    "a beast the size of a horse",
    "moss-green hide",
    "a rowing boat upside down for a shell",
    "eyes of brass lanterns",
    "legs like a heron's, wrapped in nets",
    "a ship's bell under its chin",
    "reeds growing on its back",
    "a heron sitting on its head",
    "a tail of rusty anchor chain",
    "a smell of tar",
)
HONEST = ("a fox", "a lynx", "two hunters", "a sledge", "smoke", "a hut", "a dog", "an old axe", "a raven", "a fence")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path / "home")) as faircut:
        faircut.catalogue.add_party("Lantern House", actor="tests")
        faircut.catalogue.add_work("The Tin Heron", "Lantern House", actor="tests")
        faircut.catalogue.add_element("character", "Mirabel Quench", work="The Tin Heron", actor="tests")
        faircut.catalogue.add_element(
            "creature",
            "Gatterlow",
            work="The Tin Heron",
            tagline="A marsh beast that wears a rowing boat",
            description="A moss-green beast the size of a horse with an upturned rowing boat for a shell, two brass"
            " lanterns for eyes, and long heron legs wrapped in fishing net. A ship's bell hangs from its chin, reeds"
            " grow on its back, a heron rides on its head, and its tail is a rusty anchor chain.",
            keywords=["rowing boat shell", "brass lantern eyes", "heron legs in fishing net", "anchor chain tail"],
            actor="tests",
        )
        yield faircut


def ask(service: Faircut, text: str, owner: str) -> tuple[Decision, ...]:
    return service.screener.screen_request(service.build_request(shots=[Shot(text)]), actor=owner)


@pytest.mark.parametrize(
    ("fresh", "pieces"), [(False, PIECES), (True, PIECES[::-1])], ids=["one caller", "ten accounts, backwards"]
)
def test_a_description_over_ten_requests_is_refused(service: Faircut, fresh: bool, pieces: tuple[str, ...]) -> None:
    answers = [
        ask(service, f"{SCENE} Keep all that we have and put in {piece}.", f"account-{number * fresh}")
        for number, piece in enumerate(pieces)
    ]
    assert all(decisions[0].allows for decisions in answers), "alone, each piece is nobody's"
    refused = [each for decisions in answers for each in decisions[1:] if each.verdict is Verdict.BLOCK]
    assert refused
    assert {reason.element for each in refused for reason in each.reasons} == {"Gatterlow"}
    assert {each.input for each in refused} == {TOGETHER}


@pytest.mark.parametrize("fresh", [False, True], ids=["one caller", "ten accounts"])
def test_ten_honest_requests_for_one_scene_pass(service: Faircut, fresh: bool) -> None:
    for number, piece in enumerate(HONEST):
        decisions = ask(service, f"{SCENE} Keep all that we have and put in {piece}.", f"account-{number * fresh}")
        assert all(each.allows for each in decisions), piece


def test_the_first_and_the_last_of_ten_requests_of_a_caller_are_read_together(service: Faircut) -> None:
    texts = ["She is called Mirabel", *(f"Rain on a pier, take {number}" for number in range(8))]
    assert all(each.allows for text in texts for each in ask(service, text, "ada"))
    decisions = ask(service, "Quench lights her lamp", "ada")
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]
