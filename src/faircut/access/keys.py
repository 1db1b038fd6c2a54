"""API keys: made once, shown once, kept as a SHA-256 only, revocable at once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from faircut.access.principal import Principal, Scope
from faircut.domain import new_id
from faircut.errors import InputError, NotFound, Unauthenticated
from faircut.protocols import Ledger
from faircut.store.database import Database, now
from faircut.store.models import ApiKeyRow

SECRET_PREFIX = "fck_"  # noqa: S105  what makes a leaked key recognisable, not a secret
SECRET_BYTES = 32
MAX_NAME = 200

_SHOWN = len(SECRET_PREFIX) + 6
_HOLDER = select(ApiKeyRow.id, ApiKeyRow.name, ApiKeyRow.hash, ApiKeyRow.scopes, ApiKeyRow.revoked_at)
# Written once: a statement that is the same object each time costs half.
_BY_HASH = _HOLDER.where(ApiKeyRow.hash == bindparam("hash"))
_BY_ID = _HOLDER.where(ApiKeyRow.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: ``prefix`` is the beginning of its secret. Times are ISO 8601 in UTC.

    ``partner`` is whose key it is, where several belong to one: their recent requests are judged together.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: str
    revoked_at: str | None = None
    partner: str | None = None


class ApiKeys:
    """The keys of one Faircut. A revocation holds from the next request on, in every process."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def create(
        self, name: str, scopes: Iterable[Scope | str], *, partner: str | None = None, actor: str
    ) -> tuple[ApiKey, str]:
        """A new key and its secret, which cannot be shown again. Raises InputError.

        Keys of one ``partner`` carry the same name of it; capital letters make no difference.
        """
        key_name = _checked_name(name, "name")
        belongs_to = None if partner is None else _checked_name(partner, "partner")
        checked = _checked_scopes(scopes)
        # 32 random bytes cannot be guessed, so a plain hash protects them as well as a slow one would.
        secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        row = ApiKeyRow(
            id=new_id("key"),
            name=key_name,
            prefix=secret[:_SHOWN],
            hash=_digest(secret),
            scopes=sorted(checked),
            created_at=now(),
            revoked_at=None,
        )
        with self._database.write() as session:
            row.partner = belongs_to and _as_known(session, belongs_to)
            session.add(row)
            session.flush()
            payload = {"name": row.name, "prefix": row.prefix, "scopes": row.scopes}
            if row.partner:
                payload["partner"] = row.partner
            self._ledger.append_in(session, "access.key.created", row.id, payload, actor=actor)
        return _key_of(row), secret

    def authenticate(self, secret: str) -> Principal:
        """Whose secret it is. Raises Unauthenticated, in the same words whether it is unknown or malformed."""
        digest = _digest(secret)
        with self._database.glance() as connection:
            row = connection.execute(_BY_HASH, {"hash": digest}).first()
        if row is None or not hmac.compare_digest(row.hash, digest):
            raise Unauthenticated("This API key is not known.", remedy="Check the key, or ask the operator for one.")
        return _principal_of(row)

    def principal(self, key_id: str) -> Principal:
        """Who holds a key, by its id: for sessions that were opened with it. Raises Unauthenticated."""
        with self._database.glance() as connection:
            row = connection.execute(_BY_ID, {"id": key_id}).first()
        if row is None:
            raise Unauthenticated("The key of this session is not known.", remedy="Log in again.")
        return _principal_of(row)

    def revoke(self, key_id: str, *, actor: str) -> ApiKey:
        """Ends a key, and every session that was opened with it. Revoking again changes nothing. Raises NotFound."""
        with self._database.write() as session:
            row = session.get(ApiKeyRow, key_id)
            if row is None:
                raise NotFound(f"There is no key {key_id!r}.", field="key", remedy="List the keys.")
            if row.revoked_at is None:
                row.revoked_at = now()
                session.flush()
                payload = {"name": row.name, "prefix": row.prefix}
                self._ledger.append_in(session, "access.key.revoked", row.id, payload, actor=actor)
        return _key_of(row)

    def get(self, key_id: str) -> ApiKey:
        """Raises NotFound."""
        with self._database.read() as session:
            row = session.get(ApiKeyRow, key_id)
        if row is None:
            raise NotFound(f"There is no key {key_id!r}.", field="key", remedy="List the keys.")
        return _key_of(row)

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, revoked ones included, oldest first."""
        with self._database.read() as session:
            return tuple(_key_of(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id)))


def _as_known(session: Session, partner: str) -> str:
    """The partner's name as the first of its keys has it."""
    known = session.scalars(select(ApiKeyRow.partner).where(ApiKeyRow.partner.is_not(None)).order_by(ApiKeyRow.id))
    return next((each for each in known if each and each.casefold() == partner.casefold()), partner)


def _checked_name(name: str, field: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > MAX_NAME or any(unicodedata.category(char)[0] == "C" for char in cleaned):
        raise InputError(
            f"A {'key needs' if field == 'name' else 'partner has'} a name of 1 to {MAX_NAME} printable characters.",
            field=field,
            remedy="Name it after who will use it." if field == "name" else "Name whose key it is, or leave it out.",
        )
    return cleaned


def _checked_scopes(scopes: Iterable[Scope | str]) -> frozenset[Scope]:
    given = list(scopes)
    unknown = [scope for scope in given if scope not in list(Scope)]
    if unknown or not given:
        raise InputError(
            f"There is no scope {unknown[0]!r}." if unknown else "A key needs at least one scope.",
            field="scopes",
            remedy=f"Choose from: {', '.join(Scope)}.",
        )
    return frozenset(Scope(scope) for scope in given)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="replace")).hexdigest()


def _principal_of(row: Row[Any]) -> Principal:
    if row.revoked_at is not None:
        raise Unauthenticated("This API key was revoked.", remedy="Ask the operator for a new one.")
    return Principal(row.id, row.name, frozenset(Scope(scope) for scope in row.scopes))


def _key_of(row: ApiKeyRow) -> ApiKey:
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return ApiKey(row.id, row.name, row.prefix, scopes, row.created_at, row.revoked_at, row.partner)
