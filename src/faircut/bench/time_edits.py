"""Edits of time: speed, frame rate, lost frames, order, loops."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from faircut.bench.footage import SILENT, Footage, Piece, Sound, TimeEdit
from faircut.bench.pictures import Picture, Take
from faircut.domain import Segment

_CUT = 26.0
"""Mean difference of two neighbouring frames' small grey pictures that counts as a change of shot."""
_SHOT = 1.0
"""No shot is taken to be shorter, in seconds."""


def speed(factor: float) -> TimeEdit:
    """Plays ``factor`` times as fast at the same frame rate, by leaving out or repeating frames; sound goes along."""

    def edit(footage: Footage, _take: Take) -> Footage:
        count = max(1, round(len(footage.frames) / factor))
        last = len(footage.frames) - 1
        frames = [footage.frames[min(int(number * factor), last)] for number in range(count)]
        pieces = sped(footage.pieces, factor)
        return Footage(frames, footage.fps, _faster(footage.sound, factor), pieces)

    return edit


def sped(pieces: Sequence[Piece], factor: float) -> tuple[Piece, ...]:
    """The truth of what is played ``factor`` times as fast."""
    return tuple(
        Piece(Segment(piece.query.start / factor, piece.query.end / factor), piece.reference, piece.speed * factor)
        for piece in pieces
    )


def _faster(sound: Sound, factor: float) -> Sound:
    # Like a tape: pitch goes along with speed. Sound edits proper are elsewhere.
    if not len(sound):
        return SILENT
    places = np.arange(int(len(sound) / factor)) * factor
    return np.asarray(np.interp(places, np.arange(len(sound)), sound), np.float32)


def frame_rate(fps: float) -> TimeEdit:
    """Another number of frames a second, of which each is the nearest one of before."""

    def edit(footage: Footage, _take: Take) -> Footage:
        count = max(1, round(footage.seconds * fps))
        last = len(footage.frames) - 1
        frames = [footage.frames[min(int((number + 0.5) * footage.fps / fps), last)] for number in range(count)]
        return Footage(frames, fps, footage.sound, footage.pieces)

    return edit


def dropped_frames(footage: Footage, take: Take) -> Footage:
    """One frame in ten is lost, here and there; the frame before stands until the next."""
    lost = _one_in_ten(len(footage.frames), take)
    frames = [None if gone else frame for frame, gone in zip(footage.frames, lost, strict=True)]
    return Footage(frames, footage.fps, footage.sound, footage.pieces)


def black_frames(footage: Footage, take: Take) -> Footage:
    """One frame in ten, here and there, is black."""
    lost = _one_in_ten(len(footage.frames), take)
    frames = [
        np.zeros_like(frame) if gone and frame is not None else frame
        for frame, gone in zip(footage.frames, lost, strict=True)
    ]
    return Footage(frames, footage.fps, footage.sound, footage.pieces)


def _one_in_ten(count: int, take: Take) -> npt.NDArray[np.bool_]:
    lost = np.zeros(count, np.bool_)
    if count > 1:
        # The first stays, so that every clip begins with a picture.
        lost[1 + take.rng(51).permutation(count - 1)[: round(count / 10)]] = True
    return lost


def shuffled_shots(footage: Footage, take: Take) -> Footage:
    """The shots in another order, none where it was; a single long shot is cut into parts of some two seconds."""
    bounds = _shots(footage)
    order = _deranged(len(bounds) - 1, take)
    parts = [(bounds[each], bounds[each + 1]) for each in order]
    return joined(footage, [(first / footage.fps, last / footage.fps) for first, last in parts])


def _shots(footage: Footage) -> list[int]:
    shown = [frame for frame in footage.frames if frame is not None]
    least = max(1, round(_SHOT * footage.fps))
    bounds = [0]
    if len(shown) == len(footage.frames):
        small = np.stack([cv2.resize(frame, (32, 18), interpolation=cv2.INTER_AREA) for frame in shown])
        changes = np.abs(np.diff(small.astype(np.float32), axis=0)).mean(axis=(1, 2, 3))
        for number in np.flatnonzero(changes > _CUT) + 1:
            if number - bounds[-1] >= least and len(shown) - number >= least:
                bounds.append(int(number))
    bounds.append(len(footage.frames))
    filled = [0]
    for first, last in pairwise(bounds):
        parts = max(1, round((last - first) / footage.fps / 2.0)) if len(bounds) < 4 else 1
        filled += [first + round((last - first) * number / parts) for number in range(1, parts + 1)]
    return filled


