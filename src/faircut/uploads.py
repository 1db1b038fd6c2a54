"""Files that people bring: kept by digest, judged on arrival, and handed to requests as Image 1, Video 1, Audio 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from sqlalchemy import select

from faircut.domain import Asset, Decision, MediaKind, Stage, new_id
from faircut.errors import InputError, NotFound
from faircut.media.assets import asset_from_file
from faircut.media.limits import MediaLimits
from faircut.protocols import DecisionReader, Screener
from faircut.store.blobs import BlobStore
from faircut.store.database import Database, now
from faircut.store.models import UploadRow

LABELS = {MediaKind.IMAGE: "Image", MediaKind.VIDEO: "Video", MediaKind.AUDIO: "Audio"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on record. ``asset.label`` is its file name until a request gives it a number."""

    id: str
    asset: Asset
    decision: Decision


class Uploads:
    """Keeps and judges uploaded files. Owners see their own."""

    def __init__(
        self, database: Database, blobs: BlobStore, screener: Screener, decisions: DecisionReader, limits: MediaLimits
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._screener = screener
        self._decisions = decisions
        self._limits = limits

    def add(self, path: Path, name: str, *, owner: str, kind: MediaKind | None = None) -> Upload:
        """Stores and judges a file. With ``kind``, refuses anything else.

        Raises UnreadableMedia, LimitExceeded, InputError; then nothing is kept.
        """
        label = PurePath(name).name[:200] or "file"
        asset = asset_from_file(path, label, name=label, limits=self._limits)
        if asset.kind is MediaKind.TEXT or (kind is not None and asset.kind is not kind):
            raise InputError(
                f"It is {asset.kind.value}, not {kind.value if kind else 'media'}.",
                field=label,
                remedy="Put it where its kind belongs.",
            )
        digest = self._blobs.put_file(path)
        if digest != asset.digest:
            raise InputError("The file changed while it was read.", field=label, remedy="Send it again.")
        asset = replace(asset, path=self._blobs.open(digest))
        decision = self._screener.screen(asset, Stage.UPLOAD, actor=owner)
        upload = Upload(new_id("up"), asset, decision)
        with self._database.write() as session:
            session.add(
                UploadRow(
                    id=upload.id,
                    owner=owner,
                    kind=asset.kind.value,
                    digest=digest,
                    size=asset.size,
                    name=label,
                    decision_id=decision.id,
                    created_at=now(),
                )
            )
        return upload

    def receive(self, path: Path, label: str, *, kind: MediaKind, name: str | None = None) -> Asset:
        """Stores a file that belongs to one request, which will judge it: no upload, no Decision, no id.

        Raises UnreadableMedia, LimitExceeded, InputError naming ``label``; then nothing is kept.
        """
        asset = asset_from_file(path, label, limits=self._limits)
        if asset.kind is not kind:
            raise InputError(
                f"It is {asset.kind.value}, not {kind.value}.", field=label, remedy="Put it where its kind belongs."
            )
        digest = self._blobs.put_file(path)
        if digest != asset.digest:
            raise InputError("The file changed while it was read.", field=label, remedy="Send it again.")
        return replace(asset, path=self._blobs.open(digest), name=name)

    def get(self, upload_id: str, *, owner: str | None = None) -> Upload:
        """Raises NotFound, also for other people's uploads. ``owner`` None means: whoever's."""
        with self._database.read() as session:
            row = session.get(UploadRow, upload_id)
        if row is None or (owner is not None and row.owner != owner):
            raise NotFound(f"There is no upload {upload_id!r}.", field="upload", remedy="Send the file first.")
        return self._upload(row)

    def list(self, owner: str | None = None, *, limit: int = 50) -> list[Upload]:
        """The newest first."""
        query = select(UploadRow).order_by(UploadRow.created_at.desc(), UploadRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(UploadRow.owner == owner)
        with self._database.read() as session:
            rows = list(session.scalars(query))
        return [self._upload(row) for row in rows]

    def _upload(self, row: UploadRow) -> Upload:
        path = self._blobs.path(row.digest)
        asset = Asset(row.name, MediaKind(row.kind), row.digest, row.size, path=path, name=row.name)
        return Upload(row.id, asset, self._decisions.get(row.decision_id))


def numbered(assets: Sequence[Asset], kind: MediaKind) -> tuple[Asset, ...]:
    """The assets as a request calls them: "Image 1", "Image 2", …. How many it may have is the studio's business."""
    return tuple(replace(asset, label=f"{LABELS[kind]} {number}") for number, asset in enumerate(assets, 1))
