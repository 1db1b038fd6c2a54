"""The parts that scenes are built from: sky, clouds, ridges, ground in true perspective, trees, foreground growth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from faircut.engines.previz.camera_path import Path
from faircut.engines.previz.geometry import INFINITY, Plane, View
from faircut.engines.previz.layers import Canvas, Field, Layer, canvas_for, layer_from
from faircut.engines.previz.palette import Palette, Rgb, mix, rgb
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.staging import PhysicsPlan


@dataclass(frozen=True, slots=True)
class Stage:
    """What every painter needs: the camera and its path, the light, the weather, and a seed that is the same for
    every shot
    of one place, so that cutting back to it shows the same hills."""

    view: View
    path: Path
    frames: int
    palette: Palette
    physics: PhysicsPlan
    place: str
    seed: int
    text: str = ""
    origin: View | None = None

    def floor(self) -> Stage:
        """The stage as the camera that is filmed with sees it: for planes that run past the reference view's place."""
        if self.view.lens == 1.0:
            return self
        return replace(self, view=self.view.filmed(), path=self.path.filmed(), origin=self.view)

    @property
    def subject_m(self) -> float:
        """Distance to the subject in the shot's reference view, the unit that places are laid out in."""
        return (self.origin or self.view).subject_m

    @property
    def behind_m(self) -> float:
        """What to add to a depth of the reference view for the same place on this stage."""
        return self.origin.retreat_m if self.origin else 0.0

    @property
    def lens(self) -> float:
        """How much larger what is far off is on this stage than in the reference view."""
        return self.origin.lens if self.origin else 1.0

    def rng(self, *parts: object) -> np.random.Generator:
        return generator("scene", self.place, self.seed, *parts)

    def canvas(self, plane: Plane, quality: float = 1.0, pad: float = 0.0, below: float | None = None) -> Canvas:
        return canvas_for(self.view, self.path, self.frames, plane, quality, pad, below)

    def base(self, depth: float) -> float:
        """y, in frame heights, where the ground is at a depth in metres (negative: below the horizon)."""
        return -self.view.focal * self.view.camera_m / depth / self.view.height

    def size(self, metres: float, depth: float) -> float:
        """A length in metres at a depth, in frame heights."""
        return self.view.focal * metres / depth / self.view.height


