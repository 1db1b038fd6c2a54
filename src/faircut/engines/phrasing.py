"""Typed directives put into plain prompt language, for engines that take words only.

Every sentence can be read back by the parser of the local engine: what goes out in words means there what it meant
as types, numbers included. Titles and captions are left out: models letter badly, and words on screen are judged and
laid over apart.
"""

from __future__ import annotations

import math
from typing import Final

from faircut.directives import (
    Angle,
    Camera,
    Drop,
    Framing,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Placement,
    Side,
    Sky,
    Speed,
    TimeOfDay,
    Transition,
    TransitionKind,
)
from faircut.domain import GenerationRequest, Shot

_MOVES: Final[dict[MoveKind, tuple[str, str]]] = {
    MoveKind.PAN: ("pans right", "pans left"),
    MoveKind.TILT: ("tilts up", "tilts down"),
    MoveKind.ROLL: ("rolls clockwise", "rolls anticlockwise"),
    MoveKind.ZOOM: ("zooms in", "zooms out"),
    MoveKind.DOLLY: ("dollies in", "dollies out"),
    MoveKind.TRUCK: ("trucks right", "trucks left"),
    MoveKind.CRANE: ("cranes up", "cranes down"),
    MoveKind.ORBIT: ("orbits right around the subject", "orbits left around the subject"),
}
_FRAMINGS: Final = {Framing.WIDE: "Wide shot.", Framing.MEDIUM: "Medium shot.", Framing.CLOSE: "Close-up."}
_ANGLES: Final = {
    Angle.EYE: "Eye-level camera.",
    Angle.LOW: "Low-angle shot.",
    Angle.HIGH: "High-angle shot.",
    Angle.AERIAL: "Aerial view.",
}
_TIMES: Final = {
    TimeOfDay.DAWN: "The light of dawn.",
    TimeOfDay.DAY: "Daylight.",
    TimeOfDay.GOLDEN: "Golden hour.",
    TimeOfDay.DUSK: "Dusk.",
    TimeOfDay.NIGHT: "Night.",
}
_SIDES: Final = {
    Side.LEFT: "from the left",
    Side.RIGHT: "from the right",
    Side.ABOVE: "from above",
    Side.BELOW: "from below",
    Side.FRONT: "from the front",
    Side.BEHIND: "from behind",
}
_SKIES: Final = {Sky.CLEAR: "Clear sky.", Sky.OVERCAST: "Overcast sky.", Sky.STORM: "Storm clouds."}
_HUES: Final = ("red", "orange", "yellow", "green", "turquoise", "blue", "violet", "pink")
_HUE_ENDS: Final = (15, 40, 65, 160, 195, 255, 285, 345)


def phrase(shot: Shot) -> str:
    """The prompt of one shot with its camera, light, physics and clips as sentences behind it."""
    sentences: list[str] = []
    if shot.camera is not None:
        sentences += _camera(shot.camera)
    if shot.lighting is not None:
        sentences += _lighting(shot.lighting)
    if shot.physics is not None:
        sentences += _physics(shot.physics)
    sentences += [_placement(each) for each in shot.clips]
    prompt = shot.prompt.strip()
    if prompt and sentences and prompt[-1] not in ".!?…。！？":
        prompt += "."
    return " ".join([prompt, *sentences] if prompt else sentences)


def phrase_request(request: GenerationRequest) -> str:
    """The whole request as one prompt: a single shot as it is, several numbered, with lengths and transitions."""
    if len(request.shots) == 1:
        return phrase(request.shots[0])
    parts = []
    for number, shot in enumerate(request.shots, 1):
        length = f" ({_number(shot.seconds)} seconds)" if shot.seconds else ""
        begins = _transition(shot.transition) if shot.transition else ""
        parts.append(f"Shot {number}{length}: {begins}{phrase(shot)}")
    return "\n".join(parts)


def _number(value: float) -> str:
    return f"{value:.6g}"


def _camera(camera: Camera) -> list[str]:
    sentences = []
    if camera.framing is not None:
        sentences.append(_FRAMINGS[camera.framing])
    if camera.angle is not None:
        sentences.append(_ANGLES[camera.angle])
    if camera.lens_mm is not None:
        sentences.append(f"Shot on a lens of {_number(camera.lens_mm)} mm.")
    sentences += [_move(move) for move in camera.moves]
    if camera.motion_from is not None:
        sentences.append(f"The camera moves as in {camera.motion_from}.")
    if camera.handheld is not None:
        strength = "" if camera.handheld == 1 else f" of strength {_number(camera.handheld)}"
        sentences.append(f"Handheld camera{strength}." if camera.handheld else "No camera shake.")
    if camera.follow is not None:
        sentences.append(f"The camera {'follows' if camera.follow else 'does not follow'} the subject.")
    if camera.dutch_degrees is not None:
        way = "anticlockwise" if camera.dutch_degrees < 0 else "clockwise"
        sentences.append(
            f"Dutch angle of {_number(abs(camera.dutch_degrees))} degrees {way}."
            if camera.dutch_degrees
            else "Level horizon."
        )
    return sentences


