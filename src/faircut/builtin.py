"""The plugin that holds the built-in engines and detectors. They come through the same door as anybody's."""

from __future__ import annotations

from collections.abc import Sequence

from faircut.detectors.names import NamesDetector
from faircut.detectors.quotes import QuotesDetector
from faircut.engines.previz import PrevizEngine
from faircut.hookspecs import hookimpl
from faircut.match.picture import PictureMatcher
from faircut.match.sound import SoundMatcher
from faircut.protocols import CatalogueReader, Detector, Engine


@hookimpl
def faircut_engines() -> Sequence[Engine]:
    """The local previz engine."""
    return [PrevizEngine()]


@hookimpl
def faircut_detectors(catalogue: CatalogueReader) -> Sequence[Detector]:
    """Names and quotations in text, pictures and sounds by fingerprint."""
    return [NamesDetector(catalogue), QuotesDetector(catalogue), PictureMatcher(catalogue), SoundMatcher(catalogue)]
