"""How well an element is protected, as a letter from A to E with reasons: from attacks on it, and what is registered.

A letter says what somebody would meet who tries: the share of attacks that passed, and whether there is enough on
record to recognise the element by what it looks like. An element with a name alone cannot be better than D: a request
that describes it names nothing that the guard could find.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from faircut.detectors.descriptions_advice import completeness
from faircut.domain import Element
from faircut.redteam.attacker import DESCRIPTION, NAME, is_seen
from faircut.redteam.campaign import Result
from faircut.redteam.likeness import likeness_of

_MOST_ADVICE = 4


class Letter(StrEnum):
    """A is best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


MEANINGS = {
    Letter.A: "No attack passed, and it is known by name and by looks.",
    Letter.B: "One attack in fifty passed, or fewer.",
    Letter.C: "One attack in twenty passed, or fewer; or too little is registered of what it looks like.",
    Letter.D: "One attack in seven passed, or fewer; or nothing but its name is known.",
    Letter.E: "More than one attack in seven passed.",
}
_MOST_PASSED = ((Letter.A, 0.0), (Letter.B, 0.02), (Letter.C, 0.05), (Letter.D, 1 / 7), (Letter.E, 1.0))
FEWEST_ATTACKS = 40
"""For an A: no success in fewer attacks proves little."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter, what it rests on, and ``advice``: what to register besides, the most useful first."""

    letter: Letter
    attacks: int
    reviewed: int
    passed: int
    at_most: float
    passed_by: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """What the letter says."""
        return MEANINGS[self.letter]


def grade(result: Result) -> Grade:
    """The grade of an element after a campaign against it."""
    element, total = result.element, result.total
    letter = next(letter for letter, most in _MOST_PASSED if total.rate <= most)
    letter = max(letter, _best_possible(element, total.made))
    families = Counter(family for attempt in result.passed for family in attempt.families[:-1] or attempt.families)
    return Grade(
        letter,
        total.made,
        total.reviewed,
        total.passed,
        round(total.bound, 4),
        tuple(family for family, _ in families.most_common()),
        tuple(_advice(result)[:_MOST_ADVICE]),
    )


def _best_possible(element: Element, attacks: int) -> Letter:
    if is_seen(element) and likeness_of(element) is None:
        return Letter.C if element.description or element.keywords or element.tagline else Letter.D
    return Letter.A if attacks >= FEWEST_ATTACKS else Letter.B


def _advice(result: Result) -> list[str]:
    element = result.element
    names = [each for each in result.passed if each.goal == NAME]
    described = [each for each in result.passed if each.goal == DESCRIPTION]
    found: list[str] = []
    if is_seen(element) and likeness_of(element) is None:
        found.append("Register what it looks like: a description, and six or more keywords.")
    if names:
        found.append("Add the spellings that passed as other names of it.")
        if any("another script" in each.families for each in names):
            found.append("Add its name as it is written in other scripts.")
    if described:
        found.append("Add keywords in other words: what passed said the same with synonyms.")
    if is_seen(element):
        found += completeness(element).advice
    if not element.aliases:
        found.append("Add other names that it goes by, such as nicknames and translations.")
    return list(dict.fromkeys(found))


__all__ = ["FEWEST_ATTACKS", "MEANINGS", "Grade", "Letter", "grade"]
