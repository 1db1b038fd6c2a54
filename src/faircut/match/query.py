"""The picture codes of an asset as the matcher asks for them: sixteen ways to lay a picture, and samples in time.

Eight ways are the dihedral variants of :mod:`faircut.fingerprints.pdq`; the other eight are their negatives. Inverting
a picture changes the sign of each coefficient, and a bit says whether its coefficient lies above the median, so the
code of a negative is the complement of the code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.fingerprints import pdq
from faircut.match.commonplace import common

WAYS = 2 * len(pdq.VARIANTS)
AS_IS: tuple[int, ...] = (0, 1)
"""As it is and mirrored: by far the most frequent."""
TURNED: tuple[int, ...] = tuple(range(2, len(pdq.VARIANTS)))
NEGATIVE: tuple[int, ...] = tuple(way + len(pdq.VARIANTS) for way in AS_IS)

CUT = 64
"""Bits from one frame to the next at which the picture has changed altogether: half of what unrelated pictures differ
by, and beyond what movement and flashes do from frame to frame. Chosen on films drawn by the tests."""


def transform(way: int) -> str:
    """The way in words: "as is", "mirrored" …; a negative is said elsewhere."""
    return pdq.VARIANTS[way % len(pdq.VARIANTS)].name


def inverted(way: int) -> bool:
    """Whether the way is that of a negative."""
    return way >= len(pdq.VARIANTS)


def mirrored(way: int) -> bool:
    """Whether the way swaps left and right, however it is turned besides."""
    variant = pdq.VARIANTS[way % len(pdq.VARIANTS)]
    return (variant.transpose + variant.flip_x + variant.flip_y) % 2 == 1


def homography(way: int) -> npt.NDArray[np.float64]:
    """(3, 3): where a point of the query stands in the reference, both in 0..1 coordinates."""
    variant = pdq.VARIANTS[way % len(pdq.VARIANTS)]
    matrix = np.eye(3)
    if variant.transpose:
        matrix = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    if variant.flip_x:
        matrix = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) @ matrix
    if variant.flip_y:
        matrix = np.array([[1.0, 0, 0], [0, -1, 1], [0, 0, 1]]) @ matrix
    return matrix


def bits(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Differing bits of codes of 32 bytes, broadcast over leading axes; eight bytes at a time."""
    wide_a, wide_b = (np.ascontiguousarray(each).view(np.uint64) for each in (a, b))
    counts: npt.NDArray[np.int64] = np.bitwise_count(wide_a ^ wide_b).sum(axis=-1, dtype=np.int64)
    return counts


@dataclass(frozen=True, slots=True)
class PictureQuery:
    """All frames of an asset. ``codes``: (n, 8, 32) uint8; ``times``, ``quality``: (n,); ``frame``: seconds of one.

    ``cards``: (n,) frames that show a test card, and so nothing of anybody's.
    """

    codes: npt.NDArray[np.uint8]
    times: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    frame: float
    cards: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> PictureQuery:
        """``fingerprint``: with all eight variants a frame, codes (n, 256)."""
        times = fingerprint.times.astype(np.float64)
        frame = float(np.median(np.diff(times))) if len(times) > 1 else 0.04
        codes = fingerprint.codes.reshape(len(times), len(pdq.VARIANTS), pdq.CODE_BYTES)
        # A test card says as little about where it comes from as black does.
        cards = common(codes[:, 0])
        return cls(codes, times, np.where(cards, 0, fingerprint.quality).astype(np.uint8), frame, cards)

    @property
    def end(self) -> float:
        """Seconds at which the last frame ends."""
        return float(self.times[-1]) + self.frame

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Frames with enough in them to be looked up."""
        known: npt.NDArray[np.bool_] = self.quality >= pdq.MIN_QUALITY
        return known

    def on_card(self, times: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of the moments show a test card."""
        frames = np.clip(np.searchsorted(self.times, times + 1e-3) - 1, 0, len(self.times) - 1)
        on_card: npt.NDArray[np.bool_] = self.cards[frames]
        return on_card

    def laid(self, way: int, frames: npt.NDArray[np.intp] | slice = slice(None)) -> npt.NDArray[np.uint8]:
        """(n, 32) codes of the frames, laid that way."""
        codes = self.codes[frames, way % len(pdq.VARIANTS)]
        return ~codes if inverted(way) else codes

    @property
    def dim(self) -> npt.NDArray[np.bool_]:
        """Frames with little in them: they say something only of what is nearly the same."""
        dim: npt.NDArray[np.bool_] = (self.quality >= pdq.FAINT_QUALITY) & ~self.known
        return dim

    def samples(self, every: float, *, dim: bool = False) -> npt.NDArray[np.intp]:
        """Indices of frames at least ``every`` seconds apart that say something. ``dim``: or little."""
        chosen: list[int] = []
        following = -np.inf
        for index in np.flatnonzero(self.known | self.dim if dim else self.known):
            if self.times[index] >= following - 1e-6:
                chosen.append(int(index))
                following = self.times[index] + every
        return np.array(chosen, np.intp)

    @property
    def changes(self) -> npt.NDArray[np.int64]:
        """(n - 1,) bits from each frame to the next."""
        return bits(self.codes[1:, 0], self.codes[:-1, 0])

    def cuts(self) -> npt.NDArray[np.float64]:
        """Times of the frames that show something altogether different from the frame before."""
        # In the dark there is nothing but noise, all of it different from the noise before.
        one, other = self.quality[1:], self.quality[:-1]
        seen = (np.minimum(one, other) >= pdq.FAINT_QUALITY) | (np.maximum(one, other) >= pdq.MIN_QUALITY)
        cuts: npt.NDArray[np.float64] = self.times[1:][(self.changes >= CUT) & seen]
        return cuts
