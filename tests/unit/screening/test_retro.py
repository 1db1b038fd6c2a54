"""A film that is registered today is found in what was judged yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.support.media import Edit, reencode, tune, wander, write_video

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Fingerprint, Stage, Verdict
from faircut.seen import PICTURE_EVERY, thin


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    film = write_video(folder / "film.mp4", wander(9, 21), sound=tune(9, 21))
    return {
        "film": film,
        "copy": reencode(film, folder / "copy.mp4", Edit(start=2, seconds=6, mirror=True, crf=32)),
        "sound": reencode(film, folder / "sound.mp4", Edit(start=1, seconds=7, picture=False)),
        "own": write_video(folder / "own.mp4", wander(5, 77), sound=tune(5, 77)),
    }


@pytest.fixture(scope="module")
def judged(films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    """A service that has let a copy pass, because the film was registered only afterwards."""
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as faircut:
        # Outputs, what users sent, and what somebody wants to train on: all of it is remembered and searched.
        stages = (("copy", Stage.OUTPUT), ("sound", Stage.UPLOAD), ("own", Stage.DATASET), ("copy", Stage.DATASET))
        for name, stage in stages:
            assert faircut.screen_file(films[name], actor="maker", stage=stage).verdict is Verdict.ALLOW
        faircut.catalogue.add_party("Late House", actor="tests")
        for title in ("Late Film", "Another Film"):
            faircut.catalogue.add_work(title, "Late House", actor="tests")
        faircut.catalogue.add_reference(films["film"], work="Late Film", actor="tests")
        yield faircut


def test_copies_that_passed_before_are_found_with_their_segments(judged: Faircut, films: dict[str, Path]) -> None:
    report = judged.retro.search(judged.catalogue.work("Late Film"), actor="tests")
    assert report.searched == 3
    assert {each.kind for each in report.sightings} == {"video", "audio"}
    video = next(each for each in report.sightings if each.kind == "video")
    picture = next(each for each in video.reasons if each.code == "protected.picture")
    assert picture.query_segment == pytest.approx((0, 6), abs=0.5)
    assert picture.reference_segment == pytest.approx((2, 8), abs=0.5)
    assert "Late Film" in picture.message
    assert "mirrored" in picture.message
    decision = judged.decisions.get(video.decisions[0])
    assert decision.asset_digest == video.digest
    assert set(video.stages) == {Stage.OUTPUT, Stage.DATASET}
    assert video.owners == ("maker",)
    assert [each.stages for each in report.sightings if each.kind == "audio"] == [(Stage.UPLOAD,)]


def test_a_work_without_copies_is_not_found(judged: Faircut) -> None:
    report = judged.retro.search(judged.catalogue.work("Another Film"), actor="tests")
    assert (report.searched, report.sightings) == (3, ())


def test_the_search_is_on_record(judged: Faircut) -> None:
    work = judged.catalogue.work("Late Film")
    report = judged.retro.search(work, actor="tests")
    event = list(judged.ledger.events(kind="retro.searched"))[-1]
    assert event.subject == work.id
    assert {each["asset"] for each in event.payload["found"]} == {each.digest for each in report.sightings}


def test_a_negative_reference_is_honoured(judged: Faircut, films: dict[str, Path]) -> None:
    reference = judged.catalogue.add_reference(films["film"], work="Another Film", negative="everyone", actor="tests")
    try:
        assert judged.retro.search(judged.catalogue.work("Late Film"), actor="tests").sightings == ()
    finally:
        judged.catalogue.remove_reference(reference.id, actor="tests")


def test_what_is_forgotten_is_searched_no_more(judged: Faircut, films: dict[str, Path]) -> None:
    before = judged.seen.count()
    decision = judged.screen_file(films["film"], actor="maker")
    assert judged.seen.count() == before + 1
    judged.seen.forget(decision.asset_digest)
    assert judged.seen.count() == before


def test_thinning_keeps_moments_apart_and_moments_whole() -> None:
    times = np.repeat(np.arange(0, 5, 0.04), 2).astype(np.float32)
    codes = np.arange(len(times) * 32, dtype=np.uint8).reshape(len(times), 32)
    thinned = thin(Fingerprint("pdq-v1", codes, times, np.full(len(times), 80, np.uint8), 5.0))
    kept = np.unique(thinned.times)
    assert np.diff(kept).min() >= PICTURE_EVERY - 1e-3
    assert len(thinned) == 2 * len(kept) == 2 * round(5 / 0.28)


def test_thinning_keeps_the_strongest_features_of_a_moment() -> None:
    rng = np.random.default_rng(1)
    times = np.repeat([0.0, 0.5, 1.0], 900).astype(np.float32)
    quality = rng.integers(0, 101, len(times)).astype(np.uint8)
    thinned = thin(Fingerprint("keypoints-v2", np.zeros((len(times), 24), np.uint8), times, quality, 1.0))
    assert np.unique(thinned.times).tolist() == [0.0, 1.0]
    for time in (0.0, 1.0):
        mine, all_of_it = thinned.quality[thinned.times == time], quality[times == time]
        assert mine.min() >= np.sort(all_of_it)[-len(mine)]
        assert len(mine) == 400
