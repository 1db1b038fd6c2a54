"""Two files side by side. Nothing is kept and nothing is recorded."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from faircut import wire
from faircut.api.access import FaircutDep, Principal, Require, Scope, screening_thread
from faircut.api.multipart import received_form
from faircut.api.schemas import SegmentJson
from faircut.compare import Comparison, Copied
from faircut.domain import Asset, MediaKind

router = APIRouter(prefix="/v1", tags=["screening"])

MayScreen = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN, Scope.CATALOGUE_WRITE))]

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["first", "second"],
                    "properties": {
                        "first": {"type": "string", "format": "binary", "description": "The supposed copy."},
                        "second": {"type": "string", "format": "binary", "description": "What it may be a copy of."},
                    },
                }
            }
        },
    }
}


class ComparedFile(BaseModel):
    """One of the two files; ``seconds`` is null for an image."""

    name: str
    kind: MediaKind
    sha256: str
    size: int
    seconds: float | None


class CopiedOut(BaseModel):
    """A stretch of the first file that stands in the second, and what was done to it."""

    sense: str = Field(description="`picture` or `sound`.")
    first: SegmentJson | None
    second: SegmentJson | None
    changes: list[str]
    score: float
    probability: float | None
    detector: str
    evidence: dict[str, Any]


class ComparisonOut(BaseModel):
    """What two files have in common: nothing when ``copies`` is empty."""

    first: ComparedFile
    second: ComparedFile
    copies: list[CopiedOut]


@router.post("/compare", openapi_extra=_FORM)
async def compare(request: Request, faircut: FaircutDep, _principal: MayScreen) -> ComparisonOut:
    """Looks for stretches of the file ``first`` in the file ``second``, with the detectors that guard requests."""
    settings = faircut.settings
    async with received_form(
        request, folder=settings.home / "incoming", max_file_bytes=settings.max_upload_bytes, files=2
    ) as form:
        first, second = form.file("first"), form.file("second")
        found = await screening_thread(
            request,
            lambda: faircut.compare.files(first.path, second.path, labels=(first.name, second.name)),
        )
    return comparison_out(found)


def comparison_out(found: Comparison) -> ComparisonOut:
    return ComparisonOut(
        first=_file(found.first, found.seconds[0]),
        second=_file(found.second, found.seconds[1]),
        copies=[_copied(each) for each in found.copies],
    )


def _file(asset: Asset, seconds: float | None) -> ComparedFile:
    return ComparedFile(name=asset.label, kind=asset.kind, sha256=asset.digest, size=asset.size, seconds=seconds)


def _copied(each: Copied) -> CopiedOut:
    match = each.match
    return CopiedOut(
        sense=each.sense,
        first=None if match.query is None else (match.query.start, match.query.end),
        second=None if match.reference is None else (match.reference.start, match.reference.end),
        changes=list(each.changes),
        score=match.score,
        probability=match.probability,
        detector=match.detector,
        evidence=wire.dump(dict(match.evidence)),
    )
