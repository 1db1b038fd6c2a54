"""Interiors: a room with a window, and a studio backdrop."""

from __future__ import annotations

import math

import cv2
import numpy as np

from faircut.engines.previz import scenery
from faircut.engines.previz.geometry import INFINITY, Plane
from faircut.engines.previz.layers import Canvas, Layer, bgra, layer_from
from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.places_built import side_wall
from faircut.engines.previz.scenery import Stage


def room(stage: Stage) -> list[Layer]:
    """A room: floor boards, two side walls, a back wall with a window that shows the time of day."""
    view, palette = stage.view, stage.palette
    half, back = view.subject_m * 0.62, view.subject_m * 1.75
    high = max(view.camera_m + 1.4 * view.cy * back / view.focal, view.camera_m * 1.9)
    wall = rgb(196, 182, 164)
    warm = rgb(255, 214, 160)
    night = palette.lamps > 0.6
    lamp = warm / 255 * (0.42 if night else 0.0)

    def inside(colour: Rgb, share: float) -> Rgb:
        clipped: Rgb = np.clip(palette.lit(colour, share) * (1.0 if not night else 1.35) + colour * lamp, 0, 255)
        return clipped

    layers = [scenery.sky(stage)]
    plane = Plane.at_depth(back)
    canvas = stage.canvas(plane, 1.0, pad=view.width * 0.2)
    floor, top, edge = stage.base(back), stage.size(high - view.camera_m, back), stage.size(half, back)
    canvas.polygon([(-edge, floor), (edge, floor), (edge, top), (-edge, top)], inside(wall, 0.45))
    side = -1.0 if palette.side == "left" else 1.0
    seen = min(top, view.cy / view.height * 1.05)
    wx, wy, ww, wh = side * edge * 0.42, floor + (seen - floor) * 0.36, edge * 0.30, (seen - floor) * 0.46
    canvas.polygon(
        [
            (wx - ww - 0.014, wy - 0.014),
            (wx + ww + 0.014, wy - 0.014),
            (wx + ww + 0.014, wy + wh + 0.014),
            (wx - ww - 0.014, wy + wh + 0.014),
        ],
        inside(rgb(236, 232, 224), 0.7),
    )
    hole = np.round(canvas.to_pixels([(wx - ww, wy + wh), (wx + ww, wy)])).astype(int)
    sky_tone = mix(palette.middle, palette.horizon, 0.5)
    canvas.polygon([(wx - ww, wy), (wx + ww, wy), (wx + ww, wy + wh), (wx - ww, wy + wh)], sky_tone)
    canvas.pixels[hole[0, 1] : hole[1, 1], hole[0, 0] : hole[1, 0]] = 0
    for bar in (0.0,):
        canvas.line((wx + bar, wy), (wx + bar, wy + wh), 0.008, inside(rgb(236, 232, 224), 0.6))
        canvas.line((wx - ww, wy + wh * 0.55), (wx + ww, wy + wh * 0.55), 0.008, inside(rgb(236, 232, 224), 0.6))
    _frame(canvas, -side * edge * 0.45, floor + (seen - floor) * 0.62, edge * 0.16, inside, stage)
    canvas.polygon(
        [(-edge, floor), (edge, floor), (edge, floor + 0.022), (-edge, floor + 0.022)], inside(rgb(228, 222, 212), 0.5)
    )
    dots = 96
    length = back - view.subject_m * 0.16
    for name, offset, share in (
        ("left", -half, 0.30 if palette.side == "left" else 0.75),
        ("right", half, 0.30 if palette.side == "right" else 0.75),
    ):
        texture = np.zeros((round(high / length * dots * 4), dots * 4, 4), np.uint8)
        texture[:] = np.array(bgra(inside(wall * 0.94, share)), np.uint8)
        texture[-max(2, texture.shape[0] // 26) :] = np.array(bgra(inside(rgb(228, 222, 212), share)), np.uint8)
        layers.append(
            side_wall(stage, name, offset, view.subject_m * 0.16, back, high, back * 30, mirror=False, texture=texture)
        )
    layers.append(layer_from(canvas, plane, back))
    layers.append(_boards(stage, half, back, inside))
    layers.append(_light_patch(stage, side))
    return layers


def _frame(canvas: Canvas, x: float, y: float, r: float, inside: object, stage: Stage) -> None:
    """A small landscape in a frame."""
    assert callable(inside)  # noqa: S101  a painter's shading function, typed loosely to keep the signature short
    rng = stage.rng("picture")
    canvas.polygon(
        [(x - r, y - r * 0.7), (x + r, y - r * 0.7), (x + r, y + r * 0.7), (x - r, y + r * 0.7)],
        inside(rgb(92, 66, 44), 0.5),
    )
    s = r * 0.88
    canvas.polygon(
        [(x - s, y - s * 0.7), (x + s, y - s * 0.7), (x + s, y + s * 0.7), (x - s, y + s * 0.7)],
        inside(rgb(178, 206, 214), 0.5),
    )
    canvas.polygon(
        [
            (x - s, y - s * 0.7),
            (x + s, y - s * 0.7),
            (x + s, y - s * 0.1),
            (x + s * 0.2, y + s * rng.uniform(0.1, 0.3)),
            (x - s * 0.3, y - s * 0.2),
            (x - s, y),
        ],
        inside(rgb(104, 138, 108), 0.5),
    )


def _boards(stage: Stage, half: float, back: float, inside: object) -> Layer:
    assert callable(inside)  # noqa: S101
    stage = stage.floor()
    back += stage.behind_m
    plane = Plane.ground(stage.view)
    canvas = stage.canvas(plane)
    view = stage.view
    rng = stage.rng("boards")
    width = half / 7

    def spot(x: float, z: float) -> tuple[float, float]:
        return view.focal * x / z / view.height, -view.focal * view.camera_m / z / view.height

    near = max(stage.subject_m * 0.3 + stage.behind_m, 0.12 * stage.subject_m)
    wood = rgb(150, 104, 68)
    for index in range(-7, 7):
        z = near - rng.uniform(0, 0.5) * half
        while z < back:
            length = half * rng.uniform(0.8, 1.4)
            z0, z1 = max(z, near), min(z + length, back)
            if z1 > z0:
                tone = inside(wood * rng.uniform(0.84, 1.1), 0.5)
                x0, x1 = index * width, (index + 1) * width
                canvas.polygon([spot(x0, z0), spot(x1, z0), spot(x1, z1), spot(x0, z1)], tone)
                canvas.polygon(
                    [spot(x0, z0), spot(x0 + width * 0.04, z0), spot(x0 + width * 0.04, z1), spot(x0, z1)], tone * 0.7
                )
                canvas.polygon(
                    [spot(x0, z1 - width * 0.05), spot(x1, z1 - width * 0.05), spot(x1, z1), spot(x0, z1)], tone * 0.75
                )
            z += length
    return layer_from(canvas, plane, 0.0)


def _light_patch(stage: Stage, side: float) -> Layer:
    """The window's light on the floor."""
    stage = stage.floor()
    plane = Plane.ground(stage.view)
    canvas = stage.canvas(plane)
    view, palette = stage.view, stage.palette
    d, behind = stage.subject_m, stage.behind_m

    def spot(x: float, z: float) -> tuple[float, float]:
        far = view.focal / (z + behind) / view.height
        return far * x, -far * view.camera_m

    strength = 0.16 if palette.lamps > 0.6 else 0.34
    tone = np.clip(palette.horizon * 1.1, 0, 255)
    for pane in (0.0, 0.2):
        x = side * d * (0.24 - 0.55 * 0.2) - side * pane * d
        canvas.polygon(
            [
                spot(x, d * 1.5),
                spot(x + d * 0.16, d * 1.5),
                spot(x + d * 0.16 - side * d * 0.24, d * 0.95),
                spot(x - side * d * 0.24, d * 0.95),
            ],
            tone,
            strength,
        )
    canvas.pixels = cv2.GaussianBlur(canvas.pixels, (0, 0), max(1.0, canvas.unit * 0.006))
    return layer_from(canvas, plane, 0.0)


def studio(stage: Stage) -> list[Layer]:
    """A seamless backdrop with a pool of light, for things that have no place."""
    canvas = stage.canvas(INFINITY, 0.6)
    palette = stage.palette
    ys, xs = canvas.ys()[:, None], canvas.xs()[None, :]
    pool = np.exp(-((xs * 0.9) ** 2 + ((ys - 0.16) * 1.5) ** 2) * 2.4)[..., None]
    tone = mix(rgb(86, 92, 104), palette.middle, 0.3)
    canvas.fill(np.clip(palette.lit(tone, 0.25) * (0.55 + 0.75 * pool), 0, 255))
    return [
        layer_from(canvas, INFINITY, math.inf, opaque=True),
        scenery.ground(
            stage, mix(tone, rgb(120, 116, 112), 0.4), grain=0.03, haze_m=stage.view.subject_m * 4, far=tone
        ),
    ]
