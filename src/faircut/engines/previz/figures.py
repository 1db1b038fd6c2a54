"""People, robots and astronauts. One unit is the figure's height; it faces right."""

from __future__ import annotations

import math

import numpy as np

from faircut.engines.previz.palette import Rgb, mix, rgb
from faircut.engines.previz.sprites import Pad, knee

_SKINS = (rgb(244, 208, 178), rgb(226, 178, 140), rgb(188, 132, 96), rgb(142, 94, 66), rgb(98, 66, 50))
_HAIRS = (rgb(48, 36, 32), rgb(92, 60, 40), rgb(160, 110, 62), rgb(34, 32, 38), rgb(126, 64, 42))


def _gait(phase: float, motion: str) -> tuple[float, float, float, float]:
    """(left foot x, left foot lift, body bob, lean) of a cycle."""
    angle = math.tau * phase
    reach, lift, lean = {"run": (0.24, 0.17, 0.10), "walk": (0.15, 0.055, 0.02)}.get(motion, (0.0, 0.0, 0.0))
    bob = abs(math.sin(angle)) * (0.02 if motion == "walk" else 0.045 if motion == "run" else 0.0)
    return math.cos(angle) * reach, max(0.0, -math.sin(angle)) * lift, bob, lean


def _legs(pad: Pad, phase: float, motion: str, hip: tuple[float, float], cloth: Rgb, shoe: Rgb, thick: float) -> None:
    if motion == "float":
        motion = "stand"
    for number, offset in enumerate((0.5, 0.0)):
        x, lift, _, _ = _gait(phase + offset, motion)
        spread = 0.035 if motion in ("stand", "dance", "jump") else 0.0
        foot = (x + (spread if number else -spread), 0.035 + lift)
        ankle = (foot[0], foot[1] + 0.02)
        bone = 0.226 if motion in ("walk", "run") else math.dist(hip, ankle) * 0.503
        joint = knee(hip, ankle, bone, bone, 1.0)
        tone = cloth * (0.78 if number == 0 else 1.0)
        pad.limb(hip, joint, thick, thick * 0.8, tone)
        pad.limb(joint, (foot[0], foot[1] + 0.02), thick * 0.8, thick * 0.58, tone)
        pad.limb(
            (foot[0] - 0.015, foot[1] - 0.008),
            (foot[0] + 0.055, foot[1] - 0.014),
            0.026,
            0.02,
            shoe * (0.8 if number == 0 else 1.0),
        )


def _arm(
    pad: Pad, phase: float, motion: str, shoulder: tuple[float, float], cloth: Rgb, hand: Rgb, back: bool, thick: float
) -> None:
    swing = {"run": 0.9, "walk": 0.45}.get(motion, 0.05)
    angle = math.cos(math.tau * (phase + (0.0 if back else 0.5))) * swing
    fold = 1.2 if motion == "run" else 0.25
    if motion == "dance":
        angle, fold = (2.2 if back else 2.5) + 0.35 * math.sin(math.tau * phase + back), 0.5
    elbow = (shoulder[0] + math.sin(angle) * 0.16, shoulder[1] - math.cos(angle) * 0.16)
    wrist = (elbow[0] + math.sin(angle + fold) * 0.145, elbow[1] - math.cos(angle + fold) * 0.145)
    tone = cloth * (0.76 if back else 1.06)
    pad.limb(shoulder, elbow, thick, thick * 0.85, tone)
    pad.limb(elbow, wrist, thick * 0.85, thick * 0.66, tone)
    pad.oval(wrist[0], wrist[1] - 0.008, 0.022, 0.024, hand * (0.85 if back else 1.0))


