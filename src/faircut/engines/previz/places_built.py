"""City and street."""

from __future__ import annotations

import math

import cv2
import numpy as np

from faircut.engines.previz import scenery
from faircut.engines.previz.geometry import Plane
from faircut.engines.previz.layers import Canvas, Layer, Picture, bgra, layer_from
from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.places import heavens
from faircut.engines.previz.scenery import Stage

_FACADES = (
    rgb(150, 120, 104),
    rgb(128, 132, 142),
    rgb(166, 146, 122),
    rgb(112, 104, 116),
    rgb(140, 92, 80),
    rgb(98, 110, 124),
)
_WARM = (rgb(255, 214, 140), rgb(255, 190, 110), rgb(255, 232, 180), rgb(190, 220, 255))
_NEON = (rgb(255, 70, 130), rgb(60, 220, 255), rgb(255, 170, 60), rgb(150, 110, 255), rgb(90, 255, 170))


def _tower(
    canvas: Canvas, stage: Stage, rng: np.random.Generator, x: float, base: float, wide: float, tall: float, haze: float
) -> None:
    palette = stage.palette
    body = _FACADES[int(rng.integers(len(_FACADES)))] * rng.uniform(0.8, 1.1)
    lean = palette.direction[0]
    front, side = (
        palette.far(palette.lit(body, 0.45), haze),
        palette.far(palette.lit(body, 0.1 if lean < 0 else 0.85), haze),
    )
    depth = wide * 0.22
    canvas.polygon([(x, base), (x + wide, base), (x + wide, base + tall), (x, base + tall)], front)
    canvas.polygon(
        [(x + wide - depth, base), (x + wide, base), (x + wide, base + tall), (x + wide - depth, base + tall)], side
    )
    if rng.uniform() < 0.4:
        canvas.polygon(
            [
                (x + wide * 0.2, base + tall),
                (x + wide * 0.55, base + tall),
                (x + wide * 0.55, base + tall * 1.06),
                (x + wide * 0.2, base + tall * 1.06),
            ],
            side,
        )
    if rng.uniform() < 0.3:
        canvas.line((x + wide * 0.4, base + tall), (x + wide * 0.4, base + tall * 1.16), 0.0022, front)
    columns = max(2, int(wide / 0.014))
    rows = max(3, int(tall / 0.019))
    cell, story = (wide - depth) / columns, tall / rows
    glass = palette.far(palette.lit(mix(body, palette.middle, 0.6) * 0.75, 0.5), haze)
    for row in range(rows - 1):
        for column in range(columns):
            lit = rng.uniform() < 0.42 * palette.lamps
            tone = _WARM[int(rng.integers(4))] * (0.75 + 0.25 * rng.uniform()) if lit else glass
            if lit:
                tone = palette.far(tone, haze * 0.5)
            px, py = x + (column + 0.24) * cell, base + (row + 0.35) * story
            canvas.polygon(
                [(px, py), (px + cell * 0.55, py), (px + cell * 0.55, py + story * 0.5), (px, py + story * 0.5)], tone
            )


def _skyline(stage: Stage, depth: float, tall: float, haze: float, wide: float, clear: float = 0.0) -> Layer:
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    base = stage.base(depth) - 0.02
    left, right = float(canvas.xs()[0]), float(canvas.xs()[-1])
    for index in range(math.floor(left / wide) - 1, math.ceil(right / wide) + 1):
        rng = stage.rng("tower", round(haze, 2), index)
        x = index * wide + rng.uniform(-0.2, 0.2) * wide
        if abs(x + wide / 2) < clear:
            continue
        height = tall * rng.uniform(0.4, 1.0) * (1 + 0.7 * (rng.uniform() > 0.86))
        _tower(canvas, stage, rng, x, base, wide * rng.uniform(0.72, 1.05), height, haze)
    return layer_from(canvas, plane, depth)


