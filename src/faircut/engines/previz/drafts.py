"""Shares a request's files and words out among its shots, before anything is put on frames."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from faircut.directives import Placement, Transition
from faircut.domain import GenerationRequest, Shot
from faircut.engines.previz.cuts import split_prompt
from faircut.engines.previz.prose import MENTION, cut_on_of, label_of, parse_shot

_CUTOUT_BEFORE: Final = (
    r"(?:cut[\s-]?out|sticker|character|person|subject|figure|hero|man|woman|animal|creature|toy)\s+(?:of|from|in)\s+"
)
_CUTOUT_AFTER: Final = (
    r"\s*(?:,\s*)?(?:as a (?:cut[\s-]?out|sticker|character|subject)|cut[\s-]?out|(?:walks|runs"
    r"|flies|stands|jumps|sits|dances|swims|floats|hovers|is placed|placed)\b)"
)
CUTOUT: Final = re.compile(rf"\b(?:an?\s+|the\s+)?{_CUTOUT_BEFORE}{MENTION.pattern}", re.IGNORECASE)
"""A cut-out with the noun that stands for it: "the figure from Image 1" is no figure to be drawn."""
_PLACE_IT: Final = r"(?:place|put|set|paste|composite)\s+(?:the\s+)?"
_BACKDROP: Final = r"\s+(?:as|for)\s+(?:the\s+|a\s+)?(?:background|backdrop|set|scenery)"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a shot shows; where a clip begins and how fast it runs, if that was said."""

    label: str
    offset: float | None = None
    speed: float | None = None


@dataclass(slots=True)
class Draft:
    """One shot before it is planned: its words, its typed directives, and its files. ``commanded``: whether it says how
    the camera moves."""

    text: str
    seconds: float | None
    shot: Shot
    media: list[Media] = field(default_factory=list)
    cutouts: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    motion: str | None = None
    transition: Transition | None = None
    title: str = ""
    caption: str = ""
    commanded: bool = False

    @property
    def used(self) -> set[str]:
        """Labels of the images and clips that the shot shows or moves by."""
        return {each.label for each in self.media} | set(self.cutouts) | ({self.motion} if self.motion else set())


def cut_on(request: GenerationRequest) -> str | None:
    """The label of the sound on whose beats the film is cut, as the request or its prose states; None: none."""
    said = request.cut_on or next((found for shot in request.shots if (found := cut_on_of(shot.prompt))), None)
    return said if said in {asset.label for asset in request.sounds} else None


def drafts_of(request: GenerationRequest) -> list[Draft]:
    """The shots of a request with every file in one of them, named ones where they are named."""
    shots = request.shots or (Shot(""),)
    drafts = [Draft(shot.prompt, shot.seconds, shot) for shot in shots]
    if len(shots) == 1 and request.duration >= 6 and _may_split(request, shots[0]):
        drafts = [Draft(part, None, shots[0]) for part in split_prompt(shots[0].prompt, 3)]
    for draft in drafts:
        _read(draft, request)
    beat = cut_on(request)
    if request.first_frame is not None:
        for number, draft in enumerate(drafts):
            last = number == len(drafts) - 1
            draft.media = [Media(request.first_frame)] if number == 0 or not last or not request.last_frame else []
            if last and request.last_frame is not None:
                draft.media.append(Media(request.last_frame))
            draft.cutouts = []
        return drafts
    _spread([asset.label for asset in request.images + request.clips], drafts)
    for draft in drafts:
        draft.sounds = [label for label in draft.sounds if label != beat]
    if beat is not None:
        drafts[0].sounds.insert(0, beat)
    for index, label in enumerate(asset.label for asset in request.sounds):
        if not any(label in draft.sounds for draft in drafts):
            drafts[index % len(drafts) if len(request.sounds) > 1 else 0].sounds.append(label)
    return drafts


def _may_split(request: GenerationRequest, shot: Shot) -> bool:
    """Whether a long prompt may become several shots: not when types say what the one shot does."""
    moves = shot.camera is not None and bool(shot.camera.moves or shot.camera.motion_from)
    falls = shot.physics is not None and shot.physics.drop is not None
    return not (moves or falls or shot.clips or shot.title or shot.caption or request.first_frame)


def _read(draft: Draft, request: GenerationRequest) -> None:
    """Takes the files, transition and words on screen that one shot states."""
    known = {asset.label for asset in request.files}
    read = parse_shot(draft.text)
    camera = draft.shot.camera
    typed_moves = camera is not None and bool(camera.moves)
    prose_motion = read.camera.motion_from if read.camera and not typed_moves else None
    motion = (camera.motion_from if camera else None) or prose_motion
    draft.motion = motion if motion in known else None
    draft.commanded = bool(typed_moves or draft.motion or (read.camera and read.camera.moves))
    draft.transition = draft.shot.transition or read.transition
    draft.title, draft.caption = draft.shot.title or read.title, draft.shot.caption or read.caption
    placements = [each for each in draft.shot.clips or read.clips if each.label in known]
    placed = {each.label for each in draft.shot.clips}
    for found in MENTION.finditer(draft.text):
        label = label_of(found[1], found[2])
        if label not in known or label in placed or label == draft.motion:
            continue
        if label in draft.sounds or label in draft.used:
            continue
        if label.startswith("Audio"):
            draft.sounds.append(label)
        elif label.startswith("Image") and _wants_cutout(draft.text, found):
            draft.cutouts.append(label)
        else:
            draft.media.append(_media(label, placements))
    draft.media += [Media(each.label, each.start, each.speed) for each in draft.shot.clips if each.label in known]


def _media(label: str, placements: list[Placement]) -> Media:
    said = next((each for each in placements if each.label == label), None)
    return Media(label, said.start, said.speed) if said else Media(label)


def _wants_cutout(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].lower(), text[found.end() :].lower()
    if re.match(_BACKDROP, after):
        return False
    return bool(
        re.search(_CUTOUT_BEFORE + r"$", before)
        or re.match(_CUTOUT_AFTER, after)
        or (re.search(_PLACE_IT + r"$", before) and re.match(r"\s+(?:in|on|into|onto|over|against)\b", after))
    )


def _spread(labels: list[str], drafts: list[Draft]) -> None:
    """Files that no shot names go, in order, to the shots with the fewest files; earlier shots first."""
    for label in labels:
        if not any(label in draft.used for draft in drafts):
            min(drafts, key=lambda draft: len(draft.media) + len(draft.cutouts)).media.append(Media(label))
