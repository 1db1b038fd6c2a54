"""Multipart forms (RFC 7578) streamed to disk, with limits that hold while reading, not after."""

from __future__ import annotations

import re
import secrets
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from faircut.errors import InputError, LimitExceeded

MAX_FIELDS = 32
MAX_FIELD_BYTES = 64 * 2**10
MAX_HEADER_BYTES = 8 * 2**10
_STALE_S = 24 * 3600
_UNSAFE = re.compile(r"[\\/]")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file part: where it lies for as long as the form is open, and the bare name that the sender gave it."""

    path: Path
    name: str
    size: int


@dataclass(slots=True)
class Form:
    """A form that has been read to its end."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, ReceivedFile] = field(default_factory=dict)

    def file(self, name: str) -> ReceivedFile:
        """Raises InputError when there is no such file part or it is empty."""
        if name not in self.files:
            raise InputError("The form holds no file.", field=name, remedy=f"Send one file as the part `{name}`.")
        if self.files[name].size == 0:
            raise InputError("The file is empty.", field=name, remedy="Choose a file with content.")
        return self.files[name]


def bare_name(sent: str) -> str:
    """A sender's file name without folders, control characters and surplus length. Used for display only."""
    last = _UNSAFE.split(sent)[-1]
    printable = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    return printable[:200] or "file"


@asynccontextmanager
async def received_form(request: Request, *, folder: Path, max_file_bytes: int, files: int = 1) -> AsyncIterator[Form]:
    """Reads the request's multipart body into a folder of its own, which goes when the context ends.

    Raises LimitExceeded as soon as a file passes ``max_file_bytes``, and InputError for anything malformed.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if content_type != b"multipart/form-data" or not boundary:
        raise InputError(
            "The body is not a multipart form.", remedy="Send `multipart/form-data`, for example with `curl -F`."
        )
    declared = request.headers.get("content-length", "")
    overhead = MAX_FIELDS * (MAX_FIELD_BYTES + MAX_HEADER_BYTES)
    if declared.isdigit() and int(declared) > max_file_bytes * files + overhead:
        raise _file_too_large(max_file_bytes)
    await run_in_threadpool(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        reader = _FormReader(Path(own), boundary, max_file_bytes)
        try:
            async for chunk in request.stream():
                await run_in_threadpool(reader.feed, chunk)
            yield reader.finish()
        finally:
            reader.close()


def clear_stale(folder: Path) -> None:
    """Removes what an earlier process left behind when it was killed while receiving."""
    if not folder.is_dir():
        return
    for left in [*folder.glob("*"), *folder.glob("*/*")]:
        if left.is_file() and time.time() - left.stat().st_mtime > _STALE_S:
            left.unlink(missing_ok=True)


def _file_too_large(limit: int) -> LimitExceeded:
    return LimitExceeded(
        f"The file is larger than {limit / 2**20:.0f} MB.",
        field="file",
        remedy="Send a shorter or smaller version; the operator can raise the limit.",
    )


class _FormReader:
    """Drives the push parser. One part at a time is open; parts are told apart by Content-Disposition."""

    def __init__(self, folder: Path, boundary: bytes, max_file_bytes: int) -> None:
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._form = Form()
        self._ended = False
        self._header_name = b""
        self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = 0
        self._part = ""
        self._field = bytearray()
        self._file: BinaryIO | None = None
        self._file_name = ""
        self._file_path = folder
        self._size = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise _malformed() from error

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _malformed() from error

    def finish(self) -> Form:
        if not self._ended:
            raise InputError("The form ends in the middle.", remedy="Send it again, whole.")
        return self._form

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _on_part_begin(self) -> None:
        if len(self._form.fields) + len(self._form.files) >= MAX_FIELDS:
            raise LimitExceeded(f"The form has more than {MAX_FIELDS} parts.", remedy="Send fewer parts.")
        self._headers = {}
        self._header_bytes = 0
        self._field = bytearray()
        self._size = 0

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._count_header(end - start)

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._count_header(end - start)

    def _count_header(self, count: int) -> None:
        self._header_bytes += count
        if self._header_bytes > MAX_HEADER_BYTES:
            raise _malformed()

    def _on_header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = b""
        self._header_value = b""

    def _on_headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if disposition != b"form-data" or not name:
            raise _malformed()
        if name in self._form.fields or name in self._form.files:
            raise InputError("The form holds this part twice.", field=name, remedy="Send each part once.")
        self._part = name
        if b"filename" in options:
            self._file_name = bare_name(options[b"filename"].decode("utf-8", "replace"))
            self._file_path = self._folder / secrets.token_hex(16)
            self._file = self._file_path.open("xb")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is None:
            if self._size > MAX_FIELD_BYTES:
                raise LimitExceeded(
                    f"The field is longer than {MAX_FIELD_BYTES:,} bytes.", field=self._part, remedy="Shorten it."
                )
            self._field += data[start:end]
            return
        if self._size > self._max_file_bytes:
            raise _file_too_large(self._max_file_bytes)
        self._file.write(data[start:end])

    def _on_part_end(self) -> None:
        if self._file is None:
            try:
                self._form.fields[self._part] = self._field.decode()
            except UnicodeDecodeError as error:
                raise InputError("The field is not UTF-8.", field=self._part, remedy="Send text as UTF-8.") from error
            return
        self._file.close()
        self._file = None
        self._form.files[self._part] = ReceivedFile(self._file_path, self._file_name, self._size)

    def _on_end(self) -> None:
        self._ended = True


def _malformed() -> InputError:
    return InputError("The multipart form is malformed.", remedy="Send it with a library that writes RFC 7578 forms.")
