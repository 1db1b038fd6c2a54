"""Which registered moments share many points with a picture: votes by words, signatures, sizes and angles.

A point's word is the first bits of its code. A query's point is also looked up under the words that it would have if
its closest calls had gone the other way (multi-probe hashing: Lv et al., VLDB 2007); what is listed
there must have nearly the same signature, the 64 bits that follow (Hamming embedding: Jégou, Douze and Schmid, ECCV
2008). Votes for one moment count together only where they agree on how much larger and how far turned the registered
picture is (weak geometric consistency, same paper), and a point that votes for many moments says little for each
(burstiness: Jégou, Douze and Schmid, CVPR 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
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
    view: View[InvertedScheme], asked: Sequence[tuple[Places, npt.NDArray[np.float32]]], most: int
) -> list[list[Candidate]]:
    """For each of several pictures the ``most`` registered moments with the most votes of its points, best first.

    ``asked``: of each picture the places of its points, and (n, 128) projections. Several are looked up together,
    which costs less than one after the other.
    """
    sizes = [len(projected) for _, projected in asked]
    if not sum(sizes):
        return [[] for _ in asked]
    projected = np.concatenate([each for _, each in asked])
    picture = np.repeat(np.arange(len(asked)), sizes)
    first = np.cumsum([0, *sizes])
    words = _probes(projected)
    signatures = np.repeat(_signature(keypoint_codes.pack(projected)), words.shape[1])
    found = view.lookup(
        words.reshape(-1).astype(np.uint32),
        signatures,
        max_distance=_SIGNATURE_BITS,
        longest=_LONGEST,
        budget=_BUDGET,
        askers=np.repeat(picture, words.shape[1]),
    )
    point = found.query // words.shape[1]
    spoken = np.bincount(point, minlength=len(projected))
    weight = (1.0 - found.distance / 64.0) / np.sqrt(spoken[point])
    moments, moment = np.unique(
        found.entry << 32 | found.columns["time"].view(np.uint32).astype(np.int64), return_inverse=True
    )
    # A moment that several pictures may show is a candidate of each.
    moment = picture[point] * len(moments) + moment
    promising = np.bincount(moment, minlength=len(moments) * len(asked)) >= _LEAST_VOTES
    kept = promising[moment]
    if not kept.any():
        return [[] for _ in asked]
    numbers = np.cumsum(promising) - 1
    owner, point, weight = numbers[moment[kept]], point[kept], weight[kept]
    there = keypoints.plain_places(np.stack([found.columns[name][kept] for name in _COLUMNS], axis=1))
    size, angle = (
        np.concatenate([getattr(places, name)[:n] for (places, _), n in zip(asked, sizes, strict=True)])
        for name in ("size", "angle")
    )
    cell = _cells(np.log2(there.size / size[point]), there.angle - angle[point])
    # A point speaks once for a moment, however many points there look like it.
    order = np.lexsort((-weight, point, owner))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (np.diff(owner[order]) != 0) | (np.diff(point[order]) != 0)
    chosen = order[fresh]
    table = np.bincount(
        owner[chosen] * (_ANGLES * _SIZES) + cell[chosen],
        weight[chosen],
        minlength=int(promising.sum()) * _ANGLES * _SIZES,
    ).reshape(-1, _ANGLES, _SIZES)
    # Neighbouring cells count together, since what belongs together may lie on both sides of an edge.
    table = table + np.roll(table, -1, axis=1)
    table[:, :, :-1] += table[:, :, 1:]
    votes = table.reshape(len(table), -1).max(axis=1)
    shown, keys = np.divmod(np.flatnonzero(promising), len(moments))
    keys = moments[keys]
    times = (keys & 0xFFFFFFFF).astype(np.uint32).view(np.float32)
    row, edges = found.row[kept], np.searchsorted(owner[chosen], np.arange(len(votes) + 1))
    named: list[list[Candidate]] = []
    for number in range(len(asked)):
        span = np.arange(*np.searchsorted(shown, [number, number + 1]))
        named.append([])
        for best in span[np.argsort(-votes[span], kind="stable")[:most]].tolist():
            mine = chosen[edges[best] : edges[best + 1]]
            place = row[mine[0]]
            named[-1].append(
                Candidate(
                    float(votes[best]),
                    int(keys[best] >> 32),
                    float(times[best]),
                    int(place),
                    point[mine] - first[number],
                    there.some(mine),
                )
            )
    return named


def _cells(grown: npt.NDArray[np.floating], turned: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    size = np.clip(np.floor(grown + _SIZES / 2), 0, _SIZES - 1).astype(np.int64)
    angle = np.floor(turned / (2 * np.pi) * _ANGLES).astype(np.int64) % _ANGLES
    cells: npt.NDArray[np.int64] = angle * _SIZES + size
    return cells


def _signature(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """64 bits from the third byte on: what the word does not say already, but for four bits."""
    signature: npt.NDArray[np.uint64] = np.ascontiguousarray(codes[:, 2:10]).view("<u8").reshape(-1).astype(np.uint64)
    return signature


def _likely(bits: int, most: int) -> npt.NDArray[np.float32]:
    """(k, bits) of 0 and 1: the sets of bits, these in order of how sure they are, that may be among the ``most``
    cheapest to flip: those that fewer others undercut whatever the bits cost."""
    sets = (np.arange(1 << bits)[:, None] >> np.arange(bits)) & 1
    # One set is never dearer than another if, counted from the surest bit on, it never has more of them.
    counted = np.cumsum(sets[:, ::-1], axis=1)
    cheaper = (counted[:, None] <= counted[None]).all(axis=2).sum(axis=0) - 1
    likely: npt.NDArray[np.float32] = sets[cheaper < most].astype(np.float32)
    return likely


_FLIPS = _likely(_DOUBTFUL, _PROBES)


def _probes(projected: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """(n, probes) words to look up: a point's own, and those with its closest calls the other way."""
    head = projected[:, :WORD_BITS]
    place = np.int64(1) << np.arange(WORD_BITS - 1, -1, -1, dtype=np.int64)
    own = (head > 0) @ place
    sure = np.abs(head)
    doubtful = np.argpartition(sure, _DOUBTFUL, axis=1)[:, :_DOUBTFUL]
    costs = np.take_along_axis(sure, doubtful, axis=1)
    doubtful = np.take_along_axis(doubtful, np.argsort(costs, axis=1), axis=1)
    cost = np.sort(costs, axis=1) @ _FLIPS.T
    flips = place[doubtful] @ _FLIPS.T.astype(np.int64)
    cheapest = np.argpartition(cost, _PROBES, axis=1)[:, :_PROBES]
    probes: npt.NDArray[np.int64] = own[:, None] ^ np.take_along_axis(flips, cheapest, axis=1)
    return probes
