"""Open landscapes as stacks of layers: hills, mountains, forest, desert, snow, beach, sea, sky."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from faircut.engines.previz import flora, scenery
from faircut.engines.previz.geometry import Plane
from faircut.engines.previz.layers import Layer, layer_from
from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.scenery import Stage

GRASS: Final = rgb(98, 142, 66)
PINE: Final = rgb(44, 88, 62)
LEAF: Final = rgb(78, 126, 58)
SAND: Final = rgb(222, 176, 118)
SNOW: Final = rgb(232, 240, 248)
ROCK: Final = rgb(112, 108, 118)


def heavens(stage: Stage, cloud: float = 0.5) -> list[Layer]:
    """Sky, twinkling stars and clouds, as the light and weather ask."""
    layers = [scenery.sky(stage)]
    if stage.palette.stars > 0.3:
        layers += scenery.twinkles(stage)
    grey = stage.physics.rain > 0.3
    layers += scenery.clouds(stage, 0.85 if grey else cloud)
    return layers


def _distance(stage: Stage, factor: float, least: float) -> float:
    return max(stage.view.subject_m * factor, least)


def hills(stage: Stage) -> list[Layer]:
    """Rolling green hills with a track and scattered trees."""
    far, mid, near = _distance(stage, 40, 420), _distance(stage, 14, 130), _distance(stage, 4.5, 30)
    return [
        *heavens(stage),
        scenery.ridge(stage, far, 0.085, 0.05, rgb(96, 124, 120), 0.62, rough=0.5, sharp=0.15),
        scenery.ridge(stage, far * 0.55, 0.045, 0.035, rgb(92, 130, 88), 0.42, rough=0.7, sharp=0.0),
        scenery.ridge(stage, mid, 0.014, 0.026, rgb(94, 136, 70), 0.22, rough=0.9, sharp=0.0),
        flora.trees(stage, mid * 0.98, flora.broadleaf, LEAF, 0.24, height_m=8, per_unit=7, name="far trees"),
        scenery.ground(stage, GRASS, track=rgb(196, 170, 120), haze_m=mid * 1.6),
        flora.trees(stage, near, flora.broadleaf, LEAF, 0.05, height_m=7, per_unit=2.1, clear=0.34, name="near trees"),
        flora.grasses(stage, stage.view.subject_m * 0.45, GRASS, height=0.16),
    ]


def mountains(stage: Stage) -> list[Layer]:
    """Snow-capped peaks over a valley with firs."""
    far, mid, near = _distance(stage, 60, 900), _distance(stage, 16, 160), _distance(stage, 4.5, 34)
    snowy = stage.physics.snow > 0 or any(word in stage.text.lower() for word in ("snow", "winter", "frozen", "ice"))
    field, track, fir = (
        (rgb(214, 224, 236), rgb(180, 196, 218), rgb(104, 134, 136))
        if snowy
        else (rgb(106, 128, 78), rgb(176, 160, 130), PINE)
    )
    foothill = rgb(176, 192, 210) if snowy else rgb(62, 92, 76)
    return [
        *heavens(stage, 0.45),
        scenery.ridge(stage, far, 0.25, 0.20, rgb(100, 104, 126), 0.34, rough=0.42, sharp=0.75, caps=SNOW),
        scenery.ridge(stage, far * 0.5, 0.11, 0.11, rgb(78, 86, 102), 0.26, rough=0.6, sharp=0.6),
        scenery.ridge(stage, mid, 0.028, 0.05, foothill, 0.24, rough=0.8, sharp=0.2),
        flora.trees(stage, mid * 0.9, flora.conifer, fir, 0.3, height_m=12, per_unit=17, name="far firs"),
        scenery.ground(stage, field, track=track, grain=0.06 if snowy else 0.18, haze_m=mid),
        flora.trees(stage, near, flora.conifer, fir, 0.06, height_m=9, per_unit=3.0, clear=0.42, name="near firs"),
        *([] if snowy else [flora.grasses(stage, stage.view.subject_m * 0.45, rgb(84, 108, 62), height=0.14)]),
    ]


def forest(stage: Stage) -> list[Layer]:
    """Ranks of firs in haze, trunks close by."""
    subject = stage.view.subject_m
    depths = [_distance(stage, factor, least) for factor, least in ((20, 150), (10, 70), (5.5, 36), (2.8, 18))]
    layers = heavens(stage, 0.35)
    layers.append(scenery.ridge(stage, depths[0] * 2, 0.14, 0.06, PINE, 0.66, rough=0.8, sharp=0.3))
    for depth, haze, dense in zip(depths[:3], (0.6, 0.4, 0.2), (13.0, 9.0, 6.0), strict=True):
        layers.append(
            flora.trees(
                stage,
                depth,
                flora.conifer,
                PINE,
                haze,
                height_m=15,
                per_unit=dense,
                clear=0.0 if haze > 0.3 else 0.16,
                name=f"rank {haze}",
            )
        )
    layers.append(scenery.ground(stage, rgb(86, 96, 58), track=rgb(150, 128, 92), grain=0.24, haze_m=depths[1]))
    layers.append(
        flora.trees(stage, depths[3], flora.conifer, PINE, 0.04, height_m=12, per_unit=2.6, clear=0.5, name="close")
    )
    layers.append(_trunks(stage, subject * 0.55))
    layers.append(flora.grasses(stage, subject * 0.42, rgb(70, 96, 52), height=0.2))
    return layers


def _trunks(stage: Stage, depth: float) -> Layer:
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    rng = stage.rng("trunks")
    half = stage.view.width / stage.view.height / 2
    bark = stage.palette.lit(rgb(74, 56, 46), 0.15) * 0.5
    for x in (-half * rng.uniform(0.86, 0.96), half * rng.uniform(0.9, 1.02), -half * 1.5, half * 1.55):
        wide = rng.uniform(0.035, 0.06)
        canvas.polygon(
            [
                (x - wide * 1.5, -1.4),
                (x - wide, -0.3),
                (x - wide * 0.8, 1.6),
                (x + wide * 0.8, 1.6),
                (x + wide, -0.3),
                (x + wide * 1.6, -1.4),
            ],
            bark,
        )
        for _ in range(5):
            y = rng.uniform(0.0, 0.7)
            reach = rng.choice([-1.0, 1.0]) * rng.uniform(0.06, 0.16)
            canvas.line((x, y), (x + reach, y + abs(reach) * 0.5), wide * 0.3, bark)
    return layer_from(canvas, plane, depth)


def desert(stage: Stage) -> list[Layer]:
    """Dunes, mesas on the horizon."""
    far, mid = _distance(stage, 50, 600), _distance(stage, 12, 120)
    return [
        *heavens(stage, 0.18),
        _mesas(stage, far, rgb(188, 112, 82)),
        scenery.ridge(stage, mid * 1.8, 0.022, 0.024, mix(SAND, rgb(206, 138, 92), 0.4), 0.32, rough=0.45, sharp=0.0),
        scenery.ridge(stage, mid, 0.004, 0.018, SAND, 0.14, rough=0.5, sharp=0.0),
        scenery.ground(stage, SAND, grain=0.09, scale_m=1.2, stretch=0.3, haze_m=mid * 2),
        flora.grasses(stage, stage.view.subject_m * 0.45, rgb(150, 120, 74), height=0.09, dense=16.0),
    ]


def _mesas(stage: Stage, depth: float, colour: Rgb) -> Layer:
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    rng, palette = stage.rng("mesas"), stage.palette
    for x in np.arange(-2.6, 2.6, 0.62):
        centre, wide, tall = x + rng.uniform(-0.2, 0.2), rng.uniform(0.07, 0.2), rng.uniform(0.05, 0.15)
        share = rng.uniform(0.45, 0.6)
        for offset, light in ((0.0, 0.75), (0.45, 0.3)):
            tone = palette.far(palette.lit(colour, light), share)
            lean = 1 if palette.direction[0] < 0 else -1
            left, right = (
                centre - wide + (offset * wide * 2 if lean > 0 else 0),
                centre + wide - (offset * wide * 2 if lean < 0 else 0),
            )
            canvas.polygon(
                [
                    (left - tall * 0.35, -0.02),
                    (left, tall * 0.55),
                    (left + wide * 0.06, tall),
                    (right - wide * 0.06, tall),
                    (right, tall * 0.55),
                    (right + tall * 0.35, -0.02),
                ],
                tone,
            )
    return layer_from(canvas, plane, depth)


def snow(stage: Stage) -> list[Layer]:
    """A winter valley: white ground, blue shadows, bare and laden firs."""
    far, mid, near = _distance(stage, 60, 900), _distance(stage, 14, 140), _distance(stage, 4.5, 32)
    return [
        *heavens(stage, 0.55),
        scenery.ridge(stage, far, 0.17, 0.13, rgb(138, 152, 178), 0.5, rough=0.45, sharp=0.7, caps=SNOW),
        scenery.ridge(stage, mid * 1.6, 0.045, 0.045, rgb(196, 210, 226), 0.3, rough=0.7, sharp=0.15),
        flora.trees(stage, mid, flora.conifer, rgb(96, 124, 128), 0.36, height_m=12, per_unit=11, name="far firs"),
        scenery.ground(stage, rgb(214, 224, 238), grain=0.06, haze_m=mid * 1.5, track=rgb(184, 198, 220)),
        flora.trees(
            stage,
            near,
            flora.conifer,
            rgb(112, 142, 142),
            0.05,
            height_m=9,
            per_unit=2.4,
            clear=0.42,
            name="near firs",
        ),
    ]


def _glints(stage: Stage, colour: Rgb, *, top: float = 0.0) -> list[Layer]:
    """Two sheets of light on the water that drift across each other, on the true plane of the surface."""
    stage = stage.floor()
    plane = Plane.ground(stage.view)
    layers = []
    for sheet in range(2):
        canvas = stage.canvas(plane, 0.8)
        rng = stage.rng("glints", sheet)
        lowest = float(canvas.ys()[-1])
        left, right = float(canvas.xs()[0]), float(canvas.xs()[-1])
        for _ in range(420):
            y = -0.004 + (lowest + 0.004) * rng.uniform() ** 2.1 - top
            reach = abs(y) * rng.uniform(0.25, 0.9) + 0.004
            x = rng.uniform(left, right)
            thick = 0.0006 + abs(y) * 0.011 * rng.uniform(0.4, 1)
            canvas.ellipse(x, y, reach * 0.32, thick, colour, 0.14 + 0.34 * rng.uniform())
        speed = stage.view.camera_m * (0.30 if sheet else -0.22)
        rate = 0.35 + 0.1 * sheet

        def shift(seconds: float, speed: float = speed, rate: float = rate) -> tuple[float, float, float]:
            return speed * seconds, 0.0, abs(speed) * 0.5 * math.sin(math.tau * rate * seconds)

        layers.append(layer_from(canvas, plane, 0.0, shift_m=shift))
    return layers


def _sun_path(stage: Stage) -> list[Layer]:
    place = scenery.sun_position(stage)
    if place is None or stage.physics.rain > 0.3:
        return []
    stage = stage.floor()
    plane = Plane.ground(stage.view)
    layers = []
    for sheet in range(2):
        canvas = stage.canvas(plane, 0.8)
        rng = stage.rng("sun path", sheet)
        strength = 0.9 if stage.palette.name in ("golden", "dawn", "night") else 0.5
        for _ in range(190):
            y = -0.003 - 0.42 * rng.uniform() ** 1.6
            x = place[0] * stage.lens + rng.normal() * (0.012 + abs(y) * 0.16)
            canvas.ellipse(
                x,
                y,
                0.006 + abs(y) * 0.07 * rng.uniform(0.5, 1.2),
                0.0009 + abs(y) * 0.008,
                mix(stage.palette.disc, stage.palette.horizon, 0.25),
                strength * rng.uniform(0.3, 0.9),
            )
        phase = math.pi * sheet

        def opacity(seconds: float, phase: float = phase) -> float:
            return 0.55 + 0.45 * math.sin(math.tau * 0.7 * seconds + phase)

        layers.append(layer_from(canvas, plane, 0.0, opacity=opacity))
    return layers


def sea(stage: Stage) -> list[Layer]:
    """Open water under a big sky, a headland far off."""
    palette = stage.palette
    deep = mix(rgb(28, 92, 122), palette.zenith, 0.35)
    far = mix(palette.horizon, deep, 0.35)
    distance = _distance(stage, 40, 500)
    return [
        *heavens(stage, 0.55),
        scenery.ridge(stage, distance, -0.012, 0.05, rgb(92, 106, 124), 0.58, rough=0.28, sharp=0.3),
        scenery.ground(
            stage, deep * 1.1, grain=0.2, scale_m=0.8, stretch=0.35, haze_m=stage.view.camera_m * 26, far=far
        ),
        *_glints(stage, mix(palette.horizon, rgb(255, 255, 255), 0.3)),
        *_sun_path(stage),
    ]


def beach(stage: Stage) -> list[Layer]:
    """Sand in front, surf and sea behind, palms at the side."""
    palette = stage.palette
    near = _distance(stage, 2.6, 8)
    shore = _distance(stage, 1.9, 6)
    floor = stage.floor()
    plane = Plane.ground(floor.view)
    canvas = floor.canvas(plane)
    edge = floor.base(shore + floor.behind_m)
    xs, ys = canvas.xs()[None, :], canvas.ys()[:, None]
    wave = edge + 0.012 * np.sin(xs * 3.1) + 0.006 * np.sin(xs * 8.7 + 1)
    below = (wave - ys).astype(np.float32)
    cover = np.clip(below * canvas.unit + 0.5, 0, 1)
    wet = np.exp(-np.clip(below, 0, 1) * 22)[..., None]
    grain = stage.rng("sand").normal(0, 1, (canvas.height, canvas.width, 1)).astype(np.float32) * 2.2
    sand = SAND * 1.08 * (1 - wet * 0.38) * (palette.ambient + palette.key * 0.6) + grain
    canvas.fill(np.clip(sand, 0, 255), cover)
    beach_layer = layer_from(canvas, plane, 0.0)
    layers = sea(stage)
    layers.append(beach_layer)
    layers += [_surf(floor, edge, index) for index in range(2)]
    layers.append(
        flora.trees(
            stage, near, flora.palm, rgb(66, 120, 70), 0.02, height_m=5.2, per_unit=1.5, clear=0.52, name="palms"
        )
    )
    return layers


def _surf(stage: Stage, edge: float, index: int) -> Layer:
    plane = Plane.ground(stage.view)
    canvas = stage.canvas(plane)
    xs, ys = canvas.xs()[None, :], canvas.ys()[:, None]
    line = (
        edge * (0.98 - 0.2 * index) + 0.012 * np.sin(xs * 3.1 + index * 1.3) + 0.006 * np.sin(xs * 8.7 + 1 + index * 2)
    )
    lace = scenery.noise(stage.rng("surf", index), canvas.width, canvas.height, 40, 3, stretch=3)
    thick = 0.011 * (1 - 0.25 * index)
    foam = np.clip(1 - np.abs(ys - line) / thick, 0, 1) * np.clip(0.75 + lace * 0.7, 0, 1)
    canvas.fill(stage.palette.lit(rgb(250, 252, 252), 0.8), foam.astype(np.float32) * 0.85)
    reach = stage.subject_m * 0.10

    def shift(seconds: float) -> tuple[float, float, float]:
        return 0.0, 0.0, reach * math.sin(math.tau * 0.16 * seconds + index * 1.7)

    return layer_from(canvas, plane, 0.0, shift_m=shift)


def sky_only(stage: Stage) -> list[Layer]:
    """Above the clouds: banks of cumulus at several depths instead of ground."""
    layers = heavens(stage, 0.5)
    palette = stage.palette
    for index, (factor, top, haze) in enumerate(
        ((20.0, -0.02, 0.4), (9.0, -0.10, 0.2), (4.0, -0.20, 0.05), (0.7, -0.44, 0.0))
    ):
        depth = stage.view.subject_m * factor
        plane = Plane.at_depth(depth)
        canvas = stage.canvas(plane, 0.7, pad=stage.view.width * 0.3)
        rng = stage.rng("bank", index)
        white = rgb(250, 250, 252)
        for row, (lower, light) in enumerate(((0.0, 0.5), (0.03, 0.8), (0.075, 0.35))):
            tone = palette.far(palette.lit(white, light), haze)
            for x in np.arange(float(canvas.xs()[0]) - 0.1, float(canvas.xs()[-1]) + 0.1, 0.075):
                r = rng.uniform(0.05, 0.11)
                canvas.ellipse(x + rng.uniform(-0.03, 0.03), top - lower - r * 0.5, r * 1.25, r, tone)
            canvas.polygon(
                [(-4, top - lower - 0.09), (4, top - lower - 0.09), (4, -1.8), (-4, -1.8)],
                palette.far(palette.lit(white, light), haze),
            ) if row == 2 else None
        rate = stage.view.width * 0.012 / (1 + index * 0.0) * (index + 1)
        layers.append(layer_from(canvas, plane, depth, slide=lambda seconds, rate=rate: (-rate * seconds * 0.5, 0.0)))
    return layers
