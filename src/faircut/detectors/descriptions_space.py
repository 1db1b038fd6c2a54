"""What Faircut knows of the default sentence model's space: where ordinary prompts lie in it, and its main directions.

Written by ``benchmarks/train_descriptions.py`` from the training half of this project's own texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_profiles import Background
from faircut.text.array_file import read_arrays

FILE = "descriptions_space.arrays"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    """``projection`` is (width, directions), with columns at right angles."""

    background: Background
    projection: Floats


@cache
def default_space() -> Space:
    """The space of the default model. Raises StorageError when the file is damaged."""
    with as_file(files("faircut.detectors") / FILE) as path:
        arrays, _ = read_arrays(path)
        covariance = np.array(arrays["covariance"], np.float32)
        return Space(Background(np.array(arrays["mean"]), covariance), np.array(arrays["projection"]))


def space_of(clauses: Floats, wholes: Floats, directions: int) -> Space:
    """The space that vectors of ordinary ``clauses`` and of whole prompts and descriptions span."""
    centred = clauses - clauses.mean(axis=0)
    _, _, main = np.linalg.svd(wholes, full_matrices=False)
    return Space(
        Background(clauses.mean(axis=0), (centred.T @ centred / len(centred)).astype(np.float32)),
        np.ascontiguousarray(main[:directions].T),
    )


__all__ = ["FILE", "Space", "default_space", "space_of"]
