"""The picture cascade on drawn films in memory: what was done to a copy, where it stands, and what is no copy."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from benchmarks.picture_calibration import FPS, HEIGHT, WIDTH, Registered, film, fingerprints, land

from faircut.bench.edits import EDITS
from faircut.domain import Asset, Fingerprint, Match, MediaKind, NeverMatch, Segment
from faircut.fingerprints import keypoints, pdq
from faircut.match.frames import ENOUGH
from faircut.match.hints import PLACES
from faircut.match.picture import PictureMatcher
from faircut.match.stills import HINT_RADIUS

NORTH, SOUTH, STRANGE = 3, 4, 90


@pytest.fixture(scope="module")
def films() -> dict[str, np.ndarray]:
    return {name: film(seed) for name, seed in (("north", NORTH), ("south", SOUTH), ("strange", STRANGE))}


@pytest.fixture(scope="module")
def stored(films) -> dict[str, dict[str, Fingerprint]]:
    return {name: fingerprints(list(films[name]), queries=False) for name in ("north", "south")}


@pytest.fixture(scope="module")
def matcher(stored) -> PictureMatcher:
    catalogue = Registered()
    for name, prints in stored.items():
        catalogue.put(name, prints)
    return PictureMatcher(catalogue)


def look(matcher: PictureMatcher, frames, kind: MediaKind = MediaKind.VIDEO) -> list[Match]:
    asset = Asset("Video 1", kind, "0" * 64, 1)
    return list(matcher.detect(asset, fingerprints(list(frames), queries=True)))


def close(found: Segment | None, start: float, end: float) -> bool:
    return found is not None and abs(found.start - start) <= 0.5 and abs(found.end - end) <= 0.5


def cut(frames, start: float, end: float):
    return frames[round(start * FPS) : round(end * FPS)]


def scaled(frame, width: int, height: int):
    return cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)


def cropped(frame):
    return frame[40 : 40 + round(HEIGHT * 0.72), 90 : 90 + round(WIDTH * 0.72)]


def tilted(frame):
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 9, 1.0)
    return cv2.warpAffine(frame, matrix, (WIDTH, HEIGHT))


def inset(frame, host):
    shown = host.copy()
    small = scaled(frame, round(WIDTH * 0.45), round(HEIGHT * 0.45))
    shown[20 : 20 + small.shape[0], 220 : 220 + small.shape[1]] = small
    return shown


@pytest.mark.parametrize(
    ("name", "edit", "words"),
    [
        ("cropped", cropped, "cropped to 5"),
        ("tilted", tilted, "rotated by 9 degrees"),
        ("mirrored crop", lambda frame: cropped(frame[:, ::-1]), "mirrored, cropped"),
        ("negative", lambda frame: 255 - frame, "as is"),
    ],
)
def test_a_changed_picture_is_found_in_time_and_described(matcher, films, name, edit, words) -> None:
    (match,) = look(matcher, [edit(frame) for frame in cut(films["north"], 3, 8)])
    assert match.work_id == "north"
    assert close(match.query, 0, 5)
    assert close(match.reference, 3, 8)
    assert str(match.evidence["transform"]).startswith(words)
    assert match.evidence["inverted"] is (name == "negative")
    assert match.evidence["mirrored"] is (name == "mirrored crop")
    assert match.evidence["reversed"] is False
    assert match.probability is not None
    assert match.probability > 0.95


def test_the_homography_leads_from_the_copy_to_the_original(matcher, films) -> None:
    (match,) = look(matcher, [cropped(frame) for frame in cut(films["south"], 2, 6)])
    assert match.detector == "keypoints-v2"
    matrix = np.array(match.evidence["homography"]).reshape(3, 3)
    corner, other = (matrix @ [x, y, 1.0] for x, y in ((0, 0), (1, 1)))
    assert corner[:2] / corner[2] == pytest.approx([90 / WIDTH, 40 / HEIGHT], abs=0.04)
    assert other[:2] / other[2] == pytest.approx([90 / WIDTH + 0.72, 40 / HEIGHT + 0.72], abs=0.04)
    outline = np.array(match.evidence["region"]["reference"])
    assert outline.min(axis=0) == pytest.approx([90 / WIDTH, 40 / HEIGHT], abs=0.04)


@pytest.mark.parametrize("number", [9, 18])
def test_a_dim_and_coarsely_coded_image_needs_codes_and_features_together(matcher, films, number) -> None:
    def image(frame, quality: int) -> dict[str, Fingerprint]:
        coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return fingerprints([cv2.imdecode(coded, cv2.IMREAD_COLOR)], queries=True)

    def found(asked: dict[str, Fingerprint]) -> list[Match]:
        return list(matcher.detect(Asset("Image 1", MediaKind.IMAGE, "0" * 64, 1), asked))

    asked = image((films["south"][number] // 6 + 20).astype(np.uint8), 8)
    (match,) = found(asked)
    assert match.work_id == "south"
    assert match.evidence["algorithms"] == ["keypoints-v2", "pdq-v1"]
    assert match.evidence["ambiguous"], "a dim picture is for a person to judge"
    codes_alone = {name: each for name, each in asked.items() if name != keypoints.ALGORITHM}
    assert not found(codes_alone)
    strange = image((films["strange"][number] // 6 + 20).astype(np.uint8), 8)
    assert not found({**asked, keypoints.ALGORITHM: strange[keypoints.ALGORITHM]})


@pytest.mark.parametrize("number", [44, 60])
def test_an_image_out_of_a_fast_movement_coarsely_coded_needs_them_together_too(films, number) -> None:
    original = (cv2.blur(films["south"][number], (9, 1)) // 2 + 20).astype(np.uint8)
    catalogue = Registered()
    catalogue.put("south", fingerprints([original], queries=False), MediaKind.IMAGE)
    asked = fingerprints([EDITS["crf-45"].apply(original)], queries=True)
    asset = Asset("Image 1", MediaKind.IMAGE, "0" * 64, 1)
    matcher = PictureMatcher(catalogue)
    (match,) = matcher.detect(asset, asked)
    assert match.work_id == "south"
    assert 48 < match.evidence["mean_distance"] <= HINT_RADIUS
    assert PLACES <= match.evidence["inliers"] < ENOUGH
    assert not matcher.detect(asset, {pdq.ALGORITHM: asked[pdq.ALGORITHM]})


def card(words: str, seconds: float) -> np.ndarray:
    """A title on black, growing slowly."""
    shown = np.zeros((round(seconds * FPS), HEIGHT, WIDTH, 3), np.uint8)
    for number, frame in enumerate(shown):
        size = 0.6 + 0.004 * number
        (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_TRIPLEX, size, 1)
        at = ((WIDTH - wide) // 2, (HEIGHT + high) // 2)
        cv2.putText(frame, words, at, cv2.FONT_HERSHEY_TRIPLEX, size, (210, 210, 210), 1, cv2.LINE_AA)
    return shown


def test_a_title_on_black_is_possibly_a_copy_and_one_with_other_words_is_none(films) -> None:
    catalogue = Registered()
    title = card("Brass Lantern", 2)
    assert np.median(fingerprints(list(title), queries=True)["pdq-v1"].quality) < 50
    catalogue.put("titled", fingerprints([*films["north"][:40], *title, *films["north"][40:]], queries=False))
    own = PictureMatcher(catalogue)
    strange = films["strange"]
    (match,) = look(own, [*strange[:24], *title[4:14], *strange[24:40]])
    assert match.evidence["ambiguous"]
    assert close(match.query, 3, 4.25)
    assert close(match.reference, 5.5, 6.75)
    assert not look(own, [*strange[:24], *card("Brown Kestrel", 2)[4:14], *strange[24:40]])


def test_a_loop_of_a_scene_that_hardly_moves_is_told_by_its_cuts(films) -> None:
    rng = np.random.default_rng([2, 17])
    ground, front = land(rng, WIDTH, HEIGHT), land(rng, 60, 60)
    quiet = np.repeat(ground[None], 4 * FPS, axis=0)
    for number, frame in enumerate(quiet):
        frame[120:180, 60 + number : 120 + number] = front
    catalogue = Registered()
    north, strange = films["north"], films["strange"]
    catalogue.put("quiet", fingerprints([*north[:32], *quiet, *strange[:32]], queries=False))
    passes = look(PictureMatcher(catalogue), [*quiet[10:], *strange[:4]] * 3)
    assert len(passes) == 3
    for number, match in enumerate(passes):
        assert close(match.query, 3.25 * number, 3.25 * (number + 1))
        assert close(match.reference, 5.25, 8.5)


def test_what_was_seen_in_the_version_before_is_compared_too(matcher, films) -> None:
    asked = fingerprints([cropped(frame) for frame in cut(films["south"], 2, 6)], queries=True)
    points = asked.pop(keypoints.ALGORITHM)
    asset = Asset("Video 1", MediaKind.VIDEO, "0" * 64, 1)
    assert not matcher.detect(asset, asked)
    (match,) = matcher.detect(asset, {**asked, "keypoints-v1": replace(points, algorithm="keypoints-v1")})
    assert match.work_id == "south"


def test_a_film_in_a_corner_of_another_picture_is_found_where_it_stands(matcher, films) -> None:
    frames = zip(cut(films["north"], 4, 9), cut(films["strange"], 0, 5), strict=True)
    (match,) = look(matcher, [inset(frame, host) for frame, host in frames])
    assert match.work_id == "north"
    assert close(match.reference, 4, 9)
    assert "picture in picture" in match.evidence["transform"]
    corners = np.array(match.evidence["region"]["query"])
    assert corners.min(axis=0) == pytest.approx([220 / WIDTH, 20 / HEIGHT], abs=0.05)
    assert np.ptp(corners, axis=0) == pytest.approx([0.45, 0.45], abs=0.06)


def test_two_works_side_by_side_are_both_found_each_in_its_half(matcher, films) -> None:
    pairs = zip(cut(films["north"], 2, 7), cut(films["south"], 5, 10), strict=True)
    middle = slice(WIDTH // 4, WIDTH // 4 * 3)
    frames = [np.concatenate([one[:, middle], other[:, middle]], axis=1) for one, other in pairs]
    found = {match.work_id: match for match in look(matcher, frames)}
    assert set(found) == {"north", "south"}
    assert close(found["north"].reference, 2, 7)
    assert close(found["south"].reference, 5, 10)
    left, right = (np.array(found[name].evidence["region"]["query"])[:, 0] for name in ("north", "south"))
    # An outline is that of the whole reference, so it reaches under what covers it.
    assert left.min() < 0.05
    assert left.max() < 0.8
    assert right.min() > 0.2
    assert right.max() > 0.95


@pytest.mark.parametrize(("speed", "start", "end"), [(-1.0, 2, 8), (-2.0, 1, 11), (-0.5, 4, 8)])
def test_a_film_run_backwards(matcher, films, speed: float, start: float, end: float) -> None:
    stretch = cut(films["south"], start, end)[::-1]
    frames = stretch[np.arange(0, len(stretch), abs(speed)).astype(int)]
    found = look(matcher, frames)
    assert {match.work_id for match in found} == {"south"}
    longest = max(found, key=lambda match: match.query.seconds)
    assert longest.evidence["reversed"] is True
    assert longest.evidence["speed"] == pytest.approx(speed, rel=0.1)
    assert close(longest.reference, start, end)


def test_each_pass_of_a_loop_is_a_match_of_its_own(matcher, films) -> None:
    found = look(matcher, np.concatenate([cut(films["north"], 6, 9)] * 3))
    assert len(found) == 3
    for number, match in enumerate(found):
        assert close(match.query, 3 * number, 3 * number + 3)
        assert close(match.reference, 6, 9)


def test_each_pass_of_a_loop_that_only_local_features_see_is_a_match_of_its_own(matcher, films) -> None:
    found = look(matcher, [tilted(frame) for frame in np.concatenate([cut(films["north"], 6, 9)] * 3)])
    assert len(found) == 3
    for number, match in enumerate(found):
        assert match.detector == "keypoints-v2"
        assert close(match.query, 3 * number, 3 * number + 3)
        assert close(match.reference, 6, 9)


def test_a_crop_between_strange_pictures_ends_where_these_begin(matcher, films) -> None:
    strange = list(films["strange"])
    shown = [*strange[: 2 * FPS], *(cropped(frame) for frame in cut(films["south"], 4, 9)), *strange[20 : 20 + 3 * FPS]]
    (match,) = look(matcher, shown)
    assert match.query is not None
    assert (match.query.start, match.query.end) == (2.0, 7.0)
    assert close(match.reference, 4, 9)


def test_neighbouring_shots_in_another_order_do_not_reach_over_one_another(matcher, films) -> None:
    parts = [cut(films["south"], start, start + 2) for start in (8, 2, 6, 0, 4)]
    found = look(matcher, np.concatenate(parts))
    assert [round(match.query.end - match.query.start, 2) for match in found] == [2.0] * 5
    for match, start in zip(found, (8, 2, 6, 0, 4), strict=True):
        assert close(match.reference, start, start + 2)


def test_what_codes_explain_wholly_is_confirmed_by_local_features(matcher, films) -> None:
    (match,) = look(matcher, cut(films["north"], 3, 8))
    assert match.evidence["algorithms"] == ["keypoints-v2", "pdq-v1"]
    assert match.evidence["inliers"] >= 12
    assert (match.query, match.reference) == (Segment(0.0, 5.0), Segment(3.0, 8.0))


def test_frames_that_were_blacked_out_do_not_break_a_segment(matcher, films) -> None:
    frames = cut(films["north"], 3, 11).copy()
    frames[4::10] = 0
    (match,) = look(matcher, frames)
    assert close(match.query, 0, 8)
    assert close(match.reference, 3, 11)


def test_a_second_of_a_film_is_found(matcher, films) -> None:
    (match,) = look(matcher, cut(films["south"], 7, 8))
    assert close(match.query, 0, 1)
    assert close(match.reference, 7, 8)


def test_a_cropped_still_is_found_as_an_image(matcher, films) -> None:
    (match,) = look(matcher, [cropped(films["south"][100])], MediaKind.IMAGE)
    assert match.work_id == "south"
    assert match.query is None
    assert match.reference is not None
    assert abs(match.reference.start - 100 / FPS) <= 1.0


def test_a_still_under_a_wandering_crop_is_found_as_a_freeze_frame(matcher, films) -> None:
    picture = films["north"][50]
    frames = []
    for number in range(5 * FPS):
        scale = 1.0 + 0.3 * number / (5 * FPS)
        matrix = np.array([[scale, 0, 200 * (1 - scale)], [0, scale, 120 * (1 - scale)]])
        frames.append(cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT)))
    found = look(matcher, frames)
    assert {match.work_id for match in found} == {"north"}
    assert sum(match.query.seconds for match in found) >= 4.5
    assert all(match.reference.seconds <= 0.5 for match in found)


def test_other_films_match_nothing(matcher, films) -> None:
    assert look(matcher, cut(films["strange"], 0, 6)) == []
    assert look(matcher, [cropped(frame) for frame in cut(films["strange"], 7, 11)]) == []


def test_a_camera_that_stands_still_matches_its_own_scene_and_no_other() -> None:
    def standing(scene: int, seconds: float) -> np.ndarray:
        """One view, grain, and somebody who walks through it."""
        rng = np.random.default_rng(scene)
        shown = np.repeat(land(rng, WIDTH, HEIGHT)[None], round(seconds * FPS), axis=0)
        passer = land(rng, 60, 120)
        for number, frame in enumerate(shown):
            frame[110:230, 6 * number : 6 * number + 60] = passer
        return np.clip(shown + rng.normal(0, 3, shown.shape), 0, 255).astype(np.uint8)

    catalogue = Registered()
    catalogue.put("yard", fingerprints(list(standing(50, 6)), queries=False))
    matcher = PictureMatcher(catalogue)
    assert {match.work_id for match in look(matcher, standing(50, 4))} == {"yard"}
    assert not look(matcher, standing(51, 4))


def test_what_lies_in_an_excluded_segment_does_not_match_by_features_either(stored, films) -> None:
    catalogue = Registered()
    catalogue.put("north", stored["north"])
    reference, prints = catalogue.kept[1]
    catalogue.kept[1] = replace(reference, exclude=(Segment(0, 9),)), prints
    matcher = PictureMatcher(catalogue)
    assert look(matcher, [cropped(frame) for frame in cut(films["north"], 1, 5)]) == []
    (match,) = look(matcher, [cropped(frame) for frame in cut(films["north"], 10, 14)])
    assert match.reference.start >= 9


def test_a_negative_reference_takes_away_what_it_explains_and_nothing_else(stored, films) -> None:
    catalogue = Registered()
    catalogue.put("north", stored["north"])
    catalogue.put("never", fingerprints(list(cut(films["north"], 0, 5)), queries=False))
    reference, prints = catalogue.kept[2]
    catalogue.kept[2] = replace(reference, work_id=None, negative=NeverMatch.EVERYONE), prints
    matcher = PictureMatcher(catalogue)
    assert look(matcher, cut(films["north"], 1, 4)) == []
    assert look(matcher, [cropped(frame) for frame in cut(films["north"], 1, 4)]) == []
    (match,) = look(matcher, cut(films["north"], 1, 10))
    assert close(match.query, 4, 9)
    assert close(match.reference, 5, 10)


def test_a_logo_that_opens_films_of_two_parties_is_no_copy_of_either(films) -> None:
    logo = cut(films["strange"], 3, 5)
    catalogue = Registered()
    for number, name in enumerate(("north", "south"), 1):
        catalogue.put(name, fingerprints([*logo, *films[name]], queries=False))
        reference, prints = catalogue.kept[number]
        catalogue.kept[number] = replace(reference, party_id=f"party of {name}"), prints
    matcher = PictureMatcher(catalogue)
    assert look(matcher, logo) == []
    (match,) = look(matcher, [*logo, *cut(films["north"], 0, 4)])
    assert match.work_id == "north"


def test_a_film_that_two_parties_registered_is_a_copy_of_both(stored, films) -> None:
    catalogue = Registered()
    for number, name in enumerate(("mine", "yours"), 1):
        catalogue.put(name, stored["north"])
        reference, prints = catalogue.kept[number]
        catalogue.kept[number] = replace(reference, party_id=f"party of {name}"), prints
    found = look(PictureMatcher(catalogue), cut(films["north"], 2, 6))
    assert {match.work_id for match in found} == {"mine", "yours"}


def test_more_evidence_never_lowers_the_probability() -> None:
    from faircut.match.probability import by_codes, by_features

    assert by_codes(10, 8) >= by_codes(30, 8) >= by_codes(30, 3) >= by_codes(50, 3)
    assert by_features(40, 8) >= by_features(12, 8) >= by_features(12, 2) >= by_features(8, 2)


def bars(width: int, height: int) -> np.ndarray:
    """Seven bars over a row of patches, in colours, as they stand before a film."""
    colours = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191)]
    card = np.zeros((height, width, 3), np.uint8)
    for number, colour in enumerate(colours):
        span = slice(width * number // 7, width * (number + 1) // 7)
        card[: height * 2 // 3, span] = colour
        card[height * 2 // 3 : height * 3 // 4, span] = colours[6 - number] if number % 2 == 0 else (19, 19, 19)
    for number, level in enumerate((50, 255, 40, 19, 19, 19)):
        card[height * 3 // 4 :, width * number // 6 : width * (number + 1) // 6] = level
    return card


def test_test_bars_match_nothing_by_themselves(films) -> None:
    catalogue = Registered()
    leader = [bars(WIDTH, HEIGHT)] * (3 * FPS)
    catalogue.put("with bars", fingerprints([*leader, *cut(films["north"], 0, 4)], queries=False))
    matcher = PictureMatcher(catalogue)
    assert look(matcher, [bars(320, 240)] * (4 * FPS)) == []
    assert look(matcher, [bars(320, 240)], MediaKind.IMAGE) == []
    (match,) = look(matcher, cut(films["north"], 0, 3))
    assert match.work_id == "with bars"
