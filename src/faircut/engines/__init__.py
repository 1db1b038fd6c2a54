"""Engines: one package or file per engine behind :class:`faircut.protocols.Engine`."""

from __future__ import annotations

from typing import Final

from faircut.domain import Ratio, Size

FRAME_SIZES: Final[dict[Size, dict[Ratio, tuple[int, int]]]] = {
    Size.P480: {
        Ratio.R21_9: (992, 424),
        Ratio.R16_9: (854, 480),
        Ratio.R4_3: (736, 552),
        Ratio.R1_1: (640, 640),
        Ratio.R3_4: (552, 736),
        Ratio.R9_16: (480, 854),
    },
    Size.P720: {
        Ratio.R21_9: (1470, 630),
        Ratio.R16_9: (1280, 720),
        Ratio.R4_3: (1104, 828),
        Ratio.R1_1: (960, 960),
        Ratio.R3_4: (828, 1104),
        Ratio.R9_16: (720, 1280),
    },
    Size.P1080: {
        Ratio.R21_9: (2198, 942),
        Ratio.R16_9: (1920, 1080),
        Ratio.R4_3: (1664, 1248),
        Ratio.R1_1: (1440, 1440),
        Ratio.R3_4: (1248, 1664),
        Ratio.R9_16: (1080, 1920),
    },
    Size.K2: {
        Ratio.R21_9: (2352, 1008),
        Ratio.R16_9: (2048, 1152),
        Ratio.R4_3: (1776, 1332),
        Ratio.R1_1: (1536, 1536),
        Ratio.R3_4: (1332, 1776),
        Ratio.R9_16: (1152, 2048),
    },
}
"""Width and height in pixels. 16:9 follows the usual names (854x480, 1280x720, 1920x1080, 2048x1152); the other
ratios hold about as many pixels as 16:9 of the same name, so that a size costs the same in every ratio. All even,
as 4:2:0 chroma needs."""


def frame_size(size: Size, ratio: Ratio) -> tuple[int, int]:
    """Width and height in pixels, both even, of a size and ratio; see :data:`FRAME_SIZES`."""
    return FRAME_SIZES[Size(size)][Ratio(ratio)]
