"""Speaking to addresses that somebody else chose, without being led into the operator's own network (SSRF)."""

from __future__ import annotations

from faircut.net.addresses import Guard, is_public, origin
from faircut.net.client import safe_client
from faircut.net.fetch import Fetched, download, fetch, stream_to
from faircut.net.post import post

__all__ = ["Fetched", "Guard", "download", "fetch", "is_public", "origin", "post", "safe_client", "stream_to"]
