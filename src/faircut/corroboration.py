"""Evidence that confirms other evidence: picture and sound of one copy, words and pictures of one request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from faircut.domain import Match, Reason
from faircut.wording import family_of, sense_of

JOINED_SCORE = 0.9
"""Least score of a description that only several requests together give. Of 400 texts of six honest prompts each none
reaches it; keywords of an element asked for in six or seven requests for one scene do in 98 of 100 cases."""
_ADDED = " adds"
"""How the input of a find ends that is in what requests add to a scene, with nothing of what they share."""
TOGETHER = "an earlier request and this request"
"""What a find is in that runs from an earlier request into the present one."""
_SHARED = 0.5
"""Share of the shorter of two stretches that both must cover to be about the same copy."""


def corroborate(matches: Sequence[Match]) -> list[Match]:
    """The same matches in the same order, those that another sense confirms with a higher ``probability``.

    Picture and sound err for different reasons, so the chance that both are wrong is the product of the two. Of several
    matches of the other sense only the best counts: two pictures are no two witnesses. A doubtful match
    (``evidence["ambiguous"]``) that is confirmed beyond doubt stops being doubtful.
    """
    confirmed = []
    for match in matches:
        witnesses = [
            each
            for each in matches
            if (mine := sense_of(match.detector))
            and (theirs := sense_of(each.detector))
            and mine != theirs
            and _about_the_same(each, match)
        ]
        best = max(witnesses, key=lambda each: each.probability or 0.0, default=None)
        if best is None or match.probability is None or best.probability is None:
            confirmed.append(match)
            continue
        known = match.evidence if best.evidence.get("ambiguous") else _without_doubt(match)
        evidence = {**known, "corroborated_by": best.detector}
        together = 1.0 - (1.0 - match.probability) * (1.0 - best.probability)
        confirmed.append(replace(match, probability=round(together, 6), evidence=evidence))
    return confirmed


def with_clues(matches: Sequence[Match], clues: Mapping[str, str]) -> list[Match]:
    """Doubtful finds in the words of a request, beyond doubt where an upload shows the same work.

    ``clues``: works by id, each with the label of the upload that shows it. An everyday word that is also a name means
    the name when "Image 1" comes from the film.
    """
    return [
        replace(match, evidence={**_without_doubt(match), "clue": clues[match.work_id]})
        if match.work_id is not None and match.work_id in clues and match.evidence.get("ambiguous")
        else match
        for match in matches
    ]


def only_together(joined: Sequence[Match], alone: Callable[[], Sequence[Match | Reason]]) -> list[Match]:
    """What several requests show together and is not in ``alone``, what each shows by itself: asked where it matters.

    Joined texts say more than anybody meant, so a description must be beyond doubt by a wide margin, and a name must
    run from one request into the other. What requests add to one scene belongs together: there a description that one
    prompt would be blocked for is doubtful. The input of each is ``TOGETHER``: it has no place in either.
    """
    found = [
        replace(each, input=TOGETHER, evidence=each.evidence if sure else {**each.evidence, "ambiguous": True})
        for each in joined
        if not each.evidence.get("ambiguous")
        and (
            (sure := each.input == TOGETHER if _is_local(each) else each.score >= JOINED_SCORE)
            or (each.input.endswith(_ADDED) and not _is_local(each))
        )
    ]
    known = {(each.work_id, each.element_id) for each in alone()} if found else set()
    return [each for each in found if (each.work_id, each.element_id) not in known]


def _is_local(match: Match) -> bool:
    """Whether it stands in one place of the text, as names and quotations do."""
    return family_of(match.detector) in ("names", "quotes")


def _without_doubt(match: Match) -> dict[str, Any]:
    return {key: value for key, value in match.evidence.items() if key != "ambiguous"}


def _about_the_same(one: Match, other: Match) -> bool:
    if one.work_id is None or one.work_id != other.work_id or one.input != other.input:
        return False
    if one.query is None or other.query is None:
        return False
    shorter = min(one.query.seconds, other.query.seconds)
    return one.query.overlap(other.query) >= _SHARED * shorter > 0.0