def person(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str, *, child: bool = False) -> None:
    """A person in a coat or jumper of ``colour``; skin, hair and trousers come from the seed."""
    skin, hair = _SKINS[int(rng.integers(5))], _HAIRS[int(rng.integers(5))]
    trousers = mix(rgb(56, 60, 76), rgb(98, 84, 72), rng.uniform())
    long_hair, coat, scarf = rng.uniform() < 0.45, rng.uniform() < 0.5, rng.uniform() < 0.4
    _, _, bob, lean = _gait(phase, motion)
    lift = bob + (
        0.012 * math.sin(math.tau * phase)
        if motion == "stand"
        else 0.06 * abs(math.sin(math.tau * phase))
        if motion in ("jump", "dance")
        else 0
    )
    head = 0.105 if child else 0.072
    hip, chest = (0.0, 0.47 + lift), (lean, 0.74 + lift - (0.04 if child else 0))
    shoulder = (chest[0] + 0.005, chest[1] + 0.03)
    _arm(pad, phase, motion, (shoulder[0] + 0.03, shoulder[1]), colour, skin, True, 0.033)
    _legs(pad, phase, motion, hip, trousers, rgb(44, 38, 38), 0.052)
    w = 0.092
    hem = 0.40 if coat else 0.45
    pad.blob(
        [
            (chest[0] - w, chest[1] + 0.055),
            (chest[0] + w * 0.9, chest[1] + 0.055),
            (chest[0] + w * 0.98, chest[1] - 0.1),
            (w * 0.92, hem + lift),
            (-w * 0.98, hem + lift),
            (chest[0] - w * 0.96, chest[1] - 0.1),
        ],
        colour,
    )
    pad.limb((chest[0] - 0.04, chest[1] + 0.035), (chest[0] + 0.04, chest[1] + 0.035), 0.045, 0.045, colour)
    if coat:
        pad.poly(
            [
                (chest[0] + 0.028, chest[1] + 0.05),
                (chest[0] + 0.042, chest[1] + 0.05),
                (0.05, hem + lift),
                (0.035, hem + lift),
            ],
            colour * 0.72,
        )
    neck = (chest[0] + 0.012, chest[1] + 0.07)
    face = (neck[0] + 0.02, neck[1] + 0.035 + head)
    pad.limb(neck, (face[0] - 0.01, face[1] - head * 0.5), 0.028, 0.026, skin * 0.9)
    if long_hair:
        pad.blob(
            [
                (face[0] - head * 1.2, face[1] + head * 0.7),
                (face[0] + head * 0.3, face[1] + head * 0.8),
                (face[0] - head * 0.1, face[1] - head * 1.6),
                (face[0] - head * 1.25, face[1] - head * 1.9),
            ],
            hair * 0.9,
        )
    pad.oval(face[0], face[1], head * 0.86, head, skin)
    pad.oval(face[0] + head * 0.82, face[1] - head * 0.08, head * 0.16, head * 0.13, skin)
    pad.blob(
        [
            (face[0] - head * 1.05, face[1] - head * 0.3),
            (face[0] - head * 1.0, face[1] + head * 0.95),
            (face[0] + head * 0.2, face[1] + head * 1.25),
            (face[0] + head * 0.95, face[1] + head * 0.75),
            (face[0] + head * 0.75, face[1] + head * 0.35),
            (face[0] - head * 0.1, face[1] + head * 0.42),
            (face[0] - head * 0.35, face[1] - head * 0.15),
        ],
        hair,
    )
    pad.oval(face[0] + head * 0.48, face[1] + head * 0.02, head * 0.09, head * 0.13, rgb(40, 34, 36))
    pad.oval(face[0] + head * 0.30, face[1] - head * 0.3, head * 0.16, head * 0.1, mix(skin, rgb(224, 110, 100), 0.35))
    if scarf:
        accent = mix(colour[::-1].copy(), rgb(226, 190, 110), 0.5)
        pad.limb((neck[0] - 0.035, neck[1] + 0.005), (neck[0] + 0.04, neck[1] + 0.005), 0.03, 0.03, accent)
        pad.limb(
            (neck[0] - 0.03, neck[1]),
            (neck[0] - 0.09 - 0.02 * math.sin(math.tau * phase), neck[1] - 0.10),
            0.022,
            0.026,
            accent * 0.9,
        )
    _arm(pad, phase, motion, shoulder, colour, skin, False, 0.036)


