"""Connections, transactions and migrations. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from faircut.errors import StorageError

MIGRATIONS = Path(__file__).parent / "migrations"


def now() -> str:
    """The present as ISO 8601 in UTC with microseconds, the form of every stored time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Database:
    """One database. ``read()`` and ``write()`` open short transactions; every change goes through ``write()``.

    ``local``: it is a file of this machine (SQLite), which answers a short read at once.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.local = url.startswith("sqlite")
        # Writers wait for one another, each with a connection: there must be one left for whoever only reads.
        self.engine = create_engine(url, **({"pool_size": 16, "max_overflow": 48} if self.local else {}))
        self._sqlite = self.engine.dialect.name == "sqlite"
        if self._sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(faircut_write=True)
        self._glancing = self.engine.execution_options(faircut_glance=True)

    def migrate(self) -> None:
        """Brings the schema to the newest revision. Safe to call at every start, from several processes."""
        config = alembic.config.Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        head = ScriptDirectory.from_config(config).get_current_head()
        with self.engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == head:
                return
        with self.engine.connect().execution_options(faircut_write=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot. Whatever it changes is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for one SELECT of columns: a quarter of what :meth:`read` costs, for what is asked all the time.

        On SQLite a single statement needs no transaction around it to see one consistent snapshot.
        """
        with self._glancing.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back on any exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that read-then-write is atomic.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: _begin_sqlite decides between BEGIN and BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("faircut_glance"):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("faircut_write") else "BEGIN")


@contextmanager
def storage_faults(place: Path) -> Iterator[None]:
    """Turns what the database and the file system raise in the block into StorageError, which names ``place``."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of our output has gone, which is no fault of the storage
    except (DatabaseError, OSError) as error:
        what = error.strerror if isinstance(error, OSError) else error.orig
        raise StorageError(
            f"Something could not be read or written: {what or error}.",
            field=str(place),
            remedy="Look for space, permissions and other programs that hold the data folder; then try again.",
        ) from error


def open_database(url: str) -> Database:
    """A Database with its schema up to date."""
    database = Database(url)
    database.migrate()
    return database


__all__ = ["MIGRATIONS", "Database", "Engine", "now", "open_database", "storage_faults"]
