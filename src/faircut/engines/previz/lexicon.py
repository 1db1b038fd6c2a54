"""Looks words up: which place, which subjects in which colour and number, which motion a text speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faircut.engines.previz.vocabulary import (
    ALIASES,
    AMBIENCES,
    COLOURS,
    COUNTS,
    MOODS,
    MOTIONS,
    PLACES,
    STOP,
    SUBJECTS,
    Colour,
    Kind,
)

__all__ = [
    "AMBIENCES",
    "COLOURS",
    "MOODS",
    "SUBJECTS",
    "Colour",
    "Kind",
    "Mention",
    "first_of",
    "mentions_of",
    "motion_of",
    "place_of",
    "singular",
    "unknown_noun",
]


@dataclass(frozen=True, slots=True)
class Mention:
    """One subject in a text: which kind, its own noun, the colour said of it, how many."""

    noun: str
    kind: str
    colour: Colour | None
    count: int
    position: int
    descriptors: str = ""


def place_of(text: str) -> str | None:
    """The place that the words call for, or None."""
    lowered = text.lower()
    earliest = None
    for name, words in PLACES:
        if re.search(rf"\b(?:{words})\b", lowered):
            if name == "sky" and earliest is not None:
                continue
            earliest = earliest or name
            if name in ("space", "moon", "underwater", "street", "room"):
                return name
    return earliest


def singular(word: str) -> str:
    """A noun's dictionary key: itself, its alias, or either of those without a plural s."""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in SUBJECTS:
            return form
        if form in ALIASES:
            return ALIASES[form]
    return ""


def mentions_of(text: str) -> list[Mention]:
    """Known subjects in the order of the text, one per kind and noun."""
    lowered = re.sub(r"\bhot[\s-]air[\s-]balloons?\b", "airship", text.lower())
    lowered = re.sub(r"\b(?:table|street|chair) lamp\b", "streetlamp", lowered)
    tokens = [(found[0], found.start()) for found in re.finditer(r"[a-zé'-]+", lowered)]
    found_mentions: list[Mention] = []
    for index, (token, position) in enumerate(tokens):
        kind = singular(token)
        if not kind or any(mention.noun == token for mention in found_mentions):
            continue
        following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        if (
            kind in ("truck", "ufo")
            and (following in ("left", "right", "shot") or "camera" in lowered[max(0, position - 12) : position])
        ) or (token in ("figure", "cup", "glass", "silhouette", "box", "tower") and following in ("skating", "walls")):
            continue
        if singular(following) and following not in ("man", "woman") and token not in ("bus", "train"):
            continue
        before = [word for word, _ in tokens[max(0, index - 4) : index]]
        for cut in range(len(before) - 1, -1, -1):
            if before[cut] in ("and", "with", "on", "in", "of", "past", "near", "behind", "from") or singular(
                before[cut]
            ):
                lead = before[:cut] if before[cut] == "of" else []
                before = before[cut + 1 :]
                before = [word for word in lead if word in COUNTS] + before
                break
        colour = next((COLOURS[word] for word in before if word in COLOURS), None)
        if colour is not None and "golden hour" in lowered and "golden" in before:
            colour = None
        count = next((COUNTS[word] for word in before if word in COUNTS), 0)
        plural = token.endswith("s") and token not in ("bus", "glass") and singular(token.removesuffix("s")) == kind
        count = count or (
            3 if plural or token in ("birds", "people", "children", "geese", "wolves") else COUNTS.get(token, 1)
        )
        found_mentions.append(Mention(token, kind, colour, min(count, 5), position, " ".join(before)))
    return found_mentions


def unknown_noun(text: str) -> str | None:
    """The likeliest head noun of a text that names nothing known: the word before a verb or a preposition that
    follows an article, else the first word that is no function word. None if there is none."""
    lowered = text.lower()
    phrases = re.findall(
        r"\b(?:an?|the|some|two|three|his|her|its)\s+((?:[a-z-]+\s+){0,3}?[a-z-]+)"
        r"(?=\s+(?:[a-z]+s|[a-z]+ing|in|on|at|of|over|under|with|by|near|is|are|from|through|into)\b|\s*[,.;:!?]|\s*$)",
        lowered,
    )
    heads = [phrase.split()[-1] for phrase in phrases]
    if not heads and place_of(lowered) is None:
        heads = re.findall(r"[a-z]{3,}", lowered)
    return next((word for word in heads if _may_be_thing(word)), None)


def _may_be_thing(word: str) -> bool:
    return (
        len(word) > 2
        and word not in STOP
        and word not in COLOURS
        and place_of(word) is None
        and motion_of(word) is None
        and not word.endswith("ly")
    )


def motion_of(text: str) -> str | None:
    """The first motion that the words name, or None."""
    lowered = text.lower()
    hits = [(found.start(), name) for name, words in MOTIONS if (found := re.search(rf"\b(?:{words})\b", lowered))]
    return min(hits)[1] if hits else None


def first_of(table: tuple[tuple[str, str], ...], text: str) -> list[str]:
    """All names of a table whose words occur in the text, in the table's order."""
    lowered = text.lower()
    return [name for name, words in table if re.search(rf"\b(?:{words})\b", lowered)]
