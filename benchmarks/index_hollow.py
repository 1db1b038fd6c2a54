"""Indexes larger than the disk: segments without the points that nobody compares.

Of local features four fifths of a segment are the points of all moments, of which a look-up reads nothing, and what
follows it only those of the moments that it names. So, once a segment of made-up films is written, these rows are given
back to the file system (a hole, as fallocate(2) punches it), and those that a query comes across are made up again and
put back, before time is taken: what is measured reads what it would have read, from where it would have stood.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.index import segment_file
from faircut.index.rows import Part
from faircut.index.segments import Named, SegmentFolder, Writer
from faircut.index.store import Entry
from faircut.index.views import View

_PUNCH_HOLE = 0x03
"""FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of fallocate(2)."""
_PAGE = 4096
_PREFACE = 16
_CODES = "codes"

Made = Callable[[int, int, int], npt.NDArray[np.uint8]]
"""(n, bytes): the codes of the film of a number, from one row up to another."""


def codes_of(path: Path) -> tuple[int, int]:
    """Where the codes of a segment begin, and how many bytes they are."""
    with path.open("rb") as file:
        page = file.read(_PAGE)
    header = json.loads(page[_PREFACE : _PREFACE + int.from_bytes(page[8:_PREFACE], "little")])
    codes = next(each for each in header["arrays"] if each["name"] == _CODES)
    return int(codes["offset"]), int(np.prod(codes["shape"], dtype=np.int64))


def punch(path: Path, first: int) -> None:
    """Gives back the codes of a segment from the byte ``first`` of them on. Raises OSError."""
    offset, size = codes_of(path)
    begin = -(-(offset + first) // _PAGE) * _PAGE
    length = (offset + size) // _PAGE * _PAGE - begin
    if length <= 0:
        return
    library = ctypes.CDLL(None, use_errno=True)
    with path.open("r+b") as file:
        if library.fallocate(file.fileno(), _PUNCH_HOLE, ctypes.c_long(begin), ctypes.c_long(length)):
            raise OSError(ctypes.get_errno(), "no hole can be punched here", str(path))


@contextmanager
def unchecked() -> Iterator[None]:
    """Within, codes of segments may differ from their checksum; all else is checked."""
    plain = segment_file._check

    def check(file: int, described: dict[str, Any], name: str) -> None:
        if described["name"] != _CODES:
            plain(file, described, name)

    with _instead(segment_file, "_check", check):
        yield


@contextmanager
def hollowing(keep: str) -> Iterator[None]:
    """Within, each segment loses its codes once it is written, but for those of the reference ``keep``."""
    write = Writer.write

    def hollow(self: Writer, part: Part) -> Named:
        named = write(self, part)
        rows = part.rows
        ends = [int(rows.starts[number + 1]) for number, name in enumerate(rows.ids) if name == keep]
        punch(self._folder / named.file, max(ends, default=0) * rows.codes.shape[1])
        return named

    with unchecked(), _instead(Writer, "write", hollow):
        yield


class Restored:
    """Puts back what queries ask for."""

    def __init__(self, home: SegmentFolder, made: Made, keep: str) -> None:
        self._made = made
        self._keep = keep
        self._scheme = home.folder.suffix.removeprefix(".")
        self._known: set[tuple[str, int, int]] = set()
        self._places: dict[str, tuple[Path, int]] = {}
        for named in home.manifest().segments:
            path = home.folder / named.file
            offset, _ = codes_of(path)
            with unchecked():
                rows = home.open(named).rows
            for number, name in enumerate(rows.ids):
                self._places[name] = path, offset + int(rows.starts[number]) * rows.codes.shape[1]
        self._fresh = 0

    def settle(self, ask: Callable[[], object]) -> None:
        """Asks again and again until all that is read stands where it is read."""
        with self._watching():
            while True:
                self._fresh = 0
                ask()
                if not self._fresh:
                    return

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Within, entries of views put back those of their codes that are read."""
        entry = View.entry

        def watched(view: View[Any], number: int) -> Entry:
            found = entry(view, number)
            name = found.reference.id
            if name == self._keep or view.scheme.name != self._scheme:
                return found
            codes = found.codes.view(_Watched)
            codes.read = lambda first, last: self._put_back(name, first, last)
            return replace(found, codes=codes)

        with _instead(View, "entry", watched):
            yield

    def _put_back(self, name: str, first: int, last: int) -> None:
        if (name, first, last) in self._known:
            return
        self._known.add((name, first, last))
        self._fresh += 1
        path, offset = self._places[name]
        rows = self._made(int(name.removeprefix("ref_")), first, last)
        with path.open("r+b") as file:
            os.pwrite(file.fileno(), np.ascontiguousarray(rows).tobytes(), offset + first * rows.shape[1])


class _Watched(np.ndarray[Any, Any]):
    """Codes that tell which of their rows are read."""

    read: Callable[[int, int], None] | None = None

    def __getitem__(self, key: Any) -> Any:
        if self.read is not None and isinstance(key, slice):
            first, last, _ = key.indices(len(self))
            self.read(first, last)
            return self.view(np.ndarray)[key]
        raise TypeError("only stretches of rows of a hollow segment are read")


@contextmanager
def _instead(where: Any, name: str, what: Any) -> Iterator[None]:
    plain = getattr(where, name)
    setattr(where, name, what)
    try:
        yield
    finally:
        setattr(where, name, plain)
