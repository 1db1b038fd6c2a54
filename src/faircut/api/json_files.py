"""JSON bodies in which files may come as base64 (RFC 2397): read as a stream, the files straight to disk.

However large a body is and however many come at once, what stays in memory of each is its JSON without the files.
"""

from __future__ import annotations

import binascii
import re
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from faircut.errors import InputError, LimitExceeded

Model = TypeVar("Model", bound=BaseModel)

MOST_JSON_BYTES: Final = 2 << 20
"""Of a body without its files."""

_MOST_FILES: Final = 64
_BATCH: Final = 1 << 20
_HEAD: Final = 256
_LONG_KEY: Final = 20
_KEYS: Final = frozenset({b"url", b"image_url"})
_DATA: Final = re.compile(rb"data:(?:[\w.+-]+/[\w.+-]+)?(?:;[\w.-]+=[\w.-]+)*;base64,", re.I)
_STOP: Final = re.compile(rb'["\\]')
_SHORT_ESCAPES: Final = {b"/": b"/", b'"': b'"', b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """A file that came as base64. ``damaged``: what came was no base64, and the file is not to be used."""

    path: Path
    size: int
    damaged: bool


@dataclass(frozen=True, slots=True)
class ReceivedJson(Generic[Model]):
    """``body`` as its model; where it has one of the names in ``files`` for an address, that file was sent."""

    body: Model
    files: Mapping[str, SpooledFile]


@asynccontextmanager
async def received_json(request: Request, model: type[Model], *, folder: Path) -> AsyncIterator[ReceivedJson[Model]]:
    """Reads the request's body; its files lie in a folder of their own, which goes when the context ends.

    Raises LimitExceeded, and RequestValidationError for what the model does not accept.
    """
    await run_in_threadpool(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        reader = JsonReader(Path(own))
        try:
            batch = bytearray()
            async for chunk in request.stream():
                batch += chunk
                if len(batch) >= _BATCH:
                    await run_in_threadpool(reader.feed, bytes(batch))
                    batch.clear()
            await run_in_threadpool(reader.feed, bytes(batch))
            files = reader.finish()
            try:
                body = model.model_validate_json(bytes(reader.json))
            except ValidationError as error:
                raise RequestValidationError(_in_body(error)) from error
            reader.json.clear()
            yield ReceivedJson(body, files)
        finally:
            reader.close()


def _in_body(error: ValidationError) -> list[object]:
    return [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False, include_input=False)]


class _In(Enum):
    JSON = auto()
    HEAD = auto()
    WORDS = auto()
    FILE = auto()


@dataclass
class JsonReader:
    """A push reader. ``json`` is what came, with a name that nobody can guess for each file's address."""

    folder: Path
    json: bytearray = field(default_factory=bytearray)
    _files: dict[str, SpooledFile] = field(default_factory=dict)
    _secret: str = field(default_factory=lambda: secrets.token_hex(16))
    _where: _In = _In.JSON
    _between: bytearray = field(default_factory=bytearray)
    _raw: bytearray = field(default_factory=bytearray)
    _plain: bytearray = field(default_factory=bytearray)
    _escape: bytearray = field(default_factory=bytearray)
    _began: int = 0
    _last: bytes = b""
    _file: BinaryIO | None = None
    _path: Path = Path()
    _size: int = 0
    _damaged: bool = False
    _padded: bool = False

    def feed(self, chunk: bytes) -> None:
        """Raises LimitExceeded when there is more JSON, or are more files, than any request needs."""
        at = 0
        while at < len(chunk):
            at = self._outside(chunk, at) if self._where is _In.JSON else self._inside(chunk, at)
            if len(self.json) + len(self._raw) > MOST_JSON_BYTES:
                raise LimitExceeded(
                    f"Without its files the body is larger than {MOST_JSON_BYTES:,} bytes.",
                    remedy="Send files as base64 data URLs where a url belongs, and shorter words.",
                )

    def finish(self) -> Mapping[str, SpooledFile]:
        """The files by the names that stand for them. What was cut off is left to whoever reads the JSON."""
        self.json += self._raw
        self.close()
        return self._files

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _outside(self, chunk: bytes, at: int) -> int:
        quote = chunk.find(b'"', at)
        end = len(chunk) if quote < 0 else quote
        self.json += chunk[at:end]
        # Only whether it is a colon and space matters: whatever is longer is not.
        self._between = (self._between + chunk[at:end].strip())[:2]
        if quote < 0:
            return end
        is_value = bytes(self._between) == b":" and self._last in _KEYS
        self._where = _In.HEAD if is_value else _In.WORDS
        self._between.clear()
        self._began = len(self.json)
        self._raw += b'"'
        return quote + 1

    def _inside(self, chunk: bytes, at: int) -> int:
        if self._escape:
            return self._escaped(chunk, at)
        found = _STOP.search(chunk, at)
        end = len(chunk) if found is None else found.start()
        self._take(chunk[at:end], chunk[at:end])
        if found is None:
            return end
        if found[0] == b"\\":
            self._escape += b"\\"
        else:
            self._ended()
        return end + 1

    def _escaped(self, chunk: bytes, at: int) -> int:
        need = 6 if self._escape[1:2] == b"u" or (len(self._escape) == 1 and chunk[at : at + 1] == b"u") else 2
        taken = chunk[at : at + need - len(self._escape)]
        self._escape += taken
        if len(self._escape) == need:
            self._take(bytes(self._escape), _unescaped(bytes(self._escape)))
            self._escape.clear()
        return at + len(taken)

    def _take(self, raw: bytes, plain: bytes) -> None:
        if self._where is _In.FILE:
            self._plain += plain
            self._decode(last=False)
            return
        self._raw += raw
        if self._where is _In.HEAD:
            self._plain += plain
            if len(self._plain) >= _HEAD:
                self._decide()
        else:
            self._flush()

    def _decide(self) -> None:
        """Whether the address that has begun is a file's."""
        head = _DATA.match(self._plain)
        if head is None:
            self._where = _In.WORDS
            self._plain.clear()
            self._flush()
            return
        if len(self._files) >= _MOST_FILES:
            raise LimitExceeded(f"There are more than {_MOST_FILES} files.", remedy="Send fewer files.")
        self._where = _In.FILE
        self._raw.clear()
        del self._plain[: head.end()]
        self._path = self.folder / f"{len(self._files)}"
        self._file = self._path.open("xb")
        self._size, self._damaged, self._padded = 0, False, False
        self._decode(last=False)

    def _decode(self, *, last: bool) -> None:
        whole = len(self._plain) if last else len(self._plain) // 4 * 4
        part = bytes(self._plain[:whole])
        del self._plain[:whole]
        if not part or self._damaged or self._file is None:
            return
        if self._padded:
            self._damaged = True
            return
        try:
            data = binascii.a2b_base64(part, strict_mode=True)
        except ValueError:
            self._damaged = True
            return
        self._padded = part.endswith(b"=")
        self._file.write(data)
        self._size += len(data)

    def _ended(self) -> None:
        if self._where is _In.FILE:
            self._decode(last=True)
            self.close()
            name = f"sent:{self._secret}:{len(self._files)}"
            self._files[name] = SpooledFile(self._path, self._size, self._damaged)
            self.json += f'"{name}"'.encode()
            self._last = b""
        else:
            self.json += self._raw + b'"'
            self._last = bytes(self.json[self._began + 1 : -1]) if len(self.json) - self._began < _LONG_KEY else b""
        self._raw.clear()
        self._plain.clear()
        self._where = _In.JSON

    def _flush(self) -> None:
        self.json += self._raw
        self._raw.clear()


def _unescaped(escape: bytes) -> bytes:
    """The byte for an escape, or one that is not of base64's alphabet."""
    if escape[1:2] != b"u":
        return _SHORT_ESCAPES.get(escape[1:2], b"\0")
    try:
        code = int(escape[2:], 16)
    except ValueError:
        return b"\0"
    return bytes([code]) if code < 128 else b"\0"


def refuse_damaged(file: SpooledFile) -> None:
    """Raises InputError for a file that is not to be used."""
    if file.damaged:
        raise InputError("The base64 of the data URL is damaged.", remedy="Encode the file again.")
    if not file.size:
        raise InputError("The data URL is empty.", remedy="Send a file with content.")
