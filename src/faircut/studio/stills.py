"""Single pictures of released videos. Each is other bytes than the video, so each is signed, judged and recorded."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from faircut.domain import Asset, Job, MediaKind, Stage
from faircut.errors import Conflict, FaircutError, IntegrityError
from faircut.media.decode import frame_at
from faircut.protocols import DecisionReader, Ledger, Screener
from faircut.provenance.signer import C2paSigner, StillClaim
from faircut.store.blobs import BlobStore
from faircut.studio.release import ReleasedStore

_END_S = 24.0 * 3600
_THUMBNAIL_AT = 1 / 3
_THUMBNAIL_WIDTH = 480
_THUMBNAIL_QUALITY = 85


class Still(StrEnum):
    """Which picture of a video. The last frame is a PNG of its size, the thumbnail a small JPEG."""

    LAST_FRAME = "last_frame.png"
    THUMBNAIL = "thumbnail.jpg"


MEDIA_TYPES: Final = {Still.LAST_FRAME: "image/png", Still.THUMBNAIL: "image/jpeg"}
_NAMES: Final = {Still.LAST_FRAME: "last frame", Still.THUMBNAIL: "thumbnail"}


class StillRefused(FaircutError):
    """The picture of a released video, judged by itself, may not leave. The video may."""

    code = "still.refused"
    http_status = 403


class Stills:
    """``<home>/stills``: pictures, each with its ``release.still`` event and an allowing Decision about its bytes.

    Each has Content Credentials that lead to those of its video, and its Decision requires that they read Trusted.
    """

    def __init__(
        self,
        home: Path,
        *,
        released: ReleasedStore,
        ledger: Ledger,
        decisions: DecisionReader,
        screener: Screener,
        signer: C2paSigner,
    ) -> None:
        self._blobs = BlobStore(home / "stills")
        self._signer = signer
        self._released = released
        self._ledger = ledger
        self._decisions = decisions
        self._screener = screener
        self._making = threading.Lock()

    def open(self, job: Job, which: Still) -> tuple[Path, str]:
        """The picture and its SHA-256. Made, signed, judged and recorded when it is first asked for.

        Raises Conflict when nothing was released, StillRefused, ProvenanceError, IntegrityError.
        """
        if job.released_digest is None:
            raise Conflict(f"The job is {job.state}; there is no picture of it.", remedy="Wait until it is released.")
        if (found := self._kept(job.id, which)) is not None:
            return found
        with self._making:
            if (found := self._kept(job.id, which)) is not None:
                return found
            return self._make(job, job.released_digest, which)

    def _kept(self, job_id: str, which: Still) -> tuple[Path, str] | None:
        event = self._ledger.find(_key(job_id, which))
        if event is None or not self._blobs.has(event.subject):
            return None
        decision = self._decisions.get(str(event.payload["decision"]))
        if not decision.allows or decision.asset_digest != event.subject or "provenance" not in decision.required:
            raise IntegrityError(
                f"The {which} of {job_id} has no Decision that allows it.", remedy="Run `faircut ledger verify`."
            )
        self._blobs.verify(event.subject)
        return self._blobs.open(event.subject), event.subject

    def _make(self, job: Job, digest: str, which: Still) -> tuple[Path, str]:
        # Kept by digest beforehand, and found by its event alone: without one nobody gets it.
        name = self._blobs.put_bytes(self._signed(job, self._released.open(digest), digest, which))
        path = self._blobs.open(name)
        asset = Asset("output", MediaKind.IMAGE, name, path.stat().st_size, path=path, name=which)
        decision = self._screener.screen(asset, Stage.OUTPUT, actor=job.owner, deliverable=True)
        if not decision.allows or decision.asset_digest != name:
            reason = next(iter(decision.reasons), None)
            raise StillRefused(
                f"The picture may not leave: {reason.message if reason else 'not every check of it passed.'}",
                field=decision.id,
                remedy=reason.remedy if reason else "Try again later.",
            )
        payload = {"job": job.id, "of": digest, "which": which.value, "decision": decision.id}
        self._ledger.append("release.still", name, payload, actor="studio", key=_key(job.id, which))
        return path, name

    def _signed(self, job: Job, video: Path, digest: str, which: Still) -> bytes:
        claim = StillClaim(
            title=f"{job.id}/{which}",
            what=_NAMES[which],
            media_type=MEDIA_TYPES[which],
            job_id=job.id,
            video_digest=digest,
        )
        with tempfile.TemporaryDirectory(dir=self._blobs.root) as folder:
            plain, signed = Path(folder) / "plain", Path(folder) / "signed"
            plain.write_bytes(_DRAWN[which](video, float(job.request.duration)))
            self._signer.sign_still(plain, signed, claim, video)
            return signed.read_bytes()


def _last_frame(video: Path, _seconds: float) -> bytes:
    return _encoded(".png", frame_at(video, _END_S, "output"), [])


def _thumbnail(video: Path, seconds: float) -> bytes:
    frame = frame_at(video, seconds * _THUMBNAIL_AT, "output")
    height, width = frame.shape[:2]
    size = (_THUMBNAIL_WIDTH, max(1, round(height * _THUMBNAIL_WIDTH / width)))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return _encoded(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _THUMBNAIL_QUALITY])


def _encoded(suffix: str, frame: npt.NDArray[np.uint8], options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise IntegrityError("The picture could not be encoded.", remedy="Report this with the job's id.")
    return data.tobytes()


_DRAWN: dict[Still, Callable[[Path, float], bytes]] = {Still.LAST_FRAME: _last_frame, Still.THUMBNAIL: _thumbnail}


def _key(job_id: str, which: Still) -> str:
    # Not what the pictures had that were made before they were signed: those are made anew.
    return f"signed-still:{job_id}:{which}"
