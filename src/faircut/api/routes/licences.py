"""Licences: what the owner of a work lets one caller do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue
from faircut.api.schemas import Page
from faircut.api.shot_schemas import In
from faircut.domain import Licence, Use

router = APIRouter(prefix="/v1/licences", tags=["licences"])


class LicenceIn(In):
    """Who grants what to whom, for which uses, from when until when."""

    party: str = Field(description="The owner, by id or name.")
    work: str | None = Field(None, description="All of this work, by id or title; with `element` only where that is.")
    element: str | None = Field(None, description="One element alone, by id or name.")
    to: str = Field(description='The caller: the id of an API key; "local" or "cli" for the operator\'s own requests.')
    uses: list[str] = Field(
        default_factory=lambda: [each.value for each in Use], description="`words`, `copies`, or both."
    )
    since: str | None = Field(None, description="ISO 8601, in UTC where it does not say; absent: now.")
    until: str = Field(description="ISO 8601. This moment is not part of it any more.")
    note: str = ""


class LicenceOut(BaseModel):
    """A licence. `element` is null where it is about the whole work."""

    id: str
    party: str
    work: str | None
    element: str | None
    to: str
    uses: list[Use]
    since: datetime
    until: datetime
    note: str
    in_force: bool
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None
    revoked_by: str | None


class LicenceList(Page):
    items: list[LicenceOut]


@router.get("")
def list_licences(
    faircut: FaircutDep,
    _principal: MayReadCatalogue,
    party: str | None = None,
    work: str | None = None,
    element: str | None = None,
    to: str | None = None,
    in_force: bool = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> LicenceList:
    """The newest first. Of an element: those that reach it, so also those about its whole work."""
    at = datetime.now(UTC) if in_force else None
    found = faircut.licences.list(party=party, work=work, element=element, to=to, in_force_at=at)
    return LicenceList(items=[_out(each) for each in found[:limit]], limit=limit, more=len(found) > limit)


@router.post("", status_code=201)
def grant_licence(body: LicenceIn, faircut: FaircutDep, principal: MayWriteCatalogue) -> LicenceOut:
    """Lets one caller use a work or one element. It counts from the next judgement on."""
    licence = faircut.licences.grant(
        body.party,
        work=body.work,
        element=body.element,
        to=body.to,
        uses=body.uses,
        since=body.since,
        until=body.until,
        note=body.note,
        actor=principal.owner,
    )
    return _out(licence)


@router.get("/{licence_id}")
def get_licence(licence_id: str, faircut: FaircutDep, _principal: MayReadCatalogue) -> LicenceOut:
    """One licence, in force or not."""
    return _out(faircut.licences.get(licence_id))


@router.delete("/{licence_id}")
def revoke_licence(licence_id: str, faircut: FaircutDep, principal: MayWriteCatalogue) -> LicenceOut:
    """Ends a licence at once. It stays on record; what was released under it stays released."""
    return _out(faircut.licences.revoke(licence_id, actor=principal.owner))


def _out(licence: Licence) -> LicenceOut:
    return LicenceOut(
        id=licence.id,
        party=licence.party_id,
        work=licence.work_id,
        element=licence.element_id,
        to=licence.licensee,
        uses=list(licence.uses),
        since=licence.since,
        until=licence.until,
        note=licence.note,
        in_force=licence.in_force(datetime.now(UTC)),
        granted_at=licence.granted_at,
        granted_by=licence.granted_by,
        revoked_at=licence.revoked_at,
        revoked_by=licence.revoked_by,
    )
