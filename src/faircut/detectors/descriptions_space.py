"""What Faircut knows of the default sentence model's space: where ordinary prompts lie in it, and its main directions.

Written by ``benchmarks/train_descriptions.py`` from the training half of this project's own texts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_profiles import Background
from faircut.text.adapter import FILE as ADAPTER
from faircut.text.array_file import read_arrays
from faircut.text.models import ModelFiles
from faircut.text.words import SAYS_NOTHING

FILE = "descriptions_space.arrays"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    """``projection`` is (width, directions), with columns at right angles."""

    background: Background
    projection: Floats


PIECE_DIRECTIONS = 64


@cache
def default_space() -> Space:
    """The space of the default model. Raises StorageError when the file is damaged."""
    with as_file(files("faircut.detectors") / FILE) as path:
        arrays, _ = read_arrays(path)
        found = {name: np.array(each, np.float32) for name, each in arrays.items()}
        background = Background(
            found["mean"], found["covariance"], found["centre"], found["directions"], found["stock"]
        )
        return Space(background, found["projection"])


def key_of_space(model: ModelFiles) -> str:
    """Changes with whatever kept vectors depend on: the model and the letters it reads, its adapter, the tables, the
    space, and which words say nothing."""
    data = files("faircut.text") / "data"
    parts = [data / ADAPTER, data / "lexicon.txt", data / "words.txt", files("faircut.detectors") / FILE]
    found = hashlib.sha256(model.digest.encode())
    found.update(" ".join(sorted(SAYS_NOTHING)).encode())
    found.update(bytes([model.reads_latin_alone]))
    for part in parts:
        found.update(hashlib.sha256(part.read_bytes()).digest())
    return found.hexdigest()


def archetypes() -> list[str]:
    """Stock figures, places and things, one text each."""
    text = (files("faircut.detectors") / "descriptions_archetypes.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def space_of(clauses: Floats, wholes: Floats, tokens: Floats, stock: Floats, directions: int) -> Space:
    """The space that vectors of ordinary ``clauses``, of ``wholes`` of all kinds, and of single ``tokens`` span.

    ``stock`` are the clauses of archetypes.
    """
    pieces = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
    centre = pieces.mean(axis=0)
    _, _, of_pieces = np.linalg.svd(pieces - centre, full_matrices=False)
    centred = clauses - clauses.mean(axis=0)
    _, _, main = np.linalg.svd(wholes, full_matrices=False)
    return Space(
        Background(
            clauses.mean(axis=0),
            (centred.T @ centred / len(centred)).astype(np.float32),
            centre,
            np.ascontiguousarray(of_pieces[:PIECE_DIRECTIONS].T),
            stock,
        ),
        np.ascontiguousarray(main[:directions].T),
    )


__all__ = ["FILE", "Space", "archetypes", "default_space", "key_of_space", "space_of"]
