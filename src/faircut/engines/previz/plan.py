"""Turns a request into a film plan: shots on exact frames, their directives, their media, their subjects.

Pure: it decodes nothing. What a shot does not say it inherits (place, light, the look of a subject) or draws from the
seed (camera moves), so that shots differ in camera and agree in everything else.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import Final

from faircut.domain import GenerationRequest
from faircut.engines.previz import lexicon
from faircut.engines.previz.directives import (
    Camera,
    Drop,
    Lighting,
    Move,
    MoveKind,
    Physics,
    parse_camera,
    parse_lighting,
    parse_physics,
)
from faircut.engines.previz.seeding import generator

FPS: Final = 24
SAMPLE_RATE: Final = 48_000
SAMPLES_PER_FRAME: Final = SAMPLE_RATE // FPS
_REFERENCE: Final = re.compile(
    r"[@\[(<]?\b(image|picture|photo|video|clip|audio|sound)\s*#?(\d+)\b[\])>]?", re.IGNORECASE
)
_LABELS: Final = {"picture": "Image", "photo": "Image", "clip": "Video", "sound": "Audio"}
_CUTOUT_BEFORE: Final = (
    r"(?:cut[\s-]?out|sticker|character|person|subject|figure|hero|man|woman|animal|creature|toy)\s+(?:of|from|in)\s+"
)
_CUTOUT_AFTER: Final = (
    r"\s*(?:,\s*)?(?:as a (?:cut[\s-]?out|sticker|character|subject)|cut[\s-]?out|(?:walks|runs"
    r"|flies|stands|jumps|sits|dances|swims|floats|hovers|is placed|placed)\b)"
)
_PLACE_IT: Final = r"(?:place|put|set|paste|composite)\s+(?:the\s+)?"
_CARRIED: Final = (
    r"\b(?:with|holds?|holding|carr(?:y|ies|ying)|under)\s+(?:an?|the|his|her|their|its)?\s*(?:[a-z]+\s+){0,2}$"
)
_BACKDROP: Final = r"\s+(?:as|for)\s+(?:the\s+|a\s+)?(?:background|backdrop|set|scenery)"


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """One drawn subject: its kind in the lexicon, its look, what it does. ``kind`` "prop" is the abstract stand-in."""

    noun: str
    kind: str
    colour: lexicon.Colour
    count: int
    motion: str
    look: str
    caption: str | None = None
    carried: bool = False
    ridden: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """A stretch of a shot that shows one of the user's files full-frame. Frames count from the shot's start."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """Everything that a shot's renderer needs to know. ``end`` is exclusive; frames count from the film's start."""

    index: int
    start: int
    end: int
    text: str
    camera: Camera
    lighting: Lighting
    physics: Physics
    place: str
    subjects: tuple[SubjectPlan, ...] = ()
    beats: tuple[Beat, ...] = ()
    cutouts: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    speed: float = 1.0
    side_commanded: bool = False

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(slots=True)
class _Draft:
    text: str
    seconds: float | None
    media: list[str] = field(default_factory=list)
    cutouts: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)


def split_prompt(text: str, limit: int) -> list[str]:
    """A one-shot prompt as up to ``limit`` shots: at "Shot 2:", "cut to", "then" and sentence ends. Sentences that hold
    directives only ("Golden hour.") stay with their neighbours. Never empty."""
    marked = [
        part.strip() for part in re.split(r"\b(?:shot|scene)\s*\d+\s*[:.)-]", text, flags=re.IGNORECASE) if part.strip()
    ]
    parts = marked
    if len(marked) < 2:
        pieces = re.split(r"(?<=[.!?])\s+|[,;.]?\s*\b(?:cut to|and then|then)\b[:,]?\s*", text, flags=re.IGNORECASE)
        parts = []
        for piece in (each.strip() for each in pieces):
            if piece.strip(" .!?,;"):
                if parts and not _has_content(piece):
                    parts[-1] = f"{parts[-1]} {piece}"
                else:
                    parts.append(piece)
        if len(parts) > 1 and not _has_content(parts[0]):
            parts[:2] = [f"{parts[0]} {parts[1]}"]
    if len(parts) <= limit:
        return parts or [text]
    bounds = [round(index * len(parts) / limit) for index in range(limit + 1)]
    return [" ".join(parts[a:b]) for a, b in itertools.pairwise(bounds)]


def _has_content(text: str) -> bool:
    return bool(
        _REFERENCE.search(text) or lexicon.mentions_of(text) or lexicon.place_of(text) or parse_physics(text).drop
    )


def cut_frames(seconds: list[float | None], total: int) -> list[int]:
    """Frame numbers where shots begin, and ``total`` at the end. Shots without a length share what is left; lengths
    that
    do not add up to the film are scaled to it. Every shot gets at least one frame."""
    duration = total / FPS
    given = sum(value for value in seconds if value)
    open_count = sum(1 for value in seconds if not value)
    share = max(duration - given, 0.25 * open_count) / open_count if open_count else 0.0
    lengths = [value or share for value in seconds]
    scale = duration / sum(lengths)
    cuts, at = [0], 0.0
    for index, length in enumerate(lengths):
        at += length * scale
        earliest, latest = cuts[-1] + 1, total - (len(lengths) - 1 - index)
        cuts.append(min(max(round(at * FPS), earliest), latest))
    cuts[-1] = total
    return cuts


def plan_film(request: GenerationRequest) -> tuple[ShotPlan, ...]:
    """The plan of a whole film, exactly round(duration * 24) frames long."""
    total = round(request.duration * FPS)
    drafts = _drafts(request)
    cuts = cut_frames([draft.seconds for draft in drafts], total)
    looks: dict[str, SubjectPlan] = {}
    plans: list[ShotPlan] = []
    for index, draft in enumerate(drafts):
        plans.append(_plan_shot(request, index, draft, cuts[index], cuts[index + 1], plans, looks))
    return tuple(plans)


def _drafts(request: GenerationRequest) -> list[_Draft]:
    shots = [_Draft(shot.prompt, shot.seconds) for shot in request.shots] or [_Draft("", None)]
    if len(shots) == 1 and request.duration >= 6:
        shots = [_Draft(part, None) for part in split_prompt(shots[0].text, 3)]
    known = {asset.label for asset in request.files}
    for shot in shots:
        for found in _REFERENCE.finditer(shot.text):
            word = found[1].lower()
            label = f"{_LABELS.get(word, word.capitalize())} {int(found[2])}"
            if label not in known:
                continue
            kind = shot.sounds if label.startswith("Audio") else shot.media
            if label in shot.sounds or label in shot.media or label in shot.cutouts:
                continue
            if label.startswith("Image") and _wants_cutout(shot.text, found):
                shot.cutouts.append(label)
            else:
                kind.append(label)
    _spread([asset.label for asset in request.images + request.clips], shots)
    for index, label in enumerate(asset.label for asset in request.sounds):
        if not any(label in shot.sounds for shot in shots):
            shots[index % len(shots) if len(request.sounds) > 1 else 0].sounds.append(label)
    return shots


def _wants_cutout(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].lower(), text[found.end() :].lower()
    if re.match(_BACKDROP, after):
        return False
    return bool(
        re.search(_CUTOUT_BEFORE + r"$", before)
        or re.match(_CUTOUT_AFTER, after)
        or (re.search(_PLACE_IT + r"$", before) and re.match(r"\s+(?:in|on|into|onto|over|against)\b", after))
    )


def _spread(labels: list[str], shots: list[_Draft]) -> None:
    """Files that no shot names go, in order, to the shots with the fewest files; earlier shots first."""
    for label in labels:
        if not any(label in shot.media + shot.cutouts for shot in shots):
            min(shots, key=lambda shot: len(shot.media) + len(shot.cutouts)).media.append(label)


def _plan_shot(
    request: GenerationRequest,
    index: int,
    draft: _Draft,
    start: int,
    end: int,
    before: list[ShotPlan],
    looks: dict[str, SubjectPlan],
) -> ShotPlan:
    words = _REFERENCE.sub(" ", draft.text)
    previous = before[-1] if before else None
    everything = " ".join(shot.prompt for shot in request.shots)
    place = lexicon.place_of(words) or (previous.place if previous else lexicon.place_of(everything))
    physics = parse_physics(words)
    subjects = _subjects(request, words, physics.drop, looks, previous, media=bool(draft.media or draft.cutouts))
    lighting = _inherit_light(parse_lighting(words), parse_lighting(everything), previous, request.seed)
    if place is None:
        place = _place_for(subjects)
    if subjects and place in ("street", "room", "city", "forest", "hills", "mountains", "desert", "beach", "snow"):
        water = all(
            lexicon.SUBJECTS[each.kind].medium == "surface" for each in subjects if each.kind in lexicon.SUBJECTS
        )
        place = "sea" if water and any(each.kind in ("boat", "ship") for each in subjects) else place
    if previous and not physics.rain and not physics.snow and place == previous.place and "inside" not in words:
        physics = replace(
            physics, rain=previous.physics.rain, snow=previous.physics.snow, fog=max(physics.fog, previous.physics.fog)
        )
    camera = _default_camera(
        parse_camera(words),
        request.seed,
        index,
        bool(draft.media),
        sum(each.count for each in subjects),
        previous,
        physics,
    )
    lowered = words.lower()
    speed = (
        0.5
        if re.search(r"\bslow[\s-]motion\b|\bslow-mo\b", lowered)
        else 2.0
        if re.search(r"\btime[\s-]?lapse\b|\bfast[\s-]motion\b", lowered)
        else 1.0
    )
    return ShotPlan(
        index, start, end, words.strip(), camera, lighting, physics, place,
        subjects, _beats(draft.media, end - start), tuple(draft.cutouts), tuple(draft.sounds), speed,
        side_commanded=bool(parse_lighting(words).side or parse_lighting(everything).side),
    )  # fmt: skip


def _beats(labels: list[str], frames: int) -> tuple[Beat, ...]:
    bounds = [round(index * frames / len(labels)) for index in range(len(labels) + 1)] if labels else []
    return tuple(Beat(label, a, b) for label, a, b in zip(labels, bounds, bounds[1:], strict=False))


def _subjects(
    request: GenerationRequest,
    words: str,
    drop: Drop | None,
    looks: dict[str, SubjectPlan],
    previous: ShotPlan | None,
    *,
    media: bool,
) -> tuple[SubjectPlan, ...]:
    mentions = lexicon.mentions_of(words)
    rows_of_trees = lexicon.place_of(words) in ("forest", "beach", "hills", "mountains")
    mentions = [each for each in mentions if not (each.kind == "tree" and (each.count > 1 and rows_of_trees))]
    if drop is not None:
        mentions = [each for each in mentions if each.noun not in drop.what.split()]
    found: list[SubjectPlan] = []
    for number, mention in enumerate(mentions[:4]):
        kind = lexicon.SUBJECTS[mention.kind]
        until = mentions[number + 1].position if number + 1 < len(mentions) else len(words)
        motion = lexicon.motion_of(words[mention.position : until]) or kind.motion
        known = looks.get(mention.noun) or looks.get(mention.kind)
        colour = mention.colour or (known.colour if known else None) or _vary(kind.colour, request.seed, mention.noun)
        look = known.look if known else f"{mention.noun}:{request.seed}"
        carried = (
            bool(found)
            and bool(re.search(_CARRIED, words[mentions[number - 1].position : mention.position].lower()))
            and kind.height_m < 1.6
        )
        ridden = (
            mention.kind in ("horse", "elephant", "dragon", "bicycle")
            and bool(found)
            and bool(re.search(r"\brid(?:es?|ing)\b", words.lower()))
        )
        subject = SubjectPlan(
            mention.noun,
            mention.kind,
            colour,
            mention.count,
            _fitting("walk" if ridden and motion == "drive" else motion, kind),
            look,
            carried=carried,
            ridden=ridden,
        )
        looks.setdefault(mention.noun, subject)
        looks.setdefault(mention.kind, subject)
        found.append(subject)
    if found or drop is not None:
        return tuple(found)
    repeat = re.search(r"\b(?:it|he|she|they|him|her|them)\b", words.lower())
    if not media and previous and previous.subjects and (repeat or lexicon.place_of(words) is None):
        now = lexicon.motion_of(words)
        kinds = lexicon.SUBJECTS
        return tuple(
            replace(each, motion=_fitting(now, kinds[each.kind])) if now and each.kind in kinds else each
            for each in previous.subjects
        )
    noun = None if media else lexicon.unknown_noun(words)
    if noun is None:
        return ()
    palette = list(lexicon.COLOURS.values())
    rng = generator("prop", noun, request.seed)
    said = next(
        (lexicon.COLOURS[word] for word in re.findall(r"[a-z]+", words.lower()) if word in lexicon.COLOURS), None
    )
    colour = said or palette[int(rng.integers(len(palette)))]
    return (
        looks.setdefault(noun, SubjectPlan(noun, "prop", colour, 1, "stand", f"{noun}:{request.seed}", caption=noun)),
    )


def _fitting(motion: str, kind: lexicon.Kind) -> str:
    """What this kind can do of what was said: a car that "runs" drives, a bird that "walks" still flies past."""
    vehicles = ("car", "truck", "bus", "train", "bicycle")
    if kind.painter in vehicles:
        return "stand" if motion == "stand" and kind.motion == "stand" else "drive"
    if kind.medium in ("air", "water", "surface"):
        return kind.motion if motion in ("walk", "run", "drive", "stand", "jump", "dance") else motion
    if kind.height_m > 5 and kind.painter != "rocket":
        return "stand"
    return "walk" if motion in ("swim", "drive", "sail", "launch") and kind.painter != "rocket" else motion


def _vary(colour: lexicon.Colour, seed: int, noun: str) -> lexicon.Colour:
    shift = generator("colour", noun, seed).uniform(-18, 18, 3)
    red, green, blue = (int(min(max(channel + delta, 0), 255)) for channel, delta in zip(colour, shift, strict=True))
    return red, green, blue


def _place_for(subjects: tuple[SubjectPlan, ...]) -> str:
    mediums = [lexicon.SUBJECTS[each.kind].medium for each in subjects if each.kind in lexicon.SUBJECTS]
    if "surface" in mediums:
        return "sea"
    if "water" in mediums:
        return "underwater"
    if any(each.kind in ("rocket", "ufo", "astronaut") for each in subjects):
        return "moon" if any(each.kind == "astronaut" for each in subjects) else "desert"
    if any(each.kind in ("cup", "book", "lamp", "chair", "table", "candle", "bottle") for each in subjects):
        return "room"
    if any(each.kind in ("car", "bus", "truck") for each in subjects):
        return "hills"
    return "studio" if subjects and all(each.kind == "prop" for each in subjects) else "hills"


def _inherit_light(said: Lighting, film: Lighting, previous: ShotPlan | None, seed: int) -> Lighting:
    fallback = previous.lighting if previous else film
    side = said.side or fallback.side or ("left", "right")[int(generator("side", seed).integers(2))]
    return Lighting(
        time=said.time or fallback.time,
        side=side,
        temperature_k=said.temperature_k or (fallback.temperature_k if said.time is None else None),
        intensity=said.intensity or (fallback.intensity if said.time is None else None),
        sky=said.sky or fallback.sky,
    )


def _default_camera(
    said: Camera, seed: int, index: int, plate: bool, subjects: int, previous: ShotPlan | None, physics: Physics
) -> Camera:
    rng = generator("camera", seed, index)
    framing = said.framing
    if framing is None:
        framing = (
            ("wide", "medium", "close" if subjects == 1 else "medium")[index % 3] if subjects and not plate else "wide"
        )
        if physics.drop is not None:
            framing = "wide"
    if said.commanded:
        return replace(said, framing=framing, angle=said.angle or "eye")
    if physics.drop is not None:
        return replace(said, moves=(Move(MoveKind.STATIC, 0.0),), framing=framing, angle=said.angle or "eye")
    choices = [
        Move(MoveKind.DOLLY, 0.18), Move(MoveKind.TRUCK, 0.14), Move(MoveKind.PAN, -0.12),
        Move(MoveKind.CRANE, 0.14), Move(MoveKind.TRUCK, -0.14), Move(MoveKind.DOLLY, -0.16), Move(MoveKind.ORBIT,
            12.0),
    ]  # fmt: skip
    used = {move.kind for move in previous.camera.moves} if previous else set()
    open_choices = [move for move in choices if move.kind not in used]
    move = choices[0] if index == 0 else open_choices[int(rng.integers(len(open_choices)))]
    return replace(said, moves=(move,), framing=framing, angle=said.angle or "eye")
