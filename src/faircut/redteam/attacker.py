"""An attacker with a budget: tries families, reads the answers, and goes on with what came nearest to passing.

Two slot machines, one for what is written and one for how it is sent, are played by Thompson sampling (Thompson, 1933);
what paid on one element is tried first on the next. A text that came near is changed further, at the words that the
guard itself pointed out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faircut.detectors.common_words import is_listed
from faircut.domain import Element, ElementKind, Verdict
from faircut.redteam.deliveries import (
    DESCRIPTION_DELIVERIES,
    NAME_DELIVERIES,
    PICTURE,
    PLAIN_DELIVERIES,
    WHOLE_WORDS,
    Attack,
    Delivery,
    Sent,
)
from faircut.redteam.disguises import BY_CONSTRUCTION, DISGUISES
from faircut.redteam.guard import Answer
from faircut.redteam.letters import latin, seen
from faircut.redteam.likeness import OF_PEOPLES_OWN, Likeness, likeness_from, likeness_of, phrases_in
from faircut.redteam.phrasings import KEEPING, LETTERS, WRITERS, Target, written_so
from faircut.redteam.reader import reads

NAME, DESCRIPTION, PHRASING, COPY = "name", "description", "phrasing", "copy"
_TRIES = 12
_REVIEW, _NEAR = 0.3, 0.1
_SECOND = 0.25
"""Share of attacks with a name that wear a second disguise, of those that may."""
_AGAIN = 3
"""Times that one family may succeed on one element: more would say nothing new."""
_REGISTERED = 0.5
"""Share of attacks by description that start from the registration, at least; the others from people's requests."""
_PICTURES = 3
"""Attacks on one element that are drawn into a picture: reading one costs as much as a hundred prompts."""
_DESCRIBED = frozenset(
    {ElementKind.CHARACTER, ElementKind.CREATURE, ElementKind.COSTUME, ElementKind.SET, ElementKind.PROP}
)

Copies = Callable[[Element], Iterator[tuple[str, Path]]]
"""Edited copies of an element's references, with the name of the edit; a file stays until the next is asked for."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack and what became of it. ``families``: what was written, and how it was sent."""

    goal: str
    families: tuple[str, ...]
    attack: Attack
    answer: Answer


@dataclass(slots=True)
class Memory:
    """What paid so far, by family: plays and reward. One for a whole campaign."""

    plays: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    reward: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def learn(self, goal: str, families: Sequence[str], reward: float) -> None:
        """Adds one play of each."""
        for family in families:
            self.plays[goal, family] += 1
            self.reward[goal, family] += reward

    def choose(self, goal: str, families: Sequence[str], dice: random.Random) -> str:
        """The one with the best draw of its Beta distribution."""

        def draw(family: str) -> float:
            reward, plays = self.reward[goal, family], self.plays[goal, family]
            return dice.betavariate(1 + reward, 1 + max(0.0, plays - reward))

        return max(families, key=draw)


GROUPS: Mapping[str, Mapping[str, object]] = {
    "name disguises": DISGUISES,
    "name deliveries": NAME_DELIVERIES,
    "description phrasings": {**WRITERS, **LETTERS},
    "description deliveries": DESCRIPTION_DELIVERIES,
}
"""Every family, by what it is a family of."""


@dataclass(frozen=True, slots=True)
class Arsenal:
    """What an attacker may use.

    With ``wanted``, of each group those families whose names contain one of these (all, where none does), and only
    goals that have one. ``without`` is left out. ``texts`` are requests for an element that people wrote, by its name.
    """

    wanted: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    copies: Copies | None = None

    def of(self, group: str) -> list[str]:
        """The families of a group (of ``GROUPS``)."""
        every = [each for each in GROUPS[group] if each not in self.without]
        return [each for each in every if self._wants(each)] or every

    def aims(self, *groups: str) -> bool:
        """Whether a goal that uses these groups is wanted."""
        return not self.wanted or any(self._wants(each) for group in groups for each in GROUPS[group])

    def _wants(self, family: str) -> bool:
        return any(each in family.lower() for each in self.wanted)


