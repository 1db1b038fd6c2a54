"""Names that are words of every day, through the whole guard: in small letters one of them alone is never refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Verdict

NAMES = ("sonic", "joker", "frozen", "storm", "cars", "up")
SENTENCES = (
    "{}",
    "a {} lake at dawn",
    "the {} is over the bay",
    "{} runs through a green hill",
    "draw {} in a forest",
    "a video of {} at night, cinematic",
    "two children and {} on a roof",
    "a {} card on a wooden table, then a {} boom",
    "it is {} out there",
    "the {} movie",
    "a {} birthday party with balloons",
    "he is called {}",
)
SCENES = ("", " A heron lands on a fence post.", " Slow dolly in, rain, 35mm.")


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as faircut:
        add = faircut.catalogue
        for name in NAMES:
            party = add.add_party(f"House of Wexcombe {name}", actor="tests")
            work = add.add_work(f"The Tale of Wexcombe {name}", party.id, actor="tests")
            add.add_element("character", name.title(), work=work.id, actor="tests")
            add.add_element("set", f"Wexcombe {name.title()} Isle", work=work.id, actor="tests")
        yield faircut


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), sentence=st.sampled_from(SENTENCES), scene=st.sampled_from(SCENES))
def test_one_such_word_alone_goes_no_further_than_review(guard: Faircut, name: str, sentence: str, scene: str) -> None:
    decision = guard.preflight([sentence.format(*[name] * 2) + scene])
    assert decision.verdict is not Verdict.BLOCK
    assert all(reason.code == "possible.name" for reason in decision.reasons)


@pytest.mark.parametrize(
    "prompt",
    [
        "the sky is FROZEN",
        "It is FROZEN out there",
        "FROZEN peas in a bowl",
        "a wall with the word FROZEN on it",
        "SONIC",
        "my neighbour in the world of frozen",
        "my neighbour dances in frozen's universe",
        "my neighbour as a character from frozen",
        "a love story set in frozen",
    ],
)
def test_what_may_be_emphasis_or_a_title_goes_to_review_with_the_reason(guard: Faircut, prompt: str) -> None:
    decision = guard.preflight([prompt])
    assert (decision.verdict, [reason.code for reason in decision.reasons]) == (Verdict.REVIEW, ["possible.name"])


@pytest.mark.parametrize("prompt", ["in the world of frozen food", "a world of joker cards"])
def test_a_world_of_things_is_allowed(guard: Faircut, prompt: str) -> None:
    decision = guard.preflight([prompt])
    assert (decision.verdict, decision.reasons) == (Verdict.ALLOW, ())


@pytest.mark.parametrize("name", ["sonic", "joker", "storm"])
def test_another_name_of_the_same_work_makes_it_certain(guard: Faircut, name: str) -> None:
    decision = guard.preflight([f"{name} runs over Wexcombe {name.title()} Isle"])
    assert decision.verdict is Verdict.BLOCK
    blocked = {reason.element for reason in decision.reasons if reason.verdict is Verdict.BLOCK}
    assert name.title() in blocked


def test_a_name_of_somebody_elses_work_does_not(guard: Faircut) -> None:
    decision = guard.preflight(["sonic runs to the harbour", "the lamps of Wexcombe Joker Isle"])
    assert "Sonic" not in {reason.element for reason in decision.reasons if reason.verdict is Verdict.BLOCK}


def test_a_person_called_nearly_so_is_another(guard: Faircut) -> None:
    assert guard.preflight(["Christian Stormley as Patrick Jokerman in a business suit"]).verdict is Verdict.ALLOW
