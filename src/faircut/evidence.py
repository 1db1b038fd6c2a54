"""Pictures of what matched: the query's frame and the reference's, as small JPEGs that outlive the upload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from faircut.domain import Asset, MediaKind, Reason
from faircut.errors import FaircutError
from faircut.media.decode import frame_at
from faircut.store.blobs import BlobStore

_WIDTH = 640
_QUALITY = 82
_MAX_REASONS = 4


class EvidencePictures:
    """Draws the evidence of picture matches into a blob store.

    ``reference_file`` gives the path of a reference's file by the reference's id, and raises NotFound.
    """

    def __init__(self, blobs: BlobStore, reference_file: Callable[[str], Path]) -> None:
        self._blobs = blobs
        self._reference_file = reference_file

    def illustrate(self, asset: Asset, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Adds ``evidence["pictures"]`` to the gravest picture reasons.

        Each has ``t_query`` and ``t_reference`` (seconds), ``query`` and ``reference`` (digests of JPEGs; None
        where a file could not be read any more: evidence never changes a verdict).
        """
        if asset.kind not in (MediaKind.IMAGE, MediaKind.VIDEO) or asset.path is None:
            return reasons
        illustrated = list(reasons)
        wanted = [number for number, each in enumerate(reasons) if each.reference_id and "moments" in each.evidence]
        for number in wanted[:_MAX_REASONS]:
            reason = reasons[number]
            pictures = [self._pair(asset.path, reason, moment) for moment in reason.evidence["moments"]]
            illustrated[number] = replace(reason, evidence={**reason.evidence, "pictures": pictures})
        return tuple(illustrated)

    def _pair(self, path: Path, reason: Reason, moment: dict[str, Any]) -> dict[str, Any]:
        return {
            "t_query": moment["query"],
            "t_reference": moment["reference"],
            "query": self._draw(lambda: path, moment["query"], reason.input),
            "reference": self._draw(
                lambda: self._reference_file(reason.reference_id or ""), moment["reference"], "reference"
            ),
        }

    def _draw(self, find: Callable[[], Path], seconds: float, label: str) -> str | None:
        try:
            return self._blobs.put_bytes(jpeg(frame_at(find(), seconds, label)))
        except FaircutError:
            return None


def jpeg(picture: npt.NDArray[np.uint8]) -> bytes:
    """(height, width, 3) RGB to a JPEG at most 640 pixels wide."""
    height, width = picture.shape[:2]
    if width > _WIDTH:
        size = (_WIDTH, max(1, round(height * _WIDTH / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data.tobytes())