def attack_element(
    element: Element, ask: Callable[[Attack], Answer], memory: Memory, arsenal: Arsenal, *, budget: int, seed: int
) -> Iterator[Attempt]:
    """So many attacks on one element, the answers read one by one. Same seed and answers, same attacks."""
    dice = random.Random(f"{seed}/{element.name}")  # noqa: S311  dice, no secret
    goals: list[_Goal] = [
        goal for goal in (_NameGoal.of(element, arsenal), _DescriptionGoal.of(element, arsenal)) if goal
    ]
    copies = arsenal.copies(element) if arsenal.copies is not None else iter(())
    tried: set[str] = set()
    for number in range(budget):
        attempt = None
        # Each goal in turn, so that both are measured.
        for goal in goals[number % max(1, len(goals)) :] + goals[: number % max(1, len(goals))]:
            attempt = _one(goal, ask, memory, tried, dice)
            if attempt is not None:
                break
        if attempt is None:
            break
        yield attempt
    for edit, path in copies:
        attack = Attack((Sent(("Make this move a little.",), copy=path),))
        yield Attempt(COPY, (edit,), attack, ask(attack))


def _one(
    goal: _Goal, ask: Callable[[Attack], Answer], memory: Memory, tried: set[str], dice: random.Random
) -> Attempt | None:
    for _ in range(_TRIES):
        made = goal.make(memory, dice)
        if made is None:
            continue
        families, attack = made
        if attack.text in tried:
            continue
        tried.add(attack.text)
        answer = ask(attack)
        memory.learn(goal.name, families, goal.learn(families, attack, answer))
        return Attempt(goal.told, families, attack, answer)
    return None


class _Goal:
    """Getting one element past the guard in one way."""

    name = ""

    def __init__(self, written: Sequence[str], sent: Sequence[str]) -> None:
        self._written, self._sent = list(written), list(sent)
        self._untried = {*written, *sent}
        self._passed: dict[str, int] = defaultdict(int)
        self._drawn = 0

    def _choose(self, families: Sequence[str], memory: Memory, dice: random.Random) -> str:
        """Those that were not tried on this element first, what paid elsewhere before the rest."""
        families = [each for each in families if each != PICTURE or self._drawn < _PICTURES] or list(families)
        fresh = [each for each in families if each in self._untried]
        left = fresh or [each for each in families if self._passed[each] < _AGAIN] or list(families)
        chosen = memory.choose(self.name, left, dice)
        self._untried.discard(chosen)
        return chosen

    def make(self, memory: Memory, dice: random.Random) -> tuple[tuple[str, ...], Attack] | None:
        """Families and an attack that a reader still recognises; None where the dice gave none."""
        raise NotImplementedError

    @property
    def told(self) -> str:
        """What the last attack is counted as."""
        return self.name

    def learn(self, families: Sequence[str], attack: Attack, answer: Answer) -> float:  # noqa: ARG002
        """What an attack was worth, 0..1."""
        self._drawn += PICTURE in families
        if answer.passed:
            for family in families:
                self._passed[family] += 1
            return 1.0
        return _REVIEW if answer.verdict is Verdict.REVIEW else 0.0


class _NameGoal(_Goal):
    name = NAME

    def __init__(self, element: Element, written: Sequence[str], sent: Sequence[str]) -> None:
        super().__init__(written, sent)
        self._names = names_of(element)
        # A word of every day is the name only where something shows that it is meant so.
        self._is_word = all(is_listed(word) for word in seen(latin(self._names[0])).split())

    @classmethod
    def of(cls, element: Element, arsenal: Arsenal) -> _NameGoal | None:
        if not arsenal.aims("name disguises", "name deliveries") or not names_of(element):
            return None
        return cls(element, arsenal.of("name disguises"), arsenal.of("name deliveries"))

    def make(self, memory: Memory, dice: random.Random) -> tuple[tuple[str, ...], Attack] | None:
        name = self._names[0] if dice.random() < 0.7 else dice.choice(self._names)
        family = self._choose(self._written, memory, dice)
        if self._is_word and family in ("as it is", "other case", "suffixed"):
            return None
        written = DISGUISES[family](name, dice)
        families: tuple[str, ...] = (family,)
        if written is not None and family not in BY_CONSTRUCTION and dice.random() < _SECOND:
            second = memory.choose(NAME, [each for each in self._written if each not in BY_CONSTRUCTION], dice)
            both = DISGUISES[second](written, dice)
            if both is not None and second != family and reads(both, name):
                written, families = both, (family, second)
        if written is None or not (family in BY_CONSTRUCTION or reads(written, name)):
            return None
        plainly = families == ("as it is",)
        sent = [each for each in self._sent if plainly or each not in WHOLE_WORDS]
        if not sent:
            return None
        delivery = self._choose(sent, memory, dice)
        attack = NAME_DELIVERIES[delivery](written, dice)
        if attack is None or not attack.is_accepted:
            return None
        return (*families, delivery), attack


