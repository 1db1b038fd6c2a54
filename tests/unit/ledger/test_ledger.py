from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from faircut.errors import Conflict, InputError, IntegrityError
from faircut.ledger import LedgerReport, SqlLedger
from faircut.ledger.canonical import canonical_json
from faircut.ledger.chain import GENESIS, event_hash
from faircut.store.blobs import BlobStore
from faircut.store.database import Database, open_database
from faircut.store.models import CatalogueStateRow, EventRow

COLUMNS = ("at", "kind", "subject", "actor", "payload", "previous", "hash", "key")
COUNT = 7


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'faircut.db'}")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> SqlLedger:
    return SqlLedger(database, tmp_path / "ledger.head")


def fill(ledger: SqlLedger, count: int = COUNT) -> None:
    for number in range(1, count + 1):
        ledger.append(
            "work.registered",
            f"work_{number}",
            {"title": f"Tïtle {number}", "n": number, "share": number / 3},
            actor="operator",
            key=f"key-{number}" if number % 2 else None,
        )


def tamper(tmp_path: Path, *statements: str | tuple[str, tuple[object, ...]]) -> None:
    with sqlite3.connect(tmp_path / "faircut.db") as connection:
        for statement in statements:
            connection.execute(*((statement,) if isinstance(statement, str) else statement))
    connection.close()


def seqs(report: LedgerReport) -> set[int | None]:
    return {problem.seq for problem in report.problems}


def test_events_chain_from_genesis_and_hash_covers_every_column(ledger: SqlLedger) -> None:
    first = ledger.append("party.registered", "party_1", {"name": "Ålesund Film"}, actor="cli")
    second = ledger.append("work.registered", "work_1", {"b": 1, "a": [True, None]}, actor="cli", key="once")
    assert (first.seq, second.seq) == (1, 2)
    assert first.previous == GENESIS
    assert second.previous == first.hash
    assert second.hash == event_hash(
        seq=2,
        at=second.at,
        kind="work.registered",
        subject="work_1",
        actor="cli",
        payload='{"a":[true,null],"b":1}',
        previous=first.hash,
        key="once",
    )
    report = ledger.verify()
    assert report.intact
    assert report.count == 2
    assert report.head is not None
    assert report.head.hash == second.hash


def test_same_key_returns_first_event_and_other_use_of_it_conflicts(ledger: SqlLedger) -> None:
    first = ledger.append("release", "d1", {"job": "a"}, actor="studio", key="release:a")
    assert ledger.append("release", "d1", {"job": "later"}, actor="studio", key="release:a") == first
    with pytest.raises(Conflict):
        ledger.append("release", "d2", {"job": "a"}, actor="studio", key="release:a")
    assert [event.seq for event in ledger.events()] == [1]
    assert ledger.find("release:a") == first
    assert ledger.find("release:b") is None


def test_append_in_commits_and_rolls_back_with_its_transaction(ledger: SqlLedger, database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        1 / len([ledger.append_in(session, "catalogue.changed", "x", {}, actor="a")][1:])
    assert list(ledger.events()) == []
    with database.write() as session:
        session.merge(CatalogueStateRow(id=1, revision=41))
        ledger.append_in(session, "catalogue.changed", "x", {"revision": 41}, actor="a")
        ledger.append_in(session, "catalogue.changed", "y", {"revision": 41}, actor="a")
    with database.read() as session:
        assert session.scalars(select(CatalogueStateRow.revision)).one() == 41
    assert [event.subject for event in ledger.events()] == ["x", "y"]
    assert ledger.verify().intact


def test_savepoint_that_is_rolled_back_leaves_no_head_ahead(ledger: SqlLedger, database: Database) -> None:
    fill(ledger, 2)
    with database.write() as session:
        with session.begin_nested() as savepoint:
            ledger.append_in(session, "k", "gone", {}, actor="a")
            savepoint.rollback()
        with session.begin_nested():
            ledger.append_in(session, "k", "kept", {}, actor="a")
    assert [event.subject for event in ledger.events()][-1] == "kept"
    assert ledger.verify().intact


def test_append_in_refuses_a_transaction_that_never_commits(ledger: SqlLedger, database: Database) -> None:
    with database.read() as session, pytest.raises(IntegrityError, match="read transaction"):
        ledger.append_in(session, "k", "s", {}, actor="a")


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": {1: 2}}, {"x": "\ud800"}, {"x": b"bytes"}])
def test_payload_that_is_not_json_is_refused(ledger: SqlLedger, payload: dict[str, object]) -> None:
    with pytest.raises(InputError):
        ledger.append("k", "s", payload, actor="a")
    assert list(ledger.events()) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_round_trips_and_does_not_depend_on_key_order(value: object) -> None:
    def turned(item: object) -> object:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(item)}
        return [turned(each) for each in item] if isinstance(item, list) else item

    try:
        text = canonical_json(value)
    except InputError:
        with pytest.raises(UnicodeEncodeError):
            json.dumps(value, ensure_ascii=False).encode()
        return
    assert json.loads(text) == value
    assert canonical_json(turned(value)) == text


