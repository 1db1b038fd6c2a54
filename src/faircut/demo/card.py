"""A card to draw results on: paper, letters, pictures and timelines, laid out from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from faircut.demo.paper import Frame
from faircut.demo.video import write_picture
from faircut.domain import Segment

WIDTH = 1280
MARGIN = 44
_TALLEST = 4000

Colour = tuple[int, int, int]
PAPER: Colour = (249, 244, 234)
SHEET: Colour = (255, 253, 248)
INK: Colour = (45, 34, 52)
FAINT: Colour = (128, 114, 126)
RULE: Colour = (222, 212, 200)
RED: Colour = (186, 42, 50)
GREEN: Colour = (38, 116, 84)
AMBER: Colour = (180, 112, 20)
BLUE: Colour = (46, 92, 146)
MARK: Colour = (255, 214, 204)

_PLAIN, _BOLD = 400, 700


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; ``mark`` paints its ground."""

    text: str
    colour: Colour = INK
    bold: bool = False
    mark: Colour | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A timeline of one file: its length, the stretch found, and the stretch that was put there."""

    label: str
    seconds: float
    found: Segment | None
    expected: Segment | None
    colour: Colour


class Card:
    """Grows downwards; :meth:`save` cuts off what was not used."""

    def __init__(self, title: str, verdict: str | None = None, colour: Colour = BLUE) -> None:
        self.canvas: Frame = np.empty((_TALLEST, WIDTH, 3), np.uint8)
        self.canvas[:] = PAPER
        self.y = MARGIN
        self._face = cv2.FontFace("sans")
        self._letters(title, MARGIN, self.y + 30, 32, INK, bold=True)
        if verdict is not None:
            self.badge(verdict, colour)
        self.y += 66

    def badge(self, verdict: str, colour: Colour) -> None:
        """The verdict in the top right corner; may come last, when everything is known."""
        cv2.rectangle(self.canvas, (0, 0), (WIDTH, 10), colour, -1)
        left = WIDTH - MARGIN - self.width(verdict, 26, bold=True) - 36
        cv2.rectangle(self.canvas, (left, MARGIN - 4), (WIDTH - MARGIN, MARGIN + 42), colour, -1)
        self._letters(verdict, left + 18, MARGIN + 29, 26, (255, 255, 255), bold=True)

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        """Pixels that a text takes, spaces at its end included."""

        def measure(letters: str) -> int:
            box = cv2.getTextSize((WIDTH, 100), letters, (0, 0), self._face, size, _BOLD if bold else _PLAIN)
            return int(box[0] + box[2])

        return measure(f"{text}|") - measure("|")

    def text(
        self, runs: Sequence[Run] | str, *, size: int = 22, colour: Colour = INK, left: int = MARGIN, gap: int = 8
    ) -> None:
        """A paragraph, broken between words."""
        pieces = [Run(runs, colour)] if isinstance(runs, str) else list(runs)
        height = round(size * 1.45)
        x, baseline = left, self.y + round(size * 1.05)
        for run in pieces:
            for word in _words(run.text):
                wide = self.width(word, size, bold=run.bold)
                if x > left and x + self.width(word.rstrip(), size, bold=run.bold) > WIDTH - MARGIN:
                    x, baseline = left, baseline + height
                if run.mark is not None:
                    top = baseline - round(size * 0.98)
                    cv2.rectangle(self.canvas, (x - 3, top), (x + wide + 2, top + round(size * 1.34)), run.mark, -1)
                self._letters(word, x, baseline, size, run.colour, bold=run.bold)
                x += wide
        self.y = baseline + round(size * 0.4) + gap

    def row(self, cells: Sequence[str], places: Sequence[int], colours: Sequence[Colour], *, size: int = 18) -> None:
        """One line of a table, each cell at its place from the left margin."""
        for cell, place, colour in zip(cells, places, colours, strict=True):
            self._letters(cell, MARGIN + place, self.y + size, size, colour)
        self.y += round(size * 1.5)

    def pictures(
        self, pictures: Sequence[Frame], captions: Sequence[str], *, height: int = 0, frame: Colour = RULE
    ) -> None:
        """A row of pictures of one size with a line under each."""
        count = max(len(pictures), 1)
        wide = (WIDTH - 2 * MARGIN - 18 * (count - 1)) // count
        tall = height or round(wide * max((each.shape[0] / each.shape[1] for each in pictures), default=0.5))
        for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
            left = MARGIN + number * (wide + 18)
            factor = min(wide / picture.shape[1], tall / picture.shape[0])
            size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
            x = left + (wide - size[0]) // 2
            cv2.rectangle(self.canvas, (x - 4, self.y - 4), (x + size[0] + 3, self.y + size[1] + 3), frame, -1)
            self.canvas[self.y : self.y + size[1], x : x + size[0]] = small
            if caption:
                self._letters(caption, x, self.y + size[1] + 26, 18, FAINT)
        self.y += tall + (46 if any(captions) else 18)

    def timelines(self, lanes: Sequence[Lane]) -> None:
        """Two or more files' time, each to its own length, and what corresponds between neighbours."""
        left, right = MARGIN + 210, WIDTH - MARGIN - 10
        spans: list[tuple[int, int, int]] = []
        for lane in lanes:
            top = self.y + 26

            def at(time: float, seconds: float = lane.seconds) -> int:
                return left + round((right - left) * min(max(time / max(seconds, 1e-6), 0), 1))

            self._letters(self._fitted(lane.label, 206, 20), MARGIN, top + 22, 20, INK, bold=True)
            cv2.rectangle(self.canvas, (left, top), (right, top + 30), SHEET, -1)
            if lane.found is not None:
                a, b = at(lane.found.start), at(lane.found.end)
                cv2.rectangle(self.canvas, (a, top), (b, top + 30), lane.colour, -1)
                spans.append((a, b, top))
                words = f"{lane.found.start:.2f} to {lane.found.end:.2f} s"
                inside = self.width(words, 18, bold=True) < b - a - 12
                self._letters(
                    words,
                    a + 8 if inside else b + 8,
                    top + 22,
                    18,
                    (255, 255, 255) if inside else lane.colour,
                    bold=True,
                )
            cv2.rectangle(self.canvas, (left, top), (right, top + 30), RULE, 1)
            if lane.expected is not None:
                a, b = at(lane.expected.start), at(lane.expected.end)
                for x in (a, b):
                    cv2.line(self.canvas, (x, top - 8), (x, top + 38), INK, 2)
                self._letters(
                    f"put there: {lane.expected.start:.2f} to {lane.expected.end:.2f} s", a + 6, top - 6, 15, INK
                )
            step = 1 if lane.seconds <= 20 else 5 if lane.seconds <= 100 else 60
            for second in range(0, int(lane.seconds) + 1, step):
                cv2.line(self.canvas, (at(second), top + 30), (at(second), top + 35), FAINT, 1)
            self._letters(f"{lane.seconds:.1f} s", right - 50, top + 52, 15, FAINT)
            self.y += 92
        for (a, b, top), (c, d, under) in pairwise(spans):
            for x, z in ((a, c), (b, d)):
                cv2.line(self.canvas, (x, top + 31), (z, under - 1), RED, 1, cv2.LINE_AA)

    def rule(self) -> None:
        """A line across."""
        cv2.line(self.canvas, (MARGIN, self.y + 2), (WIDTH - MARGIN, self.y + 2), RULE, 2)
        self.y += 20

    def save(self, path: Path) -> Path:
        """Writes a PNG."""
        return write_picture(path, self.canvas[: min(self.y + MARGIN // 2, _TALLEST)])

    def _fitted(self, text: str, room: int, size: int) -> str:
        short = text
        while short and self.width(short, size, bold=True) > room:
            short = f"{short.rstrip('…')[:-1].rstrip()}…" if len(short) > 2 else ""
        return short

    def _letters(self, text: str, x: int, y: int, size: int, colour: Colour, *, bold: bool = False) -> None:
        weight = _BOLD if bold else _PLAIN
        # OpenCV fills with the channels as given, so RGB stays RGB.
        cv2.putText(
            self.canvas, text, (x, y), colour, self._face, size, weight, cv2.PUT_TEXT_ALIGN_LEFT, (0, 10 * WIDTH)
        )


def _words(text: str) -> list[str]:
    """Words with the spaces after them, so that they join up to the text again."""
    words: list[str] = []
    for letter in text:
        if words and (letter == " " or not words[-1].endswith(" ")):
            words[-1] += letter
        else:
            words.append(letter)
    return words


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[Run]:
    """A text as runs with the given stretches of characters marked."""
    runs: list[Run] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if end <= start:
            continue
        runs.append(Run(text[at:start]))
        runs.append(Run(text[start:end], RED, True, MARK))
        at = end
    runs.append(Run(text[at:]))
    return [run for run in runs if run.text]
