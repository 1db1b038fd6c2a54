"""Licences on the pages of works and elements: what is granted there, granting, and revoking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from faircut.api.access import FaircutDep, MayWriteCatalogue, Principal, Scope
from faircut.app import Faircut
from faircut.domain import Element, Licence, Use, Work
from faircut.licences.service import OPERATORS

router = APIRouter(prefix="/catalogue/licences", include_in_schema=False)

Text = Annotated[str, Form()]
_STANDINGS = ("Revoked", "In force", "Not yet in force", "Over")


@dataclass(frozen=True, slots=True)
class GrantForm:
    """What was filled in; dates are days in UTC, of which the last one is not part of the licence."""

    to: Text = ""
    since: Text = ""
    until: Text = ""
    note: Text = ""
    uses: Annotated[Sequence[str], Form()] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A licence as a page shows it. ``who``: the licensee's name, where the reader may know it."""

    licence: Licence
    who: str
    standing: str


@router.post("/{licence_id}/revoke")
def revoke(licence_id: str, faircut: FaircutDep, principal: MayWriteCatalogue) -> RedirectResponse:
    """Ends a licence at once, and leads back to the page of what it was about."""
    ended = faircut.licences.revoke(licence_id, actor=principal.owner)
    about = f"elements/{ended.element_id}" if ended.element_id else f"works/{ended.work_id}"
    return RedirectResponse(f"/catalogue/{about}#licences", status_code=303)


def grant(faircut: Faircut, principal: Principal, thing: Work | Element, form: GrantForm) -> None:
    """Grants what the form says, as its owner would. Raises what :meth:`faircut.licences.Licences.grant` raises."""
    faircut.licences.grant(
        thing.party_id,
        work=thing.id if isinstance(thing, Work) else None,
        element=thing.id if isinstance(thing, Element) else None,
        to=form.to.strip(),
        uses=form.uses,
        since=form.since or None,
        until=form.until,
        note=form.note,
        actor=principal.owner,
    )


def licences_of(
    faircut: Faircut, principal: Principal, thing: Work | Element, form: GrantForm | None = None
) -> Mapping[str, Any]:
    """What the parts of a page that are about licences need."""
    of_work = isinstance(thing, Work)
    found = faircut.licences.list(work=thing.id) if of_work else faircut.licences.list(element=thing.id)
    # Who else holds keys is the business of admins alone.
    keys = faircut.keys.list() if principal.may(Scope.ADMIN) else ()
    names = {key.id: key.name for key in keys}
    return {
        "may_write": principal.may(Scope.CATALOGUE_WRITE),
        "licences": [Shown(each, names.get(each.licensee, each.licensee), _standing(each)) for each in found],
        "licence_form": form or GrantForm(uses=tuple(Use)),
        "licence_action": f"/catalogue/{'works' if of_work else 'elements'}/{thing.id}/licences",
        "callers": [(key.id, key.name) for key in keys if key.revoked_at is None]
        + [(each, "the operator") for each in OPERATORS],
    }


def _standing(licence: Licence) -> str:
    now = datetime.now(UTC)
    revoked, in_force, not_yet, over = _STANDINGS
    if licence.revoked_at is not None:
        return revoked
    return in_force if licence.in_force(now) else not_yet if now < licence.since else over


__all__ = ["GrantForm", "grant", "licences_of", "router"]
