"""Directives read out of prose, and typed directives that survive the way through words and back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.directives import (
    MOVE_RANGES,
    RANGES,
    Angle,
    Camera,
    Drop,
    Framing,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Placement,
    Side,
    Sky,
    Speed,
    TimeOfDay,
    Transition,
    TransitionKind,
)
from faircut.domain import Shot
from faircut.engines.phrasing import phrase
from faircut.engines.previz.prose import (
    cut_on_of,
    mentions,
    parse_camera,
    parse_lighting,
    parse_physics,
    parse_shot,
)
from faircut.engines.previz.staging import amount_of, merged, plan_physics


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
    assert amount_of(move) * sign > 0


def test_numbers_and_speed_words_set_the_amount():
    assert parse_camera("zoom in 2x").moves[0].amount == 2
    assert parse_camera("orbit around 30 degrees").moves[0].amount == 30
    assert parse_camera("pan right 0.25 widths").moves[0].amount == 0.25
    slow, plain, fast = (abs(amount_of(parse_camera(f"{word} pan left").moves[0])) for word in ("slow", "", "fast"))
    assert slow < plain < fast


def test_moves_combine_and_each_keeps_its_own_direction():
    camera = parse_camera("crane up while panning left")
    assert {(move.kind, move.reverse) for move in camera.moves} == {(MoveKind.CRANE, False), (MoveKind.PAN, True)}


def test_moves_after_then_follow_one_another():
    first, second = parse_camera("dolly in, then pan left").moves
    assert (first.kind, first.start, first.end) == (MoveKind.DOLLY, 0.0, 0.5)
    assert (second.kind, second.start, second.end) == (MoveKind.PAN, 0.5, 1.0)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("orbit left around it", -1),
        ("orbit clockwise around it", -1),
        ("orbit counter-clockwise around it", 1),
        ("camera rolls clockwise", 1),
        ("camera rolls anticlockwise", -1),
    ],
)
def test_turns_have_a_direction(text, sign):
    (move,) = parse_camera(text).moves
    assert amount_of(move) * sign > 0


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
    assert (camera.framing, camera.angle, camera.handheld) == (Framing.CLOSE, Angle.LOW, 1.0)
    assert parse_camera("locked-off wide shot").moves == (Move(MoveKind.STATIC),)
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
    assert (physics.drop.what, physics.drop.height_m, physics.drop.bounces) == ("rubber ball", 2.5, 2)
    assert plan_physics(physics).drop.restitution == 0.82
    assert plan_physics(parse_physics("a stone drops")).drop.restitution < 0.3
    assert parse_physics("in a studio a red ball falls").drop.what == "red ball"
    assert parse_physics("a red ball on the moon that falls from 3 m").drop.what == "red ball"
    assert parse_physics("a ball drops from 6 feet").drop.height_m == pytest.approx(1.8288)
    assert parse_physics("a hammer falls on the moon").gravity == 1.62


@pytest.mark.parametrize("text", ["snow falls", "night falls over the city", "rain is falling", "leaves fall"])
def test_weather_and_darkness_are_no_falling_things(text):
    assert parse_physics(text).drop is None


def test_weather_has_strength():
    assert 0 < parse_physics("light rain").rain < parse_physics("rain").rain < parse_physics("heavy rain").rain
    assert parse_physics("no rain").rain == 0
    assert parse_physics("snow-covered hills").snow is None
    assert parse_physics("it is snowing").snow > 0
    assert parse_physics("a gale").wind > parse_physics("a light breeze").wind


@pytest.mark.parametrize(
    ("text", "wind"),
    [
        ("wind from the right 12 m/s", -12),
        ("12 m/s wind from the left", 12),
        ("wind blowing to the left at 36 km/h", -10),
        ("a gale from the right", -14),
        ("no wind", 0),
        ("a hill", None),
    ],
)
def test_wind_has_a_direction_and_a_speed(text, wind):
    assert parse_physics(text).wind == (None if wind is None else pytest.approx(wind))


@pytest.mark.parametrize(
    ("text", "lens"),
    [
        ("85mm portrait", 85),
        ("shot on a 24 mm lens", 24),
        ("35mm film stock", None),
        ("10 mm of rain", None),
        ("9000mm", 200),
    ],
)
def test_lenses_are_read(text, lens):
    assert parse_camera(text).lens_mm == lens


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("light the colour of honey", "#ffb84c"),
        ("blue light from the left", "#5080ff"),
        ("the light is #10F0a0", "#10f0a0"),
        ("golden light", None),
        ("a red car", None),
    ],
)
def test_the_colour_of_the_light_is_read(text, colour):
    assert parse_lighting(text).colour == colour


def test_files_clips_and_words_on_screen_are_read():
    assert mentions("Image 1 beside @Video2, then [Image 1] and sound 3") == ("Image 1", "Video 2", "Audio 3")
    assert cut_on_of("Cuts on the beat of Audio 2.") == "Audio 2"
    shot = parse_shot('Video 1 from 2 seconds at half speed. Title: "The Fox". Dissolve to a hill over 1 seconds')
    assert shot.clips == (Placement("Video 1", 2.0, 0.5),)
    assert shot.title == "The Fox"
    assert parse_shot("Dissolve to a hill over 1 seconds").transition == Transition(TransitionKind.DISSOLVE, 1.0)
    assert parse_shot("A hill").transition is None
    assert parse_camera("the camera moves as in Video 2").motion_from == "Video 2"


def numbers(path: str) -> st.SearchStrategy[float]:
    allowed = RANGES[path]
    return (
        st.floats(allowed.least, allowed.most)
        .map(lambda value: round(value, 3))
        .filter(lambda value: allowed.least <= value <= allowed.most)
    )


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


@st.composite
def moves(draw: st.DrawFn, kind: MoveKind) -> Move:
    allowed = MOVE_RANGES[kind]
    speed = draw(st.sampled_from(Speed))
    start, end = draw(st.sampled_from([(0.0, 1.0), (0.25, 0.75), (0.0, 0.4)]))
    if draw(st.booleans()):
        size = draw(st.floats(allowed.least, allowed.most).map(lambda value: round(value, 2)))
        size = min(max(size, allowed.least), allowed.most)
        return Move(kind, size * draw(st.sampled_from((-1, 1))), speed, False, start, end)
    return Move(kind, None, speed, draw(st.booleans()), start, end)


MOVING = [kind for kind in MoveKind if kind is not MoveKind.STATIC]
CAMERAS = st.builds(
    Camera,
    moves=st.just((Move(MoveKind.STATIC),))
    | st.lists(st.sampled_from(MOVING), unique=True, max_size=3).flatmap(
        lambda kinds: st.tuples(*(moves(kind) for kind in kinds))
    ),
    framing=maybe(st.sampled_from(Framing)),
    angle=maybe(st.sampled_from(Angle)),
    lens_mm=maybe(numbers("camera.lens_mm")),
    handheld=maybe(numbers("camera.handheld")),
    dutch_degrees=maybe(numbers("camera.dutch_degrees")),
)
LIGHTS = st.builds(
    Lighting,
    time=maybe(st.sampled_from(TimeOfDay)),
    side=maybe(st.sampled_from(Side)),
    colour=maybe(st.from_regex("#[0-9a-f]{6}", fullmatch=True)),
    intensity=maybe(numbers("lighting.intensity")),
    sky=maybe(st.sampled_from(Sky)),
) | st.builds(Lighting, temperature_k=maybe(numbers("lighting.temperature_k")))
DROPS = st.builds(
    Drop,
    what=st.sampled_from(["red rubber ball", "old apple", "crate", "glass marble", "stone"]),
    height_m=maybe(numbers("physics.drop.height_m")),
    restitution=maybe(numbers("physics.drop.restitution")),
    bounces=maybe(st.integers(0, 12)),
)
PHYSICS = st.builds(
    Physics,
    gravity=maybe(numbers("physics.gravity")),
    wind=maybe(numbers("physics.wind")),
    rain=maybe(numbers("physics.rain")),
    snow=maybe(numbers("physics.snow")),
    dust=maybe(numbers("physics.dust")),
    embers=maybe(numbers("physics.embers")),
    fog=maybe(numbers("physics.fog")),
    thunder=maybe(st.booleans()),
    drop=maybe(DROPS),
)


def same(one: object, other: object) -> bool:
    """Equal but for the last digit of numbers, which words round."""
    numbers = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
    first, second = numbers.findall(repr(one)), numbers.findall(repr(other))
    return numbers.sub("#", repr(one)) == numbers.sub("#", repr(other)) and [float(each) for each in first] == (
        pytest.approx([float(each) for each in second], rel=1e-5, abs=1e-6)
    )


@given(CAMERAS, LIGHTS, PHYSICS)
def test_typed_directives_put_into_words_are_read_back_the_same(camera, lighting, physics):
    words = phrase(Shot("", camera=camera, lighting=lighting, physics=physics))
    read = parse_shot(words)
    assert same(read.camera, camera), words
    assert same(read.lighting, lighting), words
    assert same(read.physics, physics), words


@given(CAMERAS, CAMERAS)
def test_what_is_typed_wins_field_by_field(typed, prose):
    both = merged(typed, prose)
    assert merged(None, prose) == prose
    assert merged(typed, Camera()) == typed
    for name in ("framing", "angle", "lens_mm", "handheld", "dutch_degrees"):
        mine, theirs = getattr(typed, name), getattr(prose, name)
        assert getattr(both, name) == (theirs if mine is None else mine)
    assert both.moves == (typed.moves or prose.moves)


@given(PHYSICS, PHYSICS)
def test_a_thing_that_falls_is_completed_by_the_prose(typed, prose):
    both = merged(typed, prose)
    if typed.drop and prose.drop:
        assert both.drop.what == typed.drop.what
        assert both.drop.height_m == (prose.drop.height_m if typed.drop.height_m is None else typed.drop.height_m)
    else:
        assert both.drop == (typed.drop or prose.drop)


def test_a_typed_colour_takes_the_place_of_a_temperature_in_the_prose():
    both = merged(Lighting(colour="#ff0000"), Lighting(TimeOfDay.DAY, temperature_k=3000.0))
    assert (both.time, both.colour, both.temperature_k) == (TimeOfDay.DAY, "#ff0000", None)
    moving = merged(Camera(motion_from="Video 1"), Camera((Move(MoveKind.PAN),), Framing.WIDE))
    assert (moving.moves, moving.framing, moving.motion_from) == ((), Framing.WIDE, "Video 1")


VOCABULARY = """
pan tilt zoom dolly orbit truck crane left right in out up down then while by 0.3 99999 1e9 widths degrees percent times
of the shot from to light lit #ff0000 3200K 85mm lens falls bounces ball a red twice wind m/s rain snow heavy strength
no gravity restitution Video 1 Image Audio at speed title "x" . , ; # -5 ٣
"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=40).map(" ".join)


@given(st.text(max_size=300) | WORDS)
def test_any_text_parses_and_every_number_is_bounded(text):
    shot = parse_shot(text)
    for move in shot.camera.moves:
        if move.amount is not None:
            assert MOVE_RANGES[move.kind].least <= abs(move.amount) <= MOVE_RANGES[move.kind].most
        assert 0 <= move.start < move.end <= 1
    for path, allowed in RANGES.items():
        value: object = shot
        for name in path.split("."):
            value = getattr(value, name, None)
        if value is not None:
            assert allowed.least <= value <= allowed.most, path
