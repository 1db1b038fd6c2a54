"""A low-rank change of a sentence model's matrices (LoRA; Hu et al., ICLR 2022): what this project taught its default.

Written by ``benchmarks/train_sentence_adapter.py`` from this project's own texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from faircut.text.array_file import read_arrays

FILE = "sentence_adapter.arrays"

Floats = npt.NDArray[np.float32]


class Adapter:
    """Changes by the name of the matrix, as ``up`` (out, rank) times ``down`` (rank, in)."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.float16]]) -> None:
        self._arrays = arrays

    def change(self, name: str) -> Floats | None:
        """(out, in) to add to the matrix ``name``; None where nothing changes."""
        if f"{name}.up" not in self._arrays:
            return None
        up, down = (self._arrays[f"{name}.{each}"].astype(np.float32) for each in ("up", "down"))
        found: Floats = up @ down
        return found


@cache
def default_adapter() -> Adapter:
    """The adapter that Faircut ships for its default model. Raises StorageError when the file is damaged."""
    with as_file(files("faircut.text") / "data" / FILE) as path:
        arrays, _ = read_arrays(path)
        return Adapter({name: np.array(each) for name, each in arrays.items()})


__all__ = ["FILE", "Adapter", "default_adapter"]
