"""Licences on record: granted, revoked and looked up. Each change is one transaction, one event, one revision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from faircut.access import LOCAL_OPERATOR
from faircut.catalogue.changes import change
from faircut.catalogue.queries import resolve_element, resolve_party, resolve_work
from faircut.catalogue.validation import clean_text
from faircut.domain import Licence, Use, new_id
from faircut.errors import InputError, NotFound
from faircut.protocols import Ledger
from faircut.store.database import Database
from faircut.store.models import ApiKeyRow, LicenceRow, PartyRow

MAX_NOTE = 2_000
OPERATORS = (LOCAL_OPERATOR.owner, "cli")
"""Owners of requests that hold no key: whoever has the machine, at the pages and at the command line."""


class Licences:
    """The licences of one Faircut. A change counts from the next judgement on, in every process."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def grant(
        self,
        party: str,
        *,
        work: str | None = None,
        element: str | None = None,
        to: str,
        uses: Iterable[Use | str] = tuple(Use),
        since: datetime | str | None = None,
        until: datetime | str,
        note: str = "",
        actor: str,
    ) -> Licence:
        """Lets the caller ``to`` use a work of ``party``'s, or one element of it, from ``since`` (now) to ``until``.

        ``work`` alone means all of it; with ``element`` it only helps to find that. ``to`` is the id of an API key,
        "local" or "cli". Times are aware, or texts in ISO 8601, in UTC where they do not say. Raises InputError,
        LimitExceeded, NotFound and Conflict, each naming the field.
        """
        at = datetime.now(UTC)
        begins, ends = _moment(since, "since") if since else at, _moment(until, "until")
        if ends <= begins or ends <= at:
            said = "It is not after the beginning." if ends <= begins else "It has passed already."
            raise InputError(said, field="until", remedy="Let the licence end later: the end is not part of it.")
        checked, words = _uses(uses), clean_text(note, field="note", limit=MAX_NOTE, required=False, multiline=True)
        with change(self._database, self._ledger, actor) as edit:
            owner = resolve_party(edit.session, party)
            work_id, element_id = _thing(edit.session, owner, work, element)
            licence = Licence(
                id=new_id("lic"),
                party_id=owner.id,
                work_id=work_id,
                element_id=element_id,
                licensee=_caller(edit.session, to),
                uses=checked,
                since=begins,
                until=ends,
                note=words,
                granted_at=at,
                granted_by=actor,
            )
            edit.session.add(_row(licence))
            edit.record("licence.granted", licence.id, _fact_sheet(licence))
        return licence

    def revoke(self, licence_id: str, *, actor: str) -> Licence:
        """Ends a licence at once; it stays on record. Revoking again changes nothing. Raises NotFound."""
        with change(self._database, self._ledger, actor) as edit:
            row = _found(edit.session, licence_id)
            if row.revoked_at is None:
                row.revoked_at, row.revoked_by = _stored(datetime.now(UTC)), actor
                edit.record("licence.revoked", row.id, _fact_sheet(_licence(row)))
            return _licence(row)

    def get(self, licence_id: str) -> Licence:
        """Raises NotFound."""
        with self._database.read() as session:
            return _licence(_found(session, licence_id))

    def list(
        self,
        *,
        party: str | None = None,
        work: str | None = None,
        element: str | None = None,
        to: str | None = None,
        in_force_at: datetime | None = None,
    ) -> tuple[Licence, ...]:
        """The newest first, ended ones too unless ``in_force_at`` asks for a moment.

        Of a ``work``: those about it and about its elements. Of an ``element``: those that reach it, so that those
        about its work are among them. Ids or names. Raises NotFound and Conflict.
        """
        query = select(LicenceRow).order_by(LicenceRow.granted_at.desc(), LicenceRow.id.desc())
        with self._database.read() as session:
            if party is not None:
                query = query.where(LicenceRow.party_id == resolve_party(session, party).id)
            if element is not None:
                row = resolve_element(session, element, work=work)
                whole = (LicenceRow.element_id.is_(None)) & (LicenceRow.work_id == row.work_id)
                query = query.where(or_(LicenceRow.element_id == row.id, whole))
            elif work is not None:
                query = query.where(LicenceRow.work_id == resolve_work(session, work).id)
            if to is not None:
                query = query.where(LicenceRow.licensee == to)
            found = [_licence(row) for row in session.scalars(query)]
        return tuple(each for each in found if in_force_at is None or each.in_force(in_force_at))

    def in_force(self, licensee: str, at: datetime) -> tuple[Licence, ...]:
        """The licences of one caller at a moment. See :class:`faircut.protocols.LicenceReader`."""
        moment = _stored(at)
        query = select(LicenceRow).where(
            LicenceRow.licensee == licensee,
            LicenceRow.revoked_at.is_(None),
            LicenceRow.since <= moment,
            LicenceRow.until > moment,
        )
        with self._database.read() as session:
            return tuple(_licence(row) for row in session.scalars(query))


