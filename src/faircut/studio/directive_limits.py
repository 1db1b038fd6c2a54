"""Whether the directives of a request can be carried out: ranges, contradictions, and files that they name."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from typing import Final

from faircut.directives import (
    MOVE_RANGES,
    RANGES,
    Camera,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Range,
    TransitionKind,
)
from faircut.domain import Asset, GenerationRequest, Shot
from faircut.errors import InputError

MOST_MOVES: Final = 6
MOST_PLACEMENTS: Final = 6
LONGEST_TITLE: Final = 80
LONGEST_CAPTION: Final = 200
LONGEST_THING: Final = 60
_SHORTEST_SHARE: Final = 0.05
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_SLACK: Final = 1e-6


def check_directives(request: GenerationRequest) -> None:
    """Raises InputError naming the field at fault ("shots[0].camera.moves[1].amount"); returns when all is well.

    Frames, references and sounds exclude one another as in the Seedance API: a request with ``first_frame`` brings
    that image, and ``last_frame``'s, and no other file.
    """
    for number, shot in enumerate(request.shots):
        where = f"shots[{number}]"
        if shot.camera is not None:
            _check_camera(shot.camera, f"{where}.camera", request.clips)
        if shot.lighting is not None:
            _check_lighting(shot.lighting, f"{where}.lighting")
        if shot.physics is not None:
            _check_physics(shot.physics, f"{where}.physics")
        check_titling(shot, where)
        _check_clips(shot, where, request.clips)
    _check_transitions(request)
    _check_frames(request)
    if request.cut_on is not None:
        _check_label(request.cut_on, request.sounds, "cut_on", "sound")


def check_titling(shot: Shot, where: str) -> None:
    """Raises InputError where the title or the caption of the shot that ``where`` names cannot be shown."""
    _check_words(shot.title, f"{where}.title", LONGEST_TITLE)
    _check_words(shot.caption, f"{where}.caption", LONGEST_CAPTION)


def shot_seconds(request: GenerationRequest) -> tuple[float, ...]:
    """How long each shot lasts when those without a length share what the others leave."""
    given = sum(shot.seconds or 0 for shot in request.shots)
    open_shots = sum(1 for shot in request.shots if shot.seconds is None)
    share = max(request.duration - given, 0) / open_shots if open_shots else 0.0
    return tuple(share if shot.seconds is None else shot.seconds for shot in request.shots)


def _check_camera(camera: Camera, where: str, clips: Sequence[Asset]) -> None:
    _check_number(camera.lens_mm, where, "camera.lens_mm")
    _check_number(camera.handheld, where, "camera.handheld")
    _check_number(camera.dutch_degrees, where, "camera.dutch_degrees")
    if camera.motion_from is not None:
        _check_label(camera.motion_from, clips, f"{where}.motion_from", "clip")
        if camera.moves:
            raise InputError(
                f"The camera is to move as in {camera.motion_from} and by moves of its own.",
                field=f"{where}.moves",
                remedy="Give one of the two.",
            )
    if len(camera.moves) > MOST_MOVES:
        raise InputError(
            f"The camera makes {len(camera.moves)} moves.",
            field=f"{where}.moves",
            remedy=f"Give at most {MOST_MOVES} a shot.",
        )
    if len(camera.moves) > 1 and any(move.kind is MoveKind.STATIC for move in camera.moves):
        raise InputError(
            "The camera is to stand still and to move.",
            field=f"{where}.moves",
            remedy='Leave out "static" or the other moves.',
        )
    for number, move in enumerate(camera.moves):
        _check_move(move, f"{where}.moves[{number}]")
    for kind in {move.kind for move in camera.moves}:
        _check_reach([move for move in camera.moves if move.kind is kind], f"{where}.moves")


def _check_move(move: Move, where: str) -> None:
    allowed = MOVE_RANGES[move.kind]
    if move.amount is not None:
        if move.kind is MoveKind.STATIC:
            raise InputError(
                "A camera that stands still has no amount.", field=f"{where}.amount", remedy="Leave the amount out."
            )
        if not math.isfinite(move.amount) or not (allowed.least - _SLACK <= abs(move.amount) <= allowed.most + _SLACK):
            raise InputError(
                f"A {move.kind} of {move.amount:g} is out of range.",
                field=f"{where}.amount",
                remedy=f"Give {allowed.least:g} to {allowed.most:g} {allowed.unit}, negative for the other direction.",
            )
        if move.reverse and move.amount > 0:
            raise InputError(
                'A positive amount goes one way and "reverse" the other.',
                field=f"{where}.reverse",
                remedy="Make the amount negative, or leave it out.",
            )
    if not (move.start >= 0 and move.end <= 1 and move.end - move.start >= _SHORTEST_SHARE - _SLACK):
        raise InputError(
            f"The move goes from {move.start:g} to {move.end:g} of the shot.",
            field=f"{where}.start",
            remedy=f"Give shares of the shot from 0 to 1, the end {_SHORTEST_SHARE:g} or more after the start.",
        )


def _check_reach(moves: Sequence[Move], where: str) -> None:
    """Several moves of a kind may go to and fro, but together no farther than one of them may."""
    allowed = MOVE_RANGES[moves[0].kind]
    if len(moves) < 2 or moves[0].kind is MoveKind.STATIC:
        return
    zoom = moves[0].kind is MoveKind.ZOOM
    sizes = [0.0 if move.amount is None else math.log(abs(move.amount)) if zoom else abs(move.amount) for move in moves]
    signed = [size if (move.amount or 0) > 0 else -size for size, move in zip(sizes, moves, strict=True)]
    reached = list(itertools.accumulate(signed, initial=0.0))
    if max(reached) - min(reached) > (math.log(allowed.most) if zoom else allowed.most) + _SLACK:
        raise InputError(
            f"The moves of kind {moves[0].kind} go too far together.",
            field=where,
            remedy=f"Keep them within {allowed.most:g} {allowed.unit} in all.",
        )


def _check_lighting(lighting: Lighting, where: str) -> None:
    _check_number(lighting.temperature_k, where, "lighting.temperature_k")
    _check_number(lighting.intensity, where, "lighting.intensity")
    if lighting.colour is not None and not _COLOUR.fullmatch(lighting.colour):
        raise InputError(
            f"The colour {lighting.colour[:20]!r} is not understood.",
            field=f"{where}.colour",
            remedy='Write it like "#ffb060".',
        )
    if lighting.colour is not None and lighting.temperature_k is not None:
        raise InputError(
            "The light has a colour and a temperature.", field=f"{where}.colour", remedy="Give one of the two."
        )


def _check_physics(physics: Physics, where: str) -> None:
    for name in ("gravity", "wind", "rain", "snow", "dust", "embers", "fog"):
        _check_number(getattr(physics, name), where, f"physics.{name}")
    drop = physics.drop
    if drop is None:
        return
    inside = f"{where}.drop"
    if not drop.what.strip():
        raise InputError("Nothing is named that falls.", field=f"{inside}.what", remedy='Name it: "a rubber ball".')
    _check_words(drop.what, f"{inside}.what", LONGEST_THING)
    _check_number(drop.height_m, inside, "physics.drop.height_m")
    _check_number(drop.restitution, inside, "physics.drop.restitution")
    _check_number(drop.bounces, inside, "physics.drop.bounces")


def _check_clips(shot: Shot, where: str, clips: Sequence[Asset]) -> None:
    if len(shot.clips) > MOST_PLACEMENTS:
        raise InputError(
            f"The shot places {len(shot.clips)} clips.",
            field=f"{where}.clips",
            remedy=f"Place at most {MOST_PLACEMENTS} in a shot.",
        )
    for number, placement in enumerate(shot.clips):
        inside = f"{where}.clips[{number}]"
        _check_label(placement.label, clips, f"{inside}.label", "clip")
        _check_number(placement.start, inside, "clips.start")
        _check_number(placement.speed, inside, "clips.speed")


def _check_transitions(request: GenerationRequest) -> None:
    lengths = shot_seconds(request)
    heads = [0.0] * len(request.shots)
    for number, shot in enumerate(request.shots):
        if shot.transition is None or shot.transition.kind is TransitionKind.CUT:
            continue
        where = f"shots[{number}].transition"
        _check_number(shot.transition.seconds, where, "transition.seconds")
        if number == 0 and shot.transition.kind is not TransitionKind.FADE:
            raise InputError(
                f"The first shot begins with a {shot.transition.kind}, and there is no shot before it.",
                field=where,
                remedy="Let it begin with a fade, or leave the transition out.",
            )
        heads[number] = shot.transition.seconds
    if request.cut_on is not None:
        return  # How long the shots last is known once the sound has been heard; the engine shortens what is too long.
    for number, length in enumerate(lengths):
        tail = heads[number + 1] / 2 if number + 1 < len(heads) else 0.0
        head = heads[number] / 2 if number else heads[number]
        if head + tail > length + _SLACK:
            at = number if heads[number] else number + 1
            raise InputError(
                f"Shot {number + 1} lasts {length:g} seconds, less than the transitions that it is in.",
                field=f"shots[{at}].transition.seconds",
                remedy="Shorten the transition or lengthen the shot.",
            )


def _check_frames(request: GenerationRequest) -> None:
    if request.first_frame is None:
        if request.last_frame is not None:
            raise InputError(
                "A last frame is given without a first one.",
                field="last_frame",
                remedy="Give both, or the first alone.",
            )
        return
    _check_label(request.first_frame, request.images, "first_frame", "image")
    opening = request.shots[0].transition
    if opening is not None and opening.kind is not TransitionKind.CUT:
        raise InputError(
            "The video is to begin with an image and with a fade.",
            field="shots[0].transition",
            remedy="Leave the transition out, or the first frame.",
        )
    if request.last_frame is not None:
        _check_label(request.last_frame, request.images, "last_frame", "image")
    frames = {request.first_frame, request.last_frame}
    if others := [asset.label for asset in request.files if asset.label not in frames]:
        raise InputError(
            f"{others[0]} is a reference, and the video has a first frame.",
            field=others[0],
            remedy="Send first and last frame alone, or all files as references.",
        )


def _check_label(label: str, files: Sequence[Asset], field: str, kind: str) -> None:
    known = [asset.label for asset in files]
    if label not in known:
        raise InputError(
            f"There is no {kind} called {label[:40]!r} in the request.",
            field=field,
            remedy=f"Name one of: {', '.join(known)}." if known else f"Send the {kind} with the request.",
        )


def _check_words(text: str, field: str, longest: int) -> None:
    if len(text) > longest:
        raise InputError(f"It has {len(text)} characters; {longest} are accepted.", field=field, remedy="Shorten it.")
    if any(ord(character) < 32 and character != "\n" for character in text):
        raise InputError("It holds control characters.", field=field, remedy="Send plain text.")


def _check_number(value: float | None, where: str, path: str) -> None:
    if value is None:
        return
    allowed: Range = RANGES[path]
    name = path.rpartition(".")[2]
    if not math.isfinite(value) or not allowed.least - _SLACK <= value <= allowed.most + _SLACK:
        unit = f" {allowed.unit}" if allowed.unit else ""
        raise InputError(
            f"{value:g} is out of range.",
            field=f"{where}.{name}",
            remedy=f"Give {allowed.least:g} to {allowed.most:g}{unit}.",
        )