def city(stage: Stage) -> list[Layer]:
    """A skyline at three depths behind a terrace or quay."""
    far, mid, near = (
        max(stage.view.subject_m * factor, least) for factor, least in ((60.0, 700.0), (26.0, 300.0), (10.0, 110.0))
    )
    paving = rgb(120, 118, 122)
    layers = [
        *heavens(stage, 0.4),
        _skyline(stage, far, 0.20, 0.62, 0.07),
        _skyline(stage, mid, 0.30, 0.34, 0.11),
        _skyline(stage, near, 0.40, 0.10, 0.19, clear=0.26),
        scenery.ground(stage, paving, grain=0.1, scale_m=0.6, haze_m=near * 2),
    ]
    if stage.palette.lamps > 0.5:
        layers.append(_wet_lights(stage, near))
    return layers


def _wet_lights(stage: Stage, depth: float) -> Layer:
    """Light of lit windows and lamps smeared down over the ground."""
    plane = Plane.at_depth(depth)
    canvas = stage.canvas(plane)
    rng = stage.rng("smear")
    base = stage.base(depth)
    strong = 0.34 if stage.physics.rain else 0.14
    for _ in range(60):
        x, length = rng.uniform(-1.6, 1.6), rng.uniform(0.05, 0.26)
        tone = _NEON[int(rng.integers(5))] if rng.uniform() < 0.3 else _WARM[int(rng.integers(4))]
        for part in range(5):
            share = part / 5
            canvas.ellipse(
                x, base - length * share - 0.01, 0.005 + 0.004 * share, length * 0.16, tone, strong * (1 - share) * 0.7
            )
    canvas.pixels = cv2.GaussianBlur(canvas.pixels, (0, 0), max(1.0, canvas.unit * 0.004))
    return layer_from(canvas, plane, depth * 0.98)


def _wall_texture(stage: Stage, name: str, length_m: float, height_m: float, dots: float) -> Picture:
    """A street front, ``dots`` pixels a metre: houses side by side with doors, shop windows and lit rooms. Row 0 is
    the roof."""
    palette, rng = stage.palette, stage.rng("wall", name)
    width, height = int(length_m * dots), int(height_m * dots)
    wall: Picture = np.zeros((height, width, 4), np.uint8)

    def box(x0: float, y0: float, x1: float, y1: float, tone: Rgb) -> None:
        cv2.rectangle(
            wall,
            (round(x0 * dots), height - round(y1 * dots)),
            (round(x1 * dots) - 1, height - round(y0 * dots) - 1),
            bgra(tone),
            -1,
        )

    x = 0.0
    while x < length_m:
        wide, tall = rng.uniform(6, 11), rng.uniform(0.5, 1.0) * height_m
        body = _FACADES[int(rng.integers(len(_FACADES)))] * rng.uniform(0.75, 1.05)
        lit_share = 0.75 if (name == "left") == (palette.side == "right") else 0.22
        box(x, 0, x + wide, tall, palette.lit(body, lit_share))
        box(x, tall - 0.4, x + wide, tall, palette.lit(body * 0.7, lit_share))
        box(x, 3.5, x + wide, 3.75, palette.lit(body * 0.62, lit_share))
        shop = rng.uniform() < 0.7
        glow = palette.lamps > 0.3
        if shop:
            inside = _WARM[int(rng.integers(3))] if glow else palette.lit(rgb(92, 108, 122), 0.6)
            box(x + 0.7, 0.5, x + wide - 2.0, 2.7, inside)
            box(
                x + 0.7,
                2.75,
                x + wide - 0.7,
                3.4,
                (_NEON[int(rng.integers(5))] if glow else palette.lit(_NEON[int(rng.integers(5))] * 0.6, 0.6)),
            )
            for pane in np.arange(x + 0.7, x + wide - 2.2, 1.3):
                box(pane, 0.5, pane + 0.08, 2.7, palette.lit(body * 0.4, 0.3))
        box(x + wide - 1.7, 0.0, x + wide - 0.7, 2.4, palette.lit(body * 0.45, 0.4))
        for floor in np.arange(4.4, tall - 1.6, 2.9):
            for column in np.arange(x + 0.8, x + wide - 1.2, 1.9):
                lamp = rng.uniform() < 0.4 * palette.lamps
                tone = (
                    _WARM[int(rng.integers(4))] * rng.uniform(0.7, 1.0)
                    if lamp
                    else palette.lit(mix(body * 0.45, palette.middle, 0.35), 0.4)
                )
                box(column - 0.12, floor - 0.12, column + 1.12, floor + 1.62, palette.lit(body * 0.72, lit_share))
                box(column, floor, column + 1.0, floor + 1.5, tone)
        x += wide
    return wall


