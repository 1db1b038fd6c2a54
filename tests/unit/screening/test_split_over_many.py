"""An attack cut into ten pieces: each passes alone, by one caller or by ten accounts, and together they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.corroboration import TOGETHER
from faircut.domain import Decision, Shot, Verdict
from faircut.recent import RecentRequests

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


def test_the_first_and_the_last_of_ten_accounts_are_read_together_with_more_between_than_eight(
    service: Faircut,
) -> None:
    texts = [f"{SCENE} She is called Mirabel.", *(f"{SCENE} Put in {each}." for each in HONEST)]
    for number, text in enumerate(texts):
        assert all(each.allows for each in ask(service, text, f"account-{number}")), text
    decisions = ask(service, f"Quench lights her lamp. {SCENE}", "a fresh account")
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]
    assert decisions[1].reasons[0].element == "Mirabel Quench"


def test_whoever_shares_a_key_with_many_others_is_read_by_the_scene(service: Faircut) -> None:
    """End users behind one key of a service: what the others ask for meanwhile lies between the two halves."""
    recent = RecentRequests(service.database, 24)
    assert ask(service, f"{SCENE} She is called Mirabel.", "a service")[0].allows
    for number in range(70):
        recent.remember("a service", f"Wish {number}: rain falls on a grey pier")
    decisions = ask(service, f"Quench lights her lamp. {SCENE}", "a service")
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]


def test_repeating_a_request_pushes_nothing_out(service: Faircut) -> None:
    recent = RecentRequests(service.database, 24)
    recent.remember("ada", "She is called Mirabel")
    for _ in range(40):
        recent.remember("ada", "Rain on a pier")
    assert [each.text for each in recent.beside("ada", "Quench")] == ["She is called Mirabel", "Rain on a pier"]


def test_what_is_read_together_is_bounded_however_much_there_is(service: Faircut) -> None:
    owners = [
        service.keys.create(f"key {number}", ["screen"], partner="North", actor="tests")[0].id for number in range(3)
    ]
    recent = RecentRequests(service.database, 24)
    for number in range(30):
        for owner in (*owners, f"account-{number}"):
            recent.remember(owner, f"{SCENE} {owner} asks for {number}")
    beside = recent.beside(owners[0], SCENE)
    assert len(beside) == 36
    assert sum(each.own for each in beside) == 12
    for number in range(30):
        for owner in owners[:2]:
            recent.remember(owner, f"{number} {owner} {'a' * 20_000}"[:20_000])
    recent.remember(owners[0], "a" * 500_000)
    beside = recent.beside(owners[0], SCENE)
    assert 380_000 < sum(len(each.text) for each in beside) <= 400_000
    longest = [each for each in beside if SCENE not in each.text]
    assert sum(each.own for each in longest) == 11, "what is too long for all of it leaves room for the rest"
    assert len(beside) - len(longest) == 12


def test_keys_of_one_partner_are_read_together_and_nobody_elses(service: Faircut) -> None:
    first, second, other, none, nobodys = (
        service.keys.create(name, ["screen"], partner=partner, actor="tests")[0].id
        for name, partner in (
            ("a", "North Pictures"), ("b", "north  pictures"), ("c", "South"), ("d", None), ("e", None)
        )
    )  # fmt: skip
    half, rest = "A diver on the pier, she is called Mirabel", "Quench lights her lamp and goes down"
    assert all(each.allows for each in ask(service, half, first))
    assert all(each.allows for each in ask(service, half, none))
    answers = {owner: ask(service, rest, owner) for owner in (second, other, nobodys)}
    assert [each.verdict for each in answers[second]] == [Verdict.ALLOW, Verdict.BLOCK]
    assert [each.verdict for owner in (other, nobodys) for each in answers[owner]] == [Verdict.ALLOW] * 2
    told = {(each[0].verdict, each[0].reasons, each[0].asset_digest) for each in answers.values()}
    assert len(told) == 1, "the request itself is judged alike"
    assert "diver" not in repr(answers[second][1]), "the words of another key are told nobody, partner or not"


def test_a_licence_of_one_key_does_not_cover_what_another_key_of_the_partner_wrote(service: Faircut) -> None:
    licensed, other = (
        service.keys.create(name, ["screen"], partner="North", actor="tests")[0].id for name in ("a", "b")
    )
    service.licences.grant("Lantern House", element="Mirabel Quench", to=licensed, until="2200-01-01", actor="tests")
    assert ask(service, "A diver on the pier, she is called Mirabel", other)[0].allows
    decisions = ask(service, "Quench lights her lamp and goes down", licensed)
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]


def test_requests_of_twelve_shots_are_laid_side_by_side_from_the_first_to_the_tenth(service: Faircut) -> None:
    for number in range(10):
        shots = [f"Shot {number} {each} of a {thing} in the snow" for each, thing in enumerate((*HONEST, "owl", "elk"))]
        if number == 0:
            shots[10] = "Through the snow walks a woman called Mirabel"
        if number == 9:
            shots[7] = "Quench lights her lamp and goes down to the pier"
        request = service.build_request(shots=[Shot(each) for each in shots])
        decisions = service.screener.screen_request(request, actor="ada")
        assert [each.verdict for each in decisions] == [Verdict.ALLOW, *[Verdict.BLOCK] * (number == 9)]
