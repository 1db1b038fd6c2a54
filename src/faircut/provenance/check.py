"""The check that a file about to be released carries our own signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from faircut.domain import Asset, Fingerprint, Match, MediaKind, Stage
from faircut.errors import ProvenanceError
from faircut.provenance.reader import C2paReader, ProvenanceState


class ProvenanceCheck:
    """Has the shape of a Detector and finds nothing: it passes, or it raises and so keeps the file from release.

    Screening requires it for deliverables only (``Screener.screen(…, deliverable=True)``).
    """

    name = "provenance"
    version = "c2pa-v1"
    stages = frozenset({Stage.OUTPUT})
    kinds = frozenset({MediaKind.VIDEO, MediaKind.IMAGE})

    def __init__(self, reader: C2paReader) -> None:
        self._reader = reader

    def detect(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> Sequence[Match]:  # noqa: ARG002
        """No matches when ``asset.path`` reads Trusted. Raises ProvenanceError otherwise."""
        if asset.path is None:
            raise ProvenanceError(
                "There is no file to read.", field=asset.label, remedy="Screen the signed file itself."
            )
        report = self._reader.read(asset.path)
        if report.state is not ProvenanceState.TRUSTED:
            raise ProvenanceError(
                f"The Content Credentials read {report.state}, not trusted.",
                field=asset.label,
                remedy="Sign the file with this installation's authority before release.",
            )
        return ()
