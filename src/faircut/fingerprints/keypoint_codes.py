"""Descriptors of local features to 128-bit codes, and to those of the mirrored and the inverted picture.

RootSIFT descriptors are projected onto the directions in which descriptors of one point, seen in two copies, differ
least in proportion to how all descriptors differ: linear discriminant analysis, as in LDAHash (Strecha, Bronstein,
Bronstein and Fua, TPAMI 2012). A bit says on which side of the median each of the 128 projections lies, the most
telling first. So a prefix of the code is a code as well: its first bits serve as the word by which an inverted file is
ordered, and how near a projection lies to the median says which bits of a query's word may as well be the other
(multi-probe hashing: Lv et al., VLDB 2007).

The table of projections was trained by ``benchmarks/train_keypoints.py``; it is part of the algorithm's version.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from faircut.errors import IntegrityError

CODE_BYTES = 16
BITS = 128
TABLE_SHA256 = "d54841b94da10c18b5a2d6ac68d6e2b01227897d460540cb158520e5401b5cf1"
"""Of ``keypoint_table_v1.npz``'s two arrays, matrix first, little-endian."""

_CELLS, _ORIENTATIONS = 4, 8
_SLICE = 16


def _permutation(*, mirrored: bool, inverted: bool) -> npt.NDArray[np.intp]:
    """Where each of the 128 numbers of a descriptor is found in that of the same point in an unedited picture.

    Descriptors are laid out as 4 rows of 4 cells of 8 orientations, in the frame of the point's own direction. A mirror
    reverses the rows across that direction and negates the orientations. Inverting turns every gradient, and so the
    point's direction, by half a turn: cells are read from the other end, orientations stay.
    """
    row, column, bin_ = np.meshgrid(np.arange(_CELLS), np.arange(_CELLS), np.arange(_ORIENTATIONS), indexing="ij")
    if mirrored:
        row, bin_ = _CELLS - 1 - row, -bin_ % _ORIENTATIONS
    if inverted:
        row, column = _CELLS - 1 - row, _CELLS - 1 - column
    order: npt.NDArray[np.intp] = ((row * _CELLS + column) * _ORIENTATIONS + bin_).reshape(-1).astype(np.intp)
    return order


VARIANTS: tuple[tuple[bool, bool], ...] = ((False, False), (True, False), (False, True), (True, True))
"""(mirrored, inverted) of the ways in which a query is looked up."""

_PERMUTATIONS = {variant: _permutation(mirrored=variant[0], inverted=variant[1]) for variant in VARIANTS}


class _Table:
    def __init__(self) -> None:
        with files("faircut.fingerprints").joinpath("keypoint_table_v1.npz").open("rb") as stream:
            stored = np.load(stream, allow_pickle=False)
            self.matrix: npt.NDArray[np.float32] = stored["matrix"].astype(np.float32)
            self.median: npt.NDArray[np.float32] = stored["median"].astype(np.float32)
        if digest(self.matrix, self.median) != TABLE_SHA256:
            raise IntegrityError("The table of local features is damaged.", remedy="Install Faircut again.")


def digest(matrix: npt.NDArray[np.float32], median: npt.NDArray[np.float32]) -> str:
    """Hex SHA-256 of a table."""
    return hashlib.sha256(matrix.astype("<f4").tobytes() + median.astype("<f4").tobytes()).hexdigest()


@cache
def _table() -> _Table:
    return _Table()


def root(descriptors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """RootSIFT: (n, 128) uint8 to (n, 128) float32 of unit length."""
    sums = descriptors.sum(axis=1, dtype=np.float32, keepdims=True)
    rooted: npt.NDArray[np.float32] = np.sqrt(descriptors / np.maximum(sums, 1.0)).astype(np.float32)
    return rooted


def project(
    descriptors: npt.NDArray[np.uint8], *, mirrored: bool = False, inverted: bool = False
) -> npt.NDArray[np.float32]:
    """(n, 128) descriptors to (n, 128) projections, median taken off, as if the picture were edited so."""
    table = _table()
    laid = root(descriptors)[:, _PERMUTATIONS[mirrored, inverted]]
    # In slices that are too little work to share: threads of the linear algebra library would mostly wait, and be paid.
    slices = np.zeros((-(-len(laid) // _SLICE), _SLICE, BITS), np.float32)
    slices.reshape(-1, BITS)[: len(laid)] = laid
    projected: npt.NDArray[np.float32] = np.matmul(slices, table.matrix).reshape(-1, BITS)[: len(laid)] - table.median
    return projected


def pack(projected: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """(n, 128) projections to (n, 16) codes; the most telling bit is the first byte's highest."""
    return np.packbits(projected > 0, axis=1)


def encode(
    descriptors: npt.NDArray[np.uint8], *, mirrored: bool = False, inverted: bool = False
) -> npt.NDArray[np.uint8]:
    """(n, 128) descriptors to (n, 16) codes."""
    return pack(project(descriptors, mirrored=mirrored, inverted=inverted))


def word(codes: npt.NDArray[np.uint8], bits: int) -> npt.NDArray[np.uint32]:
    """The first ``bits`` (1..32) of each code, as a number."""
    head = np.ascontiguousarray(codes[:, :4]).view(">u4").reshape(-1).astype(np.uint32)
    return head >> np.uint32(32 - bits)
