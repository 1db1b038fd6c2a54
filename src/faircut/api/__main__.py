"""``python -m faircut.api`` writes the OpenAPI document to stdout: what ``docs/openapi.json`` keeps."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from faircut.api import create_app
from faircut.app import Faircut
from faircut.config import Settings


def main() -> None:
    """Builds the app over an empty data folder, because the document does not depend on what is in one."""
    with tempfile.TemporaryDirectory() as home, Faircut(Settings(home=Path(home))) as faircut:
        sys.stdout.write(json.dumps(create_app(faircut).openapi(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
