"""Faircut: generative video with the rights of others built in. ``from faircut import Faircut`` is the Python API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faircut.app import Faircut

__version__ = "0.1.0"
__all__ = ["Faircut", "__version__"]


def __getattr__(name: str) -> object:
    # The app pulls in decoders and databases; `faircut --help` and plugins' imports should not pay for them.
    if name == "Faircut":
        from faircut.app import Faircut

        return Faircut
    raise AttributeError(f"module 'faircut' has no attribute {name!r}")
