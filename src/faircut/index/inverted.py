"""Inverted files: which registered rows have this word, and, where rows carry a signature, nearly this signature.

Visual words as Sivic and Zisserman look them up ("Video Google", ICCV 2003), with the short binary signature inside the
list that Jégou, Douze and Schmid add ("Hamming Embedding", ECCV 2008), so that a list is thinned while it is read; and
the hashes of landmark pairs as Wang looks them up ("An Industrial-Strength Audio Search Algorithm", ISMIR 2003).

    scheme = InvertedScheme("words-v1", code_bytes=24, key_bits=20, describe=describe, min_quality=67)
    index = LiveIndex(catalogue, "keypoints-v2", scheme, folder=catalogue.index_folder)
    found = index.view().lookup(words, signatures=signatures, max_distance=20)

where ``describe`` tells of codes (n, bytes) and times (n,) what is listed under which key:

    def describe(codes, times):
        return Listing(keys=word(codes), signatures=signature(codes), columns={"angle": codes[:, 5]})

Change the scheme's ``name-vN`` whenever ``describe`` changes: segments made otherwise are then made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.index.postings import directory_bits, ordered, positions
from faircut.index.rows import Arrays, Part, Placed, Rows

LONGEST = 1 << 16
"""Rows under one key, in all, above which it is taken for a stop word and passed over, unless a lookup says else."""

_LEAST_STOPPED = 1 << 22
"""Listed rows from which on a part tells which keys are frequent, and has too many of them."""
_LOAD = 4
_GATHER = 1 << 15
_COLUMN = "column."
_TIME = "time"
_SHORT = 16


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list of some rows. ``keys``: (n,) below ``2**key_bits``. ``signatures``: (n,) uint64, or none.
    ``columns``: (n,) arrays of fixed size that every hit brings along, by name."""

    keys: npt.NDArray[np.uint32]
    signatures: npt.NDArray[np.uint64] | None = None
    columns: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)


