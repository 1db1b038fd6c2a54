"""The cast of the demo's films, invented for it: paper puppets made of parts that turn about their pivots."""

from __future__ import annotations

import math
from functools import lru_cache

from faircut.demo.paper import (
    Camera,
    Cutout,
    Frame,
    Matrix,
    Sheet,
    band,
    box,
    centre,
    chain,
    curve,
    glow,
    hull,
    oval,
    pose,
)

_SHARP = 2.0
"""Pixels a unit of the parts, so that close-ups stay sharp."""

INK = (38, 26, 40)


@lru_cache
def lumi_head(lids: bool = False) -> Sheet:
    """Lumi's head: a paper lantern with a face, 120 units square."""
    head = Cutout(120, 130, scale=_SHARP, seed=11)
    head.glue(band([(60, 4), (48, 12), (60, 24), (72, 12), (61, 4)], 4), (92, 62, 44))
    head.glue(
        curve([(60, 22), (98, 38), (106, 70), (92, 102), (60, 112), (28, 102), (14, 70), (22, 38)]),
        (250, 196, 92),
        foot=(240, 138, 58),
    )
    for height, half in ((40, 37), (56, 43), (72, 45), (88, 40), (101, 30)):
        head.glue(
            band([(60 - half, height - 3), (60, height + 3), (60 + half, height - 3)], 1.6), (214, 122, 50), lift=0.6
        )
    head.glue(box(36, 18, 48, 10), (120, 48, 52), lift=2)
    head.glue(box(40, 108, 40, 9), (120, 48, 52), lift=2)
    head.glue(curve([(84, 16), (100, 2), (112, 8), (100, 20)]), (72, 124, 112), lift=2)
    for x, size in ((42, 1.0), (79, 1.12)):
        if lids:
            head.glue(band([(x - 8, 66), (x, 71), (x + 8, 66)], 3), INK, lift=0)
        else:
            head.glue(oval(x, 66, 7 * size, 9.5 * size), INK, lift=0)
            head.glue(oval(x + 2.6, 62, 2.6, 3.2), (255, 250, 235), lift=0)
    head.glue(oval(32, 83, 6, 4), (236, 108, 70), lift=0, opacity=0.7)
    head.glue(oval(90, 83, 6, 4), (236, 108, 70), lift=0, opacity=0.7)
    head.glue(band([(53, 84), (60, 89), (69, 85), (72, 81)], 2.6), INK, lift=0)
    return head.bake(shadow=4)


@lru_cache
def lumi_coat() -> Sheet:
    """The red coat with toggles, 100 x 110 units, its neck at (50, 6)."""
    coat = Cutout(110, 112, scale=_SHARP, seed=12)
    coat.glue(
        curve([(40, 8), (66, 8), (86, 60), (98, 98), (50, 104), (8, 96), (24, 56)]), (188, 52, 54), foot=(136, 30, 50)
    )
    coat.glue(band([(53, 12), (55, 50), (52, 98)], 3), (112, 24, 44), lift=1)
    for y in (34, 56, 78):
        coat.glue(oval(60, y, 6, 3, angle=12), (232, 190, 120), lift=1)
    coat.glue(curve([(14, 88), (50, 97), (95, 90), (98, 99), (50, 106), (8, 97)]), (236, 168, 84), lift=1)
    coat.glue(curve([(34, 6), (72, 4), (76, 16), (54, 22), (30, 16)]), (70, 122, 112), foot=(44, 88, 92))
    return coat.bake(shadow=4)


@lru_cache
def lumi_arm() -> Sheet:
    """A sleeve with a mitten, its shoulder at (12, 12)."""
    arm = Cutout(90, 34, scale=_SHARP, seed=13)
    arm.glue(curve([(4, 8), (40, 5), (66, 9), (66, 24), (38, 25), (6, 20)]), (206, 66, 60), foot=(150, 40, 54))
    arm.glue(curve([(64, 7), (82, 8), (84, 20), (70, 26), (62, 22)]), (70, 122, 112))
    return arm.bake(shadow=3)


@lru_cache
def lumi_leg() -> Sheet:
    """A leg with its boot, the hip at (14, 6)."""
    leg = Cutout(50, 66, scale=_SHARP, seed=14)
    leg.glue(band([(14, 4), (14, 50)], 13), (58, 62, 96))
    leg.glue(curve([(5, 38), (23, 38), (25, 50), (42, 53), (42, 62), (5, 62)]), (84, 54, 46))
    return leg.bake(shadow=3)


