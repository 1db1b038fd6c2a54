"""API keys. Admins only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from faircut.access import ApiKey
from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.shot_schemas import In
from faircut.app import Faircut

router = APIRouter(prefix="/v1/keys", tags=["keys"])

IsAdmin = Annotated[Principal, Depends(Require(Scope.ADMIN))]


class KeyIn(In):
    """A name for people, what the key may do, and whose it is where a partner has several."""

    name: str
    scopes: list[str]
    partner: str | None = Field(None, description="Keys of one partner: their recent requests are judged together.")


class KeyOut(BaseModel):
    """A key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: str
    revoked_at: str | None
    partner: str | None


class NewKeyOut(KeyOut):
    """A key with its secret, shown this once."""

    secret: str = Field(description="Keep it: only its SHA-256 is stored.")


def all_keys(faircut: Faircut) -> list[KeyOut]:
    """Keys newest first, revoked ones after those in use."""
    keys = sorted(faircut.keys.list(), key=lambda key: key.id, reverse=True)
    return [_key_out(key) for key in sorted(keys, key=lambda key: key.revoked_at is not None)]


def make_key(
    faircut: Faircut, principal: Principal, name: str, scopes: Sequence[str], partner: str | None = None
) -> NewKeyOut:
    """Raises InputError."""
    key, secret = faircut.keys.create(name, scopes, partner=partner, actor=principal.owner)
    return NewKeyOut(**_key_out(key).model_dump(), secret=secret)


def revoke_key(faircut: Faircut, principal: Principal, key_id: str) -> KeyOut:
    """Raises NotFound."""
    return _key_out(faircut.keys.revoke(key_id, actor=principal.owner))


@router.get("")
def list_keys(faircut: FaircutDep, _principal: IsAdmin) -> list[KeyOut]:
    """All keys, revoked ones last."""
    return all_keys(faircut)


@router.post("", status_code=201)
def create_key(body: KeyIn, faircut: FaircutDep, principal: IsAdmin) -> NewKeyOut:
    """Makes a key. The secret is in this answer and nowhere else."""
    return make_key(faircut, principal, body.name, body.scopes, body.partner)


@router.delete("/{key_id}")
def delete_key(key_id: str, faircut: FaircutDep, principal: IsAdmin) -> KeyOut:
    """Revokes a key: it stops working at once, and so do sessions opened with it."""
    return revoke_key(faircut, principal, key_id)


def _key_out(key: ApiKey) -> KeyOut:
    return KeyOut(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=sorted(key.scopes),
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        partner=key.partner,
    )
