"""How exactly the previz engine does what its directives say, measured in the films that it writes."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.harness import Row, Series
from benchmarks.previz_chart import draw
from benchmarks.previz_control import (
    CARRIES,
    TURNS,
    Reading,
    frames_of,
    in_scene,
    move_shot,
    on_plate,
    plate_lens,
    standee,
    texture,
)
from benchmarks.previz_measures import (
    Frame,
    acceleration,
    drift,
    lowest_and_middle,
    luminance,
    psnr,
    slopes,
)
from faircut.directives import Camera, Drop, Lighting, Move, MoveKind, Physics, Side
from faircut.domain import Asset, GenerationRequest, MediaKind, Shot, Size
from faircut.engines.previz import PrevizEngine
from faircut.engines.previz.beats import onsets
from faircut.protocols import EngineJob, no_progress

TITLE = "The previz engine: directives"
METHOD = """\
Short shots with one typed directive each, rendered at 854x480, coded, decoded again, and measured from the frames
alone. Moves over an image that fills the frame: SIFT features of the first and the last frame, a homography by RANSAC
for turns; points in the middle followed by optical flow for moves that carry the camera; for orbits the rotation
between views by the essential matrix, which knows nothing of the depth that the engine gave the image. Moves in a drawn
scene: a textured figure found by its features, and the background behind it. Falls: a parabola through the centre of a
red ball. A dot in the wrong direction would be more than 100 % off.

