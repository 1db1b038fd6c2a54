"""A prompt and a registered text read together, so that each word is understood beside those of the other.

The lower layers read each text alone, the upper ones both at once (precomputed lower layers, MacAvaney et al., SIGIR
2020); the answer weighs how alike the states are that result (late interaction; Khattab and Zaharia, SIGIR 2020) and
what the first of them says. The weights are those of the default sentence model, changed by an adapter of this reader's
own, which ``benchmarks/train_cross_encoder.py`` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faircut.text.adapter import Adapter
from faircut.text.array_file import read_arrays
from faircut.text.encoder import unit, vocabulary_of
from faircut.text.minilm import Floats, Weights, build_layers, embedded
from faircut.text.models import CONFIG, DEFAULT_MODEL, WEIGHTS, ModelFiles, find_model
from faircut.text.sessions import sessions_of
from faircut.text.wordpiece import WordPiece

FILE = "cross_encoder.arrays"
LONGEST = 150
"""Pieces of either text that are read: about 110 words."""
APART = 3
"""Layers that read each text alone."""
_TOP = 20


class CrossEncoder:
    """Log odds that a prompt would draw what a text describes. Thread-safe; the same texts give the same number."""

    def __init__(self, model: ModelFiles, arrays: Mapping[str, npt.NDArray[np.float16]], *, int8: bool = True) -> None:
        config = json.loads((model.folder / CONFIG).read_text(encoding="utf-8"))
        self._weights = Weights(model.folder / WEIGHTS, config, Adapter(arrays))
        self._cutter = WordPiece(vocabulary_of(model))
        self._layers = sessions_of(build_layers(self._weights, int8=int8))
        self._head = {name: each.astype(np.float32) for name, each in arrays.items() if not name.startswith("encoder.")}

    def alone(self, text: str) -> Floats:
        """(pieces, width): a text as the lower layers read it, cut to :data:`LONGEST` pieces."""
        own = [self._cutter.first, *self._cutter.cut(text).ids[:LONGEST], self._cutter.last]
        found = embedded(self._weights, np.array(own, np.int64))
        for layer in self._layers[:APART]:
            found = layer.run(None, {"x": found})[0]
        return found

    def lengths(self, text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
        """How many pieces each of some parts of a text has."""
        first, last = np.searchsorted(self._cutter.cut(text).starts, np.asarray(spans).reshape(-1, 2)).T
        found: list[int] = (last - first).tolist()
        return found

    def together(self, described: Floats, asked: Floats) -> float:
        """The log odds, for two texts as :meth:`alone` read them."""
        head = self._head
        states = np.concatenate([described + head["types"][0], asked + head["types"][1]])
        for layer in self._layers[APART:]:
            states = layer.run(None, {"x": states})[0]
        own, theirs = states[1 : len(described)], states[len(described) + 1 :]
        means = own.mean(axis=0), theirs.mean(axis=0)
        close = _units(own) @ _units(theirs).T
        forward, backward = close.max(axis=1), close.max(axis=0)
        cosine = unit(means[0]) @ unit(means[1])
        similar = np.array([cosine, forward.mean(), backward.mean(), _top(forward), _top(backward)], np.float32)
        similar = 8 * (similar - np.float32(0.5))
        pooled = np.concatenate([states[0], means[0] * means[1] * 8, np.abs(means[0] - means[1]) * 4, similar])
        inner = np.tanh(head["inner.weight"] @ pooled + head["inner.bias"])
        plain = similar @ head["direct"] + head["offset"][0]
        return float(head["outer.weight"][0] @ inner + head["outer.bias"][0] + plain)


def _units(states: Floats) -> Floats:
    found: Floats = states / np.sqrt(np.einsum("ij,ij->i", states, states))[:, None]
    return found


def _top(values: Floats) -> np.float32:
    """The mean of the greatest; those that are not there count as -1."""
    best = np.sort(values)[-_TOP:]
    return np.float32((best.sum() - (_TOP - len(best))) / _TOP)


def load_cross_encoder(path: Path, *, int8: bool = True) -> CrossEncoder:
    """The reader whose arrays lie in a file. Raises StorageError when it is damaged, ConfigError without the model."""
    arrays, _ = read_arrays(path)
    return CrossEncoder(find_model(DEFAULT_MODEL), {name: np.array(each) for name, each in arrays.items()}, int8=int8)


@cache
def default_cross_encoder() -> CrossEncoder:
    """The reader that Faircut ships, for its default sentence model."""
    with as_file(files("faircut.text") / "data" / FILE) as path:
        return load_cross_encoder(path)


__all__ = ["APART", "FILE", "LONGEST", "CrossEncoder", "default_cross_encoder", "load_cross_encoder"]
