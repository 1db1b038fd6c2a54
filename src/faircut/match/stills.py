"""Single pictures of a film: an image, and the pictures of a clip in no order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faircut.domain import MediaKind, Segment
from faircut.fingerprints import pdq
from faircut.index.store import Entry
from faircut.match.candidates import EVERY, FAINT_RADIUS, PATIENT, sparse
from faircut.match.query import AS_IS, WAYS, PictureQuery, bits, homography, inverted, mirrored, transform
from faircut.match.shelf import PictureShelf
from faircut.match.sightings import Moment, Sighting
from faircut.match.stretches import MIN_SUPPORT, STILL_RADIUS, count_distinct

_ALBUM = 12
"""Most pictures of a clip that are judged one by one, as that many still images would be."""
_MOST_SLIDES = 12
_ANOTHER = 40
"""Bits from a picture of a slide show at which another one is shown."""
HINT_RADIUS = 60
"""Bits within which an image may show a picture, if a few local features say so too. Of 270,592 pairs of dimmed,
blurred, noisy, stylised or coarsely coded frames of drawn and innocent films, in any of sixteen ways, the nearest lay
86 apart; of 33 copies of drawn frames under a fast camera in a dim scene, coded at crf 45 and 40 to 71 bits away, 23
agree in five places and 14 in eight."""
HINT_QUALITY = 5
"""PDQ's quality below which an image has nothing in it that could hint at anything."""
_MOST_HINTS = 6


@dataclass(frozen=True, slots=True)
class Hint:
    """A sighting of an image that codes alone do not prove, and the way in which they take it to be laid."""

    sighting: Sighting
    way: int


def images(query: PictureQuery, shelf: PictureShelf, bars: str | None) -> tuple[list[Sighting], list[Hint]]:
    """An image, in all sixteen ways: what it shows, and what it may show, the nearest first, one a reference.

    One that can be seen through comes as several frames, one for each thing that may lie behind it.
    """
    seen: list[Sighting] = []
    hints: dict[str, Hint] = {}
    for frame in np.flatnonzero(query.quality >= HINT_QUALITY):
        near = _near(query, shelf, np.array([frame]), tuple(range(WAYS)), HINT_RADIUS)
        for number, way, _, sure in near:
            entry = shelf.entry(number)
            found = _still(query, entry, way, int(frame), None, bars)
            if sure and query.quality[frame] >= pdq.FAINT_QUALITY:
                seen.append(found)
                continue
            known = hints.get(entry.reference.id)
            if known is None or (found.distance or 0.0) < (known.sighting.distance or 0.0):
                hints[entry.reference.id] = Hint(found, way)
    nearest = sorted(hints.values(), key=lambda hint: (hint.sighting.distance, hint.sighting.reference.id))
    return seen, nearest[:_MOST_HINTS]


def slides(
    query: PictureQuery, shelf: PictureShelf, bars: str | None, seen: Sequence[Sighting] = ()
) -> Iterator[Sighting]:
    """Pictures of a film in no order of time: a clip of a few frames, a slide show.

    One picture is evidence where the whole clip holds only a few, as it is of a still; elsewhere three are. ``seen``:
    stretches, which explain their frames.
    """
    frames = slide_frames(query)
    enough = 1 if len(frames) <= _ALBUM else MIN_SUPPORT
    if len(frames) > _ALBUM and len(shelf) > PATIENT:
        frames = frames[_unexplained(query.times[frames], seen)]
        # Of a clip that shows no picture for half a second that is near one of a large catalogue, no more is asked.
        asked = sparse(query)
        asked = asked[query.known[asked] & _unexplained(query.times[asked], seen)]
        if not len(asked) or not any(_near(query, shelf, asked, AS_IS, STILL_RADIUS)):
            return
    for number, way, shown, sure in _near(query, shelf, frames, AS_IS, STILL_RADIUS):
        if sure and count_distinct(query.codes[shown, 0], enough) >= enough:
            for frame in shown[:_MOST_SLIDES]:
                span = Segment(round(float(query.times[frame]), 3), round(_shown_until(query, int(frame)), 3))
                yield _still(query, shelf.entry(number), way, int(frame), span, bars)


def _unexplained(times: npt.NDArray[np.float64], seen: Sequence[Sighting]) -> npt.NDArray[np.bool_]:
    left = np.ones(len(times), bool)
    for each in seen:
        if each.query is not None and each.line is not None and not each.ambiguous:
            left &= (times < each.query.start - 1e-3) | (times >= each.query.end)
    return left


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
    query: PictureQuery, shelf: PictureShelf, frames: npt.NDArray[np.intp], ways: Sequence[int], radius: int
) -> Iterator[tuple[int, int, npt.NDArray[np.intp], bool]]:
    """Entry, way, the frames within the radius, and whether they are near enough to prove something by themselves.

    Those that are, are told alone. Where either picture is faint, they must be far nearer.
    """
    codes = np.stack([query.laid(way, frames) for way in ways], axis=1).reshape(-1, pdq.CODE_BYTES)
    found = shelf.lookup(codes, radius)
    asked, way = frames[found.query // len(ways)], np.array(ways)[found.query % len(ways)]
    for number in np.unique(found.entry):
        mine = np.flatnonzero(found.entry == number)
        quality = np.minimum(query.quality[asked[mine]], shelf.entry(number).quality[found.row[mine]])
        sure = found.distance[mine] <= np.where(quality >= pdq.MIN_QUALITY, STILL_RADIUS, FAINT_RADIUS)
        for each in np.unique(way[mine]):
            these = way[mine] == each
            proven = bool((these & sure).any())
            yield int(number), int(each), np.unique(asked[mine[these & sure if proven else these]]), proven


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
