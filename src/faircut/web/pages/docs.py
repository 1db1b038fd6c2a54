"""A list of the API's addresses, without anybody's content delivery network."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from faircut.api.access import Principal, Require, Scope
from faircut.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs_page(request: Request, principal: Annotated[Principal, Depends(Require(*Scope))]) -> HTMLResponse:
    """Every address by topic, from the OpenAPI document."""
    groups: dict[str, list[dict[str, str]]] = {}
    for path, operations in request.app.openapi()["paths"].items():
        for method, operation in operations.items():
            summary = operation.get("description", operation["summary"]).split("\n")[0]
            groups.setdefault(operation["tags"][0], []).append(
                {"method": method.upper(), "path": path, "summary": summary}
            )
    return render("docs.html", principal=principal, section="docs", groups=list(groups.items()))
