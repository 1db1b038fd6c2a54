"""What can be known of a diffusion engine without its libraries: its grid, its limits, its licence, its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.domain import Asset, GenerationRequest, MediaKind, Ratio, Shot, Size
from faircut.engines import frame_size
from faircut.engines.diffusion import H3, LTX2, DiffusionEngine, Family
from faircut.engines.diffusion.families import FPS
from faircut.engines.diffusion.ltx2 import _begins
from faircut.engines.diffusion.minimax_h3 import workflow
from faircut.engines.diffusion.options import read_options
from faircut.engines.diffusion.prompt import h3_prompt
from faircut.engines.diffusion.rendering import Rendered
from faircut.engines.diffusion.runtime import part_sizes
from faircut.engines.diffusion.terms import EU, H3_LICENCE, LTX2_LICENCE, check_terms
from faircut.engines.diffusion.writing import at_rate, filled, write_video
from faircut.errors import EngineError, EngineOutputInvalid, LimitExceeded
from faircut.protocols import EngineJob

FAMILIES = pytest.mark.parametrize("family", [LTX2, H3], ids=lambda family: family.name)


def files(kind: MediaKind, count: int) -> tuple[Asset, ...]:
    name = {MediaKind.IMAGE: "Image", MediaKind.VIDEO: "Video", MediaKind.AUDIO: "Audio"}[kind]
    return tuple(Asset(f"{name} {number}", kind, "0" * 64, 1) for number in range(1, count + 1))


FULL: dict[str, Any] = {"images": files(MediaKind.IMAGE, 9), "clips": files(MediaKind.VIDEO, 3)}


@FAMILIES
def test_a_clip_lies_on_the_grid_and_is_long_enough_and_no_longer_than_needed(family: Family) -> None:
    for seconds in range(family.shortest, family.longest + 1):
        frames = family.frames(seconds)
        assert frames >= seconds * FPS
        assert frames - family.frames_per_block < seconds * FPS
        assert frames % family.frames_per_block == family.frames_over


def test_h3_stays_within_the_360_frames_that_its_pipeline_accepts() -> None:
    assert H3.frames(H3.longest) <= 360 < H3.frames(H3.longest + 1)
    assert H3.frames(H3.shortest) >= 120


@FAMILIES
@given(size=st.sampled_from(Size), ratio=st.sampled_from(Ratio), edge=st.none() | st.integers(32, 2160))
def test_a_canvas_is_on_the_grid_within_the_area_and_near_the_shape(
    family: Family, size: Size, ratio: Ratio, edge: int | None
) -> None:
    width, height = family.canvas(size, ratio, edge)
    assert width % family.multiple == height % family.multiple == 0
    assert width * height <= family.most_pixels * 1.06
    wanted = frame_size(size, ratio)
    if min(width, height) >= 480:
        assert width / height == pytest.approx(wanted[0] / wanted[1], rel=0.08)


@pytest.mark.parametrize(
    ("family", "changes", "field"),
    [
        (H3, {"duration": 4}, "duration"),
        (H3, {"duration": 15}, "duration"),
        (H3, {"size": Size.P1080}, "size"),
        (LTX2, {"size": Size.K2}, "size"),
        (LTX2, {"sounds": files(MediaKind.AUDIO, 1)}, "Audio 1"),
        (H3, {"sounds": files(MediaKind.AUDIO, 1)}, "Audio 1"),
        (H3, FULL | {"sounds": files(MediaKind.AUDIO, 1)}, "Audio 1"),
        (H3, {"images": files(MediaKind.IMAGE, 2), "first_frame": "Image 1"}, "Image 2"),
    ],
)
def test_what_a_family_cannot_do_is_refused_by_name(family: Family, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        family.check(GenerationRequest(shots=(Shot("a pond"),), **{"duration": 6, **changes}))
    assert caught.value.field == field


def test_h3_takes_twelve_references() -> None:
    H3.check(
        GenerationRequest(
            (Shot("a pond"),), files(MediaKind.IMAGE, 6), files(MediaKind.VIDEO, 3), files(MediaKind.AUDIO, 3)
        )
    )


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "t2va"),
        ({"first_frame": "Image 1"}, "fl2va"),
        ({"last_frame": "Image 1"}, "fl2va"),
        ({"images": files(MediaKind.IMAGE, 1)}, "ref2va"),
    ],
)
def test_the_request_decides_on_the_weights(changes: dict[str, Any], kind: str) -> None:
    assert workflow(GenerationRequest((Shot("a pond"),), **changes)) == kind


@pytest.mark.parametrize("territory", sorted(EU | {"GB", "KR", "US"}))
def test_h3_does_not_run_where_its_licence_grants_nothing(territory: str) -> None:
    with pytest.raises(EngineError, match=f"grants nothing in {territory}"):
        check_terms(H3_LICENCE, engine="minimax-h3", accepted=H3_LICENCE.id, territory=territory, permission="")
    check_terms(
        H3_LICENCE, engine="minimax-h3", accepted=H3_LICENCE.id, territory=territory, permission="letter of 1 May"
    )


def test_h3_asks_where_the_service_runs_and_runs_elsewhere() -> None:
    with pytest.raises(EngineError, match="does not say where it runs"):
        check_terms(H3_LICENCE, engine="minimax-h3", accepted=H3_LICENCE.id, territory="", permission="")
    check_terms(H3_LICENCE, engine="minimax-h3", accepted=H3_LICENCE.id, territory="JP", permission="")


@pytest.mark.parametrize("licence", [LTX2_LICENCE, H3_LICENCE])
@pytest.mark.parametrize("accepted", ["", "yes", "minimax-h3"])
def test_a_licence_is_accepted_by_its_id_alone(licence: Any, accepted: str) -> None:
    with pytest.raises(EngineError, match="has not been accepted") as caught:
        check_terms(licence, engine="x", accepted=accepted, territory="JP", permission="letter")
    assert licence.url in caught.value.remedy


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"devise": "cpu"}, "devise"),
        ({"steps": 0}, "steps"),
        ({"revision": "main"}, "revision"),
        ({"territory": "Japan"}, "territory"),
        ({"dtype": "int8"}, "dtype"),
    ],
)
def test_a_wrong_setting_is_named(options: dict[str, Any], field: str) -> None:
    with pytest.raises(EngineError) as caught:
        read_options("ltx2", options)
    assert caught.value.field == f"engine_options.ltx2.{field}"


@FAMILIES
def test_without_its_libraries_an_engine_says_what_to_install(
    family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faircut.engines.diffusion.runtime.LIBRARIES", ("no-such-library",))
    asked = GenerationRequest((Shot("a pond"),), engine=family.name)
    with pytest.raises(EngineError, match="no-such-library") as caught:
        DiffusionEngine(family).generate(EngineJob(asked, tmp_path / "output.mp4", tmp_path))
    assert "faircut[gpu]" in caught.value.remedy
    assert not (tmp_path / "output.mp4").exists()


def test_h3_is_told_of_files_by_its_own_labels() -> None:
    asked = GenerationRequest((Shot("the boat of image 2 sails as in Video 1 to the tune of Audio 1"),))
    assert h3_prompt(asked) == "the boat of <Picture 2> sails as in <Video 1> to the tune of <Audio 1>"


def test_a_guide_stands_where_its_shot_begins() -> None:
    image, clip = files(MediaKind.IMAGE, 1)[0], files(MediaKind.VIDEO, 1)[0]
    asked = GenerationRequest((Shot("a pond", seconds=1.5), Shot("the boat of Image 1")), duration=6)
    assert _begins(asked, image) == 0.25
    assert _begins(asked, clip) is None


def test_only_the_weights_that_a_request_needs_are_counted(tmp_path: Path) -> None:
    for part, size in (("transformer", 100), ("transformer_ref", 200), ("vae", 10), ("tokenizer", 0)):
        (tmp_path / part).mkdir()
        (tmp_path / part / "model.safetensors").write_bytes(b"0" * size)
    assert part_sizes(tmp_path, H3) == {"transformer": 100, "vae": 10}
    assert part_sizes(tmp_path, H3, references=True) == {"transformer_ref": 200, "vae": 10}


@given(st.integers(8, 200), st.integers(8, 200), st.integers(2, 90), st.integers(2, 90))
def test_a_frame_fills_the_size_whatever_its_shape(width: int, height: int, to_width: int, to_height: int) -> None:
    frame = np.full((height, width, 3), 77, np.uint8)
    shown = filled(frame, to_width, to_height)
    assert shown.shape == (to_height, to_width, 3)
    assert (shown == 77).all()


@pytest.mark.parametrize("rate", [16000, 32000, 44100, 48000])
def test_sound_keeps_its_pitch_and_gets_the_length(rate: int) -> None:
    time = np.arange(rate * 3) / rate
    tone = np.stack([np.sin(2 * np.pi * 440 * time)] * 2).astype(np.float32)
    samples = at_rate(Rendered(np.zeros((1, 2, 2, 3), np.uint8), tone, rate), 4)
    assert samples.shape == (4 * 48000, 2)
    spectrum = np.abs(np.fft.rfft(samples[: 2 * 48000, 0]))
    assert int(spectrum.argmax()) / 2 == pytest.approx(440, abs=0.5)
    assert not samples[int(3.1 * 48000) :].any()


def test_a_model_that_renders_too_little_is_an_error(tmp_path: Path) -> None:
    rendered = Rendered(np.zeros((10, 4, 4, 3), np.uint8), np.zeros((2, 100), np.float32), 16000)
    with pytest.raises(EngineOutputInvalid, match="10 frames"):
        write_video(
            rendered, tmp_path / "x.mp4", (32, 32), 4, sound=True, comment="", progress=lambda _share, _message: None
        )
    assert not (tmp_path / "x.mp4").exists()
