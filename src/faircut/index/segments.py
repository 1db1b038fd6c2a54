"""A folder of segments: immutable files of rows and tables, and a manifest that says which of them count.

    manifest     SHA-256 of what follows, in hex, and a newline; then JSON: format, algorithm, scheme and parameters,
                 generation, segments (file, length, digest of its header), tombstones (catalogue numbers of what a
                 segment holds and the catalogue no longer has)
    NAME.seg     a segment, see :mod:`faircut.index.segment_file`
    lock         held by the one process that writes
    *.tmp        being written; swept by the next writer

A file is written under another name, synced, renamed, and the folder synced, first segments, then the manifest:
whenever power or process ends, the manifest names either the old state or the new one, and everything that it names is
whole. Files that no manifest names are swept by the next writer. Readers keep what they have mapped.

All of it is derived from the catalogue and may be deleted at any time, even while it is in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from faircut.index.rows import Part, Rows, Scheme
from faircut.index.segment_file import DamagedSegment, Written, map_arrays, write_arrays, write_synced
from faircut.store.blobs import fsync_folder

FORMAT = "faircut-index-v1"
_MANIFEST = "manifest"
_LOCK = "lock"
_SEGMENT = ".seg"
_TEMPORARY = ".tmp"
_TABLE = "table."
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Named:
    """A segment as the manifest names it."""

    file: str
    written: Written


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which segments count. ``generation`` grows by one with each."""

    generation: int = 0
    segments: tuple[Named, ...] = ()
    tombstones: frozenset[int] = field(default_factory=frozenset)


class SegmentFolder:
    """The segments of one algorithm under one scheme. Any process may read; :meth:`writing` admits one at a time."""

    def __init__(self, root: Path, algorithm: str, scheme: Scheme) -> None:
        self.folder = root / f"{algorithm}.{scheme.name}"
        self._algorithm = algorithm
        self._scheme = scheme

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes whenever the manifest does; None where there is none."""
        try:
            status = (self.folder / _MANIFEST).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def manifest(self) -> Manifest:
        """The manifest as it stands; an empty one where there is none, or none that can be used."""
        try:
            digest, _, body = (self.folder / _MANIFEST).read_bytes().partition(b"\n")
        except OSError:
            return Manifest()
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return Manifest()
        content = json.loads(body)
        if any(content.get(key) != value for key, value in self._identity().items()):
            return Manifest()
        return Manifest(
            generation=content["generation"],
            segments=tuple(
                Named(each["file"], Written(each["bytes"], each["header_sha256"])) for each in content["segments"]
            ),
            tombstones=frozenset(content["tombstones"]),
        )

    def open(self, named: Named) -> Part:
        """Raises DamagedSegment, and OSError when the file is not there (any more) or cannot be read."""
        arrays = map_arrays(self.folder / named.file, named.written)
        try:
            rows = Rows(
                ids=tuple(json.loads(arrays["ids"].tobytes())),
                seqs=arrays["seqs"],
                starts=arrays["starts"],
                durations=arrays["durations"],
                codes=arrays["codes"],
                times=arrays["times"],
                quality=arrays["quality"],
            )
        except KeyError as error:
            raise DamagedSegment(f"{named.file} lacks {error}") from error
        tables = {name.removeprefix(_TABLE): each for name, each in arrays.items() if name.startswith(_TABLE)}
        return Part(rows, self._scheme, tables)

    @contextmanager
    def writing(self, timeout: float = 0.0) -> Iterator[Writer | None]:
        """The right to write, for the length of the block; None when another holds it for ``timeout`` seconds.

        Raises OSError when the folder cannot be written.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("ab") as file:
            if not _locked(file, timeout):
                yield None
                return
            writer = Writer(self)
            writer.sweep()
            yield writer

    def _identity(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "algorithm": self._algorithm,
            "scheme": self._scheme.name,
            "parameters": dict(self._scheme.parameters),
            "code_bytes": self._scheme.code_bytes,
        }

    def encoded(self, manifest: Manifest) -> bytes:
        """A manifest as it is written."""
        content = {
            **self._identity(),
            "generation": manifest.generation,
            "segments": [
                {"file": each.file, "bytes": each.written.bytes, "header_sha256": each.written.header_sha256}
                for each in manifest.segments
            ],
            "tombstones": sorted(manifest.tombstones),
        }
        body = json.dumps(content, separators=(",", ":")).encode()
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


class Writer:
    """Writes segments and manifests. Made by :meth:`SegmentFolder.writing` only."""

    def __init__(self, owner: SegmentFolder) -> None:
        self._owner = owner
        self._folder = owner.folder

    def sweep(self) -> None:
        """Removes what no manifest names: left by a writer that was killed, or replaced."""
        named = {each.file for each in self._owner.manifest().segments}
        for path in self._folder.iterdir():
            if path.suffix == _TEMPORARY or (path.suffix == _SEGMENT and path.name not in named):
                path.unlink(missing_ok=True)

    def write(self, part: Part) -> Named:
        """Writes a part as a segment that no manifest names yet. Raises OSError."""
        rows = part.rows
        arrays: dict[str, npt.NDArray[Any]] = {
            "ids": np.frombuffer(json.dumps(rows.ids).encode(), np.uint8),
            "seqs": rows.seqs,
            "starts": rows.starts,
            "durations": rows.durations,
            "codes": rows.codes,
            "times": rows.times,
            "quality": rows.quality,
            **{_TABLE + name: each for name, each in part.tables.items()},
        }
        name = secrets.token_hex(8) + _SEGMENT
        temporary = self._folder / (name + _TEMPORARY)
        written = write_arrays(temporary, arrays)
        temporary.replace(self._folder / name)
        fsync_folder(self._folder)
        return Named(name, written)

    def publish(self, segments: Sequence[Named], tombstones: frozenset[int]) -> Manifest:
        """Makes these the segments that count, and removes all others. Raises OSError."""
        manifest = Manifest(self._owner.manifest().generation + 1, tuple(segments), tombstones)
        temporary = self._folder / (_MANIFEST + _TEMPORARY)
        write_synced(temporary, [self._owner.encoded(manifest)])
        temporary.replace(self._folder / _MANIFEST)
        fsync_folder(self._folder)
        self.sweep()
        return manifest


def _locked(file: IO[bytes], timeout: float) -> bool:
    """Whether the lock was had within ``timeout`` seconds. The kernel lets go of it when the file is closed."""
    until = time.monotonic() + timeout
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL_S)