def test_newest_events_and_filters(ledger: SqlLedger) -> None:
    fill(ledger, 600)
    assert [event.seq for event in ledger.events(limit=2)] == [599, 600]
    assert [event.seq for event in ledger.events(subject="work_17")] == [17]
    assert sum(1 for _ in ledger.events(kind="work.registered")) == 600
    assert list(ledger.events(kind="release")) == []


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger of COUNT events, to be copied and damaged."""
    folder = tmp_path_factory.mktemp("ledger")
    database = open_database(f"sqlite:///{folder / 'faircut.db'}")
    fill(SqlLedger(database, folder / "ledger.head"))
    database.close()
    with sqlite3.connect(folder / "faircut.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder


def verify_copy(folder: Path) -> LedgerReport:
    database = Database(f"sqlite:///{folder / 'faircut.db'}")
    try:
        return SqlLedger(database, folder / "ledger.head").verify()
    finally:
        database.close()


@settings(max_examples=90, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seq=st.integers(1, COUNT), column=st.sampled_from(COLUMNS), data=st.data())
def test_any_changed_byte_is_found_in_its_row(
    written: Path, tmp_path_factory: pytest.TempPathFactory, seq: int, column: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(written, folder, dirs_exist_ok=True)
    with sqlite3.connect(folder / "faircut.db") as connection:
        (stored,) = connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM events WHERE seq = ?', (seq,)).fetchone()
        if stored is None:
            changed = b"x"
        else:
            position = data.draw(st.integers(0, len(stored) - 1))
            flipped = stored[position] ^ data.draw(st.integers(1, 255))
            changed = stored[:position] + bytes([flipped]) + stored[position + 1 :]
        try:
            connection.execute(f'UPDATE events SET "{column}" = CAST(? AS TEXT) WHERE seq = ?', (changed, seq))
        except sqlite3.IntegrityError:
            return  # another event has that key: the table itself refuses it
    connection.close()
    report = verify_copy(folder)
    shutil.rmtree(folder)
    assert seqs(report) == {seq}
    if column in {"hash", "previous"}:
        assert report.problems[0].where == column
    else:
        assert column in report.problems[0].where


@settings(max_examples=40, deadline=None)
@given(seq=st.integers(1, COUNT), byte=st.integers(0, 7), flip=st.integers(1, 255))
def test_a_changed_number_is_found_and_named(
    written: Path, tmp_path_factory: pytest.TempPathFactory, seq: int, byte: int, flip: int
) -> None:
    other = int.from_bytes((seq ^ (flip << (8 * byte))).to_bytes(8, "big"), "big", signed=True)
    if 1 <= other <= COUNT:
        return  # the primary key refuses it
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(written, folder, dirs_exist_ok=True)
    tamper(folder, (("UPDATE events SET seq = ? WHERE seq = ?"), (other, seq)))
    report = verify_copy(folder)
    shutil.rmtree(folder)
    assert [(problem.seq, problem.where) for problem in report.problems] == [(seq, "seq")]
    assert report.problems[0].found == str(other)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["DELETE FROM events WHERE seq = 3"], {3}),
        (["DELETE FROM events WHERE seq = 1"], {1}),
        (["DELETE FROM events WHERE seq IN (3, 4, 6)"], {3, 6}),
        (["DELETE FROM events WHERE seq = 7"], {7}),
        (["DELETE FROM events WHERE seq > 4"], {5}),
        (["DELETE FROM events"], {1}),
        (
            [
                "UPDATE events SET seq = 100 WHERE seq = 3",
                "UPDATE events SET seq = 3 WHERE seq = 4",
                "UPDATE events SET seq = 4 WHERE seq = 100",
            ],
            {3, 4},
        ),
        (["UPDATE events SET payload = CAST(payload AS BLOB) WHERE seq = 2"], {2}),
        (["UPDATE events SET kind = 'x' WHERE seq = 2", "UPDATE events SET actor = 'y' WHERE seq = 6"], {2, 6}),
        (["DELETE FROM events WHERE seq = 2", "UPDATE events SET seq = seq - 1 WHERE seq > 2"], None),
    ],
)
def test_missing_reordered_and_cut_off_events_are_found(
    written: Path, tmp_path: Path, statements: list[str], expected: set[int] | None
) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    tamper(tmp_path, *statements)
    report = verify_copy(tmp_path)
    assert not report.intact
    if expected is not None:
        assert seqs(report) == expected
    else:
        assert min(seq for seq in seqs(report) if seq is not None) in (2, 3)


def rewrite(folder: Path, seq: int, *, following: bool) -> None:
    """What somebody with the code would do: change a row, and its hash; with ``following`` every later one too."""
    with sqlite3.connect(folder / "faircut.db") as connection:
        connection.row_factory = sqlite3.Row
        previous = None
        for row in connection.execute("SELECT * FROM events WHERE seq >= ? ORDER BY seq", (seq,)).fetchall():
            columns = dict(row)
            columns.pop("hash")
            if row["seq"] == seq:
                columns["actor"] = "somebody else"
            elif not following:
                break
            else:
                columns["previous"] = previous
            previous = event_hash(**columns)
            connection.execute(
                "UPDATE events SET actor = ?, previous = ?, hash = ? WHERE seq = ?",
                (columns["actor"], columns["previous"], previous, row["seq"]),
            )
    connection.close()


@pytest.mark.parametrize("seq", [1, 3, COUNT])
def test_a_row_replaced_with_a_fitting_hash_is_found(written: Path, tmp_path: Path, seq: int) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path, seq, following=False)
    assert seqs(verify_copy(tmp_path)) == {seq}


def test_a_chain_written_anew_does_not_fit_the_head(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path, 2, following=True)
    report = verify_copy(tmp_path)
    assert seqs(report) == {COUNT}
    assert report.problems[0].where == "hash"


def test_cut_tail_stays_found_after_new_events(ledger: SqlLedger, tmp_path: Path) -> None:
    fill(ledger)
    tamper(tmp_path, "DELETE FROM events WHERE seq > 4")
    assert seqs(ledger.verify()) == {5}
    for number in range(100, 100 + COUNT):
        ledger.append("k", f"s{number}", {}, actor="a")
    assert seqs(ledger.verify()) == {COUNT}


def test_head_behind_is_fine_and_head_gone_or_damaged_is_not(ledger: SqlLedger, tmp_path: Path) -> None:
    fill(ledger, 1)
    head = (tmp_path / "ledger.head").read_text()
    ledger.append("k", "s", {}, actor="a")
    (tmp_path / "ledger.head").write_text(head)
    assert ledger.verify().intact
    (tmp_path / "ledger.head").write_text("{}")
    assert [problem.where for problem in ledger.verify().problems] == ["ledger.head"]
    (tmp_path / "ledger.head").unlink()
    ledger.append("k", "t", {}, actor="a")
    assert not ledger.verify().intact
    ledger.adopt_head(actor="operator")
    assert ledger.verify().intact
    assert [event.kind for event in ledger.events(limit=1)] == ["ledger.head_adopted"]


def test_damaged_database_file_is_a_problem_not_a_crash(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    raw = bytearray((tmp_path / "faircut.db").read_bytes())
    with sqlite3.connect(tmp_path / "faircut.db") as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    raw[(page - 1) * size : (page - 1) * size + 64] = b"\xff" * 64
    (tmp_path / "faircut.db").write_bytes(raw)
    report = verify_copy(tmp_path)
    assert not report.intact


def test_released_files_are_checked_against_their_events(ledger: SqlLedger, tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "released")
    good, bad, gone, stray = (store.put_bytes(name) for name in (b"good", b"bad", b"gone", b"stray"))
    for digest in (good, bad, gone):
        ledger.append("release", digest, {}, actor="studio")
    store.path(bad).write_bytes(b"worse")
    store.delete(gone)
    report = ledger.verify(released=store.root)
    assert report.files == 2
    assert [(problem.seq, problem.expected) for problem in report.problems[:2]] == [(2, bad), (3, gone)]
    assert (report.problems[2].seq, report.problems[2].where) == (None, stray)
    assert len(report.problems) == 3
    (store.root / "incoming" / gone).write_bytes(b"gone")
    assert len(ledger.verify(released=store.root).problems) == 2


APPENDER = """
import sys
from pathlib import Path
from faircut.ledger import SqlLedger
from faircut.store.database import Database