def _thing(session: Session, owner: PartyRow, work: str | None, element: str | None) -> tuple[str | None, str | None]:
    """Ids of the work and the element that a licence is about."""
    if element is not None:
        found = resolve_element(session, element, work=work)
        if work is not None and found.work_id != resolve_work(session, work).id:
            raise InputError(
                f"{found.name!r} is no element of that work.",
                field="element",
                remedy="Name its own work, or leave it out.",
            )
        _check_owner(owner, found.party_id, found.name)
        return found.work_id, found.id
    if work is None:
        raise InputError("It is about nothing.", field="work", remedy="Name the work, or one element.")
    row = resolve_work(session, work)
    _check_owner(owner, row.party_id, row.title)
    return row.id, None


def _check_owner(owner: PartyRow, party_id: str, what: str) -> None:
    if party_id != owner.id:
        raise InputError(
            f"{what!r} does not belong to {owner.name}.", field="party", remedy="Only its owner can grant a licence."
        )


def _caller(session: Session, to: str) -> str:
    if to in OPERATORS:
        return to
    key = session.get(ApiKeyRow, to)
    if key is None:
        raise NotFound(
            f"There is no caller {to!r}.",
            field="to",
            remedy=f"Give the id of an API key ({', '.join(OPERATORS)} for the operator's own requests).",
        )
    if key.revoked_at is not None:
        raise InputError(f"The key {key.name!r} was revoked.", field="to", remedy="Give a key that is in use.")
    return key.id


def _moment(value: datetime | str, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{str(value)[:40]!r} is no time.", field=field, remedy="Write it as 2026-12-31 or 2026-12-31T18:00Z."
        ) from error


def _uses(uses: Iterable[Use | str]) -> tuple[Use, ...]:
    given = list(uses)
    unknown = [each for each in given if each not in list(Use)]
    if unknown or not given:
        raise InputError(
            f"There is no use {unknown[0]!r}." if unknown else "It allows no use.",
            field="uses",
            remedy=f"Choose from: {', '.join(Use)}.",
        )
    return tuple(each for each in Use if each in given)


def _found(session: Session, licence_id: str) -> LicenceRow:
    row = session.get(LicenceRow, licence_id)
    if row is None:
        raise NotFound(f"There is no licence {licence_id!r}.", field="licence", remedy="List the licences.")
    return row


def _stored(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _row(licence: Licence) -> LicenceRow:
    return LicenceRow(
        id=licence.id,
        party_id=licence.party_id,
        work_id=licence.work_id,
        element_id=licence.element_id,
        licensee=licence.licensee,
        uses=[each.value for each in licence.uses],
        since=_stored(licence.since),
        until=_stored(licence.until),
        note=licence.note,
        granted_at=_stored(licence.granted_at),
        granted_by=licence.granted_by,
    )


def _licence(row: LicenceRow) -> Licence:
    return Licence(
        id=row.id,
        party_id=row.party_id,
        work_id=row.work_id,
        element_id=row.element_id,
        licensee=row.licensee,
        uses=tuple(Use(each) for each in row.uses),
        since=datetime.fromisoformat(row.since),
        until=datetime.fromisoformat(row.until),
        note=row.note,
        granted_at=datetime.fromisoformat(row.granted_at),
        granted_by=row.granted_by,
        revoked_at=None if row.revoked_at is None else datetime.fromisoformat(row.revoked_at),
        revoked_by=row.revoked_by,
    )


def _fact_sheet(licence: Licence) -> dict[str, object]:
    """What the ledger keeps. A note may hold what is nobody else's business: only its digest."""
    return {
        "party": licence.party_id,
        "work": licence.work_id,
        "element": licence.element_id,
        "to": licence.licensee,
        "uses": [each.value for each in licence.uses],
        "since": _stored(licence.since),
        "until": _stored(licence.until),
        "note": hashlib.sha256(licence.note.encode()).hexdigest(),
    }
