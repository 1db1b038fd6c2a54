"""The words of a text that say something, with their places, stems, rarity and meaning.

Rarity follows Zipf: the rank of a word in English text stands for its frequency. Vectors of single words are what the
sentence model makes of each alone, centred and reduced (`benchmarks/build_word_vectors.py` writes both files).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from faircut.errors import ConfigError
from faircut.text.stems import stem

WIDTH = 128
"""Numbers in the vector of a word."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_RANK_OF_PLAIN = 60
_SILENT = """
a about above across after again against all almost along already also always am among an and another any are around
as at away back be became because been before behind being below beneath beside besides between beyond both but by can
come comes could did do does doing done down during each either else enough etc even ever every few for from get gets
give go goes going gone got had has have having he her here hers herself him himself his how i if in inside instead
into is it its itself just keep keeps kind let like lot made make makes making many may me might mine more most much
must my myself near never no nor not now of off on once only onto or other our out over own per please put quite
rather really same seem seems set shall she should show shows showing shown side so some someone something sort still
such take takes than that the their them then there these they thing things this those through till to together too
toward towards under until up upon us very via want wants was way we were what when where which while who whole whom
whose why will with within without would yet you your yours camera shot shots scene scenes video clip cinematic
cinematography film movie footage frame frames lens 35mm 4k 8k hd uhd fps close closeup medium wide angle pan zoom
dolly tracking background foreground render rendered style realistic photorealistic detailed image picture generate
create seconds second start end begin begins ends cut cuts shallow depth field slow motion lighting
"""
SAYS_NOTHING = frozenset(_SILENT.split())
"""Words that content_words() leaves out. What is fitted on the others follows a change: train_descriptions.py."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written in lower case, with its place in the text. ``rarity`` is 0 (everywhere) to 1 (hardly ever)."""

    text: str
    stem: str
    start: int
    end: int
    rarity: float


def content_words(text: str) -> list[Word]:
    """Words that carry meaning, in order. Parts of hyphenated words count as words. Linear."""
    found = []
    for match in _WORD.finditer(text):
        word = _plain(match[0])
        if word not in SAYS_NOTHING and (len(word) > 1 or word.isdigit() or not word.isascii()):
            found.append(Word(word, stem(word), match.start(), match.end(), rarity(word)))
    return found


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """From 0 for a word that is in every text to 1 for one that is in hardly any."""
    ranks = vocabulary().ranks
    rank = min(ranks.get(word, len(ranks)), ranks.get(stem(word), len(ranks)))
    return min(1.0, max(0.0, math.log((rank + 1) / _RANK_OF_PLAIN) / math.log(len(ranks) / _RANK_OF_PLAIN)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``ranks`` of words by frequency, and ``vectors`` (words + 1, WIDTH) int8 by rank; the last row is all zeros.
    ``scales`` (words + 1, 1) make their lengths 1."""

    ranks: dict[str, int]
    vectors: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]

    def row(self, word: str) -> int:
        """The row of a word's vector, or that of zeros when it has none."""
        rank = self.ranks.get(word)
        if rank is None:
            rank = self.ranks.get(stem(word), len(self.ranks))
        return rank

    def unit_vectors(self, rows: Sequence[int] | npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """(n, WIDTH) float32 of length 1, or 0 where a word has no vector."""
        own = np.asarray(rows, dtype=np.int64)
        found = self.vectors[own].astype(np.float32)
        found *= self.scales[own]
        return found


@cache
def vocabulary() -> Vocabulary:
    """The words and vectors that Faircut carries. Raises ConfigError when the files do not fit each other."""
    data = files("faircut.text") / "data"
    words = (data / "words.txt").read_text(encoding="utf-8").split()
    raw = np.frombuffer((data / "word_vectors.bin").read_bytes(), dtype=np.int8)
    if len(raw) != len(words) * WIDTH:
        raise ConfigError(
            "The word vectors do not fit their words.",
            field="faircut",
            remedy="Install Faircut again: a file is damaged.",
        )
    vectors = np.concatenate([raw.reshape(-1, WIDTH), np.zeros((1, WIDTH), np.int8)])
    ranks: dict[str, int] = {}
    for rank, word in enumerate(words):
        ranks.setdefault(word, rank)
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int32)
    scales = np.where(squares, 1 / np.sqrt(np.maximum(squares, 1)), 0).astype(np.float32)[:, None]
    return Vocabulary(ranks, vectors, scales)


def _plain(word: str) -> str:
    word = word.lower().replace("’", "'")
    return word[:-2] if word.endswith("'s") else word.replace("'", "")


__all__ = ["SAYS_NOTHING", "WIDTH", "Vocabulary", "Word", "content_words", "rarity", "vocabulary"]
