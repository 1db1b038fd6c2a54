"""How one event is bound to the one before it."""

from __future__ import annotations

import hashlib
import json

from faircut.domain import Event
from faircut.ledger.canonical import canonical_json
from faircut.store.models import EventRow

GENESIS = "0" * 64
"""``previous`` of the first event."""

FORMAT = "faircut-event-v1"


def event_hash(
    *, seq: int, at: str, kind: str, subject: str, actor: str, payload: str, previous: str, key: str | None
) -> str:
    """Hex SHA-256 over the canonical JSON array of the format's name and every column, ``payload`` as its text.

    An array of JSON strings keeps the columns apart: no two different events have the same encoding.
    """
    encoded = canonical_json([FORMAT, seq, at, kind, subject, actor, payload, previous, key])
    return hashlib.sha256(encoded.encode("utf-8")).hexdigest()


def to_event(row: EventRow) -> Event:
    """The row as the domain's Event."""
    return Event(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        subject=row.subject,
        actor=row.actor,
        payload=json.loads(row.payload),
        previous=row.previous,
        hash=row.hash,
    )
