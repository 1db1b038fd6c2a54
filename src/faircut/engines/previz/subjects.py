"""Which subjects a shot shows: what the words name, in the look that earlier shots gave it, or a stand-in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from faircut.engines.previz import lexicon
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.staging import DropPlan

_CARRIED: Final = (
    r"\b(?:with|holds?|holding|carr(?:y|ies|ying)|under)\s+(?:an?|the|his|her|their|its)?\s*(?:[a-z]+\s+){0,2}$"
)
PRONOUN: Final = re.compile(r"\b(?:it|he|she|they|him|her|them)\b")


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


def subjects_of(
    words: str,
    seed: int,
    drop: DropPlan | None,
    looks: dict[str, SubjectPlan],
    previous: tuple[SubjectPlan, ...],
    *,
    media: bool,
) -> tuple[SubjectPlan, ...]:
    """The drawn subjects of a shot. ``looks`` remembers what each noun looks like from shot to shot."""
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
        colour = mention.colour or (known.colour if known else None) or _vary(kind.colour, seed, mention.noun)
        look = known.look if known else f"{mention.noun}:{seed}"
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
    repeat = PRONOUN.search(words.lower())
    if not media and previous and (repeat or lexicon.place_of(words) is None):
        now = lexicon.motion_of(words)
        kinds = lexicon.SUBJECTS
        return tuple(
            replace(each, motion=_fitting(now, kinds[each.kind])) if now and each.kind in kinds else each
            for each in previous
        )
    noun = None if media else lexicon.unknown_noun(words)
    if noun is None:
        return ()
    palette = list(lexicon.COLOURS.values())
    rng = generator("prop", noun, seed)
    said = next(
        (lexicon.COLOURS[word] for word in re.findall(r"[a-z]+", words.lower()) if word in lexicon.COLOURS), None
    )
    colour = said or palette[int(rng.integers(len(palette)))]
    return (looks.setdefault(noun, SubjectPlan(noun, "prop", colour, 1, "stand", f"{noun}:{seed}", caption=noun)),)


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


def place_for(subjects: tuple[SubjectPlan, ...]) -> str:
    """The place that subjects of these kinds are at home in."""
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