![How far each directive was off, one row of dots a kind](images/previz-directing.svg)"""
CHART = Path(__file__).parents[1] / "docs" / "images" / "previz-directing.svg"
LIMIT, FALL_LIMIT = 0.05, 0.02
AMOUNTS: Mapping[MoveKind, Sequence[float]] = {
    MoveKind.PAN: (-0.5, -0.25, -0.08, 0.05, 0.15, 0.4),
    MoveKind.TILT: (-0.5, -0.25, -0.08, 0.05, 0.15, 0.4),
    MoveKind.ROLL: (-20.0, -8.0, -3.0, 2.0, 10.0, 17.0),
    MoveKind.ZOOM: (-2.0, -1.3, -1.1, 1.15, 1.6, 2.2),
    MoveKind.DOLLY: (-0.45, -0.2, -0.08, 0.1, 0.28, 0.45),
    MoveKind.TRUCK: (-0.45, -0.2, -0.08, 0.06, 0.15, 0.3),
    MoveKind.CRANE: (-0.4, -0.2, -0.08, 0.06, 0.15, 0.3),
    MoveKind.ORBIT: (-35.0, -18.0, -6.0, 4.0, 12.0, 25.0),
}
STILL = Camera((Move(MoveKind.STATIC),))


class Film:
    """A film as a player sees it: frames, sound, and the timeline that the engine wrote."""

    def __init__(self, folder: Path, shots: Sequence[Shot], **options: Any) -> None:
        request = GenerationRequest(tuple(shots), size=Size.P480, seed=3, **({"duration": 4} | options))
        job = EngineJob(request, folder / "film.mp4", folder / "work")
        self.timeline = PrevizEngine().generate(job, no_progress).timeline
        self.frames: list[Frame] = []
        sound: list[Any] = []
        with av.open(str(job.output)) as container:
            for frame in container.decode():
                if isinstance(frame, av.VideoFrame):
                    self.frames.append(frame.to_ndarray(format="bgr24"))
                elif isinstance(frame, av.AudioFrame):
                    sound.append(frame.to_ndarray().mean(0))
        self.sound = np.concatenate(sound) if sound else np.zeros(0, np.float32)

    def shots(self) -> list[Sequence[Frame]]:
        """The frames of each shot."""
        return [frames_of(self.frames, entry) for entry in self.entries("shot")]

    def entries(self, event: str) -> list[Mapping[str, Any]]:
        """What the timeline says of one kind of event."""
        return [entry for entry in self.timeline if entry["event"] == event]


def image(folder: Path, label: str, picture: Frame) -> Asset:
    """A picture as a file of a request."""
    path = folder / f"{label}.png"
    cv2.imwrite(str(path), picture)
    return Asset(label, MediaKind.IMAGE, "0" * 64, path.stat().st_size, path=path)


def moves(folder: Path) -> dict[str, list[Reading]]:
    """Every kind of move by every amount, over an image and in a scene."""
    plate, figure = image(folder, "Image 1", texture(5)), standee(9)
    cutout = image(folder, "Image 2", figure)
    found: dict[str, list[Reading]] = {}
    all_moves = [(kind, amount) for kind, amounts in AMOUNTS.items() for amount in amounts]
    turns = [each for each in all_moves if each[0] in TURNS]
    carries = [each for each in all_moves if each[0] in CARRIES]
    # Optical flow needs small steps, so what is followed by it moves at half the pace.
    for batch, seconds in [(each, 1 / 3) for each in _batches(turns)] + [(each, 2 / 3) for each in _batches(carries)]:
        shots = [move_shot("Image 1", *move, seconds, lens_mm=plate_lens(move[0])) for move in batch]
        film = Film(folder, shots, images=(plate,), audio=False, duration=max(4, round(len(shots) * seconds)))
        for frames, (kind, amount) in zip(film.shots(), batch, strict=True):
            found.setdefault(f"{kind}, image", []).append(on_plate(frames, kind, amount))
    cutout = Asset("Image 1", cutout.kind, cutout.digest, cutout.size, path=cutout.path)
    for batch in _batches(all_moves):
        words = "The figure from Image 1 stands in space"
        film = Film(folder, [move_shot(words, *move) for move in batch], images=(cutout,), audio=False)
        for frames, (kind, amount) in zip(film.shots(), batch, strict=True):
            found.setdefault(f"{kind}, scene", []).append(in_scene(frames, figure, kind, amount))
    return found


def _batches(all_moves: Sequence[tuple[MoveKind, float]]) -> list[Sequence[tuple[MoveKind, float]]]:
    """Twelve shots a film, the most that a request may have."""
    return [all_moves[at : at + 12] for at in range(0, len(all_moves), 12)]


def falls(folder: Path) -> tuple[list[Reading], list[Reading], list[float]]:
    """Accelerations, rebound heights, and how far (in frames) impacts are heard from where they are seen."""
    cases = [(9.81, 2.0, 0.8), (9.81, 0.5, 0.5), (1.62, 0.8, 0.6), (3.71, 1.0, 0.7), (25.0, 2.0, 0.85)]
    accelerations, rebounds, apart = [], [], []
    for gravity, height, restitution in cases:
        physics = Physics(gravity, 0.0, drop=Drop("red rubber ball", height, restitution, 2))
        film = Film(folder, [Shot("in a studio, no music", None, STILL, physics=physics)])
        (shot,) = film.entries("shot")
        scale = float(shot["camera"]["pixels_per_metre"])
        rows = np.array([lowest_and_middle(frame) for frame in film.frames])
        # Where it is seen to hit: the rows turn from down to up.
        turns = [n for n in range(1, 95) if rows[n, 1] >= rows[n - 1, 1] + 1 and rows[n, 1] > rows[n + 1, 1] + 0.5]
        first = turns[0]
        start = max(n for n in range(first) if rows[n, 1] - rows[0, 1] < 0.004 * 480)
        accelerations.append(
            Reading(f"{gravity:g} m/s²", gravity, acceleration(list(rows[start + 2 : first, 1])) / scale)
        )
        floor = rows[first - 1 : first + 2, 0].max()
        if len(turns) > 1:
            back = (floor - rows[first : turns[1], 0].min()) / scale
            rebounds.append(Reading(f"{restitution:g}", height * restitution**2, back))
        heard = onsets(film.sound)
        apart += [min(abs(frame - 24 * at) for at in heard) for frame in turns[:2]]
    return accelerations, rebounds, apart


def light(folder: Path) -> tuple[list[bool], list[Reading]]:
    """Whether light comes from the side that is said, and exposures as factors on luminance."""
    grey = image(folder, "Image 1", np.full((720, 1280, 3), 90, np.uint8))
    sides = {Side.LEFT: (0, -1), Side.RIGHT: (0, 1), Side.ABOVE: (1, 1), Side.BELOW: (1, -1)}
    strengths = (0.25, 0.5, 0.75, 1.5, 2.0)
    lights = [Lighting(), *(Lighting(side=side) for side in sides), *(Lighting(intensity=each) for each in strengths)]
    shots = [Shot("Image 1", 0.4, STILL, each, Physics(wind=0.0)) for each in lights]
    seen = [frames[4] for frames in Film(folder, shots, images=(grey,), audio=False).shots()]
    right = [
        slopes(frame)[axis] * sign > 0.1 and abs(slopes(frame)[1 - axis]) < 0.05
        for frame, (axis, sign) in zip(seen[1:5], sides.values(), strict=True)
    ]
    plain = luminance(seen[0]).mean()
    return right, [
        Reading(f"{each:g}", each, float(luminance(frame).mean() / plain))
        for each, frame in zip(strengths, seen[5:], strict=True)
    ]


def weather(folder: Path) -> tuple[list[bool], list[bool]]:
    """Whether rain, snow and dust grow from step to step, and whether snow and dust go where the wind goes."""
    grey = image(folder, "Image 1", np.full((720, 1280, 3), 110, np.uint8))
    grows, goes = [], []
    for kind in ("rain", "snow", "dust"):
        clear = Physics(wind=8.0, rain=0.0, snow=0.0, dust=0.0)
        steps = [replace(clear, **{kind: share}) for share in (0.15, 0.3, 0.5, 0.75, 1.0)]  # type: ignore[arg-type]
        back = replace(clear, wind=-8.0, **{kind: 1.0})  # type: ignore[arg-type]
        shots = [Shot("Image 1", 0.6, STILL, physics=each) for each in [*steps, back]]
        found = [drift(frames) for frames in Film(folder, shots, images=(grey,), audio=False).shots()]
        grows += [bool(after[2] > before[2]) for before, after in itertools.pairwise(found[:5])]
        if kind != "rain":
            goes += [bool(found[4][0] > 1), bool(found[5][0] < -1)]
    return grows, goes


def ends(folder: Path) -> list[float]:
    """How well first and last frames meet their images, in decibels."""
    levels = []
    for seed in (21, 22, 23):
        pictures = [texture(seed), texture(seed + 10)]
        images = tuple(image(folder, f"Image {n}", each) for n, each in enumerate(pictures, 1))
        film = Film(
            folder,
            [Shot("It snows at dusk, light from the left")],
            images=images,
            audio=False,
            first_frame="Image 1",
            last_frame="Image 2",
        )
        wanted = [cv2.resize(each, (854, 480), interpolation=cv2.INTER_AREA) for each in pictures]
        levels += [psnr(film.frames[0], wanted[0]), psnr(film.frames[-1], wanted[1])]
    return levels


def _row(what: str, readings: Sequence[Reading], limit: float) -> Row:
    errors = Series([100 * each.error for each in readings])
    worst = max(readings, key=lambda each: each.error)
    return Row(
        f"{what}: error",
        errors.text(" %"),
        target=f"at most {100 * limit:g} %",
        met=worst.error <= limit,
        n=str(len(readings)),
        note=f"worst: {worst.what}, measured {worst.measured:.4g} for {worst.commanded:.4g}",
    )


def _yes(what: str, found: Sequence[bool]) -> Row:
    return Row(what, f"{sum(found)} of {len(found)}", target="all", met=bool(all(found)), n=str(len(found)))


def run() -> list[Row]:
    """The rows of this part; draws the chart."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with TemporaryDirectory() as name:
            folder = Path(name)
            moved, (fallen, rebounds, apart) = moves(folder), falls(folder)
            (sides, exposures), (grows, goes), met = light(folder), weather(folder), ends(folder)
    finally:
        cv2.setNumThreads(threads)
    signed = {
        kind: [float(each.measured / each.commanded - 1) for each in readings] for kind, readings in moved.items()
    }
    signed["free fall"] = [each.measured / each.commanded - 1 for each in fallen]
    CHART.write_text(draw(signed, LIMIT), encoding="utf-8")
    heard, levels = Series(apart), Series(met)
    return [
        *(_row(kind, readings, LIMIT) for kind, readings in moved.items()),
        _row("free fall, Earth, Moon, Mars and others", fallen, FALL_LIMIT),
        _row("height of the first rebound", rebounds, LIMIT),
        Row(
            "impact heard away from where it is seen, frames",
            heard.text(),
            target="at most 1",
            met=bool(max(apart) <= 1),
            n=str(len(apart)),
        ),
        _yes("light from the side that is said", sides),
        _row("exposure, as a factor on luminance", exposures, 0.1),
        _yes("rain, snow and dust grow with their strength", grows),
        _yes("snow and dust go with the wind", goes),
        Row(
            "first and last frame against their images, dB",
            levels.text(),
            "at least 30",
            bool(min(met) >= 30),
            str(len(met)),
        ),
    ]


if __name__ == "__main__":
    for row in run():
        sys.stdout.write(f"{row.what}: {row.result} {row.target} {row.met} ({row.note})\n")
