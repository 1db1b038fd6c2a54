"""What a request leaves to us: the ratio of the picture, the length, the size closest to a number of pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from faircut.domain import Ratio, Shot, Size
from faircut.engines import FRAME_SIZES
from faircut.errors import InputError

DEFAULT_S: Final = 5
_SHOT_S: Final = 3.0
_RATIO_OFF: Final = 0.05
_AREA_OFF: Final = 0.30


def nearest_ratio(width: int, height: int) -> Ratio:
    """The ratio in which a picture loses least when it is cut to fit."""

    def loss(ratio: Ratio) -> float:
        across, down = (int(each) for each in ratio.value.split(":"))
        return abs(math.log(width / height * down / across))

    return min(Ratio, key=loss)


def suggested_seconds(
    shots: Sequence[Shot],
    lengths: Sequence[int],
    *,
    scripted: float | None = None,
    clips: float = 0.0,
    sounds: float = 0.0,
) -> int:
    """Whole seconds for a request that leaves its length to us: the shortest of ``lengths`` that holds it all.

    What the prompt's own times add up to; else the longest of all clips one after another, the longest sound, and three
    seconds a shot; a single shot without either lasts five seconds.
    """
    if scripted is not None:
        wanted = scripted
    else:
        wanted = max(clips, sounds, _SHOT_S * len(shots) if len(shots) > 1 else 0.0) or DEFAULT_S
    return min((each for each in lengths if each >= wanted - 0.05), default=max(lengths))


def nearest_size(width: int, height: int, field: str = "size") -> tuple[Size, Ratio]:
    """The size and ratio of ours for a number of pixels: as wide for its height within 5 %, as large within 30 %.

    Raises InputError that lists the sizes there are.
    """
    area = math.log(max(width, 1) * max(height, 1))

    def off(size: Size, ratio: Ratio) -> tuple[float, float]:
        across, down = FRAME_SIZES[size][ratio]
        return abs(math.log(across * down) - area), abs(math.log(max(width, 1) * down / (max(height, 1) * across)))

    choices = [(size, ratio) for size in Size for ratio in Ratio if off(size, ratio)[1] <= _RATIO_OFF]
    best = min(choices, key=lambda each: sum(off(*each)), default=None)
    if best is None or off(*best)[0] > math.log(1 + _AREA_OFF):
        there = ", ".join(f"{across}x{down}" for sizes in FRAME_SIZES.values() for across, down in sizes.values())
        raise InputError(f"There is no size near {width}x{height}.", field=field, remedy=f"Use one of {there}.")
    return best
