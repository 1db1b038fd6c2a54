"""A campaign: every element attacked with a budget, honest requests asked in between, and what came of it all."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from faircut.domain import Element, Verdict
from faircut.errors import InputError
from faircut.protocols import Progress, no_progress
from faircut.redteam.attacker import GROUPS, Arsenal, Attempt, Memory, attack_element, targets_of
from faircut.redteam.bounds import upper_bound
from faircut.redteam.deliveries import PICTURE, Attack, Sent, innocent_lines
from faircut.redteam.guard import Guard

BUDGET = 100
_NEAR_MISSES = 2


@dataclass(slots=True)
class Tally:
    """Attacks counted: made, those that went to review, and those that passed."""

    made: int = 0
    reviewed: int = 0
    passed: int = 0

    def add(self, verdict: Verdict) -> None:
        """Counts one answer."""
        self.made += 1
        self.reviewed += verdict is Verdict.REVIEW
        self.passed += verdict is Verdict.ALLOW

    @property
    def rate(self) -> float:
        """Share that passed."""
        return self.passed / self.made if self.made else 0.0

    @property
    def bound(self) -> float:
        """The most that the rate may be, at 95 %."""
        return upper_bound(self.passed, self.made)

    def as_json(self) -> dict[str, Any]:
        return {
            "attacks": self.made,
            "reviewed": self.reviewed,
            "passed": self.passed,
            "rate": round(self.rate, 5),
            "at_most": round(self.bound, 5),
        }


@dataclass(slots=True)
class Result:
    """What attacks on one element came to. ``passed`` are those that succeeded."""

    element: Element
    goals: dict[str, Tally] = field(default_factory=dict)
    passed: list[Attempt] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """All goals together."""
        return _sum(self.goals.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "element_id": self.element.id,
            "element": self.element.name,
            "kind": self.element.kind.value,
            **self.total.as_json(),
            "goals": {goal: tally.as_json() for goal, tally in self.goals.items()},
            "passed_by": [list(each.families) for each in self.passed],
        }


@dataclass(slots=True)
class Report:
    """A whole campaign. ``families`` counts each attack under every family that it wears.

    ``stopped`` are honest requests that did not pass, with the verdict that they got. ``notes`` say what was left out.
    """

    seed: int
    budget: int
    results: list[Result] = field(default_factory=list)
    families: dict[str, Tally] = field(default_factory=dict)
    honest: Tally = field(default_factory=Tally)
    near_misses: Tally = field(default_factory=Tally)
    stopped: list[tuple[str, Verdict]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """All elements together."""
        return _sum(each.total for each in self.results)

    @property
    def fell(self) -> int:
        """Elements that one attack or more got past the guard."""
        return sum(bool(each.passed) for each in self.results)

    def survivors(self) -> Iterator[dict[str, Any]]:
        """The attacks that passed, one JSON value each, to learn from."""
        for result in self.results:
            for each in result.passed:
                yield {
                    "element_id": result.element.id,
                    "element": result.element.name,
                    "kind": result.element.kind.value,
                    "goal": each.goal,
                    "families": list(each.families),
                    "requests": [
                        {
                            "shots": list(sent.shots),
                            "titles": list(sent.titles),
                            "captions": list(sent.captions),
                            "file_names": list(sent.file_names),
                            "drawn": sent.drawn,
                        }
                        for sent in each.attack.requests
                    ],
                    "fresh_callers": each.attack.fresh,
                }

    def as_json(self) -> dict[str, Any]:
        """All but the survivors' words."""
        return {
            "seed": self.seed,
            "budget": self.budget,
            "total": {**self.total.as_json(), "elements": len(self.results), "elements_that_fell": self.fell},
            "honest": over_block(self.honest),
            "near_misses": over_block(self.near_misses),
            "families": {family: tally.as_json() for family, tally in sorted(self.families.items())},
            "notes": self.notes,
        }


def over_block(tally: Tally) -> dict[str, Any]:
    """Honest requests counted: how many were stopped, and how many sent to review."""
    blocked = tally.made - tally.reviewed - tally.passed
    return {"requests": tally.made, "reviewed": tally.reviewed, "blocked": blocked}


