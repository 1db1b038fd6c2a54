"""Cards of writing in one typeface: points agree by the dozen, and only the same words are a copy."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from benchmarks.picture_calibration import Registered
from tests.support.pictures import mural

from faircut.domain import Fingerprint
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.match.consistency import Consistency, consistency
from faircut.match.frames import ENOUGH, FrameMatcher
from faircut.match.geometry import agree, correspond

WIDTH, HEIGHT = 416, 234
CREDITS = (
    ("Directed by", "Hugo Lindqvist", "Produced by", "Vera Hargrove"),
    ("Directed by", "Olga Kowalski", "Produced by", "Stefan Berger"),
)
SLATES = (
    ("PRODUCTION: Brass Lantern", "SCENE 14  TAKE 3  ROLL 22", "DIRECTOR: Olga Rossi", "CAMERA: Frank Eriksen"),
    ("PRODUCTION: Velvet Falcon", "SCENE 87  TAKE 5  ROLL 60", "DIRECTOR: Hugo Varga", "CAMERA: Irene Zeller"),
)
PAIRS = [
    pytest.param(words, face, paper, id=f"{name} in {face} on {'black' if paper < 128 else 'white'}")
    for name, words in (("credits", CREDITS), ("slates", SLATES))
    for face, paper in (("sans", 0), ("italic", 235))
]


def card(lines: tuple[str, ...], face: str, paper: int, pixels: int = 24) -> np.ndarray:
    shown, font = np.full((HEIGHT, WIDTH), paper, np.uint8), cv2.FontFace(face)
    ink = 230 if paper < 128 else 20
    for number, line in enumerate(lines):
        across = cv2.getTextSize((WIDTH, HEIGHT), line, (0, 0), font, pixels, 400)[2]
        down = HEIGHT // 2 + round((number - (len(lines) - 1) / 2) * pixels * 1.6) + pixels // 3
        cv2.putText(shown, line, ((WIDTH - across) // 2, down), (ink, ink, ink), font, pixels, 400)
    return shown


def compared(query: np.ndarray, reference: np.ndarray) -> tuple[int, Consistency]:
    """The places in which two pictures agree, and how consistently."""
    asked, described = keypoints.detect(query, keypoints.QUERY_POINTS)
    stored, known = keypoints.detect(reference, keypoints.REFERENCE_POINTS)
    here, there = keypoints.places(asked), keypoints.places(stored)
    one, other = keypoint_codes.encode(described), keypoint_codes.encode(known)
    found = agree(here, there, correspond(one, other, there))
    assert found is not None
    return found.inliers, consistency(here, one, there, other, found.homography)


def fingerprint(picture: np.ndarray, *, queries: bool) -> Fingerprint:
    hasher = keypoints.KeypointHasher(queries=queries)
    hasher.add(picture, 0.0)
    return hasher.finish(1.0)


@pytest.fixture(scope="module")
def matcher() -> FrameMatcher:
    catalogue = Registered()
    for words in (CREDITS, SLATES):
        for face, paper in (("sans", 0), ("italic", 235)):
            catalogue.put("card", {keypoints.ALGORITHM: fingerprint(card(words[0], face, paper), queries=False)})
    return FrameMatcher(catalogue)


@pytest.mark.parametrize(("words", "face", "paper"), PAIRS)
def test_a_card_with_other_words_is_no_copy_however_many_letters_agree(matcher, words, face, paper) -> None:
    places, told = compared(card(words[1], face, paper), card(words[0], face, paper))
    assert places >= 3 * ENOUGH, "or there would be nothing to tell apart"
    assert told.repeating > 0.5
    assert not told.enough
    assert matcher.search(fingerprint(card(words[1], face, paper), queries=True)) == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda shown: cv2.imdecode(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 15])[1], 0),
        lambda shown: cv2.resize(shown, (288, 162), interpolation=cv2.INTER_AREA),
        lambda shown: cv2.resize(shown[24:-24, 40:-40], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC),
        lambda shown: (shown * 0.6 + 40).astype(np.uint8),
        lambda shown: shown[:, ::-1].copy(),
    ],
    ids=["coded anew", "smaller", "cropped", "dimmer", "mirrored"],
)
@pytest.mark.parametrize(("words", "face", "paper"), PAIRS)
def test_the_same_card_is_found_though_its_letters_repeat(matcher, words, face, paper, edit) -> None:
    query = fingerprint(np.asarray(edit(card(words[0], face, paper)), np.uint8), queries=True)
    assert matcher.search(query, inverted=False)


def test_a_part_of_a_picture_in_which_nothing_repeats_is_enough() -> None:
    half = mural(11)
    half[:, 320:] = mural(12)[:, 320:]
    places, told = compared(half, mural(11))
    assert places >= ENOUGH
    assert told.agreeing < 0.75
    assert told.enough


def test_what_repeats_more_must_agree_more() -> None:
    shares = np.linspace(0, 1, 21)
    asked = [min(share for share in shares if Consistency(share, repeating).enough) for repeating in shares]
    assert asked == sorted(asked)
    assert asked[0] == 0
    assert 0.5 < asked[-1] < 1
