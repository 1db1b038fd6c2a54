"""An engine for the demo alone: ``demo-memoriser`` stands for a model that has memorised its training film.

It is a plugin like any other (``plugins = ["faircut.demo.memoriser"]``). Asked for anything, it begins with a picture
of its own, slips into a stretch of the film that it was "trained" on, softened and retouched as a model would leave
it, and comes back. Faircut knows nothing of this: what is caught is caught by looking at the output.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from faircut.demo import films, music, video
from faircut.demo.paper import Frame
from faircut.domain import EngineResult, Segment
from faircut.engines import frame_size
from faircut.errors import EngineError
from faircut.hookspecs import hookimpl
from faircut.protocols import Engine, EngineJob, Progress

NAME = "demo-memoriser"
TRAINING = "demo-memoriser.json"
"""In the data folder: ``{"film": path, "start": seconds, "seconds": seconds}``, what the "model" has memorised."""

LEAD = 1.5
_FPS = 24


def train(home: Path, film: Path, stretch: Segment) -> None:
    """Makes the engine of this data folder "memorise" a stretch of a film."""
    lesson = {"film": str(film.resolve()), "start": stretch.start, "seconds": stretch.seconds}
    (home / TRAINING).write_text(json.dumps(lesson), encoding="utf-8")


class Memoriser:
    """Replays its training film in the middle of every output, ``LEAD`` seconds after the start."""

    name = NAME
    version = "demo-memoriser-1"
    label = "demo: stands for a model that has memorised its training film"
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

    def generate(self, job: EngineJob, progress: Progress) -> EngineResult:
        """Raises EngineError when it was never trained."""
        film, stretch = _lesson(job.workdir)
        request = job.request
        width, height = frame_size(request.size, request.ratio)
        count = request.duration * _FPS
        first = round(LEAD * _FPS)
        replayed = min(round(stretch.seconds * _FPS), count - first)

        def frames() -> Iterator[Frame]:
            own = _own_picture(count, width, height, request.seed)
            times = [stretch.start + number / _FPS for number in range(replayed)]
            memory = video.frames_at(film, times, (width, height))
            for number in range(count):
                if number % _FPS == 0:
                    progress(number / count, "remembering")
                mine = next(own)
                yield _retouched(next(memory, mine)) if first <= number < first + replayed else mine

        sound = music.hill_jig(float(request.duration))
        from_film = video.sound_of(film, stretch.start, replayed / _FPS)
        start = round(first / _FPS * music.RATE)
        sound[start : start + len(from_film)] = from_film[: len(sound) - start]
        video.write_movie(
            job.output, frames(), size=(width, height), fps=_FPS, sound=sound if request.audio else None, crf=21
        )
        return EngineResult(job.output, width, height, float(_FPS), float(request.duration))


def _lesson(workdir: Path) -> tuple[Path, Segment]:
    for folder in workdir.parents:
        lesson = folder / TRAINING
        if lesson.is_file():
            data = json.loads(lesson.read_text(encoding="utf-8"))
            return Path(data["film"]), Segment(data["start"], data["start"] + data["seconds"])
    raise EngineError(
        "It has memorised nothing.", field="engine", remedy=f"Run `faircut demo`, which puts {TRAINING} in place."
    )


def _own_picture(count: int, width: int, height: int, seed: int) -> Iterator[Frame]:
    """A slow move over the lighthouse."""
    picture = video.fill(films.still(), (round(width * 1.2 / 2) * 2, round(height * 1.2 / 2) * 2))
    drift = np.random.default_rng(seed).uniform(0.2, 0.8)
    for number in range(count):
        share = number / max(count - 1, 1)
        centre = (width * (0.5 + 0.18 * share), height * (0.5 + 0.2 * drift))
        yield np.asarray(cv2.getRectSubPix(picture, (width, height), centre), np.uint8)


def _retouched(frame: Frame) -> Frame:
    """Softer, warmer and a little flatter than the film."""
    soft = cv2.GaussianBlur(frame, (0, 0), 1.1).astype(np.float32)
    warm = soft * np.array([0.98, 0.93, 0.88], np.float32) + np.array([12, 9, 6], np.float32)
    return np.asarray(np.clip(warm, 0, 255), np.uint8)


@hookimpl
def faircut_engines() -> Sequence[Engine]:
    """The demo's engine."""
    return [Memoriser()]
