"""Why a request or a video was refused, in one answer: every input at fault, what to change, and where the proof is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faircut.domain import Decision, MediaKind, Stage, Verdict

_KINDS = {MediaKind.TEXT: "Text", MediaKind.IMAGE: "Image", MediaKind.VIDEO: "Video", MediaKind.AUDIO: "Audio"}
_UNCHECKED = "check."


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` as the Ark API names the first Decision that does not allow; ``input`` is what it is about.

    ``unchecked`` is True when nothing was found but a check did not run to its end: that is our fault, not the
    sender's.
    """

    code: str
    message: str
    input: str
    unchecked: bool
    decisions: tuple[Decision, ...]


def refusal(decisions: Sequence[Decision], base_url: str) -> Refusal | None:
    """What to answer to the Decisions about a request or a video; None when all of them allow."""
    stopped = [each for each in decisions if not each.allows]
    if not stopped:
        return None
    # What was found comes before what could not be looked at: only the former is the sender's to change.
    stopped.sort(key=_unchecked)
    first = stopped[0]
    told = [_told(each, base_url) for each in stopped]
    message = f"{_opening(first)} {told[0]}"
    if len(told) > 1:
        message += f" Besides: {' '.join(told[1:])}"
    return Refusal(code_of(first), message, first.input, _unchecked(first), tuple(stopped))


def code_of(decision: Decision) -> str:
    """The Ark API's name for a refusal: which way, which kind of input, and why.

    The plain code for what only a person can decide, ``.PolicyViolation`` for a protected work, and
    ``ContentSecurityDetectionError`` where a required check failed.
    """
    if _unchecked(decision):
        return "ContentSecurityDetectionError"
    way = "Output" if decision.stage is Stage.OUTPUT else "Input"
    suffix = ".PolicyViolation" if decision.verdict is Verdict.BLOCK else ""
    return f"{way}{_KINDS[decision.kind]}SensitiveContentDetected{suffix}"


def _unchecked(decision: Decision) -> bool:
    return all(reason.code.startswith(_UNCHECKED) for reason in decision.reasons)


def _opening(decision: Decision) -> str:
    way = "output" if decision.stage is Stage.OUTPUT else "input"
    what = f"the {way} {_KINDS[decision.kind].lower()}"
    if _unchecked(decision):
        return f"The request failed because {what} could not be checked."
    if decision.verdict is Verdict.BLOCK:
        return f"The request failed because {what} may be related to copyright restrictions."
    return f"The request failed because {what} may contain sensitive information: a person has to look at it."


def _told(decision: Decision, base_url: str) -> str:
    """One sentence or two for each input that a Decision finds at fault, and the page that shows what was found."""
    seen: dict[str, str] = {}
    for reason in decision.reasons:
        named = "" if reason.input.casefold() in reason.message.casefold() else f"{reason.input}: "
        seen.setdefault(reason.input, f"{named}{reason.message} {reason.remedy}")
    words = " ".join(seen.values()) or f"{decision.input}: not every required check ran to its end."
    return f"{words} Evidence: {base_url}/decisions/{decision.id}."
