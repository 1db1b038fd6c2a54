from collections.abc import Iterable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.support.pictures import mural, placed

from faircut.domain import Fingerprint, MediaKind, Reference, Segment
from faircut.fingerprints import keypoints
from faircut.match import frames
from faircut.match.frames import FrameHit, FrameMatcher, probability

WIDTH, HEIGHT = 640, 360


def of(*pictures: np.ndarray, queries: bool) -> Fingerprint:
    hasher = keypoints.KeypointHasher(queries=queries)
    for number, picture in enumerate(pictures):
        hasher.add(picture, float(number))
    return hasher.finish(len(pictures))


class Registered:
    """The part of a catalogue that a matcher reads: films of a few pictures, one a second."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[Reference, Fingerprint]] = {}
        self.changes = 0

    def put(self, name: str, *seeds: int) -> None:
        reference = Reference(name, "party", f"work {name}", None, MediaKind.VIDEO, "0" * 64, name, float(len(seeds)))
        self.kept[len(self.kept) + 1] = reference, of(*(mural(seed) for seed in seeds), queries=False)
        self.changes += 1

    def revision(self) -> int:
        return self.changes

    def registered(self, algorithm: str) -> Mapping[int, Reference]:
        return {seq: reference for seq, (reference, kept) in self.kept.items() if kept.algorithm == algorithm}

    def fingerprints(self, algorithm: str, after_seq: int = 0) -> Iterable[tuple[int, Reference, Fingerprint]]:
        return [(seq, *kept) for seq, kept in self.kept.items() if seq > after_seq and kept[1].algorithm == algorithm]


@pytest.fixture(scope="module")
def matcher() -> FrameMatcher:
    catalogue = Registered()
    catalogue.put("north", 31, 32, 33)
    catalogue.put("south", 41, 42, 43)
    for number in range(3):
        catalogue.put(f"other {number}", 300 + 2 * number, 301 + 2 * number)
    return FrameMatcher(catalogue)


def only(hits: list[FrameHit]) -> FrameHit:
    (hit,) = hits
    return hit


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("plain", lambda each: each),
        ("small", lambda each: cv2.resize(each, (256, 144), interpolation=cv2.INTER_AREA)),
        ("quarter", lambda each: cv2.resize(each[90:270, 160:480], (WIDTH, HEIGHT))),
        ("tilted", lambda each: cv2.warpAffine(each, cv2.getRotationMatrix2D((320, 180), 15, 1), (WIDTH, HEIGHT))),
        ("turned", lambda each: np.rot90(each).copy()),
        ("mirrored", lambda each: each[:, ::-1].copy()),
        ("inverted", lambda each: 255 - each),
        ("mirrored negative", lambda each: 255 - each[:, ::-1]),
        ("upright", lambda each: each[:, 220:422].copy()),
        ("dim", lambda each: (each // 4 + 10).astype(np.uint8)),
    ],
)
def test_an_edited_picture_is_found_at_its_moment(matcher: FrameMatcher, name: str, edit) -> None:
    hit = only(matcher.search(of(np.asarray(edit(mural(42)), np.uint8), queries=True)))
    assert hit.reference.id == "south"
    assert (hit.query_time, hit.reference_time) == (0.0, 1.0)
    assert hit.mirrored is name.startswith("mirrored")
    assert hit.inverted is ("negative" in name or name == "inverted")
    assert hit.inliers >= 12
    assert hit.probability > 0.99


def test_the_homography_of_a_mirrored_picture_is_that_of_the_picture_as_it_was_sent(matcher: FrameMatcher) -> None:
    hit = only(matcher.search(of(mural(31)[:, :480][:, ::-1].copy(), queries=True)))
    x, y, depth = hit.homography @ [0.0, 0.5, 1.0]
    assert hit.mirrored
    assert [x / depth, y / depth] == pytest.approx([0.75, 0.5], abs=0.02)
    assert np.array(hit.region_reference).max(axis=0) == pytest.approx([0.75, 1.0], abs=0.02)


def test_a_mosaic_names_every_work_and_where_it_stands(matcher: FrameMatcher) -> None:
    screen = np.zeros((HEIGHT, WIDTH), np.uint8)
    for number, seed in enumerate((33, 901, 902, 43)):
        screen = placed(mural(seed), screen, number % 2 * 320, number // 2 * 180, 320, 180)
    hits = {hit.reference.id: hit for hit in matcher.search(of(screen, queries=True))}
    assert set(hits) == {"north", "south"}
    assert hits["north"].reference_time == hits["south"].reference_time == 2.0
    assert np.array(hits["north"].region_query).mean(axis=0) == pytest.approx([0.25, 0.25], abs=0.03)
    assert np.array(hits["south"].region_query).mean(axis=0) == pytest.approx([0.75, 0.75], abs=0.03)


def test_a_mirrored_inset_is_found_beside_the_work_around_it(matcher: FrameMatcher) -> None:
    screen = placed(mural(32)[:, ::-1].copy(), mural(41), 20, 20, 256, 144)
    screen[200:, :] = 90
    hits = matcher.search(of(screen, queries=True))
    assert {(hit.reference.id, hit.mirrored) for hit in hits} == {("south", False), ("north", True)}


def test_what_the_version_before_registered_is_found_until_it_is_taken_again() -> None:
    catalogue = Registered()
    catalogue.put("old", 31)
    catalogue.put("new", 32)
    reference, stored = catalogue.kept[1]
    catalogue.kept[1] = reference, replace(stored, algorithm="keypoints-v1")
    matcher, query = FrameMatcher(catalogue), of(mural(31), mural(32), queries=True)
    assert [hit.reference.id for hit in matcher.search(query)] == ["old", "new"]
    del catalogue.kept[1]
    catalogue.kept[3] = reference, stored
    catalogue.changes += 1
    assert [hit.reference.id for hit in matcher.search(query)] == ["old", "new"]


def test_strange_pictures_match_nothing(matcher: FrameMatcher) -> None:
    assert matcher.search(of(*(mural(seed) for seed in range(950, 956)), queries=True)) == []


def test_only_the_moments_asked_for_are_looked_at(matcher: FrameMatcher) -> None:
    query = of(mural(31), mural(950), mural(42), queries=True)
    assert [hit.query_time for hit in matcher.search(query)] == [0.0, 2.0]
    assert [hit.query_time for hit in matcher.search(query, [1, 2])] == [2.0]
    assert matcher.search(query, []) == []


def test_of_a_long_mirrored_clip_every_moment_is_found(matcher: FrameMatcher) -> None:
    hits = matcher.search(of(*(mural(seed)[:, ::-1].copy() for seed in (31, 32, 33, 31, 32, 33)), queries=True))
    assert [hit.query_time for hit in hits] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert all(hit.mirrored for hit in hits)


def test_a_large_catalogue_is_asked_about_eight_moments(matcher: FrameMatcher, monkeypatch) -> None:
    monkeypatch.setattr(frames, "LARGE", 1)
    hits = matcher.search(of(*(mural(seed) for seed in (31, 32, 33, 41) * 3), queries=True))
    assert len(hits) == 8
    assert (hits[0].query_time, hits[-1].query_time) == (0.0, 11.0)


def test_a_comparison_needs_no_search(matcher: FrameMatcher) -> None:
    query = of(mural(33), queries=True)
    entry = only(matcher.search(query)).entry
    near = matcher.compare(query, 0, entry, 2.3)
    assert near is not None
    assert near.reference_time == 2.0
    assert near.inliers >= 100
    assert matcher.compare(query, 0, entry, 0.0, within=0.5) is None
    assert matcher.compare(query, 0, entry, 2.0, mirrored=True) is None


def test_registration_removal_and_exclusion_count_at_once() -> None:
    catalogue = Registered()
    matcher = FrameMatcher(catalogue)
    query = of(mural(32), queries=True)
    assert matcher.search(query) == []
    catalogue.put("north", 31, 32, 33)
    assert only(matcher.search(query)).reference_time == 1.0
    reference, stored = catalogue.kept[1]
    catalogue.kept[1] = replace(reference, exclude=(Segment(0.5, 1.5),)), stored
    catalogue.changes += 1
    assert matcher.search(query) == []
    catalogue.kept.clear()
    catalogue.changes += 1
    assert matcher.search(of(mural(33), queries=True)) == []


def test_more_agreement_is_likelier() -> None:
    chances = [probability(inliers) for inliers in range(4, 60)]
    assert chances == sorted(chances)
    assert chances[0] < 0.5 < 0.95 < chances[-1] <= 1.0
