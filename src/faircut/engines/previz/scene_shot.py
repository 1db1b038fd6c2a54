"""Renders a shot that is drawn: layers of scenery, actors between them, weather and light over all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from faircut.engines.previz import elsewhere, places, places_built, rooms, scenery
from faircut.engines.previz.actors import Actor, cast, direction_of, event, footfalls, lit_cutout, shadow_for
from faircut.engines.previz.camera_path import Motion, Path, camera_measures
from faircut.engines.previz.compose import scene_view
from faircut.engines.previz.cuts import FPS
from faircut.engines.previz.drawn import DRAWINGS, height_of, sprite_of
from faircut.engines.previz.geometry import INFINITY, Plane, View, homography
from faircut.engines.previz.layers import Layer, Picture, layer_from
from faircut.engines.previz.lexicon import COLOURS, Colour, singular
from faircut.engines.previz.palette import Palette, palette_for
from faircut.engines.previz.physics import Fall, fall_of
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.scenery import Stage
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.sprites import Sprite
from faircut.engines.previz.subjects import SubjectPlan
from faircut.protocols import Progress

_PLACES: dict[str, Callable[[Stage], list[Layer]]] = {
    "hills": places.hills, "mountains": places.mountains, "forest": places.forest, "desert": places.desert,
    "snow": places.snow,
    "sea": places.sea, "beach": places.beach, "sky": places.sky_only, "city": places_built.city,
    "street": places_built.street,
    "room": rooms.room, "studio": rooms.studio, "space": elsewhere.space, "moon": elsewhere.moon,
    "underwater": elsewhere.underwater,
}  # fmt: skip
_BLOOM_FROM = 176


class SceneShot:
    """One drawn shot. Scenery is painted once; each frame reprojects it and lays the actors in between."""

    def __init__(
        self,
        plan: ShotPlan,
        size: tuple[int, int],
        seed: int,
        cutouts: dict[str, Picture],
        progress: Progress,
        share: float,
        motion: Motion | None = None,
    ) -> None:
        self.plan = plan
        width, height = size
        self.palette = palette_for(plan.lighting, plan.physics, plan.place)
        self.view = scene_view(plan, width, height, len(cutouts))
        drift = self._drift(seed)
        self.path = Path(plan.camera, self.view, plan.frames, (seed, plan.index), drift, motion=motion)
        self._stage = Stage(self.view, self.path, plan.frames, self.palette, plan.physics, plan.place, seed, plan.text)
        progress(share, f"shot {plan.index + 1}: painting the {plan.place}")
        self._layers = _PLACES[plan.place](self._stage)
        if plan.physics.fog:
            self._layers += self._fog()
        progress(share, f"shot {plan.index + 1}: drawing the subjects")
        closest = self._closest()
        self.actors = cast(plan, self.view, self.palette, seed, closest)
        self.actors += cutout_actors(
            plan, self.view, self.palette, list(cutouts.values()), closest, crowded=bool(self.actors)
        )
        if plan.physics.drop is not None:
            self.actors.append(self._faller(seed, closest))
        self.actors.sort(key=lambda actor: -actor.z_m)
        self._order = self._draw_order()

    def _drift(self, seed: int) -> float:
        """Metres that the camera tracks sideways with a subject that it follows."""
        if not self.plan.camera.follow:
            return 0.0
        return direction_of(seed) * 0.5 * self.view.width / self.view.pixels_per_metre

    def _closest(self) -> float:
        poses = [self.path.pose(frame) for frame in (0, (self.plan.frames - 1) / 2, self.plan.frames - 1)]
        lens = self.view.lens
        return max(
            lens * pose.zoom / max(1 - float(pose.centre[2]) / self.view.subject_m, 0.3 * lens) for pose in poses
        )

    def _fog(self) -> list[Layer]:
        layers = []
        for index, factor in enumerate((7.0, 2.4, 0.85)):
            depth = self.view.subject_m * factor
            plane = Plane.at_depth(depth)
            speed = self.plan.physics.wind * 0.12 * self.view.subject_m * factor * 0.1
            canvas = self._stage.canvas(plane, 0.35, pad=self.view.width * 0.25)
            cloud = scenery.noise(self._stage.rng("fog", index), canvas.width, canvas.height, 3, 4, stretch=2.2)
            low = np.exp(-np.clip(canvas.ys()[:, None] - 0.02, 0, 2) * (5.0 - index))
            cover = np.clip(low * (0.75 + 0.45 * cloud), 0, 1) * self.plan.physics.fog * (0.75, 0.52, 0.18)[index]
            lamps = np.array([104, 98, 104]) * self.palette.lamps
            tone = np.maximum(self.palette.haze * 1.03, self.palette.haze * 0.5 + lamps * 0.5)
            canvas.fill(np.clip(tone, 0, 255), cover.astype(np.float32))
            layers.append(
                layer_from(canvas, plane, depth, shift_m=lambda seconds, speed=speed: (speed * (seconds - 3), 0.0, 0.0))
            )
        return layers

    def _faller(self, seed: int, closest: float) -> Actor:
        actor = faller(
            self.plan,
            self.view.height / self.view.pixels_per_metre,
            seed,
            self.view.pixels_per_metre * closest,
            self.palette,
            self.view.subject_m,
        )
        others = [each for each in self.actors if abs(each.z_m - self.view.subject_m) < self.view.subject_m * 0.3]
        if others:
            actor.x_m = (
                -others[0].x_m if abs(others[0].x_m) > 0.2 else 0.25 * self.view.width / self.view.pixels_per_metre
            )
        return actor

    @property
    def fall(self) -> Fall | None:
        """The fall of this shot, if anything falls."""
        return next((actor.fall for actor in self.actors if actor.fall is not None), None)

    def _draw_order(self) -> list[Layer | Actor]:
        """Layers and actors from back to front. Actors come after the ground that they stand on, behind what is
        nearer."""
        grounds = [number for number, layer in enumerate(self._layers) if layer.depth == 0]
        standing = max(grounds, default=-1)
        near = [layer for layer in self._layers if 0 < layer.depth < self.view.subject_m * 0.9]
        waiting = list(self.actors)
        order: list[Layer | Actor] = []
        for number, layer in enumerate(self._layers):
            if layer in near:
                continue
            if number > standing and 0 < layer.depth < math.inf:
                behind = [actor for actor in waiting if actor.z_m > layer.depth and actor.fall is None]
                order += behind
                waiting = [actor for actor in waiting if actor not in behind]
            order.append(layer)
        return [*order, *waiting, *near]

    def frame(self, index: int) -> Picture:
        """(h, w, 4) BGRA of a frame of this shot."""
        pose, seconds = self.path.pose(index), index / FPS
        frame: Picture = np.zeros((self.view.height, self.view.width, 4), np.uint8)
        for item in self._order:
            if isinstance(item, Layer):
                item.paint(frame, self.view, pose, seconds)
            else:
                item.paint(frame, self.view, pose, seconds, self.plan.frames / FPS)
        self._bloom(frame)
        return frame

    def _bloom(self, frame: Picture) -> None:
        """Lets what is very bright shine into its surroundings."""
        h, w = frame.shape[:2]
        small = cv2.resize(frame, (w // 8, h // 8), interpolation=cv2.INTER_AREA)
        bright = cv2.subtract(small, np.full_like(small, _BLOOM_FROM))
        bright[..., 3] = 0
        soft = cv2.GaussianBlur(bright, (0, 0), h / 8 * 0.035)
        cv2.add(frame, cv2.resize(cv2.convertScaleAbs(soft, alpha=0.9), (w, h), interpolation=cv2.INTER_LINEAR), frame)

    def pan(self, index: int) -> tuple[float, float]:
        """How far the far picture has moved at the frame's centre, in pixels."""
        return far_motion(self.view.width, self.view.height, homography(self.view, self.path.pose(index), INFINITY))

    def events(self) -> list[dict[str, Any]]:
        """Footsteps and impacts with their frames."""
        found = []
        seconds = self.plan.frames / FPS
        for actor in self.actors:
            if actor.fall is not None:
                found += fall_events(self.plan, actor.fall)
            feet = footfalls(actor, seconds)
            found += [
                event(self.plan, each, "footstep", weight=round(min(actor.sprite.height_m / 1.75, 2.0), 3))
                for each in feet
            ]
        return found

    def measures(self) -> dict[str, Any]:
        """What a test needs to check the camera in the picture."""
        return camera_measures(self.plan.camera, self.view)


