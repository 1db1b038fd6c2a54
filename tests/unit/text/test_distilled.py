"""The quicker sentence model: where it puts texts, and that its file is whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.errors import StorageError
from faircut.text.array_file import write_arrays
from faircut.text.distilled import default_distilled, load_distilled
from faircut.text.encoder import SentenceEncoder, load_encoder, quick_encoder
from faircut.text.models import DEFAULT_MODEL, find_model
from support.sentence_models import SentenceModelContract

TEXTS = (
    "An old clockmaker whose chest is an open birdcage, with a coat sewn from train tickets.",
    "Drone shot over terraced rice fields at sunrise, mist between the hills, a farmer with two buffaloes",
    "a lantern that drinks the light around it",
    "Two children build a raft out of doors and drift past a flooded church.",
)


@pytest.fixture(scope="module")
def quick() -> SentenceEncoder:
    return quick_encoder(find_model(DEFAULT_MODEL))


@pytest.fixture(scope="module")
def whole() -> SentenceEncoder:
    return load_encoder(DEFAULT_MODEL)


class TestQuickEncoder(SentenceModelContract):
    @pytest.fixture
    def encoder(self, quick: SentenceEncoder) -> SentenceEncoder:
        return quick


def test_texts_lie_where_the_whole_model_puts_them(quick: SentenceEncoder, whole: SentenceEncoder) -> None:
    ours, theirs = (np.stack([each.encode(text).sentence for text in TEXTS]) for each in (quick, whole))
    close = ours @ theirs.T
    assert close.diagonal().min() > 0.85
    assert (close.argmax(axis=1) == np.arange(len(TEXTS))).all()


def test_most_layers_read_what_says_something(quick: SentenceEncoder) -> None:
    text = "The fox that was in the snow, and with it a crow."
    found = quick.encode(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == ["fox", "snow", "crow"]
    assert not found.part(text.index("that"), text.index("the snow")).any()
    assert len(quick.encode("of the and with it").tokens) == 5, "where nothing does, all is read"


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_has_finite_vectors(text: str, quick: SentenceEncoder) -> None:
    found = quick.encode(text)
    assert np.isfinite(found.sentence).all()
    assert np.isfinite(found.tokens).all()
    assert len(found.tokens) == len(found.starts) == len(found.ends)


def test_layers_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "layers.arrays"
    own = default_distilled()
    name = "encoder.layer.0.output.dense.bias"
    write_arrays(path, {name: own[name]}, {"whole": "1"})
    with pytest.raises(StorageError, match="not whole"):
        load_distilled(path)
    write_arrays(path, {name: own[name]}, {})
    with pytest.raises(StorageError, match="does not hold layers"):
        load_distilled(path)
