"""Subjects in a shot: where they stand, how they move, what they touch, and how they are laid into the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from faircut.engines.previz import slate
from faircut.engines.previz.cuts import FPS, SAMPLE_RATE
from faircut.engines.previz.drawn import Drawing, drawing_of, height_of, sprite_of
from faircut.engines.previz.geometry import Matrix, Pose, View
from faircut.engines.previz.layers import Picture, paint_warped
from faircut.engines.previz.lexicon import SUBJECTS
from faircut.engines.previz.palette import Palette
from faircut.engines.previz.physics import Fall
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.sprites import Sprite
from faircut.engines.previz.subjects import SubjectPlan

SPEEDS = {"walk": 1.35, "run": 4.2, "drive": 8.0, "fly": 4.5, "sail": 1.6, "swim": 1.2, "float": 0.25, "jump": 1.2}
"""Metres a second of a subject of its natural size."""


@dataclass(slots=True, eq=False)
class Actor:
    """One subject (or cut-out, or falling thing) of a shot. Positions in metres; ``lift_m`` is over the ground."""

    sprite: Sprite
    drawing: Drawing
    motion: str
    x_m: float
    z_m: float
    lift_m: float
    speed: float
    direction: int
    medium: str = "ground"
    fall: Fall | None = None
    caption: Picture | None = None
    phase: float = 0.0
    shadow: Picture | None = field(default=None)
    halo: Picture | None = field(default=None)

    def place(self, seconds: float, total: float) -> tuple[float, float, float]:
        """(x, height over the ground, phase) at a time."""
        travelled = self.speed * (seconds - total / 2)
        x = self.x_m + self.direction * travelled
        height = self.lift_m
        if self.fall is not None:
            return x, self.fall.height(seconds), 0.0
        size = self.sprite.height_m
        if self.medium == "air":
            height += 0.10 * size * math.sin(seconds * 1.9 + self.phase * 6)
        if self.medium in ("water", "surface"):
            height += (0.05 if self.medium == "water" else 0.012) * size * math.sin(seconds * 1.5 + self.phase * 6)
        if self.motion == "launch":
            height += 0.5 * 5.0 * size / 14 * max(0.0, seconds - 0.6) ** 2
        if self.motion == "jump" and self.drawing.feet:
            height += 0.22 * size * abs(math.sin(math.pi * seconds * 1.3))
        if self.motion in ("float",) and self.medium == "air":
            height += 0.12 * size * (seconds - total / 2)
        moving = self.motion in ("walk", "run", "drive") and self.speed > 0
        turn = self.speed * seconds / (self.drawing.stride * size) if moving else seconds / self.drawing.seconds
        return x, height, (turn + self.phase) % 1.0

    def paint(self, frame: Picture, view: View, pose: Pose, seconds: float, total: float) -> None:
        """Lays the actor, its shadow or reflection and its light over a frame."""
        x, height, phase = self.place(seconds, total)
        placed = _project(view, pose, x, height, self.z_m)
        ground = _project(view, pose, x, 0.0, self.z_m)
        if placed is None or ground is None:
            return
        u, v, pixels_per_metre = placed
        picture = self.sprite.phase(phase)
        scale = pixels_per_metre * self.sprite.height_m / self.sprite.height_px
        sx = -scale if self.direction < 0 else scale
        tilt = math.atan2(pose.rotation[0, 1], pose.rotation[1, 1])
        squash = 1.0
        if self.fall is not None:
            near = min((abs(seconds - hit.seconds) for hit in self.fall.contacts), default=1.0)
            squash = 0.86 if near < 0.5 / FPS else 1.0
        if self.shadow is not None and self.medium == "ground":
            self._paint_shadow(frame, ground, height, scale)
        if self.medium == "surface":
            mirrored = _placed(self.sprite.foot, u, ground[1] - 1, sx, -scale * 0.8, tilt)
            paint_warped(frame, picture, mirrored, (0, 0, picture.shape[1], picture.shape[0]), 0.26)
        matrix = _placed(self.sprite.foot, u, v, sx / math.sqrt(squash), scale * squash, tilt)
        paint_warped(frame, picture, matrix, (0, 0, picture.shape[1], picture.shape[0]))
        if self.halo is not None and self.sprite.glow is not None:
            gx, gy, radius, _ = self.sprite.glow
            size = pixels_per_metre * self.sprite.height_m
            k = 2 * radius * size / self.halo.shape[0]
            half = self.halo.shape[0] / 2
            at = np.array([[k, 0, u + gx * size - half * k], [0, k, v - gy * size - half * k], [0, 0, 1]])
            paint_warped(
                frame,
                self.halo,
                at,
                (0, 0, self.halo.shape[1], self.halo.shape[0]),
                0.92 + 0.08 * math.sin(seconds * 11),
            )
        if self.caption is not None:
            slate.stamp(frame, self.caption, round(ground[0] - self.caption.shape[1] / 2), round(ground[1] + 2))

    def _paint_shadow(self, frame: Picture, ground: tuple[float, float, float], height: float, scale: float) -> None:
        if self.shadow is None:
            return
        far = math.exp(-height / max(self.sprite.height_m, 0.3) * 0.55)
        u, v, _ = ground
        k = scale * (1.0 + 0.25 * (1 - far))
        matrix = np.array(
            [[k, 0, u - self.shadow.shape[1] / 2 * k], [0, k, v - self.shadow.shape[0] / 2 * k], [0, 0, 1]]
        )
        paint_warped(frame, self.shadow, matrix, (0, 0, self.shadow.shape[1], self.shadow.shape[0]), 0.25 + 0.75 * far)


def _project(view: View, pose: Pose, x: float, y: float, z: float) -> tuple[float, float, float] | None:
    """(u, v, pixels a metre) of a point ``y`` metres over the ground; None behind the camera."""
    point = pose.rotation @ (np.array([x, view.camera_m - y, z]) - pose.centre)
    if point[2] < 0.05:
        return None
    k = view.zoomed(pose.zoom)
    f, cx, cy = float(k[0, 0]), float(k[0, 2]), float(k[1, 2])
    return float(cx + f * point[0] / point[2]), float(cy + f * point[1] / point[2]), float(f / point[2])


def _placed(foot: tuple[float, float], u: float, v: float, sx: float, sy: float, tilt: float) -> Matrix:
    c, s = math.cos(tilt), math.sin(tilt)
    to = np.array([[c, s, u], [-s, c, v], [0, 0, 1]])
    matrix: Matrix = to @ np.diag([sx, sy, 1.0]) @ np.array([[1, 0, -foot[0]], [0, 1, -foot[1]], [0, 0, 1]])
    return matrix


def shadow_for(sprite: Sprite, reach: float, palette: Palette) -> Picture:
    """A soft contact shadow that leans away from the light, in the sprite's pixels."""
    width = sprite.height_px * min(reach, 1.5) * 1.5
    w, h = max(8, round(width * 1.7)), max(6, round(width * 0.34))
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    lean = -palette.direction[0] * 0.16
    x, y = ((xs + 0.5) / w * 2 - 1) - lean, (ys + 0.5) / h * 2 - 1
    strong = 0.55 if palette.name in ("day", "golden", "dawn") else 0.45
    cover = np.clip(1 - np.hypot(x * 1.25, y), 0, 1) ** 1.1 * strong
    picture = np.zeros((h, w, 4), np.uint8)
    picture[..., 3] = cover * 255
    return picture


