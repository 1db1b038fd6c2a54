"""The whole catalogue in and out, as JSON or CSV."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue
from faircut.api.guard import MAX_IMPORT_BYTES
from faircut.api.multipart import received_form
from faircut.app import Faircut
from faircut.catalogue.exporting import export_document, export_table
from faircut.catalogue.importing import ImportReport, import_document, import_table
from faircut.catalogue.merging import Tally
from faircut.catalogue.reading import load_json
from faircut.errors import InputError

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])


_ACCEPTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "parties": {"type": "array", "items": {"type": "object"}},
                        "works": {"type": "array", "items": {"type": "object"}},
                    },
                }
            },
            "text/csv": {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": ".json or .csv"}},
                }
            },
        },
    }
}
_EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
        }
    }
}


class Counted(BaseModel):
    """So many of each."""

    parties: int
    works: int
    elements: int
    references: int


class ImportOut(BaseModel):
    """What an import did. ``skipped`` counts what was there already."""

    added: Counted
    updated: Counted
    skipped: Counted
    revision: int
    message: str


@router.post("/import", openapi_extra=_ACCEPTED)
async def import_catalogue(request: Request, faircut: FaircutDep, principal: MayWriteCatalogue) -> ImportOut:
    """Imports a document or table, all of it or, on any error, nothing.

    Texts may be in it; files may not be named, because paths of the server are nobody's business: upload each as a
    reference. Importing the same twice adds nothing the second time.
    """
    kind, text = await _body(request, faircut)

    def run() -> ImportReport:
        if kind == "csv":
            return import_table(faircut.catalogue, text, folder=None, actor=principal.owner)
        return import_document(faircut.catalogue, load_json(text), folder=None, actor=principal.owner)

    report = await run_in_threadpool(run)
    return ImportOut(
        added=_counted(report.added),
        updated=_counted(report.updated),
        skipped=_counted(report.skipped),
        revision=report.revision,
        message=str(report),
    )


@router.get("/export", response_class=Response, responses=_EXPORTED)
def export_catalogue(
    faircut: FaircutDep,
    _principal: MayReadCatalogue,
    format: Literal["json", "csv"] = "json",  # noqa: A002  the name of the parameter is part of the API
) -> Response:
    """The whole catalogue in the form that an import takes. Files are named, not contained."""
    headers = {"Content-Disposition": f'attachment; filename="catalogue.{format}"'}
    if format == "csv":
        return Response(export_table(faircut.catalogue), media_type="text/csv", headers=headers)
    return JSONResponse(export_document(faircut.catalogue), headers=headers)


async def _body(request: Request, faircut: Faircut) -> tuple[str, str]:
    """ "json" or "csv", and the text."""
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        incoming = faircut.settings.home / "incoming"
        async with received_form(request, folder=incoming, max_file_bytes=MAX_IMPORT_BYTES) as form:
            file = form.file("file")
            data = await run_in_threadpool(file.path.read_bytes)
        kind = {".json": "json", ".csv": "csv"}.get(PurePath(file.name).suffix.lower())
    else:
        kind = {"application/json": "json", "text/csv": "csv"}.get(content_type)
        data = await request.body()
    if kind is None:
        raise InputError(
            "It is neither JSON nor CSV.",
            field="Content-Type",
            remedy="Send application/json, text/csv, or a form with a .json or .csv file.",
        )
    try:
        return kind, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("It is no UTF-8 text.", remedy="Save it as UTF-8.") from error


def _counted(tally: Tally) -> Counted:
    return Counted(parties=tally.parties, works=tally.works, elements=tally.elements, references=tally.references)
