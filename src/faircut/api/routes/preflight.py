"""The verdict on a prompt while it is being written. Nothing is recorded, nothing is spent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from faircut.api.access import FaircutDep, Principal, Require, Scope
from faircut.api.highlights import Highlight, highlights
from faircut.api.schemas import DecisionOut, PreflightIn, decision_out

router = APIRouter(prefix="/v1", tags=["screening"])

MayScreen = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]


class Preflight(BaseModel):
    """A verdict, and where in which shot the words at fault stand."""

    decision: DecisionOut
    highlights: list[Highlight]


@router.post("/preflight")
def preflight(body: PreflightIn, faircut: FaircutDep, _principal: MayScreen) -> Preflight:
    """Judges the text of all shots together, and the names of files, as the request would be judged."""
    decision = faircut.preflight(body.shots, names=body.names)
    return Preflight(decision=decision_out(decision), highlights=highlights(decision, body.shots))
