"""Recorded Decisions, and the pictures that show what matched."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse

from faircut.api.access import FaircutDep, MayReadDecisions, Principal, Scope
from faircut.api.schemas import DecisionOut, decision_out, evidence_pictures, shows_reference
from faircut.app import Faircut
from faircut.domain import Decision
from faircut.errors import NotFound

router = APIRouter(prefix="/v1/decisions", tags=["screening"])


_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


def own_decision(faircut: Faircut, principal: Principal, decision_id: str) -> Decision:
    """A Decision that this principal may see. Raises NotFound, for somebody else's too."""
    decision = faircut.decisions.get(decision_id)
    if principal.sees_only is not None and faircut.decisions.owner(decision_id) != principal.sees_only:
        raise NotFound(f"There is no decision {decision_id!r}.", remedy="List your jobs and uploads.")
    return decision


def sees_names(principal: Principal) -> bool:
    """Whether somebody may read the catalogue, and with it what rights holders withhold from callers."""
    return principal.may(Scope.CATALOGUE_READ)


@router.get("/{decision_id}")
def get_decision(decision_id: str, faircut: FaircutDep, principal: MayReadDecisions) -> DecisionOut:
    """The verdict, each reason with its remedy, and every check that ran."""
    return decision_out(own_decision(faircut, principal, decision_id), in_full=sees_names(principal))


@router.get("/{decision_id}/evidence/{n}/{side}.jpg", response_class=FileResponse, responses=_JPEG)
def get_evidence(
    decision_id: str, n: int, side: Literal["query", "reference"], faircut: FaircutDep, principal: MayReadDecisions
) -> FileResponse:
    """A thumbnail of what was sent (``query``) or of the protected work (``reference``) at one aligned moment."""
    pairs = list(evidence_pictures(own_decision(faircut, principal, decision_id)))
    reason, pair = pairs[n] if 0 <= n < len(pairs) else (None, {})
    hidden = side == "reference" and reason is not None and not (sees_names(principal) or shows_reference(reason))
    digest = None if hidden else pair.get(side)
    if not isinstance(digest, str):
        raise NotFound("This decision has no such picture.", remedy="Use the addresses that the decision lists.")
    return FileResponse(
        faircut.evidence.open(digest),
        media_type="image/jpeg",
        headers={"Cache-Control": "private, max-age=86400, immutable"},
    )
