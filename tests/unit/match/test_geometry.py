import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.pictures import mural, placed

from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Places
from faircut.match.geometry import Agreement, Pairs, agree, correspond, outlines, promise

WIDTH, HEIGHT = 640, 360


def compare(query: np.ndarray, reference: np.ndarray) -> Agreement | None:
    asked, described = keypoints.detect(query, 800)
    stored, known = keypoints.detect(reference, 300)
    if not len(asked) or not len(stored):
        return None
    where = keypoints.places(stored)
    pairs = correspond(keypoint_codes.encode(described), keypoint_codes.encode(known), where)
    return agree(keypoints.places(asked), where, pairs)


def mapped(homography: np.ndarray, point: tuple[float, float]) -> np.ndarray:
    x, y, depth = homography @ [*point, 1.0]
    return np.array([x, y]) / depth


def perspective(picture: np.ndarray, corners: list[list[float]]) -> np.ndarray:
    whole = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    matrix = cv2.getPerspectiveTransform(whole, np.float32(corners) * np.float32([WIDTH, HEIGHT]))
    return np.asarray(cv2.warpPerspective(picture, matrix, (WIDTH, HEIGHT)), np.uint8)


@pytest.mark.parametrize(
    ("name", "edit", "centre", "corner"),
    [
        ("as is", lambda each: each, (0.5, 0.5), (0.1, 0.1)),
        ("cropped", lambda each: each[60:240, 160:480].copy(), (0.5, 150 / 360), (0.25 + 0.05, 78 / 360)),
        ("turned", lambda each: np.rot90(each).copy(), (0.5, 0.5), (0.9, 0.1)),
        ("upright", lambda each: each[:, 220:422].copy(), (321 / 640, 0.5), (240.2 / 640, 0.1)),
    ],
)
def test_the_map_leads_back_to_the_original(name, edit, centre, corner) -> None:
    original = mural(11)
    found = compare(edit(original), original)
    assert found is not None
    assert found.inliers >= 30
    assert mapped(found.homography, (0.5, 0.5)) == pytest.approx(centre, abs=0.01)
    assert mapped(found.homography, (0.1, 0.1)) == pytest.approx(corner, abs=0.01)


def test_a_screen_seen_from_one_side_is_mapped_by_its_perspective() -> None:
    original = mural(12)
    corners = [[0.1, 0.15], [0.9, 0.05], [0.95, 0.9], [0.05, 0.8]]
    found = compare(perspective(original, corners), original)
    assert found is not None
    assert found.inliers >= 30
    for seen, true in zip(corners, ([0, 0], [1, 0], [1, 1], [0, 1]), strict=True):
        assert mapped(found.homography, tuple(seen)) == pytest.approx(true, abs=0.02)
    where, shown = outlines(found.homography)
    assert cv2.contourArea(np.float32(where)) == pytest.approx(cv2.contourArea(np.float32(corners)), rel=0.05)
    assert cv2.contourArea(np.float32(shown)) == pytest.approx(1.0, abs=0.03)


def test_a_picture_in_a_picture_has_its_outline() -> None:
    found = compare(placed(mural(13), mural(14), 340, 40, 256, 144), mural(13))
    assert found is not None
    where = np.array(outlines(found.homography)[0])
    assert where.min(axis=0) == pytest.approx([340 / 640, 40 / 360], abs=0.02)
    assert where.max(axis=0) == pytest.approx([596 / 640, 184 / 360], abs=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_different_pictures_do_not_agree(seed: int) -> None:
    found = compare(mural(100 + seed), mural(200 + seed))
    assert found is None or found.inliers < 6


def test_a_mirrored_picture_does_not_agree_as_it_is() -> None:
    found = compare(mural(15)[:, ::-1].copy(), mural(15))
    assert found is None or found.inliers < 6


def chequered(size: int) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.where((x // size + y // size) % 2 == 0, 60, 190).astype(np.uint8)


def captioned(seed: int, text: str) -> np.ndarray:
    soft = cv2.GaussianBlur(mural(seed), (0, 0), 30)
    cv2.putText(soft, text, (20, 330), cv2.FONT_HERSHEY_DUPLEX, 0.9, 255, 2, cv2.LINE_AA)
    return np.asarray(soft, np.uint8)


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        (chequered(24), chequered(36)),
        (captioned(16, "THE SAME WORDS"), captioned(17, "THE SAME WORDS")),
        (placed(mural(20, 60, 34), mural(18), 20, 20, 48, 27), placed(mural(20, 60, 34), mural(19), 540, 300, 48, 27)),
    ],
    ids=["a pattern that repeats", "a line of text", "a small logo"],
)
def test_what_proves_little_is_no_agreement(query: np.ndarray, reference: np.ndarray) -> None:
    found = compare(query, reference)
    assert found is None or found.inliers < 8


def spread(n: int, rng: np.random.Generator) -> Places:
    xy = rng.uniform(0.1, 0.9, (n, 2)).astype(np.float32)
    return Places(xy, np.full(n, 0.02, np.float32), np.zeros(n, np.float32), 1.0)


def paired(n: int) -> Pairs:
    return Pairs(np.arange(n), np.arange(n), np.zeros(n, np.int64))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.floats(0.4, 2.0))
def test_any_turn_and_size_is_recovered_beside_as_many_wrong_pairs(seed: int, turn: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    here = spread(60, rng)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    true = (here.xy - 0.5) @ matrix.T + np.float32(0.5)
    xy = np.where(np.arange(60)[:, None] < 30, true, rng.uniform(0, 1, (60, 2))).astype(np.float32)
    there = Places(xy, here.size * np.float32(scale), here.angle + np.float32(turn), 1.0)
    found = agree(here, there, paired(60))
    assert found is not None
    assert set(range(30)) <= set(found.pairs.tolist())
    assert len(found.pairs) <= 34
    assert mapped(found.homography, (0.5, 0.5)) == pytest.approx([0.5, 0.5], abs=0.01)
    assert promise(here, there) >= 20


@pytest.mark.parametrize("kind", ["one line", "one spot", "folded"])
def test_points_that_cannot_carry_a_map_are_no_agreement(kind: str) -> None:
    rng = np.random.default_rng(5)
    here = spread(40, rng)
    xy = here.xy.copy()
    if kind == "one line":
        xy[:, 1] = 0.5
    elif kind == "one spot":
        xy = (0.5 + (xy - 0.5) * 0.02).astype(np.float32)
    there = Places(xy.copy(), here.size, here.angle, 1.0)
    if kind == "folded":
        there.xy[:, 0] = 1 - there.xy[:, 0]
    assert agree(Places(xy, here.size, here.angle, 1.0), there, paired(40)) is None


def test_few_or_no_points_are_no_agreement() -> None:
    empty = spread(0, np.random.default_rng(0))
    assert agree(empty, empty, paired(0)) is None
    assert promise(empty, empty) == 0
    assert len(correspond(np.empty((0, 16), np.uint8), np.empty((0, 16), np.uint8), empty)) == 0