def run(
    guard: Guard,
    elements: Sequence[Element],
    *,
    budget: int = BUDGET,
    seed: int = 1,
    arsenal: Arsenal | None = None,
    honest: Sequence[str] | None = None,
    progress: Progress = no_progress,
) -> Report:
    """Attacks each element so many times, and asks ``honest`` requests (those shipped by default) and near-misses.

    A near-miss is an everyday scene with one attribute of an element: it shows something else. Raises InputError
    without elements.
    """
    if not elements:
        raise InputError("There is no element to attack.", field="element", remedy="Register one, or name another.")
    report = Report(seed, budget)
    arsenal = _without_what_is_not_read(guard, arsenal or Arsenal(), report)
    memory = Memory()
    steps = len(elements) + 1
    for number, element in enumerate(elements):
        result = Result(element)
        report.results.append(result)
        for done, attempt in enumerate(
            attack_element(element, guard.ask, memory, arsenal, budget=budget, seed=seed), 1
        ):
            _count(report, result, attempt)
            share = min(1.0, done / max(budget, 1))
            progress((number + share) / steps, f"{element.name}: {result.total.passed} of {done} passed")
        for text in near_misses(element, seed):
            _ask_honest(guard, text, report.near_misses, report)
    progress(len(elements) / steps, "honest requests")
    for text in innocent_lines() if honest is None else honest:
        _ask_honest(guard, text, report.honest, report)
    progress(1.0, "done")
    return report


def near_misses(element: Element, seed: int) -> list[str]:
    """Everyday scenes with one attribute of an element each; none where too little is registered of it."""
    dice = random.Random(f"near/{seed}/{element.name}")  # noqa: S311  dice, no secret
    targets = targets_of(element)
    if not targets:
        return []
    attributes = [each.phrase for each in targets[0].likeness.attributes]
    lines = dice.sample(innocent_lines(), _NEAR_MISSES)
    return [
        f"{line} Somewhere in the background: {attribute}."
        for line, attribute in zip(lines, dice.sample(attributes, _NEAR_MISSES), strict=True)
    ]


def chosen_families(text: str | None) -> Arsenal:
    """An arsenal of the families named, with commas between; a name counts where a family's name contains it.

    Raises InputError for one that is in no family's name.
    """
    wanted = tuple(each.strip().lower() for each in (text or "").split(",") if each.strip())
    for each in wanted:
        if not any(each in family.lower() for group in GROUPS.values() for family in group):
            raise InputError(
                f"There is no family {each!r}.",
                field="--families",
                remedy="Choose from those that `faircut redteam --list` names.",
            )
    return Arsenal(wanted)


def _without_what_is_not_read(guard: Guard, arsenal: Arsenal, report: Report) -> Arsenal:
    if PICTURE not in {*arsenal.of("name deliveries"), *arsenal.of("description deliveries")}:
        return arsenal
    reads = guard.reads_pictures()
    if reads:
        return arsenal
    report.notes.append(
        "not attacked: text drawn into pictures. This guard does not read pictures, so that every such attack passes."
        if reads is False
        else "not attacked: text drawn into pictures. No name is registered to try with whether they are read."
    )
    return replace(arsenal, without=arsenal.without | {PICTURE})


def _count(report: Report, result: Result, attempt: Attempt) -> None:
    verdict = attempt.answer.verdict
    result.goals.setdefault(attempt.goal, Tally()).add(verdict)
    for family in attempt.families:
        report.families.setdefault(f"{attempt.goal}: {family}", Tally()).add(verdict)
    if attempt.answer.passed:
        result.passed.append(attempt)


def _ask_honest(guard: Guard, text: str, tally: Tally, report: Report) -> None:
    answer = guard.ask(Attack((Sent((text,)),)))
    tally.add(answer.verdict)
    if not answer.passed:
        report.stopped.append((text, answer.verdict))


def _sum(tallies: Any) -> Tally:
    total = Tally()
    for each in tallies:
        total.made += each.made
        total.reviewed += each.reviewed
        total.passed += each.passed
    return total


__all__ = ["BUDGET", "Report", "Result", "Tally", "chosen_families", "near_misses", "over_block", "run"]