def halo_for(strength: float) -> Picture:
    """A warm additive light (colour without cover)."""
    ys, xs = np.mgrid[0:128, 0:128].astype(np.float32)
    fall = np.clip(1 - np.hypot(xs - 63.5, ys - 63.5) / 64, 0, 1) ** 2.6 * strength
    picture = np.zeros((128, 128, 4), np.uint8)
    picture[..., :3] = fall[..., None] * np.array([96, 176, 255], np.float32)
    return picture


def direction_of(seed: int) -> int:
    """The film's screen direction, one for all shots so that cuts do not cross the line."""
    return 1 if generator("direction", seed).uniform() < 0.6 else -1


def cast(plan: ShotPlan, view: View, palette: Palette, seed: int, closest: float) -> list[Actor]:
    """All drawn subjects of a shot as actors, far ones first. ``closest``: the greatest magnification of the shot."""
    lineup = [(subject, number) for subject in plan.subjects for number in range(subject.count) if not subject.carried]
    palette = _lamplit(palette, plan.place)
    direction = direction_of(seed)
    facing = palette.mirrored() if direction < 0 else palette
    ground_count = sum(1 for subject, _ in lineup if _medium(subject) in ("ground", "surface"))
    actors: list[Actor] = []
    seen = 0
    seconds = plan.frames / FPS
    for index, (subject, number) in enumerate(lineup):
        rng = generator("cast", subject.look, number, plan.index)
        medium, height = _medium(subject), height_of(subject.kind)
        z = _depth(subject, view, height, medium, rng)
        reach = view.width / (view.focal / z) / 2
        drawing = drawing_of(subject.kind)
        if medium in ("ground", "surface"):
            slot = (seen + 0.5) / ground_count * 2 - 1 if ground_count > 1 else -direction * 0.14
            seen += 1
            x, lift = slot * reach * (0.62 if ground_count > 1 else 1.0), 0.0
        else:
            spread = (number - (subject.count - 1) / 2) / max(subject.count, 1)
            x = spread * reach * 1.1 + rng.uniform(-0.06, 0.06) * reach
            row = 0.36 + 0.16 * rng.uniform(-1, 1) * (subject.count > 1) - 0.04 * (index % 2)
            lift = max(0.2, view.camera_m + (view.cy - row * view.height) * z / view.focal - height / 2)
            if medium == "water":
                lift = max(height * 0.2, lift - height * 0.1)
        speed = (
            SPEEDS.get(subject.motion, 0.0) * (height / 1.7) ** 0.5 if drawing.feet else SPEEDS.get(subject.motion, 0.0)
        )
        allowed = 0.62 * 2 * reach / max(seconds, 0.5) * (0.45 if plan.camera.framing == "close" else 1.0)
        allowed /= max(closest, 1.0) ** 2
        speed = min(speed, allowed) if not plan.camera.follow else min(speed, allowed * 1.6)
        if plan.camera.framing == "close" and ground_count == 1 and drawing.reach > 0.6:
            # A close shot of a long body looks at its head.
            x = -direction * height * min(drawing.reach * 0.42, 0.5)
        size_px = view.focal / z * height * closest
        sprite = sprite_of(subject, facing, min(size_px, view.height * 1.5), number)
        actor = Actor(
            sprite,
            drawing,
            subject.motion,
            float(x),
            z,
            float(lift),
            speed,
            direction,
            medium,
            phase=float(rng.uniform()) if number or index else 0.0,
        )
        if medium == "ground":
            actor.shadow = shadow_for(sprite, drawing.reach, palette)
        if sprite.glow is not None:
            strength = sprite.glow[3] * (1.0 if palette.lamps > 0.5 else 0.5 if palette.lamps > 0 else 0.22)
            actor.halo = halo_for(strength)
        if subject.ridden and actors:
            rider = actors[-1]
            actor.x_m, actor.speed = rider.x_m, rider.speed
            rider.lift_m, rider.motion, rider.shadow, rider.z_m = height * 0.40, "stand", None, z * 1.001
            rider.sprite = sprite_of(
                replace(lineup[index - 1][0], motion="stand"), facing, view.focal / z * rider.sprite.height_m * closest
            )
        if subject.caption:
            actor.caption = slate.lettering(subject.caption, max(9.0, min(view.width, view.height) * 0.02), 0.85)
        actors.append(actor)
    walkers = [actor for actor in actors if actor.speed > 0 and actor.medium == "ground"]
    for actor in walkers:
        # A group keeps together; who chases does not run through whom he chases.
        actor.speed = min(each.speed for each in walkers)
    for subject in plan.subjects:
        if subject.carried and actors:
            actors.append(_carried(subject, actors[0], view, palette, closest))
    return sorted(actors, key=lambda actor: -actor.z_m)