def _deranged(count: int, take: Take) -> list[int]:
    if count < 2:
        return list(range(count))
    rng = take.rng(52)
    while True:
        order = [int(each) for each in rng.permutation(count)]
        # Neighbours that stay neighbours would be one longer piece.
        moved = all(each != place for place, each in enumerate(order))
        if moved and (count < 4 or all(after != before + 1 for before, after in pairwise(order))):
            return order


def looped(footage: Footage, _take: Take) -> Footage:
    """The first third, three times over."""
    third = round(len(footage.frames) / 3) / footage.fps
    return joined(footage, [(0.0, third)] * 3)


def joined(footage: Footage, parts: Sequence[tuple[float, float]]) -> Footage:
    """Stretches of footage one after the other, with their truth."""
    frames: list[Picture | None] = []
    sounds, pieces, at = [], [], 0.0
    for start, end in parts:
        shown, sound = footage.part(start, end)
        for piece in footage.pieces:
            first, last = max(piece.query.start, start), min(piece.query.end, end)
            if last > first:
                ends = sorted((piece.film_time(first), piece.film_time(last)))
                pieces.append(Piece(Segment(at + first - start, at + last - start), Segment(*ends), piece.speed))
        frames += shown
        sounds.append(sound)
        at += end - start
    return Footage(frames, footage.fps, np.concatenate(sounds), _merged(pieces))


def _merged(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours that go on in the film as they do in the clip are one piece: no cut can be seen between them."""
    kept: list[Piece] = []
    for piece in pieces:
        before = kept[-1] if kept else None
        if before is not None and _goes_on(before, piece):
            starts = min(before.reference.start, piece.reference.start)
            ends = max(before.reference.end, piece.reference.end)
            kept[-1] = Piece(Segment(before.query.start, piece.query.end), Segment(starts, ends), piece.speed)
        else:
            kept.append(piece)
    return tuple(kept)


def _goes_on(before: Piece, piece: Piece) -> bool:
    return (
        before.speed == piece.speed
        and abs(before.query.end - piece.query.start) < 1e-6
        and abs(before.film_time(before.query.end) - piece.film_time(piece.query.start)) < 1e-6
    )


def reversed_play(footage: Footage, _take: Take) -> Footage:
    """From the end to the beginning, picture and sound."""
    total = footage.seconds
    pieces = tuple(
        Piece(Segment(total - piece.query.end, total - piece.query.start), piece.reference, -piece.speed)
        for piece in reversed(footage.pieces)
    )
    return Footage(footage.frames[::-1], footage.fps, np.ascontiguousarray(footage.sound[::-1]), pieces)


def excerpt(seconds: float) -> TimeEdit:
    """A short stretch out of the middle of the footage, somewhere in it."""

    def edit(footage: Footage, take: Take) -> Footage:
        spare = max(0.0, footage.seconds - seconds)
        start = round(float(take.rng(53).random()) * spare * footage.fps) / footage.fps
        return joined(footage, [(start, min(start + seconds, footage.seconds))])

    return edit


def still(footage: Footage, take: Take) -> Footage:
    """One single frame, from somewhere in the footage."""
    shown = [number for number, frame in enumerate(footage.frames) if frame is not None]
    number = shown[int(take.rng(54).integers(len(shown)))]
    moment = _film_time(footage, number / footage.fps)
    return Footage(
        [footage.frames[number]],
        footage.fps,
        SILENT,
        () if moment is None else (Piece(Segment(0.0, 1 / footage.fps), Segment(moment, moment), 0.0),),
    )


def slow_zoom(footage: Footage, take: Take) -> Footage:
    """A single frame shown for as long as the footage was, enlarged slowly from 1 to 1.3 about a point of its own."""
    single = still(footage, take)
    picture = next(frame for frame in single.frames if frame is not None)
    height, width = picture.shape[:2]
    x, y = take.rng(55).uniform(0.3, 0.7, 2) * (width, height)
    frames = []
    for number in range(len(footage.frames)):
        scale = 1.0 + 0.3 * number / max(1, len(footage.frames) - 1)
        matrix = np.array([[scale, 0, x * (1 - scale)], [0, scale, y * (1 - scale)]])
        frames.append(np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8))
    pieces = tuple(Piece(Segment(0.0, footage.seconds), piece.reference, 0.0) for piece in single.pieces)
    return Footage(frames, footage.fps, SILENT, pieces)


def _film_time(footage: Footage, time: float) -> float | None:
    for piece in footage.pieces:
        if piece.query.start - 1e-9 <= time < piece.query.end:
            return piece.film_time(time)
    return None
