"""Misspelt words are read as what they are a slip of, and places stay those of what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.detectors.descriptions_plain import as_plain
from faircut.detectors.misspelt import right_word, spelt


@pytest.mark.parametrize("slip", ["lantrn", "lanntern", "lamtern", "latnern"])
def test_a_word_with_one_slip_is_read_right_and_found_where_it_stands(slip: str) -> None:
    text = f"Two {slip.capitalize()}s. A brass {slip} on a pier"
    shown = as_plain(text)
    assert shown.text == "Two Lanterns. A brass lantern on a pier"
    at = shown.text.index("lantern")
    start, end = shown.span(at, at + len("lantern"))
    assert text[start:end] == slip


@pytest.mark.parametrize(
    "text", ["A lantern on the pier", "Velmora Quist in Reykjavik", "Wuffelino", "foto tren", "3d4r5t rendring2", ""]
)
def test_words_names_and_short_words_stay(text: str) -> None:
    assert spelt(text) is None


@given(st.sampled_from(["feather", "monocle", "lighthouse", "whisker"]), st.integers(0, 9), st.sampled_from("abcxyz"))
def test_no_word_becomes_one_that_is_more_than_one_slip_away(word: str, place: int, letter: str) -> None:
    typed = word[:place] + letter + word[place:]
    right = right_word(typed)
    assert not right or abs(len(right) - len(typed)) <= 1
    assert right_word(word) == ""


@given(st.text(max_size=60))
def test_every_place_is_one_of_the_text(text: str) -> None:
    shown = as_plain(text)
    assert len(shown.text) == len(shown.starts) == len(shown.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(shown.starts, shown.ends, strict=True))
