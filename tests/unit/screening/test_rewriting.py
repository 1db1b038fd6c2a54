"""Rewrites: what is offered passes, keeps what was not at fault, and is judged by the real guard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Reason, Verdict
from faircut.rewriting.gaps import clean_gap, left, reads
from faircut.rewriting.names import PlainNames
from faircut.rewriting.words import Substitutes


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as faircut:
        add = faircut.catalogue
        add.add_party("Lantern House", actor="tests")
        add.add_work("The Tin Heron", "Lantern House", actor="tests")
        add.add_element(
            "character",
            "Mirabel Quench",
            work="The Tin Heron",
            tagline="A diver with a lantern for a heart",
            description="A tall diver in a patched copper suit whose glass chest holds a burning orange lantern; "
            "her violet hair floats upwards as if under water, and a tin heron sits on her left shoulder.",
            keywords=[
                "copper diving suit",
                "lantern in a glass chest",
                "floating violet hair",
                "tin heron on shoulder",
            ],
            actor="tests",
        )
        add.add_element("set", "Cinder Quay", work="The Tin Heron", actor="tests")
        yield faircut


def test_names_become_plain_words_and_the_rest_stays(service: Faircut) -> None:
    found = service.rewrite(["Mirabel Quench walks along Cinder Quay in the rain. Slow dolly in."])
    assert found is not None
    assert found.shots == ("An original character walks along an invented place in the rain. Slow dolly in.",)
    assert {each.before for each in found.changes} == {"Mirabel Quench", "Cinder Quay"}
    assert found.decision.allows


def test_an_article_is_not_doubled_and_a_possessive_is_kept(service: Faircut) -> None:
    found = service.rewrite(
        ["We follow the Mirabel Quench of the harbour.", "Rain on Mirabel Quench's coat, close up."]
    )
    assert found is not None
    assert found.shots[0] == "We follow the original character of the harbour."
    assert "original character's coat" in found.shots[1]


def test_disguised_names_are_replaced_whole(service: Faircut) -> None:
    found = service.rewrite(["A night scene where M.i.r.a.b.e.l Q.u.e.n.c.h opens the door and smiles"])
    assert found is not None
    assert "original character opens the door and smiles" in found.shots[0]


def test_a_description_loses_what_is_telling_and_keeps_the_scene(service: Faircut) -> None:
    text = (
        "At dawn a camera glides over a calm harbour. A tall woman in a patched copper diving suit, an orange lantern "
        "burning inside her glass chest, violet hair floating upwards, a tin heron on her shoulder. Gulls cry."
    )
    assert service.preflight([text]).verdict is Verdict.BLOCK
    found = service.rewrite([text])
    assert found is not None
    assert found.decision.allows
    assert service.preflight(found.shots).allows
    assert "At dawn a camera glides over a calm harbour" in found.shots[0]
    assert found.changes


def test_what_passes_is_left_alone(service: Faircut) -> None:
    found = service.rewrite(["A lighthouse in a storm"])
    assert found is not None
    assert (found.shots, found.changes) == (("A lighthouse in a storm",), ())


def test_words_cannot_mend_a_file_name(service: Faircut) -> None:
    assert service.rewrite(["Make her dance in the rain"], names=["mirabel_quench.png"]) is None


def test_nothing_is_offered_when_too_little_is_left(service: Faircut) -> None:
    assert service.rewrite(["Mirabel Quench"]) is not None
    assert service.rewrite([""]) is None or service.rewrite([""]).decision.allows  # type: ignore[union-attr]


def test_nothing_is_recorded(service: Faircut) -> None:
    before = len(list(service.ledger.events()))
    service.rewrite(["Mirabel Quench walks along Cinder Quay"])
    assert len(list(service.ledger.events())) == before


def test_a_second_name_is_another_and_the_same_is_the_same(service: Faircut) -> None:
    found = service.rewrite(["Mirabel Quench waves, then Mirabel Quench sleeps"])
    assert found is not None
    assert found.shots == ("An original character waves, then the original character sleeps",)
    owned = service.rewrite(["Mirabel Quench and Mirabel Quench's dog"])
    assert owned is not None
    assert owned.shots == ("An original character and the original character's dog",)


def test_a_rewrite_of_half_the_words_is_withheld(service: Faircut) -> None:
    text = "copper diving suit, lantern in a glass chest, floating violet hair, tin heron on shoulder"
    assert service.preflight([text]).verdict is Verdict.BLOCK
    found = service.rewrite([text])
    assert found is None or len(found.shots[0].split()) * 2 >= len(text.split())


def test_in_another_language_no_english_words_are_offered(service: Faircut) -> None:
    text = "Ein Spaziergang mit Mirabel Quench durch den Regen, und dann schlafen die Kinder in der Hütte"
    assert not service.preflight([text]).allows
    assert service.rewrite([text]) is None


@pytest.mark.parametrize(
    "text",
    [
        "a tall diver in a copper suit, an orange lantern behind glass in her chest, violet hair floating upwards",
        "Underwater ballroom: a woman in a patched copper diving suit waltzes, with a tin heron on her shoulder and "
        "violet hair. Slow dolly in.",
        "She opens the glass door in her chest and lights the orange lantern, her copper suit creaks, gulls cry",
    ],
)
def test_most_descriptions_get_a_rewrite_that_reads(service: Faircut, text: str) -> None:
    assert not service.preflight([text]).allows
    found = service.rewrite([text])
    assert found is not None
    assert service.preflight(found.shots).allows
    assert reads(text, found.shots[0])
    assert left(text, found.shots[0]) >= 0.5


@pytest.mark.parametrize(
    ("shots", "names"), [(["A man called Mirabel", "Quench walks"], []), (["A cat"], ["Mirabel Quench at dusk.png"])]
)
def test_what_no_shot_can_mend_is_judged_a_few_times_and_not_again(
    service: Faircut, monkeypatch: pytest.MonkeyPatch, shots: list[str], names: list[str]
) -> None:
    asked = []
    judge = service.preflight

    def counted(*arguments: Any, **keywords: Any) -> Any:
        asked.append(arguments)
        return judge(*arguments, **keywords)

    monkeypatch.setattr(service, "preflight", counted)
    assert service.rewrite(shots, names=names) is None
    assert len(asked) <= 8


@pytest.mark.parametrize("flood", ["a" * 4000, " " * 4000, "and " * 1000, "in the style of " * 250])
def test_what_stands_before_a_name_takes_time_with_its_length(flood: str) -> None:
    def used(text: str) -> float:
        begun = time.process_time()
        for _ in range(20):
            PlainNames().place(reason, None, f"{text} Mirabel", len(text) + 1, len(text) + 8, Substitutes())
            clean_gap(f"{text} Mirabel walks.", len(text) + 1, len(text) + 8)
        return time.process_time() - begun

    reason = Reason("protected.name", "prompt", "", "", Verdict.BLOCK)
    assert used(flood * 16) < 0.05 + 60 * used(flood)
