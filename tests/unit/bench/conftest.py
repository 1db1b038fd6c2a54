"""Films whose every frame says its own number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.support.media import write_video
from tests.support.numbered import FPS, clicks, numbered_frame

from faircut.bench.footage import Footage, Piece
from faircut.domain import Segment


@pytest.fixture(scope="session")
def numbered() -> Footage:
    """Eight seconds of numbered frames, cut as it were from 10.0 s of a film."""
    frames = [numbered_frame(number) for number in range(8 * FPS)]
    return Footage(frames, float(FPS), clicks(8.0), (Piece(Segment(0.0, 8.0), Segment(10.0, 18.0)),))


@pytest.fixture(scope="session")
def numbered_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds of numbered frames with a tone at each second, as mp4."""
    frames = np.stack([numbered_frame(number) for number in range(10 * FPS)])
    return write_video(tmp_path_factory.mktemp("bench") / "numbered.mp4", frames, fps=FPS, sound=clicks(10.0))
