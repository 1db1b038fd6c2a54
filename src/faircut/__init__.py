"""Faircut: generative video with the rights of others built in. ``from faircut import Faircut`` is the Python API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faircut.app import Faircut

# The matrices here are small, and requests and workers already share the cores: a second thread of OpenBLAS waits more
# than it works (a prompt among 100,000 descriptions took three times as long). It reads this once, as NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
__all__ = ["Faircut", "__version__"]


def __getattr__(name: str) -> object:
    # The app pulls in decoders and databases; `faircut --help` and plugins' imports should not pay for them.
    if name == "Faircut":
        from faircut.app import Faircut

        return Faircut
    raise AttributeError(f"module 'faircut' has no attribute {name!r}")
