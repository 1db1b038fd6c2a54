"""Files for a request: received, judged at once, kept for their owner."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from faircut.api.access import FaircutDep, Principal, Require, Scope, screening_thread
from faircut.api.multipart import received_form
from faircut.api.schemas import UploadList, UploadOut, decision_out
from faircut.domain import MediaKind
from faircut.errors import InputError
from faircut.uploads import Upload

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])

MayUpload = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"type": "string", "enum": ["image", "video", "audio"]},
                    },
                }
            }
        },
    }
}


def upload_out(upload: Upload) -> UploadOut:
    asset = upload.asset
    return UploadOut(
        id=upload.id,
        kind=asset.kind,
        name=asset.name or "file",
        size=asset.size,
        sha256=asset.digest,
        decision=decision_out(upload.decision),
    )


@router.post("", status_code=201, openapi_extra=_FORM)
async def add_upload(request: Request, faircut: FaircutDep, principal: MayUpload) -> UploadOut:
    """Receives one image, clip or sound as the part ``file``, judges it, and answers with the verdict.

    ``kind`` is optional: the bytes decide; with it, a file of another kind is refused.
    """
    settings = faircut.settings
    async with received_form(
        request, folder=settings.home / "incoming", max_file_bytes=settings.max_upload_bytes
    ) as form:
        file = form.file("file")
        kind = _kind(form.fields.get("kind"))
        upload = await screening_thread(
            request, lambda: faircut.uploads.add(file.path, file.name, kind=kind, owner=principal.owner)
        )
    return upload_out(upload)


@router.get("")
def list_uploads(
    faircut: FaircutDep, principal: MayUpload, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> UploadList:
    """Your uploads, newest first; everybody's for an admin."""
    found = list(faircut.uploads.list(principal.sees_only, limit=limit + 1))
    return UploadList(items=[upload_out(each) for each in found[:limit]], limit=limit, more=len(found) > limit)


@router.get("/{upload_id}")
def get_upload(upload_id: str, faircut: FaircutDep, principal: MayUpload) -> UploadOut:
    """One of your uploads."""
    return upload_out(faircut.uploads.get(upload_id, owner=principal.sees_only))


def _kind(sent: str | None) -> MediaKind | None:
    if not sent:
        return None
    try:
        return MediaKind(sent)
    except ValueError as error:
        raise InputError(
            f"{sent!r} is no kind of media.", field="kind", remedy="Use image, video or audio, or leave it out."
        ) from error