@lru_cache
def ember_satchel() -> Sheet:
    """The Ember Satchel: a post bag with a coal in its window."""
    bag = Cutout(64, 60, scale=_SHARP, seed=15)
    bag.glue(curve([(6, 12), (58, 10), (60, 50), (32, 57), (4, 50)]), (112, 76, 50), foot=(82, 52, 40))
    bag.glue(curve([(4, 8), (60, 6), (54, 30), (32, 38), (10, 30)]), (146, 98, 58))
    bag.glue(oval(32, 30, 10, 10), (70, 40, 34))
    bag.glue(oval(32, 30, 7, 7), (255, 150, 60), foot=(255, 224, 140), lift=0)
    return bag.bake(shadow=3)


@lru_cache
def letter(seed: int = 0) -> Sheet:
    """A folded letter with a seal, 40 x 28 units."""
    sheet = Cutout(44, 32, scale=_SHARP, seed=60 + seed)
    sheet.glue(box(2, 2, 40, 27), ((246, 238, 214), (226, 240, 232), (250, 226, 206))[seed % 3])
    sheet.glue([(2, 2), (42, 2), (22, 18)], ((230, 216, 186), (206, 224, 216), (236, 204, 182))[seed % 3], lift=1.5)
    sheet.glue(oval(22, 17, 4, 4), (186, 46, 52), lift=1)
    return sheet.bake(shadow=3)


@lru_cache
def moth(open_wings: bool) -> Sheet:
    """A pale moth with eyes on its wings."""
    wings = Cutout(60, 46, scale=_SHARP, seed=17)
    span = 26 if open_wings else 12
    for side in (-1, 1):
        wings.glue(
            curve([(30, 20), (30 + side * span, 4), (30 + side * span * 1.1, 24), (30 + side * span * 0.6, 34)]),
            (224, 214, 196),
            foot=(176, 160, 170),
        )
        wings.glue(oval(30 + side * span * 0.72, 17, 3.4, 3.4), (120, 78, 96), lift=0)
    wings.glue(oval(30, 23, 3.4, 11), (104, 84, 78), lift=1)
    return wings.bake(shadow=2)


def draw_lumi(
    frame: Frame, base: Matrix, time: float, *, walk: float = 1.0, wave: float = 0.0, blink: bool = False
) -> None:
    """Lumi standing at the origin of ``base`` (feet there, some 200 units tall). ``walk``: how far the legs swing."""
    step = time * 2 * math.pi * 1.6
    swing = 28 * walk * math.sin(step)
    bob = -4 * walk * abs(math.cos(step))
    lean = 3 * math.sin(step / 2)
    for side, turn in ((-1, swing), (1, -swing)):
        lumi_leg().place(frame, chain(base, pose((14, 6), (side * 14, -56), angle=turn)))
    lumi_arm().place(frame, chain(base, pose((12, 12), (-20, -116 + bob), angle=118 + swing * 0.6)))
    lumi_coat().place(frame, chain(base, pose((50, 6), (0, -136 + bob), angle=lean * 0.5)))
    ember_satchel().place(frame, chain(base, pose((32, 4), (30, -84 + bob), angle=swing * 0.25)))
    lumi_arm().place(frame, chain(base, pose((12, 12), (18, -116 + bob), angle=62 - swing * 0.6 - 105 * wave)))
    head = chain(base, pose((60, 112), (0, -128 + bob), angle=lean))
    heart = centre(head, (60, 68))
    size = abs(float(base[0, 0]))
    glow(frame, heart, 190 * size, (120, 72, 26), 0.85 + 0.1 * math.sin(time * 9))
    lumi_head(blink).place(frame, head)
    glow(frame, heart, 52 * size, (90, 66, 30), 0.7 + 0.2 * math.sin(time * 11))
    glow(frame, centre(base, (30, -56 + bob)), 30 * size, (150, 70, 16), 0.8)


