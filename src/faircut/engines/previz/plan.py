"""Turns a request into a film plan: shots on exact frames, their directives, their media, their subjects.

Pure: it decodes nothing. What a shot does not say it inherits (place, light, the look of a subject) or draws from the
seed (camera moves), so that shots differ in camera and agree in everything else.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from faircut.directives import (
    Angle,
    Camera,
    Framing,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Side,
    Sky,
    Transition,
    TransitionKind,
)
from faircut.domain import GenerationRequest
from faircut.engines.previz import lexicon
from faircut.engines.previz.cuts import FPS, cut_frames, cuts_on_beats, ease, split_prompt
from faircut.engines.previz.drafts import CUTOUT, Draft, drafts_of
from faircut.engines.previz.prose import MENTION, parse_lighting
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.staging import CameraPlan, DropPlan, PhysicsPlan, plan_physics, stated, with_amount
from faircut.engines.previz.subjects import PRONOUN, SubjectPlan, place_for, subjects_of

_CLEAN_FRAMES: Final = 14
"""Frames over which a look builds up from a frame that has to be met to the pixel."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A stretch of a shot that shows one of the user's files full-frame. Frames count from the shot's first one.

    ``offset`` (seconds into a clip) and ``speed`` are None where the engine is to choose.
    """

    label: str
    start: int
    end: int
    offset: float | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """Everything that a shot's renderer needs to know. ``end`` is exclusive; frames count from the film's start.

    Over ``lead`` frames before ``start`` the shot comes in over the one before, over ``tail`` frames after ``end`` it
    goes; ``fade_in`` and ``fade_out`` frames lead from and to black inside. With ``opens`` its first frame is the plate
    to the pixel, with ``closes`` its last one.
    """

    index: int
    start: int
    end: int
    text: str
    camera: CameraPlan
    lighting: Lighting
    physics: PhysicsPlan
    place: str
    subjects: tuple[SubjectPlan, ...] = ()
    beats: tuple[Beat, ...] = ()
    cutouts: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    speed: float = 1.0
    side_commanded: bool = False
    lead: int = 0
    tail: int = 0
    fade_in: int = 0
    fade_out: int = 0
    wipes: bool = False
    title: str = ""
    caption: str = ""
    opens: bool = False
    closes: bool = False

    @property
    def first(self) -> int:
        """The film's frame at which the shot is first seen."""
        return self.start - self.lead

    @property
    def frames(self) -> int:
        """Frames in which the shot is seen, those that it shares with its neighbours included."""
        return self.end - self.start + self.lead + self.tail

    def built_up(self, index: int) -> float:
        """How much of its look a frame carries: 0 on one that equals an image to the pixel, 1 away from it."""
        share, ramp = 1.0, min(_CLEAN_FRAMES, max(1, self.frames // 3))
        if self.opens:
            share = min(share, ease(index / ramp))
        if self.closes:
            share = min(share, ease((self.frames - 1 - index) / ramp))
        return share


def plan_film(request: GenerationRequest, beats: Sequence[float] = ()) -> tuple[ShotPlan, ...]:
    """The plan of a whole film, exactly round(duration * 24) frames long; cuts fall on ``beats`` (seconds) if any."""
    total = round(request.duration * FPS)
    drafts = drafts_of(request)
    cuts = cut_frames([draft.seconds for draft in drafts], total)
    inner = [_media_frames(draft, b - a) for draft, (a, b) in zip(drafts, itertools.pairwise(cuts), strict=True)]
    if beats:
        cuts, inner = _on_beats(cuts, inner, beats)
    looks: dict[str, SubjectPlan] = {}
    plans: list[ShotPlan] = []
    for index, draft in enumerate(drafts):
        plans.append(_plan_shot(request, index, draft, cuts[index], cuts[index + 1], plans, looks))
    plans = _joined(plans, [draft.transition for draft in drafts])
    plans = [
        replace(plan, beats=_beats(draft, frames, plan))
        for plan, draft, frames in zip(plans, drafts, inner, strict=True)
    ]
    plans[0] = replace(plans[0], opens=request.first_frame is not None)
    plans[-1] = replace(plans[-1], closes=request.last_frame is not None)
    return tuple(_in_frame(plan, draft.commanded) for plan, draft in zip(plans, drafts, strict=True))


def _in_frame(plan: ShotPlan, commanded: bool) -> ShotPlan:
    """A shot that meets an image to the pixel moves within it, unless told otherwise: in from it, or out to it."""
    if commanded or not (plan.opens or plan.closes):
        return plan
    move = Move(MoveKind.DOLLY, 0.2 if plan.opens else -0.2)
    return replace(plan, camera=replace(plan.camera, moves=(move,), handheld=0.0))


def _media_frames(draft: Draft, frames: int) -> list[int]:
    """Where the files of a shot begin and end, in frames from its start."""
    return [round(index * frames / len(draft.media)) for index in range(len(draft.media) + 1)] if draft.media else []


def _on_beats(cuts: list[int], inner: list[list[int]], beats: Sequence[float]) -> tuple[list[int], list[list[int]]]:
    flat = sorted({*cuts, *(start + frame for start, frames in zip(cuts, inner, strict=False) for frame in frames)})
    moved = dict(zip(flat, cuts_on_beats(flat, beats), strict=True))
    new = [moved[cut] for cut in cuts]
    frames = [[moved[cuts[number] + frame] - new[number] for frame in each] for number, each in enumerate(inner)]
    return new, frames


def _beats(draft: Draft, frames: list[int], plan: ShotPlan) -> tuple[Beat, ...]:
    """The files of a shot on its own frames: the first is on screen from the lead on, the last to the tail's end."""
    bounds = [frame + plan.lead for frame in frames]
    if bounds:
        bounds[0], bounds[-1] = 0, plan.frames
    for number in range(1, len(bounds) - 1):
        # A frame each, as far as there are frames.
        latest = plan.frames - (len(bounds) - 1 - number)
        bounds[number] = max(bounds[number - 1], min(max(bounds[number], bounds[number - 1] + 1), latest))
    return tuple(
        Beat(media.label, a, b, media.offset, media.speed)
        for media, (a, b) in zip(draft.media, itertools.pairwise(bounds), strict=True)
        if a < b
    )


def _joined(plans: list[ShotPlan], transitions: list[Transition | None]) -> list[ShotPlan]:
    """The shots with their transitions: what they share with their neighbours never exceeds half of either."""
    joined = list(plans)
    for number, transition in enumerate(transitions):
        if transition is None or transition.kind is TransitionKind.CUT:
            continue
        frames, length = round(transition.seconds * FPS), plans[number].end - plans[number].start
        if number == 0:
            if transition.kind is TransitionKind.FADE:
                joined[0] = replace(joined[0], fade_in=min(frames, length))
            continue
        before = plans[number - 1].end - plans[number - 1].start
        lead = min(frames // 2, before // 2)
        tail = min(frames - frames // 2, length // 2)
        if transition.kind is TransitionKind.FADE:
            joined[number] = replace(joined[number], fade_in=tail)
            joined[number - 1] = replace(joined[number - 1], fade_out=lead)
        else:
            joined[number] = replace(joined[number], lead=lead, wipes=transition.kind is TransitionKind.WIPE)
            joined[number - 1] = replace(joined[number - 1], tail=tail)
    return joined


def _plan_shot(
    request: GenerationRequest,
    index: int,
    draft: Draft,
    start: int,
    end: int,
    before: list[ShotPlan],
    looks: dict[str, SubjectPlan],
) -> ShotPlan:
    words = MENTION.sub(" ", CUTOUT.sub(" ", draft.text) if draft.cutouts else draft.text)
    previous = before[-1] if before else None
    everything = " ".join(shot.prompt for shot in request.shots)
    camera, lighting, physics = stated(draft.shot, draft.text)
    place = lexicon.place_of(words) or (previous.place if previous else _only_place(request))
    drop = plan_physics(physics).drop
    shown = bool(draft.media or draft.cutouts)
    subjects = subjects_of(words, request.seed, drop, looks, previous.subjects if previous else (), media=shown)
    if place is None:
        place = place_for(subjects)
    if subjects and place in ("street", "room", "city", "forest", "hills", "mountains", "desert", "beach", "snow"):
        water = all(
            lexicon.SUBJECTS[each.kind].medium == "surface" for each in subjects if each.kind in lexicon.SUBJECTS
        )
        place = "sea" if water and any(each.kind in ("boat", "ship") for each in subjects) else place
    resolved = _inherit_physics(physics, previous, place, inside="inside" in words)
    film = parse_lighting(everything)
    return ShotPlan(
        index, start, end, words.strip(),
        _camera(camera, request.seed, index, bool(draft.media), sum(each.count for each in subjects), previous,
                resolved.drop),
        _light(lighting, film, previous, request.seed, thunder=resolved.thunder),
        resolved, place, subjects, (), _cutouts(draft, words, previous), tuple(draft.sounds), _pace(words),
        side_commanded=bool(lighting.side or film.side), title=draft.title, caption=draft.caption,
    )  # fmt: skip


def _only_place(request: GenerationRequest) -> str | None:
    """The place of a film that names one and no other."""
    places = {
        found for shot in request.shots for part in split_prompt(shot.prompt, 12) if (found := lexicon.place_of(part))
    }
    return places.pop() if len(places) == 1 else None


def _cutouts(draft: Draft, words: str, previous: ShotPlan | None) -> tuple[str, ...]:
    """Cut-outs that the shot names, or those of the shot before when it goes on about them ("she turns")."""
    if draft.cutouts or draft.media or previous is None:
        return tuple(draft.cutouts)
    goes_on = PRONOUN.search(words.lower()) and not lexicon.mentions_of(words)
    return previous.cutouts if goes_on else ()


def _pace(words: str) -> float:
    lowered = words.lower()
    if re.search(r"\bslow[\s-]motion\b|\bslow-mo\b", lowered):
        return 0.5
    return 2.0 if re.search(r"\btime[\s-]?lapse\b|\bfast[\s-]motion\b", lowered) else 1.0


def _inherit_physics(said: Physics, previous: ShotPlan | None, place: str, *, inside: bool) -> PhysicsPlan:
    """Physics of a shot: weather, wind and gravity stay as they were while the place stays."""
    if previous is None or place != previous.place or inside:
        return plan_physics(said)
    was = previous.physics
    if said.rain is None and said.snow is None:
        said = replace(said, rain=was.rain, snow=was.snow)
    return plan_physics(
        replace(
            said,
            fog=was.fog if said.fog is None else said.fog,
            gravity=was.gravity if said.gravity is None else said.gravity,
            wind=was.wind if said.wind is None else said.wind,
        )
    )


def _light(said: Lighting, film: Lighting, previous: ShotPlan | None, seed: int, *, thunder: bool) -> Lighting:
    fallback = previous.lighting if previous else film
    tone = said if said.time or said.colour or said.temperature_k else fallback
    return Lighting(
        time=said.time or fallback.time,
        side=said.side or fallback.side or (Side.LEFT, Side.RIGHT)[int(generator("side", seed).integers(2))],
        colour=tone.colour,
        temperature_k=tone.temperature_k,
        intensity=said.intensity or (fallback.intensity if said.time is None else None),
        sky=said.sky or (Sky.STORM if thunder else fallback.sky),
    )


def _camera(
    said: Camera,
    seed: int,
    index: int,
    plate: bool,
    subjects: int,
    previous: ShotPlan | None,
    drop: DropPlan | None,
) -> CameraPlan:
    framing = said.framing or (Framing.WIDE if said.angle is Angle.AERIAL else None)
    if framing is None:
        turns = (Framing.WIDE, Framing.MEDIUM, Framing.CLOSE if subjects == 1 else Framing.MEDIUM)
        framing = turns[index % 3] if subjects and not plate else Framing.WIDE
        if drop is not None:
            framing = Framing.WIDE
    moves = tuple(with_amount(move) for move in said.moves)
    if not (moves or said.motion_from or said.handheld or said.follow):
        moves = (_default_move(seed, index, previous) if drop is None else Move(MoveKind.STATIC, 0.0),)
    return CameraPlan(
        moves,
        framing,
        said.angle or Angle.EYE,
        said.lens_mm,
        said.handheld or 0.0,
        bool(said.follow),
        said.dutch_degrees or 0.0,
        said.motion_from,
    )


def _default_move(seed: int, index: int, previous: ShotPlan | None) -> Move:
    """A quiet move that differs from that of the shot before."""
    choices = [
        Move(MoveKind.DOLLY, 0.18),
        Move(MoveKind.TRUCK, 0.14),
        Move(MoveKind.PAN, -0.12),
        Move(MoveKind.CRANE, 0.14),
        Move(MoveKind.TRUCK, -0.14),
        Move(MoveKind.DOLLY, -0.16),
        Move(MoveKind.ORBIT, 12.0),
    ]
    if index == 0:
        return choices[0]
    used = {move.kind for move in previous.camera.moves} if previous else set()
    left = [move for move in choices if move.kind not in used]
    return left[int(generator("camera", seed, index).integers(len(left)))]
