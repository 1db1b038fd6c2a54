"""Protected names and quotations in the writing that pictures show: signs, titles, captions, subtitles, prints.

The writing was read when the file was decoded (``faircut.reading``) and comes with its fingerprints. Here it is
searched as any text is, and what is found is pointed at in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from faircut.detectors.grey_zone import GreyZoneMarker
from faircut.domain import Asset, Fingerprint, Match, MediaKind, Stage
from faircut.errors import LimitExceeded
from faircut.protocols import Detector
from faircut.text.written import ALGORITHM, CHECK, MOST_LINES, Corners, WrittenLine, text_of, written_lines

_MOST_MOMENTS = 3
_OF_TEXT = frozenset({"span", "spans", "occurrences"})


class OnScreenTextDetector:
    """Asks detectors of text about what pictures say. Uploads and outputs are read, published videos are not."""

    name = CHECK
    version = ALGORITHM
    stages = frozenset({Stage.UPLOAD, Stage.OUTPUT})
    kinds = frozenset({MediaKind.IMAGE, MediaKind.VIDEO})

    def __init__(self, detectors: Sequence[Detector], marker: GreyZoneMarker | None = None) -> None:
        self._detectors = tuple(detectors)
        self._marker = marker

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:
        """What the writing names or quotes. Raises LimitExceeded when it was not read."""
        if ALGORITHM not in fingerprints:
            raise LimitExceeded(
                f"The writing in it was not read: one picture shows more than {MOST_LINES} lines.",
                field=asset.label,
                remedy="Send the part of it that you need.",
            )
        lines = written_lines(fingerprints)
        if not lines:
            return []
        text = Asset(asset.label, MediaKind.TEXT, asset.digest, asset.size, text=text_of(lines))
        moving = asset.kind is MediaKind.VIDEO
        found = [match for detector in self._detectors for match in detector.detect(text, {})]
        if self._marker:
            found = self._marker.marked(found, text.text or "", label=asset.label)
        return [_pointed_at(match, lines, moving=moving) for match in found]


def _pointed_at(match: Match, lines: Sequence[WrittenLine], *, moving: bool) -> Match:
    """The match with the places in the picture instead of those in the text."""
    spans = match.evidence.get("spans") or [match.evidence["span"]]
    evidence: dict[str, Any] = {key: each for key, each in match.evidence.items() if key not in _OF_TEXT}
    moments = [
        {"query": round(line.time, 3), "region": {"query": [list(corner) for corner in corners]}}
        for line, corners in _places(spans, lines)
    ][:_MOST_MOMENTS]
    evidence |= {"written": True, "moments": moments}
    if moving and moments:
        evidence["at"] = moments[0]["query"]
    return replace(match, evidence=evidence)


def _places(spans: Sequence[Sequence[int]], lines: Sequence[WrittenLine]) -> Iterator[tuple[WrittenLine, Corners]]:
    begin = 0
    for line in lines:
        end = begin + len(line.text)
        for start, stop in spans:
            if start < end and stop > begin:
                yield line, line.part(start - begin, stop - begin)
        begin = end + 1