@lru_cache
def tumbril_body() -> Sheet:
    """Old Tumbril's hull, 560 x 240 units: plates, rivets, portholes, a grooved throat, no eye yet."""
    plates = Cutout(580, 260, scale=1.6, seed=21)
    outline = curve(
        [
            (18, 128),
            (40, 66),
            (120, 30),
            (240, 26),
            (360, 60),
            (460, 108),
            (560, 118),
            (470, 150),
            (370, 188),
            (250, 222),
            (120, 214),
            (44, 178),
        ]
    )
    plates.glue(outline, (206, 158, 74), foot=(138, 84, 48))
    plates.glue(
        curve(
            [(20, 140), (100, 160), (230, 168), (360, 160), (440, 150), (370, 188), (250, 221), (120, 212), (46, 178)]
        ),
        (222, 190, 128),
        foot=(150, 100, 62),
    )
    for k in range(6):
        plates.glue(
            band([(46 + 6 * k, 156 + 8 * k), (150, 176 + 7 * k), (290 - 6 * k, 176 + 6 * k)], 1.8),
            (124, 78, 48),
            lift=0.5,
        )
    for x, top, bottom in ((120, 34, 156), (190, 30, 164), (262, 32, 166), (332, 54, 160), (398, 82, 152)):
        plates.glue(band([(x, top), (x - 10, (top + bottom) / 2), (x, bottom)], 4), (150, 98, 50), lift=1)
        for k in range(6):
            y = top + (bottom - top) * (k + 0.5) / 6
            plates.glue(oval(x + 7 - 8 * math.sin(math.pi * (k + 0.5) / 6), y, 2.6, 2.6), (250, 216, 140), lift=1)
    plates.glue(curve([(206, 50), (250, 46), (252, 86), (208, 90)]), (116, 134, 104), lift=1.5)
    for x, y in ((212, 55), (245, 52), (246, 81), (213, 84)):
        plates.glue(oval(x, y, 2.2, 2.2), (226, 228, 190), lift=0.5)
    for k, x in enumerate((290, 334, 376, 416)):
        plates.glue(oval(x, 104 + 6 * k, 12, 12), (102, 64, 42))
        plates.glue(oval(x, 104 + 6 * k, 8, 8), (255, 226, 142), foot=(240, 160, 70), lift=0)
    plates.glue(band([(30, 142), (80, 152), (116, 140), (128, 124)], 4), (84, 48, 38), lift=0.5)
    return plates.bake(shadow=8)


@lru_cache
def tumbril_eye(lid: float) -> Sheet:
    """The eye, 60 units square, its lid down by the share ``lid``."""
    eye = Cutout(64, 64, scale=3.0, seed=22)
    eye.glue(oval(32, 32, 28, 28), (112, 68, 42))
    for k in range(10):
        a = 2 * math.pi * k / 10
        eye.glue(oval(32 + 24 * math.cos(a), 32 + 24 * math.sin(a), 2, 2), (244, 206, 128), lift=0.6)
    eye.glue(oval(32, 32, 19, 19), (240, 232, 208), lift=1)
    eye.glue(oval(28, 34, 12, 12), (52, 118, 128), foot=(26, 66, 92), lift=0)
    eye.glue(oval(27, 35, 6, 6), INK, lift=0)
    eye.glue(oval(31, 29, 3.2, 3.2), (255, 255, 245), lift=0)
    drop = 12 + 40 * lid
    lid_edge = [(10, 8), (54, 8), (54, 4 + drop), (32, 8 + drop), (10, 4 + drop)]
    inside = [(x, y) for x, y in curve(lid_edge) if (x - 32) ** 2 + (y - 32) ** 2 <= 20.5**2]
    rim = [(x, y) for x, y in oval(32, 32, 20, 20) if y < 4 + drop]
    eye.glue(hull([*inside, *rim]), (190, 134, 64), foot=(150, 98, 50), lift=1.5)
    return eye.bake(shadow=2)


@lru_cache
def tumbril_tail() -> Sheet:
    """The flukes, joined to the hull at (14, 70)."""
    tail = Cutout(150, 150, scale=1.6, seed=23)
    tail.glue(
        curve(
            [
                (8, 62),
                (60, 56),
                (112, 8),
                (138, 6),
                (120, 54),
                (96, 74),
                (122, 102),
                (140, 142),
                (110, 140),
                (60, 90),
                (8, 84),
            ]
        ),
        (176, 104, 62),
        foot=(126, 64, 50),
    )
    for tip in ((126, 16), (116, 40), (118, 106), (128, 132)):
        tail.glue(band([(46, 72), (82, 68 + (tip[1] - 70) * 0.3), tip], 2.4), (226, 160, 96), lift=0.8)
    return tail.bake(shadow=6)


