"""Lines of time through sparse moments, what happens when, and what an editor did, in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.domain import MediaKind, Reference
from faircut.index.store import Entry
from faircut.match.activity import synchronised
from faircut.match.alignment import Votes, alignments
from faircut.match.passes import passes
from faircut.match.placement import placed
from faircut.match.query import PictureQuery
from faircut.match.timeline import Line, best_line
from faircut.match.transforms import area, describe, intersection

WHOLE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def votes_of(query: np.ndarray, shown: np.ndarray) -> Votes:
    """As a search of local features gives them: the nearest of one moment a second."""
    reference = np.round(shown)
    return Votes(query, reference, reference - 0.5, reference + 0.5, np.ones(len(query)))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([1.0, 0.5, 2.0, -1.0, -2.0, 1.25]), st.floats(20, 60), st.integers(0, 999))
def test_moments_a_second_apart_give_the_line_to_a_fraction_of_one(speed: float, offset: float, seed: int) -> None:
    query = np.sort(np.random.default_rng(seed).uniform(0, 10, 20))
    line = alignments(votes_of(query, speed * query + offset))[0][1]
    for end in (0.0, 10.0):
        assert abs(float(line.at(end)) - (speed * end + offset)) <= 0.75
    assert np.sign(line.speed) == np.sign(speed)


def test_cuts_bound_the_line_where_a_scene_looks_the_same_for_long() -> None:
    # Shown is what stands 20.6 s later, three still scenes with cuts at 22 and 25 s.
    query = np.array([0.2, 1.2, 1.8, 3.0, 4.2, 4.8, 6.0])
    begin = np.array([19.0, 19.0, 19.0, 22.0, 22.0, 25.0, 25.0])
    ends = np.array([23.0, 23.0, 23.0, 26.0, 26.0, 29.0, 29.0])
    shots = np.array([[-np.inf, 22.0]] * 2 + [[22.0, 25.0]] * 3 + [[25.0, np.inf]] * 2).T
    loose = Votes(query, query + 19.9, begin, ends, np.ones(7))
    bound = Votes(query, query + 19.9, begin, ends, np.ones(7), *shots)
    offsets = np.array([19.9, 20.6])
    assert loose.tally(1.0, offsets)[0] > 6.0, "without cuts other lines fit nearly as well"
    assert bound.membership(Line(1.0, 20.6, 0)).min() == 1.0
    assert bound.membership(Line(1.0, 19.9, 0)).tolist()[2] == 0.0
    assert bound.tally(1.0, offsets)[1] == pytest.approx(7.0)
    assert 20.2 <= alignments(bound)[0][1].offset <= 20.8


def test_strangers_do_not_move_the_line() -> None:
    rng = np.random.default_rng(4)
    query = np.sort(rng.uniform(0, 10, 24))
    shown = query + 30.0
    shown[::4] = rng.uniform(0, 200, 6)
    line = alignments(votes_of(query, shown))[0][1]
    assert line.speed == 1.0
    assert line.offset == pytest.approx(30.0, abs=0.4)


@pytest.mark.parametrize("speed", [-1.0, -1.5, -0.5])
def test_hits_of_a_film_run_backwards_lie_on_a_line(speed: float) -> None:
    query = np.arange(0, 8, 0.25)
    line = best_line(query, speed * query + 40)
    assert line is not None
    assert line.speed == pytest.approx(speed, abs=0.05)


@pytest.mark.parametrize("length", [3.0, 4.0])
def test_a_loop_is_several_passes_and_a_freeze_frame_is_none(length: float) -> None:
    query = np.arange(0, 3 * length, 0.8)
    found = passes(votes_of(query, 40.0 + query % length), alignments(votes_of(query, 40.0 + query % length))[0][0])
    assert [round(each.line.at(number * length).item(), 0) for number, each in enumerate(found)] == [40.0] * 3
    assert sum(len(each.moments) for each in found) >= len(query) - 2
    still = votes_of(query, np.full(len(query), 42.0))
    assert passes(still, alignments(still)[0][0]) == []


@pytest.mark.parametrize(("truth", "guess"), [(1.0, 0.8), (1.25, 1.25), (0.75, 0.8), (-1.0, -0.9), (0.0, 0.5)])
def test_every_frame_together_places_a_line_that_samples_give_roughly(truth: float, guess: float) -> None:
    rng = np.random.default_rng(3)
    walk = rng.permutation(256)[:, None]
    # Codes that change by a few bits from frame to frame, as those of a moving picture do.
    bits = np.cumsum(np.arange(240)[None] * 256 // 240 == walk, axis=1) % 2
    stored = np.packbits(bits.T.astype(np.uint8) ^ rng.integers(0, 2, 256).astype(np.uint8), axis=1)
    there = np.arange(240) * 0.05
    entry = entry_of(stored, there, 12.0)
    times = np.arange(0, 4, 0.05)
    shown = truth * times + 6.0
    rows = np.clip(np.searchsorted(there, shown + 1e-6, side="right") - 1, 0, 239)
    codes = np.repeat(stored[rows][:, None], 8, axis=1)
    query = PictureQuery(codes, times, np.full(len(times), 100, np.uint8), 0.05, np.zeros(len(times), bool))
    rough = Line(guess, 6.0 + 2.0 * (truth - guess) + 0.3, 9)
    line = placed(query, 0, entry, rough, np.arange(len(times)))
    for end in (0.0, 4.0):
        assert abs(float(line.at(end)) - (truth * end + 6.0)) <= 0.15


def entry_of(codes: np.ndarray, times: np.ndarray, duration: float) -> Entry:
    """A reference of these codes, none of them plain or excluded."""
    reference = Reference("ref_1", "p", "w", None, MediaKind.VIDEO, "0" * 64, "film", duration)
    plain, quality = np.zeros(len(times), bool), np.full(len(times), 100, np.uint8)
    return Entry(reference, codes, times.astype(np.float32), quality, plain, 50, duration)


def steps(times: np.ndarray, cuts: list[float], seed: int) -> np.ndarray:
    """(n, 32) codes that change altogether at the cuts."""
    scenes = np.random.default_rng(seed).integers(0, 256, (len(cuts) + 1, 32)).astype(np.uint8)
    return scenes[np.searchsorted(cuts, times, side="right")]


def course(cuts: list[float], shift: float) -> tuple[PictureQuery, Entry]:
    """A query whose cuts come ``shift`` seconds before those of a reference, of which it has no code in common."""
    times = np.arange(0, 12, 0.04)
    codes = np.repeat(steps(times, cuts, 1)[:, None], 8, axis=1)
    query = PictureQuery(codes, times, np.full(len(times), 100, np.uint8), 0.04, np.zeros(len(times), bool))
    there = np.arange(0, 60, 0.1)
    return query, entry_of(steps(there, [cut + shift for cut in cuts], 2), there, 60.0)


def test_cuts_tell_the_time_to_the_frame() -> None:
    query, entry = course([2.0, 3.2, 7.5, 9.0], 20.4)
    moments = np.arange(0.5, 11.5, 0.5)
    rough = Line(1.0, 20.0, 20)
    moved, fit = synchronised(rough, votes_of(moments, moments + 20.0), 0.0, 12.0, query, entry, 1.0)
    assert moved.offset == pytest.approx(20.4, abs=0.1)
    assert fit > 0.8


def test_where_nothing_happens_the_line_stays() -> None:
    query, entry = course([], 20.4)
    moments = np.arange(0.5, 11.5, 0.5)
    rough = Line(1.0, 20.0, 20)
    assert synchronised(rough, votes_of(moments, moments + 20.0), 0.0, 12.0, query, entry, 1.0) == (rough, 0.0)


def turned(degrees: float, scale: float, aspect: float) -> np.ndarray:
    """Copy to original, both in 0..1, for a copy turned clockwise by so many degrees."""
    angle = np.radians(-degrees)
    centre = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    shape = np.diag([aspect, 1, 1])
    turn = np.diag([scale, scale, 1.0]) @ [
        [np.cos(angle), -np.sin(angle), 0],
        [np.sin(angle), np.cos(angle), 0],
        [0, 0, 1],
    ]
    return np.linalg.inv(centre) @ np.linalg.inv(shape) @ turn @ shape @ centre


@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
@pytest.mark.parametrize("degrees", [-12.0, 5.0, 30.0])
def test_a_rotation_is_told_whatever_the_shape_of_the_picture(degrees: float, aspect: float) -> None:
    words = describe(turned(degrees, 1.0, aspect), WHOLE, WHOLE, mirrored=False)
    assert words == f"rotated by {abs(degrees):.0f} degrees"


def test_crops_insets_and_mirrors_are_told() -> None:
    assert describe(np.eye(3), WHOLE, WHOLE, mirrored=False) == "as is"
    assert describe(np.diag([0.5, 0.5, 1.0]), WHOLE, WHOLE * 0.5, mirrored=False) == "cropped to 25 %"
    assert describe(np.diag([2.5, 2.5, 1.0]), WHOLE * 0.4, WHOLE, mirrored=False) == "picture in picture"
    assert describe(np.eye(3), WHOLE[:0], WHOLE, mirrored=False) == "in a part of the picture"
    corner, half = WHOLE * 0.5 + [0.5, 0.01], WHOLE * [0.5, 1.0]
    assert describe(np.diag([2.0, 2.0, 1.0]), corner, WHOLE, mirrored=False) == "one of four pictures"
    assert describe(np.eye(3), half, half, mirrored=False) == "cropped to 50 %, one of two pictures"
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    assert describe(flip, WHOLE, WHOLE, mirrored=True) == "mirrored"
    keystone = np.array([[1.0, 0, 0], [0, 1, 0], [0.2, 0, 1]])
    assert "in perspective" in describe(keystone, WHOLE, WHOLE, mirrored=False)


@given(st.lists(st.floats(-0.5, 1.5), min_size=4, max_size=4), st.booleans())
def test_an_intersection_is_no_larger_than_either(sides: list[float], flipped: bool) -> None:
    left, right = sorted(sides[:2])
    top, bottom = sorted(sides[2:])
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    shared = area(intersection(box[::-1] if flipped else box, WHOLE))
    inside = max(0.0, min(right, 1) - max(left, 0)) * max(0.0, min(bottom, 1) - max(top, 0))
    assert shared == pytest.approx(inside, abs=1e-9)
