"""Renders a shot made of the user's images and clips, one after another, under a moving camera and a light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from faircut.domain import Asset
from faircut.engines.previz.bridge import Bridge
from faircut.engines.previz.camera_path import Anchor, Motion, Path, camera_measures
from faircut.engines.previz.compose import lens_factor, plate_view
from faircut.engines.previz.cuts import FPS, ease
from faircut.engines.previz.geometry import INFINITY, homography
from faircut.engines.previz.layers import Picture
from faircut.engines.previz.palette import palette_for
from faircut.engines.previz.plan import Beat, ShotPlan
from faircut.engines.previz.plates import (
    PlateMapper,
    bars,
    clip_frames,
    filling,
    inverse_depth,
    load_image,
    probe_clip,
    spread,
    through_lens,
)
from faircut.engines.previz.relight import Grade, relief
from faircut.engines.previz.scene_shot import cutout_actors, fall_events, faller, far_motion
from faircut.protocols import Progress

_NO_MAP: Any = None  # OpenCV takes None here; its stubs do not say so.


class ClipReel:
    """Frames of a clip at the film's rate: retimed, started where an earlier shot left off, looped when it runs out."""

    def __init__(self, asset: Asset, start: float, rate: float, max_height: int) -> None:
        self.rate = rate
        self._frames: Iterator[tuple[float, Picture]] = clip_frames(asset, start, max_height)
        self._held: Picture | None = None
        self._next: tuple[float, Picture] | None = next(self._frames, None)
        self.size = (self._next[1].shape[1], self._next[1].shape[0]) if self._next else (2, 2)

    def at(self, seconds: float) -> Picture:
        """(h, w, 3) BGR of the last frame at or before ``seconds`` of the shot; call with growing times."""
        while self._next is not None and (self._held is None or self._next[0] <= seconds * self.rate + 1e-4):
            self._held = self._next[1]
            self._next = next(self._frames, None)
        if self._held is None:
            raise ValueError("a clip without frames passed its probe")
        return self._held


