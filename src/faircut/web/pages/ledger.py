"""The ledger: events newest first, and a button that verifies them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from faircut.api.access import FaircutDep, MayReadLedger
from faircut.api.routes.ledger import verified
from faircut.errors import FaircutError
from faircut.web.rendering import render

router = APIRouter(prefix="/ledger", include_in_schema=False)


_KINDS = (
    "catalogue.party.added",
    "catalogue.work.added",
    "catalogue.element.added",
    "catalogue.reference.added",
    "decision",
    "job.submitted",
    "job.refused",
    "job.failed",
    "job.cancelled",
    "release",
    "release.refused",
)


@router.get("")
def ledger_page(
    faircut: FaircutDep,
    principal: MayReadLedger,
    kind: str = "",
    subject: str = "",
    limit: Annotated[int, Query(ge=1, le=2000)] = 50,
) -> HTMLResponse:
    """Events, filtered by kind and subject."""
    subject = subject.strip()
    events = list(faircut.ledger.events(kind=kind or None, subject=subject or None, limit=limit + 1))[::-1]
    return render(
        "ledger.html",
        principal=principal,
        section="ledger",
        events=events[:limit],
        more=len(events) > limit,
        limit=limit,
        kind=kind,
        kinds=sorted({*_KINDS, *({kind} if kind else ())}),
        subject=subject,
        actors={key.id: key.name for key in faircut.keys.list()},
    )


@router.post("/verify")
def verify_ledger(faircut: FaircutDep, _principal: MayReadLedger) -> HTMLResponse:
    """The outcome of a verification, as a piece of the page."""
    try:
        return render("parts/verified.html", report=verified(faircut), error=None)
    except FaircutError as error:
        return render("parts/verified.html", report=None, error=error)
