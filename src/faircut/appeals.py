"""Appeals against Decisions: whoever was refused says why that is wrong, an operator answers, and both are learnt from.

An answer never releases anything, since only a Decision about bytes can. It tells the person, it is on record, and it
labels the case: :meth:`Appeals.labelled` is the set that thresholds and lessons are checked against.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError as NotUnique
from sqlalchemy.orm import Session

from faircut.decisions import Decisions
from faircut.domain import Decision, MediaKind, Reason, Verdict, new_id
from faircut.errors import Conflict, InputError, LimitExceeded, NotFound, QuotaExceeded
from faircut.media.assets import asset_from_text
from faircut.protocols import Ledger
from faircut.store.database import Database, now
from faircut.store.models import AppealRow

MOST_WORDS = 2_000
"""Characters of an appeal, and of its answer."""
_MOST_TEXT = 100_000
_DAY = timedelta(hours=24)
_TOLD = ("matched", "name", "how", "log_odds", "coverage", "attributes", "distance", "transform", "grey", "ambiguous")
"""Evidence that goes into the labelled set: what a detector measured, and no picture."""


class AppealState(StrEnum):
    """Where an appeal stands. The words are about the Decision: it is upheld, or overturned."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal as the operator sees it. ``text`` is what was judged, where it is words and they were to be had."""

    id: str
    decision_id: str
    owner: str
    words: str
    text: str | None
    state: AppealState
    note: str
    created_at: str
    answered_at: str | None
    answered_by: str | None