class _Plate:
    """What is on screen during one beat."""

    def __init__(self, shot: PlateShot, asset: Asset, beat: Beat, reels: dict[str, float], path: Path) -> None:
        self.beat, self.path = beat, path
        frames = shot.plan.frames
        self.reel: ClipReel | None = None
        self.still: Picture | None = None
        picture: Picture
        if asset.label.startswith("Video"):
            self._open_clip(shot, asset, reels)
            picture = self.live(0)
            inverse = inverse_depth(picture)
            inverse = 1.0 + (inverse - 1.0) * 0.5
        else:
            picture = self._flat(load_image(asset))
            if not shot.exact:
                left, top, right, bottom = bars(picture)
                picture = np.ascontiguousarray(picture[top:bottom, left:right])
            inverse = inverse_depth(picture)
        inverse = through_lens(inverse, shot.lens)
        size = (picture.shape[1], picture.shape[0])
        self.mapper = PlateMapper(shot.view, path, frames, size, inverse, exact=shot.exact)
        self.picture = picture
        if self.reel is None:
            if shot.exact:
                self.still = filling(picture, shot.view.width, shot.view.height)
            shrink = self.mapper.pixels_for(1.0)
            self.factor = shrink if shrink < 0.85 else 1.0
            if self.factor < 1.0:
                self.picture = cv2.resize(picture, None, fx=self.factor, fy=self.factor, interpolation=cv2.INTER_AREA)
            if shot.relit:
                self.picture = relief(self.picture, shot.palette.direction, 0.36)
            self.picture = shot.grade.apply(self.picture)
            self.picture = cv2.cvtColor(self.picture, cv2.COLOR_BGR2BGRA)
        else:
            self.factor = 1.0

    def _open_clip(self, shot: PlateShot, asset: Asset, reels: dict[str, float]) -> None:
        """Where the clip starts and how fast it runs: as placed, or on from where an earlier shot left it."""
        beat, info = self.beat, probe_clip(asset)
        seconds = (beat.end - beat.start) / FPS
        if beat.offset is not None:
            start = min(beat.offset, max(0.0, info.seconds - 1 / FPS))
            rate = beat.speed or 1.0
        else:
            start = reels.get(asset.label, 0.0)
            if info.seconds - start < seconds * shot.plan.speed:
                start = 0.0
            rate = shot.plan.speed if shot.plan.speed != 1.0 else max(0.5, min(1.0, info.seconds / seconds))
        reels[asset.label] = start + seconds * rate
        self.start, self.rate = start, rate
        self.reel = ClipReel(asset, start, rate, round(shot.view.height * 1.6))
        self._inner = bars(self.reel.at(0.0))

    def live(self, index: int) -> Picture:
        """(h, w, 3) BGR of a clip at a frame of its beat, without black bars."""
        if self.reel is None:
            return self.picture
        left, top, right, bottom = self._inner
        picture = self.reel.at(index / FPS)
        # A stream may change size on the way; the map was made for the first frame.
        if (picture.shape[1], picture.shape[0]) != self.reel.size:
            picture = cv2.resize(picture, self.reel.size, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(picture[top:bottom, left:right])

    @staticmethod
    def _flat(picture: Picture) -> Picture:
        """BGR; transparency is laid over a soft grey."""
        if (picture[..., 3] == 255).all():
            return np.ascontiguousarray(picture[..., :3])
        alpha = picture[..., 3:].astype(np.float32) / 255
        flat: Picture = (picture[..., :3] * alpha + 196 * (1 - alpha)).astype(np.uint8)
        return flat


class PlateShot:
    """One shot over the user's files."""

    def __init__(
        self,
        plan: ShotPlan,
        size: tuple[int, int],
        seed: int,
        files: dict[str, Asset],
        reels: dict[str, float],
        cutouts: list[Picture],
        progress: Progress,
        share: float,
        motion: Motion | None = None,
    ) -> None:
        self.plan = plan
        self.view = plate_view(*size)
        self.lens = lens_factor(plan, *size)
        self.exact = plan.opens or plan.closes
        self.path = Path(
            plan.camera,
            self.view,
            plan.frames,
            (seed, plan.index),
            anchor=Anchor.FIRST if plan.opens else Anchor.LAST if plan.closes else Anchor.MIDDLE,
            motion=motion,
        )
        self.palette = palette_for(plan.lighting, plan.physics, plan.place)
        self.grade = Grade(plan.lighting)
        self.relit = plan.side_commanded or plan.lighting.time is not None
        progress(share, f"shot {plan.index + 1}: reading {', '.join(beat.label for beat in plan.beats)}")
        # All files are opened before the first frame, so that a broken one is refused before time is spent.
        self._plates = [_Plate(self, files[beat.label], beat, reels, self._path(beat)) for beat in plan.beats]
        self._bridge = Bridge.between(self._plates[0].still, self._plates[-1].still) if self._pair else None
        self._graded = [
            filling(cv2.cvtColor(plate.picture, cv2.COLOR_BGRA2BGR), *size)
            for plate in (self._plates[0], self._plates[-1])
            if self._bridge is not None
        ]
        self._map: tuple[bytes, int, Any] | None = None
        self._actors = cutout_actors(plan, self.view, self.palette, cutouts, 1.3, crowded=False)
        if plan.physics.drop is not None:
            visible = self.view.height / self.view.pixels_per_metre
            self._actors.append(
                faller(plan, visible, seed, self.view.pixels_per_metre, self.palette, self.view.subject_m)
            )

    @property
    def _pair(self) -> bool:
        """Whether the shot leads from one image, met to the pixel, to another."""
        return self.plan.opens and self.plan.closes and len(self.plan.beats) > 1

    def _path(self, beat: Beat) -> Path:
        if not self._pair or beat is self.plan.beats[0]:
            return self.path
        return self.path.anchored(Anchor.LAST)

    def clip_uses(self) -> list[tuple[str, Beat, float, float]]:
        """(label, beat, start in the clip, rate) of every clip in this shot, for its sound."""
        return [
            (plate.beat.label, plate.beat, plate.start, plate.rate) for plate in self._plates if plate.reel is not None
        ]

    def frame(self, index: int) -> Picture:
        """(h, w, 4) BGRA of a frame of this shot."""
        frame = self._pictured(index)
        for actor in self._actors:
            actor.paint(frame, self.view, self.path.pose(index), index / FPS, self.plan.frames / FPS)
        share = self.plan.built_up(index)
        if share < 1:
            nearer = self._plates[0 if self.plan.opens and index < self.plan.frames / 2 else -1].still
            if nearer is not None:
                frame = cv2.addWeighted(frame, share, cv2.cvtColor(nearer, cv2.COLOR_BGR2BGRA), 1 - share, 0)
        return frame

    def _pictured(self, index: int) -> Picture:
        if not self._pair:
            number = next(n for n, plate in enumerate(self._plates) if plate.beat.start <= index < plate.beat.end)
            return self._plate(number, index)
        share = ease((index / max(self.plan.frames - 1, 1) - 0.2) / 0.6)
        if self._bridge is not None:
            first, last = self._graded
            way = ease(index / max(self.plan.frames - 1, 1))
            return cv2.cvtColor(self._bridge.at(first, last, way, share), cv2.COLOR_BGR2BGRA)
        if share <= 0 or share >= 1:
            return self._plate(0 if share <= 0 else len(self._plates) - 1, index)
        mixed: Picture = cv2.addWeighted(
            self._plate(0, index), 1 - share, self._plate(len(self._plates) - 1, index), share, 0
        )
        return mixed

    def _plate(self, number: int, index: int) -> Picture:
        """One plate as the camera sees it at a frame."""
        plate = self._plates[number]
        pose = plate.path.pose(index)
        key = pose.key()
        if self._map is None or self._map[0] != key or self._map[1] != number:
            full = spread(plate.mapper.coordinates(pose) * np.float32(plate.factor), self.view.width, self.view.height)
            self._map = (key, number, cv2.convertMaps(full, _NO_MAP, cv2.CV_16SC2))
        first, second = self._map[2]
        picture = plate.picture
        if plate.reel is not None:
            picture = cv2.cvtColor(self.grade.apply(plate.live(index - plate.beat.start)), cv2.COLOR_BGR2BGRA)
        frame: Picture = cv2.remap(picture, first, second, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        frame[..., 3] = 255
        return frame

    def pan(self, index: int) -> tuple[float, float]:
        """How far the far picture has moved at the frame's centre, in pixels."""
        return far_motion(self.view.width, self.view.height, homography(self.view, self.path.pose(index), INFINITY))

    def events(self) -> list[dict[str, Any]]:
        """Impacts, and the beats at which another file comes on."""
        found: list[dict[str, Any]] = []
        for actor in self._actors:
            if actor.fall is not None:
                found += fall_events(self.plan, actor.fall)
        for beat in self.plan.beats:
            frame = self.plan.first + beat.start
            found.append(
                {
                    "t": round(frame / FPS, 6),
                    "event": "media",
                    "shot": self.plan.index + 1,
                    "frame": frame,
                    "end_frame": self.plan.first + beat.end,
                    "media": beat.label,
                }
            )
        return found

    def measures(self) -> dict[str, Any]:
        """The commanded camera in pixels and metres."""
        return camera_measures(self.plan.camera, self.view)
