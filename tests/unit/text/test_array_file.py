from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from faircut.errors import StorageError
from faircut.text.array_file import read_arrays, write_arrays

ARRAYS = {
    "small": np.arange(5, dtype=np.int8),
    "wide": np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4),
    "half": np.array([1.5, -2.25], np.float16),
    "empty": np.zeros((0, 7), np.int32),
    "bytes": np.frombuffer("größe".encode(), np.uint8),
}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, ARRAYS, {"model": "mine"})
    arrays, metadata = read_arrays(path)
    assert metadata == {"model": "mine"}
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
        assert not arrays[name].flags.writeable
    assert [each.name for each in tmp_path.iterdir()] == ["some.arrays"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, ARRAYS, {})
    before, _ = read_arrays(path)
    write_arrays(path, {"wide": np.zeros(3, np.float32)}, {})
    assert np.array_equal(before["wide"], ARRAYS["wide"])
    assert set(read_arrays(path)[0]) == {"wide"}


@pytest.mark.parametrize("size", [0, 5, 40, 300])
def test_a_file_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, ARRAYS, {})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(StorageError, match="damaged"):
        read_arrays(path)
