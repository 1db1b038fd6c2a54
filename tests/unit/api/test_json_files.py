"""Bodies with files as base64: what is read is what was sent, however it is cut up, and never held in memory."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.api.json_files import MOST_JSON_BYTES, JsonReader, refuse_damaged
from faircut.errors import InputError, LimitExceeded

HEAD = "data:image/png;base64,"


def read(folder: Path, body: bytes, cut: int = 1 << 16) -> tuple[bytes, JsonReader]:
    reader = JsonReader(folder)
    for at in range(0, len(body), cut):
        reader.feed(body[at : at + cut])
    reader.finish()
    return bytes(reader.json), reader


def restored(value: Any, reader: JsonReader) -> Any:
    """What was sent, from what was read."""
    if isinstance(value, dict):
        return {key: restored(each, reader) for key, each in value.items()}
    if isinstance(value, list):
        return [restored(each, reader) for each in value]
    file = reader._files.get(value) if isinstance(value, str) else None
    return value if file is None else HEAD + base64.b64encode(file.path.read_bytes()).decode()


def data_url(data: bytes) -> str:
    return HEAD + base64.b64encode(data).decode()


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30), st.just(data_url(b"words" * 90)))
urls = st.one_of(st.binary(max_size=900).map(data_url), st.text(max_size=300))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
        st.fixed_dictionaries({"url": urls}),
        st.fixed_dictionaries({"image_url": st.one_of(urls, st.fixed_dictionaries({"url": urls}))}),
    ),
    max_leaves=8,
)


@given(sent=values, cut=st.integers(1, 700), escape=st.booleans(), indent=st.sampled_from([None, 1]))
def test_what_is_read_is_what_was_sent(
    tmp_path_factory: pytest.TempPathFactory, sent: Any, cut: int, escape: bool, indent: int | None
) -> None:
    body = json.dumps(sent, indent=indent)
    if escape:  # as some languages write slashes and pluses
        body = body.replace("/", "\\/").replace("+", "\\u002B")
    kept, reader = read(tmp_path_factory.mktemp("spool"), body.encode(), cut)
    assert restored(json.loads(kept), reader) == sent
    assert len(kept) < 4000 or not reader._files


@given(
    body=st.one_of(st.binary(max_size=400), st.text('{}[]",:\\ud0/a', max_size=200).map(str.encode)),
    cut=st.integers(1, 50),
)
def test_nonsense_stays_nonsense(tmp_path_factory: pytest.TempPathFactory, body: bytes, cut: int) -> None:
    kept, reader = read(tmp_path_factory.mktemp("spool"), body, cut)
    assert not reader._files
    assert kept == body or b"\\" in body


@pytest.mark.parametrize("key", ["text", "prompt", 'x"url', "URL"])
def test_words_that_look_like_a_file_stay_words(tmp_path: Path, key: str) -> None:
    body = json.dumps({key: data_url(bytes(1000))}).encode()
    kept, reader = read(tmp_path, body)
    assert kept == body
    assert not reader._files


@pytest.mark.parametrize(
    "data",
    ["QUJD" * 100 + "Q", "QUJD" * 80 + "QQ==" + "QUJD" * 80, "QUJD" * 90 + "!!!!", "QUJD" * 90 + "\\n", "é" * 200],
)
def test_what_is_no_base64_is_damaged(tmp_path: Path, data: str) -> None:
    for cut in (7, 1000):
        folder = tmp_path / str(cut)
        folder.mkdir()
        _, reader = read(folder, f'{{"url": "{HEAD}{data}"}}'.encode(), cut)
        (file,) = reader._files.values()
        with pytest.raises(InputError, match="damaged"):
            refuse_damaged(file)


def test_more_json_than_any_request_needs_is_refused_as_it_comes(tmp_path: Path) -> None:
    words = b'"' + b"a" * MOST_JSON_BYTES
    with pytest.raises(LimitExceeded, match="larger"):
        JsonReader(tmp_path).feed(words)
    many = json.dumps([{"url": data_url(bytes(300))}] * 65).encode()
    with pytest.raises(LimitExceeded, match="64 files"):
        JsonReader(tmp_path).feed(many)


def test_a_file_passes_through_memory_in_pieces(tmp_path: Path) -> None:
    reader, piece = JsonReader(tmp_path), b"QUJD" * (1 << 14)
    tracemalloc.start()
    try:
        reader.feed(f'{{"url": "{HEAD}'.encode())
        for _ in range(256):
            reader.feed(piece)
        reader.feed(b'"}')
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    (file,) = reader.finish().values()
    assert (file.size, file.path.stat().st_size, file.damaged) == (12 << 20, 12 << 20, False)
    assert peak < 2 << 20
