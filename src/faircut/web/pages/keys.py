"""API keys, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.routes.keys import NewKeyOut, all_keys, make_key, revoke_key
from faircut.app import Faircut
from faircut.errors import FaircutError
from faircut.web.rendering import render

router = APIRouter(prefix="/keys", include_in_schema=False)

IsAdmin = Annotated[Principal, Depends(Require(Scope.ADMIN))]


@router.get("")
def keys_page(faircut: FaircutDep, principal: IsAdmin) -> HTMLResponse:
    """All keys, and a form for a new one."""
    return _page(faircut, principal)


@router.post("")
def add_key(
    faircut: FaircutDep,
    principal: IsAdmin,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    partner: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Makes a key and shows its secret, this once."""
    try:
        made = make_key(faircut, principal, name, scopes or [], partner.strip() or None)
    except FaircutError as error:
        return _page(faircut, principal, error=error)
    return _page(faircut, principal, created=made)


@router.post("/{key_id}/revoke")
def revoke(key_id: str, faircut: FaircutDep, principal: IsAdmin) -> RedirectResponse:
    """Revokes a key; it stops working at once."""
    revoke_key(faircut, principal, key_id)
    return RedirectResponse("/keys", status_code=303)


def _page(
    faircut: Faircut, principal: Principal, *, created: NewKeyOut | None = None, error: FaircutError | None = None
) -> HTMLResponse:
    return render(
        "keys.html",
        principal=principal,
        section="keys",
        status=error.http_status if error else 200,
        keys=all_keys(faircut),
        created=created,
        error=error,
        scopes=[scope.value for scope in Scope],
    )