@lru_cache
def tumbril_fin() -> Sheet:
    """The paddle fin, its shoulder at (20, 16)."""
    fin = Cutout(110, 130, scale=1.6, seed=24)
    fin.glue(curve([(8, 10), (40, 8), (84, 66), (100, 118), (62, 104), (22, 56)]), (180, 112, 62), foot=(128, 70, 50))
    for k in range(4):
        fin.glue(band([(22 + 5 * k, 20), (44 + 8 * k, 62), (66 + 8 * k, 104 + 2 * k)], 2.2), (228, 168, 100), lift=0.8)
    fin.glue(oval(22, 18, 9, 9), (238, 200, 120), lift=1.5)
    return fin.bake(shadow=6)


@lru_cache
def tumbril_funnel() -> Sheet:
    """A crooked funnel with a little cap."""
    funnel = Cutout(60, 90, scale=1.6, seed=25)
    funnel.glue(curve([(20, 86), (22, 40), (18, 18), (40, 16), (42, 44), (46, 86)]), (124, 66, 56), foot=(92, 48, 48))
    funnel.glue(box(12, 10, 36, 10), (214, 158, 78))
    funnel.glue(band([(21, 52), (44, 50)], 5), (214, 158, 78), lift=1)
    return funnel.bake(shadow=4)


@lru_cache
def puff() -> Sheet:
    """A puff of paper steam."""
    steam = Cutout(60, 50, scale=1.6, seed=26)
    for x, y, r in ((20, 28, 15), (38, 24, 18), (30, 34, 13)):
        steam.glue(oval(x, y, r, r * 0.85), (246, 240, 230), foot=(210, 200, 206), lift=2)
    return steam.bake(shadow=4, depth=0.25)


def draw_tumbril(frame: Frame, base: Matrix, time: float, *, lid: float = 0.0, steam: bool = True) -> None:
    """Old Tumbril with the middle of his hull at the origin of ``base``, swimming to the left."""
    sway = math.sin(time * 2.1)
    tumbril_tail().place(frame, chain(base, pose((14, 72), (252, -8), angle=9 * sway)))
    if steam:
        for k in range(4):
            age = (time * 0.55 + k / 4) % 1
            size = 0.5 + 1.1 * age
            puff().place(
                frame, chain(base, pose((30, 25), (-60 + 150 * age, -150 - 46 * age), size=size, angle=40 * age))
            )
    tumbril_funnel().place(frame, chain(base, pose((32, 84), (-70, -90), angle=-4 + 2 * sway)))
    tumbril_body().place(frame, chain(base, pose((290, 128), (0, 0))))
    tumbril_eye(round(lid, 1)).place(frame, chain(base, pose((32, 32), (-196, -14))))
    tumbril_fin().place(frame, chain(base, pose((20, 16), (-90, 40), angle=14 * math.sin(time * 2.1 + 1))))


@lru_cache
def bettany_head() -> Sheet:
    """Bettany Rusk's head: a hedgehog with goggles on her brow, 140 units square."""
    head = Cutout(150, 140, scale=_SHARP, seed=31)
    spikes: list[tuple[float, float]] = []
    for k in range(15):
        a = math.radians(150 + 15.5 * k)
        for radius, shift in ((42, -5.0), (68, 0.0)):
            b = a + math.radians(shift)
            spikes.append((74 + radius * math.cos(b), 74 + radius * math.sin(b)))
    head.glue(spikes, (92, 62, 52), foot=(62, 42, 44))
    head.glue(spikes_inner(spikes), (128, 90, 66), lift=1.5)
    head.glue(
        curve([(40, 62), (74, 44), (108, 58), (120, 84), (134, 96), (116, 110), (74, 122), (42, 104)]),
        (236, 198, 156),
        foot=(214, 162, 122),
    )
    head.glue(oval(134, 95, 7, 6), INK, lift=1)
    head.glue(oval(96, 80, 6, 8), INK, lift=0)
    head.glue(oval(98, 77, 2.2, 2.8), (255, 250, 240), lift=0)
    head.glue(oval(66, 82, 5.4, 7.4), INK, lift=0)
    head.glue(oval(68, 79, 2, 2.6), (255, 250, 240), lift=0)
    head.glue(oval(84, 100, 7, 5), (232, 138, 112), lift=0, opacity=0.6)
    head.glue(band([(98, 108), (110, 108), (120, 102)], 2.4), INK, lift=0)
    head.glue(band([(34, 64), (74, 50), (112, 56)], 7), (96, 60, 48))
    for x, y in ((62, 52), (92, 50)):
        head.glue(oval(x, y, 15, 13), (206, 158, 78))
        head.glue(oval(x, y, 10, 8.6), (108, 176, 178), foot=(58, 112, 128), lift=0)
        head.glue(oval(x + 3, y - 3, 3, 2), (232, 250, 248), lift=0)
    return head.bake(shadow=4)


