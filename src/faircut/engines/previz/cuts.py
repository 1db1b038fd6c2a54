"""Where shots begin and end: a prompt split into shots, shots on frames, cuts moved onto the beats of a sound."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

from faircut.engines.previz import lexicon
from faircut.engines.previz.prose import MENTION, parse_physics

FPS: Final = 24
SAMPLE_RATE: Final = 48_000
SAMPLES_PER_FRAME: Final = SAMPLE_RATE // FPS
_SHORTEST: Final = 8
"""Frames of the shortest shot that beats may make."""


def ease(share: float) -> float:
    """Smootherstep: starts and ends with zero speed and acceleration; 0 to 0, 1 to 1."""
    t = min(max(share, 0.0), 1.0)
    return t * t * t * (t * (t * 6 - 15) + 10)


def split_prompt(text: str, limit: int) -> list[str]:
    """A one-shot prompt as up to ``limit`` shots: at "Shot 2:", "cut to", "then" and sentence ends. Sentences that hold
    directives only ("Golden hour.") stay with their neighbours. Never empty."""
    marked = [
        part.strip() for part in re.split(r"\b(?:shot|scene)\s*\d+\s*[:.)-]", text, flags=re.IGNORECASE) if part.strip()
    ]
    parts = marked
    if len(marked) < 2:
        pieces = re.split(r"(?<=[.!?])\s+|[,;.]?\s*\b(?:cut to|and then|then)\b[:,]?\s*", text, flags=re.IGNORECASE)
        parts = []
        for piece in (each.strip() for each in pieces):
            if piece.strip(" .!?,;"):
                if parts and not _has_content(piece):
                    # "then" stays, so that moves on its two sides still follow one another.
                    glue = " then " if re.search(rf"\bthen\W+{re.escape(piece[:24])}", text) else " "
                    parts[-1] = f"{parts[-1]}{glue}{piece}"
                else:
                    parts.append(piece)
        if len(parts) > 1 and not _has_content(parts[0]):
            parts[:2] = [f"{parts[0]} {parts[1]}"]
    if len(parts) <= limit:
        return parts or [text]
    bounds = [round(index * len(parts) / limit) for index in range(limit + 1)]
    return [" ".join(parts[a:b]) for a, b in itertools.pairwise(bounds)]


def _has_content(text: str) -> bool:
    return bool(MENTION.search(text) or lexicon.mentions_of(text) or lexicon.place_of(text) or parse_physics(text).drop)


def cut_frames(seconds: Sequence[float | None], total: int) -> list[int]:
    """Frame numbers where shots begin, and ``total`` at the end. Shots without a length share what is left; lengths
    that do not add up to the film are scaled to it. Every shot gets at least one frame."""
    duration = total / FPS
    given = sum(value for value in seconds if value)
    open_count = sum(1 for value in seconds if not value)
    share = max(duration - given, 0.25 * open_count) / open_count if open_count else 0.0
    lengths = [value or share for value in seconds]
    scale = duration / sum(lengths)
    cuts, at = [0], 0.0
    for index, length in enumerate(lengths):
        at += length * scale
        earliest, latest = cuts[-1] + 1, total - (len(lengths) - 1 - index)
        cuts.append(min(max(round(at * FPS), earliest), latest))
    cuts[-1] = total
    return cuts


def cuts_on_beats(cuts: Sequence[int], beats: Sequence[float]) -> list[int]:
    """The same number of cuts, each inner one moved to the frame of the nearest beat (seconds) that leaves every shot
    a third of a second. A cut that finds no such beat stays where it was, or as near as its neighbours allow."""
    frames = sorted({round(beat * FPS) for beat in beats})
    total, moved = cuts[-1], [0]
    for number, cut in enumerate(cuts[1:-1], 1):
        shots_left = len(cuts) - 1 - number
        shortest = min(_SHORTEST, max(1, (total - moved[-1]) // (shots_left + 1)))
        low, high = moved[-1] + shortest, total - shortest * shots_left
        fitting = [frame for frame in frames if low <= frame <= high]
        moved.append(min(fitting, key=lambda frame: abs(frame - cut)) if fitting else min(max(cut, low), high))
    return [*moved, total]
