"""References: files and texts that stand for a work or element."""

from __future__ import annotations

import json
import secrets
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from faircut.api.access import FaircutDep, MayReadCatalogue, MayWriteCatalogue, services
from faircut.api.catalogue_schemas import ReferenceOut, ReferencePatch, RegistrationOut, reference_out, registration_out
from faircut.api.multipart import Form, received_form
from faircut.api.streams import event_stream
from faircut.catalogue.registration import TEXT_SUFFIXES
from faircut.domain import NeverMatch, Reference, Segment
from faircut.errors import InputError
from faircut.protocols import Progress

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])


_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "Or `text`."},
                        "text": {"type": "string", "description": "A text reference, instead of a file."},
                        "work": {"type": "string", "description": "Id or title."},
                        "element": {"type": "string", "description": "Id or name; instead of, or inside, `work`."},
                        "name": {"type": "string"},
                        "negative": {
                            "type": "string",
                            "enum": [each.value for each in NeverMatch],
                            "description": "Never match this, and take away what it explains: whose matches.",
                        },
                        "exclude": {
                            "type": "string",
                            "description": "Segments that never match: `0-5, 1:20-1:32.5`, or JSON pairs.",
                        },
                    },
                }
            }
        },
    }
}
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


@router.get("/references")
def list_references(
    faircut: FaircutDep, _principal: MayReadCatalogue, work: str | None = None, element: str | None = None
) -> list[ReferenceOut]:
    """References, oldest first; optionally those of one work or element."""
    return [reference_out(each) for each in faircut.catalogue.references(work=work, element=element)]


@router.post("/references", status_code=202, openapi_extra=_FORM)
async def add_reference(request: Request, faircut: FaircutDep, principal: MayWriteCatalogue) -> RegistrationOut:
    """Receives a file or text and registers it in the background; follow the registration for its progress."""
    settings = faircut.settings
    incoming = settings.home / "incoming"
    async with received_form(request, folder=incoming, max_file_bytes=settings.max_reference_bytes) as form:
        path, text, name = _content(form, incoming)
    fields = {key: form.fields.get(key, "").strip() or None for key in ("work", "element", "name", "negative")}
    try:
        exclude = parse_segments(form.fields.get("exclude", ""))
    except InputError:
        _discard(path)
        raise

    def register(progress: Progress) -> Reference:
        return faircut.catalogue.add_reference(
            path,
            text=text,
            work=fields["work"],
            element=fields["element"],
            name=fields["name"] or name,
            exclude=exclude,
            negative=fields["negative"],
            progress=progress,
            actor=principal.owner,
        )

    started = services(request).registrations.start(register, cleanup=partial(_discard, path))
    return registration_out(started)


@router.get("/registrations/{registration_id}")
def get_registration(registration_id: str, request: Request, _principal: MayWriteCatalogue) -> RegistrationOut:
    """How far a registration has come, and what became of it."""
    return registration_out(services(request).registrations.get(registration_id))


@router.get("/registrations/{registration_id}/events", response_class=StreamingResponse, responses=_EVENTS)
def get_registration_events(registration_id: str, request: Request, _principal: MayWriteCatalogue) -> StreamingResponse:
    """Server-sent events: ``registration`` whenever it changes, ``end`` when it is over."""
    registrations = services(request).registrations
    registrations.get(registration_id)
    return event_stream(
        request,
        "registration",
        lambda: registration_out(registrations.get(registration_id)),
        lambda each: each.state != "running",
    )


@router.patch("/references/{reference_id}")
def edit_reference(
    reference_id: str, body: ReferencePatch, faircut: FaircutDep, principal: MayWriteCatalogue
) -> ReferenceOut:
    """Changes the name or the excluded segments. To replace the file, remove the reference and add another."""
    edited = faircut.catalogue.edit_reference(reference_id, name=body.name, exclude=body.exclude, actor=principal.owner)
    return reference_out(edited)


@router.delete("/references/{reference_id}", status_code=204)
def remove_reference(reference_id: str, faircut: FaircutDep, principal: MayWriteCatalogue) -> Response:
    """Removes a reference, its fingerprints and its bytes."""
    faircut.catalogue.remove_reference(reference_id, actor=principal.owner)
    return Response(status_code=204)


def parse_segments(text: str) -> list[Segment]:
    """Segments from ``[[0, 5.5], [80, 92]]`` or ``0-5.5, 1:20-1:32``. Raises InputError."""
    text = text.strip()
    if not text:
        return []
    try:
        if text.startswith("["):
            return [_pair(pair) for pair in json.loads(text)]
        return [_pair([_seconds(edge) for edge in part.split("-")]) for part in text.split(",")]
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{text[:80]!r} does not say which segments to exclude.",
            field="exclude",
            remedy="Write them as `0-5, 1:20-1:32.5`.",
        ) from error


def _pair(values: Any) -> Segment:
    start, end = values
    return Segment(float(start), float(end))


def _seconds(text: str) -> float:
    seconds = 0.0
    for part in text.strip().split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _content(form: Form, incoming: Path) -> tuple[Path | None, str | None, str | None]:
    text = form.fields.get("text", "").strip() or None
    file = form.files.get("file")
    if text is not None and (file is None or file.size == 0):
        return None, text, None
    received = form.file("file")
    # The catalogue tells scripts from films by the suffix; nothing else of the sender's name reaches the disk.
    suffix = PurePath(received.name).suffix.lower()
    kept = incoming / (secrets.token_hex(16) + (suffix if suffix in TEXT_SUFFIXES else ""))
    received.path.rename(kept)
    return kept, text, received.name


def _discard(path: Path | None) -> None:
    if path is not None:
        path.unlink(missing_ok=True)
