"""Parties, works and elements: what is protected, and for whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue
from faircut.api.catalogue_schemas import (
    AdviceOut,
    ElementIn,
    ElementOut,
    ElementPatch,
    FoundOut,
    PartyIn,
    PartyOut,
    RetroOut,
    WorkDetail,
    WorkIn,
    WorkOut,
    WorkPatch,
    advice_out,
    aliases_in,
    element_out,
    elements_out,
    identifiers_in,
    party_out,
    reference_out,
    retro_out,
    work_out,
)

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0)]


@router.get("/search")
def search(
    faircut: FaircutDep,
    _principal: MayReadCatalogue,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FoundOut:
    """Parties, works and elements whose name, title or alias contains the text."""
    found = faircut.catalogue.search(q, limit=limit)
    return FoundOut(
        parties=[party_out(each) for each in found.parties],
        works=[work_out(each) for each in found.works],
        elements=elements_out(found.elements, faircut.protection(found.elements)),
    )


@router.get("/parties")
def list_parties(faircut: FaircutDep, _principal: MayReadCatalogue) -> list[PartyOut]:
    """All parties by name."""
    return [party_out(each) for each in faircut.catalogue.parties()]


@router.post("/parties", status_code=201)
def add_party(body: PartyIn, faircut: FaircutDep, principal: MayWriteCatalogue) -> PartyOut:
    """Adds a rights holder, partner or performer."""
    return party_out(faircut.catalogue.add_party(body.name, actor=principal.owner))


@router.get("/works")
def list_works(
    faircut: FaircutDep, _principal: MayReadCatalogue, party: str | None = None, limit: Limit = 100, offset: Offset = 0
) -> list[WorkOut]:
    """Works by title; with ``party`` (id or name) those of one party."""
    return [work_out(each) for each in faircut.catalogue.works(party=party)[offset : offset + limit]]


@router.post("/works", status_code=201)
def add_work(body: WorkIn, faircut: FaircutDep, principal: MayWriteCatalogue) -> WorkOut:
    """Adds a film, series or song."""
    work = faircut.catalogue.add_work(
        body.title,
        body.party,
        identifiers=identifiers_in(body.identifiers),
        policy=body.policy,
        naming=body.naming,
        actor=principal.owner,
    )
    return work_out(work)


@router.get("/works/{work_id}")
def get_work(work_id: str, faircut: FaircutDep, _principal: MayReadCatalogue) -> WorkDetail:
    """A work with its elements and references."""
    catalogue = faircut.catalogue
    work = catalogue.work(work_id)
    elements = catalogue.elements(work=work.id)
    return WorkDetail(
        **work_out(work).model_dump(),
        elements=elements_out(elements, faircut.protection(elements)),
        references=[reference_out(each) for each in catalogue.references(work=work.id)],
    )


@router.patch("/works/{work_id}")
def edit_work(work_id: str, body: WorkPatch, faircut: FaircutDep, principal: MayWriteCatalogue) -> WorkOut:
    """Changes what is given."""
    work = faircut.catalogue.edit_work(
        work_id,
        title=body.title,
        identifiers=None if body.identifiers is None else identifiers_in(body.identifiers),
        policy=body.policy,
        naming=body.naming,
        actor=principal.owner,
    )
    return work_out(work)


@router.delete("/works/{work_id}", status_code=204)
def remove_work(work_id: str, faircut: FaircutDep, principal: MayWriteCatalogue, cascade: bool = False) -> Response:
    """Removes a work; with ``cascade`` its elements and references too."""
    faircut.catalogue.remove_work(work_id, cascade=cascade, actor=principal.owner)
    return Response(status_code=204)


@router.post("/works/{work_id}/retro")
def retro(work_id: str, faircut: FaircutDep, principal: MayWriteCatalogue) -> RetroOut:
    """Looks for a work in everything that was judged before it was registered."""
    return retro_out(faircut.retro.search(faircut.catalogue.work(work_id), actor=principal.owner))


@router.get("/elements")
def list_elements(
    faircut: FaircutDep,
    _principal: MayReadCatalogue,
    work: str | None = None,
    party: str | None = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[ElementOut]:
    """Elements by name; with ``work`` or ``party`` (id or name) those of one."""
    found = faircut.catalogue.elements(work=work, party=party)[offset : offset + limit]
    return elements_out(found, faircut.protection(found))


@router.post("/elements", status_code=201)
def add_element(body: ElementIn, faircut: FaircutDep, principal: MayWriteCatalogue) -> ElementOut:
    """Adds a protected thing to a work, or to a party (a likeness, a voice)."""
    element = faircut.catalogue.add_element(
        body.kind,
        body.name,
        work=body.work,
        party=body.party,
        language=body.language,
        aliases=aliases_in(body.aliases),
        tagline=body.tagline,
        description=body.description,
        keywords=body.keywords,
        policy=body.policy,
        naming=body.naming,
        actor=principal.owner,
    )
    return element_out(element)


@router.get("/elements/{element_id}")
def get_element(element_id: str, faircut: FaircutDep, _principal: MayReadCatalogue) -> ElementOut:
    """One element, with how well it is protected."""
    element = faircut.catalogue.element(element_id)
    return elements_out([element], faircut.protection([element]))[0]


@router.get("/elements/{element_id}/advice")
def advise(element_id: str, faircut: FaircutDep, _principal: MayReadCatalogue) -> AdviceOut:
    """What to register besides: keywords that the description holds, and what it lacks."""
    return advice_out(faircut.advice(faircut.catalogue.element(element_id)))


@router.patch("/elements/{element_id}")
def edit_element(element_id: str, body: ElementPatch, faircut: FaircutDep, principal: MayWriteCatalogue) -> ElementOut:
    """Changes what is given; an empty text or list clears."""
    element = faircut.catalogue.edit_element(
        element_id,
        kind=body.kind,
        name=body.name,
        language=body.language,
        aliases=None if body.aliases is None else aliases_in(body.aliases),
        tagline=body.tagline,
        description=body.description,
        keywords=body.keywords,
        policy=body.policy,
        naming=body.naming,
        actor=principal.owner,
    )
    return element_out(element)


@router.delete("/elements/{element_id}", status_code=204)
def remove_element(
    element_id: str, faircut: FaircutDep, principal: MayWriteCatalogue, cascade: bool = False
) -> Response:
    """Removes an element; with ``cascade`` its references too."""
    faircut.catalogue.remove_element(element_id, cascade=cascade, actor=principal.owner)
    return Response(status_code=204)
