"""Words, people's names and places of many languages, as hashes: only whether a word is one of them is ever asked.

``words/known.npz`` is written by ``benchmarks/build_known_words.py``, which names the sources: web2 (public domain),
stopwordsiso and Faker (MIT), GeoNames (CC BY 4.0), SCOWL (permissive, see NOTICE).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import as_file, files
from zlib import crc32

import numpy as np
import numpy.typing as npt

WORDS, PEOPLE, PLACES, SELDOM = "words", "people", "places", "seldom"


def hashes_of(words: Iterable[str]) -> npt.NDArray[np.uint32]:
    """Hashes (n,) of folded words, sorted, each once."""
    return np.unique(np.array([crc32(word.encode("utf-8", "replace")) for word in words], np.uint32))


@cache
def _table(name: str) -> npt.NDArray[np.uint32]:
    with as_file(files("faircut.detectors") / "words" / "known.npz") as path, np.load(path) as stored:
        return np.cumsum(stored[name], dtype=np.uint32)


@lru_cache(maxsize=50_000)
def is_in(name: str, word: str) -> bool:
    """Whether a folded word is in the table of this name. One in ten thousand of all others seems so too."""
    table = _table(name)
    wanted = np.uint32(crc32(word.encode("utf-8", "replace")))
    at = int(np.searchsorted(table, wanted))
    return at < len(table) and bool(table[at] == wanted)


__all__ = ["PEOPLE", "PLACES", "SELDOM", "WORDS", "hashes_of", "is_in"]