def cutout_actors(
    plan: ShotPlan, view: View, palette: Palette, cutouts: list[Picture], closest: float, *, crowded: bool
) -> list[Actor]:
    """The user's images as figures 1.7 m tall, side by side at the subject's distance; ``crowded``: beside drawn
    subjects."""
    words = plan.text.lower()
    moving = "walk" if any(word in words for word in ("walk", "run", "cross", "stroll")) else "stand"
    floats = any(word in words for word in ("fly", "flies", "float", "hover"))
    reach = view.width / view.pixels_per_metre / 2
    actors = []
    for index, picture in enumerate(cutouts):
        shrink = min(1.0, view.pixels_per_metre * 1.7 * closest / picture.shape[0])
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else picture
        sprite = Sprite(
            (lit_cutout(small, palette),), (small.shape[1] / 2, float(small.shape[0])), float(small.shape[0]), 1.7
        )
        slot = ((index + 0.5) / len(cutouts) * 2 - 1) * 0.5 if len(cutouts) > 1 else (-0.4 if crowded else 0.0)
        speed = min(1.2, reach * 0.5 / max(plan.frames / FPS, 1)) if moving == "walk" else 0.0
        actor = Actor(
            sprite, DRAWINGS["box"], "float" if floats else moving, slot * reach, view.subject_m * (1 + 0.02 * index),
            0.5 if floats else 0.0,
            speed, 1, "air" if floats else "ground", phase=0.3 * index,
        )  # fmt: skip
        if not floats:
            actor.shadow = shadow_for(sprite, min(1.5, small.shape[1] / small.shape[0] * 0.6), palette)
        actors.append(actor)
    return actors


