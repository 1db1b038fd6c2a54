"""Makes edited clips of films with the truth of what they show: cut, edit, hide among innocent footage, write.

>>> film = cut(path, 12.0, 8.0)
>>> clip = edited(film, EDITS["mirror"], seed=3, others=(cut(holiday, 0.0, 8.0, longest=424),))
>>> hidden = embedded(clip, cut(holiday, 0.0, 5.0), lead=3.0, tail=2.0)
>>> written = write(hidden, EDITS["mirror"], Path("query.mp4"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from faircut.bench import encoding
from faircut.bench.edits import Edit, Form
from faircut.bench.footage import RATE, SILENT, Footage, Piece, Sound
from faircut.bench.pictures import Picture, Take, bounded, even, filled
from faircut.domain import MediaKind, Segment
from faircut.errors import InputError
from faircut.media.probe import open_media

LONGEST = 848
"""Longest side of what is cut out, in pixels."""


@dataclass(frozen=True, slots=True)
class Written:
    """A query on disk. ``pieces``: which of its seconds show which of the film's; empty for an innocent one."""

    path: Path
    kind: MediaKind
    seconds: float
    pieces: tuple[Piece, ...]


def cut(path: Path, start: float, seconds: float, *, longest: int = LONGEST, sound: bool = True) -> Footage:
    """A stretch of a file, as many frames a second as it has, no side longer than ``longest``.

    Its one Piece says exactly which seconds of the file the frames and the sound are. Shorter where the file ends.
    Raises UnreadableMedia, NotFound; InputError when no picture lies in the stretch.
    """
    with open_media(path, path.name) as container:
        frames, fps, first = _frames(container, start, seconds, longest)
    if not frames:
        raise InputError(
            f"No picture lies between {start:g} and {start + seconds:g} s.", field=path.name, remedy="Cut elsewhere."
        )
    length = len(frames) / fps
    heard = SILENT
    if sound:
        with open_media(path, path.name) as container:
            heard = _sound(container, first, length)
    return Footage(frames, fps, heard, (Piece(Segment(0.0, length), Segment(first, first + length)),))


def heard(path: Path, start: float, seconds: float) -> Footage:
    """The sound of a stretch of a file, without pictures. Raises UnreadableMedia, NotFound."""
    with open_media(path, path.name) as container:
        sound = _sound(container, start, seconds)
    length = len(sound) / RATE
    return Footage([], RATE, sound, (Piece(Segment(0.0, length), Segment(start, start + length)),))


def _frames(
    container: InputContainer, start: float, seconds: float, longest: int
) -> tuple[list[Picture], float, float]:
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    fps = float(stream.average_rate or 25)
    origin = _seek(container, start)
    frames: list[Picture] = []
    first = start
    for frame in container.decode(stream):
        time = (frame.time or 0.0) - origin
        # Half a frame of leeway: times are rounded to the container's clock.
        if time < start - 0.5 / fps:
            continue
        if time >= start + seconds - 0.5 / fps:
            break
        if not frames:
            first = max(time, 0.0)
        frames.append(bounded(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), longest))
    return frames, fps, first


def _sound(container: InputContainer, start: float, seconds: float) -> Sound:
    if not container.streams.audio:
        return SILENT
    result = np.zeros(round(seconds * RATE), np.float32)
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    origin = _seek(container, start)
    at: int | None = None
    for frame in container.decode(container.streams.audio[0]):
        time = (frame.time or 0.0) - origin
        if time >= start + seconds:
            break
        for piece in resampler.resample(frame):
            if at is None:
                at = round((time - start) * RATE)
            samples = np.frombuffer(bytes(piece.planes[0]), np.float32)[: piece.samples]
            first, last = max(at, 0), min(at + len(samples), len(result))
            if last > first:
                result[first:last] = samples[first - at : last - at]
            at += len(samples)
    return result


def _seek(container: InputContainer, start: float) -> float:
    origin = max(container.start_time or 0, 0) / av.time_base
    if start > 1.0:
        container.seek(int((start - 0.5 + origin) * av.time_base), backward=True)
    return origin


def edited(footage: Footage, edit: Edit, *, seed: int, others: Sequence[Footage] = ()) -> Footage:
    """The footage after an edit: first its changes of time, then those of every picture, which follow ``seed``.

    ``others`` are the videos that it is joined with; each starts anew when it ends.
    """
    for change in edit.times:
        footage = change(footage, Take(seed, seconds=footage.seconds))
    if edit.form is Form.SOUND:
        return replace(footage, frames=())
    shown: list[Picture | None] = []
    for number, frame in enumerate(footage.frames):
        if frame is None:
            shown.append(None)
            continue
        time = number / footage.fps
        beside = tuple(_showing(other, time) for other in others[: edit.others])
        shown.append(even(edit.change(frame, Take(seed, time, footage.seconds, beside))))
    return replace(footage, frames=shown)


def _showing(footage: Footage, time: float) -> Picture:
    number = int(time * footage.fps) % len(footage.frames)
    while (picture := footage.frames[number]) is None:
        number -= 1
    return picture


def embedded(footage: Footage, host: Footage, *, lead: float, tail: float) -> Footage:
    """The footage with seconds of another video before and after it, brought to its size and frame rate.

    ``host`` starts anew where it is shorter than needed; its truth is not kept.
    """
    before, after = round(lead * footage.fps), round(tail * footage.fps)
    offset = before / footage.fps
    around: list[Picture] = []
    if footage.frames:
        first = next(frame for frame in footage.frames if frame is not None)
        size = (first.shape[1], first.shape[0])
        around = [filled(_showing(host, number / footage.fps), size) for number in range(before + after)]
    sound = SILENT
    if len(footage.sound) or len(host.sound):
        beside = np.resize(host.sound, round((before + after) / footage.fps * RATE)) if len(host.sound) else SILENT
        beside = _length(beside, (before + after) / footage.fps)
        split = round(offset * RATE)
        sound = np.concatenate([beside[:split], _length(footage.sound, footage.seconds), beside[split:]])
    pieces = tuple(piece.moved(offset) for piece in footage.pieces)
    return Footage([*around[:before], *footage.frames, *around[before:]], footage.fps, sound, pieces)


def _length(sound: Sound, seconds: float) -> Sound:
    wanted = np.zeros(round(seconds * RATE), np.float32)
    count = min(len(wanted), len(sound))
    wanted[:count] = sound[:count]
    return wanted


def muted(footage: Footage) -> Footage:
    """Without sound: what is found then was seen."""
    return replace(footage, sound=SILENT)


def write(footage: Footage, edit: Edit, path: Path) -> Written:
    """Encodes footage as the edit says: JPEG for an edit that makes an image, AAC for one of sound, else mp4 (or webm
    by the name).

    An image and a sound are written beside ``path`` with their own suffixes.
    """
    if edit.form is Form.IMAGE:
        picture = next(frame for frame in footage.frames if frame is not None)
        if edit.encoding != encoding.Encoding():
            picture = encoding.through_codec(picture, edit.encoding)
        target = encoding.write_picture(path.with_suffix(".jpg"), picture)
        return Written(target, MediaKind.IMAGE, 0.0, footage.pieces)
    if edit.form is Form.SOUND:
        encoding.write_sound(path.with_suffix(".m4a"), footage.sound)
        return Written(path.with_suffix(".m4a"), MediaKind.AUDIO, footage.seconds, footage.pieces)
    encoding.write_clip(path, footage, edit.encoding)
    return Written(path, MediaKind.VIDEO, footage.seconds, footage.pieces)
