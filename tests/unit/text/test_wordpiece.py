from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.errors import ConfigError
from faircut.text.encoder import vocabulary_of
from faircut.text.models import DEFAULT_MODEL, find_model
from faircut.text.wordpiece import WordPiece

CUTTER = WordPiece(vocabulary_of(find_model(DEFAULT_MODEL)))


@pytest.mark.parametrize(
    ("text", "ids", "places"),
    [
        (
            "A tall, pale humanoid monster",
            [1037, 4206, 1010, 5122, 28051, 6071],
            [(0, 1), (2, 6), (6, 7), (8, 12), (13, 21), (22, 29)],
        ),
        (
            "Café déjà-vu № 5",
            [7668, 2139, 3900, 1011, 24728, 1578, 1019],
            [(0, 4), (5, 7), (7, 9), (9, 10), (10, 12), (13, 14), (15, 16)],
        ),
        ("unbelievableness!!", [23653, 2791, 999, 999], [(0, 12), (12, 16), (16, 17), (17, 18)]),
        ("東京のネオン街", [1879, 1755, 100, 1946], [(0, 1), (1, 2), (2, 6), (6, 7)]),
        ("Ünïcödé\u200b tëxt\tand\nlines", [27260, 3793, 1998, 3210], [(0, 7), (9, 13), (14, 17), (18, 23)]),
        ("naïve \u0001 control", [15743, 2491], [(0, 5), (8, 15)]),
        ("🦊 fox", [100, 4419], [(0, 1), (2, 5)]),
        ("", [], []),
    ],
)
def test_pieces_are_those_of_the_models_own_tokenizer(text: str, ids: list[int], places: list[tuple[int, int]]) -> None:
    """The expected numbers were written down from the model's tokenizer.json, run by the tokenizers library."""
    pieces = CUTTER.cut(text)
    assert list(pieces.ids) == ids
    assert list(zip(pieces.starts, pieces.ends, strict=True)) == places


@given(st.text(max_size=200))
def test_any_text_is_cut_and_places_are_in_order(text: str) -> None:
    pieces = CUTTER.cut(text)
    assert all(0 <= start < end <= len(text) for start, end in zip(pieces.starts, pieces.ends, strict=True))
    assert list(pieces.starts) == sorted(pieces.starts)
    assert pieces == CUTTER.cut(text)


def test_a_very_long_word_is_one_unknown_piece() -> None:
    assert len(CUTTER.cut("a" * 101)) == 1
    assert len(CUTTER.cut("a" * 99)) > 1


def test_another_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="lacks"):
        WordPiece(["just", "some", "words"])
