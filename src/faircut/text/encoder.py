"""Text to vectors: one for the whole text and one for every piece of it, in one pass of the sentence model.

Vectors of parts of a text are means over their pieces ("late chunking", Günther et al., arXiv 2409.04701): they cost
nothing more and know the sentence around them. Texts are encoded one at a time, because the int8 products scale by all
that passes through at once: so the vectors of a text depend on that text alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from faircut.text.adapter import default_adapter
from faircut.text.minilm import Floats, Weights, build_layers, embedded
from faircut.text.models import CONFIG, TOKENIZER, VOCABULARY, WEIGHTS, ModelFiles, find_model
from faircut.text.pieces import Cutter, Pieces
from faircut.text.sessions import sessions_of
from faircut.text.unigram import unigram_of
from faircut.text.wordpiece import WordPiece

LONGEST = 62
"""Pieces encoded together at most: what stands further apart than two sentences should not colour each other."""
_TOGETHER = 8
"""Runs that go through the layers together: more would take memory and gain nothing."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """``sentence`` (width,) has length 1. ``tokens`` (pieces, width) belong to characters ``starts`` to ``ends``."""

    sentence: Floats
    tokens: Floats
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def part(self, start: int, end: int) -> Floats:
        """The vector of the characters from ``start`` to ``end``, of length 1; that of the whole where nothing is."""
        first, last = np.searchsorted(self.starts, (start, end))
        return unit(self.tokens[first:last].mean(axis=0)) if last > first else self.sentence

    def parts(self, spans: Sequence[tuple[int, int]]) -> Floats:
        """(spans, width) of what :meth:`part` gives for each."""
        first, last = np.searchsorted(self.starts, np.asarray(spans, np.int64).reshape(-1, 2)).T
        found = np.repeat(self.sentence[None], len(spans), axis=0)
        given = np.flatnonzero(last > first)
        if len(given):
            bounds = np.stack([first[given], last[given]], axis=1).ravel()
            # The end of all pieces is no place to add up from; only the last bound can be it.
            sums = np.add.reduceat(self.tokens, bounds[bounds < len(self.tokens)], axis=0)[::2]
            means = sums / (last - first)[given, None].astype(np.float32)
            lengths = np.sqrt(np.einsum("ij,ij->i", means, means))
            found[given] = means / np.where(lengths, lengths, np.float32(1))[:, None]
        return found


def unit(vector: Floats) -> Floats:
    """The vector at length 1; zeros stay zeros."""
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(length) if length else vector


class SentenceEncoder:
    """A BERT-like sentence model with mean pooling, on one core. Thread-safe; the same text gives the same numbers."""

    def __init__(self, weights: Weights, tokenizer: Cutter, *, int8: bool = True) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        self._layers = sessions_of(build_layers(weights, int8=int8))
        self.width = weights.width

    def _states(self, pieces: Pieces, runs: Sequence[tuple[int, int]]) -> Sequence[Floats]:
        """(tokens, width) of each run. All go through one layer before the next, whose weights are read once so."""
        frame = self._tokenizer
        found = [
            embedded(self._weights, np.array([frame.first, *pieces.ids[first:last], frame.last], dtype=np.int64))
            for first, last in runs
        ]
        for layer in self._layers:
            found = [layer.run(None, {"x": x})[0] for x in found]
        return found

    def encode(self, text: str) -> Encoded:
        """Vectors of any text; for one without a single letter or mark, those of nothing. Linear in its length."""
        pieces = self._tokenizer.cut(text)
        total = np.zeros(self.width, np.float32)
        tokens = []
        runs = _runs(pieces, text)
        while together := list(islice(runs, _TOGETHER)):
            for states in self._states(pieces, together):
                total += states.sum(axis=0)
                tokens.append(states[1:-1])
        return Encoded(
            unit(total),
            np.concatenate(tokens),
            np.array(pieces.starts, np.int32),
            np.array(pieces.ends, np.int32),
        )


def _runs(pieces: Pieces, text: str) -> Iterator[tuple[int, int]]:
    """First and last of the pieces that are encoded together: whole sentences while they fit."""
    ends = [index + 1 for index, place in enumerate(pieces.starts) if text[place] in ".!?\n。！？"]
    first = 0
    while len(pieces) - first > LONGEST:
        fitting = [end for end in ends if first < end <= first + LONGEST]
        last = fitting[-1] if fitting else first + LONGEST
        yield first, last
        first = last
    if first < len(pieces) or not first:
        yield first, len(pieces)


def load_encoder(setting: str, *, int8: bool = True) -> SentenceEncoder:
    """The encoder of the setting ``sentence_model``, its files verified. Raises ConfigError."""
    return encoder_of(find_model(setting), int8=int8)


def encoder_of(model: ModelFiles, *, int8: bool = True, adapted: bool = True) -> SentenceEncoder:
    """The encoder of a model on disk, its files verified; the default one with its adapter. Raises ConfigError."""
    model.verify()
    adapter = default_adapter() if adapted and model.is_default else None
    config = json.loads((model.folder / CONFIG).read_text(encoding="utf-8"))
    weights = Weights(model.folder / WEIGHTS, config, adapter)
    return SentenceEncoder(weights, _tokenizer(model), int8=int8)


def vocabulary_of(model: ModelFiles) -> Sequence[str]:
    """The pieces of a WordPiece model in order of id."""
    return (model.folder / VOCABULARY).read_text(encoding="utf-8").splitlines()


def _tokenizer(model: ModelFiles) -> Cutter:
    if VOCABULARY in model.sha256:
        return WordPiece(vocabulary_of(model))
    return unigram_of((model.folder / TOKENIZER).read_text(encoding="utf-8"))


__all__ = ["Encoded", "SentenceEncoder", "encoder_of", "load_encoder", "unit", "vocabulary_of"]
