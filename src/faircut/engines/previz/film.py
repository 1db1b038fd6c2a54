"""Renders the shots of a plan one after another into the encoder; the sound is made from what happened in the
picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2

from faircut.domain import Asset, GenerationRequest
from faircut.engines.previz.actors import event
from faircut.engines.previz.clip_motion import clip_motion
from faircut.engines.previz.cuts import SAMPLES_PER_FRAME
from faircut.engines.previz.encode import FilmWriter
from faircut.engines.previz.finish import Finish
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.plate_shot import PlateShot
from faircut.engines.previz.plates import cutout, load_image, probe_clip
from faircut.engines.previz.scene_shot import SceneShot
from faircut.engines.previz.soundtrack import ClipSound, SoundPlan, make_soundtrack, probe_sound
from faircut.engines.previz.transitions import Joiner
from faircut.protocols import Progress


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
    total, written = plans[-1].end, 0
    joiner = Joiner(plans)
    with FilmWriter(path, *size, sound=request.audio, comment=comment) as film:
        for plan in plans:
            shot = _shot(plan, size, request.seed, files, reels, progress, written / total * 0.94)
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
                ready = joiner.take(plan.index, index, finish(shot.frame(index), index, shot.pan(index)))
                if ready is not None:
                    film.picture(ready)
                    written += 1
                if index % 4 == 0:
                    words = f"shot {plan.index + 1} of {len(plans)}: frame {written} of {total}"
                    progress(written / total * 0.94, words)
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
    motion = clip_motion(files[plan.camera.motion_from], plan.frames) if plan.camera.motion_from in files else None
    if plan.beats:
        return PlateShot(plan, size, seed, files, reels, list(cutouts.values()), progress, share, motion)
    return SceneShot(plan, size, seed, cutouts, progress, share, motion)
