"""How unlike a word of any language a string of letters looks: its surprisal under trigrams of letters.

A name with a slip in it is a string that no language has; a foreign word, a small place or a surname that the lists
lack reads smoothly however rare it is. So the one is a misspelt name and the other is itself (the noisy channel of
Kernighan, Church and Gale, COLING 1990). ``words/trigrams.npy`` is written by ``benchmarks/build_known_words.py`` from
the words, people's names and places of ``known_words``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

SIDE = 27
"""The letters a to z, and 0 for what stands before and after a word."""
STEPS = 16.0
"""Steps of the table to a nat."""
_A = ord("a") - 1


@cache
def _table() -> bytes:
    """-log P of a letter after two others, in sixteenths of a nat, by 27 × 27 × 27."""
    with as_file(files("faircut.detectors") / "words" / "trigrams.npy") as path:
        table: npt.NDArray[np.uint8] = np.load(path)
    return table.tobytes()


@lru_cache(maxsize=50_000)
def surprisal(word: str) -> float | None:
    """Nats of a folded word and its end; None for what is not of the letters a to z."""
    if not (word.isascii() and word.isalpha() and word.islower()):
        return None
    table, before, steps = _table(), 0, 0
    for letter in (*word.encode(), _A):
        place = before * SIDE + letter - _A
        steps += table[place]
        before = place % (SIDE * SIDE)
    return steps / STEPS


__all__ = ["SIDE", "STEPS", "surprisal"]
