"""The one door out: no bytes leave unless a recorded Decision for exactly those bytes allows it.

This module alone knows where released files lie. Everybody else gets a path from :meth:`ReleasedStore.open`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import NoReturn

from faircut.domain import Decision, Event, MediaKind, Stage
from faircut.errors import GuaranteeViolation, IntegrityError, NotFound
from faircut.protocols import DecisionReader, Ledger
from faircut.store.blobs import BlobStore, fsync_folder

RELEASE = "release"
_CHUNK = 1 << 20


class ReleasedStore:
    """``<home>/released``: content-addressed files, each with its ``release`` event and an allowing Decision.

    :meth:`release` is the only way in. The event is in the ledger before the file is visible.
    """

    def __init__(self, home: Path, ledger: Ledger, decisions: DecisionReader) -> None:
        self._blobs = BlobStore(home / "released")
        self._ledger = ledger
        self._decisions = decisions
        self._seen: dict[str, tuple[int, ...]] = {}

    @property
    def root(self) -> Path:
        """The folder, for those who verify it against the ledger."""
        return self._blobs.root

    def release(self, path: Path, decision_id: str, job_id: str) -> str:
        """Releases a copy of ``path`` under Decision ``decision_id`` for ``job_id``; returns its SHA-256.

        The recorded Decision is loaded afresh and must allow, be made at stage output on video, require provenance,
        and be about the very bytes that were copied. Doing it twice for a job releases once. Raises
        GuaranteeViolation, after writing a ``release.refused`` event, and NotFound when the file is gone.
        """
        decision = self._decision(decision_id, job_id)
        digest = decision.asset_digest
        earlier = self.event_of(job_id)
        if earlier is not None and earlier.subject != digest:
            self._refuse(job_id, decision_id, "Another file was released for this job already.")
        if earlier is not None and self._blobs.has(digest):
            return digest
        staged = self._stage(path, decision, job_id)
        self._ledger.append(
            RELEASE,
            digest,
            {"job": job_id, "decision": decision.id, "policy": decision.policy, "size": staged.stat().st_size},
            actor="studio",
            key=_key(job_id),
        )
        target = self._blobs.path(digest)
        target.parent.mkdir(exist_ok=True)
        staged.replace(target)
        fsync_folder(target.parent)
        return digest

    def open(self, digest: str) -> Path:
        """The released file. Raises NotFound when there is none.

        Raises IntegrityError when no event released it, or when its bytes are not those that were released.
        """
        path = self._blobs.open(digest)
        if self.event(digest) is None:
            raise IntegrityError(
                f"The file {digest[:12]}… lies among the released ones, but no event released it.",
                remedy="Do not serve it; run `faircut ledger verify`.",
            )
        self._verify_once(path, digest)
        return path

    def event(self, digest: str) -> Event | None:
        """The event that released ``digest``, if any."""
        return next(iter(self._ledger.events(subject=digest, kind=RELEASE, limit=1)), None)

    def event_of(self, job_id: str) -> Event | None:
        """The event that released a file for ``job_id``, if any; its subject is the digest."""
        return self._ledger.find(_key(job_id))

    def has(self, digest: str) -> bool:
        """Whether the file is visible."""
        return self._blobs.has(digest)

    def verify(self, digest: str) -> None:
        """Raises IntegrityError when the file's bytes are not those that were released, NotFound when it is gone."""
        self.open(digest)
        self._blobs.verify(digest)

    def _verify_once(self, path: Path, digest: str) -> None:
        """Hashes a file the first time, and again whenever the file system says that it was touched."""
        facts = path.stat()
        # The time of change (ctime) cannot be set by whoever writes to the file.
        stamp = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        if self._seen.get(digest) != stamp:
            self._blobs.verify(digest)
            self._seen[digest] = stamp

    def _decision(self, decision_id: str, job_id: str) -> Decision:
        try:
            decision = self._decisions.get(decision_id)
        except NotFound:
            self._refuse(job_id, decision_id, "There is no such Decision.")
        if not decision.allows:
            self._refuse(job_id, decision_id, f"The Decision does not allow release ({decision.verdict}).")
        if decision.stage is not Stage.OUTPUT or decision.kind is not MediaKind.VIDEO:
            self._refuse(job_id, decision_id, f"The Decision is about {decision.kind} at stage {decision.stage}.")
        if "provenance" not in decision.required:
            self._refuse(job_id, decision_id, "The Decision was made without checking the signature.")
        return decision

    def _stage(self, path: Path, decision: Decision, job_id: str) -> Path:
        """Copies the file beside its place, hashing what is written: what counts is the copy, not the source."""
        incoming = self._blobs.root / "incoming"
        incoming.mkdir(exist_ok=True)
        temporary = incoming / secrets.token_hex(16)
        digest = hashlib.sha256()
        try:
            with path.open("rb") as reader, temporary.open("xb") as writer:
                while chunk := reader.read(_CHUNK):
                    digest.update(chunk)
                    writer.write(chunk)
                writer.flush()
                os.fsync(writer.fileno())
            if digest.hexdigest() != decision.asset_digest:
                self._refuse(job_id, decision.id, "The bytes are not those that the Decision is about.")
            temporary.chmod(0o444)
            staged = incoming / decision.asset_digest
            temporary.replace(staged)
            fsync_folder(incoming)
        except FileNotFoundError as error:
            raise NotFound(
                "The signed file is not in quarantine.", remedy="Run the job again; nothing was released."
            ) from error
        finally:
            temporary.unlink(missing_ok=True)
        return staged

    def _refuse(self, job_id: str, decision_id: str, why: str) -> NoReturn:
        self._ledger.append("release.refused", job_id, {"decision": decision_id, "why": why}, actor="studio")
        raise GuaranteeViolation(why, field=job_id, remedy="Nothing was released. Look for the fault in the ledger.")


def _key(job_id: str) -> str:
    return f"release:{job_id}"
