"""A catalogue on a real database and blob store, with an extractor whose work can be counted and made to fail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faircut.catalogue import Catalogue
from faircut.domain import Asset, Event, Fingerprint, MediaKind
from faircut.errors import UnreadableMedia
from faircut.protocols import Progress, no_progress
from faircut.store.blobs import BlobStore
from faircut.store.database import Database, now, open_database
from faircut.store.models import EventRow

SUFFIXES = {".mp4": MediaKind.VIDEO, ".png": MediaKind.IMAGE, ".wav": MediaKind.AUDIO}


class RowLedger:
    """Writes events as rows in the caller's transaction, so that a rollback takes them along. Not chained."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.fail_on: str | None = None

    def append_in(
        self,
        session: Session,
        kind: str,
        subject: str,
        payload: Mapping[str, Any],
        *,
        actor: str,
        key: str | None = None,
    ) -> Event:
        if kind == self.fail_on:
            raise OSError("disk full")
        seq = (session.scalar(select(func.max(EventRow.seq))) or 0) + 1
        row = EventRow(
            seq=seq,
            at=now(),
            kind=kind,
            subject=subject,
            actor=actor,
            payload=json.dumps(payload),
            previous="",
            hash=str(seq),
            key=key,
        )
        session.add(row)
        return Event(seq, row.at, kind, subject, actor, payload, "", row.hash)

    def append(
        self, kind: str, subject: str, payload: Mapping[str, Any], *, actor: str, key: str | None = None
    ) -> Event:
        with self.database.write() as session:
            return self.append_in(session, kind, subject, payload, actor=actor, key=key)

    def events(self, *, subject: str | None = None, kind: str | None = None, limit: int | None = None) -> list[Event]:
        with self.database.read() as session:
            rows = session.scalars(select(EventRow).order_by(EventRow.seq))
            return [
                Event(row.seq, row.at, row.kind, row.subject, row.actor, json.loads(row.payload), "", row.hash)
                for row in rows
                if subject in (None, row.subject) and kind in (None, row.kind)
            ]

    def find(self, key: str) -> Event | None:
        return None

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]


@dataclass
class ByteExtractor:
    """Fingerprints made from the bytes: one code a 64 bytes. Files that start with "broken" do not decode."""

    version: str = "bytes-v1"
    seconds: float = 30.0
    calls: list[str] = field(default_factory=list)
    failure: BaseException | None = None

    def extract(
        self, path: Path, kind: MediaKind, *, label: str, progress: Progress = no_progress
    ) -> Mapping[str, Fingerprint]:
        self.calls.append(label)
        data = path.read_bytes()
        if self.failure is not None:
            raise self.failure
        if data.startswith(b"broken"):
            raise UnreadableMedia("It does not decode.", field=label, remedy="Send another.")
        progress(0.5, "decoding")
        if data.startswith(b"blank"):
            return {"pdq-v1": fingerprint("pdq-v1", np.zeros((0, 32), np.uint8), self.seconds)}
        codes = np.frombuffer(data.ljust(64, b"\0")[:64], np.uint8).reshape(2, 32)
        found = {"pdq-v1": fingerprint("pdq-v1", codes, self.seconds)}
        if kind is not MediaKind.IMAGE:
            found["chroma-v1"] = fingerprint("chroma-v1", codes.reshape(16, 4), self.seconds)
        return found


def fingerprint(algorithm: str, codes: np.ndarray[Any, np.dtype[np.uint8]], seconds: float) -> Fingerprint:
    count = len(codes)
    return Fingerprint(algorithm, codes, np.arange(count, dtype=np.float32), np.full(count, 80, np.uint8), seconds)


def sniff(path: Path, label: str) -> Asset:
    data = path.read_bytes()
    if path.suffix not in SUFFIXES:
        raise UnreadableMedia("It is no media.", field=label, remedy="Send another.")
    return Asset(label, SUFFIXES[path.suffix], hashlib.sha256(data).hexdigest(), len(data), path=path)


@dataclass
class Home:
    """Everything that a test needs to reach."""

    catalogue: Catalogue
    ledger: RowLedger
    extractor: ByteExtractor
    blobs: BlobStore
    files: Path

    def file(self, name: str, data: bytes | None = None) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() if data is None else data)
        return path


def make_home(folder: Path) -> Home:
    database = open_database(f"sqlite:///{folder / 'faircut.db'}")
    ledger, extractor, blobs = RowLedger(database), ByteExtractor(), BlobStore(folder / "references")
    files = folder / "files"
    files.mkdir()
    return Home(Catalogue(database, ledger, blobs, extractor, sniff), ledger, extractor, blobs, files)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    yield made
    made.catalogue.database.close()


@pytest.fixture
def second_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = make_home(tmp_path_factory.mktemp("second"))
    yield made
    made.catalogue.database.close()
