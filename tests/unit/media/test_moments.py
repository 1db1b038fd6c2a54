import numpy as np
import pytest
from tests.support.media import wander, write_video

from faircut.media.decode import LumaBatch, Moment, decode
from faircut.media.limits import MediaLimits
from faircut.media.moments import QUERIES, REFERENCES, Closeness, MomentChooser


def chosen(planes: np.ndarray, closeness: Closeness, fps: float = 10.0) -> list[float]:
    chooser = MomentChooser(closeness)
    return [round(number / fps, 3) for number, plane in enumerate(planes) if chooser.wants(plane, number / fps)]


def scene(seed: int, count: int, drift: float = 0.0) -> np.ndarray:
    """(count, 64, 64) of one shot; ``drift`` grey levels of change a picture."""
    rng = np.random.default_rng(seed)
    start, way = rng.integers(40, 210, (64, 64)), np.where(rng.random((64, 64)) < 0.5, -1, 1)
    return np.clip(start + drift * np.arange(count)[:, None, None] * way, 0, 255).astype(np.uint8)


def test_a_still_scene_is_chosen_once() -> None:
    assert chosen(scene(1, 300), REFERENCES) == [0.0]
    assert chosen(scene(1, 300), QUERIES) == [0.0]


def test_a_moving_scene_is_chosen_about_once_a_second() -> None:
    assert chosen(scene(2, 60, drift=1.0), REFERENCES) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_second_of_a_query_has_three_moments_at_least() -> None:
    assert len(chosen(scene(3, 10, drift=2.0), QUERIES)) >= 3


def test_every_shot_has_its_moment() -> None:
    cuts = np.concatenate([scene(seed, 5) for seed in range(8)])
    assert chosen(cuts, REFERENCES) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]


def test_a_reference_keeps_more_of_what_moves_fast_and_of_what_is_dim() -> None:
    fast = np.concatenate([scene(7, 20, drift=12.0), scene(8, 20, drift=12.0)])
    assert np.diff(chosen(fast, REFERENCES)).min() == pytest.approx(0.4)
    dim = (scene(2, 60, drift=2.0) // 12).astype(np.uint8)
    assert len(chosen(dim, REFERENCES)) >= 5


def test_plain_surfaces_are_not_chosen() -> None:
    fade = np.repeat(np.arange(0, 250, 5, dtype=np.uint8), 64 * 64).reshape(-1, 64, 64)
    assert chosen(fade, QUERIES) == []


def test_long_queries_are_looked_at_less_often() -> None:
    drifting = np.concatenate([scene(4, 100, drift=1.5), scene(4, 100, drift=1.5)[::-1]] * 8)
    times = np.array(chosen(drifting, QUERIES))
    assert np.median(np.diff(times[times < 60])) == pytest.approx(0.8)
    assert np.diff(times[times > 61]).min() >= 1.0


@pytest.mark.parametrize(("closeness", "longest"), [(REFERENCES, 416), (QUERIES, 512)])
def test_moments_come_out_of_the_decoder_beside_the_planes(tmp_path, closeness: Closeness, longest: int) -> None:
    film = write_video(tmp_path / "film.mp4", wander(4, seed=5, size=(640, 352)))
    batches = list(decode(film, "film", MediaLimits(), closeness))
    moments = [each for each in batches if isinstance(each, Moment)]
    planes = np.concatenate([each.planes for each in batches if isinstance(each, LumaBatch)])
    times = np.concatenate([each.times for each in batches if isinstance(each, LumaBatch)])
    assert moments
    for each in moments:
        assert each.grey.shape == (round(longest * 352 / 640), longest)
        plane = planes[np.flatnonzero(times == each.time)[0]]
        # Cells of the larger picture average to the pixel of the plane.
        rows = each.grey.shape[0] // 8 * 8
        assert abs(float(each.grey[:rows].mean()) - float(plane.mean())) < 4
    assert not [each for each in decode(film, "film", MediaLimits()) if isinstance(each, Moment)]


def test_small_pictures_are_not_enlarged(tmp_path) -> None:
    film = write_video(tmp_path / "film.mp4", wander(1, seed=6, size=(320, 180)))
    moment = next(each for each in decode(film, "film", MediaLimits(), QUERIES) if isinstance(each, Moment))
    assert moment.grey.shape == (180, 320)
