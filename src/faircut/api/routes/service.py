"""Is it alive, and which version is it."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel

from faircut.api.access import FaircutDep

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service answers and its database can be read."""

    status: str
    catalogue_revision: int


class Version(BaseModel):
    """The version of Faircut, and the engines that it can use."""

    version: str
    engines: list[str]


@router.get("/healthz")
def healthz(faircut: FaircutDep) -> Health:
    """Open to everybody: for load balancers and scripts."""
    return Health(status="ok", catalogue_revision=faircut.catalogue.revision())


@router.get("/version")
def get_version(faircut: FaircutDep) -> Version:
    """Open to everybody."""
    return Version(version=version("faircut"), engines=sorted(faircut.plugins.engines()))
