"""Files that a request brings by address: links, data URLs (RFC 2397), and ids of uploads (``asset://``)."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

from faircut.api.json_files import SpooledFile, refuse_damaged
from faircut.api.multipart import bare_name
from faircut.app import Faircut
from faircut.domain import Asset, MediaKind
from faircut.errors import FaircutError, InputError, LimitExceeded
from faircut.media.probe import Probe, probe
from faircut.net import download
from faircut.uploads import LABELS

ASSET: Final = "asset://"
_DATA: Final = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w.-]+=[\w.-]+)*;base64,", re.ASCII | re.I)
_REFUSED_TYPES: Final = ("text/", "application/json", "application/xml")


@dataclass(frozen=True, slots=True)
class Brought:
    """One file as a request brings it: where it is, what it must be, how large, and what errors call it."""

    url: str
    kind: MediaKind
    field: str
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is here, and the facts of its header."""

    asset: Asset
    probe: Probe


def receive_all(
    faircut: Faircut, brought: Sequence[Brought], *, owner: str, sent: Mapping[str, SpooledFile] = MappingProxyType({})
) -> tuple[Received, ...]:
    """Brings all files here, in order, numbered as the request calls them. Nothing is judged yet.

    ``sent`` are files that came with the request, by what stands for their addresses.

    Raises the first file's error, with those of the others beside it.
    """
    counts = dict.fromkeys(MediaKind, 0)
    received: list[Received] = []
    errors: list[FaircutError] = []
    until = time.monotonic() + faircut.settings.fetch_timeout_s
    folder = faircut.settings.home / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        for each in brought:
            counts[each.kind] += 1
            label = f"{LABELS[each.kind]} {counts[each.kind]}"
            try:
                received.append(_receive(faircut, each, label, owner, Path(own) / "file", until, sent.get(each.url)))
            except FaircutError as error:
                error.field = each.field
                error.message = f"{label}: {error.message}"
                errors.append(error)
    if errors:
        errors[0].others = tuple(errors[1:])
        raise errors[0]
    return tuple(received)


def _receive(
    faircut: Faircut,
    brought: Brought,
    label: str,
    owner: str,
    path: Path,
    until: float,
    sent: SpooledFile | None,
) -> Received:
    if brought.url.startswith(ASSET):
        upload = faircut.uploads.get(brought.url.removeprefix(ASSET), owner=owner)
        if upload.asset.kind is not brought.kind:
            raise InputError(
                f"The upload is {upload.asset.kind.value}, not {brought.kind.value}.",
                remedy="Put it where its kind belongs.",
            )
        if upload.asset.path is None:
            raise InputError("The upload's file is gone.", remedy="Upload it again.")
        found = probe(upload.asset.path, label, faircut.upload_limits)
        _check_bytes(upload.asset.size, brought)
        return Received(replace(upload.asset, label=label), found)
    name = None
    if sent is not None:
        refuse_damaged(sent)
        _check_bytes(sent.size, brought)
        path = sent.path
    elif brought.url[:5].lower() == "data:":
        path.write_bytes(decode_data_url(brought.url, brought.most_bytes))
    else:
        _download(faircut, brought, path, until)
        name = name_in(brought.url)
    asset = faircut.uploads.receive(path, label, kind=brought.kind, name=name)
    return Received(asset, probe(path, label, faircut.upload_limits))


def _download(faircut: Faircut, brought: Brought, path: Path, until: float) -> None:
    settings = faircut.settings
    if not settings.fetch_links:
        raise InputError(
            "This service does not fetch links.", remedy="Send the file as base64, or upload it and name it asset://…."
        )
    found = download(
        brought.url,
        path,
        limit_bytes=brought.most_bytes,
        timeout_s=max(0.1, until - time.monotonic()),
        allow_private_hosts=frozenset(settings.trusted_hosts),
    )
    declared = found.content_type.partition(";")[0].strip().lower()
    if declared.startswith(_REFUSED_TYPES):
        raise InputError(f"The link leads to {declared}, not to a file.", remedy="Use the link of the file itself.")


def decode_data_url(url: str, most_bytes: int) -> bytes:
    """The bytes of a base64 data URL. Raises InputError, LimitExceeded."""
    head = _DATA.match(url[:300])
    if head is None:
        raise InputError("The data URL is not base64.", remedy="Write it as data:image/png;base64,….")
    body = url[head.end() :]
    if len(body) * 3 // 4 > most_bytes + 2:
        raise _too_large(most_bytes)
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("The base64 of the data URL is damaged.", remedy="Encode the file again.") from error
    if not data:
        raise InputError("The data URL is empty.", remedy="Send a file with content.")
    return data


def name_in(url: str) -> str | None:
    """The file name in a link's path, if it has one. It is words that reach an engine, so it is judged with them."""
    last = unquote(urlsplit(url).path, errors="replace").rsplit("/", 1)[-1]
    return bare_name(last) if last.strip() else None


def _check_bytes(size: int, brought: Brought) -> None:
    if size > brought.most_bytes:
        raise _too_large(brought.most_bytes)


def _too_large(most: int) -> LimitExceeded:
    return LimitExceeded(f"The file is larger than {most // 2**20} MB.", remedy="Send a smaller file.")
