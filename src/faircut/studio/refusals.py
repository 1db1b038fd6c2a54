"""Which inputs of a request are at fault: the first one in the order of the request, and all others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faircut.domain import Decision, Verdict

_SHOT = re.compile(r"(?:(?P<what>title|caption|falling thing) of shot|shot) (?P<number>\d+)", re.IGNORECASE)
_FILE = re.compile(r"(?:(?P<what>file name of|the writing in) )?(?P<kind>Image|Video|Audio) (?P<number>\d+)")
_OF_SHOT = ("", "title", "caption", "falling thing")
_OF_FILE = ("", "file name of", "the writing in")
_KINDS = ("Image", "Video", "Audio")


@dataclass(frozen=True, slots=True)
class Failing:
    """An input that may not be used as it is: the gravest reason why, and what to change."""

    input: str
    verdict: Verdict
    code: str
    message: str
    remedy: str
    decision_id: str

    @property
    def words(self) -> str:
        """The message, which names the input."""
        named = self.input.casefold() in self.message.casefold()
        return self.message if named else f"{self.input}: {self.message}"


def failing(decisions: Sequence[Decision]) -> tuple[Failing, ...]:
    """Each input at fault once, in the order of the request: shots with their words, then files, then the rest."""
    found: dict[str, Failing] = {}
    for decision in decisions:
        if decision.allows:
            continue
        reasons = [reason for reason in decision.reasons if reason.verdict is not Verdict.ALLOW]
        for reason in reasons:
            for label in (reason.input, *reason.evidence.get("also", ())):
                message, remedy = (text.replace(reason.input, label) for text in (reason.message, reason.remedy))
                each = Failing(label, reason.verdict, reason.code, message, remedy, decision.id)
                if label not in found or each.verdict.severity > found[label].verdict.severity:
                    found[label] = each
        if not reasons:
            message = f"A required check of {decision.input} did not run to its end, so nothing can be released."
            found[decision.input] = Failing(
                decision.input, Verdict.BLOCK, "check.missing", message, "Try again later.", decision.id
            )
    return tuple(sorted(found.values(), key=lambda each: _place(each.input)))


def refusal_words(decisions: Sequence[Decision]) -> str:
    """A refusal in words: the first failing input with what to change, then all others."""
    first, *others = failing(decisions)
    parts = [first.words, first.remedy]
    if all(each.verdict is Verdict.REVIEW for each in (first, *others)):
        parts.insert(0, "This needs review by a person before it can be made.")
    if others:
        parts += ["Besides:", *(each.words for each in others)]
    return " ".join(parts)


def _place(label: str) -> tuple[int, ...]:
    """Where an input stands in a request, for sorting; one that runs over several stands where it begins."""
    if label == "prompt":
        return (0, 1, 0)
    if found := _SHOT.match(label):
        return (0, int(found["number"]), _OF_SHOT.index((found["what"] or "").lower()))
    if found := _FILE.match(label):
        return (1, _KINDS.index(found["kind"]), int(found["number"]), _OF_FILE.index(found["what"] or ""))
    return (2,)
