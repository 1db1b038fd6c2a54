"""A request split over several prompts or accounts is judged together; the Decision on each is the same for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from faircut.api.schemas import decision_out
from faircut.app import Faircut
from faircut.config import Settings
from faircut.corroboration import TOGETHER
from faircut.domain import Decision, Shot, Verdict
from faircut.recent import RecentRequests
from faircut.store.models import RecentRequestRow


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path / "home")) as faircut:
        faircut.catalogue.add_party("Lantern House", actor="tests")
        faircut.catalogue.add_work("The Tin Heron", "Lantern House", actor="tests")
        faircut.catalogue.add_element("character", "Mirabel Quench", work="The Tin Heron", actor="tests")
        yield faircut


def ask(service: Faircut, text: str, owner: str) -> tuple[Decision, ...]:
    return service.screener.screen_request(service.build_request(shots=[Shot(text)]), actor=owner)


def test_a_name_split_over_two_requests_is_refused_with_the_second(service: Faircut) -> None:
    (first,) = ask(service, "A diver on the pier at dusk, she is called Mirabel", "ada")
    assert first.allows
    decisions = ask(service, "Quench lights her lamp and goes down", "ada")
    assert [each.input for each in decisions] == ["prompt", TOGETHER]
    assert decisions[0].allows
    assert decisions[1].verdict is Verdict.BLOCK
    assert decisions[1].reasons[0].element == "Mirabel Quench"
    assert service.decisions.get(decisions[1].id) == decisions[1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Shot("Quench lights her lamp"), Shot("Down the pier goes Mirabel")),
        (Shot("She is called Mirabel", title="Noon", caption="A quiet day"), Shot("Rain", caption="Quench rests")),
        (Shot("Quench rests", title="Noon"), Shot("Rain on the pier", title="Mirabel", caption="A quiet day")),
    ],
)
def test_a_name_split_over_two_requests_is_found_in_any_order_and_whatever_stands_between(
    service: Faircut, first: Shot, second: Shot
) -> None:
    for shot, expected in ((first, [Verdict.ALLOW]), (second, [Verdict.ALLOW, Verdict.BLOCK])):
        request = service.build_request(shots=[shot])
        decisions = service.screener.screen_request(request, actor="ada")
        assert [each.verdict for each in decisions] == expected
    assert decisions[1].reasons[0].input == TOGETHER
    assert "span" not in decisions[1].reasons[0].evidence


def test_a_description_split_over_requests_for_one_scene_is_refused(service: Faircut) -> None:
    service.catalogue.add_element(
        "creature",
        "Gatterlow",
        work="The Tin Heron",
        tagline="A marsh beast that wears a rowing boat",
        description="A moss-green beast the size of a horse with an upturned rowing boat for a shell, two brass"
        " lanterns for eyes, and long heron legs wrapped in fishing net.",
        keywords=["rowing boat shell", "brass lantern eyes", "heron legs in fishing net", "moss-green hide"],
        actor="tests",
    )
    scene = "A clearing in a birch forest, first snow, long shadows, handheld camera."
    parts = [
        "a beast with moss-green hide",
        "a rowing boat for a shell",
        "eyes of brass lanterns",
        "heron legs in nets",
    ]
    texts = [f"{scene} {parts[0]}", *(f"{scene} The same as before, and now add {part}." for part in parts[1:])]
    answers = [ask(service, text, "ada") for text in texts]
    assert not all(each.allows for decisions in answers for each in decisions)
    scene = "Night in the old harbour, fog, blue lamps, wet planks."
    scenes = [f"{scene} {part}" for part in ("a fox", "a lynx", "two hunters", "a sledge")]
    assert all(each.allows for text in scenes for each in ask(service, text, "eve"))


def test_others_who_have_nothing_to_do_with_it_are_not_held_against_a_caller(service: Faircut) -> None:
    ask(service, "A diver on the pier at dusk, she is called Mirabel", "ada")
    assert all(each.allows for each in ask(service, "Quench the fire with sand and water", "bob"))


def test_a_fresh_account_that_goes_on_where_another_stopped_is_judged_with_it(service: Faircut) -> None:
    ask(service, "A pearl diver on the wooden pier at dusk beside lanterns, called Mirabel", "ada")
    decisions = ask(service, "Quench, pearl diver beside lanterns on the wooden pier", "fresh-account")
    assert [each.verdict for each in decisions] == [Verdict.ALLOW, Verdict.BLOCK]


def test_a_scene_that_is_told_again_belongs_together_however_much_is_added(service: Faircut) -> None:
    scene = "Night in the old harbour, misty lamps, planks and barrels."
    recent = RecentRequests(service.database, 24)
    recent.remember("ada", f"{scene} {' '.join(f'{each}word' for each in ('first', 'second', 'third') * 9)}")
    recent.remember("eve", "Night in the old harbour.")
    kinds, ends = (
        ("other", "quite", "sundry", "several", "various", "divers", "manifold"),
        ("thing", "piece", "stuff", "item"),
    )
    added = " ".join(f"{kind}{end}" for kind in kinds for end in ends)
    texts = [each.text for each in recent.beside("bob", f"{scene.upper()} {added}")]
    assert [text.startswith(scene) for text in texts] == [True]


def test_the_same_request_gets_the_same_decision_whatever_was_sent_before(service: Faircut) -> None:
    text = "Quench lights her lamp and goes down"
    ask(service, "A diver on the pier at dusk, she is called Mirabel", "ada")
    mine, theirs = ask(service, text, "ada")[0], ask(service, text, "bob")[0]
    assert (mine.verdict, mine.reasons, mine.asset_digest) == (theirs.verdict, theirs.reasons, theirs.asset_digest)


def test_a_refused_request_is_not_held_against_the_next(service: Faircut) -> None:
    assert not ask(service, "Mirabel Quench dances", "ada")[0].allows
    assert all(each.allows for each in ask(service, "A heron on a pond in the morning", "ada"))


def test_honest_requests_in_a_row_pass(service: Faircut) -> None:
    for text in (
        "A tin roof in the rain",
        "A heron lands",
        "A mirror ball over a dance floor",
        "Fire fighters at work",
    ):
        assert all(each.allows for each in ask(service, text, "ada")), text


def test_what_is_old_is_forgotten_and_so_is_what_nobody_wants_kept(service: Faircut) -> None:
    recent = RecentRequests(service.database, 24)
    recent.remember("ada", "one")
    recent.remember("ada", "two", ["digest"])
    assert [each.text for each in recent.beside("ada", "three")] == ["one", "two"]
    assert [(each.text, each.own) for each in recent.beside("bob", "three", ["digest"])] == [("two", False)]
    old = (datetime.now(UTC) - timedelta(hours=25)).isoformat(timespec="microseconds")
    with service.database.write() as session:
        session.execute(update(RecentRequestRow).where(RecentRequestRow.text == "one").values(created_at=old))
    assert [each.text for each in recent.beside("ada", "three")] == ["two"]
    recent.remember("ada", "three")
    with service.database.read() as session:
        assert session.query(RecentRequestRow).count() == 2
    recent.forget("ada")
    assert recent.beside("ada", "four") == []
    nothing = RecentRequests(service.database, 0)
    nothing.remember("ada", "five")
    assert nothing.beside("ada", "six") == []


@pytest.mark.parametrize("text", ["\ud800\udc00", "A heron\udfff lands", "Mirabel\ud800 Quench dances"])
def test_what_is_no_character_is_judged_kept_and_answered(service: Faircut, text: str) -> None:
    decisions = ask(service, text, "ada")
    assert decisions[0].allows is ("Quench" not in text)
    for decision in decisions:
        assert decision_out(service.decisions.get(decision.id)).model_dump_json()
    ask(service, text, "ada")
    kept = [each.text for each in RecentRequests(service.database, 24).beside("ada", "")]
    assert kept == ([text.encode(errors="replace").decode()] if decisions[0].allows else [])
