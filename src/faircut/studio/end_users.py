"""Under which name the services of engines know a person."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

from faircut.access.secret_file import open_secret


class EndUsers:
    """Names for people towards the services of engines: the same person, the same name, and nothing to be read from it.

    An HMAC-SHA-256 (RFC 2104) under a secret of this data folder, which is made at first use.
    """

    def __init__(self, secret_file: Path) -> None:
        self._secret = open_secret(secret_file, "services of engines then see everybody as somebody new")

    def name(self, owner: str, end_user: str = "") -> str:
        """32 hexadecimal digits for an owner of jobs, or for the person whom the owner's client says it acts for."""
        return hmac.new(self._secret, json.dumps([owner, end_user]).encode(), "sha256").hexdigest()[:32]
