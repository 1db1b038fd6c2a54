"""Files and texts as Assets: digest, size and kind, judged from the bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from faircut.domain import Asset, MediaKind
from faircut.media.limits import MediaLimits
from faircut.media.probe import probe


def asset_from_text(text: str, label: str = "prompt") -> Asset:
    """A text asset; its digest is over the UTF-8 bytes."""
    # Lone surrogates cannot be encoded: they count as question marks, so that no text escapes being judged.
    data = text.encode("utf-8", errors="replace")
    return Asset(label, MediaKind.TEXT, hashlib.sha256(data).hexdigest(), len(data), text=text)


def readable(name: str) -> str:
    """A file's name, or any text, as one that can be stored and answered with, character for character.

    What is no character, lone surrogates and the bytes of names that are not UTF-8, becomes a question mark.
    """
    return name.encode("utf-8", errors="replace").decode("utf-8")


def asset_from_file(path: Path, label: str, *, name: str | None = None, limits: MediaLimits | None = None) -> Asset:
    """A media asset. Raises UnreadableMedia, LimitExceeded and NotFound naming ``label``."""
    label = readable(label)
    kind = probe(path, label, limits).kind
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Asset(label, kind, digest, path.stat().st_size, path=path, name=readable(name or path.name))
