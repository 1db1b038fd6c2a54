import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.engines.previz.directives import MoveKind, parse_camera, parse_lighting, parse_physics


@pytest.mark.parametrize(
    ("text", "kind", "sign"),
    [
        ("slow dolly in on the house", MoveKind.DOLLY, 1),
        ("the camera pulls back: pull back slowly", MoveKind.DOLLY, -1),
        ("push in", MoveKind.DOLLY, 1),
        ("pan left", MoveKind.PAN, -1),
        ("a pan to the right", MoveKind.PAN, 1),
        ("panning from left to right", MoveKind.PAN, 1),
        ("tilt up to the sky", MoveKind.TILT, 1),
        ("tilting down", MoveKind.TILT, -1),
        ("zoom out", MoveKind.ZOOM, -1),
        ("crash zoom in", MoveKind.ZOOM, 1),
        ("orbit around the statue", MoveKind.ORBIT, 1),
        ("truck left", MoveKind.TRUCK, -1),
        ("crane up over the roofs", MoveKind.CRANE, 1),
        ("the camera rises", MoveKind.CRANE, 1),
    ],
)
def test_moves_are_read_with_their_direction(text, kind, sign):
    (move,) = parse_camera(text).moves
    assert move.kind is kind
    assert move.amount * sign > 0


def test_numbers_and_speed_words_set_the_amount():
    assert parse_camera("zoom in 2x").moves[0].amount == 2
    assert parse_camera("orbit around 30 degrees").moves[0].amount == 30
    assert parse_camera("pan right 0.25 widths").moves[0].amount == 0.25
    slow, plain, fast = (abs(parse_camera(f"{word} pan left").moves[0].amount) for word in ("slow", "", "fast"))
    assert slow < plain < fast


def test_moves_combine_and_each_keeps_its_own_direction():
    camera = parse_camera("crane up while panning left")
    assert {(move.kind, move.amount > 0) for move in camera.moves} == {(MoveKind.CRANE, True), (MoveKind.PAN, False)}
    assert camera.title == "crane up + pan left"


@pytest.mark.parametrize(
    "text",
    [
        "a frying pan on the stove",
        "a red truck drives by",
        "a crane stands in the lake",
        "a planet in orbit",
        "light from the left",
        "tracks in the snow",
    ],
)
def test_things_that_share_a_word_with_a_move_are_not_moves(text):
    assert parse_camera(text).moves == ()


def test_framing_angle_and_steadiness():
    camera = parse_camera("Handheld low-angle close-up")
    assert (camera.framing, camera.angle, camera.handheld > 0) == ("close", "low", True)
    assert parse_camera("locked-off wide shot").title == "static"
    assert parse_camera("aerial view").angle == "aerial"


@pytest.mark.parametrize(
    ("text", "time", "side"),
    [
        ("golden hour from the left", "golden", "left"),
        ("a moonlit night", "night", None),
        ("noon, sunlight coming from the right", "day", "right"),
        ("the dog runs from the left", None, None),
        ("backlit at dawn", "dawn", "behind"),
        ("left-lit portrait", None, "left"),
    ],
)
def test_light_is_read(text, time, side):
    light = parse_lighting(text)
    assert (light.time, light.side) == (time, side)


def test_kelvin_and_intensity():
    assert parse_lighting("lit at 3200 K").temperature_k == 3200
    assert parse_lighting("a dim room").intensity < 1 < parse_lighting("bright daylight").intensity


def test_drops_have_height_bounces_and_the_material_s_restitution():
    physics = parse_physics("A rubber ball falls from 2.5 m and bounces twice")
    assert physics.drop is not None
    assert (physics.drop.height_m, physics.drop.bounces, physics.drop.restitution) == (2.5, 2, 0.82)
    assert parse_physics("a stone drops").drop.restitution < 0.3
    assert parse_physics("a ball drops from 6 feet").drop.height_m == pytest.approx(1.8288)
    assert parse_physics("a hammer falls on the moon").gravity == 1.62


@pytest.mark.parametrize("text", ["snow falls", "night falls over the city", "rain is falling", "leaves fall"])
def test_weather_and_darkness_are_no_falling_things(text):
    assert parse_physics(text).drop is None


def test_weather_has_strength():
    assert 0 < parse_physics("light rain").rain < parse_physics("rain").rain < parse_physics("heavy rain").rain
    assert parse_physics("no rain").rain == 0
    assert parse_physics("snow-covered hills").snow == 0
    assert parse_physics("it is snowing").snow > 0
    assert parse_physics("a gale").wind > parse_physics("a light breeze").wind


@given(st.text(max_size=300))
def test_any_text_parses(text):
    parse_camera(text)
    parse_lighting(text)
    parse_physics(text)