def _move(move: Move) -> str:
    if move.kind is MoveKind.STATIC:
        return "The camera is locked off."
    backwards = move.reverse if move.amount is None else move.amount < 0
    pace = {Speed.SLOW: "slowly ", Speed.NORMAL: "", Speed.FAST: "quickly "}[move.speed]
    words = f"The camera {pace}{_MOVES[move.kind][backwards]}"
    if move.amount is not None:
        words += " " + _amount(move.kind, abs(move.amount))
    if (move.start, move.end) != (0.0, 1.0):
        words += f" from {_number(move.start * 100)} to {_number(move.end * 100)} percent of the shot"
    return words + "."


def _amount(kind: MoveKind, size: float) -> str:
    match kind:
        case MoveKind.ZOOM:
            return f"{_number(size)} times"
        case MoveKind.DOLLY:
            return f"by {_number(size * 100)} percent of the distance"
        case MoveKind.ROLL | MoveKind.ORBIT:
            return f"by {_number(size)} degrees"
        case MoveKind.TILT | MoveKind.CRANE:
            return f"by {_number(size)} frame heights"
        case _:
            return f"by {_number(size)} frame widths"


def _lighting(light: Lighting) -> list[str]:
    sentences = []
    if light.time is not None:
        sentences.append(_TIMES[light.time])
    if light.sky is not None:
        sentences.append(_SKIES[light.sky])
    if light.side is not None:
        sentences.append(f"The light comes {_SIDES[light.side]}.")
    if light.colour is not None:
        sentences.append(f"The light is {_hue(light.colour)} ({light.colour.lower()}).")
    if light.temperature_k is not None:
        tone = "Warm light" if light.temperature_k < 4500 else "Cold light" if light.temperature_k > 7500 else "Light"
        sentences.append(f"{tone} of {_number(light.temperature_k)} K.")
    if light.intensity is not None:
        sentences.append(f"The light is {_number(light.intensity)} times as strong as usual.")
    return sentences


def _hue(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    most, spread = max(red, green, blue), max(red, green, blue) - min(red, green, blue)
    if spread < 0.12 * max(most, 1e-9) or most < 0.1:
        return "white"
    turn = math.degrees(math.atan2(math.sqrt(3) * (green - blue), 2 * red - green - blue)) % 360
    return next((name for name, end in zip(_HUES, _HUE_ENDS, strict=True) if turn < end), "red")


def _physics(physics: Physics) -> list[str]:
    sentences = []
    if physics.gravity is not None:
        sentences.append(f"Gravity of {_number(physics.gravity)} m/s².")
    if physics.wind is not None:
        side = "right" if physics.wind < 0 else "left"
        sentences.append(
            f"Wind from the {side} at {_number(abs(physics.wind))} m/s." if physics.wind else "No wind at all."
        )
    for name in ("rain", "snow", "dust", "embers", "fog"):
        strength = getattr(physics, name)
        if strength is not None:
            sentences.append(_weather(name, strength))
    if physics.thunder is not None:
        sentences.append("Thunder and lightning." if physics.thunder else "No thunder.")
    if physics.drop is not None:
        sentences.append(_drop(physics.drop))
    return sentences


def _weather(name: str, strength: float) -> str:
    noun = {"rain": "rain", "snow": "falling snow", "dust": "dust in the air", "embers": "embers", "fog": "fog"}[name]
    if not strength:
        return f"No {noun}."
    much = "Light" if strength < 0.45 else "Heavy" if strength > 0.8 else "Some"
    return f"{much} {noun} of strength {_number(strength)}."


def _drop(drop: Drop) -> str:
    words = drop.what.strip()
    if not words.lower().startswith(("a ", "an ", "the ", "one ")):
        words = f"{'An' if words[:1].lower() in 'aeiou' else 'A'} {words}"
    words = f"{words[:1].upper()}{words[1:]} falls"
    if drop.height_m is not None:
        words += f" from {_number(drop.height_m)} m"
    if drop.bounces == 0:
        words += " and does not bounce"
    elif drop.bounces is not None:
        often = {1: "once", 2: "twice"}.get(drop.bounces, f"{drop.bounces} times")
        words += f" and bounces {often}"
    if drop.restitution is not None:
        words += f", with a restitution of {_number(drop.restitution)}"
    return words + "."


def _placement(clip: Placement) -> str:
    words = f"Show {clip.label}"
    if clip.start:
        words += f" from {_number(clip.start)} seconds on"
    if clip.speed != 1:
        words += f" at {_number(clip.speed)} times its speed"
    return words + "."


def _transition(transition: Transition) -> str:
    if transition.kind is TransitionKind.CUT:
        return ""
    words = {
        TransitionKind.DISSOLVE: "Dissolve from the shot before",
        TransitionKind.FADE: "Fade in from black",
        TransitionKind.WIPE: "Wipe from the shot before",
    }
    return f"{words[transition.kind]} over {_number(transition.seconds)} seconds. "
