"""Layers of a quicker sentence model, which put a text where the default one puts it, only less exactly.

Most of them read only the pieces that say something (token pruning; Goyal et al., PoWER-BERT, ICML 2020). The matrices
are kept as the integers that are computed with. ``benchmarks/distil_sentence_encoder.py`` wrote the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faircut.errors import StorageError
from faircut.text.array_file import AnyArray, read_arrays

FILE = "quick_encoder.arrays"
SCALE = ".scale"

Floats = npt.NDArray[np.float32]

_DENSE = (
    *(f"attention.self.{each}" for each in ("query", "key", "value")),
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_PARTS = (
    *(f"{each}.{part}" for each in _DENSE for part in ("weight", f"weight{SCALE}", "bias")),
    *(f"{each}.LayerNorm.{part}" for each in ("attention.output", "output") for part in ("weight", "bias")),
)


class Distilled:
    """Tensors by name in place of those of the model's own layers.

    Of :attr:`layers` there are, the first :attr:`whole` read every piece of a text, and the others those that say
    something.
    """

    def __init__(self, arrays: Mapping[str, AnyArray], metadata: Mapping[str, str]) -> None:
        self.whole = int(metadata["whole"])
        self._arrays = {name: np.array(each) for name, each in arrays.items()}
        self.layers = len({name.split(".")[2] for name in arrays})

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getitem__(self, name: str) -> Floats:
        """A float32 tensor of a layer. Raises KeyError."""
        own = self._arrays[name].astype(np.float32)
        scale = self._arrays.get(f"{name}{SCALE}")
        return own if scale is None else own * scale[:, None]


def load_distilled(path: Path) -> Distilled:
    """The layers in a file. Raises StorageError when it is damaged."""
    arrays, metadata = read_arrays(path)
    try:
        found = Distilled(arrays, metadata)
        wanted = {f"encoder.layer.{number}.{part}" for number in range(found.layers) for part in _PARTS}
        if arrays.keys() != wanted or not 0 <= found.whole <= found.layers:
            raise ValueError("some of its layers are not whole")
    except (KeyError, ValueError, IndexError) as error:
        raise StorageError(
            f"{path.name} does not hold layers of a sentence model: {error}.", remedy="Install Faircut again."
        ) from error
    return found


def default_distilled() -> Distilled:
    """The layers that Faircut ships for its default model. Raises StorageError when the file is damaged."""
    with as_file(files("faircut.text") / "data" / FILE) as path:
        return load_distilled(path)


__all__ = ["FILE", "SCALE", "Distilled", "default_distilled", "load_distilled"]
