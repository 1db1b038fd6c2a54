"""Single pictures of a film: an image, and the pictures of a clip in no order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from faircut.domain import MediaKind, Segment
from faircut.fingerprints import pdq
from faircut.index.store import Entry
from faircut.match.candidates import EVERY, FAINT_RADIUS
from faircut.match.query import AS_IS, WAYS, PictureQuery, bits, homography, inverted, mirrored, transform
from faircut.match.shelf import PictureShelf
from faircut.match.sightings import Moment, Sighting
from faircut.match.stretches import MIN_SUPPORT, STILL_RADIUS, count_distinct

_ALBUM = 12
"""Most pictures of a clip that are judged one by one, as that many still images would be."""
_MOST_SLIDES = 12
_ANOTHER = 40
"""Bits from a picture of a slide show at which another one is shown."""


def images(query: PictureQuery, shelf: PictureShelf, bars: str | None) -> Iterator[Sighting]:
    """An image, in all sixteen ways. One that can be seen through comes as several frames, one for each thing that
    may lie behind it."""
    for frame in np.flatnonzero(query.quality >= pdq.FAINT_QUALITY):
        for number, way, _ in _near(query, shelf, np.array([frame]), tuple(range(WAYS))):
            yield _still(query, shelf.entry(number), way, int(frame), None, bars)


def slides(query: PictureQuery, shelf: PictureShelf, bars: str | None) -> Iterator[Sighting]:
    """Pictures of a film in no order of time: a clip of a few frames, a slide show.

    One picture is evidence where the whole clip holds only a few, as it is of a still; elsewhere three are.
    """
    frames = slide_frames(query)
    enough = 1 if len(frames) <= _ALBUM else MIN_SUPPORT
    for number, way, shown in _near(query, shelf, frames, AS_IS):
        if count_distinct(query.codes[shown, 0], enough) >= enough:
            for frame in shown[:_MOST_SLIDES]:
                span = Segment(round(float(query.times[frame]), 3), round(_shown_until(query, int(frame)), 3))
                yield _still(query, shelf.entry(number), way, int(frame), span, bars)


def slide_frames(query: PictureQuery) -> npt.NDArray[np.intp]:
    """The frames of a clip that are judged as pictures."""
    frames = query.samples(EVERY)
    if len(frames) <= _ALBUM:
        # The sampling in time passes over frames that follow one another closely; so few are all looked at.
        known = np.flatnonzero(query.known)
        frames = known if len(known) <= _ALBUM else frames
    return frames


def _shown_until(query: PictureQuery, frame: int) -> float:
    """When the picture of a frame gives way to another."""
    others = np.flatnonzero(bits(query.codes[frame + 1 :, 0], query.codes[frame, 0][None]) > _ANOTHER)
    return float(query.times[frame + 1 + others[0]]) if len(others) else query.end


def _near(
    query: PictureQuery, shelf: PictureShelf, frames: npt.NDArray[np.intp], ways: Sequence[int]
) -> Iterator[tuple[int, int, npt.NDArray[np.intp]]]:
    """Entry, way, and the frames of it within the radius; where either picture is faint, a far smaller one."""
    codes = np.stack([query.laid(way, frames) for way in ways], axis=1).reshape(-1, pdq.CODE_BYTES)
    found = shelf.lookup(codes, STILL_RADIUS)
    asked, way = frames[found.query // len(ways)], np.array(ways)[found.query % len(ways)]
    for number in np.unique(found.entry):
        mine = np.flatnonzero(found.entry == number)
        quality = np.minimum(query.quality[asked[mine]], shelf.entry(number).quality[found.row[mine]])
        mine = mine[(quality >= pdq.MIN_QUALITY) | (found.distance[mine] <= FAINT_RADIUS)]
        for each in np.unique(way[mine]):
            yield int(number), int(each), np.unique(asked[mine[way[mine] == each]])


def _still(query: PictureQuery, entry: Entry, way: int, frame: int, span: Segment | None, bars: str | None) -> Sighting:
    """One picture with the nearest one of a reference."""
    distances = bits(query.laid(way, np.array([frame])), entry.codes)
    distances[~entry.usable] = pdq.BITS
    best = int(distances.argmin())
    moment = round(float(entry.times[best]), 3)
    still = entry.reference.kind is MediaKind.IMAGE
    shown = 0.0 if span is None else span.start
    return Sighting(
        reference=entry.reference,
        algorithm=pdq.ALGORITHM,
        moments=(Moment(shown, moment, distance=int(distances[best])),),
        distinct=1,
        query=span,
        shown=None if still else Segment(moment, moment),
        distance=float(distances[best]),
        transform=transform(way),
        mirrored=mirrored(way),
        inverted=inverted(way),
        bars=bars,
        homography=homography(way) if bars is None else None,
        ambiguous=min(int(query.quality[frame]), int(entry.quality[best])) < pdq.MIN_QUALITY,
    )
