"""A query's key moments as they are compared: each laid each way once, and with each registered moment once.

The stages of the cascade look at the same moments again and again: a search, a look at what stands beside a hit in
time, a look for what was missed along a line of time. All of them share what one of them has computed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from faircut.domain import Fingerprint
from faircut.fingerprints import keypoint_codes, keypoints
from faircut.fingerprints.keypoints import Picture
from faircut.index.store import Entry

_MOST_LOOKS = 128
"""Kept at hand, some 30 KB each: all of a clip, and of a film those that were asked for last."""
_MOST_SHOWN = 256

K = TypeVar("K")
V = TypeVar("V")
Variant = tuple[bool, bool]
"""Whether a picture is taken to be mirrored, and inverted."""


class Look:
    """A query's moment, or what is left of it, laid one way. ``compared``: what came of comparing it, by registered
    moment."""

    def __init__(self, picture: Picture, variant: Variant) -> None:
        self.mirrored, self.inverted = variant
        self.places = keypoints.laid(picture.places, mirrored=self.mirrored, inverted=self.inverted)
        self.time = picture.time
        self._rows = picture.rows
        self._head = np.empty((0, keypoint_codes.BITS), np.float32)
        self.compared: dict[tuple[str, float], Any] = {}

    def projected(self, most: int | None = None) -> npt.NDArray[np.float32]:
        """(n, 128): of the strongest points, or of all."""
        wanted = self._rows[len(self._head) : most]
        if len(wanted):
            more = keypoint_codes.project(wanted, mirrored=self.mirrored, inverted=self.inverted)
            self._head = np.concatenate([self._head, more])
        return self._head[:most]

    @cached_property
    def codes(self) -> npt.NDArray[np.uint8]:
        """(n, 16) of all points."""
        return keypoint_codes.pack(self.projected())


class Looks:
    """All that is looked at in one query, by one thread. ``fingerprint``: of local features, as queries have them."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        self.fingerprint = fingerprint
        self._starts = keypoints.boundaries(fingerprint)
        self._looks: OrderedDict[tuple[int, Variant], Look] = OrderedDict()
        self._shown: OrderedDict[tuple[str, float], tuple[Picture, ...]] = OrderedDict()

    def __len__(self) -> int:
        """Key moments."""
        return len(self._starts) - 1

    def picture(self, moment: int) -> Picture:
        """One of the query's key moments, by its number."""
        return keypoints.picture(self.fingerprint, (int(self._starts[moment]), int(self._starts[moment + 1])))

    def at(self, moment: int, variant: Variant) -> Look:
        """The whole of a key moment, laid one way."""
        key = (moment, variant)
        if key not in self._looks:
            self._looks[key] = Look(self.picture(moment), variant)
        return _kept(self._looks, key, _MOST_LOOKS)

    def shown(self, entry: Entry, time: float) -> tuple[Picture, ...]:
        """The key moments of a reference at ``time`` that are not excluded; see-through ones are several."""
        key = (entry.reference.id, time)
        if key not in self._shown:
            self._shown[key] = _moments(entry, time)
        return _kept(self._shown, key, _MOST_SHOWN)


def _kept(cache: OrderedDict[K, V], key: K, most: int) -> V:
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[key]


def _moments(entry: Entry, time: float) -> tuple[Picture, ...]:
    first = int(np.searchsorted(entry.times, np.float32(time)))
    last = int(np.searchsorted(entry.times, np.float32(time), side="right"))
    part = slice(first, last)
    near = Fingerprint(keypoints.ALGORITHM, entry.codes[part], entry.times[part], entry.quality[part], entry.duration)
    starts = keypoints.boundaries(near)
    spans = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    pictures = [keypoints.picture(near, span) for span in spans if not entry.excluded[first + span[0]]]
    return tuple(replace(each, rows=np.ascontiguousarray(each.rows)) for each in pictures)
