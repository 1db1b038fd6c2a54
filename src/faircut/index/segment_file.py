"""Files of arrays that are written once, checked when they are opened, and mapped: ``faircut-segment-v1``.

    magic        8 bytes, b"fcseg-v1"
    length       uint64, little-endian: bytes of the header
    header       JSON: format, and for each array name, dtype (little-endian), shape, offset, CRC-32; the file's length
    arrays       raw, each beginning at a multiple of 4096 bytes

Nothing in it is executed or unpickled. The header's SHA-256 is kept by whoever names the file, so that the file cannot
be taken for another; CRC-32 finds damage of the arrays at the speed at which a disk reads.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.index.rows import Arrays

FORMAT = "faircut-segment-v1"
_MAGIC = b"fcseg-v1"
_PAGE = 4096
_CHUNK = 1 << 20
_MOST_AT_ONCE = 1 << 30

Buffer = bytes | memoryview


class DamagedSegment(Exception):
    """The bytes are not those that were written. Whoever opens segments drops it and takes its content elsewhere."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a file must be to be believed."""

    bytes: int
    header_sha256: str


def write_arrays(path: Path, arrays: Arrays) -> Written:
    """Writes a new file and syncs it; its name is not yet durable. Raises OSError, FileExistsError."""
    offset = _PAGE
    described = []
    plain: list[npt.NDArray[Any]] = []
    for name, array in arrays.items():
        flat = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
        plain.append(flat)
        crc = zlib.crc32(_bytes_of(flat))
        described.append(
            {"name": name, "dtype": flat.dtype.str, "shape": list(array.shape), "offset": offset, "crc32": crc}
        )
        offset = _aligned(offset + flat.nbytes)
    header = json.dumps({"format": FORMAT, "bytes": offset, "arrays": described}, separators=(",", ":")).encode()
    if len(_MAGIC) + 8 + len(header) > _PAGE:
        raise ValueError("too many arrays for one segment")
    pieces: list[Buffer] = [(_MAGIC + len(header).to_bytes(8, "little") + header).ljust(_PAGE, b"\0")]
    for flat in plain:
        pieces += [_bytes_of(flat), b"\0" * (_aligned(flat.nbytes) - flat.nbytes)]
    write_synced(path, pieces)
    return Written(offset, hashlib.sha256(header).hexdigest())


def write_synced(path: Path, pieces: Iterable[Buffer]) -> None:
    """Writes a new file and waits until its bytes are on the disk. Raises OSError, FileExistsError."""
    with path.open("xb", buffering=0) as file:
        for piece in pieces:
            view = memoryview(piece)
            while len(view):
                view = view[os.write(file.fileno(), view[:_MOST_AT_ONCE]) :]
        os.fsync(file.fileno())


def map_arrays(path: Path, expected: Written) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file, mapped and read-only, after a look at every byte.

    Raises DamagedSegment when it is not the file that was written, OSError when it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != expected.bytes or expected.bytes < _PAGE:
            raise DamagedSegment(f"{path.name} has another length")
        described = _header(file.read(_PAGE), expected, path.name)
        for each in described:
            _check(file.fileno(), each, path.name)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for each in described:
        count = int(np.prod(each["shape"], dtype=np.int64))
        flat = np.frombuffer(mapped, each["dtype"], count, each["offset"]) if count else np.empty(0, each["dtype"])
        arrays[each["name"]] = flat.reshape(each["shape"])
    return arrays


def _header(page: bytes, expected: Written, name: str) -> list[dict[str, Any]]:
    length = int.from_bytes(page[len(_MAGIC) : len(_MAGIC) + 8], "little")
    header = page[len(_MAGIC) + 8 : len(_MAGIC) + 8 + length]
    # The header that was written is believed as it stands: its digest comes from the manifest.
    if page[: len(_MAGIC)] != _MAGIC or hashlib.sha256(header).hexdigest() != expected.header_sha256:
        raise DamagedSegment(f"{name} has another header")
    arrays: list[dict[str, Any]] = json.loads(header)["arrays"]
    return arrays


def _check(file: int, described: dict[str, Any], name: str) -> None:
    offset = int(described["offset"])
    left = int(np.prod(described["shape"], dtype=np.int64)) * np.dtype(described["dtype"]).itemsize
    crc = 0
    while left:
        block = os.pread(file, min(left, _CHUNK), offset)
        if not block:
            raise DamagedSegment(f"{name} ends too early")
        crc = zlib.crc32(block, crc)
        offset += len(block)
        left -= len(block)
    if crc != described["crc32"]:
        raise DamagedSegment(f"{name}: {described['name']} has changed on disk")


def _bytes_of(array: npt.NDArray[Any]) -> memoryview:
    flat: Any = array.reshape(-1).view(np.uint8) if array.size else b""
    return memoryview(flat)


def _aligned(offset: int) -> int:
    return -(-offset // _PAGE) * _PAGE
