"""Each edit of a picture does what its name says, the same way every time."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.support.media import wander
from tests.support.numbered import ramps

from faircut.bench.edits import BEYOND, EDITS, FRAME_MATRIX, PLAIN, Family, find, pair, pairs
from faircut.bench.pictures import Take, drawn
from faircut.errors import InputError

PICTURE_EDITS = [name for name, edit in EDITS.items() if edit.pictures or edit.encoding != PLAIN.encoding]
MOVING = {"noise", "camcord", "green-screen"}


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return wander(0.05, 5, (320, 180))[0]


@pytest.fixture(scope="module")
def others() -> tuple[np.ndarray, ...]:
    return tuple(drawn((240, 136), seed) for seed in (90, 91, 92))


@pytest.mark.parametrize("name", PICTURE_EDITS)
def test_an_edit_is_repeatable_and_leaves_its_input_alone(
    name: str, picture: np.ndarray, others: tuple[np.ndarray, ...]
) -> None:
    before = picture.copy()
    one = EDITS[name].apply(picture, 3, others, 1.5)
    assert one.dtype == np.uint8
    assert one.ndim == 3
    assert one.shape[2] == 3
    assert min(one.shape[:2]) >= 100
    assert np.array_equal(one, EDITS[name].apply(picture, 3, others, 1.5))
    assert np.array_equal(picture, before)
    assert one.shape != picture.shape or not np.array_equal(one, picture)


@pytest.mark.parametrize("name", [name for name in PICTURE_EDITS if name not in MOVING])
def test_an_editor_sets_it_once_for_a_whole_clip(
    name: str, picture: np.ndarray, others: tuple[np.ndarray, ...]
) -> None:
    assert np.array_equal(EDITS[name].apply(picture, 4, others, 0.0), EDITS[name].apply(picture, 4, others, 3.0))


@pytest.mark.parametrize("name", sorted(MOVING))
def test_what_moves_keeps_its_size(name: str, picture: np.ndarray, others: tuple[np.ndarray, ...]) -> None:
    # Half of all cut-out figures stand still: one of these seeds moves.
    shown = [[EDITS[name].apply(picture, seed, others, time) for time in (0.0, 2.0)] for seed in range(12)]
    assert all(first.shape == then.shape for first, then in shown)
    assert any(not np.array_equal(first, then) for first, then in shown)


def test_mirror_and_turns_are_exact(picture: np.ndarray) -> None:
    assert np.array_equal(EDITS["mirror"].apply(picture), picture[:, ::-1])
    for quarters in (1, 2, 3):
        assert np.array_equal(EDITS[f"turn-{90 * quarters}"].apply(picture), np.rot90(picture, quarters))


@pytest.mark.parametrize("share", [75, 50, 25])
@pytest.mark.parametrize("seed", range(4))
def test_a_crop_keeps_the_stated_area_in_the_same_ratio(share: int, seed: int) -> None:
    whole = ramps()
    kept = EDITS[f"crop-{share}"].apply(whole, seed).astype(float)
    assert kept.shape == whole.shape
    wide = (kept[90, -1, 0] - kept[90, 0, 0]) / 255
    tall = (kept[-1, 160, 1] - kept[0, 160, 1]) / 255
    assert wide * tall == pytest.approx(share / 100, abs=0.02)
    assert wide == pytest.approx(tall, abs=0.02)


def test_crops_lie_in_different_places() -> None:
    corners = {tuple(EDITS["crop-25"].apply(ramps(), seed)[0, 0]) for seed in range(8)}
    assert len(corners) == 8


def test_a_vertical_crop_is_9_to_16_and_as_tall() -> None:
    kept = EDITS["vertical-crop"].apply(ramps(), 1)
    assert kept.shape[0] == 180
    assert kept.shape[1] / kept.shape[0] == pytest.approx(9 / 16, abs=0.01)
    assert kept[0, 0, 1] == 0
    assert kept[-1, 0, 1] == 255


@pytest.mark.parametrize("degrees", [5, 10, 15])
@pytest.mark.parametrize("seed", range(4))
def test_a_rotation_turns_by_the_stated_angle(degrees: int, seed: int) -> None:
    turned = EDITS[f"rotate-{degrees}"].apply(ramps(400, 400), seed).astype(float)
    middle = turned[150:250, 150:250, 0]
    # The direction in which red grows is the direction in which x now runs.
    along, down = np.gradient(middle)[1].mean(), np.gradient(middle)[0].mean()
    assert abs(np.degrees(np.arctan2(down, along))) == pytest.approx(degrees, abs=0.5)


def test_half_of_the_rotations_show_no_corner() -> None:
    white = np.full((180, 320, 3), 255, np.uint8)
    whole = [bool((EDITS["rotate-10"].apply(white, seed) > 200).all()) for seed in range(20)]
    assert 4 <= sum(whole) <= 16


@pytest.mark.parametrize(("name", "axis"), [("letterbox", 0), ("pillarbox", 1)])
def test_bars_are_black_and_the_picture_between_them_whole(name: str, axis: int, picture: np.ndarray) -> None:
    barred = EDITS[name].apply(picture, 2)
    bar = (barred.shape[axis] - picture.shape[axis]) // 2
    assert 0.12 <= bar / barred.shape[axis] <= 0.21
    assert not np.take(barred, range(bar), axis=axis).any()
    assert np.array_equal(np.take(barred, range(bar, bar + picture.shape[axis]), axis=axis), picture)


def test_blurred_bars_hold_the_whole_picture_upright(picture: np.ndarray) -> None:
    tall = EDITS["blurred-bars"].apply(picture)
    assert tall.shape[1] / tall.shape[0] == pytest.approx(9 / 16, abs=0.02)
    inner = cv2.resize(picture, (tall.shape[1], round(tall.shape[1] * 9 / 16)), interpolation=cv2.INTER_AREA)
    top = (tall.shape[0] - inner.shape[0]) // 2
    assert np.abs(tall[top : top + inner.shape[0]].astype(int) - inner).mean() < 3


def test_a_border_is_plain_and_the_picture_within_complete() -> None:
    framed = EDITS["border"].apply(ramps(), 1)
    assert framed.shape == (180, 320, 3)
    assert len({tuple(each) for each in framed[:6].reshape(-1, 3)}) == 1
    inner = framed[30:150, 60:260].astype(int)
    assert inner[60, -1, 0] > inner[60, 0, 0] + 120


def test_picture_in_picture_is_two_fifths_wide(picture: np.ndarray) -> None:
    black = (np.zeros((180, 320, 3), np.uint8),)
    for seed in range(6):
        shown = EDITS["picture-in-picture"].apply(np.full_like(picture, 128), seed, black)
        film = (shown == 128).all(axis=2)
        assert film.any(axis=0).sum() / film.shape[1] == pytest.approx(0.4, abs=0.02)
        assert film.any(axis=1).sum() / film.shape[0] == pytest.approx(0.4, abs=0.02)


def test_a_mosaic_has_the_film_in_one_cell_of_four(picture: np.ndarray) -> None:
    others = tuple(np.full((180, 320, 3), shade, np.uint8) for shade in (1, 2, 3))
    places = set()
    for seed in range(12):
        shown = EDITS["mosaic"].apply(np.full_like(picture, 200), seed, others)
        assert {int(each) for each in np.unique(shown)} == {1, 2, 3, 200}
        assert (shown == 200).mean() == pytest.approx(0.25, abs=0.01)
        places.add(tuple(np.argwhere(shown[..., 0] == 200)[0]))
    assert len(places) == 4


def test_a_split_screen_gives_each_video_half(picture: np.ndarray) -> None:
    shapes = set()
    for seed in range(10):
        shown = EDITS["split-screen"].apply(np.full_like(picture, 200), seed, (np.zeros_like(picture),))
        assert (shown == 200).mean() == pytest.approx(0.5, abs=0.01)
        shapes.add(shown.shape)
    assert shapes == {(180, 320, 3), (360, 320, 3)}


def test_a_cut_out_figure_keeps_some_two_fifths(picture: np.ndarray) -> None:
    shares = [
        (EDITS["green-screen"].apply(np.full_like(picture, 255), seed, (np.zeros_like(picture),), 1.0) > 127).mean()
        for seed in range(6)
    ]
    assert min(shares) > 0.25
    assert max(shares) < 0.5


@pytest.mark.parametrize(("name", "most"), [("text", 0.27), ("logo", 0.27)])
def test_overlays_reach_over_a_quarter_of_the_height(name: str, most: float) -> None:
    ground = np.full((240, 426, 3), 128, np.uint8)
    for seed in range(6):
        changed = (EDITS[name].apply(ground, seed) != 128).any(axis=2)
        rows = np.flatnonzero(changed.any(axis=1))
        assert 0.14 * 240 < rows[-1] - rows[0] + 1 <= most * 240
        assert changed.mean() > 0.01


def test_a_meme_keeps_the_picture_between_white_bands(picture: np.ndarray) -> None:
    shown = EDITS["meme"].apply(picture, 3)
    band = (shown.shape[0] - 180) // 2
    assert np.array_equal(shown[band : band + 180], picture)
    assert (shown[:band] > 250).mean() > 0.5
    assert (shown[:band] < 60).any()


def test_colours(picture: np.ndarray) -> None:
    grey = EDITS["grey"].apply(picture)
    assert np.array_equal(grey[..., 0], grey[..., 1])
    assert np.array_equal(grey[..., 1], grey[..., 2])
    assert np.array_equal(EDITS["invert"].apply(EDITS["invert"].apply(picture)), picture)
    even = np.full((120, 120, 3), 128, np.uint8)
    assert EDITS["gamma-2"].apply(even)[0, 0, 0] == 64
    assert EDITS["gamma-0.5"].apply(even)[0, 0, 0] == 181
    hue = cv2.cvtColor(np.full((120, 120, 3), (200, 60, 60), np.uint8), cv2.COLOR_RGB2HSV)[0, 0, 0]
    turned = EDITS["recolour"].apply(np.full((120, 120, 3), (200, 60, 60), np.uint8), 1)
    moved = abs(int(cv2.cvtColor(turned, cv2.COLOR_RGB2HSV)[0, 0, 0]) - int(hue)) % 180
    assert min(moved, 180 - moved) > 10


def test_sharpness_and_noise(picture: np.ndarray) -> None:
    def detail(shown: np.ndarray) -> float:
        return float(cv2.Laplacian(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), cv2.CV_64F).std())

    assert detail(EDITS["blur"].apply(picture)) < detail(picture)
    even = np.full((180, 320, 3), 128, np.uint8)
    assert EDITS["noise"].apply(even, 1).std() == pytest.approx(25, abs=1)
    assert not np.array_equal(EDITS["noise"].apply(even, 1, time=0.0), EDITS["noise"].apply(even, 1, time=0.04))
    grain = np.random.default_rng(1).normal(128, 12, (180, 320, 3)).clip(0, 255).astype(np.uint8)
    assert detail(EDITS["stylise"].apply(grain)) < 0.5 * detail(grain)


def test_hard_encodings_are_done_for_real() -> None:
    textured = np.random.default_rng(2).integers(0, 255, (240, 426, 3)).astype(np.uint8)
    hard = EDITS["crf-45"].apply(textured)
    assert hard.shape == textured.shape
    assert hard.astype(float).std() < 0.6 * textured.astype(float).std()
    assert min(EDITS["144p"].apply(textured).shape[:2]) == 144


def test_a_camcorded_screen_stands_in_a_dark_room_and_sways() -> None:
    white = np.full((270, 480, 3), 255, np.uint8)
    first, then = (EDITS["camcord"].apply(white, 2, time=time) for time in (0.0, 3.5))
    lit = first.mean(axis=2) > 90
    assert 0.6 < lit.mean() < 0.95
    assert first[0].mean() < 40
    # Half an exposure's cycle later the screen is lighter or darker, and stands elsewhere by a few pixels.
    assert abs(first[135].mean() - then[135].mean()) > 2
    assert np.abs(np.argwhere(lit)[0] - np.argwhere(then.mean(axis=2) > 90)[0]).sum() > 0


def test_pairs_apply_both_in_the_order_of_a_program(picture: np.ndarray) -> None:
    both = pair(EDITS["letterbox"], EDITS["grey"])
    assert both.name == "grey+letterbox"
    assert np.array_equal(both.apply(picture, 2), EDITS["letterbox"].apply(EDITS["grey"].apply(picture, 2), 2))
    hard = find("144p+mirror")
    assert hard.encoding == EDITS["144p"].encoding
    assert len(hard.apply(picture)) == 144


def test_pairs_spread_over_all_edits() -> None:
    chosen = pairs(40, seed=3)
    assert len({each.name for each in chosen}) == 40
    assert [each.name for each in chosen] == [each.name for each in pairs(40, seed=3)]
    assert not {part for each in pairs(400) for part in each.name.split("+")} & BEYOND
    used = {part for each in chosen for part in each.name.split("+")}
    assert used >= {name for name, edit in EDITS.items() if edit.family is not Family.SOUND} - BEYOND - {"still"}


@pytest.mark.parametrize("name", ["no-such-edit", "mirror+crop-50", "mirror+grey+text", "still+reversed"])
def test_unknown_and_impossible_edits_are_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        find(name)
    assert caught.value.field == "--edits"


def test_the_frame_matrix_has_twenty_edits_of_pictures() -> None:
    assert len(set(FRAME_MATRIX)) == 20
    assert all(EDITS[name].pictures or EDITS[name].encoding != PLAIN.encoding for name in FRAME_MATRIX)


def test_choices_follow_the_seed() -> None:
    assert Take(3).rng(1).random() == Take(3, time=4.0).rng(1).random()
    assert Take(3).moving_rng(1).random() != Take(3, time=4.0).moving_rng(1).random()
    assert Take(3).rng(1).random() != Take(4).rng(1).random()
