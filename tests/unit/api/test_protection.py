"""Registration shows how well an element is protected: a grade by attacks, on its page and in the API."""

from __future__ import annotations

import re

import pytest

from faircut.domain import Element
from faircut.redteam.grades import Grading
from faircut.redteam.grading import Grade, Letter


@pytest.fixture
def element(service) -> Element:
    catalogue = service.faircut.catalogue
    if not any(party.name == "Graded House" for party in catalogue.parties()):
        catalogue.add_party("Graded House", actor="tests")
    work = catalogue.add_work("The Graded Tide", "Graded House", actor="tests")
    yield catalogue.add_element("title", "Zorrentine Vask", work=work.id, actor="tests")
    catalogue.remove_work(work.id, cascade=True, actor="tests")


def asked(service, element: Element) -> dict:
    return service.client("reader").get(f"/v1/catalogue/elements/{element.id}").json()["protection"]


def test_a_grade_is_measured_shown_outdated_and_measured_again(service, element):
    faircut = service.faircut
    browser = service.signed_in()
    page = f"/catalogue/elements/{element.id}"
    assert asked(service, element) is None
    assert "Not measured yet" in browser.get(page).text

    # The newest comes first.
    assert faircut.grading.measure_next()
    graded = asked(service, element)
    assert graded["grade"] in "ABCDE"
    assert graded["attacks"] == faircut.settings.grade_attacks
    assert graded["current"]
    assert graded["at_most"] > graded["passed"] / graded["attacks"]
    shown = browser.get(page).text
    assert re.search(rf'grade-mark grade-{graded["grade"].lower()}"', shown)
    assert f"of {graded['attacks']} attacks passed" in shown
    assert "An old grade" not in shown
    assert f"grade-{graded['grade'].lower()}" in browser.get(f"/catalogue/works/{element.work_id}").text

    faircut.catalogue.edit_element(element.id, aliases=["Zorrie of the Vask"], actor="tests")
    assert not asked(service, element)["current"]
    assert asked(service, element)["measured_at"] == graded["measured_at"]
    assert "An old grade" in browser.get(page).text
    assert faircut.grading.measure_next()
    # Elements that have no grade yet come before those with an old one.
    while not asked(service, element)["current"]:
        assert faircut.grading.measure_next()


def test_pages_that_wait_ask_again_and_stop_when_it_is_there(service, element, monkeypatch):
    browser = service.signed_in()
    monkeypatch.setattr(Grading, "running", property(lambda _self: True))
    part = f"/catalogue/elements/{element.id}/protection"
    assert 'hx-trigger="every 2s"' in browser.get(part).text
    service.faircut.grades.put(element, Grade(Letter.B, 60, 2, 1, 0.08, ("leet",), ("Add other names.",)))
    shown = browser.get(part).text
    assert "hx-trigger" not in shown
    assert "Add other names." in shown
    assert "1 of 60 attacks passed, 2 went to review" in shown


def test_grades_go_with_their_elements_and_wait_for_nobody(service, element):
    faircut = service.faircut
    faircut.grades.put(element, Grade(Letter.A, 60, 0, 0, 0.05, (), ()))
    assert element.id in faircut.protection([element])
    grading = Grading(faircut.catalogue, faircut.grades, lambda *_: Grade(Letter.A, 60, 0, 0, 0.05, (), ()))
    other = faircut.catalogue.add_element("title", "Vaskentor Zine", work=element.work_id, actor="tests")
    while grading.measure_next():
        pass
    assert faircut.protection([other])[other.id].grade.letter is Letter.A
    faircut.catalogue.remove_element(other.id, actor="tests")
    faircut.catalogue.add_element("title", "Zinevor Task", work=element.work_id, actor="tests")
    while grading.measure_next():
        pass
    assert faircut.protection([other]) == {}


def test_measuring_ends_at_once_when_the_service_does(service, element):
    begun = []

    def measure(shown, progress):
        begun.append(shown)
        grading.stop()
        progress(0.1, "one attack")
        raise AssertionError("it went on")

    grading = Grading(service.faircut.catalogue, service.faircut.grades, measure)
    assert not grading.measure_next(rest=1.0)
    assert len(begun) == 1
    assert element.id not in service.faircut.protection([element])
