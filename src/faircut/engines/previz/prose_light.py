"""Reads the light of a shot out of plain prose: time of day, side, colour, temperature, intensity, sky."""

from __future__ import annotations

import re
from typing import Final

from faircut.directives import Lighting, Side, Sky, TimeOfDay
from faircut.engines.previz.prose_camera import NUMBER, bounded
from faircut.engines.previz.vocabulary import COLOURS

_TIME_WORDS: Final[tuple[tuple[TimeOfDay, str], ...]] = (
    (
        TimeOfDay.GOLDEN,
        r"golden[\s-](?:hour|light)|sunset|late afternoon|evening (?:sun|light)|sundown|low sun",
    ),
    (TimeOfDay.DUSK, r"dusk|twilight|blue[\s-]hour|nightfall|evening"),
    (TimeOfDay.NIGHT, r"night(?:time)?|midnight|moon(?:lit|light)|starry|starlit|neon"),
    (TimeOfDay.DAWN, r"dawn|sunrise|daybreak|early morning|first light"),
    (TimeOfDay.DAY, r"noon|midday|daylight|daytime|sunny|sunlit|bright day|afternoon|morning|blue sky"),
)
_LIGHT: Final = (
    r"(?:light(?:ing|s)?|lit|sun(?:light|shine|set|rise)?|moon(?:light|lit)?|lamp|hour|glow|illuminat\w*|rays?|beams?)"
)
_SIDE: Final = re.compile(
    rf"\b{_LIGHT}\b[^.;!?]{{0,40}}?\bfrom\s+(?:the\s+)?(?:camera\s+)?(left|right|above|top|below|behind|back|front)\b"
)
_SIDE_SHORT: Final = re.compile(
    r"\bfrom\s+(?:the\s+)?(left|right)\s+(?:side\s+)?light|\b(left|right)[\s-](?:side\s+)?(?:lit|light|lighting)\b"
)
_BACKLIT: Final = re.compile(
    r"\bback[\s-]?lit\b|\bback[\s-]?light\w*\b|\brim[\s-]?light\w*\b|\bsilhouett\w*\b|\bcontre[\s-]jour\b"
)
_WIND: Final = re.compile(r"\b(?:wind|breeze|gale|gusts?)\b[^.;!?,]*")
_KELVIN: Final = re.compile(r"\b(\d{4,5}(?:\.\d+)?)\s*(?:k|kelvin)\b")
_HEX: Final = re.compile(r"#([0-9a-f]{6})\b")
_HUES: Final[dict[str, str]] = {
    "red": "#ff4030", "crimson": "#e0203c", "orange": "#ff9038", "amber": "#ffae40", "gold": "#ffcc58",
    "honey": "#ffb84c", "yellow": "#ffe060", "green": "#50e070", "emerald": "#30d080", "teal": "#30c8c0",
    "turquoise": "#40d8d0", "cyan": "#50e0ff", "blue": "#5080ff", "violet": "#a060ff", "purple": "#a850e8",
    "magenta": "#ff50d0", "pink": "#ff80b8", "white": "#ffffff",
}  # fmt: skip
"""The colours of light that words name. They are those of lamps and gels, paler than those of things."""
_HUE: Final = "|".join(sorted({*_HUES, *COLOURS}, key=len, reverse=True))
_COLOURED: Final = re.compile(rf"\b({_HUE})\s+(?:neon\s+)?(?:light(?:ing|s)?|glow|gels?|lamps?)\b(?!\s+(?:house|bulb))")
_COLOUR_OF: Final = re.compile(
    rf"\b(?:light(?:ing)?|glow)\s+(?:is\s+|in\s+)?(?:the\s+)?(?:colou?r\s+of\s+)?(?:an?\s+|the\s+)?(?:\w+\s+)?({_HUE})\b"
)
_STRENGTH: Final = re.compile(rf"\blight(?:ing)?\s+(?:is\s+)?{NUMBER}\s*(?:x|times)\s+as\s+(?:strong|bright)")


def parse_lighting(text: str) -> Lighting:
    """The light of one shot, read from its prose. Never raises; every number is within its range."""
    lowered = text.lower()
    time = next((name for name, words in _TIME_WORDS if re.search(rf"\b(?:{words})\b", lowered)), None)
    colour = _colour(lowered)
    return Lighting(
        time=time,
        side=_side(_WIND.sub(" ", lowered)),
        colour=colour,
        temperature_k=None if colour else _temperature(lowered),
        intensity=_intensity(lowered),
        sky=_sky(lowered),
    )


def _side(text: str) -> Side | None:
    if found := _SIDE.search(text) or _SIDE_SHORT.search(text):
        word = next(group for group in found.groups() if group)
        return Side({"top": "above", "back": "behind"}.get(word, word))
    return Side.BEHIND if _BACKLIT.search(text) else None


def _colour(text: str) -> str | None:
    if found := _HEX.search(text):
        return f"#{found[1]}"
    for pattern in (_COLOURED, _COLOUR_OF):
        for match in pattern.finditer(text):
            name = match[1]
            if name in ("golden", "black", "dark", "grey", "gray", "silver"):
                continue
            if name in _HUES:
                return _HUES[name]
            red, green, blue = COLOURS[name]
            return f"#{red:02x}{green:02x}{blue:02x}"
    return None


def _temperature(text: str) -> float | None:
    if found := _KELVIN.search(text):
        return bounded(float(found[1]), "lighting.temperature_k")
    if re.search(r"\bwarm\b(?!er than)", text):
        return 3800.0
    return 8500.0 if re.search(r"\b(?:cold|cool|icy)\s+(?:light|tone|colou?r|blue)|\bcool\b", text) else None


def _intensity(text: str) -> float | None:
    if found := _STRENGTH.search(text):
        return bounded(float(found[1]), "lighting.intensity")
    if re.search(r"\b(?:dim|dimly|dark|low[\s-]key|gloomy|murky|shadowy)\b", text):
        return 0.5
    return 1.35 if re.search(r"\b(?:bright|brightly|high[\s-]key|brilliant|blazing)\b", text) else None


def _sky(text: str) -> Sky | None:
    if re.search(r"\bstorm(?:y|s)?\b|\bthunderstorms?\b", text):
        return Sky.STORM
    if re.search(r"\bovercast\b|\bcloudy\b|\bgr[ea]y (?:sky|day)\b", text):
        return Sky.OVERCAST
    return Sky.CLEAR if re.search(r"\bclear (?:sky|skies|day|night)\b|\bcloudless\b", text) else None
