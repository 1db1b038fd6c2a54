"""Text to vectors: one for the whole text and one for each piece of it, in one pass of the sentence model.

Vectors of parts of a text are means over their pieces ("late chunking", Günther et al., arXiv 2409.04701): they cost
nothing more and know the sentence around them. A quick model reads words such as "the" and "with" in its first layer
alone: what they say of others has passed to these by then. Texts are encoded one at a time, because the int8 products
scale by all that passes through at once: so the vectors of a text depend on that text alone.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from faircut.text.adapter import Adapter, default_adapter
from faircut.text.distilled import Distilled, default_distilled
from faircut.text.languages import is_foreign_letter
from faircut.text.minilm import Floats, Weights, build_layers, embedded
from faircut.text.models import CONFIG, TOKENIZER, VOCABULARY, WEIGHTS, ModelFiles, find_model
from faircut.text.pieces import Cutter, Pieces
from faircut.text.sessions import sessions_of
from faircut.text.unigram import unigram_of
from faircut.text.wordpiece import WordPiece
from faircut.text.words import Word, content_words

Bools = npt.NDArray[np.bool_]

LONGEST = 62
"""Pieces encoded together at most: what stands further apart than two sentences should not colour each other."""
_TOGETHER = 8
"""Runs that go through the layers together: more would take memory and gain nothing."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """``sentence`` (width,) has length 1. ``tokens`` (pieces, width) belong to characters ``starts`` to ``ends``: those
    of all pieces, or of those that the last layers read."""

    sentence: Floats
    tokens: Floats
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def part(self, start: int, end: int) -> Floats:
        """The vector of the characters from ``start`` to ``end``: see :meth:`parts`."""
        found: Floats = self.parts([(start, end)])[0]
        return found

    def parts(self, spans: Sequence[tuple[int, int]]) -> Floats:
        """(spans, width): a vector of length 1 for each; zeros where nothing is read, and that of the whole where
        nothing is read anywhere."""
        first, last = np.searchsorted(self.starts, np.asarray(spans, np.int64).reshape(-1, 2)).T
        if not len(self.tokens):
            return np.repeat(self.sentence[None], len(spans), axis=0)
        found = np.zeros((len(spans), self.tokens.shape[1]), np.float32)
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

    def __init__(self, weights: Weights, tokenizer: Cutter, *, int8: bool = True, latin_alone: bool = False) -> None:
        """``latin_alone``: the model knows no other letters, and reads those of other scripts only where they are most
        of a text."""
        self._weights = weights
        self._latin_alone = latin_alone
        self._tokenizer = tokenizer
        self._layers = sessions_of(build_layers(weights, int8=int8))
        self.width = weights.width

    def _states(self, pieces: Pieces, runs: Sequence[tuple[int, int]], kept: Sequence[Bools]) -> Sequence[Floats]:
        """(tokens, width) of each run, of those ``kept`` of its pieces. All go through one layer before the next, whose
        weights are read once so."""
        frame = self._tokenizer
        framed = [np.array([frame.first, *pieces.ids[first:last], frame.last], np.int64) for first, last in runs]
        places = np.concatenate([np.arange(len(own)) for own in framed])
        every = embedded(self._weights, np.concatenate(framed), places)
        found = np.split(every, np.cumsum([len(own) for own in framed[:-1]]))
        for number, layer in enumerate(self._layers):
            if number == self._weights.whole:
                found = [x[np.r_[True, own, True]] for x, own in zip(found, kept, strict=True)]
            found = [layer.run(None, {"x": x})[0] for x in found]
        return found

    def encode(self, text: str, words: Sequence[Word] | None = None) -> Encoded:
        """Vectors of any text; for one without a single letter or mark, those of nothing. Linear in its length.

        ``words`` are those of :func:`content_words`, which need not be found again then.
        """
        pieces = self._tokenizer.cut(text)
        if self._latin_alone and not text.isascii():
            pieces = _in_latin_letters(pieces, text)
        starts, ends = np.array(pieces.starts, np.int32), np.array(pieces.ends, np.int32)
        telling = np.ones(len(starts), bool)
        if self._weights.whole < len(self._layers):
            telling = pieces_of(content_words(text) if words is None else words, starts)
        total = np.zeros(self.width, np.float32)
        tokens, read = [], []
        runs = runs_of(pieces, text)
        while together := list(islice(runs, _TOGETHER)):
            kept = [_or_all(telling[first:last]) for first, last in together]
            read += kept
            for states in self._states(pieces, together, kept):
                total += states.sum(axis=0)
                tokens.append(states[1:-1])
        own = np.concatenate(read)
        return Encoded(unit(total), np.concatenate(tokens), starts[own], ends[own])


def pieces_of(words: Sequence[Word], starts: npt.NDArray[np.int32]) -> Bools:
    """(pieces,) whether each piece, which begins at one of ``starts``, is of one of ``words``."""
    if not words:
        return np.zeros(len(starts), bool)
    first, last = np.array([(word.start, word.end) for word in words], np.int32).T
    place = np.searchsorted(first, starts, side="right") - 1
    found: Bools = (place >= 0) & (starts < last[np.maximum(place, 0)])
    return found


def _or_all(some: Bools) -> Bools:
    return some if some.any() else np.ones(len(some), bool)


def _in_latin_letters(pieces: Pieces, text: str) -> Pieces:
    """Without letters of other scripts, which would be read one by one, say nothing, and take as long as words; all of
    them where they are not the smaller part, so that a text of another language is still like itself."""
    letters = [char for char in text if char.isalpha()]
    if sum(map(is_foreign_letter, letters)) * 2 >= len(letters):
        return pieces
    own = [number for number, place in enumerate(pieces.starts) if not is_foreign_letter(text[place])]
    return Pieces(*([each[number] for number in own] for each in (pieces.ids, pieces.starts, pieces.ends)))


def runs_of(pieces: Pieces, text: str) -> Iterator[tuple[int, int]]:
    """First and last of the pieces that are encoded together: whole sentences while they fit."""
    ends = [index + 1 for index, place in enumerate(pieces.starts) if text[place] in ".!?\n。！？"]
    first = 0
    while len(pieces) - first > LONGEST:
        fitting = bisect_right(ends, first + LONGEST)
        last = ends[fitting - 1] if fitting and ends[fitting - 1] > first else first + LONGEST
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
    return _with_layers(model, default_adapter() if adapted and model.is_default else None, int8=int8)


def quick_encoder(model: ModelFiles) -> SentenceEncoder:
    """The quicker one in place of the default model, whose files must be verified already. Raises ConfigError,
    StorageError."""
    return _with_layers(model, default_distilled(), int8=True)


def _with_layers(model: ModelFiles, changed: Adapter | Distilled | None, *, int8: bool) -> SentenceEncoder:
    config = json.loads((model.folder / CONFIG).read_text(encoding="utf-8"))
    weights = Weights(model.folder / WEIGHTS, config, changed)
    return SentenceEncoder(weights, _tokenizer(model), int8=int8, latin_alone=model.reads_latin_alone)


def vocabulary_of(model: ModelFiles) -> Sequence[str]:
    """The pieces of a WordPiece model in order of id."""
    return (model.folder / VOCABULARY).read_text(encoding="utf-8").splitlines()


def _tokenizer(model: ModelFiles) -> Cutter:
    if VOCABULARY in model.sha256:
        return WordPiece(vocabulary_of(model))
    return unigram_of((model.folder / TOKENIZER).read_text(encoding="utf-8"))


__all__ = [
    "Encoded",
    "SentenceEncoder",
    "encoder_of",
    "load_encoder",
    "pieces_of",
    "quick_encoder",
    "runs_of",
    "unit",
    "vocabulary_of",
]
