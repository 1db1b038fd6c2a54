from __future__ import annotations

import numpy as np
import pytest

from faircut.domain import Shot
from support.previz import Film, asset, clip_file, image_file, render_film, texture


@pytest.fixture(scope="session")
def plates_film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A pan over a red picture, a zoom into a green one, a blue clip lit from the left: 36, 24 and 36 frames."""
    folder = tmp_path_factory.mktemp("plates")
    red = image_file(folder / "red.png", texture((40, 40, 230), 1))
    green = image_file(folder / "green.png", texture((50, 220, 60), 2))
    flat = np.full((360, 640, 3), (150, 90, 60), np.uint8)
    blue = clip_file(folder / "blue.mp4", [flat] * 48)
    return render_film(
        folder,
        [
            Shot("Image 1, pan right 0.3 widths", 1.5),
            Shot("Image 2, zoom in 1.5x", 1.0),
            Shot("Video 1, static, light from the left", 1.5),
        ],
        images=(asset("Image 1", red), asset("Image 2", green)),
        clips=(asset("Video 1", blue),),
        audio=False,
    )


@pytest.fixture(scope="session")
def ball_film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A red ball that falls and bounces twice in an empty studio, the camera locked off."""
    folder = tmp_path_factory.mktemp("ball")
    return render_film(
        folder, [Shot("A red rubber ball falls from 2 m and bounces twice in a studio, locked-off, no music")]
    )
