"""The secret that callbacks are signed with, for whoever is to be called back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from faircut.access.links import Links
from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.studio.callbacks import shown_secret

router = APIRouter(prefix="/v1", tags=["callbacks"])

MayGenerate = Annotated[Principal, Depends(Require(Scope.GENERATE))]


class CallbackSecret(BaseModel):
    """What receivers check signatures with; each key has its own."""

    secret: str = Field(description="As libraries for the Standard Webhooks specification take it: `whsec_…`.")


def secret_of(links: Links, owner: str) -> bytes:
    """The secret that the callbacks of an owner's jobs are signed with."""
    return links.secret_for(f"callbacks {owner}")


@router.get("/callback-secret")
def get_callback_secret(faircut: FaircutDep, principal: MayGenerate) -> CallbackSecret:
    """The secret that the callbacks of your jobs are signed with (Standard Webhooks)."""
    return CallbackSecret(secret=shown_secret(secret_of(faircut.links, principal.owner)))
