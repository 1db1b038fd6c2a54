"""Sets and weather of the demo's films: streets, seas of cloud, hills, all as long sheets for the camera to pass."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from faircut.demo.paper import Colour, Cutout, Sheet, band, box, curve, oval, sky

WIDE = 1240
HIGH = 420

__all__ = [
    "HIGH", "WIDE", "bridge", "cloud", "cloud_bank", "farm", "hills", "kite", "lamps", "lighthouse", "moon",
    "mountains", "roofline", "sky", "street", "sun", "windmill_sails",
]  # fmt: skip


@lru_cache
def moon() -> Sheet:
    """A full moon with a sleeping face, 200 units square."""
    disc = Cutout(220, 220, scale=1.5, seed=41)
    disc.glue(oval(108, 108, 98, 98, sides=80), (250, 236, 198), foot=(236, 206, 158))
    for x, y, r in ((66, 62, 17), (150, 84, 12), (120, 166, 20), (58, 140, 10), (160, 140, 8), (112, 44, 9)):
        disc.glue(oval(x, y, r, r * 0.9), (232, 208, 162), foot=(242, 222, 182), lift=1.2)
    disc.glue(band([(70, 100), (82, 106), (94, 101)], 4), (176, 140, 112), lift=0)
    disc.glue(band([(120, 103), (132, 108), (146, 102)], 4), (176, 140, 112), lift=0)
    disc.glue(band([(92, 134), (106, 141), (122, 135)], 4), (176, 140, 112), lift=0)
    return disc.bake(shadow=6)


@lru_cache
def sun() -> Sheet:
    """A sun with two rings of rays."""
    disc = Cutout(240, 240, scale=1.2, seed=42)
    for count, inner, outer, colour in ((22, 70, 112, (248, 176, 92)), (22, 62, 94, (252, 206, 120))):
        points = []
        for k in range(2 * count):
            radius, a = (outer if k % 2 else inner), math.pi * k / count + (0.12 if outer > 100 else 0)
            points.append((118 + radius * math.cos(a), 118 + radius * math.sin(a)))
        disc.glue(points, colour)
    disc.glue(oval(118, 118, 62, 62, sides=60), (255, 232, 164), foot=(252, 200, 110))
    return disc.bake(shadow=5)


@lru_cache
def roofline(seed: int, wall: Colour, roof: Colour, lit: float, low: float, tall: float) -> Sheet:
    """A row of crooked houses on stilts, :data:`WIDE` units long, their feet at 400. ``lit``: share of lit windows."""
    rng = np.random.default_rng(seed)
    row = Cutout(WIDE, HIGH, scale=1.0, seed=seed)
    x = -30.0
    while x < WIDE:
        width, height = float(rng.uniform(56, 104)), float(rng.uniform(low, tall))
        lean = float(rng.uniform(-9, 9))
        top, floor = 400 - height, 400 - height * 0.12
        tone = float(rng.uniform(0.86, 1.14))
        paint = (wall[0] * tone, wall[1] * tone, wall[2] * tone)
        for leg in (0.2, 0.8):
            row.glue(
                box(x + width * leg - 3, floor - 4, 6, HIGH - floor + 4), (roof[0] * 0.6, roof[1] * 0.6, roof[2] * 0.6)
            )
        row.glue([(x + lean, top), (x + width + lean, top), (x + width, floor), (x, floor)], paint)
        peak = float(rng.uniform(28, 58))
        row.glue(
            [
                (x + lean - 11, top + 4),
                (x + lean * 1.6 + width * float(rng.uniform(0.3, 0.7)), top - peak),
                (x + width + lean + 11, top + 4),
            ],
            (roof[0] * tone, roof[1] * tone, roof[2] * tone),
            lift=3,
        )
        if rng.random() < 0.6:
            row.glue(box(x + width * 0.68 + lean, top - peak * 0.8, 10, peak * 0.7), paint)
        columns = max(2, int(width // 28))
        for column in range(columns):
            for level in range(max(1, int(height * 0.72 // 38))):
                share = (14 + level * 38) / height
                wx = x + lean * (1 - share) + width * (column + 0.5) / columns - 6
                wy = top + 16 + level * 38
                glass = (255, 212, 116) if rng.random() < lit else (wall[0] * 0.5, wall[1] * 0.5, wall[2] * 0.6)
                row.glue(box(wx, wy, 13, 18), glass, lift=1)
                row.glue(box(wx + 5.5, wy, 2, 18), roof, lift=0)
        x += width + float(rng.uniform(2, 16))
    return row.bake(shadow=6)


@lru_cache
def street() -> Sheet:
    """The ridge of a long tiled roof to walk on, its top at 20."""
    ridge = Cutout(WIDE, 150, scale=1.0, seed=46)
    ridge.glue(box(0, 20, WIDE, 130), (64, 84, 96), foot=(34, 46, 66))
    for line in range(5):
        for k in range(WIDE // 30 + 2):
            x, y = k * 30 - (15 if line % 2 else 0), 26 + line * 24
            shade = 1 + 0.16 * math.sin(k * 12.9898 + line * 78.233)
            ridge.glue(
                curve([(x, y), (x + 30, y), (x + 30, y + 16), (x + 15, y + 27), (x, y + 16)], steps=4),
                (70 * shade, 100 * shade, 108 * shade),
                foot=(48, 66, 84),
                lift=1.2,
            )
    ridge.glue(box(0, 14, WIDE, 14), (120, 62, 62), foot=(86, 42, 54))
    return ridge.bake(shadow=0)


@lru_cache
def bridge() -> Sheet:
    """A humpbacked bridge with a railing over a canal; its crown lies at (620, 190)."""
    arch = Cutout(WIDE, HIGH, scale=1.0, seed=47)

    def crown(x: float) -> float:
        return 190 + ((x - 620) / 620) ** 2 * 120

    deck = [(float(x), crown(x)) for x in range(0, WIDE + 1, 20)]
    arch.glue([*deck, (WIDE, HIGH), (0, HIGH)], (112, 84, 108), foot=(58, 44, 78))
    for x in (310.0, 620.0, 930.0):
        arch.cut(
            curve(
                [(x - 90, HIGH + 60), (x - 86, 330), (x, 262 + abs(x - 620) * 0.12), (x + 86, 330), (x + 90, HIGH + 60)]
            )
        )
    rng = np.random.default_rng(47)
    for _ in range(150):
        x, depth = float(rng.uniform(0, WIDE)), float(rng.uniform(14, 180))
        tone = float(rng.uniform(0.8, 1.15))
        if crown(x) + depth > HIGH - 8 or any(abs(x - a) < 108 and crown(x) + depth > 246 for a in (310, 620, 930)):
            continue
        arch.glue(
            curve(
                [
                    (x - 13, crown(x) + depth - 6),
                    (x + 13, crown(x) + depth - 7),
                    (x + 14, crown(x) + depth + 6),
                    (x - 12, crown(x) + depth + 7),
                ],
                steps=4,
            ),
            (124 * tone, 96 * tone, 116 * tone),
            lift=1,
        )
    for x in range(10, WIDE, 34):
        arch.glue(band([(x, crown(x) - 30), (x, crown(x) + 4)], 4), (66, 44, 62), lift=1)
    arch.glue(band([(x, y - 30) for x, y in deck[::3]], 5), (92, 60, 74))
    return arch.bake(shadow=5)


@lru_cache
def lamps(seed: int) -> Sheet:
    """A string of paper lamps, :data:`WIDE` units long, 120 high."""
    rng = np.random.default_rng(seed)
    line = Cutout(WIDE, 120, scale=1.0, seed=seed)

    def sag(x: float) -> float:
        return 16 + 34 * abs(math.sin(math.pi * x / 310))

    line.glue(band([(float(x), sag(x)) for x in range(0, WIDE + 1, 31)], 2), (50, 34, 52), lift=1)
    colours = ((246, 122, 84), (252, 196, 96), (122, 190, 172), (232, 150, 168))
    for x in range(24, WIDE, 44):
        y, size = sag(x) + 14, float(rng.uniform(0.8, 1.2))
        line.glue(oval(x, y + 6, 12 * size, 14 * size), colours[int(rng.integers(4))], foot=(255, 232, 160))
        line.glue(box(x - 6, y - 10, 12, 4), (84, 46, 52), lift=1)
    return line.bake(shadow=4)


@lru_cache
def mountains(seed: int, colour: Colour, foot: Colour, top: float) -> Sheet:
    """A range of folded peaks with snow on them."""
    rng = np.random.default_rng(seed)
    ridge = Cutout(WIDE, HIGH, scale=1.0, seed=seed)
    for k in range(9):
        x, height = 150.0 * k + float(rng.uniform(-40, 40)), float(rng.uniform(0.55, 1.0)) * (HIGH - top)
        half = float(rng.uniform(120, 190))
        peak = (x + float(rng.uniform(-30, 30)), HIGH - height)
        ridge.glue([peak, (x + half, HIGH), (x - half, HIGH)], colour, foot=foot, lift=3)
        ridge.glue(
            [peak, (x + half, HIGH), (x + half * 0.2, HIGH)],
            (colour[0] * 0.78, colour[1] * 0.78, colour[2] * 0.84),
            foot=foot,
            lift=0,
        )
        s = 0.22
        left = (peak[0] + (x - half - peak[0]) * s, peak[1] + height * s)
        right = (peak[0] + (x + half - peak[0]) * s, peak[1] + height * s)
        middle = [
            (left[0] + (right[0] - left[0]) * q, left[1] + (12 if n % 2 else -10))
            for n, q in enumerate((0.2, 0.4, 0.6, 0.8))
        ]
        ridge.glue([peak, right, *middle[::-1], left], (250, 244, 240), foot=(222, 214, 230), lift=1)
    return ridge.bake(shadow=5)


@lru_cache
def cloud(seed: int, colour: Colour, foot: Colour) -> Sheet:
    """One cloud, 300 x 120 units."""
    rng = np.random.default_rng(seed)
    shape = Cutout(310, 130, scale=1.0, seed=seed)
    for k in range(9):
        x = 46 + 27 * k + float(rng.uniform(-8, 8))
        r = (24 + 30 * math.sin(math.pi * (k + 0.6) / 9)) * float(rng.uniform(0.8, 1.05))
        shape.glue(oval(x, 82 - r * 0.35, r, r * 0.8), colour, foot=foot, lift=2.5)
    shape.glue(curve([(30, 74), (150, 66), (280, 74), (288, 94), (150, 104), (24, 94)]), colour, foot=foot, lift=2)
    for k in range(3):
        y = 84 + 5 * k
        shape.glue(band([(70 + 30 * k, y), (110 + 34 * k, y - 5), (150 + 30 * k, y)], 2), foot, lift=0.4)
    return shape.bake(shadow=6, depth=0.28)


@lru_cache
def cloud_bank(seed: int, colour: Colour, foot: Colour) -> Sheet:
    """A sea of cloud with curled waves, :data:`WIDE` units long, 170 high."""
    rng = np.random.default_rng(seed)
    bank = Cutout(WIDE, 190, scale=1.0, seed=seed)
    for line in range(3):
        x = -30.0
        while x < WIDE + 40:
            r = float(rng.uniform(32, 62))
            y = 62 + line * 38 + float(rng.uniform(-8, 8))
            tone = 1 - 0.06 * line
            paint = (colour[0] * tone, colour[1] * tone, colour[2] * tone)
            bank.glue(oval(x, y + r * 0.4, r, r * 0.86), paint, foot=foot, lift=3)
            swirl = [
                (x + r * q * math.cos(a), y + r * 0.4 + r * 0.86 * q * math.sin(a))
                for q, a in ((0.72, 3.5), (0.68, 4.3), (0.6, 5.1), (0.45, 5.9), (0.28, 6.9))
            ]
            bank.glue(band(swirl, 2.6), foot, lift=0.4)
            x += r * float(rng.uniform(1.0, 1.35))
        bank.glue(
            box(0, 96 + line * 38, WIDE, 190),
            (colour[0] * (0.98 - 0.06 * line), colour[1] * (0.98 - 0.06 * line), colour[2] * (0.98 - 0.06 * line)),
            foot=foot,
            lift=0,
            opacity=0.9,
        )
    return bank.bake(shadow=6, depth=0.3)


@lru_cache
def hills(seed: int, colour: Colour, foot: Colour, top: float, bushes: int = 30) -> Sheet:
    """Rolling fields with furrows and bushes; without bushes they pass for waves."""
    rng = np.random.default_rng(seed)
    land = Cutout(WIDE, HIGH, scale=1.0, seed=seed)
    phase = float(rng.uniform(0, 6))

    def height(x: float, drop: float) -> float:
        return top + drop + 26 * math.sin(x / 150 + phase) + 13 * math.sin(x / 61 + 2 * phase)

    land.glue(
        [*((float(x), height(x, 0)) for x in range(0, WIDE + 1, 20)), (WIDE, HIGH), (0, HIGH)],
        colour,
        foot=foot,
        lift=4,
    )
    for k in range(1, 9):
        land.glue(
            band([(float(x), height(x, 15 * k + k * k)) for x in range(0, WIDE + 1, 62)], 1.6 + 0.4 * k), foot, lift=0.8
        )
    for _ in range(bushes):
        x, drop = float(rng.uniform(0, WIDE)), float(rng.uniform(-4, 60))
        r = 8 + drop * 0.14
        land.glue(oval(x, height(x, drop) - r * 0.6, r, r), (foot[0] * 0.8, foot[1] * 0.95, foot[2] * 0.7))
    return land.bake(shadow=5)


@lru_cache
def farm() -> Sheet:
    """A mill's tower, 120 x 170 units; its sails turn about (60, 52)."""
    tower = Cutout(130, 180, scale=1.4, seed=52)
    tower.glue([(42, 54), (78, 54), (92, 172), (28, 172)], (238, 226, 206), foot=(206, 184, 170))
    tower.glue(curve([(38, 58), (60, 24), (82, 58)]), (176, 74, 66))
    tower.glue(box(52, 136, 16, 36), (104, 72, 58))
    for y in (76, 104):
        tower.glue(box(54, y, 12, 16), (108, 150, 170), lift=1)
    return tower.bake(shadow=5)