def side_wall(
    stage: Stage,
    name: str,
    offset_m: float,
    near_m: float,
    far_m: float,
    height_m: float,
    haze_m: float,
    mirror: bool,
    texture: Picture | None = None,
) -> Layer:
    """An upright wall along the line of sight, ``offset_m`` to the right (negative: left), painted as the reference
    camera sees it. ``mirror`` adds its reflection below the ground."""
    view = stage.view
    dots = min(24.0, 2600 / (far_m - near_m))
    wall = _wall_texture(stage, name, far_m - near_m, height_m, dots) if texture is None else texture
    dots = wall.shape[1] / (far_m - near_m)
    tone = wall.astype(np.float32)
    z = near_m + (np.arange(wall.shape[1], dtype=np.float32) + 0.5) / dots
    mist = (1 - np.exp(-z / haze_m))[None, :, None]
    haze = np.array([*(stage.palette.haze)[::-1], 255], np.float32) * 0.9
    haze[3] = 255
    tone = np.where(tone[..., 3:] > 0, tone * (1 - mist) + haze * mist, tone)
    wall = cv2.convertScaleAbs(tone)
    if mirror:
        wall = np.vstack([wall, cv2.convertScaleAbs(wall[::-1])])
    plane = Plane((1.0, 0.0, 0.0), offset_m)
    seen = stage.canvas(plane)
    spots = [
        view.project(offset_m, up, depth)
        for depth in (near_m, far_m)
        for up in (-height_m if mirror else 0.0, height_m)
    ]
    box = (
        max(seen.left, min(u for u, _ in spots) - 2),
        max(seen.top, min(v for _, v in spots) - 2),
        min(seen.left + seen.width / seen.scale, max(u for u, _ in spots) + 2),
        min(seen.top + seen.height / seen.scale, max(v for _, v in spots) + 2),
    )
    canvas = Canvas(view, box, min(seen.scale, 1.3) * 2)
    height_px = height_m * wall.shape[1] / (far_m - near_m)
    corners = []
    texture_points = []
    for depth, column in ((near_m, 0.0), (far_m, float(wall.shape[1]))):
        for up, row in ((height_m, 0.0), (0.0, height_px)):
            u, v = view.project(offset_m, up, depth)
            corners.append(((u - canvas.left) * canvas.scale, (v - canvas.top) * canvas.scale))
            texture_points.append((column, row))
    matrix = cv2.getPerspectiveTransform(np.array(texture_points, np.float32), np.array(corners, np.float32))
    big = cv2.warpPerspective(wall, matrix, (canvas.width, canvas.height), flags=cv2.INTER_LINEAR)
    small = cv2.resize(big, (max(2, canvas.width // 2), max(2, canvas.height // 2)), interpolation=cv2.INTER_AREA)
    canvas.scale, canvas.pixels = canvas.scale / 2, small
    canvas.height, canvas.width = small.shape[:2]
    return layer_from(canvas, plane, abs(offset_m) * 3)


def street(stage: Stage) -> list[Layer]:
    """A street in one-point perspective, both fronts on true planes; at night and in rain it reflects them."""
    view, palette = stage.view, stage.palette
    unit = max(view.camera_m / 1.5, 0.3)
    half = max(5.0 * unit, view.subject_m * 0.42)
    far = max(46.0 * unit, view.subject_m * 6)
    wet = stage.physics.rain > 0 or palette.lamps > 0.6
    near = max(view.subject_m * 0.22, 1.2 * unit)
    height = 13.0 * max(1.0, half / 6)
    layers = heavens(stage, 0.3)
    layers.append(_skyline(stage, far * 1.6, 0.34, 0.55, 0.12))
    layers += [
        side_wall(stage, name, offset, near, far, height, far * 1.1, wet)
        for name, offset in (("left", -half), ("right", half))
    ]
    road = scenery.ground(
        stage, rgb(84, 84, 92), grain=0.12, scale_m=0.6, haze_m=far * 1.2, alpha=0.74 if wet else 1.0, half_m=half
    )
    layers.append(road)
    layers.append(_markings(stage, half))
    layers += _lamps(stage, half, far)
    return layers


def _markings(stage: Stage, half: float) -> Layer:
    stage = stage.floor()
    plane = Plane.ground(stage.view)
    canvas = stage.canvas(plane)
    view, palette = stage.view, stage.palette
    paint, kerb = palette.lit(rgb(214, 210, 196), 0.5), palette.lit(rgb(146, 142, 140), 0.4)

    def spot(x: float, z: float) -> tuple[float, float]:
        return view.focal * x / z / view.height, -view.focal * view.camera_m / z / view.height

    start = view.camera_m * view.focal / view.height * 0.62
    for side in (-1, 1):
        inner, outer, far = side * half * 0.66, side * half, start * 60
        canvas.polygon([spot(inner, start), spot(outer, start), spot(outer, far), spot(inner, far)], kerb, 0.42)
        canvas.polygon(
            [
                spot(inner, start),
                spot(inner + side * half * 0.02, start),
                spot(inner + side * half * 0.02, far),
                spot(inner, far),
            ],
            kerb * 1.25,
            0.8,
        )
    dash = half * 0.55
    for index in range(26):
        z0 = start + index * dash * 1.9
        canvas.polygon(
            [
                spot(-half * 0.015, z0),
                spot(half * 0.015, z0),
                spot(half * 0.015, z0 + dash),
                spot(-half * 0.015, z0 + dash),
            ],
            paint,
            0.6 * math.exp(-index / 9),
        )
    return layer_from(canvas, plane, 0.0)


def _lamps(stage: Stage, half: float, far: float) -> list[Layer]:
    layers = []
    palette, view = stage.palette, stage.view
    iron = palette.lit(rgb(52, 54, 60), 0.3)
    for index in range(4, -1, -1):
        depth = view.subject_m * (0.9 + index * 0.8)
        if depth > far:
            continue
        plane = Plane.at_depth(depth)
        canvas = stage.canvas(plane)
        for side in (-1, 1):
            x, base = stage.size(half * 0.74 * side, depth), stage.base(depth)
            tall = stage.size(half * 0.72, depth)
            thick = tall * 0.018
            canvas.line((x, base), (x, base + tall), thick, iron)
            canvas.line((x, base + tall), (x - side * tall * 0.16, base + tall * 1.02), thick * 0.8, iron)
            head = (x - side * tall * 0.18, base + tall * 1.0)
            if palette.lamps > 0.3:
                u, v = canvas.to_pixels([head])[0]
                halo = canvas.unit * tall * 0.42
                glow = np.zeros_like(canvas.pixels)
                glow[..., 3] = 1
                _halo(canvas.pixels, float(u), float(v), float(halo), rgb(255, 214, 140), 0.55 * palette.lamps)
            canvas.ellipse(
                *head,
                tall * 0.045,
                tall * 0.022,
                rgb(255, 240, 200) if palette.lamps > 0.3 else palette.lit(rgb(220, 220, 214), 0.5),
            )
        layers.append(layer_from(canvas, plane, depth))
    return layers


def _halo(picture: Picture, u: float, v: float, radius: float, colour: Rgb, strength: float) -> None:
    """A soft additive light: colour without cover (alpha stays), which premultiplied blending adds to what is
    behind."""
    r = math.ceil(radius)
    x0, x1, y0, y1 = (
        max(0, int(u) - r),
        min(picture.shape[1], int(u) + r),
        max(0, int(v) - r),
        min(picture.shape[0], int(v) + r),
    )
    if x0 >= x1 or y0 >= y1:
        return
    yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    fall = np.clip(1 - np.hypot(xx - u, yy - v) / radius, 0, 1) ** 2.4 * strength
    patch = picture[y0:y1, x0:x1]
    patch[..., :3] = np.clip(patch[..., :3] + fall[..., None] * np.array(colour[::-1], np.float32), 0, 255).astype(
        np.uint8
    )
    # A trace of cover keeps the halo inside the picture's bounds.
    patch[..., 3] = np.maximum(patch[..., 3], (fall * 20 > 0.4).astype(np.uint8))
