"""From a file or a text to a reference that is ready to be written: stored bytes, kind, length, fingerprints.

All of this happens before the transaction. Bytes go into the blob store first, and are taken out again by
:meth:`References.sweep` when nothing came to refer to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select

from faircut.catalogue.validation import MAX_TITLE, clean_exclude, clean_text
from faircut.domain import Asset, Fingerprint, MediaKind, NeverMatch, Reference, Segment, new_id
from faircut.errors import Conflict, InputError, LimitExceeded, NotFound, UnreadableMedia
from faircut.protocols import Extractor, Progress, no_progress
from faircut.store.blobs import BlobStore
from faircut.store.database import Database
from faircut.store.models import ReferenceRow

Sniff = Callable[[Path, str], Asset]
"""Says from its bytes what a media file is: (path, label) to an Asset with kind, digest and size."""

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".fountain"})
MAX_TEXT_BYTES = 8 * 2**20
# Shorter quotations are too common to stand for a work; names and titles are what guards those.
MIN_TEXT_CHARS = 40

_DECODED = 0.95


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reference that lacks only its owner."""

    kind: MediaKind
    digest: str
    name: str
    duration: float | None
    exclude: tuple[Segment, ...]
    source: Path | bytes
    fingerprints: Mapping[str, Fingerprint] = field(repr=False)

    def owned_by(
        self, *, party_id: str, work_id: str | None, element_id: str | None, negative: NeverMatch | None = None
    ) -> Reference:
        """The reference of this work or element. Raises InputError for a negative text."""
        if negative is not None and self.kind is MediaKind.TEXT:
            raise InputError(
                f"{self.name} is text; only pictures and sound can be told never to match.",
                field="negative",
                remedy="Remove the passage from the text reference that it stands in.",
            )
        return Reference(
            id=new_id("ref"),
            party_id=party_id,
            work_id=work_id,
            element_id=element_id,
            kind=self.kind,
            digest=self.digest,
            name=self.name,
            duration=self.duration,
            exclude=self.exclude,
            negative=negative,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """What was handed in, looked at but not yet decoded: a media ``path``, or the bytes of a text."""

    kind: MediaKind
    digest: str
    name: str
    content: Path | bytes
    label: str


class References:
    """Prepares references and keeps the blob store free of what nobody refers to.

    The store must be the catalogue's own: :meth:`sweep` knows only of the catalogue's references.
    """

    def __init__(self, database: Database, blobs: BlobStore, extractor: Extractor, sniff: Sniff) -> None:
        self._database = database
        self._blobs = blobs
        self._extractor = extractor
        self._sniff = sniff

    @property
    def version(self) -> str:
        """The version of the extractor that takes the fingerprints."""
        return self._extractor.version

    def refingerprint(self, reference: Reference, *, progress: Progress = no_progress) -> Mapping[str, Fingerprint]:
        """The fingerprints of the stored bytes, taken anew. Raises UnreadableMedia, LimitExceeded, NotFound."""
        return self._extractor.extract(
            self._blobs.open(reference.digest), reference.kind, label=reference.name, progress=progress
        )

    def look(self, content: Path | str, *, label: str, name: str | None = None) -> Source:
        """Finds out what it is. Raises NotFound, UnreadableMedia, LimitExceeded, InputError."""
        if isinstance(content, str):
            return self._look_at_text(content, label=label, name=name or _first_words(content))
        if not content.is_file():
            raise NotFound(
                f"There is no file {content.name!r}.", field=label, remedy="Check the path of the reference."
            )
        name = clean_text(name or content.name, field=label, limit=MAX_TITLE)
        if content.suffix.lower() in TEXT_SUFFIXES:
            return self._look_at_text(_read_text(content, label), label=label, name=name)
        asset = self._sniff(content, label)
        return Source(asset.kind, asset.digest, name, content, label)

    def prepare(
        self,
        source: Source,
        *,
        exclude: Iterable[tuple[float, float] | Segment] = (),
        progress: Progress = no_progress,
    ) -> Prepared:
        """Stores the bytes and takes the fingerprints. Raises UnreadableMedia, LimitExceeded, InputError.

        Whoever calls this must write a reference or call :meth:`sweep`; an error raised here has swept already.
        """
        segments = clean_exclude(tuple(exclude), field=f"{source.label}.exclude")
        progress(0.0, f"storing {source.name}")
        digest = self._put(source.content)
        try:
            if digest != source.digest:
                raise Conflict(
                    f"{source.name} changed while it was read.",
                    field=source.label,
                    remedy="Try again when it is whole.",
                )
            if source.kind is MediaKind.TEXT:
                _refuse_exclude(segments, source)
                return Prepared(source.kind, digest, source.name, None, (), source.content, {})
            return self._fingerprinted(source, segments, progress)
        except BaseException:
            self.sweep([digest])
            raise

    def again(
        self, prepared: Prepared, source: Source, *, exclude: Iterable[tuple[float, float] | Segment]
    ) -> Prepared:
        """The same content for another owner, under another name or with other segments excluded."""
        field_name = f"{source.label}.exclude"
        segments = clean_exclude(tuple(exclude), field=field_name, duration=prepared.duration)
        if prepared.duration is None:
            _refuse_exclude(segments, source)
        return replace(prepared, name=source.name, exclude=segments, source=source.content)

    def keep(self, prepared: Prepared) -> None:
        """Within the transaction: makes sure that the bytes are still there, whatever another process swept."""
        if not self._blobs.has(prepared.digest) and self._put(prepared.source) != prepared.digest:
            raise Conflict(
                f"{prepared.name} changed while it was registered.", remedy="Register it again from an unchanged file."
            )

    def sweep(self, digests: Iterable[str]) -> None:
        """Removes those of the blobs that no reference names. Holds the write lock, so none can gain one meanwhile."""
        with self._database.write() as session:
            for digest in set(digests):
                if session.scalar(select(ReferenceRow.id).where(ReferenceRow.digest == digest).limit(1)) is None:
                    self._blobs.delete(digest)

    def sweep_all(self) -> int:
        """Removes every blob that no reference names (left by a process that was killed); returns how many."""
        with self._database.write() as session:
            known = set(session.scalars(select(ReferenceRow.digest)))
            return sum(self._blobs.delete(digest) for digest in list(self._blobs.digests()) if digest not in known)

    def _fingerprinted(self, source: Source, segments: tuple[Segment, ...], progress: Progress) -> Prepared:
        def decoding(share: float, message: str) -> None:
            progress(share * _DECODED, message)

        # The stored copy is decoded, not the file that was named: what is matched is what is kept.
        stored = self._blobs.open(source.digest)
        fingerprints = self._extractor.extract(stored, source.kind, label=source.label, progress=decoding)
        if not any(len(each) for each in fingerprints.values()):
            raise UnreadableMedia(
                f"Nothing in {source.name} can be recognised again: it is blank, silent or too short.",
                field=source.label,
                remedy="Register a file with a picture or a sound of its own.",
            )
        duration = None
        if source.kind in (MediaKind.VIDEO, MediaKind.AUDIO):
            duration = max(each.duration for each in fingerprints.values())
            segments = clean_exclude(segments, field=f"{source.label}.exclude", duration=duration)
        else:
            _refuse_exclude(segments, source)
        return Prepared(source.kind, source.digest, source.name, duration, segments, source.content, dict(fingerprints))

    def _look_at_text(self, text: str, *, label: str, name: str) -> Source:
        text = clean_text(text, field=label, limit=MAX_TEXT_BYTES, multiline=True)
        if len(text) < MIN_TEXT_CHARS:
            raise InputError(
                f"The text has {len(text)} characters; a text reference needs {MIN_TEXT_CHARS}.",
                field=label,
                remedy="Register a name, title or tagline as such, or a longer passage.",
            )
        data = text.encode()
        return Source(MediaKind.TEXT, _sha256(data), name, data, label)

    def _put(self, content: Path | bytes) -> str:
        return self._blobs.put_bytes(content) if isinstance(content, bytes) else self._blobs.put_file(content)


def _refuse_exclude(segments: tuple[Segment, ...], source: Source) -> None:
    if segments:
        raise InputError(
            f"{source.name} is {source.kind}; only video and audio have segments to exclude.",
            field=f"{source.label}.exclude",
            remedy="Leave exclude out.",
        )


def _read_text(path: Path, label: str) -> str:
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise LimitExceeded(
            f"The text has {path.stat().st_size / 2**20:.1f} MiB; {MAX_TEXT_BYTES // 2**20} MiB are accepted.",
            field=label,
            remedy="Split it.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableMedia(f"{path.name} is no UTF-8 text.", field=label, remedy="Save it as UTF-8.") from error


def _first_words(text: str) -> str:
    words = " ".join(text[:200].split())
    return words if len(words) <= 60 else words[:57] + "..."


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
