"""The registry: every edit that Faircut is measured with, by name.

>>> from faircut.bench.edits import EDITS
>>> edited = EDITS["crop-50"].apply(picture, seed=7)

An edit is up to three things: a change of each picture, a change of time, and a way to encode. ``apply`` shows a
single picture as a clip with the edit would show it; :mod:`faircut.bench.clips` makes the clips.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

import numpy as np

from faircut.bench import camcord, colour, composites, geometry, overlays, time_edits
from faircut.bench.encoding import Encoding, through_codec
from faircut.bench.footage import RATE, SILENT, Footage, TimeEdit
from faircut.bench.pictures import Picture, PictureEdit, Take, bounded
from faircut.bench.sound_edits import SOUND_EDITS, SoundEdit
from faircut.errors import InputError


class Family(StrEnum):
    """What kind of edit it is, in the order in which an editor's program applies them."""

    TIME = "time"
    COLOUR = "colour"
    GEOMETRY = "geometry"
    COMPOSITE = "composite"
    OVERLAY = "overlay"
    CAMERA = "camera"
    ENCODING = "encoding"
    STILL = "still"
    SOUND = "sound"


class Form(StrEnum):
    """What comes out: a clip, a single picture, or sound alone."""

    CLIP = "clip"
    IMAGE = "image"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit, or two of them joined by :func:`pair`.

    ``pictures`` are applied to every frame in their order, after ``times`` were to the whole. ``parameters`` say what
    was set. ``others``: how many other videos it takes.
    """

    name: str
    label: str
    family: Family
    pictures: tuple[PictureEdit, ...] = ()
    times: tuple[TimeEdit, ...] = ()
    encoding: Encoding = field(default_factory=Encoding)
    form: Form = Form.CLIP
    parameters: Mapping[str, float] = field(default_factory=dict)
    others: int = 0

    @property
    def still(self) -> bool:
        """Whether it changes single pictures at all."""
        return bool(self.pictures) or self.encoding != Encoding()

    def apply(self, picture: Picture, seed: int = 0, others: Sequence[Picture] = (), time: float = 0.0) -> Picture:
        """A single (height, width, 3) RGB uint8 picture as the edit shows it, ``time`` seconds into a clip.

        The same ``seed`` makes the same choices; a hard encoding is done for real, as one h264 picture. Edits of time
        leave a picture as it is. Where too few ``others`` are handed in, drawn ones stand in.
        """
        edited = self.change(picture, Take(seed, time, others=tuple(others)))
        return edited if self.encoding == Encoding() else through_codec(edited, self.encoding)

    def change(self, picture: Picture, take: Take) -> Picture:
        """The picture edits alone, without encoding."""
        for edit in self.pictures:
            picture = edit(picture, take)
        return picture if self.encoding.height is None else _lowered(picture, self.encoding.height)


def _lowered(picture: Picture, height: int) -> Picture:
    short = min(picture.shape[:2])
    return picture if short <= height else bounded(picture, round(max(picture.shape[:2]) * height / short))


def _picture(name: str, label: str, family: Family, edit: PictureEdit, *, others: int = 0, **parameters: float) -> Edit:
    return Edit(name, label, family, (edit,), parameters=parameters, others=others)


def _time(name: str, label: str, edit: TimeEdit, **parameters: float) -> Edit:
    return Edit(name, label, Family.TIME, times=(edit,), parameters=parameters)


def _sound(sound: SoundEdit) -> Edit:
    parameters = {"speed": sound.speed, "pitch": sound.pitch}
    return Edit(sound.name, sound.label, Family.SOUND, times=(_heard(sound),), form=Form.SOUND, parameters=parameters)


def _heard(sound: SoundEdit) -> TimeEdit:
    """The edit of a sound as one of footage: its frames stay, its truth follows the sound."""

    def edit(footage: Footage, _take: Take) -> Footage:
        changed = np.asarray(sound.apply(footage.sound, RATE), np.float32) if len(footage.sound) else SILENT
        return replace(footage, sound=changed, pieces=time_edits.sped(footage.pieces, sound.speed))

    return edit


def _all() -> Iterable[Edit]:
    yield Edit("crf-45", "re-encoded to crf 45", Family.ENCODING, encoding=Encoding(crf=45), parameters={"crf": 45})
    yield Edit(
        "144p", "144 lines, crf 28", Family.ENCODING, encoding=Encoding(crf=28, height=144), parameters={"height": 144}
    )
    yield _picture("mirror", "mirrored", Family.GEOMETRY, geometry.mirror)
    for quarters in (1, 2, 3):
        name = f"turn-{90 * quarters}"
        yield _picture(
            name, f"turned by {90 * quarters}°", Family.GEOMETRY, geometry.turn(quarters), degrees=90 * quarters
        )
    for degrees in (5, 10, 15):
        yield _picture(
            f"rotate-{degrees}", f"rotated by {degrees}°", Family.GEOMETRY, geometry.rotate(degrees), degrees=degrees
        )
    for share in (75, 50, 25):
        yield _picture(
            f"crop-{share}",
            f"cropped to {share} % of the area",
            Family.GEOMETRY,
            geometry.crop(share / 100),
            area=share,
        )
    yield _picture("vertical-crop", "9:16 crop", Family.GEOMETRY, geometry.vertical_crop)
    yield _picture("letterbox", "letterbox", Family.GEOMETRY, geometry.letterbox)
    yield _picture("pillarbox", "pillarbox", Family.GEOMETRY, geometry.pillarbox)
    yield _picture("blurred-bars", "9:16 with blurred bars", Family.GEOMETRY, geometry.blurred_bars)
    yield _picture("border", "coloured border", Family.GEOMETRY, geometry.border)
    inset = composites.picture_in_picture(0.4)
    yield _picture("picture-in-picture", "picture in picture, 40 %", Family.COMPOSITE, inset, others=1, width=40)
    yield _picture("split-screen", "split screen", Family.COMPOSITE, composites.split_screen, others=1)
    yield _picture("mosaic", "2x2 mosaic", Family.COMPOSITE, composites.mosaic, others=3)
    yield _picture("green-screen", "cut out over another video", Family.COMPOSITE, composites.green_screen, others=1)
    yield _picture("text", "captions, a quarter of the height", Family.OVERLAY, overlays.text, height=25)
    yield _picture("logo", "logo, a quarter of the height", Family.OVERLAY, overlays.logo, height=25)
    yield _picture("meme", "meme bands", Family.OVERLAY, overlays.meme)
    yield _picture("recolour", "recoloured", Family.COLOUR, colour.recolour)
    yield _picture("grey", "grey", Family.COLOUR, colour.grey)
    yield _picture("invert", "inverted", Family.COLOUR, colour.invert)
    yield _picture("gamma-0.5", "gamma 0.5", Family.COLOUR, colour.gamma(0.5), exponent=0.5)
    yield _picture("gamma-2", "gamma 2", Family.COLOUR, colour.gamma(2.0), exponent=2.0)
    yield _picture("blur", "blurred", Family.COLOUR, colour.blur)
    yield _picture("noise", "noise", Family.COLOUR, colour.noise, deviation=25)
    yield _picture("stylise", "stylised, edges kept", Family.COLOUR, colour.stylise)
    yield _picture("comic", "comic with outlines", Family.COLOUR, colour.comic)
    yield _picture("camcord", "camcorded off a screen", Family.CAMERA, camcord.camcord)
    for factor in (0.5, 0.75, 1.25, 1.5, 2.0):
        yield _time(f"speed-{factor:g}", f"{factor:g}x speed", time_edits.speed(factor), speed=factor)
    yield _time("fps-15", "15 frames a second", time_edits.frame_rate(15.0), fps=15)
    yield _time("dropped-frames", "1 frame in 10 dropped", time_edits.dropped_frames)
    yield _time("black-frames", "1 frame in 10 black", time_edits.black_frames)
    yield _time("shuffled", "shots shuffled", time_edits.shuffled_shots)
    yield _time("one-second", "an excerpt of 1 s", time_edits.excerpt(1.0), seconds=1)
    yield _time("looped", "looped three times", time_edits.looped, times=3)
    yield _time("reversed", "reversed", time_edits.reversed_play)
    yield Edit("still", "a frame as an image", Family.STILL, times=(time_edits.still,), form=Form.IMAGE)
    yield Edit("still-in-clip", "a frame in a clip, slow zoom", Family.STILL, times=(time_edits.slow_zoom,))
    for sound in SOUND_EDITS.values():
        yield _sound(sound)


PLAIN = Edit("plain", "no edit, crf 23", Family.ENCODING)
"""What every clip goes through anyway: cut out and encoded anew."""

EDITS: Mapping[str, Edit] = {edit.name: edit for edit in _all()}
"""All single edits by name, without :data:`PLAIN`."""

BEYOND: frozenset[str] = frozenset({"blurred-bars", "comic"})
"""Edits that are measured and that no target covers: outlines drawn anew leave little of a picture's texture."""

