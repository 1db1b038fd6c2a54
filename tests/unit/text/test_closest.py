"""Integers against floats: the same candidates, and cosines within the stated error. The greatest against sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.text.closest import Closest, greatest


@pytest.mark.parametrize("count", [1, 7, 5000])
def test_cosines_are_those_of_floats_but_for_a_little(count: int) -> None:
    rng = np.random.default_rng(count)
    many = rng.normal(size=(count, 96)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    few = many[rng.integers(0, count, 4)] * 0.8 + rng.normal(0, 0.04, (4, 96)).astype(np.float32)
    exact = (many @ few.T).max(axis=1)
    found = Closest(many).best(few)
    assert found.shape == (count,)
    assert np.abs(found - exact).max() < 0.01
    assert found.argmax() == exact.argmax()


def test_vectors_of_nothing_are_close_to_nothing() -> None:
    assert not Closest(np.zeros((3, 8), np.float32)).best(np.ones((2, 8), np.float32)).any()


@given(
    size=st.integers(1, 9000), count=st.integers(1, 40), levels=st.sampled_from([1, 3, 10**6]), seed=st.integers(0, 99)
)
def test_the_greatest_are_those_of_sorting(size: int, count: int, levels: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, levels, size).astype(np.float32)
    places = greatest(scores, count)
    assert len(set(places)) == len(places) == min(size, count)
    assert sorted(scores[places]) == sorted(scores)[-count:]
