"""Named arrays in one file, read through memory mapping: the safetensors format, for arrays of numbers and one text.

Format: https://huggingface.co/docs/safetensors. A file is written aside, synced and renamed, so that it is whole or not
there; nothing in it is executed when it is read.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.errors import StorageError

AnyArray = npt.NDArray[Any]

_TYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1"}
_NAMES = {np.dtype(spelled): name for name, spelled in _TYPES.items()}
_ALIGNMENT = 64


def write_arrays(path: Path, arrays: Mapping[str, AnyArray], metadata: Mapping[str, str]) -> None:
    """Writes the file, replacing one of that name. Raises OSError."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    start = 0
    # Wide types first, so that every array begins at a multiple of its own width.
    ordered = sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize)
    for name, array in ordered:
        header[name] = {
            "dtype": _NAMES[array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for _, array in ordered:
            file.write(np.ascontiguousarray(array).data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def read_arrays(path: Path) -> tuple[dict[str, AnyArray], dict[str, str]]:
    """The arrays, read-only and not read until they are used, and the metadata. Raises StorageError, OSError."""
    try:
        # A plain array over the mapping: slices of it are many times cheaper than slices of a memmap.
        raw = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        size = struct.unpack("<Q", raw[:8].tobytes())[0]
        header = json.loads(raw[8 : 8 + size].tobytes())
        metadata = header.pop("__metadata__", {})
        arrays = {}
        for name, entry in header.items():
            start, end = (8 + size + offset for offset in entry["data_offsets"])
            if end > len(raw):
                raise ValueError(f"{name} is cut short")
            arrays[name] = raw[start:end].view(_TYPES[entry["dtype"]]).reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise StorageError(f"{path.name} is damaged: {error}.", remedy="Delete it; it is made anew.") from error
    return arrays, metadata


__all__ = ["AnyArray", "read_arrays", "write_arrays"]
