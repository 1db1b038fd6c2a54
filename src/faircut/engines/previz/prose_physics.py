"""Reads what moves by itself out of plain prose: falling things, weather, wind, gravity."""

from __future__ import annotations

import re
from typing import Final

from faircut.directives import Drop, Physics
from faircut.engines.previz.prose_camera import NUMBER, bounded

_ARTICLES: Final = frozenset(["a", "an", "the", "one", "its", "of", "and", "his", "her", "their", "as", "with"])
_PREPOSITIONS: Final = frozenset(
    ["on", "in", "at", "over", "above", "near", "under", "behind", "beside", "inside", "from", "by"]
)
_COUNTS: Final[dict[str, int]] = {
    "once": 1, "twice": 2, "thrice": 3, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_FALL: Final = re.compile(
    r"\b((?:[a-z-]+\s+){0,4}?)([a-z-]+)\s+(?:(?:that|which|is|are|slowly|suddenly)\s+){0,2}"
    r"(?:falls?|falling|fell|drops?|dropping|dropped|bounces?|bouncing|bounced)\b"
)
_NO_FALL: Final = frozenset([
    "rain", "snow", "night", "darkness", "leaves", "leaf", "snowflakes", "rainfall", "light", "silence", "it", "he",
    "she", "they", "water", "drops", "raindrops", "sun", "temperature", "camera", "and", "or", "then", "curtain",
    "sunlight", "shadow", "shadows", "petals", "dust", "ash", "volcano", "not", "does", "never", "heavy", "some",
    "no"
])  # fmt: skip
_BOUNCES: Final = re.compile(
    r"\bbounc\w*\s+(?:off\s+the\s+\w+\s+|up\s+|back\s+)?(once|twice|thrice|(?:one|two|three|four|five|six|seven|eight"
    r"|nine|ten|\d{1,2})\s+times?)"
)
_NO_BOUNCE: Final = re.compile(r"\b(?:does not|doesn'?t|without|never)\s+bounc\w*")
_RESTITUTION: Final = re.compile(rf"\brestitution\s+(?:of\s+|is\s+|=\s*)?{NUMBER}")
_HEIGHT: Final = re.compile(
    rf"\bfrom\s+(?:a\s+height\s+of\s+)?{NUMBER}\s*(m|metres?|meters?|cm|centimetres?|feet|ft)\b"
)
_NOUNS: Final[dict[str, tuple[str, str, str]]] = {
    # words for it, for a little of it, for a lot of it
    "rain": (
        r"rain(?:s|y|ing|fall|storm|drops)?|drizzl\w+|downpour|monsoon|thunderstorm",
        r"light rain|drizzl\w+|gentle rain",
        r"heavy rain|downpour|pouring|rainstorm|monsoon|torrential|thunderstorm",
    ),
    "snow": (
        r"falling snow|snow(?:s|ing|fall|flakes|storm)|snow falls|snow is falling|blizzard|light snow|heavy snow",
        r"light snow|gentle snow\w*|light falling snow",
        r"heavy snow\w*|blizzard|snowstorm|heavy falling snow",
    ),
    "dust": (r"dust\w*|sandstorm|dust motes|pollen", r"motes|light dust|pollen", r"sandstorm|dust storm|clouds of dust"
                                                                                 r"|heavy dust"),
    "embers": (
        r"embers|sparks|fireflies|firefly|bonfire|campfire|burning",
        r"fireflies|firefly|light embers",
        r"shower of sparks|inferno|heavy embers",
    ),
    "fog": (r"fog(?:gy)?|mist(?:y|s)?|haz[ey]|smoke|smoky", r"light mist|haz[ey]|thin mist|light fog",
            r"thick fog|dense fog|heavy fog"),
}  # fmt: skip
_GRAVITY: Final = re.compile(rf"\bgravity\s+(?:of\s+|is\s+|=\s*|at\s+)?{NUMBER}\s*m\s*/\s*s")
_GRAVITIES: Final = (
    (1.62, r"on the moon|lunar|moon surface|low gravity"),
    (3.71, r"mars|martian"),
    (24.79, r"on jupiter"),
    (0.5, r"weightless\w*|zero[\s-]gravity|zero[\s-]g"),
)
_AIR: Final = r"(?:winds?|breezes?|gales?|gusts?|blow(?:s|ing)?)"
_SPEED: Final = rf"{NUMBER}\s*(m/s|metres? (?:a|per) second|meters? (?:a|per) second|km/h|mph|knots?)"
_WIND_SPEED: Final = re.compile(rf"\b{_AIR}\b[^.;!?]{{0,40}}?{_SPEED}|{_SPEED}\s+{_AIR}\b")
_WIND_SPEEDS: Final = (
    (14.0, r"gales?|hurricane|howling wind|tempest|storm(?:s|y)?(?!\s+(?:clouds?|sky|skies))|blizzard|snowstorm"
           r"|sandstorm|thunderstorm"),
    (7.0, r"winds?|windy|gust\w*|windswept|blowing"),
    (3.5, r"breez\w+"),
)  # fmt: skip
_WIND_FROM: Final = re.compile(rf"\b{_AIR}\b[^.;!?]{{0,30}}?\bfrom\s+(?:the\s+)?(left|right)\b")
_WIND_TO: Final = re.compile(rf"\b{_AIR}\b[^.;!?]{{0,30}}?\b(?:to|towards)\s+(?:the\s+)?(left|right)\b")
_UNITS: Final = {"k": 1 / 3.6, "mph": 0.44704, "knot": 0.514444}


def parse_physics(text: str) -> Physics:
    """The physics of one shot, read from its prose. Never raises; every number is within its range."""
    lowered = text.lower()
    thunder: bool | None = None
    if re.search(r"\b(?:no|without)\s+(?:thunder|lightning)\b", lowered):
        thunder = False
    elif re.search(r"\bthunder\w*\b|\blightning\b", lowered):
        thunder = True
    strengths = {name: _strength(lowered, name) for name in _NOUNS}
    return Physics(gravity=_gravity(lowered), wind=_wind(lowered), thunder=thunder, drop=_drop(lowered), **strengths)


def _strength(text: str, name: str) -> float | None:
    words, little, much = _NOUNS[name]
    if found := re.search(rf"\b(?:{words})(?:\s+in\s+the\s+air)?\s+of\s+strength\s+{NUMBER}", text):
        return bounded(float(found[1]), f"physics.{name}")
    if re.search(rf"\b(?:no|without)\s+(?:{words})\b", text):
        return 0.0
    if not re.search(rf"\b(?:{words})\b", text):
        return None
    return 1.0 if re.search(rf"\b(?:{much})\b", text) else 0.35 if re.search(rf"\b(?:{little})\b", text) else 0.65


def _gravity(text: str) -> float | None:
    if found := _GRAVITY.search(text):
        return bounded(float(found[1]), "physics.gravity")
    return next((value for value, words in _GRAVITIES if re.search(rf"\b(?:{words})\b", text)), None)


def _wind(text: str) -> float | None:
    if re.search(r"\b(?:no|without)\s+wind\b|\bwindless\b|\bstill air\b", text):
        return 0.0
    side = 1.0
    if found := _WIND_FROM.search(text):
        side = -1.0 if found[1] == "right" else 1.0
    elif found := _WIND_TO.search(text):
        side = -1.0 if found[1] == "left" else 1.0
    if found := _WIND_SPEED.search(text):
        number, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
        factor = next((value for start, value in _UNITS.items() if unit.startswith(start)), 1.0)
        return bounded(side * float(number) * factor, "physics.wind")
    speed = next((value for value, words in _WIND_SPEEDS if re.search(rf"\b(?:{words})\b", text)), None)
    return None if speed is None else side * speed


def _drop(text: str) -> Drop | None:
    for found in _FALL.finditer(text):
        words = [*found[1].split(), found[2]]
        # "A ball on the moon that falls": the ball does.
        where = next((at for at, word in enumerate(words) if at and word in _PREPOSITIONS), len(words))
        words = words[:where] if set(words[:where]) - _ARTICLES else words
        if words[-1] in _NO_FALL or words[-1] in _ARTICLES:
            continue
        opening = max((at for at, word in enumerate(words) if word in _ARTICLES), default=-1)
        restitution = _RESTITUTION.search(text)
        return Drop(
            " ".join(words[opening + 1 :])[:60],
            _height(text),
            bounded(float(restitution[1]), "physics.drop.restitution") if restitution else None,
            _bounces(text),
        )
    return None


def _height(text: str) -> float | None:
    found = _HEIGHT.search(text)
    if found is None:
        return None
    unit = {"c": 0.01, "f": 0.3048}.get(found[2][0], 1.0)
    return bounded(float(found[1]) * unit, "physics.drop.height_m")


def _bounces(text: str) -> int | None:
    if found := _BOUNCES.search(text):
        word = found[1].split()[0]
        return int(bounded(_COUNTS.get(word) or int(word), "physics.drop.bounces"))
    return 0 if _NO_BOUNCE.search(text) else None
