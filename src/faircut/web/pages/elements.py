"""The page of an element: what is registered, and how well it is protected."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue, Principal
from faircut.app import Faircut
from faircut.detectors.descriptions_advice import LACKS
from faircut.domain import Alias, Element
from faircut.errors import FaircutError
from faircut.redteam.grading import MEANINGS
from faircut.web.pages.element_words import ElementWords, lines_of, words_of
from faircut.web.pages.licences import GrantForm, grant, licences_of
from faircut.web.rendering import render

router = APIRouter(prefix="/catalogue/elements", include_in_schema=False)


@router.get("/{element_id}")
def element_page(element_id: str, faircut: FaircutDep, principal: MayReadCatalogue) -> HTMLResponse:
    """One element: its words, its references, its licences, and its grade."""
    return _element(faircut, principal, faircut.catalogue.element(element_id))


@router.post("/{element_id}/keywords")
def add_keywords(
    element_id: str,
    faircut: FaircutDep,
    principal: MayWriteCatalogue,
    keyword: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Adds keywords to those that the element has, such as the page offers."""
    element = faircut.catalogue.element(element_id)
    try:
        faircut.catalogue.edit_element(
            element.id, keywords=[*element.keywords, *(keyword or [])], actor=principal.owner
        )
    except FaircutError as error:
        return _element(faircut, principal, element, error=error)
    return RedirectResponse(f"/catalogue/elements/{element.id}", status_code=303)


@router.post("/{element_id}/words")
def edit_words(
    element_id: str, faircut: FaircutDep, principal: MayWriteCatalogue, words: Annotated[ElementWords, Depends()]
) -> Response:
    """Changes other names, tagline, description and keywords; on an error shows the form again as it was filled."""
    element = faircut.catalogue.element(element_id)
    known = {each.text: each for each in element.aliases}
    try:
        faircut.catalogue.edit_element(
            element.id,
            aliases=[known.get(each, Alias(each)) for each in lines_of(words.aliases)],
            tagline=words.tagline,
            description=words.description,
            keywords=lines_of(words.keywords),
            actor=principal.owner,
        )
    except FaircutError as error:
        return _element(faircut, principal, element, error=error, words=words)
    return RedirectResponse(f"/catalogue/elements/{element.id}", status_code=303)


@router.post("/{element_id}/licences")
def grant_licence(
    element_id: str, faircut: FaircutDep, principal: MayWriteCatalogue, form: Annotated[GrantForm, Depends()]
) -> Response:
    """Grants a licence for this element alone; on an error shows the page again with the form as it was filled."""
    element = faircut.catalogue.element(element_id)
    try:
        grant(faircut, principal, element, form)
    except FaircutError as error:
        return _element(faircut, principal, element, form, error)
    return RedirectResponse(f"/catalogue/elements/{element.id}#licences", status_code=303)


def _element(
    faircut: Faircut,
    principal: Principal,
    element: Element,
    form: GrantForm | None = None,
    error: FaircutError | None = None,
    words: ElementWords | None = None,
) -> HTMLResponse:
    catalogue = faircut.catalogue
    return render(
        "element.html",
        principal=principal,
        section="catalogue",
        status=error.http_status if error else 200,
        error=error,
        element=element,
        element_names={element.id: element.name},
        work=None if element.work_id is None else catalogue.work(element.work_id),
        party=catalogue.party(element.party_id),
        references=catalogue.references(element=element.id),
        advice=faircut.advice(element),
        words=words or words_of(element),
        editing=words is not None,
        **_protection(faircut, element),
        **licences_of(faircut, principal, element, form),
    )


@router.get("/{element_id}/protection")
def protection_part(element_id: str, faircut: FaircutDep, _principal: MayReadCatalogue) -> HTMLResponse:
    """The grade alone, for a page that waits for it."""
    element = faircut.catalogue.element(element_id)
    return render("parts/protection.html", element=element, **_protection(faircut, element))


def _protection(faircut: Faircut, element: Element) -> dict[str, Any]:
    protection = faircut.protection([element]).get(element.id)
    current = protection is not None and protection.current
    coming = not current and faircut.settings.grade_attacks > 0 and faircut.grading.running
    # What the registration lacks stands beside what is registered, and as it is now.
    advice = [] if protection is None else [each for each in protection.grade.advice if each not in LACKS]
    return {"protection": protection, "coming": coming, "meanings": MEANINGS, "would_help": advice}
