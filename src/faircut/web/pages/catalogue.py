"""The catalogue: look up, add works and elements; references go through the API with a progress bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue, Principal, Scope
from faircut.app import Faircut
from faircut.domain import Element, ElementKind, Identifier
from faircut.errors import FaircutError, NotFound
from faircut.web.pages.element_words import ElementWords, lines_of
from faircut.web.pages.licences import GrantForm, grant, licences_of
from faircut.web.rendering import render

router = APIRouter(prefix="/catalogue", include_in_schema=False)

Text = Annotated[str, Form()]

_SHOWN = 100
_SCOPES = ("EIDR", "ISAN", "ISRC", "IMDb", "internal")


@router.get("")
def catalogue_page(faircut: FaircutDep, principal: MayReadCatalogue, q: str = "") -> HTMLResponse:
    """Counts, and works, elements and parties: all of them up to a limit, or those that the search finds."""
    catalogue = faircut.catalogue
    all_works = catalogue.works()
    all_parties = catalogue.parties()
    query = q.strip()
    if query:
        found = catalogue.search(query, limit=_SHOWN + 1)
        works, elements, parties = found.works, found.elements, found.parties
    else:
        works, elements, parties = all_works, catalogue.elements(), all_parties
    return render(
        "catalogue.html",
        principal=principal,
        section="catalogue",
        may_write=principal.may(Scope.CATALOGUE_WRITE),
        q=query,
        counts=catalogue.counts(),
        works=works[:_SHOWN],
        more_works=len(works) > _SHOWN,
        elements=elements[:_SHOWN],
        more_elements=len(elements) > _SHOWN,
        parties=parties[:_SHOWN],
        party_names={party.id: party.name for party in all_parties},
        work_titles={work.id: work.title for work in all_works},
        works_of=Counter(work.party_id for work in all_works),
    )


@router.get("/works/new")
def new_work_page(faircut: FaircutDep, principal: MayWriteCatalogue) -> HTMLResponse:
    """The form for a new work."""
    return _new_work(faircut, principal, _empty_work())


@router.post("/works/new")
def add_work(
    faircut: FaircutDep,
    principal: MayWriteCatalogue,
    title: Text = "",
    party: Text = "",
    scope: Text = "",
    value: Text = "",
    policy: Text = "block",
    naming: Text = "full",
) -> Response:
    """Adds the work, and its party where the name is new; on an error shows the form again as it was filled."""
    form = {"title": title, "party": party, "scope": scope, "value": value, "policy": policy, "naming": naming}
    identifiers = [Identifier(scope, value.strip())] if value.strip() else []
    catalogue = faircut.catalogue
    try:
        try:
            party_id = catalogue.party(party).id
        except NotFound:
            party_id = catalogue.add_party(party, actor=principal.owner).id
        work = catalogue.add_work(
            title, party_id, identifiers=identifiers, policy=policy, naming=naming, actor=principal.owner
        )
    except FaircutError as error:
        return _new_work(faircut, principal, form, error)
    return RedirectResponse(f"/catalogue/works/{work.id}", status_code=303)


@router.get("/works/{work_id}")
def work_page(work_id: str, faircut: FaircutDep, principal: MayReadCatalogue) -> HTMLResponse:
    """One work: identifiers, elements, references, and forms to add to it."""
    return _work(faircut, principal, work_id, _empty_element())


@router.post("/works/{work_id}/elements")
def add_element(
    work_id: str,
    faircut: FaircutDep,
    principal: MayWriteCatalogue,
    words: Annotated[ElementWords, Depends()],
    name: Text = "",
    kind: Text = "",
    policy: Text = "block",
    naming: Text = "full",
) -> Response:
    """Adds an element; on an error shows the page again with the form as it was filled."""
    form = {
        "name": name,
        "kind": kind,
        "policy": policy,
        "naming": naming,
        **asdict(words),
    }
    try:
        element = faircut.catalogue.add_element(
            kind,
            name,
            work=work_id,
            aliases=lines_of(words.aliases),
            tagline=words.tagline,
            description=words.description,
            keywords=lines_of(words.keywords),
            policy=policy,
            naming=naming,
            actor=principal.owner,
        )
    except NotFound:
        raise
    except FaircutError as error:
        return _work(faircut, principal, work_id, form, error)
    # Where its protection is measured while one looks on.
    return RedirectResponse(f"/catalogue/elements/{element.id}", status_code=303)


@router.post("/offers")
def offers_part(
    faircut: FaircutDep,
    _principal: MayWriteCatalogue,
    kind: Annotated[ElementKind, Form()],
    words: Annotated[ElementWords, Depends()],
    name: Text = "",
) -> HTMLResponse:
    """What an element that is being written down says already, as keywords to add, and what it lacks."""
    keywords = tuple(lines_of(words.keywords))
    told = Element("", "", None, kind, name, tagline=words.tagline, description=words.description, keywords=keywords)
    return render("parts/offers.html", advice=faircut.advice(told))


@router.post("/works/{work_id}/licences")
def grant_licence(
    work_id: str, faircut: FaircutDep, principal: MayWriteCatalogue, form: Annotated[GrantForm, Depends()]
) -> Response:
    """Grants a licence for all of the work; on an error shows the page again with the form as it was filled."""
    work = faircut.catalogue.work(work_id)
    try:
        grant(faircut, principal, work, form)
    except FaircutError as error:
        return _work(faircut, principal, work.id, _empty_element(), error, form)
    return RedirectResponse(f"/catalogue/works/{work.id}#licences", status_code=303)


@router.post("/works/{work_id}/retro")
def retro_page(work_id: str, faircut: FaircutDep, principal: MayWriteCatalogue) -> HTMLResponse:
    """Looks for the work in everything that was judged before, and shows what was found."""
    work = faircut.catalogue.work(work_id)
    report = faircut.retro.search(work, actor=principal.owner)
    return render("retro.html", principal=principal, section="catalogue", work=work, report=report)


def _empty_work() -> dict[str, str]:
    return {"title": "", "party": "", "scope": "EIDR", "value": "", "policy": "block", "naming": "full"}


def _empty_element() -> dict[str, str]:
    return {"name": "", "kind": "character", "policy": "block", "naming": "full", **asdict(ElementWords())}


def _new_work(
    faircut: Faircut, principal: Principal, form: Mapping[str, Any], error: FaircutError | None = None
) -> HTMLResponse:
    return render(
        "work_new.html",
        principal=principal,
        section="catalogue",
        status=error.http_status if error else 200,
        form=form,
        error=error,
        parties=faircut.catalogue.parties(),
        scopes=_SCOPES,
    )


def _work(
    faircut: Faircut,
    principal: Principal,
    work_id: str,
    form: Mapping[str, Any],
    error: FaircutError | None = None,
    licence_form: GrantForm | None = None,
) -> HTMLResponse:
    catalogue = faircut.catalogue
    work = catalogue.work(work_id)
    elements = catalogue.elements(work=work.id)
    return render(
        "work.html",
        principal=principal,
        section="catalogue",
        status=error.http_status if error else 200,
        work=work,
        party=catalogue.party(work.party_id),
        elements=elements,
        protections=faircut.protection(elements),
        element_names={element.id: element.name for element in elements},
        references=catalogue.references(work=work.id),
        kinds=list(ElementKind),
        form=form,
        error=error,
        **licences_of(faircut, principal, work, licence_form),
    )
