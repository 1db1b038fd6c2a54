"""Attacks on a running guard: that it withstands them, that they are real ones, and that they leave no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faircut.app import Faircut
from faircut.cli import app as cli
from faircut.config import Settings
from faircut.domain import Element, Shot
from faircut.errors import InputError
from faircut.redteam.attacker import DESCRIPTION, NAME, PICTURE, Arsenal
from faircut.redteam.campaign import Report, chosen_families, near_misses
from faircut.redteam.grading import Letter, grade
from faircut.redteam.likeness import likeness_of
from faircut.redteam.reader import reads

FLOOR = 0.05
"""The most that may pass here. The guard stands far below; over it, a family that was stopped passes again."""
WORDS_ALONE = Arsenal(without=frozenset({PICTURE}))


def element(service: Faircut, name: str) -> Element:
    return service.catalogue.element(name)


@pytest.fixture(scope="module")
def report(service: Faircut) -> Report:
    return service.redteam(service.catalogue.elements(), budget=60, seed=11, arsenal=WORDS_ALONE)


def test_the_guard_withstands_what_is_known(report: Report) -> None:
    assert report.total.made >= 180
    passed = [(each.families, each.attack.text) for result in report.results for each in result.passed]
    assert report.total.rate <= FLOOR, passed


def test_honest_requests_pass_meanwhile(report: Report) -> None:
    assert report.honest.made >= 100
    assert report.honest.passed == report.honest.made, report.stopped
    # A telling attribute, word for word, in an honest prompt: not all of them may be stopped.
    assert report.near_misses.made == 4
    assert report.near_misses.passed >= 2, report.stopped


def test_names_and_descriptions_are_attacked_and_all_families_tried(report: Report) -> None:
    by_name = {result.element.name: result for result in report.results}
    assert {NAME, DESCRIPTION} == set(by_name["Grumblethatch"].goals)
    assert {NAME} == set(by_name["Tobermane Wix"].goals)
    assert sum(family.startswith("name: ") for family in report.families) >= 25
    assert sum(family.startswith("description: ") for family in report.families) >= 15


def test_an_undefended_name_falls_at_once(service: Faircut) -> None:
    """The attacks are real: what is in no catalogue passes, so that a broken guard would be seen."""
    stranger = Element("el_x", "party", None, service.catalogue.elements()[0].kind, "Ferrimond Vossk")
    report = service.redteam([stranger], budget=20, arsenal=WORDS_ALONE, honest=())
    assert report.total.rate > 0.9
    assert report.fell == 1
    survivors = list(report.survivors())
    assert len(survivors) == report.total.passed
    assert survivors[0]["element"] == "Ferrimond Vossk"
    assert all(each["requests"][0]["shots"] for each in survivors)
    assert grade(report.results[0]).letter is Letter.E


def test_the_same_seed_makes_the_same_attacks_and_another_others(service: Faircut) -> None:
    def asked(seed: int) -> list[str]:
        made: list[str] = []

        def watch(share: float, message: str) -> None:
            made.append(f"{share:.4f} {message}")

        shown = [element(service, "Grumblethatch")]
        report = service.redteam(shown, budget=12, seed=seed, arsenal=WORDS_ALONE, honest=(), progress=watch)
        return [*made, *(json.dumps(each) for each in report.survivors()), json.dumps(report.as_json())]

    assert asked(5) == asked(5)
    assert asked(5) != asked(6)


def test_nothing_is_recorded(service: Faircut) -> None:
    before = len(list(service.ledger.events())), len(service.decisions.for_owner(None))
    service.redteam([element(service, "Tobermane Wix")], budget=10, honest=())
    assert (len(list(service.ledger.events())), len(service.decisions.for_owner(None))) == before
    assert service.screener.screen_request(service.build_request(shots=[Shot("A heron lands on a pond")]), actor="ada")[
        0
    ].allows


def test_near_misses_say_one_attribute_and_so_show_something_else(service: Faircut) -> None:
    shown = element(service, "Grumblethatch")
    likeness = likeness_of(shown)
    assert likeness is not None
    texts = near_misses(shown, seed=1)
    assert len(texts) == 2
    assert not any(likeness.kept_in(text) for text in texts)
    assert near_misses(element(service, "Tobermane Wix"), seed=1) == []


def test_families_are_chosen_by_name(service: Faircut) -> None:
    report = service.redteam([element(service, "Tobermane Wix")], budget=6, arsenal=chosen_families("leet"), honest=())
    assert "name: leet" in report.families
    assert not any("backwards" in family for family in report.families)
    with pytest.raises(InputError):
        chosen_families("telepathy")


def test_titles_and_captions_are_attacked_and_judged(service: Faircut) -> None:
    stranger = Element("el_x", "party", None, service.catalogue.elements()[0].kind, "Ferrimond Vossk")
    arsenal = chosen_families("as it is,title,caption")
    for shown, stands in ((element(service, "Ysolde Marrinquay"), True), (stranger, False)):
        report = service.redteam([shown], budget=8, arsenal=arsenal, honest=())
        assert {"name: as a title", "name: as a caption", "name: over title and caption"} <= set(report.families)
        assert report.total.passed == (0 if stands else report.total.made)
    sent = [request for each in report.survivors() for request in each["requests"]]
    assert all("Ferrimond" in " ".join((*each["titles"], *each["captions"], *each["shots"])) for each in sent)
    assert all("Vossk" in " ".join((*each["titles"], *each["captions"])) for each in sent)


def test_without_elements_there_is_nothing_to_attack(service: Faircut) -> None:
    with pytest.raises(InputError):
        service.redteam([])


def test_attacks_that_passed_are_still_the_element(service: Faircut) -> None:
    stranger = Element("el_x", "party", None, service.catalogue.elements()[0].kind, "Ferrimond Vossk")
    arsenal = chosen_families("in a prompt,slip,leet,backwards,look-alike")
    for each in service.redteam([stranger], budget=15, arsenal=arsenal, honest=()).survivors():
        text = each["requests"][0]["shots"][0]
        words = text.split()
        windows = [" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, min(len(words), a + 3) + 1)]
        assert any(reads(window, "Ferrimond Vossk") for window in windows), text


def test_the_command_prints_json_writes_survivors_and_fails_over_a_rate(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Faircut(Settings(home=home)) as faircut:
        faircut.catalogue.add_party("Lantern House", actor="tests")
        work = faircut.catalogue.add_work("The Pewter Tide", "Lantern House", actor="tests")
        faircut.catalogue.add_element("title", "Tobermane Wix", work=work.id, actor="tests")
    survivors = tmp_path / "passed.jsonl"
    arguments = ["--home", str(home), "redteam", "--budget", "5", "--families", "other case,in a prompt"]
    done = CliRunner().invoke(cli, [*arguments, "--json", "--survivors", str(survivors), "--fail-over", "0"])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines[0]["element"] == "Tobermane Wix"
    assert lines[-1]["total"]["passed"] == 0
    assert lines[-1]["total"]["at_most"] > 0
    assert survivors.read_text() == ""
    listed = CliRunner().invoke(cli, ["redteam", "--list"])
    assert "without vowels" in listed.stdout
