"""Pictures and sound in memory, with the truth of what they show of the film that they were cut from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from faircut.bench.pictures import Picture, Take
from faircut.domain import Segment

RATE = 48000
"""Samples a second of all sound here."""

Sound = npt.NDArray[np.float32]
"""(n,) mono, -1..1, 48 kHz; empty for none."""

SILENT = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Piece:
    """The truth: ``query`` of the clip shows ``reference`` of the film, at ``speed``.

    A negative speed is played backwards, 0 a still picture: ``reference`` then has no length.
    """

    query: Segment
    reference: Segment
    speed: float = 1.0

    def film_time(self, time: float) -> float:
        """The second of the film that is seen at ``time`` of the clip."""
        start = self.reference.end if self.speed < 0 else self.reference.start
        return start + (time - self.query.start) * self.speed

    def moved(self, seconds: float) -> Piece:
        """The same, later in the clip."""
        return Piece(Segment(self.query.start + seconds, self.query.end + seconds), self.reference, self.speed)


@dataclass(frozen=True, slots=True)
class Footage:
    """``frames``: one a tick of 1/``fps`` s, None where a frame was lost; none at all for sound alone.

    ``pieces`` are in order of the clip.
    """

    frames: Sequence[Picture | None]
    fps: float
    sound: Sound = field(default_factory=lambda: SILENT)
    pieces: tuple[Piece, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.frames) / self.fps if self.frames else len(self.sound) / RATE

    def part(self, start: float, end: float) -> tuple[list[Picture | None], Sound]:
        """Frames and sound between two times."""
        first, last = round(start * self.fps), round(end * self.fps)
        return list(self.frames[first:last]), self.sound[round(start * RATE) : round(end * RATE)]


TimeEdit = Callable[[Footage, Take], Footage]
"""Returns new footage with its truth; frames are shared with what it was given."""
