"""A licence turns block and review into allow, exactly as far as it reaches. Pure, as policy is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from faircut.domain import LICENSED, Licence, Match, Reason, Subject, Use, Verdict
from faircut.policy import Finding, as_reason
from faircut.wording import words_for

_USES = {
    "name": Use.WORDS,
    "title": Use.WORDS,
    "description": Use.WORDS,
    "quote": Use.WORDS,
    "picture": Use.COPIES,
    "sound": Use.COPIES,
}
"""By what was found, as reason codes call it. A plugin's find is not among them: nobody can tell which use it is."""
MOST_DESCRIBED = 4
"""Things that one text may describe under licences. Descriptions are compared with the few that are nearest, and five
are reported: where all of those were licensed, they could stand before somebody else's."""
_REMEDY = "Nothing has to be changed while the licence lasts."


@dataclass(frozen=True, slots=True)
class LicenceGround:
    """A :class:`faircut.policy.Ground`: ``licences`` of one caller, as they stand at the moment ``at``.

    ``described``: how many things the same text describes; beyond ``MOST_DESCRIBED`` no description is covered.
    """

    licences: Sequence[Licence]
    at: datetime
    described: int = 0

    def milder(self, finding: Finding, strict: Verdict) -> Reason | None:  # noqa: ARG002  it allows, however grave
        """An allowing reason that names the licence, the one that lasts longest where several cover the finding."""
        match, what = finding.match, words_for(finding.match, finding.subject).what
        covering = [each for each in self.licences if self._covers(each, finding, what)]
        if not covering:
            return None
        licence = max(covering, key=lambda each: (each.until, each.id))

        def say(subject: Subject) -> tuple[str, str]:
            until = licence.until.strftime("%Y-%m-%d %H:%M UTC")
            return f"{words_for(match, subject).message} The licence {licence.id} allows it until {until}.", _REMEDY

        marked = replace(match, evidence={**match.evidence, "licence": licence.id})
        return as_reason(Finding(marked, finding.subject), LICENSED + what, Verdict.ALLOW, say)

    def _covers(self, licence: Licence, finding: Finding, what: str) -> bool:
        return (
            _USES.get(what) in licence.uses
            and licence.in_force(self.at)
            and licence.reaches(finding.subject)
            and not _of_no_one_work(finding.match)
            and not (what == "description" and self.described > MOST_DESCRIBED)
        )


def _of_no_one_work(match: Match) -> bool:
    """Whether a studio was named for its look: that is the look of all its works, not of the one that stands for it."""
    return match.evidence.get("how") == "studio"
