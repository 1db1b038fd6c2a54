"""The attacker by himself, against guards that are functions: his budget, and that he learns from the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

from faircut.domain import Element, ElementKind, Verdict
from faircut.redteam.attacker import COPY, DESCRIPTION, NAME, PICTURE, Arsenal, Attempt, Memory, attack_element
from faircut.redteam.campaign import BUDGET
from faircut.redteam.deliveries import Attack
from faircut.redteam.guard import Answer

NAMES = ("Ysolde Marrinquay", "Tobermane Wixley", "Ferrimond Vosskell", "Quorvalune Astrid")
LAMP = Element(
    "el_lamp",
    "party",
    "work",
    ElementKind.CREATURE,
    "Grumblethatch",
    description="A shaggy haystack as tall as a barn that walks on six wooden stilts, with copper kettles for eyes.",
    keywords=("walking haystack", "copper kettle eyes", "six wooden stilts", "black iron weathercock", "pearl teeth"),
)


def titled(name: str) -> Element:
    return Element(f"el_{name}", "party", "work", ElementKind.TITLE, name)


def refuse(_attack: Attack) -> Answer:
    return Answer(Verdict.BLOCK, 1.0)


def attacks(
    element: Element,
    ask: Callable[[Attack], Answer],
    memory: Memory | None = None,
    arsenal: Arsenal | None = None,
    seed: int = 3,
) -> list[Attempt]:
    return list(attack_element(element, ask, memory or Memory(), arsenal or Arsenal(), budget=BUDGET, seed=seed))


def test_a_hundred_attacks_an_element_and_none_of_them_twice() -> None:
    assert BUDGET == 100
    for element in (titled(NAMES[0]), LAMP):
        asked: list[str] = []

        def ask(attack: Attack, asked: list[str] = asked) -> Answer:
            asked.append(attack.text)
            return refuse(attack)

        made = attacks(element, ask)
        assert len(made) == len(asked) == len(set(asked)) == BUDGET
    assert {NAME, DESCRIPTION} == {each.goal for each in made}


def test_all_ways_to_send_are_used() -> None:
    made = attacks(LAMP, refuse)
    sent = [request for each in made for request in each.attack.requests]
    assert any(len(each.shots) > 1 for each in sent), "split shots"
    assert any(each.file_names for each in sent), "file names"
    assert any(any(each.titles) for each in sent), "titles"
    assert any(any(each.captions) for each in sent), "captions"
    assert any(each.drawn for each in sent), "text on a picture"
    assert any(len(each.attack.requests) > 1 for each in made), "several requests"
    assert any(each.attack.fresh for each in made), "of several callers"
    without = attacks(LAMP, refuse, arsenal=Arsenal(without=frozenset({PICTURE})))
    assert not any(each.drawn for one in without for each in one.attack.requests)


def test_what_got_past_one_element_is_tried_first_and_more_on_the_next() -> None:
    def weak(attack: Attack) -> Answer:
        return Answer(Verdict.ALLOW) if any("\u0400" <= char <= "\u04ff" for char in attack.text) else refuse(attack)

    def passed(memory: Memory) -> tuple[int, int]:
        """Among the first twenty attacks, and among all."""
        runs = [attacks(titled(NAMES[-1]), weak, deepcopy(memory), seed=seed) for seed in range(6)]
        early, whole = (sum(each.answer.passed for made in runs for each in made[:first]) for first in (20, BUDGET))
        return early, whole

    taught = Memory()
    for name in NAMES[:-1]:
        attacks(titled(name), weak, taught)
    for untaught, learnt in zip(passed(Memory()), passed(taught), strict=True):
        assert 0 < 1.3 * untaught < learnt


def test_copies_are_uploaded_beside_the_budget_and_counted_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "one.jpg", tmp_path / "two.mp4"]

    def copies(_element: Element) -> Iterator[tuple[str, Path]]:
        yield from zip(("mirrored", "slower"), paths, strict=True)

    made = attacks(titled(NAMES[0]), refuse, arsenal=Arsenal(copies=copies))
    sent = [each for each in made if each.goal == COPY]
    assert len(made) == BUDGET + 2
    assert [each.families for each in sent] == [("mirrored",), ("slower",)]
    assert [each.attack.requests[0].copy for each in sent] == paths
