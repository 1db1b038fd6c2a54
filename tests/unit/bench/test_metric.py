"""The challenge's measure on cases whose outcome follows by hand."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.bench.metric import Alignment, at_most, covered, length, micro_average_precision, shared, wilson
from faircut.domain import Segment

TRUE = Alignment("a", Segment(0, 10), Segment(20, 30))


def said(query: tuple[float, float], reference: tuple[float, float], score: float = 1.0, pair: str = "a") -> Alignment:
    return Alignment(pair, Segment(*query), Segment(*reference), score)


def test_all_right_is_one_and_nothing_said_is_none() -> None:
    assert micro_average_precision([TRUE], [said((0, 10), (20, 30))]) == pytest.approx(1.0)
    assert micro_average_precision([TRUE], []) == 0.0
    assert micro_average_precision([], [said((0, 10), (20, 30))]) == 0.0


def test_half_of_it_is_half_recall_at_full_precision() -> None:
    assert micro_average_precision([TRUE], [said((0, 5), (20, 25))]) == pytest.approx(0.5)


def test_twice_too_long_is_full_recall_at_half_precision() -> None:
    assert micro_average_precision([TRUE], [said((-5, 15), (15, 35))]) == pytest.approx(0.5)


def test_both_axes_count_by_their_geometric_mean() -> None:
    # Right on the query's axis, half of it on the reference's: recall sqrt(1 x 0.5), precision sqrt(1 x 1).
    assert micro_average_precision([TRUE], [said((0, 10), (20, 25))]) == pytest.approx(sqrt(0.5))


def test_a_prediction_that_misses_on_one_axis_is_wrong_altogether() -> None:
    assert micro_average_precision([TRUE], [said((0, 10), (50, 60))]) == 0.0
    assert micro_average_precision([TRUE], [said((0, 10), (20, 30), pair="b")]) == 0.0


def test_a_mistake_costs_more_the_surer_it_is() -> None:
    right, wrong = said((0, 10), (20, 30), 0.9), said((0, 10), (20, 30), 0.5, pair="b")
    assert micro_average_precision([TRUE], [right, wrong]) == pytest.approx(1.0)
    surer = said((0, 10), (20, 30), 0.95, pair="b")
    assert micro_average_precision([TRUE], [right, surer]) == pytest.approx(0.5)


def test_equal_scores_are_taken_together() -> None:
    right, wrong = said((0, 10), (20, 30)), said((0, 10), (20, 30), pair="b")
    assert micro_average_precision([TRUE], [right, wrong]) == pytest.approx(0.5)
    assert micro_average_precision([TRUE], [wrong, right]) == pytest.approx(0.5)


def test_the_same_twice_counts_once_and_pieces_add_up() -> None:
    twice = [said((0, 10), (20, 30), 0.9), said((0, 10), (20, 30), 0.8)]
    assert micro_average_precision([TRUE], twice) == pytest.approx(1.0)
    halves = [said((0, 5), (20, 25), 0.9), said((5, 10), (25, 30), 0.8)]
    assert micro_average_precision([TRUE], halves) == pytest.approx(1.0)


def test_two_steps_by_hand() -> None:
    truth = [TRUE, Alignment("b", Segment(0, 10), Segment(0, 10))]
    # First a true half of pair a (precision 1, recall 1/4), then all of b said twice too long (20 s on each axis):
    # right 15, said 25, wanted 20: precision 0.6, recall 0.75.
    predictions = [said((0, 5), (20, 25), 0.9), said((-5, 15), (-5, 15), 0.4, pair="b")]
    assert micro_average_precision(truth, predictions) == pytest.approx(0.25 + 0.6 * 0.5)


segments = st.tuples(st.floats(0, 50), st.floats(0, 20)).map(lambda each: Segment(each[0], each[0] + each[1]))


@given(st.lists(segments, max_size=6), st.lists(segments, max_size=6))
def test_covered_seconds(one: list[Segment], other: list[Segment]) -> None:
    joined = covered(one)
    assert all(before.end < after.start for before, after in pairwise(joined))
    assert length(one) <= sum(each.seconds for each in one) + 1e-9
    assert length([*one, *other]) == pytest.approx(length(one) + length(other) - shared(one, other), abs=1e-6)


@given(st.lists(st.tuples(segments, segments, st.floats(0, 1)), min_size=1, max_size=5))
def test_the_truth_itself_said_in_any_order_is_perfect(parts: list[tuple[Segment, Segment, float]]) -> None:
    truth = [
        Alignment(number, Segment(q.start, q.end + 1), Segment(r.start, r.end + 1), score)
        for number, (q, r, score) in enumerate(parts)
    ]
    assert micro_average_precision(truth, truth) == pytest.approx(1.0)


def test_bounds_of_shares() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[0] == pytest.approx(0.722, abs=0.001)
    assert wilson(5, 10) == pytest.approx((0.237, 0.763), abs=0.001)
    assert at_most(0, 1000) == 0.003
    assert at_most(0, 2) == 1.0
    assert at_most(1, 100) == pytest.approx(wilson(1, 100)[1])