def far_motion(width: int, height: int, matrix: Any) -> tuple[float, float]:
    """Displacement of the frame's centre by a homography, in pixels."""
    x, y, w = matrix @ np.array([width / 2, height / 2, 1])
    return float(x / w - width / 2), float(y / w - height / 2)


def fall_events(plan: ShotPlan, fall: Fall) -> list[dict[str, Any]]:
    """One impact event for each contact of a fall."""
    what = plan.physics.drop.what if plan.physics.drop else ""
    return [event(plan, hit.seconds, "impact", what=what, speed_m_s=round(hit.speed, 4)) for hit in fall.contacts]


def faller(plan: ShotPlan, visible_m: float, seed: int, pixels_per_metre: float, palette: Palette, z: float) -> Actor:
    """The thing that falls in a shot. ``visible_m``: metres of height that the frame shows at its depth."""
    drop = plan.physics.drop
    if drop is None:
        raise ValueError("nothing falls in this shot")
    words = drop.what.split()
    kind = next(
        (found for word in reversed(words) if (found := singular(word))),
        "ball" if drop.what.endswith("ball") else "box",
    )
    said: Colour | None = next((COLOURS[word] for word in words if word in COLOURS), None)
    colour = said or (214, 62, 50)
    look = SubjectPlan(kind, kind, colour, 1, "stand", f"{drop.what}:{seed}")
    height = 0.12 * visible_m if kind == "ball" else min(0.3, max(0.12, height_of(kind))) * visible_m
    sprite = replace(sprite_of(look, palette, height * pixels_per_metre), height_m=height)
    start = drop.height_m if drop.height_m is not None else min(2.0, visible_m * 0.66)
    fall = fall_of(drop, start, plan.physics.gravity, plan.frames / FPS)
    x = float(generator("fall", seed, plan.index).uniform(-0.05, 0.05)) * visible_m
    actor = Actor(sprite, DRAWINGS["ball"], "stand", x, z, 0.0, 0.0, 1, "ground", fall=fall)
    actor.shadow = shadow_for(sprite, 0.6, palette)
    return actor