def _lamplit(palette: Palette, place: str) -> Palette:
    """At night under lamps subjects catch a warm fill, so that they read."""
    if palette.lamps < 0.6 or place not in ("street", "city", "room", "beach"):
        return palette
    fill = np.array([0.50, 0.44, 0.38])
    return replace(palette, ambient=np.maximum(palette.ambient, fill), key=palette.key + 0.18)


def _carried(subject: SubjectPlan, bearer: Actor, view: View, palette: Palette, closest: float) -> Actor:
    """A thing in the hand of the first subject: it goes where its bearer goes."""
    height = min(height_of(subject.kind), bearer.sprite.height_m * 0.62)
    if subject.kind == "umbrella":
        height = bearer.sprite.height_m * 0.66
    lit = palette.mirrored() if bearer.direction < 0 else palette
    sprite = sprite_of(subject, lit, view.focal / bearer.z_m * height * closest)
    sprite = replace(sprite, height_m=height)
    lift = bearer.sprite.height_m * (0.50 if subject.kind in ("umbrella", "balloon", "kite") else 0.34)
    x = bearer.x_m + bearer.direction * bearer.sprite.height_m * 0.15
    actor = Actor(
        sprite, drawing_of(subject.kind), "stand", x, bearer.z_m * 0.998, lift, bearer.speed, bearer.direction
    )
    if sprite.glow is not None:
        actor.halo = halo_for(sprite.glow[3])
    return actor