class Appeals:
    """Makes, lists and answers appeals. ``most_a_day``: how many a caller may make within 24 hours; 0: no limit."""

    def __init__(self, database: Database, ledger: Ledger, decisions: Decisions, most_a_day: int) -> None:
        self._database = database
        self._ledger = ledger
        self._decisions = decisions
        self._most = most_a_day

    def make(self, decision_id: str, words: str, *, owner: str, texts: Sequence[str] = ()) -> Appeal:
        """Appeals against a Decision that refused or held something. One appeal a Decision.

        ``texts`` are what may have been judged; the one whose SHA-256 is that of the Decision is kept. Raises NotFound,
        InputError, LimitExceeded, Conflict when nothing was refused or an appeal was made already, QuotaExceeded.
        """
        words = _words(words, "words")
        decision = self._decisions.get(decision_id)
        if decision.verdict is Verdict.ALLOW:
            raise Conflict("Nothing was refused.", field="decision", remedy="Appeal against a refusal or a review.")
        row = AppealRow(
            id=new_id("app"),
            decision_id=decision_id,
            owner=owner,
            words=words,
            text=_judged(decision, texts),
            state=AppealState.OPEN.value,
            note="",
            created_at=now(),
            answered_at=None,
            answered_by=None,
        )
        try:
            with self._database.write() as session:
                self._within_quota(session, owner)
                session.add(row)
                session.flush()
                payload = {"decision": decision_id, "words": _digest(words)}
                self._ledger.append_in(session, "appeal.made", row.id, payload, actor=owner)
                return _appeal(row)
        except NotUnique as error:
            raise Conflict(
                "An appeal against this decision was made already.",
                field="decision",
                remedy="Wait for its answer; the list of appeals shows it.",
            ) from error

    def get(self, appeal_id: str, *, owner: str | None = None) -> Appeal:
        """Raises NotFound, for somebody else's too. ``owner`` None means: whoever's."""
        with self._database.read() as session:
            row = session.get(AppealRow, appeal_id)
            if row is None or (owner is not None and row.owner != owner):
                raise NotFound(f"There is no appeal {appeal_id!r}.", field="appeal", remedy="List your appeals.")
            return _appeal(row)

    def against(self, decision_id: str) -> Appeal | None:
        """The appeal against a Decision, if one was made."""
        with self._database.read() as session:
            row = session.scalar(select(AppealRow).where(AppealRow.decision_id == decision_id))
            return None if row is None else _appeal(row)

    def list(self, owner: str | None = None, *, state: AppealState | None = None, limit: int = 50) -> list[Appeal]:
        """The newest first; of everybody when ``owner`` is None."""
        query = select(AppealRow).order_by(AppealRow.created_at.desc(), AppealRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(AppealRow.owner == owner)
        if state is not None:
            query = query.where(AppealRow.state == state.value)
        with self._database.read() as session:
            return [_appeal(row) for row in session.scalars(query)]

    def answer(self, appeal_id: str, outcome: AppealState, note: str, *, actor: str) -> Appeal:
        """Upholds or overturns. An answer stands. Raises NotFound, InputError, LimitExceeded, Conflict."""
        if outcome is AppealState.OPEN:
            raise InputError("An answer upholds or overturns.", field="outcome", remedy="Say upheld or overturned.")
        note = _words(note, "note")
        with self._database.write() as session:
            row = session.get(AppealRow, appeal_id)
            if row is None:
                raise NotFound(f"There is no appeal {appeal_id!r}.", field="appeal", remedy="List the appeals.")
            if row.state != AppealState.OPEN.value:
                raise Conflict(f"It was {row.state} already.", field="outcome", remedy="An answer stands.")
            row.state, row.note, row.answered_at, row.answered_by = outcome.value, note, now(), actor
            session.flush()
            payload = {"decision": row.decision_id, "outcome": outcome.value, "note": _digest(note)}
            self._ledger.append_in(session, "appeal.answered", row.id, payload, actor=actor)
            return _appeal(row)

    def labelled(self) -> Iterator[dict[str, Any]]:
        """What was answered, the oldest first, as plain JSON types: what was judged, how, and whether it was right."""
        query = select(AppealRow).where(AppealRow.state != AppealState.OPEN.value).order_by(AppealRow.answered_at)
        with self._database.read() as session:
            appeals = [_appeal(row) for row in session.scalars(query)]
        for appeal in appeals:
            yield _example(appeal, self._decisions.get(appeal.decision_id))

    def _within_quota(self, session: Session, owner: str) -> None:
        since = (datetime.now(UTC) - _DAY).isoformat(timespec="microseconds")
        mine = select(AppealRow.created_at).where(AppealRow.owner == owner, AppealRow.created_at >= since)
        count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        if self._most and count >= self._most:
            oldest = session.scalar(mine.order_by(AppealRow.created_at).limit(1)) or now()
            wait = datetime.fromisoformat(oldest) + _DAY - datetime.now(UTC)
            raise QuotaExceeded(
                f"{count} appeals were made with this key within 24 hours; {self._most} are taken.",
                field="max_appeals_a_day",
                remedy="Wait for answers, or ask the operator for more.",
                retry_after=max(1, round(wait.total_seconds())),
            )


def _words(words: str, field: str) -> str:
    """Text of people: without control characters, neither empty nor too long."""
    kept = "".join(letter for letter in words if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs"))
    kept = kept.strip()
    if not kept:
        raise InputError("It is empty.", field=field, remedy="Say in a sentence why.")
    if len(kept) > MOST_WORDS:
        raise LimitExceeded(
            f"It has {len(kept)} characters; {MOST_WORDS} are read.", field=field, remedy="Say it in fewer words."
        )
    return kept


def _judged(decision: Decision, texts: Sequence[str]) -> str | None:
    if decision.kind is not MediaKind.TEXT:
        return None
    fitting = (text for text in texts if len(text) <= _MOST_TEXT)
    return next((text for text in fitting if asset_from_text(text).digest == decision.asset_digest), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def _example(appeal: Appeal, decision: Decision) -> dict[str, Any]:
    return {
        "appeal": appeal.id,
        "decision": decision.id,
        "label": "rightly_refused" if appeal.state is AppealState.UPHELD else "wrongly_refused",
        "verdict": decision.verdict.value,
        "stage": decision.stage.value,
        "kind": decision.kind.value,
        "sha256": decision.asset_digest,
        "text": appeal.text,
        "reasons": [_found(reason) for reason in decision.reasons],
        "checks": [f"{each.name} {each.version} {each.outcome.value}" for each in decision.checks],
        "policy": decision.policy,
        "catalogue_revision": decision.catalogue_revision,
        "words": appeal.words,
        "note": appeal.note,
        "decided_at": decision.created_at.isoformat(),
        "answered_at": appeal.answered_at,
    }


def _found(reason: Reason) -> Mapping[str, Any]:
    return {
        "code": reason.code,
        "verdict": reason.verdict.value,
        "detector": reason.detector,
        "work": reason.work_id,
        "element": reason.element_id,
        "reference": reason.reference_id,
        "score": reason.score,
        "probability": reason.probability,
        "evidence": {key: reason.evidence[key] for key in _TOLD if key in reason.evidence},
    }


def _appeal(row: AppealRow) -> Appeal:
    return Appeal(
        row.id,
        row.decision_id,
        row.owner,
        row.words,
        row.text,
        AppealState(row.state),
        row.note,
        row.created_at,
        row.answered_at,
        row.answered_by,
    )


__all__ = ["MOST_WORDS", "Appeal", "AppealState", "Appeals"]
