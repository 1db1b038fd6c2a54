"""Chooses the reference camera of a shot: where the horizon lies, how far the subject is, how high the camera hangs."""

from __future__ import annotations

import math

from faircut.engines.previz.drawn import drawing_of, height_of
from faircut.engines.previz.geometry import View
from faircut.engines.previz.lexicon import SUBJECTS
from faircut.engines.previz.plan import ShotPlan

_HORIZON = {"eye": 0.60, "low": 0.80, "high": 0.36, "aerial": 0.26}
_SHARE = {"wide": 0.27, "medium": 0.50, "close": 1.0}
_FOOT = {"wide": 0.84, "medium": 0.91, "close": 1.30}


def focal_for(width: int, height: int) -> float:
    """Focal length in pixels: 49 degrees across 16:9, the same area of view in other ratios."""
    return 1.1 * math.sqrt(width * height * 16 / 9)


def lens_factor(plan: ShotPlan, width: int, height: int) -> float:
    """The shot's focal length as a multiple of the usual one; ``lens_mm`` counts on a picture 36 mm wide."""
    if plan.camera.lens_mm is None:
        return 1.0
    return plan.camera.lens_mm / 36 * width / focal_for(width, height)


def plate_view(width: int, height: int) -> View:
    """The camera in front of an image or clip: three metres from its subject, horizon in the middle."""
    return View(width, height, focal_for(width, height), width / 2, height / 2, 1.5, 3.0)


def scene_view(plan: ShotPlan, width: int, height: int, cutouts: int) -> View:
    """The camera of a drawn scene, composed around its smallest subject on the ground."""
    focal = focal_for(width, height)
    framing, angle = plan.camera.framing or "wide", plan.camera.angle or "eye"
    heroes = [
        height_of(each.kind)
        for each in plan.subjects
        if each.kind not in SUBJECTS or SUBJECTS[each.kind].medium in ("ground", "surface")
    ]
    heroes += [1.7] * cutouts
    share, foot = _SHARE[framing], max(_FOOT[framing], _HORIZON[angle] + 0.1)
    if width < height:
        share = share * 0.72
    horizon = _HORIZON[angle]
    if plan.place == "sky":
        horizon = 0.62
    drop = plan.physics.drop
    if heroes and (drop is None or drop.height_m is None):
        hero = min(heroes)
        if hero > 4.0:
            share = {"wide": 0.40, "medium": 0.58, "close": 0.85}[framing]
            foot = min(foot, 0.9)
        if hero < 0.6 and framing == "close":
            share, foot = 0.55, 0.90
        if framing == "close" and len(heroes) == 1 and all(drawing_of(each.kind).reach > 0.7 for each in plan.subjects):
            # A long body: go for its head.
            share, foot = 1.4, 1.62
        if framing == "close" and any(each.kind == "prop" for each in plan.subjects):
            share, foot = 0.62, 0.88
        distance = focal * hero / (share * height)
        row = [
            each
            for each in plan.subjects
            if height_of(each.kind) < 3 * hero and not each.carried and each.kind not in ("bird", "gull")
        ]
        if sum(each.count for each in row) > 1:
            # Side by side they must fit into the frame.
            widths = sum(1.7 * drawing_of(each.kind).reach * height_of(each.kind) * each.count for each in row)
            distance = max(distance, focal * widths / (0.92 * width))
        if drop is not None:
            distance = max(distance, 4.2)
    elif drop is not None:
        foot = 0.87
        wanted = drop.height_m if drop.height_m is not None else 2.0
        distance = focal * wanted * 1.28 / (height * 0.87)
    else:
        distance = {"wide": 9.0, "medium": 6.0, "close": 4.0}[framing]
    camera = (foot - horizon) * height * distance / focal
    lens = lens_factor(plan, width, height)
    return View(width, height, focal, width / 2, horizon * height, camera, distance, lens)
