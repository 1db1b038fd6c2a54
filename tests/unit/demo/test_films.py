"""The drawn films: always the same, rich enough to fingerprint, and unlike one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest

from faircut.demo import films, music
from faircut.demo.paper import Camera, Cutout, Frame, band, box, chain, curve, moved, pose
from faircut.fingerprints import chromaprint, pdq

ALL = (*films.FILMS, films.KITES)


def codes_of(frames: list[Frame]) -> np.ndarray:
    planes = [
        cv2.resize(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), (64, 64), interpolation=cv2.INTER_AREA) for each in frames
    ]
    stacked = np.stack(planes)
    assert pdq.quality(stacked).min() >= pdq.MIN_QUALITY
    return pdq.dihedral(pdq.coefficients(stacked))


def every(film: films.Film, step: int) -> Iterator[Frame]:
    """One frame in so many, the others not even drawn."""
    places = (
        (take, number, count)
        for take in film.takes
        for count in [round(take.seconds * films.FPS)]
        for number in range(count)
    )
    for take, number, count in islice(places, 0, None, step):
        frame = np.zeros((films.HEIGHT, films.WIDTH, 3), np.uint8)
        take.draw(frame, number / films.FPS, number / max(count - 1, 1))
        yield frame


@pytest.fixture(scope="module")
def sampled() -> dict[str, np.ndarray]:
    """Two frames a second of each film, as (n, 8, 32) codes."""
    return {film.slug: codes_of(list(every(film, films.FPS // 2))) for film in ALL}


def test_a_film_is_drawn_the_same_every_time() -> None:
    film = films.LAMPLIGHT
    first, second = (list(islice(film.frames(), 3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert first[0].shape == (films.HEIGHT, films.WIDTH, 3)


def test_a_film_has_the_frames_that_its_length_says() -> None:
    assert films.TUMBRIL.cuts == (0.0, 4.0, 7.0, 10.0)
    drawn: list[float] = []
    blank = tuple(replace(take, draw=lambda _frame, time, _share: drawn.append(time)) for take in films.KITES.takes)
    assert sum(1 for _ in replace(films.KITES, takes=blank).frames()) == round(films.KITES.seconds * films.FPS)
    assert drawn.count(0.0) == len(blank)


def test_films_lie_far_apart_in_every_variant(sampled: dict[str, np.ndarray]) -> None:
    slugs = list(sampled)
    for number, one in enumerate(slugs):
        for other in slugs[number + 1 :]:
            distances = pdq.hamming(sampled[one][:, None, :1], sampled[other][None])
            assert distances.min() > 60, (one, other)


def test_shots_move(sampled: dict[str, np.ndarray]) -> None:
    for slug, codes in sampled.items():
        steps = pdq.hamming(codes[1:, 0], codes[:-1, 0])
        assert np.median(steps) > 4, slug


def test_tunes_have_their_length_and_differ() -> None:
    heard = {}
    for film in ALL:
        tune = film.tune(film.seconds)
        assert len(tune) == round(film.seconds * music.RATE)
        assert 0.3 < float(np.abs(tune).max()) <= 1.0
        hasher = chromaprint.ChromaprintHasher()
        hasher.add(
            cv2.resize(tune[None], (round(film.seconds * chromaprint.SAMPLE_RATE), 1), interpolation=cv2.INTER_AREA)[0],
            0.0,
        )
        heard[film.slug] = hasher.finish().codes
    for one, other in (("the-lamplight-post", "old-tumbril-sings"), ("the-lamplight-post", "kites-over-the-hill-farm")):
        count = min(len(heard[one]), len(heard[other]))
        errors = np.bitwise_count(heard[one][:count] ^ heard[other][:count]).mean() / 8
        assert errors > 0.35


def test_pitch_follows_equal_temperament() -> None:
    assert music.pitch("a4") == pytest.approx(440.0)
    assert music.pitch("c4") == pytest.approx(261.6256, abs=1e-3)
    assert music.pitch("g#5") == pytest.approx(music.pitch("a-5"))


def test_a_sheet_lies_where_its_matrix_says() -> None:
    cutout = Cutout(20, 20)
    cutout.glue(box(0, 0, 20, 20), (200, 40, 40), lift=0)
    frame = np.zeros((60, 60, 3), np.uint8)
    cutout.bake(shadow=0).place(frame, pose((0, 0), (30, 10)))
    assert frame[20, 40, 0] > 150
    assert not frame[:8].any()
    assert not frame[:, :28].any()
    assert not frame[32:].any()


def test_a_sheet_outside_the_frame_changes_nothing() -> None:
    cutout = Cutout(20, 20)
    cutout.glue(box(0, 0, 20, 20), (200, 40, 40))
    frame = np.zeros((40, 40, 3), np.uint8)
    cutout.bake().place(frame, pose((0, 0), (400, 10)))
    cutout.bake().place(frame, pose((0, 0), (-400, -400)))
    assert not frame.any()


def test_a_hole_lets_the_ground_through() -> None:
    cutout = Cutout(40, 40)
    cutout.glue(box(0, 0, 40, 40), (10, 200, 10), lift=0)
    cutout.cut(box(10, 10, 20, 20))
    frame = np.full((40, 40, 3), 77, np.uint8)
    cutout.bake(shadow=0).place(frame, pose((0, 0), (0, 0)))
    assert frame[20, 20].tolist() == [77, 77, 77]
    assert frame[4, 4, 1] > 150


def test_near_things_pass_the_camera_faster() -> None:
    frame = np.zeros((360, 640, 3), np.uint8)
    shift = [
        Camera(420, 180).view(frame, depth)[0, 2] - Camera(320, 180).view(frame, depth)[0, 2]
        for depth in (0.0, 0.5, 1.0, 2.0)
    ]
    assert shift == pytest.approx([0, -50, -100, -200])


def test_maps_join() -> None:
    joined = chain(pose((0, 0), (100, 0)), pose((10, 0), (0, 0), angle=90))
    assert joined @ np.array([20, 0, 1]) == pytest.approx([100, 10])
    assert pose((0, 0), (5, 5)) @ moved(1, 2, 3) @ np.array([1, 1, 1]) == pytest.approx([9, 10])


def test_outlines_pass_through_their_points() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    smooth = np.array(curve(points))
    for point in points:
        assert np.abs(smooth - point).sum(axis=1).min() < 1e-6
    strip = np.array(band([(0.0, 0.0), (10.0, 0.0)], 4.0))
    assert sorted(set(strip[:, 1].tolist())) == [-2.0, 2.0]