FRAME_MATRIX: tuple[str, ...] = (
    "crf-45",
    "144p",
    "mirror",
    "turn-90",
    "rotate-10",
    "crop-75",
    "crop-50",
    "crop-25",
    "letterbox",
    "border",
    "picture-in-picture",
    "mosaic",
    "text",
    "logo",
    "meme",
    "recolour",
    "grey",
    "blur",
    "stylise",
    "camcord",
)
"""The twenty edits that single frames are measured with."""


def pair(first: Edit, second: Edit) -> Edit:
    """Two edits in one, in the order of their families. Raises InputError for two that exclude each other."""
    if not _goes_with(first, second):
        raise InputError(
            f"{first.name} and {second.name} cannot be joined.", field="--edits", remedy="Join edits of two families."
        )
    one, two = sorted((first, second), key=lambda edit: _ORDER.index(edit.family))
    heights = [each.encoding.height for each in (one, two) if each.encoding.height]
    return Edit(
        name=f"{one.name}+{two.name}",
        label=f"{one.label}, {two.label}",
        family=two.family,
        pictures=one.pictures + two.pictures,
        times=one.times + two.times,
        encoding=Encoding(max(one.encoding.crf, two.encoding.crf), min(heights, default=None)),
        form=Form.IMAGE if Form.IMAGE in (one.form, two.form) else Form.CLIP,
        parameters={**one.parameters, **two.parameters},
        others=max(one.others, two.others),
    )


