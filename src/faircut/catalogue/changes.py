"""One change of the catalogue: rows, event and revision in one transaction, so that none exists without the others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from faircut import wire
from faircut.catalogue.rows import element_values, fingerprint_values, reference_values
from faircut.domain import Element, Fingerprint, Identifier, Naming, Party, Reference, Work
from faircut.errors import Conflict
from faircut.protocols import Ledger
from faircut.store.database import Database, now
from faircut.store.models import (
    CatalogueStateRow,
    ElementRow,
    FingerprintRow,
    IdentifierRow,
    PartyRow,
    ReferenceRow,
    WorkRow,
)


class Change:
    """An open write transaction that holds the catalogue's state row, so that changes happen one after another."""

    def __init__(self, session: Session, ledger: Ledger, actor: str) -> None:
        self.session = session
        self._ledger = ledger
        self._actor = actor
        state = session.scalar(select(CatalogueStateRow).with_for_update())
        if state is None:
            state = CatalogueStateRow(id=1, revision=0)
            session.add(state)
        self._state = state

    def record(self, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
        """Writes the event and raises the revision."""
        self._state.revision += 1
        self.session.flush()
        self._ledger.append_in(self.session, kind, subject, payload, actor=self._actor)

    def insert_parties(self, parties: list[Party]) -> None:
        self._insert(PartyRow, [{"id": each.id, "name": each.name} for each in parties])

    def insert_works(self, works: list[Work]) -> None:
        self._insert(
            WorkRow,
            [
                {
                    "id": each.id,
                    "party_id": each.party_id,
                    "title": each.title,
                    "policy": each.policy.value,
                    "naming": each.naming.value,
                }
                for each in works
            ],
        )
        for work in works:
            self.insert_identifiers(work.id, work.identifiers)

    def insert_identifiers(self, work_id: str, identifiers: tuple[Identifier, ...]) -> None:
        for each in identifiers:
            self.session.add(IdentifierRow(scope=each.scope, value=each.value, work_id=work_id))

    def insert_elements(self, elements: list[Element]) -> None:
        self._insert(ElementRow, [element_values(each) for each in elements])

    def update_element(self, row: ElementRow, element: Element) -> None:
        for column, value in element_values(element).items():
            setattr(row, column, value)

    def insert_reference(
        self, reference: Reference, fingerprints: Mapping[str, Fingerprint], *, extractor: str
    ) -> None:
        """The reference and its fingerprints, which were taken by this version of the extractor."""
        # The sequence number is taken from the revision, which never goes back: a number is not used twice even when
        # the newest reference is removed, and numbers become visible in their order.
        self._state.revision += 1
        self._insert(ReferenceRow, [reference_values(reference, self._state.revision, extractor)])
        self._insert_fingerprints(reference.id, fingerprints)

    def refresh_fingerprints(
        self, row: ReferenceRow, fingerprints: Mapping[str, Fingerprint], *, extractor: str
    ) -> list[str]:
        """Adds what the reference lacks and drops versions that a newer one replaces; returns what was added."""
        held = set(self.session.scalars(select(FingerprintRow.algorithm).where(FingerprintRow.reference_id == row.id)))
        new = {name: each for name, each in fingerprints.items() if name not in held and len(each)}
        families = {_family(name): name for name in fingerprints}
        outdated = [name for name in held if families.get(_family(name), name) != name]
        self.session.execute(
            delete(FingerprintRow).where(FingerprintRow.reference_id == row.id, FingerprintRow.algorithm.in_(outdated))
        )
        row.extractor = extractor
        self._state.revision += 1
        self.session.flush()
        self._insert_fingerprints(row.id, new)
        return sorted(new)

    def _insert_fingerprints(self, reference_id: str, fingerprints: Mapping[str, Fingerprint]) -> None:
        seq = self._state.revision
        rows = [fingerprint_values(reference_id, each, seq) for each in fingerprints.values() if len(each)]
        if rows:
            self.session.execute(insert(FingerprintRow), rows)

    def check_identifiers_free(
        self, identifiers: tuple[Identifier, ...], *, field: str, but: str | None = None
    ) -> None:
        """Raises Conflict naming the work that has one of them already."""
        for each in identifiers:
            row = self.session.get(IdentifierRow, (each.scope, each.value))
            if row is not None and row.work_id != but:
                raise identifier_taken(each, self.session.get_one(WorkRow, row.work_id), field)

    def _insert(self, row: type[PartyRow | WorkRow | ElementRow | ReferenceRow], values: list[dict[str, Any]]) -> None:
        if values:
            created_at = now()
            self.session.flush()
            self.session.execute(insert(row), [{**each, "created_at": created_at} for each in values])


def _family(algorithm: str) -> str:
    return algorithm.rsplit("-v", 1)[0]


@contextmanager
def change(database: Database, ledger: Ledger, actor: str) -> Iterator[Change]:
    """A Change that commits at the end, or leaves nothing behind on any exception."""
    with database.write() as session:
        yield Change(session, ledger, actor)


def identifier_taken(identifier: Identifier, work: WorkRow | Work, field: str) -> Conflict:
    """The error for an identifier that names another work."""
    return Conflict(
        f"{identifier.scope} {identifier.value} already names the work {work.title!r} ({work.id}).",
        field=field,
        remedy="Correct the identifier, or edit that work instead.",
    )


_NAMES_OF = ("name", "title", "identifiers")


def _is_withheld(value: Party | Work | Element | Reference) -> bool:
    if isinstance(value, Element):
        return value.naming is not Naming.FULL
    return isinstance(value, Work) and value.naming is Naming.NOTHING


def fact_sheet(value: Party | Work | Element | Reference) -> dict[str, Any]:
    """What the ledger keeps of a catalogue entry: who, what and which, and a digest of the whole record.

    Descriptions and other long texts stay out of the ledger, which is append-only, and so do names that the rights
    holder does not want told; the digest still proves them.
    """
    whole = wire.dump(value)
    untold = _NAMES_OF if _is_withheld(value) else ()
    kept = (
        "id",
        "name",
        "title",
        "kind",
        "party_id",
        "work_id",
        "element_id",
        "policy",
        "naming",
        "identifiers",
        "digest",
    )
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return {
        **{key: whole[key] for key in kept if whole.get(key) is not None and key not in untold},
        "record_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
    }