@lru_cache
def windmill_sails() -> Sheet:
    """Four sails about (80, 80)."""
    sails = Cutout(164, 164, scale=1.4, seed=53)
    for k in range(4):
        a = math.pi / 2 * k
        c, s = math.cos(a), math.sin(a)
        sails.glue(
            [(80 + c * u - s * v, 80 + s * u + c * v) for u, v in ((12, 3), (74, 3), (74, 22), (12, 16))],
            (246, 238, 216),
        )
        for u in (28, 44, 60):
            sails.glue(
                [(80 + c * (u + p) - s * v, 80 + s * (u + p) + c * v) for p, v in ((-1, 3), (1, 3), (1, 20), (-1, 20))],
                (176, 140, 116),
                lift=0,
            )
        sails.glue(
            [(80 + c * u - s * v, 80 + s * u + c * v) for u, v in ((0, -3), (78, -3), (78, 3), (0, 3))],
            (112, 78, 60),
            lift=1,
        )
    sails.glue(oval(80, 80, 8, 8), (176, 74, 66))
    return sails.bake(shadow=4)


@lru_cache
def kite(seed: int) -> Sheet:
    """A kite with a tail of bows, 60 x 150 units, tied at (30, 40)."""
    first, second = (
        ((232, 92, 78), (252, 206, 110)),
        ((78, 138, 178), (238, 236, 214)),
        ((122, 168, 96), (246, 170, 92)),
    )[seed % 3]
    sail = Cutout(64, 150, scale=1.4, seed=54 + seed)
    sail.glue(band([(30, 66), (38, 90), (24, 112), (34, 140)], 1.6), (90, 70, 66), lift=0.5)
    for k, (x, y) in enumerate(((37, 88), (25, 110), (33, 134))):
        sail.glue([(x - 8, y - 5), (x + 8, y + 5), (x + 8, y - 5), (x - 8, y + 5)], second if k % 2 else first)
    sail.glue([(30, 4), (56, 36), (30, 70), (5, 36)], first)
    sail.glue([(30, 4), (56, 36), (30, 36)], second, lift=1)
    sail.glue([(30, 36), (30, 70), (5, 36)], second, lift=1)
    return sail.bake(shadow=4)


