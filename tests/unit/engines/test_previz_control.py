"""Typed directives against the finished film: direction always right, size within five percent, g within two."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from benchmarks.previz_control import frames_of, in_scene, move_shot, on_plate, plate_lens, standee, texture
from benchmarks.previz_measures import (
    acceleration,
    brightest,
    drift,
    lowest_and_middle,
    luminance,
    placed,
    slant,
    slopes,
)

from faircut.directives import Camera, Drop, Lighting, Move, MoveKind, Physics, Side, TimeOfDay
from faircut.domain import Shot
from support.previz import Film, asset, image_file, render_film

STILL = Camera((Move(MoveKind.STATIC),))


def shots_of(film: Film) -> list:
    return [frames_of(film.frames, shot) for shot in film.shots()]


def test_moves_over_an_image_go_where_and_as_far_as_they_are_told(tmp_path):
    moves = [
        (MoveKind.PAN, -0.12),
        (MoveKind.TILT, 0.25),
        (MoveKind.ROLL, -15.0),
        (MoveKind.ZOOM, -1.3),
        (MoveKind.DOLLY, 0.28),
        (MoveKind.TRUCK, 0.3),
        (MoveKind.CRANE, -0.2),
        (MoveKind.ORBIT, -14.0),
    ]
    image = asset("Image 1", image_file(tmp_path / "a.png", texture(5)))
    shots = [move_shot("Image 1", *move, lens_mm=plate_lens(move[0])) for move in moves]
    film = render_film(tmp_path, shots, images=(image,), audio=False)
    for frames, move in zip(shots_of(film), moves, strict=True):
        reading = on_plate(frames, *move)
        assert reading.error < 0.05, reading


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    path = tmp_path_factory.mktemp("figure") / "figure.png"
    cv2.imwrite(str(path), standee(9))
    return asset("Image 1", path)


SPACE = "The figure from Image 1 stands in space"
NIGHT = "The figure from Image 1 stands in a desert at night, moonlight from the left"
BALL = "A red ball in a studio"
MOVES = [(MoveKind.TRUCK, -0.15), (MoveKind.DOLLY, -0.2), (MoveKind.ORBIT, 20.0), (MoveKind.ROLL, 8.0)]
FALLS = [(9.81, 1.0, 0.7, 1.2), (1.62, 0.6, 0.4, 1.6), (20.0, 1.5, 0.6, 0.9)]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, figure):
    """One film of everything that is drawn: its shots by name, each with its frames and its entry in the timeline."""
    shots = {f"{kind}": move_shot(SPACE, kind, amount) for kind, amount in MOVES}
    shots |= {f"{mm:g} mm": Shot(NIGHT, 1 / 3, Camera((Move(MoveKind.STATIC),), lens_mm=mm)) for mm in (40.0, 60.0)}
    shots["late"] = Shot(NIGHT, 0.75, Camera((Move(MoveKind.TRUCK, 0.3, start=0.5),)))
    shots |= {side.value: Shot(BALL, 1 / 3, STILL, Lighting(TimeOfDay.DAY, side)) for side in (Side.LEFT, Side.RIGHT)}
    for gravity, height, restitution, seconds in FALLS:
        physics = Physics(gravity, drop=Drop("red rubber ball", height, restitution))
        shots[f"{gravity}"] = Shot("in a room, no music", seconds, STILL, Lighting(TimeOfDay.DAY), physics)
    film = render_film(
        tmp_path_factory.mktemp("scenes"), list(shots.values()), images=(figure,), audio=False, duration=8, seed=3
    )
    return film, dict(zip(shots, zip(shots_of(film), film.shots(), strict=True), strict=True))


def test_moves_in_a_scene_go_where_and_as_far_as_they_are_told(scenes):
    for kind, amount in MOVES:
        reading = in_scene(scenes[1][kind.value][0], standee(9), kind, amount)
        assert reading.error < 0.05, reading


def test_a_longer_lens_draws_the_background_nearer_and_a_move_keeps_its_time(scenes):
    wide, long, late = (scenes[1][name][0] for name in ("40 mm", "60 mm", "late"))
    picture = standee(9)[..., :3]
    assert placed(picture, long[0]).scale == pytest.approx(placed(picture, wide[0]).scale, rel=0.03)
    moons = [brightest(frames[0]) for frames in (wide, long)]
    assert moons[1][2] / moons[0][2] == pytest.approx(1.5, rel=0.05)
    assert (427 - moons[1][0]) / (427 - moons[0][0]) == pytest.approx(1.5, rel=0.05)
    xs = [placed(picture, late[number]).x for number in (0, len(late) // 2, len(late) - 1)]
    assert abs(xs[1] - xs[0]) < 2
    assert xs[0] - xs[2] == pytest.approx(0.3 * 854, rel=0.05)


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_drawn_subject_is_brighter_on_the_side_of_the_light(scenes, side):
    frame = scenes[1][side.value][0][4].astype(float)
    red = (frame[..., 2] > 60) & (frame[..., 2] > 1.6 * frame[..., 1])
    columns = np.flatnonzero(red.sum(0) > 4)
    middle = (columns[0] + columns[-1]) // 2
    left, right = frame[:, :middle, 2][red[:, :middle]].mean(), frame[:, middle:, 2][red[:, middle:]].mean()
    assert (left > 1.05 * right) if side is Side.LEFT else (right > 1.05 * left)


@pytest.mark.parametrize(("gravity", "height", "restitution"), [fall[:3] for fall in FALLS])
def test_things_fall_with_the_gravity_and_rebound_with_the_restitution_that_are_said(
    scenes, gravity, height, restitution
):
    film, shots = scenes
    frames, shot = shots[f"{gravity}"]
    scale = shot["camera"]["pixels_per_metre"]
    rows = np.array([lowest_and_middle(frame) for frame in frames])
    hits = [event["frame"] - shot["start_frame"] for event in film.events("impact") if event["shot"] == shot["shot"]]
    released = hits[0] - math.sqrt(2 * height / gravity) * 24
    falling = rows[math.ceil(released) + 1 : hits[0], 1]
    assert acceleration(falling) / scale == pytest.approx(gravity, rel=0.02)
    floor = rows[hits[0] - 1 : hits[0] + 2, 0].max()
    assert (floor - rows[0, 0]) / scale == pytest.approx(height, rel=0.03)
    if len(hits) > 1:
        rebound = (floor - rows[hits[0] : hits[1], 0].min()) / scale
        assert rebound == pytest.approx(height * restitution**2, rel=0.08)


GREY = np.full((720, 1280, 3), 110, np.uint8)


@pytest.fixture(scope="module")
def lit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("light")
    lights = {
        "plain": Lighting(),
        **{side.value: Lighting(side=side) for side in (Side.LEFT, Side.RIGHT, Side.ABOVE, Side.BELOW)},
        **{f"{kelvin:g}": Lighting(temperature_k=kelvin) for kelvin in (2000.0, 4500.0, 12000.0)},
        **{colour: Lighting(colour=colour) for colour in ("#ff4030", "#40ff60", "#4060ff")},
        "half": Lighting(intensity=0.5),
    }
    shots = [Shot("Image 1", 1 / 3, STILL, light, Physics(wind=0.0)) for light in lights.values()]
    image = asset("Image 1", image_file(folder / "grey.png", GREY))
    film = render_film(folder, shots, images=(image,), audio=False)
    return dict(zip(lights, (frames[3] for frames in shots_of(film)), strict=True))


def test_light_falls_from_the_side_that_is_said(lit):
    assert slopes(lit["right"])[0] > 0.2
    assert slopes(lit["left"])[0] < -0.2
    assert slopes(lit["above"])[1] > 0.2
    assert slopes(lit["below"])[1] < -0.2
    for side in ("left", "right"):
        assert abs(slopes(lit[side])[1]) < 0.05


def test_light_has_the_temperature_colour_and_strength_that_are_said(lit):
    warmth = [float(frame[..., 2].mean() / frame[..., 0].mean()) for frame in (lit["2000"], lit["4500"], lit["12000"])]
    assert warmth[0] > 1.5 * warmth[1] > 1.5 * warmth[2]
    assert warmth[2] < 0.95
    for colour in ("#ff4030", "#40ff60", "#4060ff"):
        said = np.array([[[int(colour[at : at + 2], 16) for at in (5, 3, 1)]]], np.uint8)
        seen = lit[colour][200:300, 300:500].reshape(-1, 3).mean(0).astype(np.uint8).reshape(1, 1, 3)
        hues = [int(cv2.cvtColor(each, cv2.COLOR_BGR2HSV)[0, 0, 0]) * 2 for each in (said, seen)]
        assert abs((hues[0] - hues[1] + 180) % 360 - 180) < 12, colour
    ratio = luminance(lit["half"]).mean() / luminance(lit["plain"]).mean()
    assert ratio == pytest.approx(0.5, rel=0.1)


def test_weather_grows_with_its_strength_and_goes_with_the_wind(tmp_path):
    kinds = {
        "rain": [Physics(wind=0.0, rain=0.3), Physics(wind=0.0, rain=1.0), Physics(wind=8.0, rain=1.0)],
        "snow": [Physics(None, wind, 0.0, snow) for wind, snow in ((-12.0, 0.3), (-12.0, 1.0), (12.0, 1.0))],
        "dust": [Physics(None, wind, 0.0, 0.0, dust) for wind, dust in ((-12.0, 0.3), (-12.0, 1.0), (12.0, 1.0))],
    }
    shots = [Shot("Image 1", 0.4, STILL, physics=each) for group in kinds.values() for each in group]
    image = asset("Image 1", image_file(tmp_path / "grey.png", GREY))
    film = render_film(tmp_path, [*shots, Shot("Image 1", None, STILL)], images=(image,), audio=False)
    found = shots_of(film)
    for number, kind in enumerate(kinds):
        little, much, other = found[3 * number : 3 * number + 3]
        assert drift(much)[2] > 1.6 * drift(little)[2], kind
        if kind == "rain":
            assert abs(slant(much)) < 0.1
            assert slant(other) > 0.4
        else:
            assert drift(much)[0] < -2, kind
            assert drift(other)[0] > 2, kind
