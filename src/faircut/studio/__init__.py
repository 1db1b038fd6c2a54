"""The studio: takes a request through screening, engine, quarantine, signature and release."""

from faircut.studio.release import ReleasedStore
from faircut.studio.studio import Studio

__all__ = ["ReleasedStore", "Studio"]
