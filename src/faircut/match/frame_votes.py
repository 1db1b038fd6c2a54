"""Which registered moments share many points with a picture: votes by words, signatures, sizes and angles.

A point's word is the first bits of its code. A query's point is also looked up under the words that it would have if
its closest calls had gone the other way (multi-probe hashing: Lv et al., VLDB 2007); what is listed
there must have nearly the same signature, the 64 bits that follow (Hamming embedding: Jégou, Douze and Schmid, ECCV
2008). Votes for one moment count together only where they agree on how much larger and how far turned the registered
picture is (weak geometric consistency, same paper), and a point that votes for many moments says little for each
(burstiness: Jégou, Douze and Schmid, CVPR 2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Places
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.views import View

WORD_BITS = 20
LISTED_QUALITY = 51
"""Half of a moment's points are listed, the strongest; all of them serve to verify."""
_PROBES = 8
_DOUBTFUL = 6
_SIGNATURE_BITS = 18
_LEAST_VOTES = 2.0
_ANGLES, _SIZES = 12, 9
_LONGEST = 4096
_STOP = 4.0
_BUDGET = 1 << 16
"""Listed rows that a picture's points look at in all: rare words first, so that a look-up costs the same in a catalogue
of a thousand hours and of ten thousand."""
_COLUMNS = ("x", "y", "size", "angle")


def _describe(codes: npt.NDArray[np.uint8], _times: npt.NDArray[np.float32]) -> Listing:
    tail = np.ascontiguousarray(codes[:, keypoints.PLACE_BYTES :])
    columns = keypoints.coarse_places(codes)
    return Listing(
        keys=keypoint_codes.word(tail, WORD_BITS),
        signatures=_signature(tail),
        columns={name: columns[:, number] for number, name in enumerate(_COLUMNS)},
    )


def scheme() -> InvertedScheme:
    """How registered points are listed: under their words, with signature, size, angle and moment."""
    return InvertedScheme(
        "keypoint-places-v1",
        code_bytes=keypoints.REFERENCE_BYTES,
        key_bits=WORD_BITS,
        describe=_describe,
        min_quality=LISTED_QUALITY,
        by_moment=True,
        stop=_STOP,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered moment that may be what a picture shows.

    ``entry``: number of the reference in the view. ``row``: the moment's first in it. ``points`` of the picture look
    like those at ``there``, one by one, which tells to 1/256 where they are and takes the picture for a square.
    """

    votes: float
    entry: int
    time: float
    row: int
    points: npt.NDArray[np.int64]
    there: Places


def candidates(
    view: View[InvertedScheme], places: Places, projected: npt.NDArray[np.float32], most: int
) -> list[Candidate]:
    """The ``most`` registered moments with the most votes of a picture's points, best first.

    ``projected``: (n, 128) of the points at ``places``.
    """
    if not len(projected):
        return []
    words = _probes(projected)
    signatures = np.repeat(_signature(keypoint_codes.pack(projected)), words.shape[1])
    found = view.lookup(
        words.reshape(-1).astype(np.uint32),
        signatures,
        max_distance=_SIGNATURE_BITS,
        longest=_LONGEST,
        budget=_BUDGET,
    )
    if not len(found):
        return []
    point = found.query // words.shape[1]
    spoken = np.bincount(point, minlength=len(projected))
    weight = (1.0 - found.distance / 64.0) / np.sqrt(spoken[point])
    moments, moment = np.unique(
        found.entry << 32 | found.columns["time"].view(np.uint32).astype(np.int64), return_inverse=True
    )
    promising = np.bincount(moment, minlength=len(moments)) >= _LEAST_VOTES
    kept = promising[moment]
    if not kept.any():
        return []
    numbers = np.cumsum(promising) - 1
    owner, point, weight = numbers[moment[kept]], point[kept], weight[kept]
    there = keypoints.plain_places(np.stack([found.columns[name][kept] for name in _COLUMNS], axis=1))
    cell = _cells(np.log2(there.size / places.size[point]), there.angle - places.angle[point])
    # A point speaks once for a moment, however many points there look like it.
    order = np.lexsort((-weight, point, owner))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(owner[order]) != 0) | (np.diff(point[order]) != 0)
    chosen = order[first]
    table = np.bincount(
        owner[chosen] * (_ANGLES * _SIZES) + cell[chosen],
        weight[chosen],
        minlength=int(promising.sum()) * _ANGLES * _SIZES,
    ).reshape(-1, _ANGLES, _SIZES)
    # Neighbouring cells count together, since what belongs together may lie on both sides of an edge.
    table = table + np.roll(table, -1, axis=1)
    table[:, :, :-1] += table[:, :, 1:]
    votes = table.reshape(len(table), -1).max(axis=1)
    best = np.argsort(-votes, kind="stable")[:most]
    keys = moments[promising][best]
    times = (keys & 0xFFFFFFFF).astype(np.uint32).view(np.float32)
    row, edges = found.row[kept], np.searchsorted(owner[chosen], np.arange(len(votes) + 1))
    return [
        Candidate(float(votes[number]), int(key >> 32), float(time), int(row[mine[0]]), point[mine], there.some(mine))
        for number, key, time in zip(best.tolist(), keys.tolist(), times.tolist(), strict=True)
        for mine in [chosen[edges[number] : edges[number + 1]]]
    ]


def _cells(grown: npt.NDArray[np.floating], turned: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    size = np.clip(np.floor(grown + _SIZES / 2), 0, _SIZES - 1).astype(np.int64)
    angle = np.floor(turned / (2 * np.pi) * _ANGLES).astype(np.int64) % _ANGLES
    cells: npt.NDArray[np.int64] = angle * _SIZES + size
    return cells


def _signature(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """64 bits from the third byte on: what the word does not say already, but for four bits."""
    signature: npt.NDArray[np.uint64] = np.ascontiguousarray(codes[:, 2:10]).view("<u8").reshape(-1).astype(np.uint64)
    return signature


def _probes(projected: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """(n, probes) words to look up: a point's own, and those with its closest calls the other way."""
    head = projected[:, :WORD_BITS]
    place = np.int64(1) << np.arange(WORD_BITS - 1, -1, -1, dtype=np.int64)
    own = (head > 0) @ place
    sure = np.abs(head)
    doubtful = np.argpartition(sure, _DOUBTFUL, axis=1)[:, :_DOUBTFUL]
    subsets = ((np.arange(1 << _DOUBTFUL)[:, None] >> np.arange(_DOUBTFUL)) & 1).astype(np.float32)
    cost = np.einsum("nd,sd->ns", np.take_along_axis(sure, doubtful, axis=1), subsets)
    flips = place[doubtful] @ subsets.T.astype(np.int64)
    cheapest = np.argpartition(cost, _PROBES, axis=1)[:, :_PROBES]
    probes: npt.NDArray[np.int64] = own[:, None] ^ np.take_along_axis(flips, cheapest, axis=1)
    return probes
