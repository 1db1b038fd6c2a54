"""Content-addressed files: a blob's name is the SHA-256 of its bytes, so a blob can never change under its name."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faircut.errors import IntegrityError, NotFound

_CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync_folder(folder: Path) -> None:
    """Makes renames in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class BlobStore:
    """A folder of blobs. Writing is atomic and durable: temporary file, fsync, rename."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where a blob lies or would lie. Raises NotFound when ``digest`` is no SHA-256."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound(f"{digest!r} is not a SHA-256.", remedy="Use the 64 hex digits that the service returned.")
        return self.root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def open(self, digest: str) -> Path:
        """The path of an existing blob. Raises NotFound."""
        path = self.path(digest)
        if not path.is_file():
            raise NotFound(f"No stored file {digest[:12]}….", remedy="It may have been removed; look at the ledger.")
        return path

    def put_bytes(self, data: bytes) -> str:
        """Stores bytes and returns their digest."""
        with self._incoming() as temporary:
            temporary.write_bytes(data)
            return self._keep(temporary, hashlib.sha256(data).hexdigest())

    def put_file(self, source: Path) -> str:
        """Stores a copy of a file and returns the digest of what was stored."""
        with self._incoming() as temporary:
            digest = hashlib.sha256()
            with source.open("rb") as reader, temporary.open("wb") as writer:
                while chunk := reader.read(_CHUNK):
                    digest.update(chunk)
                    writer.write(chunk)
            return self._keep(temporary, digest.hexdigest())

    def delete(self, digest: str) -> bool:
        """Removes a blob; False when there was none."""
        path = self.path(digest)
        if not path.exists():
            return False
        path.unlink()
        fsync_folder(path.parent)
        return True

    def digests(self) -> Iterator[str]:
        """All blobs, in order of name."""
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                yield from sorted(path.name for path in folder.iterdir())

    def verify(self, digest: str) -> None:
        """Raises IntegrityError when a blob's bytes are not those of its name."""
        if sha256_file(self.open(digest)) != digest:
            raise IntegrityError(
                f"The stored file {digest} has changed on disk.", remedy="Restore it from a backup; do not serve it."
            )

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        folder = self.root / "incoming"
        folder.mkdir(exist_ok=True)
        temporary = folder / secrets.token_hex(16)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _keep(self, temporary: Path, digest: str) -> str:
        target = self.path(digest)
        if target.exists():
            # Its age is that of the last time that somebody brought it.
            target.touch()
        else:
            target.parent.mkdir(exist_ok=True)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(target)
            fsync_folder(target.parent)
        return digest