def spikes_inner(spikes: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same fan of spines, smaller, for a second layer."""
    return [(74 + (x - 74) * 0.84, 78 + (y - 78) * 0.84) for x, y in spikes]


@lru_cache
def bettany_body() -> Sheet:
    """Green dungarees over a striped jersey, the neck at (55, 8)."""
    body = Cutout(120, 130, scale=_SHARP, seed=32)
    body.glue(curve([(34, 10), (76, 8), (98, 60), (100, 116), (14, 118), (16, 60)]), (238, 224, 196))
    for y in (22, 36, 50):
        body.glue(band([(28, y + 2), (55, y + 5), (88, y)], 6), (206, 88, 66), lift=0.6)
    body.glue(curve([(30, 58), (84, 56), (102, 118), (56, 123), (12, 120)]), (74, 116, 80), foot=(46, 80, 70))
    body.glue(band([(36, 14), (40, 60)], 7), (60, 98, 72), lift=1)
    body.glue(band([(76, 12), (74, 60)], 7), (60, 98, 72), lift=1)
    body.glue(box(44, 72, 26, 20), (92, 138, 94), lift=1)
    return body.bake(shadow=4)


@lru_cache
def tidewrench() -> Sheet:
    """The Tidewrench: as long as its owner, its jaw shaped like a breaking wave. Held at (20, 150)."""
    tool = Cutout(100, 180, scale=_SHARP, seed=33)
    tool.glue(band([(26, 172), (34, 110), (44, 56)], 13), (98, 104, 118), foot=(66, 70, 90))
    tool.glue(
        curve(
            [(30, 66), (22, 34), (40, 8), (74, 6), (92, 24), (88, 44), (76, 36), (62, 34), (60, 48), (72, 60), (56, 72)]
        ),
        (64, 162, 160),
        foot=(34, 104, 124),
    )
    tool.glue(band([(36, 52), (34, 34), (48, 18), (70, 16)], 3), (178, 232, 222), lift=0.6)
    for y in (104, 120, 136):
        tool.glue(band([(24, y + 8), (44, y + 2)], 5), (206, 158, 78), lift=1)
    return tool.bake(shadow=4)


@lru_cache
def bettany_arm() -> Sheet:
    """A striped sleeve and a paw, the shoulder at (12, 14)."""
    arm = Cutout(90, 34, scale=_SHARP, seed=34)
    arm.glue(curve([(4, 6), (62, 5), (64, 25), (6, 24)]), (238, 224, 196))
    for x in (20, 36, 52):
        arm.glue(band([(x, 6), (x + 2, 24)], 6), (206, 88, 66), lift=0.6)
    arm.glue(oval(72, 15, 12, 10), (226, 180, 138))
    return arm.bake(shadow=3)


def draw_bettany(frame: Frame, base: Matrix, time: float) -> None:
    """Bettany at the origin of ``base`` (her feet are hidden behind what she stands on), turning the Tidewrench."""
    heave = math.sin(time * 4.2)
    bettany_arm().place(frame, chain(base, pose((12, 14), (-22, -96), angle=70 + 6 * heave)))
    bettany_body().place(frame, chain(base, pose((55, 8), (0, -112), angle=2 * heave)))
    tidewrench().place(frame, chain(base, pose((28, 156), (62, -52), angle=20 + 16 * heave)))
    bettany_arm().place(frame, chain(base, pose((12, 14), (22, -94), angle=38 + 10 * heave)))
    bettany_head().place(frame, chain(base, pose((74, 112), (2 + 3 * heave, -96), angle=5 * heave)))


def look(
    frame: Frame,
    camera: Camera,
    depth: float,
    at: tuple[float, float],
    size: float,
    *,
    angle: float = 0.0,
    mirrored: bool = False,
) -> Matrix:
    """The base of a puppet that stands in a scene ``at`` a place, seen by the camera."""
    return chain(camera.view(frame, depth), pose((0, 0), at, size=size, angle=angle, mirrored=mirrored))
