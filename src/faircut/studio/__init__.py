"""The studio: takes a request through screening, engine, quarantine, signature and release.

Its names are looked up when they are asked for: an engine's process imports this package for one module, and would
otherwise load database and migrations before each video.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faircut.studio.release import ReleasedStore
    from faircut.studio.studio import Studio

__all__ = ["ReleasedStore", "Studio"]


def __getattr__(name: str) -> object:
    if name == "Studio":
        from faircut.studio.studio import Studio

        return Studio
    if name == "ReleasedStore":
        from faircut.studio.release import ReleasedStore

        return ReleasedStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
