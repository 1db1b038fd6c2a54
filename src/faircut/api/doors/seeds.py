"""Seeds for requests that leave them to us."""

from __future__ import annotations

import hashlib
import secrets


def random_seed(owner: str, idempotency_key: str | None) -> int:
    """A random seed (32 bits); the same one for a request that is repeated under the same idempotency key."""
    if idempotency_key is None:
        return secrets.randbelow(2**32)
    return int.from_bytes(hashlib.sha256(f"{owner}\n{idempotency_key}".encode()).digest()[:4], "big")
