"""Inverted lists as flat arrays: rows in order of a key, and where each key's list begins.

Keys are looked up through a directory of ``2**bits`` places over the leading bits of a key, so that a lookup costs two
reads however long the table is, and a table of n rows needs about n places, whatever the width of its keys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


def directory_bits(rows: int, key_bits: int, *, load: int, least: int = 8) -> int:
    """Bits of a directory in which a list holds some ``load`` rows on average."""
    wanted = max(rows // load, 1).bit_length()
    return min(key_bits, max(least, wanted))


def ordered(
    keys: npt.NDArray[np.uint32], key_bits: int, bits: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """(2**bits + 1,) beginnings of the lists, and the places of ``keys`` in order of key, then place."""
    # One sort of wide integers is several times faster than an argsort.
    packed = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    order = packed.astype(np.uint32)
    packed >>= np.uint64(32 + key_bits - bits)
    beginnings = np.zeros((1 << bits) + 1, np.uint32)
    np.cumsum(np.bincount(packed.astype(np.int64), minlength=1 << bits), out=beginnings[1:])
    return beginnings, order


def expanded(low: Counts, count: Counts) -> tuple[Counts, Counts]:
    """The lists ``low[i]`` to ``low[i] + count[i]`` end to end: (n,) which list, and (n,) positions."""
    return np.repeat(np.arange(len(count)), count), positions(low, count)


def positions(low: Counts, count: Counts) -> Counts:
    """(n,) the positions of :func:`expanded` alone."""
    moved = np.repeat(low - (np.cumsum(count) - count), count)
    moved += np.arange(len(moved))
    return moved


def thinned(low: Counts, count: Counts, keep: Counts) -> tuple[Counts, Counts]:
    """Like :func:`expanded`, with only ``keep[i]`` positions of list ``i``, spread evenly over it."""
    which = np.repeat(np.arange(len(keep)), keep)
    begins = np.cumsum(keep) - keep
    number = np.arange(len(which)) - np.repeat(begins, keep)
    return which, low[which] + number * count[which] // np.maximum(keep[which], 1)


def fair_limits(count: npt.NDArray[Any], budget: int) -> Counts:
    """(q,) the longest list that each row of ``count`` (q, lists) can afford, if all lists are cut to that length
    and their sum is to stay within ``budget``: short lists are kept whole, long ones share what is left."""
    count = np.sort(count, axis=1).astype(np.int64)
    lists = count.shape[1]
    before = np.cumsum(count, axis=1) - count
    # If everything from list k on were cut to one length, that length would be this.
    level = np.maximum(budget - before, 0) // (lists - np.arange(lists))
    fits = count <= level
    first_cut = np.where(fits.all(axis=1), lists - 1, fits.argmin(axis=1))
    limit = level[np.arange(len(count)), first_cut]
    return np.where(fits.all(axis=1), count[:, -1], limit)
