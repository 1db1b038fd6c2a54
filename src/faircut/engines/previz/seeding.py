"""Randomness that depends on words and the request's seed, on nothing else.

Python's ``hash`` is salted per process and numpy's global generator is shared, so neither can serve here.
"""

from __future__ import annotations

import hashlib

import numpy as np


def generator(*parts: object) -> np.random.Generator:
    """A PCG64 generator seeded by the SHA-256 of the parts' text: equal parts, equal draws, in any process."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