Describe = Callable[[npt.NDArray[np.uint8], npt.NDArray[np.float32]], Listing]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows found under keys, (n,) each, in order of part, then query, then place in its list.

    ``query``: number of the key that was asked. ``entry`` and ``row``: number of the reference in the view, and of the
    row within it. ``distance``: differing bits of the signatures, 0 without any. ``columns``: as listed. ``stopped``:
    (queries,) which keys were passed over because too many rows have them.
    """

    query: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.uint8]
    columns: Mapping[str, npt.NDArray[Any]]
    stopped: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True)
class _Joint:
    """Directories of ``parts`` side by side, (2**bits + 1, parts): what is asked of a key is fetched in one piece.
    ``stopped``: (2**bits,) which keys are stop words of any of them."""

    parts: tuple[Part, ...]
    begins: npt.NDArray[np.uint32]
    stopped: npt.NDArray[np.bool_]


class InvertedScheme:
    """Lists the rows of at least ``min_quality`` under the keys that ``describe`` gives them.

    ``by_moment``: list the moments instead, that is rows of one reference at one time, in a quarter of the space. A hit
    is then the first row of its moment, and has the moment's time as a column ``time``.

    ``stop``: in large parts, leave out what is listed under stop words (Sivic and Zisserman), that is keys with more
    than so many times the rows that keys have on average. They tell least and fill most: of local features of real
    films, keys with more than four times as many are 5 % of all, and hold 40 % of the rows and 85 % of all pairs.
    """

    def __init__(
        self,
        name: str,
        *,
        code_bytes: int,
        key_bits: int,
        describe: Describe,
        min_quality: int = 0,
        by_moment: bool = False,
        stop: float | None = None,
    ) -> None:
        if not 1 <= key_bits <= 32:
            raise ValueError(f"keys of {key_bits} bits; they have 1 to 32")
        self.name = name
        self.code_bytes = code_bytes
        self.key_bits = key_bits
        self.min_quality = min_quality
        self.parameters: Mapping[str, int | str] = {
            "min_quality": min_quality,
            "key_bits": key_bits,
            "by_moment": int(by_moment),
            "stop": str(stop),
        }
        self._stop = stop
        self._by_moment = by_moment
        self._describe = describe
        self._joint: _Joint | None = None

    def build(self, rows: Rows) -> Arrays:
        """``begins`` (2**bits + 1,), positions in ``lists`` (m,) of rows or moments; beside each its signature and
        columns, and in ``rest`` the bits of its key that the directory has not used. ``moments``: their first rows.
        ``stopped``: keys that are stop words, growing."""
        shown = np.flatnonzero(rows.quality >= self.min_quality)
        listing = self._describe(rows.codes[shown], rows.times[shown])
        keys = np.ascontiguousarray(listing.keys, np.uint32)
        if len(keys) and int(keys.max()) >> self.key_bits:
            raise ValueError(f"{self.name}: a key of more than {self.key_bits} bits")
        bits = directory_bits(len(shown), self.key_bits, load=_LOAD)
        stopped = self._stop_words(keys)
        if len(stopped):
            told = np.flatnonzero(~np.isin(keys, stopped))
            shown, keys = shown[told], keys[told]
            listing = Listing(
                keys,
                None if listing.signatures is None else listing.signatures[told],
                {name: column[told] for name, column in listing.columns.items()},
            )
        begins, order = ordered(keys, self.key_bits, bits)
        tables: dict[str, npt.NDArray[Any]] = {
            "begins": begins.astype("<u4"),
            "stopped": stopped.astype("<u4"),
        }
        if self._by_moment:
            first, moment = _moments(rows)
            tables["moments"] = first.astype("<u4")
            tables["moment times"] = rows.times[first].astype("<f4")
            tables["lists"] = moment[shown[order]].astype("<u2" if len(first) <= 1 << 16 else "<u4")
        else:
            tables["lists"] = shown[order].astype("<u4")
        if unused := self.key_bits - bits:
            rest = keys[order] & np.uint32((1 << unused) - 1)
            tables["rest"] = rest.astype("<u2" if unused <= _SHORT else "<u4")
        if listing.signatures is not None:
            tables["signatures"] = listing.signatures[order].astype("<u8")
        for name, column in listing.columns.items():
            tables[_COLUMN + name] = column[order].astype(column.dtype.newbyteorder("<"))
        return tables

    def lookup(
        self,
        parts: Sequence[Placed],
        keys: npt.NDArray[np.uint32],
        signatures: npt.NDArray[np.uint64] | None = None,
        *,
        max_distance: int = 64,
        longest: int = LONGEST,
        budget: int | None = None,
        askers: npt.NDArray[np.int64] | None = None,
    ) -> Listed:
        """See :class:`Listed`. ``signatures``: (n,) uint64, one a key; rows within ``max_distance`` bits come back.

        ``budget``: how many rows may be looked at in all: the keys with the fewest, which tell most, come first.
        ``askers``: (n,) who asks for each key; each then has a budget of its own.
        """
        if signatures is not None and len(signatures) != len(keys):
            raise ValueError(f"{len(signatures)} signatures for {len(keys)} keys")
        # What is near one another in a list is read one after the other.
        order = np.argsort(np.ascontiguousarray(keys, np.uint32), kind="stable")
        low, count, passed = self._ranges(parts, np.ascontiguousarray(keys, np.uint32)[order])
        length = count.sum(axis=0)
        passed |= length > longest
        if budget is not None:
            passed |= _beyond(budget, length, order, None if askers is None else askers[order])
        stopped = np.empty(len(keys), bool)
        stopped[order] = passed
        left = np.flatnonzero(~passed & (length > 0))
        order, low, count = order[left], low[:, left], count[:, left]
        found = _read(parts, low, count, order, None if signatures is None else signatures[order], max_distance)
        empty = self._describe(np.empty((0, self.code_bytes), np.uint8), np.empty(0, np.float32)).columns
        if self._by_moment:
            empty = {**empty, _TIME: np.empty(0, np.float32)}
        return Listed(
            query=np.concatenate([np.empty(0, np.int64), *(each.query for each in found)]),
            entry=np.concatenate([np.empty(0, np.int64), *(each.entry for each in found)]),
            row=np.concatenate([np.empty(0, np.int64), *(each.row for each in found)]),
            distance=np.concatenate([np.empty(0, np.uint8), *(each.distance for each in found)]),
            columns={
                name: np.concatenate([column, *(each.columns[name] for each in found)])
                for name, column in empty.items()
            },
            stopped=stopped,
        )

    def _stop_words(self, keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        if self._stop is None or len(keys) < _LEAST_STOPPED:
            return np.empty(0, np.uint32)
        count = np.bincount(keys, minlength=1 << self.key_bits)
        return np.flatnonzero(count > self._stop * len(keys) / (1 << self.key_bits)).astype(np.uint32)

    def _ranges(
        self, parts: Sequence[Placed], keys: npt.NDArray[np.uint32]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """(parts, keys) where the rows of each key begin and how many there are, and (keys,) which are stop words."""
        low, count = np.zeros((2, len(parts), len(keys)), np.int64)
        full = [number for number, each in enumerate(parts) if len(each.part.tables["begins"]) > 1 << self.key_bits]
        joint = self._joined([parts[number].part for number in full]) if len(full) > 1 else None
        if joint is not None:
            begins = joint.begins[keys]
            low[full] = begins.T
            count[full] = (joint.begins[keys.astype(np.int64) + 1] - begins).T
        for number, each in enumerate(parts):
            if joint is None or number not in full:
                low[number], count[number] = self._range(each.part.tables, keys)
        stopped = np.zeros(len(keys), bool) if joint is None else joint.stopped[keys]
        for number, each in enumerate(parts):
            if (joint is None or number not in full) and len(words := each.part.tables["stopped"]):
                stopped |= np.isin(keys, words)
        return low, count, stopped

    def _joined(self, parts: list[Part]) -> _Joint:
        """The directories of large parts as one, made when the parts are first searched together."""
        # One that another thread has just made for other parts is made again: that costs less than to wait for it.
        joint = self._joint
        if joint is None or joint.parts != tuple(parts):
            begins = np.stack([each.tables["begins"] for each in parts], axis=1)
            stopped = np.zeros(1 << self.key_bits, bool)
            for each in parts:
                stopped[each.tables["stopped"]] = True
            self._joint = joint = _Joint(tuple(parts), begins, stopped)
        return joint

    def _range(
        self, tables: Arrays, keys: npt.NDArray[np.uint32]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the rows of each key begin in the lists, and how many there are."""
        begins = tables["begins"]
        bits = (len(begins) - 1).bit_length() - 1
        place = (keys >> np.uint32(self.key_bits - bits)).astype(np.int64) if bits else np.zeros(len(keys), np.int64)
        low, high = begins[place].astype(np.int64), begins[place + 1].astype(np.int64)
        if unused := self.key_bits - bits:
            wanted = (keys & np.uint32((1 << unused) - 1)).astype(tables["rest"].dtype)
            low = _bisected(tables["rest"], low, high, wanted, right=False)
            high = _bisected(tables["rest"], low, high, wanted, right=True)
        return low, high - low


