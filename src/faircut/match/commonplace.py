"""Pictures that stand in films of everybody and prove nothing: test bars, grey steps, chequers.

They are drawn here as the standards describe them (SMPTE EG 1, EBU Tech 3217) in 64x64 grey levels; codes follow the
order of light and dark, not their exact levels, so one drawing serves all variants of a card. What is of one colour is
left out by its quality already; logos and leaders are found out by standing in films of several parties.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import pdq

NEAR = 40
"""Bits within which a picture is taken for one of these; different films lie 88 apart at the least."""

_SIDE = 64
_SEVEN = (180, 162, 131, 112, 84, 65, 35)
_EIGHT = (235, 162, 131, 112, 84, 65, 35, 16)
_CASTLE = (35, 16, 84, 16, 131, 16, 180)
_BOTTOM = (58, 235, 44, 16, 16, 16)

Plane = npt.NDArray[np.uint8]


def _columns(levels: tuple[int, ...], rows: int = _SIDE) -> Plane:
    row = np.array(levels, np.uint8)[np.arange(_SIDE) * len(levels) // _SIDE]
    return np.repeat(row[None], rows, axis=0)


def _cards() -> list[Plane]:
    split = np.concatenate([_columns(_SEVEN, 43), _columns(_CASTLE, 5), _columns(_BOTTOM, 16)])
    halves = np.concatenate([_columns(_SEVEN, 48), _columns(_BOTTOM, 16)])
    steps = [_columns(tuple(np.linspace(16, 235, count).astype(int).tolist())) for count in (5, 8, 10, 11, 16)]
    grid = np.indices((_SIDE, _SIDE))
    chequers = [((grid // size).sum(axis=0) % 2 * 255).astype(np.uint8) for size in (4, 8, 16)]
    across = [split, halves, _columns(_SEVEN), _columns(_EIGHT), *steps]
    return [*across, *(each.T for each in across), *chequers]


@lru_cache(maxsize=1)
def codes() -> npt.NDArray[np.uint8]:
    """(k, 32): the codes of all cards, as they are, mirrored and upside down."""
    block = pdq.coefficients(np.stack(_cards()))
    return pdq.dihedral(block)[:, :4].reshape(-1, pdq.CODE_BYTES)


def common(asked: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which of the codes (n, 32) are of such a picture."""
    if not len(asked):
        return np.zeros(0, bool)
    wide, known = np.ascontiguousarray(asked).view(np.uint64), codes().view(np.uint64)
    differing = np.zeros((len(wide), len(known)), np.uint16)
    # A quarter of the bits at a time: that is far faster than to sum over a short axis.
    for one, other in zip(wide.T, known.T, strict=True):
        differing += np.bitwise_count(one[:, None] ^ other)
    near: npt.NDArray[np.bool_] = differing.min(axis=1) <= NEAR
    return near
