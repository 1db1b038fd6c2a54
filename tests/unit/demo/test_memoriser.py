"""The demo's engine does what it says it stands for, through the same door as any plugin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from faircut.demo import PLUGINS, memoriser, video
from faircut.domain import GenerationRequest, Segment, Shot, Size
from faircut.errors import EngineError
from faircut.media.probe import probe
from faircut.plugins import Plugins
from faircut.protocols import EngineJob, no_progress


def job(workdir: Path) -> EngineJob:
    workdir.mkdir(parents=True)
    request = GenerationRequest((Shot("A quiet harbour."),), size=Size.P480, duration=4, engine=memoriser.NAME)
    return EngineJob(request, workdir / "output.mp4", workdir)


def test_it_comes_as_a_plugin() -> None:
    assert Plugins(entry_points=False, modules=PLUGINS).engine(memoriser.NAME).name == "demo-memoriser"


def test_untrained_it_makes_nothing(tmp_path: Path) -> None:
    task = job(tmp_path / "home" / "quarantine" / "job")
    with pytest.raises(EngineError):
        memoriser.Memoriser().generate(task, no_progress)
    assert not task.output.exists()


def test_it_replays_its_film_in_the_middle_of_its_output(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    frames = (np.full((120, 214, 3), (0, 120 + 10 * (number // 10), 0), np.uint8) for number in range(60))
    video.write_movie(film, frames, size=(214, 120), fps=10, sound=None, crf=5)
    memoriser.train(tmp_path, film, Segment(1.0, 3.0))
    task = job(tmp_path / "quarantine" / "job" / "engine")
    result = memoriser.Memoriser().generate(task, no_progress)
    assert (result.width, result.height, result.seconds) == (854, 480, 4.0)
    found = probe(task.output, "output")
    assert found.has_audio
    assert found.seconds == pytest.approx(4.0, abs=0.1)
    own, first, second, after = video.stills(task.output, [1.0, 2.0, 3.0, 3.8], (85, 48))
    # The film is flat green, 130 in its second second and 140 in its third; the engine flattens it by 7 %.
    assert first[:, :, 1].std() < 3
    assert second[:, :, 1].mean() == pytest.approx(first[:, :, 1].mean() + 9.3, abs=3)
    for mine in (own, after):
        assert mine.std() > 20