def child(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A child: the same with a larger head."""
    person(pad, colour, phase, rng, motion, child=True)


def robot(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A friendly machine with a visor, jointed limbs and an aerial."""
    accent = mix(rgb(80, 220, 240), rgb(255, 180, 70), float(rng.uniform() > 0.5))
    joint = rgb(70, 74, 84)
    _, _, bob, lean = _gait(phase, "walk" if motion in ("walk", "run") else "stand")
    gait = motion if motion in ("walk", "run") else "stand"
    hip, body = (0.0, 0.42 + bob), (lean * 0.5, 0.60 + bob)
    for number, offset in enumerate((0.5, 0.0)):
        x, lift, _, _ = _gait(phase + offset, gait)
        foot = (x * 0.8 + (0.06 if number else -0.05), 0.04 + lift)
        mid = knee(hip, foot, 0.205, 0.195, 1.0)
        dim = 0.75 if number == 0 else 1.0
        pad.limb(hip, mid, 0.036, 0.032, joint * dim)
        pad.limb(mid, foot, 0.05, 0.058, colour * dim * 0.95)
        pad.oval(mid[0], mid[1], 0.042, 0.042, colour * dim * 0.8)
        pad.blob(
            [
                (foot[0] - 0.07, 0.0 + lift),
                (foot[0] - 0.06, 0.07 + lift),
                (foot[0] + 0.07, 0.06 + lift),
                (foot[0] + 0.11, 0.0 + lift),
            ],
            colour * dim * 0.85,
        )
    swing = math.cos(math.tau * phase) * (0.5 if gait != "stand" else 0.06)
    for back in (True, False):
        angle = swing if back else -swing
        if motion == "dance" and not back:
            angle = 2.4 + 0.3 * math.sin(math.tau * phase)
        shoulder = (body[0] + (0.06 if back else -0.03), body[1] + 0.10)
        elbow = (shoulder[0] + math.sin(angle) * 0.15, shoulder[1] - math.cos(angle) * 0.15)
        hand = (elbow[0] + math.sin(angle + 0.3) * 0.14, elbow[1] - math.cos(angle + 0.3) * 0.14)
        if not back:
            pad.blob(
                [
                    (body[0] - 0.17, body[1] + 0.19),
                    (body[0] + 0.17, body[1] + 0.19),
                    (body[0] + 0.16, body[1] - 0.14),
                    (body[0] + 0.07, body[1] - 0.22),
                    (body[0] - 0.07, body[1] - 0.22),
                    (body[0] - 0.16, body[1] - 0.14),
                ],
                colour,
            )
            pad.oval(body[0] + 0.055, body[1] + 0.04, 0.05, 0.05, joint)
            pad.oval(body[0] + 0.055, body[1] + 0.04, 0.034, 0.034, accent)
            pad.stroke([(body[0] - 0.10, body[1] - 0.08), (body[0] + 0.12, body[1] - 0.08)], 0.012, colour * 0.7)
        tone = 0.72 if back else 1.0
        pad.limb(shoulder, elbow, 0.03, 0.028, joint * tone)
        pad.limb(elbow, hand, 0.042, 0.05, colour * tone * 0.95)
        pad.oval(shoulder[0], shoulder[1], 0.05, 0.05, colour * tone * 0.85)
        pad.oval(hand[0], hand[1], 0.04, 0.04, joint * tone)
    pad.limb((body[0], body[1] + 0.14), (body[0] + 0.01, body[1] + 0.24), 0.035, 0.035, joint)
    cx, cy = body[0] + 0.02, body[1] + 0.29
    pad.blob([(cx - 0.15, cy - 0.11), (cx - 0.15, cy + 0.11), (cx + 0.15, cy + 0.11), (cx + 0.16, cy - 0.11)], colour)
    pad.blob(
        [(cx - 0.04, cy - 0.06), (cx - 0.04, cy + 0.065), (cx + 0.15, cy + 0.065), (cx + 0.16, cy - 0.06)],
        rgb(34, 40, 52),
    )
    pad.oval(cx + 0.035, cy + 0.005, 0.022, 0.026, accent)
    pad.oval(cx + 0.108, cy + 0.005, 0.02, 0.026, accent)
    pad.stroke([(cx - 0.05, cy + 0.09), (cx - 0.06, cy + 0.16)], 0.012, joint)
    pad.oval(cx - 0.06, cy + 0.165, 0.02, 0.02, accent)


def astronaut(pad: Pad, colour: Rgb, phase: float, rng: np.random.Generator, motion: str) -> None:
    """A suit with a gold visor and a pack."""
    gait = motion if motion in ("walk", "run") else "stand"
    _, _, bob, lean = _gait(phase, gait)
    drift = 0.02 * math.sin(math.tau * phase) if motion == "float" else 0.0
    hip, chest = (0.0, 0.44 + bob), (lean, 0.66 + bob)
    grey = mix(colour, rgb(120, 126, 136), 0.45)
    pad.blob(
        [
            (chest[0] - 0.2, chest[1] + 0.16),
            (chest[0] - 0.06, chest[1] + 0.16),
            (chest[0] - 0.06, chest[1] - 0.18),
            (chest[0] - 0.2, chest[1] - 0.16),
        ],
        grey,
    )
    _arm(pad, phase, gait, (chest[0] + 0.04, chest[1] + 0.06), colour, grey, True, 0.055)
    _legs(pad, phase, gait, hip, colour, grey * 0.8, 0.072)
    pad.blob(
        [
            (chest[0] - 0.14, chest[1] + 0.13),
            (chest[0] + 0.13, chest[1] + 0.13),
            (chest[0] + 0.14, chest[1] - 0.1),
            (0.11, 0.40 + bob),
            (-0.11, 0.40 + bob),
            (chest[0] - 0.14, chest[1] - 0.1),
        ],
        colour,
    )
    pad.blob(
        [
            (chest[0] - 0.01, chest[1] + 0.03),
            (chest[0] + 0.1, chest[1] + 0.03),
            (chest[0] + 0.1, chest[1] - 0.06),
            (chest[0] - 0.01, chest[1] - 0.06),
        ],
        grey * 0.9,
    )
    pad.oval(chest[0] + 0.03, chest[1] - 0.015, 0.012, 0.012, rgb(220, 70, 60))
    pad.oval(chest[0] + 0.065, chest[1] - 0.015, 0.012, 0.012, rgb(70, 150, 220))
    cx, cy = chest[0] + 0.02, chest[1] + 0.225 + drift * 0.2
    pad.oval(cx, cy, 0.125, 0.125, colour)
    pad.oval(cx + 0.038, cy + 0.0, 0.086, 0.082, rgb(60, 48, 44))
    pad.oval(cx + 0.040, cy + 0.002, 0.078, 0.074, rgb(222, 160, 66))
    pad.oval(cx + 0.062, cy + 0.03, 0.026, 0.016, rgb(255, 236, 190), 30)
    _arm(
        pad,
        phase,
        "dance" if motion == "float" else gait,
        (chest[0] - 0.02, chest[1] + 0.06),
        colour,
        grey,
        False,
        0.058,
    )
    if rng.uniform() < 0.9:
        pad.stroke([(chest[0] - 0.12, chest[1] + 0.1), (chest[0] - 0.09, chest[1] - 0.15)], 0.014, rgb(206, 72, 62))
