"""Pictures of what matched: the query's frame and the reference's, as small JPEGs that outlive the upload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
_HALO, _LINE = (0, 0, 0), (255, 196, 61)

Polygon = Sequence[Sequence[float]]
"""Corners as shares of the picture's width and height."""


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
        where a file could not be read any more: evidence never changes a verdict). Writing has no reference.
        """
        if asset.kind not in (MediaKind.IMAGE, MediaKind.VIDEO) or asset.path is None:
            return reasons
        illustrated = list(reasons)
        wanted = [
            number
            for number, each in enumerate(reasons)
            if "moments" in each.evidence and (each.reference_id or "written" in each.evidence)
        ]
        for number in wanted[:_MAX_REASONS]:
            reason = reasons[number]
            pictures = [self._pair(asset.path, reason, moment) for moment in reason.evidence["moments"]]
            illustrated[number] = replace(reason, evidence={**reason.evidence, "pictures": pictures})
        return tuple(illustrated)

    def _pair(self, path: Path, reason: Reason, moment: dict[str, Any]) -> dict[str, Any]:
        region = moment.get("region") or reason.evidence.get("region") or {}
        query = self._draw(lambda: path, moment["query"], reason.input, region.get("query"))
        if reason.reference_id is None:
            return {"t_query": moment["query"], "t_reference": None, "query": query, "reference": None}
        return {
            "t_query": moment["query"],
            "t_reference": moment["reference"],
            "query": query,
            "reference": self._draw(
                lambda: self._reference_file(reason.reference_id or ""),
                moment["reference"],
                "reference",
                region.get("reference"),
            ),
        }

    def _draw(self, find: Callable[[], Path], seconds: float, label: str, region: Polygon | None) -> str | None:
        try:
            return self._blobs.put_bytes(jpeg(frame_at(find(), seconds, label), region))
        except FaircutError:
            return None


def jpeg(picture: npt.NDArray[np.uint8], region: Polygon | None = None) -> bytes:
    """(height, width, 3) RGB to a JPEG at most 640 pixels wide, with an outline around ``region`` if there is one."""
    height, width = picture.shape[:2]
    if width > _WIDTH:
        size = (_WIDTH, max(1, round(height * _WIDTH / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    if region:
        picture = outlined(picture, region)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data.tobytes())


def outlined(picture: npt.NDArray[np.uint8], region: Polygon) -> npt.NDArray[np.uint8]:
    """The picture with a line around the region, dark on both sides so that it shows on any ground."""
    height, width = picture.shape[:2]
    # A copy may reach over the picture's edge: the line stays where it can be seen.
    corners = np.clip(np.asarray(region, np.float64), 0.0, 1.0) * (width - 3, height - 3) + 1
    drawn = np.ascontiguousarray(picture)
    for thickness, colour in ((5, _HALO), (2, _LINE)):
        cv2.polylines(drawn, [corners.round().astype(np.int32)], True, colour, thickness, cv2.LINE_AA)
    return drawn.astype(np.uint8)
