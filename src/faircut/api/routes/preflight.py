"""The verdict on a prompt while it is being written. Nothing is recorded, nothing is spent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.highlights import Highlight, highlights
from faircut.api.schemas import DecisionOut, PreflightIn, decision_out

router = APIRouter(prefix="/v1", tags=["screening"])

MayScreen = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]


class Preflight(BaseModel):
    """A verdict, and where in which shot the words at fault stand."""

    decision: DecisionOut
    highlights: list[Highlight]


class ChangeOut(BaseModel):
    """Words of a shot (counted from 0) and what stands in their place; empty when they were left out."""

    shot: int
    before: str
    after: str


class RewriteOut(BaseModel):
    """``shots`` is null when no other words would make the request pass: then a file, or its name, is at fault."""

    shots: list[str] | None
    changes: list[ChangeOut] = Field(default_factory=list)


@router.post("/rewrite")
def rewrite(body: PreflightIn, faircut: FaircutDep, _principal: MayScreen) -> RewriteOut:
    """Proposes shots that keep the idea and pass. What is proposed has been judged; nothing is recorded."""
    found = faircut.rewrite(body.shots, names=body.names)
    if found is None:
        return RewriteOut(shots=None)
    changes = [ChangeOut(shot=each.shot, before=each.before, after=each.after) for each in found.changes]
    return RewriteOut(shots=list(found.shots), changes=changes)


@router.post("/preflight")
def preflight(body: PreflightIn, faircut: FaircutDep, _principal: MayScreen) -> Preflight:
    """Judges the text of all shots together, and the names of files, as the request would be judged."""
    decision = faircut.preflight(body.shots, names=body.names)
    return Preflight(decision=decision_out(decision), highlights=highlights(decision, body.shots))
