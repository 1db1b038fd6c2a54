"""Whatever rewrite is offered passes when it is sent, and the scene around the name stays word for word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Shot, Verdict

SONG = "Eleven herons walk the frozen harbour and nobody but me has counted them"
NAMED = (
    "Mirabel Quench",
    "MIRABEL QUENCH",
    "mirabel quench",
    "M1rabel Qu3nch",
    "Mirabel\u200b Quench",
    "hcneuQ lebariM",
    "Mirabell Quench",
    "Cinder Quay",
    "The Tin Heron",
    f"“{SONG}”",
)
SCENES = (
    "On a pier in the rain we see {}, gulls cry, slow dolly in",
    "A wide shot of the valley at noon; then {} and a dog under a red umbrella",
    "Two children wave at {} from a window, watercolour",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    folder: Path = tmp_path_factory.mktemp("rewrites")
    (folder / "song.txt").write_text(SONG, encoding="utf-8")
    with Faircut(Settings(home=folder / "home")) as faircut:
        add = faircut.catalogue
        add.add_party("Lantern House", actor="tests")
        work = add.add_work("The Tin Heron", "Lantern House", actor="tests").id
        add.add_element("character", "Mirabel Quench", work=work, actor="tests")
        add.add_element("set", "Cinder Quay", work=work, actor="tests")
        add.add_reference(folder / "song.txt", work=work, actor="tests")
        yield faircut


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(named=st.lists(st.sampled_from(NAMED), min_size=1, max_size=3, unique=True), data=st.data())
def test_it_passes_and_keeps_the_scene(service: Faircut, named: list[str], data: st.DataObject) -> None:
    scenes = [data.draw(st.sampled_from(SCENES)) for _ in named]
    shots = [scene.format(each) for scene, each in zip(scenes, named, strict=True)]
    assert not service.preflight(shots).allows
    offered = service.rewrite(shots)
    assert offered is not None
    assert offered.decision.allows
    for scene, shot, each in zip(scenes, offered.shots, named, strict=True):
        assert each not in shot
        before, after = scene.split("{}")
        assert before.strip().casefold() in shot.casefold()
        assert after.strip(" ,") in shot
    assert service.preflight(offered.shots).verdict is Verdict.ALLOW


def test_it_passes_as_a_request_too(service: Faircut) -> None:
    shots = [SCENES[0].format("Mirabel Quench"), SCENES[1].format(SONG)]
    offered = service.rewrite(shots)
    assert offered is not None
    request = service.build_request(shots=[Shot(each) for each in offered.shots])
    assert all(each.allows for each in service.screener.screen_request(request, actor="ada"))
