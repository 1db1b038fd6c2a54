"""Both families end to end on the processor, with random weights built here. Needs the extra ``gpu``."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support import tiny_models

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Asset, GenerationRequest, JobState, MediaKind, Ratio, Shot, Size
from faircut.engines.diffusion import H3, LTX2, DiffusionEngine, inputs
from faircut.errors import EngineError, JobCancelled
from faircut.protocols import EngineJob
from faircut.studio.output import validate_output

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("diffusers") is None, reason="the extra gpu is not installed: make test-gpu"
    ),
    # What the libraries warn of among themselves is theirs to mend.
    pytest.mark.filterwarnings("ignore"),
]
WEIGHTS = {
    LTX2: (tiny_models.ltx2_weights, tiny_models.LTX2_OPTIONS),
    H3: (tiny_models.h3_weights, tiny_models.H3_OPTIONS),
}
SECONDS = {LTX2: 4, H3: 5}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, dict[str, Any]]:
    # The engine's process sets these; here they keep the builders from asking the hub as well.
    os.environ["HF_HUB_OFFLINE"] = "1"
    return {
        family: {**settings, "weights": str(build(tmp_path_factory.mktemp(family.name)))}
        for family, (build, settings) in WEIGHTS.items()
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Asset]:
    folder = tmp_path_factory.mktemp("files")
    found = {}
    for number, colour in enumerate(((200, 40, 30), (20, 60, 210)), 1):
        Image.new("RGB", (96, 64), colour).save(folder / f"{number}.png")
        found[f"Image {number}"] = _asset(f"Image {number}", MediaKind.IMAGE, folder / f"{number}.png")
    film = _film(folder / "clip.mp4")
    found["Video 1"] = _asset("Video 1", MediaKind.VIDEO, film)
    found["Audio 1"] = _asset("Audio 1", MediaKind.AUDIO, film)
    return found


def _film(path: Path) -> Path:
    from faircut.engines.previz.encode import FilmWriter

    rng = np.random.default_rng(1)
    with FilmWriter(path, 96, 64, sound=True, comment="test") as film:
        for _ in range(48):
            film.picture(rng.integers(0, 255, (96, 96), dtype=np.uint8))
        film.sound(rng.uniform(-0.3, 0.3, (96000, 2)).astype(np.float32))
        film.finish()
    return path


def _asset(label: str, kind: MediaKind, path: Path) -> Asset:
    return Asset(label, kind, "0" * 64, path.stat().st_size, path=path, name=path.name)


def request(family: Any, **changes: Any) -> GenerationRequest:
    shots = changes.pop("shots", (Shot("a paper boat on a pond, Image 1"),))
    base: dict[str, Any] = {"size": Size.P480, "ratio": Ratio.R1_1, "duration": SECONDS[family], "engine": family.name}
    return GenerationRequest(shots=shots, **{**base, **changes})


def make(family: Any, asked: GenerationRequest, options: Any, folder: Path, progress: Any = None) -> Path:
    job = EngineJob(asked, folder / "output.mp4", folder, options[family])
    DiffusionEngine(family).generate(job, progress or (lambda _share, _message: None))
    return job.output


@pytest.mark.parametrize("family", [LTX2, H3], ids=lambda family: family.name)
def test_words_become_the_file_that_was_asked_for(family: Any, options: Any, tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    asked = request(family)
    output = make(family, asked, options, tmp_path, lambda share, message: seen.append((share, message)))
    found = validate_output(output, asked, Settings(home=tmp_path))
    assert (found.width, found.height) == (640, 640)
    assert found.seconds == pytest.approx(SECONDS[family], abs=0.05)
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert sum("step" in message for _, message in seen) >= 2


def test_the_same_seed_renders_the_same_film_and_another_another(options: Any, tmp_path: Path) -> None:
    films = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        output = make(LTX2, request(LTX2, seed=seed), options, tmp_path / name)
        films.append(inputs.clip(_asset("Video 1", MediaKind.VIDEO, output)))
    assert np.array_equal(films[0], films[1])
    assert not np.array_equal(films[0], films[2])


@pytest.mark.parametrize("family", [LTX2, H3], ids=lambda family: family.name)
def test_first_and_last_frame(family: Any, options: Any, files: dict[str, Asset], tmp_path: Path) -> None:
    asked = request(
        family, images=(files["Image 1"], files["Image 2"]), first_frame="Image 1", last_frame="Image 2", audio=False
    )
    output = make(family, asked, options, tmp_path)
    assert not validate_output(output, asked, Settings(home=tmp_path)).has_audio


def test_h3_takes_pictures_clips_and_sounds_as_references(
    options: Any, files: dict[str, Asset], tmp_path: Path
) -> None:
    images = (files["Image 1"], files["Image 2"])
    asked = request(H3, images=images, clips=(files["Video 1"],), sounds=(files["Audio 1"],))
    validate_output(make(H3, asked, options, tmp_path), asked, Settings(home=tmp_path))


def test_ltx2_takes_pictures_and_a_clip_as_guides(options: Any, files: dict[str, Asset], tmp_path: Path) -> None:
    shots = (Shot("Image 2 by a lake", seconds=2), Shot("Video 1, then the boat of Image 1"))
    asked = request(LTX2, shots=shots, images=(files["Image 1"], files["Image 2"]), clips=(files["Video 1"],))
    validate_output(make(LTX2, asked, options, tmp_path), asked, Settings(home=tmp_path))


@pytest.mark.parametrize("family", [LTX2, H3], ids=lambda family: family.name)
def test_cancelling_between_steps_leaves_nothing(family: Any, options: Any, tmp_path: Path) -> None:
    def stop(_share: float, message: str) -> None:
        if message.startswith("step 1 "):
            raise JobCancelled("enough", remedy="none")

    with pytest.raises(JobCancelled):
        make(family, request(family), options, tmp_path, stop)
    assert not (tmp_path / "output.mp4").exists()


def test_too_little_memory_is_said_before_loading(
    options: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faircut.engines.diffusion.runtime._host_free", lambda: 1000)
    with pytest.raises(EngineError, match="needs at least") as caught:
        make(LTX2, request(LTX2), options, tmp_path)
    assert caught.value.field == "engine_options.ltx2.offload"


def test_a_device_that_is_not_there_is_named(options: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    changed = {LTX2: {**options[LTX2], "device": "cuda"}}
    with pytest.raises(EngineError, match="no CUDA device"):
        make(LTX2, request(LTX2), changed, tmp_path)


def test_behind_the_studio_a_model_s_film_is_judged_signed_and_released(options: Any, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home", workers=1, engine_memory_bytes=0, engine_options={"ltx2": options[LTX2]}
    )
    with Faircut(settings) as faircut:
        faircut.studio.start()
        asked = faircut.build_request(
            shots=[Shot("a paper boat on a pond")], size=Size.P480, ratio=Ratio.R1_1, duration=4, engine="ltx2"
        )
        job = faircut.studio.wait(faircut.studio.submit(asked, owner="tests").id, timeout=240)
        assert job.state is JobState.RELEASED, job.error or job.message
        assert job.timeline[0]["event"] == "rendered"
        (event,) = list(faircut.ledger.events(kind="release"))
        assert event.payload["job"] == job.id
        manifest = faircut.signer.reader.read(faircut.studio.output(job.id))
        assert "LTX-2" in str(manifest)