def noise(
    rng: np.random.Generator, width: int, height: int, cells: float, octaves: int = 4, stretch: float = 1.0
) -> Field:
    """(height, width) fractal value noise, about -1..1; ``cells`` of the coarsest octave across the width."""
    total = np.zeros((height, width), np.float32)
    amplitude, weight = 1.0, 0.0
    for octave in range(octaves):
        columns = max(2, round(cells * 2**octave))
        rows = max(2, round(cells * stretch * 2**octave * height / width))
        if columns > width or rows > height:
            break
        grid = rng.uniform(-1, 1, (rows + 1, columns + 1)).astype(np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * amplitude
        weight += amplitude
        amplitude *= 0.5
    result: Field = total / max(weight, 1e-6) * 1.5
    return result


_WORLD = (5.0, 3.0)
"""Half the width and height, in frame heights, of what :func:`field` covers; a canvas shows a part of it."""


def field(canvas: Canvas, rng: np.random.Generator, cells: float, octaves: int = 4, stretch: float = 1.0) -> Field:
    """(height, width) fractal value noise of a canvas, about -1..1, that is the same wherever a shot looks at it:
    ``cells`` of the coarsest octave in one frame height."""
    total = np.zeros((canvas.height, canvas.width), np.float32)
    amplitude, weight = 1.0, 0.0
    for octave in range(octaves):
        across, up = cells * 2**octave, cells * stretch * 2**octave
        shape = (math.ceil(2 * _WORLD[1] * up) + 4, math.ceil(2 * _WORLD[0] * across) + 4)
        grid = rng.uniform(-1, 1, shape).astype(np.float32)
        if max(across, up) <= canvas.unit:
            step = 1 / canvas.unit
            left, top = float(canvas.xs()[0]), float(canvas.ys()[0])
            matrix = np.array(
                [
                    [step * across, 0, (left + _WORLD[0]) * across + 1.5],
                    [0, step * up, (_WORLD[1] - top) * up + 1.5],
                ]
            )
            how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
            size = (canvas.width, canvas.height)
            total += cv2.warpAffine(grid, matrix, size, flags=how, borderMode=cv2.BORDER_REFLECT) * amplitude
            weight += amplitude
        amplitude *= 0.5
    result: Field = total / max(weight, 1e-6) * 1.5
    return result


def tile_noise(rng: np.random.Generator, size: int, cells: int, octaves: int = 4) -> Field:
    """(size, size) noise that wraps around, about -1..1."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        count = cells * 2**octave
        if count > size:
            break
        grid = rng.uniform(-1, 1, (count, count)).astype(np.float32)
        padded = np.pad(grid, 2, mode="wrap")
        step = size / count
        big = cv2.resize(padded, (round(size * (count + 4) / count),) * 2, interpolation=cv2.INTER_CUBIC)
        off = round(2 * step)
        total += big[off : off + size, off : off + size] * 0.5**octave
    result: Field = total
    return result


def smoothstep(low: float, high: float, value: Field) -> Field:
    """0 below low, 1 above high, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    result: Field = (t * t * (3 - 2 * t)).astype(np.float32)
    return result


def profile(rng: np.random.Generator, xs: Field, rough: float, octaves: int = 6, sharp: float = 0.0) -> Field:
    """A skyline: one height for each x, about -1..1. ``sharp`` 0 rolls like hills, 1 peaks like mountains."""
    total = np.zeros_like(xs)
    weight = 0.0
    for octave in range(octaves):
        rate, amplitude = rough * 1.93**octave, 0.52**octave
        wave = (
            np.sin(xs * rate * math.tau + rng.uniform(0, math.tau)) * 0.6
            + np.sin(xs * rate * 1.618 * math.tau + rng.uniform(0, math.tau)) * 0.4
        )
        peaked = 1 - 2 * np.abs(wave)
        total += (wave * (1 - sharp) + peaked * sharp) * amplitude
        weight += amplitude
    result: Field = (total / weight).astype(np.float32)
    return result


def sun_position(stage: Stage) -> tuple[float, float] | None:
    """Where the sun or moon stands, in frame heights; None when it is behind the camera."""
    side = stage.palette.side
    aspect = stage.view.width / stage.view.height
    if side in ("front", "below"):
        return None
    x = {"left": -0.3, "right": 0.3, "above": 0.1, "behind": 0.06}[side] * aspect
    y = stage.palette.disc_height + (0.12 if side == "above" else 0.0)
    return x, min(y, stage.view.cy / stage.view.height * 0.78)


def sky(stage: Stage) -> Layer:
    """The sky at infinity: gradient, glow, sun or moon, stars."""
    palette, canvas = stage.palette, stage.canvas(INFINITY, 0.6)
    ys, xs = canvas.ys()[:, None], canvas.xs()[None, :]
    up = np.clip(ys / 0.62, 0, 1)
    low = smoothstep(0.0, 0.42, up)[..., None]
    high = smoothstep(0.25, 1.0, up)[..., None]
    column = palette.horizon * (1 - low) + palette.middle * low
    column = column * (1 - high) + palette.zenith * high
    picture = np.broadcast_to(column, (canvas.height, canvas.width, 3)).astype(np.float32)
    rng = stage.rng("sky")
    place = sun_position(stage)
    if place is not None:
        distance = np.hypot(xs - place[0], ys - place[1])
        warm = np.exp(-distance * 4.2)[..., None] * (0.36 if palette.name != "night" else 0.14)
        core = np.exp(-((distance / 0.055) ** 2))[..., None] * (0.55 if palette.name != "night" else 0.22)
        picture = picture + (palette.disc.astype(np.float32) - picture) * np.clip(warm + core, 0, 1)
    picture += rng.uniform(-1.2, 1.2, (canvas.height, canvas.width, 1)).astype(np.float32)
    canvas.fill(np.clip(picture, 0, 255))
    if place is not None and palette.stars < 0.9:
        canvas.ellipse(*place, 0.034, 0.034, palette.disc)
    if place is not None and palette.stars >= 0.9:
        canvas.ellipse(*place, 0.042, 0.042, palette.disc, 0.98)
        for dx, dy, r in ((-0.012, 0.008, 0.010), (0.014, -0.004, 0.007), (0.0, -0.018, 0.008), (0.012, 0.018, 0.005)):
            canvas.ellipse(place[0] + dx, place[1] + dy, r, r, palette.disc * 0.86, 0.5)
    if palette.stars:
        stars(canvas, rng, palette.stars)
    return layer_from(canvas, INFINITY, math.inf, opaque=True)


def stars(canvas: Canvas, rng: np.random.Generator, strength: float, count: int = 420) -> None:
    """Scatters stars over a canvas, denser and brighter towards the top."""
    wide, high = _WORLD
    scattered = rng.uniform((-wide, 0, 0, 0), (wide, 1, 1, 1), (int(count * 2 * wide * high / 1.2), 4))
    scattered[:, 1] = 0.03 + (high - 0.03) * scattered[:, 1] ** 1.2
    for x, y, light, warmth in scattered[canvas.shows(scattered[:, 0], scattered[:, 1])].tolist():
        bright = light**3
        size = 0.0009 + 0.0014 * bright
        tone = mix(rgb(190, 208, 255), rgb(255, 240, 214), warmth)
        canvas.ellipse(x, y, size, size, tone, (0.35 + 0.65 * bright) * strength * min(1.0, (y + 0.05) * 4))


def twinkles(stage: Stage) -> list[Layer]:
    """A few bright stars whose light comes and goes."""
    layers = []
    for group in range(2):
        canvas = stage.canvas(INFINITY, 0.8)
        stars(canvas, stage.rng("twinkle", group), stage.palette.stars, count=36)
        rate, phase = 0.31 + 0.17 * group, 2.0 * group
        layers.append(layer_from(canvas, INFINITY, math.inf, opacity=_breathing(rate, phase, 0.2, 1.0)))
    return layers


def _breathing(rate: float, phase: float, low: float, high: float) -> Callable[[float], float]:
    return lambda seconds: low + (high - low) * (0.5 + 0.5 * math.sin(math.tau * rate * seconds + phase))


def clouds(stage: Stage, amount: float = 0.5) -> list[Layer]:
    """Banks of cloud at infinity that drift with the wind; lit from the side of the sun."""
    palette, wind = stage.palette, stage.physics.wind
    layers = []
    for bank, (low, high, cover, cells, speed) in enumerate(
        ((0.20, 0.62, amount, 2.4, 1.0), (0.06, 0.24, amount * 0.9, 5.0, 0.55))
    ):
        travel = abs(wind) * 2.2 * speed * stage.frames / 24 * stage.view.width / 1280
        canvas = stage.canvas(INFINITY, 0.42, pad=travel)
        rng = stage.rng("clouds", bank)
        shape = field(canvas, rng, cells * 0.7, 5, stretch=2.6)
        ys = canvas.ys()[:, None]
        band = np.clip(1 - np.abs((ys - (low + high) / 2) / ((high - low) / 2 + 0.06)), 0, 1) ** 0.7
        density = smoothstep(0.62 - cover, 1.15 - cover * 0.5, shape * 0.55 + band * 0.75 - 0.05)
        light = cv2.GaussianBlur(shape, (0, 0), max(1.0, canvas.unit * 0.016))
        dx, dy, _ = palette.direction
        step = max(1, round(canvas.unit * 0.018))
        rim = light - np.roll(light, (round(-dy * step), round(dx * step)), (0, 1))
        bright = np.clip(0.62 + rim * 2.6 + (shape - 0.3) * 0.12, 0, 1)[..., None]
        shadow = mix(palette.middle, palette.haze, 0.45) * (0.9 if palette.name != "night" else 1.15)
        sunny = (
            mix(palette.horizon, palette.disc, 0.72)
            if palette.name != "night"
            else mix(palette.middle, rgb(160, 180, 214), 0.35)
        )
        tone = shadow * (1 - bright) + sunny * bright
        canvas.fill(tone, density * (0.9 if palette.name != "night" else 0.5))
        rate = wind * 2.2 * speed * stage.view.width / 1280
        layers.append(layer_from(canvas, INFINITY, math.inf, slide=lambda seconds, rate=rate: (rate * seconds, 0.0)))
    return layers


def ridge(
    stage: Stage,
    depth: float,
    top: float,
    spread: float,
    colour: Rgb,
    haze: float,
    *,
    rough: float,
    sharp: float,
    caps: Rgb | None = None,
) -> Layer:
    """A skyline of hills or peaks on an upright plane. ``top`` and ``spread``: mean height and relief, in frame
    heights."""
    plane = Plane.at_depth(depth)
    # The ground hides all of it that is below the horizon, give or take what a crane shot shifts.
    canvas = stage.canvas(plane, below=stage.view.cy + 0.12 * stage.view.height)
    rng = stage.rng("ridge", round(depth / stage.view.subject_m, 1))
    xs, ys = canvas.xs(), canvas.ys()[:, None]
    heights = top + spread * profile(rng, xs, rough, 7 if sharp else 5, sharp)
    below = (heights[None, :] - ys).astype(np.float32)
    cover = np.clip(below * canvas.unit + 0.5, 0, 1)
    palette = stage.palette
    slope = np.gradient(cv2.GaussianBlur(heights[None, :], (0, 0), max(1.0, canvas.unit * 0.006))[0], xs)
    towards = -palette.direction[0]
    face = np.clip(0.45 + towards * slope * 0.35, 0.1, 1)[None, :, None]
    if sharp:
        # Faces fall away from the crest along slanting ribs; a second noise breaks them into rock.
        crag = field(canvas, rng, 7, 5, stretch=1.1)
        ribs = xs[None, :] + np.clip(below, 0, 1) * (0.55 * towards + 0.25 * crag) + crag * 0.012
        along = np.interp(ribs, xs, slope).astype(np.float32)
        face = np.clip(0.48 + towards * along * 0.42 + crag * 0.16, 0.04, 1)[..., None]
    base = np.broadcast_to(colour, (1, 1, 3)).astype(np.float32)
    if caps is not None:
        line = smoothstep(
            0.0,
            spread * 0.35,
            heights[None, :] - top - spread * 0.05 - below * 0.9 + spread * 0.1 * np.sin(xs * 61)[None, :],
        )[..., None]
        base = base * (1 - line) + caps.astype(np.float32) * line
    ambient, key, haze_tone = (each.astype(np.float32) for each in (palette.ambient, palette.key, palette.haze))
    tone = base * (ambient + key * face.astype(np.float32))
    mist = np.clip(haze + np.clip(below / max(spread * 2 + top, 0.05), 0, 1) * 0.3, 0, 1)[..., None].astype(np.float32)
    tone = tone * (1 - mist) + haze_tone * mist
    canvas.fill(np.clip(tone, 0, 255), cover)
    return layer_from(canvas, plane, depth)


def ground(
    stage: Stage,
    colour: Rgb,
    *,
    grain: float = 0.16,
    scale_m: float = 2.4,
    stretch: float = 1.0,
    track: Rgb | None = None,
    haze_m: float = 120.0,
    alpha: float = 1.0,
    far: Rgb | None = None,
    half_m: float | None = None,
) -> Layer:
    """The ground as a true plane under the camera, with a texture in metres and, on request, a winding track."""
    stage = stage.floor()
    plane = Plane.ground(stage.view)
    canvas = stage.canvas(plane)
    view, palette, rng = stage.view, stage.palette, stage.rng("ground")
    rows = np.maximum((view.cy - canvas.ys() * view.height) - view.cy, 0.35)
    depth = (view.camera_m * view.focal / rows).astype(np.float32)[:, None]
    across = canvas.xs()[None, :] * view.height * depth / view.focal
    tile = tile_noise(rng, 512, 8, 6)
    unit = scale_m * max(stage.view.camera_m / 1.6, 0.35)
    total = np.zeros((canvas.height, canvas.width), np.float32)
    for factor, weight in ((0.31, 0.7), (1.0, 0.6), (7.3, 0.8), (41.0, 0.8)):
        period = unit * factor * 8
        footprint = depth * depth / (view.camera_m * view.focal) / period * 128
        u = np.mod(across / period * 512, 512).astype(np.float32)
        v = np.broadcast_to(np.mod(depth / (period * stretch) * 512, 512), u.shape).astype(np.float32)
        sampled = cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        total += sampled * weight * np.clip(1.4 - footprint, 0, 1)
    shade = (1 + total * grain)[..., None]
    base = colour.astype(np.float32) * shade.astype(np.float32)
    if track is not None:
        unit_m = stage.subject_m
        centre = (
            np.sin(depth / unit_m * 0.5 + rng.uniform(0, 6)) * unit_m * 0.4 * np.clip(depth / unit_m - 0.2, 0, 2)
            + unit_m * 0.12
        )
        width = unit_m * 0.10
        on = (
            np.clip(
                (width - np.abs(across - centre + total * width * 0.25)) / (depth / view.focal * 1.5 + width * 0.18),
                0,
                1,
            )[..., None]
            * 0.85
        ).astype(np.float32)
        base = base * (1 - on) + track.astype(np.float32) * (1 + total[..., None] * grain * 0.6) * on
    light = palette.ambient + palette.key * (0.42 + 0.25 * max(palette.direction[1], 0))
    tone = base * light.astype(np.float32)
    mist = (1 - np.exp(-depth / haze_m))[..., None].astype(np.float32)
    tone = tone * (1 - mist) + (palette.haze if far is None else far).astype(np.float32) * mist
    cover = (
        smoothstep(
            0.0, 1.5, np.broadcast_to(canvas.ys()[:, None] * -view.height, (canvas.height, 1)).astype(np.float32)
        )
        * alpha
    )
    if half_m is not None:
        # A road between walls ends where they stand.
        cover = cover * np.clip((half_m - np.abs(across)) * view.focal * canvas.scale / depth + 0.5, 0, 1)
    canvas.fill(np.clip(tone, 0, 255), cover)
    return layer_from(canvas, plane, 0.0)
