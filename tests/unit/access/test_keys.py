from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut.access import ApiKeys, Principal, Scope, require
from faircut.errors import Forbidden, InputError, NotFound, Unauthenticated
from faircut.ledger import SqlLedger
from faircut.store.database import open_database


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[ApiKeys]:
    database = open_database(f"sqlite:///{tmp_path / 'faircut.db'}")
    yield ApiKeys(database, SqlLedger(database, tmp_path / "ledger.head"))
    database.close()


def test_a_secret_is_shown_once_and_never_stored(keys: ApiKeys, tmp_path: Path) -> None:
    key, secret = keys.create("Partner A", ["generate", Scope.SCREEN], actor="admin")
    assert secret.startswith("fck_")
    assert len(secret) == 4 + 43
    assert secret.startswith(key.prefix)
    assert len(key.prefix) < 12
    assert keys.list() == (key,)
    stored = "".join(sqlite3.connect(tmp_path / "faircut.db").iterdump())
    assert secret not in stored
    assert key.prefix in stored
    assert (tmp_path / "faircut.db").exists()


def test_a_key_is_recognised_with_its_scopes_until_it_is_revoked(keys: ApiKeys) -> None:
    key, secret = keys.create("Partner A", ["generate"], actor="admin")
    other, other_secret = keys.create("Partner B", ["admin"], actor="admin")
    assert keys.authenticate(secret) == Principal(key.id, "Partner A", frozenset({Scope.GENERATE}))
    revoked = keys.revoke(key.id, actor="admin")
    assert revoked.revoked_at is not None
    assert keys.revoke(key.id, actor="admin") == revoked
    with pytest.raises(Unauthenticated, match="revoked"):
        keys.authenticate(secret)
    assert keys.authenticate(other_secret).id == other.id
    with pytest.raises(NotFound):
        keys.revoke("key_unknown", actor="admin")


@pytest.mark.parametrize("secret", ["", "fck_", "fck_" + "a" * 43, "\ud800", "x" * 100_000, "' OR 1=1 --"])
def test_what_is_no_key_is_refused_in_the_same_words(keys: ApiKeys, secret: str) -> None:
    keys.create("Partner A", ["generate"], actor="admin")
    with pytest.raises(Unauthenticated, match="not known"):
        keys.authenticate(secret)


def test_a_hash_taken_from_the_database_is_no_key(keys: ApiKeys, tmp_path: Path) -> None:
    keys.create("Partner A", ["generate"], actor="admin")
    (digest,) = sqlite3.connect(tmp_path / "faircut.db").execute("SELECT hash FROM api_keys").fetchone()
    with pytest.raises(Unauthenticated):
        keys.authenticate(digest)


def test_names_and_scopes_are_checked(keys: ApiKeys) -> None:
    for name, scopes, field in (
        ("", ["admin"], "name"),
        ("x" * 201, ["admin"], "name"),
        ("a\x00b", ["admin"], "name"),
        ("a", [], "scopes"),
        ("a", ["root"], "scopes"),
    ):
        with pytest.raises(InputError) as caught:
            keys.create(name, scopes, actor="admin")
        assert caught.value.field == field
    assert keys.list() == ()
    with pytest.raises(InputError, match="catalogue:write"):
        keys.create("a", ["root"], actor="admin")


def test_keys_of_a_partner_carry_its_name_as_the_first_has_it(keys: ApiKeys) -> None:
    made = [keys.create("a", ["screen"], partner=name, actor="x")[0] for name in ("North Pictures", "NORTH\n pictures")]
    made.append(keys.create("a", ["screen"], actor="x")[0])
    assert [each.partner for each in made] == ["North Pictures", "North Pictures", None]
    assert [each.partner for each in keys.list()] == [each.partner for each in made]
    for name in ("", " ", "x" * 201, "a\x00b"):
        with pytest.raises(InputError) as caught:
            keys.create("a", ["screen"], partner=name, actor="x")
        assert caught.value.field == "partner"


def test_creation_and_revocation_are_in_the_ledger(keys: ApiKeys, tmp_path: Path) -> None:
    key, secret = keys.create("Partner A", ["generate"], partner="North", actor="anna")
    keys.revoke(key.id, actor="ben")
    keys.revoke(key.id, actor="ben")
    database = open_database(f"sqlite:///{tmp_path / 'faircut.db'}")
    events = list(SqlLedger(database, tmp_path / "ledger.head").events(subject=key.id))
    assert [(event.kind, event.actor) for event in events] == [
        ("access.key.created", "anna"),
        ("access.key.revoked", "ben"),
    ]
    assert secret[12:] not in str(events)
    assert events[0].payload["partner"] == "North"
    database.close()


def test_scopes_open_what_they_name_and_admin_opens_all() -> None:
    screener = Principal("key_1", "Screener", frozenset({Scope.SCREEN}))
    require(screener, Scope.SCREEN)
    require(screener, "generate", "screen")
    with pytest.raises(Forbidden, match="catalogue:write"):
        require(screener, "catalogue:write")
    assert screener.sees_only == "key_1"
    admin = Principal("key_2", "Admin", frozenset({Scope.ADMIN}))
    for scope in Scope:
        require(admin, scope)
    assert admin.sees_only is None
    with pytest.raises(ValueError, match="root"):
        require(screener, "root")