_ORDER = list(Family)


def _goes_with(first: Edit, second: Edit) -> bool:
    if first.name == second.name or (first.form is Form.IMAGE and second.form is Form.IMAGE):
        return False
    # Sound edits make pairs of their own; a still has no time left to edit.
    if Family.SOUND in (first.family, second.family):
        return False
    return first.family != second.family and {first.family, second.family} != {Family.TIME, Family.STILL}


def pairs(count: int, seed: int = 0) -> tuple[Edit, ...]:
    """``count`` different pairs of edits, each edit about as often as the others; none of :data:`BEYOND`."""
    rng = np.random.default_rng([seed, 91])
    covered = [edit for name, edit in EDITS.items() if name not in BEYOND]
    every = [(one, two) for one, two in combinations(covered, 2) if _goes_with(one, two)]
    used = dict.fromkeys(EDITS, 0)
    chosen = []
    for _ in range(min(count, len(every))):
        rarest = min(used[one.name] + used[two.name] for one, two in every)
        ready = [each for each in every if used[each[0].name] + used[each[1].name] == rarest]
        one, two = ready[int(rng.integers(len(ready)))]
        every.remove((one, two))
        used[one.name] += 1
        used[two.name] += 1
        chosen.append(pair(one, two))
    return tuple(chosen)


def find(name: str) -> Edit:
    """An edit by name, or two joined by ``+`` as in ``mirror+crop-50``. Raises InputError."""
    parts = name.split("+")
    for part in parts:
        if part not in EDITS and part != PLAIN.name:
            raise InputError(f"There is no edit {part!r}.", field="--edits", remedy=f"Choose from {', '.join(EDITS)}.")
    known = {PLAIN.name: PLAIN, **EDITS}
    if len(parts) > 2:
        raise InputError(f"{name!r} joins more than two edits.", field="--edits", remedy="Join two edits at most.")
    return known[parts[0]] if len(parts) == 1 else pair(known[parts[0]], known[parts[1]])
