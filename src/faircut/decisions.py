"""Decisions on record: a row and a ledger event in one transaction, before anybody sees them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from faircut import wire
from faircut.domain import LICENSED, Decision, Reason
from faircut.errors import IntegrityError, NotFound
from faircut.protocols import Ledger
from faircut.store.database import Database
from faircut.store.models import DecisionRow


class Decisions:
    """Stores and finds Decisions."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def record(self, decision: Decision, *, owner: str) -> Decision:
        """Makes a Decision durable. It may be acted on only afterwards."""
        body = wire.dump(decision)
        with self._database.write() as session:
            session.add(
                DecisionRow(
                    id=decision.id,
                    asset_digest=decision.asset_digest,
                    input=decision.input,
                    stage=decision.stage.value,
                    verdict=decision.verdict.value,
                    owner=owner,
                    body=body,
                    created_at=decision.created_at.isoformat(timespec="microseconds"),
                )
            )
            session.flush()
            self._ledger.append_in(session, "decision", decision.id, _summary(decision, body), actor=owner)
        return decision

    def get(self, decision_id: str) -> Decision:
        """Raises NotFound, and IntegrityError when the row no longer says what the ledger recorded."""
        with self._database.read() as session:
            row = _row(session, decision_id)
        event = next(iter(self._ledger.events(subject=decision_id, kind="decision")), None)
        if event is None or event.payload.get("body") != _digest(row.body):
            raise IntegrityError(
                f"Decision {decision_id} is not the one that the ledger recorded.",
                remedy="Run `faircut ledger verify` and restore the database from a backup.",
            )
        return wire.load(Decision, row.body)

    def owner(self, decision_id: str) -> str:
        """Who caused the Decision. Raises NotFound."""
        with self._database.read() as session:
            return _row(session, decision_id).owner

    def for_owner(self, owner: str | None, *, limit: int = 50) -> list[Decision]:
        """The newest first; of everybody when ``owner`` is None."""
        query = select(DecisionRow).order_by(DecisionRow.created_at.desc(), DecisionRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(DecisionRow.owner == owner)
        with self._database.read() as session:
            return [wire.load(Decision, row.body) for row in session.scalars(query)]


def _row(session: Session, decision_id: str) -> DecisionRow:
    row = session.get(DecisionRow, decision_id)
    if row is None:
        raise NotFound(f"There is no decision {decision_id!r}.", remedy="Use the id that the service returned.")
    return row


def _digest(body: Any) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def _reason(reason: Reason) -> dict[str, Any]:
    told = {"code": reason.code, "input": reason.input, "work": reason.work_id, "element": reason.element_id}
    return {**told, "licence": reason.evidence["licence"]} if reason.code.startswith(LICENSED) else told


def _summary(decision: Decision, body: Any) -> dict[str, Any]:
    return {
        "asset": decision.asset_digest,
        "input": decision.input,
        "kind": decision.kind.value,
        "stage": decision.stage.value,
        "verdict": decision.verdict.value,
        "reasons": [_reason(each) for each in decision.reasons],
        "required": list(decision.required),
        "checks": [f"{each.name} {each.version} {each.outcome.value}" for each in decision.checks],
        "policy": decision.policy,
        "catalogue_revision": decision.catalogue_revision,
        "body": _digest(body),
    }
