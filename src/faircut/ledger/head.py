"""The head checkpoint: a small file beside the database that remembers how far the ledger had come.

A chain of hashes cannot show that its last links were cut off. The file can: it holds the number and the hash of
an event that was committed. It may lag behind the table (a crash between commit and write), never run ahead of it,
so a head beyond the table's end means that the end is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faircut.errors import IntegrityError
from faircut.ledger.chain import GENESIS


@dataclass(frozen=True, slots=True)
class Head:
    """``seq`` and ``hash`` of the newest event that was on record; 0 and 64 zeros before the first."""

    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


class HeadFile:
    """Reads and atomically replaces the checkpoint. ``locked()`` keeps writers of all processes apart."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Head | None:
        """The checkpoint, or None when there is no file. Raises IntegrityError when it is not a checkpoint."""
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise self._damaged() from error
        if not (
            isinstance(data, dict)
            and type(data.get("seq")) is int
            and data["seq"] >= 0
            and isinstance(data.get("hash"), str)
        ):
            raise self._damaged()
        return Head(data["seq"], data["hash"])

    def write(self, head: Head) -> None:
        """Replaces the checkpoint in one rename."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump({"hash": head.hash, "seq": head.seq}, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds an advisory lock on ``<file>.lock`` for the length of the block."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f"{self.path.name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _damaged(self) -> IntegrityError:
        return IntegrityError(
            f"The ledger's head file {self.path.name} does not hold a checkpoint.",
            field=str(self.path),
            remedy="Restore it from a backup, or accept the present end of the ledger as its head.",
        )