@lru_cache
def lighthouse() -> Sheet:
    """A striped lighthouse on its rock, 260 x 330 units."""
    tower = Cutout(280, 340, scale=2.2, seed=58)
    tower.glue(
        curve([(10, 330), (40, 262), (96, 236), (176, 240), (236, 274), (270, 330), (140, 338)]),
        (104, 92, 104),
        foot=(62, 56, 76),
    )
    for x, y in ((60, 288), (120, 262), (200, 290), (150, 306), (90, 312), (226, 312)):
        tower.glue(curve([(x - 20, y + 8), (x, y - 12), (x + 22, y + 6)]), (128, 114, 122), foot=(84, 76, 92), lift=1.5)
    tower.glue([(112, 92), (162, 92), (180, 250), (94, 250)], (244, 234, 216), foot=(214, 196, 190))
    for k in range(3):
        y = 110 + 50 * k
        grow = (y - 92) / 158 * 18
        tower.glue(
            [(112 - grow, y), (162 + grow, y), (162 + grow + 3, y + 26), (112 - grow - 3, y + 26)],
            (206, 74, 66),
            foot=(168, 52, 62),
            lift=0.8,
        )
    tower.glue(box(104, 82, 66, 12), (70, 62, 82))
    tower.glue(box(118, 48, 38, 34), (255, 226, 138), foot=(250, 186, 92))
    for x in (118, 130, 142, 153):
        tower.glue(box(x, 48, 3, 34), (70, 62, 82), lift=0)
    tower.glue(curve([(108, 50), (137, 18), (166, 50)]), (168, 52, 62))
    tower.glue(box(129, 152, 16, 22), (92, 128, 140), lift=1.5)
    tower.glue(curve([(126, 250), (126, 228), (138, 220), (150, 228), (150, 250)]), (96, 66, 56), lift=1.5)
    return tower.bake(shadow=7)
