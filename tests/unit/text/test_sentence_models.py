"""The contract of sentence models on the one that is built in and on tiny multilingual ones; the Unigram cutter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sentence_models import SentenceModelContract, tiny_multilingual_model

from faircut.errors import ConfigError
from faircut.text.encoder import SentenceEncoder, load_encoder
from faircut.text.models import DEFAULT_MODEL, TOKENIZER, find_model
from faircut.text.unigram import Unigram, unigram_of


class TestBuiltInModel(SentenceModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def encoder(cls) -> SentenceEncoder:
        return load_encoder(DEFAULT_MODEL)


class TestMultilingualModel(SentenceModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def encoder(cls, tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
        folder = tmp_path_factory.mktemp("tiny")
        tiny_multilingual_model(folder)
        return load_encoder(str(folder))


class TestMultilingualModelOfTheRobertaFamily(SentenceModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def encoder(cls, tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
        folder = tmp_path_factory.mktemp("roberta")
        tiny_multilingual_model(folder, family="xlm-roberta")
        return load_encoder(str(folder))


def test_families_number_places_differently(tmp_path: Path) -> None:
    found = []
    for family in ("bert", "xlm-roberta"):
        (tmp_path / family).mkdir()
        tiny_multilingual_model(tmp_path / family, family=family)
        found.append(load_encoder(str(tmp_path / family)).encode("a red coat").sentence)
    assert not np.allclose(*found)


def test_languages_are_those_of_the_manifest(tmp_path: Path) -> None:
    tiny_multilingual_model(tmp_path)
    assert find_model(str(tmp_path)).languages == ("de", "en", "ru", "zh")


@pytest.fixture(scope="module")
def cutter() -> Unigram:
    pieces = [("<unk>", 0.0), ("▁red", -3.0), ("▁re", -2.0), ("d", -2.0), ("▁", -1.5), ("coat", -4.0), ("▁co", -1.0)]
    pieces += [("at", -1.5), ("▁c", -6.0), ("oat", -6.0)]
    return Unigram(pieces, 0, 90, 91)


def _pieces(cutter: Unigram, text: str) -> list[tuple[int, str]]:
    found = cutter.cut(text)
    return [(number, text[start:end]) for number, start, end in zip(found.ids, found.starts, found.ends, strict=True)]


def test_the_likeliest_cut_wins(cutter: Unigram) -> None:
    # "▁red" at -3 beats "▁re" + "d" at -4; "▁co" + "at" at -2.5 beats "▁" + "coat" at -5.5.
    assert _pieces(cutter, "red coat") == [(1, "red"), (6, "co"), (7, "at")]


def test_unknown_characters_that_stand_together_are_one_piece(cutter: Unigram) -> None:
    assert _pieces(cutter, "zzd") == [(4, ""), (0, "zz"), (3, "d")]


def test_wide_letters_and_white_space_are_folded(cutter: Unigram) -> None:
    assert _pieces(cutter, "\u3000ｒｅｄ \n\u200bred") == [(1, "ｒｅｄ"), (1, "red")]


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_cut_in_order_and_within_its_bounds(cutter: Unigram, text: str) -> None:
    found = cutter.cut(text)
    assert list(found.starts) == sorted(found.starts)
    assert all(0 <= start <= end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))


def test_a_word_without_end_is_cut_too(cutter: Unigram) -> None:
    assert sum(end - start for start, end in zip(*_bounds(cutter, "d" * 5000), strict=True)) == 5000


def _bounds(cutter: Unigram, text: str) -> tuple[list[int], list[int]]:
    found = cutter.cut(text)
    return list(found.starts), list(found.ends)


@pytest.mark.parametrize(
    "tokenizer",
    [
        "{",
        "[]",
        '{"model": {"type": "BPE", "vocab": {}}}',
        '{"model": {"type": "Unigram", "unk_id": 9, "vocab": [["<s>", 0], ["</s>", 0]]}}',
        '{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0]]}}',
        '{"model": {"type": "Unigram", "unk_id": 0, "vocab": [3]}}',
    ],
)
def test_other_tokenizers_are_refused(tokenizer: str) -> None:
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        unigram_of(tokenizer)
    assert caught.value.field == "sentence_model"


def test_marks_may_stand_among_the_added_tokens() -> None:
    found = unigram_of(
        json.dumps(
            {
                "added_tokens": [{"id": 7, "content": "[CLS]"}, {"id": 8, "content": "[SEP]"}],
                "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁a", -1.0]]},
            }
        )
    )
    assert (found.first, found.last) == (7, 8)


def test_the_tokenizer_is_pinned_like_every_file(tmp_path: Path) -> None:
    tiny_multilingual_model(tmp_path)
    (tmp_path / TOKENIZER).write_text("{}")
    with pytest.raises(ConfigError, match="is not the file that is pinned"):
        load_encoder(str(tmp_path))
