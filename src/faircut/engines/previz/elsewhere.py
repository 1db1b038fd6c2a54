"""Places off the Earth's surface: space, the Moon, under water."""

from __future__ import annotations

import math

import cv2
import numpy as np

from faircut.engines.previz import flora, scenery
from faircut.engines.previz.geometry import INFINITY, Plane
from faircut.engines.previz.layers import Layer, layer_from
from faircut.engines.previz.palette import mix, rgb
from faircut.engines.previz.places import heavens
from faircut.engines.previz.scenery import Stage


def space(stage: Stage) -> list[Layer]:
    """Stars, a nebula and a planet; no ground."""
    canvas = stage.canvas(INFINITY, 0.7)
    rng = stage.rng("nebula")
    base = np.array([10, 10, 22], np.float32)
    one = scenery.field(canvas, rng, 1.6, 5)
    two = scenery.field(canvas, rng, 2.2, 5)
    hue_a, hue_b = (np.array(each, np.float32) for each in ((92, 50, 150), (32, 92, 140)))
    cloud = np.clip(one, 0, 1)[..., None] ** 1.5 * hue_a + np.clip(two - 0.1, 0, 1)[..., None] ** 1.5 * hue_b
    canvas.fill(np.clip(base + cloud * 0.8, 0, 255))
    scattered = rng.uniform((-5, -3, 0, 0), (5, 3, 1, 1), (20_000, 4))
    for x, y, light, warmth in scattered[canvas.shows(scattered[:, 0], scattered[:, 1])].tolist():
        bright = light**3
        size = 0.0009 + 0.0015 * bright
        canvas.ellipse(x, y, size, size, mix(rgb(180, 204, 255), rgb(255, 236, 210), warmth), 0.3 + 0.7 * bright)
    layers = [layer_from(canvas, INFINITY, math.inf, opaque=True)]
    depth = stage.view.subject_m * 30
    plane = Plane.at_depth(depth)
    globe = stage.canvas(plane)
    side = -1.0 if stage.palette.side == "right" else 1.0
    cx, cy, r = 0.42 * side, 0.16, 0.27
    xs, ys = globe.xs()[None, :], globe.ys()[:, None]
    nx, ny = (xs - cx) / r, (ys - cy) / r
    inside = nx * nx + ny * ny
    nz = np.sqrt(np.clip(1 - inside, 0, 1))
    lx, ly, lz = -side * 0.72, 0.45, 0.5
    light = np.clip(nx * lx + ny * ly + nz * lz, 0, 1)[..., None]
    rng = stage.rng("planet")
    bands = np.sin(ny * 9 + scenery.field(globe, rng, 5, 4, 0.4) * 1.6)[..., None]
    hue = np.array(mix(rgb(198, 132, 92), rgb(92, 140, 176), rng.uniform()), np.float32)
    tone = hue * (0.85 + 0.18 * bands) * (0.05 + 1.15 * light)
    globe.fill(np.clip(tone, 0, 255), np.clip((1 - np.sqrt(inside)) * r * globe.unit + 0.5, 0, 1))
    layers.append(layer_from(globe, plane, depth))
    return layers


def moon(stage: Stage) -> list[Layer]:
    """A barren plain with craters under a black sky (or a butterscotch one on Mars)."""
    mars = "mars" in stage.text.lower() or "martian" in stage.text.lower()
    far, mid = max(stage.view.subject_m * 40, 400.0), max(stage.view.subject_m * 10, 90.0)
    dust = rgb(196, 112, 76) if mars else rgb(172, 172, 178)
    layers = heavens(stage, 0.1) if mars else space(stage)
    layers += [
        scenery.ridge(stage, far, 0.05, 0.06, dust * 0.8, 0.3 if mars else 0.0, rough=0.5, sharp=0.35),
        scenery.ridge(stage, mid, 0.012, 0.03, dust * 0.9, 0.1 if mars else 0.0, rough=0.8, sharp=0.15),
        scenery.ground(stage, dust, grain=0.26, haze_m=mid * 3 if mars else 1e6),
    ]
    return layers


def underwater(stage: Stage) -> list[Layer]:
    """Blue depth, shafts of light, sand, weed and rock."""
    canvas = stage.canvas(INFINITY, 0.5)
    ys, _xs = canvas.ys()[:, None], canvas.xs()[None, :]
    share = np.clip((ys + 0.5) / 1.1, 0, 1)[..., None]
    gain = 0.45 if stage.palette.name == "night" else 1.0
    deep, light = np.array([6, 44, 82], np.float32), np.array([70, 190, 206], np.float32)
    canvas.fill((deep * (1 - share) + light * share * share + deep * share * 0.4) * gain)
    layers = [layer_from(canvas, INFINITY, math.inf, opaque=True)]
    beams = []
    for group in range(2):
        shafts = stage.canvas(INFINITY, 0.4)
        rng = stage.rng("shafts", group)
        for _ in range(6):
            x, wide = rng.uniform(-1.0, 1.0), rng.uniform(0.02, 0.07)
            shafts.polygon(
                [(x, 1.1), (x + wide, 1.1), (x + wide * 3 + 0.3, -0.5), (x + 0.3 - wide, -0.5)],
                rgb(190, 240, 240) * gain,
                0.13,
            )
        shafts.pixels = cv2.GaussianBlur(shafts.pixels, (0, 0), shafts.unit * 0.02)
        fade = np.clip((shafts.ys() + 0.35) / 0.8, 0, 1)[:, None, None]
        shafts.pixels = cv2.convertScaleAbs(shafts.pixels * fade.astype(np.float32))
        phase = group * math.pi

        def opacity(seconds: float, phase: float = phase) -> float:
            return 0.6 + 0.4 * math.sin(math.tau * 0.14 * seconds + phase)

        beams.append(layer_from(shafts, INFINITY, math.inf, opacity=opacity))
    sand = stage.palette
    # The colour of the open water at the horizon, so that the sea bed ends in it.
    haze = rgb(*(deep * 0.545 + light * 0.207 + deep * 0.182)[::-1][::-1]) * gain
    deep_palette = type(sand)(
        **{name: getattr(sand, name) for name in sand.__slots__}
        | {"haze": haze, "key": rgb(0.5, 0.9, 0.9) * gain, "ambient": rgb(0.25, 0.5, 0.6) * gain, "lamps": 0.0}
    )
    wet = type(stage)(
        stage.view, stage.path, stage.frames, deep_palette, stage.physics, stage.place, stage.seed, stage.text
    )
    distance = stage.view.subject_m
    layers += [
        scenery.ridge(wet, distance * 8, -0.06, 0.12, rgb(60, 110, 120), 0.62, rough=0.9, sharp=0.4),
        scenery.ridge(wet, distance * 3.5, -0.14, 0.12, rgb(60, 96, 96), 0.3, rough=1.2, sharp=0.4),
        scenery.ground(wet, rgb(206, 196, 160), grain=0.14, haze_m=distance * 1.6),
        flora.grasses(wet, distance * 0.5, rgb(90, 190, 120), height=0.3, dense=18.0),
        *beams,
    ]
    return layers
