"""The reader of two texts together: what it must do whatever it was taught; and that it was taught something."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np
import pytest

from faircut.errors import StorageError
from faircut.text.array_file import write_arrays
from faircut.text.cross_encoder import FILE, LONGEST, CrossEncoder, default_cross_encoder, load_cross_encoder

DIVER = "Deep-sea diver with a lighthouse lamp for a head, a copper suit grown over with barnacles and a rope of bells."
ASKED = "somebody in an old copper diving suit full of barnacles walks the sea floor, a beacon where the head should be"
OTHER = "a diver in a blue wetsuit films a turtle over a coral reef in the morning sun"
STREET = "two children play football in a quiet street after the rain"


@pytest.fixture(scope="module")
def reader() -> CrossEncoder:
    return default_cross_encoder()


def _answer(reader: CrossEncoder, described: str, asked: str) -> float:
    return reader.together(reader.alone(described), reader.alone(asked))


def test_a_request_for_what_is_described_is_told_from_others(reader: CrossEncoder) -> None:
    own, other, street = (_answer(reader, DIVER, text) for text in (ASKED, OTHER, STREET))
    assert own > 0 > other > street


def test_the_same_texts_give_the_same_answer(reader: CrossEncoder) -> None:
    assert _answer(reader, DIVER, ASKED) == _answer(reader, DIVER, ASKED)


def test_integers_answer_as_floats_do(reader: CrossEncoder) -> None:
    with as_file(files("faircut.text") / "data" / FILE) as path:
        exact = load_cross_encoder(path, int8=False)
    for asked in (ASKED, OTHER, STREET, "a beacon", DIVER):
        assert _answer(reader, DIVER, asked) == pytest.approx(_answer(exact, DIVER, asked), abs=1.0)


def test_what_is_longer_than_can_be_read_is_cut(reader: CrossEncoder) -> None:
    long = " ".join(["lamp"] * LONGEST)
    assert np.array_equal(reader.alone(long), reader.alone(f"{long} and a rope of bells"))


@pytest.mark.parametrize("text", ["", "   ", "?", "\ud800", "鐘" * 400, "lamp " * 5000])
def test_any_text_has_an_answer(reader: CrossEncoder, text: str) -> None:
    assert np.isfinite(_answer(reader, DIVER, text))
    assert np.isfinite(_answer(reader, text, ASKED))


def test_pieces_of_parts_are_counted(reader: CrossEncoder) -> None:
    text = "a copper suit, barnacles"
    assert reader.lengths(text, [(0, 1), (2, 8), (0, len(text)), (13, 13)])[:1] == [1]
    assert sum(reader.lengths(text, [(0, 13), (13, len(text))])) == reader.lengths(text, [(0, len(text))])[0]
    assert reader.lengths(text, []) == []


def test_a_damaged_file_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("reader") / FILE
    write_arrays(path, {"types": np.zeros((2, 4), np.float32)}, {})
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(StorageError):
        load_cross_encoder(path)
