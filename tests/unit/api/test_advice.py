"""The catalogue helps to write registrations: what the description says is offered, and what lacks is said."""

from __future__ import annotations

from html import unescape

import pytest

from faircut.domain import Alias, Element

DESCRIPTION = (
    "A tall ferryman in a patched yellow oilskin coat. He wears one green glass eye, and a heron folded from white "
    "paper sits on his shoulder."
)


@pytest.fixture
def element(service) -> Element:
    catalogue = service.faircut.catalogue
    work = catalogue.add_work("The Offered Tide", "North Lantern Pictures", actor="tests")
    yield catalogue.add_element(
        "character", "Orrin Vaskell", work=work.id, description=DESCRIPTION, keywords=["green glass eye"], actor="tests"
    )
    catalogue.remove_work(work.id, cascade=True, actor="tests")


def advised(service, element: Element) -> dict:
    answer = service.client("reader").get(f"/v1/catalogue/elements/{element.id}/advice")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_the_description_says_and_no_keyword_does_is_offered(service, element):
    advice = advised(service, element)
    assert "patched yellow oilskin coat" in advice["keywords"]
    assert not any("glass eye" in each for each in advice["keywords"])
    assert any("tagline" in each for each in advice["lacks"])
    assert 0 < advice["completeness"] < 1

    editor = service.client("editor")
    address = f"/v1/catalogue/elements/{element.id}"
    told = {"keywords": ["green glass eye", *advice["keywords"]], "tagline": "Ferryman with a paper heron"}
    assert editor.patch(address, json=told).status_code == 200
    after = advised(service, element)
    assert not set(after["keywords"]) & set(advice["keywords"])
    assert after["completeness"] > advice["completeness"]
    assert not any("tagline" in each for each in after["lacks"])


def test_only_what_is_seen_lacks_a_description(service, element):
    catalogue = service.faircut.catalogue
    title = catalogue.add_element("title", "Vaskell Rising", work=element.work_id, actor="tests")
    assert advised(service, title) == {"completeness": 0, "keywords": [], "lacks": []}


def test_advice_needs_the_scope_of_the_catalogue_and_an_element(service, element):
    address = f"/v1/catalogue/elements/{element.id}/advice"
    assert service.client("maker").get(address).status_code == 403
    assert service.client("reader").get("/v1/catalogue/elements/el_none/advice").status_code == 404


def test_a_keyword_is_added_from_the_page_and_offered_no_more(service, element):
    browser, same = service.signed_in("editor"), {"Origin": service.base}
    page = f"/catalogue/elements/{element.id}"
    assert 'value="patched yellow oilskin coat"' in browser.get(page).text
    answer = browser.post(f"{page}/keywords", data={"keyword": "patched yellow oilskin coat"}, headers=same)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    stored = service.faircut.catalogue.element(element.id).keywords
    assert stored == ("green glass eye", "patched yellow oilskin coat")
    shown = browser.get(page).text
    assert "green glass eye, patched yellow oilskin coat" in shown
    assert 'value="patched yellow oilskin coat"' not in shown

    reader = service.signed_in("reader")
    shown = reader.get(page).text
    assert "Add a tagline" in shown
    assert 'name="keyword"' not in shown
    assert reader.post(f"{page}/keywords", data={"keyword": "white paper"}, headers=same).status_code == 403
    assert service.faircut.catalogue.element(element.id).keywords == stored


def test_words_are_changed_on_the_page_and_a_wrong_one_keeps_the_form(service, element):
    catalogue = service.faircut.catalogue
    catalogue.edit_element(element.id, aliases=[Alias("Old Vask", "en")], actor="tests")
    browser, same = service.signed_in("editor"), {"Origin": service.base}
    page = f"/catalogue/elements/{element.id}"
    words = {"aliases": "Old Vask\nЦап", "tagline": "Ferryman", "description": DESCRIPTION, "keywords": "one\ntwo"}
    assert browser.post(f"{page}/words", data=words, headers=same).status_code == 303
    changed = catalogue.element(element.id)
    assert changed.aliases == (Alias("Old Vask", "en"), Alias("Цап"))
    assert (changed.tagline, changed.keywords) == ("Ferryman", ("one", "two"))

    wrong = browser.post(f"{page}/words", data={**words, "keywords": "x" * 101, "tagline": "Kept"}, headers=same)
    assert 400 <= wrong.status_code < 500
    assert 'role="alert"' in wrong.text
    assert 'value="Kept"' in unescape(wrong.text)
    assert catalogue.element(element.id) == changed


def test_a_form_that_is_being_filled_is_advised(service):
    words = {"kind": "character", "name": "Orrin Vaskell", "description": DESCRIPTION, "keywords": "green glass eye"}
    same = {"Origin": service.base}
    offered = service.signed_in("editor").post("/catalogue/offers", data=words, headers=same)
    assert 'data-keyword="patched yellow oilskin coat"' in offered.text
    assert "Add a tagline" in offered.text
    assert "glass eye" not in offered.text
    assert service.signed_in("reader").post("/catalogue/offers", data=words, headers=same).status_code == 403
