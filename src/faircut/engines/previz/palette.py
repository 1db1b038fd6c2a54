"""The light of each time of day as colours, and colour temperature as a tint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from faircut.directives import Lighting
from faircut.engines.previz.staging import PhysicsPlan

Rgb = npt.NDArray[np.float64]
"""(3,) red, green, blue, 0..255."""


def rgb(*channels: float) -> Rgb:
    """A colour as an array."""
    return np.array(channels, dtype=np.float64)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """``share`` of b, the rest of a."""
    result: Rgb = a + (b - a) * share
    return result


@dataclass(frozen=True, slots=True)
class Palette:
    """What a scene is lit with. ``key`` and ``ambient`` are factors on a surface's own colour (1 = as it is)."""

    name: str
    zenith: Rgb
    middle: Rgb
    horizon: Rgb
    haze: Rgb
    key: Rgb
    ambient: Rgb
    disc: Rgb
    disc_height: float
    stars: float
    lamps: float
    side: str

    def lit(self, colour: Rgb, share: float) -> Rgb:
        """A surface of ``colour``, ``share`` of the key light on it (0 shadow, 1 full light)."""
        result: Rgb = np.clip(colour * (self.ambient + self.key * share), 0, 255)
        return result

    def far(self, colour: Rgb, share: float) -> Rgb:
        """The same seen through ``share`` of haze."""
        return mix(colour, self.haze, share)

    def mirrored(self) -> Palette:
        """The light as it falls on a picture that is laid into the frame the other way round."""
        return replace(self, side={"left": "right", "right": "left"}.get(self.side, self.side))

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the light: right, up, towards the camera."""
        x = {"left": -0.8, "right": 0.8}.get(self.side, 0.0)
        z = {"behind": -0.85, "front": 0.85}.get(self.side, 0.35)
        y = {"above": 0.95, "below": -0.8}.get(self.side, 0.5)
        norm = (x * x + y * y + z * z) ** 0.5
        return x / norm, y / norm, z / norm


_TIMES: Final[dict[str, tuple[tuple[float, ...], ...]]] = {
    # zenith, middle, horizon, haze, key (% of colour), ambient (%), disc, (height of disc, stars, lamps)
    "day": ((62, 128, 198), (128, 184, 224), (214, 232, 238), (190, 214, 226), (62, 60, 54), (52, 55, 60), (255, 250,
        232), (0.40, 0, 0)),
    "dawn": ((86, 104, 158), (204, 156, 172), (252, 212, 176), (226, 190, 182), (58, 48, 40), (44, 44, 54), (255, 232,
        196), (0.07, 0, 0.3)),
    "golden": ((72, 92, 148), (232, 146, 98), (255, 208, 122), (242, 176, 112), (78, 56, 32), (40, 36, 44), (255, 238,
        190), (0.06, 0, 0.3)),
    "dusk": ((30, 38, 86), (98, 78, 134), (222, 128, 122), (124, 96, 132), (22, 20, 26), (34, 36, 52), (255, 190,
        160), (-0.02, 0.35, 0.8)),
    "night": ((9, 14, 34), (18, 30, 62), (44, 66, 104), (34, 52, 86), (20, 25, 36), (17, 22, 36), (240, 244, 255),
        (0.33, 1, 1)),
}  # fmt: skip
_KELVIN: Final = np.array([1800, 2000, 2700, 3500, 4500, 5500, 6500, 8000, 10000, 15000], dtype=np.float64)
_TINTS: Final = np.array(
    [(255, 126, 0), (255, 137, 14), (255, 169, 87), (255, 196, 137), (255, 219, 186), (255, 236, 224), (255, 250,
        250), (227, 233, 255), (204, 219, 255), (181, 205, 255)],
    dtype=np.float64,
)  # fmt: skip


def kelvin_tint(kelvin: float) -> Rgb:
    """Per-channel gains of light of this colour temperature, mean luma 1, sRGB of the black body, 6500 K neutral."""
    tint = np.array([np.interp(kelvin, _KELVIN, _TINTS[:, channel]) for channel in range(3)]) / rgb(255, 250, 250)
    gains: Rgb = tint / float(tint @ rgb(0.299, 0.587, 0.114))
    return gains


def colour_tint(colour: str) -> Rgb:
    """Per-channel gains of light of a colour ("#rrggbb"): that of a lamp with a gel, which lets a little white through.
    Mean luma 1, less for deep colours, which no exposure would make bright."""
    light = rgb(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    pale = 0.12 + 0.88 * light / max(float(light.max()), 1e-6)
    gains: Rgb = pale / max(float(pale @ rgb(0.299, 0.587, 0.114)), 0.45)
    return gains


def tint_of(light: Lighting) -> Rgb | None:
    """What a shot's light does to white, as per-channel gains; None: nothing."""
    if light.colour is not None:
        return colour_tint(light.colour)
    return None if light.temperature_k is None else kelvin_tint(light.temperature_k)


def palette_for(light: Lighting, physics: PhysicsPlan, place: str) -> Palette:
    """The palette that a shot's light and weather call for. Nothing said: a clear day, night in space."""
    time = light.time or ("night" if place == "space" else "day")
    zenith, middle, horizon, haze, key, ambient, disc, extra = (rgb(*values) for values in _TIMES[time])
    palette = Palette(
        time,
        zenith,
        middle,
        horizon,
        haze,
        key / 84,
        ambient / 84,
        disc,
        float(extra[0]),
        float(extra[1]),
        float(extra[2]),
        light.side or "left",
    )
    gloomy = light.sky in ("overcast", "storm") or physics.rain > 0.3 or physics.fog > 0.5
    if gloomy:
        grey = {"day": rgb(150, 160, 168), "night": rgb(26, 34, 52)}.get(time, mix(middle, rgb(112, 112, 120), 0.6))
        share = 0.85 if light.sky == "storm" else 0.7
        dark = 0.7 if light.sky == "storm" else 0.92
        palette = replace(
            palette,
            zenith=mix(zenith, grey * 0.72, share) * dark,
            middle=mix(middle, grey * 0.9, share) * dark,
            horizon=mix(horizon, grey * 1.15, share) * dark,
            haze=mix(haze, grey * 1.05, share) * dark,
            key=palette.key * 0.55,
            ambient=palette.ambient * 0.95,
            stars=0.0,
            lamps=max(palette.lamps, 0.4),
        )
    tint = tint_of(light)
    if tint is not None:
        palette = replace(
            palette, key=palette.key * tint, ambient=palette.ambient * (0.5 + 0.5 * tint),
            haze=np.clip(palette.haze * (0.4 + 0.6 * tint), 0, 255),
            middle=np.clip(palette.middle * (0.4 + 0.6 * tint), 0, 255),
            horizon=np.clip(palette.horizon * (0.4 + 0.6 * tint), 0, 255),
        )  # fmt: skip
    return palette
