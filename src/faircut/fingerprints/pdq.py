"""PDQ-compatible picture hashes, ``pdq-v1``: 256 bits a frame.

PDQ (Meta, 2019, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm") takes the 16x16
lowest non-constant DCT coefficients of a 64x64 luma plane and compares each with their median. Here the plane comes
from area scaling inside the decoder instead of PDQ's two box-filter passes, so that hashing costs next to
nothing; the two agree to within 5 to 7 bits of 256 on average. Bits are laid out as PDQ prints them in hex.

The DCT of a mirrored or quarter-turned picture is the same DCT with signs changed or transposed, so the hashes of
all eight dihedral variants come from one transform.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint

ALGORITHM = "pdq-v1"
CODE_BYTES = 32
BITS = 256
MIN_QUALITY = 50
"""PDQ's own advice: below 50, a picture has too little in it for its hash to mean anything."""

FAINT_QUALITY = 20
"""Dim or plain pictures down to here may still be recognised, if they agree almost to the bit."""

_SIDE = 64
_BLOCK = 16


class Variant(NamedTuple):
    """One of the eight ways to lay a picture: transpose first, then flip left-right, then flip top-bottom."""

    name: str
    transpose: bool
    flip_x: bool
    flip_y: bool


VARIANTS: tuple[Variant, ...] = (
    Variant("as is", False, False, False),
    Variant("mirrored", False, True, False),
    Variant("upside down, mirrored", False, False, True),
    Variant("turned by 180 degrees", False, True, True),
    Variant("transposed", True, False, False),
    Variant("turned by 90 degrees clockwise", True, True, False),
    Variant("turned by 90 degrees counter-clockwise", True, False, True),
    Variant("transposed the other way", True, True, True),
)


def _dct_matrix() -> npt.NDArray[np.float32]:
    # Row k is frequency k+1: the constant term tells brightness only and PDQ leaves it out.
    frequency = np.arange(1, _BLOCK + 1)[:, None]
    position = np.arange(_SIDE)[None, :]
    basis = np.sqrt(2.0 / _SIDE) * np.cos(np.pi / (2 * _SIDE) * frequency * (2 * position + 1))
    matrix: npt.NDArray[np.float32] = basis.astype(np.float32)
    return matrix


_DCT = _dct_matrix()
# Reversing the samples multiplies the coefficient of frequency f by (-1)^f; rows begin at frequency 1.
_SIGNS = np.where(np.arange(_BLOCK) % 2 == 0, -1.0, 1.0).astype(np.float32)


def coefficients(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(n, 64, 64) uint8 to (n, 16, 16) float32: rows are vertical frequencies 1..16, columns horizontal ones."""
    half = np.matmul(planes.astype(np.float32), _DCT.T)
    block: npt.NDArray[np.float32] = np.matmul(_DCT, half)
    return block


def threshold(block: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """(n, 16, 16) coefficients to (n, 32) codes: bit set where a coefficient exceeds the frame's median."""
    flat = block.reshape(len(block), BITS)
    middle = np.partition(flat, (BITS // 2 - 1, BITS // 2), axis=1)
    median = middle[:, BITS // 2 - 1 : BITS // 2]
    return np.packbits((flat > median)[:, ::-1], axis=1)


def dihedral(block: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """(n, 16, 16) coefficients to (n, 8, 32) codes in the order of :data:`VARIANTS`."""
    codes = np.empty((len(block), len(VARIANTS), CODE_BYTES), np.uint8)
    for number, variant in enumerate(VARIANTS):
        laid = block.transpose(0, 2, 1) if variant.transpose else block
        if variant.flip_x:
            laid = laid * _SIGNS[None, None, :]
        if variant.flip_y:
            laid = laid * _SIGNS[None, :, None]
        codes[:, number] = threshold(np.ascontiguousarray(laid))
    return codes


def quality(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """PDQ's quality, 0..100: how much the 64x64 plane changes from pixel to pixel. (n, 64, 64) to (n,) uint8."""
    signed = planes.astype(np.int16)
    total = np.zeros(len(planes), np.int64)
    for axis in (1, 2):
        steps = np.abs(np.diff(signed, axis=axis)).astype(np.int32) * 100 // 255
        total += steps.sum(axis=(1, 2))
    return np.minimum(total // 90, 100).astype(np.uint8)


def hamming(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Differing bits between codes, broadcast over leading axes; the last axis holds the bytes."""
    counts: npt.NDArray[np.int64] = np.bitwise_count(np.bitwise_xor(a, b)).sum(axis=-1, dtype=np.int64)
    return counts


class PdqHasher:
    """Collects a file's planes batch by batch into one Fingerprint.

    ``dihedral``: keep all eight variants a frame, codes (n, 256), as queries need. Otherwise codes are (n, 32), and
    frames within ``drop_within`` bits of the last kept one are dropped, as references are stored.
    """

    def __init__(self, *, dihedral: bool, drop_within: int = 0) -> None:
        self._dihedral = dihedral
        self._drop_within = drop_within
        self._codes: list[npt.NDArray[np.uint8]] = []
        self._times: list[npt.NDArray[np.float64]] = []
        self._quality: list[npt.NDArray[np.uint8]] = []
        self._last: npt.NDArray[np.uint8] | None = None
        self._end = 0.0

    def add(self, planes: npt.NDArray[np.uint8], times: npt.NDArray[np.float64]) -> None:
        """``planes``: (n, 64, 64) uint8; ``times``: (n,) seconds, growing."""
        block = coefficients(planes)
        codes = dihedral(block).reshape(len(block), -1) if self._dihedral else threshold(block)
        keep: npt.NDArray[np.intp] | slice = slice(None)
        if not self._dihedral and self._drop_within:
            keep = self._changed(codes)
        self._codes.append(codes[keep])
        self._times.append(times[keep])
        self._quality.append(quality(planes)[keep])
        if len(times):
            self._end = max(self._end, float(times[-1]))

    def _changed(self, codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
        kept: list[int] = []
        for number, code in enumerate(codes):
            if self._last is None or int(hamming(code, self._last)) > self._drop_within:
                kept.append(number)
                self._last = code
        return np.array(kept, np.intp)

    def finish(self, duration: float | None = None) -> Fingerprint:
        """The Fingerprint of all that was added."""
        width = CODE_BYTES * (len(VARIANTS) if self._dihedral else 1)
        return Fingerprint(
            ALGORITHM,
            np.concatenate([np.empty((0, width), np.uint8), *self._codes]),
            np.concatenate([np.empty(0), *self._times]).astype(np.float32),
            np.concatenate([np.empty(0, np.uint8), *self._quality]),
            max(duration or 0.0, self._end),
        )
