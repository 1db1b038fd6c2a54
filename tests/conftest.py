import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import faircut  # noqa: F401 - before NumPy, so that tests compute with one thread as Faircut does

sys.path.insert(0, str(Path(__file__).parent))

from support.media import shared_media

# How long anything takes is measured in benchmarks/. A busy machine must fail no test.
settings.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anywhere")


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real films. Tests that need it are skipped, visibly, where it is absent."""
    folder = shared_media()
    if folder is None:
        pytest.skip("the shared folder of real films is absent: set FAIRCUT_SHARED_MEDIA to run this on real input")
    return folder