folder, name = sys.argv[1:]
ledger = SqlLedger(Database(f"sqlite:///{folder}/faircut.db"), Path(folder) / "ledger.head")
for number in range(25):
    ledger.append("k", f"{name}-{number}", {"n": number}, actor=name)
    ledger.append("once", f"s-{number}", {}, actor=name, key=f"shared-{number}")
"""


def test_several_processes_append_to_one_chain(ledger: SqlLedger, tmp_path: Path) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", APPENDER, str(tmp_path), name]) for name in ("a", "b")]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    report = ledger.verify()
    assert report.intact
    assert report.count == 25 + 25 + 25
    head = json.loads((tmp_path / "ledger.head").read_text())
    assert head["seq"] == report.count


def test_more_writers_than_connections_do_not_starve(ledger: SqlLedger) -> None:
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(lambda number: ledger.append("k", f"s{number}", {}, actor="a"), range(120)))
    report = ledger.verify()
    assert report.intact
    assert report.count == 120


def test_rows_hold_the_hashed_text_byte_for_byte(ledger: SqlLedger, database: Database) -> None:
    ledger.append("k", "s", {"ä": "\u2028", "a": 1.5}, actor="a")
    with database.read() as session:
        assert session.scalars(select(EventRow.payload)).one() == '{"a":1.5,"ä":"\u2028"}'
