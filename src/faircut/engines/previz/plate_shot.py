"""Renders a shot made of the user's images and clips, one after another, under a moving camera and a light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from faircut.domain import Asset
from faircut.engines.previz.camera_path import Path, camera_measures
from faircut.engines.previz.compose import plate_view
from faircut.engines.previz.cuts import FPS
from faircut.engines.previz.geometry import INFINITY, homography
from faircut.engines.previz.layers import Picture
from faircut.engines.previz.palette import palette_for
from faircut.engines.previz.plan import Beat, ShotPlan
from faircut.engines.previz.plates import PlateMapper, bars, clip_frames, inverse_depth, load_image, probe_clip, spread
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

    def __init__(self, shot: PlateShot, asset: Asset, beat: Beat, reels: dict[str, float]) -> None:
        self.beat = beat
        frames = shot.plan.frames
        self.reel: ClipReel | None = None
        picture: Picture
        if asset.label.startswith("Video"):
            info = probe_clip(asset)
            seconds = (beat.end - beat.start) / FPS
            start = reels.get(asset.label, 0.0)
            if info.seconds - start < seconds * shot.plan.speed:
                start = 0.0
            rate = shot.plan.speed if shot.plan.speed != 1.0 else max(0.5, min(1.0, info.seconds / seconds))
            reels[asset.label] = start + seconds * rate
            self.start, self.rate = start, rate
            self.reel = ClipReel(asset, start, rate, round(shot.view.height * 1.6))
            self._inner = bars(self.reel.at(0.0))
            picture = self.live(0)
            inverse = 1.0 + (inverse_depth(picture) - 1.0) * 0.5
        else:
            picture = self._flat(load_image(asset))
            left, top, right, bottom = bars(picture)
            picture = np.ascontiguousarray(picture[top:bottom, left:right])
            inverse = inverse_depth(picture)
        self.mapper = PlateMapper(shot.view, shot.path, frames, (picture.shape[1], picture.shape[0]), inverse)
        self.picture = picture
        if self.reel is None:
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
    ) -> None:
        self.plan = plan
        self.view = plate_view(*size)
        self.path = Path(plan.camera, self.view, plan.frames, (seed, plan.index))
        self.palette = palette_for(plan.lighting, plan.physics, plan.place)
        self.grade = Grade(plan.lighting)
        self.relit = plan.side_commanded or plan.lighting.time is not None
        self._files, self._reels = files, reels
        progress(share, f"shot {plan.index + 1}: reading {', '.join(beat.label for beat in plan.beats)}")
        # All files are opened before the first frame, so that a broken one is refused before time is spent.
        self._plates = [_Plate(self, files[beat.label], beat, reels) for beat in plan.beats]
        self._map: tuple[bytes, int, Any] | None = None
        self._actors = cutout_actors(plan, self.view, self.palette, cutouts, 1.3, crowded=False)
        if plan.physics.drop is not None:
            visible = self.view.height / self.view.pixels_per_metre
            self._actors.append(
                faller(plan, visible, seed, self.view.pixels_per_metre, self.palette, self.view.subject_m)
            )

    def clip_uses(self) -> list[tuple[str, Beat, float, float]]:
        """(label, beat, start in the clip, rate) of every clip in this shot, for its sound."""
        return [
            (plate.beat.label, plate.beat, plate.start, plate.rate) for plate in self._plates if plate.reel is not None
        ]

    def frame(self, index: int) -> Picture:
        """(h, w, 4) BGRA of a frame of this shot."""
        number = next(n for n, plate in enumerate(self._plates) if plate.beat.start <= index < plate.beat.end)
        plate = self._plates[number]
        pose = self.path.pose(index)
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
        for actor in self._actors:
            actor.paint(frame, self.view, pose, index / FPS, self.plan.frames / FPS)
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
