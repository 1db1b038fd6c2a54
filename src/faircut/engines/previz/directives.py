"""Reads camera, lighting and physics directives out of plain prose into frozen, typed values.

The grammar is small on purpose. A *move* is one of the keywords of ``_MOVES`` in a clause (clauses end at punctuation
and at "then", "while", "as"); a direction, a speed word and a number with a unit in the same clause qualify it:

    "slow dolly in", "pan left 20 degrees", "zoom in 2x", "orbit around her", "crane up while panning right",
    "handheld", "locked-off", "low angle close-up"

Light is a time of day ("golden hour", "moonlit night"), a side ("light from the left", "backlit"), a temperature
("3200 K", "warm") and an intensity ("dim", "bright"). Physics is falling things ("a rubber ball falls from 2 m and
bounces twice"), rain, snow, dust, embers, fog and wind. What is not said stays None and is filled in by the planner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class MoveKind(StrEnum):
    """Camera moves. The sign of an amount: right, up, in and clockwise (seen from above) are positive."""

    STATIC = "static"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    DOLLY = "dolly"
    TRUCK = "truck"
    CRANE = "crane"
    ORBIT = "orbit"


@dataclass(frozen=True, slots=True)
class Move:
    """One camera move over a whole shot.

    ``amount`` is in the unit of its kind: pan and truck in frame widths, tilt and crane in frame heights (truck and
    crane at the subject's depth), zoom as the factor between the wide and the tight end (negative: zooming out), dolly
    as the share of the distance to the subject that is covered, orbit and roll in degrees.
    """

    kind: MoveKind
    amount: float


@dataclass(frozen=True, slots=True)
class Camera:
    """How a shot is photographed. ``framing`` is wide, medium or close; ``angle`` is eye, low, high or aerial."""

    moves: tuple[Move, ...] = ()
    handheld: float = 0.0
    framing: str | None = None
    angle: str | None = None
    follow: bool = False
    dutch_degrees: float = 0.0
    commanded: bool = False

    @property
    def title(self) -> str:
        """The move in the words of a slate: "dolly in + pan left"."""
        names = [_move_title(move) for move in self.moves if move.kind is not MoveKind.STATIC]
        if self.handheld:
            names.append("handheld")
        if self.follow:
            names.append("follow")
        return " + ".join(names) or "static"


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of a shot. ``side`` is where it comes from; ``temperature_k`` a correlated colour temperature in
    kelvin; ``intensity`` a factor on exposure. None: not said."""

    time: str | None = None
    side: str | None = None
    temperature_k: float | None = None
    intensity: float | None = None
    sky: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A thing that falls under gravity. ``height_m`` None: as the frame allows. ``bounces`` None: until it rests."""

    what: str
    height_m: float | None = None
    restitution: float = 0.25
    bounces: int | None = None


@dataclass(frozen=True, slots=True)
class Physics:
    """What moves by itself. Rain, snow, dust and embers are strengths 0..1; wind is in metres a second."""

    drop: Drop | None = None
    gravity: float = 9.81
    rain: float = 0.0
    snow: float = 0.0
    dust: float = 0.0
    embers: float = 0.0
    fog: float = 0.0
    wind: float = 1.5
    thunder: bool = False


_SLOW: Final = re.compile(r"\b(slow(?:ly)?|gent(?:le|ly)|subtl[ey]|slight(?:ly)?|soft(?:ly)?|creep\w*|gradual\w*)\b")
_FAST: Final = re.compile(r"\b(fast|quick(?:ly)?|rapid(?:ly)?|whip|crash|swift(?:ly)?|sudden(?:ly)?|dramatic\w*)\b")
_CLAUSES: Final = re.compile(r"[;:!?\n]|[.,](?!\d)|\bthen\b|\bwhile\b|\bas\b|\bplus\b|\+")
_IN_OUT: Final = r"(?:\s+\w+){0,2}?\s+(in|out|forward|forwards|towards?|closer|back|backwards?|away|into)\b"
_LEFT_RIGHT: Final = r"(?:\s+\w+){0,3}?\s+(left|right)(?:wards?)?\b"
_UP_DOWN: Final = r"(?:\s+\w+){0,2}?\s+(up|down|upwards?|downwards?)\b"
_AMOUNTS: Final[dict[MoveKind, float]] = {
    MoveKind.PAN: 0.3,
    MoveKind.TILT: 0.25,
    MoveKind.ROLL: 8.0,
    MoveKind.ZOOM: 1.4,
    MoveKind.DOLLY: 0.28,
    MoveKind.TRUCK: 0.3,
    MoveKind.CRANE: 0.3,
    MoveKind.ORBIT: 16.0,
}
_MOVES: Final[tuple[tuple[MoveKind, re.Pattern[str]], ...]] = (
    (MoveKind.ZOOM, re.compile(rf"\bzoom(?:s|ing|ed)?\b(?:{_IN_OUT})?")),
    (MoveKind.DOLLY, re.compile(rf"\b(?:dolly|dollies|dollying)\b(?:{_IN_OUT})?")),
    (MoveKind.DOLLY, re.compile(r"\b(?:push(?:es|ing)?|mov(?:es?|ing)|creep(?:s|ing)?)[\s-]+(in|closer)\b")),
    (MoveKind.DOLLY, re.compile(r"\bpull(?:s|ing)?[\s-]+(back|out|away)\b")),
    (MoveKind.ORBIT, re.compile(r"\b(?:(?:camera|slow(?:ly)?|gently|we)\s+(?:orbit|circle|arc)(?:s|ing)?)\b")),
    (MoveKind.ORBIT, re.compile(r"\b(?:orbit(?:s|ing)?|arc(?:s|ing)?)\s+(?:shot|left|right|around|about)\b")),
    (MoveKind.ORBIT, re.compile(r"\b(?:circl(?:es|ing)|360)\s+(?:shot|around)\b|^\s*orbit(?:ing)?\b")),
    (MoveKind.PAN, re.compile(rf"\bpan(?:s|ning|ned)?\b{_LEFT_RIGHT}")),
    (MoveKind.PAN, re.compile(r"\bwhip[\s-]pan\b|\bpan(?:ning)?\s+(?:shot|across|over|along)\b|\bcamera\s+pans\b")),
    (MoveKind.TILT, re.compile(rf"\btilt(?:s|ing|ed)?\b{_UP_DOWN}")),
    (MoveKind.TRUCK, re.compile(rf"\b(?:truck|trucks|trucking|track|tracks|tracking|slid(?:es?|ing))\b{_LEFT_RIGHT}")),
    (MoveKind.TRUCK, re.compile(r"\b(?:slider|trucking|lateral)\s+shot\b")),
    (MoveKind.CRANE, re.compile(rf"\b(?:crane|cranes|craning|boom|booms|pedestal|jib)\b{_UP_DOWN}")),
    (
        MoveKind.CRANE,
        re.compile(r"\bcrane\s+shot\b|\b(?:camera|drone)\s+(?:rises|rising|ascends|(?:descends|lowers))\b"),
    ),
    (MoveKind.ROLL, re.compile(r"\b(?:camera\s+rolls?|barrel\s+roll|roll\s+(?:left|right))\b")),
    (
        MoveKind.DOLLY,
        re.compile(r"\b(?:camera|drone)\s+(?:fl(?:y|ies)|glid(?:e|es)|mov(?:e|es))\s+(?:in|through|over|forward)"),
    ),
)
_NEGATIVE: Final = re.compile(r"\b(out|back|backwards?|away|left(?:wards?)?|down(?:wards?)?|descends|lowers)\b")
_FROM_TO: Final = re.compile(
    r"\bfrom\s+(?:the\s+)?(?:left|right|top|bottom)\s+to\s+(?:the\s+)?(left|right|top|bottom)\b"
)
_DEGREES: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:°|degrees?|deg\b)")
_TIMES: Final = re.compile(r"\b(\d+(?:\.\d+)?)\s*(?:x|times)(?!\w)")
_PERCENT: Final = re.compile(r"\b(\d+(?:\.\d+)?)\s*(?:%|percent|per cent)")
_WIDTHS: Final = re.compile(r"\b(\d*\.?\d+)\s*(?:frame\s+)?(?:widths?|heights?|frames? wide)\b")
_PLAIN: Final = re.compile(
    r"\bstatic\b|\block(?:ed)?[\s-]?(?:off|down|shot)\b|\btripod\b|\bfixed camera\b|\bstill (?:camera|shot)\b"
)


def _move_title(move: Move) -> str:
    names = {
        MoveKind.PAN: ("pan right", "pan left"),
        MoveKind.TILT: ("tilt up", "tilt down"),
        MoveKind.ROLL: ("roll right", "roll left"),
        MoveKind.ZOOM: ("zoom in", "zoom out"),
        MoveKind.DOLLY: ("dolly in", "dolly out"),
        MoveKind.TRUCK: ("truck right", "truck left"),
        MoveKind.CRANE: ("crane up", "crane down"),
        MoveKind.ORBIT: ("orbit right", "orbit left"),
        MoveKind.STATIC: ("static", "static"),
    }
    return names[move.kind][move.amount < 0]


def _amount(kind: MoveKind, clause: str, positive: bool) -> float:
    size = _AMOUNTS[kind]
    if _SLOW.search(clause):
        size = 1 + (size - 1) * 0.6 if kind is MoveKind.ZOOM else size * 0.6
    elif _FAST.search(clause):
        size = 1 + (size - 1) * 1.8 if kind is MoveKind.ZOOM else size * 1.6
    if kind is MoveKind.ZOOM and (found := _TIMES.search(clause)):
        size = float(found[1])
    elif kind is MoveKind.ZOOM and (found := _PERCENT.search(clause)):
        size = 1 + float(found[1]) / 100
    elif (kind in (MoveKind.ORBIT, MoveKind.ROLL) and (found := _DEGREES.search(clause))) or (
        found := _WIDTHS.search(clause)
    ):
        size = float(found[1])
    elif found := _PERCENT.search(clause):
        size = float(found[1]) / 100
    limits = {MoveKind.ZOOM: (1.05, 3.0), MoveKind.ORBIT: (3.0, 40.0), MoveKind.ROLL: (1.0, 20.0)}
    low, high = limits.get(kind, (0.03, 0.6))
    size = min(max(size, low), high)
    return size if positive else -size


def parse_camera(text: str) -> Camera:
    """The camera of one shot, read from its prose; see the module's grammar. Nothing said: ``Camera()``."""
    lowered = text.lower()
    moves: dict[MoveKind, Move] = {}
    for clause in _CLAUSES.split(lowered):
        for kind, pattern in _MOVES:
            found = pattern.search(clause)
            if found is None or kind in moves:
                continue
            across = _FROM_TO.search(clause)
            direction = across[1] if across else found[0]
            negative = bool(_NEGATIVE.search(direction)) or direction == "bottom"
            moves[kind] = Move(kind, _amount(kind, clause, positive=not negative))
    handheld = (
        1.0
        if re.search(r"\bhand[\s-]?held\b", lowered)
        else 1.8
        if re.search(r"\bshak(?:y|ing|es)\b", lowered)
        else 0.0
    )
    static = bool(_PLAIN.search(lowered)) and not moves
    found_moves = tuple(moves.values()) or ((Move(MoveKind.STATIC, 0.0),) if static else ())
    follow = bool(
        re.search(
            r"\b(?:follow(?:s|ing)?|tracking shot|track(?:s|ing)? (?:with|alongside|beside|the|her|him|it))\b", lowered
        )
    )
    return Camera(
        moves=found_moves,
        handheld=handheld,
        framing=_framing(lowered),
        angle=_angle(lowered),
        follow=follow and MoveKind.TRUCK not in moves,
        dutch_degrees=7.0 if re.search(r"\bdutch (?:angle|tilt)\b|\bcanted\b", lowered) else 0.0,
        commanded=bool(found_moves or handheld or follow),
    )


def _framing(text: str) -> str | None:
    if re.search(
        r"\b(?:extreme\s+)?close[\s-]?up\b|\bclose (?:on|shot)\b|\bmacro\b|\bportrait of\b|\btight (?:on|shot)\b", text
    ):
        return "close"
    if re.search(
        r"\bwide\b|\bestablishing\b|\blong shot\b|\bpanoram\w*\b|\bvista\b|\baerial\b|\bdrone\b|\bextreme long\b", text
    ):
        return "wide"
    return "medium" if re.search(r"\bmedium (?:shot|close)\b|\bmid[\s-]shot\b|\bwaist[\s-]up\b", text) else None


def _angle(text: str) -> str | None:
    if re.search(r"\blow[\s-]angle\b|\bfrom below\b|\bworm'?s[\s-]eye\b|\blooking up\b", text):
        return "low"
    if re.search(r"\baerial\b|\bbird'?s[\s-]eye\b|\btop[\s-]down\b|\boverhead\b|\bdrone\b", text):
        return "aerial"
    if re.search(r"\bhigh[\s-]angle\b|\blooking down\b", text):
        return "high"
    return "eye" if re.search(r"\beye[\s-]level\b", text) else None


_TIME_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("golden", r"golden[\s-](?:hour|light)|sunset|late afternoon|evening (?:sun|light)|sundown|low sun"),
    ("dusk", r"dusk|twilight|blue[\s-]hour|nightfall|evening"),
    ("night", r"night(?:time)?|midnight|moon(?:lit|light)|starry|starlit|neon"),
    ("dawn", r"dawn|sunrise|daybreak|early morning|first light"),
    ("day", r"noon|midday|daylight|daytime|sunny|sunlit|bright day|afternoon|morning|blue sky"),
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
_KELVIN: Final = re.compile(r"\b(\d{4,5})\s*(?:k|kelvin)\b")


def parse_lighting(text: str) -> Lighting:
    """The light of one shot, read from its prose."""
    lowered = text.lower()
    time = next((name for name, words in _TIME_WORDS if re.search(rf"\b(?:{words})\b", lowered)), None)
    side: str | None = None
    if found := _SIDE.search(lowered) or _SIDE_SHORT.search(lowered):
        word = next(group for group in found.groups() if group)
        side = {"top": "above", "back": "behind"}.get(word, word)
    elif re.search(
        r"\bback[\s-]?lit\b|\bback[\s-]?light\w*\b|\brim[\s-]?light\w*\b|\bsilhouett\w*\b|\bcontre[\s-]jour\b", lowered
    ):
        side = "behind"
    kelvin: float | None = None
    if found := _KELVIN.search(lowered):
        kelvin = min(max(float(found[1]), 1800.0), 15000.0)
    elif re.search(r"\bwarm\b(?!er than)", lowered):
        kelvin = 3800.0
    elif re.search(r"\b(?:cold|cool|icy)\s+(?:light|tone|colou?r|blue)|\bcool\b", lowered):
        kelvin = 8500.0
    intensity: float | None = None
    if re.search(r"\b(?:dim|dimly|dark|low[\s-]key|gloomy|murky|shadowy)\b", lowered):
        intensity = 0.72
    elif re.search(r"\b(?:bright|brightly|high[\s-]key|brilliant|blazing)\b", lowered):
        intensity = 1.15
    sky: str | None = None
    if re.search(r"\bstorm(?:y|s)?\b|\bthunder\w*\b|\blightning\b", lowered):
        sky = "storm"
    elif re.search(r"\bovercast\b|\bcloudy\b|\bgrey (?:sky|day)\b|\bgray (?:sky|day)\b", lowered):
        sky = "overcast"
    elif re.search(r"\bclear (?:sky|skies|day|night)\b|\bcloudless\b", lowered):
        sky = "clear"
    return Lighting(time, side, kelvin, intensity, sky)


_RESTITUTION: Final[dict[str, float]] = {
    "rubber": 0.82, "bouncy": 0.85, "basketball": 0.76, "tennis": 0.73, "ping": 0.85, "beach": 0.6, "ball": 0.7,
    "steel": 0.55, "metal": 0.5, "glass": 0.55, "marble": 0.6, "wooden": 0.45, "stone": 0.25, "rock": 0.22,
    "bowling": 0.2, "cannonball": 0.15, "box": 0.2, "crate": 0.2, "apple": 0.3, "coin": 0.4,
}  # fmt: skip
"""Coefficients of restitution on a hard floor, rounded from common lab tables; 0.25 for anything else."""
_NUMBERS: Final[dict[str, int]] = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
_FALL: Final = re.compile(
    r"\b((?:[a-z-]+\s+){0,4}?)([a-z-]+)\s+(?:(?:that|which|is|are|slowly|suddenly)\s+){0,2}"
    r"(?:falls?|falling|fell|drops?|dropping|dropped|bounces?|bouncing|bounced)\b"
)
_NO_FALL: Final = frozenset(
    [
        "rain",
        "snow",
        "night",
        "darkness",
        "leaves",
        "leaf",
        "snowflakes",
        "rainfall",
        "light",
        "silence",
        "it",
        "he",
        "she",
        "they",
        "water",
        "drops",
        "raindrops",
        "sun",
        "temperature",
        "camera",
        "and",
        "or",
        "then",
        "curtain",
        "sunlight",
        "shadow",
        "shadows",
        "petals",
        "dust",
        "ash",
        "volcano",
    ]
)
_BOUNCES: Final = re.compile(
    r"\bbounc\w*\s+(?:off\s+the\s+\w+\s+)?(once|twice|thrice|(?:one|two|three|four|five|[1-9])\s+times?)"
)
_HEIGHT: Final = re.compile(
    r"\bfrom\s+(?:a\s+height\s+of\s+)?(\d+(?:\.\d+)?)\s*(m|metres?|meters?|cm|centimetres?|feet|ft)\b"
)


def _parse_drop(text: str) -> Drop | None:
    for found in _FALL.finditer(text):
        noun = found[2]
        if noun in _NO_FALL:
            continue
        words = [*found[1].split(), noun]
        known = [_RESTITUTION[word] for word in words if word in _RESTITUTION]
        restitution = known[0] if known else (0.7 if noun.endswith(("ball", "balls")) else 0.25)
        height: float | None = None
        if how_high := _HEIGHT.search(text):
            unit = {"c": 0.01, "f": 0.3048}.get(how_high[2][0], 1.0)
            height = min(max(float(how_high[1]) * unit, 0.1), 60.0)
        bounces: int | None = None
        if how_often := _BOUNCES.search(text):
            word = how_often[1].split()[0]
            bounces = _NUMBERS.get(word) or int(word)
        elif not re.search(r"\bbounc", text) and not known and restitution < 0.5:
            bounces = 1
        what = " ".join(word for word in words if word not in ("a", "an", "the", "one", "its", "of", "and"))
        return Drop(what, height, restitution, bounces)
    return None


def _strength(text: str, words: str, *, light: str, heavy: str) -> float:
    if not re.search(rf"\b(?:{words})\b", text) or re.search(rf"\b(?:no|without)\s+(?:{words})\b", text):
        return 0.0
    return 1.0 if re.search(rf"\b(?:{heavy})\b", text) else 0.35 if re.search(rf"\b(?:{light})\b", text) else 0.65


def parse_physics(text: str) -> Physics:
    """The physics of one shot, read from its prose. Gravity is the Earth's unless the Moon or Mars is named."""
    lowered = text.lower()
    rain = _strength(
        lowered, r"rain(?:s|y|ing|fall|storm|drops)?|drizzl\w+|downpour|monsoon|thunderstorm",
        light=r"light rain|drizzl\w+|gentle rain", heavy=r"heavy rain|downpour|pouring|storm\w*|monsoon|torrential"
                                                         r"|thunderstorm",
    )  # fmt: skip
    snow = _strength(
        lowered, r"snow(?:s|ing|fall|flakes|storm)|falling snow|snow falls|snow is falling|blizzard|light snow"
                 r"|heavy snow",
        light=r"light snow|gentle snow\w*", heavy=r"heavy snow\w*|blizzard|snowstorm",
    )  # fmt: skip
    dust = _strength(
        lowered,
        r"dust\w*|sandstorm|dust motes|pollen",
        light=r"motes|light dust|pollen",
        heavy=r"sandstorm|dust storm|clouds of dust",
    )
    embers = _strength(
        lowered,
        r"embers|sparks|fireflies|firefly|bonfire|campfire|burning",
        light=r"fireflies|firefly",
        heavy=r"shower of sparks|inferno",
    )
    fog = _strength(
        lowered,
        r"fog(?:gy)?|mist(?:y|s)?|haz[ey]|smoke|smoky",
        light=r"light mist|haz[ey]|thin mist",
        heavy=r"thick fog|dense fog|heavy fog",
    )
    wind = 1.5
    for words, speed in (
        (r"gale|hurricane|howling|tempest|storm\w*|blizzard", 14.0),
        (r"wind|windy|gust\w*|windswept|blowing", 7.0),
        (r"breez\w+", 3.5),
    ):
        if re.search(rf"\b(?:{words})\b", lowered):
            wind = speed
            break
    gravity = (
        1.62
        if re.search(r"\bon the moon\b|\blunar\b|\bmoon surface\b", lowered)
        else 3.71
        if re.search(r"\bmars\b|\bmartian\b", lowered)
        else 9.81
    )
    thunder = bool(re.search(r"\bthunder\w*\b|\blightning\b", lowered))
    return Physics(_parse_drop(lowered), gravity, rain, snow, dust, embers, fog, wind, thunder)
