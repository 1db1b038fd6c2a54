"""Renders the shots of a plan one after another into the encoder; the sound is made from what happened in the
picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from faircut.domain import Asset, GenerationRequest
from faircut.engines.previz.actors import event
from faircut.engines.previz.cuts import FPS, SAMPLES_PER_FRAME
from faircut.engines.previz.encode import FilmWriter
from faircut.engines.previz.layers import Picture
from faircut.engines.previz.palette import palette_for
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.plate_shot import PlateShot
from faircut.engines.previz.plates import cutout, load_image, probe_clip
from faircut.engines.previz.relight import MASK_UNIT, flare, light_mask
from faircut.engines.previz.scene_shot import SceneShot
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.slate import Marks
from faircut.engines.previz.soundtrack import ClipSound, SoundPlan, make_soundtrack, probe_sound
from faircut.engines.previz.weather import Weather
from faircut.protocols import Progress


class Finish:
    """What lies over every frame of a shot: light from one side, vignette, weather, lettering; and the way to I420."""

    def __init__(self, plan: ShotPlan, size: tuple[int, int], seed: int, horizon: float) -> None:
        width, height = size
        palette = palette_for(plan.lighting, plan.physics, plan.place)
        side = plan.lighting.side or "left"
        strength = (0.34 if plan.beats else 0.20) if plan.side_commanded else 0.06
        vignette = 0.34 if palette.name in ("night", "dusk") else 0.24
        self._mask = light_mask(width, height, side, strength, vignette)
        wash = {"golden": 0.24, "dawn": 0.14}.get(plan.lighting.time or "", 0.0) * (1.0 if plan.side_commanded else 0.5)
        self._flare = flare(width, height, side, palette.disc, wash)
        self._weather = Weather(plan.physics, palette, width, height, horizon, (seed, plan.index))
        self._marks = Marks(width, height, plan.index + 1, plan.camera.title)
        self._size = size
        rng = generator("lightning", seed, plan.index)
        self.flashes = sorted(rng.uniform(0.15, 0.85, 2) * plan.frames / FPS) if plan.physics.thunder else []

    def __call__(self, frame: Picture, index: int, pan: tuple[float, float]) -> Picture:
        """(h * 3 / 2, w) I420 of a finished frame."""
        if self._flare is not None:
            cv2.add(frame, self._flare, frame)
        self._marks.draw(frame)
        planes: Picture = cv2.cvtColor(frame, cv2.COLOR_BGRA2YUV_I420)
        height = self._size[1]
        luma = planes[:height]
        cv2.multiply(luma, self._mask, luma, 1 / MASK_UNIT)
        seconds = index / FPS
        self._weather.draw(luma, seconds, pan, 1.0)
        for flash in self.flashes:
            since = seconds - flash
            if 0 <= since < 0.30:
                light = np.full_like(luma, int(72 * (1 - since / 0.30) * (1.0 if int(since * 24) != 2 else 0.4)))
                cv2.add(luma, light, luma)
        return planes


def render_film(
    request: GenerationRequest,
    plans: tuple[ShotPlan, ...],
    size: tuple[int, int],
    path: Path,
    comment: str,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Writes the whole film to ``path``; returns its events. Raises EngineInputUnreadable, and whatever ``progress``
    raises."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return _render(request, plans, size, path, comment, progress)
    finally:
        cv2.setNumThreads(threads)


def _render(
    request: GenerationRequest,
    plans: tuple[ShotPlan, ...],
    size: tuple[int, int],
    path: Path,
    comment: str,
    progress: Progress,
) -> list[dict[str, Any]]:
    files = {asset.label: asset for asset in request.files}
    progress(0.0, "checking the files")
    _check(request)
    events: list[dict[str, Any]] = []
    clips: list[ClipSound] = []
    reels: dict[str, float] = {}
    total = plans[-1].end
    with FilmWriter(path, *size, sound=request.audio, comment=comment) as film:
        for plan in plans:
            shot = _shot(plan, size, request.seed, files, reels, progress, plan.start / total * 0.94)
            finish = Finish(plan, size, request.seed, shot.view.cy)
            events += [
                *shot.events(),
                {"t": 0.0, "event": "measures", "shot": plan.index + 1, "measures": shot.measures()},
            ]
            events += [event(plan, float(flash), "lightning") for flash in finish.flashes]
            if isinstance(shot, PlateShot):
                clips += [
                    ClipSound(label, plan.first + beat.start, plan.first + beat.end, start, rate)
                    for label, beat, start, rate in shot.clip_uses()
                ]
            for index in range(plan.frames):
                film.picture(finish(shot.frame(index), index, shot.pan(index)))
                if index % 4 == 0:
                    done = (plan.start + index) / total
                    progress(
                        done * 0.94, f"shot {plan.index + 1} of {len(plans)}: frame {plan.start + index + 1} of {total}"
                    )
            # The next shot is painted before its name is bound: two shots must not be held at a time.
            del shot, finish
        if request.audio:
            progress(0.94, "making the sound")
            sounds = SoundPlan(plans, files, tuple(events), tuple(clips), request.seed)
            track = make_soundtrack(
                sounds, total * SAMPLES_PER_FRAME, lambda share, word: progress(0.94 + 0.04 * share, word)
            )
            film.sound(track)
        progress(0.985, "closing the file")
        film.finish()
    return events


def _check(request: GenerationRequest) -> None:
    """Opens every file, so that a broken one is named before anything is drawn."""
    for asset in request.images:
        load_image(asset)
    for asset in request.clips:
        probe_clip(asset)
    for asset in request.sounds:
        probe_sound(asset)


def _shot(
    plan: ShotPlan,
    size: tuple[int, int],
    seed: int,
    files: dict[str, Asset],
    reels: dict[str, float],
    progress: Progress,
    share: float,
) -> SceneShot | PlateShot:
    cutouts = {label: cutout(load_image(files[label])) for label in plan.cutouts}
    if plan.beats:
        return PlateShot(plan, size, seed, files, reels, list(cutouts.values()), progress, share)
    return SceneShot(plan, size, seed, cutouts, progress, share)
