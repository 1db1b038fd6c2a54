"""The ledger: what happened, and whether the record of it is whole."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from faircut.api.access import FaircutDep, MayReadLedger
from faircut.app import Faircut
from faircut.domain import Event
from faircut.ledger import LedgerReport

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])


class EventOut(BaseModel):
    """One line of the ledger. ``hash`` covers every other field; ``previous`` is the hash of the line before."""

    seq: int
    at: str
    kind: str
    subject: str
    actor: str
    payload: dict[str, Any]
    previous: str
    hash: str


class EventList(BaseModel):
    items: list[EventOut]
    limit: int
    more: bool


class LedgerProblemOut(BaseModel):
    """One thing that is wrong: which event (none: not one event), and where in it."""

    seq: int | None
    what: str
    where: str
    expected: str
    found: str


class VerifyOut(BaseModel):
    """What verification saw."""

    intact: bool
    events: int
    files: int
    head: str | None
    problems: list[LedgerProblemOut]


def event_out(event: Event) -> EventOut:
    return EventOut(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        subject=event.subject,
        actor=event.actor,
        payload=dict(event.payload),
        previous=event.previous,
        hash=event.hash,
    )


def verify_out(report: LedgerReport) -> VerifyOut:
    return VerifyOut(
        intact=report.intact,
        events=report.count,
        files=report.files,
        head=None if report.head is None else report.head.hash,
        problems=[
            LedgerProblemOut(seq=each.seq, what=each.what, where=each.where, expected=each.expected, found=each.found)
            for each in report.problems
        ],
    )


def verified(faircut: Faircut) -> LedgerReport:
    """Verifies the ledger together with every released file."""
    return faircut.ledger.verify(released=faircut.studio.released.root)


@router.get("")
def list_events(
    faircut: FaircutDep,
    _principal: MayReadLedger,
    kind: str | None = None,
    subject: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventList:
    """Events, newest first; optionally of one kind, or about one subject."""
    found = list(faircut.ledger.events(subject=subject, kind=kind, limit=limit + 1))[::-1]
    return EventList(items=[event_out(each) for each in found[:limit]], limit=limit, more=len(found) > limit)


@router.post("/verify")
def verify(faircut: FaircutDep, _principal: MayReadLedger) -> VerifyOut:
    """Checks every byte of every event, the chain between them, and each released file."""
    return verify_out(verified(faircut))