def _moments(rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(m,) the first row of each moment, and (n,) the number of each row's moment."""
    begins = np.zeros(len(rows), bool)
    begins[1:] = np.diff(rows.times) != 0
    begins[rows.starts[:-1][rows.starts[:-1] < len(rows)]] = True
    return np.flatnonzero(begins), np.cumsum(begins) - 1


def _bisected(
    values: npt.NDArray[Any],
    low: npt.NDArray[np.int64],
    high: npt.NDArray[np.int64],
    wanted: npt.NDArray[Any],
    *,
    right: bool,
) -> npt.NDArray[np.int64]:
    """For each ``i`` the place of ``wanted[i]`` among the growing ``values[low[i]:high[i]]``, all searches in step."""
    low, high = low.copy(), high.copy()
    open_ = np.flatnonzero(low < high)
    while len(open_):
        middle = (low[open_] + high[open_]) >> 1
        before = values[middle] <= wanted[open_] if right else values[middle] < wanted[open_]
        low[open_] = np.where(before, middle + 1, low[open_])
        high[open_] = np.where(before, high[open_], middle)
        open_ = open_[low[open_] < high[open_]]
    return low


def _beyond(
    budget: int,
    length: npt.NDArray[np.int64],
    order: npt.NDArray[np.intp],
    askers: npt.NDArray[np.int64] | None,
) -> npt.NDArray[np.bool_]:
    """Which keys are not read for want of budget: of each asker the longest. Equal ones count in their ``order``."""
    askers = np.zeros(len(length), np.int64) if askers is None else askers
    shortest = np.lexsort((order, length, askers))
    spent = np.cumsum(length[shortest])
    first = np.searchsorted(askers[shortest], askers[shortest])
    before = np.concatenate([[0], spent])[first]
    beyond = np.zeros(len(length), bool)
    beyond[shortest] = spent - before > budget
    return beyond


def _read(
    parts: Sequence[Placed],
    low: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    order: npt.NDArray[np.intp],
    signatures: npt.NDArray[np.uint64] | None,
    max_distance: int,
) -> list[Listed]:
    """The rows of some lists that may be found, a block at a time. ``low``, ``count``: (parts, keys). ``order``:
    (keys,) the number under which each was asked."""
    found: list[Listed] = []
    for placed, lows, counts in zip(parts, low, count, strict=True):
        lists = np.flatnonzero(counts)
        lows, counts = lows[lists], counts[lists]
        edges = np.concatenate([[0], np.cumsum(counts)])
        near = [np.empty((2, 0), np.int64)]
        distances = [np.empty(0, np.uint8)]
        start = 0
        while start < len(lists):
            stop = max(start + 1, int(np.searchsorted(edges, edges[start] + _GATHER, side="right")) - 1)
            block = slice(start, stop)
            position = positions(lows[block], counts[block])
            if signatures is None:
                inside, distance = np.arange(len(position)), np.zeros(len(position), np.uint8)
            else:
                differing = placed.part.tables["signatures"][position]
                differing ^= np.repeat(signatures[lists[block]], counts[block])
                distance = np.bitwise_count(differing)
                inside = np.flatnonzero(distance <= max_distance)
            # Of many candidates few are near: which list each is from is asked of those alone.
            which = np.searchsorted(edges[start + 1 : stop + 1] - edges[start], inside, side="right")
            near.append(np.stack([order[lists[block][which]], position[inside]]))
            distances.append(distance[inside])
            start = stop
        query, position = np.concatenate(near, axis=1)
        if len(query):
            asked = np.argsort(query, kind="stable")
            found.append(_listed(placed, query[asked], position[asked], np.concatenate(distances)[asked]))
    return found


def _listed(
    placed: Placed, query: npt.NDArray[np.int64], position: npt.NDArray[np.int64], distance: npt.NDArray[np.uint8]
) -> Listed:
    """What is listed at some positions of one part, but for what is dead."""
    tables = placed.part.tables
    listed = tables["lists"][position].astype(np.int64)
    row = tables["moments"][listed].astype(np.int64) if "moments" in tables else listed
    alive = placed.alive(row)
    if not alive.all():
        query, position, distance = query[alive], position[alive], distance[alive]
        listed, row = listed[alive], row[alive]
    entry, place = placed.locate(row)
    carried = {
        name.removeprefix(_COLUMN): column[position] for name, column in tables.items() if name.startswith(_COLUMN)
    }
    if "moments" in tables:
        carried[_TIME] = tables["moment times"][listed]
    return Listed(query, entry, place, distance, carried, np.empty(0, bool))
