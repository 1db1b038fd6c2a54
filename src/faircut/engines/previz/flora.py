"""Trees and grass."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from faircut.engines.previz.geometry import Plane
from faircut.engines.previz.layers import Canvas, Layer, layer_from
from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.scenery import Stage
from faircut.engines.previz.seeding import generator


def conifer(
    canvas: Canvas, x: float, base: float, height: float, colour: Rgb, light: Rgb, rng: np.random.Generator, side: float
) -> None:
    """A fir: tiers of boughs, the lit side lighter."""
    _foot_shadow(canvas, x, base, height * 0.3)
    canvas.line((x, base), (x, base + height * 0.2), height * 0.035, colour * 0.45)
    tiers = 9 if height > 0.3 else 5
    for tier in range(tiers):
        share = tier / tiers
        y0 = base + height * ((0.07 if tiers == 9 else 0.015) + 0.80 * share)
        y1 = min(y0 + height * (0.9 / tiers + 0.13), base + height)
        half = height * 0.19 * (1 - share * 0.86) * rng.uniform(0.9, 1.1)
        points = [(x, y1)]
        teeth = 7 if height > 0.3 else 3
        for tooth in range(teeth + 1):
            t = 1 - 2 * tooth / teeth
            drop = -0.16 * half if tooth % 2 else 0.10 * half
            points.append((x + half * t * rng.uniform(0.93, 1.07), y0 + drop + abs(t) * half * 0.05))
        shade = 0.8 + 0.2 * share
        canvas.polygon(points, colour * shade)
        lit = [(x, y1), *[(max(px * side, x * side) * side, py) for px, py in points[1:]]]
        canvas.polygon(lit, mix(colour * shade, light, 0.62))


def _foot_shadow(canvas: Canvas, x: float, base: float, reach: float) -> None:
    if reach * canvas.unit < 12:
        return
    for share in (1.0, 0.88, 0.76, 0.64, 0.52, 0.4):
        canvas.ellipse(x, base, reach * share, reach * share * 0.12, rgb(6, 10, 16), 0.055)


def broadleaf(
    canvas: Canvas, x: float, base: float, height: float, colour: Rgb, light: Rgb, rng: np.random.Generator, side: float
) -> None:
    """A round-crowned tree: trunk, a dark mass of leaves and lighter clumps on the lit side."""
    bark = mix(colour, rgb(70, 52, 42), 0.6) * 0.8
    _foot_shadow(canvas, x, base, height * 0.42)
    canvas.polygon(
        [
            (x - height * 0.035, base),
            (x + height * 0.035, base),
            (x + height * 0.018, base + height * 0.5),
            (x - height * 0.018, base + height * 0.5),
        ],
        bark,
    )
    crown = base + height * 0.64
    fine = height > 0.22
    count = 22 if fine else 9
    clumps = []
    for _ in range(count):
        angle, far = rng.uniform(0, math.tau), rng.uniform() ** 0.5
        clumps.append(
            (math.cos(angle) * far, math.sin(angle) * far, rng.uniform(0.07, 0.14) if fine else rng.uniform(0.13, 0.2))
        )
    for layer, tone in enumerate((colour * 0.76, colour * 0.94, mix(colour, light, 0.6), light)):
        for cx, cy, r in clumps if layer < 2 else clumps[: count * 2 // 3 if layer == 2 else count // 3]:
            lean = side * height * 0.03 * layer
            radius = height * r * (1.15, 1.0, 0.66, 0.38)[layer]
            canvas.ellipse(
                x + cx * height * 0.22 + lean,
                crown + cy * height * 0.2 + height * 0.03 * layer,
                radius,
                radius * 0.88,
                tone,
            )


def palm(
    canvas: Canvas, x: float, base: float, height: float, colour: Rgb, light: Rgb, rng: np.random.Generator, side: float
) -> None:
    """A palm with a leaning trunk."""
    lean = rng.uniform(-0.18, 0.18) * height
    bark = mix(colour, rgb(96, 72, 52), 0.7)
    points = [(x + lean * t * t, base + height * 0.8 * t) for t in np.linspace(0, 1, 8)]
    for a, b in itertools.pairwise(points):
        canvas.line(a, b, height * 0.035, bark)
    cx, cy = points[-1]
    for index in range(9):
        angle = math.pi * (index + 0.5) / 9 * 1.3 - 0.15 * math.pi
        tip = (
            cx + math.cos(angle) * height * 0.36,
            cy + math.sin(angle) * height * 0.16 - abs(math.cos(angle)) * height * 0.1,
        )
        middle = ((cx + tip[0]) / 2, (cy + tip[1]) / 2 + height * 0.1)
        canvas.polygon(
            [(cx, cy), middle, tip, (middle[0], middle[1] - height * 0.045)],
            light if math.cos(angle) * side > 0 else colour,
        )


Tree = Callable[[Canvas, float, float, float, Rgb, Rgb, np.random.Generator, float], None]


def trees(
    stage: Stage,
    depth: float,
    kind: Tree,
    colour: Rgb,
    haze: float,
    *,
    height_m: float,
    per_unit: float,
    clear: float = 0.0,
    name: str = "trees",
) -> Layer:
    """A row of trees standing on the ground at a depth. ``per_unit``: trees in one frame height of width; ``clear``
    leaves a
    gap of that half-width in the middle of the picture."""
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    rng, palette = stage.rng(name, round(depth / stage.view.subject_m, 1)), stage.palette
    side = 1.0 if palette.direction[0] >= 0 else -1.0
    left, right = float(canvas.xs()[0]) - 0.2, float(canvas.xs()[-1]) + 0.2
    base = stage.base(depth)
    spots = np.arange(math.floor(left * per_unit), math.ceil(right * per_unit)) / per_unit
    order = []
    for spot in spots:
        own = generator("tree", stage.seed, name, round(depth / stage.view.subject_m, 1), round(float(spot) * 1000))
        order.append((own.uniform(-0.004, 0.004), float(spot) + own.uniform(-0.5, 0.5) / per_unit, own))
    for lift, x, own in sorted(order, key=lambda each: -each[0]):
        if abs(x) < clear:
            continue
        height = stage.size(height_m * own.uniform(0.65, 1.2), depth)
        tint = colour * own.uniform(0.86, 1.12)
        dark = palette.far(palette.lit(tint, 0.3), haze)
        light = palette.far(palette.lit(tint, 0.85), haze)
        kind(canvas, x, base + lift - height * 0.02, height, dark, light, own, side)
    del rng
    return layer_from(canvas, plane, depth)


def grasses(stage: Stage, depth: float, colour: Rgb, *, height: float, dense: float = 46.0) -> Layer:
    """Dark blades close to the lens along the bottom edge, swaying with the wind: depth for the eye and for
    parallax."""
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    palette = stage.palette
    bottom = (stage.view.cy - stage.view.height) / stage.view.height
    tone = palette.lit(colour, 0.12) * 0.55
    left, right = float(canvas.xs()[0]), float(canvas.xs()[-1])
    half = stage.view.width / stage.view.height / 2
    for index in range(math.floor(left * dense), math.ceil(right * dense)):
        own = generator("grass", stage.seed, index, dense)
        x = (index + own.uniform(-0.5, 0.5)) / dense
        edge = 0.35 + 0.65 * min(1.0, abs(x / half)) ** 1.5
        tall = height * own.uniform(0.35, 1.0) * edge
        lean = own.uniform(-0.35, 0.35) * tall
        wide = 0.0035 + 0.004 * own.uniform()
        foot = bottom - 0.30
        shade = tone * own.uniform(0.7, 1.25)
        canvas.polygon(
            [
                (x - wide, foot),
                (x - wide, bottom),
                (x + lean * 0.4, bottom + tall * 0.62),
                (x + lean, bottom + tall),
                (x + lean * 0.55 + wide, bottom + tall * 0.55),
                (x + wide, bottom),
                (x + wide, foot),
            ],
            shade,
        )
    strength = 0.012 + 0.006 * min(abs(stage.physics.wind), 16.0)
    return layer_from(canvas, plane, depth, sway=(strength, 0.45), foot=stage.view.height * 1.05)
