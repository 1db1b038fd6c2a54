"""Reads everything that the prose of a shot directs: camera, light, physics, files, transition, words on screen."""

from __future__ import annotations

import re
from typing import Final

from faircut.directives import Placement, Transition, TransitionKind
from faircut.domain import Shot
from faircut.engines.previz.prose_camera import NUMBER, bounded, parse_camera
from faircut.engines.previz.prose_light import parse_lighting
from faircut.engines.previz.prose_physics import parse_physics

__all__ = ["MENTION", "cut_on_of", "label_of", "mentions", "parse_camera", "parse_lighting", "parse_physics",
           "parse_shot"]  # fmt: skip

MENTION: Final = re.compile(
    r"[@\[(<]?\b(image|picture|photo|video|clip|audio|sound)\s*#?(\d{1,2})\b[\])>]?", re.IGNORECASE
)
_LABELS: Final = {"picture": "Image", "photo": "Image", "clip": "Video", "sound": "Audio"}
_PLACED: Final = re.compile(
    rf"\b(?:video|clip)\s*#?(\d{{1,2}})\b(?:\s+from\s+{NUMBER}\s*(?:s|seconds?)\b(?:\s+on)?)?"
    rf"(?:,?\s+at\s+(?:{NUMBER}\s*(?:x|times)(?:\s+(?:its\s+)?speed)?|(half|double|twice|quarter)\s+(?:its\s+)?speed))?"
)
_SPEED_WORDS: Final = {"half": 0.5, "double": 2.0, "twice": 2.0, "quarter": 0.25}
_TRANSITIONS: Final = (
    (TransitionKind.DISSOLVE, r"(?:cross[\s-]?)?dissolves?(?:\s+(?:to|from|into))|cross[\s-]?fades?(?:\s+(?:to|from))"),
    (TransitionKind.FADE, r"fades?\s+(?:in\s+)?(?:from|through)\s+black|fades?\s+in"),
    (TransitionKind.WIPE, r"wipes?\s+(?:to|from)"),
)
_OVER: Final = re.compile(rf"\b(?:over|of|lasting)\s+{NUMBER}\s*(?:s|seconds?)\b")
_QUOTED: Final = r"[\"“„«]([^\"“”„«»\n]{1,200})[\"”«»]"
_TITLE: Final = re.compile(rf"\btitle(?:d)?\s*(?:card|reads|says|is)?\s*:?\s*{_QUOTED}", re.IGNORECASE)
_CAPTION: Final = re.compile(rf"\b(?:caption|subtitle)(?:ed)?\s*(?:reads|says|is)?\s*:?\s*{_QUOTED}", re.IGNORECASE)
_CUT_ON: Final = re.compile(
    r"\bcut(?:s|ting)?\s+(?:on|to)\s+the\s+beats?\s+of\s+(?:the\s+)?(?:audio|sound)\s*#?(\d{1,2})\b", re.IGNORECASE
)


def label_of(word: str, number: str) -> str:
    """The label of a file as a request writes it: ("clip", "2") is "Video 2"."""
    return f"{_LABELS.get(word.lower(), word.capitalize())} {int(number)}"


def mentions(text: str) -> tuple[str, ...]:
    """Labels of the files that a text names, in its order, each once."""
    return tuple(dict.fromkeys(label_of(found[1], found[2]) for found in MENTION.finditer(text)))


def cut_on_of(text: str) -> str | None:
    """The sound on whose beats a text wants its cuts: "cuts on the beat of Audio 1"."""
    found = _CUT_ON.search(text)
    return f"Audio {int(found[1])}" if found else None


def parse_shot(text: str) -> Shot:
    """A shot with every directive that its prose states; what is not said stays None or empty. Never raises."""
    camera = parse_camera(text)
    return Shot(
        text,
        camera=camera,
        lighting=parse_lighting(text),
        physics=parse_physics(text),
        transition=_transition(text.lower()),
        title=_words(_TITLE, text, 80),
        caption=_words(_CAPTION, text, 200),
        clips=tuple(each for each in _placements(text.lower()) if each.label != camera.motion_from),
    )


def _words(pattern: re.Pattern[str], text: str, longest: int) -> str:
    found = pattern.search(text)
    return " ".join(found[1].split())[:longest] if found else ""


def _transition(text: str) -> Transition | None:
    for kind, words in _TRANSITIONS:
        if found := re.search(rf"(?:^|[.!?,;:]\s*)\s*(?:a\s+)?(?:{words})\b", text):
            seconds = _OVER.search(text[found.start() : found.end() + 60])
            return Transition(kind, bounded(float(seconds[1]), "transition.seconds") if seconds else 0.5)
    return None


def _placements(text: str) -> list[Placement]:
    """Clips whose start or speed is said; a bare mention places nothing."""
    found = []
    for match in _PLACED.finditer(text):
        number, start, factor, word = match.groups()
        if start is None and factor is None and word is None:
            continue
        speed = _SPEED_WORDS[word] if word else float(factor) if factor else 1.0
        at = bounded(float(start), "clips.start") if start else 0.0
        found.append(Placement(f"Video {int(number)}", at, bounded(speed, "clips.speed")))
    return found[:6]
