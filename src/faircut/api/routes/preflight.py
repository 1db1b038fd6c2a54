"""The verdict on a request before it is sent, or while it is being written. Nothing is recorded or spent."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from faircut import wire
from faircut.api.access import FaircutDep, Principal, Require, Scope, screening_thread
from faircut.api.doors.prompts import check_length
from faircut.api.highlights import Highlight, highlights
from faircut.api.problems import Problem
from faircut.api.requests import build_request
from faircut.api.schemas import DecisionOut, GenerationIn, PreflightIn, WordsIn, decision_out
from faircut.app import Faircut
from faircut.domain import Verdict
from faircut.errors import InputError
from faircut.studio.preflight import Preflight

router = APIRouter(prefix="/v1", tags=["screening"])

MayScreen = Annotated[Principal, Depends(Require(Scope.GENERATE, Scope.SCREEN))]


class FailingOut(BaseModel):
    """An input at fault: the gravest reason why, and what to change."""

    input: str
    verdict: Verdict
    code: str
    message: str
    remedy: str


class PriceOut(BaseModel):
    """What the engine would charge. ``amount`` is absent where no rate is known; ``least``: it may cost more."""

    amount: float | None
    unit: str
    basis: str
    tokens: int | None
    least: bool


class PreflightOut(BaseModel):
    """What would become of a request. The Decisions are not recorded: their ids name nothing."""

    passes: bool = Field(description="True when it would be accepted and generated.")
    verdict: Verdict = Field(description="The gravest verdict on any input.")
    failing: list[FailingOut] = Field(description="Every input at fault, the first of the request first.")
    errors: list[Problem] = Field(description="What keeps the request from being accepted at all.")
    price: PriceOut | None = Field(description="Null when the engine charges nothing, or only words were judged.")
    decision: DecisionOut = Field(description="On the words: shots, titles, captions, file names.")
    decisions: list[DecisionOut] = Field(description="All: on the words, on each file, on recent requests together.")
    highlights: list[Highlight] = Field(description="Which characters of which shot are at fault.")


class ChangeOut(BaseModel):
    """Words of a shot (counted from 0) and what stands in their place; empty when they were left out."""

    shot: int
    before: str
    after: str


class RewriteOut(BaseModel):
    """``shots`` is null when none is offered: a file or its name is at fault, the text is not in English, or what
    would be left is too little or does not read."""

    shots: list[str] | None
    changes: list[ChangeOut] = Field(default_factory=list)


@router.post("/rewrite")
def rewrite(body: WordsIn, faircut: FaircutDep, principal: MayScreen) -> RewriteOut:
    """Proposes shots that keep the idea and pass. What is proposed has been judged; nothing is recorded."""
    check_length("\n".join(body.shots), faircut.settings.max_prompt_chars, "shots")
    found = faircut.rewrite(body.shots, names=body.names, actor=principal.owner)
    if found is None:
        return RewriteOut(shots=None)
    changes = [ChangeOut(shot=each.shot, before=each.before, after=each.after) for each in found.changes]
    return RewriteOut(shots=list(found.shots), changes=changes)


@router.post("/preflight")
async def preflight(body: PreflightIn, request: Request, faircut: FaircutDep, principal: MayScreen) -> PreflightOut:
    """The whole verdict on a request: words, files, mistakes, price. Nothing is made, recorded or spent."""
    if body.words_only:
        shots = [shot.shot() for shot in body.generation().shots]
        check_length("\n".join(body.texts), faircut.settings.max_prompt_chars, "shots")
        decision = await run_in_threadpool(faircut.preflight, shots, names=body.names, actor=principal.owner)
        return _told(Preflight((decision,)), body.texts)
    if body.names:
        raise InputError(
            "Names are for words alone; files bring their own.", field="names", remedy="Leave the names out."
        )
    # Files may have to be decoded: no more at once than there are workers, as for uploads.
    found = await screening_thread(request, lambda: _whole(faircut, body.generation(), principal.owner))
    return _told(found, body.texts)


def _whole(faircut: Faircut, body: GenerationIn, owner: str) -> Preflight:
    asked, missing = build_request(faircut, body, owner)
    found = faircut.studio.preflight(asked, owner=owner)
    gone = {error.field for error in missing}
    return replace(found, errors=(*missing, *(each for each in found.errors if each.field not in gone)))


def _told(found: Preflight, texts: list[str]) -> PreflightOut:
    decisions = [decision_out(each) for each in found.decisions]
    failing = [
        FailingOut(input=each.input, verdict=each.verdict, code=each.code, message=each.message, remedy=each.remedy)
        for each in found.failing
    ]
    return PreflightOut(
        passes=found.passes,
        verdict=found.verdict,
        failing=failing,
        errors=[Problem.model_validate(each.as_dict()) for each in found.errors],
        price=None if found.price is None else PriceOut.model_validate(wire.dump(found.price)),
        decision=decisions[0],
        decisions=decisions,
        highlights=highlights(found.decisions[0], texts),
    )