def _medium(subject: SubjectPlan) -> str:
    if subject.motion in ("fly", "float") and subject.kind in ("rocket", "astronaut", "lantern"):
        return "air"
    return SUBJECTS[subject.kind].medium if subject.kind in SUBJECTS else "ground"


def _depth(subject: SubjectPlan, view: View, height: float, medium: str, rng: np.random.Generator) -> float:
    """How far away a subject stands: the hero at the subject's distance, larger things behind so that they fit."""
    fits = view.focal * height / (view.height * (0.56 if medium == "ground" else 0.34))
    depth = max(view.subject_m, fits)
    if medium in ("air", "water"):
        depth = max(view.focal * height / (view.height * 0.26), view.subject_m * 0.6)
        depth *= 1 + rng.uniform(0, 0.5) * (subject.count > 1)
    return float(depth * (1 + rng.uniform(0.0, 0.12) * (subject.count > 1)))


def footfalls(actor: Actor, seconds: float) -> list[float]:
    """Times at which a walking actor's feet land: twice a cycle."""
    if not actor.drawing.feet or actor.motion not in ("walk", "run") or actor.speed <= 0:
        return []
    rate = actor.speed / (actor.drawing.stride * actor.sprite.height_m)
    first = (math.ceil(actor.phase * 2) - actor.phase * 2) / 2 / rate
    count = int((seconds - first) * rate * 2) + 1
    return [first + k / (2 * rate) for k in range(count) if 0 <= first + k / (2 * rate) < seconds]


def event(plan: ShotPlan, seconds: float, name: str, **more: Any) -> dict[str, Any]:
    """A timeline entry ``seconds`` into a shot, with its exact frame and sample in the film."""
    frame = min(plan.first + round(seconds * FPS), plan.end + plan.tail - 1)
    sample = round((plan.first / FPS + seconds) * SAMPLE_RATE)
    return {
        "t": round(plan.first / FPS + seconds, 6),
        "event": name,
        "shot": plan.index + 1,
        "frame": frame,
        "sample": sample,
        **more,
    }


def lit_cutout(picture: Picture, palette: Palette) -> Picture:
    """A cut-out of the user's, in the light of the scene, half way: recognisable first."""
    factor = (0.45 + 0.55 * np.clip(palette.ambient + palette.key * 0.6, 0.2, 1.4))[::-1]
    lit = picture.copy()
    lit[..., :3] = np.minimum(picture[..., :3] * factor.astype(np.float32), picture[..., 3:])
    return lit
