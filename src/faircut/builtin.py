"""The plugin that holds the built-in engines and detectors. They come through the same door as anybody's."""

from __future__ import annotations

from collections.abc import Sequence

from faircut.config import Settings
from faircut.engines.ark import ArkEngine
from faircut.engines.diffusion import H3, LTX2, DiffusionEngine
from faircut.engines.previz import PrevizEngine
from faircut.engines.videos import VideosEngine
from faircut.hookspecs import hookimpl
from faircut.protocols import CatalogueReader, Detector, Engine


@hookimpl
def faircut_engines() -> Sequence[Engine]:
    """The local previz engine, open weights on this machine, and services of others."""
    return [PrevizEngine(), ArkEngine(), VideosEngine(), DiffusionEngine(LTX2), DiffusionEngine(H3)]


@hookimpl
def faircut_detectors(catalogue: CatalogueReader, settings: Settings) -> Sequence[Detector]:
    """Names, quotations and descriptions in text, the first two in pictures too; pictures and sounds by fingerprint."""
    # Here, because an engine's process loads this plugin for the engines alone.
    from faircut.detectors.descriptions import DescriptionsDetector
    from faircut.detectors.grey_zone import grey_zone_marker
    from faircut.detectors.names import NamesDetector
    from faircut.detectors.on_screen import OnScreenTextDetector
    from faircut.detectors.quotes import QuotesDetector
    from faircut.match.picture import PictureMatcher
    from faircut.match.sound import SoundMatcher

    kept = catalogue.index_folder
    names, quotes = NamesDetector(catalogue), QuotesDetector(catalogue)
    return [
        names,
        quotes,
        OnScreenTextDetector([names, quotes], grey_zone_marker(catalogue, settings.free_figures)),
        DescriptionsDetector(
            catalogue, model=settings.sentence_model, folder=None if kept is None else kept / "descriptions"
        ),
        PictureMatcher(catalogue),
        SoundMatcher(catalogue),
    ]
