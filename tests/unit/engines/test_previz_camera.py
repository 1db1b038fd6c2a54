"""The camera and the light as they are measured in the finished file."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from faircut.domain import Shot
from support.previz import asset, image_file, render_film, texture


def homography(first: np.ndarray, last: np.ndarray, agree: float = 0.6) -> np.ndarray:
    """First frame to last, by SIFT and RANSAC; the lettering in the corners is left out."""
    mask = np.full(first.shape[:2], 255, np.uint8)
    mask[-40:, :220], mask[:40, -140:] = 0, 0
    sift = cv2.SIFT_create(1500)
    (keys_a, codes_a), (keys_b, codes_b) = (sift.detectAndCompute(each, mask) for each in (first, last))
    pairs = cv2.BFMatcher().knnMatch(codes_a, codes_b, k=2)
    good = [a for a, b in pairs if a.distance < 0.75 * b.distance]
    assert len(good) > 30
    source = np.float32([keys_a[match.queryIdx].pt for match in good])
    target = np.float32([keys_b[match.trainIdx].pt for match in good])
    matrix, inliers = cv2.findHomography(source, target, cv2.RANSAC, 2.0)
    assert inliers.mean() > agree
    return matrix


def moved(matrix: np.ndarray, x: float, y: float) -> tuple[float, float]:
    u, v, w = matrix @ (x, y, 1)
    return u / w, v / w


def test_a_pan_moves_the_picture_by_the_commanded_share_of_the_frame(plates_film):
    width = 854
    matrix = homography(plates_film.frames[0], plates_film.frames[35])
    commanded = plates_film.shots()[0]["camera"]["pan_px"]
    assert commanded == pytest.approx(0.3 * width)
    x, y = moved(matrix, width / 2 + commanded / 2, 240)
    assert x - (width / 2 + commanded / 2) == pytest.approx(-commanded, rel=0.1)
    assert abs(y - 240) < 6


def test_a_zoom_scales_by_the_commanded_factor_about_the_middle(plates_film):
    matrix = homography(plates_film.frames[36], plates_film.frames[59])
    left, right = moved(matrix, 427 - 80, 240), moved(matrix, 427 + 80, 240)
    factor = (right[0] - left[0]) / 160
    assert factor == pytest.approx(1.5, rel=0.1)
    assert plates_film.shots()[1]["camera"]["zoom_factor"] == 1.5
    assert (left[0] + right[0]) / 2 == pytest.approx(427, abs=8)


def test_a_move_starts_and_ends_at_rest(plates_film):
    frames = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in plates_film.frames[:36]]
    points = cv2.goodFeaturesToTrack(frames[17], 200, 0.01, 8)
    speeds = []
    for number in (0, 17, 34):
        points = cv2.goodFeaturesToTrack(frames[number], 200, 0.01, 8)
        tracked, found, _ = cv2.calcOpticalFlowPyrLK(frames[number], frames[number + 1], points, None)
        speeds.append(abs(np.median((tracked - points)[found == 1][..., 0])))
    assert speeds[0] < 0.2 * speeds[1]
    assert speeds[2] < 0.2 * speeds[1]


def test_light_from_the_left_brightens_the_left(plates_film):
    frame = cv2.cvtColor(plates_film.frames[78], cv2.COLOR_BGR2GRAY).astype(float)
    middle = frame[120:360]
    thirds = [float(middle[:, a:b].mean()) for a, b in ((0, 285), (285, 570), (570, 854))]
    assert thirds[0] > thirds[1] > thirds[2]
    assert thirds[0] > 1.25 * thirds[2]


def test_a_dolly_has_parallax_and_an_image_keeps_its_shape(tmp_path):
    picture = texture((190, 190, 190), 5)
    film = render_film(
        tmp_path,
        [Shot("Image 1, dolly in")],
        images=(asset("Image 1", image_file(tmp_path / "a.png", picture)),),
        audio=False,
    )
    matrix = homography(film.frames[0], film.frames[-1], agree=0.25)
    scale = (moved(matrix, 487, 300)[0] - moved(matrix, 367, 300)[0]) / 120
    assert scale > 1.1
    # Never stretched: at any moment the picture has the same scale across and down.
    first = homography(cv2.resize(picture, (854, 480), interpolation=cv2.INTER_AREA), film.frames[0], agree=0.25)
    across = moved(first, 527, 240)[0] - moved(first, 327, 240)[0]
    down = moved(first, 427, 340)[1] - moved(first, 427, 140)[1]
    assert across / down == pytest.approx(1.0, abs=0.04)
    # Parallax: nearer rows (the ground at the bottom) grow more than a plane would.
    gray = [cv2.cvtColor(film.frames[number], cv2.COLOR_BGR2GRAY) for number in (40, 52)]
    points = cv2.goodFeaturesToTrack(gray[0], 800, 0.005, 6)
    tracked, found, _ = cv2.calcOpticalFlowPyrLK(gray[0], gray[1], points, None)
    start, end = points[found == 1].reshape(-1, 2), tracked[found == 1].reshape(-1, 2)
    offset = start - (427, 240)
    growth = np.einsum("ij,ij->i", end - start, offset) / np.einsum("ij,ij->i", offset, offset)
    far, near = growth[(offset[:, 1] < -120)], growth[(offset[:, 1] > 150)]
    assert np.median(near) > 1.2 * np.median(far) > 0
