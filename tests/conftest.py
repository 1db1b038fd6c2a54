import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.media import shared_media


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real films. Tests that need it are skipped, visibly, where it is absent."""
    folder = shared_media()
    if folder is None:
        pytest.skip("the shared folder of real films is absent: set FAIRCUT_SHARED_MEDIA to run this on real input")
    return folder
