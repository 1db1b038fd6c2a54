"""Appeals: a caller's own, and the operator's desk where they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from faircut.api.access import FaircutDep, MayReadDecisions, Principal, Require, Scope
from faircut.api.routes.appeals import make_appeal
from faircut.api.routes.decisions import sees_names
from faircut.api.routes.generations import own_job
from faircut.api.schemas import DecisionOut, decision_out
from faircut.app import Faircut
from faircut.appeals import MOST_WORDS, Appeal, AppealState
from faircut.errors import FaircutError, InputError, NotFound
from faircut.request_text import compose, words_on_screen
from faircut.web.rendering import render

router = APIRouter(include_in_schema=False)

IsAdmin = Annotated[Principal, Depends(Require(Scope.ADMIN))]
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal with the Decision that it is about."""

    appeal: Appeal
    decision: DecisionOut


@router.get("/appeals")
def appeals_page(faircut: FaircutDep, principal: MayReadDecisions) -> HTMLResponse:
    """Everybody's for an admin, who answers here; one's own for the rest."""
    return _page(faircut, principal)


@router.post("/appeals/{appeal_id}/answer")
def answer(
    appeal_id: str,
    faircut: FaircutDep,
    principal: IsAdmin,
    outcome: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Upholds or overturns."""
    try:
        faircut.appeals.answer(appeal_id, _outcome(outcome), note, actor=principal.owner)
    except NotFound:
        raise
    except FaircutError as error:
        return _page(faircut, principal, error=error)
    return RedirectResponse(f"/appeals#{appeal_id}", status_code=303)


@router.post("/decisions/{decision_id}/appeal")
def appeal(
    decision_id: str,
    faircut: FaircutDep,
    principal: MayReadDecisions,
    words: Annotated[str, Form()] = "",
    job: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Appeals against a Decision, from its page."""
    make_appeal(faircut, principal, decision_id, words, _text_of(faircut, principal, job))
    back = f"/decisions/{decision_id}" + (f"?job={job}" if job else "")
    return RedirectResponse(f"{back}#appeal", status_code=303)


def _outcome(word: str) -> AppealState:
    try:
        return AppealState(word)
    except ValueError as error:
        raise InputError("There is no such answer.", field="outcome", remedy="Choose one of the two.") from error


def _text_of(faircut: Faircut, principal: Principal, job_id: str) -> str | None:
    """The words that a job's request was judged by, as far as the request holds them."""
    if not job_id:
        return None
    try:
        request = own_job(faircut, principal, job_id).request
    except NotFound:
        return None
    names = [(asset.label, asset.name) for asset in request.files if asset.name]
    return compose([shot.prompt for shot in request.shots], names, words_on_screen(request.shots)).text


def _page(faircut: Faircut, principal: Principal, *, error: FaircutError | None = None) -> HTMLResponse:
    mine = faircut.appeals.list(principal.sees_only, limit=_SHOWN)
    full = sees_names(principal)
    views = [AppealView(each, decision_out(faircut.decisions.get(each.decision_id), in_full=full)) for each in mine]
    return render(
        "appeals.html",
        principal=principal,
        section="appeals",
        status=error.http_status if error else 200,
        waiting=[view for view in reversed(views) if view.appeal.state is AppealState.OPEN],
        answered=[view for view in views if view.appeal.state is not AppealState.OPEN],
        answers=principal.sees_only is None,
        error=error,
        most=MOST_WORDS,
    )
