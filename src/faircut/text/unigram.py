"""Unigram pieces, as SentencePiece cuts text (Kudo, ACL 2018; Kudo and Richardson, EMNLP 2018), with places kept.

Multilingual models of the BERT family are cut so: their ``tokenizer.json`` lists pieces with log probabilities, and a
word becomes the pieces whose sum is greatest (Viterbi, IEEE Trans. Inf. Theory 13(2), 1967). Text is folded by NFKC,
runs of white space become one space, control characters go; a word begins with U+2581. The file's own table of
folding, which differs from NFKC in a few rare characters, is not read.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from faircut.errors import ConfigError
from faircut.text.pieces import Cutter

_SPACE = "\u2581"
_FRAMES = (("<s>", "</s>"), ("[CLS]", "[SEP]"))
_UNKNOWN_BELOW = 10.0
"""How much less likely an unknown character is than the least likely piece, as SentencePiece has it."""
_LONGEST_PIECE = 24
_LONGEST_WORD = 400


class Unigram(Cutter):
    """Cuts text into the likeliest pieces of a vocabulary, given with their log probabilities."""

    def __init__(self, pieces: Sequence[tuple[str, float]], unknown: int, first: int, last: int) -> None:
        # What begins a word is no character of the text.
        super().__init__(first, last, added=_SPACE)
        self._pieces = {piece: (number, score) for number, (piece, score) in enumerate(pieces)}
        self._longest = min(_LONGEST_PIECE, max(map(len, self._pieces), default=1))
        self._unknown = unknown
        self._unknown_score = min((score for _, score in pieces), default=0.0) - _UNKNOWN_BELOW

    def _words(self, text: str) -> Iterator[tuple[str, Sequence[int]]]:
        return _words(text)

    def _pieces_of(self, word: str) -> tuple[tuple[int, int], ...]:
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
        for end in range(1, len(word) + 1):
            score, begin, number = best[end - 1][0] + self._unknown_score, end - 1, self._unknown
            for start in range(max(0, end - self._longest), end):
                found = self._pieces.get(word[start:end])
                if found is not None and best[start][0] + found[1] > score:
                    score, begin, number = best[start][0] + found[1], start, found[0]
            best.append((score, begin, number))
        cut: list[tuple[int, int]] = []
        end = len(word)
        while end:
            _, begin, number = best[end]
            # Unknown characters that stand together are one unknown piece.
            if cut and number == self._unknown == cut[-1][0]:
                cut[-1] = (number, cut[-1][1] + end - begin)
            else:
                cut.append((number, end - begin))
            end = begin
        return tuple(reversed(cut))


def unigram_of(text: str) -> Unigram:
    """The cutter of a ``tokenizer.json``. Raises ConfigError when it is not that of a Unigram model."""
    try:
        data = json.loads(text)
        model: Mapping[str, Any] = data["model"]
        if model["type"] != "Unigram":
            raise ValueError(f"its model is {model['type']}")
        pieces = [(str(piece), float(score)) for piece, score in model["vocab"]]
        unknown = int(model["unk_id"])
        numbers = {piece: number for number, (piece, _) in enumerate(pieces)}
        numbers |= {str(each["content"]): int(each["id"]) for each in data.get("added_tokens", ())}
        frame = next((each for each in _FRAMES if all(mark in numbers for mark in each)), None)
        if frame is None or not 0 <= unknown < len(pieces):
            raise ValueError("it lacks the marks that begin and end a text, or the one for what is unknown")
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The tokenizer.json cannot be used: {error}.",
            field="sentence_model",
            remedy="Use a model with a Unigram tokenizer.json, or one with a WordPiece vocab.txt.",
        ) from error
    return Unigram(pieces, unknown, *(numbers[mark] for mark in frame))


def _words(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Words, folded and begun with the sign for a space, with the place of each letter in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for folded in unicodedata.normalize("NFKC", char):
            if folded.isspace():
                if letters:
                    yield "".join(letters), places
                letters, places = [], []
            elif unicodedata.category(folded) not in ("Cc", "Cf", "Cs"):
                if not letters or len(letters) >= _LONGEST_WORD:
                    if letters:
                        yield "".join(letters), places
                    letters, places = [_SPACE], [place]
                letters.append(folded)
                places.append(place)
    if letters:
        yield "".join(letters), places


__all__ = ["Unigram", "unigram_of"]
