"""Two files side by side, played in step."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.web.rendering import render

router = APIRouter(prefix="/compare", include_in_schema=False)

MayScreen = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN, Scope.CATALOGUE_WRITE))]


@router.get("")
def compare_page(faircut: FaircutDep, principal: MayScreen) -> HTMLResponse:
    """Two file choosers; the script asks the API and shows what it says."""
    return render(
        "compare.html", principal=principal, section="compare", max_upload_bytes=faircut.settings.max_upload_bytes
    )