class _DescriptionGoal(_Goal):
    name = DESCRIPTION

    def __init__(self, targets: Sequence[Target], written: Sequence[str], sent: Sequence[str]) -> None:
        super().__init__(written, sent)
        self._targets = targets
        self._last: tuple[Target, str] | None = None

    @classmethod
    def of(cls, element: Element, arsenal: Arsenal) -> _DescriptionGoal | None:
        if not arsenal.aims("description phrasings", "description deliveries"):
            return None
        targets = targets_of(element, arsenal.texts.get(element.name, ()))
        if not targets:
            return None
        return cls(targets, arsenal.of("description phrasings"), arsenal.of("description deliveries"))

    def make(self, memory: Memory, dice: random.Random) -> tuple[tuple[str, ...], Attack] | None:
        target = self._targets[0] if dice.random() < _REGISTERED else dice.choice(self._targets)
        # A request that people wrote makes sense in its own order alone.
        written = [each for each in self._written if not target.by_people or each in KEEPING or each in LETTERS]
        family = self._choose(written or ["as registered"], memory, dice)
        letters = family if family in LETTERS else ""
        writer = dice.choice([each for each in written if each in WRITERS] or ["as registered"]) if letters else family
        text = WRITERS[writer](target, dice)
        if text is None or not target.likeness.kept_in(text):
            return None
        delivery = self._choose(self._sent, memory, dice)
        attack = DESCRIPTION_DELIVERIES[delivery](text, dice)
        # Cut up, it may have lost what it must say.
        if attack is None or not target.likeness.kept_in(attack.said):
            return None
        if letters:
            respelt = LETTERS[letters](attack.said, dice, target.named)
            attack = attack.written(lambda piece: written_so(piece, respelt))
            if not respelt or not all(each.drawn.isascii() for each in attack.requests):
                return None
        if not attack.is_accepted:
            return None
        self._last = target, text
        return (family, delivery), attack

    @property
    def told(self) -> str:
        return PHRASING if self._last is not None and self._last[0].by_people else self.name

    def learn(self, families: Sequence[str], attack: Attack, answer: Answer) -> float:
        reward = super().learn(families, attack, answer)
        if self._last is None:
            return reward
        target, text = self._last
        nearer = answer.score < target.score
        target.learn(text, answer.score, answer.named)
        return reward or (_NEAR if nearer else 0.0)


def names_of(element: Element) -> list[str]:
    """The names of an element by which it can be attacked: one everyday word, with an article or not, is that word."""
    names = [element.name, *(each.text for each in element.aliases)]
    return [each for each in names if not _is_a_word(each)]


def _is_a_word(name: str) -> bool:
    words = [word for word in seen(latin(name)).split() if word not in ("the", "a", "an")]
    return len(words) < 2 and all(map(is_listed, words))


def is_seen(element: Element) -> bool:
    """Whether it is a thing that pictures show, and so can be described."""
    return element.kind in _DESCRIBED


def targets_of(element: Element, texts: Sequence[str] = ()) -> list[Target]:
    """What to attack by description: the registration itself, and requests for it that people wrote.

    Empty for kinds that are not seen, and for those of which too little is registered.
    """
    if not is_seen(element):
        return []
    found = []
    registered = [each for each in (element.description, element.tagline, ", ".join(element.keywords)) if each.strip()]
    likeness = likeness_of(element)
    if likeness is not None:
        whole = " ".join(registered[:2])
        fitting = [each for each in dict.fromkeys((*registered, whole)) if likeness.kept_in(each)]
        found.append(Target(element, likeness, tuple(fitting or [whole])))
    for text in texts:
        own: Likeness | None = likeness_from(phrases_in(text), share=OF_PEOPLES_OWN)
        if own is not None:
            found.append(Target(element, own, (text,), by_people=True))
    return found


__all__ = [
    "COPY",
    "DESCRIPTION",
    "GROUPS",
    "NAME",
    "PHRASING",
    "PICTURE",
    "PLAIN_DELIVERIES",
    "Arsenal",
    "Attempt",
    "Copies",
    "Delivery",
    "Memory",
    "attack_element",
    "is_seen",
    "targets_of",
]
