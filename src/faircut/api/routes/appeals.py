"""Appeals against Decisions: made by whoever was refused, answered by an admin."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from faircut.api.access import FaircutDep, MayReadDecisions, Principal, Require, Scope
from faircut.api.routes.decisions import own_decision
from faircut.api.schemas import Page
from faircut.api.shot_schemas import In
from faircut.app import Faircut
from faircut.appeals import MOST_WORDS, Appeal, AppealState

router = APIRouter(prefix="/v1", tags=["screening"])

IsAdmin = Annotated[Principal, Depends(Require(Scope.ADMIN))]


class AppealIn(In):
    """Why a Decision is wrong. ``text`` is what was judged, where that is known; it is kept if its SHA-256 fits."""

    words: str = Field(description=f"At most {MOST_WORDS} characters.")
    text: str | None = None


class AnswerIn(In):
    """Whether the Decision stands, and why: the note is what the person reads."""

    outcome: Literal[AppealState.UPHELD, AppealState.OVERTURNED]
    note: str


class AppealOut(BaseModel):
    """An appeal. ``owner`` is told to admins alone."""

    id: str
    decision: str
    state: AppealState
    words: str
    note: str
    created_at: str
    answered_at: str | None
    owner: str | None = None


class AppealList(Page):
    items: list[AppealOut]


def make_appeal(faircut: Faircut, principal: Principal, decision_id: str, words: str, text: str | None) -> Appeal:
    """Raises NotFound for somebody else's Decision too, and what :meth:`faircut.appeals.Appeals.make` raises."""
    own_decision(faircut, principal, decision_id)
    return faircut.appeals.make(decision_id, words, owner=principal.owner, texts=[text] if text is not None else [])


@router.post("/decisions/{decision_id}/appeal", status_code=201)
def appeal_decision(decision_id: str, body: AppealIn, faircut: FaircutDep, principal: MayReadDecisions) -> AppealOut:
    """Appeals against a refusal or a review, once. An answer tells; it never releases anything by itself."""
    return appeal_out(make_appeal(faircut, principal, decision_id, body.words, body.text), principal)


@router.get("/appeals")
def list_appeals(
    faircut: FaircutDep,
    principal: MayReadDecisions,
    state: AppealState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AppealList:
    """One's own appeals; for admins everybody's. The newest first."""
    found = faircut.appeals.list(principal.sees_only, state=state, limit=limit + 1)
    items = [appeal_out(each, principal) for each in found[:limit]]
    return AppealList(items=items, limit=limit, more=len(found) > limit)


@router.get("/appeals/{appeal_id}")
def get_appeal(appeal_id: str, faircut: FaircutDep, principal: MayReadDecisions) -> AppealOut:
    """One appeal, with its answer if there is one."""
    return appeal_out(faircut.appeals.get(appeal_id, owner=principal.sees_only), principal)


@router.post("/appeals/{appeal_id}/answer")
def answer_appeal(appeal_id: str, body: AnswerIn, faircut: FaircutDep, principal: IsAdmin) -> AppealOut:
    """Upholds the Decision or overturns it, once and for all. Admins only."""
    answered = faircut.appeals.answer(appeal_id, body.outcome, body.note, actor=principal.owner)
    return appeal_out(answered, principal)


def appeal_out(appeal: Appeal, principal: Principal) -> AppealOut:
    return AppealOut(
        id=appeal.id,
        decision=appeal.decision_id,
        state=appeal.state,
        words=appeal.words,
        note=appeal.note,
        created_at=appeal.created_at,
        answered_at=appeal.answered_at,
        owner=appeal.owner if principal.sees_only is None else None,
    )
