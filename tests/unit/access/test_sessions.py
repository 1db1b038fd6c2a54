from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.access import LOCAL_OPERATOR, ApiKeys, Sessions
from faircut.errors import IntegrityError, Unauthenticated
from faircut.ledger import SqlLedger
from faircut.store.database import open_database


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[ApiKeys]:
    database = open_database(f"sqlite:///{tmp_path / 'faircut.db'}")
    yield ApiKeys(database, SqlLedger(database, tmp_path / "ledger.head"))
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, keys: ApiKeys, clock: Clock) -> Sessions:
    return Sessions(tmp_path / "session.key", keys, clock=clock)


def test_a_key_opens_a_session_that_does_not_hold_its_secret(sessions: Sessions, keys: ApiKeys) -> None:
    key, secret = keys.create("Anna", ["generate"], actor="admin")
    session = sessions.open_with_key(secret)
    assert sessions.principal(session.value) == keys.authenticate(secret)
    body = base64.urlsafe_b64decode(session.value.partition(".")[0] + "==")
    assert key.id.encode() in body
    assert secret.encode() not in body
    cookie = session.cookie(secure=True)
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "strict"


def test_revoking_the_key_ends_its_sessions_and_no_others(sessions: Sessions, keys: ApiKeys) -> None:
    key, secret = keys.create("Anna", ["generate"], actor="admin")
    _, other = keys.create("Ben", ["generate"], actor="admin")
    mine, theirs = sessions.open_with_key(secret), sessions.open_with_key(other)
    keys.revoke(key.id, actor="admin")
    with pytest.raises(Unauthenticated):
        sessions.principal(mine.value)
    assert sessions.principal(theirs.value).name == "Ben"
    with pytest.raises(Unauthenticated):
        sessions.open_with_key(secret)


def test_a_session_expires(sessions: Sessions, clock: Clock) -> None:
    session = sessions.open(LOCAL_OPERATOR, seconds=60)
    clock.time += 59
    assert sessions.principal(session.value) == LOCAL_OPERATOR
    clock.time += 1
    with pytest.raises(Unauthenticated):
        sessions.principal(session.value)


def test_logging_out_ends_that_session_only(sessions: Sessions) -> None:
    one, two = sessions.open(LOCAL_OPERATOR), sessions.open(LOCAL_OPERATOR)
    sessions.close(one.value)
    sessions.close("nonsense")
    with pytest.raises(Unauthenticated):
        sessions.principal(one.value)
    assert sessions.principal(two.value) == LOCAL_OPERATOR


def test_a_login_token_is_good_once_and_for_a_while(sessions: Sessions, clock: Clock) -> None:
    token = sessions.issue_login_token()
    assert sessions.principal(sessions.open_with_token(token).value) == LOCAL_OPERATOR
    with pytest.raises(Unauthenticated, match="used already"):
        sessions.open_with_token(token)
    late = sessions.issue_login_token()
    clock.time += 15 * 60
    with pytest.raises(Unauthenticated):
        sessions.open_with_token(late)
    with pytest.raises(Unauthenticated):
        sessions.open_with_token("")


def test_claims_cannot_be_changed(sessions: Sessions) -> None:
    value = sessions.open(LOCAL_OPERATOR).value
    body, _, signature = value.partition(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["exp"] += 10_000
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    for wrong in (f"{forged}.{signature}", body, f"{body}.", f".{signature}", f"{value}A", value + ".x"):
        with pytest.raises(Unauthenticated):
            sessions.principal(wrong)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.one_of(st.text(), st.text("abc.-_=\ud800é")))
def test_no_text_opens_a_session(sessions: Sessions, value: str) -> None:
    with pytest.raises(Unauthenticated):
        sessions.principal(value)
    with pytest.raises(Unauthenticated):
        sessions.open_with_token(value)


def test_the_secret_is_the_folders_own_and_private(tmp_path: Path, keys: ApiKeys) -> None:
    path = tmp_path / "session.key"
    first = Sessions(path, keys)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    again = Sessions(path, keys)
    assert path.stat().st_mode & 0o777 == 0o600
    session = first.open(LOCAL_OPERATOR)
    assert again.principal(session.value) == LOCAL_OPERATOR
    stranger = Sessions(tmp_path / "other.key", keys)
    with pytest.raises(Unauthenticated):
        stranger.principal(session.value)
    path.write_bytes(b"short")
    with pytest.raises(IntegrityError):
        Sessions(path, keys)
    assert sorted(each.name for each in tmp_path.iterdir() if "key" in each.name) == ["other.key", "session.key"]
