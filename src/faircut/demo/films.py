"""Two short films by an invented studio, and an innocent clip and picture by nobody in particular.

All of it is drawn by this package, shot by shot: nothing is loaded. The same call gives the same frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from faircut.demo import cast, music, scenery
from faircut.demo.paper import Camera, Cutout, Frame, Sheet, chain, glow, moved, pose

WIDTH, HEIGHT, FPS = 640, 360, 24
STUDIO = "Paper Lantern Pictures"

Draw = Callable[[Frame, float, float], None]
"""Draws a shot's moment: the frame, seconds since the shot began, and the share of the shot that is over."""


@dataclass(frozen=True, slots=True)
class Take:
    """One shot of a film."""

    seconds: float
    draw: Draw


@dataclass(frozen=True, slots=True)
class Film:
    """A film as it can be drawn: its shots, and its tune as (samples,) float32 at 48 kHz."""

    slug: str
    title: str
    takes: tuple[Take, ...]
    tune: Callable[[float], music.Sound]

    @property
    def seconds(self) -> float:
        return sum(take.seconds for take in self.takes)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Where each shot begins, in seconds."""
        return tuple(sum(take.seconds for take in self.takes[:number]) for number in range(len(self.takes)))

    def frames(self) -> Iterator[Frame]:
        """(360, 640, 3) RGB, 24 a second."""
        for take in self.takes:
            count = round(take.seconds * FPS)
            for number in range(count):
                frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
                take.draw(frame, number / FPS, number / max(count - 1, 1))
                yield frame


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


def _backdrop(frame: Frame, sheet: Sheet) -> None:
    sheet.place(frame, pose((0, 0), (0, 0)))


def _night() -> Sheet:
    return scenery.sky(WIDTH, HEIGHT, [(42, 34, 82), (96, 58, 116), (206, 104, 104), (248, 172, 110)], seed=71)


def _deep_night() -> Sheet:
    return scenery.sky(WIDTH, HEIGHT, [(22, 26, 62), (44, 48, 104), (94, 74, 134)], seed=72)


def _stars(frame: Frame, time: float, count: int, seed: int, shift: float = 0.0) -> None:
    rng = np.random.default_rng(seed)
    places = rng.uniform((0, -120), (WIDTH, HEIGHT * 0.7), (count, 2))
    for number, (x, y) in enumerate(places):
        glow(
            frame,
            (float(x), float(y) + shift),
            3.5 + number % 3,
            (255, 240, 200),
            0.7 + 0.3 * math.sin(time * 3 + number),
        )


def _roofs(frame: Frame, time: float, share: float) -> None:
    camera = Camera(420 + 300 * _ease(share), 214)
    _backdrop(frame, _NIGHT)
    _stars(frame, time, 26, 5)
    scenery.moon().place(frame, pose((108, 108), (486 - 30 * share, 84), size=0.62))
    glow(frame, (486 - 30 * share, 84), 150, (90, 70, 40), 0.6)
    scenery.cloud(3, (150, 96, 132), (112, 72, 116)).place(frame, pose((0, 0), (60 - 24 * share, 50), size=0.8))
    scenery.roofline(81, (112, 78, 122), (84, 56, 104), 0.35, 90, 220).place(frame, camera.view(frame, 0.35))
    scenery.roofline(82, (92, 66, 104), (62, 44, 84), 0.5, 60, 170).place(frame, camera.view(frame, 0.65))
    scenery.lamps(83).place(frame, camera.view(frame, 0.8) @ moved(0, 60))
    scenery.street().place(frame, camera.view(frame, 1.0) @ moved(0, 282))
    cast.draw_lumi(
        frame,
        cast.look(frame, camera, 1.0, (340 + 390 * share, 300), 0.78),
        time,
        wave=0.25 + 0.25 * math.sin(time * 3),
    )
    for number in range(3):
        x, y = (
            300 + 380 * share + 50 * number + 16 * math.sin(time * 4 + number),
            120 + 24 * math.sin(time * 5 + 2 * number),
        )
        cast.moth(math.sin(time * 26 + number) > 0).place(
            frame,
            cast.look(frame, camera, 1.0, (x, y), 0.5, angle=20 * math.sin(time * 3 + number)) @ moved(-30, -23),
        )


def _face(frame: Frame, time: float, share: float) -> None:
    camera = Camera(620 + 20 * share, 210, 1.0 + 0.16 * _ease(share), roll=-2 + 3 * share)
    _backdrop(frame, _DEEP)
    scenery.roofline(84, (70, 66, 124), (48, 46, 98), 0.55, 140, 320).place(frame, camera.view(frame, 0.6))
    scenery.lamps(85).place(frame, camera.view(frame, 0.9) @ moved(-190, 20, 1.3))
    blink = 1.2 < time < 1.36 or 2.3 < time < 2.44
    cast.draw_lumi(
        frame,
        cast.look(frame, camera, 1.0, (560 + 14 * math.sin(time * 2), 594), 2.05, angle=3 * math.sin(time * 1.6)),
        time,
        walk=0.12,
        wave=0.6 + 0.2 * math.sin(time * 6),
        blink=blink,
    )
    for number in range(5):
        a = time * (1.1 + 0.14 * number) + number * 1.3
        x, y = 600 + (200 + 14 * number) * math.cos(a), 200 + (150 + 10 * number) * math.sin(a)
        cast.moth(math.sin(time * 28 + 2 * number) > -0.2).place(
            frame,
            cast.look(frame, camera, 1.3, (x, y), 0.9, angle=math.degrees(a) % 50 - 25) @ moved(-30, -23),
        )


def _canal(frame: Frame, time: float, share: float) -> None:
    camera = Camera(700 - 170 * _ease(share), 188, 1.04 + 0.1 * share)
    _backdrop(frame, _NIGHT)
    scenery.moon().place(frame, pose((108, 108), (150, 92), size=0.5))
    scenery.roofline(86, (134, 82, 116), (98, 60, 100), 0.55, 120, 250).place(frame, camera.view(frame, 0.5))
    scenery.bridge().place(frame, camera.view(frame, 1.0))
    cast.draw_lumi(
        frame,
        cast.look(frame, camera, 1.0, (640 - 60 * share, 196), 0.66, mirrored=True),
        time,
        walk=0.6 * (1 - share),
        wave=0.5 + 0.5 * math.sin(time * 5),
    )
    for number in range(9):
        age = time - 0.3 * number
        if age > 0:
            x, y = 560 - 150 * age + 20 * math.sin(3 * age), 120 - 70 * age + 30 * math.sin(age * 2.6 + number)
            cast.letter(number).place(
                frame,
                cast.look(frame, camera, 1.15, (x, y), 0.85, angle=160 * age + 30 * number) @ moved(-22, -16),
            )
    scenery.lamps(87).place(frame, camera.view(frame, 1.35) @ moved(0, -4))


def _to_the_moon(frame: Frame, time: float, share: float) -> None:
    rise = 150 * _ease(share)
    _backdrop(frame, _DEEP)
    _stars(frame, time, 60, 9, rise)
    glow(frame, (330, 60 + rise), 260, (96, 78, 50), 0.9)
    scenery.moon().place(frame, pose((108, 108), (330, 40 + rise), size=1.15, angle=-4 + 6 * share))
    camera = Camera(560 + 60 * share, 210 - rise)
    scenery.roofline(88, (64, 62, 120), (42, 42, 92), 0.45, 70, 190).place(
        frame, camera.view(frame, 0.8) @ moved(0, 40)
    )
    scenery.roofline(89, (48, 46, 98), (30, 30, 72), 0.6, 40, 130).place(frame, camera.view(frame, 1.2) @ moved(0, 40))
    for number in range(16):
        a = time * 0.9 + number * 0.41
        far = 1 - 0.5 * ((number * 0.37 + share) % 1)
        x, y = 330 + 300 * far * math.cos(a), 60 + rise + 190 * far * math.sin(a) * 0.8
        cast.letter(number).place(frame, pose((22, 16), (x, y), size=0.3 + 0.75 * far, angle=math.degrees(a) * 2))
    if share > 0.4:
        _TITLE_ONE.place(frame, pose((320, 40), (320, 300 + 60 * (1 - _ease(min((share - 0.4) / 0.25, 1))))))


def _cloud_sea(frame: Frame, time: float, share: float) -> None:
    camera = Camera(380 + 250 * _ease(share), 206)
    _backdrop(frame, _MORNING)
    scenery.sun().place(frame, pose((118, 118), (140 - 20 * share, 96), size=0.7, angle=24 * time))
    scenery.mountains(91, (126, 140, 178), (176, 178, 200), 110).place(frame, camera.view(frame, 0.3))
    scenery.mountains(92, (86, 112, 156), (142, 154, 186), 190).place(frame, camera.view(frame, 0.5))
    scenery.cloud_bank(93, (232, 220, 222), (196, 182, 204)).place(frame, camera.view(frame, 0.7) @ moved(0, 206))
    cast.draw_tumbril(
        frame,
        cast.look(
            frame,
            camera,
            1.0,
            (820 - 270 * share, 208 + 14 * math.sin(time * 1.7)),
            0.72,
            angle=3 * math.sin(time * 1.7 + 1),
        ),
        time,
    )
    for number in range(3):
        place = (180 + 380 * number - 40 * share, 36 + 22 * (number % 2))
        scenery.cloud(94 + number, (252, 246, 238), (222, 208, 214)).place(
            frame, camera.view(frame, 1.2) @ np.array([[0.7, 0, place[0]], [0, 0.7, place[1]], [0, 0, 1]])
        )
    scenery.cloud_bank(97, (246, 238, 234), (206, 194, 212)).place(frame, camera.view(frame, 1.25) @ moved(0, 268))


def _eye(frame: Frame, time: float, share: float) -> None:
    camera = Camera(250 + 330 * _ease(share), 196, 1.1 + 0.06 * share, roll=2 - 4 * share)
    _backdrop(frame, _MORNING)
    scenery.mountains(98, (110, 130, 170), (160, 168, 194), 120).place(frame, camera.view(frame, 0.3))
    lid = 1.0 if 0.9 < time < 1.1 else 0.5 if 0.8 < time < 1.2 else 0.0
    cast.draw_tumbril(
        frame,
        cast.look(frame, camera, 1.0, (690, 214 + 6 * math.sin(time * 2)), 2.2, angle=1.5 * math.sin(time)),
        time,
        lid=lid,
    )
    scenery.cloud_bank(99, (250, 242, 238), (212, 200, 214)).place(frame, camera.view(frame, 1.3) @ moved(0, 300))


def _mechanic(frame: Frame, time: float, share: float) -> None:
    camera = Camera(600 - 40 * share, 212, 1.0 + 0.12 * _ease(share))
    _backdrop(frame, _MORNING)
    for number in range(4):
        x = 1150 - ((time * 210 + 330 * number) % 1300)
        scenery.cloud(101 + number, (248, 238, 232), (216, 196, 208)).place(
            frame, camera.view(frame, 0.7) @ moved(x, 40 + 52 * (number % 3), 0.9)
        )
    scenery.mountains(105, (104, 124, 166), (156, 164, 192), 230).place(
        frame, Camera(camera.x - 90 + 130 * share, 212).view(frame, 0.6)
    )
    cast.draw_bettany(frame, cast.look(frame, camera, 1.0, (566, 326 + 4 * math.sin(time * 2.1)), 1.3), time)
    cast.tumbril_funnel().place(
        frame,
        cast.look(frame, camera, 1.0, (742, 352), 1.7, angle=5 * math.sin(time * 2)) @ moved(-32, -84),
    )
    for number in range(5):
        age = (time * 0.6 + number / 5) % 1
        cast.puff().place(
            frame,
            cast.look(frame, camera, 1.0, (738 + 190 * age, 196 - 110 * age), 0.8 + 1.6 * age, angle=50 * age)
            @ moved(-30, -25),
        )
    cast.tumbril_body().place(
        frame,
        cast.look(frame, camera, 1.0, (700, 560 + 4 * math.sin(time * 2.1)), 2.6) @ moved(-290, -128),
    )


def _dive(frame: Frame, time: float, share: float) -> None:
    _backdrop(frame, _SUNSET)
    camera = Camera(620, 200 + 26 * share, 1.12 - 0.12 * share)
    glow(frame, (430, 210), 300, (120, 60, 20), 0.8)
    scenery.sun().place(frame, pose((118, 118), (430, 190 + 40 * share), size=0.95, angle=14 * time))
    scenery.mountains(106, (124, 84, 122), (176, 104, 120), 200).place(frame, camera.view(frame, 0.4))
    a = -0.9 + 2.1 * _ease(share)
    x, y = 620 - 190 * math.sin(a), 350 - 240 * math.cos(a) + 60 * share
    cast.draw_tumbril(
        frame, cast.look(frame, camera, 1.0, (x, y), 0.62, angle=-math.degrees(a) * 0.9), time, steam=False
    )
    for number in range(3):
        depth = 0.9 + 0.25 * number
        tint = 1 - 0.12 * number
        drift = moved(-60 + 50 * math.sin(time * 0.8 + number), 236 + 34 * number)
        scenery.cloud_bank(107 + number, (244 * tint, 180 * tint, 150 * tint), (150, 92, 126)).place(
            frame, camera.view(frame, depth) @ drift
        )
    if share > 0.4:
        _TITLE_TWO.place(frame, pose((320, 40), (320, 60 - 60 * (1 - _ease(min((share - 0.4) / 0.25, 1))))))


def _kites(frame: Frame, time: float, share: float) -> None:
    camera = Camera(380 + 420 * share, 210)
    _backdrop(frame, _NOON)
    for number in range(4):
        scenery.cloud(111 + number, (250, 252, 252), (206, 224, 234)).place(
            frame,
            camera.view(frame, 0.25) @ moved(180 + 210 * number, 24 + 40 * (number % 2), 0.6),
        )
    scenery.hills(115, (150, 182, 112), (110, 148, 104), 190).place(frame, camera.view(frame, 0.45))
    mill = camera.view(frame, 0.7)
    scenery.farm().place(frame, mill @ moved(560, 110))
    turned = chain(mill, pose((80, 80), (620, 164), angle=40 * time, size=0.8))
    scenery.windmill_sails().place(frame, turned)
    scenery.hills(116, (120, 166, 92), (84, 128, 84), 258).place(frame, camera.view(frame, 0.7))
    for number in range(3):
        at = (330 + 290 * number + 40 * math.sin(time + number), 96 + 30 * math.sin(time * 1.4 + 2 * number))
        scenery.kite(number).place(
            frame, cast.look(frame, camera, 0.9, at, 1.1, angle=18 * math.sin(time * 1.7 + number))
        )
    scenery.hills(117, (216, 186, 96), (172, 132, 74), 330).place(frame, camera.view(frame, 1.2))


def _title(text: str, colour: tuple[float, float, float]) -> Sheet:
    card = Cutout(640, 70, scale=1.0, seed=3)
    card.write(text, 320, 48, 34, colour)
    return card.bake(shadow=4)


def still() -> Frame:
    """The innocent picture: a lighthouse at evening, (540, 960, 3) RGB."""
    frame = np.zeros((540, 960, 3), np.uint8)
    scenery.sky(960, 540, [(52, 96, 138), (146, 178, 186), (250, 214, 166), (240, 150, 120)], seed=73).place(
        frame, pose((0, 0), (0, 0))
    )
    scenery.cloud(121, (250, 232, 214), (222, 178, 170)).place(frame, pose((0, 0), (540, 60), size=1.2))
    scenery.cloud(122, (246, 222, 204), (214, 170, 168)).place(frame, pose((0, 0), (90, 120), size=0.9))
    scenery.hills(123, (54, 118, 138), (36, 84, 112), 210, 0).place(frame, pose((0, 0), (-60, 180), size=1.0))
    scenery.lighthouse().place(frame, pose((140, 330), (390, 500), size=1.32))
    glow(frame, (386, 150), 210, (120, 96, 50), 0.9)
    scenery.hills(124, (42, 96, 122), (26, 62, 92), 240, 0).place(frame, pose((0, 0), (-160, 214), size=1.1))
    return frame


_NIGHT, _DEEP = _night(), _deep_night()
_MORNING = scenery.sky(WIDTH, HEIGHT, [(108, 164, 196), (182, 206, 208), (250, 226, 190), (248, 196, 160)], seed=74)
_SUNSET = scenery.sky(WIDTH, HEIGHT, [(74, 62, 116), (186, 92, 112), (250, 158, 92), (254, 206, 120)], seed=75)
_NOON = scenery.sky(WIDTH, HEIGHT, [(104, 172, 218), (168, 210, 230), (226, 240, 232)], seed=76)
_TITLE_ONE = _title("The Lamplight Post", (255, 236, 190))
_TITLE_TWO = _title("Old Tumbril Sings", (255, 240, 214))

LAMPLIGHT = Film(
    "the-lamplight-post",
    "The Lamplight Post",
    (Take(4.0, _roofs), Take(3.0, _face), Take(3.0, _canal), Take(3.5, _to_the_moon)),
    music.lamplight_waltz,
)
TUMBRIL = Film(
    "old-tumbril-sings",
    "Old Tumbril Sings",
    (Take(4.0, _cloud_sea), Take(3.0, _eye), Take(3.0, _mechanic), Take(3.5, _dive)),
    music.brass_hymn,
)
FILMS = (LAMPLIGHT, TUMBRIL)
KITES = Film("kites-over-the-hill-farm", "Kites over the hill farm", (Take(9.0, _kites),), music.hill_jig)
